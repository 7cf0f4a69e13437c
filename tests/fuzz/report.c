/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a saved result: it is refused with a sentence, or every format renders it; what the rendering as JSON
 * Lines says is read back and says the same again; and nothing in it becomes markup of a page. An input that begins
 * with a control character is a list of edits of a true result, which gets further than chance.
 */
#define _GNU_SOURCE /* memfd_create, memmem */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/search.h"
#include "fuzz/fuzz.h"

enum { MOST_LINES = 256 };

typedef struct lines {
    nd_span items[MOST_LINES];
    size_t count;
} lines;

/* ---- a true result, and edits of it ---- */

/* The result of a scan of the example articles, made once. */
static const char *true_result(size_t *size_out) {
    static char *result;
    static size_t size;
    if (!result) {
        char name[64];
        int file = memfd_create("result", 0);
        snprintf(name, sizeof name, "jsonl:/proc/self/fd/%d", file);
        const char *arguments[] = {"-q", "--pairs", "--pairs-from", ".1", "-r", name, NEARDUP_FIXTURES "/newswire"};
        const nd_command *scan = nd_commands(&size);
        REQUIRE(strcmp(scan->name, "scan") == 0, "the first command is %s", scan->name);
        int status = scan->run(scan, (nd_strings){arguments, sizeof arguments / sizeof *arguments});
        off_t end = lseek(file, 0, SEEK_END);
        REQUIRE(file >= 0 && (status == 0 || status == 3) && end > 0, "scan: %d", status);
        size = (size_t)end;
        result = malloc(size);
        REQUIRE(result && nd_file_read_whole(file, result, size, 0) == 0, "no result");
        close(file);
    }
    *size_out = size;
    return result;
}

static void split(const char *text, size_t size, lines *out) {
    out->count = 0;
    for (const char *end = text + size; text < end && out->count < MOST_LINES;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop + 1 : end;
        out->items[out->count++] = (nd_span){text, (size_t)(stop - text)};
        text = stop;
    }
}

/* Where the n-th value of a line is: behind its colon, up to a comma or bracket, or to the end of the string. */
static nd_span find_value(nd_span line, size_t n) {
    size_t colons = 0;
    for (size_t i = 0; i < line.size; i++) colons += line.data[i] == ':';
    if (!colons) return (nd_span){line.data, 0};
    const char *at = line.data, *end = line.data + line.size;
    for (n = 1 + n % colons; n; at++) n -= *at == ':';
    const char *stop = at;
    if (stop < end && *stop == '"') {
        for (stop++; stop < end && *stop != '"'; stop++) {
        }
        stop += stop < end;
    } else {
        while (stop < end && !strchr(",]}\n", *stop)) stop++;
    }
    return (nd_span){at, (size_t)(stop - at)};
}

static void append(nd_buffer *to, const char *data, size_t size) {
    REQUIRE(nd_buffer_append(to, data, size) == NEARDUP_OK, "no memory");
}

/* A line with another value; the new line is never freed before the end of the input. */
static nd_span with_value(nd_span line, uint8_t which, uint8_t value, nd_buffer *room) {
    static const char *const values[] = {"0",
                                         "1",
                                         "-1",
                                         "2",
                                         "3",
                                         "7",
                                         "18446744073709551615",
                                         "18446744073709551616",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "1e308",
                                         "-1e308",
                                         "1e-300",
                                         "0.5",
                                         "1.0000004",
                                         "null",
                                         "true",
                                         "[]",
                                         "{}",
                                         "[1]",
                                         "\"\"",
                                         "\"dropped\"",
                                         "\"kept\"",
                                         "\"identical\"",
                                         "\"near\"",
                                         "\"contains\"",
                                         "\"overlaps\"",
                                         "\"reference\"",
                                         "\"</script><script>\"",
                                         "\"<!--<script\"",
                                         "\"'\\\"&lt;<b onx=1>\"",
                                         "\"\\u0000\"",
                                         "\"\\ud800\"",
                                         "\"\\u001b[2J\\n\"",
                                         "\"\xff\xfe\"",
                                         "\"char:9\"",
                                         "\"word\"",
                                         "\":\"",
                                         "\"component\"",
                                         "\"a,b\\u0000,c\"",
                                         "\"syndicated\"",
                                         "\"boilerplate\"",
                                         "\"self-repeat\"",
                                         "\"set-aside\"",
                                         "\"suspect-encoding\"",
                                         "\"/\"",
                                         "\"..\"",
                                         "\"AAAA\"",
                                         "\"%s%n\""};
    nd_span old = find_value(line, which);
    const char *new = values[value % (sizeof values / sizeof *values)];
    size_t begin = room->size;
    append(room, line.data, (size_t)(old.data - line.data));
    append(room, new, strlen(new));
    append(room, old.data + old.size, (size_t)(line.data + line.size - old.data) - old.size);
    return (nd_span){room->data + begin, room->size - begin};
}

