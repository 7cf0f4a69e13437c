/* SPDX-License-Identifier: MIT */
#include "cli/problems.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/message.h"
#include "report/wording.h"

enum { TOLD_OF_A_KIND = 20 };

/* What is said of a problem before and after the corpus's own words for it, which may be none. */
static const struct {
    const char *before, *after;
} words_of[] = {
    [ND_PROBLEM_BINARY] = {"is binary, not text", ""},
    [ND_PROBLEM_SPECIAL] = {"is neither a file nor a folder", ""},
    [ND_PROBLEM_UNREADABLE] = {"cannot be read", ""},
    [ND_PROBLEM_DAMAGED] = {"is damaged", "; the rest of it is set aside"},
    [ND_PROBLEM_EXPANDED] = {"unpacks to too much", "; the rest of it is set aside"},
    [ND_PROBLEM_UNDECODABLE] = {"is in none of the charsets of --encoding", ""},
    [ND_PROBLEM_BAD_RECORD] = {"is not a record", ""},
    [ND_PROBLEM_SET_ASIDE] = {"is kept and not compared", ""},
};

/* Whether a file of that kind met on a walk is none of the user's business. */
static bool is_quiet(nd_problem_kind kind) { return kind == ND_PROBLEM_BINARY || kind == ND_PROBLEM_SPECIAL; }

static bool is_worth_telling(const nd_problem *problem) { return problem->named || !is_quiet(problem->kind); }

/* A place may be longer than a message; then the reason behind it must not be what is cut off. */
static void shorten(const char *place, char *text, size_t size) {
    const size_t most = 1500, length = strlen(place);
    if (length <= 2 * most)
        snprintf(text, size, "%s", place);
    else
        snprintf(text, size, "%.*s ... %s", (int)most, place, place + length - most);
}

static void tell(const nd_problem *problem) {
    char place[3200];
    shorten(nd_problem_place(problem), place, sizeof place);
    char line[32] = "", byte[48] = "";
    if (problem->record != NEARDUP_NONE) snprintf(line, sizeof line, ":%" PRIu64, problem->record + 1);
    if (problem->byte != NEARDUP_NONE) snprintf(byte, sizeof byte, " (at byte %" PRIu64 ")", problem->byte);
    bool more = problem->message.size > 0 && problem->kind != ND_PROBLEM_BINARY;
    nd_message("%s%s %s%s%.*s%s%s", place, line, words_of[problem->kind].before, more ? ": " : "",
               more ? (int)problem->message.size : 0, more ? problem->message.data : "", byte,
               words_of[problem->kind].after);
}

void nd_problems_tell(const nd_corpus *corpus) {
    const nd_problem *problems;
    size_t count = nd_corpus_problems(corpus, &problems);
    size_t told[ND_PROBLEM_KINDS] = {0};
    for (size_t i = 0; i < count; i++)
        if (is_worth_telling(&problems[i]) && told[problems[i].kind]++ < TOLD_OF_A_KIND) tell(&problems[i]);
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++) {
        if (told[kind] <= TOLD_OF_A_KIND) continue;
        uint64_t all = is_quiet((nd_problem_kind)kind) ? nd_corpus_named_problem_count(corpus, (nd_problem_kind)kind)
                                                       : nd_corpus_problem_count(corpus, (nd_problem_kind)kind);
        nd_message("... and %s like this", nd_wording_counted(all - TOLD_OF_A_KIND, "more", "more").text);
    }
}

/* Whether problems of a kind count wherever they are met, not only in what was named. */
static bool counts_unnamed(nd_problem_kind kind) {
    return kind == ND_PROBLEM_BAD_RECORD || kind == ND_PROBLEM_DAMAGED || kind == ND_PROBLEM_EXPANDED;
}

/* Whether there are problems of a kind that the exit status tells of. */
static bool matters(const nd_corpus *corpus, nd_problem_kind kind, uint64_t moved) {
    uint64_t expected = kind == ND_PROBLEM_BAD_RECORD ? moved : 0;
    return counts_unnamed(kind) ? nd_corpus_problem_count(corpus, kind) > expected
                                : nd_corpus_named_problem_count(corpus, kind) > 0;
}

bool nd_problems_matter(const nd_corpus *corpus) { return nd_problems_remain(corpus, 0); }

bool nd_problems_remain(const nd_corpus *corpus, uint64_t moved) {
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++)
        if (matters(corpus, (nd_problem_kind)kind, moved)) return true;
    return false;
}

void nd_problems_tell_why(const nd_corpus *corpus, uint64_t moved) {
    const nd_problem *problems;
    size_t count = nd_corpus_problems(corpus, &problems);
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++) {
        if (!matters(corpus, (nd_problem_kind)kind, moved)) continue;
        bool all = counts_unnamed((nd_problem_kind)kind);
        uint64_t more = all ? nd_corpus_problem_count(corpus, (nd_problem_kind)kind)
                            : nd_corpus_named_problem_count(corpus, (nd_problem_kind)kind);
        /* Files of references come first, and with them what has not been moved. */
        for (size_t i = 0; i < count; i++)
            if (problems[i].kind == (nd_problem_kind)kind && (all || problems[i].named)) {
                tell(&problems[i]);
                break;
            }
        if (more > 1) nd_message("... and %s like this", nd_wording_counted(more - 1, "more", "more").text);
    }
}
