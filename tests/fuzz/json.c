/* SPDX-License-Identifier: MIT */
/* The JSON scanner against jansson. */
#include "fuzz/fuzz.h"
#include "support/json_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"text", "a", "a.b", "b.c", "a.b.c", "id"};
    enum { NAMES = sizeof names / sizeof *names };
    static nd_json_fields *fields;
    if (!fields) REQUIRE(nd_json_fields_create(names, NAMES, &fields, NULL) == NEARDUP_OK, "no memory");
    json_check_line(names, NAMES, fields, (const char *)data, size);
    return 0;
}
