/* SPDX-License-Identifier: MIT */
/*
 * RFC 4180: a header row, CRLF line ends, fields quoted where they must be. Values are written as they are: a path that
 * begins with '=' is not defused with an apostrophe, because a changed path is a wrong path to every program that reads
 * the file. An id that is a JSON string stands without its quotes unless it has escapes in it, and with U+FFFD for each
 * byte that is not UTF-8; only paths are given byte for byte. Numbers count as in JSON Lines: documents, clusters and
 * records from 0.
 */
#include "report/csv.h"

#include <inttypes.h>
#include <string.h>

#include "report/findings.h"
#include "report/wording.h"

/* Writes bytes as they are, or as UTF-8. */
typedef void write_bytes(FILE *out, nd_span value);

static void write_exactly(FILE *out, nd_span value) {
    if (value.size) fwrite(value.data, 1, value.size, out);
}

static void write_field(FILE *out, nd_span value, write_bytes *write) {
    bool quoted = false;
    for (size_t i = 0; i < value.size && !quoted; i++) quoted = strchr(",\"\r\n", value.data[i]) != NULL;
    if (!quoted) {
        write(out, value);
        return;
    }
    putc('"', out);
    for (const char *quote; value.size && (quote = memchr(value.data, '"', value.size));) {
        size_t size = (size_t)(quote - value.data) + 1;
        write(out, (nd_span){value.data, size});
        putc('"', out);
        value = (nd_span){value.data + size, value.size - size};
    }
    write(out, value);
    putc('"', out);
}

static void write_row(const nd_report *report, FILE *out, uint64_t cluster, uint64_t number) {
    nd_corpus_document place = nd_report_at(report, number);
    neardup_decision decision;
    nd_report_decision(report, number, &decision);
    fprintf(out, "%" PRIu64 ",%" PRId64 ",", cluster, nd_report_number(report, number));
    write_field(out, place.path, write_exactly);
    putc(',', out);
    if (place.record != NEARDUP_NONE) fprintf(out, "%" PRIu64, place.record);
    putc(',', out);
    write_field(out, nd_plain_id(place.id), nd_write_utf8);
    if (!decision.dropped) {
        fprintf(out, ",%s,,,,,,\r\n", nd_report_fate(report, number, &decision));
        return;
    }
    fprintf(out, ",dropped,%" PRId64 ",", nd_report_number(report, decision.dup_of));
    write_field(out, nd_report_at(report, decision.dup_of).path, write_exactly);
    fprintf(out, ",%s,%.6f,%.6f,%s\r\n", decision.identical ? "identical" : "near", decision.jaccard,
            decision.containment, decision.same_bytes ? "true" : "false");
}

neardup_status nd_csv_write(const nd_report *report, FILE *out, neardup_error *error) {
    (void)error; /* nothing here can fail but the stream */
    neardup_totals totals;
    nd_report_totals(report, &totals);
    fputs("cluster,doc,path,record,id,status,dup_of,dup_path,kind,jaccard,containment,same_bytes\r\n", out);
    for (uint64_t number = 0; number < totals.clusters && !ferror(out); number++) {
        neardup_cluster cluster;
        nd_report_cluster(report, number, &cluster);
        for (size_t i = 0; i < cluster.size; i++) write_row(report, out, number, cluster.members[i]);
    }
    return NEARDUP_OK;
}
