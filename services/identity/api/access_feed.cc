#include "services/identity/api/access_feed.h"

#include <utility>
#include <vector>

#include "libs/refusal/refusal.h"

namespace kepu::identity::api {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(1);

std::shared_ptr<const std::string> Bytes(const std::string& user) {
  v1::AccessChange change;
  change.set_user(user);
  return std::make_shared<const std::string>(change.SerializeAsString());
}

}  // namespace

AccessFeed::~AccessFeed() {
  std::map<uint64_t, std::shared_ptr<Call>> open;
  {
    absl::MutexLock lock(&state_->mutex);
    open.swap(state_->watchers);
  }
  for (auto& [id, call] : open) call->Fail(absl::UnavailableError("the service stops"));
}

void AccessFeed::End(const std::shared_ptr<State>& state, uint64_t id, const absl::Status& status) {
  std::shared_ptr<Call> call;
  {
    absl::MutexLock lock(&state->mutex);
    const auto it = state->watchers.find(id);
    if (it == state->watchers.end()) return;
    call = std::move(it->second);
    state->watchers.erase(it);
  }
  call->Fail(status);
}

void AccessFeed::Watch(Call call) {
  auto shared = std::make_shared<Call>(std::move(call));
  uint64_t id = 0;
  {
    absl::MutexLock lock(&state_->mutex);
    if (state_->watchers.size() < kWatchersMax) {
      id = state_->next_id++;
      state_->watchers[id] = shared;
    }
  }
  if (id == 0)
    return shared->Fail(refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", kRetryAfter));
  shared->untyped().responder().Write(Bytes(""));
  // Last: it may run at once and end the call.
  shared->untyped().responder().OnCancel(
      [state = state_, id] { End(state, id, absl::CancelledError("the reader left")); });
}

void AccessFeed::Tell(const std::string& user) {
  std::vector<std::pair<uint64_t, std::shared_ptr<Call>>> open;
  {
    absl::MutexLock lock(&state_->mutex);
    open.assign(state_->watchers.begin(), state_->watchers.end());
  }
  if (open.empty()) return;
  const auto bytes = Bytes(user);
  for (auto& [id, call] : open) {
    if (call->untyped().responder().Write(bytes)) continue;
    End(state_, id, refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
  }
}

}  // namespace kepu::identity::api
