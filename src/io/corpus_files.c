/* SPDX-License-Identifier: MIT */
/* What a corpus tells about its files. */
#include "io/corpus_files.h"

#include "io/corpus_internal.h"

size_t nd_corpus_file_count(const nd_corpus *corpus) { return corpus->walk.count; }

static nd_content content_of(const nd_corpus *corpus, size_t file) {
    const nd_file_facts *facts = &corpus->facts[file];
    if (facts->state == ND_FILE_PASSED) return ND_CONTENT_NONE;
    if (facts->state == ND_FILE_TAKEN) return facts->records ? ND_CONTENT_RECORDS : ND_CONTENT_DOCUMENT;
    switch (nd_corpus_shape(corpus, file)) {
    case ND_SHAPE_LINES: return ND_CONTENT_RECORDS;
    case ND_SHAPE_TEXT: return ND_CONTENT_DOCUMENT;
    default: return ND_CONTENT_UNKNOWN;
    }
}

nd_corpus_file nd_corpus_file_at(const nd_corpus *corpus, size_t file) {
    const nd_walk_file *walked = nd_walk_file_at(&corpus->walk, file);
    const nd_file_facts *facts = &corpus->facts[file];
    return (nd_corpus_file){
        .path = nd_walk_shown(&corpus->walk, file),
        .file = {nd_walk_path(&corpus->walk, file), walked->size},
        .relative = nd_walk_relative(&corpus->walk, file),
        .content = content_of(corpus, file),
        .named = walked->named,
        .reference = file<corpus->walk.references, .special = walked->special,
                          .converted = nd_corpus_charset(corpus, corpus->facts[file].charset).size> 0,
        .binary = corpus->facts[file].binary,
        .text = nd_corpus_shape(corpus, file) == ND_SHAPE_TEXT,
        .bytes = walked->special || facts->state == ND_FILE_NEW ? walked->bytes : facts->bytes,
    };
}

size_t nd_corpus_folder_count(const nd_corpus *corpus) { return corpus->walk.folders.count; }

const char *nd_corpus_folder_at(const nd_corpus *corpus, size_t folder) {
    return nd_walk_folder_at(&corpus->walk, folder);
}

uint64_t nd_corpus_first_document(const nd_corpus *corpus, size_t file) {
    uint64_t low = 0, high = corpus->catalog.documents;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (nd_catalog_place(&corpus->catalog, middle).file < file)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t nd_corpus_reference_count(const nd_corpus *corpus) {
    return nd_corpus_first_document(corpus, corpus->walk.references);
}

uint64_t nd_corpus_line(const nd_corpus *corpus, uint64_t document) {
    return nd_catalog_place(&corpus->catalog, document).line;
}
