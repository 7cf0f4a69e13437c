/* SPDX-License-Identifier: MIT */
/* Bytes: a borrowed span, and a buffer that grows. */
#ifndef ND_BASE_BYTES_H
#define ND_BASE_BYTES_H

#include "neardup.h"

/* Borrowed bytes; data may be NULL when size is 0. */
typedef struct nd_span {
    const char *data;
    size_t size;
} nd_span;

/* Order of two spans by unsigned bytes, a shorter prefix first: <0, 0, >0. */
int nd_span_compare(nd_span a, nd_span b);

/* Whether a span holds exactly the characters of a C string. */
bool nd_span_equals(nd_span span, const char *text);

/* A growable run of bytes; all zero is an empty one. */
typedef struct nd_buffer {
    char *data;
    size_t size, capacity;
} nd_buffer;

void nd_buffer_release(nd_buffer *buffer);

/* Makes room for `size` more bytes. On failure the buffer is unchanged. */
neardup_status nd_buffer_reserve(nd_buffer *buffer, size_t size);
neardup_status nd_buffer_append(nd_buffer *buffer, const void *data, size_t size);
neardup_status nd_buffer_append_byte(nd_buffer *buffer, char byte);

#endif
