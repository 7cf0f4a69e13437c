/* SPDX-License-Identifier: MIT */
/*
 * What each stage between text and band keys costs on this machine, for each table of kernels and five sorts of text:
 *
 *     stages [--kernels NAME] [--size BYTES] [--total BYTES] [--runs N] [--script NAME]
 *
 * Texts are drawn from a fixed seed. Each stage goes over all of them with what the stages before it made, several
 * times; the median counts. Prints nanoseconds a unit (token, shingle, document) and megabytes of text a second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "engine/kernels.h"
#include "engine/workspace.h"
#include "io/json.h"
#include "sketch/banding.h"
#include "text/utf8.h"

static void check(bool held, const char *what) {
    if (held) return;
    fprintf(stderr, "stages: %s\n", what);
    exit(2);
}

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    check(memory != NULL, "out of memory");
    return memory;
}

/* ---- texts ---- */

static uint64_t random_state;

static uint32_t draw(uint32_t below) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

typedef struct alphabet {
    const char *name;
    uint32_t first, letters; /* its letters are these code points */
    unsigned longest;        /* word; 0: no spaces, a mark every dozen letters */
    uint32_t comma;
} alphabet;

static const alphabet scripts[] = {
    {"english", 'a', 26, 8, ','},  {"curly", 'a', 26, 8, 0x2019},    {"cyrillic", 0x430, 32, 10, ','},
    {"greek", 0x3B1, 25, 10, ','}, {"cjk", 0x4E00, 3000, 0, 0x3002},
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

/* Appends code points until `size` bytes are there, less one word at the most. Returns how many bytes. */
static size_t draw_text(const alphabet *script, size_t size, uint8_t *text_out) {
    size_t at = 0;
    while (at + 64 < size) {
        unsigned length = script->longest ? 1 + draw(script->longest) : 4 + draw(16);
        for (unsigned i = 0; i < length; i++) {
            uint32_t letter = script->first + (draw(script->letters) * (draw(4) ? 1 : 0) + draw(script->letters)) / 2;
            if (i == 0 && script->longest && !draw(8)) letter -= script->first < 0x80 || script->first > 0x400 ? 32 : 0;
            at += nd_utf8_write(letter, text_out + at);
        }
        if (!draw(9) || !script->longest) at += nd_utf8_write(script->comma, text_out + at);
        if (script->longest) text_out[at++] = ' ';
    }
    return at;
}

/* One document and what every stage makes of it. */
typedef struct document {
    uint8_t *text, *lower, *line;
    size_t size, line_size, edge_count, token_count, set_size;
    uint64_t *word, *special, *tokens, *shingles, *set, *other;
    uint16_t *edges;
    uint32_t signature[ND_SIGNATURE], *values;
} document;

typedef struct corpus {
    const nd_kernels *kernels;
    document *documents;
    size_t count, bytes, tokens;
    nd_workspace workspace;
    nd_json_fields *fields;
    uint64_t sink; /* so that nothing is optimised away */
} corpus;

/* ---- stages ---- */

static void run_classify(corpus *c, document *d) {
    static const uint8_t special[2] = {0x80, 0x80};
    c->kernels->text->classify(d->text, (d->size + 63) / 64, special, d->lower, d->word, d->special);
}

static void run_edges(corpus *c, document *d) {
    d->edge_count = c->kernels->text->list_edges(d->word, 0, d->size, d->edges) & ~(size_t)1;
}

static void run_token_hash(corpus *c, document *d) {
    c->kernels->text->hash_tokens(d->lower, d->edges, d->edge_count / 2, 0, d->tokens);
}

static void tokenise(corpus *c, document *d, bool json) {
    nd_token_rules rules = {.kernels = c->kernels->text};
    neardup_text text = {.data = d->text, .size = d->size, .form = json ? NEARDUP_JSON : NEARDUP_PLAIN};
    check(nd_tokenize(&rules, &text, &c->workspace.tokens) == NEARDUP_OK, "tokenising failed");
    d->token_count = c->workspace.tokens.count;
}

static void run_tokenise(corpus *c, document *d) { tokenise(c, d, false); }

static void run_tokenise_json(corpus *c, document *d) { tokenise(c, d, true); }

static void run_shingle_hash(corpus *c, document *d) {
    c->kernels->text->hash_shingles(d->tokens, d->token_count - 4, 5, d->shingles);
}

static void run_identity(corpus *c, document *d) {
    c->sink += nd_hash128_of(d->tokens, d->token_count * sizeof *d->tokens, 0).low;
}

static void run_checksum(corpus *c, document *d) { c->sink += nd_hash64(d->text, d->size, 0); }

static void run_sketch(corpus *c, document *d) {
    nd_sketch(d->shingles, d->token_count - 4, c->kernels->fill, d->values, d->signature);
}

static void run_fill(corpus *c, document *d) {
    uint8_t bins[16];
    for (unsigned i = 0; i < 16; i++) bins[i] = (uint8_t)(16 * i);
    uint32_t signature[ND_SIGNATURE];
    c->kernels->fill(d->values, (d->token_count - 4) / ND_FILL_VALUES * ND_FILL_VALUES, bins, 16, signature);
    c->sink += signature[32];
}

static void run_band_keys(corpus *c, document *d) {
    uint64_t keys[42];
    nd_band_keys(d->signature, (nd_banding){42, 6}, keys);
    c->sink += keys[0] ^ keys[41];
}

static void run_digest(corpus *c, document *d) { c->sink += nd_digest_of(d->signature).words[3]; }

static void run_copy(corpus *c, document *d) {
    nd_shingles *s = &c->workspace.shingles;
    s->count = d->token_count - 4;
    memcpy(s->hashes, d->shingles, s->count * sizeof *s->hashes);
}

static void run_set(corpus *c, document *d) {
    run_copy(c, d);
    nd_set set;
    check(nd_workspace_set(&c->workspace, &set) == NEARDUP_OK, "no set");
    c->sink += set.hashes[0];
}

static void run_shared(corpus *c, document *d) {
    c->sink += nd_set_shared((nd_set){d->set, d->set_size}, (nd_set){d->other, d->set_size}, 0);
}

static void run_json(corpus *c, document *d) {
    nd_json_error error;
    nd_json_value values[1];
    check(nd_json_scan(c->fields, (nd_span){(char *)d->line, d->line_size}, values, &error) != ND_JSON_NONE,
          "bad line");
}

typedef struct step {
    const char *name, *unit;
    void (*run)(corpus *, document *);
    bool of_any_script;
} step;

static const step stages[] = {
    {"json scan", "token", run_json, true},           {"checksum", "token", run_checksum, false},
    {"tokenise", "token", run_tokenise, true},        {"tokenise as json", "token", run_tokenise_json, true},
    {"  classify", "token", run_classify, false},     {"  edges", "token", run_edges, false},
    {"  token hash", "token", run_token_hash, false}, {"shingle hash", "token", run_shingle_hash, false},
    {"identity", "token", run_identity, false},       {"sketch", "token", run_sketch, false},
    {"  fill 16 bins", "token", run_fill, false},     {"band keys", "document", run_band_keys, false},
    {"digest", "document", run_digest, false},        {"set (and a copy)", "token", run_set, false},
    {"  the copy", "token", run_copy, false},         {"shared, half", "token", run_shared, false},
};
enum { STAGES = sizeof stages / sizeof *stages };

/* ---- preparation and measurement ---- */

/* Makes what the stages take, in their order. */
static void prepare(corpus *c, document *d, const alphabet *script, size_t size) {
    size_t room = (size + 127) / 64 * 64;
    d->text = allocate(room, 1);
    d->size = draw_text(script, size, d->text);
    d->line = allocate(room + 16, 1);
    d->line_size = (size_t)sprintf((char *)d->line, "{\"t\":\"%s\"}", (char *)d->text);
    d->lower = allocate(room, 1);
    d->word = allocate(room / 64, sizeof *d->word);
    d->special = allocate(room / 64, sizeof *d->special);
    d->edges = allocate(room + 128, sizeof *d->edges);
    run_tokenise(c, d);
    check(d->token_count > 16, "--size is too small");
    d->tokens = allocate(room, sizeof *d->tokens);
    d->shingles = allocate(room, sizeof *d->shingles);
    d->values = allocate(room, sizeof *d->values);
    memcpy(d->tokens, c->workspace.tokens.hashes, d->token_count * sizeof *d->tokens);
    run_classify(c, d);
    run_edges(c, d);
    run_shingle_hash(c, d);
    run_sketch(c, d);
    for (size_t i = 0; i < d->token_count - 4; i++) d->values[i] = (uint32_t)d->shingles[i];
    nd_shingles *s = &c->workspace.shingles;
    check(!nd_reserve(&s->hashes, &s->capacity, room, sizeof *s->hashes), "out of memory");
    nd_set set;
    run_copy(c, d);
    check(!nd_workspace_set(&c->workspace, &set), "no set");
    d->set = allocate(room, sizeof *d->set);
    d->other = allocate(room, sizeof *d->other);
    d->set_size = set.size;
    memcpy(d->set, set.hashes, set.size * sizeof *d->set);
    memcpy(d->other, set.hashes, set.size * sizeof *d->other);
    for (size_t i = 0; i < set.size; i++)
        if (draw(2)) d->other[i] ^= 1;
    c->bytes += d->size;
    c->tokens += d->token_count;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds that the stage takes for all documents: the median of `runs`, each of at least 5 ms. */
static double measure(corpus *c, const step *stage, unsigned runs) {
    double times[99];
    for (unsigned run = 0; run < runs; run++) {
        size_t rounds = 0;
        double begin = now(), end;
        do {
            for (size_t i = 0; i < c->count; i++) stage->run(c, &c->documents[i]);
            rounds++;
            end = now();
        } while (end - begin < 5e-3);
        times[run] = (end - begin) / (double)rounds;
    }
    qsort(times, runs, sizeof *times, compare_doubles);
    return times[runs / 2];
}

typedef struct request {
    const char *kernels, *script;
    size_t size, total;
    unsigned runs;
} request;

static void measure_script(const request *settings, const char *kernels, const alphabet *script) {
    corpus c = {.kernels = nd_kernels_find(kernels), .count = settings->total / settings->size};
    if (!c.kernels) return;
    random_state = 1;
    check(!nd_json_fields_create((const char *const[]){"t"}, 1, &c.fields, NULL), "no fields");
    c.documents = allocate(c.count, sizeof *c.documents);
    for (size_t i = 0; i < c.count; i++) prepare(&c, &c.documents[i], script, settings->size);
    printf("%s kernels, %s: %zu documents of %zu tokens\n", c.kernels->name, script->name, c.count, c.tokens / c.count);
    for (size_t i = 0; i < STAGES; i++) {
        if (!stages[i].of_any_script && script != scripts) continue;
        double seconds = measure(&c, &stages[i], settings->runs);
        size_t units = strcmp(stages[i].unit, "token") == 0 ? c.tokens : c.count;
        printf("  %-18s %8.2f ns a %-8s %8.0f MB/s\n", stages[i].name, 1e9 * seconds / (double)units, stages[i].unit,
               1e-6 * (double)c.bytes / seconds);
    }
    fflush(stdout);
}

static size_t number(const char *text, size_t least, size_t most) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    check(!*end && value >= least && value <= most, "a number is out of range");
    return value;
}

int main(int argc, char **argv) {
    request s = {.size = 2600, .total = 256 << 10, .runs = 9};
    for (int i = 1; i < argc; i += 2) {
        check(i + 1 < argc, "usage: stages [--kernels NAME] [--size BYTES] [--total BYTES] [--runs N] [--script NAME]");
        if (!strcmp(argv[i], "--kernels"))
            s.kernels = argv[i + 1];
        else if (!strcmp(argv[i], "--script"))
            s.script = argv[i + 1];
        else if (!strcmp(argv[i], "--size"))
            s.size = number(argv[i + 1], 256, 65000);
        else if (!strcmp(argv[i], "--total"))
            s.total = number(argv[i + 1], 1 << 16, 1 << 30);
        else if (!strcmp(argv[i], "--runs"))
            s.runs = (unsigned)number(argv[i + 1], 1, 99);
        else
            check(false, "unknown option");
    }
    static const char *const names[] = {"portable", "avx2", "neon"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        for (size_t i = 0; i < SCRIPTS; i++)
            if ((!s.kernels || !strcmp(s.kernels, names[k])) && (!s.script || !strcmp(s.script, scripts[i].name)))
                measure_script(&s, names[k], &scripts[i]);
    return 0;
}
