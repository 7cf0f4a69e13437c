/* SPDX-License-Identifier: MIT */
/* Frames: where the frames of zstd data (RFC 8878) and the members of gzip data that say how long they are (those of
 * BGZF, SAM specification 4.1) end, found without decoding. It is a guess, which bytes that are no frame can mislead:
 * what decodes up to there must see for itself that something ends there. */
#ifndef ND_IO_FRAMES_H
#define ND_IO_FRAMES_H

#include "io/stream.h"

/* The first end of a frame at least `least` (at least 1) bytes behind byte `begin` of the file, where a frame begins; 0
 * where none is found, or only one that is very far. */
uint64_t nd_frames_end(int fd, nd_stream_kind kind, uint64_t begin, uint64_t least);

#endif
