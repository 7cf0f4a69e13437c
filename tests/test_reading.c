/* SPDX-License-Identifier: MIT */
/* Reading a corpus: on any number of threads, a second time, in parts, from pipes, and while it changes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/reading.h"
#include "support/run.h"

static char *folder;

static void setup(void) {
    folder = run_make_folder();
    ck_assert_int_eq(chdir(folder), 0);
}

static void teardown(void) {
    ck_assert_int_eq(chdir("/"), 0);
    run_remove_folder(folder);
}

static nd_corpus *make_corpus(const nd_corpus_options *options) {
    neardup_error error = {0};
    nd_corpus *corpus = NULL;
    ck_assert_msg(nd_corpus_create(options, &corpus, &error) == NEARDUP_OK, "%s", error.text);
    return corpus;
}

static void put(nd_buffer *text, const char *piece) {
    EXPECT(nd_buffer_append(text, piece, strlen(piece)) == NEARDUP_OK, "no memory");
}

/* Some words, now and then very many. */
static void put_words(nd_buffer *text) {
    static const char *const words[] = {"mole ", "lamp ", "wick ", "ferry ", "\\n", "bell ", "moth "};
    for (unsigned i = random_below(random_below(50) ? 60 : 60000); i; i--) put(text, words[random_below(7)]);
}

/* Records, with lines among them that are none; *documents_out is raised by the good ones. */
static nd_buffer random_records(unsigned count, size_t *documents_out) {
    nd_buffer text = {0};
    for (unsigned i = 0; i < count; i++) {
        char head[64];
        snprintf(head, sizeof head, "{\"id\":%u,\"source\":\"s%u\",\"text\":\"", i, random_below(5));
        unsigned choice = i ? random_below(20) : 2; /* the first line tells what standard input holds */
        if (choice == 0) {
            put(&text, "\n");
        } else if (choice == 1) {
            put(&text, "{\"text\":bad}\n");
        } else {
            put(&text, head);
            put_words(&text);
            put(&text, "\"}\n");
            ++*documents_out;
        }
    }
    if (text.size && random_below(2)) text.size--;
    return text;
}

static void write_gzip(const char *name, const nd_buffer *data) {
    gzFile file = gzopen(name, "wb1");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, data->data, (unsigned)data->size), (int)data->size);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

/* A folder of everything; returns how many documents it holds. */
static size_t write_tree(void) {
    size_t documents = 0;
    mkdir("tree", 0777);
    for (unsigned i = 0; i < 700; i++) {
        char name[64];
        snprintf(name, sizeof name, "tree/%c/%03u%s", 'a' + (int)random_below(3), i,
                 random_below(3) ? ".txt" : ".html");
        nd_buffer text = {0};
        bool binary = random_below(30) == 0;
        if (binary) nd_buffer_append_byte(&text, 0);
        put_words(&text);
        files_write(".", name, text.data ? text.data : "", text.size);
        nd_buffer_release(&text);
        documents += !binary;
    }
    for (unsigned i = 0; i < 6; i++) {
        char name[64];
        nd_buffer records = random_records(i < 3 ? 2000 : 10, &documents);
        snprintf(name, sizeof name, "tree/b%u.json%s", i, i % 2 ? "l" : "l.gz");
        if (i % 2)
            files_write(".", name, records.data, records.size);
        else
            write_gzip(name, &records);
        nd_buffer_release(&records);
    }
    return documents;
}

