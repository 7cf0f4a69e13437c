/* SPDX-License-Identifier: MIT */
/* What an HTML page is made of: plain text and where bytes of it went, long matches, embedded bytes; and the page
 * itself, whose data are taken out of it again. What it shows is tested in a browser (tests/browser). */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/number.h"
#include "random.h"
#include "report/embedding.h"
#include "report/long_matches.h"
#include "report/plain_text.h"
#include "report/vocabulary.h"
#include "suite.h"
#include "support/files.h"
#include "support/run.h"

/* ---- plain text ---- */

/* The plain text of `text`, to be freed; the marks are filled in. */
static char *plain_of(neardup_form form, const char *text, size_t size, nd_plain_mark *marks, size_t count) {
    nd_buffer out = {0};
    const neardup_text document = {.data = text, .size = size, .form = form};
    ck_assert_int_eq(nd_plain_text_append(&document, marks, count, &out), NEARDUP_OK);
    ck_assert_int_eq(nd_buffer_append_byte(&out, 0), NEARDUP_OK);
    return out.data;
}

static void expect_plain(neardup_form form, const char *text, const char *right) {
    char *plain = plain_of(form, text, strlen(text), NULL, 0);
    ck_assert_str_eq(plain, right);
    free(plain);
}

START_TEST(texts_are_as_people_read_them) {
    expect_plain(NEARDUP_PLAIN, "", "");
    expect_plain(NEARDUP_PLAIN, "one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour");
    expect_plain(NEARDUP_PLAIN, "a\xff\xc3(b\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd(b\xef\xbf\xbd\xef\xbf\xbd");
    expect_plain(NEARDUP_PLAIN, "bell \a escape \x1b[2J delete \x7f", "bell ␇ escape ␛[2J delete ␡");
    expect_plain(NEARDUP_PLAIN, "<b>not &amp; markup</b>", "<b>not &amp; markup</b>");
    expect_plain(NEARDUP_JSON, "say \\\"hi\\\"\\n\\u00e9 \\ud83d\\ude00 \\ud83d\\u0000",
                 "say \"hi\"\né 😀 \xef\xbf\xbd␀");
    expect_plain(NEARDUP_HTML, "<title>T</title>\n<p>a <b>b</b>c\n  d</p><p>e<br>f &lt;g&gt; &eacute;</p> ",
                 "T\na bc d\ne\nf <g> é");
    expect_plain(NEARDUP_HTML, "<script>no()</script><style>no</style><!-- no -->yes", "yes");
}
END_TEST

START_TEST(marks_go_where_their_words_go) {
    static const char html[] = "<p>one <b>two</b></p>\n <p>caf&eacute; \xf0\x9f\x98\x80 four</p>";
    nd_plain_mark marks[8];
    static const char *const words[] = {"one", "two", "caf&eacute;", "four"};
    for (size_t i = 0; i < 4; i++) {
        size_t begin = (size_t)(strstr(html, words[i]) - html);
        marks[2 * i] = (nd_plain_mark){.byte = begin, .tag = 2 * i};
        marks[2 * i + 1] = (nd_plain_mark){.byte = begin + strlen(words[i]), .tag = 2 * i + 1};
    }
    char *plain = plain_of(NEARDUP_HTML, html, strlen(html), marks, 8);
    ck_assert_str_eq(plain, "one two\ncafé 😀 four");
    static const uint64_t units[] = {0, 3, 4, 7, 8, 12, 16, 20}; /* the emoji is two */
    for (size_t i = 0; i < 8; i++) {
        ck_assert_uint_eq(marks[i].tag, i);
        ck_assert_uint_eq(marks[i].unit, units[i]);
    }
    free(plain);
}
END_TEST

/* UTF-16 units of `size` bytes of well-formed UTF-8. */
static uint64_t units_of(const char *text, size_t size) {
    uint64_t units = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        units += (byte & 0xC0) == 0x80 ? 0 : byte < 0xF0 ? 1 : 2;
    }
    return units;
}

