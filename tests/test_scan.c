/* SPDX-License-Identifier: MIT */
/* neardup scan as users meet it: statuses, messages, files left behind, which copy stays. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/problems.h"
#include "report/jsonl.h"
#include "report/text.h"
#include "suite.h"
#include "support/scene.h"

/* A folder with four documents: b.txt is a.txt, c.txt nearly so, d.txt is something else. */

static const char make_documents[] =
    "words() { i=$1; while [ $i -lt $2 ]; do printf 'word%d ' $i; i=$((i+1)); done; echo; }\n"
    "mkdir data; words 1 200 >data/a.txt; cp data/a.txt data/b.txt; words 2 202 >data/c.txt; words 500 700 >data/d.txt";

static void make(void) {
    scene_set();
    ck_assert_int_eq(scene_run(make_documents), 0);
}

/* ---- statuses and messages ---- */

static const scene_case cases[] = {
    {"$NEARDUP scan data", 0, "2 could go", ""},
    {"$NEARDUP scan data/d.txt", 0, "1 document, ", ""},
    {"mkdir empty; $NEARDUP scan empty", 0, "0 documents", ""},
    {"$NEARDUP scan --fail-on 2 -r paths data", 1, "data/b.txt\ndata/c.txt\n", "2 of 4 documents could go"},
    {"$NEARDUP scan --fail-on 3 -r paths data", 0, "data/b.txt", ""},
    {"$NEARDUP scan --fail-on 50% -q -r paths data", 1, "data/b.txt", ""},
    {"$NEARDUP scan --fail-on 50.1% data", 0, NULL, ""},
    {"$NEARDUP scan --fail-on 1 data/d.txt", 0, NULL, ""},
    {"$NEARDUP", 2, "", "neardup scan FOLDER"},
    {"$NEARDUP scna data", 2, "", "unknown command 'scna'; did you mean 'scan'?"},
    {"$NEARDUP bogus", 2, "", "unknown command 'bogus'\n"},
    {"$NEARDUP --verison", 2, "", "did you mean '--version'?"},
    {"$NEARDUP scan", 2, "", "name a file or a folder"},
    {"$NEARDUP scan --bogus data", 2, "", "unknown option '--bogus'\nneardup: try 'neardup scan --help'"},
    {"$NEARDUP scan data/none", 2, "", "data/none"},
    {"$NEARDUP scan --recall 1 data", 2, "", "--recall must be below 1"},
    {"$NEARDUP scan --recall 0.999 -t 0.01 data", 2, "", "--recall 0.999 is out of reach at --threshold 0.01"},
    {"$NEARDUP scan --recall 0.999 -t 0.01 data", 2, "", "try 'neardup scan --help'"},
    {"$NEARDUP scan --bands 42 data", 2, "", "--bands and --rows go together"},
    {"$NEARDUP scan --bands 42 --rows 7 data", 2, "", "--bands times --rows must not exceed 256"},
    {"$NEARDUP scan --kernels none data", 2, "", "--kernels takes auto, portable, avx2 or neon, not 'none'"},
    {"$NEARDUP scan --kernels portable -r paths data", 0, "data/b.txt", ""},
    {"$NEARDUP scan ''", 2, "", "an empty operand"},
    {"$NEARDUP scan data ''", 2, "", "try 'neardup scan --help'"},
    {"$NEARDUP scan --encoding klingon data", 2, "", "try 'neardup scan --help'"},
    {"$NEARDUP scan --tmpdir '' data", 2, "", "--tmpdir"},
    {"cat data/*.txt | TMPDIR=/gone $NEARDUP scan --tmpdir . -r paths -; ls -A", 0, "data\n", ""},
    {"yes '{\"text\":\"a\"}' | head -c 9000000 | $NEARDUP scan -m 64M --tmpdir gone -", 2, "",
     "cannot be kept in gone: No such file or directory"},
    {"yes '{\"text\":\"a\"}' | head -c 9000000 | TMPDIR=gone $NEARDUP scan -m 64M -", 2, "",
     "standard input: a temporary copy of it cannot be kept in "},
    {"cat data/*.txt | TMPDIR=gone $NEARDUP scan -r paths -", 0, "", ""},
    {"cd data; mkdir sub; mv b.txt sub; $NEARDUP scan -r paths ../data ./ . ", 0, "../data/c.txt\n../data/sub/b.txt\n",
     ""},
    {"$NEARDUP scan -r paths ./data/", 0, "./data/b.txt\n./data/c.txt\n", ""},
    {"$NEARDUP scan -r paths \"$PWD/data\" | while read -r path; do ls \"$path\"; done", 0, "/data/b.txt", ""},
    {"mv data/c.txt 'data/c\\n.txt'; mv data/d.txt \"data/a$(printf 'a\\na').txt\"; cp data/a.txt data/z; "
     "$NEARDUP scan -r paths data",
     0, "data/z", ""},
    {"cp data/a.txt \"data/z$(printf 'z\\nz')\"; $NEARDUP scan -r paths data", 2, "", "holds a line break"},
    {"cp data/a.txt \"data/z$(printf 'z\\nz')\"; $NEARDUP scan -r text -r paths:p data; ls p", 2, "", "holds a line"},
    {"$NEARDUP scan -t 66.67% -r jsonl data", 0, "\"threshold\":0.6667,", ""},
    {"$NEARDUP scan --shingle word:05 -r jsonl data", 0, "\"shingle\":\"word:5\",", ""},
    {"$NEARDUP scan --find passages data", 2, "", "--find takes documents, or documents,passages, not 'passages'"},
    {"$NEARDUP scan --find documents,passages -m 64M -r jsonl data 2>&1 | grep -c warning", 1, "0\n", ""},
    {"$NEARDUP scan --find documents,passages -r jsonl data", 0, "\"find\":\"documents,passages\",\"min_words\":20",
     ""},
    {"$NEARDUP scan --find documents -r jsonl data", 0, "\"find\":\"documents\"", ""},
    {"$NEARDUP scan -r paths -r jsonl:j data; grep -c 'find\":\"documents,passages\"' j", 0, "1\n", ""},
    {"$NEARDUP scan -vr csv -r paths:p data", 0, NULL, "MB expected, input read 1 time"},
    {"$NEARDUP scan -vr csv --find documents,passages data", 0, NULL, "input read 1 time"},
    {"$NEARDUP scan --pairs-from 0.8 data", 2, "", "--pairs-from must not be above --threshold"},
    {"$NEARDUP scan -r text -r csv data", 2, "", "only one report can go to standard output"},
    {"$NEARDUP scan -r text:x.gz -r csv:x.csv.zst data; gzip -dc x.gz | head -c 1; zstd -qdc x.csv.zst | head -c 4", 0,
     "4clus", ""},
    {"$NEARDUP scan -r text:x -r csv:x data; ls", 0, "data\n", "two reports cannot go to the same file (x)"},
    {"$NEARDUP scan --shingle word:65 data", 2, "", "--shingle takes word:N or char:N"},
    {"$NEARDUP scan --seed -1 data", 2, "", "--seed takes"},
    {"$NEARDUP scan --source x data", 2, "", "--source takes"},
    {"$NEARDUP scan --fail-on 0 data", 2, "", "--fail-on takes"},
    {"$NEARDUP scan -r xml data", 2, "", "--report takes"},
    {"$NEARDUP scan -r csv: data", 2, "", "--report takes"},
    {"$NEARDUP scan --keep max: data", 2, "", "--keep takes"},
    {"$NEARDUP scan --keep first,,last data", 2, "", "--keep takes"},
    {"$NEARDUP --help", 0, "Usage:", ""},
    {"$NEARDUP --version", 0, "kernels\n", ""},
    {"$NEARDUP scan --bogus --help", 2, "", "--bogus"},
    {"$NEARDUP scan --help --bogus", 0, "Examples:", ""},
    {"$NEARDUP scan -h", 0, "Examples:", ""},
    /* a file that changes behind its size and its time */
    {"mkfifo in; $NEARDUP scan data/a.txt data/c.txt in & pid=$!; exec 3>in; touch -r data/c.txt then; "
     "tr 123 321 <data/c.txt >x; cat x >data/c.txt; touch -r then data/c.txt; exec 3>&-; wait $pid",
     2, "", "data/c.txt is not what it was when it was first read: run again when nothing writes to it"},
    {"{ cat data/a.txt; cat data/c.txt; } | sed 's/.*/{\"text\":\"&\"}/' >r.jsonl; mkfifo in; "
     "$NEARDUP scan r.jsonl in & pid=$!; exec 3>in; touch -r r.jsonl then; "
     "sed '2s/word1/word3/g' r.jsonl >x; cat x >r.jsonl; touch -r then r.jsonl; exec 3>&-; wait $pid",
     2, "", "r.jsonl:2 is not what it was when it was first read"},
    {"printf 'a\\0b' >nul; $NEARDUP scan nul", 3, "Not read: 1 binary file.", "nul is binary, not text"},
    {"printf 'a\\0b' >data/nul; $NEARDUP scan data", 0, "Not read: 1 binary file.", ""},
    {"echo '{\"text\":1}' >bad.jsonl; $NEARDUP scan data bad.jsonl", 3, "1 bad record.", "bad.jsonl:1 is not a record"},
    {"echo '{\"text\":1}' >bad.jsonl; $NEARDUP scan -q data bad.jsonl", 3, "1 bad record.",
     "neardup: bad.jsonl:1 is not a record: the text field is not a string\n"},
    {"echo '{\"text\":1}' >bad.jsonl; $NEARDUP scan -q --fail-on 1 data bad.jsonl", 1, NULL, ""},
    {"gzip -c data/a.txt | head -c 100 >cut.gz; $NEARDUP scan data cut.gz", 3, "1 damaged file", "cut.gz is damaged"},
    {"i=0; while [ $i -lt 30 ]; do echo x; i=$((i+1)); done >bad.jsonl; echo '{\"text\":\"a\"}' >>bad.jsonl;"
     "$NEARDUP scan bad.jsonl",
     3, NULL, "... and 10 more like this"},
    {"cat data/a.txt | $NEARDUP scan - data -r csv", 0, "0,1,data/a.txt,,,dropped,0,-,", ""},
    {"$NEARDUP scan -v --seed random -j 2 data", 0, NULL, "bands of 6 rows"},
    {"$NEARDUP scan --seed 5 -r jsonl data", 0, "\"seed\":5,", ""},
    {"s() { $NEARDUP scan -v --seed $1 -r jsonl:$2 data 2>&1 | sed -n 's/.* seed \\([0-9]*\\),.*/\\1/p'; }; "
     "x=$(s random a); y=$(s $x b); z=$(s random c); [ $x = $y ] && [ $x != $z ] && grep -c \"seed\\\":$x,\" a b",
     0, "a:1\nb:1\n", ""},
    {"$NEARDUP scan --bands 128 --rows 2 -r jsonl data", 0, "\"bands\":128,\"rows\":2,", ""},
    {"$NEARDUP scan --shingle char:9 -r jsonl data", 0, "\"shingle\":\"char:9\"", ""},
    {"printf 'data/a.txt\\0data/b.txt' >list; $NEARDUP scan --files-from list", 2, "", "holds a NUL byte: say with -0"},
    {"$NEARDUP scan -r paths data/a.txt - <data/a.txt", 0, "", ""},
    {"for n in 2 3; do echo '{\"n\":900719925474099'$n',\"text\":\"so it goes\"}'; done >n.jsonl; "
     "$NEARDUP scan -r paths --keep max:n n.jsonl",
     0, "n.jsonl:1\n", ""},
    {"$NEARDUP scan --encoding / data", 2, "", "charset \"/\" is not known"},
    {"$NEARDUP scan - <data", 2, "", "standard input cannot be read: Is a directory"},
    {"$NEARDUP scan data - <data", 3, "2 could go", "standard input cannot be read: Is a directory"},
    {"cd data; $NEARDUP scan ../data ../gone", 3, "2 could go", "../gone cannot be read: No such file"},
    {"mkdir -p x/in y/in; cp data/a.txt x/in; cp data/a.txt y/in/a.txt; $NEARDUP scan x/in y/in", 0, "y/in/a.txt", ""},
    {"mkdir -p x/in y/to; cp data/a.txt x/in; cp data/a.txt y/to; $NEARDUP scan x/in y/to", 0, "  to/a.txt", ""},
    {"ls data/*.txt | $NEARDUP scan --files-from -", 0, " data/b.txt", ""},
    {"$NEARDUP scan --files-from /dev/zero", 2, "", "the list of files /dev/zero holds a NUL byte"},
    {"yes . | tr -d '\\n' | $NEARDUP scan --files-from -", 2, "", "holds a path of more than 16384 bytes"},
    {"{ head -c 200000 /dev/zero | tr '\\0' '\\n'; i=0; while [ $i -lt 9000 ]; do printf 'data/./a.txt\\n'; "
     "i=$((i+1)); "
     "done; printf 'data/b.txt'; } | $NEARDUP scan -r paths --files-from -",
     0, "data/b.txt\n", ""},
    {"COLUMNS=40 $NEARDUP scan --keep max:something.rather.long data", 0, "keep   data/a.txt\n", ""},
    {"$NEARDUP scan /dev/zero", 3, "1 binary file", "/dev/zero is binary, not text"},
    {"$NEARDUP scan - </dev/zero", 3, "1 binary file", "standard input is binary, not text"},
    {"echo '{\"name\":1,\"size\":2}' >data/s.json; $NEARDUP scan data", 3, "2 could go",
     "data/s.json:1 is not a record: no text field; its fields are: name, size"},
    {"echo '{\"name\":1,\"size\":2}' >s.json; $NEARDUP scan s.json data", 2, "",
     "the first, in s.json, has the fields: name"},
    {"for i in 1 2; do printf '{\"id\":\"a\\377\",\"text\":\"so it goes\"}\\n'; done >i.jsonl; $NEARDUP scan -r csv "
     "i.jsonl",
     0, ",a\xef\xbf\xbd,dropped,", ""},
    {"$NEARDUP scan -r jsonl --keep \"$(printf 'max:n\\377')\" data", 0, "\"keep\":\"max:n\xef\xbf\xbd\"", ""},
    {"find data -name '[ab].txt' -print0 | $NEARDUP scan --files-from - -0 -r paths | tr '\\0' '!'", 0, ".txt!", ""},
    {"$NEARDUP scan --exclude b.txt -r paths data", 0, "data/c.txt\n", ""},
    {"$NEARDUP scan data >&-", 2, "", "standard output cannot be written"},
    {"$NEARDUP scan data >/dev/full", 2, "", "standard output cannot be written: No space left on device"},
    {"$NEARDUP --help >/dev/full", 2, "", "standard output cannot be written: No space left on device"},
    {"seq 1 200 >p; seq 31 230 >q; seq 61 260 >r; $NEARDUP scan --cluster component p q r", 0, "compared with q\n", ""},
    {"seq 100 >p; seq 99 >q; i=0; while [ $i -lt 98 ]; do seq 1000 1007 >n$i; i=$((i+1)); done; "
     "$NEARDUP scan --fail-on 98% -q -r csv:/dev/null p q n*",
     1, "", ""}, /* 98 of 100, where 0.98 * 100 is not quite 98 */
    {"(sleep 0.3; $NEARDUP scan data; echo $? >&2) | true", 0, "", "141\n"},
    {"(sleep 0.3; $NEARDUP --help; echo $? >&2) | true", 0, "", "141\n"},
    {"yes '{\"text\":\"one two three four five six seven\"}' | head -n 40000 >r.jsonl; "
     "($NEARDUP scan -r paths r.jsonl; echo $? >&2) | head -n 1",
     0, "r.jsonl:2\n", "141\n"},
    {"yes '{\"text\":\"one two three four five six seven\"}' | head -n 40000 >r.jsonl; "
     "$NEARDUP scan -r paths r.jsonl >/dev/full",
     2, "", "No space left on device"},
    {"mkdir bins; for i in $(seq 1001); do printf 'a\\0b' >bins/$i; done; printf 'a\\0b' >named; "
     "$NEARDUP scan -q bins data named",
     3, "1,002 binary files", "neardup: named is binary, not text\n"},
    {"mkdir -p c/b o/b; cp data/a.txt c/b/x; cp data/a.txt o/b/x; cd c; $NEARDUP scan . ../o/b", 0, "  ../o/b/x", ""},
};

