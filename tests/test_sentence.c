/* SPDX-License-Identifier: MIT */
/* Where sentences end, and where they do not; offsets that are those of positions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "suite.h"
#include "text/position.h"
#include "text/sentence.h"

/* The text with a bar where a sentence begins, and two where a paragraph does. To be freed. */
static char *mark(const char *text, neardup_form form) {
    neardup_text given = {.data = text, .size = strlen(text), .form = form};
    nd_sentences sentences;
    nd_sentence sentence;
    char *marked = calloc(3 * given.size + 8, 1), *to = marked;
    size_t at = 0;
    nd_sentences_begin(&sentences, &given);
    while (nd_sentences_next(&sentences, &sentence)) {
        memcpy(to, text + at, sentence.begin.raw - at);
        to += sentence.begin.raw - at;
        to += sprintf(to, "%s", sentence.opens ? "||" : "|");
        at = sentence.begin.raw;
    }
    ck_assert(!nd_sentences_next(&sentences, &sentence));
    sprintf(to, "%s", text + at);
    return marked;
}

/* Each as it must come out. */
static const char *const plain[] = {
    "",
    " \n ",
    "||No end",
    "||First. |Second! |Third? |Fourth.",
    "  ||First. |Second.\n",
    "||Said \"First.\" |\"Second.\" |(Third.) |Fourth",
    "||He asked: “Why?” |“Because.” |‘So?’",
    "||**Bold.** |_Lean._ |Rest",
    "||At 3.14 or v1.2.3 it stops. |Not at www.example.org either.",
    "||Dr. Penhallow and J. K. Rook met Mr. Teal on pier No. 7. Then they left. |Off they went.",
    "||He came, e.g. by boat... and left. |Really?! |Yes… No.",
    "||Is it? she asked. |Yes! he said, and then. - and so on",
    "||It was in 1931. |On the 3. March",
    "||First line\nof a paragraph. |It goes\non.\n\n||Second\n\n\n||  indented. |Last.\n",
    "||A line\n||Another. |Line\n||  third\n",
    "||***\n\n||A\n\n||***\n",
    "||今天开放。|明天关闭！|“好。”|他说：「是。」|完",
    "||서울에서 열렸다. |내일 닫는다. |끝",
    "||Он пришёл. |Она ушла… и вернулась. |Всё!",
    "||यह है। |वह था।",
    "||\xff ill. |Formed \xc3",
};

START_TEST(sentences_end_where_they_do) {
    char text[512];
    size_t size = 0;
    for (const char *from = plain[_i]; *from; from++)
        if (*from != '|') text[size++] = *from;
    text[size] = 0;
    char *marked = mark(text, NEARDUP_PLAIN);
    ck_assert_str_eq(marked, plain[_i]);
    free(marked);
}
END_TEST

/* Escapes are the characters they stand for. */
START_TEST(escapes_are_read) {
    static const char *const literals[][2] = {
        {"First.\\nSecond.", "||First.\\n||Second."},
        {"First.\\u0020Second. \\\"Third.\\\" Fourth", "||First.\\u0020|Second. |\\\"Third.\\\" |Fourth"},
        {"A\\r\\n\\r\\nB.\\tC", "||A\\r\\n\\r\\n||B.\\tC"},
        {"\\u4eca\\u5929\\u3002\\u660e", "||\\u4eca\\u5929\\u3002|\\u660e"},
        {"Well\\u002e \\ud83d\\ude00 Off. \\ud800 So then. Yes",
         "||Well\\u002e |\\ud83d\\ude00 Off. \\ud800 So then. |Yes"},
    };
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        char *marked = mark(literals[i][0], NEARDUP_JSON);
        ck_assert_str_eq(marked, literals[i][1]);
        free(marked);
    }
}
END_TEST

START_TEST(a_mark_is_left_out) {
    char *marked = mark("\xef\xbb\xbf"
                        "First. Second.",
                        NEARDUP_PLAIN);
    ck_assert_str_eq(marked, "\xef\xbb\xbf||First. |Second.");
    free(marked);
}
END_TEST

static void check_spot(const neardup_text *text, nd_spot spot) {
    static nd_layout layout;
    nd_layout_find(text, &nd_text_portable, &layout);
    nd_position position = nd_layout_position(&layout, spot.raw);
    EXPECT(position.raw == spot.raw && position.byte == spot.byte && position.character == spot.character,
           "byte %zu: %zu and %zu, not %zu and %zu", spot.raw, (size_t)spot.byte, (size_t)spot.character,
           (size_t)position.byte, (size_t)position.character);
}

/* In random texts sentences follow each other, have no white space at their inner ends, and stand where positions say.
 */
START_TEST(sentences_are_where_they_are) {
    static const char *const bits[] = {
        "a",       "Be",       "\xC3\xA9",     "1",       ".",   "!", " ",   "\n",      "\n\n",           "\"",
        "\t",      "\xff",     "\xE3\x80\x82", ", ",      ". A", "-", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\\"",
        "\\ud800", "\xC2\xA0", "\r\n",         "\\u002e "};
    random_start("sentences_are_where_they_are");
    for (int round = 0; round < (SANITIZED ? 2000 : 20000); round++) {
        char data[256];
        size_t size = 0;
        bool json = random_below(2);
        for (uint32_t i = random_below(24); i; i--) {
            const char *bit = bits[random_below(sizeof bits / sizeof *bits)];
            if (!json && bit[0] == '\\') continue;
            if (json && (bit[0] == '"' || bit[0] == '\n')) continue;
            memcpy(data + size, bit, strlen(bit));
            size += strlen(bit);
        }
        char *exact = malloc(size + !size);
        memcpy(exact, data, size);
        neardup_text text = {.data = exact, .size = size, .form = json ? NEARDUP_JSON : NEARDUP_PLAIN};
        nd_sentences sentences;
        nd_sentence s, before = {.closes = true};
        nd_sentences_begin(&sentences, &text);
        for (int i = 0; nd_sentences_next(&sentences, &s); i++, before = s) {
            EXPECT(s.begin.raw <= s.first.raw && s.first.raw < s.last.raw && s.last.raw <= s.end.raw, "order");
            EXPECT(s.first.byte <= s.word && s.word < s.words && s.words <= s.last.byte, "words");
            EXPECT(!i || s.begin.raw == before.end.raw, "each begins where the one before it ends");
            EXPECT(s.opens == before.closes, "what closes is before what opens");
            check_spot(&text, s.begin);
            check_spot(&text, s.end);
            check_spot(&text, s.first);
            check_spot(&text, s.last);
        }
        EXPECT(before.closes && (!before.end.raw || before.end.raw == size), "the last ends with the text");
        free(exact);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("sentence");
    tcase_add_loop_test(tests, sentences_end_where_they_do, 0, sizeof plain / sizeof *plain);
    tcase_add_test(tests, escapes_are_read);
    tcase_add_test(tests, a_mark_is_left_out);
    tcase_add_test(tests, sentences_are_where_they_are);
    return run_tests(tests);
}
