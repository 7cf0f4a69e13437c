/* SPDX-License-Identifier: MIT */
/*
 * A line of a saved result, field by field: what kinds of values there are, and what is said where one is of another
 * kind. Which fields a line has, and what they mean, is for the reader of the result to know (report/saved_read.c).
 */
#ifndef ND_REPORT_SAVED_LINE_H
#define ND_REPORT_SAVED_LINE_H

#include "io/globs.h"
#include "io/json_object.h"

/* The line that is being read. All zero at first, but for what is borrowed. */
typedef struct nd_saved_line {
    const char *name;      /* of the file, borrowed; "-" is standard input */
    nd_arena *arena;       /* borrowed; gets all texts */
    neardup_error *error;  /* borrowed; may be NULL */
    uint64_t number;       /* from 1; 0 before the first */
    nd_span type;          /* what it tells of, such as "document"; with a NUL behind it */
    nd_json_object object; /* its fields; the caller may put those of an object within it here */
} nd_saved_line;

/* Goes on to the next line, which is `text`: the fields borrow it. Like all that follow, NEARDUP_ERROR_SOURCE with a
 * sentence that names file and line where it is not what neardup writes; NEARDUP_ERROR_MEMORY without one. */
neardup_status nd_saved_line_read(nd_saved_line *line, nd_span text);

/* Says of the line, or of its field `name`, what is wrong: always NEARDUP_ERROR_SOURCE. `kind` ends a sentence: "...
 * should be a count". */
neardup_status nd_saved_fail(const nd_saved_line *line, const char *what);
neardup_status nd_saved_fail_field(const nd_saved_line *line, const char *name, const char *kind);

/* Fields that must be there (null is as good as missing). Outputs are untouched on failure. A share is from 0 to 1, a
 * time in seconds; the number of a document becomes its key (report/saved_finish.h). */
neardup_status nd_saved_take_count(const nd_saved_line *line, const char *name, uint64_t *count_out);
neardup_status nd_saved_take_share(const nd_saved_line *line, const char *name, double *share_out);
neardup_status nd_saved_take_time(const nd_saved_line *line, const char *name, double *seconds_out);
neardup_status nd_saved_take_key(const nd_saved_line *line, const char *name, uint64_t *key_out);

/* A text that must be one of word(0) to word(count - 1): which. */
neardup_status nd_saved_take_word(const nd_saved_line *line, const char *name, const char *(*word)(int), int count,
                                  int *which_out);

/* Fields that may be missing: the output stays as it is then, too. A checksum is hexadecimal; a literal is any value
 * as it stands, a string with its quotes. Literals are the arena's. */
neardup_status nd_saved_take_optional_count(const nd_saved_line *line, const char *name, uint64_t *count_out);
neardup_status nd_saved_take_optional_share(const nd_saved_line *line, const char *name, double *share_out);
neardup_status nd_saved_take_flag(const nd_saved_line *line, const char *name, bool *flag_out);
neardup_status nd_saved_take_checksum(const nd_saved_line *line, const char *name, uint64_t *checksum_out);
neardup_status nd_saved_take_literal(const nd_saved_line *line, const char *name, nd_span *literal_out);

/* A text, with a NUL behind it: the arena's; empty where it is missing. */
neardup_status nd_saved_take_text(const nd_saved_line *line, const char *name, nd_span *text_out);

/* The parts of a text such as "a,b": the arena's. Where it is empty or missing, the output stays as it is. */
neardup_status nd_saved_take_list(const nd_saved_line *line, const char *name, nd_strings *list_out);

#endif
