#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/http/session.h"
#include "services/gateway/http/tls.h"

namespace kepu::gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Read per call: one read takes in nearly every request.
constexpr size_t kReadBytes = 8 * 1024;
// After an accept failed, usually for want of file descriptors.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
// How often the thread's lateness is looked at, and how much of the last look counts: one long pass over
// many connections is a moment, several are a state.
constexpr auto kLatePeriod = std::chrono::milliseconds(20);
constexpr double kLateWeight = 0.2;
// How often the files of TLS are looked at.
constexpr auto kCertificatePeriod = std::chrono::seconds(1);

// Its session keeps it alive while a read or write is under way.
class AsioWire : public Wire {
 public:
  explicit AsioWire(tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
  }

  void Read(absl::AnyInvocable<void(bool, absl::string_view)> done) override {
    socket_.async_read_some(asio::buffer(buffer_),
                            [this, done = std::move(done)](const error_code& error, size_t bytes) mutable {
                              done(!error, {buffer_.data(), bytes});
                            });
  }

  void Write(absl::string_view first, absl::string_view second,
             absl::AnyInvocable<void(bool, size_t)> done) override {
    const std::array<asio::const_buffer, 2> pieces = {asio::buffer(first.data(), first.size()),
                                                      asio::buffer(second.data(), second.size())};
    socket_.async_write_some(pieces, [done = std::move(done)](const error_code& error, size_t bytes) mutable {
      done(!error, bytes);
    });
  }

  void WriteNow(absl::string_view bytes) override {
    error_code ignored;
    socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ignored);
  }

  void EndSending() override {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void Close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  tcp::socket socket_;
  std::array<char, kReadBytes> buffer_;
};

class AsioHost : public SessionHost {
 public:
  using SessionHost::SessionHost;

  void Run(absl::AnyInvocable<void()> step) override {
    if (!stopped) asio::dispatch(context, std::move(step));
  }

  void Closed(Session& session) override {
    if (!session.from_proxy()) Forget(session);
    sessions.erase(session.shared_from_this());
    const std::lock_guard<std::mutex> lock(mutex);
    open = sessions.size();
    if (open == 0) emptied.notify_all();
  }

  void Add(tcp::socket socket) {
    error_code error;
    const std::string peer = socket.remote_endpoint(error).address().to_string();
    if (error) return;
    std::unique_ptr<Wire> wire;
    // The wire is made before its session.
    const auto slot = std::make_shared<std::weak_ptr<Session>>();
    if (certificates != nullptr) {
      wire = MakeTlsWire(context, socket.release(), certificates->context(), slot);
    } else {
      wire = std::make_unique<AsioWire>(std::move(socket));
    }
    auto session = std::make_shared<Session>(shared, std::move(wire), peer);
    *slot = session;
    if (!MakeRoom(*session)) return;
    if (!session->from_proxy()) per_address[peer].insert(session.get());
    sessions.insert(session);
    open = sessions.size();
    session->Start(certificates != nullptr ? options.head_timeout : options.idle_timeout);
  }

  // Closes whoever has waited longest where there is no room for one more; false when all have work.
  bool MakeRoom(const Session& session) {
    if (!session.from_proxy()) {
      const auto of_peer = per_address.find(session.peer());
      if (of_peer != per_address.end() && of_peer->second.size() >= options.connections_per_address_max &&
          !CloseLongestWaiting(of_peer->second))
        return false;
    }
    return sessions.size() < options.connections_max || CloseLongestWaiting(sessions);
  }

  template <class Sessions>
  static bool CloseLongestWaiting(const Sessions& among) {
    std::shared_ptr<Session> longest;
    std::optional<Session::Clock::time_point> since;
    for (const auto& each : among) {
      const auto waits = each->WaitsSince();
      if (!waits || (since && *since <= *waits)) continue;
      since = waits;
      longest = each->shared_from_this();
    }
    if (longest != nullptr) longest->Close();
    return longest != nullptr;
  }

  void Forget(Session& session) {
    const auto of_peer = per_address.find(session.peer());
    if (of_peer == per_address.end()) return;
    of_peer->second.erase(&session);
    if (of_peer->second.empty()) per_address.erase(of_peer);
  }

  // Copies, because what is done with a session may close and forget it.
  std::vector<std::shared_ptr<Session>> All() const { return {sessions.begin(), sessions.end()}; }

