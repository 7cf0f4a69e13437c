/* SPDX-License-Identifier: MIT */
#include "engine/digest_list.h"

#include "base/error.h"
#include "base/memory.h"

void nd_digest_list_init(nd_digest_list *list, nd_spill *spill) {
    *list = (nd_digest_list){.spill = spill};
    nd_pages_init(&list->pages, sizeof(nd_digest));
}

void nd_digest_list_release(nd_digest_list *list) {
    nd_pages_release(&list->pages);
    nd_free(list->spilled);
    nd_digest_list_init(list, list->spill);
}

neardup_status nd_digest_list_add(nd_digest_list *list, const nd_digest *digest) {
    nd_digest *place = nd_pages_append(&list->pages);
    if (!place) return NEARDUP_ERROR_MEMORY;
    *place = *digest;
    return NEARDUP_OK;
}

size_t nd_digest_list_bytes(const nd_digest_list *list) {
    return nd_pages_bytes(&list->pages) - list->spilled_count * ND_PAGE_BYTES;
}

static void free_page(nd_digest_list *list, size_t page) {
    nd_free(list->pages.pages[page]);
    list->pages.pages[page] = NULL;
}

neardup_status nd_digest_list_spill(nd_digest_list *list, neardup_error *error) {
    size_t whole = list->pages.count >> list->pages.shift, bytes = sizeof(nd_digest) << list->pages.shift;
    if (nd_reserve(&list->spilled, &list->spilled_capacity, whole, sizeof *list->spilled)) return nd_fail_memory(error);
    for (; list->spilled_count < whole; list->spilled_count++) {
        size_t page = list->spilled_count;
        neardup_status status =
            nd_spill_write(list->spill, list->pages.pages[page], bytes, &list->spilled[page], error);
        if (status) return status;
        free_page(list, page);
    }
    return NEARDUP_OK;
}

/* Sees that a page is in memory. */
static neardup_status load_page(nd_digest_list *list, size_t page, neardup_error *error) {
    if (list->pages.pages[page]) return NEARDUP_OK;
    list->pages.pages[page] = nd_allocate(sizeof(nd_digest) << list->pages.shift, 1);
    if (!list->pages.pages[page]) return nd_fail_memory(error);
    return nd_spill_read(list->spill, &list->spilled[page], list->pages.pages[page], error);
}

neardup_status nd_digest_list_pick(nd_digest_list *list, const uint32_t *classes, size_t count, nd_digest **digests_out,
                                   neardup_error *error) {
    nd_digest *digests = nd_allocate(count, sizeof *digests);
    if (!digests) return nd_fail_memory(error);
    size_t page = 0;
    for (size_t i = 0; i < count; i++) {
        for (; page < classes[i] >> list->pages.shift; page++) free_page(list, page); /* none behind is wanted */
        neardup_status status = load_page(list, page, error);
        if (status) {
            nd_free(digests);
            return status;
        }
        digests[i] = *(const nd_digest *)nd_pages_at(&list->pages, classes[i]);
    }
    nd_digest_list_release(list);
    *digests_out = digests;
    return NEARDUP_OK;
}