/* JSON strings as jansson reads them, and marks at the beginnings of their characters. */
START_TEST(records_are_as_jansson_reads_them) {
    static const char *const pieces[] = {"a",  "word ",          "\\n", "\\\"", "\\\\", "\\u00e9", "é",
                                         "漢", "\\ud83d\\ude00", "😀",   "\\/",  "\\t"};
    random_start("records_are_as_jansson_reads_them");
    for (int round = 0; round < 2000; round++) {
        char literal[1024] = "\"";
        for (uint32_t left = random_below(40); left; left--)
            strcat(literal, pieces[random_below(sizeof pieces / sizeof *pieces)]);
        strcat(literal, "\"");
        json_t *value = json_loads(literal, JSON_DECODE_ANY, NULL);
        ck_assert_ptr_nonnull(value);
        const char *right = json_string_value(value);
        size_t size = strlen(right), count = 0;
        nd_plain_mark marks[1024];
        for (size_t i = 0; i <= size; i++)
            if (i == size || (right[i] & 0xC0) != 0x80) marks[count++] = (nd_plain_mark){.byte = i, .tag = i};
        for (size_t i = count; i > 1; i--) { /* in any order */
            size_t other = random_below((uint32_t)i);
            nd_plain_mark mark = marks[i - 1];
            marks[i - 1] = marks[other];
            marks[other] = mark;
        }
        char *plain = plain_of(NEARDUP_JSON, literal + 1, strlen(literal) - 2, marks, count);
        EXPECT(strcmp(plain, right) == 0, "%s", literal);
        for (size_t i = 0; i < count; i++) EXPECT(marks[i].unit == units_of(right, marks[i].tag), "%s", literal);
        free(plain);
        json_decref(value);
    }
}
END_TEST

/* ---- long matches ---- */

static neardup_status gather(void *context, const void *data, size_t size) {
    return nd_buffer_append(context, data, size);
}

/* Undoes nd_long_matches_write as its comment says. */
static void check_matches(nd_span text, nd_span said) {
    char *again = malloc(text.size + 1);
    const uint8_t *at = (const uint8_t *)said.data, *end = at + said.size;
    size_t size = 0, source_end = 0;
    while (at < end) {
        uint64_t literal = nd_number_take(&at);
        ck_assert_uint_le(literal, text.size - size);
        if (literal) memcpy(again + size, at, literal);
        at += literal;
        size += literal;
        uint64_t copied = nd_number_take(&at);
        if (!copied) break;
        uint64_t distance = nd_number_take(&at);
        uint64_t from = distance % 2 ? source_end - (distance + 1) / 2 : source_end + distance / 2;
        source_end = from + copied;
        ck_assert_uint_le(from + copied, size);
        ck_assert_uint_le(copied, text.size - size);
        memcpy(again + size, again + from, copied);
        size += copied;
    }
    ck_assert_ptr_eq(at, end);
    ck_assert_uint_eq(size, text.size);
    if (size) ck_assert_int_eq(memcmp(again, text.data, size), 0);
    free(again);
}

START_TEST(long_matches_say_the_same_text) {
    random_start("long_matches_say_the_same_text");
    for (int round = 0; round < 300; round++) {
        nd_buffer text = {0}, said = {0};
        for (uint32_t left = random_below(30); left; left--) {
            size_t size = random_below(400), from = text.size ? random_below((uint32_t)text.size) : 0;
            if (from + size > text.size || random_below(2)) {
                for (; size; size--) nd_buffer_append_byte(&text, (char)('a' + random_below(1 + random_below(26))));
            } else {
                nd_buffer_reserve(&text, size);
                nd_buffer_append(&text, text.data + from, size);
            }
        }
        const nd_span span = {text.data, text.size};
        ck_assert_int_eq(nd_long_matches_write(span, gather, &said), NEARDUP_OK);
        check_matches(span, (nd_span){said.data, said.size});
        nd_buffer_release(&text);
        nd_buffer_release(&said);
    }
}
END_TEST

