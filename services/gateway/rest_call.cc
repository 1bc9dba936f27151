#include "services/gateway/rest_call.h"

#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/admit.h"
#include "services/gateway/failure_log.h"
#include "services/gateway/login/session_calls.h"
#include "services/gateway/transcode/accept.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/request.h"

namespace kepu::gateway {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kLines[] = "application/x-ndjson; charset=utf-8";
constexpr char kEvents[] = "text/event-stream; charset=utf-8";
// A path is quoted in a refusal, but not all of it.
constexpr size_t kPathQuotedMax = 200;
bool IsJson(absl::string_view content_type) {
  const absl::string_view type = absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
  if (!absl::EqualsIgnoreCase(type, "application/json")) return false;
  const std::string parameters = absl::AsciiStrToLower(content_type);
  return !absl::StrContains(parameters, "charset=") || absl::StrContains(parameters, "utf-8");
}

class RestCall : public std::enable_shared_from_this<RestCall> {
 public:
  RestCall(Gateway& gateway, std::shared_ptr<http::Exchange> exchange, transcode::Match match,
           std::string request_id)
      : gateway_(gateway),
        exchange_(std::move(exchange)),
        match_(std::move(match)),
        route_(*match_.route),
        request_id_(std::move(request_id)),
        form_(transcode::AcceptPrefers(head().Find("accept"), "text/event-stream", "application/x-ndjson")
                  ? transcode::StreamForm::kEvents
                  : transcode::StreamForm::kLines) {}

  void Start() {
    Admit(gateway_, exchange_, AskedOf(*route_.method), request_id_,
          [self = shared_from_this()](absl::StatusOr<Admitted> admitted) {
            if (!admitted.ok()) return self->Fail(admitted.status());
            self->context_ = std::move(admitted->context);
            self->timeout_ = admitted->timeout;
            if (!self->AnsweredFromReady()) self->Identified();
          });
  }

 private:
  const http::Head& head() const { return exchange_->request().head; }

  // True when the answer was ready. What nobody in particular asks, with no conditions of its own, may be.
  bool AnsweredFromReady() {
    ReadyAnswers* const ready = gateway_.options().ready;
    if (ready == nullptr || !ReadyAnswers::MayKeep(route_) || !context_.principal.anonymous() ||
        context_.min_position != 0 || !exchange_->request().body.empty() || !head().Find("if-match").empty())
      return false;
    ready_at_ = ready->At(route_.method->service);
    // Whoever reloads a page wants to know how it is at its source.
    const absl::string_view caching = head().Find("cache-control");
    if (absl::StrContains(caching, "no-cache") || absl::StrContains(caching, "max-age=0")) return false;
    const auto found = ready->Find(route_, head().target, start_);
    if (found != nullptr) AnswerReady(*found);
    return found != nullptr;
  }

  void AnswerReady(const ReadyAnswers::Ready& ready) {
    http::Response response = ready.response;
    response.headers.emplace_back("x-request-id", request_id_);
    const absl::string_view known = head().Find("if-none-match");
    for (const auto& [name, value] : ready.response.headers) {
      if (name == "ETag" && !known.empty() && transcode::NamesTag(known, value)) response.status = 304;
    }
    Count(response.status);
    exchange_->Answer(std::move(response));
  }

  void KeepAndAnswer(transcode::Answer success) {
    ReadyAnswers::Ready ready{&route_, std::string(head().target), ready_at_, start_, {}};
    ready.response.content_type = std::move(success.content_type);
    ready.response.headers = std::move(success.headers);
    ready.response.ready_body = std::make_shared<const std::string>(std::move(success.body));
    AnswerReady(*gateway_.options().ready->Keep(std::move(ready)));
  }

