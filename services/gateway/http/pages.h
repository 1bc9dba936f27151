// The pages that the gateway itself has: what runs here, which is also the first page while the web app is
// not built. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kepu::gateway::http {

struct ServiceState {
  std::string name;
  bool ready = false;
};

// Plain HTML without any outside asset: what runs, whether it is ready, where the contract is, and without
// the web app how it is built.
std::string LandingPage(absl::string_view version, const std::vector<ServiceState>& services, bool has_app);

// {"ready":true,"services":{"event":"ready",...}}
std::string ReadyText(bool ready, const std::vector<ServiceState>& services);

}  // namespace kepu::gateway::http