START_TEST(each_case_ends_as_it_should) { scene_check(&cases[_i], false); }
END_TEST

/* ---- outputs ---- */

START_TEST(outputs_are_whole_or_absent) {
    ck_assert_int_eq(scene_run("$NEARDUP scan -r csv:x.csv -r jsonl:y.jsonl data; ls -A"), 0);
    ck_assert_str_eq(scene.out, "data\nx.csv\ny.jsonl\n");
    ck_assert_int_eq(scene_run("rm x.csv; $NEARDUP scan -r csv:x.csv -r csv:/dev/full data; s=$?; ls -A; exit $s"), 2);
    ck_assert_str_eq(scene.out, "data\ny.jsonl\n");
    ck_assert_ptr_nonnull(strstr(scene.err, "/dev/full cannot be written: No space left on device"));
    ck_assert_int_eq(scene_run("$NEARDUP scan -r csv:no/x.csv data"), 2);
    ck_assert_ptr_nonnull(strstr(scene.err, "no/x.csv cannot be written: No such file or directory"));
    ck_assert_int_eq(scene_run("$NEARDUP scan -r csv:data data"), 2);
    ck_assert_ptr_nonnull(strstr(scene.err, "data cannot be written: Is a directory"));
    ck_assert_int_eq(
        scene_run("echo old >x.csv; printf '{\"body\":\"\"}\\n' >b.jsonl; $NEARDUP scan -r csv:x.csv b.jsonl; "
                  "s=$?; cat x.csv; exit $s"),
        2);
    ck_assert_str_eq(scene.out, "old\n");
}
END_TEST

