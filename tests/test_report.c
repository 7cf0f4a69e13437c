/* SPDX-License-Identifier: MIT */
/* neardup report: a saved result is rendered as the run itself rendered it, and what is no result is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "report/saved.h"
#include "suite.h"
#include "support/scene.h"

static void make(void) {
    scene_set();
    ck_assert_int_eq(
        scene_run(
            "words() { i=$1; while [ $i -lt $2 ]; do printf 'word%d ' $i; i=$((i+1)); done; }\n"
            "mkdir -p one/d two/d; words 1 200 >one/d/a.txt; words 2 201 >two/d/a.txt; words 500 700 >one/d/b.txt\n"
            "{ words 800 900; words 500 600; } >two/d/c.txt; { words 1 60; echo; words 1 60; } >two/d/twice.txt\n"
            "cp one/d/a.txt \"one/d/$(printf 'odd\\377\\n\"')\"; printf 'a\\000b' >one/d/binary; : >one/d/empty.txt\n"
            "for i in 1 2 1 3 1; do printf '{\"id\":%s,\"source\":\"s%s\",\"text\":\"%s\",\"body\":\"%s\"}\\n' "
            "1e$i $i \"$(words $i 90)\" \"$(words 1 9$i)\"; done >r.jsonl; printf 'bad\\n\\n' >>r.jsonl\n"
            "printf '{\"id\":\"x \\\\u00e9 \\\\\"\",\"text\":\"%s\"}\\n' \"$(words 1 90)\" >>r.jsonl; gzip -k r.jsonl\n"
            "words 1 400000 >large.txt; printf 'caf\\351 \\351\\351\\351 one two three' >latin.txt"),
        0);
}

/* ---- round trips ---- */

static const char *const searches[] = {
    "scan one two",
    "scan one/d two/d", /* two files have one path */
    "scan r.jsonl -k last",
    "scan r.jsonl.gz --text-field body,text --source field:id",
    "scan --find documents,passages one two r.jsonl",
    "scan --cluster component -t .1 --pairs-from .05 one two",
    "scan --format text r.jsonl latin.txt one/d/binary",
    "scan --memory 64M large.txt one r.jsonl",
    "scan --encoding utf-8,latin1 latin.txt one",
    "scan --min-tokens 100 one two latin.txt",
    "scan --shingle char:9 --seed 18446744073709551615 --markup none --recall .9 one two",
    "dedup two r.jsonl --against one -o out/",
    "dedup one/d -o out/ --force",
    "scan one/d/b.txt",
};

START_TEST(a_saved_result_is_rendered_as_the_run_did) {
    char command[1024];
    snprintf(command, sizeof command,
             "rm -rf out; $NEARDUP %s -q -r jsonl:s.jsonl -r text:s.text -r csv:s.csv %s; "
             "s=$?; [ $s = 0 ] || [ $s = 3 ] || exit 9; for f in jsonl text csv %s; do "
             "$NEARDUP report s.jsonl -r $f:again && cmp again s.$f || exit 8; done; "
             "$NEARDUP report - -r jsonl <s.jsonl | cmp - s.jsonl || exit 7; "
             "$NEARDUP report s.jsonl -r jsonl:s.jsonl.gz -r jsonl:s.jsonl.zst && "
             "$NEARDUP report s.jsonl.gz -r jsonl:again && cmp again s.jsonl && "
             "$NEARDUP report - -r jsonl <s.jsonl.zst | cmp - s.jsonl || exit 6; "
             "$NEARDUP report s.jsonl -r paths -0 >again && cmp again s.paths",
             searches[_i], "-r paths:s.paths -0", "");
    ck_assert_msg(scene_run(command) == 0, "%s: exit %d\n%s%s", searches[_i], scene.status, scene.out, scene.err);
}
END_TEST

/* However many documents a result says there were: those that it lists are what takes time. */
START_TEST(documents_that_are_not_listed_take_no_time) {
    ck_assert_int_eq(
        scene_run("$NEARDUP scan -q one two -r jsonl:few.jsonl; "
                  "sed '$s/\"documents\":[0-9]*/\"documents\":4000000000000000000/' few.jsonl >many.jsonl; "
                  "for f in text jsonl csv paths; do timeout 60 $NEARDUP report many.jsonl -0 -r $f >o.$f || "
                  "exit 9; done; cmp many.jsonl o.jsonl"),
        0);
}
END_TEST

START_TEST(several_formats_are_written_at_once) {
    ck_assert_int_eq(
        scene_run("$NEARDUP scan -q one two -r jsonl:many.jsonl -r csv:many.csv; "
                  "$NEARDUP report many.jsonl -r csv:m1.csv -r text:m2.txt -0 -r paths && cmp m1.csv many.csv"),
        0);
    ck_assert_uint_gt(scene.out_size, 0);
    ck_assert_int_eq(scene_run("$NEARDUP report many.jsonl"), 0);
    ck_assert_ptr_nonnull(strstr(scene.out, "could go"));
}
END_TEST

