#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The checks find what they are there to find: each is given small trees with one fault each, and one without."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
LICENCE = "/* SPDX-License-Identifier: MIT */\n"
HEADER = LICENCE + """/*
 *     int one = neardup_one();   its only number
 *     (void)one;
 */
#define NEARDUP_API __attribute__((visibility("default")))
/* One. */
NEARDUP_API int neardup_one(void);
"""
SOURCE = LICENCE + """#include "neardup.h"

static const char *const words[] = {"one", "two"};

int neardup_one(void) { return words[0][0] == 'o'; }
"""


class Tree(unittest.TestCase):
    """A folder with a project of one header and one source."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.write("src/neardup.h", HEADER)
        self.write("src/base/one.c", SOURCE)
        self.write("README.md", "")
        shutil.copy(HERE.parent / ".clang-format", self.root)

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run_check(self, name, *arguments):
        command = [sys.executable, HERE / name] if name.endswith(".py") else [HERE / name]
        return subprocess.run([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def assert_clean(self, result):
        self.assertEqual(result.returncode, 0, result.stdout)

    def assert_found(self, result, words):
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(words, result.stdout)


class Floors(Tree):
    def check(self):
        return self.run_check("check_floors.py", self.root / "src")

    def test_downward(self):
        self.write("src/text/token.c", '#include "base/one.h"\n#include <stdio.h>\n')
        self.write("src/base/one.h", "")
        self.assert_clean(self.check())

    def test_wrong_ways(self):
        for includer, target in (("base/two.c", "text/token.h"), ("engine/run.c", "io/corpus.h"),
                                 ("io/corpus.c", "match/verify.h"), ("cli/main.c", "engine/run.h"),
                                 ("match/a.c", "passage/b.h"), ("io/corpus.c", "report/report.h")):
            with self.subTest(includer):
                self.setUp()
                self.write(f"src/{target}", "")
                self.write(f"src/{includer}", f'\n#include "{target}"\n')
                self.assert_found(self.check(), f':2: {includer.split("/")[0]}/ may not include "{target}"')

    def test_hidden_ways(self):
        self.write("src/neardup.h", HEADER + '#include "base/one.h"\n')
        self.write("src/base/one.h", '#include "../text/token.h"\n#  include <text/token.h>\n')
        self.write("src/text/token.h", "")
        self.write("src/misc/odd.c", "")
        result = self.check()
        for words in ("may include nothing of ours", "not a path from src/", "<text/token.h> is ours", "not a floor"):
            self.assert_found(result, words)


class Files(Tree):
    def check(self):
        return self.run_check("check_files.py", self.root)

    def test_clean(self):
        self.assert_clean(self.check())

    def test_long(self):
        self.write("src/base/one.c", LICENCE + "\n" * 600)
        self.assert_found(self.check(), "601 lines")

    def test_licence(self):
        self.write("tools/one.sh", "#!/bin/sh\n")
        self.assert_found(self.check(), "0 licence lines")

    def test_unexplained(self):
        more = "NEARDUP_API int neardup_two(void);\n\nNEARDUP_API int neardup_three(void);\n"
        self.write("src/neardup.h", HEADER + more)
        result = self.check()
        self.assert_found(result, "neardup.h:11: public, without a comment")
        self.assertNotIn("neardup.h:9", result.stdout)


class Format(Tree):
    def check(self):
        result = self.run_check("check_format.sh", self.root)
        if result.returncode == 77:
            self.skipTest(result.stdout)
        return result

    def test_clean(self):
        self.write("src/base/one.c", LICENCE + "int one(void) { return 1; }\n")
        self.assert_clean(self.check())

    def test_misplaced(self):
        self.write("bench/one.c", "int  one( void );\n")
        self.assertNotEqual(self.check().returncode, 0)


class Built(Tree):
    """Checks of the built libraries."""

    def build(self, more="", header=""):
        self.write("src/neardup.h", HEADER + header)
        self.write("src/base/one.c", SOURCE + more)
        for command in (["cc", "-O0", "-fPIC", "-fvisibility=hidden", "-Isrc", "-c", "src/base/one.c"],
                        ["ar", "rc", "libneardup.a", "one.o"], ["cc", "-shared", "-o", "libneardup.so", "one.o"]):
            subprocess.run(command, cwd=self.root, check=True)
        return self.root / "libneardup.a", self.root / "libneardup.so"

    def symbols(self, more="", header=""):
        static, shared = self.build(more, header)
        return self.run_check("check_symbols.py", self.root / "src/neardup.h", static, shared, static)

    def test_clean(self):
        self.assert_clean(self.symbols("int nd_two(void);\nint nd_two(void) { return 2; }\n"))

    def test_symbols(self):
        for more, words in (
                ('int nd_two(void) { return 2; }\n__attribute__((visibility("default"))) int nd_two(void);\n',
                 "nd_two: exported by the shared library, but not declared"),
                ("int two(void) { return 2; }\n", "two: crosses files"),
                ("#include <stdio.h>\nint nd_two(void) { return printf(\"2\"); }\n", "printf: not for a library"),
                ("#include <stdio.h>\nint nd_two(void) { return fputc(2, stderr); }\n", "stderr: not for a library"),
                ("#include <stdlib.h>\nvoid nd_two(void) { abort(); }\n", "abort: not for a library"),
                ("#include <assert.h>\nvoid nd_two(int n) { assert(n); }\n", "__assert_fail: not for a library"),
                ("#include <stdlib.h>\nchar *nd_two(void) { return getenv(\"TWO\"); }\n", "getenv: not for a library"),
                ("int nd_two;\n", "nd_two: data of the library that can change"),
                ("int nd_two(void) { static int count = 7; return count++; }\n", "count.0: data of the library"),
                ("static _Thread_local int last;\nint nd_two(void) { return last++; }\n", "last: data of the library")):
            with self.subTest(words):
                self.assert_found(self.symbols(more), words)

    def test_not_exported(self):
        self.assert_found(self.symbols(header="/* Two. */\nNEARDUP_API int neardup_two(void);\n"),
                          "neardup_two: declared in neardup.h, but the shared library does not export it")

    def examples(self, readme="", header=""):
        _, shared = self.build(header=header)
        self.write("README.md", readme)
        return self.run_check("check_examples.py", "--header", self.root / "src/neardup.h", "--readme",
                              self.root / "README.md", "--library", shared, "--binary", shared)

    def test_examples(self):
        self.assert_clean(self.examples("```sh\ntrue | true\n```\n\n```c\nif (neardup_one() != 1) return 7;\n```\n"))

    def test_bad_examples(self):
        for readme, header in (("```text\n37 sheep\n```\n", ""), ("```sh\nfalse\ntrue\n```\n", ""),
                               ("```c\nneardup_two();\n```\n", ""),
                               ("```c\nif (neardup_one() == 1) return 7;\n```\n", ""),
                               ("", "/*\n *     int number = neardup_two();\n */\n")):
            with self.subTest(readme + header):
                self.assert_found(self.examples(readme, header), " 1 failed")

    def man(self, page, example="neardup scan"):
        """Holds a command that has the options --one and --two against a manual page."""
        self.write("page", f'.SH "NEARDUP scan"\n{page}.SH EXAMPLES\n.EX\n{example}\n.EE\n')
        self.write("neardup", f"""#!/bin/sh
case "$*" in
--man) cat {self.root}/page ;;
--help) echo '  neardup scan [OPTIONS] PATH...  find' ;;
*--help*) printf '  -o, --one N    one\\n      --two      two\\n' ;;
esac
""")
        (self.root / "neardup").chmod(0o755)
        return self.run_check("check_man.py", self.root / "neardup", HERE.parent / "fixtures")

    def test_man(self):
        one, two = "\\fB\\-o\\fR, \\fB\\-\\-one\\fR \\fIN\\fR\n", "\\fB\\-\\-two\\fR\n"
        self.assert_clean(self.man(one + two))
        self.assert_found(self.man(one), "the manual page lacks --two of scan")
        self.assert_found(self.man(one + two, "neardup scan; false"), "exit 1 from this example")


if __name__ == "__main__":
    unittest.main()