  void Identified() {
    const http::Request& request = exchange_->request();
    const absl::string_view type = head().Find("content-type");
    if (!request.body.empty() && !type.empty() && !IsJson(type)) {
      return Fail(refusal::Refuse(absl::StatusCode::kInvalidArgument, "CONTENT_TYPE_UNKNOWN",
                                  {{"type", std::string(type.substr(0, 100))}}),
                  415);
    }
    absl::StatusOr<transcode::RestCall> call =
        transcode::BuildRequest(match_, {.query = head().query,
                                         .body = request.body,
                                         .idempotency_key = head().Find("idempotency-key"),
                                         .if_match = head().Find("if-match"),
                                         .peer = request.peer});
    if (!call.ok()) return Fail(call.status());
    login::AddDevice(route_.method->full_name, head(), call->bytes);
    key_from_header_ = call->key_from_header;
    etag_from_header_ = call->etag_from_header;
    const upstream::CallRules rules = {.changes = route_.method->changes,
                                       .reads = route_.method->reads,
                                       .has_request_id = call->has_request_id,
                                       .hashes = route_.method->hashes,
                                       .own_limit = absl::Seconds(route_.method->time_limit_s),
                                       .timeout = timeout_};
    const upstream::Target target = {route_.method->service, route_.method->full_name};
    if (route_.method->streams) return OpenStream(target, rules, std::move(call->bytes));
    gateway_.caller().Call(target, std::move(context_), std::move(call->bytes), rules,
                           [self = shared_from_this()](absl::StatusOr<rpc::PeerAnswer> answer) {
                             self->OnAnswer(std::move(answer));
                           });
  }

  void OnAnswer(absl::StatusOr<rpc::PeerAnswer> answer) {
    if (!answer.ok()) return Fail(answer.status());
    const std::vector<std::string> cookies =
        login::TakeCookies(route_.method->full_name, head(), answer->bytes);
    transcode::Answer success = gateway_.kept_pages().Success(route_, answer->bytes, head().target);
    // What cannot be read is no answer, whoever sent it.
    if (success.status == 500) return Fail(upstream::Down(route_.method->service));
    const bool plain = success.status == 200 && cookies.empty() && answer->info.position == 0;
    if (ready_at_ != 0 && plain) return KeepAndAnswer(std::move(success));
    for (const std::string& cookie : cookies) success.headers.emplace_back("Set-Cookie", cookie);
    if (answer->info.position != 0) {
      success.headers.emplace_back("x-kepu-position", absl::StrCat(answer->info.position));
    }
    if (answer->info.replayed) success.headers.emplace_back("x-kepu-replayed", "true");
    if (route_.verb == "GET" && success.status == 200) return AnswerIfWanted(std::move(success));
    Answer(std::move(success));
  }

  // A read under the conditions of its headers.
  void AnswerIfWanted(transcode::Answer success) {
    const absl::string_view wanted = head().Find("if-match");
    const absl::string_view known = head().Find("if-none-match");
    for (const auto& [name, value] : success.headers) {
      if (name != "ETag") continue;
      if (!wanted.empty() && !transcode::NamesTag(wanted, value)) {
        return Fail(refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                                    {{"name", std::string(head().path.substr(0, kPathQuotedMax))}}),
                    412);
      }
      if (!known.empty() && transcode::NamesTag(known, value)) success.status = 304;
    }
    Answer(std::move(success));
  }

  void Fail(const absl::Status& status, int http_status = 0) {
    const std::string reason = refusal::ReasonOf(status);
    if (http_status == 0 && key_from_header_ && reason == "REQUEST_ID_REUSED") http_status = 422;
    if (http_status == 0 && etag_from_header_ && reason == "ETAG_MISMATCH") http_status = 412;
    Answer(gateway_.writer().Failure(status, head().Find("accept"), http_status));
  }

  void Answer(transcode::Answer answer) {
    Count(answer.status);
    exchange_->Answer(ToHttp(std::move(answer), request_id_));
  }

