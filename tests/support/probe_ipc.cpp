// What the probe makes and finds in its IPC namespace: System V objects, and POSIX message queues. By
// system calls: the functions of librt take nothing off them.

#include <fcntl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

namespace probe {
namespace {

constexpr size_t kSize = 256;  // of a segment, and of a message

using Words = std::istringstream;

key_t next_key(Words& words) {
  return static_cast<key_t>(next_number(words));
}

// One object of each kind; the segment holds the text.
std::string make_sysv(Words& words) {
  const key_t key = next_key(words);
  const std::string text = rest_of(words);
  const int segment = shmget(key, kSize, IPC_CREAT | IPC_EXCL | 0600);
  if (segment == -1) return outcome(-1);
  char* const memory = static_cast<char*>(shmat(segment, nullptr, 0));
  std::strncpy(memory, text.c_str(), kSize - 1);
  shmdt(memory);
  if (semget(key, 1, IPC_CREAT | IPC_EXCL | 0600) == -1) return outcome(-1);
  return outcome(msgget(key, IPC_CREAT | IPC_EXCL | 0600));
}

// The kinds that are there, and the text in the segment: "shm TEXT sem msg"; or "none".
std::string find_sysv(Words& words) {
  const key_t key = next_key(words);
  std::string found;
  if (const int segment = shmget(key, 0, 0); segment != -1) {
    char* const memory = static_cast<char*>(shmat(segment, nullptr, SHM_RDONLY));
    found += std::string("shm ") + memory;
    shmdt(memory);
  }
  if (semget(key, 0, 0) != -1) found += " sem";
  if (msgget(key, 0) != -1) found += " msg";
  return found.empty() ? "none" : found;
}

// A queue's name is without the slash here, as the kernel has it.
std::string make_queue(Words& words) {
  const std::string name = next_word(words), text = rest_of(words);
  mq_attr attributes{};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = kSize;
  const long queue = syscall(SYS_mq_open, name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
                             0600, &attributes);
  if (queue == -1) return outcome(-1);
  const long sent = syscall(SYS_mq_timedsend, queue, text.data(), text.size(), 0, nullptr);
  std::string result = outcome(sent);
  close(static_cast<int>(queue));
  return result;
}

// Takes the message out, and puts it back.
std::string read_queue(Words& words) {
  const std::string name = next_word(words);
  const long queue =
      syscall(SYS_mq_open, name.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC, 0, nullptr);
  if (queue == -1) return outcome(-1);
  char text[kSize];
  const long size = syscall(SYS_mq_timedreceive, queue, text, sizeof text, nullptr, nullptr);
  std::string seen = size == -1 ? outcome(-1) : std::string(text, static_cast<size_t>(size));
  if (size != -1) syscall(SYS_mq_timedsend, queue, text, static_cast<size_t>(size), 0, nullptr);
  close(static_cast<int>(queue));
  return seen;
}

}  // namespace

const std::vector<Verb> ipc_verbs{
    {"make-sysv", make_sysv},    // KEY TEXT
    {"find-sysv", find_sysv},    // KEY: "shm TEXT sem msg", or "none"
    {"make-queue", make_queue},  // NAME TEXT
    {"read-queue", read_queue},  // NAME: its message
};

}  // namespace probe
