// TLS for the listener, by Asio over OpenSSL: the context made of two files and read again when they change,
// and the wire of one connection. Certificates is thread-safe; a wire is its session's, on the listener's
// thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "services/gateway/http/session.h"

namespace boost::asio {
class io_context;
}

namespace kepu::gateway::http {

class TlsContext;  // of tls.cc

class Certificates {
 public:
  Certificates(std::string certificate, std::string key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}

  // Reads both files; what was read before stays when they are unreadable or do not belong together.
  absl::Status Load();
  // Loads when one of the files is another than the one last looked at.
  absl::Status LoadIfChanged();
  // For new connections; those that are open keep theirs.
  std::shared_ptr<TlsContext> context() const;

 private:
  std::string Stamp() const;

  const std::string certificate_;
  const std::string key_;
  mutable std::mutex mutex_;
  std::shared_ptr<TlsContext> context_;
  std::string stamp_;
};

// Shakes hands before its first read and tells its session. `session` is filled in when that is made; what
// the wire sends by itself keeps it alive.
using SessionSlot = std::shared_ptr<std::weak_ptr<Session>>;
// The wire takes over `socket`, a connected descriptor.
std::unique_ptr<Wire> MakeTlsWire(boost::asio::io_context& loop, int socket,
                                  std::shared_ptr<TlsContext> context, SessionSlot session);

}  // namespace kepu::gateway::http
