#include "services/gateway/http/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace kepu::gateway::http {
namespace {

// A refused request may still be on its way: so much of it is read and dropped, so that the refusal is not
// lost in a reset of the connection.
constexpr size_t kLingerBytes = 256 * 1024;
constexpr absl::Duration kLingerTime = absl::Seconds(1);
// How much more of a head must arrive before its beginning is looked at again.
constexpr size_t kRecheckBytes = 512;
// A chunk's header line that does not end gathers unread; so much of it is enough to know.
constexpr size_t kFramingBytesMax = 32 * 1024;

bool IsTrusted(const Networks& trusted, absl::string_view peer) {
  const std::optional<AddressBytes> address = ParseAddress(peer);
  return address && trusted.Contains(*address);
}

}  // namespace

Session::Session(std::shared_ptr<SessionHost> host, std::unique_ptr<Wire> wire, std::string peer)
    : host_(std::move(host)),
      wire_(std::move(wire)),
      peer_(std::move(peer)),
      from_proxy_(IsTrusted(host_->options.trusted_proxies, peer_)) {}

void Session::Start(absl::Duration first) {
  NextRequest();
  if (state_ == State::kIdle) DeadlineIn(first);
}

std::optional<Session::Clock::time_point> Session::WaitsSince() const {
  if (state_ == State::kClosed || (state_ == State::kHandling && (!writing_ || streaming_)))
    return std::nullopt;
  return waits_since_;
}

void Session::Drain() {
  if (state_ == State::kIdle) Close();
}

void Session::Sweep(Clock::time_point now) {
  if (state_ == State::kClosed || now < deadline_) return;
  if (state_ == State::kReading) return Refuse(408, "the request took too long to arrive");
  Close();
}

void Session::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  wire_->Close();
  if (ready_) std::exchange(ready_, nullptr)(false);
  if (gone_) std::exchange(gone_, nullptr)();
  host_->Closed(*this);
}

Framing Session::FramingNow() const {
  Framing framing;
  framing.keep_alive = keep_alive_ && !host_->draining;
  framing.http_1_0 = http_1_0_;
  framing.secure = secure_ || wire_->secure();
  return framing;
}

void Session::NextRequest() {
  body_.reset();
  streaming_ = ending_ = false;
  checked_ = 0;
  state_ = State::kIdle;
  secure_ = false;
  waits_since_ = Clock::now();
  if (host_->draining && in_.empty()) return Close();
  DeadlineIn(host_->options.idle_timeout);
  if (!in_.empty()) return OnInput();
  Read();
}

void Session::Read() {
  if (reading_ || state_ == State::kClosed) return;
  reading_ = true;
  wire_->Read([self = shared_from_this()](bool ok, absl::string_view bytes) {
    self->reading_ = false;
    self->OnRead(ok, bytes);
  });
}

void Session::OnRead(bool ok, absl::string_view bytes) {
  if (state_ == State::kClosed) return;
  if (!ok) return Close();
  if (state_ == State::kLingering) {
    lingered_ += bytes.size();
    return lingered_ > kLingerBytes ? Close() : Read();
  }
  in_.append(bytes.data(), bytes.size());
  if (state_ == State::kHandling) {
    // While a stream runs its reader is watched; what arrives meanwhile is bounded.
    if (in_.size() < host_->options.head.head_bytes) Read();
  } else if (body_) {
    OnBody();
  } else {
    OnInput();
  }
}

void Session::OnInput() {
  if (state_ == State::kIdle) {
    DeadlineIn(host_->options.head_timeout);
    state_ = State::kReading;
    keep_alive_ = http_1_0_ = head_only_ = false;
  }
  const size_t end = in_.find("\r\n\r\n", checked_ < 3 ? 0 : checked_ - 3);
  if (end != std::string::npos) return OnHead(end + 4);
  if (checked_ == 0 || in_.size() >= checked_ + kRecheckBytes) {
    const char* problem = "";
    if (const int status = CheckPartialHead(in_, host_->options.head, problem))
      return Refuse(status, problem);
    checked_ = in_.size();
  }
  Read();
}

