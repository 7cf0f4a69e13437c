/* SPDX-License-Identifier: MIT */
#include "report/wording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

nd_wording nd_wording_count(uint64_t count) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    nd_wording wording = {0};
    char *to = wording.text;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    *to = 0;
    return wording;
}

nd_wording nd_wording_counted(uint64_t count, const char *one, const char *many) {
    nd_wording wording = nd_wording_count(count);
    size_t length = strlen(wording.text);
    snprintf(wording.text + length, sizeof wording.text - length, " %s", count == 1 ? one : many);
    return wording;
}

nd_wording nd_wording_bytes(uint64_t bytes) {
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) return nd_wording_counted(bytes, "byte", "bytes");
    size_t unit = 0;
    double size = (double)bytes / 1000;
    while (size >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        size /= 1000;
        unit++;
    }
    nd_wording wording;
    snprintf(wording.text, sizeof wording.text, "%.*f %s", size < 9.95 ? 1 : 0, size, units[unit]);
    return wording;
}

nd_wording nd_wording_percent(double share, double at_least) {
    nd_wording wording;
    for (int decimals = 0; decimals <= 6; decimals++) {
        snprintf(wording.text, sizeof wording.text, "%.*f %%", decimals, share * 100);
        double shown = strtod(wording.text, NULL);
        bool rounded_to_all = share < 1 && shown >= 100;
        bool rounded_to_none = share > 0 && shown <= 0;
        /* The margin is for thresholds that have no exact binary form: 0.7 * 100 is 70 all the same. */
        bool rounded_below = share >= at_least && shown < at_least * 100 - 1e-9;
        bool rounded_up = share < at_least && shown >= at_least * 100 - 1e-9;
        if (!rounded_to_all && !rounded_to_none && !rounded_below && !rounded_up) break;
    }
    return wording;
}

nd_wording nd_wording_probability(double probability) {
    nd_wording wording;
    for (int decimals = 3; decimals <= 15; decimals++) {
        snprintf(wording.text, sizeof wording.text, "%.*f", decimals, probability);
        if (probability >= 1 || wording.text[0] != '1') break;
    }
    return wording;
}

/* The length of the well-formed sequence at the start of `text` (not empty) and its code point; 0 where ill-formed. */
static size_t decode(nd_span text, utf8proc_int32_t *code_out) {
    utf8proc_ssize_t limit = text.size > 4 ? 4 : (utf8proc_ssize_t)text.size;
    utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text.data, limit, code_out);
    return length > 0 ? (size_t)length : 0;
}

bool nd_is_utf8(nd_span bytes) {
    while (bytes.size) {
        utf8proc_int32_t code;
        size_t length = (unsigned char)*bytes.data < 0x80 ? 1 : decode(bytes, &code);
        if (!length) return false;
        bytes.data += length;
        bytes.size -= length;
    }
    return true;
}

void nd_write_utf8(FILE *out, nd_span text) {
    size_t good = 0;
    while (good < text.size) {
        utf8proc_int32_t code;
        size_t length = decode((nd_span){text.data + good, text.size - good}, &code);
        good += length;
        if (length) continue;
        fwrite(text.data, 1, good, out);
        fputs("\xef\xbf\xbd", out);
        text = (nd_span){text.data + good + 1, text.size - good - 1};
        good = 0;
    }
    if (text.size) fwrite(text.data, 1, text.size, out);
}

static bool is_steering(utf8proc_int32_t code) {
    return code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f || code == 0x061c ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void nd_write_visible(FILE *out, nd_span text) {
    while (text.size) {
        utf8proc_int32_t code;
        size_t length = decode(text, &code);
        if (!length) {
            fprintf(out, "\\x%02x", (unsigned char)*text.data);
            length = 1;
        } else if (!is_steering(code)) {
            fwrite(text.data, 1, length, out);
        } else if (code == '\n' || code == '\t' || code == '\r') {
            fputs(code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\r", out);
        } else {
            fprintf(out, code < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code);
        }
        text.data += length;
        text.size -= length;
    }
}

void nd_write_place(FILE *out, nd_span path, uint64_t record) {
    nd_write_visible(out, path);
    if (record != NEARDUP_NONE) fprintf(out, ":%" PRIu64, record + 1);
}

nd_span nd_plain_id(nd_span id) {
    bool plain = id.size >= 2 && id.data[0] == '"' && !memchr(id.data, '\\', id.size);
    return plain ? (nd_span){id.data + 1, id.size - 2} : id;
}

const char *nd_label_name(neardup_label label) {
    switch (label) {
    case NEARDUP_SELF_REPEAT: return "self-repeat";
    case NEARDUP_BOILERPLATE: return "boilerplate";
    case NEARDUP_SYNDICATED: return "syndicated";
    case NEARDUP_SHARED_PASSAGE: return "shared";
    }
    return "unknown";
}

const char *nd_rule_text(neardup_rule rule) {
    switch (rule) {
    case NEARDUP_RULE_ONE_DOCUMENT: return "all places in one document";
    case NEARDUP_RULE_HALF_OF_A_SOURCE:
        return "in at least half of the documents of a source, and less than a quarter of each";
    case NEARDUP_RULE_MANY_DOCUMENTS: return "in 10 documents or more, and less than a quarter of each";
    case NEARDUP_RULE_SEVERAL_SOURCES: return "in documents of several sources";
    case NEARDUP_RULE_OTHER: return "in several documents";
    }
    return "unknown";
}
