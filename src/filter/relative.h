/* SPDX-License-Identifier: MIT */
/* The path of an input or output relative to its folder, as manifests and decisions hold it. */
#ifndef ND_FILTER_RELATIVE_H
#define ND_FILTER_RELATIVE_H

#include "io/json.h"

/* Reads a path from the value of a field or, where that is no string, from that of its twin in base64 (nd_json_bytes).
 * What comes out has a NUL behind it and is to be freed with nd_free; data is NULL where there is no path, or one that
 * leads anywhere but below its folder. Fails for want of memory alone. */
neardup_status nd_relative_read(const nd_json_value *plain, const nd_json_value *base64, nd_span *path_out);

#endif
