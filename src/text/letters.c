/* SPDX-License-Identifier: MIT */
#include "text/letters.h"

#include <string.h>

#include "base/memory.h"
#include "base/target.h"
#include "text/unicode.h"
#include "text/utf8.h"

enum { AHEAD = 8 }; /* bytes that are looked at to see whether ASCII goes on */

/* Whether the text goes on with ASCII for long enough that windows are worth it. */
static bool is_ascii_ahead(const nd_tokenizer *s, size_t at) {
    if (s->size - at < AHEAD) return s->data[at] < 0x80;
    uint64_t bytes;
    memcpy(&bytes, s->data + at, AHEAD);
    return !(bytes & 0x8080808080808080);
}

/* Whether the byte begins an escape or markup. */
static inline bool is_syntax(const nd_tokenizer *s, uint8_t byte) {
    return (byte == '\\' && s->form == NEARDUP_JSON) || ((byte == '<' || byte == '&') && s->form == NEARDUP_HTML);
}

/* Writes the fold of the character of `length` bytes at data[at]; returns its size. */
static inline size_t write_fold(const nd_tokenizer *s, uint32_t entry, size_t at, size_t length, uint8_t *out) {
    const uint8_t *from = s->data + at;
    size_t size = nd_entry_fold_size(entry);
    if (size == ND_FOLD_SELF)
        size = length;
    else
        from = nd_entry_fold(entry);
    if (size <= 4 && s->size - at >= 4) /* the table of folds has as many bytes behind its last one */
        memcpy(out, from, 4);
    else
        for (size_t i = 0; i < size; i++) out[i] = from[i];
    return size;
}

/* What is being read: where in the text, what was gathered, and the open token. */
typedef struct reading {
    size_t at, size, edges; /* in the text, of folded bytes, of edges */
    size_t token, begin;    /* where the open token begins in the text, and among the folded bytes */
    bool open, alone;
} reading;

/* Why reading stopped: enough was gathered; ASCII goes on, or nothing; a character, or the token it would belong to, is
 * not for this lane. */
typedef enum stop { GOES_ON, FULL, DONE, SLOW } stop;

/* Ends the open token. */
ND_BODY stop close_token(const nd_tokenizer *s, reading *r) {
    uint16_t *edges = s->letters->edges + r->edges;
    edges[0] = (uint16_t)r->begin;
    edges[1] = (uint16_t)r->size;
    if (r->size > r->begin) { /* what folds to nothing is no token */
        s->letters->alone[r->edges / 2] = r->alone;
        r->edges += 2;
    }
    r->open = r->alone = false;
    return r->size > ND_LETTERS / 2 ? FULL : GOES_ON;
}

/* Takes the character at r->at. Where it stops before that, it can be called again. */
ND_BODY stop take_character(const nd_tokenizer *s, reading *r) {
    uint32_t code_point;
    size_t length = nd_utf8_read(s->data + r->at, s->size - r->at, &code_point);
    if (!length) return SLOW;
    uint32_t entry = nd_entry_of(code_point);
    nd_class class = nd_entry_class(entry);
    if (class == ND_WORD || class == ND_ALONE) {
        if (nd_entry_fold_size(entry) == ND_FOLD_SLOW || r->size > ND_LETTERS) return SLOW;
        if ((r->alone || (class == ND_ALONE && r->open)) && close_token(s, r)) return FULL;
        if (!r->open) {
            r->open = true;
            r->token = r->at;
            r->begin = r->size;
        }
        r->alone = class == ND_ALONE;
        r->size += write_fold(s, entry, r->at, length, s->letters->folded + r->size);
    } else if (class == ND_SEPARATOR) {
        if (r->open && close_token(s, r)) return FULL;
    } else if (class == ND_MARK) {
        return SLOW;
    }
    r->at += length;
    return GOES_ON;
}

/* Letters of up to four bytes that can be taken without looking at the end of the text or of the room for folds. */
ND_BODY size_t most_letters(const nd_tokenizer *s, const reading *r) {
    size_t text = (s->size - r->at) / 4, room = r->size < ND_LETTERS ? (ND_LETTERS - r->size) / 4 : 0;
    return text < room ? text : room;
}

/* The folded letter of two bytes at `in`, as nd_table_letters has it; 0 where there is none. */
ND_BODY uint32_t short_letter(const uint8_t *in) {
    uint16_t bytes;
    memcpy(&bytes, in, 2);
    if ((bytes & 0xC0E0) != 0x80C0) return 0; /* the first is the low one */
    return nd_table_letters[(bytes & 0x1F) << 6 | (bytes >> 8 & 0x3F)];
}

/* Extends the open token with letters of two bytes, and goes on behind a single space: the same as take_character for
 * nearly all that is written in alphabets of such letters, in one look-up each. */
