#include "services/gateway/http/tls.h"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "absl/strings/str_cat.h"

namespace kepu::gateway::http {

class TlsContext : public boost::asio::ssl::context {
 public:
  TlsContext() : context(tls_server) {}
};

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t kRecordBytes = 8 * 1024;
// Forward secrecy and authenticated encryption only, for what is older than TLS 1.3.
constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr absl::string_view kProtocol("\x08http/1.1", 9);

// HTTP/1.1 or nothing: a client that only speaks HTTP/2 is told before it sends anything.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_bytes, const unsigned char* in,
                   unsigned int in_bytes, void*) {
  const absl::string_view offered(reinterpret_cast<const char*>(in), in_bytes);
  for (size_t at = 0; at < offered.size(); at += static_cast<unsigned char>(offered[at]) + size_t{1}) {
    if (offered.substr(at, kProtocol.size()) != kProtocol) continue;
    *out = in + at + 1;
    *out_bytes = static_cast<unsigned char>(kProtocol.size() - 1);
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

absl::Status Fails(absl::string_view what, const std::string& file, const error_code& error) {
  return absl::InvalidArgumentError(absl::StrCat(what, " ", file, ": ", error.message()));
}

class TlsWire : public Wire {
 public:
  TlsWire(tcp::socket socket, std::shared_ptr<TlsContext> context, SessionSlot session)
      : context_(std::move(context)), stream_(std::move(socket), *context_), session_(std::move(session)) {
    error_code ignored;
    stream_.next_layer().set_option(tcp::no_delay(true), ignored);
    stream_.next_layer().non_blocking(true, ignored);
  }

  void Read(absl::AnyInvocable<void(bool, absl::string_view)> done) override {
    if (open_) return ReadSome(std::move(done));
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [this, done = std::move(done)](const error_code& error) mutable {
                              if (error) return done(false, {});
                              open_ = true;
                              if (const auto session = session_->lock()) session->Opened();
                              ReadSome(std::move(done));
                            });
  }

  void Write(absl::string_view first, absl::string_view second,
             absl::AnyInvocable<void(bool, size_t)> done) override {
    // One record for both where they are small; OpenSSL takes one piece at a time.
    absl::string_view piece = first.empty() ? second : first;
    if (!first.empty() && !second.empty() && first.size() + second.size() <= joined_.size()) {
      std::copy(first.begin(), first.end(), joined_.begin());
      std::copy(second.begin(), second.end(), joined_.begin() + static_cast<std::ptrdiff_t>(first.size()));
      piece = {joined_.data(), first.size() + second.size()};
    }
    stream_.async_write_some(
        asio::buffer(piece.data(), piece.size()),
        [done = std::move(done)](const error_code& error, size_t bytes) mutable { done(!error, bytes); });
  }

  void WriteNow(absl::string_view bytes) override {
    // Behind the handshake's back OpenSSL would not be asked at once; the few bytes are kept until they went.
    now_.assign(bytes.data(), bytes.size());
    asio::async_write(stream_, asio::buffer(now_), [keep = session_->lock()](const error_code&, size_t) {});
  }

  void EndSending() override {
    // Says the end; the other side's is not waited for, the session reads what else comes.
    stream_.async_shutdown([keep = session_->lock()](const error_code&) {});
  }

  void Close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

  bool secure() const override { return true; }

 private:
  void ReadSome(absl::AnyInvocable<void(bool, absl::string_view)> done) {
    stream_.async_read_some(asio::buffer(buffer_),
                            [this, done = std::move(done)](const error_code& error, size_t bytes) mutable {
                              done(!error, {buffer_.data(), bytes});
                            });
  }

  const std::shared_ptr<TlsContext> context_;
  asio::ssl::stream<tcp::socket> stream_;
  const SessionSlot session_;
  bool open_ = false;
  std::string now_;
  std::array<char, kRecordBytes> buffer_;
  std::array<char, kRecordBytes> joined_;
};

}  // namespace

absl::Status Certificates::Load() {
  const std::string stamp = Stamp();
  auto context = std::make_shared<TlsContext>();
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_alpn_select_cb(native, SelectProtocol, nullptr);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  absl::Status status;
  error_code error;
  if (SSL_CTX_set_cipher_list(native, kCiphers) != 1) status = absl::InternalError("no ciphers");
  if (context->use_certificate_chain_file(certificate_, error); error)
    status = Fails("the certificate", certificate_, error);
  if (status.ok()) {
    if (context->use_private_key_file(key_, TlsContext::pem, error); error)
      status = Fails("the key", key_, error);
  }
  if (status.ok() && SSL_CTX_check_private_key(native) != 1)
    status = absl::InvalidArgumentError(absl::StrCat(key_, " is not the key of ", certificate_));
  const std::lock_guard<std::mutex> lock(mutex_);
  // Half of a pair being replaced is looked at again when the other half is there.
  stamp_ = stamp;
  if (status.ok()) context_ = std::move(context);
  return status;
}

absl::Status Certificates::LoadIfChanged() {
  {
    const std::string stamp = Stamp();
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stamp == stamp_) return absl::OkStatus();
  }
  return Load();
}

std::shared_ptr<TlsContext> Certificates::context() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return context_;
}

std::string Certificates::Stamp() const {
  std::string stamp;
  for (const std::string& file : {certificate_, key_}) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) continue;
    absl::StrAppend(&stamp, found.st_ino, " ", found.st_size, " ", found.st_mtim.tv_sec, ".",
                    found.st_mtim.tv_nsec, "; ");
  }
  return stamp;
}

std::unique_ptr<Wire> MakeTlsWire(asio::io_context& loop, int socket, std::shared_ptr<TlsContext> context,
                                  SessionSlot session) {
  // Which of the two it is matters only when a socket is opened.
  return std::make_unique<TlsWire>(tcp::socket(loop, tcp::v4(), socket), std::move(context),
                                   std::move(session));
}

}  // namespace kepu::gateway::http
