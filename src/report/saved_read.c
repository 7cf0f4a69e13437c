/* SPDX-License-Identifier: MIT */
/*
 * Line by line, each kind of line by its own function; what a line says is checked against the lines before it.
 * Documents go by keys until the last line tells how many references there are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/lines.h"
#include "report/jsonl.h"
#include "report/saved_finish.h"
#include "report/saved_line.h"
#include "report/wording.h"

/* A reading under way. */
typedef struct reading {
    nd_saved *saved;
    nd_saved_line line;
    uint64_t members_due, places_due; /* of the last cluster, of the last passage */
    bool begun, ended;                /* there was a header, a summary */
} reading;

#define LONGEST_LINE ((size_t)1 << 30) /* bytes; a path is the longest thing on one */

#define ADD(list) nd_reserve(&(list).items, &(list).capacity, (list).count + 1, sizeof *(list).items)

static const char *label_word(int label) { return nd_label_name((neardup_label)label); }
static const char *rule_word(int rule) { return nd_rule_text((neardup_rule)rule); }
static const char *problem_word(int kind) { return nd_problem_name((nd_problem_kind)kind); }

/* A listed document, by its key. */
static neardup_status find_document(const reading *r, const char *name, nd_saved_document **document_out,
                                    uint64_t *key_out) {
    neardup_status status = nd_saved_take_key(&r->line, name, key_out);
    if (status) return status;
    const nd_saved_document *found = nd_saved_document_at(r->saved, *key_out);
    if (found->number != *key_out) return nd_saved_fail(&r->line, "no document line has told of this document");
    *document_out = r->saved->documents.items + (found - r->saved->documents.items);
    return NEARDUP_OK;
}

/* ---- header ---- */

static neardup_status read_corpus_options(reading *r) {
    nd_corpus_options *options = &r->saved->corpus_options;
    nd_span format, markup;
    neardup_status status = nd_saved_take_text(&r->line, "format", &format);
    if (!status) status = nd_saved_take_text(&r->line, "markup", &markup);
    if (!status) status = nd_saved_take_list(&r->line, "encoding", &options->encodings);
    if (!status) status = nd_saved_take_list(&r->line, "text_field", &options->text_fields);
    if (status) return status;
    if (nd_span_equals(format, "jsonl")) options->format = ND_FORMAT_JSONL;
    if (nd_span_equals(format, "text")) options->format = ND_FORMAT_TEXT;
    if (nd_span_equals(markup, "none")) options->markup = ND_MARKUP_NONE;
    return NEARDUP_OK;
}

/* The line's fields are those of `params`. */
static neardup_status read_params(reading *r) {
    neardup_options *o = &r->saved->options;
    uint64_t bands = 0, rows = 0;
    nd_span shingle, keep, sources, find, cluster;
    neardup_status status = nd_saved_take_share(&r->line, "threshold", &o->threshold);
    if (!status) status = nd_saved_take_share(&r->line, "recall", &o->recall);
    if (!status) status = nd_saved_take_count(&r->line, "seed", &o->seed);
    if (!status) status = nd_saved_take_count(&r->line, "bands", &bands);
    if (!status) status = nd_saved_take_count(&r->line, "rows", &rows);
    if (!status) status = nd_saved_take_optional_count(&r->line, "min_words", &o->min_words);
    if (!status) status = nd_saved_take_optional_count(&r->line, "min_tokens", &o->min_tokens);
    if (!status) status = nd_saved_take_optional_share(&r->line, "pairs_from", &o->pairs_from);
    if (!status) status = nd_saved_take_text(&r->line, "shingle", &shingle);
    if (!status) status = nd_saved_take_text(&r->line, "keep", &keep);
    if (!status) status = nd_saved_take_text(&r->line, "sources", &sources);
    if (!status) status = nd_saved_take_text(&r->line, "find", &find);
    if (!status) status = nd_saved_take_text(&r->line, "cluster", &cluster);
    if (status) return status;
    o->shingle_unit = strncmp(shingle.data, "char:", 5) == 0 ? NEARDUP_CHAR : NEARDUP_WORD;
    const char *colon = strchr(shingle.data, ':');
    o->shingle_length = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
    o->passages = strstr(find.data, "passages") != NULL;
    if (nd_span_equals(cluster, "component")) o->clustering = NEARDUP_COMPONENT;
    r->saved->keep = keep.data;
    r->saved->source_rule = sources.data;
    r->saved->plan.bands = (unsigned)bands;
    r->saved->plan.rows = (unsigned)rows;
    r->saved->plan.expected_recall = neardup_recall(o->threshold, (unsigned)bands, (unsigned)rows);
    neardup_options search = *o;
    search.bands = r->saved->plan.bands;
    search.rows = r->saved->plan.rows;
    if (bands > NEARDUP_SIGNATURE_VALUES || rows > NEARDUP_SIGNATURE_VALUES ||
        neardup_options_plan(&search, &(neardup_plan){0}, NULL))
        return nd_saved_fail(&r->line, "the parameters are not those of a search");
    return read_corpus_options(r);
}

