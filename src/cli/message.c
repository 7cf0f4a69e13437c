/* SPDX-License-Identifier: MIT */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/wording.h"

/* Where there is no memory left at all: it is what has to be said then. */
static void say_plainly(char *text) {
    for (char *at = text; *at; at++)
        if (*at < ' ' || *at > '~') *at = '?';
    fprintf(stderr, "neardup: %s\n", text);
}

void nd_message(const char *format, ...) {
    char text[4096], line[4 * sizeof text + 16]; /* a byte is shown as four characters at the most */
    va_list arguments;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 loses sight of va_start here */
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    FILE *out = fmemopen(line, sizeof line, "w");
    if (!out) {
        say_plainly(text);
        return;
    }
    fputs("neardup: ", out);
    nd_write_visible(out, (nd_span){text, strlen(text)});
    putc('\n', out);
    long size = ftell(out);
    fclose(out);
    fwrite(line, 1, (size_t)size, stderr); /* one write, so that lines of several processes do not mix */
}
