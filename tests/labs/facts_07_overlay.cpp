// What is true of the command from lab 07 on.

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cgroups.h"
#include "deadline.h"
#include "error.h"
#include "facts.h"
#include "namespaces.h"
#include "network.h"
#include "procfs.h"
#include "report.h"
#include "run.h"

namespace check {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};
constexpr const char* kGone = "No such file or directory";

// --- directories of the host's; they lie beside the image, on the same tmpfs ---

fs::path new_directory() {
  fs::path directory = image() + "-" + random_token();
  fs::create_directory(directory);
  return directory;
}

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

fs::path new_layer(const std::string& file, const std::string& text) {
  fs::path layer = new_directory();
  write_file(layer / file, text);
  return layer;
}

// All that stat(2) knows of a file but the time when it was last read, and its content.
std::string description_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == -1) return path.string() + " is gone";
  std::string content;
  if (S_ISREG(status.st_mode)) content = lab::read_file(path);
  if (S_ISLNK(status.st_mode)) content = fs::read_symlink(path);
  return fmt::format(
      "{} inode {} mode {:o} owner {}:{} links {} size {} device {} written {}.{:09} "
      "changed {}.{:09} content {:x}",
      path.string(), status.st_ino, status.st_mode, status.st_uid, status.st_gid, status.st_nlink,
      status.st_size, status.st_rdev, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
      status.st_ctim.tv_sec, status.st_ctim.tv_nsec, std::hash<std::string>{}(content));
}

using Tree = std::vector<std::string>;

Tree tree_of(const fs::path& directory) {
  Tree tree{description_of(directory)};
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory))
    tree.push_back(description_of(entry));
  return tree;
}

void expect_as_before(const Tree& first, const fs::path& directory) {
  const Tree last = tree_of(directory);
  std::string differs;
  for (const std::string& what : added(first, last)) differs += "now " + what + "\n";
  for (const std::string& what : added(last, first)) differs += "was " + what + "\n";
  expect_equal("", differs,
               {"sudo find " + lab::quoted(directory.string()) + " -cmin -1",
                "which layer takes what is written?"});
}

// --- file systems of the host's ---

void mount_here(const char* type, const fs::path& target, const std::string& options) {
  if (::mount("lab-checks", target.c_str(), type, 0, options.c_str()) == -1)
    skip(fmt::format("no {} can be mounted: {}", type, std::strerror(errno)));
}

fs::path read_only(fs::path directory) {
  CHECK(::mount(directory.c_str(), directory.c_str(), nullptr, MS_BIND, nullptr) == 0);
  CHECK(::mount(nullptr, directory.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) ==
        0);
  return directory;
}

// An overlay whose lower layer is `lower`, with an upper one of its own.
fs::path new_overlay(const fs::path& lower) {
  fs::path merged = new_directory();
  const fs::path changes = new_directory();
  for (const char* name : {"upper", "work"}) fs::create_directory(changes / name);
  mount_here("overlay", merged,
             fmt::format("lowerdir={0},upperdir={1}/upper,workdir={1}/work", lower.string(),
                         changes.string()));
  return merged;
}

// --- runs ---

using Options = std::vector<std::string>;

Request probe_on(const std::shared_ptr<Host>& host, const std::string& image,
                 const Options& options = {}) {
  return Request{}.on(host).in_image(image).with_options(options);
}

Options keeping(const fs::path& upper) {
  return {"--upper", upper};
}

// What the command does, and what it sees afterwards.
struct Deed {
  std::string request, look, seen;
};

void expect_done(Run& run, const Deed& deed) {
  expect_equal(deed.request + ": ok", deed.request + ": " + run.ask(deed.request),
               {"", "may the command write everywhere in its root?"});
  expect_equal(deed.seen, run.ask(deed.look), {"", "it sees what it has done: " + deed.request});
}

std::string root_of(const Run& run) {
  return "/proc/" + run.process() + "/root";
}

void end(Run& run) {
  run.send("exit 0");
  expect_equal("0", std::to_string(run.wait()), {"", run.errors()});
}

