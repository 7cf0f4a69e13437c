/* SPDX-License-Identifier: MIT */
#include "report/html_lists.h"
#include "report/findings.h"

#include <string.h>

#include "report/wording.h"

enum { LISTED = 500, MEMBERS_LISTED = 20 };

static const char *entity_of(char c) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void nd_html_write_text(FILE *out, nd_span text) {
    size_t begin = 0;
    for (size_t i = 0; i < text.size; i++) {
        const char *entity = entity_of(text.data[i]);
        if (!entity) continue;
        nd_write_visible(out, (nd_span){text.data + begin, i - begin});
        fputs(entity, out);
        begin = i + 1;
    }
    if (text.size > begin) nd_write_visible(out, (nd_span){text.data + begin, text.size - begin});
}

static void write_title(FILE *out, const char *title, const char *otherwise, uint64_t number) {
    fputs("<h3>", out);
    if (title && *title)
        nd_html_write_text(out, (nd_span){title, strlen(title)});
    else
        fprintf(out, "%s %s", otherwise, nd_wording_count(number + 1).text);
    fputs("</h3>\n<ul>\n", out);
}

static void write_name(const nd_report *report, FILE *out, uint64_t document) {
    nd_corpus_document place = nd_report_at(report, document);
    fputs("<code>", out);
    nd_html_write_text(out, place.shown);
    if (place.record != NEARDUP_NONE) fprintf(out, ":%llu", (unsigned long long)place.record + 1);
    fputs("</code>", out);
}

static void write_more(FILE *out, const char *element, uint64_t left) {
    if (left) fprintf(out, "<%s>… and %s more</%s>\n", element, nd_wording_count(left).text, element);
}

/* ---- copies ---- */

static void write_member(const nd_report *report, FILE *out, uint64_t document) {
    neardup_decision decision;
    nd_report_decision(report, document, &decision);
    fputs("<li>", out);
    if (!decision.dropped)
        fputs("stays: ", out);
    else
        fprintf(out, "%s alike%s: ", nd_wording_percent(decision.jaccard, report->options->threshold).text,
                decision.same_bytes  ? ", the same bytes"
                : decision.identical ? ", the same words"
                                     : "");
    write_name(report, out, document);
    fputs("</li>\n", out);
}

static void write_clusters(const nd_report *report, const nd_html_texts *texts, uint64_t count, FILE *out) {
    uint64_t listed = count < LISTED ? count : LISTED;
    if (!count) return;
    fputs("<h2>Copies</h2>\n<ol>\n", out);
    for (uint64_t i = 0; i < listed; i++) {
        neardup_cluster cluster;
        nd_report_cluster(report, i, &cluster);
        size_t members = cluster.size < MEMBERS_LISTED ? cluster.size : MEMBERS_LISTED;
        fputs("<li>", out);
        write_title(out, texts->cluster_titles[i], "Group", i);
        for (size_t j = 0; j < members; j++) write_member(report, out, cluster.members[j]);
        write_more(out, "li", cluster.size - members);
        fputs("</ul></li>\n", out);
    }
    fputs("</ol>\n", out);
    write_more(out, "p", count - listed);
}

/* ---- passages ---- */

static void write_place(const nd_report *report, FILE *out, uint64_t number) {
    neardup_place place;
    nd_report_place(report, number, &place);
    fputs("<li>", out);
    write_name(report, out, place.document);
    fprintf(out, ", line %s", nd_wording_count(place.line).text);
    if (place.identity < 1) fprintf(out, " (%s the same)", nd_wording_percent(place.identity, 0).text);
    fputs("</li>\n", out);
}

static void write_passages(const nd_report *report, const nd_html_texts *texts, uint64_t count, FILE *out) {
    uint64_t listed = count < LISTED ? count : LISTED;
    if (!count) return;
    fputs("<h2>Passages</h2>\n<ol>\n", out);
    for (uint64_t i = 0; i < listed; i++) {
        neardup_passage passage;
        nd_report_passage(report, i, &passage);
        uint64_t places = passage.places < MEMBERS_LISTED ? passage.places : MEMBERS_LISTED;
        fputs("<li>", out);
        write_title(out, texts->passage_titles[i], "Passage", i);
        fprintf(out, "<li>%s, %s: %s</li>\n", nd_label_name(passage.label),
                nd_wording_counted(passage.tokens, "word", "words").text, nd_rule_text(passage.rule));
        for (uint64_t j = 0; j < places; j++) write_place(report, out, passage.first_place + j);
        write_more(out, "li", passage.places - places);
        fputs("</ul></li>\n", out);
    }
    fputs("</ol>\n", out);
    write_more(out, "p", count - listed);
}

void nd_html_lists_write(const nd_report *report, const nd_html_texts *texts, FILE *out) {
    neardup_totals totals;
    nd_report_totals(report, &totals);
    fprintf(out, "<h1>%s of %s could go</h1>\n", nd_wording_count(totals.dropped).text,
            nd_wording_counted(totals.documents, "document", "documents").text);
    fputs("<p>Without JavaScript this page is a list; with it there are charts, and texts side by side.</p>\n", out);
    write_clusters(report, texts, totals.clusters, out);
    write_passages(report, texts, totals.passages, out);
}