ND_BODY void take_short_letters(const nd_tokenizer *s, reading *r) {
    const uint8_t *in = s->data + r->at;
    uint8_t *folded = s->letters->folded, *out = folded + r->size;
    for (size_t left = most_letters(s, r); left; left--) {
        uint32_t letter = short_letter(in);
        if (!letter) {
            if (*in != ' ' || out == folded + r->begin || !(letter = short_letter(in + 1))) break;
            s->letters->edges[r->edges] = (uint16_t)r->begin;
            s->letters->edges[r->edges + 1] = (uint16_t)(out - folded);
            r->edges += 2;
            r->begin = (size_t)(out - folded);
            in++;
            r->token = (size_t)(in - s->data);
        }
        memcpy(out, &letter, 4);
        out += letter >> 24;
        in += 2;
    }
    r->at = (size_t)(in - s->data);
    r->size = (size_t)(out - folded);
}

/* After a letter of an unspaced script, takes more of those that have three bytes and fold to themselves: each ends the
 * token before it and begins one. */
ND_BODY void take_lone_letters(const nd_tokenizer *s, reading *r) {
    const uint8_t *in = s->data + r->at;
    uint8_t *folded = s->letters->folded;
    uint16_t *edges = s->letters->edges + r->edges;
    uint8_t *alone = s->letters->alone + r->edges / 2;
    size_t begin = r->begin, end = r->size;
    for (size_t left = most_letters(s, r); left && end > begin; left--) {
        uint32_t bytes;
        memcpy(&bytes, in, 4);
        if ((bytes & 0xC0C0F0) != 0x8080E0) break;
        uint32_t code_point = (bytes & 0x0F) << 12 | (bytes >> 2 & 0xFC0) | (bytes >> 16 & 0x3F);
        uint32_t entry = nd_entry_of(code_point);
        if (entry != (ND_ALONE | ND_FOLD_SELF << 3)) break; /* among them all that three bytes cannot stand for */
        edges[0] = (uint16_t)begin;
        edges[1] = (uint16_t)end;
        edges += 2;
        *alone++ = true;
        memcpy(folded + end, &bytes, 4);
        begin = end;
        end += 3;
        in += 3;
        r->token = (size_t)(in - s->data) - 3;
    }
    r->at = (size_t)(in - s->data);
    r->edges = (size_t)(edges - s->letters->edges);
    r->begin = begin;
    r->size = end;
}

/* Reads until it stops. What it changes all the time is its own, so that bytes it writes cannot be part of it. */
static stop read_on(const nd_tokenizer *s, size_t from, reading *reading_inout) {
    reading r = *reading_inout;
    stop stopped = GOES_ON;
    while (!stopped && r.at < s->size) {
        uint8_t byte = s->data[r.at];
        if (byte < 0x80 && !r.open && r.at > from && is_ascii_ahead(s, r.at))
            stopped = DONE;
        else if (byte < 0x80 && is_syntax(s, byte))
            stopped = SLOW;
        else
            stopped = take_character(s, &r);
        if (r.alone && !stopped)
            take_lone_letters(s, &r);
        else if (r.open && !stopped)
            take_short_letters(s, &r);
    }
    if (!stopped && r.open) close_token(s, &r);
    *reading_inout = r;
    return stopped ? stopped : DONE;
}

/* Notes which of the tokens just handed on are of a script without spaces. */
static neardup_status note_alone(nd_tokenizer *s, size_t count) {
    nd_tokens *t = s->tokens;
    neardup_status status = nd_reserve(&t->alone, &t->alone_capacity, t->alone_count + count, sizeof *t->alone);
    for (size_t i = 0; i < count && !status; i++)
        if (s->letters->alone[i]) t->alone[t->alone_count++] = t->count - count + i;
    return status;
}

/* Hands on what was gathered. */
static neardup_status flush(nd_tokenizer *s, reading *r) {
    size_t edges = r->edges;
    r->size = r->edges = 0;
    neardup_status status = nd_tokenizer_emit_all(s, s->letters->folded, s->letters->edges, edges);
    if (!status && s->rules->keep_alone) status = note_alone(s, edges / 2);
    memset(s->letters->alone, 0, edges / 2);
    return status;
}

neardup_status nd_letters_read(nd_tokenizer *tokenizer, size_t *at) {
    reading r = {.at = *at};
    neardup_status status = NEARDUP_OK;
    stop stopped;
    do {
        stopped = read_on(tokenizer, *at, &r);
        status = flush(tokenizer, &r);
    } while (stopped == FULL && !status);
    *at = stopped == SLOW && r.open ? r.token : r.at;
    return stopped == SLOW && !status ? nd_tokenizer_read(tokenizer, at) : status;
}
