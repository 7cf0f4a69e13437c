/* SPDX-License-Identifier: MIT */
/*
 * neardup: find text that says the same thing twice.
 *
 * This is the whole public interface of the library: what an embedder, a language binding or the neardup command
 * itself uses. Documents go in, exact decisions come out:
 *
 *     neardup_options options;
 *     neardup_options_init(&options);
 *     neardup_engine *engine;
 *     neardup_engine_create(&options, &engine, NULL);
 *     neardup_engine_add(engine, text, size, NULL);            any number of times
 *     neardup_result *result;
 *     neardup_engine_match(engine, &result, NULL);
 *     neardup_decision decision;
 *     neardup_result_decision(result, 0, &decision);
 *     neardup_result_free(result);
 *     neardup_engine_free(engine);
 *
 * Method: tokens by Unicode category and NFKC case folding; shingles of 5 tokens as XXH3-derived 64-bit hashes;
 * fast similarity sketches of 256 values (Dahlgaard, Knudsen, Thorup, FOCS 2017); locality-sensitive banding (Indyk,
 * Motwani, STOC 1998; Broder, SEQUENCES 1997); and then, unlike elsewhere, every similarity computed exactly on the
 * shingle sets before anything is decided.
 *
 * Conventions. Text is bytes; sizes and counts are in bytes and documents unless a name says otherwise. Functions
 * return a neardup_status: 0 is success, negative an error, positive the end of a sequence. Every `error` argument
 * may be NULL. Outputs come last, end in `_out`, and are untouched when a function fails. Handles are opaque; every
 * `_free` accepts NULL. A handle may be used by one thread at a time; different handles are independent. The library
 * never prints, never exits, reads no environment and keeps no mutable global state. Until version 1.0 structs may grow
 * with a minor version, and the shared library's soname changes with it.
 */
#ifndef NEARDUP_H
#define NEARDUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(NEARDUP_SHARED) && defined(__GNUC__)
#define NEARDUP_API __attribute__((visibility("default")))
#else
#define NEARDUP_API
#endif

/* No document, no cluster: what a field holds where there is none. */
#define NEARDUP_NONE UINT64_MAX

/* No source (neardup_engine_sources). */
#define NEARDUP_NO_SOURCE UINT32_MAX

/* Values in a signature. */
#define NEARDUP_SIGNATURE_VALUES 256

/* ---- status and errors ------------------------------------------------------------------------------------- */

typedef enum neardup_status {
    NEARDUP_OK = 0,
    NEARDUP_END = 1,              /* the sequence is over; not an error */
    NEARDUP_ERROR_MEMORY = -1,    /* an allocation failed */
    NEARDUP_ERROR_ARGUMENT = -2,  /* an option or argument is out of its range, or a call out of order */
    NEARDUP_ERROR_RECALL = -3,    /* no banding reaches the wanted recall at the threshold */
    NEARDUP_ERROR_SOURCE = -4,    /* the caller's source could not be read */
    NEARDUP_ERROR_CHANGED = -5,   /* the second reading of a source differs from the first */
    NEARDUP_ERROR_CANCELLED = -6, /* the progress callback asked to stop */
    NEARDUP_ERROR_SYSTEM = -7, /* the operating system refused (a thread, for instance, or room for temporary data) */
    NEARDUP_ERROR_LIMIT = -8   /* a limit of this implementation, named in the text */
} neardup_status;

/* What went wrong, for people. */
typedef struct neardup_error {
    neardup_status status;
    char text[512];    /* one sentence, UTF-8, NUL-terminated, without a line break */
    uint64_t document; /* that NEARDUP_ERROR_CHANGED is about; NEARDUP_NONE: none, or not known which */
} neardup_error;

/* A short English name of `status`, such as "out of memory". Static; never NULL. */
NEARDUP_API const char *neardup_status_text(neardup_status status);

/* The library's version, "MAJOR.MINOR.PATCH". Static. */
NEARDUP_API const char *neardup_version(void);

/* The version of Unicode whose tables classify and fold characters, such as "15.0.0". Static. */
NEARDUP_API const char *neardup_unicode_version(void);

