// The floor of the start-up benchmark: what lab 07 does with all options on, by bare calls, and
// nothing else: no options, no steps, no hints. It is C, but for what C++ asks of its casts.
//
//   sudo build/bin/floor rootfs/busybox [COMMAND [ARG...]]      COMMAND defaults to /bin/busybox true

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static int ok(long result, const char* what) {
  if (result >= 0) return (int)result;
  perror(what);
  exit(125);
}

static int read_file(const char* path, char* text, size_t size) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
  text[length < 0 ? 0 : length] = '\0';
  if (fd >= 0) close(fd);
  return length >= 0;
}

static void write_file(const char* path, const char* text) {
  const int fd = ok(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), path);
  ok(write(fd, text, strlen(text)), path);
  close(fd);
}

// --- cgroups: four of version 1, below this process's own; or one of version 2, below the root ----

struct Limit {
  const char *controller, *file, *value;
};
static const struct Limit version1[] = {
    {"memory", "memory.limit_in_bytes", "209715200"},
    {"memory", "memory.memsw.limit_in_bytes", "209715200"},
    {"cpu", "cpu.cfs_period_us", "100000"},
    {"cpu", "cpu.cfs_quota_us", "40000"},
    {"pids", "pids.max", "64"},
};
static const struct Limit version2[] = {
    {"", "memory.max", "209715200"},
    {"", "memory.swap.max", "0"},
    {"", "cpu.max", "40000 100000"},
    {"", "pids.max", "64"},
};

static pid_t owner;
static char group[4][512];
static int entry[4], groups;  // entry: the file by which a process gets in

static void set_limits(const char* controller, const struct Limit* limits, size_t count) {
  char path[640];
  for (size_t i = 0; i < count; i++) {
    if (strcmp(limits[i].controller, controller) != 0) continue;
    snprintf(path, sizeof path, "%s/%s", group[groups], limits[i].file);
    if (strstr(path, "sw") && access(path, F_OK) != 0) continue;  // a kernel that counts no swap
    write_file(path, limits[i].value);
  }
  snprintf(path, sizeof path, "%s/%s", group[groups], *controller ? "tasks" : "cgroup.procs");
  entry[groups++] = ok(open(path, O_WRONLY | O_CLOEXEC), path);
}

static void make_groups(void) {
  char own[4096], list[64], below[256];
  if (access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0) {
    write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory +cpu +pids");
    snprintf(group[0], sizeof group[0], "/sys/fs/cgroup/floor-%d", owner);
    ok(mkdir(group[0], 0755), group[0]);
    set_limits("", version2, sizeof version2 / sizeof *version2);
    return;
  }
  read_file("/proc/self/cgroup", own, sizeof own);
  for (char* line = strtok(own, "\n"); line; line = strtok(NULL, "\n")) {
    if (sscanf(line, "%*d:%63[^:]:%255s", list, below) != 2) continue;
    list[strcspn(list, ",")] = '\0';  // "cpu,cpuacct"
    if (!strstr(" memory cpu cpuacct pids ", list)) continue;
    snprintf(group[groups], sizeof group[0], "/sys/fs/cgroup/%s%s/floor-%d", list, below, owner);
    ok(mkdir(group[groups], 0755), group[groups]);
    set_limits(list, version1, sizeof version1 / sizeof *version1);
  }
}

// --- rtnetlink: one message, built from left to right ------------------------------------------------

static union {
  struct nlmsghdr header;
  char bytes[1024];
} message;

static void* append(size_t size) {
  void* place = message.bytes + message.header.nlmsg_len;
  message.header.nlmsg_len += (unsigned)NLMSG_ALIGN(size);
  return memset(place, 0, NLMSG_ALIGN(size));
}

static void* begin(int type, int flags, size_t size) {
  memset(&message.header, 0, sizeof message.header);
  message.header.nlmsg_len = NLMSG_HDRLEN;
  message.header.nlmsg_type = (unsigned short)type;
  message.header.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags);
  return append(size);
}

