#include "exercise.h"

#include <fmt/core.h>

#include "error.h"

namespace lab {

void not_written(const char* function) {
  throw Error(fmt::format("{}() is not written yet", function),
              "it is in this lab's exercise.cpp, with what it must do in the comment above it",
              kNotWritten);
}

}  // namespace lab
