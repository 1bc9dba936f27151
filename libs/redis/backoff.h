// How long to wait before the next attempt to connect. Pure but for the randomness given; thread-safe as far
// as that is.
#pragma once

#include "absl/time/time.h"
#include "libs/executor/executor.h"

namespace kepu::redis {

// `least` doubled for each of `failed` attempts, at most `most`, with a random half of it taken off so that
// the processes of a city do not come back in step.
absl::Duration BackoffPause(int failed, absl::Duration least, absl::Duration most, executor::Random& random);

}  // namespace kepu::redis