START_TEST(inputs_are_not_written_to) {
    static const char *const names[] = {"a.txt", "./a.txt", "../data/a.txt", "link", "hard"};
    ck_assert_int_eq(scene_run("cd data; ln -s a.txt link; ln a.txt hard; ln -s new dangling; cp a.txt ../a"), 0);
    char command[256];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(command, sizeof command, "cd data; $NEARDUP scan -r csv:%s a.txt d.txt; s=$?; ls -A; exit $s",
                 names[i]);
        ck_assert_msg(scene_run(command) == 2, "%s", command);
        ck_assert_str_eq(scene.out, "a.txt\nb.txt\nc.txt\nd.txt\ndangling\nhard\nlink\n");
        ck_assert_msg(strstr(scene.err, "is an input: give the report another file") != NULL, "%s", scene.err);
    }
    ck_assert_int_eq(scene_run("cd data; $NEARDUP scan -r csv:a.txt - <a.txt"), 2);
    ck_assert_int_eq(scene_run("cd data; $NEARDUP scan -r csv:b.txt ."), 2);
    ck_assert_int_eq(scene_run("cd data; $NEARDUP scan a.txt d.txt >>a.txt"), 2);
    ck_assert_int_eq(scene_run("cd data; ls *.txt >../list; $NEARDUP scan -r csv:../list --files-from ../list"), 2);
    ck_assert_int_eq(scene_run("cmp data/a.txt a"), 0);
    ck_assert_int_eq(
        scene_run("cd data; $NEARDUP scan -r csv:/dev/null - </dev/null; cd ..; $NEARDUP scan data >data/o"), 0);
}
END_TEST

