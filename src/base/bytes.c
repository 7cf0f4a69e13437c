/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include <string.h>

#include "base/memory.h"

int nd_span_compare(nd_span a, nd_span b) {
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

bool nd_span_equals(nd_span span, const char *text) {
    return nd_span_compare(span, (nd_span){text, strlen(text)}) == 0;
}

void nd_buffer_release(nd_buffer *buffer) {
    nd_free(buffer->data);
    *buffer = (nd_buffer){0};
}

neardup_status nd_buffer_reserve(nd_buffer *buffer, size_t size) {
    size_t wanted;
    if (__builtin_add_overflow(buffer->size, size, &wanted)) return NEARDUP_ERROR_MEMORY;
    return nd_reserve(&buffer->data, &buffer->capacity, wanted, 1);
}

neardup_status nd_buffer_append(nd_buffer *buffer, const void *data, size_t size) {
    neardup_status status = nd_buffer_reserve(buffer, size);
    if (status) return status;
    if (size) memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return NEARDUP_OK;
}

neardup_status nd_buffer_append_byte(nd_buffer *buffer, char byte) { return nd_buffer_append(buffer, &byte, 1); }