START_TEST(every_reading_is_the_same_on_any_number_of_threads) {
    random_start("every_reading_is_the_same_on_any_number_of_threads");
    size_t documents = write_tree();
    nd_corpus_options options = {.operands = STRINGS("tree")};
    reading first = {0};
    nd_corpus *one = NULL;
    for (unsigned threads = 1; threads <= 7; threads += threads == 2 ? 5 : 1) {
        nd_corpus *corpus = make_corpus(&options);
        for (int again = 0; again < 2; again++) {
            reading r = reading_run(corpus, again ? 8 - threads : threads);
            ck_assert_int_eq(r.status, NEARDUP_OK);
            ck_assert_uint_eq(r.count, documents);
            uint64_t done, total;
            nd_corpus_progress(corpus, &done, &total);
            ck_assert_uint_gt(total, 0);
            ck_assert_uint_le(done, total); /* binary files are not read again */
            if (!one && !again) {
                first = r;
                continue;
            }
            ck_assert(reading_equal(&first, &r));
            reading_release(&r);
        }
        if (!one) {
            one = corpus;
            continue;
        }
        for (uint64_t d = 0; d < documents; d++) {
            nd_corpus_document a = nd_corpus_document_at(one, d), b = nd_corpus_document_at(corpus, d);
            EXPECT(nd_span_compare(a.path, b.path) == 0 && a.record == b.record, "document %d", (int)d);
            EXPECT(nd_span_compare(a.id, b.id) == 0 && nd_span_compare(a.source, b.source) == 0, "document %d", (int)d);
        }
        nd_corpus_free(corpus);
    }
    reading_release(&first);
    nd_corpus_free(one);
}
END_TEST

/* ---- parts ---- */

typedef struct expectation {
    const reading *r;
    const uint64_t *documents;
    size_t next, stop;
} expectation;

static neardup_status compare_text(void *context, uint64_t document, const neardup_text *text) {
    expectation *e = context;
    EXPECT(document == e->documents[e->next], "%d", (int)document);
    const reading_document *d = &e->r->documents[document];
    EXPECT(text->size == d->size && text->form == d->form && text->set_aside == d->set_aside, "%d", (int)document);
    EXPECT(!text->size || memcmp(text->data, d->data, d->size) == 0, "%d", (int)document);
    return ++e->next == e->stop ? NEARDUP_ERROR_CANCELLED : NEARDUP_OK;
}

START_TEST(any_documents_can_be_fetched) {
    random_start("any_documents_can_be_fetched");
    write_tree();
    nd_corpus_options options = {.operands = STRINGS("tree"), .record_limit = 20000};
    nd_corpus *corpus = make_corpus(&options);
    reading r = reading_run(corpus, 2);
    ck_assert_int_eq(r.status, NEARDUP_OK);
    uint64_t *documents = malloc(r.count * sizeof *documents);
    for (unsigned i = 0; i < 12; i++) {
        size_t count = 0;
        uint32_t every = 1 + random_below(i < 2 ? 1 : 2000);
        for (size_t d = 0; d < r.count; d++)
            if (random_below(every) == 0) documents[count++] = d;
        expectation e = {&r, documents, 0, SIZE_MAX};
        ck_assert_int_eq(nd_corpus_fetch(corpus, documents, count, compare_text, &e, NULL), NEARDUP_OK);
        ck_assert_uint_eq(e.next, count);
        e = (expectation){&r, documents, 0, count / 2};
        if (e.stop)
            ck_assert_int_eq(nd_corpus_fetch(corpus, documents, count, compare_text, &e, NULL),
                             NEARDUP_ERROR_CANCELLED);
    }
    free(documents);
    reading_release(&r);
    nd_corpus_free(corpus);
}
END_TEST

/* ---- what is wanted ---- */

/* Whether a reading in which only some documents were wanted gave these, the same as a whole reading, and no others. */
static void check_wanted(const reading *all, const reading *r, const bool *wanted) {
    ck_assert_msg(r->status == NEARDUP_OK, "%s", r->error.text);
    ck_assert_uint_eq(r->count, all->count);
    ck_assert_uint_eq(r->blocks, all->blocks);
    for (size_t i = 0; i < r->count; i++) {
        const reading_document *a = &all->documents[i], *b = &r->documents[i];
        EXPECT(b->skipped || (a->size == b->size && a->form == b->form && a->set_aside == b->set_aside), "%zu", i);
        EXPECT(!b->data || !a->size || memcmp(a->data, b->data, a->size) == 0, "%zu", i);
        EXPECT(b->skipped != wanted[i] || (b->set_aside && !wanted[i]), "%zu", i);
    }
}