std::string directories_open_in(const std::string& process) {
  std::string text;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/" + process + "/fd")) {
    if (fs::is_directory(entry))
      text += fmt::format("{} -> {} ", entry.path().string(), fs::read_symlink(entry).string());
  }
  return text.empty() ? "none" : text;
}

// The files of that name on the host, where a lab could have put its changes.
std::string files_called(const std::string& name, const Host& host) {
  const fs::path root = "/proc/" + host.process() + "/root";
  std::string found;
  for (const fs::path& place : {fs::path("run"), fs::path(image()).parent_path().relative_path()}) {
    for (const std::string& file : names_below(root, place)) {
      if (fs::path(file).filename() == name) found += file + " ";
    }
  }
  return found.empty() ? "none" : found;
}

long memory_used(const Run& run) {
  const int version = cgroup_of(run.probe(), "memory").version;
  if (version == 0) skip("this machine has no memory controller");
  return std::stol(cgroup_file(run.probe(), "memory",
                               version == 1 ? "memory.usage_in_bytes" : "memory.current"));
}

}  // namespace

TEST_CASE("the root is an overlay on the image") {
  Run run;
  run.wait_for_probe();
  const Advice advice{fmt::format("grep ' / / ' /proc/{}/mountinfo", run.process()),
                      "which file system shows several directories as one?"};
  expect_equal("overlay", mount_on(run, "/").type, advice);
  expect_equal(token(), run.ask("read-file /token"), advice);
}

TEST_CASE("what the command changes is changed inside and not in the image") {
  const fs::path image = new_image();
  write_file(image / "etc/old", "old\n");
  write_file(image / "srv/inner/file", "inner\n");
  fs::create_symlink("token", image / "link");
  const Tree before = tree_of(image);

  Run run(Request{}.in_image(image));
  run.wait_for_probe();
  for (const Deed& deed : std::vector<Deed>{
           {"append /token +", "read-file /token", token() + "+"},
           {"append /link +", "read-file /token", token() + "++"},
           {"write-file /etc/new new", "read-file /etc/new", "new"},
           {"write-file /srv/inner/file other", "read-file /srv/inner/file", "other"},
           {"rename /etc/old /etc/renamed", "read-file /etc/renamed", "old\n"},
           {"rename /probe /not-executable", "stat /probe", kGone},
           {"unlink /link", "stat /link", kGone},
           {"rmdir /mnt", "stat /mnt", kGone},
           {"unlink /srv/inner/file", "names-in /srv/inner", "none"},
           {"rmdir /srv/inner", "names-in /srv", "none"},
           {"mkdir /srv/inner", "names-in /srv/inner", "none"},
       }) {
    expect_done(run, deed);
  }
  const fs::path root = root_of(run);
  fs::permissions(root / "tmp", fs::perms::all);
  fs::last_write_time(root / "token", {});
  expect_equal("ok", run.ask("chown /root 12 34"), {});
  expect_as_before(before, image);
  end(run);
  expect_as_before(before, image);
}

TEST_CASE("the root has the mode and the owner of the image whatever the umask") {
  const fs::path image = new_image();
  fs::permissions(image, static_cast<fs::perms>(0751));
  CHECK(::chown(image.c_str(), 12, 34) == 0);
  for (const mode_t mask : {022U, 077U, 0U}) {
    Run run(Request{}.in_image(image).after([mask] { ::umask(mask); }));
    run.wait_for_probe();
    struct stat root {};
    CHECK(::stat(root_of(run).c_str(), &root) == 0);
    expect_equal("751 12:34", fmt::format("{:o} {}", root.st_mode & 07777, run.ask("owner /")),
                 {fmt::format("sudo stat {}/", root_of(run)),
                  "the uppermost layer says what the merged directory is like"});
  }
}

TEST_CASE("the changes are gone with the container") {
  const auto host = std::make_shared<Host>();
  const fs::path image = new_image();
  for (int i = 0; i < 2; ++i) {
    Run run(probe_on(host, image));
    run.wait_for_probe();
    expect_equal(kGone, run.ask("stat /etc/changed"),
                 {"", "where were the changes of the run before?"});
    expect_done(run, {"write-file /etc/changed x", "read-file /etc/changed", "x"});
    end(run);
  }
}

