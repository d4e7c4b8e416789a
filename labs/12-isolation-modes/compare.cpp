#include "compare.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <functional>

#include "ending.h"
#include "error.h"
#include "look.h"
#include "output.h"
#include "process_mode.h"
#include "procfs.h"
#include "seen_from_host.h"

namespace lab {
namespace {

using std::chrono::milliseconds, std::chrono::steady_clock;

struct Column {
  Facts inside;
  std::string seen;  ///< of the command, by the host
  std::uint64_t memory = 0;
  milliseconds start{};
  std::string panic;  ///< what the kernel said
};

Error ended_too_early() {
  return {"the command ended before it could be looked at",
          "give one that runs for a while, such as sleep 1000"};
}

milliseconds since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

void become_silent() {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
}

// The lab's own command line is that of its children, too, until the command takes its place.
pid_t wait_for_command(ProcessMode& container, CaughtSignals& signals) {
  const auto command_line = [](pid_t pid) {
    return read_file("/proc/" + std::to_string(pid) + "/cmdline");
  };
  int status = 0;
  while (!container.lab().ended(status)) {
    if (const auto signal = signals.take()) {
      container.end();
      throw Error("interrupted", "", 128 + *signal);
    }
    const pid_t first = container.first_process();
    const std::string words = first == 0 ? "" : command_line(first);
    if (!words.empty() && words != command_line(container.lab().pid())) return first;
    ::poll(nullptr, 0, 1);
  }
  if (status == EXIT_SUCCESS) throw ended_too_early();
  throw Error("the container has failed", "what it said stands above", status);
}

Column look_at_process(const MachineWish& wish, const std::vector<std::string>& options,
                       CaughtSignals& signals) {
  Column column;
  const auto begin = steady_clock::now();
  ProcessMode container(options, wish.request.command, [&] {
    signals.give_back();
    become_silent();
  });
  const std::string first = std::to_string(wait_for_command(container, signals));
  column.start = since(begin);
  const pid_t lab = container.lab().pid();
  column.inside = look("/proc/" + first + "/root/proc");
  column.seen = seen_of_command(lab, wish.request.command);
  std::vector<std::string> processes = processes_below(lab);
  processes.push_back(std::to_string(lab));
  column.memory = memory_of(processes);
  container.end();
  return column;
}

// With the panic, which ends it. Where it ends otherwise, that is told: then `status` is not 0.
Column look_at_machine(const MachineWish& wish, CaughtSignals& signals, int& status) {
  Column column;
  Machine machine(wish, signals);
  const Streams none{-1, -1, STDERR_FILENO};
  if (const auto ended = machine.boot(none)) {
    status = machine.tell(*ended);
    if (status == EXIT_SUCCESS) throw ended_too_early();
    return column;
  }
  column.start = std::chrono::duration_cast<milliseconds>(machine.age());
  column.inside = facts_from(machine.channel().ask_for_facts());
  column.seen = seen_of_command(::getpid(), wish.request.command);
  column.memory = memory_of({std::to_string(::getpid()), std::to_string(machine.qemu().pid())});
  machine.channel().order_panic();
  const Ending ending = machine.channel().run_to_end();
  column.panic = panic_in(machine.qemu().console());
  if (column.panic.empty()) {
    status = machine.tell(ending);
    if (status == EXIT_SUCCESS) throw ended_too_early();
  }
  return column;
}

// --- the table ---------------------------------------------------------------------------

// A line has 100 columns at most.
std::string cut(const std::string& text, size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 3) + "...";
}

void print_row(const std::string& what, const std::string& process, const std::string& machine) {
  constexpr size_t kCell = 38;
  const std::string line =
      fmt::format(" {:<19} {:<38} {}", what, cut(process, kCell), cut(machine, kCell));
  print(line + "\n");
}

std::string mebibytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

double ratio(double machine, double process) {
  return machine / std::max(process, 1.0);
}

// The beginning of an id tells it from another one.
std::string whose(const std::string& value, const std::string& hosts,
                  size_t shown = std::string::npos) {
  return fmt::format("{}: {}", value == hosts ? "the host's" : "its own", value.substr(0, shown));
}

std::string processes(const Facts& facts) {
  if (facts.of_kernel == 0) return std::to_string(facts.processes);
  return fmt::format("{}, {} of them its kernel's", facts.processes, facts.of_kernel);
}

struct HostNow {
  Facts facts = look("/proc");
  double uptime = std::stod(read_file("/proc/uptime"));
};

void print_table(const Column& process, const Column& machine, const HostNow& host) {
  constexpr size_t kOfId = 13;
  const auto row = [&](const char* what, const std::function<std::string(const Column&)>& cell) {
    print_row(what, cell(process), cell(machine));
  };
  print_row("", "PROCESS (container)", "VM (QEMU)");
  row("kernel release",
      [&](const Column& it) { return whose(it.inside.release, host.facts.release); });
  row("boot id",
      [&](const Column& it) { return whose(it.inside.boot_id, host.facts.boot_id, kOfId); });
  row("processes inside", [](const Column& it) { return processes(it.inside); });
  row("PID 1 inside", [](const Column& it) { return it.inside.first; });
  row("the host sees", [](const Column& it) { return it.seen; });
  row("memory on the host", [](const Column& it) { return mebibytes(it.memory); });
  row("start-up", [](const Column& it) { return fmt::format("{} ms", it.start.count()); });
  row("its kernel's crash", [](const Column& it) {
    return it.panic.empty() ? "takes the host down with it" : "takes the guest down: shown below";
  });
}

void print_ratios(const Column& process, const Column& machine) {
  print(fmt::format("\nstart-up: {} ms : {} ms, the machine takes {:.0f} times as long\n",
                    process.start.count(), machine.start.count(),
                    ratio(static_cast<double>(machine.start.count()),
                          static_cast<double>(process.start.count()))));
  print(
      fmt::format("memory: {} : {}, the machine takes {:.0f} times as much\n",
                  mebibytes(process.memory), mebibytes(machine.memory),
                  ratio(static_cast<double>(machine.memory), static_cast<double>(process.memory))));
}

void print_panic(const Column& machine, const HostNow& before) {
  const HostNow after;
  const bool stands = before.facts.boot_id == after.facts.boot_id && after.uptime >= before.uptime;
  print(fmt::format("panic: the guest's kernel said \"{}\"\n", machine.panic));
  print(fmt::format(
      "the host {}: its boot id is {}; it is up for {:.1f} s, and was for {:.1f} s before\n",
      stands ? "stands" : "was restarted", stands ? "the same" : "another one", after.uptime,
      before.uptime));
}

}  // namespace

int compare(const MachineWish& wish, const std::vector<std::string>& options,
            CaughtSignals& signals) {
  const HostNow host;
  int status = EXIT_SUCCESS;
  const Column process = look_at_process(wish, options, signals);
  const Column machine = look_at_machine(wish, signals, status);
  if (status != EXIT_SUCCESS) return status;
  print_table(process, machine, host);
  print_ratios(process, machine);
  print_panic(machine, host);
  return EXIT_SUCCESS;
}

}  // namespace lab
