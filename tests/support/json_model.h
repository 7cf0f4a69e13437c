/* SPDX-License-Identifier: MIT */
/* What a line of JSON is and holds, according to jansson. */
#ifndef TESTS_SUPPORT_JSON_MODEL_H
#define TESTS_SUPPORT_JSON_MODEL_H

#include "io/json.h"

enum { JSON_MODEL_NAMES = 16 };

/* Scans a line for `count` fields (at most JSON_MODEL_NAMES), as it is and changed to what jansson takes, and ends the
 * test where that differs from what jansson says. Returns whether it is valid. */
bool json_check_line(const char *const *names, size_t count, const nd_json_fields *fields, const char *line,
                     size_t size);

#endif