/* The number of the scheme (text rules, hashes, sketch) that signatures and band keys follow. Values made under
 * different schemes, versions of Unicode, seeds or shingle options must never be compared, nor band keys of different
 * bands and rows. */
NEARDUP_API uint32_t neardup_scheme(void);

/* ---- options ----------------------------------------------------------------------------------------------- */

typedef enum neardup_unit {
    NEARDUP_WORD = 0, /* a shingle is `shingle_length` consecutive tokens */
    NEARDUP_CHAR = 1  /* a shingle is `shingle_length` code points of the folded tokens joined by one space */
} neardup_unit;

typedef enum neardup_clustering {
    NEARDUP_STAR = 0,     /* a document goes only if a kept one is at least `threshold` similar to it */
    NEARDUP_COMPONENT = 1 /* connected components of verified pairs: chains documents that are not similar */
} neardup_clustering;

typedef enum neardup_phase {
    NEARDUP_PHASE_SKETCH = 0,   /* first reading: done and total count documents; total is 0 where unknown */
    NEARDUP_PHASE_GROUP = 1,    /* buckets: called once, with 0 of 1 */
    NEARDUP_PHASE_FETCH = 2,    /* second reading, where there is one: done and total count documents */
    NEARDUP_PHASE_VERIFY = 3,   /* verification: done and total count documents with company */
    NEARDUP_PHASE_PASSAGES = 4, /* fingerprints of what was read: done and total count documents */
    NEARDUP_PHASE_ALIGN = 5,    /* alignment: called once, with 0 of 1 */
    NEARDUP_PHASE_LOCATE = 6    /* the last reading, for offsets: done and total count documents */
} neardup_phase;

/* Called now and then (after each block of input, and every few thousand documents of verification) by whichever thread
 * is at work, by one at a time. A result other than 0 cancels: the running call returns NEARDUP_ERROR_CANCELLED. */
typedef int neardup_progress(void *context, neardup_phase phase, uint64_t done, uint64_t total);

typedef struct neardup_options {
    size_t size;                   /* of this struct; set by neardup_options_init. A size the library does not know is
                                     refused. */
    double threshold;              /* Jaccard from which two documents are near-duplicates: (0, 1]; 0.7 */
    double recall;                 /* wanted probability of finding a pair at the threshold: (0, 1); 0.99 */
    unsigned bands;                /* bands and rows of the signature: 1 to 256, bands * rows <= 256; */
    unsigned rows;                 /* both 0 (the default): solved from threshold and recall */
    neardup_unit shingle_unit;     /* NEARDUP_WORD */
    unsigned shingle_length;       /* 1 to 64; 5 */
    uint64_t seed;                 /* of every hash; 0 */
    uint64_t min_tokens;           /* documents with fewer tokens are kept and not compared; 1 */
    neardup_clustering clustering; /* NEARDUP_STAR */
    bool pairs;                    /* collect verified pairs, whatever became of the documents; false */
    double pairs_from;             /* lowest Jaccard of a collected pair: (0, threshold]; 0 stands for threshold */
    bool pairs_once;               /* of identical documents collect only pairs of the best ranked one, and of each
                                      other with it: no more pairs than there are such documents; false */
    bool passages;                 /* find passages too; false */
    uint64_t min_words;         /* words both places of a passage have at least, two tokens of a script written without
                                     spaces counting as one: 12 or more; 20 */
    unsigned threads;           /* 1 to 1024; 0 (the default): one per processor this process may use */
    uint64_t memory;            /* bytes to make do with; what does not fit goes to temporary files. 0 (the default): as
                                      many as it takes */
    const char *temporary;      /* folder for them; NULL: /var/tmp; borrowed */
    const char *kernels;        /* "portable", "avx2" or "neon"; NULL: the best this machine has; borrowed */
    neardup_progress *progress; /* NULL: none */
    void *progress_context;
} neardup_options;

/* Fills `options_out` with the defaults. Never fails. */
NEARDUP_API void neardup_options_init(neardup_options *options_out);

/* What the options amount to. */
typedef struct neardup_plan {
    unsigned bands, rows;
    double expected_recall; /* probability of finding a pair whose Jaccard is exactly the threshold */
    double pairs_recall;    /* the same for a pair at pairs_from */
    unsigned threads;
    const char *kernels; /* name of the chosen kernels; static */
} neardup_plan;