/* Chooses about one of `every` documents; or those in a random range, when 0. */
static void choose(bool *wanted, size_t count, uint32_t every) {
    size_t from = random_below((uint32_t)count), to = from + random_below((uint32_t)(count - from) + 1);
    for (size_t i = 0; i < count; i++) wanted[i] = every ? random_below(every) == 0 : i >= from && i < to;
}

START_TEST(only_what_is_wanted_is_read) {
    random_start("only_what_is_wanted_is_read");
    write_tree();
    nd_corpus_options options = {.operands = STRINGS("tree"), .record_limit = _i ? 20000 : 0};
    nd_corpus *corpus = make_corpus(&options);
    reading all = reading_run(corpus, 2);
    ck_assert_int_eq(all.status, NEARDUP_OK);
    bool *wanted = calloc(all.count, sizeof *wanted);
    static const uint32_t densities[] = {1, 2, 20, 500, 5000, 0, 0, 0, 0};
    uint64_t done_all, done, total;
    nd_corpus_progress(corpus, &done_all, &total);
    for (size_t i = 0; i < sizeof densities / sizeof *densities; i++) {
        choose(wanted, all.count, densities[i]);
        reading r = reading_run_wanted(corpus, 1 + random_below(3), wanted);
        check_wanted(&all, &r, wanted);
        reading_release(&r);
    }
    memset(wanted, 0, all.count * sizeof *wanted);
    reading none = reading_run_wanted(corpus, 2, wanted);
    check_wanted(&all, &none, wanted);
    nd_corpus_progress(corpus, &done, &total);
    ck_assert_uint_eq(done, 0); /* not a byte was read */
    size_t one = all.count - 1;
    while (!all.documents[one].size) one--;
    wanted[one] = true;
    reading last = reading_run_wanted(corpus, 2, wanted);
    check_wanted(&all, &last, wanted);
    nd_corpus_progress(corpus, &done, &total);
    ck_assert_uint_gt(done, 0);
    ck_assert_uint_lt(done, done_all / 2);
    reading whole = reading_run(corpus, 2); /* the wish was for one reading */
    ck_assert(reading_equal(&all, &whole));
    reading_release(&whole);
    reading_release(&last);
    reading_release(&none);
    reading_release(&all);
    free(wanted);
    nd_corpus_free(corpus);
}
END_TEST

/* Rewrites a file with as many bytes and the same time, which is all that is looked at of what is not wanted. */
static void rewrite(const char *name, const char *text) {
    struct stat s;
    ck_assert_int_eq(stat(name, &s), 0);
    files_write_text(".", name, text);
    const struct timespec times[2] = {s.st_mtim, s.st_mtim};
    ck_assert_int_eq(utimensat(AT_FDCWD, name, times, 0), 0);
}

