/* SPDX-License-Identifier: MIT */
/*
 * Two lanes, one answer. Text goes through windows (window.h): letters of any script and digits are marked and folded
 * where they stand, bytes that need a closer look too, and tokens are read off the marks, a stretch at a time. Where
 * more than a separator is found by that look (combining marks, escaped letters, markup, folds of another length),
 * characters.c takes over until it stands between tokens.
 */
#include "text/token.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "text/characters.h"
#include "text/kernel_body.h"
#include "text/unicode.h"
#include "text/utf8.h"
#include "text/window.h"

void nd_tokens_release(nd_tokens *tokens) {
    nd_free(tokens->hashes);
    nd_free(tokens->alone);
    nd_free(tokens->spans);
    nd_marks_release(&tokens->begins);
    nd_marks_release(&tokens->ends);
    nd_buffer_release(&tokens->text);
    nd_buffer_release(&tokens->folded);
    nd_buffer_release(&tokens->raw);
    nd_fold_scratch_release(&tokens->fold);
    nd_free(tokens->window);
    *tokens = (nd_tokens){0};
}

uint64_t nd_token_hash(const uint8_t *folded, size_t size, uint64_t seed) { return hash_token(folded, size, seed); }

/* Notes where the tokens stand that `count` edges of the window at `begin` enclose; they have just been appended. */
static neardup_status note_spans(nd_tokenizer *s, size_t begin, size_t count) {
    nd_tokens *t = s->tokens;
    const uint16_t *edges = t->window->edges;
    neardup_status status = nd_reserve(&t->spans, &t->span_capacity, t->count, sizeof *t->spans);
    if (status || count < 2) return status;
    nd_token_span *spans = t->spans + (t->count - count / 2);
    for (size_t i = 0; i < count / 2; i++) spans[i] = (nd_token_span){begin + edges[2 * i], begin + edges[2 * i + 1]};
    return NEARDUP_OK;
}

/* Whether the letter at data[at] is a token by itself. */
static bool is_alone(const nd_tokenizer *s, size_t at) {
    uint32_t code_point;
    return nd_utf8_read(s->data + at, s->size - at, &code_point) && nd_entry_class(nd_entry_of(code_point)) == ND_ALONE;
}

/* Notes which of those tokens are of scripts without spaces. They begin at splits, but so does what follows them. */
static neardup_status note_alone(nd_tokenizer *s, size_t begin, size_t count) {
    nd_tokens *t = s->tokens;
    const struct nd_token_window *w = t->window;
    neardup_status status = nd_reserve(&t->alone, &t->alone_capacity, t->alone_count + count / 2, sizeof *t->alone);
    size_t first = t->count - count / 2;
    for (size_t i = 0; i + 1 < count && !status; i += 2) {
        size_t edge = w->edges[i];
        if ((w->split[edge / 64] >> edge % 64 & 1) && is_alone(s, begin + edge))
            t->alone[t->alone_count++] = first + i / 2;
    }
    return status;
}

/* Notes of the tokens just appended what the rules want to be kept. */
static neardup_status note_tokens(nd_tokenizer *s, size_t begin, size_t count) {
    neardup_status status = s->rules->keep_spans ? note_spans(s, begin, count) : NEARDUP_OK;
    if (!status && s->rules->keep_alone && s->tokens->window->has_splits) status = note_alone(s, begin, count);
    return status;
}

/* The first position of the window from `at` on that needs a closer look, or its size. What only separates needs none:
 * other scripts' punctuation in English. */
static size_t next_closer(const nd_tokenizer *s, size_t begin, size_t size, size_t at) {
    const struct nd_token_window *w = s->tokens->window;
    for (size_t block = at / 64;; block++) {
        uint64_t marked = w->special[block];
        if (64 * block < at) marked &= ~(uint64_t)0 << at % 64;
        for (; marked; marked &= marked - 1) {
            size_t place = 64 * block + (size_t)__builtin_ctzll(marked);
            if (place < at) continue; /* of what has been passed */
            if (place >= size) return size;
            size_t length = nd_tokenizer_separates(s, begin + place);
            if (!length || place + length > size) return place;
            at = place + length;
        }
    }
}

/* How many escapes of one letter the window has between two positions. */
static size_t count_escapes(const nd_tokenizer *s, size_t from, size_t to) {
    size_t count = 0;
    for (size_t block = from / 64; s->form == NEARDUP_JSON && 64 * block < to; block++)
        count += nd_count_bits(s->tokens->window->escapes[block] & stretch_mask(block, from, to));
    return count;
}

/* A part of a window in which nothing needs a closer look. */
typedef struct stretch {
    size_t from, to;
    size_t open;  /* where the token begins that reaches `to`; `to` where there is none */
    size_t edges; /* in the window's list; with only_marks 0 */
} stretch;

