# add_lab(NN-name): everything that labs/NN-name/ and its tests are built into.
#
#   lab-NN-name              the primitives, a library on top of those of the lab before
#   NN-name                  the lab: main.cpp and the reference
#   NN-name-exercise         the same main.cpp with the learner's exercise.cpp in place of the reference
#   escape-*                 the attacks, linked statically: they run inside images that have no libraries
#   check-NN-name            the checks of this lab and of the labs before it
#   NN-name-wrong-*          wrong implementations, each of which one check must find
# The target `labs` makes what a learner needs.
add_custom_target(labs)

function(add_lab name)
  set(dir ${CMAKE_SOURCE_DIR}/labs/${name})
  get_property(previous GLOBAL PROPERTY LAB_PREVIOUS)
  if(NOT previous)
    set(previous common)
  endif()

  file(GLOB primitives ${dir}/*.cpp)
  list(FILTER primitives EXCLUDE REGEX "/(main|exercise|escape_[^/]*)\\.cpp$")
  add_library(lab-${name} STATIC ${primitives})
  target_include_directories(lab-${name} PUBLIC ${dir})
  target_link_libraries(lab-${name} PUBLIC ${previous})

  add_executable(${name} ${dir}/main.cpp)
  target_link_libraries(${name} PRIVATE lab-${name})

  add_executable(${name}-exercise ${dir}/main.cpp ${dir}/exercise.cpp)
  target_include_directories(${name}-exercise PRIVATE ${dir})
  target_link_libraries(${name}-exercise PRIVATE ${previous})

  file(GLOB escapes ${dir}/escape_*.cpp)
  foreach(source ${escapes})
    get_filename_component(escape ${source} NAME_WE)
    string(REPLACE "_" "-" escape ${escape})
    add_static_program(${escape} ${source})
    add_dependencies(labs ${escape})
  endforeach()

  add_checks(${name})
  set_property(GLOBAL PROPERTY LAB_PREVIOUS lab-${name})
endfunction()

# add_facts(<target> <file>): an object library, which CMake 3.10 cannot yet link to what it uses.
function(add_facts target file)
  add_library(${target} OBJECT ${CMAKE_SOURCE_DIR}/tests/labs/${file})
  foreach(property INCLUDE_DIRECTORIES COMPILE_OPTIONS COMPILE_DEFINITIONS)
    set_property(TARGET ${target} PROPERTY ${property} $<TARGET_PROPERTY:check_support,${property}>)
  endforeach()
endfunction()

# The facts of tests/labs/facts_NN_name.cpp hold from lab NN on: each check program has those of the labs before it.
function(add_checks name)
  string(REPLACE "-" "_" file facts_${name})
  add_facts(facts-${name} ${file}.cpp)
  set_property(GLOBAL APPEND PROPERTY LAB_FACTS $<TARGET_OBJECTS:facts-${name}>)
  get_property(facts GLOBAL PROPERTY LAB_FACTS)
  add_executable(check-${name} ${facts} $<TARGET_OBJECTS:facts-host> $<TARGET_OBJECTS:facts-contract>)
  target_link_libraries(check-${name} PRIVATE check_support)
  add_dependencies(check-${name} ${name} probe)
  add_test(NAME check-${name} COMMAND check-${name})
  set_tests_properties(check-${name} PROPERTIES LABELS checks)
  add_dependencies(labs check-${name} ${name} ${name}-exercise)
endfunction()

# add_static_program(<name> <source>...): a program that runs in any image, and without the sanitizers' libraries.
function(add_static_program name)
  add_executable(${name} ${ARGN})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  target_link_libraries(${name} PRIVATE -static)
endfunction()

