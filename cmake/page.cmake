# SPDX-License-Identifier: MIT
# Puts the page of the HTML report together: cmake -DSOURCES=src/report/html -DOUT=page.c -P page.cmake
#
# The modules are written as modules and become one script: each is a function that returns what it exports, which those
# behind it see by name, so that their imports go. The page's policy names script and style by their hashes, so that nothing else
# runs, whatever the data are. What comes out is an array of bytes in C.

# In an order in which each comes behind those it imports.
set(modules format elements model words alignment rows chart list minimap comparison subjects catalogue detail overview
    keyboard page)

set(script "")
foreach(module ${modules})
    file(READ ${SOURCES}/${module}.js text)
    string(REGEX REPLACE "\nimport [^;]*;" "" text "${text}")
    string(REGEX REPLACE "^// SPDX[^\n]*\n" "" text "${text}")
    string(REGEX MATCHALL "\nexport [^(={]*" exports "${text}")
    string(REGEX REPLACE "\nexport (async )?[a-z]+ " "" exports "${exports}")
    string(REPLACE ";" "," exports "${exports}")
    string(REGEX REPLACE "\nexport " "\n" text "${text}")
    string(APPEND script "const { ${exports} } = (() => {\n${text}\nreturn { ${exports} };\n})();\n")
endforeach()
file(READ ${SOURCES}/page.css style)

# The policy wants base64: three hexadecimal digits are two of base64.
function(policy_hash text hash_out)
    set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    string(SHA256 hex "${text}")
    set(base64 "")
    foreach(at RANGE 0 63 3)
        string(SUBSTRING "${hex}00" ${at} 3 group)
        math(EXPR high "0x${group} >> 6")
        math(EXPR low "0x${group} & 63")
        string(SUBSTRING ${digits} ${high} 1 high)
        string(SUBSTRING ${digits} ${low} 1 low)
        string(APPEND base64 ${high}${low})
    endforeach()
    string(SUBSTRING ${base64} 0 43 base64)
    set(${hash_out} "'sha256-${base64}='" PARENT_SCOPE)
endfunction()

policy_hash("${script}" script_hash)
policy_hash("${style}" style_hash)
file(READ ${SOURCES}/index.html page)
foreach(part script_hash style_hash script style)
    string(REPLACE "@${part}@" "${${part}}" page "${page}")
endforeach()

file(WRITE ${OUT}.html "${page}")
file(READ ${OUT}.html bytes HEX)
file(REMOVE ${OUT}.html)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUT} "#include \"report/html_page.h\"\n\nconst unsigned char nd_html_page[] = {\n${bytes}0};\n")
