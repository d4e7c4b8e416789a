#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <string>

#include "mistake.h"
#include "sys.h"

namespace {

namespace sys = lab::sys;

// The directories of an overlay, and a mount(2) of it.
std::function<void()> overlay(const std::string& options) {
  return [=] {
    make_directories({"low", "low/inner", "top", "upper", "work", "merged", "a,b"});
    make_file("file", "", 0644);
    sys::mount("overlay", "merged", "overlay", 0, options);
  };
}

std::function<void()> overlay(const std::string& options, const std::function<void()>& then) {
  return [=] {
    overlay(options)();
    then();
  };
}

}  // namespace

TEST_CASE("07: upper and work do not go together") {
  expect(EINVAL, "needs workdir", overlay("lowerdir=low,upperdir=upper"));
  expect(EINVAL, "one directory", overlay("lowerdir=low,upperdir=upper,workdir=upper"));
  expect(EINVAL, "side by side", [] {
    make_directories({"upper/work"});
    overlay("lowerdir=low,upperdir=upper,workdir=upper/work")();
  });
  expect(EINVAL, "different mounts", [] {
    make_directories({"work"});
    sys::mount("other", "work", "tmpfs", 0);
    overlay("lowerdir=low,upperdir=upper,workdir=work")();
  });
}

TEST_CASE("07: lower layers missing, or too few") {
  expect(EINVAL, "needs lowerdir=", overlay("upperdir=upper,workdir=work"));
  expect(EINVAL, "two directories in lowerdir", overlay("lowerdir=low"));
}

TEST_CASE("07: a directory that is missing, or is a file") {
  expect(ENOENT, "\"lowr\" does not exist", overlay("lowerdir=lowr,upperdir=upper,workdir=work"));
  expect(ENOENT, "\"wrok\" does not exist", overlay("lowerdir=low,upperdir=upper,workdir=wrok"));
  expect(ENOENT, "working directory", overlay("lowerdir=low:/tmp/top:tmp/top"));
  CHECK(told_of(overlay("lowerdir=low:file")).hint.find("\"file\" is not a dir") == 0);
  expect(ENOENT, "\"merged\" to mount on",
         [] { sys::mount("overlay", "merged", "overlay", 0, "lowerdir=.:."); });
}

TEST_CASE("07: a comma or a colon in a name") {
  expect(ENOENT, "needs a backslash", overlay("lowerdir=top:a:b"));
  expect(EINVAL, "does not know an option", overlay("lowerdir=low:top,b"));
}

TEST_CASE("07: one layer twice, or inside another") {
  expect(ELOOP, "\"low\" is in this overlay twice", overlay("lowerdir=low:low"));
  expect(ELOOP, "\"low/inner\" is in this overlay twice", overlay("lowerdir=low:low/inner"));
}

TEST_CASE("07: the type is called overlay") {
  expect(ENODEV, "is called overlay", [] {
    make_directories({"merged"});
    sys::mount("overlay", "merged", "overlayfs", 0, "lowerdir=.");
  });
}

TEST_CASE("07: a write where all layers are lower ones") {
  expect(EROFS, "no upperdir", overlay("lowerdir=low:top", [] { sys::mkdir("merged/new", 0755); }));
  expect(EROFS, "no upperdir",
         overlay("lowerdir=low:top", [] { sys::symlink("x", "merged/new"); }));
}

TEST_CASE("07: a directory of a lower layer renamed") {
  expect(EXDEV, "", overlay("lowerdir=low,upperdir=upper,workdir=work,redirect_dir=off", [] {
           if (std::rename("merged/inner", "merged/other") == 0) return;
           throw lab::SyscallError({"rename", {"merged/inner", "merged/other"}}, errno);
         }));
}

TEST_CASE("07: one upper in two mounts") {
  const auto twice = [](const std::string& index) {
    const std::string options = "lowerdir=low,upperdir=upper,workdir=work,index=" + index;
    return overlay(options, [=] {
      make_directories({"second"});
      sys::mount("overlay", "second", "overlay", 0, options);
      throw lab::SyscallError({"mount", {}}, 0);
    });
  };
  expect(EBUSY, "spoil", twice("on"));
  expect(0, "", twice("off"));  // allowed, and no one is told
}

TEST_CASE("07: changes kept where overlayfs cannot write") {
  expect(EINVAL, "upperdir lies on proc",
         overlay("lowerdir=low,upperdir=/proc/fs,workdir=/proc/sys"));
  expect(EINVAL, "upperdir lies on an overlay", [] {
    overlay("lowerdir=low,upperdir=upper,workdir=work")();
    make_directories({"merged/upper", "merged/work", "second"});
    sys::mount("overlay", "second", "overlay", 0,
               "lowerdir=top,upperdir=merged/upper,workdir=merged/work");
  });
  expect(EINVAL, "read-only mount", [] {
    make_directories({"read-only"});
    sys::mount("other", "read-only", "tmpfs", 0);
    make_directories({"read-only/upper", "read-only/work"});
    sys::mount(nullptr, "read-only", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY);
    overlay("lowerdir=low,upperdir=read-only/upper,workdir=read-only/work")();
  });
}

TEST_CASE("07: an overlay on an overlay on an overlay") {
  expect(EINVAL, "no third", [] {
    overlay("lowerdir=low:top")();
    make_directories({"second", "third"});
    sys::mount("overlay", "second", "overlay", 0, "lowerdir=merged:upper");
    sys::mount("overlay", "third", "overlay", 0, "lowerdir=second:upper");
  });
}

TEST_CASE("07: more options than mount(2) reads") {
  const Told told = told_of([] {
    std::string layers;
    for (int i = 100; i < 900; ++i) {
      const std::string layer = "layer" + std::to_string(i);
      make_directories({layer.c_str()});
      layers += (layers.empty() ? "" : ":") + layer;
    }
    overlay("lowerdir=" + layers)();
  });
  INFO(told.hint);
  CHECK(told.error != 0);
  CHECK(told.hint.find("4095 bytes") != std::string::npos);
}

TEST_CASE("07: the inner work directory, read by someone else than root") {
  expect(EACCES, "sudo", overlay("lowerdir=low,upperdir=upper,workdir=work", [] {
           become_nobody();
           sys::open("work/work", O_RDONLY | O_DIRECTORY);
         }));
}
