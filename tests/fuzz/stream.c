/* SPDX-License-Identifier: MIT */
/* Any bytes as a file that may be compressed: what is read, and how it ends, does not depend on how much is asked for
 * at a time, nor on whether it comes from a file or from a pipe. */
#define _GNU_SOURCE /* memfd_create */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "fuzz/fuzz.h"
#include "io/stream.h"

enum { MOST = 1 << 20 }; /* bytes that are read: what is compressed may stand for any number */

typedef struct outcome {
    nd_buffer data;
    neardup_status status;
    nd_stream_fault fault;
} outcome;

static void read_stream(const nd_stream_input *input, size_t step, outcome *out) {
    static nd_stream *stream;
    if (!stream) stream = nd_stream_create();
    REQUIRE(stream, "no memory");
    nd_stream_open(stream, input);
    out->data.size = 0;
    out->status = NEARDUP_OK;
    REQUIRE(nd_buffer_reserve(&out->data, MOST) == NEARDUP_OK, "no memory");
    while (out->status == NEARDUP_OK && out->data.size < MOST) {
        size_t left = MOST - out->data.size, wanted = step < left ? step : left, got = 0;
        neardup_error error = {0};
        out->status = nd_stream_read(stream, out->data.data + out->data.size, wanted, &got, &error);
        REQUIRE(got <= wanted, "%zu of %zu bytes", got, wanted);
        REQUIRE(out->status == NEARDUP_OK || out->status == NEARDUP_END || error.text[0], "no sentence");
        out->data.size += got;
    }
    out->fault = nd_stream_fault_of(stream);
    nd_stream_close(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static outcome whole, parts;
    size_t step = 1 + (size_t)take_byte(&data, &size) * 16;
    int file = memfd_create("input", 0), pipes[2];
    REQUIRE(file >= 0 && nd_file_write(file, data, size) == 0, "no file");
    read_stream(&(nd_stream_input){.fd = file, .expected = size}, MOST, &whole);
    if (size < 60000 && pipe(pipes) == 0) { /* what a pipe holds without a reader */
        REQUIRE(nd_file_write(pipes[1], data, size) == 0, "no pipe");
        close(pipes[1]);
        read_stream(&(nd_stream_input){.fd = pipes[0], .offset = -1, .close = true}, step, &parts);
        REQUIRE(parts.data.size == whole.data.size, "%zu bytes, not %zu", parts.data.size, whole.data.size);
        REQUIRE(!parts.data.size || memcmp(parts.data.data, whole.data.data, parts.data.size) == 0, "other bytes");
        if (whole.data.size < MOST)
            REQUIRE(parts.status == whole.status && parts.fault == whole.fault, "another end: %d %d", parts.status,
                    whole.status);
    }
    close(file);
    return 0;
}
