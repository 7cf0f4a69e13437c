/* SPDX-License-Identifier: MIT */
/*
 * The scanner: a loop over values with a bit for each open object or array, so that no input can exhaust the stack. A
 * line is mostly one long string, so long strings are passed over 64 bytes at a time.
 */
#include "io/json.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "io/json_fields.h"
#include "text/json_string.h"

typedef struct scanner {
    const char *begin, *at, *end;
    const char *reason;                   /* what is wrong at `at`, or NULL */
    unsigned depth;                       /* open objects and arrays */
    nd_json_match *match;                 /* NULL: no fields are wanted */
    bool known;                           /* what strings hold has been scanned before */
    nd_json_value value;                  /* the scalar or string scanned last */
    uint64_t objects[ND_JSON_DEPTH / 64]; /* bit d - 1: what is open at depth d is an object */
} scanner;

static bool fail(scanner *s, const char *reason) {
    s->reason = s->at < s->end ? reason : "the line ends too early";
    return false;
}

static void skip_space(scanner *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n')) s->at++;
}

/* ---- strings ---- */

static bool is_short_escape(char letter) { return nd_json_short_escapes[(unsigned char)letter]; }

static bool stops_string(char c) { return c == '"' || c == '\\' || (unsigned char)c < 0x20; }

/* Bytes of which a string needs to know more: bit i speaks of at[i]. */
typedef struct stops {
    uint64_t ends;    /* a quote or control character */
    uint64_t slashes; /* a backslash */
} stops;

#ifdef __SSE2__

enum { STRIDE = 16 };

/* Those among STRIDE bytes. */
static stops find_stops(const char *at) {
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
    return (stops){(unsigned)_mm_movemask_epi8(ends), (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, slash))};
}

#else

#define EVERY_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

enum { STRIDE = 8 };

/* Not 0 if a byte of the word is zero. */
static uint64_t has_zero(uint64_t word) { return (word - EVERY_BYTE(1)) & ~word & EVERY_BYTE(0x80); }

/* Those among STRIDE bytes. */
static stops find_stops(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t control = (word - EVERY_BYTE(0x20)) & ~word & EVERY_BYTE(0x80);
    stops found = {0, 0};
    if (control | has_zero(word ^ EVERY_BYTE('"')) | has_zero(word ^ EVERY_BYTE('\\')))
        for (unsigned i = 0; i < STRIDE; i++) {
            found.ends |= (uint64_t)(at[i] != '\\' && stops_string(at[i])) << i;
            found.slashes |= (uint64_t)(at[i] == '\\') << i;
        }
    return found;
}

#endif

/* Passes over plain characters and escapes of one letter, of which a text has one or two a line, 64 bytes at a time: to
 * the first quote, control character or other backslash, or to where fewer are left. */
static const char *pass_blocks(const char *at, const char *end, bool *escaped_out) {
    uint64_t open = 0;
    for (; end - at >= 64; at += 64) {
        stops all = {0, 0};
        for (unsigned i = 0; i < 64; i += STRIDE) {
            stops found = find_stops(at + i);
            all.ends |= found.ends << i;
            all.slashes |= found.slashes << i;
        }
        uint64_t escaped = open;
        escaped |= nd_json_escaped(all.slashes, &open);
        uint64_t stop = all.ends & ~escaped;
        for (uint64_t rest = escaped; rest; rest &= rest - 1) {
            unsigned i = (unsigned)__builtin_ctzll(rest);
            stop |= (uint64_t)!is_short_escape(at[i]) << i;
        }
        uint64_t passed = stop ? (stop & -stop) - 1 : UINT64_MAX;
        *escaped_out |= (escaped & passed) != 0;
        if (!stop) continue;
        unsigned i = (unsigned)__builtin_ctzll(stop);
        return at + i - (escaped >> i & 1); /* an escape begins with its backslash */
    }
    return at - open;
}

/* The same to the first quote, control character or other backslash, or `end`. Most strings are short, and the others
 * long: with blocks alone, records of 30 words take 3 % more instructions. */
