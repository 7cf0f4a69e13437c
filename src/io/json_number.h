/* SPDX-License-Identifier: MIT */
/* The order of JSON numbers by their exact values, however long: ids beyond 2^53 are numbers in many corpora, and a
 * double would make several of them one. */
#ifndef ND_IO_JSON_NUMBER_H
#define ND_IO_JSON_NUMBER_H

#include "base/bytes.h"

/* Negative, 0 or positive as `a` is less than, equal to or greater than `b`; both are valid JSON numbers. */
int nd_json_number_compare(nd_span a, nd_span b);

#endif
