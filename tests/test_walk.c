/* SPDX-License-Identifier: MIT */
/* Walks: random trees against a naive listing, and what is linked, hidden, special, unreadable or deep. */
#define _XOPEN_SOURCE 700 /* nftw */
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/inodes.h"
#include "io/walk.h"
#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/run.h"

static char *folder;

static void setup(void) { folder = run_make_folder(); }

static void teardown(void) { run_remove_folder(folder); }

/* What a walk tells, one line a trouble, and what it lists, one line a file. */
static char told[1 << 16], listed[1 << 16];

static neardup_status tell(void *context, const nd_walk_trouble *trouble) {
    (void)context;
    size_t size = strlen(told);
    snprintf(told + size, sizeof told - size, "%s%s %.*s at %zu: %s\n", trouble->named ? "named " : "",
             trouble->kind == ND_WALK_SPECIAL ? "special" : "unreadable", (int)trouble->path.size, trouble->path.data,
             trouble->order, trouble->message);
    return NEARDUP_OK;
}

static neardup_status walk(const nd_walk_options *options, const char *const *operands, size_t count) {
    nd_walk w;
    nd_walk_init(&w, options, tell, NULL);
    told[0] = listed[0] = 0;
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < count; i++) status = nd_walk_add(&w, operands[i], NULL);
    size_t size = 0;
    for (size_t i = 0; i < w.count; i++) {
        nd_span shown = nd_walk_shown(&w, i), relative = nd_walk_relative(&w, i);
        ck_assert_uint_eq(strlen(nd_walk_path(&w, i)), nd_walk_file_at(&w, i)->size);
        ck_assert(nd_span_compare(shown, relative) == 0 || shown.size >= relative.size);
        size += (size_t)snprintf(listed + size, sizeof listed - size, "%s%.*s\n",
                                 nd_walk_file_at(&w, i)->named ? "named " : "", (int)shown.size, shown.data);
        ck_assert_uint_lt(size, sizeof listed);
    }
    nd_walk_release(&w);
    return status;
}

