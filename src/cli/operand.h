/* SPDX-License-Identifier: MIT */
/* One text that the user named: a file, or FILE:N for the record in line N. */
#ifndef ND_CLI_OPERAND_H
#define ND_CLI_OPERAND_H

#include "cli/progress.h"
#include "io/corpus.h"

typedef struct nd_operand {
    nd_corpus *corpus;
    nd_corpus_options options;
    const char *path; /* the file's */
    char *own_path;   /* where it is not what the user typed */
    uint64_t line;    /* 0-based; NEARDUP_NONE: none was named */
    nd_buffer data;
    neardup_text text; /* its bytes are in data */
} nd_operand;

/* Reads the text `name` (borrowed) stands for. A name that is a file's is that file's, with a colon too; what it takes
 * is shown on `progress`. To be released whatever the outcome; what `options` point to must live until then. Fails with
 * a sentence that names the operand. */
neardup_status nd_operand_read(const char *name, const nd_corpus_options *options, nd_progress *progress,
                               nd_operand *operand_out, neardup_error *error);

void nd_operand_release(nd_operand *operand);

#endif