START_TEST(reports_have_files_of_their_own) {
    static const char *const pairs[][2] = {{"x", "./x"},     {"x", "data/../x"},   {"old", "hard"},
                                           {"old", "link"},  {"new", "dangling"},  {"dangling", "data/../new"},
                                           {"chain", "new"}, {"/dev/stdout", "-"}, {"data/x", "into/x"}};
    ck_assert_int_eq(scene_run("echo kept >old; ln old hard; ln -s old link; ln -s new dangling; ln -s dangling chain; "
                               "ln -s data into; ls -A; ls data"),
                     0);
    char *before = strdup(scene.out), command[256];
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        snprintf(command, sizeof command, "$NEARDUP scan -r csv:%s -r jsonl:%s data; s=$?; ls -A; ls data; exit $s",
                 pairs[i][0], pairs[i][1]);
        ck_assert_msg(scene_run(command) == 2, "%s", command);
        ck_assert_msg(strcmp(scene.out, before) == 0, "%s: %s", command, scene.out);
        ck_assert_msg(strstr(scene.err, "two reports cannot go to the same file") != NULL, "%s", scene.err);
    }
    free(before);
    ck_assert_int_eq(
        scene_run("cat old; $NEARDUP scan -r paths:chain -r paths:into/x data; readlink chain; cat new data/x"), 0);
    ck_assert_str_eq(scene.out, "kept\ndangling\ndata/b.txt\ndata/c.txt\ndata/b.txt\ndata/c.txt\n");
}
END_TEST

