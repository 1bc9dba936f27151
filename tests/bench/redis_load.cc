#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/redis/connect.h"
#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

class RedisLoad final : public Load {
 public:
  RedisLoad(const std::string& address, int connections, MakeCommand make) : make_(std::move(make)) {
    redis::Options options;
    options.address = address;
    options.write_connections = static_cast<size_t>(connections);
    client_ = *redis::MakeClient(loop_, random_, options);
    loop_.Start();
  }
  ~RedisLoad() override {
    loop_.RunAndWait([this] { client_->Shutdown(); });
    loop_.Stop();
  }

  void Start(int in_flight, Recorder* recorder) override {
    recorder_ = recorder;
    stopping_ = false;
    under_way_ = in_flight;
    loop_.Post([this, in_flight] {
      for (int i = 0; i < in_flight; ++i) Send(i);
    });
  }

  void Stop() override {
    loop_.Post([this] { stopping_ = true; });
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return under_way_ == 0; });
  }

 private:
  void Send(int slot) {
    const absl::Time sent = loop_.SteadyNow();
    client_->Call(redis::Lane::kWrite, std::to_string(slot), make_(number_++), absl::Seconds(10),
                  [this, slot, sent](const absl::StatusOr<redis::Reply>& reply) {
                    if (reply.ok() && !reply->is_error() && reply->integer == 1) {
                      recorder_->Add(absl::ToInt64Nanoseconds(loop_.SteadyNow() - sent));
                    } else {
                      recorder_->Fail();
                    }
                    if (!stopping_) return Send(slot);
                    const std::lock_guard lock(mutex_);
                    if (--under_way_ == 0) idle_.notify_all();
                  });
  }

  const MakeCommand make_;
  executor::SystemRandom random_;
  executor::EventLoop loop_;
  std::unique_ptr<redis::Client> client_;
  uint64_t number_ = 0;
  bool stopping_ = false;
  Recorder* recorder_ = nullptr;
  std::mutex mutex_;
  std::condition_variable idle_;
  int under_way_ = 0;
};

}  // namespace

std::unique_ptr<Load> MakeRedisLoad(std::string address, int connections, MakeCommand make) {
  return std::make_unique<RedisLoad>(address, connections, std::move(make));
}

}  // namespace kepu::bench
