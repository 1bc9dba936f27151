// The gateway before a service that can do so many calls a second and no more, asked at one, two and three
// times that by an open loop: requests come when they come, whether or not earlier ones were answered. The
// listener, the guard and the JSON are the real ones, over real connections; the service is a queue with a
// fixed pace, so that the figures say something on any machine. Prints goodput, latencies and what was shed,
// by class, once with the guard and once without.
//   kepu-bench-overload [--capacity CALLS_PER_SECOND] [--seconds N]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kepu/event/v1/door.pb.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "services/gateway/edge.h"
#include "services/gateway/gateway.h"

namespace kepu::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kClasses = 3;
constexpr const char* kNames[kClasses] = {"check-in", "booking", "browse"};
// One in twenty stands at a door, one in five books.
constexpr uint64_t kPerMille[kClasses] = {50, 200, 750};
constexpr double kGoodSeconds = 1;
constexpr int kWarmSeconds = 3;

// Answers everything with an empty message, one call after another at a fixed pace; what is late in the queue
// is answered all the same, as a service does that does not know.
class PacedService final : public gateway::upstream::Upstream {
 public:
  PacedService(double per_second, executor::EventLoop& loop) : pause_(1 / per_second), loop_(loop) {
    thread_ = std::thread([this] { Run(); });
  }
  ~PacedService() override { Stop(); }

  // Before what waits for its answers goes.
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    waiting_.notify_all();
    if (thread_.joinable()) thread_.join();
    calls_.clear();
  }

  void Call(const gateway::upstream::Target&, const rpc::Context& context, std::string,
            gateway::upstream::Done done) override {
    const std::lock_guard lock(mutex_);
    calls_.push_back({context.deadline, std::move(done)});
    waiting_.notify_one();
  }
  std::shared_ptr<gateway::upstream::Stream> Open(const gateway::upstream::Target&, const rpc::Context&,
                                                  std::string, gateway::upstream::StreamCallbacks) override {
    return nullptr;
  }
  std::vector<gateway::upstream::ServiceHealth> Health() const override { return {{"event", true}}; }
  absl::Time SteadyNow() const override { return loop_.SteadyNow(); }

 private:
  struct Waiting {
    absl::Time deadline;
    gateway::upstream::Done done;
  };

  void Run() {
    Clock::time_point free_at = Clock::now();
    while (true) {
      Waiting call;
      {
        std::unique_lock lock(mutex_);
        waiting_.wait(lock, [this] { return ending_ || !calls_.empty(); });
        if (ending_) return;
        call = std::move(calls_.front());
        calls_.pop_front();
      }
      // A host that is busy must not make the service slower than its pace: what was slept too long is made
      // up.
      free_at = std::max(free_at, Clock::now() - std::chrono::milliseconds(50)) +
                std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(pause_));
      std::this_thread::sleep_until(free_at);
      if (SteadyNow() >= call.deadline) {
        call.done(absl::DeadlineExceededError(""));
      } else {
        call.done(rpc::PeerAnswer{});
      }
    }
  }

  const double pause_;
  executor::EventLoop& loop_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  std::deque<Waiting> calls_;
  bool ending_ = false;
  std::thread thread_;
};

std::string RequestOf(int which, uint64_t number) {
  const std::string head = "Host: bench\r\nx-kepu-dev-principal: users/bench;city_admin@city\r\n";
  if (which == 2) return absl::StrCat("GET /v1/events/a/sessions/b HTTP/1.1\r\n", head, "\r\n");
  const std::string body = which == 0 ? "{\"code\":\"123456\"}" : "{\"booking\":{\"party\":{\"adults\":2}}}";
  return absl::StrCat("POST /v1/events/a/sessions/b", which == 0 ? ":checkIn" : "/bookings:hold",
                      " HTTP/1.1\r\n", head, "Idempotency-Key: k", number,
                      "\r\nContent-Type: application/json\r\nContent-Length: ", body.size(), "\r\n\r\n",
                      body);
}

struct Counts {
  uint64_t asked[kClasses] = {}, good[kClasses] = {}, shed[kClasses] = {}, other[kClasses] = {};
  std::vector<double> good_times, shed_times;
};

// Requests at random times, each on a connection that is free then.
class OpenLoop {
 public:
  OpenLoop(uint16_t port, double per_second)
      : port_(port), per_second_(per_second), epoll_(::epoll_create1(0)) {}
  ~OpenLoop() {
    for (const auto& connection : connections_) ::close(connection->fd);
    ::close(epoll_);
  }

