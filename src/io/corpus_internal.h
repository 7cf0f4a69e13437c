/* SPDX-License-Identifier: MIT */
/*
 * The inside of a corpus, shared by corpus*.c only.
 *
 * A block is some whole lines of one JSON Lines file, or a stretch of files of which each is one document, or one such
 * file that had to be read serially. Lines are read by the (serial) read and parsed by the (parallel) split; files are
 * opened, read and judged by the split. What a reading finds out for the first time is written down by the commit, in
 * order; only a file's own nd_file_facts are written by the split that reads the file.
 */
#ifndef ND_IO_CORPUS_INTERNAL_H
#define ND_IO_CORPUS_INTERNAL_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "base/pages.h"
#include "io/ahead.h"
#include "io/catalog.h"
#include "io/charset.h"
#include "io/corpus.h"
#include "io/extents.h"
#include "io/json.h"
#include "io/lines.h"
#include "io/reel.h"
#include "io/sniff.h"
#include "io/stream.h"

/* A charset by number: as it is, UTF-16 by its mark, or options->encodings[number - ND_CHARSET_FIRST]. */
enum { ND_CHARSET_NONE, ND_CHARSET_UTF16LE, ND_CHARSET_UTF16BE, ND_CHARSET_FIRST, ND_CHARSETS_MOST = 64 };

/* Bytes of a file that are looked at before the rest is read: enough for ND_BINARY_WITHIN of UTF-16 and a mark. */
#define ND_HEAD_BYTES ((size_t)2 * ND_BINARY_WITHIN + 4)

/* Small files are handed out together, so many and so many bytes of them at the most: enough for a thread to be busy
 * with, few enough to share fairly. */
#define ND_BATCH_FILES 256
#define ND_BATCH_BYTES ((uint64_t)1 << 20)

typedef enum nd_file_state {
    ND_FILE_NEW,   /* not opened yet */
    ND_FILE_TAKEN, /* opened, and a source of documents */
    ND_FILE_PASSED /* it is no document */
} nd_file_state;

/* What the first reading found out about a file; later ones must find the same. */
typedef struct nd_file_facts {
    uint64_t bytes;
    int64_t seconds; /* modification time */
    int32_t nanoseconds;
    uint8_t state;   /* nd_file_state */
    uint8_t charset; /* its number */
    bool records;    /* TAKEN: it holds records, and is not one document */
    bool binary;     /* PASSED: because it is not text; known when the first reading is over */
} nd_file_facts;

/* Why a file, or the rest of it, is no document. */
typedef struct nd_trouble {
    bool present;
    nd_problem_kind kind;
    uint64_t byte;
    uint64_t bytes; /* SET_ASIDE: as in nd_problem */
    char message[192];
} nd_trouble;

/* What is needed to read files, one at a time; each thread has its own. All zero at first. */
typedef struct nd_loader {
    nd_corpus *corpus;
    size_t file;        /* the one being read */
    nd_trouble trouble; /* why it, or the rest of it, is no document */
    uint64_t bytes;     /* of a document that is set aside; 0 where unknown */
    nd_stream *stream;
    nd_ahead *ahead;                        /* decodes compressed files for the stream; or NULL */
    nd_decoder *decoders[ND_CHARSETS_MOST]; /* by charset; made when first needed */
    nd_buffer decoded;
} nd_loader;

/* A file that can be read once, and where it can be read again. */
typedef struct nd_spool {
    size_t file;
    nd_reel *reel; /* the corpus's copy of it; NULL: it is a file after all, */
    int fd;        /* not the corpus's to close, */
    off_t offset;  /* from here on */
} nd_spool;

/* Where to read it from. */
static inline int nd_spool_descriptor(const nd_spool *spool) {
    return spool->reel ? nd_reel_descriptor(spool->reel) : spool->fd;
}

/* The places of the wanted fields among the values of a line. */
typedef struct nd_wanted {
    nd_json_fields *fields;
    size_t texts; /* values 0 to texts - 1 are the text fields; */
    size_t id;    /* then these; key fields from `keys` on */
    size_t source;
    size_t keys, key_count;
    size_t absent; /* that of options->absent_field, if there is one */
} nd_wanted;

/* A line that is a document. */
typedef struct nd_taken_line {
    size_t line;      /* in the block */
    nd_extent extent; /* in its file, if the stream is raw; all zero for one that was not held whole */
    bool set_aside;
    uint64_t bytes; /* if it is set aside */
    nd_json_value id, source;
} nd_taken_line;

