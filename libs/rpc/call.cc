#include "libs/rpc/call.h"

#include <algorithm>

#include "libs/log/log.h"

namespace kepu::rpc {

bool Principal::Holds(absl::string_view role, absl::string_view on) const {
  return std::any_of(grants.begin(), grants.end(),
                     [&](const Grant& grant) { return grant.role == role && grant.on == on; });
}

Call& Call::operator=(Call&& other) noexcept {
  // What this call was before is answered by the destructor, like any other that is dropped.
  Call dropped(std::move(*this));
  context_ = std::move(other.context_);
  request_bytes_ = std::move(other.request_bytes_);
  responder_ = std::move(other.responder_);
  return *this;
}

Call::~Call() {
  if (responder_ == nullptr) return;
  log::Error("a call was dropped without an answer", {{"request_id", context_.trace_id}});
  Finish(absl::InternalError("dropped without an answer"));
}

void Call::Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes, AnswerInfo info) {
  if (responder_ == nullptr) {
    log::Error("a call was answered twice", {{"request_id", context_.trace_id}});
    return;
  }
  // Kept alive until the transport returns, while the call already counts as finished.
  std::unique_ptr<Responder> responder = std::move(responder_);
  responder->Finish(status, std::move(bytes), info);
}

}  // namespace kepu::rpc
