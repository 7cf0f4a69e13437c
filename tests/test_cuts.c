/* SPDX-License-Identifier: MIT */
/* Repeated passages are cut out, or marked, and put back: what goes, what stays, what is said of it. */
#define _GNU_SOURCE /* memmem */
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/scene.h"
#include "support/text.h"

/* ---- cases ---- */

/*
 * p A N is a paragraph of one sentence of 25 words that depend on A and N; rec ID TEXT... a record whose paragraphs are
 * apart by an empty line. One article has paragraphs x1 to x3 between its own; others have them, too.
 */
static const char helpers[] =
    "p() { printf 'Word%s%s.' $1$2 \"$(seq -f \" $1$2n%g\" -s '' 24)\"; }\n"
    "rec() { printf '{\"id\":\"%s\",\"text\":\"' $1; shift; s=; for w; do printf '%s%s' \"$s\" \"$w\"; s='\\n\\n'; "
    "done; "
    "echo '\",\"n\":[1, 2]}'; }\n"
    "P=--find=documents,passages; N=\"$NEARDUP dedup -q $P\"; C='--passages cut'\n"
    "x1=$(p x 1); x2=$(p x 2); x3=$(p x 3); a1=$(p a 1); a2=$(p a 2); b1=$(p b 1); b2=$(p b 2); c1=$(p c 1)\n"
    "{ rec a \"$a1\" \"$x1\" \"$x2\" \"$a2\"; rec b \"$b1\" \"$x1\" \"$x2\" \"$b2\"; } >r.jsonl\n";

