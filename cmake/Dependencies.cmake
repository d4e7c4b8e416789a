# CLI11, fmt, doctest and nlohmann_json: their headers. In this order:
#   1. the folder -DLAB_DEPS_DIR=DIR (DIR/CLI11, DIR/fmt, ...: their source trees), for a room without internet;
#   2. the distribution's package, where it is new enough;
#   3. the pinned commit, fetched once with git into .lab/deps.
set(LAB_DEPS_DIR "" CACHE PATH "source trees of CLI11, fmt, doctest and nlohmann_json, to be used instead of packages")

# lab_fetch(<name> <repository> <commit> <out>): the source tree of that commit, fetched unless it is there.
function(lab_fetch name repository commit out)
  set(tree ${CMAKE_SOURCE_DIR}/.lab/deps/${name}-${commit})
  if(NOT EXISTS ${tree})
    find_package(Git REQUIRED)
    message(STATUS "${name}: fetching ${commit} from ${repository}")
    set(partial ${tree}.partial)
    file(REMOVE_RECURSE ${partial})
    file(MAKE_DIRECTORY ${partial})
    foreach(step "init;-q" "fetch;-q;--depth;1;${repository};${commit}" "checkout;-q;FETCH_HEAD")
      execute_process(COMMAND ${GIT_EXECUTABLE} ${step} WORKING_DIRECTORY ${partial} RESULT_VARIABLE failed)
      if(failed)
        file(REMOVE_RECURSE ${partial})
        message(FATAL_ERROR "${name}: git ${step} failed. Without internet, give the source trees: -DLAB_DEPS_DIR=DIR")
      endif()
    endforeach()
    file(RENAME ${partial} ${tree})
  endif()
  set(${out} ${tree} PARENT_SCOPE)
endfunction()

# lab_dependency(<name> <package target> <oldest version> <include dir in the source tree> <header> <repository> <commit>)
# makes the target lab_<name>, and sets lab_<name>_SOURCE: where it is from, and which version.
function(lab_dependency name package_target oldest include_dir header repository commit)
  add_library(lab_${name} INTERFACE)
  if(LAB_DEPS_DIR)
    set(tree ${LAB_DEPS_DIR}/${name})
    set(source "from ${tree}")
    if(NOT EXISTS ${tree}/${include_dir}/${header})
      message(FATAL_ERROR "LAB_DEPS_DIR has no ${name}: ${tree}/${include_dir}/${header} is missing")
    endif()
  else()
    find_package(${name} ${oldest} CONFIG QUIET)
    if(TARGET ${package_target})
      set(source "${${name}_VERSION}, the distribution's package")
      set(includes $<TARGET_PROPERTY:${package_target},INTERFACE_INCLUDE_DIRECTORIES>)
    else()
      lab_fetch(${name} ${repository} ${commit} tree)
      set(source "commit ${commit}")
    endif()
  endif()
  if(tree)
    set(includes ${tree}/${include_dir})
  endif()
  target_include_directories(lab_${name} SYSTEM INTERFACE ${includes})  # SYSTEM: the warnings of others are theirs
  message(STATUS "${name}: ${source}")
  set(lab_${name}_SOURCE "${source}" PARENT_SCOPE)
endfunction()

lab_dependency(CLI11 CLI11::CLI11 2.1 include CLI/CLI.hpp
  https://github.com/CLIUtils/CLI11.git 291c58789c031208f08f4f261a858b5b7083e8e2)
lab_dependency(fmt fmt::fmt-header-only 8 include fmt/format.h
  https://github.com/fmtlib/fmt.git a33701196adfad74917046096bf5a2aa0ab0bb50)
add_library(lab_fmt_functions STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
target_include_directories(lab_fmt_functions SYSTEM PRIVATE $<TARGET_PROPERTY:lab_fmt,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(lab_fmt_functions PRIVATE lab_settings lab_sanitizers)
target_link_libraries(lab_fmt INTERFACE lab_fmt_functions)
lab_dependency(doctest doctest::doctest 2.4.6 . doctest/doctest.h
  https://github.com/doctest/doctest.git b7c21ec5ceeadb4951b00396fc1e4642dd347e5f)
lab_dependency(nlohmann_json nlohmann_json::nlohmann_json 3.9 include nlohmann/json.hpp
  https://github.com/nlohmann/json.git bc889afb4c5bf1c0d8ee29ef35eaaf4c8bef8a5d)

# lab_c_library(<name> <header> <library names> <package>) makes the target lab_<name>. These are in C and in every
# distribution: always its package.
function(lab_c_library name header library package)
  find_path(${name}_INCLUDE_DIR ${header})
  find_library(${name}_LIBRARY NAMES ${library})
  if(NOT ${name}_INCLUDE_DIR OR NOT ${name}_LIBRARY)
    message(FATAL_ERROR "lib${name} is missing: apt-get install ${package}")
  endif()
  add_library(lab_${name} INTERFACE)
  target_include_directories(lab_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIR})
  target_link_libraries(lab_${name} INTERFACE ${${name}_LIBRARY})
  message(STATUS "lib${name}: ${${name}_LIBRARY}")
endfunction()

# Linked in where the package has the archive: a library that is not looked for costs nothing at the start.
lab_c_library(mnl libmnl/libmnl.h mnl libmnl-dev)
lab_c_library(cap sys/capability.h "libcap.a;cap" libcap-dev)
lab_c_library(seccomp seccomp.h "libseccomp.a;seccomp" libseccomp-dev)
lab_c_library(archive archive.h "libarchive.a;archive" libarchive-dev)
