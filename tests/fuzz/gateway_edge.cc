// What comes before any route: heads, bodies, whole connections, and the headers about who asks and how long.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/executor/random.h"
#include "services/gateway/http/body_reader.h"
#include "services/gateway/http/client_address.h"
#include "services/gateway/http/head.h"
#include "services/gateway/http/session.h"
#include "services/gateway/upstream/caller.h"
#include "services/gateway/upstream/trace.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

namespace http = gateway::http;

// A head that is taken can be read in one way only, and none of its beginnings is refused.
void RunHead(absl::string_view bytes) {
  // As the listener cuts it out: up to its first empty line.
  std::string block = absl::StrCat(bytes, "\r\n\r\n");
  block.resize(block.find("\r\n\r\n") + 4);
  http::Head head;
  const char* problem = nullptr;
  const int status = http::ParseHead(block, {}, head, problem);
  Require((status == 0) == (problem == nullptr), "a refusal says why");
  if (status != 0) return;
  Require(head.target.substr(0, 1) == "/" || head.target == "*", "the target is a path");
  Require(head.path.size() + head.query.size() <= head.target.size(), "path and query are of the target");
  int lengths = 0, encodings = 0, hosts = 0;
  for (const http::Header& header : head.headers) {
    lengths += absl::EqualsIgnoreCase(header.name, "content-length");
    encodings += absl::EqualsIgnoreCase(header.name, "transfer-encoding");
    hosts += absl::EqualsIgnoreCase(header.name, "host");
    const std::string field = absl::StrCat(header.name, header.value);
    Require(absl::string_view(field).find_first_of(absl::string_view("\r\n\0", 3)) == std::string::npos,
            "no field ends early");
    Require(header.name.find_first_of(" \t:") == absl::string_view::npos, "names are names");
  }
  Require(lengths + encodings <= 1 && hosts <= 1, "one framing, one host");
  for (size_t end = 0; end < block.size(); end += 1 + end / 16) {
    const char* partly = nullptr;
    Require(http::CheckPartialHead(absl::string_view(block).substr(0, end), {}, partly) == 0,
            "no beginning of a good head is refused");
  }
}

std::vector<std::string> HeadSeeds() {
  return {"GET /v1/events?page_size=5 HTTP/1.1\r\nHost: kepu.test:8443\r\nAccept: */*\r\nConnection: close",
          "POST /v1/a:b HTTP/1.1\r\nhost: [::1]\r\nContent-Length: 12\r\nExpect: 100-continue\r\nX:\t a ",
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked",
          "OPTIONS * HTTP/1.0",
          "GET / HTTP/1.1\r\nHost: h\r\n folded: a\r\nUpgrade: h2c",
          "GET http://h/ HTTP/1.1\r\nHost: h"};
}

struct Body {
  http::BodyReader::Progress progress = http::BodyReader::Progress::kMore;
  std::string body;
  size_t left = 0;
};

Body ReadBody(absl::string_view bytes, size_t piece) {
  using Progress = http::BodyReader::Progress;
  http::BodyReader reader(16 * 1024, 512);
  Body read;
  std::string in;
  while (!bytes.empty() && read.progress == Progress::kMore) {
    in.append(bytes.data(), std::min(piece, bytes.size()));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    read.progress = reader.Take(in);
  }
  if (read.progress == Progress::kDone) read.body = reader.body();
  read.left = in.size() + bytes.size();
  return read;
}

// However a body arrives it is the same one, it ends in the same place, and its limit holds.
void RunBody(absl::string_view bytes) {
  using Progress = http::BodyReader::Progress;
  const std::string request =
      absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", bytes);
  const Body whole = ReadBody(request, request.size());
  const Body single = ReadBody(request, 1);
  Require((whole.progress == Progress::kDone) == (single.progress == Progress::kDone), "the same bodies end");
  if (whole.progress != Progress::kDone) return;
  Require(whole.body == single.body, "the same body");
  Require(whole.left == single.left, "it ends in the same place");
  Require(whole.body.size() <= 512, "within its limit");
}

std::vector<std::string> BodySeeds() {
  return {"2\r\n{}\r\n0\r\n\r\nGET /",
          "a\r\n0123456789\r\n1\r\nx\r\n0\r\nX-Trailer: a\r\n\r\n",
          "2;a=b\r\n{}\r\n0\r\n\r\n",
          "201\r\n",
          "0\r\n\r\n",
          "FFFFFFFFFFFFFFFF\r\n"};
}

// A connection without a socket: gives what it is told to in pieces and keeps what is written.
class PaperWire final : public http::Wire {
 public:
  void Read(absl::AnyInvocable<void(bool, absl::string_view)> done) override { read_ = std::move(done); }
  void Write(absl::string_view first, absl::string_view second,
             absl::AnyInvocable<void(bool, size_t)> done) override {
    written_ = std::move(done);
    bytes_ = first.size() + second.size();
  }
  void WriteNow(absl::string_view) override {}
  void EndSending() override {}
  void Close() override { closed_ = true; }

  // Lets everything run that does not need input.
  void Settle() {
    while (written_) std::exchange(written_, nullptr)(true, bytes_);
  }
  bool Feed(absl::string_view piece) {
    if (closed_ || !read_) return false;
    std::exchange(read_, nullptr)(true, piece);
    Settle();
    return true;
  }
  void Hang() {
    while (!closed_ && read_) std::exchange(read_, nullptr)(false, {});
  }

