/* SPDX-License-Identifier: MIT */
/*
 * Files wait in a queue, and so do the stretches into which they are cut, in the order in which they are read. A thread
 * cuts off the next stretch (one thread at a time: order), then decodes it into blocks that wait in the stretch. Blocks
 * are limited in all; the first stretch, which the reader waits for, always gets a few, so that it never waits for
 * those behind it.
 */
#include "io/ahead.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/frames.h"

#define BLOCK ((size_t)1 << 17)

/* Blocks that the first stretch gets in any case. */
#define FIRST_BLOCKS 8

/* Compressed bytes that make a stretch at the least: it is to be worth a thread's while. */
#define STRETCH ((uint64_t)1 << 18)

/* Stretches and files at hand for each thread; and one of them for the reader. */
#define STRETCHES_EACH 4

typedef struct block {
    struct block *next;
    size_t size;
    uint64_t position; /* of its stream, when it was full */
    char data[BLOCK];
} block;

typedef struct file {
    size_t number;
    int fd;
    nd_stream_kind kind;
    struct stat identity;
    uint64_t cut;  /* it is cut up to here, */
    bool cut_up;   /* or to its end */
    bool dropped;  /* nobody reads it any more */
    unsigned uses; /* stretches of it, the queue, and a thread that cuts it */
} file;

typedef struct stretch {
    file *file;
    nd_stream_part part;
    bool done;
    block *first, *last;
    size_t blocks;
    uint64_t position, boundary; /* of its stream at the end, */
    neardup_status status;       /* which is this one */
    nd_stream_fault fault;
    neardup_error error;
} stretch;

typedef struct helper {
    nd_ahead *ahead;
    nd_stream *stream;
    pthread_t thread;
} helper;

struct nd_ahead {
    uint64_t least; /* bytes of a stretch */
    unsigned threads, started;
    helper *helpers;
    pthread_mutex_t mutex; /* guards all below but what is said to be the reader's */
    pthread_cond_t changed;
    bool stop, cutting;
    file **files; /* file_count of up to threads + 1, in order */
    size_t file_count;
    stretch *stretches; /* number i is in stretches[i % capacity] */
    size_t capacity, first, end;
    size_t blocks; /* in all */
    block *spare;  /* that hold nothing */
    bool reading;  /* the reader's: files[0] is being read, */
    block *block;  /* the block it is in, */
    size_t at;     /* and where in that; */
    uint64_t position;
};

/* ---- what is shared: with the mutex held ---- */

static void unuse(file *f) {
    if (--f->uses) return;
    close(f->fd);
    nd_free(f);
}

static stretch *stretch_at(nd_ahead *a, size_t number) { return &a->stretches[number % a->capacity]; }

/* Puts a block (or NULL) aside, so that the next one costs no system call and no new pages. */
static void free_block(nd_ahead *a, block *b) {
    a->blocks--;
    if (!b) return;
    b->next = a->spare;
    a->spare = b;
}

static block *take_spare(nd_ahead *a) {
    block *b = a->spare;
    if (b) a->spare = b->next;
    return b;
}

/* Takes the first stretch, which is done, out of the queue. */
static void pop_stretch(nd_ahead *a) {
    stretch *s = stretch_at(a, a->first++);
    while (s->first) {
        block *b = s->first;
        s->first = b->next;
        free_block(a, b);
    }
    unuse(s->file);
    pthread_cond_broadcast(&a->changed);
}

static void drop_first_file(nd_ahead *a) {
    file *f = a->files[0];
    f->dropped = true;
    memmove(a->files, a->files + 1, --a->file_count * sizeof *a->files);
    unuse(f);
}

/* Removes stretches of files that nobody reads, as far as they are first. */
static void pop_dropped(nd_ahead *a) {
    while (a->first < a->end && stretch_at(a, a->first)->file->dropped && stretch_at(a, a->first)->done) pop_stretch(a);
}

/* ---- the threads ---- */

/* The first file that is not cut up yet. */
static file *file_to_cut(nd_ahead *a) {
    if (a->cutting || a->end - a->first == a->capacity) return NULL;
    for (size_t i = 0; i < a->file_count; i++)
        if (!a->files[i]->cut_up) return a->files[i];
    return NULL;
}

/* Cuts off the next stretch of a file; it becomes the last of the queue. NULL where the file was dropped meanwhile. The
 * mutex is released while the end is looked for. */
static stretch *cut_stretch(nd_ahead *a, file *f) {
    nd_stream_part part = {f->fd, f->kind, f->cut, 0, (uint64_t)f->identity.st_size, ND_AHEAD_WINDOW_LOG};
    a->cutting = true;
    f->uses++;
    pthread_mutex_unlock(&a->mutex);
    part.end = nd_frames_end(part.fd, part.kind, part.begin, a->least);
    pthread_mutex_lock(&a->mutex);
    a->cutting = false;
    pthread_cond_broadcast(&a->changed);
    if (f->dropped) {
        unuse(f);
        return NULL;
    }
    if (part.end >= part.size) part.end = 0;
    f->cut = part.end;
    f->cut_up = part.end == 0;
    stretch *s = stretch_at(a, a->end++);
    *s = (stretch){.file = f, .part = part};
    return s;
}

