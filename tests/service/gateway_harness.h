// A gateway on a free port over services that a test scripts.
// Owned by the test; the fake's functions are thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "kepu/identity/v1/identity.pb.h"
#include "kepu/test/v1/park.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "services/gateway/gateway.h"
#include "tests/service/gateway_client.h"

namespace kepu::gateway::testing {

inline constexpr char kGetPark[] = "GET /v1/parks/x HTTP/1.1\r\nHost: here\r\n\r\n";

class FakeUpstream : public upstream::Upstream {
 public:
  struct Seen {
    std::string method;
    rpc::Context context;
    std::string request;
  };
  using Handler = std::function<void(const Seen&, upstream::Done)>;
  // The message at an index of a stream; nothing at its end.
  using Source = std::function<std::optional<std::string>(int index)>;

  FakeUpstream() { loop_.Start(); }
  ~FakeUpstream() override { loop_.Stop(); }

  // By the short name of the method. Handlers run on the caller's thread.
  void On(const std::string& method, Handler handler) {
    const std::lock_guard lock(mutex_);
    handlers_[method] = std::move(handler);
  }
  void Stream(Source source, absl::Status end = absl::OkStatus()) {
    const std::lock_guard lock(mutex_);
    source_ = std::move(source);
    end_ = std::move(end);
  }
  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  executor::EventLoop& loop() { return loop_; }

  // Identity's stream of changes: whether it can be opened, how often it was, and what it tells.
  std::atomic<bool> watchable{true};
  std::atomic<int> watches{0};
  // "" is how it begins.
  void Tell(const std::string& user) {
    loop_.Post([this, user] {
      if (watch_) watch_->Tell(user);
    });
  }
  void EndWatch() {
    loop_.Post([this] {
      if (watch_) watch_->Cancel();
    });
  }
  std::atomic<int> delivered{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> ended{0};
  std::atomic<bool> ready{true};

  void Call(const upstream::Target& target, const rpc::Context& context, std::string request,
            upstream::Done done) override {
    Handler handler;
    Seen seen{target.method, context, std::move(request)};
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(seen);
      const auto it = handlers_.find(target.method.substr(target.method.rfind('/') + 1));
      if (it != handlers_.end()) handler = it->second;
    }
    if (!handler) return done(absl::UnavailableError("10.0.0.7:1234 refused the connection"));
    handler(seen, std::move(done));
  }

  std::shared_ptr<upstream::Stream> Open(const upstream::Target& target, const rpc::Context& context,
                                         std::string request, upstream::StreamCallbacks callbacks) override {
    if (absl::EndsWith(target.method, "/WatchAccess")) return OpenWatch(context, std::move(callbacks));
    const std::lock_guard lock(mutex_);
    seen_.push_back({target.method, context, std::move(request)});
    return std::make_shared<FakeStream>(*this, source_, end_, std::move(callbacks));
  }

  std::vector<upstream::ServiceHealth> Health() const override {
    return {{"identity", false}, {"test", ready}};
  }
  absl::Time SteadyNow() const override { return loop_.SteadyNow(); }

 private:
  class FakeStream : public upstream::Stream, public std::enable_shared_from_this<FakeStream> {
   public:
    FakeStream(FakeUpstream& fake, Source source, absl::Status end, upstream::StreamCallbacks callbacks)
        : fake_(fake), source_(std::move(source)), end_(std::move(end)), callbacks_(std::move(callbacks)) {}
    void Next() override {
      fake_.loop_.Post([self = shared_from_this()] {
        if (!self->callbacks_.on_message) return;
        std::optional<std::string> message = self->source_(self->index_++);
        if (!message) return self->End(self->end_);
        ++self->fake_.delivered;
        self->callbacks_.on_message(*std::move(message));
      });
    }
    void Cancel() override {
      fake_.loop_.Post([self = shared_from_this()] {
        if (!self->callbacks_.on_end) return;
        ++self->fake_.cancelled;
        self->End(absl::CancelledError(""));
      });
    }

   private:
    void End(const absl::Status& status) {
      upstream::StreamCallbacks callbacks = std::exchange(callbacks_, {});
      callbacks.on_end(status);
      ++fake_.ended;
    }
    FakeUpstream& fake_;
    const Source source_;
    const absl::Status end_;
    upstream::StreamCallbacks callbacks_;
    int index_ = 0;
  };

  // Everything on the loop. Tells one change for each Next.
  class FakeWatch : public upstream::Stream, public std::enable_shared_from_this<FakeWatch> {
   public:
    FakeWatch(FakeUpstream& fake, upstream::StreamCallbacks callbacks)
        : fake_(fake), callbacks_(std::move(callbacks)) {}
    void Tell(const std::string& user) {
      told_.push_back(user);
      Deliver();
    }
    void Next() override {
      fake_.loop_.Post([self = shared_from_this()] {
        self->wanted_ = true;
        self->Deliver();
      });
    }
    void Cancel() override {
      fake_.loop_.Post([self = shared_from_this()] {
        if (!self->callbacks_.on_end) return;
        upstream::StreamCallbacks callbacks = std::exchange(self->callbacks_, {});
        callbacks.on_end(absl::UnavailableError("identity stops"));
        ++self->fake_.ended;
      });
    }

