// One call of an RPC as a handler sees it: who asks, until when, the request, and an answer that is given
// exactly once. The same handler runs behind gRPC (rpc/grpc), in the simulator and in tests. Handlers may be
// called on any thread and must not block; a Call may be finished from any thread. A Call that is destroyed
// unfinished answers INTERNAL and logs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace kepu::rpc {

// A role held on a resource: {"venue_staff", "venues/cqstm"}, {"city_admin", "city"}.
struct Grant {
  std::string role;
  std::string on;
};

// Who calls. `name` is the resource name of the user ("users/…"), empty for nobody; `service` is the calling
// service of kepu for INTERNAL methods, empty otherwise.
struct Principal {
  std::string name;
  std::string service;
  std::vector<Grant> grants;

  bool anonymous() const { return name.empty() && service.empty(); }
  bool Holds(absl::string_view role, absl::string_view on) const;
};

// What travels beside the request.
struct Context {
  Principal principal;
  absl::Time deadline;        // on Executor::SteadyNow's scale; always set, defaulted by the transport
  std::string trace_id;       // x-request-id: for log lines
  std::string traceparent;    // W3C, passed on as it came
  bool repeat = false;        // this copy is not the first one (x-kepu-repeat)
  bool resolve_only = false;  // only tell the outcome of an earlier copy (x-kepu-resolve-only)
  uint64_t min_position = 0;  // read your writes: packed store::Position, 0 = none (x-kepu-position)
};

// Facts about the answer besides its message; become response metadata.
struct AnswerInfo {
  uint64_t position = 0;  // packed store::Position of a write
  bool replayed = false;  // the outcome of an earlier copy
};

// Where an answer goes: made by the transport, owned by the Call.
class Responder {
 public:
  virtual ~Responder() = default;
  // Exactly once. `bytes` is the serialized response when ok; shared so that kept-ready answers are not
  // copied.
  virtual void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
                      AnswerInfo info) = 0;
  // Server streams: zero or more messages before Finish. False when the caller is gone or `pending` messages
  // (a bound of the transport) wait already: the handler then stops or skips. Thread-safe.
  virtual bool Write(std::shared_ptr<const std::string> bytes) = 0;
  // Runs once when the caller goes away or cancels (at once when it has). For streams.
  virtual void OnCancel(absl::AnyInvocable<void()> callback) = 0;
};

// An untyped call.
class Call {
 public:
  Call(Context context, std::string request_bytes, std::unique_ptr<Responder> responder)
      : context_(std::move(context)),
        request_bytes_(std::move(request_bytes)),
        responder_(std::move(responder)) {}
  Call(Call&&) = default;
  Call& operator=(Call&& other) noexcept;
  ~Call();

  const Context& context() const { return context_; }
  const Principal& principal() const { return context_.principal; }
  absl::Time deadline() const { return context_.deadline; }
  const std::string& request_bytes() const { return request_bytes_; }
  Responder& responder() { return *responder_; }

  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes = nullptr,
              AnswerInfo info = {});

 private:
  Context context_;
  std::string request_bytes_;
  std::unique_ptr<Responder> responder_;  // null once finished
};

// A call of a method with known messages.
template <class Request, class Response>
class TypedCall {
 public:
  TypedCall(Call call, Request request) : call_(std::move(call)), request_(std::move(request)) {}

  const Request& request() const { return request_; }
  const Context& context() const { return call_.context(); }
  const Principal& principal() const { return call_.principal(); }
  absl::Time deadline() const { return call_.deadline(); }
  Call& untyped() { return call_; }

  void Fail(const absl::Status& status) { call_.Finish(status); }
  void Answer(const Response& response, AnswerInfo info = {}) {
    call_.Finish(absl::OkStatus(), std::make_shared<const std::string>(response.SerializeAsString()), info);
  }
  // The serialized Response, ready made.
  void AnswerBytes(std::shared_ptr<const std::string> bytes, AnswerInfo info = {}) {
    call_.Finish(absl::OkStatus(), std::move(bytes), info);
  }
  void Finish(const absl::StatusOr<Response>& response, AnswerInfo info = {}) {
    if (response.ok()) {
      Answer(*response, info);
    } else {
      Fail(response.status());
    }
  }

 private:
  Call call_;
  Request request_;
};

}  // namespace kepu::rpc
