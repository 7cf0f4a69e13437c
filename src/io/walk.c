/* SPDX-License-Identifier: MIT */
/*
 * Each folder is read whole and sorted, with a slash behind the names of folders: then the names in order, each folder
 * followed by what is below it, are in byte order of the whole path. Folders under way are frames of an explicit
 * stack, and only one is open at a time, so that breadth
 * meets no limit but memory, and depth none but that of ND_WALK_PATH_MOST.
 */
#include "io/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/inodes.h"

typedef enum entry_kind { ENTRY_FILE, ENTRY_FOLDER, ENTRY_SPECIAL, ENTRY_FAILED } entry_kind;

typedef struct entry {
    size_t name; /* into the frame's names; a folder's ends in a slash, all in a NUL */
    const char *text;
    entry_kind kind;
    int number; /* ENTRY_FAILED: the errno value */
    uint64_t device, inode, bytes;
} entry;

typedef struct frame {
    size_t path_size; /* of the folder's path, without a slash behind it */
    nd_buffer names;
    entry *entries;
    size_t count, capacity, next;
} frame;

/* The walk below one operand. */
typedef struct descent {
    nd_walk *walk;
    nd_buffer path; /* of what is being looked at, with a NUL behind it that does not count */
    size_t shown, relative;
    frame *frames;
    size_t depth, capacity;
    nd_inodes *folders_seen;
    size_t folders; /* in folders_seen */
    neardup_error *error;
} descent;

/* ---- one path ---- */

static neardup_status set_path(descent *d, size_t prefix, const char *name, size_t name_size) {
    d->path.size = prefix;
    if (nd_buffer_append_byte(&d->path, '/') || nd_buffer_append(&d->path, name, name_size) ||
        nd_buffer_append_byte(&d->path, 0))
        return nd_fail_memory(d->error);
    d->path.size--;
    return NEARDUP_OK;
}

static nd_span shown_path(const descent *d) {
    size_t from = d->shown < d->path.size ? d->shown : 0;
    return (nd_span){d->path.data + from, d->path.size - from};
}

static neardup_status tell(descent *d, nd_walk_trouble_kind kind, bool named, const char *message) {
    nd_span file = {d->path.data, d->path.size};
    nd_walk_trouble trouble = {kind, named, shown_path(d), file, d->walk->count, message};
    return d->walk->tell(d->walk->context, &trouble);
}

static neardup_status tell_number(descent *d, bool named, int number) {
    char reason[128];
    return tell(d, ND_WALK_UNREADABLE, named, nd_file_reason(number, reason, sizeof reason));
}

/* Whether the globs let the path through; d->path ends in a slash for a folder on the second of its two looks. */
static bool wanted(const descent *d, size_t name_at, bool folder) {
    const nd_walk *w = d->walk;
    const char *relative = d->path.data + d->relative, *name = d->path.data + name_at;
    if (nd_globs_match(&w->exclude, relative, name)) return false;
    return folder || !w->options.include.count || nd_globs_match(&w->include, relative, name);
}

static neardup_status list_file(descent *d, const entry *e, bool named, bool special) {
    nd_walk *w = d->walk;
    size_t first;
    if (d->path.size > UINT32_MAX) return tell(d, ND_WALK_UNREADABLE, named, "the path is too long");
    if (nd_inodes_add(w->files_seen, e->device, e->inode, w->count, &first)) return nd_fail_memory(d->error);
    if (first < w->references)
        return nd_fail(
            d->error, NEARDUP_ERROR_ARGUMENT,
            "%.300s is an input and a reference (--against) at a time: leave it out of one, as with --exclude",
            d->path.data);
    if (first < w->count) {
        nd_walk_file *known = nd_walk_file_at(w, first);
        known->named = known->named || named;
        return NEARDUP_OK;
    }
    char *path = nd_arena_allocate(&w->paths, d->path.size + 1, 1);
    nd_walk_file *file = path ? nd_pages_append(&w->files) : NULL;
    if (!file) return nd_fail_memory(d->error);
    memcpy(path, d->path.data, d->path.size + 1);
    *file = (nd_walk_file){
        .path = path,
        .size = (uint32_t)d->path.size,
        .shown = (uint32_t)d->shown,
        .relative = (uint32_t)d->relative,
        .named = named,
        .special = special,
        .bytes = special ? 0 : e->bytes,
    };
    w->count++;
    return NEARDUP_OK;
}

/* ---- one folder ---- */

static int compare_entries(const void *a, const void *b) {
    return strcmp(((const entry *)a)->text, ((const entry *)b)->text);
}

