#include "services/gateway/guard/rates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::gateway::guard {
namespace {

constexpr char kRefused[] = "kepu_gateway_rate_refusals_total";
constexpr char kRefusedHelp[] = "Requests refused because their asker asked too much.";

// Whole seconds, because the headers know no others; never zero for what is not there yet.
int64_t SecondsUp(absl::Duration duration) {
  return duration <= absl::ZeroDuration() ? 0 : absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
}

}  // namespace

Rates::Rates(RateOptions options, metrics::Registry& registry)
    : scopes_{{"address", TokenBuckets(options.address, options.generation),
               &registry.MakeCounter(kRefused, kRefusedHelp, {{"scope", "address"}})},
              {"person", TokenBuckets(options.person, options.generation),
               &registry.MakeCounter(kRefused, kRefusedHelp, {{"scope", "person"}})},
              {"organization", TokenBuckets(options.organization, options.generation),
               &registry.MakeCounter(kRefused, kRefusedHelp, {{"scope", "organization"}})}} {}

Rates::Verdict Rates::Charge(const Asker& asker, int64_t cost, absl::Time now) {
  const absl::string_view keys[] = {asker.address, asker.person, asker.organization};
  Verdict verdict;
  const absl::MutexLock lock(&mutex_);
  absl::Duration wait;
  const Scope* refusing = nullptr;
  for (size_t i = 0; i < 3; ++i) {
    if (keys[i].empty()) continue;
    const TokenBuckets::Level level = scopes_[i].buckets.Look(keys[i], cost, now);
    if (level.enough || level.enough_in < wait) continue;
    wait = level.enough_in;
    refusing = &scopes_[i];
  }
  for (size_t i = 0; i < 3; ++i) {
    TokenBuckets& buckets = scopes_[i].buckets;
    if (keys[i].empty() || buckets.quota().units <= 0) continue;
    const TokenBuckets::Level level =
        refusing == nullptr ? buckets.Take(keys[i], cost, now) : buckets.Look(keys[i], cost, now);
    absl::StrAppend(&verdict.policy, verdict.policy.empty() ? "\"" : ", \"", scopes_[i].name,
                    "\";q=", buckets.quota().units, ";w=", SecondsUp(buckets.quota().window));
    absl::StrAppend(&verdict.limit, verdict.limit.empty() ? "\"" : ", \"", scopes_[i].name,
                    "\";r=", level.left, ";t=", SecondsUp(level.full_in));
  }
  if (refusing != nullptr) {
    refusing->refused->Add();
    // What costs more than a whole bucket is never there; an hour says so without promising anything.
    verdict.status = refusal::TryLater(absl::StatusCode::kResourceExhausted, "RATE_LIMITED",
                                       absl::Seconds(SecondsUp(std::min(wait, absl::Hours(1)))),
                                       {{"scope", refusing->name}});
  }
  return verdict;
}

}  // namespace kepu::gateway::guard
