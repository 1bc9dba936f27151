// The words of a command line taken apart: options with their values, and the rest in order. The table of
// options here is the only one: help and completion read it too. Values; thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kepu::cli {

struct Option {
  absl::string_view name;   // "--server"
  absl::string_view value;  // what stands behind it, as help shows it; empty: nothing does
  absl::string_view help;
};

const std::vector<Option>& Options();

struct Arguments {
  std::map<std::string, std::vector<std::string>> options;
  std::vector<std::string> rest;
  std::string error;  // not empty: wrong usage

  // The last value given.
  std::string Get(const std::string& name, const std::string& otherwise = "") const;
  bool Has(const std::string& name) const { return options.count(name) > 0; }
  std::vector<std::string> All(const std::string& name) const;
};

// "--name value" and "--name=value"; behind "--" everything is rest.
Arguments ParseArguments(const std::vector<std::string>& words);

// The one of `known` that `word` was probably meant to be; empty when none is near. Distance of Damerau and
// Levenshtein of at most a third of the word.
std::string Nearest(absl::string_view word, const std::vector<std::string>& known);

}  // namespace kepu::cli
