/* SPDX-License-Identifier: MIT */
#include "support/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void text_add(text *t, const void *data, size_t size) {
    if (t->size + size + 1 > t->capacity) {
        t->capacity = 2 * (t->size + size + 1);
        t->data = realloc(t->data, t->capacity);
        ck_assert_ptr_nonnull(t->data);
    }
    memcpy(t->data + t->size, data, size);
    t->size += size;
    t->data[t->size] = 0;
}

void text_add_string(text *t, const char *string) { text_add(t, string, strlen(string)); }
