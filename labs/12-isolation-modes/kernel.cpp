#include "kernel.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <vector>

#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// As far as the release may lie from the beginning.
constexpr size_t kHead = 64 << 10;

constexpr const char* kHowToFetch =
    "rootfs-scripts/fetch-kernel.sh fetches one; or name another: --kernel FILE";

std::string head_of(const fs::path& file) {
  const UniqueFd fd = sys::open(file, O_RDONLY);
  std::string head(kHead, '\0');
  const ssize_t size = ::read(fd.get(), head.data(), head.size());
  if (size == -1) throw SyscallError({"read", {CString(file)}}, errno);
  head.resize(static_cast<size_t>(size));
  return head;
}

bool has(const std::string& head, size_t at, const std::string& magic) {
  return head.compare(at < head.size() ? at : head.size(), magic.size(), magic) == 0;
}

bool is_bzimage(const std::string& head) {
  return has(head, 0x202, "HdrS");
}

// Of ARM there is an Image, which may be packed: by gzip, or in an EFI program that unpacks itself.
bool is_for_this_processor(const std::string& head) {
#ifdef __x86_64__
  return is_bzimage(head);
#else
  return has(head, 56, "ARM\x64") || has(head, 0, "\x1f\x8b") || has(head, 4, "zimg");
#endif
}

// The folders in lib/modules beside the kernel.
std::vector<fs::path> folders_of_modules(const fs::path& kernel) {
  std::vector<fs::path> folders;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(kernel.parent_path() / "lib/modules", none))
    folders.push_back(entry.path());
  return folders;
}

fs::path modules_beside(const Kernel& kernel) {
  const std::vector<fs::path> folders = folders_of_modules(kernel.file);
  for (const fs::path& folder : folders) {
    if (folder.filename() == kernel.release || (kernel.release.empty() && folders.size() == 1))
      return folder;
  }
  if (folders.empty()) return {};
  throw Error(fmt::format("the modules beside {} are of {}, and it is {}", kernel.file.string(),
                          folders.front().filename().string(),
                          kernel.release.empty() ? "of an unknown release" : kernel.release),
              "a kernel loads its own modules only; rootfs-scripts/fetch-kernel.sh fetches both");
}

}  // namespace

std::string release_in(const std::string& head) {
  if (!is_bzimage(head)) return "";
  const auto byte = [&](size_t at) {
    return static_cast<size_t>(static_cast<unsigned char>(head[at]));
  };
  const size_t begin = (byte(0x20e) | byte(0x20f) << 8) + 0x200;
  if (begin >= head.size()) return "";
  return head.substr(begin, head.find_first_of(std::string(" \0", 2), begin) - begin);
}

Kernel find_kernel(const fs::path& given) {
  Kernel kernel;
  if (listing()) return kernel;
  kernel.file = fs::is_directory(given) ? given / "vmlinuz" : given;
  if (!fs::exists(kernel.file))
    throw Error(fmt::format("there is no kernel: {}", kernel.file.string()), kHowToFetch);
  const std::string head = head_of(kernel.file);
  if (!is_for_this_processor(head))
    throw Error(fmt::format("{} is no kernel for this processor", kernel.file.string()),
                kHowToFetch);
  kernel.release = release_in(head);
  kernel.modules = modules_beside(kernel);
  const fs::path unpacked = kernel.file.parent_path() / ("vmlinux-" + kernel.release);
  if (fs::exists(unpacked)) kernel.unpacked = unpacked;
  return kernel;
}

}  // namespace lab