/* Checks `options` and works out the plan. NEARDUP_ERROR_ARGUMENT names the option at fault; NEARDUP_ERROR_RECALL says
 * which recall can be had. */
NEARDUP_API neardup_status neardup_options_plan(const neardup_options *options, neardup_plan *plan_out,
                                                neardup_error *error);

/* The probability that banding finds a pair of the given Jaccard similarity: 1 - (1 - jaccard^rows)^bands. */
NEARDUP_API double neardup_recall(double jaccard, unsigned bands, unsigned rows);

/* ---- documents --------------------------------------------------------------------------------------------- */

/* How the bytes of a document are written. */
typedef enum neardup_form {
    NEARDUP_PLAIN = 0, /* UTF-8; ill-formed bytes separate tokens and are counted */
    NEARDUP_JSON = 1,  /* the inside of a valid JSON string literal, without its quotes, escapes as they stand */
    NEARDUP_HTML = 2   /* tags, comments, script and style separate; character references are decoded */
} neardup_form;

/* One document. Borrowed: `data` must stay readable as long as the function that takes it says. */
typedef struct neardup_text {
    const void *data; /* may be NULL when size is 0 */
    size_t size;
    neardup_form form;
    bool set_aside;      /* the document takes its number and is kept, but is not read and not compared */
    bool skipped;        /* nobody wants it (neardup_source.want), so it was not read: all else says nothing */
    uint64_t raw_offset; /* of a JSON string: the byte of its record at which `data` begins, which raw offsets of
                            passages are counted from; NEARDUP_NONE where it is not one piece of the record */
} neardup_text;

/* Whether, and if not why not, a document was compared. */
typedef enum neardup_condition {
    NEARDUP_COMPARED = 0,
    NEARDUP_EMPTY = 1,    /* it has no token */
    NEARDUP_SHORT = 2,    /* it has fewer than min_tokens tokens */
    NEARDUP_SUSPECT = 3,  /* over 1 % of its bytes are not well-formed UTF-8 */
    NEARDUP_SET_ASIDE = 4 /* the caller said so, or it has 2^32 tokens or more */
} neardup_condition;

typedef struct neardup_document {
    neardup_condition condition;
    uint64_t bytes;    /* of the text; of a JSON string: of the text it stands for */
    uint64_t tokens;   /* 0 when set aside */
    uint64_t checksum; /* of the text as it was given, and its form: tells whether it is given again; no more is said */
} neardup_document;

/*
 * A corpus that can be read more than once, given by the caller. The engine reads block by block, serially, splits in
 * parallel and commits serially:
 *
 *     begin, then for each block in order: read -> split -> commit.
 *
 * Then it asks for some documents again, one by one, with fetch. Where the source cannot do that, all of it is read a
 * second time in the same way.
 *
 * Slots (0 to slots - 1) are the places blocks are held in; a slot is used again after its commit. The functions are
 * called on threads of the engine's own as well as on the caller's, and run at the same time as each other: what read,
 * split and commit share must be guarded, but for the slot they are called with. What is read again must be the same
 * texts, in the same blocks; where it is not, the engine stops with NEARDUP_ERROR_CHANGED.
 *
 * Each function returns NEARDUP_OK or an error, after filling `error`, which is never NULL here. What fails first in
 * the order of reading ends the reading and is what neardup_engine_read or neardup_engine_match returns; blocks that
 * were read behind it are not committed.
 */