static neardup_status read_header(reading *r) {
    nd_span schema, version, unicode;
    neardup_status status = nd_saved_take_text(&r->line, "schema", &schema);
    if (!status) status = nd_saved_take_text(&r->line, "version", &version);
    if (!status) status = nd_saved_take_text(&r->line, "unicode", &unicode);
    if (status) return status;
    if (!nd_span_equals(schema, "neardup/1"))
        return nd_saved_fail(&r->line, "its schema is not neardup/1: made by another version?");
    r->saved->version = version.data;
    r->saved->unicode = unicode.data;
    r->begun = true;
    nd_json_object params;
    if (!nd_json_object_within(&r->line.object, "params", &params))
        return nd_saved_fail_field(&r->line, "params", "an object");
    r->line.object = params;
    return read_params(r);
}

/* ---- documents ---- */

static neardup_status read_place(reading *r, nd_corpus_document *place) {
    place->record = NEARDUP_NONE;
    neardup_status status = nd_saved_take_text(&r->line, "path", &place->path);
    if (!status) status = nd_saved_take_text(&r->line, "file", &place->file);
    if (!status) status = nd_saved_take_text(&r->line, "source", &place->source);
    if (!status) status = nd_saved_take_text(&r->line, "encoding", &place->encoding);
    if (!status) status = nd_saved_take_optional_count(&r->line, "record", &place->record);
    if (!status) status = nd_saved_take_literal(&r->line, "id", &place->id);
    if (status) return status;
    if (!place->path.size) return nd_saved_fail_field(&r->line, "path", "a path");
    if (!place->file.size) place->file = place->path;
    place->shown = place->path;
    return NEARDUP_OK;
}

static neardup_status add_problem(reading *r, nd_problem_kind kind) {
    nd_problem problem = {.kind = kind, .record = NEARDUP_NONE, .byte = NEARDUP_NONE};
    neardup_status status = nd_saved_take_text(&r->line, "path", &problem.path);
    if (!status) status = nd_saved_take_text(&r->line, "message", &problem.message);
    if (!status) status = nd_saved_take_optional_count(&r->line, "record", &problem.record);
    if (!status) status = nd_saved_take_optional_count(&r->line, "byte", &problem.byte);
    if (!status) status = nd_saved_take_optional_count(&r->line, "size", &problem.bytes);
    if (!status) status = nd_saved_take_optional_count(&r->line, "limit", &r->saved->limit);
    problem.file = problem.path;
    problem.named = r->saved->problems.counts[kind] >= ND_PROBLEMS_KEPT; /* as many again are kept of those */
    return status ? status : nd_problems_add(&r->saved->problems, &problem, (size_t)r->line.number);
}

static neardup_status read_document(reading *r) {
    nd_saved *s = r->saved;
    nd_saved_document document = {.decision = {.dup_of = NEARDUP_NONE, .cluster = NEARDUP_NONE}};
    if (!nd_json_object_find(&r->line.object, "doc")) {
        int kind = 0;
        neardup_status status = nd_saved_take_word(&r->line, "reason", problem_word, ND_PROBLEM_KINDS, &kind);
        return status ? status : add_problem(r, (nd_problem_kind)kind);
    }
    nd_span reason;
    neardup_status status = nd_saved_take_key(&r->line, "doc", &document.number);
    if (!status) status = nd_saved_take_count(&r->line, "bytes", &document.known.bytes);
    if (!status) status = nd_saved_take_count(&r->line, "tokens", &document.known.tokens);
    if (!status) status = nd_saved_take_optional_count(&r->line, "repeated_tokens", &document.extent.repeated);
    if (!status) status = nd_saved_take_optional_count(&r->line, "shared_tokens", &document.extent.shared);
    if (!status) status = nd_saved_take_optional_count(&r->line, "boilerplate_tokens", &document.extent.boilerplate);
    if (!status) status = nd_saved_take_text(&r->line, "reason", &reason);
    if (!status) status = nd_saved_take_checksum(&r->line, "checksum", &document.known.checksum);
    if (!status) status = read_place(r, &document.place);
    if (status) return status;
    if (nd_span_equals(reason, "suspect-encoding")) document.known.condition = NEARDUP_SUSPECT;
    if (nd_span_equals(reason, "set-aside")) document.known.condition = NEARDUP_SET_ASIDE;
    s->totals.suspect += document.known.condition == NEARDUP_SUSPECT && document.number >= ND_SAVED_NO_REFERENCE;
    if (s->documents.count && s->documents.items[s->documents.count - 1].number >= document.number)
        return nd_saved_fail(&r->line, "documents are not in order");
    if (ADD(s->documents)) return NEARDUP_ERROR_MEMORY;
    s->documents.items[s->documents.count++] = document;
    return NEARDUP_OK;
}

