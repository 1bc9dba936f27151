// A gateway on a free port with the real identity service behind it, on a store in memory: how browsers and
// programs come in, from the bytes on the wire to the facts. Time is the test's to move. Owned by one test.
#pragma once

#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "kepu/identity/v1/access.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/identity/v1/external.pb.h"
#include "libs/auth/secret_file.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/executor/worker_pool.h"
#include "libs/store/memory_store.h"
#include "services/gateway/gateway.h"
#include "services/gateway/upstream/access_watch.h"
#include "services/identity/service.h"
#include "tests/service/gateway_client.h"

namespace kepu::gateway::testing {

// Calls the service in this process; what the transport does otherwise.
class DirectUpstream : public upstream::Upstream {
 public:
  explicit DirectUpstream(executor::Executor& executor) : executor_(executor) {}
  void set_service(rpc::Service* service) { service_ = service; }

  void Call(const upstream::Target& target, const rpc::Context& context, std::string request,
            upstream::Done done) override {
    auto shared = std::make_shared<upstream::Done>(std::move(done));
    service_->Dispatch(target.method, rpc::Call(context, std::move(request), std::make_unique<Once>(shared)));
  }
  std::shared_ptr<upstream::Stream> Open(const upstream::Target& target, const rpc::Context& context,
                                         std::string request, upstream::StreamCallbacks callbacks) override {
    auto stream = std::make_shared<Piped>(executor_, std::move(callbacks));
    service_->Dispatch(target.method,
                       rpc::Call(context, std::move(request), std::make_unique<Writing>(stream)));
    return stream;
  }
  std::vector<upstream::ServiceHealth> Health() const override { return {{"identity", true}}; }
  absl::Time SteadyNow() const override { return executor_.SteadyNow(); }

 private:
  class Once : public rpc::Responder {
   public:
    explicit Once(std::shared_ptr<upstream::Done> done) : done_(std::move(done)) {}
    void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
                rpc::AnswerInfo info) override {
      if (!status.ok()) return (*done_)(status);
      (*done_)(rpc::PeerAnswer{bytes == nullptr ? "" : *bytes, info});
    }
    bool Write(std::shared_ptr<const std::string>) override { return false; }
    void OnCancel(absl::AnyInvocable<void()>) override {}

   private:
    std::shared_ptr<upstream::Done> done_;
  };

  // One message for each Next, everything on the executor.
  class Piped : public upstream::Stream, public std::enable_shared_from_this<Piped> {
   public:
    Piped(executor::Executor& executor, upstream::StreamCallbacks callbacks)
        : executor_(executor), callbacks_(std::move(callbacks)) {}
    void Next() override {
      executor_.Post([self = shared_from_this()] {
        self->wanted_ = true;
        self->Deliver();
      });
    }
    void Cancel() override { Ended(absl::CancelledError("")); }
    void Push(std::string bytes) {
      executor_.Post([self = shared_from_this(), bytes = std::move(bytes)] {
        self->told_.push_back(bytes);
        self->Deliver();
      });
    }
    void Ended(const absl::Status& status) {
      executor_.Post([self = shared_from_this(), status] {
        if (auto on_end = std::exchange(self->callbacks_, {}).on_end) on_end(status);
      });
    }

   private:
    void Deliver() {
      if (!wanted_ || told_.empty() || !callbacks_.on_message) return;
      wanted_ = false;
      std::string bytes = std::move(told_.front());
      told_.pop_front();
      callbacks_.on_message(std::move(bytes));
    }
    executor::Executor& executor_;
    upstream::StreamCallbacks callbacks_;
    std::deque<std::string> told_;
    bool wanted_ = false;
  };
  class Writing : public rpc::Responder {
   public:
    explicit Writing(std::shared_ptr<Piped> stream) : stream_(std::move(stream)) {}
    void Finish(const absl::Status& status, std::shared_ptr<const std::string>, rpc::AnswerInfo) override {
      stream_->Ended(status);
    }
    bool Write(std::shared_ptr<const std::string> bytes) override {
      stream_->Push(*bytes);
      return true;
    }
    void OnCancel(absl::AnyInvocable<void()>) override {}

   private:
    std::shared_ptr<Piped> stream_;
  };

  executor::Executor& executor_;
  rpc::Service* service_ = nullptr;
};

// Service time of a test: stands where it is put.
class HandClock : public executor::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(micros_); }
  void Pass(absl::Duration time) { micros_ += absl::ToInt64Microseconds(time); }

 private:
  std::atomic<int64_t> micros_{1'800'000'000'000'000};
};

class GatewayIdentityTest : public ::testing::Test {
 protected:
  // Of the provider that people may sign in by, given the time of the test.
  using MakeProvider = std::function<std::unique_ptr<identity::provider::Provider>(const executor::Clock&)>;

