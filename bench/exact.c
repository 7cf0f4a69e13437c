/* SPDX-License-Identifier: MIT */
/*
 * The exact answer, to hold what a scan finds against: every pair of documents whose Jaccard index is at least T.
 *
 *     exact T < documents > pairs
 *
 * Input: repeated, the length in bytes of a document (four bytes, little-endian) and that many bytes of UTF-8.
 * Output: a line for each pair, "a b shared size_a size_b": documents by their place in the input, a < b, rising, the
 * shingles they share, and those each has.
 *
 * Shares no code with neardup and knows no sketch: characters are classified and tokens folded by utf8proc itself,
 * tokens and shingles are compared byte by byte, and shared shingles are counted through an inverted index, all of
 * them, without a bound that could cut a pair off. Its time grows with the squares of the frequencies of shingles: it
 * is for corpora of some ten thousand documents.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { SHINGLE = 5 };

static void fail(const char *what) {
    fprintf(stderr, "exact: %s\n", what);
    exit(2);
}

/* At least `count` elements of `size` bytes, growing by doubling. */
static void *reserve(void *data, size_t *capacity, size_t count, size_t size) {
    if (data && count <= *capacity) return data;
    while (*capacity < count || !*capacity) *capacity = 2 * *capacity + 1024;
    data = realloc(data, *capacity * size);
    if (!data) fail("out of memory");
    return data;
}

/* ---- numbers for strings ---- */

/* Different strings have different numbers, 0, 1, 2, ... in the order they came. */
typedef struct names {
    char *bytes;
    size_t *ends;                       /* of each string in bytes */
    uint32_t *slots, slot_count, count; /* a slot is a number plus one, or 0 */
    size_t bytes_capacity, ends_capacity;
} names;

static uint64_t hash(const void *data, size_t size) {
    uint64_t h = 0xCBF29CE484222325ULL; /* FNV-1a, stirred at the end because low bits choose the slot */
    for (size_t i = 0; i < size; i++) h = (h ^ ((const unsigned char *)data)[i]) * 0x100000001B3ULL;
    return (h ^ h >> 32) * 0x9E3779B97F4A7C15ULL >> 16;
}

static size_t start_of(const names *n, uint32_t number) { return number ? n->ends[number - 1] : 0; }

static uint32_t *slot_of(const names *n, const void *data, size_t size) {
    for (uint64_t at = hash(data, size);; at++) {
        uint32_t *slot = &n->slots[at & (n->slot_count - 1)];
        if (!*slot) return slot;
        size_t start = start_of(n, *slot - 1), length = n->ends[*slot - 1] - start;
        if (length == size && memcmp(n->bytes + start, data, size) == 0) return slot;
    }
}

static void grow_slots(names *n) {
    if (n->slot_count >= 1U << 31) fail("too much text");
    free(n->slots);
    n->slot_count = n->slot_count ? 2 * n->slot_count : 1024;
    n->slots = calloc(n->slot_count, sizeof *n->slots);
    if (!n->slots) fail("out of memory");
    for (uint32_t i = 0; i < n->count; i++) {
        size_t start = start_of(n, i);
        *slot_of(n, n->bytes + start, n->ends[i] - start) = i + 1;
    }
}

static uint32_t number_of(names *n, const void *data, size_t size) {
    if (2 * (uint64_t)n->count >= n->slot_count) grow_slots(n);
    uint32_t *slot = slot_of(n, data, size);
    if (!*slot) {
        size_t start = n->count ? n->ends[n->count - 1] : 0;
        n->bytes = reserve(n->bytes, &n->bytes_capacity, start + size, 1);
        n->ends = reserve(n->ends, &n->ends_capacity, (size_t)n->count + 1, sizeof *n->ends);
        memcpy(n->bytes + start, data, size);
        n->ends[n->count++] = start + size;
        *slot = n->count;
    }
    return *slot - 1;
}

static void names_release(names *n) {
    free(n->bytes);
    free(n->ends);
    free(n->slots);
}

/* ---- tokens ---- */

typedef enum role { SEPARATOR, IGNORED, WORD, SINGLE, MARK } role;

static bool in(int32_t c, int32_t first, int32_t last) { return first <= c && c <= last; }

