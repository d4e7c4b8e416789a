#include "shared_use.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "error.h"
#include "flags.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// The errno; 0 where the directory, `top` or one below it, is there. Others cannot write to it, whatever
// the umask: they would have a say in which locks hold.
int make_directories(const fs::path& directory, const fs::path& top) {
  std::error_code unknown;
  if (fs::exists(directory, unknown)) return 0;
  if (directory != top) {
    if (const int error = make_directories(directory.parent_path(), top); error != 0) return error;
  }
  return ::mkdir(directory.c_str(), 0755) == 0 || errno == EEXIST ? 0 : errno;
}

UniqueFd open_or_make(const fs::path& file, const fs::path& top) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC;
  const Call call{"open", {CString(file), Arg::literal(open_flags(flags)), Arg::literal("0600")}};
  for (int tries = 1;; ++tries) {
    UniqueFd fd;
    int error = make_directories(file.parent_path(), top);
    if (error == 0) {
      fd.reset(::open(file.c_str(), flags, 0600));
      error = fd ? 0 : errno;
    }
    // The last one in the directory may have removed it in between, again and again.
    constexpr int kEnough = 1000;
    if (error == ENOENT && tries < kEnough) continue;
    tell_call(call, fd.get(), error);
    if (error != 0) throw SyscallError(call, error);
    return fd;
  }
}

// Empty where another has it and `operation` does not wait.
UniqueFd open_locked(const fs::path& file, const fs::path& top, int operation) {
  for (;;) {
    UniqueFd fd = open_or_make(file, top);
    if (!sys::flock(fd.get(), operation)) return {};
    if (leads_to(file, fd)) return fd;
  }
}

// The directories up to `top` go with their last file.
void remove_file(const fs::path& file, const fs::path& top) noexcept {
  ::unlink(file.c_str());
  for (fs::path directory = file; directory != top;) {
    directory = directory.parent_path();
    if (::rmdir(directory.c_str()) == -1) return;
  }
}

void write_record(const UniqueFd& fd, const std::string& record) {
  const auto size = static_cast<off_t>(record.size());
  if (::ftruncate(fd.get(), size) == -1 ||
      ::pwrite(fd.get(), record.data(), record.size(), 0) != size)
    throw SyscallError({"write", {fd.get(), record.c_str()}}, errno);
}

// For the first user, who has `use` locked; what one that was killed left goes before.
void make_first(const SharedUse::Thing& thing, const UniqueFd& use) {
  const fs::path file = kLockDirectory / thing.name;
  if (const std::string left = read_file(file); !left.empty()) thing.unmake(left);
  write_record(use, "");
  std::string record;
  try {
    record = thing.plan();
    write_record(use, record);
    thing.make(record);
  } catch (...) {
    if (!record.empty()) thing.unmake(record);
    remove_file(file, kLockDirectory);
    throw;
  }
}

// Making and taking away: one at a time on this host.
LockFile alone() {
  return LockFile::lock(kLockDirectory / "lock");
}

}  // namespace

bool leads_to(const fs::path& path, const UniqueFd& file) {
  struct stat ours {
  }, there{};
  return ::fstat(file.get(), &ours) == 0 && ::stat(path.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

LockFile LockFile::try_lock(const fs::path& file, const fs::path& top) {
  return {file, top, open_locked(file, top, LOCK_EX | LOCK_NB)};
}

LockFile LockFile::lock(const fs::path& file, const fs::path& top) {
  return {file, top, open_locked(file, top, LOCK_EX)};
}

LockFile::~LockFile() {
  if (fd_) remove_file(file_, top_);  // before it is unlocked, or it might be the next holder's
}

SharedUse::SharedUse(Thing thing) : thing_(std::move(thing)) {
  const fs::path file = kLockDirectory / thing_.name;
  const LockFile mutex = alone();
  UniqueFd use = open_locked(file, kLockDirectory, LOCK_EX | LOCK_NB);
  if (use) {
    make_first(thing_, use);
    sys::flock(use.get(), LOCK_SH);  // not atomic, but the mutex holds back all who ask for it
  } else {
    use = open_locked(file, kLockDirectory, LOCK_SH);
  }
  use_ = std::move(use);
}

SharedUse::~SharedUse() {
  if (!use_) return;
  use_.reset();
  exit_status_of([&] {
    sweep(thing_);
    return EXIT_SUCCESS;
  });
}

void SharedUse::sweep(const Thing& thing) {
  const fs::path file = kLockDirectory / thing.name;
  if (listing() || !fs::exists(file)) return;
  const LockFile mutex = alone();
  if (!fs::exists(file)) return;  // someone else was faster
  const UniqueFd use = open_locked(file, kLockDirectory, LOCK_EX | LOCK_NB);
  if (!use) return;  // someone uses it
  thing.unmake(read_file(file));
  remove_file(file, kLockDirectory);
}

}  // namespace lab