/* ---- clusters ---- */

static neardup_status read_cluster(reading *r) {
    nd_saved *s = r->saved;
    neardup_cluster cluster = {0};
    uint64_t number = 0, size = 0;
    neardup_status status = nd_saved_take_count(&r->line, "cluster", &number);
    if (!status) status = nd_saved_take_key(&r->line, "keep", &cluster.keep);
    if (!status) status = nd_saved_take_count(&r->line, "size", &size);
    if (!status) status = nd_saved_take_count(&r->line, "identical", &cluster.identical);
    if (!status) status = nd_saved_take_count(&r->line, "near", &cluster.near);
    if (!status) status = nd_saved_take_share(&r->line, "min_jaccard", &cluster.min_jaccard);
    if (status) return status;
    if (number != s->clusters.count) return nd_saved_fail(&r->line, "clusters are not in order");
    if (!size) return nd_saved_fail(&r->line, "a cluster without members");
    r->members_due = size;
    if (ADD(s->clusters)) return NEARDUP_ERROR_MEMORY;
    s->clusters.items[s->clusters.count++] = cluster;
    return NEARDUP_OK;
}

static neardup_status read_decision(reading *r, nd_saved_document *document) {
    neardup_decision *d = &document->decision;
    nd_saved_document *original;
    nd_span kind;
    neardup_status status = find_document(r, "dup_of", &original, &d->dup_of);
    if (!status) status = nd_saved_take_text(&r->line, "kind", &kind);
    if (!status) status = nd_saved_take_share(&r->line, "jaccard", &d->jaccard);
    if (!status) status = nd_saved_take_share(&r->line, "containment", &d->containment);
    if (!status) status = nd_saved_take_flag(&r->line, "same_bytes", &d->same_bytes);
    if (status) return status;
    d->dropped = true;
    d->identical = nd_span_equals(kind, "identical");
    return NEARDUP_OK;
}

static neardup_status read_member(reading *r) {
    nd_saved *s = r->saved;
    nd_saved_document *document = NULL;
    uint64_t key, cluster = 0;
    nd_span state;
    neardup_status status = nd_saved_take_count(&r->line, "cluster", &cluster);
    if (!status) status = find_document(r, "doc", &document, &key);
    if (!status) status = nd_saved_take_text(&r->line, "status", &state);
    if (!status && nd_span_equals(state, "dropped")) status = read_decision(r, document);
    if (status) return status;
    if (!r->members_due || cluster + 1 != s->clusters.count)
        return nd_saved_fail(&r->line, "a member outside of its cluster");
    if (document->decision.cluster != NEARDUP_NONE)
        return nd_saved_fail(&r->line, "a document that is a member already");
    if (!s->clusters.items[cluster].size && key != s->clusters.items[cluster].keep)
        return nd_saved_fail(&r->line, "a cluster whose first member is not the document that stays");
    document->decision.cluster = cluster;
    r->members_due--;
    if (ADD(s->members)) return NEARDUP_ERROR_MEMORY;
    s->members.items[s->members.count++] = key;
    s->clusters.items[cluster].size++;
    return NEARDUP_OK;
}

/* ---- passages ---- */

