// A gateway on a free port over services that a test scripts, and a client that sends bytes as they are.
// Owned by the test; the fake's functions are thread-safe.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "kepu/test/v1/park.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "services/gateway/gateway.h"

namespace kepu::gateway::testing {

// Long enough for a loaded machine; nothing waits this long when all is well.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

inline bool WaitFor(const std::function<bool()>& condition) {
  const absl::Time until = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() > until) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

struct Reply {
  int status = 0;                              // 0: the connection ended instead
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// One connection.
class Client {
 public:
  explicit Client(uint16_t port, int receive_buffer = 0) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }

  void Send(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // Reads one answer; for HEAD there is no body to wait for.
  Reply Read(bool head_only = false) {
    Reply reply;
    size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) return reply;
    }
    const std::vector<std::string> lines = absl::StrSplit(in_.substr(0, end), "\r\n");
    in_.erase(0, end + 4);
    EXPECT_TRUE(absl::SimpleAtoi(lines[0].substr(9, 3), &reply.status)) << lines[0];
    for (size_t i = 1; i < lines.size(); ++i) {
      const std::pair<std::string, std::string> field = absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
      reply.headers[absl::AsciiStrToLower(field.first)] = field.second;
    }
    if (head_only || reply.status == 204 || reply.status == 304 || reply.status == 100) return reply;
    if (reply.headers.count("transfer-encoding") > 0) {
      while (std::optional<std::string> chunk = ReadChunk()) reply.body += *chunk;
      return reply;
    }
    size_t length = 0;
    if (!absl::SimpleAtoi(reply.headers["content-length"], &length)) {
      while (More()) {
      }
      reply.body = std::exchange(in_, {});
      return reply;
    }
    while (in_.size() < length && More()) {
    }
    reply.body = in_.substr(0, length);
    in_.erase(0, length);
    return reply;
  }

  // One chunk of a stream; nothing at its end, or when it breaks off.
  std::optional<std::string> ReadChunk() {
    size_t end = 0;
    while ((end = in_.find("\r\n")) == std::string::npos) {
      if (!More()) return broken_ = true, std::nullopt;
    }
    const size_t size = std::stoul(in_.substr(0, end), nullptr, 16);
    while (in_.size() < end + 2 + size + 2) {
      if (!More()) return broken_ = true, std::nullopt;
    }
    std::string chunk = in_.substr(end + 2, size);
    in_.erase(0, end + 2 + size + 2);
    return size == 0 ? std::nullopt : std::optional(std::move(chunk));
  }

  Reply Ask(absl::string_view bytes) {
    Send(bytes);
    return Read(absl::StartsWith(bytes, "HEAD"));
  }

  // True when the other end closes without sending anything more.
  bool Closed() {
    while (in_.empty()) {
      if (!More()) return true;
    }
    return false;
  }
  bool broken() const { return broken_; }

 private:
  bool More() {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(kPatience))) <= 0) {
      ADD_FAILURE() << "nothing came in time";
      return false;
    }
    char buffer[65536];
    const ssize_t got = ::recv(fd_, buffer, sizeof(buffer), 0);
    if (got <= 0) return false;
    in_.append(buffer, static_cast<size_t>(got));
    return true;
  }

  int fd_ = -1;
  bool connected_ = false;
  bool broken_ = false;
  std::string in_;
};

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

  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;
  Source source_;
  absl::Status end_;
  std::vector<Seen> seen_;
  executor::EventLoop loop_;
};

// The whole gateway with the park service behind it.
struct Harness {
  explicit Harness(http::ServerOptions options = {}, bool dev_identity = false)
      : table(*transcode::RouteTable::Make(
            {google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                "kepu.test.v1.ParkService")})),
        caller(fake),
        logins(caller, {.now = [this] { return absl::FromUnixMicros(now_micros); }}),
        gateway(*table, fake, caller, logins, random, registry, {"9.8.7", dev_identity}) {
    options.port = 0;
    options.tick = absl::Milliseconds(10);
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
  upstream::Caller caller;
  upstream::Logins logins;
  executor::SystemRandom random;
  metrics::Registry registry;
  Gateway gateway;
  std::unique_ptr<http::Server> server;
};

}  // namespace kepu::gateway::testing