START_TEST(what_is_wanted_must_not_have_changed) {
    static const char records[] = "{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"six\"}\n";
    static const struct {
        const char *text;   /* what the file has become */
        bool wanted[4];     /* which of its documents are, and the one of another file */
        bool noticed, time; /* time: the file's time is another, too */
    } samples[] = {
        {"{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"six\"}\n", {1, 1, 1, 1}, false, false},
        {"{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"six\"}\n", {0, 0, 1, 1}, true, true},
        {"{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"six\"}\n", {0, 0, 0, 1}, false, true},
        {"{\"text\":\"one\"}\n{\"text\":1000x}\n{\"text\":\"six\"}\n", {1, 1, 0, 1}, true, false},
        {"{\"text\":\"one\"}\n{\"text\":1000x}\n{\"text\":\"six\"}\n", {1, 0, 1, 1}, false, false},
        {"{\"text\":\"one\"}\n{\"text\":\"two\"} {\"text\":\"six\"}\n", {1, 0, 0, 1}, true, false},
        {"{\"text\":\"one\"}\n", {1, 0, 0, 1}, true, false},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        files_write_text(".", "in/a.jsonl", records);
        files_write_text(".", "in/b.txt", "same");
        nd_corpus_options options = {.operands = STRINGS("in")};
        nd_corpus *corpus = make_corpus(&options);
        reading first = reading_run(corpus, 2);
        ck_assert_uint_eq(first.count, 4);
        rewrite("in/a.jsonl", samples[i].text);
        const struct timespec times[2] = {{1, 2}, {1, 2}};
        if (samples[i].time) ck_assert_int_eq(utimensat(AT_FDCWD, "in/a.jsonl", times, 0), 0);
        reading second = reading_run_wanted(corpus, 2, samples[i].wanted);
        ck_assert_msg(second.status == (samples[i].noticed ? NEARDUP_ERROR_CHANGED : NEARDUP_OK), "sample %zu", i);
        if (samples[i].noticed) ck_assert_ptr_nonnull(strstr(second.error.text, "in/a.jsonl"));
        reading_release(&first);
        reading_release(&second);
        nd_corpus_free(corpus);
    }
}
END_TEST

START_TEST(joined_and_decoded_texts_can_be_read_in_part) {
    files_write_text(".", "a.jsonl", "\xef\xbb\xbf{\"t\":\"T\",\"b\":\"\xb5\xee\"}\n\n{\"b\":\"B\"}\n");
    files_write_text(".", "b.jsonl", "{\"t\":\"T\",\"b\":\"\xb5\xee\"}\n{\"b\":\"B\"}\n");
    files_write_text(".", "c.json", "\xb5\xee\xb4\xeb");
    files_write(".", "d.jsonl", "\xff\xfe{\0\"\0b\0\"\0:\0\"\0\xa9\x03\"\0}\0", 20);
    nd_corpus_options options = {.operands = STRINGS("a.jsonl", "b.jsonl", "c.json", "d.jsonl"),
                                 .text_fields = STRINGS("t", "b"),
                                 .encodings = STRINGS("utf-8", "cp949", "latin1")};
    nd_corpus *corpus = make_corpus(&options);
    reading r = reading_run(corpus, 2);
    ck_assert_int_eq(r.status, NEARDUP_OK);
    ck_assert_uint_eq(r.count, 5);
    ck_assert_str_eq(r.documents[1].data, "T\\n\xeb\x93\xb1");
    ck_assert_str_eq(r.documents[4].data, "\xce\xa9");
    const uint64_t documents[] = {0, 1, 2, 3, 4};
    expectation e = {&r, documents, 0, SIZE_MAX};
    ck_assert_int_eq(nd_corpus_fetch(corpus, documents, 5, compare_text, &e, NULL), NEARDUP_OK);
    for (unsigned which = 0; which < 1 << 5; which++) {
        bool wanted[5];
        for (unsigned i = 0; i < 5; i++) wanted[i] = which >> i & 1;
        reading some = reading_run_wanted(corpus, 2, wanted);
        check_wanted(&r, &some, wanted);
        reading_release(&some);
    }
    reading_release(&r);
    nd_corpus_free(corpus);
}
END_TEST

/* ---- changes ---- */

