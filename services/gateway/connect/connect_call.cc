#include "services/gateway/connect/connect_call.h"

#include <chrono>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/admit.h"
#include "services/gateway/connect/error.h"
#include "services/gateway/connect/frame.h"
#include "services/gateway/connect/get_query.h"
#include "services/gateway/connect/gzip.h"
#include "services/gateway/connect/message.h"
#include "services/gateway/connect/shape.h"
#include "services/gateway/failure_log.h"
#include "services/gateway/login/session_calls.h"
#include "services/gateway/transcode/conditional.h"

namespace kepu::gateway::connect {
namespace {

using ConnectClock = std::chrono::steady_clock;

// A type that leads nowhere is quoted in the refusal, but not all of it.
constexpr size_t kTypeShownMax = 100;
// Of the digest of an answer, in its ETag.
constexpr size_t kEtagBytes = 16;
bool Reading(const http::Head& head) { return head.method == "GET" || head.method == "HEAD"; }

// The last frame of a stream, or all that gRPC-Web has to say of a failure.
std::string Ending(const Shape& shape, const google::rpc::Status& status) {
  std::string frame;
  if (shape.connect()) {
    AppendFrame(kFrameEndOfStream, EndOfStreamJson(status), frame);
  } else {
    AppendFrame(kFrameTrailers, TrailerLines(status), frame);
  }
  return frame;
}

std::string Spelled(const Shape& shape, std::string bytes) {
  return shape.text ? absl::Base64Escape(bytes) : bytes;
}

// The shape in which a request that is refused is answered; nothing when it speaks none of the protocols.
std::optional<Shape> ShapeOfRequest(const http::Head& head) {
  if (!Reading(head)) return ShapeOf(head.Find("content-type"));
  return ShapeOfEncoding("json");
}

// What REST would answer, in the words of the shape. Headers such as Retry-After go with either.
transcode::Answer Failed(const transcode::AnswerWriter& writer, const std::optional<Shape>& shape,
                         const absl::Status& status, int http_status) {
  const google::rpc::Status wire = refusal::ToWire(status);
  transcode::Answer answer = writer.Failure(wire, "", http_status);
  if (!shape) return answer;
  if (shape->framed()) {
    answer.status = 200;
    answer.content_type = shape->content_type;
    answer.body = Spelled(*shape, Ending(*shape, wire));
  } else {
    answer.content_type = "application/json";
    answer.body = ErrorJson(wire);
  }
  return answer;
}

class ConnectCall : public std::enable_shared_from_this<ConnectCall> {
 public:
  ConnectCall(Gateway& gateway, const RpcTable& rpcs, const RpcTable::Rpc& rpc,
              std::shared_ptr<http::Exchange> exchange, std::string request_id)
      : gateway_(gateway),
        rpcs_(rpcs),
        rpc_(rpc),
        exchange_(std::move(exchange)),
        request_id_(std::move(request_id)) {}

  void Start() {
    const std::optional<Shape> shape = ShapeOfRequest(head());
    if (!shape || shape->framed() != (shape->connect() ? method().streams : true)) return FailType();
    shape_ = shape;
    if (absl::Status read = ReadRequest(); !read.ok()) return Fail(read);
    Admit(gateway_, exchange_, AskedOf(method()), request_id_,
          [self = shared_from_this()](absl::StatusOr<Admitted> admitted) {
            if (!admitted.ok()) return self->Fail(admitted.status());
            self->context_ = std::move(admitted->context);
            self->timeout_ = admitted->timeout;
            self->Identified();
          });
  }

 private:
  const http::Head& head() const { return exchange_->request().head; }
  const transcode::Method& method() const { return *rpc_.method; }
  bool get() const { return Reading(head()); }