/* A line that is neither a document nor blank. */
typedef struct nd_bad {
    size_t line; /* in the block */
    nd_span text;
    uint64_t byte;
    const char *reason; /* static */
    bool object;        /* it is a JSON object */
    bool has_text;      /* in which a text field is something else than a string */
} nd_bad;

/* What became of one file of a block. */
typedef struct nd_file_outcome {
    bool taken;
    nd_trouble trouble; /* if not taken or set aside, and this is the first reading */
    size_t offset;      /* of its text in the slot's data, if taken */
} nd_file_outcome;

typedef enum nd_block_kind {
    ND_BLOCK_NOTHING, /* a file that gives no documents */
    ND_BLOCK_LINES,   /* lines are in `data` */
    ND_BLOCK_FILES,   /* files that split has to read */
    ND_BLOCK_LOADED,  /* one file, in `data` */
    ND_BLOCK_LAST     /* nothing: it is there so that something is committed behind the last document */
} nd_block_kind;

/* What the first reading found out about a block. */
typedef struct nd_block_facts {
    uint64_t first_document;
    uint64_t line;  /* LINES: the number of its first line in the file, */
    uint64_t begin; /* and where that begins, as nd_lines_position tells */
    size_t file;    /* the first */
    uint32_t files; /* how many */
    uint32_t kind;  /* nd_block_kind */
} nd_block_facts;

typedef struct nd_slot {
    nd_block_kind kind;
    size_t file, files; /* the first file of the block, and how many */
    size_t number;      /* of the block */
    uint64_t begin;     /* LINES: where it begins in its file */
    bool unread;        /* no document of it is wanted */
    bool head;          /* LINES: the first of the file */
    bool oversized;     /* LINES, LOADED: something too large, which is not in `data`, */
    uint64_t bytes;     /* and its size; 0 where unknown */
    bool decoded;       /* LOADED: `data` is UTF-8 already */
    nd_trouble trouble; /* behind the block's documents */
    nd_buffer data;
    nd_buffer joined; /* texts that are joined from several fields */
    neardup_text *texts;
    size_t count, text_capacity;
    nd_taken_line *records; /* LINES: parallel to texts */
    size_t record_capacity;
    nd_json_value *keys; /* LINES: key_count for each record */
    size_t key_capacity;
    nd_bad *bad;
    size_t bad_count, bad_capacity;
    size_t lines; /* LINES: in the block */
    bool taken;   /* one of them has options->absent_field, */
    size_t taken_line;
    nd_file_outcome *outcomes;
    size_t outcome_capacity;
    nd_loader loader;
    size_t fd_file; /* when documents are asked for one by one: the file of lines that is open, */
    int fd;         /* its descriptor, */
    bool fd_open;   /* and whether there is one */
} nd_slot;

/* The serial side of a reading. */
typedef struct nd_reading {
    unsigned number;                                  /* 0: none yet; 1: the first; more: again */
    bool (*wanted)(void *context, uint64_t document); /* which documents are wanted; NULL: all */
    void *wanted_context;
    size_t next_file, next_block;
    size_t lines_block; /* when only some documents are wanted: the block that `lines`, if open, gives next */
    bool lines_open, head, closed;
    char head_bytes[ND_HEAD_BYTES]; /* of the file that was opened last */
    nd_lines lines;
    nd_loader loader;
    nd_ahead *ahead; /* decodes what `loader` reads and is to read; NULL in a reading with one thread */
    size_t offered;  /* files before this one have been offered to it, if they are for it */
    /* What the commits know: */
    size_t commit_file;
    uint64_t commit_line; /* lines of commit_file behind */
    uint64_t documents;
} nd_reading;

struct nd_corpus {
    const nd_corpus_options *options;
    size_t limit;
    nd_walk walk;
    nd_file_facts *facts;
    nd_wanted wanted;
    nd_catalog catalog;
    nd_problems problems;
    nd_spool *spools;
    size_t spool_count, spool_capacity;
    nd_pages blocks;      /* nd_block_facts */
    nd_extents extents;   /* of the documents, as far as the corpus is random */
    atomic_bool in_order; /* lines are in a compressed or converted file: it is not */
    nd_slot *slots;
    unsigned slot_count;
    nd_reading reading;
    bool (*next_wanted)(void *context, uint64_t document); /* wanted in the reading that begins next; NULL: all */
    void *next_wanted_context;
    atomic_uint_least64_t reeled; /* bytes of memory that copies take */
    atomic_uint_least64_t progress;
    uint64_t total;           /* bytes; 0: unknown */
    bool ambiguous;           /* files of two operands may have the same path as shown */
    bool dirs;                /* files have their folder as source, not themselves */
    bool source_seen;         /* a record had the source field */
    bool file_seen;           /* a file was one document */
    nd_buffer rule;           /* the name of a rule with a field in it */
    bool text_seen;           /* a record had the text field */
    uint64_t records_without; /* objects without it before that, */
    bool required_without;    /* in files that must have it; else in others, while there are none in those */
    size_t file_without;      /* the file of the first one, */
    nd_buffer field_names;    /* and its fields */
    nd_buffer text;           /* a value being unescaped */
    nd_key *keys;             /* of the document being committed */
};

