/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#include "sketch/kernel_body.h"

void nd_fill_avx2(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count, uint32_t *signature) {
    fill_bins(values, count, bins, bin_count, signature);
}

unsigned nd_agree_avx2(const nd_digest *a, const nd_digest *b) { return count_agreements(a, b); }
#else
typedef int nd_not_for_this_machine;
#endif