  // The bytes of the message, out of its frame and unpacked.
  absl::Status ReadRequest() {
    const absl::string_view version = head().Find("connect-protocol-version");
    if (shape_->connect() && !version.empty() && version != "1")
      return refusal::BadField("Connect-Protocol-Version", "must be 1");
    if (get()) return ReadQuery();
    const std::string& body = exchange_->request().body;
    if (!shape_->framed()) return Take(Unpack(head().Find("content-encoding"), body));
    const absl::string_view encoding =
        head().Find(shape_->connect() ? "connect-content-encoding" : "grpc-encoding");
    if (absl::Status known = CheckEncoding(encoding); !known.ok()) return known;
    std::optional<std::string> decoded;
    if (shape_->text && !(decoded = DecodeBase64Text(body))) {
      return refusal::Refuse(absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE",
                             {{"problem", "it is not base64"}});
    }
    const absl::StatusOr<Frame> frame = ReadOnlyFrame(decoded ? *decoded : body);
    if (!frame.ok()) return frame.status();
    if (!frame->compressed()) return Take(std::string(frame->payload));
    if (!absl::EqualsIgnoreCase(encoding, "gzip"))
      return refusal::Refuse(absl::StatusCode::kInternal, "FRAME_COMPRESSED");
    return Take(Unpack(encoding, frame->payload));
  }

  absl::Status ReadQuery() {
    absl::StatusOr<GetQuery> query = ReadGetQuery(head().query);
    if (!query.ok()) return query.status();
    const std::optional<Shape> shape = ShapeOfEncoding(query->encoding);
    if (!shape) {
      return refusal::Refuse(absl::StatusCode::kInvalidArgument, "RPC_TYPE_UNKNOWN",
                             {{"type", query->encoding.substr(0, kTypeShownMax)}, {"types", "proto, json"}});
    }
    shape_ = shape;
    return Take(Unpack(query->compression, query->message));
  }

  absl::Status Take(absl::StatusOr<std::string> message) {
    if (!message.ok()) return message.status();
    message_ = *std::move(message);
    return absl::OkStatus();
  }

  void Identified() {
    anonymous_ = context_.principal.anonymous();
    const Beside beside = {exchange_->request().peer, head().Find("idempotency-key")};
    absl::StatusOr<ReadyMessage> ready = shape_->codec == Codec::kJson
                                             ? FromJson(method(), message_, beside)
                                             : FromBytes(method(), std::move(message_), beside);
    if (!ready.ok()) return Fail(ready.status());
    login::AddDevice(method().full_name, head(), ready->bytes);
    const upstream::CallRules rules = {.changes = method().changes,
                                       .reads = method().reads,
                                       .has_request_id = ready->has_request_id,
                                       .hashes = method().hashes,
                                       .own_limit = absl::Seconds(method().time_limit_s),
                                       .timeout = timeout_};
    const upstream::Target target = {method().service, method().full_name};
    if (method().streams) return OpenStream(target, rules, std::move(ready->bytes));
    gateway_.caller().Call(target, std::move(context_), std::move(ready->bytes), rules,
                           [self = shared_from_this()](absl::StatusOr<rpc::PeerAnswer> answer) {
                             self->OnAnswer(std::move(answer));
                           });
  }

  // The message in the codec of the call; nothing for bytes that are not that message.
  std::optional<std::string> Coded(std::string bytes) const {
    if (shape_->codec == Codec::kProto) return bytes;
    if (rpc_.whole == nullptr) return rpcs_.Print(method(), bytes);
    // A page of a catalogue that somebody else just read is printed already.
    transcode::Answer page = gateway_.kept_pages().Success(*rpc_.whole, bytes, "");
    if (page.status != 200) return std::nullopt;
    return std::move(page.body);
  }

  void OnAnswer(absl::StatusOr<rpc::PeerAnswer> answer) {
    if (!answer.ok()) return Fail(answer.status());
    const std::vector<std::string> cookies = login::TakeCookies(method().full_name, head(), answer->bytes);
    std::optional<std::string> message = Coded(std::move(answer->bytes));
    // What cannot be read is no answer, whoever sent it.
    if (!message) return Fail(upstream::Down(method().service));
    transcode::Answer success;
    success.content_type = shape_->content_type;
    for (const std::string& cookie : cookies) success.headers.emplace_back("Set-Cookie", cookie);
    if (shape_->framed()) {
      AppendFrame(0, *message, success.body);
      success.body = Spelled(*shape_, absl::StrCat(success.body, Ending(*shape_, {})));
    } else {
      success.body = *std::move(message);
    }
    if (answer->info.position != 0) {
      success.headers.emplace_back("x-kepu-position", absl::StrCat(answer->info.position));
    }
    if (answer->info.replayed) success.headers.emplace_back("x-kepu-replayed", "true");
    if (get()) MakeCacheable(success);
    Count(success.status);
    exchange_->Answer(ToHttp(std::move(success), request_id_));
  }