/* ---- corpus_load.c: files ----
 *
 * A file that cannot be read is no error: these functions return NEARDUP_OK and set loader->trouble. */

void nd_loader_release(nd_loader *loader);

/* Where a special file can be read again; NULL where it never was. */
const nd_spool *nd_corpus_spool(const nd_corpus *corpus, size_t file);

/* Opens a file in the loader's stream. Where an earlier reading could open it and this one cannot, and where it is not
 * what it was, that is NEARDUP_ERROR_CHANGED. */
neardup_status nd_loader_begin(nd_loader *loader, nd_corpus *corpus, size_t file, neardup_error *error);

/* Whether what the loader's stream gives stands in the same bytes where it will be read again. */
bool nd_loader_is_random(const nd_loader *loader);

/* Turns an error that reading the loader's stream gave into trouble, where it is no more than that. */
neardup_status nd_loader_fault(nd_loader *loader, neardup_status status, neardup_error *error);

/* The decoder for a charset other than ND_CHARSET_NONE, ready for a new text. */
neardup_status nd_loader_decoder(nd_loader *loader, unsigned charset, nd_decoder **decoder_out, neardup_error *error);

/* Sets the trouble of a file that shows by its first bytes that it is binary, so that the rest of it, which may have no
 * end, is not read. */
neardup_status nd_loader_check_head(nd_loader *loader, nd_span head, neardup_error *error);

/* Finds out the charset of a file that holds records by reading it to its end (`head` has been read); it has to be
 * opened again then. */
neardup_status nd_loader_find_charset(nd_loader *loader, nd_span head, neardup_error *error);

/* Finds out the charset of a whole file, data[offset] on, and puts its text as UTF-8 in the same place. */
neardup_status nd_loader_decode(nd_loader *loader, nd_buffer *data, size_t offset, neardup_error *error);

/* Says what form a decoded text has, but not where it is: text_out->data is NULL. */
void nd_loader_judge(nd_loader *loader, nd_span text, neardup_text *text_out);

/* Appends the text of the opened file to `data`, decoded and judged. */
neardup_status nd_loader_text(nd_loader *loader, nd_buffer *data, neardup_text *text_out, neardup_error *error);

/* ---- corpus_check.c: files that stay what they are ---- */

/* What messages call a file: its path, or "standard input". */
const char *nd_corpus_name(const nd_corpus *corpus, size_t file);

/* Notes the size and the time of a file. */
void nd_facts_note(nd_file_facts *facts, const struct stat *s);

/* NEARDUP_ERROR_CHANGED unless a file that is open has the size and the time that were noted. */
neardup_status nd_corpus_check_facts(const nd_corpus *corpus, size_t file, const struct stat *s, neardup_error *error);

/* NEARDUP_ERROR_CHANGED about a file that does not hold what was read from it. */
neardup_status nd_corpus_changed(const nd_corpus *corpus, size_t file, neardup_error *error);

/* NEARDUP_ERROR_CHANGED about a file that cannot be read any more, for that reason. */
neardup_status nd_corpus_lost(const nd_corpus *corpus, size_t file, const char *reason, neardup_error *error);

/* ---- corpus_record.c: lines ---- */

/* What a line is. */
typedef struct nd_line {
    nd_json_value values[ND_JSON_NAMES]; /* the wanted fields of a document */
    neardup_text text;                   /* of a document */
    uint64_t bytes;                      /* of one that is set aside */
    nd_bad bad;                          /* of a line that is none: bad.reason says why, NULL that it is blank */
} nd_line;

/* The next line of `rest`, without its line break; false at the end. */
bool nd_line_next(nd_span *rest, nd_span *line_out);

/* Parses a line; whether it is a document. Its text is borrowed from the line or from `joined`, to which it is appended
 * when several fields make it, and which must have room for as much as the line is long. `again`: it was one when it
 * was read before; whether its text is still the same is for others to see. */
bool nd_line_parse(const nd_corpus *corpus, nd_span line, bool again, nd_buffer *joined, nd_line *line_out);