 private:
  absl::AnyInvocable<void(bool, absl::string_view)> read_;
  absl::AnyInvocable<void(bool, size_t)> written_;
  size_t bytes_ = 0;
  bool closed_ = false;
};

class PaperHost final : public http::SessionHost {
 public:
  using SessionHost::SessionHost;
  void Run(absl::AnyInvocable<void()> step) override { step(); }
  void Closed(http::Session&) override {}
};

// The requests of a connection, as they were understood.
std::vector<std::string> Understood(absl::string_view bytes, size_t piece) {
  std::vector<std::string> requests;
  http::ServerOptions options;
  options.body_bytes_max = 512;
  options.trusted_proxies = *http::Networks::Parse({"10.0.0.0/8"});
  const auto host = std::make_shared<PaperHost>(
      std::move(options),
      [&requests](const std::shared_ptr<http::Exchange>& exchange) {
        const http::Request& request = exchange->request();
        requests.push_back(absl::StrCat(request.head.method, " ", request.head.target, " ", request.peer, " ",
                                        request.body));
        exchange->Answer({});
      },
      // An incomplete head is looked at now and then only, so that what is refused is a matter of pieces.
      [](int, absl::string_view) { return http::Response(); });
  auto wire = std::make_unique<PaperWire>();
  PaperWire& paper = *wire;
  const auto session = std::make_shared<http::Session>(host, std::move(wire), "10.0.0.1");
  session->Start(absl::Seconds(1));
  while (!bytes.empty() && paper.Feed(bytes.substr(0, piece)))
    bytes.remove_prefix(std::min(piece, bytes.size()));
  paper.Hang();
  session->Close();
  return requests;
}

// However the bytes arrive, the same requests are seen in them.
void RunConnection(absl::string_view bytes) {
  Require(Understood(bytes, bytes.size() + 1) == Understood(bytes, 1), "the same requests in other pieces");
}

std::vector<std::string> ConnectionSeeds() {
  return {
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}GET /c "
      "HTTP/1.1\r\nHost: h\r\n\r\n",
      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /c "
      "HTTP/1.1\r\n"
      "Host: h\r\nX-Forwarded-For: 192.0.2.1, 10.0.0.2\r\n\r\n",
      "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HEAD / HTTP/1.0\r\n\r\nGET /"};
}

// An address is written as it is read, a key is one of itself, and a client is a hop that was named.
void RunForwarded(absl::string_view bytes) {
  static const auto* const trusted =
      new http::Networks(*http::Networks::Parse({"10.0.0.0/8", "127.0.0.1", "fd00::/8"}));
  const std::vector<absl::string_view> fields = absl::StrSplit(bytes, '\n');
  for (const absl::string_view field : fields) {
    if (const auto address = http::ParseAddress(field)) {
      const std::string text = http::AddressText(*address);
      Require(http::ParseAddress(text) == address, "what is written is read as the same");
      Require(http::RateKeyOf(text) == http::RateKeyOf(field), "one address has one key");
    }
    (void)http::Networks::Parse({std::string(field)});
  }
  Require(http::ClientOf("192.0.2.9", fields, *trusted) == "192.0.2.9", "strangers are not believed");
  const std::string client = http::ClientOf("10.0.0.1", fields, *trusted);
  Require(http::ParseAddress(client).has_value(), "a client has an address");
}

std::vector<std::string> ForwardedSeeds() {
  return {"192.0.2.1, 10.0.0.2\n10.0.0.3", "[2001:db8::1]:443\nunknown", "::ffff:192.0.2.1\n10.0.0.0/8\n::/0",
          "1.2.3.4:5,,fd00::1"};
}

// Lines: Grpc-Timeout, Connect-Timeout-Ms, traceparent.
void RunCallHeaders(absl::string_view bytes) {
  std::vector<absl::string_view> lines = absl::StrSplit(bytes, absl::MaxSplits('\n', 2));
  lines.resize(3);
  const auto timeout = gateway::upstream::RequestedTimeout(lines[0], lines[1]);
  if (timeout.ok() && *timeout) Require(**timeout >= absl::ZeroDuration(), "no time is negative");
  executor::SeededRandom random(1);
  const std::string next = gateway::upstream::NextHop(lines[2], random);
  Require(gateway::upstream::IsTraceparent(next), "a next hop is a traceparent");
  if (gateway::upstream::IsTraceparent(lines[2]))
    Require(next.substr(3, 32) == lines[2].substr(3, 32), "the trace stays");
}

std::vector<std::string> CallHeaderSeeds() {
  return {"250m\n3000\n00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "99999999H\n\n",
          "1S\n9999999999\nff-0"};
}

}  // namespace

std::vector<Target> GatewayEdgeTargets() {
  return {{"http_head", RunHead, HeadSeeds},
          {"http_body", RunBody, BodySeeds},
          {"http_connection", RunConnection, ConnectionSeeds},
          {"forwarded", RunForwarded, ForwardedSeeds},
          {"call_headers", RunCallHeaders, CallHeaderSeeds}};
}

}  // namespace kepu::fuzz
