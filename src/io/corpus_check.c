/* SPDX-License-Identifier: MIT */
/* Files must stay what they are from the first reading to the last: what is decided holds for them alone. */
#include "base/error.h"
#include "base/file.h"
#include "io/corpus_files.h"
#include "io/corpus_internal.h"

void nd_facts_note(nd_file_facts *facts, const struct stat *s) {
    facts->bytes = (uint64_t)s->st_size;
    facts->seconds = s->st_mtim.tv_sec;
    facts->nanoseconds = (int32_t)s->st_mtim.tv_nsec;
}

const char *nd_corpus_name(const nd_corpus *corpus, size_t file) {
    return nd_walk_file_at(&corpus->walk, file)->input ? "standard input" : nd_walk_path(&corpus->walk, file);
}

neardup_status nd_corpus_changed(const nd_corpus *corpus, size_t file, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_CHANGED,
                   "%.300s changed while it was being read: run again when nothing writes to it",
                   nd_corpus_name(corpus, file));
}

neardup_status nd_corpus_lost(const nd_corpus *corpus, size_t file, const char *reason, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_CHANGED, "%.250s was read once but cannot be read again: %s",
                   nd_corpus_name(corpus, file), reason);
}

neardup_status nd_corpus_check_facts(const nd_corpus *corpus, size_t file, const struct stat *s, neardup_error *error) {
    nd_file_facts now = corpus->facts[file], then = now;
    nd_facts_note(&now, s);
    bool same = now.bytes == then.bytes && now.seconds == then.seconds && now.nanoseconds == then.nanoseconds;
    return same ? NEARDUP_OK : nd_corpus_changed(corpus, file, error);
}

neardup_status nd_corpus_check_file(const nd_corpus *corpus, size_t file, neardup_error *error) {
    struct stat s;
    if (nd_walk_file_at(&corpus->walk, file)->special)
        return NEARDUP_OK; /* it is the corpus's own copy that is read again */
    if (nd_file_stat(nd_walk_path(&corpus->walk, file), true, &s) != 0) return nd_corpus_changed(corpus, file, error);
    return nd_corpus_check_facts(corpus, file, &s, error);
}
