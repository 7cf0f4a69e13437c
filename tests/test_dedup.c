/* SPDX-License-Identifier: MIT */
/* neardup dedup as users meet it: where every record ends up, what is said, what is left behind. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "random.h"
#include "suite.h"
#include "support/scene.h"

/*
 * A folder with r.jsonl, whose second record is a copy of the first, the third something else; d/, a folder with two
 * shards, of which the second begins with a copy of the first's last record; and t/, files, of which b is a copy of a.
 */
static const char make_inputs[] =
    "r() { printf '{\"id\":\"%s\",\"text\":\"%s\"}\\n' \"$1\" \"$(seq -s ' ' $2 $3)\"; }\n"
    "mkdir d t; { r a 1 99; r b 1 99; r c 300 399; } >r.jsonl; { r a 1 99; r c 300 399; } >d/1.jsonl; "
    "{ r d 300 399; r e 500 599; } >d/2.jsonl; seq 1 99 >t/a; seq 1 99 >t/b; seq 300 399 >t/c; ";

static void make(void) {
    scene_set();
    scene.preface = make_inputs;
}

static const scene_case cases[] = {
    /* where things go */
    {"$NEARDUP dedup -q r.jsonl -o - | cut -c -9", 0, "{\"id\":\"a\"\n{\"id\":\"c\"\n", ""},
    {"$NEARDUP dedup -q - <r.jsonl | cut -c -9", 0, "{\"id\":\"a\"\n{\"id\":\"c\"\n", ""},
    {"cat r.jsonl | $NEARDUP dedup -q -j 1 - | cut -c -9", 0, "{\"id\":\"a\"\n{\"id\":\"c\"\n", ""},
    {"gzip -c r.jsonl | $NEARDUP dedup -q - | wc -l", 0, "2\n", ""},
    {"printf '' | $NEARDUP dedup -", 0, "", "1 document in, 1 kept, 0 dropped\n"},
    {"$NEARDUP dedup -q r.jsonl -o o.gz; zcat o.gz | cut -c -9", 0, "{\"id\":\"a\"\n{\"id\":\"c\"\n", ""},
    {"$NEARDUP dedup -q d -o o.zst; zstd -dc o.zst | cut -c -9", 0, "{\"id\":\"a\"\n{\"id\":\"c\"\n{\"id\":\"e\"\n",
     ""},
    {"$NEARDUP dedup -q r.jsonl -o o.zst --dropped x.gz --decisions y.gz -r jsonl:z.zst; gzip -dc y.gz | grep -c "
     "decision; zstd -qdc z.zst | jq -r .type | sort -u | head -n 1; $NEARDUP restore -q o.zst --dropped x.gz "
     "--decisions y.gz -o - | cmp - r.jsonl",
     0, "1\ncluster\n", ""},
    {"ln -s /dev/full f.gz; $NEARDUP dedup -q r.jsonl -o o --decisions f.gz; ls", 0, "d\nf.gz\nr.jsonl\nt\n",
     "f.gz cannot be written: No space left on device"},
    {"ln -s /dev/full f.zst; $NEARDUP dedup -q r.jsonl -o o -r jsonl:f.zst; ls", 0, "d\nf.zst\nr.jsonl\nt\n",
     "f.zst cannot be written: No space left on device"},
    {"$NEARDUP dedup -q d -o o/; ls -A o; wc -l <o/2.jsonl", 0, "1.jsonl\n2.jsonl\nneardup.json\n1\n", ""},
    {"mkdir o; $NEARDUP dedup -q d -o o; ls -A o", 0, "1.jsonl\n2.jsonl\nneardup.json\n", ""},
    {"$NEARDUP dedup -q d r.jsonl -o o/; ls o; wc -c <o/r.jsonl", 0, "1.jsonl\n2.jsonl\nneardup.json\nr.jsonl\n0\n",
     ""},
    {"$NEARDUP dedup -q t -o o/ --dropped x/; ls o x", 0, "o:\na\nc\nneardup.json\n\nx:\nb\n", ""},
    {"for i in $(seq 99); do iconv -t utf-16 t/a >t/u$i; done; $NEARDUP dedup -q -j 3 t -o o/ --decisions y; ls o; "
     "grep -c "
     "'\"drop\"' y",
     0, "a\nc\nneardup.json\n100\n", ""},
    {"$NEARDUP dedup -q t -o o/ --keep last; ls o", 0, "b\nc\nneardup.json\n", ""},
    {"$NEARDUP dedup -q t -o o/ --link; [ t/a -ef o/a ] || cmp t/a o/a", 0, "", ""},
    {"mkdir e; ln -s ../t/a e/a; $NEARDUP dedup -q --follow e -o o/ --link; [ ! -L o/a ] && cmp t/a o/a", 0, "", ""},
    {"$NEARDUP dedup -q d -o /dev/null; test -c /dev/null", 0, "", ""},
    {"mkfifo f; cat f >g & $NEARDUP dedup -q r.jsonl -o f; wait; wc -l <g", 0, "2\n", ""},
    {"printf '%s' \"$(cat d/1.jsonl)\" >d/1.jsonl; $NEARDUP dedup -q d -o o; wc -l <o; tail -c 1 o | od -An -c", 0,
     "3\n  \\n\n", ""},
    {"printf '%s' \"$(cat r.jsonl)\" >r.jsonl; $NEARDUP dedup -q r.jsonl -o -| tail -c 2", 0, "\"}", ""},
    {"printf '\\357\\273\\277' | cat - d/2.jsonl >x; mv x d/2.jsonl; $NEARDUP dedup -q --keep last d -o o; grep -c ^. "
     "o; "
     "$NEARDUP scan o --format jsonl | head -n 1",
     0, "3\n3 documents, 1.1 kB: no copies.\n", ""},
    {"$NEARDUP dedup -q r.jsonl -o o --dropped x --decisions y; cut -c -9 x; grep -c decision y", 0,
     "{\"id\":\"b\"\n1\n", ""},
    {"$NEARDUP dedup -q r.jsonl -o o -r paths", 0, "r.jsonl:2\n", ""},
    {"$NEARDUP dedup -q r.jsonl -o o -r jsonl | grep -c '\"dropped\":1'", 0, "1\n", ""},
    {"n=\"$(printf 'x\\n\"\\377')\"; mkdir \"$n\"; cp d/1.jsonl \"$n/$n.jsonl\"; $NEARDUP dedup -q \"$n\" -o o/ && "
     "cmp \"o/$n.jsonl\" d/1.jsonl",
     0, "", ""},
    {"iconv -f utf-8 -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup -q u.jsonl -o o --dropped x --decisions y; "
     "cat o | iconv -f utf-16 -t utf-8 | cut -c -9; $NEARDUP restore -q o --dropped x --decisions y -o z; cmp z "
     "u.jsonl",
     0, "{\"id\":\"a\"\n{\"id\":\"c\"\n", ""},
    {"r \"$(printf '\\354\\203\\210')\" 1 99 | iconv -t cp949 >k.jsonl; $NEARDUP dedup -q --encoding cp949 k.jsonl -o "
     "o; "
     "cmp k.jsonl o",
     0, "", ""},
    /* annotations */
    {"$NEARDUP dedup -q --mode annotate r.jsonl -o - | sed 's/.*,\"neardup\":/,/'", 0,
     ",{\"cluster\":0,\"keep\":true,\"dup_of\":null,\"dup_path\":null,\"dup_record\":null,\"dup_id\":null,\"jaccard\":"
     "null,"
     "\"cluster_size\":2}}\n"
     ",{\"cluster\":0,\"keep\":false,\"dup_of\":0,\"dup_path\":\"r.jsonl\",\"dup_record\":0,\"dup_id\":\"a\","
     "\"jaccard\":1.000000,\"cluster_size\":2}}\n"
     ",{\"cluster\":null,\"keep\":true,\"dup_of\":null,\"dup_path\":null,\"dup_record\":null,\"dup_id\":null,"
     "\"jaccard\":null,\"cluster_size\":null}}\n",
     ""},
    {"$NEARDUP dedup -q --mode annotate --annotate-key d r.jsonl -o - | jq -c 'select(.d.keep | not) | .id'", 0,
     "\"b\"\n", ""},
    {"$NEARDUP dedup -q --mode annotate r.jsonl -o o; $NEARDUP dedup --mode annotate o -o p --format jsonl; ls p", 2,
     "", "o:1 has the key \"neardup\" already"},
    {"$NEARDUP dedup -q --mode annotate r.jsonl -o o; $NEARDUP dedup -q --force --mode annotate o -o - --format jsonl "
     "| "
     "jq -c .neardup.keep",
     0, "true\nfalse\ntrue\n", ""},
    {"echo '{\"text\":\"a\",\"\\u006eeardup\":1}' >e.jsonl; $NEARDUP dedup --mode annotate e.jsonl -o p", 2, "",
     "e.jsonl:1 has the key"},
    {"$NEARDUP dedup --mode annotate t -o o/", 2, "", "t/a is one document, not JSON Lines, and cannot get notes"},
    {"$NEARDUP dedup --mode annotate --dropped x r.jsonl -o o", 2, "", "--mode annotate drops nothing"},
    {"$NEARDUP dedup --annotate-key a.b r.jsonl -o o", 2, "", "--annotate-key takes a name without dots"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup --mode annotate u.jsonl -o o", 2, "", "is not UTF-8"},
    {"$NEARDUP dedup --cluster component r.jsonl -o o", 2, "", "goes with --mode annotate only"},
    {"$NEARDUP dedup -q --cluster component --mode annotate r.jsonl -o - | jq -c .neardup.keep", 0,
     "true\nfalse\ntrue\n", ""},
    /* bad records */
    {"echo bad >>r.jsonl; $NEARDUP dedup r.jsonl -o - | tail -n 1", 0, "bad\n", "1 bad record (kept in place)"},
    {"echo bad >>r.jsonl; echo bad >>r.jsonl; $NEARDUP dedup -q r.jsonl -o o", 3, "",
     "neardup: r.jsonl:4 is not a record: expected a value (at byte 0)\nneardup: ... and 1 more like this\n"},
    {"echo bad >>r.jsonl; $NEARDUP dedup -q r.jsonl -o o --bad-records x; cat x", 0, "bad\n", ""},
    {"{ echo bad; echo; cat r.jsonl; echo '{\"text\":1}'; } >b.jsonl; $NEARDUP dedup b.jsonl -o o --bad-records x; "
     "s=$?; cat x; wc -l <o; exit $s",
     0, "bad\n{\"text\":1}\n3\n", "6 lines: 3 documents, 2 bad records (moved to --bad-records), 1 empty line"},
    {"printf '%s\\r\\n' \"$(head -n 1 r.jsonl)\" >c.jsonl; $NEARDUP dedup -q c.jsonl -o o; cmp o c.jsonl", 0, "", ""},
    /* references */
    {"$NEARDUP dedup -q d/2.jsonl --against d/1.jsonl -o - --decisions y | cut -c -9; grep -o 'doc.:0.*dup_record.:1' "
     "y",
     0,
     "{\"id\":\"e\"\ndoc\":0,\"path\":\"2.jsonl\",\"record\":0,\"id\":\"d\",\"dup_of\":-2,\"dup_path\":\"1.jsonl\","
     "\"dup_record\":1\n",
     ""},
    {"$NEARDUP dedup -q d/2.jsonl --against d/1.jsonl -o o/; ls o", 0, "2.jsonl\nneardup.json\n", ""},
    {"$NEARDUP dedup d/2.jsonl --against d/1.jsonl -o o", 0, "",
     "2 documents in, 1 kept, 1 dropped (1 identical, 0 near); compared with 2 references, too"},
    {"echo bad >>r.jsonl; $NEARDUP dedup d/2.jsonl --against r.jsonl -o o --bad-records x; s=$?; wc -c <x; exit $s", 3,
     "0\n", "compared with 3 references, too, among which 1 line is no record\n"},
    {"{ cat r.jsonl; echo bad; } >b.jsonl; echo bad >>d/1.jsonl; $NEARDUP dedup -q d/1.jsonl --against b.jsonl -o o "
     "--bad-records x; s=$?; cat x; exit $s",
     3, "bad\n", "neardup: b.jsonl:4 is not a record"},
    {"$NEARDUP dedup d --against d/1.jsonl -o o", 2, "", "d/1.jsonl is an input and a reference"},
    {"ln d/1.jsonl x.jsonl; $NEARDUP dedup x.jsonl --against d -o o", 2, "", "x.jsonl is an input and a reference"},
    {"r x 1 99 >x.jsonl; $NEARDUP dedup -q x.jsonl --against r.jsonl --keep last -r jsonl -o o | grep -o "
     "'\"doc\":.*\"status\":\"reference\"' | head -n 1",
     0,
     "\"doc\":-1,\"path\":\"r.jsonl\",\"record\":0,\"id\":\"a\",\"bytes\":287,\"tokens\":99,\"status\":\"reference\"\n",
     ""},
    {"$NEARDUP dedup d/2.jsonl --against d/1.jsonl -o d/1.jsonl", 2, "", "d/1.jsonl is an input"},
    /* outputs in each other's and the inputs' way */
    {"r x 1 99 >x; cat x x >d/1.jsonl; cp -r d e; $NEARDUP dedup d/1.jsonl -o o/ --dropped d/; s=$?; diff -r d e; ls; "
     "exit $s",
     2, "d\ne\nr.jsonl\nt\nx\n", "d/1.jsonl is an input: name another folder with --dropped"},
    {"mkdir e; cp d/2.jsonl e/1.jsonl; cp -r d f; $NEARDUP dedup e/1.jsonl --against d/1.jsonl -o o/ --dropped d/; "
     "s=$?; diff -r d f; exit $s",
     2, "", "d/1.jsonl is an input"},
    {"$NEARDUP dedup d -o o/ --dropped o/x/; ls", 0, "d\nr.jsonl\nt\n",
     "o/x/ is inside the folder o/ that gets a file"},
    {"$NEARDUP dedup d -o o/x/ --dropped p/.././o/; ls", 0, "d\nr.jsonl\nt\n", "o/x/ is inside the folder p/.././o/"},
    {"mkdir o; $NEARDUP dedup d -o o --dropped ./o//; s=$?; ls o; exit $s", 2, "", "./o// is inside the folder o"},
    {"$NEARDUP dedup d -o o/ --dropped o/; ls", 0, "d\nr.jsonl\nt\n", "o/ is inside the folder o/"},
    {"mkdir o; ln -s o l; $NEARDUP dedup d -o o/ --decisions l/1.jsonl; s=$?; ls o; exit $s", 2, "",
     "/o/1.jsonl is inside the folder o/"},
    {"mkdir o; ln -s o/1.jsonl l; $NEARDUP dedup d -o o/ --decisions l; s=$?; ls o; exit $s", 2, "",
     "/o/1.jsonl is inside the folder o/"},
    {"mkdir x; $NEARDUP dedup d -o o/ --dropped x --bad-records x/1.jsonl; s=$?; ls x; exit $s", 2, "",
     "x/1.jsonl is inside the folder x"},
    {"mkdir o; $NEARDUP dedup d -o o/ -r jsonl:o/1.jsonl; s=$?; ls o; exit $s", 2, "",
     "o/1.jsonl is inside the folder o/"},
    {"$NEARDUP dedup -q d -o o/ --dropped oo/ --decisions ooo; ls", 0, "d\no\noo\nooo\nr.jsonl\nt\n", ""},
    /* limits */
    {"$NEARDUP dedup --max-drop 30% r.jsonl -o o; s=$?; ls o; exit $s", 1, "",
     "1 of 3 documents would go, more than --max-drop 30%; most of them, 1, for r.jsonl:1. Nothing is written"},
    {"$NEARDUP dedup -q --max-drop 34% r.jsonl -o o; ls o", 0, "o\n", ""},
    {"$NEARDUP dedup -q --max-drop 0% d/1.jsonl -o o; ls o", 0, "o\n", ""},
    {"$NEARDUP dedup --max-drop 0% r.jsonl -o o/ --dropped x/; ls", 0, "d\nr.jsonl\nt\n", "more than --max-drop 0%"},
    {"for i in $(seq 100); do echo '{\"source\":\"s\",\"text\":\"all the same words here\"}'; done >m.jsonl; "
     "for i in $(seq 900); do r $i $((i * 9)) $((i * 9 + 9)); done >>m.jsonl; $NEARDUP dedup m.jsonl -o o --max-drop "
     "50%",
     1, "", "99 of 100 documents of the source s would go, more than --max-drop 50%; most of them, 99, for m.jsonl:1"},
    {"for i in $(seq 100); do echo '{\"source\":\"s\",\"text\":\"all the same words here\"}'; done >m.jsonl; "
     "$NEARDUP dedup m.jsonl -o o; wc -l <o",
     0, "1\n", "warning: 99 of 100 documents of the source s go"},
    {"{ for i in $(seq 71); do r $i $((i * 9)) $((i * 9 + 9)); done; for i in $(seq 29); do r c$i 9 18; done; } "
     ">m.jsonl; "
     "$NEARDUP dedup --max-drop 28.9% m.jsonl -o o; $NEARDUP dedup -q --max-drop 29% m.jsonl -o o && wc -l <o",
     0, "71\n", "29 of 100 documents would go, more than --max-drop 28.9%"},
    {"$NEARDUP dedup --max-drop 1 r.jsonl -o o", 2, "", "--max-drop takes a percentage"},
    /* what cannot be */
    {"$NEARDUP dedup -q --find documents,passages r.jsonl -o o -r jsonl | grep -c '\"passages\":0'", 0, "1\n", ""},
    {"$NEARDUP dedup --find passages r.jsonl -o o", 2, "",
     "--find takes documents, or documents,passages, not 'passages'"},
    {"$NEARDUP dedup -q --find documents r.jsonl -o o && ls o", 0, "o\n", ""},
    {"$NEARDUP dedup --min-words 11 r.jsonl -o o", 2, "", "--min-words takes"},
    {"$NEARDUP dedup r.jsonl", 2, "", "say with -o where to write"},
    {"$NEARDUP dedup t -o o", 2, "", "t/a is one document, not JSON Lines, and cannot go into one file"},
    {"$NEARDUP dedup t -o o/ --dropped x; s=$?; ls; exit $s", 2, "d\nr.jsonl\nt\n",
     "t/a is one document, not JSON Lines, and cannot go into the file of --dropped: name a folder with --dropped"},
    {"echo text | $NEARDUP dedup -", 2, "", "standard input is one document, not JSON Lines"},
    {"cat r.jsonl | $NEARDUP dedup - -o o/", 2, "", "standard input has no name"},
    {"mkdir e; cp d/1.jsonl e; $NEARDUP dedup d e -o o/; ls", 0, "d\ne\nr.jsonl\nt\n",
     "two inputs would be written to 1.jsonl"},
    {"mkdir -p e/1.jsonl; cp r.jsonl e/1.jsonl; $NEARDUP dedup d e -o o/", 2, "",
     "two inputs would be written to 1.jsonl"},
    {"echo '{}' >d/neardup.json; $NEARDUP dedup d -o o/", 2, "", "has the name of the manifest"},
    {"$NEARDUP dedup d -o d/o/; ls d", 0, "1.jsonl\n2.jsonl\n", "d/o/ is inside the folder d that is read"},
    {"$NEARDUP dedup d -o o -r jsonl:d/x; ls d", 0, "1.jsonl\n2.jsonl\n",
     "d/x is inside the folder d that is read: name another place with --report"},
    {"$NEARDUP dedup -q d/1.jsonl -o o -r jsonl:d/x; ls d", 0, "1.jsonl\n2.jsonl\nx\n", ""},
    {"$NEARDUP dedup d -o d/x; ls d", 0, "1.jsonl\n2.jsonl\n", "d/x is inside the folder d that is read"},
    {"echo d >l; $NEARDUP dedup --files-from l -o d/o/; ls d", 0, "1.jsonl\n2.jsonl\n", "d/o/ is inside the folder d"},
    {"echo d | $NEARDUP dedup --files-from - -o o --dropped d/x; ls d", 0, "1.jsonl\n2.jsonl\n",
     "d/x is inside the folder d"},
    {"$NEARDUP dedup r.jsonl --against d -o d/o; ls d", 0, "1.jsonl\n2.jsonl\n", "d/o is inside the folder d"},
    {"ln -s d l; $NEARDUP dedup d -o l/", 2, "", "l/ is inside the folder d"},
    {"$NEARDUP dedup d/1.jsonl -o d/", 2, "", "d/1.jsonl is an input"},
    {"$NEARDUP dedup r.jsonl -o r.jsonl; wc -l <r.jsonl", 0, "3\n", "r.jsonl is an input"},
    {"$NEARDUP dedup r.jsonl -o o --dropped o", 2, "", "two outputs cannot go to the same file (o)"},
    {"$NEARDUP dedup r.jsonl -o - -r text", 2, "", "only one thing can go to standard output"},
    {"$NEARDUP dedup r.jsonl -o o --dropped x/", 2, "", "--dropped can be a folder only where -o is one"},
    {"$NEARDUP dedup r.jsonl -o o --decisions t", 2, "", "--decisions needs a file, and t is a folder"},
    {"$NEARDUP dedup --fail-on 1 r.jsonl -o o", 2, "", "unknown option '--fail-on'"},
    {"$NEARDUP dedup -q d -o o/; $NEARDUP dedup d -o o/", 2, "", "o/ already holds the result of a run (neardup.json)"},
    {"$NEARDUP dedup -q d -o o/; $NEARDUP dedup -q -k last d -o o/ --force; wc -l <o/1.jsonl", 0, "1\n", ""},
    {"mkdir o; echo '{\"my\": 1}' >o/neardup.json; $NEARDUP dedup -q d -o o/ --force; s=$?; ls o; exit $s", 2,
     "neardup.json\n", "o/neardup.json lists no outputs of a run before"},
    {": >e; mkdir o; cp e o/neardup.json; $NEARDUP dedup -q d -o o/ --force", 2, "", "o/neardup.json lists no outputs"},
    {"gzip -c r.jsonl | head -c 100 >c.jsonl.gz; $NEARDUP dedup c.jsonl.gz r.jsonl -o o; ls", 0,
     "c.jsonl.gz\nd\nr.jsonl\nt\n", "c.jsonl.gz cannot be read to its end: the gzip data break off"},
    {"gzip -c r.jsonl | head -c 100 | $NEARDUP dedup -", 2, "", "nothing is written"},
    {"gzip -c t/a | head -c 50 >t/x.gz; $NEARDUP dedup t -o o/; ls", 0, "d\nr.jsonl\nt\n", "t/x.gz cannot be read"},
    {"$NEARDUP dedup -q r.jsonl gone.jsonl -o o; s=$?; wc -l <o; exit $s", 3, "2\n",
     "neardup: gone.jsonl cannot be read: No such file or directory\n"},
    {"$NEARDUP dedup -q r.jsonl -o /dev/full", 2, "", "/dev/full cannot be written: No space left on device"},
    {"$NEARDUP dedup -q r.jsonl -o o --dropped /dev/full; ls", 0, "d\nr.jsonl\nt\n",
     "name another place with --dropped"},
    {"$NEARDUP dedup -q r.jsonl -o o --decisions /dev/full; ls", 0, "d\nr.jsonl\nt\n", "/dev/full cannot be written"},
    {"mkdir -p o/c; echo old >o/a; ln o/a h; $NEARDUP dedup -q t -o o/; s=$?; ls -A o; cat o/a; [ o/a -ef h ] || echo "
     "another; exit $s",
     2, "a\nc\nold\n", "o/c cannot be written: Is a directory"},
    {"mkdir -p o/c; ln -s gone o/a; $NEARDUP dedup -q t -o o/; s=$?; readlink o/a; exit $s", 2, "gone\n", "o/c cannot"},
    {"mkdir o; echo old >o/a; $NEARDUP dedup -q t -o o/; cmp o/a t/a; ls -A o", 0, "a\nc\nneardup.json\n", ""},
    {"$NEARDUP dedup -q r.jsonl -o no/o", 2, "", "no/o cannot be written: No such file"},
    {"$NEARDUP dedup -q r.jsonl -o r.jsonl/", 2, "", "r.jsonl"},
    {"i=0; while [ $i -lt 3000 ]; do r $i $i $((i+90)); "
     "i=$((i+60)); done >l.jsonl; for j in $(seq 99); do cat l.jsonl; done >m.jsonl; ($NEARDUP dedup -q --keep last -t "
     "1 "
     "--mode annotate m.jsonl -o -; echo $? >&2) | head -n 1 | wc -l",
     0, "1\n", "141\n"},
    {"for i in $(seq 99); do r $i ${i}000 ${i}999; done >l.jsonl; (ulimit -f 10; $NEARDUP dedup -q l.jsonl -o o); ls",
     0, "d\nl.jsonl\nr.jsonl\nt\n", "o cannot be written: File too large; up to 1 MB may be needed there: make room"},
    {"for i in $(seq 99); do r $i ${i}000 ${i}999; done >l.jsonl; (ulimit -f 10; $NEARDUP dedup -q l.jsonl -o o/); ls "
     "-A",
     0, "d\nl.jsonl\nr.jsonl\nt\n", "o/ cannot be written: File too large"},
    /* what has no end */
    {"$NEARDUP dedup -q r.jsonl -o o --dropped x --decisions y; $NEARDUP restore /dev/zero --dropped x --decisions y "
     "-o z",
     2, "", "what r.jsonl was cannot be put together: /dev/zero, x and y do not belong together"},
    {"$NEARDUP dedup -q r.jsonl -o o --dropped x --decisions y; yes | $NEARDUP restore o --dropped /dev/stdin "
     "--decisions y -o "
     "z; s=$?; ls -A; exit $s",
     2, "d\no\nr.jsonl\nt\nx\ny\n", "do not belong together"},
    {"$NEARDUP dedup -q r.jsonl -o o --dropped x --decisions y; $NEARDUP restore o --dropped x --decisions /dev/zero "
     "-o z",
     2, "", "there is a line that is no JSON"},
};

START_TEST(each_case_ends_as_it_should) { scene_check(&cases[_i], true); }
END_TEST

/* ---- what is there beside the repository ---- */

static const struct {
    const char *corpus, *options;
    bool spilled; /* the input comes through a pipe, and there is room in memory for little of it */
} checked[] = {
    {"office-help", "-j 1", false}, {"office-help", "-j 2 --mode annotate", false},
    {"office-help", "-j 2", true},  {"office-help", "-j 1 --mode annotate", true},
    {"linux-doc", "-j 2", false},   {"linux-doc", "-j 1 --mode annotate", false},
    {"linux-doc", "-j 1", true},    {"linux-doc", "-j 2 --mode annotate", true},
};

/* The independent checker: order, lineage, safe removal, what is left; with notes, that nothing else was added. What
 * went can be put back. */
START_TEST(the_checker_agrees) {
    const char *shared = NEARDUP_SHARED_DATA, *corpus = checked[_i].corpus, *options = checked[_i].options;
    bool annotated = strstr(options, "annotate"), spilled = checked[_i].spilled;
    char command[2048], tool[512];
    snprintf(tool, sizeof tool, "%s/tools/check_dedup.py", shared);
    if (access(tool, R_OK) != 0 || (SANITIZED && _i > 3)) {
        printf("not checked: %s\n", tool);
        return;
    }
    snprintf(
        command, sizeof command,
        "zstd -qdc --long=27 %s/data/%s.jsonl.zst >i.jsonl; %s $NEARDUP dedup -v %s %s %s -o o.jsonl.gz --decisions "
        "y 2>err || exit 9; cat err; python3 %s %s i.jsonl o.jsonl.gz y %s/data/%s.exact-0.7.tsv || exit 8; %s",
        shared, corpus, spilled ? "cat i.jsonl |" : "", options, annotated ? "" : "--dropped gone.zst",
        spilled ? "-m 64M -" : "i.jsonl", tool, annotated ? "--annotated" : "", shared, corpus,
        annotated ? ":" : "$NEARDUP restore -q o.jsonl.gz --dropped gone.zst --decisions y -o - | cmp - i.jsonl");
    ck_assert_msg(scene_run(command) == 0, "%s %s: %s%s", corpus, options, scene.out, scene.err);
    ck_assert_msg(!strstr(scene.out, ", 0 bytes of temporary data") == spilled, "%s", scene.out);
}
END_TEST

/* ---- inputs that change ---- */

START_TEST(a_changed_input_ends_the_run) {
    ck_assert_int_eq(
        scene_run("mkfifo f; $NEARDUP dedup --format jsonl r.jsonl f -o o --dropped x & pid=$!; exec 3>f; sleep 0.3; "
                  "echo '{\"text\":\"more\"}' >>r.jsonl; echo '{\"text\":\"last\"}' >&3; exec 3>&-; wait $pid; s=$?; "
                  "ls; exit $s"),
        2);
    ck_assert_str_eq(scene.out, "d\nf\nr.jsonl\nt\n");
    ck_assert_msg(strstr(scene.err, "r.jsonl") != NULL, "%s", scene.err);
}
END_TEST

/* ---- signals ---- */

START_TEST(a_signal_leaves_nothing_behind) {
    static const char *const outputs[] = {"-o o --dropped x", "-o o/ --dropped x/"};
    char command[512];
    snprintf(
        command, sizeof command,
        "mkfifo in; sleep 4 >in & env --default-signal $NEARDUP dedup --format jsonl in %s --decisions y & pid=$!; "
        "until ls -A | grep -q '^.y'; do sleep 0.1; done; kill -TERM $pid; wait $pid; echo $?; find . -newer in",
        outputs[_i]);
    scene_run(command);
    static const char *const left[] = {"143\n.\n", "143\n.\n./o\n./x\n"}; /* the folders are empty */
    ck_assert_msg(strlen(scene.out) == strlen(left[_i]) && !strstr(scene.out, "/."), "%s", scene.out);
}
END_TEST

/* Killed at any moment, a run leaves under a final name either nothing or all of it, and the next run works. */
START_TEST(a_killed_run_leaves_no_half) {
    const char *wanted = getenv("NEARDUP_TEST_KILLS");
    int kills = wanted ? atoi(wanted) : SANITIZED ? 4 : 50;
    random_start("a_killed_run_leaves_no_half");
    ck_assert_int_eq(
        scene_run(
            "for i in $(seq 400); do r $i $((i * 7)) $((i * 7 + 99)); done >x; for i in $(seq 9); do cat x; done "
            "| split -l 300 - d/s; for f in d/s*; do mv $f $f.jsonl; done; $NEARDUP dedup -q d -o whole/ --dropped "
            "gone/ --decisions why; sed -i 's/\"seconds.*//' why"),
        0);
    for (int i = 0; i < kills; i++) {
        char command[1024];
        snprintf(
            command, sizeof command,
            "$NEARDUP dedup -q --force d -o o/ --dropped x/ --decisions y & pid=$!; sleep 0.%03u; kill -KILL $pid; "
            "wait $pid; bad=0; for f in $(cd whole; ls); do [ ! -e o/$f ] || [ $f = neardup.json ] || cmp o/$f "
            "whole/$f || "
            "bad=1; done; for f in $(cd gone; ls); do [ ! -e x/$f ] || cmp x/$f gone/$f || bad=1; done; "
            "[ ! -e o/neardup.json ] || [ $(ls o | wc -l) = $(ls whole | wc -l) ] || bad=1; exit $bad",
            random_below(120));
        ck_assert_msg(scene_run(command) == 0, "%s\n%s%s", command, scene.out, scene.err);
    }
    ck_assert_msg(
        scene_run("$NEARDUP dedup -q --force d -o o/ --dropped x/ --decisions y; sed -i 's/\"seconds.*//' y; diff -r o "
                  "whole && diff -r x gone && cmp y why; ls -A o | grep part") == 1,
        "%s%s", scene.out, scene.err);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("dedup");
    tcase_add_checked_fixture(tests, make, scene_strike);
    tcase_add_loop_test(tests, each_case_ends_as_it_should, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tests, the_checker_agrees, 0, sizeof checked / sizeof *checked);
    tcase_add_test(tests, a_changed_input_ends_the_run);
    tcase_add_loop_test(tests, a_signal_leaves_nothing_behind, 0, 2);
    tcase_add_test(tests, a_killed_run_leaves_no_half);
    return run_tests(tests);
}
