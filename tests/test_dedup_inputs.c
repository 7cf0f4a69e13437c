/* SPDX-License-Identifier: MIT */
/* What neardup dedup does with odd inputs: every line and file has a place where it ends up, and is counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "suite.h"
#include "support/scene.h"

/* A folder with r.jsonl, whose second record is a copy of the first, the third something else; and d/ with two shards,
 * of which the second begins with a copy of the first's last record. */
static const char make_inputs[] =
    "r() { printf '{\"id\":\"%s\",\"text\":\"%s\"}\\n' \"$1\" \"$(seq -s ' ' $2 $3)\"; }\n"
    "mkdir d; { r a 1 99; r b 1 99; r c 300 399; } >r.jsonl; { r a 1 99; r c 300 399; } >d/1.jsonl; "
    "{ r d 300 399; r e 500 599; } >d/2.jsonl; ";

static void make(void) {
    scene_set();
    scene.preface = make_inputs;
}

static const scene_case cases[] = {
    /* what is not text */
    {"printf '{\"text\":\"a\\0b\"}\n' >n.jsonl; $NEARDUP dedup -q n.jsonl r.jsonl -o o; ls", 0, "d\nn.jsonl\nr.jsonl\n",
     "n.jsonl is not text, as there is a NUL near its beginning, and cannot go into one file with others"},
    {"printf '{\"text\":\"a\\0b\"}\n' >d/n.jsonl; $NEARDUP dedup -q d -o o; ls", 0, "d\nr.jsonl\n",
     "d/n.jsonl is not text"},
    {"printf '{\"text\":\"a\\0b\"}\n' | $NEARDUP dedup -q -", 2, "", "standard input is not text"},
    {"printf '{\\0b' >d/x.json; $NEARDUP dedup -q d -o o; ls", 0, "d\nr.jsonl\n", "d/x.json is not text"},
    {"printf 'a\\0b' >d/x; $NEARDUP dedup d -o o/; s=$?; cmp d/x o/x; exit $s", 0, "",
     "neardup: 4 lines: 4 documents; 1 file that is no document copied as well\n"},
    {"printf '{\"text\":\"a\\0b\"}\n' >d/n.jsonl; $NEARDUP dedup d -o o/; s=$?; cmp d/n.jsonl o/n.jsonl; exit $s", 0,
     "", "1 file that is no document copied as well"},
    /* what is too large to be compared (a 64th of the memory) */
    {"head -c 1100000 /dev/zero | tr '\\0' x | $NEARDUP dedup -m 64M - -o o; ls", 0, "d\nr.jsonl\n",
     "standard input is larger than what is read of one document"},
    {"yes line | head -c 1100000 | $NEARDUP dedup -m 64M - -o o; ls", 0, "d\nr.jsonl\n",
     "standard input is larger than what is read of one document"},
    {"{ printf '{\"text\":\"'; head -c 1100000 /dev/zero | tr '\\0' x; echo '\"}'; } >l; cat l r.jsonl >i; "
     "$NEARDUP dedup -m 64M --format jsonl - <i | wc -l; cat i | $NEARDUP dedup -m 64M --format jsonl - >o; "
     "head -n 1 o | cmp - l; tail -n +2 o | cut -c -9",
     0, "3\n{\"id\":\"a\"\n{\"id\":\"c\"\n", "standard input:1 is kept and not compared: it has 1100011 bytes"},
    {"{ head -n 1 r.jsonl; printf '{\"text\":\"'; head -c 3000000 /dev/zero | tr '\\0' }; echo '\"}'; } >l; "
     "$NEARDUP dedup -m 64M --mode annotate --format jsonl l -o o; s=$?; tail -n 1 l >x; tail -n 1 o | cmp - x; grep "
     "-c neardup "
     "o; exit $s",
     3, "1\n", "l:2 is kept and not compared"},
    {"head -c 1100000 /dev/zero | tr '\\0' x >d/x; $NEARDUP dedup -m 64M d -o o/; s=$?; cmp d/x o/x; exit $s", 0, "",
     "d/x is kept and not compared"},
    {"head -c 1100000 /dev/zero | tr '\\0' x >d/x; $NEARDUP dedup -m 64M d -o o; ls", 0, "d\nr.jsonl\n",
     "d/x is one document, not JSON Lines"},
    /* compressed data with something behind them */
    {"gzip -c r.jsonl >g.gz; n=$(wc -c <g.gz); echo garbage >>g.gz; $NEARDUP dedup --format jsonl g.gz -o o 2>&1 | sed "
     "s/$n/N/; ls",
     0,
     "neardup: g.gz cannot be read to its end: the gzip data are followed by other bytes (at byte N); nothing is "
     "written\nd\ng.gz\nr.jsonl\n",
     ""},
    {"zstd -qc r.jsonl >g.zst; echo garbage >>g.zst; $NEARDUP dedup --format jsonl g.zst -o o; ls", 0,
     "d\ng.zst\nr.jsonl\n", "g.zst cannot be read to its end: the zstd data are followed by other bytes"},
    {"{ gzip -c r.jsonl; head -c 1000 /dev/zero; gzip -c d/2.jsonl; } | $NEARDUP dedup -q --format jsonl - | cut -c -9",
     0, "{\"id\":\"a\"\n{\"id\":\"c\"\n{\"id\":\"e\"\n", ""},
    /* standard input that memory has no room for: its copy is in a file, and compressed */
    {"awk 'BEGIN { for (i = 0; i < 4000; i++) { printf \"{\\\"text\\\":\\\"\"; for (k = 0; k < 400; k++) printf \"w%d "
     "\", "
     "(i % 3000) * 400 + k; print \"\\\"}\" } }' >l; for j in 1 2; do $NEARDUP dedup -j $j -m 64M --format jsonl l -o "
     "a && cat l | "
     "$NEARDUP dedup -q -j $j -m 64M - --decisions why >b && cmp a b; done; grep -c '\"drop\"' why; wc -l <b",
     0, "1000\n3000\n", "4,000 documents in, 3,000 kept, 1,000 dropped"},
    /* odd lines: all in their places, and each counted once. The third line is a copy of the first by the last of its
     * two text fields, those with U+0000, a lone surrogate and ill-formed bytes are copies of it as well. */
    {"{ printf '\\357\\273\\277'; r a 1 99; echo '{\"x\":1}'; printf '{\"text\":\"no\",\"text\":\"%s\"}\\n' \"$(seq -s "
     "' ' "
     "99)\"; "
     "echo '{\"text\":7}'; echo; echo nonsense; printf '{\"text\":\"%s\\\\u0000\"}\\n' \"$(seq -s ' ' 99)\"; "
     "printf '{\"text\":\"%s \\\\ud800\"}\\r\\n' \"$(seq -s ' ' 99)\"; echo '[1]'; printf '   \\t\\r\\n'; "
     "printf '{\"text\":\"%s \\377\"}\\n' \"$(seq -s ' ' 99)\"; printf '{\"text\":\"the end\"}'; } >i.jsonl; "
     "$NEARDUP dedup i.jsonl -o o --dropped x --decisions y --bad-records b; grep '\"drop\"' y | jq -c "
     "'[.record,.dup_record]'; cat b; wc -l <o; tail -c 1 o; cut -c -12 x | tr -d '\\r'; $NEARDUP restore -q o "
     "--dropped x "
     "--bad-records b --decisions y -o z; cmp z i.jsonl",
     0,
     "[2,0]\n[6,0]\n[7,0]\n[10,0]\n{\"x\":1}\n{\"text\":7}\nnonsense\n[1]\n3\n}{\"text\":\"no\"\n{\"text\":\"1 "
     "2\n{\"text\":"
     "\"1 2\n{\"text\":\"1 2\n",
     "neardup: 12 lines: 6 documents, 4 bad records (moved to --bad-records), 2 empty lines\n"},
    {"printf '\\357\\273\\277\\r\\n' | cat - r.jsonl >i.jsonl; printf 'x\\ny' >>i.jsonl; $NEARDUP dedup i.jsonl -o o; "
     "s=$?; "
     "sed 3d i.jsonl | cmp - o; exit $s",
     3, "", "neardup: 6 lines: 3 documents, 2 bad records (kept in place), 1 empty line\n"},
    /* two charsets in one file */
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup u.jsonl r.jsonl -o o; ls", 0, "d\nr.jsonl\nu.jsonl\n",
     "u.jsonl is not UTF-8, and so cannot go into the one file of -o with others: name a folder"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup u.jsonl r.jsonl -o o/ --dropped x; ls", 0,
     "d\nr.jsonl\nu.jsonl\n", "u.jsonl is not UTF-8, and so cannot go into the one file of --dropped with others"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup u.jsonl r.jsonl -o o/ --bad-records x; ls", 0,
     "d\nr.jsonl\nu.jsonl\n", "u.jsonl is not UTF-8, and so cannot go into the one file of --bad-records with others"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup -q u.jsonl r.jsonl -o o/ --dropped x/; "
     "iconv -f utf-16 -t utf-8 o/u.jsonl | cut -c -9; cmp x/r.jsonl r.jsonl",
     0, "{\"id\":\"a\"\n{\"id\":\"c\"\n", ""},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup -q u.jsonl --against d/2.jsonl -o o; "
     "iconv -f utf-16 -t utf-8 o | cut -c -9",
     0, "{\"id\":\"a\"\n", ""},
    /* a record that is longer in its charset than what is read of one in UTF-8 */
    {"r f 1 120000 >u; cat u u | iconv -f utf-8 -t utf-16 >u.jsonl; $NEARDUP dedup -q -m 64M u.jsonl -o o --dropped x "
     "--decisions y; iconv -f utf-16 -t utf-8 o | cmp - u; $NEARDUP restore -q o --dropped x --decisions y -o z; "
     "cmp z u.jsonl",
     0, "", ""},
    {"{ printf '{\"text\":\"'; yes +AGE- | head -n 600000 | tr -d '\\n'; echo '\"}'; } >7; cat 7 7 >7.jsonl; "
     "$NEARDUP dedup -q -m 64M --encoding utf-7 7.jsonl -o o; s=$?; ls; exit $s",
     2, "7\n7.jsonl\nd\nr.jsonl\n",
     "line 1 of 7.jsonl is too long in its charset to be copied: convert the file to UTF-8 first"},
    {"$NEARDUP dedup -q --encoding utf-8,cp949 d -o - | cut -c -9", 0, "{\"id\":\"a\"\n{\"id\":\"c\"\n{\"id\":\"e\"\n",
     ""},
};

