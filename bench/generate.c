/* SPDX-License-Identifier: MIT */
/*
 * Makes a corpus whose duplicates are known.
 *
 *     generate [OPTION VALUE]... --text FILE... > corpus.jsonl
 *
 *     --documents N   how many [1000000]
 *     --words N       words of a document, on average [430]
 *     --spread S      lengths are drawn evenly from 1-S to 1+S times the average, 0 to 1 [0.5]
 *     --copies S      share of documents that are copies, 0 to 1 [0.3]
 *     --edits S       a copy has each word replaced with a probability drawn evenly from 0 to S [0.08]
 *     --families HOW  uniform: a copy is made of any original, families are small; heavy: of the original of any
 *                     document so far, so that large families grow larger, as a power law [uniform]
 *     --units WHAT    words, or characters, for scripts without spaces: what is said of words is said of them [words]
 *     --seed N        another seed, another corpus [1]
 *     --text FILE     takes its words from here; at least one
 *
 * Words are drawn by their frequency in the texts, so documents share words but hardly ever five in a row. Each
 * original follows from the seed and its own number alone, so a copy can be made of any of them without keeping it.
 *
 * A line is {"id":7,"copy_of":3,"edited":0.02,"text":"..."}; copy_of is the original, null for an original.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORD = 63, WORDS_IN_LINE = 80, OUTPUT_SIZE = 1 << 20 };

typedef struct settings {
    uint64_t documents, words, seed;
    double spread, copies, edits;
    bool heavy, characters;
} settings;

/* A word as it stands in JSON. Of fixed size, so that it is copied without a loop. */
typedef struct word {
    uint8_t size;
    char text[MOST_WORD];
} word;

/* The words of the texts, each as often as it occurs. */
typedef struct vocabulary {
    word *words;
    size_t count, capacity;
} vocabulary;

/* What was not written to standard output yet. */
typedef struct output {
    char data[OUTPUT_SIZE + sizeof(word)];
    size_t size;
} output;

static void fail(const char *what, const char *name) {
    fprintf(stderr, "generate: %s%s\n", what, name);
    exit(2);
}

/* ---- chance: SplitMix64 ---- */

static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t bound) { return (size_t)((next(state) >> 32) * (uint64_t)bound >> 32); }

static double unit(uint64_t *state) { return (double)(next(state) >> 11) * 0x1p-53; }

/* ---- words ---- */

static void add_word(vocabulary *v, const word *w) {
    if (v->count == v->capacity) {
        v->capacity = 2 * v->capacity + 1024;
        v->words = realloc(v->words, v->capacity * sizeof *v->words);
        if (!v->words) fail("out of memory", "");
    }
    v->words[v->count++] = *w;
}

/* Words are what white space separates; those that would need an escape in JSON, or are very long, are left out. */
static void read_words(vocabulary *v, const settings *s, const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("cannot read ", path);
    word w = {0};
    bool fits = true;
    for (int c; (c = getc(file)) != EOF || w.size > 0;) {
        bool space = c == EOF || c <= ' ';
        bool starts = s->characters && (c & 0xC0) != 0x80; /* the first byte of a character in UTF-8 */
        if ((space || starts) && w.size > 0) {
            if (fits) add_word(v, &w);
            w = (word){0};
            fits = true;
        }
        if (c == EOF) break;
        if (space) continue;
        fits &= c != '"' && c != '\\' && w.size < MOST_WORD;
        if (w.size < MOST_WORD) w.text[w.size++] = (char)c;
    }
    if (ferror(file)) fail("cannot read ", path);
    fclose(file);
}

/* ---- writing ---- */

static void flush(output *out) {
    if (fwrite(out->data, 1, out->size, stdout) != out->size) fail("cannot write", "");
    out->size = 0;
}

static void put(output *out, const char *text) {
    size_t size = strlen(text);
    if (out->size + size > OUTPUT_SIZE) flush(out);
    memcpy(out->data + out->size, text, size);
    out->size += size;
}

static void put_word(output *out, const word *w) {
    if (out->size + w->size > OUTPUT_SIZE) flush(out);
    memcpy(out->data + out->size, w->text, MOST_WORD);
    out->size += w->size;
}

