/* SPDX-License-Identifier: MIT */
/* For loop tests over instruction sets: 0 is the portable kernels. */
#ifndef ND_TESTS_SUPPORT_KERNELS_H
#define ND_TESTS_SUPPORT_KERNELS_H

#include <stdio.h>

#include "engine/kernels.h"

enum { KERNELS = 3 };

/* The kernels of that number; NULL, said aloud, where this machine cannot run them. */
static inline const nd_kernels *kernels_of(int index) {
    static const char *const names[KERNELS] = {"portable", "avx2", "neon"};
    const nd_kernels *kernels = nd_kernels_find(names[index]);
    if (!kernels) printf("this machine cannot run the %s kernels: not tested\n", names[index]);
    return kernels;
}

#endif