TEST_CASE("containers on one image have changes of their own") {
  const auto host = std::make_shared<Host>();
  const fs::path image = new_image();
  std::vector<std::unique_ptr<Run>> runs;
  constexpr int kRuns = 4;
  runs.reserve(kRuns);
  for (int i = 0; i < kRuns; ++i) runs.push_back(std::make_unique<Run>(probe_on(host, image)));
  for (const auto& run : runs) {
    run->wait_for_probe();
    run->ask("write-file /token " + run->process());
    run->ask("write-file /etc/" + run->process() + " x");
  }
  for (const auto& run : runs) {
    const Advice advice{fmt::format("sudo ls {}/etc", root_of(*run)),
                        "two containers that write to one layer see each other's files"};
    expect_equal(run->process(), run->ask("read-file /token"), advice);
    expect_equal(run->process(), run->ask("names-in /etc"), advice);
  }
}

TEST_CASE("a lab that was killed leaves none of its changes on the host") {
  const auto host = std::make_shared<Host>();
  const std::string name = random_token(), mounts = host->mounts();
  Run killed(probe_on(host, new_image()));
  killed.wait_for_probe();
  expect_done(killed, {"write-file /etc/" + name + " x", "read-file /etc/" + name, "x"});
  killed.kill_lab(SIGKILL);
  killed.wait();
  const Advice advice{"findmnt; sudo find /run -name " + name,
                      "what does the kernel take away by itself?"};
  eventually([&] { return !Run::is_alive(killed.probe()); });
  expect_equal("none", files_called(name, *host), advice);
  expect_equal(mounts, host->mounts(), advice);
}

TEST_CASE("a poisoned image is clean for the next container") {
  const fs::path image = new_image();
  const std::string word = random_token();
  const auto host = std::make_shared<Host>();
  const Request escape = Request::of({"/escape-poison-image", word}).in_image(image).on(host);
  run_to_end(escape.by_program(kPlainChroot));
  expect_true(lab::read_file(image / "bin/date").find(word) != std::string::npos,
              "control: after a plain chroot the image is poisoned", "it is not", {});
  fs::remove(image / "bin/date");

  run_to_end(escape);
  Run next(probe_on(host, image));
  next.wait_for_probe();
  expect_equal(kGone, next.ask("stat /bin/date"),
               {"./lab escape poison-image NN", "whose files does the next container find?"});
}

TEST_CASE("a read-only image can be written to") {
  const fs::path image = read_only(new_image());
  Run run(Request{}.in_image(image));
  run.wait_for_probe();
  expect_done(run, {"append /token +", "read-file /token", token() + "+"});
}

TEST_CASE("an image that is an overlay itself works") {
  const fs::path image = new_overlay(new_image());
  Run run(Request{}.in_image(image));
  run.wait_for_probe();
  expect_done(run, {"append /token +", "read-file /token", token() + "+"});
}

TEST_CASE("the changes count as memory of the container") {
  constexpr long kSize = 4 << 20;
  const fs::path image = new_image();
  write_file(image / "large", std::string(kSize, 'x'));
  Run run(Request{}.in_image(image));
  run.wait_for_probe();
  const long before = memory_used(run);
  expect_done(run, {"append /large x", "stat /large", fmt::format("file 644 {}", kSize + 1)});
  const long more = memory_used(run) - before;  // the kernel counts in batches
  expect_true(more > kSize / 2, fmt::format("some {} bytes more, for the file's copy", kSize),
              fmt::format("{} more", more),
              {fmt::format("cat /proc/{}/cgroup", run.process()),
               "a file is copied up whole; where to, and who pays for it?"});
}

