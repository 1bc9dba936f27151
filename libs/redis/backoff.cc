#include "libs/redis/backoff.h"

#include <algorithm>

namespace kepu::redis {
namespace {

// Far beyond any sensible maximum; keeps the shift defined.
constexpr int kDoublingsMax = 30;

}  // namespace

absl::Duration BackoffPause(int failed, absl::Duration least, absl::Duration most, executor::Random& random) {
  const absl::Duration pause = std::min(most, least * (int64_t{1} << std::clamp(failed, 0, kDoublingsMax)));
  const int64_t half_ns = std::max<int64_t>(0, absl::ToInt64Nanoseconds(pause / 2));
  return pause - absl::Nanoseconds(random.Below(static_cast<uint64_t>(half_ns) + 1));
}

}  // namespace kepu::redis
