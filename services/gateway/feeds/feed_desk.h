// The door to calendar feeds: an address with a secret is resolved by identity, read from the services as the
// feed's owner, and answered as text/calendar. Whatever opens nothing, for whatever reason, is the same 404.
// Many who read one feed at a time share one reading. Owned by the gateway; Serve runs on the listener's
// thread, the rest wherever answers arrive and
// in a worker; thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/executor/worker_pool.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/feeds/loader.h"
#include "services/gateway/http/server.h"
#include "services/gateway/transcode/answer.h"

namespace kepu::gateway::feeds {

class FeedDesk {
 public:
  // How long an answer is given again to the same owner with the same roles: a secret that goes round does
  // not become a hundred questions to the services for each that comes by.
  static constexpr std::chrono::seconds kKept{10};
  static constexpr size_t kKeptBytesMax = size_t{16} * 1024 * 1024;
  // Feeds that are being read at once; beyond, readers come again.
  static constexpr size_t kLoadsMax = 32;

  // Not owned; all outlive the last answer.
  FeedDesk(upstream::Caller& caller, const transcode::AnswerWriter& writer, metrics::Registry& metrics,
           std::function<absl::Time()> now);

  // False for paths that are not of feeds.
  bool Serve(const std::shared_ptr<http::Exchange>& exchange, const std::string& request_id);

 private:
  // One request on its way.
  struct Visit {
    std::shared_ptr<http::Exchange> exchange;
    std::string request_id;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  };
  // A calendar as it goes out.
  struct Page {
    std::shared_ptr<const std::string> text;
    std::string etag, modified;
  };
  using Result = absl::StatusOr<std::shared_ptr<const Page>>;
  // By the answer of identity: owner, roles, what is shown.
  struct Slot {
    std::shared_ptr<const Page> page;  // null while it is read
    std::chrono::steady_clock::time_point until;
    std::vector<Visit> waiting;
  };

  void OnResolved(Visit visit, const absl::StatusOr<rpc::PeerAnswer>& answer);
  static std::shared_ptr<const Page> PageOf(const ical::Calendar& calendar);
  void Load(const std::string& resolved, rpc::Context context, FeedQuery query);
  void OnLoaded(const std::string& resolved, Result result);
  void ForgetOld() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Answer(const Visit& visit, const Result& result);
  void Fail(const Visit& visit, const absl::Status& status);
  void RefuseVerb(const Visit& visit);
  void Send(const Visit& visit, http::Response response);

  upstream::Caller& caller_;
  const transcode::AnswerWriter& writer_;
  const std::function<absl::Time()> now_;
  std::vector<metrics::Counter*> by_class_;
  metrics::Histogram* seconds_ = nullptr;
  ListStarts starts_;
  absl::Mutex mutex_;
  std::map<std::string, Slot> slots_ ABSL_GUARDED_BY(mutex_);
  size_t kept_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t loads_ ABSL_GUARDED_BY(mutex_) = 0;
  // A thousand events take 25 ms to write, which the threads that bring answers do not have. Last: it ends
  // before what it works on.
  executor::WorkerPool writers_{1};
};

}  // namespace kepu::gateway::feeds
