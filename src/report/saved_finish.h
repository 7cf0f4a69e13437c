/* SPDX-License-Identifier: MIT */
/* What can be said of a saved result only when all of it is read. */
#ifndef ND_REPORT_SAVED_FINISH_H
#define ND_REPORT_SAVED_FINISH_H

#include "report/saved.h"

/* How many references there are stands in the last line. Until then documents go by keys: references by how far they
 * are below -1, others by their number with this bit. */
#define ND_SAVED_NO_REFERENCE ((uint64_t)1 << 62)

/* Turns keys into numbers, gives clusters their members and documents their places and names. NEARDUP_ERROR_ARGUMENT
 * where a document is beyond those there are. */
neardup_status nd_saved_finish(nd_saved *saved);

#endif
