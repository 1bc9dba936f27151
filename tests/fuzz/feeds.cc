#include <algorithm>

#include "services/gateway/feeds/feed_path.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

// What is taken for a secret is part of the path and can stand in an address as it is.
void RunFeedPath(absl::string_view bytes) {
  const auto secret = gateway::feeds::FeedSecretOf(bytes);
  if (!secret) return;
  Require(bytes.substr(0, 4) == "/v1/", "only paths of feeds have secrets");
  if (secret->empty()) return;
  Require(secret->size() <= 128, "a secret has an end");
  Require(bytes.substr(bytes.size() - secret->size() - 4) == std::string(*secret) + ".ics",
          "the secret is the last of the path");
  Require(std::none_of(secret->begin(), secret->end(),
                       [](char c) { return c <= ' ' || c == '/' || c == '%' || c == '?' || c >= 0x7f; }),
          "nothing in a secret means anything else");
}

std::vector<std::string> FeedPathSeeds() {
  return {"/v1/feeds/f1.abcdefghijklmnopqrstuv.0123456789012345678901234567890123456789012.ics",
          "/v1/calendar/f1.a.b.ics",
          "/v1/feeds/..ics",
          "/v1/feeds/.ics",
          "/v1/feeds/a%2Fb.ics",
          "/v1/feeds/x.ics.ics"};
}

}  // namespace

std::vector<Target> FeedTargets() { return {{"feed_path", RunFeedPath, FeedPathSeeds}}; }

}  // namespace kepu::fuzz