/* Looks at one name of a folder, whose path is d->path. A link is followed from there, as it will be when it is opened:
 * the system follows only so many in one path, and what is out of reach on this one may be reached on another. */
static entry look(const descent *d, int folder, const char *name) {
    struct stat s;
    if (d->path.size > ND_WALK_PATH_MOST) return (entry){.kind = ENTRY_FAILED, .number = ENAMETOOLONG};
    bool failed = fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) != 0;
    if (!failed && S_ISLNK(s.st_mode) && d->walk->options.follow_links)
        failed = nd_file_stat(d->path.data, true, &s) != 0;
    if (failed) return (entry){.kind = ENTRY_FAILED, .number = errno};
    entry e = {.device = (uint64_t)s.st_dev, .inode = (uint64_t)s.st_ino, .bytes = (uint64_t)s.st_size};
    e.kind = S_ISREG(s.st_mode) ? ENTRY_FILE : S_ISDIR(s.st_mode) ? ENTRY_FOLDER : ENTRY_SPECIAL;
    /* A link that is not followed is passed over as if it were not there. */
    if (S_ISLNK(s.st_mode)) e = (entry){.kind = ENTRY_FAILED, .number = ENOENT};
    return e;
}

/* Adds one name to the frame, unless the options or its being gone speak against it. */
static neardup_status add_entry(descent *d, frame *f, int folder, const char *name) {
    const nd_walk_options *options = &d->walk->options;
    if (name[0] == '.' && (!options->hidden || !name[1] || (name[1] == '.' && !name[2]))) return NEARDUP_OK;
    size_t size = strlen(name);
    neardup_status status = set_path(d, f->path_size, name, size);
    if (status) return status;
    entry e = look(d, folder, name);
    if (e.kind == ENTRY_FAILED && e.number == ENOENT && !options->follow_links) return NEARDUP_OK;
    bool is_folder = e.kind == ENTRY_FOLDER;
    if (!wanted(d, f->path_size + 1, is_folder)) return NEARDUP_OK;
    if (is_folder && options->exclude.count) {
        status = set_path(d, d->path.size, "", 0); /* once more, as "name/" */
        if (status) return status;
        if (!wanted(d, f->path_size + 1, true)) return NEARDUP_OK;
    }
    e.name = f->names.size;
    if (nd_buffer_append(&f->names, name, size) || (is_folder && nd_buffer_append_byte(&f->names, '/')) ||
        nd_buffer_append_byte(&f->names, 0) || nd_reserve(&f->entries, &f->capacity, f->count + 1, sizeof e))
        return nd_fail_memory(d->error);
    f->entries[f->count++] = e;
    return NEARDUP_OK;
}

/* Reads the folder at f->path_size of d->path into the frame. A folder that cannot be read is told and left empty. */
static neardup_status read_folder(descent *d, frame *f, bool named) {
    int flags = O_DIRECTORY | (named || d->walk->options.follow_links ? 0 : O_NOFOLLOW);
    int fd = nd_file_open(d->path.size ? d->path.data : "/", flags);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (!folder) {
        int number = errno;
        if (fd >= 0) close(fd);
        return tell_number(d, named, number);
    }
    neardup_status status = NEARDUP_OK;
    int number = 0;
    while (status == NEARDUP_OK) {
        errno = 0;
        const struct dirent *name = readdir(folder);
        number = errno;
        if (!name) break;
        status = add_entry(d, f, fd, name->d_name);
    }
    closedir(folder);
    d->path.size = f->path_size;
    if (d->path.capacity > d->path.size) d->path.data[d->path.size] = 0;
    if (status == NEARDUP_OK && number) status = tell_number(d, named, number);
    for (size_t i = 0; i < f->count; i++) f->entries[i].text = f->names.data + f->entries[i].name;
    if (f->count) qsort(f->entries, f->count, sizeof *f->entries, compare_entries);
    return status;
}

/* Enters the folder at d->path, unless it has been entered before. */
static neardup_status push_folder(descent *d, const entry *e, bool named) {
    size_t first;
    if (nd_inodes_add(d->folders_seen, e->device, e->inode, d->folders, &first)) return nd_fail_memory(d->error);
    if (first < d->folders) return NEARDUP_OK;
    d->folders++;
    if (nd_reserve(&d->frames, &d->capacity, d->depth + 1, sizeof *d->frames)) return nd_fail_memory(d->error);
    frame *f = &d->frames[d->depth++];
    *f = (frame){.path_size = d->path.size};
    return read_folder(d, f, named);
}

static void pop_folder(descent *d) {
    frame *f = &d->frames[--d->depth];
    nd_buffer_release(&f->names);
    nd_free(f->entries);
}

