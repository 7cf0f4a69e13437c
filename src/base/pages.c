/* SPDX-License-Identifier: MIT */
#include "base/pages.h"

#include "base/memory.h"

void nd_pages_init(nd_pages *pages, size_t size) {
    *pages = (nd_pages){.size = (unsigned)size};
    while ((size << (pages->shift + 1)) <= ND_PAGE_BYTES) pages->shift++;
}

void nd_pages_release(nd_pages *pages) {
    for (size_t i = 0; i < pages->page_count; i++) nd_free(pages->pages[i]);
    nd_free(pages->pages);
    *pages = (nd_pages){.size = pages->size, .shift = pages->shift};
}

neardup_status nd_pages_reserve(nd_pages *pages, size_t count) {
    nd_pages *p = pages;
    size_t spare = (p->page_count << p->shift) - p->count;
    if (count <= spare) return NEARDUP_OK;
    size_t wanted = p->page_count + ((count - spare - 1) >> p->shift) + 1;
    if (nd_reserve(&p->pages, &p->page_capacity, wanted, sizeof *p->pages)) return NEARDUP_ERROR_MEMORY;
    while (p->page_count < wanted) {
        char *page = nd_allocate((size_t)1 << p->shift, p->size);
        if (!page) return NEARDUP_ERROR_MEMORY;
        p->pages[p->page_count++] = page;
    }
    return NEARDUP_OK;
}

void *nd_pages_append(nd_pages *pages) {
    bool full = pages->count == pages->page_count << pages->shift;
    if (full && nd_pages_reserve(pages, 1)) return NULL;
    return nd_pages_at(pages, pages->count++);
}