typedef struct neardup_source {
    void *context;
    /* Starts a reading from the first document. Called before each reading. No block is in use. */
    neardup_status (*begin)(void *context, unsigned slots, neardup_error *error);
    /* Reads the next block into `slot`; NEARDUP_END when there is none. One call at a time, in order. */
    neardup_status (*read)(void *context, unsigned slot, neardup_error *error);
    /* Splits the block in `slot` into its documents (none is fine). Called by several threads for different slots.
     * The texts, and the array itself, belong to the source and stay valid until the slot's commit returns. */
    neardup_status (*split)(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                            neardup_error *error);
    /* Says that the block's documents have the numbers from first_document on, and that the slot is free again. One
     * call at a time, in the order of reading. */
    neardup_status (*commit)(void *context, unsigned slot, uint64_t first_document, neardup_error *error);
    /* Gives the text of one document of the last reading, which stays valid until the next call with the same slot.
     * Called by several threads for different slots, while no reading is under way. NEARDUP_END from the first call
     * says that documents cannot be had one by one. NULL says so, too. */
    neardup_status (*fetch)(void *context, unsigned slot, uint64_t document, neardup_text *text_out,
                            neardup_error *error);
    /* Bytes of memory that the source holds for the corpus: they count as the engine's. NULL: none. */
    uint64_t (*held)(void *context);
    /* NULL where the source has no use for it. Called before the begin of a reading for which only those documents
     * matter whose number `wanted` is true of: the source may give the others as skipped, without reading them, but
     * gives the same blocks with as many texts as ever. `wanted` may be called by any thread until the reading ends. */
    void (*want)(void *context, bool (*wanted)(void *wanted_context, uint64_t document), void *wanted_context);
} neardup_source;

/* ---- engine ------------------------------------------------------------------------------------------------ */

typedef struct neardup_engine neardup_engine;
typedef struct neardup_result neardup_result;

/* Creates an engine; `options` is copied (but for what it points to, which must outlive the engine). */
NEARDUP_API neardup_status neardup_engine_create(const neardup_options *options, neardup_engine **engine_out,
                                                 neardup_error *error);

/* Releases everything the engine holds. Results stay valid. */
NEARDUP_API void neardup_engine_free(neardup_engine *engine);

/* Adds one document of plain text; its number is the count of those added before it. The text is copied. */
NEARDUP_API neardup_status neardup_engine_add(neardup_engine *engine, const void *data, size_t size,
                                              neardup_error *error);

/* Adds `count` documents of plain text: document i is data[offsets[i]] to data[offsets[i + 1]], so `offsets` has
 * count + 1 values that never fall (the layout of an Arrow large string array). The texts are copied. */
NEARDUP_API neardup_status neardup_engine_add_batch(neardup_engine *engine, const void *data, const uint64_t *offsets,
                                                    size_t count, neardup_error *error);

/* Adds `count` texts of any form. Copied. */
NEARDUP_API neardup_status neardup_engine_add_texts(neardup_engine *engine, const neardup_text *texts, size_t count,
                                                    neardup_error *error);

/* Reads a whole corpus from `source`, which must stay usable until neardup_engine_match has returned: documents are
 * read again there. An engine takes its documents either from one source or by adding. */
NEARDUP_API neardup_status neardup_engine_read(neardup_engine *engine, const neardup_source *source,
                                               neardup_error *error);

/* The number of documents so far; 0 after neardup_engine_match, when the result knows them. */
NEARDUP_API uint64_t neardup_engine_documents(const neardup_engine *engine);

/* What is known of document `number` once it has been added or read. */
NEARDUP_API neardup_status neardup_engine_document(const neardup_engine *engine, uint64_t number,
                                                   neardup_document *document_out);

/* Sets the order of preference: order[0] is the number of the document that is best kept, and so on; `count` must be
 * the number of documents and each number occur once. Copied. No document can be added after it. Without this call the
 * order is that of the input. */
NEARDUP_API neardup_status neardup_engine_prefer(neardup_engine *engine, const uint64_t *order, size_t count,
                                                 neardup_error *error);

/* Says that the first `count` documents are references, against which the others are compared: every reference is kept,
 * whatever it resembles, and totals do not count it. No document can be added after it. An order of preference
 * (neardup_engine_prefer) must have the references first, or neardup_engine_match refuses it. Not for
 * NEARDUP_COMPONENT. */
NEARDUP_API neardup_status neardup_engine_refer(neardup_engine *engine, uint64_t count, neardup_error *error);

/* Says where the documents come from: sources[i] is the number of document i's source, below `count`; NEARDUP_NO_SOURCE
 * where it has none. `count` must be the number of documents. Copied. It is what the labels of passages go by; without
 * this call no document has a source. */
NEARDUP_API neardup_status neardup_engine_sources(neardup_engine *engine, const uint32_t *sources, size_t count,
                                                  neardup_error *error);

