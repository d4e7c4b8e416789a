# add_lab(NN-name [STANDALONE] [LIBRARIES library...]): everything that labs/NN-name/ and its tests are built into.
# STANDALONE: it starts no container of its own, so no lab builds on it, and its checks are about itself alone.
#
#   lab-NN-name              the primitives, a library on top of those of the lab before
#   NN-name                  the lab: main.cpp and the reference
#   NN-name-exercise         the same main.cpp with the learner's exercise.cpp, where there is one, in place of the reference
#   escape-*                 the attacks, linked statically: they run inside images that have no libraries
#   guest-init               of guest_*.cpp, where they are there: the first process of a virtual machine, static too
#   check-NN-name            the checks of this lab and, unless it stands alone, of the labs before it
#   NN-name-wrong-*          wrong implementations, each of which one check must find
# The target `labs` makes what a learner needs.
add_custom_target(labs)

function(add_lab name)
  cmake_parse_arguments(lab "STANDALONE" "" "LIBRARIES" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/labs/${name})
  get_property(previous GLOBAL PROPERTY LAB_PREVIOUS)
  if(NOT previous)
    set(previous common)
  endif()

  file(GLOB primitives ${dir}/*.cpp)
  list(FILTER primitives EXCLUDE REGEX "/(main|exercise|guest_init|escape_[^/]*)\\.cpp$")
  add_library(lab-${name} STATIC ${primitives})
  target_include_directories(lab-${name} PUBLIC ${dir})
  target_link_libraries(lab-${name} PUBLIC ${previous} ${lab_LIBRARIES})
  reuse_headers(lab-${name} common)

  add_objects(main-${name} lab-${name} ${dir}/main.cpp)
  reuse_headers(main-${name} common)
  add_executable(${name} $<TARGET_OBJECTS:main-${name}>)
  target_link_libraries(${name} PRIVATE lab-${name})

  if(EXISTS ${dir}/exercise.cpp AND NOT LAB_SANITIZE)  # unwritten, it would only be compiled
    add_executable(${name}-exercise $<TARGET_OBJECTS:main-${name}> ${dir}/exercise.cpp)
    # The functions that the exercise defines are taken from it; what else the lab has comes from its library.
    target_link_libraries(${name}-exercise PRIVATE lab-${name})
    reuse_headers(${name}-exercise common)
    add_dependencies(labs ${name}-exercise)
  endif()

  if(NOT LAB_SANITIZE)  # they are wrong by intent
    add_faults(${name})
  endif()

  file(GLOB escapes ${dir}/escape_*.cpp)
  foreach(source ${escapes})
    get_filename_component(escape ${source} NAME_WE)
    string(REPLACE "_" "-" escape ${escape})
    add_static_program(${escape} ${source})
    add_dependencies(labs ${escape})
  endforeach()

  if(EXISTS ${dir}/guest_init.cpp)
    add_guest_init(${name})
  endif()

  add_checks(${name} ${lab_STANDALONE} ${lab_LIBRARIES})
  if(NOT lab_STANDALONE)
    set_property(GLOBAL PROPERTY LAB_PREVIOUS lab-${name})
  endif()
endfunction()

# Each file in tests/faults/NN-name/ defines, wrongly, a function of the lab's primitive. It stands before the
# reference, and the linker takes the first definition.
function(add_faults name)
  file(GLOB faults ${CMAKE_SOURCE_DIR}/tests/faults/${name}/*.cpp)
  foreach(source ${faults})
    get_filename_component(fault ${source} NAME_WE)
    string(REPLACE "_" "-" fault ${name}-wrong-${fault})
    add_executable(${fault} $<TARGET_OBJECTS:main-${name}> ${source})
    target_link_libraries(${fault} PRIVATE lab-${name} -Wl,--allow-multiple-definition)
    reuse_headers(${fault} common)
  endforeach()
endfunction()

# add_objects(<target> <library> <source>): an object library that uses <library>, which CMake 3.10 cannot yet link.
function(add_objects target library source)
  add_library(${target} OBJECT ${source})
  foreach(property INCLUDE_DIRECTORIES COMPILE_OPTIONS COMPILE_DEFINITIONS)
    set_property(TARGET ${target} PROPERTY ${property} $<TARGET_PROPERTY:${library},${property}>)
  endforeach()
endfunction()

# add_facts(<target> <file>): a file of checks in tests/labs/.
function(add_facts target file)
  add_objects(${target} check_support ${CMAKE_SOURCE_DIR}/tests/labs/${file})
  reuse_headers(${target} check_support)
endfunction()

# The facts of tests/labs/facts_NN_name.cpp hold from lab NN on: each check program has those of the labs before it.
# They may use the libraries that the lab uses.
function(add_checks name standalone)
  string(REPLACE "-" "_" file facts_${name})
  add_facts(facts-${name} ${file}.cpp)
  foreach(library ${ARGN})
    set_property(TARGET facts-${name} APPEND PROPERTY
      INCLUDE_DIRECTORIES $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
  set(facts $<TARGET_OBJECTS:facts-${name}>)
  if(NOT standalone)
    set_property(GLOBAL APPEND PROPERTY LAB_FACTS ${facts})
    get_property(facts GLOBAL PROPERTY LAB_FACTS)
    list(APPEND facts $<TARGET_OBJECTS:facts-contract>)
  endif()
  add_executable(check-${name} ${facts} $<TARGET_OBJECTS:facts-host>)
  target_link_libraries(check-${name} PRIVATE check_support)
  add_dependencies(check-${name} ${name} probe)
  set(extent)
  if(LAB_SANITIZE)  # what the sanitizers find in a lab's code they find in the lab that it came with
    set(extent --own)
  endif()
  add_test(NAME check-${name} COMMAND check-${name} ${extent})
  # LeakSanitizer asks /proc for its own threads, which a process whose root is an image does not find.
  set_tests_properties(check-${name} PROPERTIES LABELS checks ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
  string(SUBSTRING ${name} 0 2 number)
  set_tests_properties(check-${name} PROPERTIES COST 1${number})  # before all else, the later labs first: they take longer
  add_dependencies(labs check-${name} ${name})
endfunction()

# add_static_program(<name> <source>...): a program that runs in any image, and without the sanitizers' libraries.
function(add_static_program name)
  add_executable(${name} ${ARGN})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  target_link_libraries(${name} PRIVATE -static)
endfunction()

# guest-init has the parts of common/ and of the labs that need no shared library (libmnl is one). The sanitizers cannot
# be linked statically: beside them, these parts are compiled once more.
function(add_guest_init name)
  set(labs ${CMAKE_SOURCE_DIR}/labs)
  add_static_program(guest-init ${labs}/${name}/guest_init.cpp)
  set(folders ${labs}/${name} ${labs}/05-netns-veth ${labs}/03-mount-ns ${labs}/01-chroot ${CMAKE_SOURCE_DIR}/common)
  set(parts lab-${name} lab-05-netns-veth lab-03-mount-ns lab-01-chroot common lab_fmt_functions)
  if(LAB_SANITIZE)
    file(GLOB sources ${CMAKE_SOURCE_DIR}/common/*.cpp ${labs}/${name}/guest_*.cpp)
    list(FILTER sources EXCLUDE REGEX "/(app|container_state|netlink|netlink_text|guest_init)\\.cpp$")
    add_library(guest-parts STATIC ${sources} ${labs}/${name}/frames.cpp ${labs}/${name}/frame_link.cpp
      ${labs}/${name}/look.cpp ${labs}/05-netns-veth/host_files.cpp ${labs}/03-mount-ns/mount_namespace.cpp
      ${labs}/01-chroot/chroot.cpp ${CMAKE_SOURCE_DIR}/cmake/fmt.cpp)
    target_include_directories(guest-parts PRIVATE ${folders})
    target_include_directories(guest-parts SYSTEM PRIVATE $<TARGET_PROPERTY:lab_fmt,INTERFACE_INCLUDE_DIRECTORIES>)
    target_link_libraries(guest-parts PRIVATE lab_settings)
    set(parts guest-parts)
  endif()
  target_include_directories(guest-init PRIVATE ${folders})
  target_include_directories(guest-init SYSTEM PRIVATE $<TARGET_PROPERTY:lab_fmt,INTERFACE_INCLUDE_DIRECTORIES>)
  foreach(part ${parts}) # not as targets, which would bring their shared libraries along
    add_dependencies(guest-init ${part})
    target_link_libraries(guest-init PRIVATE $<TARGET_FILE:${part}>)
  endforeach()
  target_link_libraries(guest-init PRIVATE -s lab_settings lab_cap)
  add_dependencies(${name} guest-init)
endfunction()
