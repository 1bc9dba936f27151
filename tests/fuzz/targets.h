// What the fuzzers run: one function per parser of bytes that come from outside the process. Each aborts when
// what it holds about its parser is broken; sanitizers see the rest. The same functions run on seeds and
// mutations of them in fuzz_seeds_test. Stateless; one thread.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kepu::fuzz {

struct Target {
  const char* name;
  void (*run)(absl::string_view bytes);
  // Inputs from which mutations get far into the parser.
  std::vector<std::string> (*seeds)();
};

// All of them, in a fixed order.
const std::vector<Target>& Targets();

// Each room's targets; Targets() puts them together.
std::vector<Target> ConnectTargets();
std::vector<Target> GatewayTargets();
std::vector<Target> GatewayEdgeTargets();
std::vector<Target> GatewayWholeTargets();
std::vector<Target> LoginTargets();
std::vector<Target> LiveTargets();
std::vector<Target> ServiceTargets();
std::vector<Target> StoreTargets();
std::vector<Target> CliTargets();
std::vector<Target> FeedTargets();

// Ends the process with a line that says what does not hold.
void Require(bool holds, const char* what);

}  // namespace kepu::fuzz
