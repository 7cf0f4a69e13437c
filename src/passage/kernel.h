/* SPDX-License-Identifier: MIT */
/*
 * The passage floor's inner loops, as a table with one entry per instruction set. The portable ones are the
 * specification: every other gives the same results.
 */
#ifndef ND_PASSAGE_KERNEL_H
#define ND_PASSAGE_KERNEL_H

#include "passage/chain.h"
#include "passage/matrix.h"
#include "passage/winnow.h"

typedef struct nd_passage_kernels {
    nd_winnow *winnow;
    nd_look_back *look_back;
    nd_matrix_cross *cross;
    nd_matrix_extend *extend;
} nd_passage_kernels;

extern const nd_passage_kernels nd_passage_portable;

#ifdef __x86_64__
extern const nd_passage_kernels nd_passage_avx2;
#endif

#endif