START_TEST(a_file_that_changes_is_told) {
    static const char record[] = "{\"text\":\"one\"}\n";
    for (int lines = 0; lines < 2; lines++) {
        for (int change = 0; change < 3; change++) {
            files_write_text(".", "in/a.txt", "same");
            files_write_text(".", "in/b.txt", "one");
            files_write_text(".", "in/c.jsonl", record);
            const char *name = lines ? "in/c.jsonl" : "in/b.txt";
            nd_corpus_options options = {.operands = STRINGS("in")};
            nd_corpus *corpus = make_corpus(&options);
            reading first = reading_run(corpus, 2);
            ck_assert_int_eq(first.status, NEARDUP_OK);
            if (change == 0) files_write_text(".", name, "{\"text\":\"longer\"}\n");
            if (change == 1) { /* the same size, another time */
                const struct timespec times[2] = {{1, 2}, {1, 2}};
                ck_assert_int_eq(utimensat(AT_FDCWD, name, times, 0), 0);
            }
            if (change == 2) unlink(name);
            reading second = reading_run(corpus, 2);
            ck_assert_int_eq(second.status, NEARDUP_ERROR_CHANGED);
            ck_assert_msg(strstr(second.error.text, name) != NULL, "%s", second.error.text);
            const uint64_t document = lines ? 2 : 1;
            neardup_error error;
            expectation e = {&first, &document, 0, SIZE_MAX};
            ck_assert_int_eq(nd_corpus_fetch(corpus, &document, 1, compare_text, &e, &error), NEARDUP_ERROR_CHANGED);
            ck_assert_ptr_nonnull(strstr(error.text, name));
            reading_release(&first);
            reading_release(&second);
            nd_corpus_free(corpus);
        }
    }
}
END_TEST

START_TEST(a_file_that_becomes_special_is_unreadable) {
    files_write_text(".", "in/a.txt", "one");
    files_write_text(".", "in/b.txt", "two");
    nd_corpus_options options = {.operands = STRINGS("in")};
    nd_corpus *corpus = make_corpus(&options);
    ck_assert_int_eq(unlink("in/a.txt"), 0);
    ck_assert_int_eq(mkfifo("in/a.txt", 0600), 0); /* opening it would wait for a writer */
    reading r = reading_run(corpus, 2);
    ck_assert_int_eq(r.status, NEARDUP_OK);
    ck_assert_uint_eq(r.count, 1);
    ck_assert_uint_eq(nd_corpus_problem_count(corpus, ND_PROBLEM_UNREADABLE), 1);
    reading_release(&r);
    nd_corpus_free(corpus);
}
END_TEST

/* ---- what can be read only once ---- */

/* Starts a process that writes `data` to `fd` in small pieces; `fd` is closed here. */
static pid_t start_writer(int fd, const nd_buffer *data) {
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child) {
        close(fd);
        return child;
    }
    for (size_t at = 0; at < data->size;) {
        size_t left = data->size - at, size = 1 + random_below(20000);
        ssize_t written = write(fd, data->data + at, size < left ? size : left);
        if (written < 0) _exit(1);
        at += (size_t)written;
    }
    _exit(0);
}

/* Reads a corpus twice with `fd` as standard input. */
static void read_input(int fd, const nd_corpus_options *options, const reading *expected) {
    int saved = dup(STDIN_FILENO);
    ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
    nd_corpus *corpus = make_corpus(options);
    for (int again = 0; again < 2; again++) {
        reading r = reading_run(corpus, 2);
        ck_assert_msg(r.status == NEARDUP_OK, "%s", r.error.text);
        ck_assert(reading_equal(&r, expected));
        {
            const uint64_t document = r.count - 1;
            expectation e = {&r, &document, 0, SIZE_MAX};
            ck_assert_int_eq(nd_corpus_fetch(corpus, &document, 1, compare_text, &e, NULL), NEARDUP_OK);
        }
        reading_release(&r);
    }
    uint64_t done, total;
    nd_corpus_progress(corpus, &done, &total);
    ck_assert_uint_eq(total, 0);
    ck_assert_uint_gt(done, 0);
    bool *wanted = calloc(expected->count, sizeof *wanted);
    choose(wanted, expected->count, expected->count > 1 ? 300 : 1);
    reading some = reading_run_wanted(corpus, 2, wanted);
    check_wanted(expected, &some, wanted);
    reading_release(&some);
    free(wanted);
    nd_corpus_document d = nd_corpus_document_at(corpus, 0);
    ck_assert(nd_span_equals(d.path, "-") && nd_span_equals(d.file, "-"));
    nd_corpus_free(corpus);
    if (saved >= 0) dup2(saved, STDIN_FILENO);
    close(saved);
}

