#include "services/gateway/feeds/gather.h"

#include "libs/refusal/refusal.h"

namespace kepu::gateway::feeds {
namespace {

// The thing is not there for this caller, whatever it is.
bool IsAbsent(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kInvalidArgument:
      return true;
    default:
      return false;
  }
}

absl::Status TooMuch() { return refusal::TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Minutes(1)); }

}  // namespace

void Gather::Start(std::function<void()> begin, std::function<void(absl::Status)> done) {
  Post([self = shared_from_this(), begin = std::move(begin), done = std::move(done)] {
    self->done_ = done;
    begin();
    self->Pump();
    self->EndIfOver();
  });
}

void Gather::AskBytes(upstream::Target target, std::string bytes, bool needed,
                      std::function<bool(const std::string&)> take) {
  waiting_.push_back({std::move(target), std::move(bytes), needed, std::move(take)});
}

void Gather::Post(std::function<void()> step) {
  {
    absl::MutexLock lock(&mutex_);
    steps_.push_back(std::move(step));
    if (stepping_) return;
    stepping_ = true;
  }
  while (true) {
    std::function<void()> next;
    {
      absl::MutexLock lock(&mutex_);
      if (steps_.empty()) {
        stepping_ = false;
        return;
      }
      next = std::move(steps_.front());
      steps_.pop_front();
    }
    next();
  }
}

void Gather::Pump() {
  while (failure_.ok() && under_way_ < kAtOnce && !waiting_.empty()) {
    if (++asked_ > kCallsMax || std::chrono::steady_clock::now() - start_ > kTimeMax) {
      failure_ = TooMuch();
      return;
    }
    auto question = std::make_shared<Question>(std::move(waiting_.front()));
    waiting_.pop_front();
    ++under_way_;
    caller_.Call(question->target, context_, question->bytes, {},
                 [self = shared_from_this(), question](absl::StatusOr<rpc::PeerAnswer> answer) {
                   self->Post([self, question, answer = std::move(answer)] {
                     --self->under_way_;
                     self->OnAnswer(*question, answer);
                     self->Pump();
                     self->EndIfOver();
                   });
                 });
  }
}

void Gather::OnAnswer(const Question& question, const absl::StatusOr<rpc::PeerAnswer>& answer) {
  if (!failure_.ok()) return;
  if (!answer.ok()) {
    if (question.needed || !IsAbsent(answer.status())) failure_ = answer.status();
    return;
  }
  if (!question.take(answer->bytes)) failure_ = absl::InternalError("unreadable answer");
}

void Gather::EndIfOver() {
  if (under_way_ > 0 || (failure_.ok() && !waiting_.empty()) || !done_) return;
  std::exchange(done_, nullptr)(failure_);
}

}  // namespace kepu::gateway::feeds