static const scene_case cases[] = {
    /* whole paragraphs, with their line break; the first place stays */
    {"$N $C r.jsonl -o o; rec b \"$b1\" \"$b2\" >e; head -n 1 r.jsonl | cat - e | cmp - o", 0, "", ""},
    {"$N r.jsonl -o o; cmp o r.jsonl; $N --passages leave r.jsonl -o o; cmp o r.jsonl", 0, "", ""},
    /* at the end and the beginning of a text */
    {"{ rec a \"$a1\" \"$x1\"; rec b \"$b1\" \"$x1\"; rec c \"$x1\" \"$c1\"; } >i; $N $C --format jsonl i -o o; "
     "{ rec a \"$a1\" \"$x1\"; rec b \"$b1\"; rec c \"$c1\"; } | cmp - o",
     0, "", ""},
    {"{ rec a \"$a1\" \"$a2\" \"$x1\"; rec b \"$x1\"; } >i; $N $C --format jsonl i -o - | jq -c '[.id, .text]' | tail "
     "-n 1",
     0, "[\"b\",\"\"]\n", ""},
    /* sentences: inward, the space with them, and before what follows in a paragraph its indentation */
    {"{ rec a \"$a1 $x1 $x2\"; rec b \"  $x1 $b1 $x2 Tail $b2 $x1 $x2\" \"$c1\"; } >i; $N $C --format jsonl i -o o; "
     "{ rec a \"$a1 $x1 $x2\"; rec b \"  $b1 Tail $b2\" \"$c1\"; } | cmp - o",
     0, "", ""},
    {"{ rec a \"$a1 Begin then $x1 And off.\"; rec b \"$b1 But so $x1, or on.\"; } >i; $N $C --format jsonl i -o o; "
     "cmp i o; $N $C --format jsonl i -o - --decisions w | wc -l; grep -c cut w; :",
     0, "2\n0\n", ""},
    /* a document that repeats itself */
    {"{ rec a \"$x1\" \"$a1\" \"$x1\" \"$a2\"; rec b \"$b1\"; } >i; $N $C --format jsonl i -o - | head -n 1 >o; "
     "rec a \"$x1\" \"$a1\" \"$a2\" | cmp - o",
     0, "", ""},
    /* escapes, ids and all else stay as they are */
    {"{ rec a \"$x1\" \"$a1\"; rec b \"\\\\u0041\\\\/ \\\\ud83d\\\\ude00 $b1\" \"$x1\" \"\\\\t\\\\\\\"$b2\"; } | sed "
     "'s/$/ /' >i; "
     "$N $C --format jsonl i -o o; "
     "{ rec a \"$x1\" \"$a1\"; rec b \"\\\\u0041\\\\/ \\\\ud83d\\\\ude00 $b1\" \"\\\\t\\\\\\\"$b2\"; } | sed 's/$/ /' "
     "| cmp - o",
     0, "", ""},
    /* only what is nearly the same: 24 of 25 words are .96, 23 are not enough */
    {"{ rec a \"$x1\" \"$a1\"; rec b \"$b1\" \"$(echo \"$x1\" | sed 's/x1n9 /other /')\"; "
     "rec c \"$c1\" \"$(echo \"$x1\" | sed 's/x1n9 /other /; s/x1n15 /one /')\"; } >i; "
     "$N $C --format jsonl i -o - --decisions w | jq -r .text | grep -c '^Wordx1'; jq -c '[.id, .identity]' w | grep b",
     0, "2\n[\"b\",0.96]\n", ""},
    /* documents that go are left out as ever, and nothing is cut of them */
    {"{ cat r.jsonl; tail -n 1 r.jsonl; } >i; $N $C --format jsonl i -o o --dropped g --decisions w; wc -l <o; "
     "jq -r '[.action, .record] | @tsv' w | grep '[a-z]'; head -n 1 i >e; jq -r '.type // .id' g",
     0, "2\ncut\t1\ndrop\t2\ncut\nb\n", ""},
    /* references: what they have is repeated, but not what they have of each other */
    {"rec z \"$b1\" \"$x2\" >z.jsonl; cp z.jsonl y.jsonl; { rec a \"$a1\" \"$x2\"; rec b \"$b1\" \"$b2\" \"$x2\"; } "
     ">i.jsonl; "
     "$N $C i.jsonl -o o --against z.jsonl --against y.jsonl --decisions w; { rec a \"$a1\"; rec b \"$b2\"; } | cmp - "
     "o; "
     "jq -c 'select(.action == \"cut\") | [.record, .dup_of, .dup_path, .dup_record]' w",
     0, "[0,-1,\"z.jsonl\",0]\n[1,-1,\"z.jsonl\",0]\n[1,-1,\"z.jsonl\",0]\n", ""},
    /* labels */
    {"{ cat r.jsonl; rec c \"$x3\" \"$c1\" \"$x3\"; } >i; $N --passages cut:self-repeat --format jsonl i -o - | jq -r "
     ".text "
     "| grep -c Wordx",
     0, "5\n", ""},
    {"{ cat r.jsonl; rec c \"$x3\" \"$c1\" \"$x3\"; } >i; $N --passages cut:shared,syndicated --format jsonl i -o - | "
     "jq -r .text | grep -c Wordx",
     0, "4\n", ""},
    /* what is said */
    {"$N $C r.jsonl -o o --decisions w; jq -c 'select(.type == \"decision\") | del(.text_xxh3)' w", 0,
     "{\"type\":\"decision\",\"action\":\"cut\",\"doc\":1,\"path\":\"r.jsonl\",\"record\":1,\"id\":\"b\",\"begin\":144,"
     "\"end\":"
     "432,\"char_begin\":144,\"char_end\":432,\"raw_begin\":164,\"raw_end\":456,\"passage\":0,\"label\":\"shared\","
     "\"identity\":1,\"dup_of\":0,\"dup_path\":\"r.jsonl\",\"dup_record\":0,\"dup_id\":\"a\",\"dup_begin\":144,\"dup_"
     "end\":429}"
     "\n",
     ""},
    {"$NEARDUP dedup $P $C r.jsonl -o o", 0, "", "1 passage (288 bytes) cut out of 1 document\n"},
    {"$NEARDUP dedup $P $C r.jsonl -o o/; jq -c '[.passages, .counts.cuts, .counts.cut_bytes]' o/neardup.json", 0,
     "[\"cut\",1,288]\n", "2 documents in, 2 kept"},
    {"$NEARDUP dedup $P --mode annotate --passages mark r.jsonl -o o", 0, "",
     "1 passage (288 bytes) marked in 1 document"},
    /* what is cut */
    {"$N $C r.jsonl -o o --dropped g; jq -c '[.type, .path, .record, .id]' g; jq -r .text g | cut -c -9", 0,
     "[\"cut\",\"r.jsonl\",1,\"b\"]\nWordx1 x1\n\nWordx2 x2\n\n\n", ""},
    /* marks */
    {"$N --mode annotate --passages mark r.jsonl -o - | jq -c '.neardup.passages | map([.begin, .end, .raw_begin, "
     ".dup_of])'",
     0, "[]\n[[144,432,164,0]]\n", ""},
    {"$N --mode annotate r.jsonl -o - | jq -c '.neardup | has(\"passages\")'", 0, "false\nfalse\n", ""},
    {"$N --mode annotate --passages mark:self-repeat r.jsonl -o - | jq -c .neardup.passages", 0, "[]\n[]\n", ""},
    {"$N --mode annotate --passages mark r.jsonl -o - | sed 's/,\"neardup\":{.*/}/' | cmp - r.jsonl", 0, "", ""},
    /* texts that are no piece of their file stay whole */
    {"sed 's/\"n\":/\"more\":\"and more\",\"n\":/' r.jsonl >i.jsonl; $NEARDUP dedup $P $C --text-field text,more "
     "i.jsonl -o o; "
     "cmp i.jsonl o",
     0, "", "0 passages (0 bytes) cut out of 0 documents; 1 document stays whole, because it is HTML"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup $P $C u.jsonl -o o; cmp u.jsonl o", 0, "",
     "1 document stays whole"},
    {"for i in a b; do printf '<p>%s</p>\\n' \"$(p $i 1)\" \"$x1\" >$i.html; done; $NEARDUP dedup $P $C a.html b.html "
     "-o o/; "
     "cmp a.html o/a.html; cmp b.html o/b.html",
     0, "", "1 document stays whole"},
    /* files */
    {"mkdir i; for i in a b; do printf '\\357\\273\\277%s\\n\\n' \"$(p $i 1)\" \"$x1\" >i/$i; done; chmod 640 i/b; "
     "touch -d "
     "2001-02-03 i/b; $N $C i -o o/ --dropped g/ --decisions w; printf '\\357\\273\\277%s\\n\\n' \"$b1\" | cmp - o/b; "
     "stat -c '%a %.10y' o/b; cmp i/a o/a; ls g; $NEARDUP restore -q o/ --dropped g/ --decisions w -o z/; diff i z; "
     "stat -c '%a %.10y' z/b",
     0, "640 2001-02-03\nb\n640 2001-02-03\n", ""},
    {"mkdir i; for i in a b; do printf '%s\\n\\n' \"$(p $i 1)\" \"$x1\" | gzip >i/$i.txt.gz; done; $N $C i -o o/ "
     "--dropped g/ "
     "--decisions w; zcat o/b.txt.gz | wc -w; zcat g/b.txt.gz | wc -w; $NEARDUP restore -q o --dropped g/ --decisions "
     "w "
     "-o z/; zcat z/b.txt.gz >x; zcat i/b.txt.gz | cmp - x",
     0, "25\n25\n", ""},
    {"mkdir i; for i in a b; do printf '%s\\n\\n' \"$(p $i 1)\" \"$x1\" >i/$i; done; $N $C i -o o/ --decisions w; "
     "$NEARDUP restore o --decisions w -o z/",
     2, "", "what was cut of b went to the folder of --dropped"},
    /* putting back */
    {"{ printf '\\357\\273\\277'; cat r.jsonl; } >i; printf '%s' \"$(tac r.jsonl)\" >j; $N $C --format jsonl i j -o o "
     "--dropped g "
     "--decisions w; $NEARDUP restore -q o --dropped g --decisions w -o z/; cmp i z/i; cmp j z/j",
     0, "", ""},
    {"$N $C r.jsonl -o o --decisions w; $NEARDUP restore o --decisions w -o z", 2, "",
     "what was cut went to --dropped"},
    {"$N $C r.jsonl -o o --dropped g --decisions w; sed -i 's/x1n5/x1n6/' g; $NEARDUP restore o --dropped g "
     "--decisions w -o z",
     2, "", "cannot be put together"},
    {"$N $C r.jsonl -o o --dropped g --decisions w; sed -i 's/x1n5//' g; $NEARDUP restore o --dropped g --decisions w "
     "-o z",
     2, "", "g does not hold what was cut where the decisions say"},
    {"$N $C r.jsonl -o o --dropped g --decisions w; cat r.jsonl >g; $NEARDUP restore o --dropped g --decisions w -o z",
     2, "", "g does not hold what was cut where the decisions say"},
    {"$N $C r.jsonl -o o --dropped g --decisions w; sed -i 's/\"raw_begin\":164/\"raw_begin\":9999/' w; $NEARDUP "
     "restore o "
     "--dropped g --decisions w -o z",
     2, "", "has decisions out of order"},
    {"$N $C r.jsonl -o o --dropped g --decisions w; cat g g >h; $NEARDUP restore o --dropped h --decisions w -o z", 2,
     "", "h has more lines than the decisions say"},
    /* wrong usage */
    {"$NEARDUP dedup $C r.jsonl -o o", 2, "", "--passages needs them to be looked for: add --find documents,passages"},
    {"$N --passages mark r.jsonl -o o", 2, "", "--passages mark adds to the notes of --mode annotate"},
    {"$N $C --mode annotate r.jsonl -o o", 2, "", "--mode annotate takes nothing out"},
    {"$N --passages cut:none r.jsonl -o o", 2, "", "--passages takes leave, cut or mark"},
    {"$N --passages leave:shared r.jsonl -o o", 2, "", "--passages takes leave, cut or mark"},
    {"$N --passages cut: r.jsonl -o o", 2, "", "--passages takes leave, cut or mark"},
    {"$N --passages cut:shared, r.jsonl -o o", 2, "", "--passages takes leave, cut or mark"},
};

