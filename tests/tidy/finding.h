// What a check of the tree returns: where a rule of the house is broken, and how to mend it. Values;
// thread-safe.
#pragma once

#include <string>
#include <vector>

namespace kepu::tidy {

// A file of the tree: its path from the top, and its bytes.
struct File {
  std::string path;
  std::string text;
};

struct Finding {
  std::string path;
  int line = 0;      // from 1; 0 when the whole file is meant
  std::string rule;  // a short name, so that tests can tell the rules apart
  std::string advice;
};

using Findings = std::vector<Finding>;

}  // namespace kepu::tidy