void Session::OnHead(size_t bytes) {
  request_ = std::make_unique<Request>();
  request_->bytes = in_.substr(0, bytes);
  request_->peer = peer_;
  Head& head = request_->head;
  const char* problem = "";
  if (const int status = ParseHead(request_->bytes, host_->options.head, head, problem))
    return Refuse(status, problem);
  keep_alive_ = head.keep_alive;
  http_1_0_ = head.http_1_0;
  head_only_ = head.method == "HEAD";
  if (!KnowsHost(head)) return Refuse(400, "Host is not a name of this server");
  NoteClient();
  if (!head.has_body) {
    in_.erase(0, bytes);
    return Handle();
  }
  const ServerOptions& options = host_->options;
  const size_t own = options.body_bytes_of == nullptr ? 0 : options.body_bytes_of(head);
  const size_t body_bytes_max = std::max(own, options.body_bytes_max);
  if (TakeWholeBody(bytes, body_bytes_max)) return Handle();
  const bool expects = head.expects_continue && in_.size() == bytes;
  body_.emplace(options.head.head_bytes, body_bytes_max);
  body_start_ = Clock::now();
  OnBody();
  // 25 bytes always fit the buffer of a socket that has sent all it had.
  if (expects && state_ == State::kReading) wire_->WriteNow("HTTP/1.1 100 Continue\r\n\r\n");
}

// A short body arrives with its head, and then there is nothing to put together. Its head was read strictly:
// a length is the only one, and is digits.
bool Session::TakeWholeBody(size_t head_bytes, size_t body_bytes_max) {
  uint64_t length = 0;
  if (!absl::SimpleAtoi(request_->head.Find("content-length"), &length)) return false;
  if (length > body_bytes_max || length > in_.size() - head_bytes) return false;
  request_->body = in_.substr(head_bytes, length);
  in_.erase(0, head_bytes + length);
  return true;
}

bool Session::KnowsHost(const Head& head) const {
  const std::vector<std::string>& hosts = host_->options.hosts;
  if (hosts.empty()) return true;
  absl::string_view host = head.Find("host");
  const size_t bracket = host.find(']');
  const size_t colon = host.find(':', bracket == absl::string_view::npos ? 0 : bracket);
  host = host.substr(0, colon);
  // Whoever looks after this machine from within does not know its names.
  if (const auto address = ParseAddress(peer_); address && host == AddressText(*address)) return true;
  return std::any_of(hosts.begin(), hosts.end(),
                     [host](const std::string& known) { return absl::EqualsIgnoreCase(known, host); });
}

void Session::NoteClient() {
  request_->secure = wire_->secure();
  if (from_proxy_) {
    std::vector<absl::string_view> hops;
    for (const Header& header : request_->head.headers) {
      if (absl::EqualsIgnoreCase(header.name, "X-Forwarded-For")) hops.push_back(header.value);
    }
    request_->peer = ClientOf(peer_, hops, host_->options.trusted_proxies);
    request_->secure |= absl::EqualsIgnoreCase(request_->head.Find("x-forwarded-proto"), "https");
  }
  secure_ = request_->secure;
}

void Session::OnBody() {
  switch (body_->Take(in_)) {
    case BodyReader::Progress::kTooLarge:
      return Refuse(413, "the body is too large");
    case BodyReader::Progress::kBad:
      return Refuse(400, "the body is framed badly");
    case BodyReader::Progress::kDone:
      request_->body = body_->body();
      return Handle();
    case BodyReader::Progress::kMore:
      break;
  }
  if (in_.size() > kFramingBytesMax) return Refuse(400, "the body is framed badly");
  deadline_ = body_start_ + absl::ToChronoNanoseconds(host_->options.body_timeout) +
              std::chrono::milliseconds(body_->bytes() * 1000 / host_->options.body_rate);
  Read();
}

void Session::Handle() {
  state_ = State::kHandling;
  deadline_ = Clock::time_point::max();
  host_->handler(std::make_shared<SessionExchange>(shared_from_this(), std::move(request_)));
}

void Session::Refuse(int status, absl::string_view problem) {
  keep_alive_ = false;
  state_ = State::kHandling;
  Answer(host_->refuser(status, problem));
}

void Session::Answer(Response response) {
  if (state_ != State::kHandling || streaming_ || writing_) return;
  Framing framing = FramingNow();
  framing.body_bytes = response.ready_body != nullptr ? response.ready_body->size() : response.body.size();
  keep_alive_ = framing.keep_alive;
  ending_ = true;
  std::string head = RenderHead(response, framing, host_->date);
  if (head_only_ || response.status == 204 || response.status == 304)
    return Send(std::move(head), "", nullptr);
  Send(std::move(head), std::move(response.body), std::move(response.ready_body));
}

void Session::Begin(Response response) {
  if (state_ != State::kHandling || streaming_ || writing_) return;
  streaming_ = true;
  Framing framing = FramingNow();
  // HTTP/1.0 has no chunks: the end of the connection is the end of the stream.
  if (http_1_0_) framing.keep_alive = false;
  framing.no_length = http_1_0_;
  framing.chunked = !http_1_0_;
  keep_alive_ = framing.keep_alive;
  Read();
  Send(RenderHead(response, framing, host_->date), "", nullptr);
}

