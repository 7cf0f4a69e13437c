/* SPDX-License-Identifier: MIT */
#include <isa-l/igzip_lib.h>

#include "base/memory.h"
#include "io/inflater.h"

struct nd_inflater {
    struct inflate_state state;
};

nd_inflater *nd_inflater_create(void) {
    nd_inflater *inflater = nd_allocate(1, sizeof *inflater);
    if (!inflater) return NULL;
    isal_inflate_init(&inflater->state);
    return inflater;
}

void nd_inflater_free(nd_inflater *inflater) { nd_free(inflater); }

void nd_inflater_begin(nd_inflater *inflater) {
    isal_inflate_reset(&inflater->state);
    inflater->state.crc_flag = ISAL_GZIP;
}

nd_inflated nd_inflater_decode(nd_inflater *inflater, nd_span *input, void *data, size_t capacity, size_t *size_out) {
    const size_t most = (size_t)1 << 30; /* ISA-L counts in 32 bits, in places with a sign */
    struct inflate_state *state = &inflater->state;
    if (capacity > most) capacity = most;
    size_t size = input->size < most ? input->size : most;
    state->next_in = (uint8_t *)(uintptr_t)input->data;
    state->avail_in = (uint32_t)size;
    state->next_out = data;
    state->avail_out = (uint32_t)capacity;
    int result = isal_inflate(state);
    /* Before it says that a symbol is wrong it can make copies of what is not there, whatever memory holds, and take
     * for what it has read too much what an earlier call has given it. A wrong checksum comes behind good output. */
    bool broken = state->avail_in > size || (result < 0 && result != ISAL_INCORRECT_CHECKSUM);
    *size_out = broken ? 0 : capacity - state->avail_out;
    if (broken || result < 0) return ND_INFLATED_CORRUPT;
    size_t used = size - state->avail_in;
    *input = (nd_span){input->data + used, input->size - used};
    return state->block_state == ISAL_BLOCK_FINISH ? ND_INFLATED_MEMBER : ND_INFLATED_SOME;
}
