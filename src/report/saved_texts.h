/* SPDX-License-Identifier: MIT */
/* The texts of a saved result, read from its inputs as far as they still are what they were. */
#ifndef ND_REPORT_SAVED_TEXTS_H
#define ND_REPORT_SAVED_TEXTS_H

#include "report/saved.h"

/* Calls `take` for those of `documents` (rising) whose file is still there (seen from the working folder, or from that
 * of the result) with a text of the same size and checksum. What `take` returns other than NEARDUP_OK ends the reading
 * and is returned; that a text cannot be read is no error: `unread` (or NULL), unless it holds something, says of the
 * first why. */
neardup_status nd_saved_texts_fetch(const nd_saved *saved, const uint64_t *documents, size_t count,
                                    neardup_status (*take)(void *context, uint64_t document, const neardup_text *text),
                                    void *context, neardup_error *unread);

#endif