/* ---- texts ---- */

START_TEST(texts_are_shown_as_long_as_they_are_what_they_were) {
    ck_assert_int_eq(scene_run("mkdir w w/in; cp one/d/a.txt w/in/a.txt; cp two/d/a.txt w/in/b.txt; "
                               "sed -i '1s/^/Quite a headline\\n/' w/in/a.txt w/in/b.txt; "
                               "cd w && $NEARDUP scan -q in -r jsonl:s.jsonl -r text:s.txt -r csv:s.csv && cat s.txt"),
                     0);
    ck_assert_msg(strstr(scene.out, "Quite a headline") && strstr(scene.out, "1 words added, 1 cut") == NULL, "%s",
                  scene.out);
    /* from elsewhere they are found beside the result */
    ck_assert_int_eq(scene_run("$NEARDUP report w/s.jsonl | cmp - w/s.txt"), 0);
    /* another text of the same size, in a file of the same time */
    ck_assert_int_eq(
        scene_run("sed 's/word7 /wurd7 /' w/in/a.txt >w/new; touch -r w/in/a.txt w/new; mv w/new w/in/a.txt; "
                  "$NEARDUP report w/s.jsonl"),
        0);
    ck_assert_ptr_null(strstr(scene.out, "Quite a headline"));
    ck_assert_msg(strstr(scene.out, "shares 9") != NULL, "%s", scene.out);
    /* all gone */
    ck_assert_int_eq(
        scene_run("mv w/s.* .; rm -r w; $NEARDUP report s.jsonl -r csv | cmp - s.csv && $NEARDUP report s.jsonl"), 0);
    ck_assert_msg(strstr(scene.out, "in/a.txt  ") && strstr(scene.out, "shares 9"), "%s", scene.out);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *change; /* sed on a good result */
    const char *said;
} refusals[] = {
    {"1d", "bad.jsonl:1: no header"},
    {"1s/neardup.1/neardup\\/7/", "bad.jsonl:1: its schema is not neardup/1"},
    {"1s/\"threshold\":0.7/\"threshold\":7/",
     "bad.jsonl:1: \"threshold\" of this header line should be a number from 0 to 1"},
    {"1s/\"rows\":[0-9]*/\"rows\":257/", "bad.jsonl:1: the parameters are not those of a search"},
    {"1s/\"shingle\":\"[^\"]*/\"shingle\":\"word/", "bad.jsonl:1: the parameters are not those of a search"},
    {"$s/\"seconds\":[0-9.]*/\"seconds\":1e308/", "\"seconds\" of this summary line should be a time"},
    {"1s/\"threshold\":0.7/\"threshold\":\"x\"/", "bad.jsonl:1: \"threshold\" of this header line should be a number"},
    {"2s/}$//", "bad.jsonl:2: "},
    {"2s/^/[/", "bad.jsonl:2: "},
    {"2s/.*/17/", "bad.jsonl:2: expected an object at byte 0"},
    {"2s/\"tokens\":[0-9]*/\"tokens\":-1/", "bad.jsonl:2: \"tokens\" of this document line should be a count"},
    {"2s/\"tokens\":[0-9]*,//", "bad.jsonl:2: \"tokens\""},
    {"2s/\"tokens\":[0-9]*/\"tokens\":99999999999999999999/", "bad.jsonl:2: \"tokens\""},
    {"2s/\"path\":\"[^\"]*\",//", "bad.jsonl:2: \"path\""},
    {"2s/\"checksum\":\"/&g/", "bad.jsonl:2: \"checksum\""},
    {"2p", "bad.jsonl:3: documents are not in order"},
    {"/cluster/s/\"size\":[0-9]*/\"size\":0/", "a cluster without members"},
    {"/\"cluster\",/s/\"size\":[0-9]*/\"size\":9/", "members of the cluster before are missing"},
    {"/\"cluster\",/s/\"size\":[0-9]*/\"size\":1/", "a member outside of its cluster"},
    {"/\"member\"/s/\"doc\":[0-9]*/\"doc\":900/", "no document line has told of this document"},
    {"/\"dropped\"/s/\"dup_of\":[0-9]*/\"dup_of\":900/", "no document line has told of this document"},
    {"/\"dropped\"/s/\"jaccard\":[0-9.]*/\"jaccard\":7/",
     "\"jaccard\" of this member line should be a number from 0 to 1"},
    {"d", "bad.jsonl is empty"},
    {"/\"passage\",/s/\"label\":\"[a-z-]*/&x/", "\"label\" of this passage line should be a word this version"},
    {"/\"passage\",/s/\"places\":2/\"places\":3/", "places of the passage before are missing"},
    {"/\"place\"/s/\"passage\":[0-9]*/\"passage\":77/", "a place outside of its passage"},
    {"/\"summary\"/s/\"documents\":[0-9]*/\"documents\":1/", "fewer documents than the lines before tell of"},
    {"$d", "ends without a summary"},
    {"$p", "a line behind the summary"},
};