static const char *pass_plain(const char *at, const char *end, bool *escaped) {
    while (end - at > STRIDE) { /* what the last byte may escape is there, too */
        stops found = find_stops(at);
        if (!(found.ends | found.slashes)) {
            at = pass_blocks(at + STRIDE, end, escaped);
            continue;
        }
        uint64_t rest = found.ends | found.slashes, passed = 0;
        for (; rest; rest &= ~passed) {
            unsigned i = (unsigned)__builtin_ctzll(rest);
            if (at[i] != '\\' || !is_short_escape(at[i + 1])) return at + i;
            passed |= (uint64_t)3 << i;
            *escaped = true;
        }
        at += STRIDE + (passed >> STRIDE);
    }
    for (; at < end && (!stops_string(*at) || (*at == '\\' && end - at > 1 && is_short_escape(at[1]))); at++) {
        if (*at != '\\') continue;
        *escaped = true;
        at++;
    }
    return at;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Passes over an escape that is not of one letter; s->at is behind its backslash. */
static bool scan_unicode_escape(scanner *s) {
    if (s->at == s->end || *s->at != 'u') return fail(s, "unknown escape in a string");
    s->at++;
    for (int i = 0; i < 4; i++, s->at++)
        if (s->at == s->end || hex_digit(*s->at) < 0) return fail(s, "\\u needs four hexadecimal digits");
    return true;
}

/* Scans what a string holds, up to its closing quote. */
static bool scan_content(scanner *s, bool *escaped) {
    for (;;) {
        s->at = pass_plain(s->at, s->end, escaped);
        if (s->at == s->end) return fail(s, "");
        if (*s->at == '"') return true;
        if (*s->at != '\\') return fail(s, "control character in a string");
        *escaped = true;
        s->at++;
        if (!scan_unicode_escape(s)) return false;
    }
}

/* Whether there is an odd number of backslashes before `at`, back to `from`. */
static bool is_escaped(const char *from, const char *at) {
    const char *slashes = at;
    while (slashes > from && slashes[-1] == '\\') slashes--;
    return (at - slashes) % 2;
}

/* The same for what has been scanned before: only where it ends is not known. */
static bool find_end(scanner *s, bool *escaped) {
    const char *from = s->at, *quote = from;
    while (quote < s->end && (quote = memchr(quote, '"', (size_t)(s->end - quote))) && is_escaped(from, quote)) quote++;
    s->at = quote ? quote : s->end;
    if (s->at == s->end) return fail(s, "");
    *escaped = memchr(from, '\\', (size_t)(quote - from));
    return true;
}

/* Scans a string into s->value; s->at is at its opening quote. */
static bool scan_string(scanner *s) {
    const char *from = ++s->at;
    bool escaped = false;
    if (!(s->known ? find_end(s, &escaped) : scan_content(s, &escaped))) return false;
    s->value = (nd_json_value){ND_JSON_STRING, escaped, {from, (size_t)(s->at - from)}};
    s->at++;
    return true;
}

/* ---- other scalars ---- */

static bool is_digit(const scanner *s) { return s->at < s->end && *s->at >= '0' && *s->at <= '9'; }

static bool scan_digits(scanner *s) {
    if (!is_digit(s)) return fail(s, "expected a digit");
    while (is_digit(s)) s->at++;
    return true;
}

static bool scan_number(scanner *s) {
    const char *from = s->at;
    if (*s->at == '-') s->at++;
    bool zero = s->at < s->end && *s->at == '0';
    if (!scan_digits(s)) return false;
    if (zero && s->at - from > 1 + (*from == '-')) {
        s->at = from + (*from == '-') + 1;
        return fail(s, "a number cannot begin with 0");
    }
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!scan_digits(s)) return false;
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-')) s->at++;
        if (!scan_digits(s)) return false;
    }
    s->value = (nd_json_value){ND_JSON_NUMBER, false, {from, (size_t)(s->at - from)}};
    return true;
}

