// Live streams: a gateway in a process of its own in front of a service that only tells, N readers of one
// session that mostly hear nothing. Prints what a stream costs in memory and how long an event takes from the
// watch to the readers. kepu-bench-live [streams] [events]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/names/names.h"
#include "services/gateway/live/live_call.h"

namespace kepu::gateway::live {
namespace {

const std::string kSession =  // NOLINT: made once
    "events/e/sessions/" + names::MakeId(7, std::string(20, 'x'));

// Finds every session, and tells of one whenever it is asked to.
class Teller final : public upstream::Upstream {
 public:
  Teller() { loop_.Start(); }
  ~Teller() override { loop_.Stop(); }

  void Call(const upstream::Target&, const rpc::Context&, std::string request, upstream::Done done) override {
    done(rpc::PeerAnswer{std::move(request), {}});
  }
  std::shared_ptr<upstream::Stream> Open(const upstream::Target& target, const rpc::Context&, std::string,
                                         upstream::StreamCallbacks callbacks) override {
    auto stream = std::make_shared<Watch>(std::move(callbacks));
    if (target.service == "event") watch_ = stream;
    return stream;
  }
  std::vector<upstream::ServiceHealth> Health() const override { return {}; }
  absl::Time SteadyNow() const override { return loop_.SteadyNow(); }
  executor::EventLoop& loop() { return loop_; }

  // The time goes along, so that readers know how old it is.
  void Tell() {
    loop_.Post([this] {
      kepu::live::v1::Changes changes;
      auto* event = changes.add_events();
      event->set_partition(7);
      event->set_seq(++seq_);
      event->set_kind("session.availability");
      event->set_name(kSession);
      event->set_etag(absl::StrCat(absl::GetCurrentTimeNanos()));
      event->add_topics(kSession);
      kepu::live::AddMark(7, {seq_, 0}, changes.mutable_marks());
      watch_->Push(changes.SerializeAsString());
    });
  }

 private:
  class Watch final : public upstream::Stream {
   public:
    explicit Watch(upstream::StreamCallbacks callbacks) : callbacks_(std::move(callbacks)) {
      kepu::live::v1::Changes changes;
      changes.mutable_begin()->set_data_set("bench#1");
      for (uint32_t i = 0; i < names::kPartitions; ++i) kepu::live::AddMark(i, {}, changes.mutable_marks());
      waiting_ = {changes.SerializeAsString()};
    }
    void Next() override {
      wanted_ = true;
      Deliver();
    }
    void Cancel() override {
      if (callbacks_.on_end) std::exchange(callbacks_.on_end, nullptr)(absl::CancelledError(""));
    }
    void Push(std::string bytes) {
      waiting_.push_back(std::move(bytes));
      Deliver();
    }

   private:
    void Deliver() {
      if (!wanted_ || waiting_.empty()) return;
      wanted_ = false;
      std::string bytes = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
      callbacks_.on_message(std::move(bytes));
    }
    upstream::StreamCallbacks callbacks_;
    std::vector<std::string> waiting_;
    bool wanted_ = false;
  };

