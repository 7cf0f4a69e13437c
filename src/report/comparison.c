/* SPDX-License-Identifier: MIT */
/*
 * The names; whether the two are duplicates, and why, in one sentence; the figures; and the passages side by side. The
 * sentence is the point: everything below it is there to be believed.
 */
#include "report/comparison.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "report/wording.h"

enum { SHOWN = 20, LABEL = 14, FIGURE = 12, NARROWEST = 40 };

#define NEARLY_ALL 0.9 /* of the one in the other: worth telling where they are no duplicates */

/* A comparison on its way to the page. */
typedef struct page {
    const nd_comparison *comparison;
    const neardup_similarity *similarity;
    size_t passages;
    nd_layout layout;
} page;

static bool is_compared(const neardup_similarity *s) {
    return s->condition_a == NEARDUP_COMPARED && s->condition_b == NEARDUP_COMPARED;
}

bool nd_comparison_is_similar(const nd_comparison *comparison) {
    const neardup_similarity *s = comparison->similarity;
    return is_compared(s) && (s->identical || s->jaccard >= comparison->options->threshold);
}

/* ---- the sentence ---- */

static void write_condition(const page *p, FILE *out) {
    bool is_a = p->similarity->condition_a != NEARDUP_COMPARED;
    neardup_condition condition = is_a ? p->similarity->condition_a : p->similarity->condition_b;
    uint64_t tokens = is_a ? p->similarity->tokens_a : p->similarity->tokens_b;
    fprintf(out, "Not compared: %s ", is_a ? "A" : "B");
    switch (condition) {
    case NEARDUP_EMPTY: fputs("has no word.", out); break;
    case NEARDUP_SHORT:
        fprintf(out, "has %s, fewer than --min-tokens asks for (%" PRIu64 ").",
                nd_wording_counted(tokens, "word", "words").text, p->comparison->options->min_tokens);
        break;
    case NEARDUP_SUSPECT:
        fputs("has over 1 % of bytes that are not UTF-8 (name its charset with --encoding).", out);
        break;
    default: fputs("is too large.", out); break;
    }
}

/* "runs of 5 words": what a shingle is. */
static void write_shingles(const page *p, FILE *out) {
    const neardup_options *options = p->comparison->options;
    bool words = options->shingle_unit == NEARDUP_WORD;
    if (options->shingle_length == 1)
        fputs(words ? "words" : "characters", out);
    else
        fprintf(out, "runs of %u %s", options->shingle_length, words ? "words" : "characters");
}

/* What the two have in common although they are no duplicates. */
static void write_although(const page *p, FILE *out) {
    const neardup_similarity *s = p->similarity;
    bool a_in_b = s->containment_a >= s->containment_b;
    double most = a_in_b ? s->containment_a : s->containment_b;
    if (most >= NEARLY_ALL)
        fprintf(out, ", although %s has %s of what is in %s.", a_in_b ? "B" : "A", nd_wording_percent(most, 0).text,
                a_in_b ? "A" : "B");
    else if (p->passages)
        fprintf(out, ", although they share %s.", nd_wording_counted(p->passages, "passage", "passages").text);
    else
        putc('.', out);
}

static void write_verdict(const page *p, FILE *out) {
    const neardup_similarity *s = p->similarity;
    double threshold = p->comparison->options->threshold;
    nd_wording share = nd_wording_percent(s->jaccard, threshold), limit = nd_wording_percent(threshold, threshold);
    if (!is_compared(s)) {
        write_condition(p, out);
    } else if (s->identical && s->same_bytes) {
        fputs("Duplicate: the two are the same, byte for byte.", out);
    } else if (s->identical) {
        fputs("Duplicate: the same words in the same order; at most case, punctuation and layout differ.", out);
    } else if (nd_comparison_is_similar(p->comparison)) {
        fprintf(out, "Near-duplicate: %s of all ", share.text);
        write_shingles(p, out);
        fprintf(out, " are in both, and %s is enough%s.", limit.text,
                s->bands_hit ? "" : "; but no band agrees, so that a scan with these options would miss the pair");
    } else if (!s->shingles_shared) {
        fputs("No duplicate: the two have no ", out);
        write_shingles(p, out);
        fputs(" in common.", out);
    } else {
        fprintf(out, "No duplicate: only %s of all ", share.text);
        write_shingles(p, out);
        fprintf(out, " are in both, and %s is needed", limit.text);
        write_although(p, out);
    }
}

static neardup_status write_sentence(const page *p) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NEARDUP_ERROR_MEMORY;
    write_verdict(p, out);
    neardup_status status = fclose(out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
    if (!status) nd_layout_paragraph(&p->layout, ND_STYLE_STRONG, 0, text);
    free(text);
    return status;
}

/* ---- figures ---- */

static void write_label(const page *p, const char *label) {
    size_t used = *label ? nd_layout_write(&p->layout, ND_STYLE_DIM, label, LABEL, ND_CUT_END) : 0;
    nd_layout_space(&p->layout, LABEL - used);
}

