/* SPDX-License-Identifier: MIT */
#include "cli/suggestion.h"

#include <string.h>

enum { LONGEST = 32 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Optimal string alignment distance (Damerau 1964, each letter edited at most once); three rows of its table. */
static size_t distance(const char *a, const char *b) {
    size_t rows[3][LONGEST + 1];
    size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a > LONGEST || length_b > LONGEST) return length_a + length_b;
    for (size_t j = 0; j <= length_b; j++) rows[0][j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[length_a % 3][length_b];
}

void nd_suggestion_offer(nd_suggestion *suggestion, const char *word, const char *name) {
    size_t length = strlen(word);
    size_t allowed = (strlen(name) + 2) / 3;
    size_t found = distance(word, name);
    if (length >= 2 && strncmp(name, word, length) == 0) found = least(found, 1);
    if (found > allowed || (suggestion->best && found >= suggestion->distance)) return;
    suggestion->best = name;
    suggestion->distance = found;
}