/* ---- corpus_read.c: blocks ---- */

/* Releases what a slot, all zero at first, has come to hold. */
void nd_slot_release(nd_slot *slot);

void nd_slot_clear(nd_slot *slot, nd_block_kind kind, size_t file, size_t files);

/* Opens a file and sets reading.lines on it, with the decoder that its charset needs if it may hold records. */
neardup_status nd_corpus_open_lines(nd_corpus *corpus, size_t file, bool records, neardup_error *error);

/* Begins a file that has to be read serially, reading.next_file, and reads its first block. NEARDUP_END: it gives none.
 */
neardup_status nd_corpus_begin_file(nd_corpus *corpus, nd_slot *slot, neardup_error *error);

/* Ends the file being read: the next block is of the next file. */
void nd_corpus_end_file(nd_corpus *corpus);

/* ---- corpus_wanted.c: reading again what is wanted ----
 *
 * In such a reading the blocks are those of the first, which corpus->blocks tells. What holds no wanted document is
 * neither opened, read nor split, and so not checked: it may have changed since. */

/* Whether document `number` is wanted; in any other reading all are. */
static inline bool nd_corpus_wants(const nd_corpus *corpus, uint64_t document) {
    return !corpus->reading.wanted || corpus->reading.wanted(corpus->reading.wanted_context, document);
}

/* Whether any document of a file is wanted, in a reading in which only some are. */
bool nd_corpus_wants_file(const nd_corpus *corpus, size_t file);

/* The number of the first document of the block behind. */
uint64_t nd_corpus_block_end(const nd_corpus *corpus, size_t block);

/* nd_corpus_read for it. */
neardup_status nd_corpus_read_wanted(nd_corpus *corpus, nd_slot *slot, neardup_error *error);

/* Splits lines of which only wanted ones are parsed. */
neardup_status nd_corpus_split_wanted(const nd_corpus *corpus, nd_slot *slot, neardup_error *error);

/* Gives all documents of a block as skipped. */
neardup_status nd_corpus_split_unread(const nd_corpus *corpus, nd_slot *slot, neardup_error *error);

/* ---- corpus_single.c: documents one by one ---- */

/* Whether documents can be read one by one; after the first reading. */
static inline bool nd_corpus_is_random(const nd_corpus *corpus) { return !corpus->in_order; }

/* Reads a file that is one document, in the slot's room. */
neardup_status nd_slot_fetch_file(nd_corpus *corpus, nd_slot *slot, size_t file, neardup_text *text_out,
                                  neardup_error *error);

/* Closes the file that a slot has open for it. */
void nd_slot_close(nd_slot *slot);

/* Reads one document into a slot that nobody else uses meanwhile. Only of a corpus that is random. */
neardup_status nd_slot_fetch(nd_corpus *corpus, nd_slot *slot, uint64_t document, neardup_text *text_out,
                             neardup_error *error);

/* ---- corpus_split.c ---- */

/* Appends a line that is a document to the slot's. */
neardup_status nd_slot_add_record(nd_slot *slot, const nd_wanted *wanted, const nd_line *line, neardup_error *error);

/* ---- the source's functions, as neardup_source describes them ---- */

neardup_status nd_corpus_begin(void *context, unsigned slots, neardup_error *error);
neardup_status nd_corpus_read(void *context, unsigned slot, neardup_error *error);
neardup_status nd_corpus_split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                               neardup_error *error);
neardup_status nd_corpus_commit(void *context, unsigned slot, uint64_t first_document, neardup_error *error);
void nd_corpus_want(void *context, bool (*wanted)(void *wanted_context, uint64_t document), void *wanted_context);

neardup_status nd_corpus_fetch_single(void *context, unsigned slot, uint64_t document, neardup_text *text_out,
                                      neardup_error *error);
uint64_t nd_corpus_held(void *context);

/* The name of a charset by its number; size 0 for UTF-8, however it was named. */
nd_span nd_corpus_charset(const nd_corpus *corpus, unsigned charset);

/* What a file holds by its name and the options. */
nd_shape nd_corpus_shape(const nd_corpus *corpus, size_t file);

/* Releases what a corpus's slots and reading hold. */
void nd_corpus_release_reading(nd_corpus *corpus);

/* The sentence about a document of so many bytes (0: not known) that is set aside. */
nd_trouble nd_corpus_set_aside(const nd_corpus *corpus, uint64_t bytes);

/* Writes down a problem of the corpus. */
neardup_status nd_corpus_tell(nd_corpus *corpus, size_t file, const nd_trouble *trouble, uint64_t record);

#endif