START_TEST(a_copy_far_back_costs_a_few_bytes) {
    random_start("a_copy_far_back_costs_a_few_bytes");
    enum { SIZE = 100000 };
    nd_buffer text = {0}, said = {0};
    for (int i = 0; i < SIZE; i++) nd_buffer_append_byte(&text, (char)random_below(256));
    nd_buffer_reserve(&text, SIZE);
    nd_buffer_append(&text, text.data, SIZE);
    text.data[SIZE + SIZE / 2] ^= 1; /* an edit */
    ck_assert_int_eq(nd_long_matches_write((nd_span){text.data, text.size}, gather, &said), NEARDUP_OK);
    check_matches((nd_span){text.data, text.size}, (nd_span){said.data, said.size});
    ck_assert_uint_le(said.size, SIZE + 100);
    nd_buffer_release(&text);
    nd_buffer_release(&said);
}
END_TEST

/* ---- vocabulary ---- */

/* Undoes nd_vocabulary_encode as its comment says: by strings, word by word. */
static char *spell(const char *said, size_t size) {
    const char *words[19 + 24 * 256];
    size_t lengths[19 + 24 * 256], count = 0, at = 0;
    for (; said[at] != '\n'; at += lengths[count++] + 1) {
        ck_assert_uint_lt(count, sizeof words / sizeof *words);
        words[count] = said + at;
        lengths[count] = strcspn(said + at, "\n");
    }
    char *text = NULL;
    size_t text_size;
    FILE *out = open_memstream(&text, &text_size);
    bool behind_word = false;
    for (at++; at < size; at++) {
        unsigned byte = (unsigned char)said[at];
        int code = byte >= 1 && byte <= 8       ? (int)byte - 1
                   : byte >= 11 && byte <= 31   ? (int)byte - 11 + 8
                   : byte == 127                ? 29
                   : byte == 192 || byte == 193 ? (int)byte - 192 + 30
                   : byte >= 245                ? (int)byte - 245 + 32
                                                : -1;
        if (code < 0) {
            putc((int)byte, out);
        } else {
            if (code >= 19) code = 19 + 256 * (code - 19) + (unsigned char)said[++at];
            ck_assert_uint_lt((size_t)code, count);
            if (behind_word) putc(' ', out);
            fwrite(words[code], 1, lengths[code], out);
        }
        behind_word = code >= 0;
    }
    fclose(out);
    return text;
}

START_TEST(a_vocabulary_says_the_same_text) {
    static const char *const between[] = {" ", " ", " ", "  ", ", ", "\n", "", "-", "1", ". ", "\t"};
    static const char *const letters[] = {"a", "b", "Q", "z", "é", "漢", "я", "😀"};
    random_start("a_vocabulary_says_the_same_text");
    for (int round = 0; round < 100; round++) {
        nd_buffer text = {0}, said = {0};
        uint32_t kinds = 1 + random_below(round % 10 ? 200 : 9000);
        for (uint32_t left = random_below(round % 10 ? 2000 : 100000); left; left--) {
            uint32_t kind = random_below(kinds), size = 1 + kind % 5 + (kind % 97 ? 0 : 60);
            for (uint32_t i = 0; i < size; i++, kind = kind * 2654435761u + 12345) {
                const char *letter = letters[kind >> 13 & 7];
                nd_buffer_append(&text, letter, strlen(letter));
            }
            const char *gap = between[random_below(sizeof between / sizeof *between)];
            nd_buffer_append(&text, gap, strlen(gap));
        }
        ck_assert_int_eq(nd_vocabulary_encode((nd_span){text.data, text.size}, &said), NEARDUP_OK);
        char *again = spell(said.data, said.size);
        nd_buffer_append_byte(&text, 0);
        ck_assert_str_eq(again, text.data);
        free(again);
        nd_buffer_release(&text);
        nd_buffer_release(&said);
    }
}
END_TEST

/* ---- embedding ---- */

/* The bytes that base64 with line breaks stands for, appended to `out`. */
static void decode(const char *text, size_t size, nd_buffer *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < size; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        ck_assert(digit || text[i] == '\n' || text[i] == '=');
        if (!digit) continue;
        bits = bits << 6 | (unsigned)(digit - digits);
        held += 6;
        if (held >= 8) nd_buffer_append_byte(out, (char)(bits >> (held -= 8)));
    }
}

