# SPDX-License-Identifier: MIT
# A thin layer over the presets of CMakePresets.json. Only demo, test and packages may install something.

PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# More for CMake, such as -DNEARDUP_WERROR=ON.
CMAKE_FLAGS ?=

bench_tools = cmake --build --preset release --target generate exact
configure_release = cmake --preset release -DCMAKE_INSTALL_PREFIX="$(PREFIX)"

.PHONY: all demo test check asan tsan faults hostile valgrind analyse fuzz mutations neon bench measure profile coverage \
	pictures format install clean packages help

all: ## build the command and the library (the default)
	$(configure_release) $(CMAKE_FLAGS)
	cmake --build --preset release --target product -j $(JOBS)

demo: ## install what is missing, build, and scan the example articles
	@tools/install-packages.sh build
	@$(MAKE) --no-print-directory all
	@echo
	build/release/neardup scan --exclude truth.json fixtures/newswire

test: packages ## install what is missing, build, and run every test
	@$(MAKE) --no-print-directory check

check: ## build and run every test
	$(configure_release) -DNEARDUP_TESTS=ON $(CMAKE_FLAGS)
	cmake --build --preset release -j $(JOBS)
	ctest --preset release -j $(JOBS)

asan tsan: ## run every test under the address and undefined behaviour, or the thread, sanitizer
	cmake --preset $@ $(CMAKE_FLAGS)
	cmake --build --preset $@ -j $(JOBS)
	ctest --preset $@ -j $(JOBS)

faults: ## make every system call that can fail do so, one by one (two hours or more)
	$(configure_release) -DNEARDUP_TESTS=ON $(CMAKE_FLAGS)
	cmake --build build/release -j $(JOBS) --target neardup meddle
	NEARDUP_TEST_FAULTS=all tests/check_faults.py build/release/neardup build/release/tests/meddle

hostile: ## run what is meant to break it at full size (half an hour; 10 GB below TMPDIR)
	$(configure_release) -DNEARDUP_TESTS=ON $(CMAKE_FLAGS)
	cmake --build build/release -j $(JOBS) --target neardup neardup_shared
	tests/check_hostile.py build/release/neardup build/release/src/libneardup.so --extended

# Whether the kernels are right can be seen in an emulator, not how fast they are.
neon: ## build for AArch64 and run the tests of what kernels make in an emulator (fetches what that needs)
	@if tools/install-packages.sh neon && tools/arm64-libraries.sh build/arm64; then \
		cmake --preset neon $(CMAKE_FLAGS) && cmake --build --preset neon -j $(JOBS) && ctest --preset neon -j $(JOBS); \
	else echo "neon: NOT TESTED: the packages it needs could not be had"; fi

bench: all ## measure speed against cp, zstd and others, and quality against the exact answer
	$(bench_tools)
	bench/run.py
	bench/quality.py --documents 3000

measure: all ## measure at full size and keep what comes out in bench/results (an hour; 20 GB below TMPDIR)
	$(bench_tools)
	bench/run.py --documents 1000000 --store
	bench/quality.py --store
	bench/scale.py --store

profile: all ## show where the time of a scan goes, by stage (needs linux-perf)
	$(bench_tools)
	cmake --preset profile && cmake --build --preset profile -j $(JOBS)
	bench/profile.py

valgrind: all ## run the demonstration under valgrind
	valgrind --quiet --error-exitcode=1 --leak-check=full build/release/neardup scan fixtures/newswire >/dev/null

analyse: ## have cppcheck, gcc -fanalyzer and clang-tidy read the source (a few minutes)
	@tools/install-packages.sh build test analyse
	@JOBS=$(JOBS) tools/analyse.sh

fuzz: ## run every fuzz target for MINUTES (20) minutes
	@tools/install-packages.sh build test fuzz
	@JOBS=$(JOBS) tools/fuzz.sh -m $(or $(MINUTES),20)

mutations: ## break the source in sixty places and look whether tests notice (an hour)
	@tools/install-packages.sh build test
	tools/mutations.py --first -j $(JOBS)

coverage: ## count the lines of src/ that the tests execute
	JOBS=$(JOBS) tools/coverage.sh

pictures: all ## draw the pictures of terminals in README.md anew
	tools/terminal.py build/release/neardup

format: ## lay out the code as .clang-format says
	clang-format -i $$(git ls-files '*.c' '*.h')

# Builds only what was never built, so that root leaves no files of its own in the build folder.
install: ## install under DESTDIR and PREFIX (/usr/local)
	@test -x build/release/neardup || $(MAKE) --no-print-directory all
	cmake --install build/release --prefix "$(PREFIX)"

clean: ## remove everything that was built
	rm -rf build

packages: ## install what building and testing need
	@tools/install-packages.sh build test
	@tools/install-browser.sh build/browser

help: ## list what make can do
	@sed -n 's/^\([a-z ]*\):.*## /\1:/p' Makefile | awk -F: '{ printf "make %-10s %s\n", $$1, $$2 }'
