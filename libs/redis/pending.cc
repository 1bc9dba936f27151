#include "libs/redis/pending.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kepu::redis {
namespace {

// Answered calls are cleared away when they are this many, so that a pipeline which never runs empty does not
// grow.
constexpr size_t kAnsweredKept = 4096;

}  // namespace

Pending::Call Pending::PopOldest() {
  Call call = std::move(calls_[begin_++]);
  if (begin_ == calls_.size()) {
    calls_.clear();
    begin_ = 0;
  } else if (begin_ >= kAnsweredKept) {
    calls_.erase(calls_.begin(), std::next(calls_.begin(), static_cast<ptrdiff_t>(begin_)));
    begin_ = 0;
  }
  return call;
}

std::vector<Done> Pending::Expire(int64_t now_ns) {
  std::vector<Done> expired;
  for (size_t i = begin_; i < calls_.size(); ++i) {
    if (calls_[i].done == nullptr || calls_[i].deadline_ns > now_ns) continue;
    expired.push_back(std::move(calls_[i].done));
    calls_[i].done = nullptr;
  }
  return expired;
}

int64_t Pending::NextCheck() const {
  int64_t next_ns = kNever;
  for (size_t i = begin_; i < calls_.size(); ++i) {
    next_ns = std::min(next_ns, calls_[i].done == nullptr ? calls_[i].late_ns : calls_[i].deadline_ns);
  }
  return next_ns;
}

std::vector<Pending::Call> Pending::TakeAll() {
  calls_.erase(calls_.begin(), std::next(calls_.begin(), static_cast<ptrdiff_t>(begin_)));
  begin_ = 0;
  return std::exchange(calls_, {});
}

}  // namespace kepu::redis
