#include "libs/executor/worker_pool.h"

#include "libs/refusal/refusal.h"

namespace kepu::executor {

namespace {
constexpr absl::Duration kRetryAfter = absl::Seconds(2);
}  // namespace

WorkerPool::WorkerPool(size_t threads, size_t queue_max) : queue_max_(queue_max) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

WorkerPool::~WorkerPool() {
  std::deque<Work> dropped;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    dropped.swap(queue_);
  }
  for (std::thread& thread : threads_) thread.join();
}

absl::Status WorkerPool::Run(Work work) {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || queue_.size() >= queue_max_) {
    return refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", kRetryAfter);
  }
  queue_.push_back(std::move(work));
  return absl::OkStatus();
}

void WorkerPool::Loop() {
  const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); };
  while (true) {
    Work work;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&ready));
      if (stopping_) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace kepu::executor