  // What everybody may read may be kept by anybody who asks whether it is still so.
  void MakeCacheable(transcode::Answer& success) const {
    const std::string etag =
        absl::StrCat("\"", auth::ToBase64Url(auth::TokenDigest(success.body).substr(0, kEtagBytes)), "\"");
    success.headers.emplace_back("ETag", etag);
    if (anonymous_) success.headers.emplace_back("Cache-Control", "no-cache");
    const absl::string_view known = head().Find("if-none-match");
    if (!known.empty() && transcode::NamesTag(known, etag)) success.status = 304;
  }

  // Who speaks none of the protocols is told so in REST's shape.
  void FailType() {
    const bool stream = method().streams;
    transcode::Answer answer = gateway_.writer().Failure(
        refusal::Refuse(absl::StatusCode::kInvalidArgument, "RPC_TYPE_UNKNOWN",
                        {{"type", std::string(head().Find("content-type").substr(0, kTypeShownMax))},
                         {"types", std::string(stream ? TypesOfStreams() : TypesOfUnary())}}),
        "", 415);
    answer.headers.emplace_back("Accept-Post", stream ? TypesOfStreams() : TypesOfUnary());
    Count(415);
    exchange_->Answer(ToHttp(std::move(answer), request_id_));
  }

  void Fail(const absl::Status& status) {
    const std::string reason = refusal::ReasonOf(status);
    transcode::Answer answer =
        Failed(gateway_.writer(), shape_, status, reason == "RPC_TYPE_UNKNOWN" ? 415 : 0);
    if (reason == "COMPRESSION_UNKNOWN") {
      const char* name = !shape_->framed()   ? "Accept-Encoding"
                         : shape_->connect() ? "Connect-Accept-Encoding"
                                             : "grpc-accept-encoding";
      answer.headers.emplace_back(name, "gzip");
    }
    Count(transcode::HttpStatusOf(static_cast<int>(status.code())));
    exchange_->Answer(ToHttp(std::move(answer), request_id_));
  }

  void Count(int status) {
    const double seconds = std::chrono::duration<double>(ConnectClock::now() - start_).count();
    rpcs_.Count(rpc_, get(), status, seconds);
    // What the caller did wrong is no failure of ours, though Connect has a 501 for it.
    if (status != 501) LogFailure(request_id_, get() ? "GET" : "POST", method().full_name, status, seconds);
  }

  void OpenStream(const upstream::Target& target, const upstream::CallRules& rules, std::string bytes) {
    upstream::StreamCallbacks callbacks;
    callbacks.on_message = [self = shared_from_this()](std::string message) {
      self->OnMessage(std::move(message));
    };
    callbacks.on_end = [self = shared_from_this()](const absl::Status& status) { self->OnEnd(status); };
    stream_ =
        gateway_.caller().Open(target, std::move(context_), std::move(bytes), rules, std::move(callbacks));
    // Weak, because the exchange is held by this call.
    exchange_->OnGone([stream = std::weak_ptr<upstream::Stream>(stream_)] {
      if (const auto open = stream.lock()) open->Cancel();
    });
    stream_->Next();
  }

  void BeginStream() {
    begun_ = true;
    Count(200);
    http::Response response;
    response.content_type = shape_->content_type;
    response.headers.emplace_back("x-request-id", request_id_);
    response.headers.emplace_back("X-Accel-Buffering", "no");
    exchange_->Begin(std::move(response));
  }

