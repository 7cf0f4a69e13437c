/* SPDX-License-Identifier: MIT */
#include "engine/kernels.h"

#include <string.h>

/* Best last. */
static const nd_kernels all_kernels[] = {
    {"portable", nd_classify_portable, nd_fill_portable, nd_agree_portable},
};

const nd_kernels *nd_kernels_find(const char *name) {
    for (size_t i = sizeof all_kernels / sizeof *all_kernels; i--;)
        if (!name || strcmp(name, all_kernels[i].name) == 0) return &all_kernels[i];
    return NULL;
}
