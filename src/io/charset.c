/* SPDX-License-Identifier: MIT */
#include "io/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/utf8.h"

struct nd_decoder {
    iconv_t iconv; /* unless utf16 */
    bool utf16, big_endian;
    nd_buffer rest; /* the bytes of a character that is not complete yet, and then the new piece */
};

const char *nd_utf16_by_mark(const void *data, size_t size) {
    const unsigned char *bytes = data;
    if (size < ND_UTF16_MARK) return NULL;
    if (bytes[0] == 0xff && bytes[1] == 0xfe) return "UTF-16LE";
    if (bytes[0] == 0xfe && bytes[1] == 0xff) return "UTF-16BE";
    return NULL;
}

static bool begins_as_name(const char *charset) {
    return (*charset >= 'a' && *charset <= 'z') || (*charset >= 'A' && *charset <= 'Z') ||
           (*charset >= '0' && *charset <= '9');
}

neardup_status nd_decoder_create(const char *charset, nd_decoder **decoder_out, neardup_error *error) {
    nd_decoder *decoder = nd_allocate_zero(1, sizeof *decoder);
    if (!decoder) return nd_fail_memory(error);
    decoder->iconv = begins_as_name(charset) ? iconv_open("UTF-8", charset) : (iconv_t)-1;
    if (decoder->iconv == (iconv_t)-1) {
        nd_free(decoder);
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "the charset \"%s\" is not known here; `iconv -l` lists those that are", charset);
    }
    *decoder_out = decoder;
    return NEARDUP_OK;
}

nd_decoder *nd_decoder_create_utf16(bool big_endian) {
    nd_decoder *decoder = nd_allocate_zero(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->utf16 = true;
    decoder->big_endian = big_endian;
    return decoder;
}

void nd_decoder_free(nd_decoder *decoder) {
    if (!decoder) return;
    if (!decoder->utf16) iconv_close(decoder->iconv);
    nd_buffer_release(&decoder->rest);
    nd_free(decoder);
}

void nd_decoder_reset(nd_decoder *decoder) {
    if (!decoder->utf16) iconv(decoder->iconv, NULL, NULL, NULL, NULL);
    decoder->rest.size = 0;
}

/* ---- UTF-16 ---- */

static uint32_t unit_at(const nd_decoder *d, const unsigned char *data) {
    return d->big_endian ? (uint32_t)data[0] << 8 | data[1] : (uint32_t)data[1] << 8 | data[0];
}

/* Decodes what of d->rest is complete (all of it when `last`) and keeps the remainder. */
static neardup_status decode_utf16(nd_decoder *d, bool last, nd_buffer *out) {
    const uint32_t replacement = 0xfffd;
    const unsigned char *data = (const unsigned char *)d->rest.data;
    size_t size = d->rest.size, at = 0;
    /* Two bytes become three at most, one odd byte at the end three; nd_utf8_write wants room for four. */
    if (size > SIZE_MAX / 4 || nd_buffer_reserve(out, size / 2 * 3 + 4)) return NEARDUP_ERROR_MEMORY;
    unsigned char *to = (unsigned char *)out->data + out->size;
    while (size - at >= 2) {
        uint32_t code = unit_at(d, data + at);
        size_t used = 2;
        if (code >= 0xdc00 && code < 0xe000) {
            code = replacement;
        } else if (code >= 0xd800 && code < 0xdc00) {
            if (size - at < 4 && !last) break;
            uint32_t low = size - at < 4 ? 0 : unit_at(d, data + at + 2);
            bool pair = low >= 0xdc00 && low < 0xe000;
            code = pair ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : replacement;
            used = pair ? 4 : 2;
        }
        to += nd_utf8_write(code, to);
        at += used;
    }
    if (last && at < size) {
        to += nd_utf8_write(replacement, to);
        at = size;
    }
    out->size = (size_t)(to - (unsigned char *)out->data);
    if (at < size) memmove(d->rest.data, d->rest.data + at, size - at);
    d->rest.size = size - at;
    return NEARDUP_OK;
}

/* ---- iconv ---- */

/* One call of iconv, with more room in `out` as long as it asks for it. `input` NULL: ends the text. */
static neardup_status convert(nd_decoder *d, char **input, size_t *left, nd_buffer *out) {
    enum { ROOM = 64 };
    for (;;) {
        size_t room = (left ? *left + *left / 2 : 0) + ROOM;
        if (nd_buffer_reserve(out, room)) return NEARDUP_ERROR_MEMORY;
        char *to = out->data + out->size;
        room = out->capacity - out->size;
        size_t result = iconv(d->iconv, input, left, &to, &room);
        int number = errno;
        out->size = (size_t)(to - out->data);
        if (result != (size_t)-1) return NEARDUP_OK;
        if (number == EINVAL) return NEARDUP_END; /* the input ends inside a character */
        if (number != E2BIG) return NEARDUP_ERROR_SOURCE;
    }
}

static neardup_status decode_iconv(nd_decoder *d, bool last, nd_buffer *out) {
    char *input = d->rest.data;
    size_t left = d->rest.size;
    neardup_status status = left ? convert(d, &input, &left, out) : NEARDUP_OK;
    if (status < 0) return status;
    if (last) {
        if (left) return NEARDUP_ERROR_SOURCE;
        d->rest.size = 0;
        return convert(d, NULL, NULL, out);
    }
    if (left) memmove(d->rest.data, input, left);
    d->rest.size = left;
    return NEARDUP_OK;
}

neardup_status nd_decoder_feed(nd_decoder *decoder, const void *data, size_t size, bool last, nd_buffer *out) {
    neardup_status status = nd_buffer_append(&decoder->rest, data, size);
    if (status) return status;
    return decoder->utf16 ? decode_utf16(decoder, last, out) : decode_iconv(decoder, last, out);
}
