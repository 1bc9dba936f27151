#include "tests/support/asking_client.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>

#include "absl/time/clock.h"

namespace kepu::support {
namespace {

// What takes longer than this does not happen at all.
constexpr absl::Duration kLimit = absl::Seconds(30);

bool WaitUntil(const std::function<bool()>& condition) {
  const absl::Time end = absl::Now() + kLimit;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

}  // namespace

void Answer::Give(absl::StatusOr<redis::Reply> reply) {
  if (given()) {
    fprintf(stderr, "a call was completed twice\n");
    abort();
  }
  reply_ = std::move(reply);
  given_.Set();
}

const absl::StatusOr<redis::Reply>& Answer::Wait() {
  static const absl::StatusOr<redis::Reply> never = absl::InternalError("the call was not completed");
  return given_.Wait(kLimit) ? reply_ : never;
}

redis::Options OneConnection(std::string address) {
  redis::Options options;
  options.address = std::move(address);
  options.write_connections = 1;
  options.read_connections = 0;
  options.tail_connections = 0;
  options.grace = absl::Seconds(20);
  options.backoff_min = absl::Milliseconds(1);
  options.backoff_max = absl::Milliseconds(10);
  return options;
}

AskingClient::AskingClient(redis::Options options) {
  options.on_trouble = [this](const absl::Status& status) {
    std::lock_guard<std::mutex> lock(mutex_);
    troubles_.emplace_back(status.message());
  };
  client_ = *redis::MakeClient(loop_, random_, std::move(options));
  loop_.Start();
}

AskingClient::~AskingClient() {
  client_.reset();
  loop_.Stop();
}

std::shared_ptr<Answer> AskingClient::Start(redis::Command command, absl::Duration timeout, redis::Lane lane,
                                            absl::string_view routing_key) {
  // Shared by the test that waits and the completion that may come after it has given up.
  auto answer = std::make_shared<Answer>();
  client_->Call(lane, routing_key, std::move(command), timeout,
                [answer](absl::StatusOr<redis::Reply> reply) { answer->Give(std::move(reply)); });
  return answer;
}

bool AskingClient::WaitGeneration(uint64_t generation) {
  return WaitUntil([&] { return client_->Generation() >= generation; });
}

std::vector<std::string> AskingClient::Troubles() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return troubles_;
}

bool AskingClient::WaitTroubles(size_t count) {
  return WaitUntil([&] { return Troubles().size() >= count; });
}

}  // namespace kepu::support
