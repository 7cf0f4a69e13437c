# SPDX-License-Identifier: MIT
# neardup_optional(NAME MODULE PURPOSE)
#
# An optional dependency, never silent: declares the cache option NEARDUP_<NAME> = AUTO | ON | OFF, looks for the
# pkg-config module MODULE as it says (ON: it must be there), prints the outcome, and sets NEARDUP_HAVE_<NAME>. Where
# that is true there is a target PkgConfig::<NAME> to link with.
function(neardup_optional name module purpose)
    set(NEARDUP_${name} AUTO CACHE STRING "${purpose} with ${module}: AUTO (where it is there), ON or OFF")
    set_property(CACHE NEARDUP_${name} PROPERTY STRINGS AUTO ON OFF)
    string(TOUPPER "${NEARDUP_${name}}" wanted)
    set(have FALSE)
    if(wanted STREQUAL "AUTO")
        pkg_check_modules(${name} QUIET IMPORTED_TARGET ${module})
        if(${name}_FOUND)
            set(have TRUE)
        endif()
    elseif(wanted)
        pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
        set(have TRUE)
    endif()
    if(have)
        message(STATUS "${purpose}: with ${module} ${${name}_VERSION} (NEARDUP_${name}=${wanted})")
    else()
        message(STATUS "${purpose}: without ${module} (NEARDUP_${name}=${wanted})")
    endif()
    set(NEARDUP_HAVE_${name} ${have} PARENT_SCOPE)
endfunction()
