#include "services/gateway/upstream/access_watch.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include "kepu/identity/v1/identity.pb.h"
#include "libs/log/log.h"

namespace kepu::gateway::upstream {
namespace {

constexpr char kWatch[] = "/kepu.identity.v1.IdentityService/WatchAccess";

}  // namespace

// Everything but the callbacks' first step runs on the executor. Held by its stream and timers.
class AccessWatch::Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(Caller& caller, Logins& logins, executor::Executor& executor, executor::Random& random)
      : caller_(caller), logins_(logins), executor_(executor), random_(random) {}

  void Open() {
    if (stopped_) return;
    rpc::Context context;
    context.principal.service = "gateway";
    StreamCallbacks callbacks;
    callbacks.on_message = [self = shared_from_this()](std::string bytes) {
      self->executor_.Post([self, bytes = std::move(bytes)] { self->OnMessage(bytes); });
    };
    callbacks.on_end = [self = shared_from_this()](const absl::Status& status) {
      self->executor_.Post([self, status] { self->OnEnd(status); });
    };
    stream_ = caller_.Open({"identity", kWatch}, std::move(context), "", {}, std::move(callbacks));
    stream_->Next();
  }

  // From any thread: the stream's end runs later, and finds that nothing is to be done.
  void Stop() {
    stopped_ = true;
    executor_.Post([self = shared_from_this()] {
      if (self->stream_) self->stream_->Cancel();
    });
  }

 private:
  void OnMessage(const std::string& bytes) {
    if (stopped_ || !stream_) return;
    identity::v1::AccessChange change;
    if (!change.ParseFromString(bytes)) return stream_->Cancel();
    if (!change.user().empty()) {
      logins_.Forget(change.user());
    } else {
      // The stream has begun: whatever changes from here on is told.
      logins_.SetWatched(true);
      log::Info("changes of access are followed");
      pause_ = kReopenFirst;
    }
    stream_->Next();
  }

  void OnEnd(const absl::Status& status) {
    stream_.reset();
    if (stopped_) return;
    logins_.SetWatched(false);
    const double part = 0.5 + static_cast<double>(random_.Below(500)) / 1000;
    // Every attempt is worth a line only where it is new: the pause grows while identity is away.
    if (pause_ == kReopenFirst)
      log::Warning("changes of access are not followed", {{"why", status.message()}});
    executor_.PostAfter(pause_ * part, [self = shared_from_this()] { self->Open(); });
    pause_ = std::min(pause_ * 2, kReopenMax);
  }

  Caller& caller_;
  Logins& logins_;
  executor::Executor& executor_;
  executor::Random& random_;
  std::atomic<bool> stopped_{false};
  std::shared_ptr<Stream> stream_;
  absl::Duration pause_ = kReopenFirst;
};

AccessWatch::AccessWatch(Caller& caller, Logins& logins, executor::Executor& executor,
                         executor::Random& random)
    : follower_(std::make_shared<Follower>(caller, logins, executor, random)) {
  executor.Post([follower = follower_] { follower->Open(); });
}

AccessWatch::~AccessWatch() { follower_->Stop(); }

}  // namespace kepu::gateway::upstream