  // One thread runs it, but others post to it.
  asio::io_context context{1};
  std::shared_ptr<SessionHost> shared;  // itself, until the listener ends
  std::unordered_set<std::shared_ptr<Session>> sessions;
  absl::flat_hash_map<std::string, std::unordered_set<Session*>> per_address;
  std::unique_ptr<Certificates> certificates;  // null: plain
  std::atomic<bool> stopped{false};
  std::atomic<size_t> open{0};
  std::mutex mutex;
  std::condition_variable emptied;
};

class BeastServer : public Server {
 public:
  BeastServer(ServerOptions options, Handler handler, Refuser refuser)
      : host_(std::make_shared<AsioHost>(std::move(options), std::move(handler), std::move(refuser))),
        acceptor_(host_->context),
        timer_(host_->context),
        late_timer_(host_->context),
        pause_(host_->context) {
    host_->shared = host_;
    host_->date = HttpDate(absl::Now());
  }

  ~BeastServer() override {
    asio::post(host_->context, [this] {
      host_->stopped = true;
      StopAccepting();
      timer_.cancel();
      late_timer_.cancel();
      pause_.cancel();
      for (const auto& session : host_->All()) session->Close();
    });
    // With everything cancelled the loop runs out of work and ends by itself, which lets every callback go.
    if (thread_.joinable()) thread_.join();
    host_->shared = nullptr;
  }

  absl::Status Listen() {
    error_code error;
    const ServerOptions& options = host_->options;
    if (!options.tls_certificate.empty()) {
      host_->certificates = std::make_unique<Certificates>(options.tls_certificate, options.tls_key);
      if (absl::Status status = host_->certificates->Load(); !status.ok()) return status;
    }
    const tcp::endpoint endpoint(asio::ip::make_address(options.address, error), options.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", options.address, ":", options.port, ": ", error.message()));
    }
    Accept();
    Tick();
    if (options.on_late) WatchLateness();
    thread_ = std::thread([this] { host_->context.run(); });
    return absl::OkStatus();
  }

  uint16_t port() const override { return port_; }
  size_t connections() const override { return host_->open; }

  absl::Status ReloadTls() override {
    return host_->certificates == nullptr ? absl::OkStatus() : host_->certificates->Load();
  }

  bool Drain(absl::Duration limit) override {
    asio::post(host_->context, [this] {
      StopAccepting();
      host_->draining = true;
      for (const auto& session : host_->All()) session->Drain();
      const std::lock_guard<std::mutex> lock(host_->mutex);
      drained_ = true;
      host_->emptied.notify_all();
    });
    std::unique_lock<std::mutex> lock(host_->mutex);
    return host_->emptied.wait_for(lock, absl::ToChronoNanoseconds(limit),
                                   [this] { return drained_ && host_->open == 0; });
  }

 private:
  void StopAccepting() {
    error_code ignored;
    acceptor_.close(ignored);
  }

  void Accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) {
        pause_.expires_after(kAcceptPause);
        return pause_.async_wait([this](const error_code& stopped) {
          if (!stopped && acceptor_.is_open()) Accept();
        });
      }
      host_->Add(std::move(socket));
      Accept();
    });
  }

  void Tick() {
    timer_.expires_after(absl::ToChronoNanoseconds(host_->options.tick));
    timer_.async_wait([this](const error_code& stopped) {
      if (stopped || host_->stopped) return;
      host_->date = HttpDate(absl::Now());
      const auto now = Session::Clock::now();
      for (const auto& session : host_->All()) session->Sweep(now);
      if (host_->certificates != nullptr && now >= look_at_certificates_) {
        look_at_certificates_ = now + kCertificatePeriod;
        const absl::Status status = host_->certificates->LoadIfChanged();
        if (!status.ok() && host_->options.on_problem) host_->options.on_problem(status);
      }
      Tick();
    });
  }

  void WatchLateness() {
    late_timer_.expires_after(kLatePeriod);
    late_timer_.async_wait([this](const error_code& stopped) {
      if (stopped || host_->stopped) return;
      const double late = std::chrono::duration<double>(Session::Clock::now() - late_timer_.expiry()).count();
      late_ += kLateWeight * (late - late_);
      host_->options.on_late(absl::Seconds(late_));
      WatchLateness();
    });
  }

  const std::shared_ptr<AsioHost> host_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  asio::steady_timer late_timer_;
  asio::steady_timer pause_;
  double late_ = 0;  // seconds, smoothed
  Session::Clock::time_point look_at_certificates_;
  std::thread thread_;
  uint16_t port_ = 0;
  bool drained_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, Handler handler,
                                                      Refuser refuser) {
  auto server = std::make_unique<BeastServer>(std::move(options), std::move(handler), std::move(refuser));
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  return server;
}

}  // namespace kepu::gateway::http