START_TEST(what_is_no_result_is_refused_by_its_line) {
    char command[512];
    snprintf(command, sizeof command,
             "[ -e good.jsonl ] || $NEARDUP scan -q --find documents,passages one two r.jsonl -r jsonl:good.jsonl "
             "2>scan.err; "
             "sed '%s' good.jsonl >bad.jsonl; rm -f out.csv; $NEARDUP report bad.jsonl -r csv:out.csv; "
             "s=$?; [ ! -e out.csv ] && exit $s",
             refusals[_i].change);
    ck_assert_msg(scene_run(command) == 2, "%s: exit %d\n%s%s", refusals[_i].change, scene.status, scene.out,
                  scene.err);
    ck_assert_msg(strstr(scene.err, refusals[_i].said) && strncmp(scene.err, "neardup: bad.jsonl", 18) == 0, "%s: %s",
                  refusals[_i].change, scene.err);
}
END_TEST

static const struct {
    const char *command, *said;
} uses[] = {
    {"$NEARDUP report", "name one result"},
    {"$NEARDUP report a b", "name one result"},
    {"$NEARDUP report nope.jsonl", "nope.jsonl cannot be read: No such file"},
    {"$NEARDUP report one", "one cannot be read: Is a directory"},
    {"$NEARDUP report r.jsonl", "r.jsonl:1: no header"},
    {"$NEARDUP report one/d/a.txt", "one/d/a.txt:1: "},
    {"$NEARDUP report --threshold 1 r.jsonl", "unknown option '--threshold'"},
    {"$NEARDUP scan -q one -r jsonl:self.jsonl; $NEARDUP report self.jsonl -r csv:self.jsonl",
     "self.jsonl is an input"},
    {"$NEARDUP report self.jsonl -r csv -r text", "only one report"},
    {"$NEARDUP report self.jsonl -r csv:x -r text:./x", "two reports cannot go to the same file"},
};

START_TEST(wrong_uses_are_told) {
    ck_assert_msg(scene_run(uses[_i].command) == 2, "%s: exit %d", uses[_i].command, scene.status);
    ck_assert_msg(strstr(scene.err, uses[_i].said) != NULL, "%s: %s", uses[_i].command, scene.err);
}
END_TEST

/* Whatever is done to a result, reading it ends with a result or a sentence; a sanitizer watches. */
START_TEST(no_damage_does_harm) {
    random_start("damage");
    ck_assert_int_eq(scene_run("$NEARDUP scan -q --find documents,passages --pairs-from .1 one two r.jsonl -r jsonl"),
                     3);
    static const char replacements[] = "0129-\"{}[],:.eE\\ntrufalse\n";
    char path[512];
    snprintf(path, sizeof path, "%s/damaged.jsonl", scene.folder);
    size_t refused = 0;
    for (int round = 0; round < (SANITIZED ? 300 : 2000); round++) {
        char *copy = malloc(scene.out_size);
        memcpy(copy, scene.out, scene.out_size);
        size_t size = random_below(8) ? scene.out_size : random_below((uint32_t)scene.out_size);
        for (uint32_t i = random_below(4); i-- && size;)
            copy[random_below((uint32_t)size)] = replacements[random_below(sizeof replacements - 1)];
        FILE *file = fopen(path, "w");
        ck_assert_uint_eq(fwrite(copy, 1, size, file), size);
        ck_assert_int_eq(fclose(file), 0);
        free(copy);
        nd_saved saved;
        neardup_error error = {0};
        neardup_status status = nd_saved_read(path, &saved, &error);
        EXPECT(status == NEARDUP_OK || (status == NEARDUP_ERROR_SOURCE && strstr(error.text, path)), "%d: %s", status,
               error.text);
        refused += status != NEARDUP_OK;
        for (size_t i = 0; !status && i < saved.clusters.count; i++)
            EXPECT(saved.clusters.items[i].size && saved.clusters.items[i].members, "cluster %zu", i);
        nd_saved_release(&saved);
    }
    ck_assert_uint_gt(refused, 0);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("report");
    tcase_add_unchecked_fixture(tests, make, scene_strike);
    tcase_add_loop_test(tests, a_saved_result_is_rendered_as_the_run_did, 0, (int)(sizeof searches / sizeof *searches));
    tcase_add_test(tests, documents_that_are_not_listed_take_no_time);
    tcase_add_test(tests, several_formats_are_written_at_once);
    tcase_add_test(tests, texts_are_shown_as_long_as_they_are_what_they_were);
    tcase_add_loop_test(tests, what_is_no_result_is_refused_by_its_line, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_loop_test(tests, wrong_uses_are_told, 0, (int)(sizeof uses / sizeof *uses));
    tcase_add_test(tests, no_damage_does_harm);
    return run_tests(tests);
}