/* Finds, verifies and decides. Called once, after the last document; the engine can only be freed afterwards. The
 * result does not depend on the engine, on the number of threads or on the kernels. */
NEARDUP_API neardup_status neardup_engine_match(neardup_engine *engine, neardup_result **result_out,
                                                neardup_error *error);

/* ---- results ----------------------------------------------------------------------------------------------- */

typedef struct neardup_totals {
    uint64_t references;               /* documents 0 to references - 1; in none of the counts below but the pairs */
    uint64_t documents, kept, dropped; /* documents from number `references` on */
    uint64_t identical, near;          /* dropped documents by kind */
    uint64_t clusters, pairs;
    uint64_t empty, short_documents, suspect, set_aside;
    uint64_t bytes, dropped_bytes;
    uint64_t tokens;
    uint64_t candidate_pairs; /* pairs that shared a bucket and were estimated */
    uint64_t verified_pairs;  /* pairs whose shingle sets were compared */
    uint64_t bounded;         /* documents for which a bound on candidates, verifications or pairs bit */
    uint64_t passages, places, overlaps;
    uint64_t overlaps_left_out; /* pairs of documents that share passages and are in no overlap */
    uint64_t passages_bounded;  /* documents for which the bound on the work of alignment bit */
} neardup_totals;

/* What it took, which depends on threads, memory and source; what was found does not. */
typedef struct neardup_costs {
    uint64_t readings; /* of the whole source: 1, or 2 where it cannot fetch; one more where passages are found */
    uint64_t spilled;  /* bytes of temporary data */
    uint64_t expected_memory; /* bytes that deciding and looking for passages were expected to take at most */
} neardup_costs;

/* What became of one document. */
typedef struct neardup_decision {
    bool dropped;
    bool identical;     /* to dup_of: the same sequence of tokens */
    bool same_bytes;    /* as dup_of: only ever true of identical documents */
    uint64_t dup_of;    /* the document it is a duplicate of; NEARDUP_NONE when kept */
    uint64_t cluster;   /* the cluster it is in; NEARDUP_NONE when in none */
    double jaccard;     /* exact similarity to dup_of; 0 when kept */
    double containment; /* share of its shingles that dup_of has too; 0 when kept */
} neardup_decision;

/* One cluster: the kept document and those that are left out for it. Clusters are numbered by kept document. */
typedef struct neardup_cluster {
    uint64_t keep;
    const uint64_t *members; /* size numbers: `keep` first, then the others by number; owned by the result */
    size_t size;
    uint64_t identical, near;
    double min_jaccard; /* the lowest similarity of a dropped member to its dup_of */
} neardup_cluster;

/* A verified pair, a < b. Pairs are ordered by (a, b). */
typedef struct neardup_pair {
    uint64_t a, b;
    double jaccard, containment_a, containment_b;
} neardup_pair;

/* ---- passages ---- */

/*
 * A passage is a stretch of tokens that occurs, possibly with small edits, in two or more places: in two documents, or
 * twice without overlap in one. Fingerprints are winnowed 5-token grams (Schleimer, Wilkerson, Aiken, SIGMOD 2003); two
 * of them on one diagonal seed an alignment. An exact copy of 12 tokens is seeded for certain as long as none of its
 * fingerprints occurs more than 5 times among the documents that stay.
 *
 * Places in different documents are looked for among those that stay; what a document repeats of itself, in all.
 * References (neardup_engine_refer) have places only in passages of others, and not all where many have one, and count
 * in no source. They are the first documents, so what others share with them has its first place in one of them.
 */
typedef enum neardup_label {
    NEARDUP_SELF_REPEAT = 0,
    NEARDUP_BOILERPLATE = 1,
    NEARDUP_SYNDICATED = 2,
    NEARDUP_SHARED_PASSAGE = 3
} neardup_label;

