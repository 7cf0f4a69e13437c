/* SPDX-License-Identifier: MIT */
#include "text/reference.h"

#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"

/* Scripts written without spaces between words. */
static bool is_unspaced(uint32_t c) {
    static const uint32_t ranges[][2] = {
        {0x0E00, 0x0EFF},   /* Thai, Lao */
        {0x1000, 0x109F},   /* Myanmar */
        {0x1780, 0x17FF},   /* Khmer */
        {0x3005, 0x3005},   /* ideographic iteration mark */
        {0x3007, 0x3007},   /* ideographic zero */
        {0x3041, 0x30FF},   /* Hiragana, Katakana */
        {0x31F0, 0x31FF},   /* Katakana phonetic extensions */
        {0x3400, 0x4DBF},   /* Han */
        {0x4E00, 0x9FFF},   /* Han */
        {0xF900, 0xFAFF},   /* Han, compatibility */
        {0xFF66, 0xFF9D},   /* half-width Katakana */
        {0x20000, 0x3FFFF}, /* Han */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
    return false;
}

nd_class nd_class_of(uint32_t code_point) {
    if (code_point == 0xFF9E || code_point == 0xFF9F) return ND_MARK; /* half-width sound marks, which are letters */
    switch (utf8proc_category((utf8proc_int32_t)code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return is_unspaced(code_point) ? ND_ALONE : ND_WORD;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return ND_MARK;
    case UTF8PROC_CATEGORY_CF: return ND_IGNORED;
    default: return ND_SEPARATOR;
    }
}

void nd_fold_scratch_release(nd_fold_scratch *scratch) {
    nd_free(scratch->code_points);
    nd_free(scratch->ordered);
    *scratch = (nd_fold_scratch){0};
}

static const utf8proc_option_t fold_options =
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

/* Decomposes every character for itself. Returns NEARDUP_END where utf8proc will not. */
static neardup_status decompose(const uint8_t *raw, size_t size, nd_fold_scratch *scratch, size_t *count_out) {
    enum { LONGEST = 32 }; /* U+FDFA has 18 */
    size_t count = 0;
    for (size_t at = 0; at < size;) {
        utf8proc_int32_t code_point;
        utf8proc_ssize_t length = utf8proc_iterate(raw + at, (utf8proc_ssize_t)(size - at), &code_point);
        neardup_status status =
            nd_reserve(&scratch->code_points, &scratch->capacity, count + LONGEST, sizeof *scratch->code_points);
        if (status) return status;
        int boundary = 0;
        utf8proc_ssize_t parts = length > 0 ? utf8proc_decompose_char(code_point, scratch->code_points + count, LONGEST,
                                                                      fold_options, &boundary)
                                            : -1;
        if (parts < 0 || parts > LONGEST) return NEARDUP_END;
        at += (size_t)length;
        count += (size_t)parts;
    }
    *count_out = count;
    return NEARDUP_OK;
}

static int combining_class(int32_t code_point) { return utf8proc_get_property(code_point)->combining_class; }

/* Puts a run of marks into the order of their combining classes, equal ones as they came: counting sort, because
 * utf8proc's own ordering takes the square of the run's length. */
static void order_run(int32_t *marks, size_t count, int32_t *ordered) {
    size_t place[257] = {0};
    for (size_t i = 0; i < count; i++) place[combining_class(marks[i]) + 1]++;
    for (size_t c = 1; c < 257; c++) place[c] += place[c - 1];
    for (size_t i = 0; i < count; i++) ordered[place[combining_class(marks[i])]++] = marks[i];
    memcpy(marks, ordered, count * sizeof *marks);
}

static neardup_status order_marks(nd_fold_scratch *scratch, size_t count) {
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && combining_class(scratch->code_points[end]); end++) {
        }
        if (end - begin > 1) {
            neardup_status status =
                nd_reserve(&scratch->ordered, &scratch->ordered_capacity, end - begin, sizeof *scratch->ordered);
            if (status) return status;
            order_run(scratch->code_points + begin, end - begin, scratch->ordered);
        }
        if (end == begin) end++;
    }
    return NEARDUP_OK;
}

neardup_status nd_fold(const uint8_t *raw, size_t size, nd_fold_scratch *scratch, nd_buffer *folded) {
    size_t count;
    neardup_status status = decompose(raw, size, scratch, &count);
    if (status == NEARDUP_END) return nd_buffer_append(folded, raw, size); /* cannot be folded: stands for itself */
    if (!status) status = order_marks(scratch, count);
    /* One more: utf8proc puts a NUL behind the UTF-8 that it writes over the code points. */
    if (!status)
        status = nd_reserve(&scratch->code_points, &scratch->capacity, count + 1, sizeof *scratch->code_points);
    if (status) return status;
    utf8proc_ssize_t bytes = utf8proc_reencode(scratch->code_points, (utf8proc_ssize_t)count, fold_options);
    if (bytes < 0) return nd_buffer_append(folded, raw, size);
    return nd_buffer_append(folded, scratch->code_points, (size_t)bytes);
}
