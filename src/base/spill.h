/* SPDX-License-Identifier: MIT */
/*
 * What memory has no room for: written once, behind one another, to a file without a name, and read back in pieces that
 * are checked. The file is gone with the process, however that ends; little data never make one.
 */
#ifndef ND_BASE_SPILL_H
#define ND_BASE_SPILL_H

#include "neardup.h"

/* Where a piece is. */
typedef struct nd_piece {
    uint64_t offset, checksum;
    size_t size;
} nd_piece;

/* All zero but for `folder` is empty. */
typedef struct nd_spill {
    const char *folder; /* where the file is made; NULL: /var/tmp. Borrowed */
    uint64_t size;      /* bytes written */
    char *tail;         /* the last of them, not yet in the file */
    size_t tail_size;
    bool open;
    int file;
} nd_spill;

/* Closes the file, and with it all that was written. */
void nd_spill_release(nd_spill *spill);

/* Appends a piece; piece_out may be NULL. By one thread at a time, and not while another reads. NEARDUP_ERROR_SYSTEM,
 * with a sentence that names the folder and says what helps, where it cannot be written. */
neardup_status nd_spill_write(nd_spill *spill, const void *data, size_t size, nd_piece *piece_out,
                              neardup_error *error);

/* Reads a piece into `out`. By any number of threads. NEARDUP_ERROR_SYSTEM where it cannot be read or is not what was
 * written. */
neardup_status nd_spill_read(const nd_spill *spill, const nd_piece *piece, void *out, neardup_error *error);

/* Reads `size` bytes from `offset` on without checking them: for who has a checksum of his own. */
neardup_status nd_spill_read_at(const nd_spill *spill, uint64_t offset, size_t size, void *out, neardup_error *error);

#endif
