/* SPDX-License-Identifier: MIT */
#include "text/marks.h"

#include "base/memory.h"

void nd_marks_release(nd_marks *marks) {
    nd_free(marks->words);
    *marks = (nd_marks){0};
}

neardup_status nd_marks_fill(nd_marks *marks, size_t size, bool marked) {
    size_t count = size / 64 + 1;
    neardup_status status = nd_reserve(&marks->words, &marks->capacity, count, sizeof *marks->words);
    if (status) return status;
    const nd_mark_word word = {.bits = marked ? ~(uint64_t)0 : 0};
    for (size_t i = 0; i < count; i++) marks->words[i] = word;
    marks->count = count;
    return NEARDUP_OK;
}

size_t nd_marks_count(nd_marks *marks, const nd_text_kernels *kernels) {
    return kernels->count_marks(marks->words, marks->count);
}

size_t nd_marks_find(const nd_marks *marks, size_t number) {
    const nd_mark_word *word = marks->words;
    for (size_t count = marks->count; count > 1; count -= count / 2) /* without a branch on what is found */
        word += word[count / 2].before <= number ? count / 2 : 0;
    uint64_t bits = word->bits;
    for (size_t left = number - word->before; left; left--) bits &= bits - 1;
    return 64 * (size_t)(word - marks->words) + (size_t)__builtin_ctzll(bits);
}
