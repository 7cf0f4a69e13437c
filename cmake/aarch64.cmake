# SPDX-License-Identifier: MIT
# Toolchain: Debian's cross compiler for AArch64, the libraries that tools/arm64-libraries.sh unpacked into build/arm64,
# and an emulator to run what was built (for tests, and make_tables).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(arm64_root ${CMAKE_CURRENT_LIST_DIR}/../build/arm64)
get_filename_component(arm64_root ${arm64_root} ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH ${arm64_root})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)

# pkgconf knows only these modules: what is installed for this machine must not be found.
set(ENV{PKG_CONFIG_LIBDIR} ${arm64_root}/usr/lib/aarch64-linux-gnu/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${arm64_root})

# The libraries' own libraries are there too.
set(arm64_libraries -Wl,-rpath-link,${arm64_root}/usr/lib/aarch64-linux-gnu)
set(CMAKE_EXE_LINKER_FLAGS_INIT ${arm64_libraries})
set(CMAKE_SHARED_LINKER_FLAGS_INIT ${arm64_libraries})
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)
