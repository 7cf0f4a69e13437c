# SPDX-License-Identifier: MIT
# neardup_harden(): what compiler and linker can add against mistakes that tests did not find, where they know it:
# checked copies and formats, stack canaries and probes, checked indirect jumps, code at random addresses, tables that are
# read-only once the program has been loaded, and no memory that is both written and executed. tests/check_hardening.py
# looks whether what was built has them; README.md of tests says what they cost.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)

macro(neardup_harden)
    check_pie_supported(LANGUAGES C)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
    foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard)
        string(MAKE_C_IDENTIFIER "NEARDUP_HAVE_${flag}" have)
        check_c_compiler_flag(${flag} ${have})
        if(${have})
            add_compile_options(${flag})
        endif()
    endforeach()
    foreach(flag -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
        string(MAKE_C_IDENTIFIER "NEARDUP_HAVE_${flag}" have)
        check_linker_flag(C ${flag} ${have})
        if(${have})
            add_link_options(${flag})
        endif()
    endforeach()
    # Needs the optimiser. Some systems' compilers define it already.
    add_compile_options($<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE>
                        $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=3>)
endmacro()
