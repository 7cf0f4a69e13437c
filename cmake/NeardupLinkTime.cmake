# SPDX-License-Identifier: MIT
# Optimisation across files: what is small and called often is mostly in another file than who calls it. Objects carry both
# kinds of code, so that any linker can use the static library, and only what users run is linked again and again from
# the other kind: tests would take minutes to link.
#
# neardup_link_time_prepare(TARGET...): objects of which something may be made that way, where the compiler can.
# neardup_link_time(TARGET...): what is made that way from them, in builds for users.
include(CheckCCompilerFlag)

check_c_compiler_flag("-flto=auto -ffat-lto-objects" NEARDUP_HAVE_LINK_TIME)
if(NEARDUP_HAVE_LINK_TIME AND NOT NEARDUP_SANITIZE AND NOT NEARDUP_COVERAGE)
    set(link_time $<CONFIG:Release,RelWithDebInfo>)
else()
    set(link_time 0)
endif()

function(neardup_link_time_prepare)
    foreach(target ${ARGN})
        target_compile_options(${target} PRIVATE $<${link_time}:-flto=auto> $<${link_time}:-ffat-lto-objects>)
    endforeach()
endfunction()

function(neardup_link_time)
    neardup_link_time_prepare(${ARGN})
    foreach(target ${ARGN})
        target_link_options(${target} PRIVATE $<${link_time}:-flto=auto>)
    endforeach()
endfunction()