START_TEST(outputs_keep_what_the_name_stands_for) {
    ck_assert_int_eq(scene_run("touch real; chmod 640 real; ln -s real link; $NEARDUP scan -r paths:link data && "
                               "stat -c %a real && readlink link && cat real"),
                     0);
    ck_assert_str_eq(scene.out, "640\nreal\ndata/b.txt\ndata/c.txt\n");
    ck_assert_int_eq(scene_run("umask 027; $NEARDUP scan -r paths:new data && stat -c %a new"), 0);
    ck_assert_str_eq(scene.out, "640\n");
    ck_assert_int_eq(scene_run("mkfifo pipe; cat pipe & $NEARDUP scan -r paths:pipe data; wait; test -p pipe"), 0);
    ck_assert_str_eq(scene.out, "data/b.txt\ndata/c.txt\n");
    ck_assert_int_eq(scene_run("$NEARDUP scan -r csv:/dev/null data; test -c /dev/null"), 0);
}
END_TEST

static const char *const signals[] = {"TERM", "HUP", "QUIT", "ALRM", "USR1", "USR2", "XCPU", "VTALRM", "PROF"};

START_TEST(a_signal_leaves_nothing_behind) {
    char command[512];
    snprintf(command, sizeof command,
             "mkfifo in; sleep 4 >in & env --default-signal $NEARDUP scan -r csv:x.csv --format jsonl - <in & pid=$!; "
             "until ls -A | grep -q '^.x.csv'; do sleep 0.1; done; kill -%s $pid; wait $pid; kill -l $?; ls -A",
             signals[_i]);
    ck_assert_int_eq(scene_run(command), 0);
    snprintf(command, sizeof command, "%s\ndata\nin\n", signals[_i]);
    ck_assert_str_eq(scene.out, command);
}
END_TEST

START_TEST(a_limit_of_file_size_is_told) {
    ck_assert_int_eq(scene_run("for i in 1 2 3 4 5 6 7 8; do cp data/a.txt data/$i; done; "
                               "(ulimit -f 1; $NEARDUP scan -r jsonl:x data); s=$?; ls -A; exit $s"),
                     2);
    ck_assert_str_eq(scene.out, "data\n");
    ck_assert_ptr_nonnull(strstr(scene.err, "x cannot be written: File too large"));
}
END_TEST

