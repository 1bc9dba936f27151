#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/http/session.h"

namespace kepu::gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Read per call: one read takes in nearly every request.
constexpr size_t kReadBytes = 8 * 1024;
// After an accept failed, usually for want of file descriptors.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

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
    const auto of_peer = per_address.find(session.peer());
    if (of_peer != per_address.end() && --of_peer->second == 0) per_address.erase(of_peer);
    sessions.erase(session.shared_from_this());
    const std::lock_guard<std::mutex> lock(mutex);
    open = sessions.size();
    if (open == 0) emptied.notify_all();
  }

  void Add(tcp::socket socket) {
    error_code error;
    const std::string peer = socket.remote_endpoint(error).address().to_string();
    if (error || sessions.size() >= options.connections_max) return;
    size_t& of_peer = per_address[peer];
    if (of_peer >= options.connections_per_address_max) return;
    ++of_peer;
    auto session = std::make_shared<Session>(shared, std::make_unique<AsioWire>(std::move(socket)), peer);
    sessions.insert(session);
    open = sessions.size();
    session->Start();
  }

  // Copies, because what is done with a session may close and forget it.
  std::vector<std::shared_ptr<Session>> All() const { return {sessions.begin(), sessions.end()}; }

  // One thread runs it, but others post to it.
  asio::io_context context{1};
  std::shared_ptr<SessionHost> shared;  // itself, until the listener ends
  std::unordered_set<std::shared_ptr<Session>> sessions;
  absl::flat_hash_map<std::string, size_t> per_address;
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
        pause_(host_->context) {
    host_->shared = host_;
    host_->date = HttpDate(absl::Now());
  }

  ~BeastServer() override {
    asio::post(host_->context, [this] {
      host_->stopped = true;
      StopAccepting();
      timer_.cancel();
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
    thread_ = std::thread([this] { host_->context.run(); });
    return absl::OkStatus();
  }

  uint16_t port() const override { return port_; }
  size_t connections() const override { return host_->open; }

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
      Tick();
    });
  }

  const std::shared_ptr<AsioHost> host_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  asio::steady_timer pause_;
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
