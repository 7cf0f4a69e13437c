/* SPDX-License-Identifier: MIT */
/*
 * A walk: what the user named, as one ordered list of files. Operands keep their order; inside a folder files are in
 * byte order of the whole relative path. Each file is listed once, where it is reached first. Nothing is opened but
 * folders.
 */
#ifndef ND_IO_WALK_H
#define ND_IO_WALK_H

#include "base/arena.h"
#include "base/pages.h"
#include "io/globs.h"

typedef struct nd_walk_options {
    /* Globs (globs.h) on the path relative to the operand and on the name. With `include`, only files that match one
     * are listed; what matches `exclude` is not, and such a folder (also as "name/") is not entered. For an operand
     * that is a file both are its name. */
    nd_strings include, exclude;
    bool hidden;       /* also names that begin with a dot; an operand is taken whatever its name */
    bool follow_links; /* a folder reached twice below one operand is entered once, so loops of links end */
} nd_walk_options;

/* The longest path that is looked at: four times what the system takes at once. What is deeper is told: every path is
 * kept whole, and folders in folders without end would take memory and time that grow with the square of their number.
 */
#define ND_WALK_PATH_MOST 16384

/* One file. */
typedef struct nd_walk_file {
    const char *path;  /* to open, with a NUL behind it; "-" for standard input */
    uint32_t size;     /* of the path */
    uint32_t shown;    /* path[shown] on is the path relative to the operand's parent as the user named it, or all of it
                          where it was listed in a file; */
    uint32_t relative; /* path[relative] on is the path relative to the operand, or its name when that is a file */
    bool named;        /* the user named this very file, here or at another place */
    bool input;        /* standard input */
    bool special;      /* a named file that is not regular: it can be read only once */
    uint64_t bytes;    /* size on disk; 0 for special ones */
} nd_walk_file;

typedef enum nd_walk_trouble_kind {
    ND_WALK_SPECIAL,   /* a FIFO, socket or device met below a folder: not listed */
    ND_WALK_UNREADABLE /* a folder that could not be read, or a file or operand that could not be looked at */
} nd_walk_trouble_kind;

/* Something that is not listed. The spans and the message are borrowed. */
typedef struct nd_walk_trouble {
    nd_walk_trouble_kind kind;
    bool named;   /* the user named this very path */
    nd_span path; /* as shown */
    nd_span file; /* to open */
    size_t order; /* the number of files listed so far */
    const char *message;
} nd_walk_trouble;

/* What it returns other than NEARDUP_OK ends the walk. */
typedef neardup_status nd_walk_tell(void *context, const nd_walk_trouble *trouble);

typedef struct nd_inodes nd_inodes;

/* The list. */
typedef struct nd_walk {
    nd_walk_options options;
    nd_walk_tell *tell;
    void *context;
    nd_arena paths;
    nd_pages files; /* nd_walk_file */
    size_t count;   /* of them */
    bool input_named;
    bool from_list; /* what is added now was listed in a file */
    nd_globs include, exclude;
    nd_inodes *files_seen;
    size_t references; /* the first so many files are references */
    nd_pages folders;  /* const char *: folders that were named, here or in a list, references too */
} nd_walk;

/* Makes an empty list. What the options point to is borrowed until nd_walk_finish. */
void nd_walk_init(nd_walk *walk, const nd_walk_options *options, nd_walk_tell *tell, void *context);

/* Adds what `operand` stands for: a file, the files below a folder, or "-", which is not listed either when it is a
 * file that was. Trouble goes to `tell`; an error is returned for lack of memory, for "-" named twice, and for what
 * `tell` returns. */
neardup_status nd_walk_add(nd_walk *walk, const char *operand, neardup_error *error);

/* Says that what was added so far are references and what follows are inputs: a file that is both is an error. */
void nd_walk_end_references(nd_walk *walk);

/* Adds every path listed in a file (or "-"), one a line or, when `nul`, between NULs; empty ones are skipped. A NUL in
 * a list of lines is NEARDUP_ERROR_ARGUMENT, and so is a path of more than ND_WALK_PATH_MOST bytes. */
neardup_status nd_walk_add_list(nd_walk *walk, const char *list, bool nul, neardup_error *error);

/* Whether the file is one of those listed. Not after nd_walk_finish. */
bool nd_walk_holds(const nd_walk *walk, uint64_t device, uint64_t inode);

/* Forgets what is needed only while operands are added, and for nd_walk_holds. */
void nd_walk_finish(nd_walk *walk);
void nd_walk_release(nd_walk *walk);

/* File number `file` of the list. */
static inline nd_walk_file *nd_walk_file_at(const nd_walk *walk, size_t file) {
    return nd_pages_at(&walk->files, file);
}

/* A folder that was named, by number. */
static inline const char *nd_walk_folder_at(const nd_walk *walk, size_t folder) {
    return *(const char *const *)nd_pages_at(&walk->folders, folder);
}

/* The path of a file as shown. */
nd_span nd_walk_shown(const nd_walk *walk, size_t file);

/* The path of a file to open. */
const char *nd_walk_path(const nd_walk *walk, size_t file);

/* The path of a file relative to its operand. */
nd_span nd_walk_relative(const nd_walk *walk, size_t file);

#endif
