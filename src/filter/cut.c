/* SPDX-License-Identifier: MIT */
#include "filter/cut.h"

#include "base/memory.h"
#include "text/sentence.h"

void nd_cutter_release(nd_cutter *cutter) {
    nd_free(cutter->cuts);
    nd_free(cutter->repeated.items);
    nd_free(cutter->first.items);
    *cutter = (nd_cutter){0};
}

/* ---- places ---- */

/* Whether the rules are about a passage. */
static bool is_chosen(const nd_cut_rules *rules, const neardup_passage *passage) {
    return rules->labels >> passage->label & 1;
}

/* Whether a place behind the first is enough like it. */
static bool is_repeat(const neardup_passage *passage, uint64_t number, const neardup_place *place) {
    return number != passage->first_place && place->identity >= ND_CUT_IDENTITY;
}

/* Whether a passage has places that go. */
static bool has_repeats(const nd_report *report, const neardup_passage *passage) {
    for (uint64_t i = passage->first_place + 1; i < passage->first_place + passage->places; i++) {
        neardup_place place;
        neardup_result_place(report->result, i, &place);
        if (is_repeat(passage, i, &place)) return true;
    }
    return false;
}

bool nd_cuts_expected(const nd_cut_rules *rules, const nd_report *report, uint64_t document) {
    const uint64_t *places;
    size_t count = 0;
    neardup_decision decision;
    if (rules->use == ND_PASSAGES_LEAVE || document < report->references) return false;
    neardup_result_document_places(report->result, document, &places, &count);
    if (!count) return false;
    neardup_result_decision(report->result, document, &decision);
    for (size_t i = 0; i < count && !decision.dropped; i++) {
        neardup_place place;
        neardup_passage passage;
        neardup_result_place(report->result, places[i], &place);
        neardup_result_passage(report->result, place.passage, &passage);
        if (is_chosen(rules, &passage) && is_repeat(&passage, places[i], &place)) return true;
    }
    return false;
}

static neardup_status add_part(nd_parts *parts, const neardup_place *place, uint64_t number) {
    neardup_status status = nd_reserve(&parts->items, &parts->capacity, parts->count + 1, sizeof *parts->items);
    if (!status) parts->items[parts->count++] = (nd_part){place->begin, place->end, number};
    return status;
}

/* Lists what of the document goes and what stays: places come by token, and so by byte. */
static neardup_status list_places(nd_cutter *c, const nd_cut_rules *rules, const nd_report *report, uint64_t document) {
    const uint64_t *places;
    size_t count = 0;
    neardup_result_document_places(report->result, document, &places, &count);
    c->repeated.count = c->first.count = 0;
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < count && !status; i++) {
        neardup_place place;
        neardup_passage passage;
        neardup_result_place(report->result, places[i], &place);
        neardup_result_passage(report->result, place.passage, &passage);
        if (!is_chosen(rules, &passage)) continue;
        if (is_repeat(&passage, places[i], &place))
            status = add_part(&c->repeated, &place, places[i]);
        else if (places[i] == passage.first_place && has_repeats(report, &passage))
            status = add_part(&c->first, &place, places[i]);
    }
    return status;
}

/* ---- sentences ---- */

/* A walk over parts that goes with one over sentences: of those that begin early enough, the one that ends last. */
typedef struct reach {
    const nd_parts *parts;
    size_t next;
    nd_part furthest; /* all zero: none */
} reach;

/* Goes on to the parts that begin at `begin` or before it. */
static void reach_to(reach *r, uint64_t begin) {
    for (; r->next < r->parts->count && r->parts->items[r->next].begin <= begin; r->next++)
        if (r->parts->items[r->next].end > r->furthest.end) r->furthest = r->parts->items[r->next];
}

/* The place that the sentence goes with, or NEARDUP_NONE. What has gone so far goes on. */
static uint64_t find_place(reach *repeated, reach *kept, const nd_sentence *sentence, nd_part *current) {
    reach_to(repeated, sentence->word);
    reach_to(kept, sentence->words - 1);
    bool stays = kept->furthest.end > sentence->word;
    if (current->end < sentence->words) *current = repeated->furthest;
    return !stays && current->end >= sentence->words ? current->place : NEARDUP_NONE;
}