void Session::Write(absl::string_view piece, absl::AnyInvocable<void(bool)> ready) {
  if (state_ != State::kHandling || !streaming_ || ending_) return ready(false);
  if (http_1_0_) {
    waiting_.append(piece.data(), piece.size());
  } else if (!head_only_) {
    AppendChunk(piece, waiting_);
  }
  if (!writing_) OnSent();
  // Only the last piece of a stream may come while another one waits.
  if (ready_ || waiting_.size() < host_->options.stream_buffer_bytes) return ready(true);
  ready_ = std::move(ready);
}

void Session::End() {
  if (state_ != State::kHandling || !streaming_ || ending_) return;
  if (!http_1_0_ && !head_only_) waiting_.append("0\r\n\r\n");
  ending_ = true;
  if (!writing_) OnSent();
}

void Session::OnGone(absl::AnyInvocable<void()> callback) {
  if (state_ != State::kHandling) return callback();
  gone_ = std::move(callback);
}

void Session::Send(std::string head, std::string body, std::shared_ptr<const std::string> ready_body) {
  out_head_ = std::move(head);
  out_body_ = std::move(body);
  out_ready_body_ = std::move(ready_body);
  sent_ = 0;
  writing_ = true;
  send_start_ = waits_since_ = Clock::now();
  SendSome();
}

void Session::SendSome() {
  const absl::string_view head = out_head_;
  const absl::string_view body = out_ready_body_ != nullptr ? *out_ready_body_ : out_body_;
  if (sent_ == head.size() + body.size()) {
    writing_ = false;
    return OnSent();
  }
  const size_t in_body = sent_ > head.size() ? sent_ - head.size() : 0;
  deadline_ = send_start_ + absl::ToChronoNanoseconds(host_->options.write_timeout) +
              std::chrono::milliseconds(sent_ * 1000 / host_->options.body_rate);
  wire_->Write(head.substr(sent_ - in_body), body.substr(in_body),
               [self = shared_from_this()](bool ok, size_t bytes) {
                 if (self->state_ == State::kClosed) return;
                 if (!ok) return self->Close();
                 self->sent_ += bytes;
                 self->SendSome();
               });
}

void Session::OnSent() {
  if (!waiting_.empty()) {
    Send(std::exchange(waiting_, {}), "", nullptr);
  } else if (ending_) {
    gone_ = nullptr;
    return keep_alive_ ? NextRequest() : Linger();
  } else {
    deadline_ = Clock::time_point::max();
  }
  if (ready_ && waiting_.size() < host_->options.stream_buffer_bytes) std::exchange(ready_, nullptr)(true);
}

void Session::Linger() {
  state_ = State::kLingering;
  wire_->EndSending();
  in_.clear();
  lingered_ = 0;
  DeadlineIn(kLingerTime);
  Read();
}

SessionExchange::~SessionExchange() {
  Response failed;
  failed.status = 500;
  if (!begun_) Answer(std::move(failed));
  // A stream that nobody goes on with would hold its reader for ever.
  if (!ended_) session_->host().Run([session = session_] { session->Close(); });
}

void SessionExchange::AddHeader(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
}

void SessionExchange::Answer(Response response) {
  if (begun_.exchange(true)) return;
  ended_ = true;
  for (auto& header : headers_) response.headers.push_back(std::move(header));
  session_->host().Run([session = session_, response = std::move(response)]() mutable {
    session->Answer(std::move(response));
  });
}

void SessionExchange::Begin(Response head) {
  if (begun_.exchange(true)) return;
  for (auto& header : headers_) head.headers.push_back(std::move(header));
  session_->host().Run(
      [session = session_, head = std::move(head)]() mutable { session->Begin(std::move(head)); });
}

void SessionExchange::Write(std::string piece, absl::AnyInvocable<void(bool)> ready) {
  session_->host().Run([session = session_, piece = std::move(piece), ready = std::move(ready)]() mutable {
    session->Write(piece, std::move(ready));
  });
}

void SessionExchange::End() {
  ended_ = true;
  session_->host().Run([session = session_] { session->End(); });
}

void SessionExchange::OnGone(absl::AnyInvocable<void()> callback) {
  session_->host().Run([session = session_, callback = std::move(callback)]() mutable {
    session->OnGone(std::move(callback));
  });
}

}  // namespace kepu::gateway::http
