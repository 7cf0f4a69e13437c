/* SPDX-License-Identifier: MIT */
#include <zlib.h>

#include "base/memory.h"
#include "io/inflater.h"

struct nd_inflater {
    z_stream zlib;
};

nd_inflater *nd_inflater_create(void) {
    enum { GZIP_ONLY = 15 + 16 };
    nd_inflater *inflater = nd_allocate_zero(1, sizeof *inflater);
    if (inflater && inflateInit2(&inflater->zlib, GZIP_ONLY) == Z_OK) return inflater;
    nd_free(inflater);
    return NULL;
}

void nd_inflater_free(nd_inflater *inflater) {
    if (!inflater) return;
    inflateEnd(&inflater->zlib);
    nd_free(inflater);
}

void nd_inflater_begin(nd_inflater *inflater) { inflateReset(&inflater->zlib); }

nd_inflated nd_inflater_decode(nd_inflater *inflater, nd_span *input, void *data, size_t capacity, size_t *size_out) {
    const size_t most = (size_t)1 << 30; /* zlib counts in unsigned int */
    z_stream *zlib = &inflater->zlib;
    if (capacity > most) capacity = most;
    size_t size = input->size < most ? input->size : most;
    zlib->next_in = (z_const Bytef *)(uintptr_t)input->data;
    zlib->avail_in = (uInt)size;
    zlib->next_out = data;
    zlib->avail_out = (uInt)capacity;
    int result = inflate(zlib, Z_NO_FLUSH);
    size_t used = size - zlib->avail_in;
    *input = (nd_span){input->data + used, input->size - used};
    *size_out = capacity - zlib->avail_out;
    switch (result) {
    case Z_STREAM_END: return ND_INFLATED_MEMBER;
    case Z_OK:
    case Z_BUF_ERROR: return ND_INFLATED_SOME;
    case Z_MEM_ERROR: return ND_INFLATED_NO_MEMORY;
    default: return ND_INFLATED_CORRUPT;
    }
}
