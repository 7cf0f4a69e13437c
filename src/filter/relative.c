/* SPDX-License-Identifier: MIT */
#include "filter/relative.h"

#include <string.h>

#include "base/memory.h"
#include "text/json_string.h"

static int digit_of(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static neardup_status decode_base64(nd_span text, nd_buffer *out) {
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < text.size && digit_of(text.data[i]) >= 0; i++) {
        bits = bits << 6 | (unsigned)digit_of(text.data[i]);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        if (nd_buffer_append_byte(out, (char)(bits >> count))) return NEARDUP_ERROR_MEMORY;
    }
    return NEARDUP_OK;
}

/* Whether a relative path leads nowhere but below the folder it belongs to. */
static bool is_safe(nd_span path) {
    if (!path.size || path.data[0] == '/' || memchr(path.data, 0, path.size)) return false;
    for (size_t at = 0; at < path.size;) {
        const char *slash = memchr(path.data + at, '/', path.size - at);
        size_t size = slash ? (size_t)(slash - path.data) - at : path.size - at;
        if (!size || (size == 1 && path.data[at] == '.') || (size == 2 && memcmp(path.data + at, "..", 2) == 0))
            return false;
        at += size + 1;
    }
    return true;
}

neardup_status nd_relative_read(const nd_json_value *plain, const nd_json_value *base64, nd_span *path_out) {
    nd_buffer text = {0};
    neardup_status status = NEARDUP_OK;
    *path_out = (nd_span){0};
    if (plain->kind == ND_JSON_STRING)
        status = nd_json_unescape(plain->raw.data, plain->raw.size, &text);
    else if (base64->kind == ND_JSON_STRING)
        status = decode_base64(base64->raw, &text);
    bool safe = !status && is_safe((nd_span){text.data, text.size});
    if (safe) status = nd_buffer_append_byte(&text, 0);
    if (safe && !status)
        *path_out = (nd_span){text.data, text.size - 1};
    else
        nd_buffer_release(&text);
    return status;
}