/* Scripts written without spaces: every character is a token. */
static bool is_unspaced(int32_t c) {
    return in(c, 0xE00, 0xEFF) || in(c, 0x1000, 0x109F) || in(c, 0x1780, 0x17FF) || c == 0x3005 || c == 0x3007 ||
           in(c, 0x3041, 0x30FF) || in(c, 0x31F0, 0x31FF) || in(c, 0x3400, 0x4DBF) || in(c, 0x4E00, 0x9FFF) ||
           in(c, 0xF900, 0xFAFF) || in(c, 0xFF66, 0xFF9D) || in(c, 0x20000, 0x3FFFF);
}

static role role_of(int32_t c) {
    const char *category = utf8proc_category_string(c);
    if (in(c, 0xFF9E, 0xFF9F) || category[0] == 'M') return MARK;
    if (category[0] == 'L' || category[0] == 'N') return is_unspaced(c) ? SINGLE : WORD;
    return strcmp(category, "Cf") == 0 ? IGNORED : SEPARATOR;
}

/* Numbers of the tokens of one document after the other. */
typedef struct tokenizer {
    names raw, folded;
    uint32_t *folded_of; /* by number of the raw token: the folded one's plus one, 0 where nothing is left */
    size_t folded_capacity;
    unsigned char *open; /* the token being read */
    size_t open_size, open_capacity;
    bool single; /* it is a character of an unspaced script */
    uint32_t *tokens;
    size_t count, capacity;
} tokenizer;

