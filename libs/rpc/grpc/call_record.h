// What is kept of a served method's calls: numbers by code, and a log line when a call ends. Lines of
// refusals are bounded per second, since a rush would write thousands; numbers count all. Owned by the
// server; thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/metrics/metrics.h"

namespace kepu::rpc {

// How many lines about calls there may be; shared by the methods of a server.
class LineBudget {
 public:
  // `ok_every`: one line for so many calls that went well; 0 for none.
  LineBudget(uint32_t ok_every, uint32_t lines_per_second)
      : ok_every_(ok_every), per_second_(lines_per_second) {}
  bool TakeOk();
  bool TakeRefused(absl::Time now);

 private:
  const uint32_t ok_every_;
  const uint32_t per_second_;
  std::atomic<uint32_t> ok_seen_{0};
  std::atomic<int64_t> second_{0};
  std::atomic<uint32_t> used_{0};
};

struct EndedCall {
  absl::string_view request_id;
  absl::string_view principal;
  absl::Time began;
  absl::Time ended;
};

class CallRecord {
 public:
  CallRecord(metrics::Registry& registry, LineBudget& budget, std::string method);

  void Begin() { in_flight_.Add(1); }
  void End(const absl::Status& status, const EndedCall& call);

 private:
  static constexpr size_t kCodes = 17;
  metrics::Counter& CounterOf(absl::StatusCode code);
  void WriteLine(const absl::Status& status, const EndedCall& call) const;

  metrics::Registry& registry_;
  LineBudget& budget_;
  const std::string method_;
  metrics::Gauge& in_flight_;
  metrics::Histogram& seconds_;
  // Made when a code is first seen: a hundred methods of seventeen codes each would be mostly zeros.
  std::array<std::atomic<metrics::Counter*>, kCodes> counters_{};
};

}  // namespace kepu::rpc