/* Why a passage has its label: the first of these that holds. Documents are those that stay. */
typedef enum neardup_rule {
    /* self-repeat: all its places are in one document */
    NEARDUP_RULE_ONE_DOCUMENT = 0,
    /* boilerplate: in at least half of the documents of a source of 10 or more, and less than a quarter of them
       (median) */
    NEARDUP_RULE_HALF_OF_A_SOURCE = 1,
    /* boilerplate, where no source has two documents: in 10 or more, and less than a quarter of them (median) */
    NEARDUP_RULE_MANY_DOCUMENTS = 2,
    /* syndicated: in documents of two sources or more */
    NEARDUP_RULE_SEVERAL_SOURCES = 3,
    /* shared: none of these */
    NEARDUP_RULE_OTHER = 4
} neardup_rule;

/* A passage: the places first_place to first_place + places - 1. Passages are numbered by their first place. */
typedef struct neardup_passage {
    neardup_label label;
    neardup_rule rule;
    uint64_t first_place, places;
    uint64_t documents, sources; /* that have it */
    uint64_t tokens;             /* of its first place */
    double identity;             /* the lowest of its places */
} neardup_passage;

/* A place of a passage; those of a passage are ordered by document and token. Offsets are 0-based and half-open. */
typedef struct neardup_place {
    uint64_t passage, document;
    uint64_t token_begin, token_end;
    uint64_t begin, end;           /* bytes of the text; of a JSON string: of what it stands for */
    uint64_t char_begin, char_end; /* code points of the same; an ill-formed byte counts as one */
    uint64_t raw_begin, raw_end;   /* of a JSON string: bytes of the record; else, or where they are not known,
                                      NEARDUP_NONE */
    uint64_t line, line_end;       /* lines of the text, from 1, in which it begins and ends */
    uint64_t paragraphs;           /* of which it covers more than half */
    double identity; /* to the first place: tokens that are the same / those, replaced, left out and added ones */
} neardup_place;

/* What two documents share in all passages in which they were aligned with each other; a < b. At most 8 of a document,
 * the largest; ordered by (a, b). */
typedef struct neardup_overlap {
    uint64_t a, b;
    bool contains;                 /* the passages cover at least 90 % of the shorter document */
    uint64_t passages;             /* alignments */
    uint64_t tokens_a, tokens_b;   /* that they cover */
    double coverage_a, coverage_b; /* their share of the documents' tokens */
    double jaccard;                /* of the documents, exact; below 0 where it is not known (shingles of characters) */
} neardup_overlap;

/* How many tokens of a document are in passages, each counted once in each. */
typedef struct neardup_extent {
    uint64_t repeated;    /* in places behind another place of the same passage in the document */
    uint64_t shared;      /* in syndicated and shared passages */
    uint64_t boilerplate; /* in boilerplate */
} neardup_extent;

/* Releases a result and all it gave out. */
NEARDUP_API void neardup_result_free(neardup_result *result);

/* The counts of the whole. */
NEARDUP_API void neardup_result_totals(const neardup_result *result, neardup_totals *totals_out);
NEARDUP_API void neardup_result_costs(const neardup_result *result, neardup_costs *costs_out);

/* One document, cluster or pair by its number, in constant or logarithmic time; they are as many as the totals say.
 * NEARDUP_ERROR_ARGUMENT when there is none of that number. */
NEARDUP_API neardup_status neardup_result_document(const neardup_result *result, uint64_t number,
                                                   neardup_document *document_out);
NEARDUP_API neardup_status neardup_result_decision(const neardup_result *result, uint64_t document,
                                                   neardup_decision *decision_out);
NEARDUP_API neardup_status neardup_result_cluster(const neardup_result *result, uint64_t cluster,
                                                  neardup_cluster *cluster_out);
NEARDUP_API neardup_status neardup_result_pair(const neardup_result *result, uint64_t pair, neardup_pair *pair_out);
NEARDUP_API neardup_status neardup_result_passage(const neardup_result *result, uint64_t passage,
                                                  neardup_passage *passage_out);
NEARDUP_API neardup_status neardup_result_place(const neardup_result *result, uint64_t place, neardup_place *place_out);
NEARDUP_API neardup_status neardup_result_overlap(const neardup_result *result, uint64_t overlap,
                                                  neardup_overlap *overlap_out);
NEARDUP_API neardup_status neardup_result_extent(const neardup_result *result, uint64_t document,
                                                 neardup_extent *extent_out);

