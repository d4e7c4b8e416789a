#include "image.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

#include "sys.h"

namespace check {
namespace fs = std::filesystem;
namespace sys = lab::sys;
namespace {

struct Places {
  std::string images, image, image_on_disk, token, secret_file, secret;
} places;

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

void make_image(const fs::path& directory) {
  for (const char* name : {"bin", "dev", "etc", "mnt", "proc", "root", "sys", "tmp"})
    fs::create_directories(directory / name);
  const fs::path programs = binary_directory();
  fs::copy_file(programs / "probe", directory / "probe", fs::copy_options::overwrite_existing);
  for (const fs::directory_entry& entry : fs::directory_iterator(programs)) {
    const std::string name = entry.path().filename();
    if (name.rfind("escape-", 0) == 0)
      fs::copy_file(entry, directory / name, fs::copy_options::overwrite_existing);
  }
  write_file(directory / "token", places.token);
  write_file(directory / "not-executable", "no program\n");
}

// Ranges of ids for root's containers (lab 09), whatever this machine gives to whom.
void prepare_subordinate_ids(const fs::path& scratch) {
  for (const auto& [name, range] :
       {std::pair{"subuid", "root:200000:65536\n"}, {"subgid", "root:270000:65536\n"}}) {
    write_file(scratch / name, range);
    if (fs::exists(fs::path("/etc") / name))
      sys::mount(scratch / name, fs::path("/etc") / name, nullptr, MS_BIND);
  }
}

// The learner's own build directory must stay so, although the checks run as root.
void give_to_owner_of_build(const fs::path& path) {
  struct stat owner {};
  if (::stat(binary_directory().c_str(), &owner) == -1) return;
  if (::lchown(path.c_str(), owner.st_uid, owner.st_gid) == -1)
    throw fs::filesystem_error("lchown", path, {errno, std::generic_category()});
}

// A directory that is named for this process and goes with it. What a process that was killed left
// is swept by the next one.
struct OnDisk {
  explicit OnDisk(const fs::path& parent) : directory(parent / std::to_string(::getpid())) {
    for (const fs::directory_entry& entry : fs::directory_iterator(parent)) {
      std::error_code swept_by_another;
      if (!fs::exists("/proc" / entry.path().filename())) fs::remove_all(entry, swept_by_another);
    }
  }
  OnDisk(const OnDisk&) = delete;
  OnDisk& operator=(const OnDisk&) = delete;
  ~OnDisk() {
    std::error_code already_gone;
    fs::remove_all(directory, already_gone);
  }

  fs::path directory;
};

}  // namespace

std::string random_token() {
  static std::random_device random;
  std::string token;
  for (int i = 0; i < 16; ++i) token += static_cast<char>('a' + random() % 26);
  return token;
}

std::string binary_directory() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

void prepare_images() {
  const fs::path scratch = fs::path(binary_directory()).parent_path() / "scratch";
  for (const fs::path& directory : {scratch, scratch / "on-disk", scratch / "tmpfs"}) {
    fs::create_directory(directory);
    give_to_owner_of_build(directory);
  }
  // On a Host the disks are read-only; these must not be, or a lab that writes into its image is not found out.
  sys::mount(scratch / "on-disk", scratch / "on-disk", nullptr, MS_BIND);
  sys::mount("lab-checks", scratch / "tmpfs", "tmpfs", 0, "mode=755");

  prepare_subordinate_ids(scratch / "tmpfs");

  places.token = random_token();
  places.secret = random_token();
  places.images = scratch;
  places.image = scratch / "tmpfs/image";
  places.secret_file = scratch / "tmpfs/secret";
  write_file(places.secret_file, places.secret);
  make_image(places.image);

  static const OnDisk on_disk(scratch / "on-disk");
  places.image_on_disk = on_disk.directory;
  make_image(places.image_on_disk);
  give_to_owner_of_build(places.image_on_disk);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(places.image_on_disk))
    give_to_owner_of_build(entry);
}

const std::string& images() {
  return places.images;
}
const std::string& image() {
  return places.image;
}
const std::string& image_on_disk() {
  return places.image_on_disk;
}
const std::string& token() {
  return places.token;
}
const std::string& secret_file() {
  return places.secret_file;
}
const std::string& secret() {
  return places.secret;
}

std::string new_image() {
  std::string directory = places.image + "-" + random_token();
  make_image(directory);
  return directory;
}

}  // namespace check
