/* SPDX-License-Identifier: MIT */
#include "io/frames.h"

#include "base/file.h"

/* Frames longer than this are not walked to their end: on a disk that costs as much as reading them, and they gain
 * least from being decoded side by side. */
#define FAR ((uint64_t)1 << 24)

static uint64_t little_endian(const unsigned char *bytes, unsigned count) {
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++) value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* Reads up to `size` bytes; what is missing at the end of the file is not there. */
static size_t look(int fd, uint64_t at, unsigned char *bytes, size_t size) {
    ssize_t got = nd_file_read(fd, bytes, size, (off_t)at);
    return got > 0 ? (size_t)got : 0;
}

/* ---- zstd ---- */

/* Bytes of a frame's header, which begins with the magic number and the descriptor. */
static uint64_t zstd_header(unsigned char descriptor) {
    static const unsigned char dictionary[4] = {0, 1, 2, 4}, content[4] = {0, 2, 4, 8};
    bool single = descriptor & 0x20;
    unsigned sized = descriptor >> 6;
    return 5U + !single + dictionary[descriptor & 3] + (single && !sized ? 1U : content[sized]);
}

static uint64_t zstd_frame_end(int fd, uint64_t begin) {
    enum { RLE = 1, RESERVED = 3 };
    unsigned char head[8];
    size_t size = look(fd, begin, head, sizeof head);
    if (size < sizeof head) return 0;
    if (little_endian(head, 4) >> 4 == 0x184d2a5) return begin + sizeof head + little_endian(head + 4, 4);
    if (little_endian(head, 4) != 0xfd2fb528) return 0;
    bool checksum = head[4] & 4;
    uint64_t at = begin + zstd_header(head[4]), block = 0;
    while (!(block & 1)) {
        if (at - begin > FAR || look(fd, at, head, 3) < 3) return 0;
        block = little_endian(head, 3);
        unsigned type = (unsigned)(block >> 1) & 3;
        if (type == RESERVED) return 0;
        at += 3 + (type == RLE ? 1 : block >> 3);
    }
    return at + (checksum ? 4 : 0);
}

/* ---- gzip ---- */

static uint64_t gzip_member_end(int fd, uint64_t begin) {
    enum { EXTRA = 4, FIELDS = 12 };
    unsigned char head[256];
    size_t size = look(fd, begin, head, sizeof head);
    if (size < FIELDS || head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 || !(head[3] & EXTRA)) return 0;
    size_t end = FIELDS + (size_t)little_endian(head + 10, 2);
    if (end > size) end = size;
    for (size_t at = FIELDS; at + 6 <= end;) {
        size_t length = (size_t)little_endian(head + at + 2, 2);
        if (head[at] == 'B' && head[at + 1] == 'C' && length == 2) return begin + little_endian(head + at + 4, 2) + 1;
        at += 4 + length;
    }
    return 0;
}

uint64_t nd_frames_end(int fd, nd_stream_kind kind, uint64_t begin, uint64_t least) {
    uint64_t end = begin;
    while (end - begin < least) {
        uint64_t next = kind == ND_STREAM_ZSTD ? zstd_frame_end(fd, end) : gzip_member_end(fd, end);
        if (next <= end) return end > begin ? end : 0;
        end = next;
    }
    return end;
}
