#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the linker sees of the libraries: check_symbols.py HEADER STATIC SHARED COMMAND

The shared library exports what HEADER declares with NEARDUP_API and nothing else; what crosses files is named nd_* or
neardup_*; the library's objects never print, exit or read the environment, and hold no data that can change. COMMAND
(the archive of what the command adds) is held to the names only. Needs nm and objdump."""
import re
import subprocess
import sys

NAME = re.compile(r"(neardup|nd)_\w+$")
# Calls that belong to programs, not to libraries. assert() is among them: a library that finds itself broken
# returns an error.
FORBIDDEN = re.compile(
    r"(__)?(v?f?printf|v?dprintf)(_chk)?|puts|putchar|f?putc|fputs|perror|psignal|v?(err|warn)x?|v?syslog"
    r"|stdin|stdout|stderr|_?_?exit|_Exit|quick_exit|atexit|on_exit|abort|__assert(_fail|_perror_fail)?|raise|kill"
    r"|signal|sigaction|(secure_)?getenv|setenv|putenv|environ|setlocale|srandom?|s?rand|random"
)
# objdump's line for a symbol: value, seven flags (the sixth is "d" for a section itself), section, size, visibility,
# name.
SYMBOL = re.compile(r"^[0-9a-f]+ .{5}[^d]. (\S+)\t[0-9a-f]+ +(?:\.hidden )?(\S+)$", re.M)
# Constant after loading (.data.rel.ro holds constant pointers) is constant enough.
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)(\..*)?|\*COM\*")


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def symbols(path, *options):
    """Names that nm lists, without the version a shared library may put behind them."""
    lines = output("nm", "--format=posix", *options, path).splitlines()
    return {line.split()[0].split("@")[0] for line in lines if line and not line.endswith(":")}


def declared(header):
    text = re.sub(r"/\*.*?\*/", "", open(header, encoding="utf-8").read(), flags=re.S)
    return set(re.findall(r"^NEARDUP_API\b[^;(]*?(\w+)\s*\(", text, re.M))


def writable(archive):
    """The archive's variables that lie in a section which can be written to."""
    return {name for section, name in SYMBOL.findall(output("objdump", "--syms", archive))
            if WRITABLE.fullmatch(section)}


def complaints(header, static, shared, command):
    public, exported = declared(header), symbols(shared, "--dynamic", "--defined-only")
    if not public:
        yield f"{header}: no NEARDUP_API declaration found"
    for name in sorted(public - exported):
        yield f"{name}: declared in neardup.h, but the shared library does not export it"
    for name in sorted(exported - public):
        yield f"{name}: exported by the shared library, but not declared in neardup.h"
    for name in sorted(name for name in public if not name.startswith("neardup_")):
        yield f"{name}: public, but not named neardup_*"
    for archive in (static, command):
        for name in sorted(symbols(archive, "--extern-only", "--defined-only")):
            if not NAME.match(name):
                yield f"{name}: crosses files in {archive}, but is not named nd_* or neardup_*"
    for name in sorted(symbols(static, "--undefined-only")):
        if FORBIDDEN.fullmatch(name):
            yield f"{name}: not for a library to use"
    for name in sorted(writable(static)):
        yield f"{name}: data of the library that can change"


def main():
    found = list(complaints(*sys.argv[1:5]))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
