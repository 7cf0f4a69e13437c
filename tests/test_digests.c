/* SPDX-License-Identifier: MIT */
/* The list of digests gives back what was put into it, however much of it was spilled. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/digest_list.h"
#include "random.h"
#include "suite.h"

/* The digest that belongs to a class. */
static nd_digest digest_of(uint32_t class) {
    nd_digest digest;
    for (unsigned w = 0; w < ND_DIGEST_WORDS; w++) digest.words[w] = (class + 1) * 0x9E3779B97F4A7C15ULL + w;
    return digest;
}

START_TEST(picked_digests_are_those_of_their_classes) {
    random_start("picked_digests_are_those_of_their_classes");
    enum { PAGE = ND_PAGE_BYTES / sizeof(nd_digest), MOST = 9 * PAGE };
    uint32_t *classes = malloc(MOST * sizeof *classes);
    for (int round = 0; round < 60; round++) {
        nd_spill spill = {.folder = NULL};
        nd_digest_list list;
        nd_digest_list_init(&list, &spill);
        uint32_t count = random_below(MOST), spill_every = random_below(3) ? 1 + random_below(3 * PAGE) : MOST;
        for (uint32_t class = 0; class < count; class ++) {
            nd_digest digest = digest_of(class);
            EXPECT(nd_digest_list_add(&list, &digest) == NEARDUP_OK, "no memory");
            if (class % spill_every) continue;
            EXPECT(nd_digest_list_spill(&list, NULL) == NEARDUP_OK, "cannot spill");
            EXPECT(nd_digest_list_bytes(&list) < 3 * ND_PAGE_BYTES, "%u", class);
        }
        size_t wanted = 0;
        uint32_t one_in = 1 + random_below(5) * random_below(2 * PAGE); /* sometimes all, sometimes not one a page */
        for (uint32_t class = 0; class < count; class ++)
            if (!random_below(one_in)) classes[wanted++] = class;
        nd_digest *picked = NULL;
        EXPECT(nd_digest_list_pick(&list, classes, wanted, &picked, NULL) == NEARDUP_OK, "cannot pick");
        for (size_t i = 0; i < wanted; i++) {
            nd_digest expected = digest_of(classes[i]);
            EXPECT(memcmp(&picked[i], &expected, sizeof expected) == 0, "class %u in round %d", classes[i], round);
        }
        nd_free(picked);
        ck_assert_uint_eq(list.pages.count, 0);
        nd_digest_list_release(&list);
        nd_spill_release(&spill);
    }
    free(classes);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("digests");
    tcase_add_test(tests, picked_digests_are_those_of_their_classes);
    return run_tests(tests);
}
