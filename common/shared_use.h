// What several labs on a host use at once, kept in files under /run/lab: locks held open. A lock
// ends with the process that holds it, also by SIGKILL, so what it stands for is free again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "unique_fd.h"

namespace lab {

inline const std::filesystem::path kLockDirectory = "/run/lab";

/// Does `path` still lead to what is open here? Who waited for a lock on a file may find, once it has
/// it, that the holder before removed the file, and that another one has its name.
bool leads_to(const std::filesystem::path& path, const UniqueFd& file);

/// A file that is locked as long as this object lives (flock(2)), and removed with it.
class LockFile {
 public:
  LockFile() = default;

  /// Locks `file`, made where it is missing, for one holder at a time; empty where another has it. It
  /// lies below `top`: this directory and those below are made, and go when they are empty.
  static LockFile try_lock(const std::filesystem::path& file,
                           const std::filesystem::path& top = kLockDirectory);
  /// The same, waiting for the other to let go.
  static LockFile lock(const std::filesystem::path& file,
                       const std::filesystem::path& top = kLockDirectory);

  LockFile(LockFile&&) = default;
  LockFile& operator=(LockFile&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(top_, other.top_);
    std::swap(fd_, other.fd_);
    return *this;
  }
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile();

  explicit operator bool() const { return static_cast<bool>(fd_); }

  void let_go() {
    fd_.reset();
  }  ///< in a child that lives on: the lock is its parent's, and ends with it

 private:
  LockFile(std::filesystem::path file, std::filesystem::path top, UniqueFd fd)
      : file_(std::move(file)), top_(std::move(top)), fd_(std::move(fd)) {}
  std::filesystem::path file_, top_;
  UniqueFd fd_;
};

/// Something on the host that the first of several users makes and the last one takes away. What is
/// going to be made is written down before it is made: where the last user was killed, at whatever
/// moment, the next one, or sweep(), takes away what the record says.
class SharedUse {
 public:
  /// The three run alone among all users of the host. They all get, or give, the record.
  struct Thing {
    std::string name;  ///< of its file under /run/lab
    /// What is to be made; "" where it is there already, as the host's own.
    std::function<std::string()> plan;
    std::function<void(const std::string& record)> make;
    /// Takes away as much of it as is there: also where `make` was killed, or threw, midway.
    std::function<void(const std::string& record)> unmake;
  };

  SharedUse() = default;
  /// Errors: SyscallError, and what `plan` and `make` throw; then nothing is left of it.
  explicit SharedUse(Thing thing);
  SharedUse(SharedUse&&) = default;
  SharedUse& operator=(SharedUse&&) = delete;
  SharedUse(const SharedUse&) = delete;
  SharedUse& operator=(const SharedUse&) = delete;
  ~SharedUse();  ///< the last user's takes the thing away; an error is told, and the record is kept

  /// Uses it no more, and takes nothing away. In a child that lives on: the use is its parent's.
  void abandon() { use_.reset(); }

  /// Takes away what users that were killed left, unless someone uses it.
  static void sweep(const Thing& thing);

 private:
  Thing thing_;
  UniqueFd use_;  // locked shared
};

}  // namespace lab
