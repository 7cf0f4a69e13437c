/* SPDX-License-Identifier: MIT */
/* The manifest of a folder of outputs: its presence says that the run succeeded, and it says which run that was. */
#ifndef ND_FILTER_MANIFEST_H
#define ND_FILTER_MANIFEST_H

#include "filter/filter.h"

/* Writes the manifest of a filter that has run with `sums`. */
void nd_manifest_write(const nd_filter *filter, FILE *out);

#endif
