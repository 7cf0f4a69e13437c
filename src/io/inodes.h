/* SPDX-License-Identifier: MIT */
/* A set of files by device and inode, each with a number. */
#ifndef ND_IO_INODES_H
#define ND_IO_INODES_H

#include "neardup.h"

typedef struct nd_inodes nd_inodes;

/* NULL when there is no memory. */
nd_inodes *nd_inodes_create(void);
void nd_inodes_free(nd_inodes *inodes);

/* Adds a file under a number; *first_out is the number it was first added under. NEARDUP_ERROR_MEMORY leaves the set as
 * it was. */
neardup_status nd_inodes_add(nd_inodes *inodes, uint64_t device, uint64_t inode, size_t number, size_t *first_out);

bool nd_inodes_has(const nd_inodes *inodes, uint64_t device, uint64_t inode);

#endif
