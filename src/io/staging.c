/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* syncfs */
#include "io/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/tree.h"

#define WORK "/" ND_STAGING_WORK
#define NEW  "/" ND_STAGING_NEW "/"
#define OLD  "/" ND_STAGING_OLD "/"

static neardup_status fail(const char *path, int reason, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_SYSTEM, "%.300s cannot be written: %s", path, strerror(reason));
}

/* Locks the folder inside, which is empty afterwards. */
static neardup_status lock_work(nd_staging *s, neardup_error *error) {
    bool there = mkdir(s->work, 0700) != 0;
    if (there && errno != EEXIST) return fail(s->folder, errno, error);
    s->lock = open(s->work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (s->lock < 0) return fail(s->work, errno, error);
    if (flock(s->lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(s->lock);
        s->lock = -1;
        return nd_fail(error, NEARDUP_ERROR_SYSTEM, "another neardup is writing to %.300s: wait for it to end",
                       s->folder);
    }
    s->entry = nd_cleanup_add_tree(s->work);
    if (!s->entry) return nd_fail_memory(error);
    if (!there) return NEARDUP_OK;
    /* A killed run left it. The lock goes with the folder, so this is done once more, from the start. */
    nd_tree_remove(s->work);
    close(s->lock);
    s->lock = -1;
    if (mkdir(s->work, 0700) != 0) return fail(s->work, errno, error);
    s->lock = open(s->work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (s->lock < 0) return fail(s->work, errno, error);
    flock(s->lock, LOCK_EX | LOCK_NB);
    return NEARDUP_OK;
}

neardup_status nd_staging_open(nd_staging *staging, const char *folder, neardup_error *error) {
    nd_staging *s = staging;
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/') size--;
    s->lock = -1;
    s->folder = nd_copy(folder, size);
    s->work = nd_allocate(size + sizeof WORK, 1);
    if (!s->folder || !s->work) return nd_fail_memory(error);
    memcpy(s->work, folder, size);
    memcpy(s->work + size, WORK, sizeof WORK);
    struct stat there;
    s->made = stat(s->folder, &there) != 0;
    if (nd_tree_make(s->folder, 0, true) != 0 || stat(s->folder, &there) != 0) return fail(s->folder, errno, error);
    if (!S_ISDIR(there.st_mode)) return fail(s->folder, ENOTDIR, error);
    return lock_work(s, error);
}

/* Puts the folder, a part that begins and ends in a slash, and RELATIVE into `path`. */
static neardup_status join(const nd_staging *s, const char *part, nd_span relative, nd_buffer *path,
                           neardup_error *error) {
    path->size = 0;
    if (nd_buffer_append(path, s->folder, strlen(s->folder)) || nd_buffer_append(path, part, strlen(part)) ||
        nd_buffer_append(path, relative.data, relative.size) || nd_buffer_append_byte(path, 0))
        return nd_fail_memory(error);
    return NEARDUP_OK;
}

/* Makes the folders that lead to staging->path, unless it has just been done for another file. Never the one inside,
 * which a signal may just have removed. */
static neardup_status make_parents(nd_staging *s, neardup_error *error) {
    size_t size = (size_t)(strrchr(s->path.data, '/') - s->path.data);
    if (s->parent.size == size && memcmp(s->parent.data, s->path.data, size) == 0) return NEARDUP_OK;
    size_t work = strlen(s->work);
    bool inside = s->path.size > work && memcmp(s->path.data, s->work, work) == 0;
    if (nd_tree_make(s->path.data, inside ? work : strlen(s->folder), false) != 0)
        return fail(s->path.data, errno, error);
    s->parent.size = 0;
    return nd_buffer_append(&s->parent, s->path.data, size) ? nd_fail_memory(error) : NEARDUP_OK;
}

neardup_status nd_staging_path(nd_staging *staging, nd_span relative, const char **path_out, neardup_error *error) {
    neardup_status status = join(staging, NEW, relative, &staging->path, error);
    if (!status) status = make_parents(staging, error);
    if (!status) *path_out = staging->path.data;
    return status;
}

/* Keeps what is at staging->place, if anything: as another name where there can be one, so that the place is never
 * empty. */
static neardup_status keep_old(nd_staging *s, nd_span relative, neardup_error *error) {
    const char *place = s->place.data;
    struct stat there;
    if (lstat(place, &there) != 0) return NEARDUP_OK;
    if (S_ISDIR(there.st_mode)) return fail(place, EISDIR, error);
    neardup_status status = join(s, OLD, relative, &s->path, error);
    if (!status) status = make_parents(s, error);
    if (!status && link(place, s->path.data) != 0 && rename(place, s->path.data) != 0)
        status = fail(place, errno, error);
    return status;
}

/* Removes the folders, inside the one of the outputs, that lead to a place where nothing is, and are empty. */
static void remove_empty(nd_staging *s, nd_span relative) {
    while (relative.size && join(s, "/", relative, &s->path, NULL) == NEARDUP_OK) {
        struct stat there;
        bool gone = lstat(s->path.data, &there) != 0;
        if (!gone && !(S_ISDIR(there.st_mode) && rmdir(s->path.data) == 0)) return;
        while (relative.size && relative.data[relative.size - 1] != '/') relative.size--;
        if (relative.size) relative.size--;
    }
}

/* Puts back what was at a place; where nothing was, takes back what was put there. A place that was cleared and then
 * taken is retracted twice, and the second time there is nothing left to be put back. There is room for the paths since
 * find_place(): this has to work where memory has run out. */
static void retract(nd_staging *s, nd_staging_change change) {
    if (join(s, "/", change.relative, &s->place, NULL) || join(s, OLD, change.relative, &s->path, NULL)) return;
    struct stat before;
    bool there = lstat(s->path.data, &before) == 0;
    if (there && rename(s->path.data, s->place.data) != 0) s->stuck = true;
    if (there || !change.placed) return;
    unlink(s->place.data);
    remove_empty(s, change.relative);
}

void nd_staging_retract(nd_staging *staging, neardup_error *error) {
    while (staging->change_count) retract(staging, staging->changed[--staging->change_count]);
    if (staging->stuck)
        nd_fail_also(error,
                     "; what was in %.150s before is now in %.150s/" ND_STAGING_OLD ": move it before the next run",
                     staging->folder, staging->folder);
}

/* Puts the path of a place into staging->place, and makes room to note that it changes and to take that back. */
static neardup_status find_place(nd_staging *s, nd_span relative, neardup_error *error) {
    neardup_status status = join(s, OLD, relative, &s->path, error);
    if (!status) status = join(s, "/", relative, &s->place, error);
    if (!status && nd_reserve(&s->changed, &s->change_capacity, s->change_count + 1, sizeof *s->changed))
        status = nd_fail_memory(error);
    return status;
}

neardup_status nd_staging_place(nd_staging *staging, nd_span relative, neardup_error *error) {
    nd_staging *s = staging;
    neardup_status status = find_place(s, relative, error);
    if (!status) status = join(s, "/", relative, &s->path, error);
    if (!status) status = make_parents(s, error);
    if (!status) status = keep_old(s, relative, error);
    if (!status) s->changed[s->change_count++] = (nd_staging_change){relative, true};
    if (!status) status = join(s, NEW, relative, &s->path, error);
    if (!status && rename(s->path.data, s->place.data) != 0) status = fail(s->place.data, errno, error);
    return status;
}

neardup_status nd_staging_clear(nd_staging *staging, nd_span relative, neardup_error *error) {
    nd_staging *s = staging;
    struct stat there;
    neardup_status status = find_place(s, relative, error);
    if (status || lstat(s->place.data, &there) != 0 || !S_ISREG(there.st_mode)) return status;
    status = join(s, OLD, relative, &s->path, error);
    if (!status) status = make_parents(s, error);
    if (!status && rename(s->place.data, s->path.data) != 0) status = fail(s->place.data, errno, error);
    if (!status) s->changed[s->change_count++] = (nd_staging_change){relative, false};
    return status;
}

neardup_status nd_staging_sync(nd_staging *staging, neardup_error *error) {
    return syncfs(staging->lock) == 0 ? NEARDUP_OK : fail(staging->folder, errno, error);
}

void nd_staging_release(nd_staging *staging, bool failed) {
    if (failed) nd_staging_retract(staging, NULL);
    for (size_t i = 0; i < staging->change_count; i++) remove_empty(staging, staging->changed[i].relative);
    if (staging->lock >= 0 && staging->work) {
        if (!staging->stuck) nd_tree_remove(staging->work);
        close(staging->lock);
    }
    nd_cleanup_remove(staging->entry);
    if (failed && staging->made && staging->folder) rmdir(staging->folder);
    nd_free(staging->changed);
    nd_free(staging->folder);
    nd_free(staging->work);
    nd_buffer_release(&staging->path);
    nd_buffer_release(&staging->place);
    nd_buffer_release(&staging->parent);
    *staging = (nd_staging){.lock = -1};
}