START_TEST(cuts_are_made) {
    scene.preface = helpers;
    scene_check(&cases[_i], true);
}
END_TEST

/* ---- random corpora ---- */

enum { PARAGRAPHS = 8, DOCUMENTS = 14, ROUNDS = SANITIZED ? 8 : 60 };

/* The corpus of a round: texts, and the bytes they stand in, a line or a file. */
static text texts[DOCUMENTS], raws[DOCUMENTS];
static text pool[PARAGRAPHS];
static bool files;

static void add_sentence(text *t) {
    static const char *const ends[] = {". ", "! ", "? ", ".\" ", "; ", "... ", ", "};
    char word[40];
    uint32_t words = 6 + random_below(14);
    for (uint32_t i = 0; i < words; i++) {
        static const char *const shapes[] = {"%sw%x",  "%s\xC3\xA9%x",     "%s%x",
                                             "%sx%x,", "%s\xED\x95\x9C%x", "%s\"v%x\""};
        snprintf(word, sizeof word, shapes[i ? random_below(6) : 2],
                 i                 ? " "
                 : random_below(6) ? "Wor"
                                   : "wor",
                 random_below(1 << 20));
        text_add_string(t, word);
    }
    text_add_string(t, ends[random_below(10) < 8 ? random_below(3) : random_below(7)]);
}