/* What was embedded, with a NUL behind it. */
static nd_buffer extract(const char *text, size_t size) {
    nd_buffer packed = {0}, out = {0};
    decode(text, size, &packed);
    z_stream stream = {.next_in = (unsigned char *)packed.data, .avail_in = (unsigned)packed.size};
    ck_assert_int_eq(inflateInit2(&stream, -15), Z_OK);
    int result;
    do {
        unsigned char part[4096];
        stream.next_out = part;
        stream.avail_out = sizeof part;
        result = inflate(&stream, Z_NO_FLUSH);
        nd_buffer_append(&out, part, sizeof part - stream.avail_out);
    } while (result == Z_OK);
    ck_assert_int_eq(result, Z_STREAM_END);
    ck_assert_uint_eq(stream.avail_in, 0);
    inflateEnd(&stream);
    nd_buffer_release(&packed);
    nd_buffer_append_byte(&out, 0);
    out.size--;
    return out;
}

START_TEST(what_is_embedded_comes_out_again) {
    random_start("what_is_embedded_comes_out_again");
    for (int round = 0; round < 200; round++) {
        nd_embedding *embedding;
        nd_buffer all = {0};
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        ck_assert_int_eq(nd_embedding_create(out, &embedding), NEARDUP_OK);
        for (uint32_t left = random_below(8); left; left--) {
            char part[3000];
            size_t part_size = random_below(sizeof part);
            for (size_t i = 0; i < part_size; i++) part[i] = (char)random_bits();
            ck_assert_int_eq(nd_embedding_write(embedding, part, part_size), NEARDUP_OK);
            nd_buffer_append(&all, part, part_size);
        }
        ck_assert_int_eq(nd_embedding_finish(embedding), NEARDUP_OK);
        nd_embedding_free(embedding);
        fclose(out);
        nd_buffer again = extract(text, size);
        ck_assert_uint_eq(again.size, all.size);
        if (all.size) ck_assert_int_eq(memcmp(again.data, all.data, all.size), 0);
        nd_buffer_release(&again);
        nd_buffer_release(&all);
        free(text);
    }
    nd_embedding_free(NULL);
}
END_TEST

/* ---- the page ---- */

static char *folder;

static void make(void) { folder = run_make_folder(); }
static void release(void) { run_remove_folder(folder); }

/* Runs a command that must succeed. */
static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void run(const char *format, ...) {
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    run_result result = run_shell(folder, command);
    ck_assert_msg(result.status == 0, "%s: %s", command, result.err);
    run_release(&result);
}

static char *read_file(const char *name) {
    size_t size;
    char *path = files_join(folder, name);
    char *text = files_read(path, &size);
    free(path);
    return text;
}

/* A data block of a page. */
static nd_buffer block_of(const char *page, const char *id) {
    char begin[64];
    snprintf(begin, sizeof begin, "id=\"%s\">", id);
    const char *found = strstr(page, begin);
    ck_assert_ptr_nonnull(found);
    found += strlen(begin);
    return extract(found, (size_t)(strstr(found, "</script>") - found));
}

static void without_time(char *lines) {
    char *seconds = strstr(lines, ",\"seconds\":");
    ck_assert_ptr_nonnull(seconds);
    size_t size = strcspn(seconds + 1, ",}") + 1;
    memmove(seconds, seconds + size, strlen(seconds + size) + 1);
}

static const char news[] = "--find documents,passages --exclude truth.json " NEARDUP_FIXTURES "/newswire";

START_TEST(a_page_holds_what_jsonl_says) {
    run("$NEARDUP scan -r html:page.html %s", news);
    run("$NEARDUP scan --pairs-from 0.5 -r jsonl %s | "
        "sed -E '/\"type\":\"pair\"/d; /\"(member|place)\"/s/,\"(dup_)?path\":\"[^\"]*\"//g; "
        "s/,\"checksum\":\"[0-9a-f]*\"//' >result.jsonl",
        news);
    char *page = read_file("page.html"), *jsonl = read_file("result.jsonl");
    nd_buffer lines = block_of(page, "result");
    without_time(jsonl);
    without_time(lines.data);
    ck_assert_int_eq(strncmp(lines.data, jsonl, strlen(jsonl)), 0);
    const char *more = lines.data + strlen(jsonl);
    ck_assert(strncmp(more, "{\"type\":\"forecast\",", 19) == 0);
    ck_assert_ptr_nonnull(strstr(more, "{\"type\":\"title\","));
    ck_assert_ptr_nonnull(strstr(more, "{\"type\":\"text\",\"doc\":1,\"size\":"));
    nd_buffer_release(&lines);
    free(page);
    free(jsonl);
}
END_TEST

