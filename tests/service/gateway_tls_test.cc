// TLS on the gateway's own listener, with certificates made by the openssl program and OpenSSL as the client.
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/edge.h"
#include "tests/service/gateway_harness.h"
#include "tests/support/child_process.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::HasSubstr;

// A certificate and its key in a folder, replaced as an operator's tool does it.
class Pair {
 public:
  explicit Pair(const std::string& name) { Make(name); }
  void Make(const std::string& name) {
    const std::string fresh = folder_.path() + "/new";
    const std::string command = absl::StrCat(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=", name,
        " -keyout ", fresh, ".key -out ", fresh, ".crt 2>/dev/null");
    ASSERT_EQ(std::system(command.c_str()), 0);
    ASSERT_EQ(std::rename((fresh + ".key").c_str(), key().c_str()), 0);
    ASSERT_EQ(std::rename((fresh + ".crt").c_str(), certificate().c_str()), 0);
  }
  std::string certificate() const { return folder_.path() + "/kepu.crt"; }
  std::string key() const { return folder_.path() + "/kepu.key"; }

 private:
  support::TemporaryFolder folder_;
};

// One connection over TLS.
class TlsClient {
 public:
  explicit TlsClient(uint16_t port, int version_max = TLS1_3_VERSION, absl::string_view protocols = "") {
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, version_max);
    // So that old versions are refused by the server and not by this library's own rules.
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
    ssl_ = SSL_new(context_);
    if (!protocols.empty())
      SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                          static_cast<unsigned>(protocols.size()));
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience = {20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    SSL_set_fd(ssl_, fd_);
    open_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(fd_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool open() const { return open_; }
  std::string version() const { return SSL_get_version(ssl_); }
  // The name in the server's certificate.
  std::string name() const {
    X509* const certificate = SSL_get1_peer_certificate(ssl_);
    if (certificate == nullptr) return "";
    char text[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof(text));
    X509_free(certificate);
    return text;
  }
  // The whole answer of a request; nothing when the connection ends.
  std::string Ask(const std::string& request) {
    if (SSL_write(ssl_, request.data(), static_cast<int>(request.size())) <= 0) return "";
    std::string answer;
    while (true) {
      char buffer[65536];
      const int got = SSL_read(ssl_, buffer, sizeof(buffer));
      if (got <= 0) return answer;
      answer.append(buffer, static_cast<size_t>(got));
      const size_t end = answer.find("\r\n\r\n");
      const size_t at = answer.find("Content-Length: ");
      if (end == std::string::npos || at == std::string::npos) continue;
      if (answer.size() >= end + 4 + std::stoul(answer.substr(at + 16))) return answer;
    }
  }
  // True when the server ends it in good order.
  bool Ended() {
    char buffer[16];
    const int got = SSL_read(ssl_, buffer, sizeof(buffer));
    return got <= 0 && SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  int fd_ = -1;
  bool open_ = false;
};

http::ServerOptions TlsOptions(const Pair& pair) {
  http::ServerOptions options;
  options.tls_certificate = pair.certificate();
  options.tls_key = pair.key();
  return options;
}

TEST(Tls, AnswersOverItAndSaysSoForTwoYears) {
  Pair pair("kepu.test");
  Harness harness(TlsOptions(pair));
  TlsClient client(harness.port());
  ASSERT_TRUE(client.open());
  EXPECT_EQ(client.version(), "TLSv1.3");
  EXPECT_EQ(client.name(), "kepu.test");
  for (int i = 0; i < 3; ++i) {
    const std::string answer = client.Ask(kGetPark);
    EXPECT_THAT(answer, HasSubstr("HTTP/1.1 200 OK"));
    EXPECT_THAT(answer, HasSubstr("\"name\":\"parks/x\""));
    EXPECT_THAT(answer, HasSubstr("Strict-Transport-Security: max-age=63072000"));
  }
  EXPECT_THAT(client.Ask("GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), HasSubstr("200"));
  EXPECT_TRUE(client.Ended());
  // What is no TLS gets nothing at all.
  Client plain(harness.port());
  EXPECT_EQ(plain.Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n                                ").status, 0);
}

TEST(Tls, BodiesLargeAnswersAndContinue) {
  Pair pair("kepu.test");
  Harness harness(TlsOptions(pair));
  TlsClient client(harness.port());
  const std::string body(60000, ' ');
  const std::string head = "POST /v1/parks/x:close HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
  EXPECT_THAT(client.Ask(absl::StrCat(head, "Content-Length: ", body.size(), "\r\n\r\n", body)),
              HasSubstr(" 401 "));
  EXPECT_THAT(client.Ask("GET /openapi.json HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("\"openapi\""));
  EXPECT_THAT(client.Ask(head + "Content-Length: 99999\r\nExpect: 100-continue\r\n\r\n"), HasSubstr(" 413 "));
  TlsClient waits(harness.port());
  EXPECT_THAT(waits.Ask(head + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}"), HasSubstr(" 401 "));
}

TEST(Tls, OldVersionsAndOtherProtocolsAreRefused) {
  Pair pair("kepu.test");
  Harness harness(TlsOptions(pair));
  EXPECT_FALSE(TlsClient(harness.port(), TLS1_VERSION).open());
  EXPECT_FALSE(TlsClient(harness.port(), TLS1_1_VERSION).open());
  TlsClient older(harness.port(), TLS1_2_VERSION);
  EXPECT_TRUE(older.open());
  EXPECT_EQ(older.version(), "TLSv1.2");
  EXPECT_FALSE(TlsClient(harness.port(), TLS1_3_VERSION, absl::string_view("\x02h2", 3)).open());
  EXPECT_TRUE(TlsClient(harness.port(), TLS1_3_VERSION, absl::string_view("\x02h2\x08http/1.1", 12)).open());
}

TEST(Tls, AHandshakeThatDoesNotEndIsEnded) {
  Pair pair("kepu.test");
  http::ServerOptions options = TlsOptions(pair);
  options.head_timeout = absl::Milliseconds(80);
  Harness harness(options);
  Client silent(harness.port());
  EXPECT_TRUE(silent.Closed());
  Client begun(harness.port());
  begun.Send(absl::string_view("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(begun.Closed());
}

TEST(Tls, ANewCertificateIsServedAndOpenConnectionsLive) {
  Pair pair("first.test");
  Harness harness(TlsOptions(pair));
  TlsClient open(harness.port());
  EXPECT_EQ(open.name(), "first.test");
  pair.Make("second.test");
  ASSERT_TRUE(harness.server->ReloadTls().ok());
  EXPECT_EQ(TlsClient(harness.port()).name(), "second.test");
  EXPECT_THAT(open.Ask(kGetPark), HasSubstr(" 200 ")) << "what was open stays open";
  // The files are looked at without being told.
  pair.Make("third.test");
  EXPECT_TRUE(WaitFor([&] { return TlsClient(harness.port()).name() == "third.test"; }));
  EXPECT_THAT(open.Ask(kGetPark), HasSubstr(" 200 "));
}

TEST(Tls, WhatDoesNotFitChangesNothing) {
  Pair pair("good.test");
  std::mutex mutex;
  std::string problem;
  http::ServerOptions options = TlsOptions(pair);
  options.on_problem = [&](const absl::Status& status) {
    const std::lock_guard lock(mutex);
    problem = std::string(status.message());
  };
  Harness harness(options);
  const Pair other("other.test");
  std::ofstream(pair.key()) << std::ifstream(other.key()).rdbuf();
  EXPECT_FALSE(harness.server->ReloadTls().ok());
  std::ofstream(pair.certificate()) << "nonsense";
  EXPECT_TRUE(WaitFor([&] {
    const std::lock_guard lock(mutex);
    return !problem.empty();
  }));
  EXPECT_EQ(TlsClient(harness.port()).name(), "good.test");
  http::ServerOptions bad = TlsOptions(pair);
  EXPECT_FALSE(http::Server::Start(bad, nullptr, nullptr).ok()) << "nothing is served without a certificate";
}

TEST(Tls, PlainRequestsAreSentToHttps) {
  EdgeSettings settings;
  settings.redirect = "127.0.0.1:0";
  auto redirect = ServeRedirect(settings, 8443);
  ASSERT_TRUE(redirect.ok()) << redirect.status();
  const auto ask = [&](const std::string& text) {
    Client client((*redirect)->port());
    return client.Ask(text);
  };
  const Reply moved = ask("GET /v1/parks/x?a=b HTTP/1.1\r\nHost: kepu.test:80\r\n\r\n");
  EXPECT_EQ(moved.status, 308);
  EXPECT_EQ(moved.headers.at("location"), "https://kepu.test:8443/v1/parks/x?a=b");
  EXPECT_EQ(moved.headers.count("strict-transport-security"), 0u) << "that may only be said over https";
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n").headers.at("location"), "https://[::1]:8443/");
  EXPECT_EQ(ask("GET / HTTP/1.0\r\n\r\n").status, 400);
  auto usual = ServeRedirect(settings, 443);
  Client client((*usual)->port());
  EXPECT_EQ(client.Ask("GET /a HTTP/1.1\r\nHost: kepu.test\r\n\r\n").headers.at("location"),
            "https://kepu.test/a");
}

}  // namespace
}  // namespace kepu::gateway::testing
