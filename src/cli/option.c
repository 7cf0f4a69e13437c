/* SPDX-License-Identifier: MIT */
#include "cli/option.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/suggestion.h"
#include "cli/value.h"

/* The arguments, read one by one. */
typedef struct reader {
    nd_option_table table;
    nd_strings arguments;
    size_t next;
    void *settings;
    neardup_error *error;
} reader;

const nd_option *nd_option_next(nd_option_table table, const nd_option *option) {
    option = option ? option + 1 : table.rows;
    while (option->name && !(option->only ? option->only & table.command : !table.named)) option++;
    return option->name ? option : NULL;
}

const char *nd_option_group(nd_option_table table, const nd_option *option) {
    while (!option->group && option != table.rows) option--;
    return option->group;
}

static const nd_option *find_name(nd_option_table table, const char *name, size_t size) {
    for (const nd_option *option = NULL; (option = nd_option_next(table, option));)
        if (nd_span_equals((nd_span){name, size}, option->name)) return option;
    return NULL;
}

static const nd_option *find_letter(nd_option_table table, char letter) {
    for (const nd_option *option = NULL; (option = nd_option_next(table, option));)
        if (option->letter == letter) return option;
    return NULL;
}

static bool takes_value(const nd_option *option) {
    return option->kind != ND_OPTION_FLAG && option->kind != ND_OPTION_HELP;
}

/* ---- messages ---- */

/* What the option takes: "a whole number from 1 to 256". */
static void write_expectation(FILE *out, const nd_option *option) {
    switch (option->kind) {
    case ND_OPTION_CHOICE:
        for (const char *const *choice = option->choices; *choice; choice++)
            fprintf(out, "%s%s", choice == option->choices ? "" : choice[1] ? ", " : " or ", *choice);
        break;
    case ND_OPTION_COUNT:
        fprintf(out, "a whole number from %" PRIu64, option->low);
        if (option->high < UINT64_MAX) fprintf(out, " to %" PRIu64, option->high);
        break;
    case ND_OPTION_SHARE: fputs("a number above 0 and up to 1, or a percentage", out); break;
    case ND_OPTION_LIST: fputs("names separated by commas", out); break;
    case ND_OPTION_OWN: fputs(option->expects, out); break;
    default: fputs("a value", out); break;
    }
}

static neardup_status refuse_value(const reader *r, const nd_option *option, const char *value) {
    char expected[256] = "";
    FILE *out = fmemopen(expected, sizeof expected, "w");
    if (!out) return nd_fail_memory(r->error);
    write_expectation(out, option);
    fclose(out);
    if (!value) return nd_fail(r->error, NEARDUP_ERROR_ARGUMENT, "--%s needs a value: %s", option->name, expected);
    return nd_fail(r->error, NEARDUP_ERROR_ARGUMENT, "--%s takes %s, not '%s'", option->name, expected, value);
}

static neardup_status refuse_name(const reader *r, const char *name, size_t size) {
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)(size < sizeof word ? size : sizeof word - 1), name);
    nd_suggestion suggestion = {0};
    for (const nd_option *option = NULL; (option = nd_option_next(r->table, option));)
        nd_suggestion_offer(&suggestion, word, option->name);
    if (suggestion.best)
        return nd_fail(r->error, NEARDUP_ERROR_ARGUMENT, "unknown option '--%s'; did you mean '--%s'?", word,
                       suggestion.best);
    return nd_fail(r->error, NEARDUP_ERROR_ARGUMENT, "unknown option '--%s'", word);
}

/* ---- values ---- */

static neardup_status read_choice(const nd_option *option, const char *value, unsigned *choice_out) {
    for (unsigned i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], value) != 0) continue;
        *choice_out = i;
        return NEARDUP_OK;
    }
    return NEARDUP_ERROR_ARGUMENT;
}

static neardup_status read_count(const nd_option *option, const char *value, uint64_t *count_out) {
    uint64_t count;
    if (!nd_value_count(value, &count) || count < option->low || count > option->high) return NEARDUP_ERROR_ARGUMENT;
    *count_out = count;
    return NEARDUP_OK;
}

