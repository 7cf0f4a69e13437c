/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* getdents64 */
#include "io/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

int nd_tree_make(const char *path, size_t from, bool whole) {
    size_t size = strlen(path);
    char *copy = nd_copy(path, size);
    if (!copy) {
        errno = ENOMEM;
        return -1;
    }
    int result = 0;
    for (size_t i = from + 1; result == 0 && i <= size; i++) {
        if (i < size ? copy[i] != '/' : !whole) continue;
        copy[i] = 0;
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) result = -1;
        if (i < size) copy[i] = '/';
    }
    int number = errno;
    nd_free(copy);
    errno = number;
    return result;
}

/* Opens a folder below another; -1 where that fails. */
static int open_folder(int above, const char *name) {
    int folder;
    do folder = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    while (folder < 0 && errno == EINTR);
    return folder;
}

/* Removes what is in an open folder, which is closed. Nothing here may allocate or take a lock. Recursion goes no
 * deeper than there are descriptors: what is below stays. NOLINTNEXTLINE(misc-no-recursion) */
static int empty_folder(int folder) {
    union {
        struct dirent64 align;
        char bytes[2048];
    } block;
    int result = 0;
    ssize_t got = 0;
    /* Names may be passed over while others go, so the folder is read from its beginning until only "." and ".." are
     * left, or what is left cannot be removed. */
    for (bool removed = true; removed && result == 0;) {
        removed = false;
        if (lseek(folder, 0, SEEK_SET) < 0) result = -1;
        while (result == 0 && (got = getdents64(folder, &block, sizeof block)) > 0) {
            for (ssize_t at = 0; at < got;) {
                const struct dirent64 *entry = (const void *)(block.bytes + at);
                const char *name = entry->d_name;
                at += entry->d_reclen;
                if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))) continue;
                if (unlinkat(folder, name, 0) == 0) {
                    removed = true;
                } else {
                    int inner = open_folder(folder, name);
                    if (inner >= 0) empty_folder(inner);
                    if (unlinkat(folder, name, AT_REMOVEDIR) == 0) removed = true;
                }
            }
        }
        if (got < 0) result = -1;
    }
    close(folder);
    return result;
}

int nd_tree_remove(const char *folder) {
    enum { ATTEMPTS = 100 }; /* another thread may be adding to it, until this process ends */
    for (int i = 0; i < ATTEMPTS; i++) {
        int descriptor = open_folder(AT_FDCWD, folder);
        if (descriptor < 0) return errno == ENOENT ? 0 : -1;
        empty_folder(descriptor);
        if (rmdir(folder) == 0) return 0;
    }
    return -1;
}
