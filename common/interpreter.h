// What the kernel must find beside a program to run it.
#pragma once

#include <string>

namespace lab {

/// The dynamic loader that an ELF program names (PT_INTERP, elf(5)), or the interpreter after a
/// script's #!, as the kernel takes them: a carriage return is a part of the name, and any byte may
/// be in it. Empty where the file needs neither, or cannot be read.
std::string interpreter_of(const std::string& program);

}  // namespace lab