TEST_CASE("--lower layers lie on the image and the last one is the topmost") {
  const fs::path image = new_image();
  for (const char* name : {"who", "first", "second"}) write_file(image / "etc" / name, "image");
  const fs::path first = new_layer("etc/who", "first"), second = new_layer("etc/who", "second");
  write_file(first / "etc/first", "first");
  const Tree image_before = tree_of(image), first_before = tree_of(first),
             second_before = tree_of(second);
  Run run(Request{}.in_image(image).with_options({"--lower", first, "--lower", second}));
  run.wait_for_probe();
  const Advice advice{fmt::format("sudo grep . {}/etc/*", root_of(run)),
                      "overlayfs reads lowerdir= from the top down"};
  expect_equal("image", run.ask("read-file /etc/second"), advice);
  expect_equal("first", run.ask("read-file /etc/first"), advice);
  expect_equal("second", run.ask("read-file /etc/who"), advice);
  expect_equal("first second who", run.ask("names-in /etc"), advice);
  for (const char* name : {"who", "first", "second"})
    expect_done(run, {fmt::format("append /etc/{} +", name), "stat /etc/who", "file 644 7"});
  end(run);
  expect_as_before(image_before, image);
  expect_as_before(first_before, first);
  expect_as_before(second_before, second);
}

TEST_CASE("--upper keeps the changes and the next run takes them up") {
  const fs::path upper = new_directory(), image = new_image();
  const auto host = std::make_shared<Host>();
  const Request request = probe_on(host, image, keeping(upper));
  {
    Run run(request);
    run.wait_for_probe();
    expect_done(run, {"append /token +", "read-file /token", token() + "+"});
    expect_done(run, {"unlink /not-executable", "stat /not-executable", kGone});
    end(run);
  }
  Run next(request);
  next.wait_for_probe();
  const Advice advice{"sudo ls -lR " + upper.string(), "which layer takes what is written?"};
  expect_equal(token() + "+", next.ask("read-file /token"), advice);
  expect_equal(kGone, next.ask("stat /not-executable"), advice);

  Run without(probe_on(host, image));
  without.wait_for_probe();
  expect_equal(token(), without.ask("read-file /token"), advice);
}

TEST_CASE("--upper has a whiteout for what was removed and marks a directory made anew") {
  const fs::path upper = new_directory(), image = new_image();
  write_file(image / "srv/below", "");
  Run run(Request{}.in_image(image).with_options(keeping(upper)));
  run.wait_for_probe();
  for (const Deed& deed :
       std::vector<Deed>{{"append /token +", "read-file /token", token() + "+"},
                         {"unlink /not-executable", "stat /not-executable", kGone},
                         {"unlink /srv/below", "names-in /srv", "none"},
                         {"rmdir /srv", "stat /srv", kGone},
                         {"mkdir /srv", "names-in /srv", "none"}}) {
    expect_done(run, deed);
  }
  end(run);
  const Advice advice{
      fmt::format("sudo ls -l {0}; sudo getfattr -m . -d {0}/*", upper.string() + "/upper"),
      "what does docker commit save?"};
  const fs::path changes = upper / "upper";
  expect_equal(token() + "+", lab::read_file(changes / "token"), advice);
  struct stat whiteout {};
  ::lstat((changes / "not-executable").c_str(), &whiteout);
  expect_true(S_ISCHR(whiteout.st_mode) && whiteout.st_rdev == 0, "a character device 0,0",
              fmt::format("mode {:o}, device {}", whiteout.st_mode, whiteout.st_rdev), advice);
  char opaque = '-';  // of the kind user where a user namespace mounted it
  for (const char* name : {"trusted.overlay.opaque", "user.overlay.opaque"})
    ::lgetxattr((changes / "srv").c_str(), name, &opaque, 1);
  expect_equal("y", std::string(1, opaque), advice);
}

TEST_CASE("an --upper to which nothing was written stays empty") {
  const fs::path upper = new_directory();
  const Ended ended = run_to_end(Request::of(kEndAtOnce).with_options(keeping(upper)));
  expect_equal("0", std::to_string(ended.status), {"", ended.errors});
  expect_true(fs::is_empty(upper), "an empty directory", "it is not",
              {"sudo find " + upper.string(), "nothing was changed: what is there to keep?"});
}

