#include "services/gateway/live/service_watch.h"

#include <algorithm>
#include <utility>

#include "libs/log/log.h"

namespace kepu::gateway::live {
namespace {

constexpr char kWatch[] = "/kepu.live.v1.LiveService/WatchChanges";

}  // namespace

void ServiceWatch::Open() {
  if (stopped_) return;
  rpc::Context context;
  context.principal.service = "gateway";
  upstream::StreamCallbacks callbacks;
  executor::Executor& executor = parts_.executor;
  callbacks.on_message = [weak = weak_from_this(), &executor](std::string bytes) {
    executor.Post([weak, bytes = std::move(bytes)] {
      if (const auto self = weak.lock()) self->OnMessage(bytes);
    });
  };
  callbacks.on_end = [weak = weak_from_this(), &executor](const absl::Status& status) {
    executor.Post([weak, status] {
      if (const auto self = weak.lock()) self->OnEnd(status);
    });
  };
  stream_ = parts_.caller.Open({parts_.service, kWatch}, std::move(context),
                               parts_.where().SerializeAsString(), {}, std::move(callbacks));
  stream_->Next();
}

void ServiceWatch::Stop() {
  stopped_ = true;
  if (stream_ != nullptr) stream_->Cancel();
}

void ServiceWatch::OnMessage(const std::string& bytes) {
  if (stopped_ || stream_ == nullptr) return;
  kepu::live::v1::Changes changes;
  if (!changes.ParseFromString(bytes)) return stream_->Cancel();
  if (changes.has_begin()) {
    log::Info("changes are followed", {{"service", parts_.service}});
    pause_ = kWatchAgainFirst;
  }
  parts_.told(changes);
  if (stream_ != nullptr) stream_->Next();
}

void ServiceWatch::OnEnd(const absl::Status& status) {
  stream_.reset();
  if (parts_.lost) parts_.lost();
  if (stopped_) return;
  // Only where it is new: the pause grows while the service is away.
  if (pause_ == kWatchAgainFirst)
    log::Warning("changes are not followed", {{"service", parts_.service}, {"why", status.message()}});
  const double part = 0.5 + static_cast<double>(parts_.random.Below(500)) / 1000;
  parts_.executor.PostAfter(pause_ * part, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Open();
  });
  pause_ = std::min(pause_ * 2, kWatchAgainMax);
}

}  // namespace kepu::gateway::live
