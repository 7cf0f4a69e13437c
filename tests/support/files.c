/* SPDX-License-Identifier: MIT */
#include "support/files.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *files_join(const char *folder, const char *path) {
    size_t size = strlen(folder) + strlen(path) + 2;
    char *joined = malloc(size);
    ck_assert_ptr_nonnull(joined);
    snprintf(joined, size, "%s/%s", folder, path);
    return joined;
}

void files_write(const char *folder, const char *path, const void *data, size_t size) {
    char *whole = files_join(folder, path);
    for (char *slash = whole + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(whole, 0777);
        *slash = '/';
    }
    FILE *file = fopen(whole, "wb");
    ck_assert_msg(file != NULL, "cannot make %s", whole);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
    free(whole);
}

void files_write_text(const char *folder, const char *path, const char *text) {
    files_write(folder, path, text, strlen(text));
}

char *files_read(const char *path, size_t *size_out) {
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    char *data = NULL;
    size_t size = 0;
    for (size_t got = 1; got;) {
        data = realloc(data, size + 65537);
        ck_assert_ptr_nonnull(data);
        got = fread(data + size, 1, 65536, file);
        size += got;
    }
    fclose(file);
    data[size] = 0;
    *size_out = size;
    return data;
}
