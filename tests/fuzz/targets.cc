#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>

#include "google/protobuf/stubs/logging.h"

namespace kepu::fuzz {

const std::vector<Target>& Targets() {
  static const auto* const targets = [] {
    google::protobuf::SetLogHandler(nullptr);  // it would complain of every text that is not UTF-8
    auto* all = new std::vector<Target>;
    for (const auto& room :
         {ConnectTargets(), GatewayTargets(), GatewayEdgeTargets(), GatewayWholeTargets(), LoginTargets(),
          LiveTargets(), ServiceTargets(), StoreTargets(), CliTargets(), FeedTargets()})
      all->insert(all->end(), room.begin(), room.end());
    return all;
  }();
  return *targets;
}

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace kepu::fuzz
