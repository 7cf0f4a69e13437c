/* SPDX-License-Identifier: MIT */
/* Calls a fuzz target with the content of every file in the folders that are named, once whole and once without its
 * last byte. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static size_t replay(const char *path) {
    FILE *file = fopen(path, "rb");
    struct stat s;
    REQUIRE(file && fstat(fileno(file), &s) == 0, "%s cannot be read", path);
    size_t size = (size_t)s.st_size;
    uint8_t *data = malloc(size + 1); /* of its very size, below, so that a sanitizer sees a read beyond the end */
    REQUIRE(data && fread(data, 1, size, file) == size, "%s cannot be read", path);
    fclose(file);
    for (size_t cut = 0; cut <= (size > 0); cut++) {
        uint8_t *copy = malloc(size - cut ? size - cut : 1);
        REQUIRE(copy, "no memory");
        memcpy(copy, data, size - cut);
        LLVMFuzzerTestOneInput(copy, size - cut);
        free(copy);
    }
    free(data);
    return 1;
}

int main(int argc, char **argv) {
    size_t files = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        REQUIRE(folder, "%s is no folder", argv[i]);
        for (struct dirent *entry; (entry = readdir(folder));) {
            char path[4096];
            if (entry->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            files += replay(path);
        }
        closedir(folder);
    }
    printf("%zu inputs\n", files);
    return files ? 0 : 1;
}