static neardup_status store(const reader *r, const nd_option *option, const char *value) {
    void *field = (char *)r->settings + option->field;
    neardup_status status = NEARDUP_OK;
    switch (option->kind) {
    case ND_OPTION_FLAG: *(bool *)field = true; break;
    case ND_OPTION_TEXT: *(const char **)field = value; break;
    case ND_OPTION_TEXTS: status = nd_texts_add(field, value, strlen(value)); break;
    case ND_OPTION_LIST: status = nd_texts_add_list(field, value); break;
    case ND_OPTION_CHOICE: status = read_choice(option, value, field); break;
    case ND_OPTION_COUNT: status = read_count(option, value, field); break;
    case ND_OPTION_SHARE: status = nd_value_share(value, field) ? NEARDUP_OK : NEARDUP_ERROR_ARGUMENT; break;
    case ND_OPTION_OWN: status = option->read(value, field); break;
    case ND_OPTION_HELP: return NEARDUP_END;
    }
    if (status == NEARDUP_ERROR_ARGUMENT) return refuse_value(r, option, value);
    return status ? nd_fail_memory(r->error) : NEARDUP_OK;
}

/* Stores the next argument as the option's value. */
static neardup_status store_next(reader *r, const nd_option *option) {
    if (r->next == r->arguments.count) return refuse_value(r, option, NULL);
    return store(r, option, r->arguments.items[r->next++]);
}

/* ---- words ---- */

/* `word` is what follows the two dashes. */
static neardup_status read_long(reader *r, const char *word) {
    size_t size = strcspn(word, "=");
    const nd_option *option = find_name(r->table, word, size);
    if (!option) return refuse_name(r, word, size);
    if (word[size] == '=') {
        if (takes_value(option)) return store(r, option, word + size + 1);
        return nd_fail(r->error, NEARDUP_ERROR_ARGUMENT, "--%s takes no value", option->name);
    }
    return takes_value(option) ? store_next(r, option) : store(r, option, "");
}

/* `word` is what follows the one dash; not empty. */
static neardup_status read_letters(reader *r, const char *word) {
    if (word[1] && find_name(r->table, word, strlen(word)))
        return nd_fail(r->error, NEARDUP_ERROR_ARGUMENT, "unknown option '-%s'; did you mean '--%s'?", word, word);
    for (const char *letter = word; *letter; letter++) {
        const nd_option *option = find_letter(r->table, *letter);
        if (!option)
            return nd_fail(r->error, NEARDUP_ERROR_ARGUMENT, "unknown option '-%c'%s%s%s", *letter,
                           word[1] ? " in '-" : "", word[1] ? word : "", word[1] ? "'" : "");
        if (takes_value(option)) return letter[1] ? store(r, option, letter + 1) : store_next(r, option);
        neardup_status status = store(r, option, "");
        if (status) return status;
    }
    return NEARDUP_OK;
}

neardup_status nd_options_read(nd_option_table table, nd_strings arguments, void *settings, nd_texts *operands_out,
                               neardup_error *error) {
    reader r = {table, arguments, 0, settings, error};
    bool operands_only = false;
    while (r.next < arguments.count) {
        const char *word = arguments.items[r.next++];
        neardup_status status = NEARDUP_OK;
        if (operands_only || word[0] != '-' || !word[1]) {
            if (nd_texts_add(operands_out, word, strlen(word))) status = nd_fail_memory(error);
        } else if (word[1] != '-') {
            status = read_letters(&r, word + 1);
        } else if (word[2]) {
            status = read_long(&r, word + 2);
        } else {
            operands_only = true;
        }
        if (status) return status;
    }
    return NEARDUP_OK;
}

void nd_options_release(nd_option_table table, void *settings) {
    for (const nd_option *option = NULL; (option = nd_option_next(table, option));)
        if (option->kind == ND_OPTION_TEXTS || option->kind == ND_OPTION_LIST)
            nd_texts_release((nd_texts *)(void *)((char *)settings + option->field));
}
