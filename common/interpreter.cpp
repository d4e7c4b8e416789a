#include "interpreter.h"

#include <elf.h>

#include <cstring>

#include "procfs.h"

namespace lab {

std::string interpreter_of(const std::string& program) {
  const std::string bytes = read_file(program);
  if (bytes.rfind("#!", 0) == 0) {
    const size_t begin = bytes.find_first_not_of(" \t", 2);
    return begin == std::string::npos
               ? ""
               : bytes.substr(begin, bytes.find_first_of(" \t\n", begin) - begin);
  }
  Elf64_Ehdr header{};
  if (bytes.size() < sizeof header || bytes.rfind(ELFMAG, 0) != 0 || bytes[EI_CLASS] != ELFCLASS64)
    return "";
  std::memcpy(&header, bytes.data(), sizeof header);
  for (size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const size_t at = header.e_phoff + i * sizeof segment;
    if (at > bytes.size() || bytes.size() - at < sizeof segment) return "";
    std::memcpy(&segment, bytes.data() + at, sizeof segment);
    if (segment.p_type == PT_INTERP && segment.p_offset < bytes.size())
      return &bytes[segment.p_offset];
  }
  return "";
}

}  // namespace lab