  explicit GatewayIdentityTest(const MakeProvider& make_provider = nullptr) {
    if (make_provider) provider_ = make_provider(clock_);
    std::string name = (std::filesystem::temp_directory_path() / "kepu-login-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    vault_ = *vault::Vault::Open(folder_ + "/vault", std::string(32, 'v'));
    loop_.Start();
    loop_.RunAndWait([this] {
      identity::api::Options options;
      options.bootstrap_code = "the code";
      service_ = *identity::MakeService({store_, loop_, clock_, keys_, *vault_, workers_, hasher_,
                                         auth::RandomBytes, std::string(32, 'p'), options, nullptr,
                                         provider_.get(), provider_workers_.get()});
    });
    absl::Notification ready;
    loop_.Post([&] { service_->Start([&ready](const absl::Status&) { ready.Notify(); }); });
    ready.WaitForNotification();
    upstream_.set_service(&service_->rpc());
    watch_ = std::make_unique<upstream::AccessWatch>(caller_, logins_, loop_, random_);
    http::ServerOptions options;
    options.tick = absl::Milliseconds(10);
    server_ = *http::Server::Start(
        options, [this](std::shared_ptr<http::Exchange> exchange) { gateway_.Handle(std::move(exchange)); },
        [this](int status, absl::string_view problem) { return gateway_.Refuse(status, problem); });
  }
  ~GatewayIdentityTest() override {
    server_.reset();
    watch_.reset();
    provider_workers_.reset();
    loop_.RunAndWait([this] { service_.reset(); });
    loop_.Stop();
    std::filesystem::remove_all(folder_);
  }

  Reply Ask(absl::string_view verb, absl::string_view target, absl::string_view headers = "",
            absl::string_view body = "") {
    std::string text = absl::StrCat(verb, " ", target, " HTTP/1.1\r\nHost: ", host_, "\r\n", headers);
    if (!body.empty())
      absl::StrAppend(&text, "Content-Type: application/json\r\nContent-Length: ", body.size(), "\r\n");
    Client client(server_->port());
    return client.Ask(absl::StrCat(text, "\r\n", body));
  }
  // A changing call with a key of its own.
  Reply Do(absl::string_view target, absl::string_view headers, absl::string_view body) {
    return Ask("POST", target, absl::StrCat("Idempotency-Key: do-", ++calls_, "\r\n", headers), body);
  }
  void Register(absl::string_view user_name) {
    const Reply reply =
        Do("/v1/users:register", "",
           absl::StrCat(R"({"userName":")", user_name, R"(","password":"a good long password"})"));
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
  static std::string Credentials(absl::string_view user_name) {
    return absl::StrCat(R"({"userName":")", user_name, R"(","password":"a good long password"})");
  }
  // The value of a text in a flat piece of JSON.
  static std::string TextIn(const std::string& json, absl::string_view name) {
    const std::string key = absl::StrCat("\"", name, "\":\"");
    const size_t at = json.find(key);
    if (at == std::string::npos) return "";
    const size_t begin = at + key.size();
    return json.substr(begin, json.find('"', begin) - begin);
  }

  std::string host_ = "kepu.example";
  int calls_ = 0;
  HandClock clock_;
  executor::EventLoop loop_;
  store::MemoryData data_;
  store::MemoryStore store_{data_, loop_, [this] { return clock_.Now(); }};
  store::KeyMaker keys_{std::string(32, 'k')};
  executor::ExecutorWorkers workers_{loop_};
  auth::PasswordHasher hasher_{std::string(32, 'q'), {1, 64 * 1024}};
  std::string folder_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<identity::provider::Provider> provider_;
  std::unique_ptr<executor::WorkerPool> provider_workers_ = std::make_unique<executor::WorkerPool>(2, 8);
  std::unique_ptr<identity::IdentityService> service_;
  DirectUpstream upstream_{loop_};
  upstream::Caller caller_{upstream_};
  upstream::Logins logins_{caller_, {.now = [this] { return clock_.Now(); }}};
  executor::SystemRandom random_;
  metrics::Registry registry_;
  std::unique_ptr<transcode::RouteTable> table_ =
      *transcode::RouteTable::Make({identity::v1::Session::descriptor()->file()->service(0),
                                    identity::v1::ExternalProvider::descriptor()->file()->service(0),
                                    identity::v1::User::descriptor()->file()->service(0),
                                    identity::v1::School::descriptor()->file()->service(0)});
  Gateway gateway_{*table_, upstream_, caller_, logins_, random_, registry_, {"9.8.7", false}};
  std::unique_ptr<upstream::AccessWatch> watch_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace kepu::gateway::testing
