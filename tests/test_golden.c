/* SPDX-License-Identifier: MIT */
/* What the command prints, to the byte, in the cases of golden/cases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support/run.h"

enum { MOST_CASES = 100 };

static char *lines[MOST_CASES];
static int line_count;

static void read_cases(void) {
    FILE *file = fopen(NEARDUP_TESTS_DIR "/golden/cases", "r");
    if (!file) abort();
    char line[1024];
    while (fgets(line, sizeof line, file) && line_count < MOST_CASES) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] != '#') lines[line_count++] = strdup(line);
    }
    fclose(file);
}

static char *read_golden(const char *name, size_t *size_out) {
    char path[512];
    snprintf(path, sizeof path, NEARDUP_TESTS_DIR "/golden/%s", name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is missing: tests/golden/update.sh writes it", path);
    char *text = calloc(1, 1 << 20);
    ck_assert_ptr_nonnull(text);
    *size_out = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

START_TEST(output_is_as_it_was) {
    char name[64];
    const char *colon = strstr(lines[_i], ": ");
    ck_assert_ptr_nonnull(colon);
    snprintf(name, sizeof name, "%.*s", (int)(colon - lines[_i]), lines[_i]);
    size_t size;
    char *golden = read_golden(name, &size);
    run_result result = run_shell(NEARDUP_FIXTURES, colon + 2);
    ck_assert_msg(result.out_size == size && memcmp(result.out, golden, size) == 0,
                  "%s: not what golden/%s holds, but:\n%s%s", colon + 2, name, result.out, result.err);
    run_release(&result);
    free(golden);
}
END_TEST

int main(void) {
    read_cases();
    TCase *tests = tcase_create("golden");
    tcase_add_loop_test(tests, output_is_as_it_was, 0, line_count);
    int status = run_tests(tests);
    for (int i = 0; i < line_count; i++) free(lines[i]);
    return status;
}