/* Makes of a true result what the edits say, four bytes each. */
static void edit(const uint8_t *data, size_t size, nd_buffer *out) {
    static nd_buffer room;
    static lines l;
    size_t true_size;
    const char *text = true_result(&true_size);
    split(text, true_size, &l);
    room.size = 0;
    REQUIRE(nd_buffer_reserve(&room, 1 << 20) == NEARDUP_OK, "no memory");
    for (; size >= 4 && l.count > 1 && room.size < (1 << 20) - 65536; size -= 4, data += 4) {
        size_t at = data[1] % l.count, other = data[2] % l.count;
        nd_span line = l.items[at];
        switch (data[0] % 4) {
        case 0: /* goes */ memmove(&l.items[at], &l.items[at + 1], (--l.count - at) * sizeof *l.items); break;
        case 1: /* comes a second time */
            if (l.count == MOST_LINES) break;
            memmove(&l.items[other + 1], &l.items[other], (l.count++ - other) * sizeof *l.items);
            l.items[other] = line;
            break;
        case 2:
            l.items[at] = l.items[other];
            l.items[other] = line;
            break;
        default:
            if (line.size < 8192) l.items[at] = with_value(line, data[2], data[3], &room);
        }
    }
    for (size_t i = 0; i < l.count; i++) append(out, l.items[i].data, l.items[i].size);
}

/* ---- reading and rendering ---- */

static neardup_error error; /* why the last result was refused */

/* Reads a result and renders it in a format. False where it is refused. */
static bool render(nd_span text, const char *format, nd_buffer *out) {
    nd_saved saved;
    char name[64], *memory = NULL;
    size_t size = 0;
    int file = memfd_create("saved", 0);
    error = (neardup_error){0};
    REQUIRE(file >= 0 && nd_file_write(file, text.data, text.size) == 0, "no file");
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    neardup_status status = nd_saved_read(name, &saved, &error);
    close(file);
    REQUIRE(status == NEARDUP_OK ||
                (status == NEARDUP_ERROR_SOURCE && error.text[0] && memchr(error.text, 0, sizeof error.text)),
            "status %d: %.200s", status, error.text);
    if (!status) {
        nd_scan_settings settings = {.html_text = 1 << 20};
        nd_search search = {.settings = &settings};
        FILE *stream = open_memstream(&memory, &size);
        REQUIRE(stream && nd_search_resume(&search, &saved, &error) == NEARDUP_OK, "no memory");
        nd_report report = nd_search_report(&search);
        report.width = 80;
        report.nul = true; /* paths may hold line breaks */
        /* A page takes a bit for each document there is said to be. */
        bool many = saved.totals.references + saved.totals.documents > 1 << 24;
        if (!many || strcmp(format, "html") != 0)
            status = nd_report_find(format, strlen(format))->write(&report, stream, &error);
        REQUIRE(status == NEARDUP_OK, "%s: %d %.200s", format, status, error.text);
        fclose(stream);
        out->size = 0;
        append(out, memory, size);
        free(memory);
        nd_search_release(&search);
        nd_saved_release(&saved);
        return true;
    }
    nd_saved_release(&saved);
    return false;
}

static size_t count(const nd_buffer *text, const char *what) {
    size_t found = 0, size = strlen(what);
    for (const char *at = text->data, *end = at + text->size; (at = memmem(at, (size_t)(end - at), what, size));
         at += size)
        found++;
    return found;
}

/* Whether a page has as many of these as one of a true result. */
static void check_page(const nd_buffer *page) {
    static const char *const markup[] = {"<script", "</script", "<!--", "<b onx", "\033"};
    enum { KINDS = sizeof markup / sizeof *markup };
    static size_t usual[KINDS];
    if (!usual[0]) {
        nd_buffer usual_page = {0};
        nd_span text;
        text.data = true_result(&text.size);
        REQUIRE(render(text, "html", &usual_page), "a true result is refused");
        for (size_t i = 0; i < KINDS; i++) usual[i] = count(&usual_page, markup[i]);
        nd_buffer_release(&usual_page);
    }
    for (size_t i = 0; i < KINDS; i++)
        REQUIRE(count(page, markup[i]) == usual[i], "%zu of %s in a page, not %zu", count(page, markup[i]), markup[i],
                usual[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static nd_buffer edited, rendered, again;
    nd_span text = {(const char *)data, size};
    if (size && data[0] < ' ') {
        edited.size = 0;
        edit(data + 1, size - 1, &edited);
        text = (nd_span){edited.data, edited.size};
    }
    if (!render(text, "jsonl", &rendered)) return 0;
    REQUIRE(render((nd_span){rendered.data, rendered.size}, "jsonl", &again), "what it says of it is refused: %s",
            error.text);
    REQUIRE(again.size == rendered.size && memcmp(again.data, rendered.data, again.size) == 0, "it says it otherwise");
    static const char *const others[] = {"text", "csv", "paths"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        REQUIRE(render(text, others[i], &again), "%s", others[i]);
        REQUIRE(i || !count(&again, "\033"), "a terminal would be told what to do");
    }
    REQUIRE(render(text, "html", &again), "html");
    if (again.size) check_page(&again);
    return 0;
}