static void add_paragraph(text *t) {
    for (uint32_t i = 1 + random_below(4); i; i--) add_sentence(t);
    while (t->size && t->data[t->size - 1] == ' ') t->data[--t->size] = 0;
}

/* A paragraph of the pool, now and then with another word in it or without its beginning. */
static void add_common(text *t) {
    const text *from = &pool[random_below(PARAGRAPHS)];
    size_t skip = random_below(4) ? 0 : random_below((uint32_t)from->size / 2), begin = t->size;
    while (skip && from->data[skip] != ' ') skip--;
    text_add(t, from->data + skip, from->size - skip);
    if (random_below(3)) return;
    char *space = memchr(t->data + begin, ' ', (t->size - begin) / 2);
    if (space && isalnum((unsigned char)space[1])) space[1] = 'z';
}

static void make_text(text *t) {
    static const char *const breaks[] = {"\n\n", "\n\n\n  ", "\n", " "};
    uint32_t usual = random_below(4) ? 0 : random_below(4);
    t->size = 0;
    text_add_string(t, "");
    for (uint32_t i = 0, parts = 1 + random_below(6); i < parts; i++) {
        if (i) text_add_string(t, breaks[random_below(5) ? usual : random_below(4)]);
        if (random_below(2))
            add_common(t);
        else
            add_paragraph(t);
    }
    if (random_below(2)) text_add_string(t, "\n");
}

/* The text as a record, with escapes where it takes the fancy. */
static void make_record(text *raw, const text *t, size_t number) {
    char escape[16];
    raw->size = 0;
    snprintf(escape, sizeof escape, "{\"id\":%d,", (int)number);
    text_add_string(raw, escape);
    text_add_string(raw, random_below(4) ? "\"text\":\"" : "\"more\":[{\"text\":\"no\"}], \"text\" : \"");
    for (size_t i = 0; i < t->size; i++) {
        unsigned char c = (unsigned char)t->data[i];
        bool must = c == '\n' || c == '"';
        if (c < 0x80 && random_below(must ? 3 : 30) == 0)
            snprintf(escape, sizeof escape, "\\u%04x", c);
        else
            snprintf(escape, sizeof escape, must ? "\\%c" : "%c", c == '\n' ? 'n' : c);
        text_add_string(raw, escape);
    }
    text_add_string(raw, random_below(4) ? "\"}" : "\", \"tail\":true } ");
    text_add_string(raw, random_below(8) ? "\n" : "\r\n");
}