  Counts Run(int seconds) {
    const auto begin = Clock::now();
    const auto count_from = begin + std::chrono::seconds(kWarmSeconds);
    const auto end = count_from + std::chrono::seconds(seconds);
    auto next = begin;
    while (Clock::now() < end) {
      while (next <= Clock::now()) {
        Send(next, next >= count_from);
        const double drawn = (static_cast<double>(random_.Below(1'000'000)) + 1) / 1'000'001;
        next += std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(-std::log(drawn) / per_second_));
      }
      Poll(std::min<int64_t>(
          1, std::max<int64_t>(
                 0, std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now()).count())));
    }
    const auto patience = Clock::now() + std::chrono::seconds(2);
    while (Clock::now() < patience) Poll(1);
    return counts_;
  }

 private:
  struct Connection {
    int fd = -1;
    int which = 0;
    bool counted = false;
    Clock::time_point asked;
    std::string in;
  };

  void Send(Clock::time_point due, bool counted) {
    const uint64_t drawn = random_.Below(1000);
    const int which = drawn < kPerMille[0] ? 0 : drawn < kPerMille[0] + kPerMille[1] ? 1 : 2;
    if (counted) ++counts_.asked[which];
    if (free_.empty() && !Connect()) return;
    Connection& connection = *free_.back();
    free_.pop_back();
    connection.which = which;
    connection.counted = counted;
    connection.asked = due;
    const std::string request = RequestOf(which, ++number_);
    (void)!::send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL);
  }

  bool Connect() {
    auto connection = std::make_unique<Connection>();
    connection->fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection->fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(connection->fd);
      return false;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection.get();
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->fd, &event);
    free_.push_back(connection.get());
    connections_.push_back(std::move(connection));
    return true;
  }

  void Poll(int64_t millis) {
    epoll_event events[256];
    const int ready = ::epoll_wait(epoll_, events, 256, static_cast<int>(millis));
    for (int i = 0; i < ready; ++i) Read(*static_cast<Connection*>(events[i].data.ptr));
  }

  void Read(Connection& connection) {
    char buffer[16384];
    const ssize_t got = ::recv(connection.fd, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got <= 0) {
      ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.fd, nullptr);
      return;
    }
    connection.in.append(buffer, static_cast<size_t>(got));
    const size_t end = connection.in.find("\r\n\r\n");
    const size_t at = connection.in.find("Content-Length: ");
    if (end == std::string::npos || at == std::string::npos) return;
    if (connection.in.size() < end + 4 + std::stoul(connection.in.substr(at + 16))) return;
    const int status = std::stoi(connection.in.substr(9, 3));
    connection.in.clear();
    free_.push_back(&connection);
    if (!connection.counted) return;
    const double took = std::chrono::duration<double>(Clock::now() - connection.asked).count();
    if (status == 200 && took <= kGoodSeconds) {
      ++counts_.good[connection.which];
      counts_.good_times.push_back(took);
    } else if (status == 503) {
      ++counts_.shed[connection.which];
      counts_.shed_times.push_back(took);
    } else {
      ++counts_.other[connection.which];
    }
  }

  const uint16_t port_;
  const double per_second_;
  const int epoll_;
  executor::SystemRandom random_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> free_;
  uint64_t number_ = 0;
  Counts counts_;
};

double Percentile(std::vector<double>& times, size_t percent) {
  if (times.empty()) return 0;
  std::sort(times.begin(), times.end());
  return times[times.size() * percent / 100] * 1000;
}

void Measure(double capacity, double load, int seconds, bool guarded) {
  executor::EventLoop loop;
  loop.Start();
  executor::SystemRandom random;
  metrics::Registry registry;
  gateway::EdgeSettings settings;
  settings.rate_exempt = *gateway::http::Networks::Parse({"127.0.0.0/8"});
  settings.server.connections_max = settings.server.connections_per_address_max = 20'000;
  gateway::Edge edge(settings, loop, random, registry);
  PacedService service(capacity, loop);
  const auto* file = event::v1::GetSessionRequest::descriptor()->file();
  const auto table = *gateway::transcode::RouteTable::Make(
      {file->FindServiceByName("EventService"),
       event::v1::CheckInRequest::descriptor()->file()->FindServiceByName("DoorService")});
  gateway::upstream::Caller caller(service, {&loop, guarded ? &edge.admission : nullptr});
  gateway::upstream::Logins logins(caller, {.now = absl::Now});
  gateway::Gateway front(*table, service, caller, logins, random, registry,
                         {"bench", true, guarded ? &edge.guard : nullptr});
  auto server = gateway::http::Server::Start(
      gateway::ListenerOptions(settings, "127.0.0.1", 0, edge),
      [&](std::shared_ptr<gateway::http::Exchange> exchange) { front.Handle(std::move(exchange)); },
      [&](int status, absl::string_view problem) { return front.Refuse(status, problem); });
  Counts counts = OpenLoop((*server)->port(), capacity * load).Run(seconds);
  server->reset();
  service.Stop();
  loop.Stop();
  uint64_t good = 0;
  for (const uint64_t each : counts.good) good += each;
  std::printf("%-9s %.1fx  goodput %6.0f/s (%3.0f %%)  p50 %4.0f p99 %4.0f ms  refusals p99 %4.0f ms ",
              guarded ? "guarded" : "unguarded", load, static_cast<double>(good) / seconds,
              100.0 * static_cast<double>(good) / seconds / capacity, Percentile(counts.good_times, 50),
              Percentile(counts.good_times, 99), Percentile(counts.shed_times, 99));
  for (int i = 0; i < kClasses; ++i) {
    std::printf(" | %s %3.0f %%", kNames[i],
                100.0 * static_cast<double>(counts.good[i]) /
                    static_cast<double>(std::max<uint64_t>(1, counts.asked[i])));
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace
}  // namespace kepu::bench

int main(int argc, char** argv) {
  double capacity = 1000;
  int seconds = 10;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const bool read = name == "--capacity"  ? absl::SimpleAtod(argv[i + 1], &capacity)
                      : name == "--seconds" ? absl::SimpleAtoi(argv[i + 1], &seconds)
                                            : false;
    if (!read || capacity <= 0 || seconds <= 0) {
      std::fprintf(stderr, "kepu-bench-overload [--capacity CALLS_PER_SECOND] [--seconds N]\n");
      return 2;
    }
  }
  for (const bool guarded : {true, false}) {
    for (const double load : {0.5, 1.0, 2.0, 3.0}) {
      if (guarded || load > 1) kepu::bench::Measure(capacity, load, seconds, guarded);
    }
  }
  return 0;
}
