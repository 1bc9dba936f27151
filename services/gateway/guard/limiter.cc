#include "services/gateway/guard/limiter.h"

#include <algorithm>

namespace kepu::gateway::guard {
namespace {

// Of one answer in the usual time: an outlier is not a trend.
constexpr double kWeight = 0.1;
// With less than half of the limit in use nothing is learnt about a higher one.
constexpr double kInUse = 0.5;

}  // namespace

bool Limiter::HasRoom(Lane lane) const {
  const double room = std::max(1.0, limit_ * options_.share[static_cast<size_t>(lane)]);
  return static_cast<double>(under_way_) < room;
}

absl::Duration Limiter::SlowFrom(const Speed& speed) const {
  const double quickest = std::min(speed.quickest, speed.quickest_before);
  return std::clamp(absl::Seconds(quickest * options_.slow_factor), options_.slow_least, options_.slow_most);
}

void Limiter::Done(bool changes, Outcome outcome, absl::Duration took, absl::Time now) {
  const bool in_use = static_cast<double>(under_way_) >= limit_ * kInUse;
  --under_way_;
  if (outcome == Outcome::kUnsaid) return;
  Speed& speed = speeds_[changes ? 1 : 0];
  const double seconds = absl::ToDoubleSeconds(took);
  if (now >= speed.window_end) {
    const bool first = speed.window_end == absl::InfinitePast();
    speed.quickest_before = first ? seconds : speed.quickest;
    speed.quickest = seconds;
    if (first) speed.usual = seconds;
    speed.window_end = now + options_.quickest_window;
  }
  speed.quickest = std::min(speed.quickest, seconds);
  speed.usual += kWeight * (seconds - speed.usual);
  if (outcome == Outcome::kLate || absl::Seconds(speed.usual) > SlowFrom(speed)) {
    if (now < cut_at_ + options_.cut_pause) return;
    cut_at_ = now;
    limit_ = std::max(options_.least, limit_ * options_.cut);
  } else if (in_use) {
    limit_ = std::min(options_.most, limit_ + 1 / limit_);
  }
}

}  // namespace kepu::gateway::guard
