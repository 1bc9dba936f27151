// Answers to reads that are for everybody, kept as finished bytes until the log of their service moves on: a
// page that all the city looks at is asked of its service once in a while instead of each time. Only what
// nobody in particular asked is kept, so that nobody is shown what was another's, and whoever carries a
// position is always answered by the service. Owned by main, outlives the gateway; bounded;
// thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/gateway/http/server.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway {

class ReadyAnswers {
 public:
  using Clock = std::chrono::steady_clock;
  // What depends on the time alone, or on the log of a neighbour, is no later than this.
  static constexpr auto kAge = std::chrono::milliseconds(250);
  // Together at most 16 MiB.
  static constexpr size_t kSlots = 128, kBytesMax = size_t{128} * 1024, kTargetBytesMax = 1024;

  struct Ready {
    const transcode::Route* route = nullptr;
    std::string target;
    uint64_t at = 0;
    Clock::time_point asked;
    http::Response response;  // with a ready_body, without the headers of one request
  };

  // Of these services changes are told; of others nothing is kept.
  explicit ReadyAnswers(const std::vector<std::string>& services);

  // Whether answers of this route may be kept at all: it reads, for everybody, and asks nothing about the
  // caller.
  static bool MayKeep(const transcode::Route& route);

  // Where the service stands: what a call that begins now gives to Keep. 0 while nobody tells of its changes.
  uint64_t At(const std::string& service) const;
  // Null when there is none of now.
  std::shared_ptr<const Ready> Find(const transcode::Route& route, absl::string_view target,
                                    Clock::time_point now) const;
  // Keeps what is still of now, and gives it back in any case.
  std::shared_ptr<const Ready> Keep(Ready ready);

  // The service has told of changes, or that there were none until now.
  void Moved(const std::string& service);
  // It is not known any more what changes there.
  void Lost(const std::string& service);
  // A call that changes something went through this gateway: whoever made it may look, without a login,
  // before its service has told, and it may have changed other services too.
  void ChangedHere();

 private:
  struct State {
    std::atomic<uint64_t> moves{1};
    std::atomic<bool> told{false};
  };
  static size_t SlotOf(const transcode::Route& route, absl::string_view target);

  std::map<std::string, State> services_;
  mutable absl::Mutex mutex_;
  std::array<std::shared_ptr<const Ready>, kSlots> slots_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::gateway