START_TEST(progress_is_shown_and_cleared) {
    ck_assert_int_eq(
        scene_run("(cat data/a.txt; sleep 0.8; cat data/d.txt) | $NEARDUP scan --progress always -r paths -"), 0);
    ck_assert_ptr_nonnull(strstr(scene.err, "\r"));
    const char *last = strrchr(scene.err, '\r');
    ck_assert_str_eq(last, "\r\033[K");
    ck_assert_int_eq(scene_run("(cat data/a.txt; sleep 0.8; cat data/d.txt) | $NEARDUP scan -r paths -"), 0);
    ck_assert_str_eq(scene.err, "");
}
END_TEST

/* ---- names ---- */

START_TEST(names_are_shown_or_passed_on_safely) {
    ck_assert_int_eq(scene_run("mv data/b.txt \"data/$(printf 'b\\n\\033[31m.txt')\"; mv data/c.txt \"data/$(printf "
                               "'c\\377.txt')\"; $NEARDUP scan data"),
                     0);
    ck_assert_ptr_nonnull(strstr(scene.out, "data/b\\n\\x1b[31m.txt"));
    ck_assert_ptr_nonnull(strstr(scene.out, "data/c\\xff.txt"));
    ck_assert_ptr_null(strchr(scene.out, '\033'));
    ck_assert_int_eq(scene_run("$NEARDUP scan -r paths data"), 2);
    ck_assert_ptr_nonnull(strstr(scene.err, "-0"));
    ck_assert_int_eq(scene_run("$NEARDUP scan -r paths -0 data | tr '\\0\\n' '!?'"), 0);
    ck_assert_str_eq(scene.out, "data/b?\033[31m.txt!data/c\xff.txt!");
    ck_assert_int_eq(scene_run("$NEARDUP scan -r csv data"), 0);
    ck_assert_ptr_nonnull(strstr(scene.out, "\"data/b\n\033[31m.txt\",,,dropped"));
    ck_assert_int_eq(scene_run("$NEARDUP scan -r jsonl data"), 0);
    ck_assert_ptr_nonnull(strstr(scene.out, "\"path\":\"data/b\\n\\u001b[31m.txt\""));
    ck_assert_ptr_nonnull(strstr(scene.out, "\"path_b64\":\"ZGF0YS9j/y50eHQ=\""));
}
END_TEST

/* ---- keeping ---- */

/* Records of one text; the third is a word longer, the fourth a word shorter. */
static const char make_records[] =
    "t='one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen';\n"
    "{ echo \"{\\\"id\\\":\\\"a\\\",\\\"n\\\":5,\\\"s\\\":\\\"b\\\",\\\"text\\\":\\\"$t end\\\"}\";"
    "  echo \"{\\\"id\\\":\\\"b\\\",\\\"n\\\":40,\\\"s\\\":\\\"c\\\",\\\"text\\\":\\\"$t end\\\"}\";"
    "  echo \"{\\\"id\\\":\\\"c\\\",\\\"n\\\":6,\\\"m\\\":2,\\\"text\\\":\\\"$t end of\\\"}\";"
    "  echo \"{\\\"id\\\":\\\"d\\\",\\\"n\\\":5,\\\"s\\\":7,\\\"m\\\":10,\\\"text\\\":\\\"$t\\\"}\"; } >r.jsonl";

static const struct {
    const char *keep, *kept;
} policies[] = {
    {"first", "a"},        {"last", "d"},   {"longest", "c"},      {"shortest", "d"},
    {"max:n", "b"},        {"min:n", "a"},  {"min:n,last", "d"},   {"max:s", "b"},
    {"min:s", "d"}, /* 7, b, c as bytes */
    {"max:m", "d"},        {"min:m", "c"},  {"max:none", "a"},     {"max:none,shortest", "d"},
    {"longest,last", "c"}, {"oldest", "a"}, {"newest,max:n", "b"}, {"min:n,longest", "a"},
};

START_TEST(the_policy_says_which_stays) {
    char command[256], expected[64];
    ck_assert_int_eq(scene_run(make_records), 0);
    snprintf(command, sizeof command, "$NEARDUP scan -t 0.6 --keep %s -r csv r.jsonl | grep ,kept,", policies[_i].keep);
    snprintf(expected, sizeof expected, ",%s,kept,", policies[_i].kept);
    ck_assert_int_eq(scene_run(command), 0);
    ck_assert_msg(strstr(scene.out, expected) != NULL, "%s: %s", policies[_i].keep, scene.out);
    ck_assert_ptr_eq(strchr(scene.out, '\n') + 1, scene.out + scene.out_size); /* one cluster */
}
END_TEST