/* Marks where the tokens of a stretch of the window at `begin` stand, but for the end of one that reaches its end. */
static void mark_tokens(nd_tokenizer *s, size_t begin, stretch *part) {
    nd_tokens *t = s->tokens;
    const struct nd_token_window *w = t->window;
    uint64_t carry = 0;
    for (size_t block = part->from / 64; 64 * block < part->to; block++) {
        uint64_t mask = stretch_mask(block, part->from, part->to), now = w->word[block] & mask;
        uint64_t before = now << 1 | carry, split = w->split[block];
        t->begins.words[begin / 64 + block].bits |= now & (~before | split);
        t->ends.words[begin / 64 + block].bits |= before & (~now | split) & mask;
        carry = now >> 63;
    }
    size_t last = part->to - 1;
    bool open = part->from < part->to && (w->word[last / 64] >> last % 64 & 1);
    part->open = open ? nd_marks_last(&t->begins, begin + part->to) - begin : part->to;
}

static stretch find_tokens(nd_tokenizer *s, size_t begin, size_t from, size_t to) {
    struct nd_token_window *w = s->tokens->window;
    stretch part = {.from = from, .to = to};
    s->tokens->bytes -= count_escapes(s, from, to); /* each stands for one byte */
    if (s->rules->only_marks) {
        mark_tokens(s, begin, &part);
    } else {
        part.edges = nd_window_edges(w, s->kernels, from, to);
        part.open = part.edges & 1 ? w->edges[part.edges - 1] : to;
    }
    return part;
}

/* Takes the tokens of a stretch; an open one only if it `ends` there. */
static neardup_status take_tokens(nd_tokenizer *s, size_t begin, stretch part, bool ends) {
    nd_tokens *t = s->tokens;
    if (s->rules->only_marks) {
        if (ends)
            nd_marks_set(&t->ends, begin + part.to);
        else if (part.open < part.to)
            nd_marks_unset(&t->begins, begin + part.open);
        return NEARDUP_OK;
    }
    if (ends) t->window->edges[part.edges++] = (uint16_t)part.to;
    neardup_status status = nd_tokenizer_emit_all(s, t->window->folded, t->window->edges, part.edges);
    return status ? status : note_tokens(s, begin, part.edges);
}

/* Reads the tokens of the window that *at is in. Moves *at behind what was read. */
static neardup_status read_window(nd_tokenizer *s, size_t *at) {
    size_t begin = *at - *at % 64, from = *at % 64; /* whole words of marks */
    size_t size = nd_window_mark(s->tokens->window, s->kernels, s->data + begin, s->size - begin, from, s->form);
    while (from < size) {
        stretch part = find_tokens(s, begin, from, next_closer(s, begin, size, from));
        size_t open = part.open, to = part.to;
        bool at_end = to == size, cut = open < to && at_end && begin + size < s->size;
        bool closer = !at_end || (cut && open < 64); /* a special character, or a token that has no end here */
        bool ends = open < to && !cut && (at_end || !nd_tokenizer_continues(s, begin + to));
        neardup_status status = take_tokens(s, begin, part, ends);
        *at = begin + (ends ? to : open); /* the next window begins with what this one cuts */
        if (!closer || status) return status;
        status = nd_tokenizer_read(s, at);
        if (status || *at >= begin + size) return status;
        from = *at - begin;
    }
    *at = begin + from;
    return NEARDUP_OK;
}

/* Counts the marks of tokens, which stand for them. */
static void count_tokens(nd_tokenizer *s) {
    s->tokens->count = nd_marks_count(&s->tokens->begins, s->kernels);
    nd_marks_count(&s->tokens->ends, s->kernels);
}

neardup_status nd_tokenize(const nd_token_rules *rules, const neardup_text *text, nd_tokens *tokens) {
    tokens->count = tokens->alone_count = 0;
    tokens->text.size = 0;
    tokens->bytes = text->size;
    tokens->ill_formed = 0;
    if (!tokens->window) {
        tokens->window = nd_allocate(1, sizeof *tokens->window);
        if (!tokens->window) return NEARDUP_ERROR_MEMORY;
    }
    nd_tokenizer tokenizer = {.rules = rules,
                              .kernels = rules->kernels ? rules->kernels : &nd_text_portable,
                              .data = text->data,
                              .size = text->size,
                              .form = text->form,
                              .tables = !rules->reference && nd_tables_match(),
                              .tokens = tokens};
    neardup_status status = rules->only_marks ? nd_marks_fill(&tokens->begins, text->size, false) : NEARDUP_OK;
    if (rules->only_marks && !status) status = nd_marks_fill(&tokens->ends, text->size, false);
    size_t at = 0;
    while (at < tokenizer.size && !status)
        status = tokenizer.tables ? read_window(&tokenizer, &at) : nd_tokenizer_read(&tokenizer, &at);
    if (rules->only_marks && !status) count_tokens(&tokenizer);
    return status;
}