  void Count(int status) {
    const auto& numbers = gateway_.numbers(route_);
    const auto status_class = static_cast<size_t>(status / 100);
    if (status_class < numbers.by_class.size() && numbers.by_class[status_class] != nullptr) {
      numbers.by_class[status_class]->Add();
    }
    const double seconds = std::chrono::duration<double>(SteadyClock::now() - start_).count();
    numbers.seconds->Observe(seconds);
    LogFailure(request_id_, route_.verb, route_.pattern, status, seconds);
  }

  void OpenStream(const upstream::Target& target, const upstream::CallRules& rules, std::string bytes) {
    // HEAD asks what GET would answer; the answer of a stream has no end to wait for.
    if (match_.head) return BeginStream(StreamType()), exchange_->End();
    upstream::StreamCallbacks callbacks;
    callbacks.on_message = [self = shared_from_this()](std::string message) { self->OnMessage(message); };
    callbacks.on_end = [self = shared_from_this()](const absl::Status& status) { self->OnEnd(status); };
    stream_ =
        gateway_.caller().Open(target, std::move(context_), std::move(bytes), rules, std::move(callbacks));
    // Weak, because the exchange is held by this call.
    exchange_->OnGone([stream = std::weak_ptr<upstream::Stream>(stream_)] {
      if (const auto open = stream.lock()) open->Cancel();
    });
    stream_->Next();
  }

  const char* StreamType() const { return form_ == transcode::StreamForm::kEvents ? kEvents : kLines; }

  void BeginStream(std::string content_type) {
    begun_ = true;
    Count(200);
    http::Response response;
    response.content_type = std::move(content_type);
    response.headers.emplace_back("x-request-id", request_id_);
    response.headers.emplace_back("X-Accel-Buffering", "no");
    exchange_->Begin(std::move(response));
  }

  void OnMessage(const std::string& message) {
    std::string line;
    if (route_.method->raw) {
      transcode::Answer piece = gateway_.writer().RawPiece(message);
      if (piece.status != 200) return stream_->Cancel();
      // Of the first one; the head goes out once.
      if (!begun_) BeginStream(std::move(piece.content_type));
      line = std::move(piece.body);
      if (line.empty()) return stream_->Next();
    } else {
      if (!begun_) BeginStream(StreamType());
      line = gateway_.writer().StreamPiece(route_, message, form_);
      if (line.empty()) return stream_->Cancel();
    }
    // The next message is asked for when this one is nearly sent: a slow reader slows the service, not this
    // process.
    exchange_->Write(std::move(line), [self = shared_from_this()](bool ready) {
      if (ready) {
        self->stream_->Next();
      } else {
        self->stream_->Cancel();
      }
    });
  }

  void OnEnd(const absl::Status& status) {
    if (!begun_ && !status.ok()) return Fail(status);
    if (!begun_) BeginStream(StreamType());
    // Raw bytes have no place for an error. Left without its end, the exchange breaks off, which no reader
    // takes for all of it.
    if (!status.ok() && route_.method->raw) return;
    if (!status.ok()) {
      exchange_->Write(gateway_.writer().StreamError(refusal::ToWire(status), form_), [](bool) {});
    }
    exchange_->End();
  }

  Gateway& gateway_;
  const std::shared_ptr<http::Exchange> exchange_;
  const transcode::Match match_;
  const transcode::Route& route_;
  const std::string request_id_;
  const transcode::StreamForm form_;
  const SteadyClock::time_point start_ = SteadyClock::now();
  rpc::Context context_;
  std::optional<absl::Duration> timeout_;
  bool key_from_header_ = false;
  bool etag_from_header_ = false;
  uint64_t ready_at_ = 0;  // where the service stood when this began; 0: nothing is kept
  std::shared_ptr<upstream::Stream> stream_;
  bool begun_ = false;
};

}  // namespace

void StartRestCall(Gateway& gateway, std::shared_ptr<http::Exchange> exchange, transcode::Match match,
                   std::string request_id) {
  std::make_shared<RestCall>(gateway, std::move(exchange), std::move(match), std::move(request_id))->Start();
}

}  // namespace kepu::gateway