START_TEST(times_of_files_decide) {
    const char *touch =
        "touch -d 2020-01-02 data/a.txt; touch -d 2020-01-01 data/b.txt; touch -d 2020-01-03 data/c.txt;";
    char command[256];
    snprintf(command, sizeof command, "%s $NEARDUP scan --keep newest -r paths data", touch);
    ck_assert_int_eq(scene_run(command), 0);
    ck_assert_str_eq(scene.out, "data/a.txt\ndata/b.txt\n");
    ck_assert_int_eq(scene_run("$NEARDUP scan --keep oldest -r paths data"), 0);
    ck_assert_str_eq(scene.out, "data/a.txt\ndata/c.txt\n");
}
END_TEST

/* ---- the schema ---- */

/* The lines of the last output as a JSON array. */
static json_t *parse_lines(void) {
    json_t *lines = json_array();
    for (char *line = scene.out, *end; (end = strchr(line, '\n')); line = end + 1) {
        json_error_t error;
        json_t *value = json_loadb(line, (size_t)(end - line), 0, &error);
        ck_assert_msg(value != NULL, "%s: %.*s", error.text, (int)(end - line), line);
        json_array_append_new(lines, value);
    }
    return lines;
}

START_TEST(lines_come_in_the_order_of_the_schema) {
    static const char *const order[] = {"header", "document", "cluster", "member",
                                        "pair",   "source",   "warning", "summary"};
    ck_assert_int_eq(scene_run("printf 'a\\0b' >data/nul; printf 'x \\377 y' >data/odd.txt; mkdir data/e data/f; "
                               "cp data/a.txt data/e; cp data/d.txt data/f; $NEARDUP scan --pairs -r jsonl data"),
                     0);
    json_t *lines = parse_lines();
    size_t rank = 0, counts[8] = {0}, i;
    json_t *line;
    json_array_foreach(lines, i, line) {
        const char *type = json_string_value(json_object_get(line, "type"));
        size_t found = 0;
        while (strcmp(order[found], type) != 0) ck_assert_uint_lt(++found, 8);
        if (found == 3 && rank == 3) found = 3;
        ck_assert_msg(found >= rank || (rank == 3 && found == 2), "%s comes too late", type);
        rank = found;
        counts[found]++;
    }
    static const size_t expected[] = {1, 8, 2, 6, 7, 2, 1, 1};
    for (i = 0; i < 8; i++) ck_assert_msg(counts[i] == expected[i], "%s: %zu", order[i], counts[i]);
    json_decref(lines);
    ck_assert_ptr_nonnull(strstr(scene.out, "{\"type\":\"document\",\"doc\":null,\"path\":\"data/nul\",\"status\":"
                                            "\"skipped\",\"reason\":\"binary\""));
    ck_assert_ptr_nonnull(strstr(scene.out, "\"status\":\"kept\",\"reason\":\"suspect-encoding\""));
}
END_TEST

START_TEST(lines_are_json_whatever_the_ids) {
    static const char *const ids[] = {"\"a\\377b\"", "[\"\\300\\200\",{\"\\355\\240\\200\":1}]", "\"\\360\\237\\246\"",
                                      "\"\\303\\251\"", "\"\\\\ud800\""};
    char command[512];
    ck_assert_int_eq(scene_run("touch i.jsonl"), 0);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        snprintf(command, sizeof command, "printf '{\"id\":%s,\"text\":\"so it goes\"}\\n' >>i.jsonl", ids[i]);
        ck_assert_int_eq(scene_run(command), 0);
    }
    ck_assert_int_eq(scene_run("printf '{\"a\\377\":1}\\n' >>i.jsonl; $NEARDUP scan -r jsonl i.jsonl | grep -v ud800"),
                     0);
    json_decref(parse_lines());
    ck_assert_ptr_nonnull(strstr(scene.out, "\"id\":\"a\xef\xbf\xbd"
                                            "b\""));
    ck_assert_ptr_nonnull(strstr(scene.out, "\"id\":\"\xc3\xa9\""));
    ck_assert_ptr_nonnull(strstr(scene.out, "its fields are: a\xef\xbf\xbd\""));
}
END_TEST

