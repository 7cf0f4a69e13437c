/* SPDX-License-Identifier: MIT */
/* Tokens of any bytes in any form: all kernels, with and without places, give those of the reference path. */
#include <string.h>

#include "engine/kernels.h"
#include "fuzz/fuzz.h"
#include "io/json.h"
#include "text/token.h"

static void require_same(const nd_tokens *a, const nd_tokens *b, const char *kernels) {
    REQUIRE(a->count == b->count, "%s: %zu tokens, not %zu", kernels, a->count, b->count);
    REQUIRE(!a->count || memcmp(a->hashes, b->hashes, a->count * sizeof *a->hashes) == 0, "%s: hashes", kernels);
    REQUIRE(a->bytes == b->bytes && a->ill_formed == b->ill_formed, "%s: bytes", kernels);
    REQUIRE(a->alone_count == b->alone_count, "%s: %zu alone, not %zu", kernels, a->alone_count, b->alone_count);
    REQUIRE(!a->alone_count || memcmp(a->alone, b->alone, a->alone_count * sizeof *a->alone) == 0, "%s: alone",
            kernels);
}

/* Whether bytes may stand between the quotes of a JSON string. */
static bool is_json_string(const uint8_t *data, size_t size) {
    static nd_json_fields *fields;
    nd_json_error error;
    char *line = malloc(size + 2);
    REQUIRE(line && (fields || nd_json_fields_create(NULL, 0, &fields, NULL) == NEARDUP_OK), "no memory");
    line[0] = line[size + 1] = '"';
    if (size) memcpy(line + 1, data, size);
    bool is = nd_json_scan(fields, (nd_span){line, size + 2}, NULL, &error) == ND_JSON_STRING;
    free(line);
    return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static nd_tokens expected, tokens;
    neardup_form form = (neardup_form)(take_byte(&data, &size) % 3);
    if (form == NEARDUP_JSON && !is_json_string(data, size)) form = NEARDUP_PLAIN;
    neardup_text text = {.data = (const char *)data, .size = size, .form = form};
    nd_token_rules reference = {.keep_text = true, .keep_spans = true, .keep_alone = true, .reference = true};
    REQUIRE(nd_tokenize(&reference, &text, &expected) == NEARDUP_OK, "no memory");
    for (size_t i = 0; i < expected.count; i++) {
        nd_token_span span = expected.spans[i];
        REQUIRE(span.begin < span.end && span.end <= size, "token %zu", i);
        REQUIRE(!i || expected.spans[i - 1].end <= span.begin, "token %zu begins before the end of another", i);
    }
    static const char *const names[] = {"portable", "avx2", "neon"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const nd_kernels *k = nd_kernels_find(names[n]);
        if (!k) continue;
        for (int with = 0; with < 2; with++) {
            nd_token_rules rules = {.kernels = k->text, .keep_spans = with, .keep_alone = true};
            REQUIRE(nd_tokenize(&rules, &text, &tokens) == NEARDUP_OK, "no memory");
            require_same(&tokens, &expected, k->name);
            REQUIRE(!with || !tokens.count ||
                        memcmp(tokens.spans, expected.spans, tokens.count * sizeof *tokens.spans) == 0,
                    "%s: places", k->name);
        }
        nd_token_rules rules = {.kernels = k->text, .only_marks = true};
        REQUIRE(nd_tokenize(&rules, &text, &tokens) == NEARDUP_OK, "no memory");
        REQUIRE(tokens.count == expected.count, "%s: %zu marks", k->name, tokens.count);
        for (size_t i = 0; i < tokens.count; i++)
            REQUIRE(nd_marks_find(&tokens.begins, i) == expected.spans[i].begin &&
                        nd_marks_find(&tokens.ends, i) == expected.spans[i].end,
                    "%s: marks of token %zu", k->name, i);
    }
    return 0;
}
