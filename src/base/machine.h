/* SPDX-License-Identifier: MIT */
/* What this process may use of its machine. */
#ifndef ND_BASE_MACHINE_H
#define ND_BASE_MACHINE_H

#include <stdint.h>

/* Processors this process may run on, by affinity and by the cgroup's quota; at least 1. */
unsigned nd_processors(void);

/* Bytes of memory this process may use: the machine's, or the limit of its cgroup or of one above where that is lower.
 * 0 where it cannot be found out. */
uint64_t nd_machine_memory(void);

#endif
