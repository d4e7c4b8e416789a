# A build inside the source tree would mix its files with the labs.
if(CMAKE_SOURCE_DIR STREQUAL CMAKE_BINARY_DIR)
  message(FATAL_ERROR
    "This tree is not built in place. Type one of these instead:\n"
    "  ./lab setup\n"
    "  mkdir -p build && cd build && cmake .. && cmake --build .\n"
    "and remove what this attempt left here:\n"
    "  rm -rf CMakeCache.txt CMakeFiles")
endif()