static bool scan_word(scanner *s, const char *word, nd_json_kind kind) {
    const char *from = s->at;
    for (; *word; word++, s->at++)
        if (s->at == s->end || *s->at != *word) return fail(s, "expected true, false or null");
    s->value = (nd_json_value){kind, false, {from, (size_t)(s->at - from)}};
    return true;
}

static bool scan_scalar(scanner *s) {
    switch (s->at < s->end ? *s->at : 0) {
    case '"': return scan_string(s);
    case 't': return scan_word(s, "true", ND_JSON_TRUE);
    case 'f': return scan_word(s, "false", ND_JSON_FALSE);
    case 'n': return scan_word(s, "null", ND_JSON_NULL);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return scan_number(s);
    default: return fail(s, "expected a value");
    }
}

/* ---- objects and arrays ---- */

static bool in_object(const scanner *s) { return s->objects[(s->depth - 1) / 64] >> (s->depth - 1) % 64 & 1; }

/* Gives the value that has just been scanned, or has just begun at `from`, to the fields that wait for it. */
static void give_value(scanner *s, nd_json_kind kind, const char *from) {
    nd_json_match *m = s->match;
    for (size_t i = 0; i < m->due_count; i++) {
        nd_json_value *slot = &m->slots[m->due[i]];
        if (kind != ND_JSON_OBJECT && kind != ND_JSON_ARRAY) {
            *slot = s->value;
            continue;
        }
        *slot = (nd_json_value){kind, false, {from, 0}};
        m->open_depth[m->due[i]] = (uint16_t)s->depth;
        m->open++;
    }
    m->due_count = 0;
    m->leads = false;
}