static bool may_add_block(const nd_ahead *a, const stretch *s) {
    size_t most = a->threads * (ND_AHEAD_BYTES / BLOCK);
    return a->blocks < most || (s == &a->stretches[a->first % a->capacity] && s->blocks < FIRST_BLOCKS);
}

/* Waits until the stretch may have another block; false if nobody wants it. */
static bool wait_for_room(nd_ahead *a, const stretch *s) {
    while (!a->stop && !s->file->dropped && !may_add_block(a, s)) pthread_cond_wait(&a->changed, &a->mutex);
    return !a->stop && !s->file->dropped;
}

static void append_block(stretch *s, block *b) {
    b->next = NULL;
    if (s->first)
        s->last->next = b;
    else
        s->first = b;
    s->last = b;
    s->blocks++;
}

/* Decodes a stretch to its end; the mutex is held but while the stream works. */
static void decode_stretch(nd_ahead *a, stretch *s, nd_stream *stream) {
    nd_stream_open_part(stream, &s->part);
    while (!s->status && wait_for_room(a, s)) {
        a->blocks++;
        block *b = take_spare(a);
        pthread_mutex_unlock(&a->mutex);
        if (!b) b = nd_allocate(1, sizeof *b);
        neardup_status status = b ? nd_stream_read(stream, b->data, BLOCK, &b->size, &s->error) : NEARDUP_ERROR_MEMORY;
        if (!b) nd_fail_memory(&s->error);
        pthread_mutex_lock(&a->mutex);
        s->position = nd_stream_position(stream);
        if (status == NEARDUP_OK) {
            b->position = s->position;
            append_block(s, b);
        } else {
            free_block(a, b);
            s->boundary = nd_stream_boundary(stream);
            s->fault = nd_stream_fault_of(stream);
            s->status = status;
        }
        pthread_cond_broadcast(&a->changed);
    }
    nd_stream_close(stream);
    s->done = true;
    pthread_cond_broadcast(&a->changed);
}

static void *help(void *argument) {
    const helper *h = argument;
    nd_ahead *a = h->ahead;
    pthread_mutex_lock(&a->mutex);
    while (!a->stop) {
        file *f = file_to_cut(a);
        stretch *s = f ? cut_stretch(a, f) : NULL;
        if (s) decode_stretch(a, s, h->stream);
        if (!f) pthread_cond_wait(&a->changed, &a->mutex);
    }
    pthread_mutex_unlock(&a->mutex);
    return NULL;
}

/* ---- life ---- */

nd_ahead *nd_ahead_create(unsigned threads, uint64_t least) {
    nd_ahead *a = nd_allocate_zero(1, sizeof *a);
    if (!a) return NULL;
    a->threads = threads;
    a->least = least ? least : STRETCH;
    a->capacity = (size_t)threads * STRETCHES_EACH;
    a->helpers = nd_allocate(threads, sizeof *a->helpers);
    a->files = nd_allocate((size_t)threads + 1, sizeof *a->files);
    a->stretches = nd_allocate_zero(a->capacity, sizeof *a->stretches);
    pthread_mutex_init(&a->mutex, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (a->helpers && a->files && a->stretches) return a;
    nd_ahead_free(a);
    return NULL;
}

void nd_ahead_free(nd_ahead *ahead) {
    nd_ahead *a = ahead;
    if (!a) return;
    pthread_mutex_lock(&a->mutex);
    a->stop = true;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->mutex);
    for (unsigned i = 0; i < a->started; i++) {
        pthread_join(a->helpers[i].thread, NULL);
        nd_stream_free(a->helpers[i].stream);
    }
    nd_free(a->block);
    while (a->first < a->end) pop_stretch(a);
    while (a->file_count) drop_first_file(a);
    for (block *b; (b = take_spare(a));) nd_free(b);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->mutex);
    nd_free(a->stretches);
    nd_free(a->files);
    nd_free(a->helpers);
    nd_free(a);
}

size_t nd_ahead_bytes(nd_ahead *ahead) {
    pthread_mutex_lock(&ahead->mutex);
    size_t bytes = ahead->blocks * sizeof(block);
    pthread_mutex_unlock(&ahead->mutex);
    return bytes;
}

/* ---- files ---- */

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The caller is the only one to change file_count. */
bool nd_ahead_has_room(const nd_ahead *ahead) { return ahead->file_count <= ahead->threads; }

/* Appends a file to the queue. The descriptor becomes its own. */
static bool add_file(nd_ahead *a, size_t number, int fd, nd_stream_kind kind, const struct stat *identity) {
    file *f = nd_allocate(1, sizeof *f);
    if (!f) {
        close(fd);
        return false;
    }
    *f = (file){.number = number, .fd = fd, .kind = kind, .identity = *identity, .uses = 1};
    pthread_mutex_lock(&a->mutex);
    a->files[a->file_count++] = f;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->mutex);
    return true;
}