/* The forecast of page.html. */
static json_t *forecast_of_page(void) {
    char *page = read_file("page.html");
    nd_buffer lines = block_of(page, "result");
    char *line = strstr(lines.data, "{\"type\":\"forecast\"");
    ck_assert_ptr_nonnull(line);
    *strchr(line, '\n') = 0;
    json_t *forecast = json_loads(line, 0, NULL);
    ck_assert_ptr_nonnull(forecast);
    nd_buffer_release(&lines);
    free(page);
    return forecast;
}

static json_int_t forecast_at(const json_t *forecast, const char *what, size_t percentage) {
    size_t from = (size_t)json_integer_value(json_object_get(forecast, "from"));
    return json_integer_value(json_array_get(json_object_get(forecast, what), percentage - from));
}

/* With a threshold that is forecast, that many documents go. */
static void expect_forecast(const json_t *forecast, const char *options, unsigned percentage) {
    char command[512];
    snprintf(
        command, sizeof command,
        "$NEARDUP scan --find documents -t %u%% -r jsonl %s | tail -n 1 | grep -o '\"dropped\":[0-9]*' | cut -d: -f2",
        percentage, options);
    run_result result = run_shell(folder, command);
    json_int_t going = strtoll(result.out, NULL, 10);
    ck_assert_msg(forecast_at(forecast, "going", percentage) == going, "%s: %lld go, not %lld", command,
                  (long long)going, (long long)forecast_at(forecast, "going", percentage));
    run_release(&result);
}

START_TEST(a_page_knows_what_other_thresholds_find) {
    run("$NEARDUP scan -r html:page.html %s", news);
    json_t *forecast = forecast_of_page();
    for (unsigned percentage = 50; percentage <= 100; percentage += 5)
        expect_forecast(forecast, "--exclude truth.json " NEARDUP_FIXTURES "/newswire", percentage);
    json_decref(forecast);
    /* Of 1 to 9 each 80 % and more of the one before; each three times. */
    run("for i in 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 9 8 7 6 5 4 3 2 1 0; do "
        "echo '{\"text\":\"'$(seq -s ' ' $((i * 7)) $((i * 7 + 80)))'\"}'; done >chain.jsonl");
    static const char *const chains[] = {"--bands 256 --rows 1 chain.jsonl",
                                         "--bands 256 --rows 1 --pairs-from 0.5 chain.jsonl"};
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        run("$NEARDUP scan -t 100%% -r html:page.html %s", chains[i]);
        forecast = forecast_of_page();
        ck_assert_int_eq(json_integer_value(json_object_get(forecast, "from")), 50);
        ck_assert_int_eq(forecast_at(forecast, "reaching", 100), 20);
        ck_assert_int_eq(forecast_at(forecast, "reaching", 50), 20 + 9 + 8 + 7);
        for (unsigned percentage = 50; percentage <= 100; percentage += 10)
            expect_forecast(forecast, chains[i], percentage);
        json_decref(forecast);
    }
    /* By another order those that go are others, and what they are the same as goes with them. */
    static const char *const orders[] = {"-k last chain.jsonl", "-k longest chain.jsonl",
                                         "--pairs -k last chain.jsonl"};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        run("$NEARDUP scan -r html:page.html %s", orders[i]);
        forecast = forecast_of_page();
        expect_forecast(forecast, orders[i], 70);
        json_decref(forecast);
    }
}
END_TEST

START_TEST(many_copies_take_little) {
    run("yes '{\"text\":\"one two three four five six\"}' | head -n 20000 >copies.jsonl");
    run("$NEARDUP scan -r html:page.html copies.jsonl && test $(wc -c <page.html) -lt 1000000");
    json_t *forecast = forecast_of_page();
    ck_assert_int_eq(forecast_at(forecast, "reaching", 50), 19999);
    ck_assert_int_eq(forecast_at(forecast, "going", 100), 19999);
    json_decref(forecast);
}
END_TEST

