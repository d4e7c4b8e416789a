#include "initramfs.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "error.h"
#include "nameless_file.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kPage = 4096;

Error unreadable(const fs::path& path, int error) {
  return {fmt::format("{}: {}", path.string(), std::strerror(error)), ""};
}

// What an image has that this user may not read: of a folder, what is in it.
bool may_read(const fs::path& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return ::access(path.c_str(), R_OK) == 0;
  return !S_ISDIR(status.st_mode) || ::access(path.c_str(), R_OK | X_OK) == 0;
}

struct stat status_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == -1) throw unreadable(path, errno);
  return status;
}

// Calls `visit` with each file of the image, folders before what is in them, first the image
// itself.
void for_each_file(const fs::path& image,
                   const std::function<void(const fs::path&, const struct stat&)>& visit) {
  const dev_t file_system = status_of(image / ".").st_dev;
  const std::function<void(const fs::path&)> descend = [&](const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      const struct stat status = status_of(entry->path());
      visit(entry->path(), status);
      const bool here = status.st_dev == file_system;
      if (S_ISDIR(status.st_mode) && here && may_read(entry->path(), status))
        descend(entry->path());
    }
    if (error) throw unreadable(folder, error.value());
  };
  visit(image, status_of(image / "."));
  descend(image);
}

// Of one archive, written to a file.
class Archive {
 public:
  explicit Archive(int fd) : archive_(::archive_write_new(), ::archive_write_free) {
    check(::archive_write_set_format_cpio_newc(archive_.get()));
    check(::archive_write_set_bytes_per_block(archive_.get(), 1 << 20));
    check(::archive_write_set_bytes_in_last_block(archive_.get(), 1));
    check(::archive_write_open_fd(archive_.get(), fd));
  }

  void add(const AddedFile& file) {
    struct stat status {};
    status.st_mode = file.mode;
    status.st_nlink = 1;
    status.st_size = static_cast<off_t>(file.content.size());
    write_header(file.path, status, "");
    write(file.content.data(), file.content.size());
  }

  /// `path` is where it lies here, `name` where it is to lie.
  void add(const fs::path& path, const std::string& name, struct stat status) {
    if (!S_ISREG(status.st_mode)) status.st_size = 0;
    const bool again = S_ISREG(status.st_mode) && status.st_nlink > 1 && !number(status);
    if (again) status.st_size = 0;  // its first name has the content
    std::array<char, 4096> target{};
    if (S_ISLNK(status.st_mode) && ::readlink(path.c_str(), target.data(), target.size() - 1) == -1)
      throw unreadable(path, errno);
    write_header(name, status, target.data());
    if (status.st_size > 0) write_content(path);
  }

  void close() { check(::archive_write_close(archive_.get())); }

 private:
  // Hard links have one number in the archive, too; of its own, for it has 32 bits there. True
  // where it is the first of them.
  bool number(struct stat& status) {
    const auto next = static_cast<ino_t>(numbers_.size() + 1);
    const auto [known, is_new] = numbers_.insert({{status.st_dev, status.st_ino}, next});
    status.st_ino = known->second;
    status.st_dev = 0;
    return is_new;
  }

  void write_header(const std::string& name, const struct stat& status, const char* target) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(::archive_entry_new(),
                                                                         ::archive_entry_free);
    struct stat written = status;
    if (!S_ISREG(status.st_mode) || status.st_nlink == 1) written.st_ino = 0;
    ::archive_entry_copy_stat(entry.get(), &written);
    ::archive_entry_copy_pathname(entry.get(), name.c_str());
    if (S_ISLNK(status.st_mode)) ::archive_entry_copy_symlink(entry.get(), target);
    check(::archive_write_header(archive_.get(), entry.get()));
  }

  void write(const char* bytes, size_t size) {
    if (::archive_write_data(archive_.get(), bytes, size) == -1) check(ARCHIVE_FATAL);
  }

  // What a file grows by meanwhile is left out, and what it shrinks by is zeros.
  void write_content(const fs::path& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file) throw unreadable(path, errno);
    std::array<char, 1 << 16> buffer;
    ssize_t got = 0;
    while ((got = ::read(file.get(), buffer.data(), buffer.size())) > 0)
      write(buffer.data(), static_cast<size_t>(got));
    if (got == -1) throw unreadable(path, errno);
  }

  void check(int result) {
    if (result >= ARCHIVE_WARN) return;
    throw Error(
        fmt::format("the image cannot be packed: {}", ::archive_error_string(archive_.get())),
        ::archive_errno(archive_.get()) == ENOSPC || ::archive_errno(archive_.get()) == ENOMEM
            ? "this host has too little memory for it"
            : "");
  }

  std::unique_ptr<archive, int (*)(archive*)> archive_;
  std::map<std::pair<dev_t, ino_t>, ino_t> numbers_;
};

}  // namespace

std::uint64_t memory_to_unpack(const fs::path& image) {
  std::uint64_t packed = 0, unpacked = 0;
  if (listing()) return 0;
  for_each_file(image, [&](const fs::path& path, const struct stat& status) {
    const auto size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    packed += size + path.native().size() + 128;            // its header
    unpacked += (size + kPage - 1) / kPage * kPage + 1024;  // its inode and its name
  });
  return packed + 2 * unpacked;
}

UniqueFd pack_image(const fs::path& image, const std::vector<AddedFile>& added) {
  UniqueFd packed;
  step("pack-image", "the image as an archive: the kernel unpacks it into its memory, as its root",
       [&] {
         for (const AddedFile& file : added) {
           if (fs::exists(fs::symlink_status(image / file.path)))
             throw Error(fmt::format("the image has /{} already", file.path),
                         "that name is the lab's own");
         }
         packed = nameless_file("initramfs");
         Archive archive(packed.get());
         std::string left_out;
         for_each_file(image, [&](const fs::path& path, const struct stat& status) {
           const std::string name = path == image ? "." : path.lexically_relative(image).string();
           const bool readable = may_read(path, status);
           if (!readable) left_out += " /" + name;
           if (readable || S_ISDIR(status.st_mode)) archive.add(path, name, status);
         });
         if (!left_out.empty())
           say("without root: not in the machine is what you may not read of the image:" +
               left_out + "\n");
         for (const AddedFile& file : added) archive.add(file);
         archive.close();
         tell("packed", fmt::format("{} KiB", ::lseek(packed.get(), 0, SEEK_END) / 1024));
       });
  return packed;
}

}  // namespace lab
