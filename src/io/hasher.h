/* SPDX-License-Identifier: MIT */
/* The checksum of files: XXH3-128 of bytes as they come. */
#ifndef ND_IO_HASHER_H
#define ND_IO_HASHER_H

#include "base/hash.h"

typedef struct nd_hasher nd_hasher;

nd_hasher *nd_hasher_create(void); /* NULL when there is no memory */
void nd_hasher_free(nd_hasher *hasher);
void nd_hasher_clear(nd_hasher *hasher);
void nd_hasher_add(nd_hasher *hasher, const void *data, size_t size);
nd_hash128 nd_hasher_value(const nd_hasher *hasher);

/* Writes a value as XXH's own tools do: 32 hexadecimal digits, the high half first, and a NUL. */
void nd_hash128_write(nd_hash128 value, char text[33]);

#endif
