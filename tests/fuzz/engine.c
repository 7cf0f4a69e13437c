/* SPDX-License-Identifier: MIT */
/* A small corpus, a document a line, against the naive engine; with bands that find every pair. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "support/naive.h"

enum { MOST_BYTES = 4096, MOST_DOCUMENTS = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t choice = take_byte(&data, &size), more = take_byte(&data, &size);
    neardup_text texts[MOST_DOCUMENTS];
    size_t count = 0;
    if (size > MOST_BYTES) size = MOST_BYTES;
    for (const uint8_t *end; size && count < MOST_DOCUMENTS; size -= (size_t)(end - data), data = end) {
        const uint8_t *line_end = memchr(data, '\n', size);
        size_t line = line_end ? (size_t)(line_end - data) : size;
        texts[count++] = (neardup_text){
            .data = data, .size = line, .form = choice & 1 ? NEARDUP_HTML : NEARDUP_PLAIN, .set_aside = line == 7};
        end = data + line + (line_end != NULL);
    }
    neardup_options options;
    neardup_options_init(&options);
    options.bands = 256;
    options.rows = 1;
    options.clustering = choice & 2 ? NEARDUP_COMPONENT : NEARDUP_STAR;
    options.pairs = choice & 4;
    options.threads = choice & 8 ? 3 : 1;
    options.shingle_unit = choice & 16 ? NEARDUP_CHAR : NEARDUP_WORD;
    options.memory = choice & 32 ? 3 << 20 : 0;
    options.shingle_length = 1 + more % 6;
    options.threshold = .3 + .1 * (more / 6 % 8);
    neardup_error error = {0};
    neardup_engine *engine = NULL;
    neardup_result *result = NULL;
    REQUIRE(neardup_engine_create(&options, &engine, &error) == NEARDUP_OK, "%s", error.text);
    REQUIRE(neardup_engine_add_texts(engine, texts, count, &error) == NEARDUP_OK, "%s", error.text);
    REQUIRE(neardup_engine_match(engine, &result, &error) == NEARDUP_OK, "%s", error.text);
    naive *n = naive_create(&options, texts, count, NULL);
    naive_check(n, result);
    naive_free(n);
    neardup_result_free(result);
    neardup_engine_free(engine);
    return 0;
}
