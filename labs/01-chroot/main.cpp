// 01-chroot: runs a command that sees an image as its root directory.
//
//   sudo build/bin/01-chroot --explain --rootfs rootfs/busybox -- /bin/sh

#include "app.h"
#include "chroot.h"
#include "exec.h"

int main(int argc, char** argv) {
  lab::App app("01-chroot", "runs COMMAND with an image as its root directory");
  return lab::run_lab(app, argc, argv, [](const lab::Request& request) {
    lab::close_inherited_descriptors();
    lab::change_root(request.rootfs);
    lab::exec_command(request.command, lab::clean_environment(request.env));
    return EXIT_SUCCESS;
  });
}
