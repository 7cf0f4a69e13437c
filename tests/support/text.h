/* SPDX-License-Identifier: MIT */
/* A text that a test puts together. */
#ifndef TESTS_SUPPORT_TEXT_H
#define TESTS_SUPPORT_TEXT_H

#include <stddef.h>

/* All zero is empty, with data NULL; once something was added, be it nothing, a NUL follows. `data` is the owner's to
 * free. */
typedef struct text {
    char *data;
    size_t size, capacity;
} text;

void text_add(text *t, const void *data, size_t size);
void text_add_string(text *t, const char *string);

#endif