static neardup_status read_passage(reading *r) {
    nd_saved *s = r->saved;
    neardup_passage passage = {.first_place = s->places.count};
    uint64_t number = 0;
    int label = 0, rule = 0;
    neardup_status status = nd_saved_take_count(&r->line, "passage", &number);
    if (!status) status = nd_saved_take_word(&r->line, "label", label_word, NEARDUP_SHARED_PASSAGE + 1, &label);
    if (!status) status = nd_saved_take_word(&r->line, "rule", rule_word, NEARDUP_RULE_OTHER + 1, &rule);
    if (!status) status = nd_saved_take_count(&r->line, "places", &passage.places);
    if (!status) status = nd_saved_take_count(&r->line, "documents", &passage.documents);
    if (!status) status = nd_saved_take_count(&r->line, "sources", &passage.sources);
    if (!status) status = nd_saved_take_count(&r->line, "tokens", &passage.tokens);
    if (!status) status = nd_saved_take_share(&r->line, "identity", &passage.identity);
    if (status) return status;
    if (number != s->passages.count) return nd_saved_fail(&r->line, "passages are not in order");
    if (!passage.places) return nd_saved_fail(&r->line, "a passage without places");
    passage.label = (neardup_label)label;
    passage.rule = (neardup_rule)rule;
    r->places_due = passage.places;
    if (ADD(s->passages)) return NEARDUP_ERROR_MEMORY;
    s->passages.items[s->passages.count++] = passage;
    return NEARDUP_OK;
}

static neardup_status read_place_line(reading *r) {
    nd_saved *s = r->saved;
    neardup_place place = {.raw_begin = NEARDUP_NONE, .raw_end = NEARDUP_NONE};
    nd_saved_document *document = NULL;
    neardup_status status = nd_saved_take_count(&r->line, "passage", &place.passage);
    if (!status) status = find_document(r, "doc", &document, &place.document);
    if (!status) status = nd_saved_take_count(&r->line, "begin", &place.begin);
    if (!status) status = nd_saved_take_count(&r->line, "end", &place.end);
    if (!status) status = nd_saved_take_count(&r->line, "char_begin", &place.char_begin);
    if (!status) status = nd_saved_take_count(&r->line, "char_end", &place.char_end);
    if (!status) status = nd_saved_take_optional_count(&r->line, "raw_begin", &place.raw_begin);
    if (!status) status = nd_saved_take_optional_count(&r->line, "raw_end", &place.raw_end);
    if (!status) status = nd_saved_take_count(&r->line, "line", &place.line);
    place.line_end = place.line;
    if (!status) status = nd_saved_take_optional_count(&r->line, "line_end", &place.line_end);
    if (!status) status = nd_saved_take_count(&r->line, "paragraphs", &place.paragraphs);
    if (!status) status = nd_saved_take_count(&r->line, "tokens", &place.token_end); /* where it begins is not told */
    if (!status) status = nd_saved_take_share(&r->line, "identity", &place.identity);
    if (status) return status;
    if (!r->places_due || place.passage + 1 != s->passages.count)
        return nd_saved_fail(&r->line, "a place outside of its passage");
    r->places_due--;
    document->places++;
    if (ADD(s->places)) return NEARDUP_ERROR_MEMORY;
    s->places.items[s->places.count++] = place;
    return NEARDUP_OK;
}

static neardup_status read_overlap(reading *r) {
    nd_saved *s = r->saved;
    neardup_overlap overlap = {.jaccard = -1};
    nd_saved_document *document = NULL;
    nd_span relation;
    neardup_status status = find_document(r, "a", &document, &overlap.a);
    if (!status) status = find_document(r, "b", &document, &overlap.b);
    if (!status) status = nd_saved_take_text(&r->line, "relation", &relation);
    if (!status) status = nd_saved_take_count(&r->line, "passages", &overlap.passages);
    if (!status) status = nd_saved_take_count(&r->line, "tokens_a", &overlap.tokens_a);
    if (!status) status = nd_saved_take_count(&r->line, "tokens_b", &overlap.tokens_b);
    if (!status) status = nd_saved_take_share(&r->line, "coverage_a", &overlap.coverage_a);
    if (!status) status = nd_saved_take_share(&r->line, "coverage_b", &overlap.coverage_b);
    if (!status && nd_json_object_find(&r->line.object, "jaccard"))
        status = nd_saved_take_share(&r->line, "jaccard", &overlap.jaccard);
    if (status) return status;
    overlap.contains = nd_span_equals(relation, "contains");
    if (ADD(s->overlaps)) return NEARDUP_ERROR_MEMORY;
    s->overlaps.items[s->overlaps.count++] = overlap;
    return NEARDUP_OK;
}

/* ---- the rest ---- */

