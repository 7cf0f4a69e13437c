/* SPDX-License-Identifier: MIT */
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/value.h"

unsigned nd_terminal_columns(FILE *out) {
    enum { USUAL = 80, MOST = 1000 };
    const char *variable = getenv("COLUMNS");
    uint64_t columns;
    if (variable && nd_value_count(variable, &columns) && columns > 0) return columns < MOST ? (unsigned)columns : MOST;
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col < MOST ? size.ws_col : MOST;
    return USUAL;
}

bool nd_terminal_is_colored(FILE *out, nd_when when) {
    if (when != ND_WHEN_AUTO) return when == ND_WHEN_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(out)) && !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0;
}
