// The image that the checks run on: the probe, the escapes and a few empty directories. It lies on
// a tmpfs in the checks' own mount namespace, so it goes with the process, however that ends.
#pragma once

#include <string>

namespace check {

/// Names and values that a program under test cannot know beforehand.
std::string random_token();

/// Makes and mounts what the checks need. Called once, first; precondition: a mount namespace of the
/// checks' own.
void prepare_images();

/// The directory of the programs that are tested: where this program lies.
std::string binary_directory();

const std::string& images();         ///< where all of them lie, in mounts of the checks' own
const std::string& image();          ///< the image's directory, a plain directory on a tmpfs
const std::string& image_on_disk();  ///< another one, on the build tree's file system
std::string new_image();             ///< a fresh copy of image(), for checks that spoil it

const std::string& token();        ///< the content of the file /token of every image
const std::string& secret_file();  ///< a file of the host outside every image …
const std::string& secret();       ///< … and its content

}  // namespace check
