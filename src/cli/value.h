/* SPDX-License-Identifier: MIT */
/* Reads the values of options, strictly: a function returns false unless the whole text is such a value. */
#ifndef ND_CLI_VALUE_H
#define ND_CLI_VALUE_H

#include "neardup.h"

/* Decimal digits only. */
bool nd_value_count(const char *text, uint64_t *count_out);

/* A number of bytes, with K, M, G or T (powers of 1,024; either case) behind it or without. */
bool nd_value_size(const char *text, uint64_t *bytes_out);

/* A decimal number that is not negative: digits, a point, more digits. */
bool nd_value_number(const char *text, double *number_out);

/* A share above 0 and up to 1, as a number (0.7) or as a percentage (70%): the same digits give the same share either
 * way. */
bool nd_value_share(const char *text, double *share_out);

#endif
