#include <gtest/gtest.h>

#include <future>

#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/redis/connect.h"
#include "libs/store/admin.h"
#include "libs/store/redis_store.h"
#include "tests/store/backend.h"
#include "tests/support/private_redis.h"

namespace kepu::store {
namespace {

class RedisBackend final : public Backend {
 public:
  explicit RedisBackend(const std::function<std::string(std::string)>& mutate);
  ~RedisBackend() override;
  Store& store() override { return *store_; }
  absl::Time Now() override { return absl::Now(); }
  void Run(std::function<void(std::function<void()>)> start) override {
    // Not absl::Notification: Debian's Abseil is not instrumented, and the thread sanitizer would see a race.
    std::promise<void> finished;
    loop_.Post([&] { start([&finished] { finished.set_value(); }); });
    finished.get_future().wait();
  }

 private:
  support::PrivateRedis redis_;
  executor::SeededRandom random_{1};
  executor::EventLoop loop_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<RedisStore> store_;
};

RedisBackend::RedisBackend(const std::function<std::string(std::string)>& mutate) {
  // No fsync: this is about meaning, not about durability.
  redis::Options options;
  options.address = redis_.address();
  options.write_connections = 1;
  client_ = *redis::MakeClient(loop_, random_, options);
  loop_.Start();
  store_ = std::make_unique<RedisStore>(*client_, loop_,
                                        RedisStoreOptions{.service = "test", .allow_weak_durability = true});
  const DataSet data_set{"test data set", 1, kLayout};
  const auto admin = [&](std::function<void(AdminDone)> call) {
    absl::Status status;
    Run([&](std::function<void()> finished) {
      call([&status, finished](absl::Status given) {
        status = std::move(given);
        finished();
      });
    });
    EXPECT_TRUE(status.ok()) << status;
  };
  admin([&](AdminDone done) { LoadLibrary(*client_, LibraryCode(), std::move(done)); });
  admin([&](AdminDone done) { InitPartitions(*client_, "test", data_set, 64, std::move(done)); });
  EXPECT_TRUE(Wait<DataSet>([&](Done<DataSet> done) { store_->Open(std::move(done)); }).ok());
  if (mutate) {
    const std::string code = mutate(std::string(LibraryCode()));
    admin([&](AdminDone done) { LoadLibrary(*client_, code, std::move(done)); });
  }
}

RedisBackend::~RedisBackend() {
  loop_.RunAndWait([this] { client_->Shutdown(); });
  loop_.Stop();
}

}  // namespace

std::unique_ptr<Backend> MakeRedisBackend(std::function<std::string(std::string)> mutate) {
  return std::make_unique<RedisBackend>(mutate);
}

}  // namespace kepu::store
