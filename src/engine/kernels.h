/* SPDX-License-Identifier: MIT */
/* The inner loops that instruction sets can speed up, as one table a handle chooses when it is created. */
#ifndef ND_ENGINE_KERNELS_H
#define ND_ENGINE_KERNELS_H

#include "passage/kernel.h"
#include "sketch/digest.h"
#include "sketch/sketch.h"
#include "text/kernel.h"

typedef struct nd_kernels {
    const char *name;
    const nd_text_kernels *text;
    nd_fill *fill;
    nd_agree *agree;
    const nd_passage_kernels *passage;
} nd_kernels;

/* The kernels of that name, or the best this machine has for NULL. NULL when there are none of that name or this
 * machine cannot run them. */
const nd_kernels *nd_kernels_find(const char *name);

#endif