static void make_corpus(void) {
    text all = {0};
    files = random_below(3) == 0;
    for (size_t i = 0; i < PARAGRAPHS; i++) {
        pool[i].size = 0;
        add_paragraph(&pool[i]);
    }
    if (random_below(3) == 0) text_add_string(&all, "\xef\xbb\xbf");
    for (size_t i = 0; i < DOCUMENTS; i++) {
        char name[32];
        make_text(&texts[i]);
        snprintf(name, sizeof name, "in/%02d", (int)i);
        if (files) files_write(scene.folder, name, texts[i].data, texts[i].size);
        if (!files) make_record(&raws[i], &texts[i], i);
        if (!files) text_add(&all, raws[i].data, raws[i].size);
    }
    if (!files) files_write(scene.folder, "in/all.jsonl", all.data, all.size);
    free(all.data);
}

static void must_run(const char *command) {
    ck_assert_msg(scene_run(command) == 0, "%s: %d\n%s%s", command, scene.status, scene.out, scene.err);
}

static char *read_file(const char *path, size_t *size_out) {
    char *whole = files_join(scene.folder, path), *data = files_read(whole, size_out);
    free(whole);
    return data;
}

/* The lines of a file as JSON, in an array. */
static json_t *read_lines(const char *path) {
    size_t size;
    char *all = read_file(path, &size);
    json_t *lines = json_array();
    for (char *line = strtok(all, "\n"); line; line = strtok(NULL, "\n")) {
        json_t *object = json_loads(line, 0, NULL);
        ck_assert_msg(object != NULL, "%s", line);
        json_array_append_new(lines, object);
    }
    free(all);
    return lines;
}

static bool is(const json_t *line, const char *key, const char *value) {
    const char *found = json_string_value(json_object_get(line, key));
    return found && strcmp(found, value) == 0;
}

static size_t number(const json_t *line, const char *key) {
    ck_assert_msg(json_is_integer(json_object_get(line, key)), "%s", key);
    return (size_t)json_integer_value(json_object_get(line, key));
}

/* What is left of a text in the output of the last run; `next` is where its line is. */
static text left_of(size_t document, char **next) {
    char name[32];
    text left = {0};
    size_t size;
    snprintf(name, sizeof name, "out/%02d", (int)document);
    if (files) {
        char *data = read_file(name, &size);
        text_add(&left, data, size);
        free(data);
        return left;
    }
    char *end = strchr(*next, '\n');
    ck_assert_ptr_nonnull(end);
    text_add(&left, *next, (size_t)(end + 1 - *next));
    *next = end + 1;
    return left;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || (c & 0x80); }

/* A cut is what the decision says, in a place that may be cut, and joins no words. */
static void check_cut(const json_t *cut, const json_t *report) {
    size_t document = number(cut, "doc"), begin = number(cut, "begin"), end = number(cut, "end"), i;
    const text *t = &texts[document];
    char hash[20];
    ck_assert_msg(begin < end && end <= t->size, "%zu to %zu", begin, end);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)nd_hash64(t->data + begin, end - begin, 0));
    ck_assert_msg(is(cut, "text_xxh3", hash), "another checksum");
    while (begin < end && !is_word(t->data[begin])) begin++;
    while (end > begin && !is_word(t->data[end - 1])) end--;
    bool first = true, found = false;
    const json_t *line;
    json_array_foreach(report, i, line) {
        if (!is(line, "type", "place") || number(line, "passage") != number(cut, "passage")) continue;
        found |= !first && number(line, "doc") == document && number(line, "begin") <= begin &&
                 number(line, "end") >= end && json_number_value(json_object_get(line, "identity")) >= .95;
        first = false;
    }
    ck_assert_msg(found, "document %zu, %zu to %zu (seed %llu)", document, begin, end, (unsigned long long)random_seed);
}

/* What is left before a cut, or several on end, does not become one word with what follows at `at`. */
static void check_seam(size_t document, const text *left, size_t at) {
    const text *t = &texts[document];
    bool words = left->size && at && at < t->size && is_word(left->data[left->size - 1]) && is_word(t->data[at]);
    ck_assert_msg(!words, "two words became one in document %zu (seed %llu): %s|%s", document,
                  (unsigned long long)random_seed, left->data, t->data + at);
}

