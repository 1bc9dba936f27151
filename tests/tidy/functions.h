// Finds the functions of a C++ file by their braces, without understanding more of the language than strings,
// comments and what stands before an opening brace. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kepu::tidy {

struct Function {
  std::string head;  // what stands before the opening brace, for the message
  int first_line = 0;
  int last_line = 0;
};

// `text` with the insides of strings, characters and comments blanked, line breaks kept.
std::string Blank(absl::string_view text);

// Outermost function bodies, members inside class bodies included; lambdas count to the function they stand
// in.
std::vector<Function> FunctionsOf(absl::string_view text);

}  // namespace kepu::tidy
