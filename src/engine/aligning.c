/* SPDX-License-Identifier: MIT */
/* Two texts without a corpus: the passages they share, token by token. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/passages.h"
#include "engine/workspace.h"

struct neardup_alignment {
    neardup_shared *passages;
    neardup_place *places; /* of passage i: 2 i in the one text, 2 i + 1 in the other */
    neardup_column *columns;
    size_t count;
};

/* A passage under way. */
typedef struct found {
    nd_alignment alignment;
    size_t columns; /* where its columns begin */
    bool kept;
} found;

/* Both texts of an alignment, and what is found. */
typedef struct pair {
    nd_settings settings;
    const neardup_text *texts[2];
    nd_workspace workspaces[2];
    nd_sequence sequences[2];
    nd_code *codes[2];
    nd_buffer columns; /* nd_column each */
    nd_alignments alignments;
    found *found;
    nd_locator locator;
} pair;

void neardup_alignment_free(neardup_alignment *alignment) {
    if (!alignment) return;
    nd_free(alignment->passages);
    nd_free(alignment->places);
    nd_free(alignment->columns);
    nd_free(alignment);
}

neardup_status neardup_alignment_passage(const neardup_alignment *alignment, size_t number,
                                         neardup_shared *shared_out) {
    if (number >= alignment->count) return NEARDUP_END;
    *shared_out = alignment->passages[number];
    return NEARDUP_OK;
}

static void release_pair(pair *p) {
    for (int side = 0; side < 2; side++) {
        nd_workspace_release(&p->workspaces[side]);
        nd_free(p->codes[side]);
    }
    nd_buffer_release(&p->columns);
    nd_free(p->alignments.items);
    nd_free(p->found);
    nd_locator_release(&p->locator);
}

/* *compared_out: whether both are. */
static neardup_status read_texts(pair *p, bool *compared_out) {
    p->settings.token_rules.keep_spans = p->settings.token_rules.keep_alone = true;
    *compared_out = true;
    for (int side = 0; side < 2; side++) {
        nd_workspace *workspace = &p->workspaces[side];
        neardup_status status = nd_read_text(&p->settings, p->texts[side], workspace);
        if (status) return status;
        *compared_out &= workspace->document.condition == NEARDUP_COMPARED;
        p->codes[side] = nd_allocate(workspace->tokens.count, sizeof **p->codes);
        if (!p->codes[side]) return NEARDUP_ERROR_MEMORY;
        nd_encode_tokens(&workspace->tokens, p->codes[side]);
        p->sequences[side] = (nd_sequence){p->codes[side], workspace->tokens.count};
    }
    return NEARDUP_OK;
}

static neardup_status align(pair *p) {
    nd_aligner aligner = {.columns = &p->columns};
    neardup_status status =
        nd_align_texts(&aligner, &p->settings.align_rules, p->sequences[0], p->sequences[1], &p->alignments);
    nd_aligner_release(&aligner);
    return status;
}

/* ---- which of them say something ---- */

/* More matches first. */
static int compare_sizes(const void *left, const void *right) {
    const found *a = left, *b = right;
    if (a->alignment.matched != b->alignment.matched) return a->alignment.matched > b->alignment.matched ? -1 : 1;
    return (a->columns > b->columns) - (a->columns < b->columns);
}

static int compare_places(const void *left, const void *right) {
    const nd_alignment *a = &((const found *)left)->alignment, *b = &((const found *)right)->alignment;
    if (a->a.begin != b->a.begin) return a->a.begin < b->a.begin ? -1 : 1;
    return (a->b.begin > b->b.begin) - (a->b.begin < b->b.begin);
}

/* Whether less than half of a stretch is covered. */
static bool is_new(const uint8_t *covered, nd_stretch stretch) {
    size_t before = 0;
    for (size_t i = stretch.begin; i < stretch.end; i++) before += covered[i];
    return 2 * before < stretch.end - stretch.begin;
}

/* Chooses the passages that say something larger ones do not; puts them into order and returns how many there are. */
static neardup_status choose(pair *p, size_t *count_out) {
    size_t count = p->alignments.count, kept = 0, columns = 0, first = p->sequences[0].count;
    uint8_t *covered = nd_allocate_zero(first + p->sequences[1].count, 1);
    p->found = nd_allocate(count, sizeof *p->found);
    if (!covered || !p->found) {
        nd_free(covered);
        return NEARDUP_ERROR_MEMORY;
    }
    uint8_t *covered_b = covered + first;
    for (size_t i = 0; i < count; i++) {
        p->found[i] = (found){p->alignments.items[i], columns, false};
        columns += p->alignments.items[i].columns;
    }
    if (count) qsort(p->found, count, sizeof *p->found, compare_sizes);
    for (size_t i = 0; i < count; i++) {
        nd_stretch a = p->found[i].alignment.a, b = p->found[i].alignment.b;
        if (!is_new(covered, a) && !is_new(covered_b, b)) continue;
        memset(covered + a.begin, 1, a.end - a.begin);
        memset(covered_b + b.begin, 1, b.end - b.begin);
        p->found[kept++] = p->found[i];
    }
    if (kept) qsort(p->found, kept, sizeof *p->found, compare_places);
    nd_free(covered);
    *count_out = kept;
    return NEARDUP_OK;
}