/* ---- one operand ---- */

static neardup_status descend(descent *d, const entry *root) {
    neardup_status status = push_folder(d, root, true);
    while (status == NEARDUP_OK && d->depth) {
        frame *f = &d->frames[d->depth - 1];
        if (f->next == f->count) {
            pop_folder(d);
            continue;
        }
        entry e = f->entries[f->next++];
        size_t size = strlen(e.text);
        status = set_path(d, f->path_size, e.text, e.kind == ENTRY_FOLDER ? size - 1 : size);
        if (status) break;
        switch (e.kind) {
        case ENTRY_FILE: status = list_file(d, &e, false, false); break;
        case ENTRY_FOLDER: status = push_folder(d, &e, false); break;
        case ENTRY_SPECIAL: status = tell(d, ND_WALK_SPECIAL, false, "not a regular file"); break;
        case ENTRY_FAILED: status = tell_number(d, false, e.number); break;
        }
    }
    while (d->depth) pop_folder(d);
    return status;
}

/* Splits an operand into what is shown of it and what is not: "." shows nothing, else the last component shows, or all
 * of one that was listed in a file. Returns where the last component begins. */
static size_t set_prefix(descent *d) {
    d->relative = d->path.size + 1;
    size_t name = d->path.size;
    while (name && d->path.data[name - 1] != '/') name--;
    bool nothing = d->path.size == name || (d->path.size == name + 1 && d->path.data[name] == '.');
    d->shown = d->walk->from_list ? 0 : nothing ? d->relative : name;
    return name;
}

/* Notes that a folder was named. */
static neardup_status add_folder(descent *d, const char *operand) {
    nd_walk *w = d->walk;
    size_t size = strlen(operand) + 1;
    char *path = nd_arena_allocate(&w->paths, size, 1);
    const char **folder = path ? nd_pages_append(&w->folders) : NULL;
    if (!folder) return nd_fail_memory(d->error);
    memcpy(path, operand, size);
    *folder = path;
    return NEARDUP_OK;
}

static neardup_status add_operand(descent *d, const char *operand) {
    size_t size = strlen(operand);
    while (size && operand[size - 1] == '/') size--;
    if (nd_buffer_append(&d->path, operand, size) || nd_buffer_append_byte(&d->path, 0))
        return nd_fail_memory(d->error);
    d->path.size--;
    struct stat s;
    /* With its slashes, so that "file/" is refused as it is everywhere else. */
    if (nd_file_stat(operand, true, &s) != 0) return tell_number(d, true, errno);
    entry e = {.device = (uint64_t)s.st_dev, .inode = (uint64_t)s.st_ino, .bytes = (uint64_t)s.st_size};
    size_t name = set_prefix(d);
    if (S_ISDIR(s.st_mode)) {
        neardup_status status = add_folder(d, operand);
        return status ? status : descend(d, &e);
    }
    d->relative = name;
    if (!wanted(d, name, false)) return NEARDUP_OK;
    return list_file(d, &e, true, !S_ISREG(s.st_mode));
}

static neardup_status add_input(nd_walk *w, neardup_error *error) {
    if (w->input_named)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "standard input (-) can be read only once: name it once");
    w->input_named = true;
    struct stat s;
    size_t first = w->count;
    if (fstat(STDIN_FILENO, &s) == 0 &&
        nd_inodes_add(w->files_seen, (uint64_t)s.st_dev, (uint64_t)s.st_ino, w->count, &first))
        return nd_fail_memory(error);
    if (first < w->count) {
        nd_walk_file_at(w, first)->named = true;
        return NEARDUP_OK;
    }
    nd_walk_file *file = nd_pages_append(&w->files);
    if (!file) return nd_fail_memory(error);
    *file = (nd_walk_file){.path = "-", .size = 1, .named = true, .input = true, .special = true};
    w->count++;
    return NEARDUP_OK;
}

void nd_walk_init(nd_walk *walk, const nd_walk_options *options, nd_walk_tell *tell_trouble, void *context) {
    *walk = (nd_walk){.options = *options, .tell = tell_trouble, .context = context};
    nd_pages_init(&walk->files, sizeof(nd_walk_file));
    nd_pages_init(&walk->folders, sizeof(const char *));
}

