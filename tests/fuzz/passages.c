/* SPDX-License-Identifier: MIT */
/* Passages of a small corpus, a document a line: every place is inside its document, in order, and what one thread
 * finds three find. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "neardup.h"

enum { MOST_DOCUMENTS = 16 };

static neardup_result *find(const neardup_text *texts, size_t count, unsigned threads) {
    neardup_options options;
    neardup_options_init(&options);
    options.passages = true;
    options.min_words = 12;
    options.threads = threads;
    neardup_error error = {0};
    neardup_engine *engine = NULL;
    neardup_result *result = NULL;
    REQUIRE(neardup_engine_create(&options, &engine, &error) == NEARDUP_OK, "%s", error.text);
    REQUIRE(neardup_engine_add_texts(engine, texts, count, &error) == NEARDUP_OK, "%s", error.text);
    REQUIRE(neardup_engine_match(engine, &result, &error) == NEARDUP_OK, "%s", error.text);
    neardup_engine_free(engine);
    return result;
}

static neardup_place place_at(const neardup_result *result, uint64_t number) {
    neardup_place place;
    REQUIRE(neardup_result_place(result, number, &place) == NEARDUP_OK, "place");
    return place;
}

static void check_place(const neardup_result *result, const neardup_text *texts, const neardup_place *place) {
    neardup_document document;
    REQUIRE(neardup_result_document(result, place->document, &document) == NEARDUP_OK, "document");
    REQUIRE(place->token_begin < place->token_end && place->token_end <= document.tokens, "tokens");
    REQUIRE(place->begin < place->end && place->end <= texts[place->document].size, "bytes");
    REQUIRE(place->char_begin < place->char_end && place->char_end - place->char_begin <= place->end - place->begin,
            "characters");
    REQUIRE(place->line >= 1 && place->identity > 0 && place->identity <= 1, "line, identity");
}

static void check_passages(const neardup_result *result, const neardup_text *texts) {
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    uint64_t next = 0;
    for (uint64_t p = 0; p < totals.passages; p++) {
        neardup_passage passage;
        REQUIRE(neardup_result_passage(result, p, &passage) == NEARDUP_OK, "passage");
        REQUIRE(passage.first_place == next && passage.places >= 2, "places of passage %llu", (unsigned long long)p);
        next += passage.places;
        for (uint64_t i = passage.first_place; i < next; i++) {
            neardup_place place = place_at(result, i), last = i > passage.first_place ? place_at(result, i - 1) : place;
            check_place(result, texts, &place);
            REQUIRE(i == passage.first_place || last.document < place.document ||
                        (last.document == place.document && last.token_begin < place.token_begin),
                    "order of places");
        }
    }
    REQUIRE(next == totals.places, "all places");
}

/* Whether two results have the same passages. */
static void require_same(const neardup_result *a, const neardup_result *b) {
    neardup_totals x, y;
    neardup_result_totals(a, &x);
    neardup_result_totals(b, &y);
    REQUIRE(x.passages == y.passages && x.places == y.places && x.overlaps == y.overlaps, "threads matter");
    for (uint64_t i = 0; i < x.places; i++) {
        neardup_place p = place_at(a, i), q = place_at(b, i);
        REQUIRE(p.document == q.document && p.begin == q.begin && p.end == q.end && p.passage == q.passage, "place");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    neardup_text texts[MOST_DOCUMENTS];
    size_t count = 0;
    neardup_form form = take_byte(&data, &size) % 2 ? NEARDUP_HTML : NEARDUP_PLAIN;
    for (const uint8_t *end; size && count < MOST_DOCUMENTS; size -= (size_t)(end - data), data = end) {
        const uint8_t *line_end = memchr(data, '\n', size);
        size_t line = line_end ? (size_t)(line_end - data) : size;
        texts[count++] = (neardup_text){.data = data, .size = line, .form = form};
        end = data + line + (line_end != NULL);
    }
    neardup_result *one = find(texts, count, 1), *three = find(texts, count, 3);
    check_passages(one, texts);
    require_same(one, three);
    neardup_result_free(one);
    neardup_result_free(three);
    return 0;
}
