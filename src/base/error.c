/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts off a UTF-8 sequence that the end of the text has cut. */
static void mend_end(char *text) {
    size_t size = strlen(text), begin = size;
    while (begin && size - begin < 4 && ((unsigned char)text[begin - 1] & 0xC0) == 0x80) begin--;
    if (!begin) return;
    unsigned char lead = (unsigned char)text[begin - 1];
    size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (size - (begin - 1) < length) text[begin - 1] = 0;
}

/* Writes to the error's sentence from `begin` on. */
static void write_from(neardup_error *error, size_t begin, const char *format, va_list arguments) {
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 loses sight of va_start in the callers */
    int size = vsnprintf(error->text + begin, sizeof error->text - begin, format, arguments);
    if (size >= (int)(sizeof error->text - begin)) mend_end(error->text);
    for (char *c = error->text + begin; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = ' ';
}

neardup_status nd_fail(neardup_error *error, neardup_status status, const char *format, ...) {
    if (!error) return status;
    va_list arguments;
    va_start(arguments, format);
    write_from(error, 0, format, arguments);
    va_end(arguments);
    error->status = status;
    error->document = NEARDUP_NONE;
    return status;
}

void nd_fail_also(neardup_error *error, const char *format, ...) {
    if (!error) return;
    va_list arguments;
    va_start(arguments, format);
    write_from(error, strlen(error->text), format, arguments);
    va_end(arguments);
}

neardup_status nd_fail_changed(uint64_t document, neardup_error *error) {
    nd_fail(error, NEARDUP_ERROR_CHANGED,
            "document %llu is not what it was at the first reading: the input changed meanwhile; run again",
            (unsigned long long)document);
    if (error) error->document = document;
    return NEARDUP_ERROR_CHANGED;
}

const char *neardup_status_text(neardup_status status) {
    switch (status) {
    case NEARDUP_OK: return "done";
    case NEARDUP_END: return "end";
    case NEARDUP_ERROR_MEMORY: return "out of memory";
    case NEARDUP_ERROR_ARGUMENT: return "invalid argument";
    case NEARDUP_ERROR_RECALL: return "recall out of reach";
    case NEARDUP_ERROR_SOURCE: return "the source could not be read";
    case NEARDUP_ERROR_CHANGED: return "the source changed between its two readings";
    case NEARDUP_ERROR_CANCELLED: return "cancelled";
    case NEARDUP_ERROR_SYSTEM: return "the operating system refused";
    case NEARDUP_ERROR_LIMIT: return "a limit was reached";
    }
    return "unknown status";
}