  void OnMessage(std::string bytes) {
    const std::optional<std::string> message = Coded(std::move(bytes));
    if (!message) {
      broken_ = true;
      return stream_->Cancel();
    }
    if (!begun_) BeginStream();
    std::string frame;
    AppendFrame(0, *message, frame);
    // The next message is asked for when this one is nearly sent: a slow reader slows the service, not this
    // process.
    exchange_->Write(Spelled(*shape_, std::move(frame)), [self = shared_from_this()](bool ready) {
      if (ready) {
        self->stream_->Next();
      } else {
        self->stream_->Cancel();
      }
    });
  }

  void OnEnd(absl::Status status) {
    if (broken_) status = absl::InternalError("unreadable message of a stream");
    if (!begun_ && !status.ok()) return Fail(status);
    if (!begun_) BeginStream();
    exchange_->Write(Spelled(*shape_, Ending(*shape_, refusal::ToWire(status))), [](bool) {});
    exchange_->End();
  }

  Gateway& gateway_;
  const RpcTable& rpcs_;
  const RpcTable::Rpc& rpc_;
  const std::shared_ptr<http::Exchange> exchange_;
  const std::string request_id_;
  const ConnectClock::time_point start_ = ConnectClock::now();
  std::optional<Shape> shape_;
  std::string message_;
  rpc::Context context_;
  std::optional<absl::Duration> timeout_;
  bool anonymous_ = false;
  std::shared_ptr<upstream::Stream> stream_;
  bool begun_ = false;
  bool broken_ = false;  // what came was not a message
};

// An answer to another verb than those that a method knows; true when it was one.
bool AnswerOtherVerb(Gateway& gateway, const RpcTable::Rpc& rpc, http::Exchange& exchange,
                     const std::string& request_id) {
  const http::Head& head = exchange.request().head;
  if (head.method == "POST" || (rpc.reads && Reading(head))) return false;
  const std::string allowed = rpc.reads ? "GET, HEAD, OPTIONS, POST" : "OPTIONS, POST";
  transcode::Answer answer;
  if (head.method == "OPTIONS") {
    answer.status = 204;
  } else {
    answer =
        gateway.writer().Failure(refusal::Refuse(absl::StatusCode::kUnimplemented, "VERB_UNKNOWN",
                                                 {{"path", rpc.method->full_name},
                                                  {"verb", std::string(head.method.substr(0, kTypeShownMax))},
                                                  {"allowed", allowed}}),
                                 "", 405);
  }
  answer.headers.emplace_back("Allow", allowed);
  exchange.Answer(ToHttp(std::move(answer), request_id));
  return true;
}

}  // namespace

void StartCall(Gateway& gateway, const RpcTable& rpcs, std::shared_ptr<http::Exchange> exchange,
               std::string request_id) {
  const http::Head& head = exchange->request().head;
  const RpcTable::Rpc* rpc = rpcs.Find(head.path);
  if (rpc == nullptr) {
    // A method for services only is answered like one that there is not. Clients take 404 for
    // "unimplemented".
    const absl::Status status =
        refusal::Refuse(absl::StatusCode::kUnimplemented, "UNIMPLEMENTED",
                        {{"method", std::string(head.path.substr(0, 2 * kTypeShownMax))}});
    std::optional<Shape> shape = ShapeOfRequest(head);
    // A stream that never began has no frames.
    if (shape && shape->protocol == Protocol::kConnectStream) shape = ShapeOfEncoding("json");
    return exchange->Answer(ToHttp(Failed(gateway.writer(), shape, status, 404), request_id));
  }
  if (AnswerOtherVerb(gateway, *rpc, *exchange, request_id)) return;
  std::make_shared<ConnectCall>(gateway, rpcs, *rpc, std::move(exchange), std::move(request_id))->Start();
}

bool Speaks(const http::Head& head) { return RpcTable::IsRpcPath(head.path); }

http::Response Refusal(const transcode::AnswerWriter& writer, const http::Head& head,
                       const absl::Status& status, const std::string& request_id) {
  const std::optional<Shape> shape = Speaks(head) ? ShapeOfRequest(head) : std::nullopt;
  if (!shape) return ToHttp(writer.Failure(status, head.Find("accept")), request_id);
  return ToHttp(Failed(writer, shape, status, 0), request_id);
}

}  // namespace kepu::gateway::connect