START_TEST(a_page_changes_nothing_else) {
    run("$NEARDUP scan -r html:page.html -r jsonl:with.jsonl -r text:with.txt %s", news);
    run("$NEARDUP scan -r jsonl:without.jsonl -r text:without.txt %s", news);
    /* What is verified for its distribution is work, not answer. */
    run("for f in with without; do sed 's/\"\\(seconds\\|[a-z]*_pairs\\)\":[0-9.]*//g' $f.jsonl >$f; done");
    run("cmp with without && cmp with.txt without.txt");
}
END_TEST

START_TEST(a_page_is_the_same_for_any_number_of_threads) {
    for (int threads = 1; threads <= 7; threads += 3)
        run("$NEARDUP scan -j %d -r html:%d.html %s", threads, threads, news);
    char *first = read_file("1.html");
    nd_buffer right = block_of(first, "result");
    without_time(right.data);
    for (int threads = 4; threads <= 7; threads += 3) {
        char name[32];
        snprintf(name, sizeof name, "%d.html", threads);
        char *page = read_file(name);
        nd_buffer lines = block_of(page, "result");
        without_time(lines.data);
        ck_assert_str_eq(lines.data, right.data);
        ck_assert_str_eq(strstr(page, "id=\"texts\""), strstr(first, "id=\"texts\""));
        nd_buffer_release(&lines);
        free(page);
    }
    nd_buffer_release(&right);
    free(first);
}
END_TEST

START_TEST(a_page_holds_as_much_text_as_it_may) {
    static const struct {
        const char *size;
        size_t least, most; /* bytes of text */
    } cases[] = {{"0", 0, 0}, {"5000", 1500, 5000}, {"64M", 30000, 95000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run("$NEARDUP scan --html-text %s -r html:page.html %s", cases[i].size, news);
        char *page = read_file("page.html");
        nd_buffer lines = block_of(page, "result");
        size_t size = 0;
        for (const char *at = lines.data; (at = strstr(at, "{\"type\":\"text\"")); at++)
            size += strtoul(strstr(at, "\"size\":") + 7, NULL, 10);
        ck_assert_uint_ge(size, cases[i].least);
        ck_assert_uint_le(size, cases[i].most);
        nd_buffer_release(&lines);
        free(page);
    }
    run("! $NEARDUP scan --html-text 2G -r html:page.html . 2>err && grep -q 'a size up to 1G' err");
}
END_TEST

START_TEST(a_page_needs_no_text) {
    run("$NEARDUP scan -r html:page.html %s",
        NEARDUP_FIXTURES "/broken/empty.jsonl " NEARDUP_FIXTURES "/broken/empty.txt");
    run("grep -q '0 of 1 document could go' page.html");
    run("printf 'one\\n' | gzip | $NEARDUP scan -r html - | grep -q '</html>'");
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("page");
    tcase_add_checked_fixture(tests, make, release);
    tcase_add_test(tests, texts_are_as_people_read_them);
    tcase_add_test(tests, marks_go_where_their_words_go);
    tcase_add_test(tests, records_are_as_jansson_reads_them);
    tcase_add_test(tests, long_matches_say_the_same_text);
    tcase_add_test(tests, a_copy_far_back_costs_a_few_bytes);
    tcase_add_test(tests, a_vocabulary_says_the_same_text);
    tcase_add_test(tests, what_is_embedded_comes_out_again);
    tcase_add_test(tests, a_page_holds_what_jsonl_says);
    tcase_add_test(tests, a_page_knows_what_other_thresholds_find);
    tcase_add_test(tests, many_copies_take_little);
    tcase_add_test(tests, a_page_changes_nothing_else);
    tcase_add_test(tests, a_page_is_the_same_for_any_number_of_threads);
    tcase_add_test(tests, a_page_holds_as_much_text_as_it_may);
    tcase_add_test(tests, a_page_needs_no_text);
    return run_tests(tests);
}
