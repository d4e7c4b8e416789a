// The steps that a lab is told in. A step's text is written once, where the step is taken: it is
// the comment in the source, the line that --explain prints, the pause of --step, the handle of
// --skip and a row of the handout.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "error.h"

namespace lab {

struct StepLine {
  std::string id, text;
};

/// What is done with the steps of this process and its children; the default runs them all and says
/// nothing.
struct Telling {
  bool explain = false;           ///< print each step and each system call on stderr
  int terminal = -1;              ///< --step: wait for Enter on this descriptor before each step
  std::vector<std::string> skip;  ///< ids of steps that are left out
  int list_to = -1;               ///< only write the steps to this descriptor: none is taken
};
void set_telling(Telling telling);

/// Takes the step `id`: runs `body`, unless the step is left out.
void step(const std::string& id, const std::string& text, const std::function<void()>& body);

/// Tells something that was seen, such as a namespace's number; only with --explain.
void tell(const std::string& what, const std::string& seen);

/// True where tell() would print: what is costly to find out is asked for only then.
bool telling();

/// The steps that are left out: for a program that takes some of the story's in its turn.
const std::vector<std::string>& steps_left_out();

/// True while the steps are only listed. Then the functions of sys.h do nothing, and fork_child()
/// runs the child's part in place: what an exercise does outside its steps must not be done either.
bool listing();

/// Tells a system call that ran. `error` is its errno, 0 where it succeeded.
void tell_call(const Call& call, long result, int error);

/// Tells a call that does not return where it succeeds, before it is made.
void tell_final_call(const Call& call);

/// The steps of `story` in order, without taking them: it is run in a process that is thrown away.
/// Error where it names none, or meets a function that is not written yet.
std::vector<StepLine> steps_of(const std::function<int()>& story);

}  // namespace lab