TEST_CASE("a second container on one --upper is refused and the first is unharmed") {
  const fs::path upper = new_directory();
  const auto host = std::make_shared<Host>();
  const Request request = probe_on(host, new_image(), keeping(upper));
  Run first(request);
  first.wait_for_probe();
  expect_done(first, {"append /token 1", "read-file /token", token() + "1"});
  Request second = request;
  second.command = kEndAtOnce;
  expect_refused(second, {upper.string(), "in use", "hint:"});
  expect_done(first, {"append /token 2", "read-file /token", token() + "12"});
  end(first);
  expect_equal("0", std::to_string(run_to_end(second).status), {"", "the first one has ended"});
}

TEST_CASE("the --upper of a lab that was killed is free again") {
  const auto host = std::make_shared<Host>();
  const Request request = probe_on(host, new_image(), keeping(new_directory()));
  Run killed(request);
  killed.wait_for_probe();
  expect_done(killed, {"append /token 1", "read-file /token", token() + "1"});
  killed.kill_lab(SIGKILL);
  killed.wait();
  Run next(request);
  next.wait_for_probe();
  expect_equal(token() + "1", next.ask("read-file /token"),
               {"", "what does SIGKILL not leave behind?"});
}

TEST_CASE("layers with blanks and commas and colons and backslashes in their paths work") {
  const std::string odd = " a,b:c\\d\n\\072\\,e=" + random_token();
  const fs::path image = check::image() + odd, upper = check::image() + "-upper" + odd;
  fs::rename(new_image(), image);
  fs::create_directory(upper);
  std::vector<std::string> options = keeping(upper);
  for (const char* name : {"one", "two"}) {
    const fs::path lower = fmt::format("{}-{}{}", check::image(), name, odd);
    write_file(lower / "etc" / name, name);
    options.insert(options.end(), {"--lower", lower});
  }
  Run run(Request{}.in_image(image).with_options(options));
  run.wait_for_probe();
  const Advice advice{"", "what separates and escapes in mount options? proc(5) knows other names"};
  expect_equal(token(), run.ask("read-file /token"), advice);
  expect_equal("one two", run.ask("names-in /etc"), advice);
  expect_done(run, {"append /etc/two +", "read-file /etc/two", "two+"});
  end(run);
  expect_equal("two+", lab::read_file(upper / "upper/etc/two"), advice);
}

TEST_CASE("layers can be given by relative paths and symbolic links") {
  const fs::path lower = new_layer("etc/lower", "lower"), upper = new_directory();
  const fs::path link = upper.string() + "-link";
  fs::create_directory_symlink(upper, link);
  const Options options{"--lower", fs::relative(lower).string() + "/", "--upper", link};
  Run run(Request{}.with_options(options));
  run.wait_for_probe();
  expect_done(run, {"append /etc/lower +", "read-file /etc/lower", "lower+"});
  end(run);
  expect_equal("lower+", lab::read_file(upper / "upper/etc/lower"), {});
}

TEST_CASE("200 layers work and more are refused") {
  need_lab_options();
  Options options;
  for (int i = 1; i < 200; ++i)
    options.insert(options.end(), {"--lower", new_layer("srv/" + std::to_string(i), "")});
  Run run(Request{}.with_options(options));
  run.wait_for_probe();
  const std::string seen = run.ask("names-in /srv");
  expect_equal(
      "199 files", fmt::format("{} files", std::count(seen.begin(), seen.end(), ' ') + 1),
      {fmt::format("sudo ls {}/srv", root_of(run)), "mount(2) reads 4095 bytes of options"});
  options.insert(options.end(), {"--lower", new_directory()});
  expect_refused(Request::of(kEndAtOnce).with_options(options), {"201", "hint:"});
}

TEST_CASE("with --init PID 1 keeps no directory open") {
  const Options options{"--init", "--lower", new_directory(), "--upper", new_directory()};
  Run run(Request{}.with_options(options));
  run.wait_for_probe();
  const std::string init = std::to_string(pid1_above(run.process()));
  expect_equal("none", directories_open_in(init),
               {fmt::format("sudo ls -l /proc/{}/fd", init),
                "a descriptor of a directory leads out of any root"});
}

