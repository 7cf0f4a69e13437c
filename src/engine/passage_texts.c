/* SPDX-License-Identifier: MIT */
#include "engine/passage_texts.h"

#include "base/error.h"
#include "base/memory.h"

void nd_passage_texts_init(nd_passage_texts *texts, neardup_engine *engine, uint64_t others) {
    *texts = (nd_passage_texts){.engine = engine, .others = others};
    texts->sequences.codes = &engine->codes;
    nd_pages_init(&texts->documents, sizeof(uint64_t));
}

void nd_passage_texts_release(nd_passage_texts *texts) {
    nd_sequences_release(&texts->sequences);
    nd_pages_release(&texts->documents);
    nd_free(texts->within.items);
    nd_free(texts->between.items);
    texts->within = texts->between = (nd_alignments){0};
}

neardup_status nd_passage_texts_add(nd_passage_texts *texts, uint64_t document, uint32_t class,
                                    uint64_t *position_out) {
    neardup_status status = nd_sequences_add(&texts->sequences, class, position_out);
    uint64_t *of = status ? NULL : nd_pages_append(&texts->documents);
    if (of) *of = document;
    return status || of ? status : NEARDUP_ERROR_MEMORY;
}

neardup_status nd_passage_texts_add_repeat(nd_passage_texts *texts, nd_alignment alignment) {
    alignment.a.text = alignment.b.text = (uint32_t)(nd_sequences_count(&texts->sequences) - 1);
    return nd_alignments_add(&texts->within, &alignment);
}

uint64_t nd_passage_texts_document(const nd_passage_texts *texts, uint32_t text) {
    return *(const uint64_t *)nd_pages_at(&texts->documents, text);
}

/* The first text from that of `document` on. */
static size_t find_text(const nd_passage_texts *texts, uint64_t document) {
    size_t low = 0, high = nd_sequences_count(&texts->sequences);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (nd_passage_texts_document(texts, (uint32_t)middle) < document)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first alignment from those of `text` on. */
static size_t find_repeats(const nd_passage_texts *texts, size_t text) {
    size_t low = 0, high = texts->within.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (texts->within.items[middle].a.text < text)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void nd_passage_texts_repeats(const nd_passage_texts *texts, uint64_t document, size_t *begin_out, size_t *end_out) {
    size_t text = find_text(texts, document);
    bool known =
        text < nd_sequences_count(&texts->sequences) && nd_passage_texts_document(texts, (uint32_t)text) == document;
    *begin_out = known ? find_repeats(texts, text) : 0;
    *end_out = known ? find_repeats(texts, text + 1) : 0;
}

uint64_t nd_passage_texts_held(const nd_passage_texts *texts) {
    return texts->others + nd_codes_bytes(&texts->engine->codes) + nd_sequences_bytes(&texts->sequences) +
           nd_pages_bytes(&texts->documents) +
           (texts->within.capacity + texts->between.capacity) * sizeof(nd_alignment);
}

neardup_status nd_passage_texts_fit(nd_passage_texts *texts, uint64_t more, neardup_error *error) {
    const neardup_engine *engine = texts->engine;
    uint64_t limit = nd_engine_limit(engine), held = nd_passage_texts_held(texts) + more;
    neardup_status status = NEARDUP_OK;
    if (held > limit) {
        status = nd_codes_spill(&texts->engine->codes, error);
        nd_engine_give_back(engine);
        held = nd_passage_texts_held(texts) + more;
    }
    if (held > texts->most) texts->most = held;
    if (status || held <= limit) return status;
    return nd_fail(error, NEARDUP_ERROR_LIMIT,
                   "the passages of these documents need about %llu MiB of memory whatever is kept in temporary files, "
                   "and %llu MiB are allowed: allow more, or look for duplicate documents alone",
                   (unsigned long long)((engine->settings.options.memory + (held - limit)) >> 20) + 1,
                   (unsigned long long)engine->settings.options.memory >> 20);
}