#define WALK(options, ...)                                                                                             \
    walk(options, (const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static const nd_walk_options plain;

static void in_folder(void) { ck_assert_int_eq(chdir(folder), 0); }

/* ---- names and order ---- */

START_TEST(paths_are_shown_from_the_parent_of_the_operand) {
    files_write_text(folder, "a/b/1.txt", "one");
    files_write_text(folder, "a/b/c/2.txt", "two");
    in_folder();
    static const struct {
        const char *operand, *shown;
    } samples[] = {
        {"a/b", "b/1.txt\nb/c/2.txt\n"},    {"a/b/", "b/1.txt\nb/c/2.txt\n"},  {"a//b///", "b/1.txt\nb/c/2.txt\n"},
        {"./a/b", "b/1.txt\nb/c/2.txt\n"},  {"a", "a/b/1.txt\na/b/c/2.txt\n"}, {".", "a/b/1.txt\na/b/c/2.txt\n"},
        {"./", "a/b/1.txt\na/b/c/2.txt\n"}, {"a/.", "b/1.txt\nb/c/2.txt\n"},   {"a/b/c/..", "../1.txt\n../c/2.txt\n"},
        {"a/b/c/2.txt", "named 2.txt\n"},   {"./a/b/1.txt", "named 1.txt\n"},  {"-", "named -\n"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        ck_assert_int_eq(WALK(&plain, samples[i].operand), NEARDUP_OK);
        ck_assert_str_eq(listed, samples[i].shown);
        ck_assert_str_eq(told, "");
    }
    ck_assert_int_eq(chdir("a/b"), 0);
    WALK(&plain, "..");
    ck_assert_str_eq(listed, "../b/1.txt\n../b/c/2.txt\n");
    WALK(&plain, "/dev/null");
    ck_assert_str_eq(listed, "named null\n");
}
END_TEST

START_TEST(order_is_that_of_whole_paths) {
    const char *const files[] = {"a.txt", "a/z", "a-b/1", "a0", "B", "\xc3\xa9", "a b", "a/b/c", "a/b.c", "a/b0"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) files_write_text(folder, files[i], "x");
    in_folder();
    WALK(&plain, ".");
    ck_assert_str_eq(listed, "B\na b\na-b/1\na.txt\na/b.c\na/b/c\na/b0\na/z\na0\n\xc3\xa9\n");
    WALK(&plain, "a", "B", ".", "a0");
    ck_assert_str_eq(listed, "a/b.c\na/b/c\na/b0\na/z\nnamed B\na b\na-b/1\na.txt\nnamed a0\n\xc3\xa9\n");
}
END_TEST

static char *found[3000];
static size_t found_count;

static int note_file(const char *path, const struct stat *s, int type, struct FTW *where) {
    (void)where;
    if (type == FTW_F && S_ISREG(s->st_mode)) found[found_count++] = strdup(path + 2); /* behind "./" */
    return 0;
}

static int compare_strings(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

START_TEST(random_trees_are_listed_whole_and_in_order) {
    random_start("random_trees_are_listed_whole_and_in_order");
    in_folder();
    static const char letters[] = "ab.-0/\x80/";
    for (unsigned i = 0; i < 1000; i++) {
        char path[32];
        size_t size = 1 + random_below(20);
        for (size_t c = 0; c < size; c++) path[c] = c % 2 ? letters[random_below(8)] : letters[random_below(3)];
        path[size] = 0;
        if (path[size - 1] == '/' || strstr(path, "./") || strstr(path, "/.") || path[0] == '.') continue;
        struct stat s;
        if (stat(path, &s) == 0) continue;
        bool blocked = false; /* a file stands where a folder would have to be */
        for (char *slash = path; !blocked && (slash = strchr(slash, '/')); *slash++ = '/') {
            *slash = 0;
            blocked = stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
        }
        if (!blocked) files_write_text(".", path, "x");
    }
    found_count = 0;
    ck_assert_int_eq(nftw(".", note_file, 10, FTW_PHYS), 0);
    ck_assert_uint_gt(found_count, 50);
    qsort(found, found_count, sizeof *found, compare_strings);
    WALK(&plain, ".");
    const char *at = listed;
    for (size_t i = 0; i < found_count; i++) {
        size_t size = strlen(found[i]);
        ck_assert_msg(strncmp(at, found[i], size) == 0 && at[size] == '\n', "%s is not at its place", found[i]);
        at += size + 1;
        free(found[i]);
    }
    ck_assert_int_eq(*at, 0);
}
END_TEST

/* ---- what is taken and what not ---- */

START_TEST(hidden_names_are_passed_over_unless_asked_for) {
    files_write_text(folder, ".hidden/1", "x");
    files_write_text(folder, "a/.2", "x");
    files_write_text(folder, "a/3", "x");
    in_folder();
    WALK(&plain, ".");
    ck_assert_str_eq(listed, "a/3\n");
    WALK(&(nd_walk_options){.hidden = true}, ".");
    ck_assert_str_eq(listed, ".hidden/1\na/.2\na/3\n");
    WALK(&plain, ".hidden", "a/.2");
    ck_assert_str_eq(listed, ".hidden/1\nnamed .2\n");
}
END_TEST

START_TEST(globs_choose) {
    const char *const files[] = {"a.txt", "b.md", "build/c.txt", "src/build/d.txt", "src/e.txt", "src/f.md"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) files_write_text(folder, files[i], "x");
    in_folder();
    static const struct {
        const char *include, *exclude, *shown;
    } samples[] = {
        {"*.txt", NULL, "a.txt\nbuild/c.txt\nsrc/build/d.txt\nsrc/e.txt\n"},
        {"src/*.txt", NULL, "src/build/d.txt\nsrc/e.txt\n"},
        {NULL, "*.txt", "b.md\nsrc/f.md\n"},
        {NULL, "build", "a.txt\nb.md\nsrc/e.txt\nsrc/f.md\n"},
        {NULL, "build/", "a.txt\nb.md\nsrc/e.txt\nsrc/f.md\n"},
        {NULL, "src/build", "a.txt\nb.md\nbuild/c.txt\nsrc/e.txt\nsrc/f.md\n"},
        {"*.txt", "src", "a.txt\nbuild/c.txt\n"},
        {"nothing", NULL, ""},
        {"**/*.md", NULL, "b.md\nsrc/f.md\n"},
        {"**/build/*", NULL, "build/c.txt\nsrc/build/d.txt\n"},
        {"src/**/*.txt", NULL, "src/build/d.txt\nsrc/e.txt\n"},
        {"/src/**/e.txt", NULL, "src/e.txt\n"},
        {"**/src/**/build/**/d.txt", NULL, "src/build/d.txt\n"},
        {"**/**/a.txt", NULL, "a.txt\n"},
        {NULL, "src/**/build", "a.txt\nb.md\nbuild/c.txt\nsrc/e.txt\nsrc/f.md\n"},
        {"s**/e.txt", NULL, "src/e.txt\n"},
        {"a**/.txt", NULL, ""},
        {NULL, "/build", "a.txt\nb.md\nsrc/build/d.txt\nsrc/e.txt\nsrc/f.md\n"},
        {NULL, "/build/", "a.txt\nb.md\nsrc/build/d.txt\nsrc/e.txt\nsrc/f.md\n"},
        {"/*.md", "/src", "b.md\n"},
        {"/a.txt", NULL, "a.txt\n"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        nd_walk_options options = {.include = {&samples[i].include, samples[i].include != NULL},
                                   .exclude = {&samples[i].exclude, samples[i].exclude != NULL}};
        WALK(&options, ".");
        ck_assert_str_eq(listed, samples[i].shown);
    }
    const char *exclude = "*.md";
    nd_walk_options options = {.exclude = {&exclude, 1}};
    WALK(&options, "b.md", "a.txt");
    ck_assert_str_eq(listed, "named a.txt\n");
}
END_TEST

START_TEST(a_file_is_listed_once) {
    files_write_text(folder, "a/1", "x");
    files_write_text(folder, "b/2", "x");
    in_folder();
    ck_assert_int_eq(link("a/1", "b/1"), 0);
    ck_assert_int_eq(symlink("../a/1", "b/3"), 0);
    WALK(&plain, ".", "b", "b/2");
    ck_assert_str_eq(listed, "a/1\nnamed b/2\n"); /* it is at its first place, but nobody can say it was not named */
    WALK(&plain, ".", "b/3");
    ck_assert_str_eq(listed, "named a/1\nb/2\n");
    WALK(&plain, "b/2", "b");
    ck_assert_str_eq(listed, "named 2\nb/1\n");
}
END_TEST

START_TEST(links_lead_out_of_a_folder_only_when_asked) {
    nd_walk_options following = {.follow_links = true};
    files_write_text(folder, "in/1", "x");
    files_write_text(folder, "out/2", "x");
    files_write_text(folder, "out/4", "x");
    in_folder();
    ck_assert_int_eq(symlink("../out/2", "in/3"), 0);
    ck_assert_int_eq(symlink("../out", "in/d"), 0);
    WALK(&plain, "in");
    ck_assert_str_eq(listed, "in/1\n");
    WALK(&following, "in");
    ck_assert_str_eq(listed, "in/1\nin/3\nin/d/4\n");
}
END_TEST

START_TEST(standard_input_may_be_a_file_that_is_listed) {
    files_write_text(folder, "a", "x");
    in_folder();
    ck_assert_ptr_nonnull(freopen("a", "r", stdin));
    WALK(&plain, "a", "-");
    ck_assert_str_eq(listed, "named a\n");
    WALK(&plain, "-", ".");
    ck_assert_str_eq(listed, "named -\n");
    ck_assert_ptr_nonnull(freopen("/dev/null", "r", stdin));
    WALK(&plain, "-", "a");
    ck_assert_str_eq(listed, "named -\nnamed a\n");
}
END_TEST

START_TEST(what_is_listed_is_held) {
    files_write_text(folder, "a/1", "x");
    files_write_text(folder, "b", "x");
    in_folder();
    struct stat in, out;
    ck_assert_int_eq(stat("a/1", &in) | stat("b", &out), 0);
    nd_walk w;
    nd_walk_init(&w, &plain, tell, NULL);
    ck_assert(!nd_walk_holds(&w, (uint64_t)in.st_dev, (uint64_t)in.st_ino));
    ck_assert_int_eq(nd_walk_add(&w, "a", NULL), NEARDUP_OK);
    ck_assert(nd_walk_holds(&w, (uint64_t)in.st_dev, (uint64_t)in.st_ino));
    ck_assert(!nd_walk_holds(&w, (uint64_t)out.st_dev, (uint64_t)out.st_ino));
    nd_walk_release(&w);
}
END_TEST

START_TEST(links_are_followed_only_when_asked_for) {
    files_write_text(folder, "a/b/1", "x");
    in_folder();
    ck_assert_int_eq(symlink("..", "a/b/up"), 0);
    ck_assert_int_eq(symlink(".", "a/self"), 0);
    ck_assert_int_eq(symlink("a/b", "link"), 0);
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    WALK(&plain, ".");
    ck_assert_str_eq(listed, "a/b/1\n");
    ck_assert_str_eq(told, "");
    WALK(&(nd_walk_options){.follow_links = true}, ".");
    ck_assert_str_eq(listed, "a/b/1\n");
    ck_assert_str_eq(told, "unreadable dangling at 1: No such file or directory\n");
    WALK(&plain, "link");
    ck_assert_str_eq(listed, "link/1\n");
    ck_assert_int_eq(unlink("a/b/up"), 0);
    WALK(&(nd_walk_options){.follow_links = true}, "link/", "a");
    ck_assert_str_eq(listed, "link/1\n");
}
END_TEST

/* 2^40 paths lead through these links, and one to each folder. */
START_TEST(links_that_multiply_are_followed_once) {
    in_folder();
    char name[32];
    for (int i = 40; i >= 0; i--) {
        snprintf(name, sizeof name, "f%02d/1", i);
        files_write_text(".", name, "x");
        if (i == 40) continue;
        char target[32], link_name[32];
        for (char c = 'a'; c <= 'b'; c++) {
            snprintf(target, sizeof target, "../f%02d", i + 1);
            snprintf(link_name, sizeof link_name, "f%02d/%c", i, c);
            ck_assert_int_eq(symlink(target, link_name), 0);
        }
    }
    WALK(&(nd_walk_options){.follow_links = true}, "f00");
    size_t count = 0;
    for (const char *at = listed; (at = strchr(at, '\n')); at++) count++;
    ck_assert_uint_eq(count, 41);
}
END_TEST

/* Each folder leads to the next by a link: no path may hold more than some 40, but each folder has a short one, too. */
START_TEST(long_chains_of_links_lose_nothing) {
    in_folder();
    for (int i = 0; i < 100; i++) {
        char name[32], target[32], link_name[32];
        snprintf(name, sizeof name, "f%02d/x/1", i);
        files_write_text(".", name, "x");
        snprintf(target, sizeof target, "../f%02d", (i + 1) % 100);
        snprintf(link_name, sizeof link_name, "f%02d/next", i);
        ck_assert_int_eq(symlink(target, link_name), 0);
        snprintf(target, sizeof target, "next/x/1");
        snprintf(link_name, sizeof link_name, "f%02d/file", i);
        ck_assert_int_eq(symlink(target, link_name), 0);
    }
    WALK(&(nd_walk_options){.follow_links = true}, ".");
    size_t count = 0;
    for (const char *at = listed; (at = strchr(at, '\n')); at++) count++;
    ck_assert_uint_eq(count, 100);
    for (const char *at = listed, *end; (end = strchr(at, '\n')); at = end + 1) {
        char path[4096];
        snprintf(path, sizeof path, "%.*s", (int)(end - at), at);
        EXPECT(access(path, R_OK) == 0, "%s", path);
    }
    ck_assert_ptr_nonnull(strstr(told, "Too many levels of symbolic links"));
}
END_TEST

START_TEST(special_files_are_told_unless_named) {
    files_write_text(folder, "a/1", "x");
    files_write_text(folder, "a/3", "x");
    in_folder();
    ck_assert_int_eq(mkfifo("a/2", 0600), 0);
    WALK(&plain, "a");
    ck_assert_str_eq(listed, "a/1\na/3\n");
    ck_assert_str_eq(told, "special a/2 at 1: not a regular file\n");
    WALK(&plain, "a/2");
    ck_assert_str_eq(listed, "named 2\n");
    ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(what_cannot_be_read_is_told) {
    files_write_text(folder, "a/locked/1", "x");
    files_write_text(folder, "b", "x");
    in_folder();
    WALK(&plain, "missing", "b", "b/", "", "a/locked/1");
    ck_assert_str_eq(listed, "named b\nnamed 1\n");
    ck_assert_str_eq(told, "named unreadable missing at 0: No such file or directory\n"
                           "named unreadable b at 1: Not a directory\n"
                           "named unreadable  at 1: No such file or directory\n");
    ck_assert_int_eq(chmod("a/locked", 0), 0);
    if (geteuid() == 0) {
        printf("what_cannot_be_read_is_told: root reads everything, so half of this is not tested\n");
    } else {
        WALK(&plain, ".");
        ck_assert_str_eq(told, "unreadable a/locked at 0: Permission denied\n");
        WALK(&plain, "a/locked");
        ck_assert_str_eq(told, "named unreadable a/locked at 0: Permission denied\n");
    }
    chmod("a/locked", 0700);
}
END_TEST

/* Folders in folders without end are told of, once. */
START_TEST(depth_has_an_end) {
    in_folder();
    files_write_text(".", "e/1", "x");
    ck_assert_int_eq(chdir("e"), 0);
    char name[101];
    memset(name, 'd', 100);
    name[100] = 0;
    for (int i = 0; i < 400; i++) {
        ck_assert_int_eq(mkdir(name, 0777), 0);
        ck_assert_int_eq(chdir(name), 0);
    }
    files_write_text(".", "1", "x");
    in_folder();
    WALK(&plain, ".");
    ck_assert_str_eq(listed, "e/1\n");
    ck_assert_ptr_nonnull(strstr(told, "File name too long"));
    ck_assert_ptr_eq(strchr(told, '\n'), strrchr(told, '\n'));
}
END_TEST

START_TEST(depth_goes_beyond_the_system_s) {
    in_folder();
    char name[201];
    memset(name, 'd', 200);
    name[200] = 0;
    for (int i = 0; i < 60; i++) { /* far beyond PATH_MAX */
        ck_assert_int_eq(mkdir(name, 0777), 0);
        ck_assert_int_eq(chdir(name), 0);
    }
    files_write_text(".", "1", "x");
    in_folder();
    WALK(&plain, ".");
    ck_assert_uint_eq(strlen(listed), 60 * 201 + 2);
    ck_assert_str_eq(told, "");
    char *operand = strdup(listed);
    operand[strlen(operand) - 1] = 0;
    WALK(&plain, operand);
    ck_assert_str_eq(listed, "named 1\n");
    operand[strlen(operand) - 1] = '2';
    WALK(&plain, operand);
    ck_assert_ptr_nonnull(strstr(told, "No such file"));
    free(operand);
}
END_TEST

/* ---- lists ---- */

START_TEST(lists_name_further_paths) {
    files_write_text(folder, "a/1", "x");
    files_write_text(folder, "a/2\n3", "x");
    files_write_text(folder, "list", "a/1\n\nmissing\na");
    files_write(folder, "list0", "a/2\n3\0\0a/1", 10);
    in_folder();
    told[0] = 0;
    for (int nul = 0; nul < 2; nul++) {
        nd_walk w;
        nd_walk_init(&w, &plain, tell, NULL);
        ck_assert_int_eq(nd_walk_add_list(&w, nul ? "list0" : "list", nul, NULL), NEARDUP_OK);
        ck_assert_uint_eq(w.count, 2);
        ck_assert_str_eq(nd_walk_path(&w, 0), nul ? "a/2\n3" : "a/1");
        ck_assert_str_eq(nd_walk_path(&w, 1), nul ? "a/1" : "a/2\n3");
        for (size_t i = 0; i < 2; i++) { /* what is listed is shown as it is listed */
            ck_assert(nd_span_equals(nd_walk_shown(&w, i), nd_walk_path(&w, i)));
            ck_assert_str_eq(nd_walk_relative(&w, i).data, nd_walk_path(&w, i) + 2);
        }
        nd_walk_release(&w);
    }
    ck_assert_str_eq(told, "named unreadable missing at 1: No such file or directory\n");
    nd_walk w;
    nd_walk_init(&w, &plain, tell, NULL);
    neardup_error error;
    ck_assert_int_eq(nd_walk_add_list(&w, "nolist", false, &error), NEARDUP_ERROR_SOURCE);
    ck_assert_ptr_nonnull(strstr(error.text, "nolist"));
    ck_assert_int_eq(nd_walk_add_list(&w, "a", false, &error), NEARDUP_ERROR_SOURCE);
    ck_assert_int_eq(nd_walk_add_list(&w, "list0", false, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "list0 holds a NUL byte: say with -0"));
    ck_assert_int_eq(nd_walk_add(&w, "-", &error), NEARDUP_OK);
    ck_assert_int_eq(nd_walk_add(&w, "-", &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(nd_walk_add_list(&w, "-", false, &error), NEARDUP_ERROR_ARGUMENT);
    nd_walk_release(&w);
}
END_TEST

START_TEST(inodes_are_a_set) {
    random_start("inodes_are_a_set");
    static unsigned in[16][4096]; /* the number it was added under first, + 1 */
    nd_inodes *inodes = nd_inodes_create();
    for (unsigned i = 0; i < 100000; i++) {
        unsigned device = random_below(16), inode = random_below(4096);
        size_t first;
        EXPECT(nd_inodes_has(inodes, device, inode) == (in[device][inode] > 0), "%u %u", device, inode);
        EXPECT(nd_inodes_add(inodes, device, inode, i, &first) == NEARDUP_OK, "no memory");
        if (!in[device][inode]) in[device][inode] = i + 1;
        EXPECT(first + 1 == in[device][inode], "%u %u", device, inode);
    }
    nd_inodes_free(inodes);
    nd_inodes_free(NULL);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("walk");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, paths_are_shown_from_the_parent_of_the_operand);
    tcase_add_test(tests, order_is_that_of_whole_paths);
    tcase_add_test(tests, random_trees_are_listed_whole_and_in_order);
    tcase_add_test(tests, hidden_names_are_passed_over_unless_asked_for);
    tcase_add_test(tests, globs_choose);
    tcase_add_test(tests, a_file_is_listed_once);
    tcase_add_test(tests, links_lead_out_of_a_folder_only_when_asked);
    tcase_add_test(tests, standard_input_may_be_a_file_that_is_listed);
    tcase_add_test(tests, what_is_listed_is_held);
    tcase_add_test(tests, links_are_followed_only_when_asked_for);
    tcase_add_test(tests, links_that_multiply_are_followed_once);
    tcase_add_test(tests, long_chains_of_links_lose_nothing);
    tcase_add_test(tests, special_files_are_told_unless_named);
    tcase_add_test(tests, what_cannot_be_read_is_told);
    tcase_add_test(tests, depth_has_an_end);
    tcase_add_test(tests, depth_goes_beyond_the_system_s);
    tcase_add_test(tests, lists_name_further_paths);
    tcase_add_test(tests, inodes_are_a_set);
    return run_tests(tests);
}
