/* SPDX-License-Identifier: MIT */
/*
 * The files of a corpus, and the bytes of its records once more: what is needed to write some of them somewhere else. A
 * third reading gives the lines as they stand in the files, byte for byte, with their numbers; whatever is no document
 * (a bad record, an empty line) is among them.
 */
#ifndef ND_IO_CORPUS_FILES_H
#define ND_IO_CORPUS_FILES_H

#include "io/corpus.h"

/* ---- files ---- */

typedef enum nd_content {
    ND_CONTENT_UNKNOWN, /* only reading can tell */
    ND_CONTENT_RECORDS,
    ND_CONTENT_DOCUMENT,
    ND_CONTENT_NONE /* it gave no document: binary, in no charset that was named, or not to be read */
} nd_content;

/* An input. The spans belong to the corpus. */
typedef struct nd_corpus_file {
    nd_span path;       /* as in nd_corpus_document */
    nd_span file;       /* as in nd_corpus_document */
    nd_span relative;   /* to the operand; the name where that is a file */
    nd_content content; /* before the first reading as its name has it */
    bool named;         /* the user named this very file */
    bool reference;     /* it is read but not written */
    bool special;       /* it can be read only once, but by the corpus */
    bool converted;     /* it is in another charset than UTF-8 */
    bool binary;        /* NONE: because it is not text */
    bool text;          /* its name, or the options, say that it is one document */
    uint64_t bytes;     /* on disk; 0 for special ones */
} nd_corpus_file;

size_t nd_corpus_file_count(const nd_corpus *corpus);
nd_corpus_file nd_corpus_file_at(const nd_corpus *corpus, size_t file);

/* The folders that were named as operands, in a list, or as references; as the user named them. */
size_t nd_corpus_folder_count(const nd_corpus *corpus);
const char *nd_corpus_folder_at(const nd_corpus *corpus, size_t folder);

/* The number of documents that come from references: they are the first. After the first reading. */
uint64_t nd_corpus_reference_count(const nd_corpus *corpus);

/* The number of the first document of a file that gave any, or of what follows. `from` is the first of a file before
 * it. */
uint64_t nd_corpus_first_document(const nd_corpus *corpus, size_t file);

/* Whether a file is still what it was when it was first read, by size and time. NEARDUP_ERROR_CHANGED where it is not.
 */
neardup_status nd_corpus_check_file(const nd_corpus *corpus, size_t file, neardup_error *error);

/* ---- lines ---- */

/* Some lines of a file. */
typedef struct nd_raw_block {
    size_t file;
    bool first, last;    /* in the file */
    bool continues;      /* it begins inside a line that is too long to be held; */
    bool continued;      /* it ends inside one */
    uint64_t line;       /* number of the line it begins with or in */
    uint64_t lines;      /* lines that begin in it */
    uint64_t document;   /* number of the first document whose line begins in it, */
    uint64_t documents;  /* and how many there are */
    unsigned break_size; /* bytes of a line break: 2 in UTF-16, else 1 */
    bool big_endian;     /* of UTF-16 */
} nd_raw_block;

/* A reading of the lines of one file after another. */
typedef struct nd_raw nd_raw;

neardup_status nd_raw_create(nd_corpus *corpus, nd_raw **raw_out, neardup_error *error);
void nd_raw_free(nd_raw *raw);

/* Goes to a file of records. NEARDUP_ERROR_CHANGED where it is not what it was; NEARDUP_ERROR_ARGUMENT where its
 * charset does not show where lines end. */
neardup_status nd_raw_open(nd_raw *raw, size_t file, neardup_error *error);

/* Replaces the content of `data` by the next lines, at least 2 MiB of them where there are: an empty file is one empty
 * block. NEARDUP_END behind the last one. */
neardup_status nd_raw_next(nd_raw *raw, nd_buffer *data, nd_raw_block *block_out, neardup_error *error);

/* Whether the file of the last block was not compressed, so that its lines are its bytes. */
bool nd_raw_is_plain(const nd_raw *raw);

/* The end of the first line break in data[from..size), or 0 where there is none. A break of 2 bytes is UTF-16's; then
 * data begins with a whole character. */
size_t nd_raw_line_end(unsigned break_size, bool big_endian, const char *data, size_t from, size_t size);

/* The next line of `rest`, with its line break; false at the end. */
bool nd_raw_line(const nd_raw_block *block, nd_span *rest, nd_span *line_out);

/* The record line (0-based) of a document. */
uint64_t nd_corpus_line(const nd_corpus *corpus, uint64_t document);

/* What is needed to read texts out of lines; one thread at a time. */
typedef struct nd_line_reader nd_line_reader;

nd_line_reader *nd_line_reader_create(nd_corpus *corpus); /* NULL when there is no memory */
void nd_line_reader_free(nd_line_reader *reader);

/* The text of a document as UTF-8, a JSON literal, from its line; `first` in its file or not. Valid until the next
 * call, and as long as the line. A byte order mark does not count for text_out->raw_offset. NEARDUP_ERROR_CHANGED where
 * the line holds none. */
neardup_status nd_line_reader_literal(nd_line_reader *reader, size_t file, bool first, nd_span line,
                                      neardup_text *text_out, neardup_error *error);

/* The same, unescaped. Valid until the next call.
 * NEARDUP_ERROR_CHANGED where the line holds none. */
neardup_status nd_line_reader_text(nd_line_reader *reader, size_t file, bool first, nd_span line, nd_span *text_out,
                                   neardup_error *error);

#endif
