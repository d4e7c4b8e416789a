// What a program says on stdout.
#pragma once

#include <string>

namespace lab {

/// Writes to stdout, at once. Errors: SyscallError.
void print(const std::string& text);

/// The text in that colour, an SGR code such as "33" or "31;1"; plain where stdout is no terminal, or
/// NO_COLOR is set.
std::string coloured(const char* colour, const std::string& text);

}  // namespace lab