  executor::EventLoop loop_;
  std::shared_ptr<Watch> watch_;
  uint64_t seq_ = 0;
};

// The gateway until its input ends: writes its port, then tells once for each byte it reads.
[[noreturn]] void RunGateway(int in, int out) {
  Teller teller;
  executor::SystemRandom random;
  upstream::Caller caller(teller);
  upstream::Logins logins(caller, {.now = absl::Now});
  metrics::Registry registry;
  const auto table = *transcode::RouteTable::Make(
      {event::v1::Event::descriptor()->file()->FindServiceByName("EventService")});
  Gateway gateway(*table, teller, caller, logins, random, registry, {"bench", false});
  const auto hub = std::make_shared<Hub>(caller, logins, teller.loop(), random, registry,
                                         HubOptions{.streams_per_address = 100000, .streams_max = 100000});
  gateway.set_live([&](const auto& exchange) { return ServeLive(gateway, *hub, random, exchange); });
  hub->Start();
  auto server = http::Server::Start(
      {.connections_max = 100000, .connections_per_address_max = 100000},
      [&](std::shared_ptr<http::Exchange> exchange) { gateway.Handle(std::move(exchange)); },
      [&](int status, absl::string_view problem) { return gateway.Refuse(status, problem); });
  const uint16_t port = server.ok() ? (*server)->port() : 0;
  if (::write(out, &port, sizeof(port)) != sizeof(port)) std::_Exit(1);
  char byte = 0;
  while (::read(in, &byte, 1) == 1) teller.Tell();
  std::_Exit(0);
}

int64_t MemoryKb(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    int64_t kb = 0;
    if (std::sscanf(line.c_str(), "VmRSS: %ld", &kb) == 1) return kb;
  }
  return -1;
}

class Readers {
 public:
  Readers(uint16_t port, int count) : poll_(::epoll_create1(0)) {
    for (int i = 0; i < count; ++i) Connect(port);
  }
  // How long after `count` readers have the event each got it, in microseconds.
  std::vector<double> Hear(size_t count) {
    std::vector<double> delays;
    epoll_event ready[256];
    char buffer[65536];
    while (delays.size() < count) {
      const int found = ::epoll_wait(poll_, ready, 256, 10000);
      if (found <= 0) break;
      for (int i = 0; i < found; ++i) {
        const ssize_t got = ::recv(ready[i].data.fd, buffer, sizeof(buffer), 0);
        const std::string text(buffer, got > 0 ? static_cast<size_t>(got) : 0);
        const size_t at = text.find("\"etag\":\"");
        int64_t told = 0;
        if (at == std::string::npos ||
            !absl::SimpleAtoi(text.substr(at + 8, text.find('"', at + 8) - at - 8), &told))
          continue;
        delays.push_back(static_cast<double>(absl::GetCurrentTimeNanos() - told) / 1000);
      }
    }
    return delays;
  }
  // Waits for the opening of as many streams.
  size_t Opened(size_t count) {
    size_t opened = 0;
    epoll_event ready[256];
    char buffer[65536];
    while (opened < count) {
      const int found = ::epoll_wait(poll_, ready, 256, 10000);
      if (found <= 0) break;
      for (int i = 0; i < found; ++i) {
        const ssize_t got = ::recv(ready[i].data.fd, buffer, sizeof(buffer), 0);
        if (got <= 0) return opened;
        opened +=
            absl::string_view(buffer, static_cast<size_t>(got)).find("retry:") != absl::string_view::npos;
      }
    }
    return opened;
  }

 private:
  void Connect(uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) std::perror("connect");
    const std::string request =
        absl::StrCat("GET /v1/", kSession,
                     ":watch HTTP/1.1\r\nHost: here\r\nAccept: text/event-stream\r\n"
                     "User-Agent: Mozilla/5.0 (X11; Linux x86_64) a browser of today\r\n\r\n");
    if (::send(fd, request.data(), request.size(), 0) < 0) std::perror("send");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event);
  }
  const int poll_;
};

int Run(int streams, int events) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  int to[2], from[2];
  if (::pipe(to) != 0 || ::pipe(from) != 0) return 1;
  const pid_t gateway = ::fork();
  if (gateway == 0) {
    ::close(to[1]);
    RunGateway(to[0], from[1]);
  }
  uint16_t port = 0;
  if (::read(from[0], &port, sizeof(port)) != sizeof(port) || port == 0) return 1;
  const int64_t before = MemoryKb(gateway);
  Readers readers(port, streams);
  const size_t opened = readers.Opened(static_cast<size_t>(streams));
  const int64_t idle = MemoryKb(gateway);
  std::vector<double> delays;
  for (int i = 0; i < events; ++i) {
    if (::write(to[1], "x", 1) != 1) return 1;
    const std::vector<double> round = readers.Hear(opened);
    delays.insert(delays.end(), round.begin(), round.end());
  }
  std::sort(delays.begin(), delays.end());
  const auto at = [&](double part) {
    return delays.empty() ? 0
                          : delays[static_cast<size_t>(part * static_cast<double>(delays.size() - 1))] / 1000;
  };
  std::printf("live streams open           %zu of %d\n", opened, streams);
  std::printf("gateway memory              %.1f MB before, %.1f MB idle, %.1f MB after %d events\n",
              static_cast<double>(before) / 1024, static_cast<double>(idle) / 1024,
              static_cast<double>(MemoryKb(gateway)) / 1024, events);
  std::printf("memory of one idle stream   %.1f KB\n",
              static_cast<double>(idle - before) / static_cast<double>(std::max<size_t>(opened, 1)));
  std::printf("event to reader             p50 %.1f ms, p99 %.1f ms, last %.1f ms\n", at(0.5), at(0.99),
              at(1));
  ::kill(gateway, SIGKILL);
  ::waitpid(gateway, nullptr, 0);
  return opened == static_cast<size_t>(streams) && delays.size() == opened * static_cast<size_t>(events) ? 0
                                                                                                         : 1;
}

}  // namespace
}  // namespace kepu::gateway::live

int main(int argc, char** argv) {
  return kepu::gateway::live::Run(argc > 1 ? std::atoi(argv[1]) : 5000, argc > 2 ? std::atoi(argv[2]) : 10);
}