static uint32_t fold(tokenizer *t) {
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t size =
        utf8proc_map(t->open, (utf8proc_ssize_t)t->open_size, &out,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    if (size < 0) fail("utf8proc cannot fold a token");
    uint32_t number = size ? number_of(&t->folded, out, (size_t)size) + 1 : 0;
    free(out);
    return number;
}

static void close_token(tokenizer *t) {
    if (!t->open_size) return;
    uint32_t known = t->raw.count, raw = number_of(&t->raw, t->open, t->open_size);
    if (raw == known) {
        t->folded_of = reserve(t->folded_of, &t->folded_capacity, (size_t)raw + 1, sizeof *t->folded_of);
        t->folded_of[raw] = fold(t);
    }
    if (t->folded_of[raw]) {
        t->tokens = reserve(t->tokens, &t->capacity, t->count + 1, sizeof *t->tokens);
        t->tokens[t->count++] = t->folded_of[raw];
    }
    t->open_size = 0;
}

static void add_character(tokenizer *t, int32_t c, const unsigned char *bytes, size_t size) {
    role r = role_of(c);
    if (r == IGNORED) return;
    if (r == SEPARATOR || r == SINGLE || (r == WORD && t->single)) close_token(t);
    if (r == SEPARATOR) return;
    if (!t->open_size) t->single = r == SINGLE;
    t->open = reserve(t->open, &t->open_capacity, t->open_size + size, 1);
    memcpy(t->open + t->open_size, bytes, size);
    t->open_size += size;
}

/* Leaves the tokens of a text in t->tokens: none if over a hundredth of its bytes are not UTF-8. */
static void tokenize(tokenizer *t, const unsigned char *text, size_t size) {
    size_t bad = 0;
    t->count = 0;
    for (size_t at = 0; at < size;) {
        int32_t c;
        utf8proc_ssize_t got = utf8proc_iterate(text + at, (utf8proc_ssize_t)(size - at), &c);
        if (got > 0) {
            add_character(t, c, text + at, (size_t)got);
        } else {
            close_token(t);
            bad++;
            got = 1;
        }
        at += (size_t)got;
    }
    close_token(t);
    if (100 * bad > size) t->count = 0;
}

static void tokenizer_release(tokenizer *t) {
    names_release(&t->raw);
    names_release(&t->folded);
    free(t->folded_of);
    free(t->open);
    free(t->tokens);
}

/* ---- sets ---- */

/* The shingles of document d are shingles[ends[d - 1]] to shingles[ends[d]], each once, rising. */
typedef struct sets {
    names numbers;
    uint32_t *shingles;
    size_t *ends, count, shingle_capacity, end_capacity;
} sets;

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static size_t first_of(const sets *s, size_t document) { return document ? s->ends[document - 1] : 0; }

static void add_document(sets *s, const uint32_t *tokens, size_t count) {
    size_t first = first_of(s, s->count), end = first, width = count < SHINGLE ? count : SHINGLE;
    for (size_t i = 0; width && i + width <= count; i++) {
        s->shingles = reserve(s->shingles, &s->shingle_capacity, end + 1, sizeof *s->shingles);
        s->shingles[end++] = number_of(&s->numbers, tokens + i, width * sizeof *tokens);
    }
    if (end > first) qsort(s->shingles + first, end - first, sizeof *s->shingles, by_number);
    size_t kept = first;
    for (size_t i = first; i < end; i++)
        if (i == first || s->shingles[i] != s->shingles[i - 1]) s->shingles[kept++] = s->shingles[i];
    s->ends = reserve(s->ends, &s->end_capacity, s->count + 1, sizeof *s->ends);
    s->ends[s->count++] = kept;
}

static void sets_release(sets *s) {
    names_release(&s->numbers);
    free(s->shingles);
    free(s->ends);
}

static void read_documents(sets *s) {
    tokenizer t = {0};
    unsigned char *text = NULL, head[4];
    size_t capacity = 0, got;
    while ((got = fread(head, 1, sizeof head, stdin)) == sizeof head) {
        size_t size = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        text = reserve(text, &capacity, size, 1);
        if (fread(text, 1, size, stdin) != size) fail("the last document is cut off");
        tokenize(&t, text, size);
        add_document(s, t.tokens, t.count);
    }
    if (got || ferror(stdin)) fail("the last document is cut off");
    free(text);
    tokenizer_release(&t);
}

/* ---- pairs ---- */

/* The documents that have shingle x are documents[starts[x]] to documents[starts[x + 1]], rising. */
typedef struct postings {
    size_t *starts, *after; /* after[x]: behind the document whose partners are being counted */
    uint32_t *documents;
} postings;

static postings invert(const sets *s) {
    size_t total = first_of(s, s->count), numbers = s->numbers.count;
    postings p = {calloc(numbers + 1, sizeof(size_t)), malloc((numbers + 1) * sizeof(size_t)),
                  malloc((total + 1) * sizeof(uint32_t))};
    if (!p.starts || !p.after || !p.documents) fail("out of memory");
    for (size_t i = 0; i < total; i++) p.starts[s->shingles[i] + 1]++;
    for (size_t x = 0; x < numbers; x++) p.starts[x + 1] += p.starts[x];
    memcpy(p.after, p.starts, (numbers + 1) * sizeof *p.after);
    for (size_t d = 0; d < s->count; d++)
        for (size_t i = first_of(s, d); i < s->ends[d]; i++) p.documents[p.after[s->shingles[i]]++] = (uint32_t)d;
    memcpy(p.after, p.starts, (numbers + 1) * sizeof *p.after);
    return p;
}

static void write_partners(const sets *s, size_t a, const uint32_t *shared, double threshold) {
    size_t size_a = s->ends[a] - first_of(s, a);
    for (size_t b = a + 1; b < s->count; b++) {
        size_t size_b = s->ends[b] - first_of(s, b), both = shared[b];
        if (both && (double)both / (double)(size_a + size_b - both) >= threshold)
            printf("%zu %zu %zu %zu %zu\n", a, b, both, size_a, size_b);
    }
}

static void write_pairs(const sets *s, double threshold) {
    postings p = invert(s);
    uint32_t *shared = malloc((s->count + 1) * sizeof *shared); /* with each later document */
    if (!shared) fail("out of memory");
    for (size_t a = 0; a < s->count; a++) {
        memset(shared, 0, s->count * sizeof *shared);
        for (size_t i = first_of(s, a); i < s->ends[a]; i++) {
            uint32_t x = s->shingles[i];
            p.after[x]++;
            for (size_t at = p.after[x]; at < p.starts[x + 1]; at++) shared[p.documents[at]]++;
        }
        write_partners(s, a, shared, threshold);
    }
    free(shared);
    free(p.starts);
    free(p.after);
    free(p.documents);
}

int main(int argc, char **argv) {
    char *end = NULL;
    double threshold = argc == 2 ? strtod(argv[1], &end) : 0;
    if (argc != 2 || *end || !(threshold > 0 && threshold <= 1))
        fail("usage: exact T < documents > pairs (0 < T <= 1)");
    sets s = {0};
    read_documents(&s);
    write_pairs(&s, threshold);
    if (fflush(stdout) || ferror(stdout)) fail("cannot write");
    sets_release(&s);
    return 0;
}