START_TEST(standard_input_is_read_twice) {
    random_start("standard_input_is_read_twice");
    size_t documents = 0;
    nd_buffer records = random_records(3000, &documents);
    files_write(".", "a.jsonl", records.data, records.size);
    write_gzip("a.jsonl.gz", &records);
    size_t packed_size;
    nd_buffer packed = {.data = files_read("a.jsonl.gz", &packed_size)};
    packed.size = packed_size;
    for (int charsets = 0; charsets < 2; charsets++) {
        nd_corpus_options options = {.operands = STRINGS("a.jsonl"), .temporary = folder};
        const nd_strings encodings = STRINGS("ascii", "utf-8");
        if (charsets) options.encodings = encodings; /* then it must be read whole before it is cut */
        nd_corpus *corpus = make_corpus(&options);
        reading expected = reading_run(corpus, 1);
        ck_assert_uint_eq(expected.count, documents);
        nd_corpus_free(corpus);
        options.operands = STRINGS("-");
        for (int compressed = 0; compressed < 2; compressed++) {
            const nd_buffer *data = compressed ? &packed : &records;
            int ends[2];
            ck_assert_int_eq(pipe(ends), 0);
            pid_t writer = start_writer(ends[1], data);
            read_input(ends[0], &options, &expected);
            int status;
            waitpid(writer, &status, 0);
            int fd = open(compressed ? "a.jsonl.gz" : "a.jsonl", O_RDONLY);
            read_input(fd, &options, &expected);
        }
        reading_release(&expected);
    }
    nd_buffer_release(&records);
    free(packed.data);
}
END_TEST

START_TEST(standard_input_may_be_one_document) {
    random_start("standard_input_may_be_one_document");
    nd_buffer text = {0};
    put(&text, "[not a record]\n");
    for (int i = 0; i < 3000; i++) {
        put_words(&text);
        put(&text, "\n");
    }
    files_write(".", "a.json", text.data, text.size);
    nd_corpus_options options = {.operands = STRINGS("a.json")};
    nd_corpus *corpus = make_corpus(&options);
    reading expected = reading_run(corpus, 1);
    ck_assert_uint_eq(expected.count, 1);
    ck_assert_uint_eq(expected.documents[0].size, text.size);
    nd_corpus_free(corpus);
    options.operands = STRINGS("-");
    options.temporary = folder;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t writer = start_writer(ends[1], &text);
    read_input(ends[0], &options, &expected);
    int status;
    waitpid(writer, &status, 0);
    /* From where it stands, as other programs read it. */
    int fd = open("a.json", O_RDONLY);
    ck_assert_int_eq(lseek(fd, 15, SEEK_SET), 15);
    memmove(expected.documents[0].data, expected.documents[0].data + 15, text.size - 15);
    expected.documents[0].size -= 15;
    read_input(fd, &options, &expected);
    reading_release(&expected);
    nd_buffer_release(&text);
}
END_TEST

START_TEST(a_named_fifo_is_read_twice) {
    random_start("a_named_fifo_is_read_twice");
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    nd_buffer text = {0};
    put(&text, "what came through the pipe");
    pid_t writer = fork();
    if (writer == 0) {
        int fd = open("fifo", O_WRONLY);
        _exit(write(fd, text.data, text.size) != (ssize_t)text.size);
    }
    nd_corpus_options options = {.operands = STRINGS("fifo"), .temporary = folder};
    nd_corpus *corpus = make_corpus(&options);
    for (int again = 0; again < 2; again++) {
        reading r = reading_run(corpus, 2);
        ck_assert_uint_eq(r.count, 1);
        ck_assert_str_eq(r.documents[0].data, "what came through the pipe");
        reading_release(&r);
    }
    int status;
    waitpid(writer, &status, 0);
    nd_corpus_free(corpus);
    nd_buffer_release(&text);
}
END_TEST