static bool open_container(scanner *s) {
    bool object = *s->at == '{';
    if (s->depth == ND_JSON_DEPTH) return fail(s, "nested deeper than 1024");
    uint64_t bit = UINT64_C(1) << s->depth % 64, *word = &s->objects[s->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    s->depth++;
    if (s->match) {
        bool leads = s->match->leads;
        if (s->match->due_count || leads) give_value(s, object ? ND_JSON_OBJECT : ND_JSON_ARRAY, s->at);
        if (object && (leads || s->depth == 1)) s->match->live = s->depth;
    }
    s->at++;
    return true;
}

/* Ends the values that opened with what closes here. */
static void close_values(scanner *s) {
    nd_json_match *m = s->match;
    for (size_t i = 0; i < m->fields->slots; i++) {
        if (m->open_depth[i] != s->depth) continue;
        m->slots[i].raw.size = (size_t)(s->at - m->slots[i].raw.data);
        m->open_depth[i] = 0;
        m->open--;
    }
}

static void close_container(scanner *s) {
    s->at++;
    if (s->match) {
        if (s->match->open) close_values(s);
        if (s->match->live == s->depth) s->match->live--;
    }
    s->depth--;
}

static bool scan_key(scanner *s) {
    skip_space(s);
    if (s->at == s->end || *s->at != '"') return fail(s, "expected a key in quotes");
    if (!scan_string(s)) return false;
    if (s->match && s->match->live == s->depth) nd_json_match_key(s->match, s->value.raw, s->value.escaped);
    skip_space(s);
    if (s->at == s->end || *s->at != ':') return fail(s, "expected ':' after a key");
    s->at++;
    return true;
}

/* Scans a scalar, or opens an object or array; *inside_out says that its first member comes next. */
static bool begin_value(scanner *s, bool *inside_out) {
    *inside_out = false;
    skip_space(s);
    if (s->at == s->end || (*s->at != '{' && *s->at != '[')) {
        if (!scan_scalar(s)) return false;
        if (s->match && (s->match->due_count || s->match->leads)) give_value(s, s->value.kind, NULL);
        return true;
    }
    if (!open_container(s)) return false;
    skip_space(s);
    char close = in_object(s) ? '}' : ']';
    if (s->at < s->end && *s->at == close)
        close_container(s);
    else
        *inside_out = true;
    return true;
}

/* After a value: closes what ends here, until a comma (true) or the end of it all (s->depth is 0). */
static bool end_values(scanner *s) {
    while (s->depth) {
        skip_space(s);
        bool object = in_object(s);
        char c = s->at < s->end ? *s->at : 0;
        if (c == ',') {
            s->at++;
            return true;
        }
        if (c != (object ? '}' : ']')) return fail(s, object ? "expected ',' or '}'" : "expected ',' or ']'");
        close_container(s);
    }
    return true;
}

/* Scans one value with all that is in it. */
static bool scan_value(scanner *s) {
    do {
        bool inside;
        if (!begin_value(s, &inside)) return false;
        if (!inside && !end_values(s)) return false;
        if (s->depth && in_object(s) && !scan_key(s)) return false;
    } while (s->depth);
    return true;
}

static nd_json_kind kind_of(char first) {
    switch (first) {
    case '{': return ND_JSON_OBJECT;
    case '[': return ND_JSON_ARRAY;
    case '"': return ND_JSON_STRING;
    case 't': return ND_JSON_TRUE;
    case 'f': return ND_JSON_FALSE;
    case 'n': return ND_JSON_NULL;
    default: return ND_JSON_NUMBER;
    }
}

static nd_json_kind scan_line(const nd_json_fields *fields, nd_span line, bool known, nd_json_value *values_out,
                              nd_json_error *error_out) {
    nd_json_match match;
    if (!line.size) line.data = ""; /* may have been NULL */
    scanner s = {.begin = line.data, .at = line.data, .end = line.data + line.size, .match = &match, .known = known};
    nd_json_match_begin(&match, fields);
    skip_space(&s);
    const char *first = s.at;
    bool valid = scan_value(&s);
    if (valid) skip_space(&s);
    if (valid && s.at < s.end) valid = fail(&s, "expected nothing more behind the value");
    if (!valid) {
        *error_out = (nd_json_error){(size_t)(s.at - s.begin), s.reason};
        return ND_JSON_NONE;
    }
    nd_json_match_end(&match, values_out);
    return kind_of(*first);
}

nd_json_kind nd_json_scan(const nd_json_fields *fields, nd_span line, nd_json_value *values_out,
                          nd_json_error *error_out) {
    return scan_line(fields, line, false, values_out, error_out);
}

nd_json_kind nd_json_rescan(const nd_json_fields *fields, nd_span line, nd_json_value *values_out,
                            nd_json_error *error_out) {
    return scan_line(fields, line, true, values_out, error_out);
}

/* ---- members and text ---- */

/* Takes the value that the scanner is at, and leaves what follows it in *rest. */
static bool take_value(scanner *s, nd_span *rest, nd_json_value *value_out) {
    const char *from = s->at;
    if (s->at >= s->end || !scan_value(s)) return false;
    if (*from == '{' || *from == '[') s->value = (nd_json_value){kind_of(*from), false, {from, (size_t)(s->at - from)}};
    *value_out = s->value;
    *rest = (nd_span){s->at, (size_t)(s->end - s->at)};
    return true;
}

bool nd_json_next_member(nd_span *rest, nd_span *key_out, nd_json_value *value_out) {
    scanner s = {.begin = rest->data, .at = rest->data, .end = rest->data + rest->size};
    skip_space(&s);
    if (s.at < s.end && (*s.at == '{' || *s.at == ',')) s.at++;
    skip_space(&s);
    if (s.at == s.end || *s.at != '"' || !scan_string(&s)) return false;
    *key_out = s.value.raw;
    skip_space(&s);
    s.at++; /* the colon */
    skip_space(&s);
    return take_value(&s, rest, value_out);
}

bool nd_json_next_element(nd_span *rest, nd_json_value *value_out) {
    scanner s = {.begin = rest->data, .at = rest->data, .end = rest->data + rest->size};
    skip_space(&s);
    if (s.at < s.end && (*s.at == '[' || *s.at == ',')) s.at++;
    skip_space(&s);
    return s.at < s.end && *s.at != ']' && take_value(&s, rest, value_out);
}