static neardup_status read_pair(reading *r) {
    nd_saved *s = r->saved;
    neardup_pair pair = {0};
    neardup_status status = nd_saved_take_key(&r->line, "a", &pair.a);
    if (!status) status = nd_saved_take_key(&r->line, "b", &pair.b);
    if (!status) status = nd_saved_take_share(&r->line, "jaccard", &pair.jaccard);
    if (!status) status = nd_saved_take_share(&r->line, "containment_a", &pair.containment_a);
    if (!status) status = nd_saved_take_share(&r->line, "containment_b", &pair.containment_b);
    if (status) return status;
    if (ADD(s->pairs)) return NEARDUP_ERROR_MEMORY;
    s->pairs.items[s->pairs.count++] = pair;
    return NEARDUP_OK;
}

static neardup_status read_source(reading *r) {
    nd_saved *s = r->saved;
    nd_source_row row = {.records = true};
    neardup_status status = nd_saved_take_text(&r->line, "source", &row.name);
    if (!status) status = nd_saved_take_count(&r->line, "documents", &row.documents);
    if (!status) status = nd_saved_take_count(&r->line, "dropped", &row.dropped);
    if (!status) status = nd_saved_take_count(&r->line, "tokens", &row.tokens);
    if (!status) status = nd_saved_take_optional_count(&r->line, "boilerplate_tokens", &row.boilerplate);
    if (status) return status;
    if (ADD(s->sources)) return NEARDUP_ERROR_MEMORY;
    s->sources.items[s->sources.count++] = row;
    return NEARDUP_OK;
}

/* Problems that are counted and not listed, by kind. */
static neardup_status read_not_listed(reading *r) {
    nd_json_object kinds;
    if (!nd_json_object_within(&r->line.object, "kinds", &kinds)) return NEARDUP_OK;
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++) {
        uint64_t count = 0;
        if (!nd_json_count_of(&kinds, problem_word(kind), &count))
            return nd_saved_fail_field(&r->line, "kinds", "counts");
        r->saved->problems.counts[kind] += count;
    }
    return NEARDUP_OK;
}

static neardup_status read_warning(reading *r) {
    nd_span code;
    neardup_status status = nd_saved_take_text(&r->line, "code", &code);
    if (status) return status;
    if (nd_span_equals(code, nd_problem_name(ND_PROBLEM_BAD_RECORD))) return add_problem(r, ND_PROBLEM_BAD_RECORD);
    if (nd_span_equals(code, nd_problem_name(ND_PROBLEM_SET_ASIDE))) return add_problem(r, ND_PROBLEM_SET_ASIDE);
    if (nd_span_equals(code, "not-listed")) return read_not_listed(r);
    if (nd_span_equals(code, "passages-bounded"))
        return nd_saved_take_count(&r->line, "count", &r->saved->totals.passages_bounded);
    return NEARDUP_OK; /* the others follow from what else there is */
}

static neardup_status read_summary(reading *r) {
    neardup_totals *t = &r->saved->totals;
    neardup_status status = nd_saved_take_optional_count(&r->line, "references", &t->references);
    if (!status) status = nd_saved_take_count(&r->line, "documents", &t->documents);
    if (!status) status = nd_saved_take_count(&r->line, "bytes", &t->bytes);
    if (!status) status = nd_saved_take_count(&r->line, "kept", &t->kept);
    if (!status) status = nd_saved_take_count(&r->line, "dropped", &t->dropped);
    if (!status) status = nd_saved_take_count(&r->line, "dropped_bytes", &t->dropped_bytes);
    if (!status) status = nd_saved_take_count(&r->line, "identical", &t->identical);
    if (!status) status = nd_saved_take_count(&r->line, "near", &t->near);
    if (!status) status = nd_saved_take_optional_count(&r->line, "overlaps_left_out", &t->overlaps_left_out);
    if (!status) status = nd_saved_take_count(&r->line, "empty", &t->empty);
    if (!status) status = nd_saved_take_optional_count(&r->line, "short", &t->short_documents);
    if (!status) status = nd_saved_take_optional_count(&r->line, "set_aside", &t->set_aside);
    if (!status) status = nd_saved_take_count(&r->line, "candidate_pairs", &t->candidate_pairs);
    if (!status) status = nd_saved_take_count(&r->line, "verified_pairs", &t->verified_pairs);
    if (!status) status = nd_saved_take_count(&r->line, "bounded", &t->bounded);
    if (!status) status = nd_saved_take_time(&r->line, "seconds", &r->saved->seconds);
    r->ended = true;
    const uint64_t most = UINT64_MAX / 4; /* so that their sum is a number */
    if (!status && (t->references > most || t->documents > most))
        return nd_saved_fail_field(&r->line, "documents", "fewer");
    return status;
}

