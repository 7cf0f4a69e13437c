/* SPDX-License-Identifier: MIT */
/* All thresholds are decided at once: a document has a set of the percentages at which it goes, a bit for each. */
#include "report/forecast.h"
#include "report/findings.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* Percentages: number n is bit n % 64 of word n / 64. */
typedef struct percentages {
    uint64_t words[2];
} percentages;

/* A pair of documents, of which the worse ranked one would go. */
typedef struct edge {
    uint64_t worse, better;
    int fate;            /* of the worse one, by rank */
    unsigned percentage; /* the highest it reaches */
} edge;

typedef struct forecaster {
    const nd_report *report;
    uint64_t documents, pairs;
    uint64_t *same;    /* by document: a better ranked one with the same shingles, or itself */
    percentages *gone; /* by document; none at first */
    edge *edges;       /* between the best ranked of those that are the same */
    size_t count;
} forecaster;

/* A similarity that was saved has six decimals. */
static unsigned percentage_of(double jaccard) { return (unsigned)floor(jaccard * 100 + 1e-7); }

/* ---- rank ---- */

static int fate_of(const nd_report *report, uint64_t document) {
    enum { REFERENCE, KEPT, DROPPED };
    neardup_decision decision;
    if (document < report->references) return REFERENCE;
    nd_report_decision(report, document, &decision);
    return decision.dropped ? DROPPED : KEPT;
}

/* The pair a, b with what is known of the worse ranked one. */
static edge rank(const nd_report *report, uint64_t a, uint64_t b, unsigned percentage) {
    int fate_a = fate_of(report, a), fate_b = fate_of(report, b);
    bool a_is_worse = fate_a != fate_b ? fate_a > fate_b : a > b;
    return a_is_worse ? (edge){a, b, fate_a, percentage} : (edge){b, a, fate_b, percentage};
}

static int compare_edges(const void *left, const void *right) {
    const edge *a = left, *b = right;
    if (a->fate != b->fate) return a->fate - b->fate;
    if (a->worse != b->worse) return a->worse < b->worse ? -1 : 1;
    if (a->better != b->better) return a->better < b->better ? -1 : 1;
    return (a->percentage > b->percentage) - (a->percentage < b->percentage);
}

/* ---- documents that are the same ---- */

/* The best ranked one of those a document is the same as. */
static uint64_t first_of(forecaster *f, uint64_t document) {
    for (; f->same[document] != document; document = f->same[document]) f->same[document] = f->same[f->same[document]];
    return document;
}

static void join_same(forecaster *f) {
    for (uint64_t i = 0; i < f->documents; i++) f->same[i] = i;
    for (uint64_t i = 0; i < f->pairs; i++) {
        neardup_pair pair;
        nd_report_pair(f->report, i, &pair);
        if (percentage_of(pair.jaccard) < 100) continue;
        edge found = rank(f->report, first_of(f, pair.a), first_of(f, pair.b), 100);
        f->same[found.worse] = found.better;
    }
}

/* Whatever the first one goes for, those that are the same go for, too; while it stays they go for it. */
static void count_same(forecaster *f, nd_forecast *forecast) {
    for (uint64_t i = f->report->references; i < f->documents; i++) {
        if (f->same[i] == i) continue;
        for (unsigned p = 1; p < ND_PERCENTAGES; p++) {
            forecast->reaching[p]++;
            forecast->going[p]++;
        }
    }
}

/* ---- documents that are not ---- */

/* The percentages up to `last`. */
static percentages up_to(unsigned last) {
    percentages set = {{last < 63 ? ((uint64_t)1 << (last + 1)) - 1 : UINT64_MAX, 0}};
    if (last >= 64) set.words[1] = ((uint64_t)1 << (last - 63)) - 1;
    return set;
}

/* Lists the pairs of which one document can go, each once, in order of rank: those of one document follow each other.
 */
static void list_edges(forecaster *f) {
    size_t count = 0;
    for (uint64_t i = 0; i < f->pairs; i++) {
        neardup_pair pair;
        nd_report_pair(f->report, i, &pair);
        uint64_t a = first_of(f, pair.a), b = first_of(f, pair.b);
        edge found = rank(f->report, a, b, percentage_of(pair.jaccard));
        if (a != b && found.worse >= f->report->references) f->edges[count++] = found;
    }
    if (count) qsort(f->edges, count, sizeof *f->edges, compare_edges);
    for (size_t i = 0; i < count; i++) {
        const edge *last = f->count ? &f->edges[f->count - 1] : NULL;
        if (!last || last->worse != f->edges[i].worse || last->better != f->edges[i].better)
            f->edges[f->count++] = f->edges[i];
    }
}

static void count_edges(forecaster *f, nd_forecast *forecast) {
    for (size_t i = 0; i < f->count; i++) {
        const edge *e = &f->edges[i];
        percentages reached = up_to(e->percentage), *gone = &f->gone[e->worse];
        for (int w = 0; w < 2; w++) gone->words[w] |= reached.words[w] & ~f->gone[e->better].words[w];
        for (unsigned p = 1; p <= e->percentage; p++) forecast->reaching[p]++;
        if (i + 1 < f->count && f->edges[i + 1].worse == e->worse) continue;
        for (unsigned p = 1; p < ND_PERCENTAGES; p++) forecast->going[p] += gone->words[p / 64] >> p % 64 & 1;
    }
}

neardup_status nd_forecast_init(const nd_report *report, nd_forecast *forecast_out) {
    neardup_totals totals;
    nd_report_totals(report, &totals);
    forecaster f = {.report = report, .documents = totals.references + totals.documents, .pairs = totals.pairs};
    double from = report->options->pairs_from > 0 ? report->options->pairs_from : report->options->threshold;
    nd_forecast forecast = {.from = percentage_of(from) ? percentage_of(from) : 1};
    f.same = nd_allocate((size_t)f.documents, sizeof *f.same);
    f.gone = nd_allocate_zero((size_t)f.documents, sizeof *f.gone);
    f.edges = nd_allocate((size_t)f.pairs, sizeof *f.edges);
    neardup_status status = f.same && f.gone && f.edges ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) {
        join_same(&f);
        count_same(&f, &forecast);
        list_edges(&f);
        count_edges(&f, &forecast);
        *forecast_out = forecast;
    }
    nd_free(f.same);
    nd_free(f.gone);
    nd_free(f.edges);
    return status;
}
