/* SPDX-License-Identifier: MIT */
/* Errors as values: a status, and one sentence for people. */
#ifndef ND_BASE_ERROR_H
#define ND_BASE_ERROR_H

#include "neardup.h"

/* Fills `error` (may be NULL) with `status` and the formatted sentence, cut to what fits, and returns `status`. Line
 * breaks and control characters in it become spaces. */
neardup_status nd_fail(neardup_error *error, neardup_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds to the sentence of an error (may be NULL) that is there. */
void nd_fail_also(neardup_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* NEARDUP_ERROR_CHANGED for a document that is not what it was. */
neardup_status nd_fail_changed(uint64_t document, neardup_error *error);

/* nd_fail with NEARDUP_ERROR_MEMORY and the sentence that belongs to it. */
static inline neardup_status nd_fail_memory(neardup_error *error) {
    nd_fail(error, NEARDUP_ERROR_MEMORY, "out of memory");
    return NEARDUP_ERROR_MEMORY;
}

#endif
