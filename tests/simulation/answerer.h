// How a call comes back to whoever made it in a simulation, and whether its outcome is sure then. Owned by a
// test; one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "libs/refusal/refusal.h"
#include "libs/rpc/call.h"

namespace kepu::simulation {

using Answered = std::function<void(const absl::Status& status, const std::string& bytes, rpc::AnswerInfo)>;

class Answerer final : public rpc::Responder {
 public:
  explicit Answerer(Answered answered) : answered_(std::move(answered)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo info) override {
    answered_(status, bytes == nullptr ? "" : *bytes, info);
  }
  bool Write(std::shared_ptr<const std::string>) override { return false; }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  Answered answered_;
};

// After anything else a client repeats its call.
inline bool IsSure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kResourceExhausted:
      return false;
    case absl::StatusCode::kAborted:
      // The engine's own, after too many tries; a reservation that ran out is a no.
      return refusal::ReasonOf(status) == "RESERVATION_EXPIRED";
    default:
      return true;
  }
}

}  // namespace kepu::simulation
