/* SPDX-License-Identifier: MIT */
#include "cli/texts.h"

#include <string.h>

#include "base/memory.h"

void nd_texts_release(nd_texts *texts) {
    for (size_t i = 0; i < texts->count; i++) nd_free(texts->items[i]);
    nd_free(texts->items);
    *texts = (nd_texts){0};
}

neardup_status nd_texts_add(nd_texts *texts, const char *data, size_t size) {
    if (nd_reserve(&texts->items, &texts->capacity, texts->count + 1, sizeof *texts->items))
        return NEARDUP_ERROR_MEMORY;
    char *copy = nd_copy(data, size);
    if (!copy) return NEARDUP_ERROR_MEMORY;
    texts->items[texts->count++] = copy;
    return NEARDUP_OK;
}

neardup_status nd_texts_add_list(nd_texts *texts, const char *list) {
    for (const char *part = list;;) {
        size_t size = strcspn(part, ",");
        if (!size) return NEARDUP_ERROR_ARGUMENT;
        if (nd_texts_add(texts, part, size)) return NEARDUP_ERROR_MEMORY;
        if (!part[size]) return NEARDUP_OK;
        part += size + 1;
    }
}

nd_strings nd_texts_view(const nd_texts *texts) {
    return (nd_strings){(const char *const *)texts->items, texts->count};
}