/* Builds what should be left of a document from its cuts, as bytes and as text; and returns it as bytes. */
static text expect_left(size_t document, const json_t *decisions, const json_t *report, text *text_out) {
    const text *raw = files ? &texts[document] : &raws[document];
    size_t at = 0, text_at = 0, i;
    text left = {0};
    const json_t *cut;
    json_array_foreach(decisions, i, cut) {
        if (!is(cut, "action", "cut") || number(cut, "doc") != document) continue;
        check_cut(cut, report);
        size_t begin = number(cut, files ? "begin" : "raw_begin"), text_begin = number(cut, "begin");
        ck_assert_msg(begin >= at && text_begin >= text_at, "cuts overlap");
        if (text_begin > text_at) check_seam(document, text_out, text_at);
        text_add(&left, raw->data + at, begin - at);
        text_add(text_out, texts[document].data + text_at, text_begin - text_at);
        at = number(cut, files ? "end" : "raw_end");
        text_at = number(cut, "end");
    }
    text_add(&left, raw->data + at, raw->size - at);
    check_seam(document, text_out, text_at);
    text_add(text_out, texts[document].data + text_at, texts[document].size - text_at);
    return left;
}

static bool is_dropped(size_t document, const json_t *decisions) {
    size_t i;
    const json_t *line;
    json_array_foreach(decisions, i,
                       line) if (is(line, "action", "drop") && number(line, "doc") == document) return true;
    return false;
}

/* Holds the last run against the corpus; returns how many cuts there are. */
static size_t check_run(void) {
    json_t *decisions = read_lines("why"), *report = read_lines("report");
    text left_texts[DOCUMENTS] = {{0}};
    size_t size, cuts = 0, i;
    char *all = files ? NULL : read_file("out/all.jsonl", &size), *next = all;
    if (all && strncmp(all, "\xef\xbb\xbf", 3) == 0) next += 3;
    for (size_t d = 0; d < DOCUMENTS; d++) {
        if (is_dropped(d, decisions)) continue;
        text expected = expect_left(d, decisions, report, &left_texts[d]), found = left_of(d, &next);
        ck_assert_msg(expected.size == found.size && memcmp(expected.data, found.data, found.size) == 0,
                      "document %zu (seed %llu): %s not %s", d, (unsigned long long)random_seed, found.data,
                      expected.data);
        if (!files) {
            json_t *object = json_loads(found.data, 0, NULL);
            ck_assert_str_eq(json_string_value(json_object_get(object, "text")), left_texts[d].data);
            json_decref(object);
        }
        free(expected.data);
        free(found.data);
    }
    const json_t *cut;
    json_array_foreach(decisions, i, cut) {
        if (!is(cut, "action", "cut")) continue;
        cuts++;
        size_t of = number(cut, "dup_of"), begin = number(cut, "dup_begin"), end = number(cut, "dup_end");
        ck_assert_msg(memmem(left_texts[of].data, left_texts[of].size, texts[of].data + begin, end - begin) != NULL,
                      "document %zu: the first place is not there any more (seed %llu)", of,
                      (unsigned long long)random_seed);
    }
    for (size_t d = 0; d < DOCUMENTS; d++) free(left_texts[d].data);
    json_decref(decisions);
    json_decref(report);
    free(all);
    return cuts;
}

START_TEST(random_corpora_are_cut_and_put_back) {
    random_start("random_corpora_are_cut_and_put_back");
    size_t cuts = 0;
    for (int round = 0; round < ROUNDS; round++) {
        make_corpus();
        must_run(
            "for j in 3 2 1; do rm -rf out gone; mkdir gone; $NEARDUP dedup -q --find documents,passages --passages "
            "cut "
            "-j $j in -o out/ --dropped gone/ --decisions why -r jsonl:report; "
            "{ cat $(find out gone -type f | sort); sed 's/\"seconds\":[0-9.]*//' why report; } >all$j; done; "
            "cmp all3 all2 && cmp all2 all1");
        must_run("$NEARDUP restore -q out --dropped gone/ --decisions why -o again/ && diff -r in again");
        cuts += check_run();
        must_run("rm -r in out gone again");
    }
    ck_assert_uint_gt(cuts, ROUNDS);
    for (size_t i = 0; i < DOCUMENTS; i++) free(texts[i].data), free(raws[i].data);
    for (size_t i = 0; i < PARAGRAPHS; i++) free(pool[i].data);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("cuts");
    tcase_add_checked_fixture(tests, scene_set, scene_strike);
    tcase_add_loop_test(tests, cuts_are_made, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, random_corpora_are_cut_and_put_back);
    return run_tests(tests);
}
