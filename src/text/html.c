/* SPDX-License-Identifier: MIT */
/*
 * Follows "Tokenization" of the HTML standard (https://html.spec.whatwg.org/multipage/parsing.html), whose states are
 * here loops. A call knows nothing of what came before it; what follows from that, and what differs on purpose:
 *
 * - Only script and style hide what they hold. The text of noscript, noframes, noembed and iframe is what a reader
 *   without scripts or frames sees, and that of xmp and plaintext what every reader sees; the tags in it are skipped
 *   like any others. To compare too much text is the safe side: documents that differ only there stay apart.
 * - In title and textarea a tag is text to the standard. Here it is skipped, the text around it counts.
 * - <script/> and <style/> hold nothing, as in XHTML and SVG. To the standard they hold all up to an end tag, which in
 *   an XHTML file is the next script's or none.
 * - <![CDATA[ begins a comment that ends at the next '>', as in HTML, also where SVG, MathML and XHTML see text; a
 *   document type ends at its first '>', also where XML sees an internal subset. Script inside SVG is read like any.
 */
#include "text/html.h"

#include <string.h>

#include "text/html_names.h"

typedef struct source {
    const uint8_t *data;
    size_t size;
} source;

static bool is_letter(uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

static bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

/* Whether a byte ends the name of a tag. */
static bool ends_name(uint8_t byte) { return is_space(byte) || byte == '/' || byte == '>'; }

static bool starts_with(source in, size_t at, const char *text) {
    size_t length = strlen(text);
    return in.size - at >= length && memcmp(in.data + at, text, length) == 0;
}

/* The position of the first such byte at or behind `at`, or the end of data. */
static size_t find(source in, uint8_t byte, size_t at) {
    if (at >= in.size) return in.size;
    const uint8_t *found = memchr(in.data + at, byte, in.size - at);
    return found ? (size_t)(found - in.data) : in.size;
}

static size_t find_behind(source in, uint8_t byte, size_t at) {
    at = find(in, byte, at);
    return at < in.size ? at + 1 : at;
}

static size_t skip_spaces(source in, size_t at) {
    while (at < in.size && is_space(in.data[at])) at++;
    return at;
}

/* Whether the tag whose name begins at `at` is called `name`, which is in lower case. */
static bool is_named(source in, size_t at, const char *name) {
    for (; *name; name++, at++)
        if (at >= in.size || (in.data[at] | 0x20) != *name) return false;
    return at < in.size && ends_name(in.data[at]);
}

static bool is_end_tag(source in, size_t at, const char *name) {
    return starts_with(in, at, "</") && is_named(in, at + 2, name);
}

/* `at` is behind the '='. */
static size_t skip_attribute_value(source in, size_t at) {
    at = skip_spaces(in, at);
    if (at >= in.size) return at;
    uint8_t quote = in.data[at];
    if (quote == '"' || quote == '\'') return find_behind(in, quote, at + 1);
    while (at < in.size && !is_space(in.data[at]) && in.data[at] != '>') at++;
    return at;
}

/* `at` is at an attribute's first byte, which belongs to its name even if it is '='. */
static size_t skip_attribute(source in, size_t at) {
    at++;
    while (at < in.size && !ends_name(in.data[at]) && in.data[at] != '=') at++;
    at = skip_spaces(in, at);
    return at < in.size && in.data[at] == '=' ? skip_attribute_value(in, at + 1) : at;
}

/* `at` is at the tag's name; *empty_out tells whether the tag closes itself: <br/>. */
static size_t skip_tag(source in, size_t at, bool *empty_out) {
    *empty_out = false;
    while (at < in.size && !ends_name(in.data[at])) at++;
    while (at < in.size) {
        if (in.data[at] == '>') return at + 1;
        *empty_out = in.data[at] == '/';
        at = ends_name(in.data[at]) ? at + 1 : skip_attribute(in, at);
    }
    return at;
}

static size_t skip_end_tag(source in, size_t at) {
    bool empty;
    return skip_tag(in, at, &empty);
}

/* `at` is behind the start tag. */
static size_t skip_style(source in, size_t at) {
    for (at = find(in, '<', at); at < in.size; at = find(in, '<', at + 1))
        if (is_end_tag(in, at, "style")) return skip_end_tag(in, at + 2);
    return at;
}

/* `at` is behind the start tag. In an escape, <!-- to -->, an end tag still ends the script, but for that of a script
 * element begun inside the escape. */
static size_t skip_script(source in, size_t at) {
    enum { PLAIN, ESCAPED, DOUBLE_ESCAPED } state = PLAIN;
    for (; at < in.size; at++) {
        if (in.data[at] == '-') {
            if (starts_with(in, at, "-->")) state = PLAIN;
        } else if (in.data[at] != '<') {
            continue;
        } else if (is_end_tag(in, at, "script")) {
            if (state != DOUBLE_ESCAPED) return skip_end_tag(in, at + 2);
            state = ESCAPED;
        } else if (state == PLAIN && starts_with(in, at, "<!--")) {
            state = ESCAPED; /* its dashes come up again: they may also be those of the end, <!--> */
        } else if (state == ESCAPED && is_named(in, at + 1, "script")) {
            state = DOUBLE_ESCAPED;
        }
    }
    return at;
}

/* `at` is at the name of a start tag. */
static size_t skip_start(source in, size_t at) {
    bool empty;
    size_t behind = skip_tag(in, at, &empty);
    if (empty) return behind;
    if (is_named(in, at, "script")) return skip_script(in, behind);
    if (is_named(in, at, "style")) return skip_style(in, behind);
    return behind;
}

/* `at` is at the dashes of <!--. They may also be those of the end in <!--> and <!--->, but not in <!--!>. */
static size_t skip_comment(source in, size_t at) {
    size_t body = at + 2;
    for (size_t end = find(in, '>', body); end < in.size; end = find(in, '>', end + 1)) {
        if (starts_with(in, end - 2, "--")) return end + 1;
        if (end - body >= 3 && starts_with(in, end - 3, "--!")) return end + 1;
    }
    return in.size;
}

size_t nd_html_skip(const uint8_t *data, size_t size, size_t at) {
    const source in = {data, size};
    if (size - at < 2) return at;
    uint8_t next = data[at + 1];
    if (is_letter(next)) return skip_start(in, at + 1);
    if (next == '!' && starts_with(in, at + 2, "--")) return skip_comment(in, at + 2);
    if (next == '!' || next == '?') return find_behind(in, '>', at + 2);
    if (next != '/' || size - at < 3) return at;
    return is_letter(data[at + 2]) ? skip_end_tag(in, at + 2) : find_behind(in, '>', at + 2);
}

enum { HIGHEST_CODE_POINT = 0x10FFFF, REPLACEMENT = 0xFFFD };

/* What browsers read &#128; to &#159; as: Windows-1252, and where that has a gap the control itself. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

static uint32_t code_point_of_number(uint32_t number) {
    if (number == 0 || number > HIGHEST_CODE_POINT || (number >= 0xD800 && number <= 0xDFFF)) return REPLACEMENT;
    return number >= 0x80 && number <= 0x9F ? windows_1252[number - 0x80] : number;
}

/* The value of a digit, or 16 for what is none. */
static uint32_t digit_value(uint8_t byte) {
    if (is_digit(byte)) return byte - (uint32_t)'0';
    uint32_t value = (byte | 0x20u) - 'a' + 10;
    return value >= 10 && value < 16 ? value : 16;
}

/* `at` is behind "&#". Returns the position behind the reference, or 0. */
static size_t read_number(source in, size_t at, uint32_t *code_point_out) {
    uint32_t base = at < in.size && (in.data[at] | 0x20) == 'x' ? 16 : 10;
    if (base == 16) at++;
    size_t first = at;
    uint32_t number = 0;
    for (; at < in.size && digit_value(in.data[at]) < base; at++)
        if (number <= HIGHEST_CODE_POINT) number = number * base + digit_value(in.data[at]);
    if (at == first) return 0;
    *code_point_out = code_point_of_number(number);
    return at < in.size && in.data[at] == ';' ? at + 1 : at;
}

static const nd_html_name *find_name(const uint8_t *name, size_t length) {
    size_t low = 0, high = ND_HTML_NAMES;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const nd_html_name *entry = &nd_html_names[middle];
        int order = strncmp((const char *)name, entry->name, length);
        if (order == 0 && entry->name[length] == '\0') return entry;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The longest name that begins at `at`: all letters and digits there with a semicolon, or a few without. */
static const nd_html_name *longest_name(source in, size_t at) {
    size_t available = in.size - at, length = 0;
    while (length < available && length < ND_HTML_NAME_LONGEST &&
           (is_letter(in.data[at + length]) || is_digit(in.data[at + length])))
        length++;
    const nd_html_name *found = NULL;
    if (length < available && in.data[at + length] == ';') found = find_name(in.data + at, length + 1);
    if (length > ND_HTML_NAME_LONGEST_BARE) length = ND_HTML_NAME_LONGEST_BARE;
    for (; !found && length; length--) found = find_name(in.data + at, length);
    return found;
}

size_t nd_html_reference(const uint8_t *data, size_t size, size_t at, uint32_t code_points_out[2],
                         unsigned *count_out) {
    const source in = {data, size};
    if (starts_with(in, at, "&#")) {
        size_t behind = read_number(in, at + 2, &code_points_out[0]);
        if (behind == 0) return 0;
        *count_out = 1;
        return behind - at;
    }
    const nd_html_name *entry = longest_name(in, at + 1);
    if (!entry) return 0;
    memcpy(code_points_out, entry->code_points, sizeof entry->code_points);
    *count_out = entry->code_points[1] ? 2 : 1;
    return 1 + strlen(entry->name);
}

/* The name of a tag in lower case, cut to what names of the standard need. */
typedef struct tag_name {
    char text[16];
} tag_name;

static tag_name name_of(const uint8_t *data, size_t size, size_t at) {
    tag_name name = {{0}};
    size_t length = 0;
    at++;
    if (at < size && data[at] == '/') at++;
    for (; at < size && length + 1 < sizeof name.text && (is_letter(data[at]) || is_digit(data[at])); at++)
        name.text[length++] = (char)(data[at] | 0x20); /* digits have that bit */
    return name;
}

bool nd_html_is_block(const uint8_t *data, size_t size, size_t at) {
    static const char *const names[] = {"address", "article", "aside",      "blockquote", "body",   "dd",     "div",
                                        "dl",      "dt",      "figcaption", "figure",     "footer", "form",   "h1",
                                        "h2",      "h3",      "h4",         "h5",         "h6",     "header", "hr",
                                        "li",      "main",    "nav",        "ol",         "p",      "pre",    "section",
                                        "table",   "td",      "th",         "title",      "tr",     "ul"};
    tag_name name = name_of(data, size, at);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name.text) == 0) return true;
    return false;
}

bool nd_html_breaks_line(const uint8_t *data, size_t size, size_t at) {
    return strcmp(name_of(data, size, at).text, "br") == 0 || nd_html_is_block(data, size, at);
}
