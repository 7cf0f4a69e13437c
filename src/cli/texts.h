/* SPDX-License-Identifier: MIT */
/* A growable list of C strings that it owns; all zero is an empty one. */
#ifndef ND_CLI_TEXTS_H
#define ND_CLI_TEXTS_H

#include "io/corpus.h"

typedef struct nd_texts {
    char **items;
    size_t count, capacity;
} nd_texts;

void nd_texts_release(nd_texts *texts);

/* Adds a copy of `size` bytes. */
neardup_status nd_texts_add(nd_texts *texts, const char *data, size_t size);

/* Adds the parts of `list` between commas; an empty part is NEARDUP_ERROR_ARGUMENT. */
neardup_status nd_texts_add_list(nd_texts *texts, const char *list);

/* The list as a borrowed one, valid until the next change. */
nd_strings nd_texts_view(const nd_texts *texts);

#endif
