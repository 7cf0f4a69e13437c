/* SPDX-License-Identifier: MIT */
/*
 * A corpus: the files, folders and streams a user named, seen as one numbered sequence of documents. It is the source
 * an engine reads from (twice), and it remembers of every document what reports need: where it is and what it is
 * called. It knows formats and paths; it knows nothing of similarity.
 *
 * In JSON Lines a line that holds nothing but space is a line, but no record: it takes a line number, is no document
 * and is not bad. A bad record is any other line that is not a JSON object with a string in the text field; where
 * several text fields are named, at least one must be there, and each that is there must be a string. A byte order mark
 * before the first line is passed over.
 *
 * A named file of which no record has the text field, or no record of all where there is no other document, is an
 * error. In files met on a walk such lines are bad records: not all JSON is there to be compared.
 *
 * Globs apply to operands that are files, too, by their name.
 */
#ifndef ND_IO_CORPUS_H
#define ND_IO_CORPUS_H

#include "base/bytes.h"
#include "io/problem.h"
#include "io/walk.h"
#include "neardup.h"

typedef enum nd_format { ND_FORMAT_AUTO, ND_FORMAT_JSONL, ND_FORMAT_TEXT } nd_format;
typedef enum nd_markup { ND_MARKUP_AUTO, ND_MARKUP_NONE } nd_markup;
typedef enum nd_source_kind {
    ND_SOURCE_AUTO, /* field:source for records that have it; files: dir where there are two folders, else file */
    ND_SOURCE_DIR,
    ND_SOURCE_FILE,
    ND_SOURCE_FIELD,
    ND_SOURCE_HOST
} nd_source_kind;

typedef struct nd_corpus_options {
    nd_strings operands;         /* paths as the user named them; "-" is standard input */
    nd_strings references;       /* further paths, read before the operands: their documents come first */
    const char *files_from;      /* a file (or "-") that lists further paths, or NULL */
    bool files_from_nul;         /* which are separated by NUL, not by line breaks */
    nd_strings include, exclude; /* globs on the path relative to the operand, and on the file's name */
    bool hidden, follow_links;
    nd_format format;
    nd_strings encodings; /* charsets to try in turn; none: UTF-8 */
    nd_markup markup;
    nd_strings text_fields; /* dotted names; none: "text"; several are joined by a line break */
    const char *id_field;   /* dotted name; NULL: "id" */
    nd_source_kind source;
    const char *source_field; /* for FIELD and HOST */
    nd_strings key_fields;    /* fields whose values nd_corpus_key gives, for --keep max:FIELD and min:FIELD */
    const char *absent_field; /* a record that has this field is an error; NULL: none */
    bool whole;               /* a file that can be read only in part is an error */
    const char *temporary;    /* folder for a copy of standard input; NULL: /var/tmp */
    uint64_t copy_memory;     /* bytes of such a copy that are held in memory, before it goes there */
    uint64_t expansion;       /* as in nd_stream_input, of every file; 0: no limit */
    size_t record_limit;      /* bytes of the largest document that is read, others are set aside; 0: 1 GiB */
} nd_corpus_options;

typedef struct nd_corpus nd_corpus;

/* Lists the inputs. NEARDUP_ERROR_SOURCE where a named operand does not exist or nothing can be read at all, with a
 * sentence that names it and says what to do. `options` and what it points to must outlive the corpus. */
neardup_status nd_corpus_create(const nd_corpus_options *options, nd_corpus **corpus_out, neardup_error *error);
void nd_corpus_free(nd_corpus *corpus);

/* Whether a file is one of the inputs, by its device and inode. Until the first reading. */
bool nd_corpus_holds(const nd_corpus *corpus, uint64_t device, uint64_t inode);

/* The corpus as an engine's source; valid as long as the corpus. */
neardup_source nd_corpus_source(nd_corpus *corpus);

/* How far a survey goes. */
typedef struct nd_survey {
    uint64_t last_line; /* of a corpus of one file: the last record that is wanted; NEARDUP_NONE: all there is */
    neardup_progress *progress; /* NULL: none */
    void *context;              /* its */
} nd_survey;

/* Reads the corpus once where no engine does, so that its documents, of which there are *documents_out (so far), can be
 * asked for and fetched. On the calling thread. */
neardup_status nd_corpus_survey(nd_corpus *corpus, const nd_survey *survey, uint64_t *documents_out,
                                neardup_error *error);

/* Bytes of input behind and in all (compressed size for compressed files; 0 in all where unknown), for progress. May be
 * called while an engine reads. */
void nd_corpus_progress(const nd_corpus *corpus, uint64_t *done_out, uint64_t *total_out);

/* What is known of a document. The spans belong to the corpus. */
typedef struct nd_corpus_document {
    nd_span path;     /* relative to the operand's parent, as the user named it; any bytes but NUL */
    nd_span file;     /* the path to open, with a NUL behind it; "-" for standard input */
    nd_span shown;    /* what people are shown: path; or file, where path does not tell all files apart */
    uint64_t record;  /* 0-based line of a JSON Lines file; NEARDUP_NONE for a file that is one document */
    nd_span id;       /* the raw JSON value of the id field; size 0 where none */
    nd_span source;   /* size 0 where none */
    nd_span encoding; /* the charset a file was converted from; size 0 for UTF-8 */
    int64_t seconds;  /* modification time */
    long nanoseconds;
} nd_corpus_document;

nd_corpus_document nd_corpus_document_at(const nd_corpus *corpus, uint64_t document);

/* The raw JSON value (unescaped text for a string) of key field `key` (an index into key_fields) of a document; data is
 * NULL where it has none. *is_number_out says whether it is a JSON number. */
nd_span nd_corpus_key(const nd_corpus *corpus, uint64_t document, size_t key, bool *is_number_out);

/* Which rule gave the sources: "dir", "file", "field:source", "field:NAME", "host:NAME". After the first reading. */
const char *nd_corpus_source_rule(const nd_corpus *corpus);

/* How many problems of each kind there were, how many of them with what the user named, and the first 1,000 of either
 * in detail. After the first reading. */
uint64_t nd_corpus_problem_count(const nd_corpus *corpus, nd_problem_kind kind);
uint64_t nd_corpus_named_problem_count(const nd_corpus *corpus, nd_problem_kind kind);
size_t nd_corpus_problems(const nd_corpus *corpus, const nd_problem **problems_out);

/* The options it was created with. */
const nd_corpus_options *nd_corpus_options_of(const nd_corpus *corpus);

/* Bytes of the largest document that is read. */
size_t nd_corpus_limit(const nd_corpus *corpus);

/* Reads the texts of some documents again: `documents` are rising numbers. `take` is called for each in order, with its
 * text (valid during the call); what it returns other than NEARDUP_OK ends the reading and is returned. Several threads
 * may call it at a time, after the first reading. */
neardup_status nd_corpus_fetch(nd_corpus *corpus, const uint64_t *documents, size_t count,
                               neardup_status (*take)(void *context, uint64_t document, const neardup_text *text),
                               void *context, neardup_error *error);

#endif
