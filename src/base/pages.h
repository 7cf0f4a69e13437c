/* SPDX-License-Identifier: MIT */
/*
 * An array that only grows, in pages of 64 KiB that never move. Where nd_reserve's arrays have up to half of them to
 * spare, and for a moment twice what they hold while they move, this has at most one page to spare: what grows with a
 * corpus is kept in it.
 */
#ifndef ND_BASE_PAGES_H
#define ND_BASE_PAGES_H

#include "neardup.h"

enum { ND_PAGE_BYTES = 1 << 16 };

/* All zero but for `size` and `shift`, which nd_pages_init sets, is empty. */
typedef struct nd_pages {
    char **pages;
    size_t page_count, page_capacity;
    size_t count;   /* elements */
    unsigned size;  /* bytes of an element */
    unsigned shift; /* a page has 2^shift of them */
} nd_pages;

/* Makes an empty array of elements of `size` bytes, 1 to ND_PAGE_BYTES. They are aligned as malloc aligns where `size`
 * is a multiple of their alignment. */
void nd_pages_init(nd_pages *pages, size_t size);

/* Empties it; it can be used again. All zero is fine, too. */
void nd_pages_release(nd_pages *pages);

/* Makes room for `count` more elements, so that the next `count` calls of nd_pages_append cannot fail. */
neardup_status nd_pages_reserve(nd_pages *pages, size_t count);

/* Appends an element that is not initialised. NULL when there is no memory. */
void *nd_pages_append(nd_pages *pages);

/* Element i, which stays where it is until the pages are released. */
static inline void *nd_pages_at(const nd_pages *pages, size_t i) {
    return pages->pages[i >> pages->shift] + (i & (((size_t)1 << pages->shift) - 1)) * pages->size;
}

/* Bytes of memory. */
static inline size_t nd_pages_bytes(const nd_pages *pages) {
    return pages->page_count * (pages->size << pages->shift) + pages->page_capacity * sizeof *pages->pages;
}

#endif
