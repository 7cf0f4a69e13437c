/* SPDX-License-Identifier: MIT */
/*
 * Marks what is compiled for an instruction set that not every machine has. A file of kernels marks its functions one
 * by one: compilers differ in what their pragmas reach, and a flag for the whole file would reach inline functions of
 * headers, which the linker may then give to everybody.
 */
#ifndef ND_BASE_TARGET_H
#define ND_BASE_TARGET_H

#ifdef __x86_64__
#define ND_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#endif

/* For loops that are written once in a header and compiled for each instruction set by whom they are inlined into. */
#define ND_BODY __attribute__((always_inline, unused)) static inline

#endif