/* A line of two figures, one for each text. */
static void write_two(const page *p, const char *label, const char *a, const char *b) {
    const char *const both[] = {a, b};
    write_label(p, label);
    for (int i = 0; i < 2; i++) {
        nd_layout_space(&p->layout, FIGURE - nd_columns(both[i]));
        fputs(both[i], p->layout.out);
    }
    putc('\n', p->layout.out);
}

static void write_name(const page *p, const char *letter, const char *name) {
    nd_layout_write(&p->layout, ND_STYLE_STRONG, letter, 1, ND_CUT_END);
    nd_layout_space(&p->layout, 2);
    nd_layout_write(&p->layout, ND_STYLE_PLAIN, name, p->layout.width - 3, ND_CUT_MIDDLE);
    putc('\n', p->layout.out);
}

static void write_fact(const page *p, const char *label, const char *text) {
    write_label(p, label);
    nd_layout_write(&p->layout, ND_STYLE_PLAIN, text, p->layout.width - LABEL, ND_CUT_END);
    putc('\n', p->layout.out);
}

static void write_figures(const page *p) {
    const neardup_similarity *s = p->similarity;
    char text[160];
    write_two(p, "", "A", "B");
    write_two(p, "words", nd_wording_count(s->tokens_a).text, nd_wording_count(s->tokens_b).text);
    if (!is_compared(s)) return;
    write_two(p, "shingles", nd_wording_count(s->shingles_a).text, nd_wording_count(s->shingles_b).text);
    write_two(p, "in the other", nd_wording_percent(s->containment_a, 0).text,
              nd_wording_percent(s->containment_b, 0).text);
    putc('\n', p->layout.out);
    snprintf(text, sizeof text, "%s of %s shingles", nd_wording_count(s->shingles_shared).text,
             nd_wording_count(s->shingles_a + s->shingles_b - s->shingles_shared).text);
    write_fact(p, "in both", text);
    snprintf(text, sizeof text, "%.6f (estimated %.3f)", s->jaccard, s->estimate);
    write_fact(p, "similarity", text);
    snprintf(text, sizeof text, "%u of %u agree", s->bands_hit, p->comparison->plan->bands);
    write_fact(p, "bands", text);
    snprintf(text, sizeof text, "with probability %s", nd_wording_probability(s->probability).text);
    write_fact(p, "found", text);
}

/* ---- passages ---- */

static void write_lines(FILE *out, const neardup_place *place) {
    fputs(nd_wording_count(place->line).text, out);
    if (place->line_end > place->line) fprintf(out, "–%s", nd_wording_count(place->line_end).text);
}

static neardup_status write_heading(const page *p, size_t number, const neardup_shared *shared) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NEARDUP_ERROR_MEMORY;
    fprintf(out, "Passage %s, ", nd_wording_count(number + 1).text);
    fprintf(out, "%s: ", nd_wording_counted(shared->a.token_end - shared->a.token_begin, "word", "words").text);
    fprintf(out, "line%s ", shared->a.line_end > shared->a.line ? "s" : "");
    write_lines(out, &shared->a);
    fputs(" of A, ", out);
    write_lines(out, &shared->b);
    fprintf(out, " of B; %s the same", nd_wording_percent(shared->a.identity, 0).text);
    neardup_status status = fclose(out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
    putc('\n', p->layout.out);
    if (!status) nd_layout_paragraph(&p->layout, ND_STYLE_SHARE, 0, text);
    putc('\n', p->layout.out);
    free(text);
    return status;
}

static neardup_status write_passages(const page *p) {
    const nd_comparison *c = p->comparison;
    size_t count = p->passages, shown = c->all || count < SHOWN ? count : SHOWN;
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < shown && !status; i++) {
        neardup_shared shared;
        neardup_alignment_passage(c->alignment, i, &shared);
        status = write_heading(p, i, &shared);
        if (!status) status = nd_side_by_side_write(&p->layout, c->texts, &shared, c->all);
    }
    if (shown == count || status) return status;
    char text[96];
    snprintf(text, sizeof text, "… and %s: --all shows them",
             nd_wording_counted(count - shown, "more passage", "more passages").text);
    putc('\n', p->layout.out);
    nd_layout_paragraph(&p->layout, ND_STYLE_DIM, 0, text);
    return NEARDUP_OK;
}

neardup_status nd_comparison_write(const nd_comparison *comparison, const nd_layout *layout, neardup_error *error) {
    page p = {comparison, comparison->similarity, 0, *layout};
    neardup_shared shared;
    while (neardup_alignment_passage(comparison->alignment, p.passages, &shared) == NEARDUP_OK) p.passages++;
    if (p.layout.width < NARROWEST) p.layout.width = NARROWEST;
    write_name(&p, "A", comparison->names[0]);
    write_name(&p, "B", comparison->names[1]);
    putc('\n', p.layout.out);
    neardup_status status = write_sentence(&p);
    putc('\n', p.layout.out);
    write_figures(&p);
    if (!status) status = write_passages(&p);
    return status ? nd_fail_memory(error) : NEARDUP_OK;
}