/* A limit that takes no gigabyte to reach can be set for a corpus only. */
START_TEST(what_is_set_aside_is_pointed_out) {
    ck_assert_int_eq(chdir(scene.folder), 0);
    nd_corpus_options corpus_options = {.operands = {(const char *const[]){"data", "data/d.txt"}, 2},
                                        .record_limit = 1475};
    ck_assert_int_eq(scene_run("truncate -s 1475 data/a.txt data/b.txt data/c.txt; wc -c <data/d.txt"), 0);
    long bytes = atol(scene.out);
    ck_assert_int_gt(bytes, 1475);
    neardup_options options;
    neardup_plan plan;
    nd_corpus *corpus;
    neardup_engine *engine;
    neardup_result *found;
    neardup_options_init(&options);
    ck_assert_int_eq(neardup_options_plan(&options, &plan, NULL), NEARDUP_OK);
    ck_assert_int_eq(nd_corpus_create(&corpus_options, &corpus, NULL), NEARDUP_OK);
    neardup_source source = nd_corpus_source(corpus);
    ck_assert_int_eq(neardup_engine_create(&options, &engine, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_read(engine, &source, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_match(engine, &found, NULL), NEARDUP_OK);
    nd_report report = {
        .result = found, .corpus = corpus, .options = &options, .plan = &plan, .keep = "first", .width = 80};
    char *text = NULL, expected[400];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_int_eq(nd_jsonl_write(&report, out, NULL) | nd_text_write(&report, out, NULL), NEARDUP_OK);
    fclose(out);
    snprintf(expected, sizeof expected,
             "{\"type\":\"warning\",\"code\":\"set-aside\",\"message\":\"it has %ld bytes, and no more than 1475 bytes "
             "are read of "
             "one document with the memory there is; cut it into parts, or allow more "
             "(--memory)\",\"path\":\"data/d.txt\",\"size\":%ld,\"limit\":1475}\n",
             bytes, bytes);
    ck_assert_msg(strstr(text, expected) != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "\"set_aside\":1"));
    ck_assert_ptr_nonnull(strstr(text, "1 document was set aside and not compared, being larger than 1.5 kB."));
    ck_assert(nd_problems_matter(corpus)); /* it was met on the walk, but it was named too */
    free(text);
    neardup_result_free(found);
    neardup_engine_free(engine);
    nd_corpus_free(corpus);
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(large_clusters_are_pointed_out) {
    ck_assert_int_eq(
        scene_run("i=0; while [ $i -lt 1000 ]; do echo '{\"id\":'$i',\"text\":\"the same old song\"}'; i=$((i+1)); "
                  "done >song.jsonl; $NEARDUP scan -r jsonl song.jsonl | grep -A1 warning"),
        0);
    ck_assert_ptr_nonnull(strstr(scene.out, "\"code\":\"large-cluster\""));
    ck_assert_ptr_nonnull(strstr(scene.out, "\"cluster\":0,\"size\":1000}\n"));
    ck_assert_int_eq(scene_run("$NEARDUP scan song.jsonl"), 0);
    ck_assert_ptr_nonnull(strstr(scene.out, "1,000 documents\n"));
    ck_assert_ptr_nonnull(strstr(scene.out, "… and 990 more\n"));
    ck_assert_int_eq(scene_run("$NEARDUP scan --all song.jsonl | wc -l"), 0);
    ck_assert_int_eq(atoi(scene.out), 1005);
}
END_TEST

START_TEST(only_the_seconds_differ) {
    ck_assert_int_eq(scene_run("for j in 1 2 7; do $NEARDUP scan -j $j --pairs-from 0.1 -r jsonl data | "
                               "sed 's/\"seconds\":[0-9.]*//' >$j; done; cmp 1 2 && cmp 1 7"),
                     0);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("scan");
    tcase_add_checked_fixture(tests, make, scene_strike);
    tcase_add_loop_test(tests, each_case_ends_as_it_should, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tests, outputs_are_whole_or_absent);
    tcase_add_test(tests, inputs_are_not_written_to);
    tcase_add_test(tests, reports_have_files_of_their_own);
    tcase_add_test(tests, outputs_keep_what_the_name_stands_for);
    tcase_add_loop_test(tests, a_signal_leaves_nothing_behind, 0, (int)(sizeof signals / sizeof *signals));
    tcase_add_test(tests, a_limit_of_file_size_is_told);
    tcase_add_test(tests, progress_is_shown_and_cleared);
    tcase_add_test(tests, names_are_shown_or_passed_on_safely);
    tcase_add_loop_test(tests, the_policy_says_which_stays, 0, (int)(sizeof policies / sizeof *policies));
    tcase_add_test(tests, times_of_files_decide);
    tcase_add_test(tests, lines_come_in_the_order_of_the_schema);
    tcase_add_test(tests, lines_are_json_whatever_the_ids);
    tcase_add_test(tests, what_is_set_aside_is_pointed_out);
    tcase_add_test(tests, large_clusters_are_pointed_out);
    tcase_add_test(tests, only_the_seconds_differ);
    return run_tests(tests);
}
