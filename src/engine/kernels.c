/* SPDX-License-Identifier: MIT */
#include "engine/kernels.h"

#include <string.h>

/* Best last. */
static const nd_kernels all_kernels[] = {
    {"portable", &nd_text_portable, nd_fill_portable, nd_agree_portable, &nd_passage_portable},
#ifdef __x86_64__
    {"avx2", &nd_text_avx2, nd_fill_avx2, nd_agree_avx2, &nd_passage_avx2},
#endif
#ifdef __aarch64__
    {"neon", &nd_text_neon, nd_fill_neon, nd_agree_neon, &nd_passage_portable},
#endif
};

/* Whether this machine can run the kernels of that name. */
static bool machine_has(const char *name) {
#ifdef __x86_64__
    __builtin_cpu_init();
    if (strcmp(name, "avx2") == 0)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
               __builtin_cpu_supports("popcnt");
#endif
#ifdef __aarch64__
    if (strcmp(name, "neon") == 0) return true; /* every AArch64 has it */
#endif
    return strcmp(name, "portable") == 0;
}

const nd_kernels *nd_kernels_find(const char *name) {
    for (size_t i = sizeof all_kernels / sizeof *all_kernels; i--;)
        if ((!name || strcmp(name, all_kernels[i].name) == 0) && machine_has(all_kernels[i].name))
            return &all_kernels[i];
    return NULL;
}
