/* SPDX-License-Identifier: MIT */
/* The catalog and its names against plain arrays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/catalog.h"
#include "random.h"
#include "suite.h"

/* A text of up to `most` bytes that a number stands for; the same for the same number. */
static nd_span text_of(uint32_t number, size_t most, char *buffer) {
    size_t size = number % (most + 1);
    for (size_t i = 0; i < size; i++) buffer[i] = (char)(number * 31 + i);
    return (nd_span){buffer, size};
}

typedef struct model {
    nd_origin place;
    uint32_t id, source, keys[3];
    bool has_key[3], is_number[3];
} model;

static void random_model(model *m, const model *before) {
    m->place = before ? before->place : (nd_origin){0, 0};
    if (before && before->place.line == NEARDUP_NONE) m->place.file++;
    if (before && before->place.line != NEARDUP_NONE) m->place.line++;
    if (random_below(10) == 0) {
        m->place.file += 1 + random_below(3);
        m->place.line = random_below(2) ? NEARDUP_NONE : random_below(5);
    } else if (random_below(10) == 0 && m->place.line != NEARDUP_NONE) {
        m->place.line += 1 + random_below(4);
    }
    m->id = random_below(1000);
    m->source = random_below(50);
    for (int k = 0; k < 3; k++) {
        m->keys[k] = random_below(500);
        m->has_key[k] = random_below(3);
        m->is_number[k] = random_below(2);
    }
}

START_TEST(documents_are_found_again) {
    random_start("documents_are_found_again");
    enum { DOCUMENTS = 5000 };
    static model models[DOCUMENTS];
    char a[300], b[300], c[3][300];
    for (size_t key_count = 0; key_count <= 3; key_count++) {
        nd_catalog catalog;
        nd_catalog_init(&catalog, key_count);
        for (size_t d = 0; d < DOCUMENTS; d++) {
            model *m = &models[d];
            random_model(m, d ? m - 1 : NULL);
            nd_key keys[3];
            for (int k = 0; k < 3; k++)
                keys[k] = m->has_key[k] ? (nd_key){text_of(m->keys[k], 200, c[k]), m->is_number[k]} : (nd_key){0};
            nd_facts facts = {text_of(m->id, 260, a), text_of(m->source, 40, b), keys};
            EXPECT(nd_catalog_add(&catalog, m->place, &facts) == NEARDUP_OK, "no memory");
        }
        EXPECT(catalog.documents == DOCUMENTS, "%zu", (size_t)catalog.documents);
        for (unsigned i = 0; i < 20000; i++) {
            size_t d = random_below(DOCUMENTS);
            const model *m = &models[d];
            nd_origin place = nd_catalog_place(&catalog, d);
            EXPECT(place.file == m->place.file && place.line == m->place.line, "document %zu", d);
            EXPECT(nd_span_compare(nd_catalog_id(&catalog, d), text_of(m->id, 260, a)) == 0, "document %zu", d);
            EXPECT(nd_span_compare(nd_catalog_source(&catalog, d), text_of(m->source, 40, b)) == 0, "document %zu", d);
            for (size_t k = 0; k < key_count; k++) {
                nd_key key = nd_catalog_key(&catalog, d, k);
                EXPECT((key.text.data != NULL) == m->has_key[k], "document %zu, key %zu", d, k);
                if (!m->has_key[k]) continue;
                EXPECT(key.is_number == m->is_number[k], "document %zu, key %zu", d, k);
                EXPECT(nd_span_compare(key.text, text_of(m->keys[k], 200, a)) == 0, "document %zu, key %zu", d, k);
            }
        }
        nd_catalog_release(&catalog);
    }
}
END_TEST

START_TEST(neighbours_share_a_run) {
    nd_catalog catalog;
    nd_catalog_init(&catalog, 0);
    nd_facts none = {0};
    for (uint64_t line = 0; line < 1000; line++)
        ck_assert_int_eq(nd_catalog_add(&catalog, (nd_origin){3, line}, &none), NEARDUP_OK);
    for (size_t file = 4; file < 1000; file++)
        ck_assert_int_eq(nd_catalog_add(&catalog, (nd_origin){file, NEARDUP_NONE}, &none), NEARDUP_OK);
    ck_assert_uint_eq(catalog.runs.count, 2);
    /* Documents that have nothing take two bytes. */
    ck_assert_uint_le(catalog.packed.used + catalog.open.size, 2 * catalog.documents + 8);
    nd_catalog_release(&catalog);
}
END_TEST

START_TEST(names_have_one_number_each) {
    random_start("names_have_one_number_each");
    enum { NAMES = 3000 };
    static uint32_t numbers[NAMES];
    static bool known[NAMES];
    nd_names names = {0};
    uint32_t count = 0;
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t name = random_below(NAMES), number;
        char text[16];
        nd_span span = {text, (size_t)snprintf(text, sizeof text, "%u", name)};
        if (name == 0) span.size = 0;
        EXPECT(nd_names_add(&names, span, &number) == NEARDUP_OK, "no memory");
        if (!known[name]) numbers[name] = count++;
        known[name] = true;
        EXPECT(number == numbers[name], "%u", name);
        EXPECT(nd_span_compare(nd_names_at(&names, number), span) == 0, "%u", name);
    }
    ck_assert_uint_eq(names.count, count);
    nd_names_release(&names);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("catalog");
    tcase_add_test(tests, documents_are_found_again);
    tcase_add_test(tests, neighbours_share_a_run);
    tcase_add_test(tests, names_have_one_number_each);
    return run_tests(tests);
}