TEST_CASE("a --lower that is no layer is refused") {
  need_lab_options();
  const auto host = std::make_shared<Host>();
  const fs::path image = new_image(), lower = new_layer("inner/file", "x");
  const Tree before = tree_of(image), lower_before = tree_of(lower);
  const std::pair<Options, const char*> refused[] = {
      {{""}, kGone},
      {{lower / random_token()}, kGone},
      {{lower / "inner/file"}, "Not a directory"},
      {{image}, "one directory"},
      {{image / "etc"}, "lies inside"},
      {{image.parent_path()}, "lies inside"},
      {{lower, lower}, "one directory"},
      {{lower / "inner", lower}, "lies inside"},
  };
  for (const auto& [directories, word] : refused) {
    Options options;
    for (const std::string& directory : directories)
      options.insert(options.end(), {"--lower", directory});
    expect_refused(Request::of(kEndAtOnce).on(host).in_image(image).with_options(options),
                   {word, "hint:"});
  }
  expect_as_before(before, image);
  expect_as_before(lower_before, lower);
}

TEST_CASE("an --upper that cannot keep changes is refused") {
  need_lab_options();
  const fs::path image = new_image(), upper = new_layer("upper/inner/file", "x");
  const fs::path overlay = new_overlay(upper), locked = read_only(new_directory());
  const fs::path no_upper = new_layer("upper", "x"), no_work = new_layer("work", "x");
  const auto host = std::make_shared<Host>();
  const Tree before = tree_of(image), upper_before = tree_of(upper);
  const std::pair<Options, const char*> refused[] = {
      {keeping(""), "an empty name"},
      {keeping(upper / random_token()), kGone},
      {keeping(upper / "upper/inner/file"), "Not a directory"},
      {keeping(image), "lies inside"},
      {keeping(image / "etc"), "lies inside"},
      {{"--upper", upper, "--lower", upper}, "lies inside"},
      {{"--upper", upper, "--lower", upper / "upper"}, "one directory"},
      {{"--upper", upper, "--lower", upper / "upper/inner"}, "lies inside"},
      {keeping("/proc"), "lies on proc"},
      {keeping(overlay), "lies on an overlay"},
      {keeping(locked), "read-only"},
      {keeping(no_upper), "Not a directory"},
      {keeping(no_work), "Not a directory"},
  };
  for (const auto& [options, word] : refused) {
    expect_refused(Request::of(kEndAtOnce).on(host).in_image(image).with_options(options),
                   {word, "hint:"});
  }
  expect_as_before(before, image);
  expect_as_before(upper_before, upper);
  for (const fs::path& directory : {no_upper, no_work})
    expect_equal("1", std::to_string(tree_of(directory).size() - 1),
                 {"ls " + directory.string(), "who makes what before it has looked?"});
}

TEST_CASE("the finished container has a root and processes and a network and limits of its own") {
  Run run(Request{}.with_options({"--memory", "64M", "--cpus", "0.5", "--pids", "64"}));
  run.wait_for_probe();
  for (const char* kind : {"pid", "mnt", "net", "cgroup"}) {
    expect_true(
        lab::namespace_of(run.process(), kind) != lab::namespace_of(run.host().process(), kind),
        fmt::format("a {} namespace of its own", kind), "the host's",
        {fmt::format("sudo ls -l /proc/{}/ns", run.process()), ""});
  }
  expect_equal("1", innermost(lab::pids_of(run.process())), {});
  expect_equal("overlay", mount_on(run, "/").type, {});
  expect_equal(token(), run.ask("read-file /token"), {});
  expect_true(address_of(run.process(), "eth0").has_value(), "eth0 has an address", "none", {});
  const bool v1 = cgroup_of(run.probe(), "memory").version == 1;
  const std::string memory = v1 ? "memory.limit_in_bytes" : "memory.max";
  expect_equal(std::to_string(64 << 20), cgroup_file(run.probe(), "memory", memory), {});
  expect_equal("64", cgroup_file(run.probe(), "pids", "pids.max"), {});
  expect_equal(v1 ? "50000" : "50000 100000",
               cgroup_file(run.probe(), "cpu", v1 ? "cpu.cfs_quota_us" : "cpu.max"), {});
}

}  // namespace check
