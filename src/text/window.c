/* SPDX-License-Identifier: MIT */
#include "text/window.h"

#include <string.h>

/* The size of the window that begins at `data`: it does not cut what may be a character. */
static size_t size_of(const uint8_t *data, size_t left) {
    if (left <= ND_WINDOW) return left;
    for (size_t back = 1; back < 4; back++) {
        uint8_t byte = data[ND_WINDOW - back];
        if (byte < 0x80) break;
        if (byte >= 0xC0) return ND_WINDOW - back;
    }
    return ND_WINDOW;
}

/* Passes over the escapes of whole blocks at `data` and, where there is a rest, of the block `last` behind them. */
static void pass_escapes(struct nd_token_window *w, const nd_text_kernels *kernels, const uint8_t *data, size_t whole,
                         const uint8_t *last, uint64_t open) {
    open = kernels->pass_escapes(data, whole, open, w->word, w->special, w->escapes);
    if (last) kernels->pass_escapes(last, 1, open, w->word + whole, w->special + whole, w->escapes + whole);
}

size_t nd_window_mark(struct nd_token_window *w, const nd_text_kernels *kernels, const uint8_t *data, size_t left,
                      size_t read, neardup_form form) {
    static const uint8_t special_of[][2] = {
        [NEARDUP_PLAIN] = {0x80, 0x80}, [NEARDUP_JSON] = {'\\', '\\'}, [NEARDUP_HTML] = {'<', '&'}};
    const uint8_t *special = special_of[form];
    size_t size = size_of(data, left), whole = size / 64, rest = size % 64;
    uint8_t last[64] = {0};
    kernels->classify(data, whole, special, w->folded, w->word, w->special);
    if (rest) {
        memcpy(last, data + 64 * whole, rest);
        kernels->classify(last, 1, special, w->folded + 64 * whole, w->word + whole, w->special + whole);
    }
    if (form == NEARDUP_JSON) pass_escapes(w, kernels, data, whole, rest ? last : NULL, ((uint64_t)1 << read) - 1);
    memset(w->folded + size, 0, 4); /* which ends a character that the text cuts */
    w->has_splits = kernels->take_letters(w->folded, whole + (rest != 0), w->word, w->special, w->split);
    if (rest)
        w->special[whole] |= ~(uint64_t)0 << rest;
    else
        w->special[whole] = ~(uint64_t)0;
    return size;
}

size_t nd_window_edges(struct nd_token_window *w, const nd_text_kernels *kernels, size_t from, size_t to) {
    return w->has_splits ? kernels->list_split_edges(w->word, w->split, from, to, w->edges)
                         : kernels->list_edges(w->word, from, to, w->edges);
}
