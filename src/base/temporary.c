/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_TMPFILE, memfd_create, mkostemp */
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"

/* For file systems that do not know files without a name: it has one for a moment. */
static int make_and_unlink(const char *folder) {
    static const char suffix[] = "/neardup-XXXXXX";
    size_t length = strlen(folder);
    char *name = nd_allocate(length + sizeof suffix, 1);
    if (!name) {
        errno = ENOMEM;
        return -1;
    }
    memcpy(name, folder, length);
    memcpy(name + length, suffix, sizeof suffix);
    int fd = mkostemp(name, O_CLOEXEC); /* mode 0600 */
    if (fd >= 0) unlink(name);
    int number = errno;
    nd_free(name);
    errno = number;
    return fd;
}

int nd_temporary_file(const char *folder) {
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    bool unknown = fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL);
    return unknown ? make_and_unlink(folder) : fd;
}

int nd_temporary_memory(void) { return memfd_create("neardup", MFD_CLOEXEC); }
