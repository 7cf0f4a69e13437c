/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include "filter/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

/* Adds the components of a path that leads on from `place`, which is an absolute path without links. */
static neardup_status lead_on(nd_buffer *place, const char *rest) {
    for (size_t size; *rest; rest += size) {
        size = strcspn(rest, "/");
        if (size == 2 && memcmp(rest, "..", 2) == 0) {
            while (place->size && place->data[place->size - 1] != '/') place->size--;
            if (place->size) place->size--;
        } else if (size && !(size == 1 && *rest == '.')) {
            if (nd_buffer_append_byte(place, '/') || nd_buffer_append(place, rest, size)) return NEARDUP_ERROR_MEMORY;
        }
        if (rest[size] == '/') size++;
    }
    return NEARDUP_OK;
}

/* The real path of what may not be there yet: that of the nearest folder above that is, led on. It has no slash at its
 * end, not even that of the root. To be freed with nd_free. NULL: none. */
static char *real_place(const char *path) {
    char *copy = nd_copy(path, strlen(path)), *real = NULL;
    size_t size = copy ? strlen(copy) : 0;
    while (copy && !(real = realpath(size ? copy : ".", NULL)) && size) {
        while (size > 1 && copy[size - 1] == '/') size--;
        while (size && copy[size - 1] != '/') size--;
        copy[size] = 0;
    }
    nd_buffer place = {0};
    bool whole = real && (strcmp(real, "/") == 0 || nd_buffer_append(&place, real, strlen(real)) == NEARDUP_OK) &&
                 lead_on(&place, path + size) == NEARDUP_OK && nd_buffer_append_byte(&place, 0) == NEARDUP_OK;
    free(real);
    nd_free(copy);
    if (whole) return place.data;
    nd_buffer_release(&place);
    return NULL;
}

bool nd_place_is_below(const char *path, const char *folder) {
    char *inner = real_place(path), *outer = real_place(folder);
    size_t size = outer ? strlen(outer) : 0;
    bool below = inner && outer && strncmp(inner, outer, size) == 0 && (!inner[size] || inner[size] == '/');
    nd_free(inner);
    nd_free(outer);
    return below;
}