void nd_ahead_offer(nd_ahead *ahead, size_t number, const char *path) {
    int fd = nd_file_open(path, O_NONBLOCK);
    struct stat identity;
    unsigned char magic[ND_STREAM_MAGIC];
    if (fd < 0) return;
    bool regular = fstat(fd, &identity) == 0 && S_ISREG(identity.st_mode);
    ssize_t size = regular ? nd_file_read(fd, magic, sizeof magic, 0) : 0;
    nd_stream_kind kind = nd_stream_kind_of(magic, size > 0 ? (size_t)size : 0);
    if (kind == ND_STREAM_RAW)
        close(fd);
    else
        add_file(ahead, number, fd, kind, &identity);
}

/* Forgets the files in the queue before the one that begins, and all if that is not what was offered. Whether it was.
 */
static bool find_offered(nd_ahead *a, size_t number, const struct stat *identity) {
    pthread_mutex_lock(&a->mutex);
    while (a->file_count && !(a->files[0]->number == number && is_same(&a->files[0]->identity, identity)))
        drop_first_file(a);
    bool found = a->file_count;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->mutex);
    return found;
}

static bool start_thread(nd_ahead *a, helper *h) {
    *h = (helper){.ahead = a, .stream = nd_stream_create()};
    if (h->stream && pthread_create(&h->thread, NULL, help, h) == 0) return true;
    nd_stream_free(h->stream);
    return false;
}

/* Starts what threads it can; whether there are any. */
static bool start_threads(nd_ahead *a) {
    while (a->started < a->threads && start_thread(a, &a->helpers[a->started])) a->started++;
    return a->started;
}

bool nd_ahead_begin(nd_ahead *ahead, size_t number, int fd, nd_stream_kind kind) {
    struct stat identity;
    if (!start_threads(ahead) || fstat(fd, &identity) != 0) return false;
    if (!find_offered(ahead, number, &identity)) {
        int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (own < 0 || !add_file(ahead, number, own, kind, &identity)) return false;
    }
    ahead->reading = true;
    ahead->position = 0;
    return true;
}

void nd_ahead_end(nd_ahead *ahead) {
    if (!ahead->reading) return;
    ahead->reading = false;
    pthread_mutex_lock(&ahead->mutex);
    if (ahead->block) free_block(ahead, ahead->block);
    ahead->block = NULL;
    drop_first_file(ahead);
    pop_dropped(ahead);
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);
}

/* ---- reading ---- */

/* Waits for the first stretch to have a block or be done. */
static stretch *wait_for_stretch(nd_ahead *a) {
    for (;;) {
        pop_dropped(a);
        stretch *s = stretch_at(a, a->first);
        if (a->first < a->end && !s->file->dropped && (s->first || s->done)) return s;
        pthread_cond_wait(&a->changed, &a->mutex);
    }
}

/* Takes the next block of the file. Anything but NEARDUP_OK says how the file ended. */
static neardup_status next_block(nd_ahead *a, nd_ahead_place *place, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    pthread_mutex_lock(&a->mutex);
    while (!a->block && !status && !place->left) {
        stretch *s = wait_for_stretch(a);
        if (s->first) {
            a->block = s->first;
            s->first = a->block->next;
            s->blocks--;
            a->at = 0;
        } else if (s->status < 0) {
            if (error) *error = s->error;
            status = s->status;
            a->position = s->position;
            place->fault = s->fault;
        } else {
            place->left = s->boundary != (s->part.end ? s->part.end : s->position);
            a->position = s->boundary;
            if (!s->part.end) status = NEARDUP_END;
            pop_stretch(a);
        }
        pthread_cond_broadcast(&a->changed);
    }
    pthread_mutex_unlock(&a->mutex);
    return place->left ? NEARDUP_OK : status;
}

neardup_status nd_ahead_read(nd_ahead *ahead, void *data, size_t capacity, size_t *size_out, nd_ahead_place *place_out,
                             neardup_error *error) {
    nd_ahead *a = ahead;
    *place_out = (nd_ahead_place){.fault = ND_STREAM_WHOLE};
    *size_out = 0;
    neardup_status status = a->block ? NEARDUP_OK : next_block(a, place_out, error);
    if (a->block) {
        size_t left = a->block->size - a->at;
        *size_out = left < capacity ? left : capacity;
        memcpy(data, a->block->data + a->at, *size_out);
        a->at += *size_out;
        a->position = a->block->position;
    }
    if (a->block && a->at == a->block->size) {
        pthread_mutex_lock(&a->mutex);
        free_block(a, a->block);
        a->block = NULL;
        pthread_cond_broadcast(&a->changed);
        pthread_mutex_unlock(&a->mutex);
    }
    place_out->position = a->position;
    return status;
}
