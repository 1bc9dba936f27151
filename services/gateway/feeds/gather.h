// Many questions to the services that come together to one answer: asked a few at a time, each able to ask
// more, and over when nothing is under way any more. The first failure that matters ends it, for half a
// calendar would delete the other half at its readers. Held by its own calls; everything it is given runs one
// after another on whatever thread brings an answer.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/gateway/upstream/caller.h"

namespace kepu::gateway::feeds {

class Gather : public std::enable_shared_from_this<Gather> {
 public:
  // Of one calendar at once: the services have others to answer.
  static constexpr int kAtOnce = 8;
  // Questions of one calendar in all; what is more is not asked, and then it fails.
  static constexpr int kCallsMax = 1500;
  static constexpr std::chrono::seconds kTimeMax{8};

  Gather(upstream::Caller& caller, rpc::Context context) : caller_(caller), context_(std::move(context)) {}

  // `begin` asks the first questions; `done` runs once.
  void Start(std::function<void()> begin, std::function<void(absl::Status)> done);

  // Only inside of `begin` and `take`. What is not `needed` may be absent or hidden: then `take` does not
  // run.
  template <class Response, class Request>
  void Ask(upstream::Target target, const Request& request, bool needed,
           std::function<void(const Response&)> take) {
    AskBytes(std::move(target), request.SerializeAsString(), needed,
             [take = std::move(take)](const std::string& bytes) {
               Response response;
               if (!response.ParseFromString(bytes)) return false;
               take(response);
               return true;
             });
  }

  // All pages of a list, at most `pages_max`; `take` says whether the next one is wanted. The request's
  // page_token is where it begins.
  template <class Response, class Request>
  void Pages(upstream::Target target, Request request, int pages_max,
             std::function<bool(const Response&)> take) {
    request.set_page_size(100);
    Ask<Response>(target, request, true, [this, target, request, pages_max, take](const Response& page) {
      if (!take(page) || page.next_page_token().empty() || pages_max <= 1) return;
      Request next = request;
      next.set_page_token(page.next_page_token());
      Pages<Response>(target, std::move(next), pages_max - 1, take);
    });
  }

 private:
  struct Question {
    upstream::Target target;
    std::string bytes;
    bool needed = true;
    std::function<bool(const std::string&)> take;  // false: unreadable
  };

  void AskBytes(upstream::Target target, std::string bytes, bool needed,
                std::function<bool(const std::string&)> take);
  // Runs `step` after those that came before, on this thread unless another one is at it.
  void Post(std::function<void()> step);
  void Pump();
  void OnAnswer(const Question& question, const absl::StatusOr<rpc::PeerAnswer>& answer);
  void EndIfOver();

  upstream::Caller& caller_;
  const rpc::Context context_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  absl::Mutex mutex_;
  std::deque<std::function<void()>> steps_ ABSL_GUARDED_BY(mutex_);
  bool stepping_ ABSL_GUARDED_BY(mutex_) = false;
  // Of the steps alone.
  std::deque<Question> waiting_;
  int under_way_ = 0, asked_ = 0;
  absl::Status failure_;
  std::function<void(absl::Status)> done_;
};

}  // namespace kepu::gateway::feeds
