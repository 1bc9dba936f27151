// A row of the benchmark: what is called, and whose CPU is counted. Values; not thread-safe.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/measure.h"

namespace kepu::bench {

struct RowSpec {
  std::string name, ratio_to;
  std::function<std::unique_ptr<Load>(int in_flight)> load;
  std::map<std::string, std::vector<pid_t>> processes;
  // Another row that it is also held against, in a row of its own; empty for none.
  std::string also_to = "";
  // The process in front whose requests per second of its own CPU are a row too; empty for none. That row is
  // held against the one of `front_to`.
  std::string front = "", front_to = "";
};

}  // namespace kepu::bench
