#include "libs/projection/neighbour_log.h"

namespace kepu::projection {
namespace {

// Longer than a pause of the store that nobody notices, shorter than somebody looks at an answer.
constexpr absl::Duration kStaleAfter = absl::Seconds(10);

}  // namespace

NeighbourLog::NeighbourLog(store::Store& store, executor::Executor& executor, Sink& sink,
                           FollowerOptions options)
    : executor_(executor), poll_(options.poll), follower_(MakeFollower(store, executor, sink, options)) {}

NeighbourLog::~NeighbourLog() { *alive_ = false; }

void NeighbourLog::Start() {
  if (started_) return;
  started_ = true;
  Begin();
}

bool NeighbourLog::Current() const {
  return loaded_ && follower_->FreshAt() > executor_.SteadyNow() - kStaleAfter;
}

void NeighbourLog::Begin() {
  follower_->Start([this, alive = alive_](const absl::Status& status) {
    if (!*alive) return;
    loaded_ = status.ok();
    if (loaded_) return;
    executor_.PostAfter(poll_, [this, alive] {
      if (*alive) Begin();
    });
  });
}

}  // namespace kepu::projection