static struct rtattr* attribute(int type, const void* data, size_t size) {
  struct rtattr* head = (struct rtattr*)append(RTA_LENGTH(size));
  head->rta_type = (unsigned short)type;
  head->rta_len = (unsigned short)RTA_LENGTH(size);
  if (size) memcpy(RTA_DATA(head), data, size);
  return head;
}
static struct rtattr* text(int type, const char* value) {
  return attribute(type, value, strlen(value) + 1);
}
static struct rtattr* number(int type, unsigned value) {
  return attribute(type, &value, sizeof value);
}
static void end(struct rtattr* nest) {
  nest->rta_len = (unsigned short)(message.bytes + message.header.nlmsg_len - (char*)nest);
}

static void ask(int socket, const char* what) {
  char answer[4096];
  ok(send(socket, &message, message.header.nlmsg_len, 0), what);
  ok(recv(socket, answer, sizeof answer, 0), what);
  errno = -((struct nlmsgerr*)NLMSG_DATA(answer))->error;
  ok(errno ? -1 : 0, what);
}

static struct ifinfomsg* begin_link(int type, int flags, int index, unsigned up) {
  struct ifinfomsg* link = (struct ifinfomsg*)begin(type, flags, sizeof *link);
  link->ifi_index = index;
  link->ifi_flags = link->ifi_change = up;
  return link;
}

static void add_address(int socket, unsigned index, const char* dotted) {
  struct ifaddrmsg* address =
      (struct ifaddrmsg*)begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *address);
  address->ifa_family = AF_INET;
  address->ifa_prefixlen = 24;
  address->ifa_index = index;
  const struct in_addr ip = {inet_addr(dotted)};
  attribute(IFA_LOCAL, &ip, sizeof ip);
  attribute(IFA_ADDRESS, &ip, sizeof ip);
  ask(socket, "address");
}

static void add_default_route(int socket, const char* dotted) {
  struct rtmsg* route = (struct rtmsg*)begin(RTM_NEWROUTE, NLM_F_CREATE, sizeof *route);
  route->rtm_family = AF_INET;
  route->rtm_table = RT_TABLE_MAIN;
  route->rtm_protocol = RTPROT_BOOT;
  route->rtm_type = RTN_UNICAST;
  const struct in_addr ip = {inet_addr(dotted)};
  attribute(RTA_GATEWAY, &ip, sizeof ip);
  ask(socket, "route");
}

// --- network: a bridge on the host; a pair of links, of which one end is eth0 inside ------------------

static int host_socket, bridge_is_ours;
static unsigned bridge;
enum { ETH0 = 2 };

static int open_netlink(void) {
  return ok(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "netlink");
}

static void make_bridge(void) {
  bridge = if_nametoindex("lab0");
  if (bridge) return;
  begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, IFF_UP);
  text(IFLA_IFNAME, "lab0");
  struct rtattr* info = attribute(IFLA_LINKINFO, NULL, 0);
  text(IFLA_INFO_KIND, "bridge");
  end(info);
  ask(host_socket, "bridge");
  bridge_is_ours = 1;
  bridge = if_nametoindex("lab0");
  add_address(host_socket, bridge, "10.77.0.1");
}

static void make_veth(int far_namespace) {
  begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, IFF_UP);
  text(IFLA_IFNAME, "floor%d");  // the kernel fills in the number
  number(IFLA_MASTER, bridge);
  struct rtattr* info = attribute(IFLA_LINKINFO, NULL, 0);
  text(IFLA_INFO_KIND, "veth");
  struct rtattr* data = attribute(IFLA_INFO_DATA, NULL, 0);
  struct rtattr* peer = attribute(VETH_INFO_PEER, NULL, 0);
  ((struct ifinfomsg*)append(sizeof(struct ifinfomsg)))->ifi_index = ETH0;
  text(IFLA_IFNAME, "eth0");
  number(IFLA_NET_NS_FD, (unsigned)far_namespace);
  end(peer);
  end(data);
  end(info);
  ask(host_socket, "veth");
}

static void set_up_network(void) {
  const int inside = open_netlink();
  begin_link(RTM_NEWLINK, 0, 1, IFF_UP);
  ask(inside, "lo");
  make_veth(ok(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "ns/net"));
  add_address(inside, ETH0, "10.77.0.77");
  begin_link(RTM_NEWLINK, 0, ETH0, IFF_UP);
  ask(inside, "eth0");
  add_default_route(inside, "10.77.0.1");
}