/* Writes original `number`, or a copy of it in which words are replaced with probability `edited`. */
static void write_text(output *out, const settings *s, const vocabulary *v, uint64_t number, double edited,
                       uint64_t *edits) {
    uint64_t state = s->seed ^ (number + 1) * 0xD6E8FEB86659FD93ULL;
    size_t least = (size_t)((double)s->words * (1 - s->spread)), most = (size_t)((double)s->words * (1 + s->spread));
    size_t words = least + below(&state, most - least + 1);
    for (size_t i = 0; i < words; i++) {
        const word *w = &v->words[below(&state, v->count)];
        if (edited > 0 && unit(edits) < edited) w = &v->words[below(edits, v->count)];
        if (i && i % WORDS_IN_LINE == 0)
            put(out, "\\n");
        else if (i && !s->characters)
            put(out, " ");
        put_word(out, w);
    }
}

static void write_corpus(output *out, const settings *s, const vocabulary *v) {
    /* What a copy can be drawn of: originals, and in heavy families the original of every copy once more. */
    uint64_t state = s->seed, count = 0, *drawn = malloc((size_t)s->documents * sizeof *drawn + 1);
    if (!drawn) fail("out of memory", "");
    for (uint64_t id = 0; id < s->documents; id++) {
        char head[128];
        uint64_t of = id;
        double edited = 0;
        if (count && unit(&state) < s->copies) {
            of = drawn[below(&state, (size_t)count)];
            edited = s->edits * unit(&state);
            snprintf(head, sizeof head, "{\"id\":%" PRIu64 ",\"copy_of\":%" PRIu64 ",\"edited\":%.4f,\"text\":\"", id,
                     of, edited);
        } else {
            snprintf(head, sizeof head, "{\"id\":%" PRIu64 ",\"copy_of\":null,\"edited\":0,\"text\":\"", id);
        }
        if (of == id || s->heavy) drawn[count++] = of;
        put(out, head);
        write_text(out, s, v, of, edited, &state);
        put(out, "\"}\n");
    }
    flush(out);
    free(drawn);
}

/* ---- options ---- */

static double read_number(const char *option, const char *text, double most) {
    char *end;
    double number = text ? strtod(text, &end) : -1;
    if (!text || end == text || *end || !(number >= 0 && number <= most)) fail("not a value it can have: ", option);
    return number;
}

/* Whether the value is the second of two words. */
static bool read_choice(const char *option, const char *text, const char *first, const char *second) {
    if (!text || (strcmp(text, first) != 0 && strcmp(text, second) != 0)) fail("not a value it can have: ", option);
    return strcmp(text, second) == 0;
}

static void read_option(settings *s, const char *option, const char *value) {
    if (strcmp(option, "--documents") == 0)
        s->documents = (uint64_t)read_number(option, value, 0xFFFFFFFF); /* what below() draws from */
    else if (strcmp(option, "--words") == 0)
        s->words = (uint64_t)read_number(option, value, 1e9);
    else if (strcmp(option, "--spread") == 0)
        s->spread = read_number(option, value, 1);
    else if (strcmp(option, "--copies") == 0)
        s->copies = read_number(option, value, 1);
    else if (strcmp(option, "--edits") == 0)
        s->edits = read_number(option, value, 1);
    else if (strcmp(option, "--families") == 0)
        s->heavy = read_choice(option, value, "uniform", "heavy");
    else if (strcmp(option, "--units") == 0)
        s->characters = read_choice(option, value, "words", "characters");
    else if (strcmp(option, "--seed") == 0)
        s->seed = (uint64_t)read_number(option, value, 1e15);
    else if (strcmp(option, "--text") != 0 || !value)
        fail("unknown option, or without a value: ", option);
}

int main(int argc, char **argv) {
    settings s = {.documents = 1000000, .words = 430, .seed = 1, .spread = 0.5, .copies = 0.3, .edits = 0.08};
    for (int i = 1; i < argc; i += 2) read_option(&s, argv[i], argv[i + 1]);
    vocabulary v = {0};
    for (int i = 1; i < argc; i += 2)
        if (strcmp(argv[i], "--text") == 0) read_words(&v, &s, argv[i + 1]);
    if (!v.count) fail("give it words: --text FILE", "");
    static output out;
    write_corpus(&out, &s, &v);
    if (fflush(stdout)) fail("cannot write", "");
    free(v.words);
    return 0;
}
