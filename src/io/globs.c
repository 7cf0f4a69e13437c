/* SPDX-License-Identifier: MIT */
/* A glob is kept once as it is and once without each of its components that may stand for nothing, in all combinations.
 */
#include "io/globs.h"

#include <fnmatch.h>
#include <string.h>

static const char any[] = "**/";
enum { ANY = sizeof any - 1, ANY_MOST = 8 };

/* Where the next component that may stand for nothing is, from `at` on; NULL where there is none. */
static const char *find_any(const char *glob, const char *at) {
    while ((at = strstr(at, any)) && at != glob && at[-1] != '/') at++;
    return at;
}

static neardup_status add_glob(nd_globs *globs, const char *glob) {
    size_t parts = 0;
    for (const char *at = glob; parts < ANY_MOST && (at = find_any(glob, at)); at += ANY) parts++;
    for (unsigned without = 0; without < 1U << parts; without++) {
        const char *from = glob, *at = glob;
        for (size_t i = 0; i < parts; i++) {
            at = find_any(glob, at);
            if (without >> i & 1) {
                if (nd_buffer_append(&globs->texts, from, (size_t)(at - from))) return NEARDUP_ERROR_MEMORY;
                from = at + ANY;
            }
            at += ANY;
        }
        if (nd_buffer_append(&globs->texts, from, strlen(from) + 1)) return NEARDUP_ERROR_MEMORY;
    }
    return NEARDUP_OK;
}

neardup_status nd_globs_add(nd_globs *globs, nd_strings strings) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < strings.count && !status; i++) status = add_glob(globs, strings.items[i]);
    return status;
}

void nd_globs_release(nd_globs *globs) { nd_buffer_release(&globs->texts); }

bool nd_globs_match(const nd_globs *globs, const char *path, const char *name) {
    for (size_t at = 0; at < globs->texts.size;) {
        const char *glob = globs->texts.data + at;
        bool anchored = *glob == '/';
        if (fnmatch(glob + anchored, path, 0) == 0) return true;
        if (!anchored && fnmatch(glob, name, 0) == 0) return true;
        at += strlen(glob) + 1;
    }
    return false;
}