// --- mounts ---------------------------------------------------------------------------------------------

static void do_mount(const char* type, const char* target, unsigned long flags, const char* data) {
  ok(mount(type, target, type, flags, data), target);
}

// A file of its own over one of the image's, which is the overlay `root` here.
static void bind_file(const char* name, const char* content) {
  char source[64], target[64];
  write_file(name, content);
  const int file = ok(open(name, O_PATH | O_CLOEXEC), name);
  snprintf(source, sizeof source, "/proc/self/fd/%d", file);
  snprintf(target, sizeof target, "root/etc/%s", name);
  ok(mount(source, target, NULL, MS_BIND, NULL), target);
  close(file);
}

static void make_root(const char* image) {
  char options[128];
  ok(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
  const int lower = ok(open(image, O_PATH | O_DIRECTORY | O_CLOEXEC), image);
  do_mount("tmpfs", image, MS_NOSUID | MS_NODEV, "mode=755");
  ok(chdir(image), image);
  ok(mkdir("upper", 0755), "upper");
  ok(mkdir("work", 0755), "work");
  ok(mkdir("root", 0755), "root");
  snprintf(options, sizeof options, "lowerdir=/proc/self/fd/%d,upperdir=upper,workdir=work", lower);
  do_mount("overlay", "root", 0, options);
  bind_file("hosts", "127.0.0.1 localhost\n10.77.0.77 floor\n");
  bind_file("hostname", "floor\n");
  ok(chdir("root"), "root");
  ok(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  ok(umount2(".", MNT_DETACH), "detach");
}

static void make_devices(void) {
  static const struct {
    const char* name;
    unsigned major, minor;
  } devices[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
                 {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};
  do_mount("tmpfs", "/dev", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k");
  ok(chdir("/dev"), "/dev");
  const mode_t mask = umask(0);
  for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
    const dev_t device = makedev(devices[i].major, devices[i].minor);
    ok(mknod(devices[i].name, S_IFCHR | 0666, device), devices[i].name);
  }
  umask(mask);
  ok(mkdir("pts", 0755), "pts");
  do_mount("devpts", "pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620");
  ok(symlink("pts/ptmx", "ptmx"), "ptmx");
  ok(mkdir("shm", 0755), "shm");
  do_mount("tmpfs", "shm", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m");
  ok(symlink("/proc/self/fd", "fd"), "fd");
  ok(symlink("fd/0", "stdin"), "stdin");
  ok(symlink("fd/1", "stdout"), "stdout");
  ok(symlink("fd/2", "stderr"), "stderr");
  ok(chdir("/"), "/");
}

// --- the child, and its parent ------------------------------------------------------------------------

static void run_child(const char* image, char** command) {
  char* const environment[] = {(char*)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  ok(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
  for (int i = 0; i < groups; i++) ok(write(entry[i], "0", 1), group[i]);
  ok(unshare(CLONE_NEWCGROUP | CLONE_NEWNET | CLONE_NEWNS), "unshare");
  set_up_network();
  make_root(image);
  do_mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  do_mount("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL);
  make_devices();
  const pid_t process = ok(fork(), "fork");
  if (process == 0) {
    execve(command[0], command, environment);
    ok(-1, command[0]);
  }
  int status;  // PID 1 is an init
  while (ok(wait(&status), "wait") != process) continue;
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void clean_up(void) {
  if (getpid() != owner) return;
  for (int i = 0; i < groups; i++) rmdir(group[i]);
  if (!bridge_is_ours) return;
  begin_link(RTM_DELLINK, 0, (int)bridge, 0);
  ask(host_socket, "remove bridge");
}

int main(int argc, char** argv) {
  char* standard[] = {(char*)"/bin/busybox", (char*)"true", NULL};
  if (argc < 2) {
    fprintf(stderr, "usage: floor ROOTFS [COMMAND [ARG...]]\n");
    return 125;
  }
  owner = getpid();
  atexit(clean_up);
  host_socket = open_netlink();
  make_groups();
  make_bridge();
  const pid_t child = ok(syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0), "clone");
  if (child == 0) run_child(argv[1], argc > 2 ? argv + 2 : standard);
  int status;
  ok(waitpid(child, &status, 0), "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
