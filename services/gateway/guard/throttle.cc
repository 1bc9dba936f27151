#include "services/gateway/guard/throttle.h"

#include <algorithm>

namespace kepu::gateway::guard {

void Throttle::MoveTo(absl::Time now) {
  const int64_t second = absl::ToUnixSeconds(now);
  for (int64_t at = std::max(second_ + 1, second - kSeconds + 1); at <= second; ++at) {
    Second& gone = seconds_[static_cast<size_t>(at % kSeconds)];
    asked_ -= gone.asked;
    answered_ -= gone.answered;
    gone = {};
  }
  second_ = std::max(second_, second);
}

double Throttle::Refusing() const {
  if (asked_ < options_.asked_least) return 0;
  const double more = static_cast<double>(asked_) - options_.k * static_cast<double>(answered_);
  return std::max(0.0, more / static_cast<double>(asked_ + 1));
}

void Throttle::Count(int64_t answered) {
  Second& second = seconds_[static_cast<size_t>(second_ % kSeconds)];
  ++asked_;
  ++second.asked;
  answered_ += answered;
  second.answered += answered;
}

bool Throttle::Admit(double drawn, absl::Time now) {
  MoveTo(now);
  if (drawn < Refusing() && now < probed_ + options_.probe) {
    Count(0);
    return false;
  }
  probed_ = now;
  return true;
}

void Throttle::Done(bool answered, absl::Time now) {
  MoveTo(now);
  if (answered && silent_ >= options_.silence) {
    seconds_ = {};
    asked_ = answered_ = 0;
  }
  silent_ = answered ? 0 : silent_ + 1;
  Count(answered ? 1 : 0);
}

}  // namespace kepu::gateway::guard