/* The places in one document, by token: *places_out are *count_out numbers of places, owned by the result. */
NEARDUP_API neardup_status neardup_result_document_places(const neardup_result *result, uint64_t document,
                                                          const uint64_t **places_out, size_t *count_out);

/* ---- one pair ---------------------------------------------------------------------------------------------- */

typedef struct neardup_similarity {
    neardup_condition condition_a, condition_b; /* unless both are NEARDUP_COMPARED, all but the token counts is 0 */
    bool identical, same_bytes;
    double jaccard, containment_a, containment_b; /* exact */
    uint64_t tokens_a, tokens_b;
    uint64_t shingles_a, shingles_b, shingles_shared; /* distinct shingles */
    uint64_t tokens_only_a, tokens_only_b;            /* tokens left over when equal ones are paired off */
    double estimate;                                  /* of jaccard, from the signatures */
    unsigned bands_hit;                               /* bands in which the signatures agree */
    double probability;                               /* of being found by banding, at this jaccard */
} neardup_similarity;

/* Compares two texts under `options`. The texts need only stay readable during the call. */
NEARDUP_API neardup_status neardup_compare(const neardup_options *options, const neardup_text *a, const neardup_text *b,
                                           neardup_similarity *similarity_out, neardup_error *error);

/* A token of either text, or of both where they stand for each other. */
typedef struct neardup_column {
    bool same;             /* both have the same one */
    size_t a_begin, a_end; /* bytes of the text as it was given; empty where it has none here */
    size_t b_begin, b_end;
} neardup_column;

/* A passage of two texts: its place in each (passage is its number), and how they correspond. */
typedef struct neardup_shared {
    neardup_place a, b;
    const neardup_column *columns; /* `count` of them, `same` of which are; owned by the alignment */
    size_t count, same;
} neardup_shared;

typedef struct neardup_alignment neardup_alignment;

/* Finds the passages two texts share, of options->min_words words or more, in the order of `a`, and aligns them token
 * by token. There are none that are half in larger ones on either side, and none where a text is not compared. Unlike
 * those of a result they are found from all grams of 5 tokens. Work is bounded: where texts repeat themselves without
 * end, some may be missing. The texts need only stay readable during the call. */
NEARDUP_API neardup_status neardup_align(const neardup_options *options, const neardup_text *a, const neardup_text *b,
                                         neardup_alignment **alignment_out, neardup_error *error);

/* A passage by its number; NEARDUP_END behind the last one. */
NEARDUP_API neardup_status neardup_alignment_passage(const neardup_alignment *alignment, size_t number,
                                                     neardup_shared *shared_out);

/* Releases an alignment and its passages. */
NEARDUP_API void neardup_alignment_free(neardup_alignment *alignment);

/* ---- sketches for a distributed job ------------------------------------------------------------------------- */

/* Texts, and where their sketches go. All arrays are the caller's. */
typedef struct neardup_sketch_job {
    const void *data;        /* `count` plain texts, */
    const uint64_t *offsets; /* laid out as in neardup_engine_add_batch */
    size_t count;
    uint32_t *signatures;          /* count x NEARDUP_SIGNATURE_VALUES values, or NULL */
    uint64_t *band_keys;           /* count x plan.bands keys, or NULL: two documents are candidates when they agree in
                                        the key of one band */
    uint64_t *tokens;              /* count token counts, or NULL */
    neardup_condition *conditions; /* count conditions, or NULL: only documents that are NEARDUP_COMPARED can be
                                        candidates; signature and keys of the others are all zero */
} neardup_sketch_job;

/* Computes signatures and band keys on the calling thread. Where it runs out of memory, what comes first may have been
 * written. The values depend on neardup_scheme(), neardup_unicode_version(), the seed and the shingle options; band
 * keys on the plan's bands and rows too. */
NEARDUP_API neardup_status neardup_sketch_batch(const neardup_options *options, const neardup_sketch_job *job,
                                                neardup_error *error);

/* The Jaccard similarity estimated from two signatures: the share of equal values, 0 to 1. Unbiased; its standard error
 * is at most sqrt(j (1 - j) / 256). */
NEARDUP_API double neardup_estimate(const uint32_t *signature_a, const uint32_t *signature_b);

#ifdef __cplusplus
}
#endif

#endif
