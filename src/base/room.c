/* SPDX-License-Identifier: MIT */
#include "base/room.h"

void nd_room_open(nd_room *room, uint64_t capacity) {
    *room = (nd_room){.capacity = capacity};
    pthread_mutex_init(&room->mutex, NULL);
    pthread_cond_init(&room->left, NULL);
}

void nd_room_close(nd_room *room) {
    pthread_cond_destroy(&room->left);
    pthread_mutex_destroy(&room->mutex);
}

void nd_room_enter(nd_room *room, uint64_t size) {
    pthread_mutex_lock(&room->mutex);
    while (room->taken && (room->taken > room->capacity || size > room->capacity - room->taken))
        pthread_cond_wait(&room->left, &room->mutex);
    room->taken += size;
    pthread_mutex_unlock(&room->mutex);
}

void nd_room_leave(nd_room *room, uint64_t size) {
    pthread_mutex_lock(&room->mutex);
    room->taken -= size;
    pthread_mutex_unlock(&room->mutex);
    pthread_cond_broadcast(&room->left);
}