/* ---- what the caller gets ---- */

/* Writes the columns of a passage, and how many of them are the same. */
static void write_columns(const pair *p, const found *f, neardup_column *columns, size_t *same_out) {
    const nd_token_span *a = p->workspaces[0].tokens.spans + f->alignment.a.begin;
    const nd_token_span *b = p->workspaces[1].tokens.spans + f->alignment.b.begin;
    const nd_token_span *a_end = p->workspaces[0].tokens.spans + f->alignment.a.end;
    const nd_token_span *b_end = p->workspaces[1].tokens.spans + f->alignment.b.end;
    *same_out = f->alignment.matched;
    for (size_t i = 0; i < f->alignment.columns; i++) {
        uint8_t column = (uint8_t)p->columns.data[f->columns + i];
        size_t at_a = a < a_end ? a->begin : a[-1].end, at_b = b < b_end ? b->begin : b[-1].end;
        columns[i] = (neardup_column){column == ND_MATCH, at_a, at_a, at_b, at_b};
        if (column != ND_ONLY_B) columns[i].a_end = a++->end;
        if (column != ND_ONLY_A) columns[i].b_end = b++->end;
    }
}

static neardup_place place_of(nd_stretch stretch, size_t number, const nd_alignment *alignment) {
    return (neardup_place){.passage = number,
                           .document = stretch.text,
                           .token_begin = stretch.begin,
                           .token_end = stretch.end,
                           .identity = (double)alignment->matched / (double)alignment->columns};
}

static neardup_status locate(pair *p, neardup_alignment *alignment) {
    uint64_t *numbers = nd_allocate(alignment->count, sizeof *numbers);
    neardup_status status = numbers ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t side = 0; side < 2 && !status; side++) {
        for (size_t i = 0; i < alignment->count; i++) numbers[i] = 2 * i + side;
        status =
            nd_locate_places(&p->locator, &p->settings, p->texts[side], alignment->places, numbers, alignment->count);
    }
    nd_free(numbers);
    return status;
}

static neardup_status write_passages(pair *p, neardup_alignment *alignment) {
    neardup_alignment *al = alignment;
    al->passages = nd_allocate(al->count, sizeof *al->passages);
    al->places = nd_allocate(al->count, 2 * sizeof *al->places);
    al->columns = nd_allocate(p->columns.size, sizeof *al->columns);
    if (!al->passages || !al->places || !al->columns) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < al->count; i++) {
        const nd_alignment *from = &p->found[i].alignment;
        al->places[2 * i] = place_of(from->a, i, from);
        al->places[2 * i + 1] = place_of(from->b, i, from);
    }
    neardup_status status = locate(p, al);
    for (size_t i = 0; i < al->count && !status; i++) {
        neardup_column *columns = al->columns + p->found[i].columns;
        al->passages[i] = (neardup_shared){.a = al->places[2 * i],
                                           .b = al->places[2 * i + 1],
                                           .columns = columns,
                                           .count = p->found[i].alignment.columns};
        write_columns(p, &p->found[i], columns, &al->passages[i].same);
    }
    return status;
}

neardup_status neardup_align(const neardup_options *options, const neardup_text *a, const neardup_text *b,
                             neardup_alignment **alignment_out, neardup_error *error) {
    pair p = {.texts = {a, b}};
    bool compared = false;
    neardup_status status = nd_settings_init(options, &p.settings, error);
    if (status) return status;
    neardup_alignment *alignment = nd_allocate_zero(1, sizeof *alignment);
    if (!alignment) return nd_fail_memory(error);
    status = read_texts(&p, &compared);
    if (!status && compared) status = align(&p);
    if (!status && compared) status = choose(&p, &alignment->count);
    if (!status && compared) status = write_passages(&p, alignment);
    release_pair(&p);
    if (!status) {
        *alignment_out = alignment;
        return NEARDUP_OK;
    }
    neardup_alignment_free(alignment);
    if (status == NEARDUP_ERROR_ARGUMENT) return nd_fail(error, status, "a text is of no form there is");
    return nd_fail(error, status, "%s", neardup_status_text(status));
}
