/* SPDX-License-Identifier: MIT */
/*
 * Makes a corpus whose duplicates are known.
 *
 *     generate [--documents N] [--words N] [--copies SHARE] [--edits SHARE] [--seed N] [--text FILE]... > corpus.jsonl
 *
 * Words are drawn by their frequency in the given texts (the articles of fixtures/newswire in bench/run.py), so documents
 * share words but hardly ever five in a row. A document is new, or, with probability `copies`, a copy of one of the new
 * ones before it in which every word is replaced with a probability drawn evenly from 0 to `edits`. Each new document
 * follows from the seed and its own number alone, so a copy can be made of any of them without keeping it.
 *
 * A line is {"id":7,"copy_of":3,"edited":0.02,"text":"..."}; copy_of is null for a new document.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    uint64_t documents, words, seed;
    double copies, edits;
} settings;

/* The words of the texts, each as often as it occurs. */
typedef struct vocabulary {
    char **words;
    size_t count, capacity;
} vocabulary;

static void fail(const char *what, const char *name) {
    fprintf(stderr, "generate: %s%s\n", what, name);
    exit(2);
}

/* SplitMix64. */
static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t bound) { return (size_t)((next(state) >> 32) * (uint64_t)bound >> 32); }

static double unit(uint64_t *state) { return (double)(next(state) >> 11) * 0x1p-53; }

static void read_words(vocabulary *v, const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("cannot read ", path);
    char word[64];
    while (fscanf(file, "%63s", word) == 1) {
        bool plain = true; /* as it stands in JSON */
        for (char *c = word; *c; c++) plain &= (unsigned char)*c >= ' ' && *c != '"' && *c != '\\';
        if (!plain) continue;
        if (v->count == v->capacity) {
            v->capacity = 2 * v->capacity + 1024;
            v->words = realloc(v->words, v->capacity * sizeof *v->words);
            if (!v->words) fail("out of memory", "");
        }
        v->words[v->count] = strdup(word);
        if (!v->words[v->count++]) fail("out of memory", "");
    }
    fclose(file);
}

/* Writes new document `number`, or a copy of it in which words are replaced with probability `edited`. */
static void write_text(const settings *s, const vocabulary *v, uint64_t number, double edited, uint64_t *edits) {
    uint64_t state = s->seed ^ (number + 1) * 0xD6E8FEB86659FD93ULL;
    size_t words = (size_t)s->words / 2 + below(&state, (size_t)s->words + 1); /* half to one and a half times */
    for (size_t i = 0; i < words; i++) {
        const char *word = v->words[below(&state, v->count)];
        if (edited > 0 && unit(edits) < edited) word = v->words[below(edits, v->count)];
        if (i) fputs(i % 80 ? " " : "\\n", stdout);
        fputs(word, stdout);
    }
}

static double read_number(const char *option, const char *text, double most) {
    char *end;
    double number = text ? strtod(text, &end) : -1;
    if (!text || end == text || *end || !(number >= 0 && number <= most)) fail("not a value it can have: ", option);
    return number;
}

int main(int argc, char **argv) {
    settings s = {.documents = 1000000, .words = 430, .seed = 1, .copies = 0.3, .edits = 0.08};
    vocabulary v = {0};
    for (int i = 1; i < argc; i += 2) {
        const char *option = argv[i], *value = argv[i + 1];
        if (strcmp(option, "--text") == 0 && value)
            read_words(&v, value);
        else if (strcmp(option, "--documents") == 0)
            s.documents = (uint64_t)read_number(option, value, 1e15);
        else if (strcmp(option, "--words") == 0)
            s.words = (uint64_t)read_number(option, value, 1e9);
        else if (strcmp(option, "--seed") == 0)
            s.seed = (uint64_t)read_number(option, value, 1e15);
        else if (strcmp(option, "--copies") == 0)
            s.copies = read_number(option, value, 1);
        else if (strcmp(option, "--edits") == 0)
            s.edits = read_number(option, value, 1);
        else
            fail("unknown option ", option);
    }
    if (!v.count) fail("give it words: --text FILE", "");
    uint64_t state = s.seed, originals = 0, *numbers = malloc((size_t)s.documents * sizeof *numbers);
    if (!numbers) fail("out of memory", "");
    for (uint64_t id = 0; id < s.documents; id++) {
        if (originals && unit(&state) < s.copies) {
            uint64_t of = numbers[below(&state, (size_t)originals)];
            double edited = s.edits * unit(&state);
            printf("{\"id\":%" PRIu64 ",\"copy_of\":%" PRIu64 ",\"edited\":%.4f,\"text\":\"", id, of, edited);
            write_text(&s, &v, of, edited, &state);
        } else {
            numbers[originals++] = id;
            printf("{\"id\":%" PRIu64 ",\"copy_of\":null,\"edited\":0,\"text\":\"", id);
            write_text(&s, &v, id, 0, &state);
        }
        fputs("\"}\n", stdout);
    }
    if (fflush(stdout) || ferror(stdout)) fail("cannot write", "");
    for (size_t i = 0; i < v.count; i++) free(v.words[i]);
    free(v.words);
    free(numbers);
    return 0;
}
