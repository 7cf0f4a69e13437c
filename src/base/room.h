/* SPDX-License-Identifier: MIT */
/* A room for what is large: threads that need much memory for a while take turns, so that no more is used at a time
 * than there is. */
#ifndef ND_BASE_ROOM_H
#define ND_BASE_ROOM_H

#include <pthread.h>

#include "neardup.h"

typedef struct nd_room {
    uint64_t capacity, taken;
    pthread_mutex_t mutex; /* guards `taken` */
    pthread_cond_t left;
} nd_room;

void nd_room_open(nd_room *room, uint64_t capacity);
void nd_room_close(nd_room *room);

/* Waits until there is room for `size` more, or nobody in it: what is larger than the room has it alone. A thread
 * enters once, and leaves with the same size. */
void nd_room_enter(nd_room *room, uint64_t size);
void nd_room_leave(nd_room *room, uint64_t size);

#endif