/* ---- runs ---- */

/* A run of sentences that go, in pieces by the places they go with. */
typedef struct cut_run {
    bool open;
    nd_spot before;          /* where the text that stays before it ends, without white space; all zero: nowhere */
    nd_sentence first, last; /* of it */
    size_t pieces;           /* its first one among the cuts */
} cut_run;

/* Begins a piece of the run, which ends with the run or with the next piece. */
static neardup_status begin_piece(nd_cutter *c, const nd_sentence *sentence, uint64_t place) {
    neardup_status status = nd_reserve(&c->cuts, &c->capacity, c->count + 1, sizeof *c->cuts);
    if (status) return status;
    c->cuts[c->count++] = (nd_cut){.place = place,
                                   .begin = sentence->begin.byte,
                                   .char_begin = sentence->begin.character,
                                   .raw_begin = sentence->begin.raw};
    return NEARDUP_OK;
}

static neardup_status take_sentence(nd_cutter *c, cut_run *run, const nd_sentence *sentence, uint64_t place) {
    bool goes_on = run->open && c->cuts[c->count - 1].place == place;
    if (!run->open) {
        run->first = *sentence;
        run->pieces = c->count;
    }
    run->open = true;
    run->last = *sentence;
    return goes_on ? NEARDUP_OK : begin_piece(c, sentence, place);
}

/*
 * Finds where a run is cut. Whole paragraphs go with the line break behind them, and sentences with the space behind
 * them; but at the end of a paragraph, or of the text, they go with what is before them, so that it ends as it did.
 */
static void find_edges(const cut_run *run, bool at_end, nd_spot *from, nd_spot *to) {
    *from = run->first.begin;
    *to = run->last.end;
    if (run->last.closes && run->before.raw && (at_end || !run->first.opens)) {
        *from = run->before;
        *to = run->last.last;
    } else if (!run->last.closes && run->first.opens) {
        *from = run->first.first; /* the indentation stays for what follows */
    }
}

/* Ends the run, if there is one, and gives its pieces their ends. */
static void end_run(nd_cutter *c, cut_run *run, const neardup_text *text) {
    nd_spot from, to;
    if (!run->open) return;
    run->open = false;
    find_edges(run, run->last.end.raw == text->size, &from, &to);
    nd_cut *pieces = c->cuts + run->pieces;
    pieces->begin = from.byte;
    pieces->char_begin = from.character;
    pieces->raw_begin = from.raw;
    bool raw = text->form == NEARDUP_JSON && text->raw_offset != NEARDUP_NONE;
    for (nd_cut *piece = pieces; piece < c->cuts + c->count; piece++) {
        bool last = piece + 1 == c->cuts + c->count;
        piece->end = last ? to.byte : piece[1].begin;
        piece->char_end = last ? to.character : piece[1].char_begin;
        piece->raw_end = last ? to.raw : piece[1].raw_begin;
    }
    for (nd_cut *piece = pieces; piece < c->cuts + c->count; piece++) {
        piece->raw_begin = raw ? text->raw_offset + piece->raw_begin : NEARDUP_NONE;
        piece->raw_end = raw ? text->raw_offset + piece->raw_end : NEARDUP_NONE;
    }
}

neardup_status nd_cutter_find(nd_cutter *cutter, const nd_cut_rules *rules, const nd_report *report, uint64_t document,
                              const neardup_text *text) {
    nd_cutter *c = cutter;
    c->count = 0;
    neardup_status status = list_places(c, rules, report, document);
    reach repeated = {.parts = &c->repeated}, kept = {.parts = &c->first};
    nd_part current = {0};
    cut_run run = {0};
    nd_sentences sentences;
    nd_sentence sentence;
    nd_sentences_begin(&sentences, text);
    while (!status && nd_sentences_next(&sentences, &sentence)) {
        uint64_t place = find_place(&repeated, &kept, &sentence, &current);
        if (place != NEARDUP_NONE) {
            status = take_sentence(c, &run, &sentence, place);
            continue;
        }
        end_run(c, &run, text);
        run.before = sentence.last;
    }
    if (!status) end_run(c, &run, text);
    return status;
}