   private:
    void Deliver() {
      if (!wanted_ || told_.empty() || !callbacks_.on_message) return;
      identity::v1::AccessChange change;
      change.set_user(told_.front());
      told_.erase(told_.begin());
      wanted_ = false;
      callbacks_.on_message(change.SerializeAsString());
    }
    FakeUpstream& fake_;
    upstream::StreamCallbacks callbacks_;
    std::vector<std::string> told_;
    bool wanted_ = false;
  };

  std::shared_ptr<upstream::Stream> OpenWatch(const rpc::Context& context,
                                              upstream::StreamCallbacks callbacks) {
    EXPECT_EQ(context.principal.service, "gateway");
    auto watch = std::make_shared<FakeWatch>(*this, std::move(callbacks));
    if (!watchable) watch->Cancel();
    loop_.Post([this, watch] { watch_ = watch; });
    ++watches;
    return watch;
  }

  std::shared_ptr<FakeWatch> watch_;
  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;
  Source source_;
  absl::Status end_;
  std::vector<Seen> seen_;
  executor::EventLoop loop_;
};

// The whole gateway with the park service behind it, or another one of tests.
struct Harness {
  explicit Harness(http::ServerOptions options = {}, bool dev_identity = false,
                   const char* service = "kepu.test.v1.ParkService")
      : table(*transcode::RouteTable::Make(
            {google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service)})),
        caller(fake),
        logins(caller, {.now = [this] { return absl::FromUnixMicros(now_micros); }}),
        gateway(*table, fake, caller, logins, random, registry, OptionsFor(dev_identity)) {
    caller.OnChange([this](const auto&, const auto&, bool changes) {
      if (changes) ready.ChangedHere();
    });
    // As if changes were told; tests of telling them say otherwise.
    logins.SetWatched(true);
    options.port = 0;
    options.tick = absl::Milliseconds(10);
    options.body_bytes_of = [this](const http::Head& head) {
      return table->BodyBytesMax(head.method, head.path);
    };
    fake.On("GetPark", [](const FakeUpstream::Seen& seen, upstream::Done done) {
      test::v1::GetParkRequest request;
      test::v1::Park park;
      EXPECT_TRUE(request.ParseFromString(seen.request));
      park.set_name(request.name());
      park.set_etag("e7");
      done(rpc::PeerAnswer{park.SerializeAsString(), {}});
    });
    auto started = http::Server::Start(
        options, [this](std::shared_ptr<http::Exchange> exchange) { gateway.Handle(std::move(exchange)); },
        [this](int status, absl::string_view problem) { return gateway.Refuse(status, problem); });
    EXPECT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }

  GatewayOptions OptionsFor(bool dev_identity) {
    GatewayOptions with;
    with.version = "9.8.7";
    with.insecure_dev_identity = dev_identity;
    with.ready = &ready;
    with.now = [this] { return absl::FromUnixMicros(now_micros); };
    return with;
  }
  uint16_t port() const { return server->port(); }
  // One request on a connection of its own, with headers as lines.
  Reply Ask(absl::string_view verb, absl::string_view target, absl::string_view headers = "",
            absl::string_view body = "") {
    Client client(port());
    return client.Ask(Text(verb, target, headers, body));
  }
  static std::string Text(absl::string_view verb, absl::string_view target, absl::string_view headers = "",
                          absl::string_view body = "") {
    std::string text = absl::StrCat(verb, " ", target, " HTTP/1.1\r\nHost: here\r\n", headers);
    if (!body.empty())
      absl::StrAppend(&text, "Content-Type: application/json\r\nContent-Length: ", body.size(), "\r\n");
    return absl::StrCat(text, "\r\n", body);
  }

  const test::v1::Park linked;  // keeps the descriptors in the program
  FakeUpstream fake;
  std::atomic<int64_t> now_micros{1'777'600'000'000'000};
  std::unique_ptr<transcode::RouteTable> table;
  // Keeps nothing before a test says that changes are told.
  ReadyAnswers ready{{"test"}};
  upstream::Caller caller;
  upstream::Logins logins;
  executor::SystemRandom random;
  metrics::Registry registry;
  Gateway gateway;
  std::unique_ptr<http::Server> server;
};

inline const std::string kLogin = "Authorization: Bearer token-of-lan\r\n";

// Identity as it is when "token-of-lan" is known.
inline void KnowLan(Harness& harness) {
  harness.fake.On("ResolveLogin", [&harness](const FakeUpstream::Seen& seen, upstream::Done done) {
    identity::v1::ResolveLoginRequest request;
    EXPECT_TRUE(request.ParseFromString(seen.request));
    EXPECT_EQ(seen.context.principal.service, "gateway");
    if (request.token() != "token-of-lan") return done(absl::UnauthenticatedError(""));
    identity::v1::ResolveLoginResponse response;
    response.set_user("users/lan");
    auto* grant = response.add_grants();
    grant->set_role("keeper");
    grant->set_on("parks/x");
    response.mutable_expire_time()->set_seconds(harness.now_micros / 1'000'000 + 3600);
    done(rpc::PeerAnswer{response.SerializeAsString(), {}});
  });
}

inline void Refuse(Harness& harness, const std::string& method, absl::Status status) {
  harness.fake.On(method, [status](const FakeUpstream::Seen&, upstream::Done done) { done(status); });
}

inline int CountOf(const Harness& harness, absl::string_view method) {
  int count = 0;
  for (const auto& seen : harness.fake.seen()) count += absl::EndsWith(seen.method, method);
  return count;
}

}  // namespace kepu::gateway::testing