/* Before the first operand. */
static neardup_status prepare(nd_walk *w) {
    if (w->files_seen) return NEARDUP_OK;
    if (nd_globs_add(&w->include, w->options.include) || nd_globs_add(&w->exclude, w->options.exclude))
        return NEARDUP_ERROR_MEMORY;
    w->files_seen = nd_inodes_create();
    return w->files_seen ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

neardup_status nd_walk_add(nd_walk *walk, const char *operand, neardup_error *error) {
    if (prepare(walk)) return nd_fail_memory(error);
    if (strcmp(operand, "-") == 0) return add_input(walk, error);
    descent d = {.walk = walk, .error = error, .folders_seen = nd_inodes_create()};
    neardup_status status = d.folders_seen ? add_operand(&d, operand) : nd_fail_memory(error);
    nd_inodes_free(d.folders_seen);
    nd_buffer_release(&d.path);
    nd_free(d.frames);
    return status;
}

/* ---- lists of paths ---- */

/* Adds what `text` holds of whole paths, and leaves the beginning of the next one in it. */
static neardup_status add_paths(nd_walk *walk, const char *list, char separator, nd_buffer *text,
                                neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    size_t at = 0;
    if (separator && memchr(text->data, 0, text->size))
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "the list of files %s holds a NUL byte: say with -0 that NUL separates its paths", list);
    for (char *end; status == NEARDUP_OK && (end = memchr(text->data + at, separator, text->size - at));
         at = (size_t)(end - text->data) + 1) {
        *end = 0;
        if (text->data[at]) status = nd_walk_add(walk, text->data + at, error);
    }
    text->size -= at;
    memmove(text->data, text->data + at, text->size);
    if (status == NEARDUP_OK && text->size > ND_WALK_PATH_MOST)
        status = nd_fail(error, NEARDUP_ERROR_ARGUMENT, "the list of files %s holds a path of more than %d bytes", list,
                         ND_WALK_PATH_MOST);
    return status;
}

/* Adds the paths as they come: a list may be the output of a program, or no list at all and without end. */
static neardup_status read_list(nd_walk *walk, const char *list, bool input, char separator, neardup_error *error) {
    enum { STEP = 65536 };
    char reason[128];
    nd_buffer text = {0};
    int fd = input ? STDIN_FILENO : nd_file_open(list, 0);
    neardup_status status = NEARDUP_OK;
    ssize_t got = fd < 0 ? -1 : 1;
    while (status == NEARDUP_OK && got > 0) {
        if (nd_buffer_reserve(&text, STEP)) {
            status = nd_fail_memory(error);
            break;
        }
        got = nd_file_read(fd, text.data + text.size, STEP, -1);
        if (got > 0) text.size += (size_t)got;
        if (got == 0 && text.size) text.data[text.size++] = separator; /* the last one may have none */
        if (got >= 0) status = add_paths(walk, list, separator, &text, error);
    }
    if (got < 0)
        status = nd_fail(error, NEARDUP_ERROR_SOURCE, "cannot read the list of files %s: %s", list,
                         nd_file_reason(errno, reason, sizeof reason));
    if (fd >= 0 && !input) close(fd);
    nd_buffer_release(&text);
    return status;
}

neardup_status nd_walk_add_list(nd_walk *walk, const char *list, bool nul, neardup_error *error) {
    bool input = strcmp(list, "-") == 0;
    if (input && walk->input_named)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "standard input (-) cannot be both a list of files and an input: put one of them into a file");
    walk->input_named = walk->input_named || input;
    walk->from_list = true;
    neardup_status status = read_list(walk, list, input, nul ? 0 : '\n', error);
    walk->from_list = false;
    return status;
}

/* ---- the list ---- */

bool nd_walk_holds(const nd_walk *walk, uint64_t device, uint64_t inode) {
    return walk->files_seen && nd_inodes_has(walk->files_seen, device, inode);
}

void nd_walk_end_references(nd_walk *walk) { walk->references = walk->count; }

void nd_walk_finish(nd_walk *walk) {
    nd_inodes_free(walk->files_seen);
    walk->files_seen = NULL;
    nd_globs_release(&walk->include);
    nd_globs_release(&walk->exclude);
}

void nd_walk_release(nd_walk *walk) {
    nd_walk_finish(walk);
    nd_arena_release(&walk->paths);
    nd_pages_release(&walk->files);
    nd_pages_release(&walk->folders);
    walk->count = 0;
}

const char *nd_walk_path(const nd_walk *walk, size_t file) { return nd_walk_file_at(walk, file)->path; }

nd_span nd_walk_shown(const nd_walk *walk, size_t file) {
    const nd_walk_file *f = nd_walk_file_at(walk, file);
    return (nd_span){f->path + f->shown, f->size - f->shown};
}

nd_span nd_walk_relative(const nd_walk *walk, size_t file) {
    const nd_walk_file *f = nd_walk_file_at(walk, file);
    return (nd_span){f->path + f->relative, f->size - f->relative};
}
