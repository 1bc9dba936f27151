#include "libs/redis/client.h"

#include <array>
#include <atomic>
#include <deque>
#include <utility>

#include "libs/redis/address.h"
#include "libs/redis/connect.h"
#include "libs/redis/connection.h"
#include "libs/redis/outcome.h"

namespace kepu::redis {
namespace {

using executor::EventLoop;

// Stable for ever and cheap for the few bytes of a key (FNV-1a).
uint64_t Hash(absl::string_view key) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// The connections of a client; lives on the loop's thread. Shared with what is posted to the loop, because
// that may run after the client is gone.
class Pool final : public Connection::Owner, public std::enable_shared_from_this<Pool> {
 public:
  Pool(EventLoop& loop, executor::Random& random, Options options, Address address)
      : loop_(loop), options_(std::move(options)), address_(std::move(address)) {
    const std::array<size_t, 3> counts = {options_.write_connections, options_.read_connections,
                                          options_.tail_connections};
    for (size_t lane = 0; lane < counts.size(); ++lane) {
      for (size_t i = 0; i < counts[lane]; ++i) {
        lanes_[lane].push_back(std::make_unique<Connection>(loop, random, options_, address_, *this));
      }
    }
  }

  void Connect() {
    ForEach([](Connection& connection) { connection.Connect(); });
  }

  void Call(Lane lane, absl::string_view routing_key, Command command, absl::Duration timeout, Done done) {
    size_t from = static_cast<size_t>(lane);
    while (lanes_[from].empty()) --from;  // the writes have one at least
    const auto& connections = lanes_[from];
    const size_t index =
        connections.size() == 1 ? 0 : static_cast<size_t>(Hash(routing_key) % connections.size());
    connections[index]->Enqueue(std::move(command), timeout, std::move(done));
  }

  void OnConnect(absl::AnyInvocable<void()> callback) {
    callbacks_.push_back(std::move(callback));
    if (AllUp() && generation_.load(std::memory_order_relaxed) > 0) callbacks_.back()();
  }

  void Close() {
    ForEach([](Connection& connection) { connection.Close(); });
  }

  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  void OnGreeted() override {
    if (!AllUp()) return;
    generation_.fetch_add(1, std::memory_order_release);
    std::vector<Connection*> released;
    ForEach([&](Connection& connection) {
      if (!connection.greeted()) return;
      connection.Release();
      released.push_back(&connection);
    });
    // By index: a callback may register another.
    for (size_t i = 0; i < callbacks_.size(); ++i) callbacks_[i]();
    for (Connection* connection : released) connection->SendWaiting();
  }

  void OnTrouble(const absl::Status& status) override {
    if (options_.on_trouble) options_.on_trouble(status);
  }

  void OnDirty(Connection& connection) override {
    if (dirty_.empty()) loop_.AtTurnEnd([self = shared_from_this()] { self->FlushDirty(); });
    dirty_.push_back(&connection);
  }

 private:
  template <class F>
  void ForEach(F&& f) {
    for (auto& lane : lanes_) {
      for (auto& connection : lane) f(*connection);
    }
  }

  bool AllUp() {
    bool all = true;
    ForEach([&](Connection& connection) { all = all && (connection.greeted() || connection.open()); });
    return all;
  }

  void FlushDirty() {
    flushing_.swap(dirty_);
    for (Connection* connection : flushing_) connection->Flush();
    flushing_.clear();
  }

  EventLoop& loop_;
  const Options options_;
  const Address address_;
  std::atomic<uint64_t> generation_{0};
  std::array<std::vector<std::unique_ptr<Connection>>, 3> lanes_;  // by Lane
  std::deque<absl::AnyInvocable<void()>> callbacks_;               // stays in place while one of them runs
  std::vector<Connection*> dirty_;
  std::vector<Connection*> flushing_;
};

class PooledClient final : public Client {
 public:
  PooledClient(EventLoop& loop, std::shared_ptr<Pool> pool) : loop_(loop), pool_(std::move(pool)) {}

  ~PooledClient() override {
    Shutdown();
    // It may be a completion that destroys the client: the pool must survive until that has returned.
    if (loop_.InLoop()) loop_.Post([pool = std::move(pool_)] {});
  }

  void Call(Lane lane, absl::string_view routing_key, Command command, absl::Duration timeout,
            Done done) override {
    if (loop_.InLoop()) return pool_->Call(lane, routing_key, std::move(command), timeout, std::move(done));
    loop_.Post([pool = pool_, lane, key = std::string(routing_key), command = std::move(command), timeout,
                done = std::move(done)]() mutable {
      pool->Call(lane, key, std::move(command), timeout, std::move(done));
    });
  }

  uint64_t Generation() const override { return pool_->generation(); }

  void OnConnect(absl::AnyInvocable<void()> callback) override {
    loop_.Post(
        [pool = pool_, callback = std::move(callback)]() mutable { pool->OnConnect(std::move(callback)); });
  }

  void Shutdown() override {
    loop_.RunAndWait([this] { pool_->Close(); });
  }

 private:
  EventLoop& loop_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> MakeClient(EventLoop& loop, executor::Random& random,
                                                   Options options) {
  absl::StatusOr<Address> address = ParseAddress(options.address);
  if (!address.ok()) return address.status();
  if (options.write_connections == 0) return absl::InvalidArgumentError("redis: no connection for writes");
  auto pool = std::make_shared<Pool>(loop, random, std::move(options), *std::move(address));
  loop.Post([pool] { pool->Connect(); });
  return std::make_unique<PooledClient>(loop, std::move(pool));
}

}  // namespace kepu::redis
