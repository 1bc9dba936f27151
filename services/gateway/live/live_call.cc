#include "services/gateway/live/live_call.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "services/gateway/admit.h"
#include "services/gateway/inbound.h"
#include "services/gateway/live/event_text.h"
#include "services/gateway/live/proof.h"

namespace kepu::gateway::live {
namespace {

class LiveCall : public std::enable_shared_from_this<LiveCall> {
 public:
  LiveCall(Gateway& gateway, Hub& hub, std::shared_ptr<http::Exchange> exchange, std::string request_id)
      : gateway_(gateway),
        hub_(hub.weak_from_this()),
        exchange_(std::move(exchange)),
        request_id_(std::move(request_id)) {
    subscription_.exchange = exchange_;
    subscription_.request_id = request_id_;
  }

  void Start(absl::StatusOr<std::vector<Topic>> topics) {
    if (!topics.ok()) return Fail(topics.status());
    subscription_.topics = *std::move(topics);
    subscription_.last_event_id = std::string(exchange_->request().head.Find("last-event-id"));
    // Whose topics these are is proven one by one; some are everybody's.
    Admit(gateway_, exchange_, {.is_public = true}, request_id_,
          [self = shared_from_this()](absl::StatusOr<Admitted> admitted) {
            if (!admitted.ok()) return self->Fail(admitted.status());
            self->subscription_.context = std::move(admitted->context);
            self->subscription_.token = std::move(admitted->token);
            self->Identified();
          });
  }

 private:
  void Identified() {
    Prove(gateway_.caller(), subscription_.context, subscription_.topics,
          [self = shared_from_this()](absl::StatusOr<std::vector<std::string>> keys) {
            if (!keys.ok()) return self->Fail(keys.status());
            self->subscription_.keys = *std::move(keys);
            self->Open();
          });
  }

  void Open() {
    const auto hub = hub_.lock();
    if (hub == nullptr) return Fail(absl::UnavailableError(""));
    // HEAD asks what GET would answer; the answer of a stream has no end to wait for.
    if (exchange_->request().head.method == "HEAD") {
      http::Response response;
      response.content_type = kEventStream;
      response.headers.emplace_back("x-request-id", request_id_);
      exchange_->Begin(std::move(response));
      return exchange_->End();
    }
    hub->Subscribe(std::move(subscription_),
                   [self = shared_from_this()](const absl::Status& status) { self->Fail(status); });
  }

  void Fail(const absl::Status& status) {
    const absl::string_view accept = exchange_->request().head.Find("accept");
    exchange_->Answer(ToHttp(gateway_.writer().Failure(status, accept), request_id_));
  }

  Gateway& gateway_;
  const std::weak_ptr<Hub> hub_;
  const std::shared_ptr<http::Exchange> exchange_;
  const std::string request_id_;
  Subscription subscription_;
};

}  // namespace

bool ServeLive(Gateway& gateway, Hub& hub, executor::Random& random,
               const std::shared_ptr<http::Exchange>& exchange) {
  const http::Head& head = exchange->request().head;
  if (head.method != "GET" && head.method != "HEAD") return false;
  auto topics = TopicsOf(head.path, head.query,
                         absl::StrContains(absl::AsciiStrToLower(head.Find("accept")), kEventStream));
  if (!topics) return false;
  std::make_shared<LiveCall>(gateway, hub, exchange, RequestIdOf(head, random))->Start(*std::move(topics));
  return true;
}

}  // namespace kepu::gateway::live
