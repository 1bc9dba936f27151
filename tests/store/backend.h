// The two stores behind one face, so that one suite holds both to the same meaning. A Backend owns what it
// needs (a private redis-server, a loop) and lives for one test; calls of the store run on its executor.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "libs/executor/executor.h"
#include "libs/store/memory_store.h"
#include "libs/store/store.h"

namespace kepu::store {

class Backend {
 public:
  virtual ~Backend() = default;
  virtual Store& store() = 0;
  virtual absl::Time Now() = 0;
  // Runs `start` on the executor and returns when it has called its argument.
  virtual void Run(std::function<void(std::function<void()> finished)> start) = 0;

  // One call, waited for.
  template <class T>
  absl::StatusOr<T> Wait(std::function<void(Done<T>)> call) {
    absl::StatusOr<T> answer = absl::UnknownError("not answered");
    Run([&](std::function<void()> finished) {
      call([&answer, finished](absl::StatusOr<T> given) {
        answer = std::move(given);
        finished();
      });
    });
    return answer;
  }
};

// Runs tasks when asked to, in order; time stands still but for what is waited for.
class QueueExecutor final : public executor::Executor {
 public:
  void Post(executor::Task task) override { tasks_.push_back(std::move(task)); }
  executor::TimerId PostAfter(absl::Duration, executor::Task task) override {
    tasks_.push_back(std::move(task));
    return 0;
  }
  void Cancel(executor::TimerId) override {}
  absl::Time SteadyNow() const override { return absl::UnixEpoch(); }
  void RunUntil(const bool& done) {
    while (!done && !tasks_.empty()) {
      executor::Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

 private:
  std::deque<executor::Task> tasks_;
};

class MemoryBackend final : public Backend {
 public:
  explicit MemoryBackend(Planted planted = Planted::kNone) { data_.Plant(planted); }
  Store& store() override { return store_; }
  MemoryData& data() { return data_; }
  absl::Time Now() override { return now_; }
  void set_now(absl::Time now) { now_ = now; }
  void Run(std::function<void(std::function<void()>)> start) override {
    bool done = false;
    start([&done] { done = true; });
    executor_.RunUntil(done);
  }

 private:
  MemoryData data_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  QueueExecutor executor_;
  MemoryStore store_{data_, executor_, [this] { return now_; }};
};

// `mutate` changes the text of the function library before it is loaded: planted faults. Made in
// redis_backend.cc.
std::unique_ptr<Backend> MakeRedisBackend(std::function<std::string(std::string)> mutate = nullptr);

}  // namespace kepu::store
