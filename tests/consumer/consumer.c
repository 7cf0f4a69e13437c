/* SPDX-License-Identifier: MIT */
/* A program outside the tree that uses the installed library: two copies and a stranger go in, one copy goes. */
#include <neardup.h>
#include <stdio.h>
#include <string.h>

static neardup_status match(neardup_engine *engine, neardup_result **result_out, neardup_error *error) {
    static const char *const texts[] = {
        "The harbour authority said on Monday that the bridge would stay closed until the spring.",
        "Prices of apples rose for the third month in a row, growers in the valley report.",
        "The harbour authority said on Monday that the bridge would stay closed until the spring!",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        neardup_status status = neardup_engine_add(engine, texts[i], strlen(texts[i]), error);
        if (status) return status;
    }
    return neardup_engine_match(engine, result_out, error);
}

int main(void) {
    neardup_options options;
    neardup_options_init(&options);
    neardup_error error = {0};
    neardup_engine *engine = NULL;
    neardup_result *result = NULL;
    neardup_status status = neardup_engine_create(&options, &engine, &error);
    if (!status) status = match(engine, &result, &error);
    neardup_decision decision = {0};
    if (!status) status = neardup_result_decision(result, 2, &decision);
    neardup_result_free(result);
    neardup_engine_free(engine);
    if (status) {
        fprintf(stderr, "%s: %s\n", neardup_status_text(status), error.text);
        return 1;
    }
    if (!decision.dropped || !decision.identical || decision.dup_of != 0) {
        fputs("document 2 should be a copy of document 0\n", stderr);
        return 1;
    }
    printf("%s\n", neardup_version());
    return 0;
}