START_TEST(a_copy_needs_a_place) {
    nd_corpus_options options = {.operands = STRINGS("-"), .temporary = "no/such/folder"};
    int ends[2], saved = dup(STDIN_FILENO);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "{}\n", 3), 3); /* nothing is in need of a place yet */
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    nd_corpus *corpus = make_corpus(&options);
    reading r = reading_run(corpus, 1);
    ck_assert_int_eq(r.status, NEARDUP_ERROR_SYSTEM);
    ck_assert_ptr_nonnull(strstr(r.error.text, "no/such/folder"));
    ck_assert_ptr_nonnull(strstr(r.error.text, "--tmpdir"));
    reading_release(&r);
    nd_corpus_free(corpus);
    if (saved >= 0) dup2(saved, STDIN_FILENO);
    close(saved);
    close(ends[0]);
}
END_TEST

/* ---- limits ---- */

START_TEST(what_is_too_large_is_set_aside) {
    enum { LIMIT = 3000000 };
    nd_buffer lines = {0};
    static const size_t sizes[] = {10, LIMIT - 20, LIMIT + 1, 100, 3 * LIMIT, 10};
    for (size_t i = 0; i < 6; i++) {
        size_t size = sizes[i];
        put(&lines, "{\"text\":\"");
        ck_assert_int_eq(nd_buffer_reserve(&lines, size), NEARDUP_OK);
        memset(lines.data + lines.size, 'x', size);
        lines.size += size;
        put(&lines, "\"}\n");
    }
    files_write(".", "a.jsonl", lines.data, lines.size);
    files_write(".", "b.txt", lines.data, LIMIT + 1);
    files_write(".", "c.txt", lines.data, LIMIT);
    lines.data[0] = '[';
    files_write(".", "d.json", lines.data, LIMIT + 1);
    files_write(".", "e.json", lines.data, LIMIT);
    nd_buffer_release(&lines);
    nd_corpus_options options = {.operands = STRINGS("."), .record_limit = LIMIT};
    nd_corpus *corpus = make_corpus(&options);
    reading r = reading_run(corpus, 2);
    ck_assert_int_eq(r.status, NEARDUP_OK);
    static const bool aside[] = {false, false, true, false, true, false, true, false, true, false};
    ck_assert_uint_eq(r.count, 10);
    for (size_t i = 0; i < 10; i++) {
        ck_assert_msg(r.documents[i].set_aside == aside[i], "document %zu", i);
        ck_assert_uint_eq(nd_corpus_document_at(corpus, i).record, i < 6 ? i : NEARDUP_NONE);
    }
    const uint64_t documents[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    expectation e = {&r, documents, 0, SIZE_MAX};
    ck_assert_int_eq(nd_corpus_fetch(corpus, documents, 10, compare_text, &e, NULL), NEARDUP_OK);
    ck_assert_uint_eq(e.next, 10);
    reading_release(&r);
    nd_corpus_free(corpus);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("reading");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, every_reading_is_the_same_on_any_number_of_threads);
    tcase_add_test(tests, any_documents_can_be_fetched);
    tcase_add_loop_test(tests, only_what_is_wanted_is_read, 0, 2);
    tcase_add_test(tests, what_is_wanted_must_not_have_changed);
    tcase_add_test(tests, joined_and_decoded_texts_can_be_read_in_part);
    tcase_add_test(tests, a_file_that_changes_is_told);
    tcase_add_test(tests, a_file_that_becomes_special_is_unreadable);
    tcase_add_test(tests, standard_input_is_read_twice);
    tcase_add_test(tests, standard_input_may_be_one_document);
    tcase_add_test(tests, a_named_fifo_is_read_twice);
    tcase_add_test(tests, a_copy_needs_a_place);
    tcase_add_test(tests, what_is_too_large_is_set_aside);
    return run_tests(tests);
}
