// One connection of the listener as a state machine: requests one after another, their answers, time-outs. It
// knows no sockets: the bytes come and go over a Wire. Made by the listener for each connection; everything
// but SessionExchange runs on the listener's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "services/gateway/http/body_reader.h"
#include "services/gateway/http/render.h"
#include "services/gateway/http/server.h"

namespace kepu::gateway::http {

// The socket of a session. A callback runs later on the listener's thread, with ok false when the other end
// is gone.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void Read(absl::AnyInvocable<void(bool ok, absl::string_view bytes)> done) = 0;
  // Sends some of both pieces and says how much.
  virtual void Write(absl::string_view first, absl::string_view second,
                     absl::AnyInvocable<void(bool ok, size_t bytes)> done) = 0;
  // Sends at once what fits; for a few bytes on an empty wire.
  virtual void WriteNow(absl::string_view bytes) = 0;
  virtual void EndSending() = 0;
  virtual void Close() = 0;
  virtual bool secure() const { return false; }
};

// What the sessions of a listener share; outlives the listener while an exchange lives.
class SessionHost {
 public:
  explicit SessionHost(ServerOptions o, Handler h, Refuser r)
      : options(std::move(o)), handler(std::move(h)), refuser(std::move(r)) {}
  virtual ~SessionHost() = default;
  // Runs `step` on the listener's thread: now when called there, not at all when the listener is gone.
  virtual void Run(absl::AnyInvocable<void()> step) = 0;
  // The session is closed and may be forgotten.
  virtual void Closed(class Session& session) = 0;

  const ServerOptions options;
  const Handler handler;
  const Refuser refuser;
  std::string date;       // for the headers; kept fresh by the listener
  bool draining = false;  // answers end their connections
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Clock = std::chrono::steady_clock;

  Session(std::shared_ptr<SessionHost> host, std::unique_ptr<Wire> wire, std::string peer);

  // `first`: what the other end has to say anything at all.
  void Start(absl::Duration first);
  // The handshake of its wire is done.
  void Opened() {
    if (state_ == State::kIdle) DeadlineIn(host_->options.idle_timeout);
  }
  // Since when it has waited for its client; nothing while a request is worked on or a stream is open.
  std::optional<Clock::time_point> WaitsSince() const;
  // Closes when nothing is under way.
  void Drain();
  // Acts on a deadline that has passed.
  void Sweep(Clock::time_point now);
  void Close();
  const std::string& peer() const { return peer_; }
  bool from_proxy() const { return from_proxy_; }
  SessionHost& host() { return *host_; }

  // The answer of the request under way; see Exchange.
  void Answer(Response response);
  void Begin(Response response);
  void Write(absl::string_view piece, absl::AnyInvocable<void(bool)> ready);
  void End();
  void OnGone(absl::AnyInvocable<void()> callback);

 private:
  enum class State { kIdle, kReading, kHandling, kLingering, kClosed };

  void NextRequest();
  void Read();
  void OnRead(bool ok, absl::string_view bytes);
  void OnInput();
  void OnHead(size_t bytes);
  void NoteClient();
  bool KnowsHost(const Head& head) const;
  bool TakeWholeBody(size_t head_bytes, size_t body_bytes_max);
  void OnBody();
  void Handle();
  void Refuse(int status, absl::string_view problem);
  void Send(std::string head, std::string body, std::shared_ptr<const std::string> ready_body);
  void SendSome();
  void OnSent();
  void Linger();
  void DeadlineIn(absl::Duration duration) { deadline_ = Clock::now() + absl::ToChronoNanoseconds(duration); }
  Framing FramingNow() const;

  const std::shared_ptr<SessionHost> host_;
  const std::unique_ptr<Wire> wire_;
  const std::string peer_;
  const bool from_proxy_;
  State state_ = State::kIdle;
  Clock::time_point waits_since_;
  Clock::time_point send_start_;
  bool secure_ = false;  // the request under way
  Clock::time_point deadline_;

  std::string in_;      // read and not yet used
  size_t checked_ = 0;  // of an incomplete head
  size_t lingered_ = 0;
  bool reading_ = false;
  std::unique_ptr<Request> request_;
  std::optional<BodyReader> body_;
  Clock::time_point body_start_;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool head_only_ = false;

  std::string out_head_;  // being sent: this, then one of the bodies
  std::string out_body_;
  std::shared_ptr<const std::string> out_ready_body_;
  size_t sent_ = 0;
  bool writing_ = false;
  bool streaming_ = false;
  bool ending_ = false;  // nothing follows what is being sent
  std::string waiting_;  // of a stream, behind what is being sent
  absl::AnyInvocable<void(bool)> ready_;
  absl::AnyInvocable<void()> gone_;
};

class SessionExchange : public Exchange {
 public:
  SessionExchange(std::shared_ptr<Session> session, std::unique_ptr<Request> request)
      : session_(std::move(session)), request_(std::move(request)) {}
  ~SessionExchange() override;

  const Request& request() const override { return *request_; }
  void AddHeader(std::string name, std::string value) override;
  void Answer(Response response) override;
  void Begin(Response head) override;
  void Write(std::string piece, absl::AnyInvocable<void(bool)> ready) override;
  void End() override;
  void OnGone(absl::AnyInvocable<void()> callback) override;

 private:
  const std::shared_ptr<Session> session_;
  const std::unique_ptr<Request> request_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::atomic<bool> begun_{false};
  std::atomic<bool> ended_{false};
};

}  // namespace kepu::gateway::http
