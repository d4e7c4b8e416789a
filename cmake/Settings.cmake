# How everything here is compiled.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG")  # a lab waits for the kernel; learners wait for the compiler
set(CMAKE_CXX_FLAGS_DEBUG "-g1")             # the lines of a stack trace
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 8)
  message(FATAL_ERROR "g++ 8 or newer is needed; on Ubuntu 18.04: apt install g++-8, then -DCMAKE_CXX_COMPILER=g++-8")
endif()

option(LAB_SANITIZE "build with the address and undefined behaviour sanitizers" OFF)

# lab_settings: the warnings, the sanitizers and the link flags that every target here shares.
add_library(lab_settings INTERFACE)
target_compile_options(lab_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
# A lab is started often, and starting must not take longer than its work: the C++ runtime is linked in rather than
# looked for, what no one calls is left out, and a program at a fixed address has nothing to relocate.
target_link_libraries(lab_settings INTERFACE -static-libstdc++ -static-libgcc)
if(NOT LAB_SANITIZE)
  target_compile_options(lab_settings INTERFACE -fno-pie -ffunction-sections -fdata-sections)
  target_link_libraries(lab_settings INTERFACE -no-pie -Wl,--gc-sections)
endif()
# Links in half the time; some distributions have it in a package of its own. The sanitizers' symbols are not for it.
find_program(LAB_GOLD ld.gold)
if(LAB_GOLD AND NOT LAB_SANITIZE)
  target_link_libraries(lab_settings INTERFACE -fuse-ld=gold)
endif()
if(CMAKE_GENERATOR STREQUAL Ninja)
  target_compile_options(lab_settings INTERFACE -fdiagnostics-color=always)  # Ninja takes them out where there is no terminal
endif()
# Before version 9, libstdc++ had std::filesystem in a library of its own, whichever the compiler.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_FLAGS -std=c++17)
check_cxx_source_compiles("#include <filesystem>
  int main() { return std::filesystem::exists(\"/\") ? 0 : 1; }" LAB_FILESYSTEM_IS_LINKED)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT LAB_FILESYSTEM_IS_LINKED)
  target_link_libraries(lab_settings INTERFACE stdc++fs)
endif()
if(LAB_SANITIZE)
  add_library(lab_sanitizers INTERFACE)
  set(flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(lab_sanitizers INTERFACE ${flags})
  target_link_libraries(lab_sanitizers INTERFACE ${flags})
else()
  add_library(lab_sanitizers INTERFACE)
endif()

# The headers of others that most files here include, compiled once, where CMake can do that.
option(LAB_PRECOMPILE "read the headers of others from a precompiled one; off, each file must include what it uses" ON)
if(CMAKE_VERSION VERSION_LESS 3.16)
  set(LAB_PRECOMPILE OFF)
endif()

# precompile_headers(<target>): for this target, and for those with the same flags that ask for it by
# reuse_headers(<target> <that target>).
function(precompile_headers target)
  if(LAB_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <algorithm> <filesystem> <fstream> <functional> <map> <memory> <optional> <set>
      <sstream> <string> <vector> <fmt/core.h>)
    # What ccache knows it by, where CCACHE_PCH_EXTSUM tells it to, or it would read its 70 MB for each file that is compiled.
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.gch.sum
      "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}; fmt: ${lab_fmt_SOURCE}\n")
  endif()
endfunction()
function(reuse_headers target owner)
  if(LAB_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()
