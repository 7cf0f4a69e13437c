/* SPDX-License-Identifier: MIT */
/*
 * Options: one table per command says everything about its options, and drives reading them and --help (and whatever
 * else is derived from them). Values go to the fields of a settings struct whose offsets the table holds.
 */
#ifndef ND_CLI_OPTION_H
#define ND_CLI_OPTION_H

#include <stddef.h>

#include "cli/texts.h"

typedef enum nd_option_kind {
    ND_OPTION_FLAG,   /* bool: becomes true */
    ND_OPTION_TEXT,   /* const char *, borrowed from the arguments */
    ND_OPTION_TEXTS,  /* nd_texts: one more each time */
    ND_OPTION_LIST,   /* nd_texts: some more, between commas */
    ND_OPTION_CHOICE, /* unsigned: which of `choices` */
    ND_OPTION_COUNT,  /* uint64_t from `low` to `high` */
    ND_OPTION_SHARE,  /* double above 0 and up to 1, or a percentage */
    ND_OPTION_OWN,    /* whatever `read` makes of it */
    ND_OPTION_HELP    /* no field: reading stops here */
} nd_option_kind;

/* Reads `value` into the field. NEARDUP_ERROR_ARGUMENT when it is not what the option's `expects` says. */
typedef neardup_status nd_option_read(const char *value, void *field);

typedef struct nd_option {
    const char *name; /* without its dashes; NULL ends the table */
    char letter;      /* 0: none */
    nd_option_kind kind;
    const char *argument;       /* what help calls the value: "FILE" */
    size_t field;               /* offset in the settings */
    const char *const *choices; /* CHOICE: ended by NULL; OWN: words that shells offer, or NULL */
    uint64_t low, high;         /* COUNT */
    nd_option_read *read;       /* OWN */
    const char *expects;        /* OWN: behind "takes": "word:N or char:N" */
    const char *help;
    const char *group; /* on the first option of a group: its title */
    unsigned usual;    /* the commands whose --help tells of it, and not only --help-all, as bits */
    unsigned only;     /* the commands that have it, as bits; 0: all but those that only have what names them */
} nd_option;

/* The options of one command: those rows of a table that it has. */
typedef struct nd_option_table {
    const nd_option *rows; /* ended by one without a name */
    unsigned command;      /* its bit in nd_option.only */
    bool named;            /* it has only rows that name it there */
} nd_option_table;

/*
 * Reads `arguments` by `table`: --name value, --name=value, -nVALUE, -n VALUE, flags in one word (-qv), and -- before
 * operands only. Options may come behind operands; "-" is an operand. A repeated option replaces what came before, but
 * for TEXTS and LIST. Returns NEARDUP_END at --help, NEARDUP_ERROR_ARGUMENT with a sentence that names the option. What
 * `settings` and `operands_out` took before a failure must be released as after success.
 */
neardup_status nd_options_read(nd_option_table table, nd_strings arguments, void *settings, nd_texts *operands_out,
                               neardup_error *error);

/* Releases the lists in `settings`. */
void nd_options_release(nd_option_table table, void *settings);

/* The title of the group an option is in; NULL where there is none. */
const char *nd_option_group(nd_option_table table, const nd_option *option);

/* Goes through a command's options: the one behind `option`, or with NULL the first; NULL at the end. */
const nd_option *nd_option_next(nd_option_table table, const nd_option *option);

#endif
