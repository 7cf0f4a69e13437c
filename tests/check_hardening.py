#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What was built is guarded as cmake/NeardupHardening.cmake asks, and calls nothing recursively but what is named here:
check_hardening.py [--fortified] BINARY LIBRARY"""
import argparse
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

# Functions that call themselves, and what bounds them.
RECURSIVE = {
    "distribute": "base/sort.c: every call knows at least five more of 64 bits, so at most 13 deep",
    "empty_folder": "io/tree.c: no deeper than there are descriptors, 1,024 by default",
}


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@functools.cache
def disassemble(path):
    return output_of("objdump", "-d", "--no-show-raw-insn", path)


def check_headers(path, program):
    """What the linker did, by readelf."""
    headers, dynamic = output_of("readelf", "-hlW", path), output_of("readelf", "-dW", path)
    segments = [line.split() for line in headers.splitlines() if re.match(r"\s+(LOAD|GNU_\w+)\s+0x", line)]
    flags = {}
    for fields in segments:
        flags.setdefault(fields[0], []).append("".join(fields[6:-1]))
    faults = []
    if "Type:                              DYN" not in headers:
        faults.append("is not position-independent")
    if program and "INTERP" not in headers:
        faults.append("is no program")
    if "GNU_RELRO" not in flags:
        faults.append("has no read-only relocations")
    if not re.search(r"\(BIND_NOW\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW", dynamic):
        faults.append("binds functions late")
    if "E" in "".join(flags.get("GNU_STACK", ["E"])):
        faults.append("has an executable stack")
    if any("W" in f and "E" in f for f in flags.get("LOAD", [])):
        faults.append("has memory that is written and executed")
    if "TEXTREL" in dynamic:
        faults.append("changes its code while it is loaded")
    return faults


def check_code(path, fortified):
    """What the compiler did, by the functions that are called and the notes that are left."""
    imported = output_of("nm", "-D", "--undefined-only", path)
    faults = []
    if "__stack_chk_fail" not in imported:
        faults.append("has no stack canaries")
    if fortified and not re.search(r"__\w+_chk\b", imported.replace("__stack_chk_fail", "")):
        faults.append("has no checked copies (_FORTIFY_SOURCE)")
    if re.search(r"\b(mprotect|pkey_mprotect|dlopen|execve?|system|popen)\b", imported):
        faults.append("calls what it should not: " + ", ".join(re.findall(r"\b(mprotect|dlopen|system|popen)\b", imported)))
    # The note that switches the check on is there only where the C library's own files have it; so look at the code.
    if os.uname().machine == "x86_64" and len(re.findall(r">:\n\s*\S+\s+endbr64", disassemble(path))) < 100:
        faults.append("has no landing places for indirect jumps")
    return faults


def read_calls(path):
    """Who calls whom, by address: direct calls, and jumps to the beginning of another function."""
    names, calls, here = {}, {}, None
    for line in disassemble(path).splitlines():
        begin = re.match(r"([0-9a-f]+) <(.+)>:$", line)
        if begin:
            here = int(begin[1], 16)
            names[here] = re.sub(r"\.(constprop|part|isra|cold)(\.\d+)?", "", begin[2])
            calls[here] = set()
        call = re.search(r"\t(callq?|jmpq?|bl?)\s+([0-9a-f]+) <[^+>]+>$", line)
        if call and here is not None and (call[1].startswith("c") or int(call[2], 16) != here):
            calls[here].add(int(call[2], 16))
    return names, calls


def reaches(calls, begin):
    """Whether a function comes back to itself."""
    seen, left = set(), list(calls[begin])
    while left:
        at = left.pop()
        if at == begin:
            return True
        if at in seen or at not in calls:
            continue
        seen.add(at)
        left.extend(calls[at])
    return False


def check_recursion(path):
    names, calls = read_calls(path)
    if len(names) < 100:
        return [f"cannot be read: {len(names)} functions"]
    found = {names[at] for at in calls if reaches(calls, at)} - {name for name in RECURSIVE}
    return [f"calls itself: {name}" for name in sorted(found)]


def check_memory(binary):
    """No memory of a running process is both written and executed, and only its owner reads its temporary files."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([binary, "dedup", "-q", "-j", "2", "-m", "64M", "--tmpdir", folder, "-"],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        line = b'{"text":"%s"}\n'
        for i in range(20000): # more than fits, so that some of it is on disk
            process.stdin.write(line % b" ".join(b"%d" % (i * 7919 + k) for k in range(80)))
        process.stdin.flush()
        faults = []
        for _ in range(200): # until something is
            maps = open(f"/proc/{process.pid}/maps").read()
            faults += [f"has writable code: {m}" for m in maps.splitlines() if re.match(r"\S+ \S?wx", m)]
            links = [(f"/proc/{process.pid}/fd/{fd}", os.readlink(f"/proc/{process.pid}/fd/{fd}"))
                     for fd in os.listdir(f"/proc/{process.pid}/fd")]
            spilled = [(fd, name) for fd, name in links if name.startswith(folder)]
            if spilled or faults:
                break
            time.sleep(.05)
        if not spilled:
            faults.append("had no temporary files, so nothing was seen")
        for fd, name in spilled:
            mode = os.stat(fd).st_mode & 0o777
            if mode != 0o600 or not name.endswith("(deleted)"):
                faults.append(f"has a temporary file {name} of mode {mode:o}")
        if os.listdir(folder):
            faults.append("has temporary files with a name")
        process.stdin.close()
        if process.wait() != 0:
            faults.append(f"ended with {process.returncode}")
        return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fortified", action="store_true")
    parser.add_argument("binary")
    parser.add_argument("library")
    o = parser.parse_args()
    if not all(shutil.which(tool) for tool in ("readelf", "nm", "objdump")):
        print("check_hardening: needs binutils")
        return 77
    os.umask(0)
    faults = []
    for path, program in ((o.binary, True), (o.library, False)):
        found = check_headers(path, program) + check_code(path, o.fortified)
        found += check_recursion(path) if program else []
        faults += [f"{path} {fault}" for fault in found]
    faults += [f"{o.binary} {fault}" for fault in check_memory(o.binary)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
