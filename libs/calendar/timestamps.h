// Instants as messages carry them, as Abseil has them, and as logs and records keep them: microseconds since
// 1970. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace kepu::calendar {

inline absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

inline int64_t MicrosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

// Nanoseconds count forward also before 1970, as the message demands.
inline void SetMicros(int64_t time_us, google::protobuf::Timestamp* time) {
  const int64_t rest = (time_us % 1'000'000 + 1'000'000) % 1'000'000;
  time->set_seconds((time_us - rest) / 1'000'000);
  time->set_nanos(static_cast<int32_t>(rest * 1000));
}

// "2026-11-22T08:30:00Z", as refusals name an instant.
inline std::string UtcText(int64_t time_us) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", absl::FromUnixMicros(time_us), absl::UTCTimeZone());
}

}  // namespace kepu::calendar
