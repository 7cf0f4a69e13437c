/* SPDX-License-Identifier: MIT */
/* A set of files by device and inode. */
#ifndef ND_IO_INODES_H
#define ND_IO_INODES_H

#include "neardup.h"

typedef struct nd_inodes nd_inodes;

/* NULL when there is no memory. */
nd_inodes *nd_inodes_create(void);
void nd_inodes_free(nd_inodes *inodes);

/* Adds a file; *new_out says whether it was not in the set. NEARDUP_ERROR_MEMORY leaves the set as it was. */
neardup_status nd_inodes_add(nd_inodes *inodes, uint64_t device, uint64_t inode, bool *new_out);

bool nd_inodes_has(const nd_inodes *inodes, uint64_t device, uint64_t inode);

#endif
