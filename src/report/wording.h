/* SPDX-License-Identifier: MIT */
/* How people read things: numbers, sizes, percentages, and names whose every byte can be shown. */
#ifndef ND_REPORT_WORDING_H
#define ND_REPORT_WORDING_H

#include <stdio.h>

#include "io/corpus.h"

/* A short phrase, by value: nd_wording_count(n).text lives as long as the full expression it stands in. */
typedef struct nd_wording {
    char text[48];
} nd_wording;

/* "51,160" */
nd_wording nd_wording_count(uint64_t count);

/* "1 file", "51,160 files": `one` and `many` are the nouns. At most 20 characters each. */
nd_wording nd_wording_counted(uint64_t count, const char *one, const char *many);

/* "812 bytes", "9.8 kB", "120 MB": powers of 1,000. */
nd_wording nd_wording_bytes(uint64_t bytes);

/* "94 %". Takes more decimals rather than show 100 % for less, 0 % for more, or less than `at_least` for what reaches
 * it and as much for what does not. */
nd_wording nd_wording_percent(double share, double at_least);

/* "0.995". Takes more decimals rather than show 1 for less. */
nd_wording nd_wording_probability(double probability);

/* What a label is called in the schema, and the rule that gave it, in words. Static. */
const char *nd_label_name(neardup_label label);
const char *nd_rule_text(neardup_rule rule);

/* Whether bytes are well-formed UTF-8. */
bool nd_is_utf8(nd_span bytes);

/* Writes bytes as well-formed UTF-8: U+FFFD stands for each byte that is ill-formed. */
void nd_write_utf8(FILE *out, nd_span text);

/* Writes a name so that it can neither break a line nor steer a terminal: control, line-breaking and bidirectional
 * format characters as \n, \x1b or \u202e, bytes that are not UTF-8 as \xff. All else, the backslash too, as it is. */
void nd_write_visible(FILE *out, nd_span text);

/* Writes what a document is called: its path, and for a record ":LINE" with the 1-based line. */
void nd_write_place(FILE *out, nd_span path, uint64_t record);

/* An id for people and spreadsheets: the raw JSON value, a string without its quotes where nothing in it is escaped. */
nd_span nd_plain_id(nd_span id);

#endif