START_TEST(each_input_ends_up_somewhere) { scene_check(&cases[_i], true); }
END_TEST

/* A line of a gibibyte is kept, byte for byte, and named; those behind it are compared. */
START_TEST(a_line_of_a_gibibyte_stays) {
    static const char *const options[] = {"-m 64M", "-m 2G"};
    if (SANITIZED) return;
    char command[1024];
    snprintf(command, sizeof command,
             "long() { printf '{\"text\":\"'; head -c 1073741824 /dev/zero | tr '\\0' x; echo '\"}'; cat $1; }; long "
             "r.jsonl "
             "| $NEARDUP dedup %s --format jsonl - | md5sum >a; sed 2d r.jsonl >k; long k | md5sum | cmp - a",
             options[_i]);
    ck_assert_msg(scene_run(command) == 0, "%s%s", scene.out, scene.err);
    ck_assert_msg(strstr(scene.err, "standard input:1 is kept and not compared: it has 1073741835 bytes") &&
                      strstr(scene.err, "4 documents in, 3 kept, 1 dropped"),
                  "%s", scene.err);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("dedup_inputs");
    tcase_add_checked_fixture(tests, make, scene_strike);
    tcase_add_loop_test(tests, each_input_ends_up_somewhere, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tests, a_line_of_a_gibibyte_stays, 0, 2);
    return run_tests(tests);
}
