/* SPDX-License-Identifier: MIT */
/* Any command line, an argument a line: it is taken, or refused with a sentence, and what was taken can be released. */
#include <string.h>

#include "cli/dedup_settings.h"
#include "cli/scan_settings.h"
#include "fuzz/fuzz.h"

enum { MOST = 64 };

static void require_sentence(neardup_status status, const neardup_error *error) {
    REQUIRE(status == NEARDUP_OK || status == NEARDUP_END ||
                (error->text[0] && strlen(error->text) < sizeof error->text),
            "status %d without a sentence", status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *arguments[MOST];
    size_t count = 0;
    bool dedup = take_byte(&data, &size) % 2;
    char *text = malloc(size + 1);
    REQUIRE(text, "no memory");
    if (size) memcpy(text, data, size);
    text[size] = 0;
    for (char *at = text; count < MOST && *at;) {
        size_t length = strcspn(at, "\n");
        bool last = !at[length];
        at[length] = 0;
        arguments[count++] = at;
        if (last) break;
        at += length + 1;
    }
    neardup_error error = {0};
    nd_strings given = {arguments, count};
    if (dedup) {
        nd_dedup_settings settings;
        require_sentence(nd_dedup_settings_init(&settings, given, &error), &error);
        nd_dedup_settings_release(&settings);
    } else {
        nd_scan_settings settings;
        require_sentence(nd_scan_settings_init(&settings, ND_FOR_SCAN, given, &error), &error);
        nd_scan_settings_release(&settings, ND_FOR_SCAN);
    }
    free(text);
    return 0;
}