static neardup_status read_line(reading *r, nd_span text) {
    static const struct {
        const char *type;
        neardup_status (*read)(reading *);
    } kinds[] = {
        {"header", read_header},   {"document", read_document}, {"cluster", read_cluster}, {"member", read_member},
        {"passage", read_passage}, {"place", read_place_line},  {"overlap", read_overlap}, {"pair", read_pair},
        {"source", read_source},   {"warning", read_warning},   {"summary", read_summary},
    };
    neardup_status status = nd_saved_line_read(&r->line, text);
    if (status) return status;
    nd_span type = r->line.type;
    if (r->ended) return nd_saved_fail(&r->line, "a line behind the summary: give one result at a time");
    if (r->begun == nd_span_equals(type, "header"))
        return nd_saved_fail(&r->line, r->begun ? "a second header: give one result at a time"
                                                : "no header: a result of neardup scan -r jsonl begins with one");
    if (r->members_due && !nd_span_equals(type, "member"))
        return nd_saved_fail(&r->line, "members of the cluster before are missing");
    if (r->places_due && !nd_span_equals(type, "place"))
        return nd_saved_fail(&r->line, "places of the passage before are missing");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (nd_span_equals(type, kinds[i].type)) return kinds[i].read(r);
    return NEARDUP_OK; /* what a later version tells besides */
}

static neardup_status finish(reading *r) {
    nd_saved *s = r->saved;
    if (!r->line.number)
        return nd_fail(r->line.error, NEARDUP_ERROR_SOURCE, "%.300s is empty: name what neardup scan -r jsonl wrote",
                       s->name);
    if (!r->ended)
        return nd_saved_fail(&r->line, "the result ends without a summary: the run that wrote it did not finish");
    neardup_status status = nd_saved_finish(s);
    return status == NEARDUP_ERROR_ARGUMENT ? nd_saved_fail(&r->line, "fewer documents than the lines before tell of")
                                            : status;
}

/* Reads a block of whole lines. */
static neardup_status read_block(reading *r, nd_span block) {
    neardup_status status = NEARDUP_OK;
    for (size_t begin = 0, end; begin < block.size && !status; begin = end) {
        const char *line_break = memchr(block.data + begin, '\n', block.size - begin);
        end = line_break ? (size_t)(line_break - block.data) + 1 : block.size;
        status = read_line(r, (nd_span){block.data + begin, end - begin});
    }
    return status;
}

static neardup_status read_stream(reading *r, nd_stream *stream) {
    nd_lines lines = {0};
    nd_buffer block = {0};
    bool oversized;
    neardup_error wrong = {0};
    neardup_status status = nd_lines_begin(&lines, stream, NULL, LONGEST_LINE, (nd_span){0});
    while (!status) {
        status = nd_lines_next(&lines, &block, &oversized, &wrong);
        if (status == NEARDUP_ERROR_SOURCE)
            status = nd_fail(r->line.error, status, "%.300s cannot be read: %s", r->saved->name, wrong.text);
        else if (!status)
            status = oversized ? nd_saved_fail(&r->line, "a line of over a gigabyte")
                               : read_block(r, (nd_span){block.data, block.size});
    }
    nd_buffer_release(&block);
    nd_lines_release(&lines);
    return status == NEARDUP_END ? NEARDUP_OK : status;
}

neardup_status nd_saved_read(const char *name, nd_saved *saved_out, neardup_error *error) {
    *saved_out = (nd_saved){.name = name};
    neardup_options_init(&saved_out->options);
    bool standard = strcmp(name, "-") == 0;
    int file = standard ? STDIN_FILENO : nd_file_open(name, 0);
    if (file < 0) return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.300s cannot be read: %s", name, strerror(errno));
    reading *r = nd_allocate_zero(1, sizeof *r);
    nd_stream *stream = nd_stream_create();
    neardup_status status = r && stream ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) {
        *r = (reading){.saved = saved_out, .line = {.name = name, .arena = &saved_out->arena, .error = error}};
        nd_stream_open(stream, &(nd_stream_input){.fd = file, .close = !standard, .offset = -1});
        status = read_stream(r, stream);
    } else if (!standard) {
        close(file);
    }
    if (!status) status = finish(r);
    nd_stream_free(stream);
    nd_free(r);
    return status == NEARDUP_ERROR_MEMORY ? nd_fail_memory(error) : status;
}
