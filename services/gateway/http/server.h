// The HTTP/1.1 listener of the gateway: one thread that reads requests within hard limits and hands each to a
// handler, which answers from any thread, at once or as a stream. The HTTP library stays behind this header.
// Server is made and destroyed by main; an Exchange may outlive it and then answers nobody.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/gateway/http/client_address.h"
#include "services/gateway/http/head.h"

namespace kepu::gateway::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one
  HeadLimits head = {};
  size_t body_bytes_max = 64 * 1024;
  // What one request may have, where that is more: uploads. Unset: every one the same.
  std::function<size_t(const Head&)> body_bytes_of = nullptr;
  // From the first byte of a request to the end of its head: a slow header costs a connection, not a thread,
  // but there are only so many connections.
  absl::Duration head_timeout = absl::Seconds(5);
  // For the whole body, besides one second for every `body_rate` bytes that arrived.
  absl::Duration body_timeout = absl::Seconds(10);
  size_t body_rate = 1024;
  absl::Duration idle_timeout = absl::Seconds(30);
  // For sending an answer, besides one second for every `body_rate` bytes that were taken: who reads a byte
  // now and then holds no connection for ever.
  absl::Duration write_timeout = absl::Seconds(30);
  // What keeps the process within its file descriptors. Per address: browsers open 6, schools and museums
  // share one. When either is reached, the connection that has waited longest for its client makes room; the
  // new one is closed when all have work. Trusted proxies have no limit of their own.
  size_t connections_max = 8000;
  size_t connections_per_address_max = 500;
  // What a stream may have waiting for a slow reader before its source is asked to pause.
  size_t stream_buffer_bytes = 64 * 1024;
  // How often time-outs are looked for.
  absl::Duration tick = absl::Milliseconds(250);
  // Whose X-Forwarded-For and X-Forwarded-Proto are believed.
  Networks trusted_proxies = {};
  // The names that Host may have, in lower case and without a port; empty: any.
  std::vector<std::string> hosts = {};
  // TLS on this listener, from 1.2 on, when set: files of the certificate chain and its key, in PEM. They are
  // read again when they change.
  std::string tls_certificate = "";
  std::string tls_key = "";
  // Told 50 times a second, on the listener's thread, how late that thread is.
  std::function<void(absl::Duration)> on_late = nullptr;
  // Told what goes wrong while nobody asks: a changed certificate that cannot be used.
  std::function<void(const absl::Status&)> on_problem = nullptr;
};

struct Request {
  std::string bytes;  // the head as it came; `head` points into it
  Head head;
  std::string body;
  std::string peer;     // the client's address: of the connection, or of what trusted proxies say
  bool secure = false;  // came over TLS, here or at a trusted proxy
};

struct Response {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<const std::string> ready_body;  // instead of `body`, when many share one
};

// One request and its answer. All methods are thread-safe; callbacks run on the listener's thread. Destroyed
// unanswered, it answers 500.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Request& request() const = 0;

  // A header for whatever will be answered; before it is.
  virtual void AddHeader(std::string name, std::string value) = 0;

  // Once; or the three below.
  virtual void Answer(Response response) = 0;

  // Begins a stream: status and headers go out, the body follows in pieces.
  virtual void Begin(Response head) = 0;
  // Sends a piece. `ready` runs when the next one may come: at once while little is waiting, later for a slow
  // reader, with false when the reader is gone. Only
  // a last piece before End may come earlier.
  virtual void Write(std::string piece, absl::AnyInvocable<void(bool)> ready) = 0;
  virtual void End() = 0;

  // Runs once when the reader goes away before the answer is complete.
  virtual void OnGone(absl::AnyInvocable<void()> callback) = 0;
};

// Runs on the listener's thread and must not block.
using Handler = std::function<void(std::shared_ptr<Exchange>)>;
// The body and content type of a refusal that the listener makes itself: (status, problem).
using Refuser = std::function<Response(int, absl::string_view)>;

class Server {
 public:
  // Listens and serves until it is destroyed.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, Handler handler,
                                                       Refuser refuser);
  virtual ~Server() = default;

  virtual uint16_t port() const = 0;
  virtual size_t connections() const = 0;

  // Reads the files of TLS again; connections that are open stay as they are, and so does everything when the
  // files do not fit, which the status says. OK without TLS.
  virtual absl::Status ReloadTls() = 0;

  // Stops accepting, closes idle connections, lets running requests finish (their answers say Connection:
  // close) and returns when all are gone or `limit` has passed. True when all were served.
  virtual bool Drain(absl::Duration limit) = 0;
};

}  // namespace kepu::gateway::http
