/* SPDX-License-Identifier: MIT */
/*
 * The data are what -r jsonl would say, but that members and places do not repeat what their document's line says; and
 * behind it lines of three more types that only a page has:
 *
 *     {"type":"forecast","from":50,"reaching":[12,…],"going":[9,…]}
 *     {"type":"title","cluster":0,"title":"…"}, or with "passage"
 *     {"type":"text","doc":1,"size":6561,"places":[0,202,3380,…]}
 *
 * The second block says the texts by their words (vocabulary.h), and that by what it repeats (long_matches.h).
 *
 * A forecast is what forecast.h says, from percentage `from` to 100. A title says what a cluster or passage is called.
 * A text is what the page has of a document: so many bytes of UTF-8 in the second data block, in the order of the
 * lines; and of its places which each is (counted over all `place` lines), and where it begins and ends in UTF-16 units
 * of that text.
 */
#include "report/html.h"
#include "report/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "report/embedding.h"
#include "report/forecast.h"
#include "report/html_lists.h"
#include "report/html_page.h"
#include "report/jsonl.h"
#include "report/long_matches.h"
#include "report/vocabulary.h"

/* Writes the page from *at up to the marker and moves behind it. */
static void write_until(FILE *out, const char **at, const char *marker) {
    const char *found = strstr(*at, marker);
    fwrite(*at, 1, (size_t)(found - *at), out);
    *at = found + strlen(marker);
}

/* ---- data ---- */

/* Of a result that has pairs. */
static neardup_status write_forecast(const nd_report *report, FILE *out) {
    neardup_totals totals;
    nd_forecast forecast;
    nd_report_totals(report, &totals);
    if (!totals.pairs) return NEARDUP_OK;
    neardup_status status = nd_forecast_init(report, &forecast);
    if (status) return status;
    size_t count = ND_PERCENTAGES - forecast.from;
    nd_json json = nd_json_line(out, "forecast");
    nd_json_count(&json, "from", forecast.from);
    nd_json_counts(&json, "reaching", forecast.reaching + forecast.from, count);
    nd_json_counts(&json, "going", forecast.going + forecast.from, count);
    nd_json_end_line(&json);
    return NEARDUP_OK;
}

static void write_titles(FILE *out, const char *what, char **titles, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!titles[i] || !*titles[i]) continue;
        nd_json json = nd_json_line(out, "title");
        nd_json_count(&json, what, i);
        nd_json_text(&json, "title", titles[i]);
        nd_json_end_line(&json);
    }
}

static void write_texts(const nd_report *report, const nd_html_texts *texts, FILE *out) {
    for (size_t i = 0; i < texts->count; i++) {
        const nd_html_text *text = &texts->items[i];
        nd_json json = nd_json_line(out, "text");
        nd_json_integer(&json, "doc", nd_report_number(report, text->document));
        nd_json_count(&json, "size", text->size);
        if (text->place_count) nd_json_counts(&json, "places", text->places, 3 * text->place_count);
        nd_json_end_line(&json);
    }
}

static neardup_status write_lines(const nd_report *report, const nd_html_texts *texts, FILE *out,
                                  neardup_error *error) {
    nd_report all = *report;
    all.pairs = false;
    all.pairs_from = report->options->pairs_from;
    all.brief = true;
    neardup_status status = nd_jsonl_write(&all, out, error);
    if (status) return status;
    if (write_forecast(report, out)) return nd_fail_memory(error);
    write_titles(out, "cluster", texts->cluster_titles, texts->clusters);
    write_titles(out, "passage", texts->passage_titles, texts->passages);
    write_texts(report, texts, out);
    return NEARDUP_OK;
}

static neardup_status embed_result(const nd_report *report, const nd_html_texts *texts, FILE *out,
                                   neardup_error *error) {
    char *lines = NULL;
    size_t size;
    nd_embedding *embedding = NULL;
    FILE *memory = open_memstream(&lines, &size);
    if (!memory) return nd_fail_memory(error);
    neardup_status status = write_lines(report, texts, memory, error);
    bool whole = fclose(memory) == 0;
    if (!status && (!whole || nd_embedding_create(out, &embedding) || nd_embedding_write(embedding, lines, size) ||
                    nd_embedding_finish(embedding)))
        status = nd_fail_memory(error);
    nd_embedding_free(embedding);
    free(lines);
    return status;
}

static neardup_status embed_texts(const nd_html_texts *texts, FILE *out, neardup_error *error) {
    nd_embedding *embedding = NULL;
    nd_buffer words = {0};
    neardup_status status = nd_vocabulary_encode((nd_span){texts->plain.data, texts->plain.size}, &words);
    if (!status) status = nd_embedding_create(out, &embedding);
    if (!status) status = nd_long_matches_write((nd_span){words.data, words.size}, nd_embedding_write, embedding);
    if (!status) status = nd_embedding_finish(embedding);
    nd_embedding_free(embedding);
    nd_buffer_release(&words);
    return status ? nd_fail_memory(error) : NEARDUP_OK;
}

neardup_status nd_html_write(const nd_report *report, FILE *out, neardup_error *error) {
    nd_html_texts texts;
    neardup_status status = nd_html_texts_init(report, &texts, error);
    if (status) return status;
    const char *page = (const char *)nd_html_page;
    write_until(out, &page, ND_HTML_LISTS);
    nd_html_lists_write(report, &texts, out);
    write_until(out, &page, ND_HTML_RESULT);
    status = embed_result(report, &texts, out, error);
    write_until(out, &page, ND_HTML_TEXTS);
    if (!status) status = embed_texts(&texts, out, error);
    fputs(page, out);
    nd_html_texts_release(&texts);
    return status;
}
