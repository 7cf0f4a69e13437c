/* SPDX-License-Identifier: MIT */
#include "text/reference.h"

#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"

enum { PIECE = 1024 };

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
    *scratch = (nd_fold_scratch){0};
}

static neardup_status fold_piece(const uint8_t *raw, size_t size, nd_fold_scratch *scratch, nd_buffer *folded) {
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    for (;;) {
        /* One more than asked for: utf8proc_reencode puts a NUL behind what it writes over the code points. */
        neardup_status status =
            nd_reserve(&scratch->code_points, &scratch->capacity, scratch->capacity ? 1 : 64, sizeof(int32_t));
        if (status) return status;
        utf8proc_ssize_t room = (utf8proc_ssize_t)scratch->capacity - 1;
        utf8proc_ssize_t count = utf8proc_decompose(raw, (utf8proc_ssize_t)size, scratch->code_points, room, options);
        if (count < 0) return nd_buffer_append(folded, raw, size); /* cannot be folded: stands for itself */
        if (count <= room) {
            utf8proc_ssize_t bytes = utf8proc_reencode(scratch->code_points, count, options);
            if (bytes < 0) return nd_buffer_append(folded, raw, size);
            return nd_buffer_append(folded, scratch->code_points, (size_t)bytes);
        }
        status = nd_reserve(&scratch->code_points, &scratch->capacity, (size_t)count + 1, sizeof(int32_t));
        if (status) return status;
    }
}

neardup_status nd_fold(const uint8_t *raw, size_t size, nd_fold_scratch *scratch, nd_buffer *folded) {
    while (size) {
        size_t piece = size < PIECE ? size : PIECE;
        while (piece < size && piece > 1 && (raw[piece] & 0xC0) == 0x80) piece--;
        neardup_status status = fold_piece(raw, piece, scratch, folded);
        if (status) return status;
        raw += piece;
        size -= piece;
    }
    return NEARDUP_OK;
}
