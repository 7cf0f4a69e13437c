/* SPDX-License-Identifier: MIT */
/* Union-find over items: trees of parents, parent[i] = i at first. The smaller of two roots wins, so that the outcome
 * does not depend on the order of unions; finding halves the paths it takes (Tarjan, van Leeuwen 1984). */
#ifndef ND_MATCH_FOREST_H
#define ND_MATCH_FOREST_H

#include <stdint.h>

uint32_t nd_find_root(uint32_t *parent, uint32_t item);
void nd_join_roots(uint32_t *parent, uint32_t a, uint32_t b);

#endif
