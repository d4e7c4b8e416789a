// Lab 02: a process becomes PID 1 of a PID namespace of its own.
#pragma once

#include <csignal>
#include <functional>

#include "process.h"

namespace lab {

/// Makes a PID namespace and in it a child, its PID 1, that waits at `gate` and then runs `body`
/// (unshare(2), fork(2), pid_namespaces(7)). Returns the child; an empty one where the step "fork"
/// was left out. Preconditions: CAP_SYS_ADMIN; this process has asked for no PID namespace before.
/// Errors: SyscallError.
Child fork_into_pid_namespace(StartGate& gate, const std::function<int()>& body);

/// In the parent, before the gate is opened: keeps SIGTERM, SIGINT, SIGHUP and SIGQUIT for the
/// child (and SIGCHLD, which tells of its end) by blocking them (sigprocmask(2)). Returns the
/// signals that are blocked; none where there is no child.
sigset_t forward_signals(const Child& child);

/// In the parent: waits for the end of the child, passes on each of `signals` that comes meanwhile,
/// and returns the child's exit status. What a key in the terminal sent is not passed on: the child
/// got it too.
int wait_for(Child& child, const sigset_t& signals);

/// In the child: asks the kernel to kill this process when its parent ends (PR_SET_PDEATHSIG,
/// prctl(2)). The kernel forgets that where this process changes its uid or runs a set-user-ID
/// program: a command that does so needs --init above it.
/// Errors: Error where the parent had ended before.
void die_with_parent(const StartGate& gate);

/// In PID 1: runs `body` in a child of its own, passes signals on to it, and reaps every orphan of
/// the namespace until that child ends; returns its exit status. Of PID 1's own descriptors it
/// leaves stdin, stdout and stderr open. Where the step "init" is left out, runs `body` itself.
int run_under_init(const std::function<int()>& body);

}  // namespace lab
