/* SPDX-License-Identifier: MIT */
/* Where a path leads, whatever it is called, and whether or not anything is there yet. */
#ifndef ND_FILTER_PLACE_H
#define ND_FILTER_PLACE_H

#include <stdbool.h>

/* Whether a path leads into the folder or to it. False, too, without memory or for what cannot be looked at. */
bool nd_place_is_below(const char *path, const char *folder);

#endif
