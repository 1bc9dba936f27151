// Answers who changed what in one service: keeps the index over the service's log, reads the entries of a
// page from the log, and shows a caller what they may see. Owned by the service, beside its handlers; the
// handlers may be called on any thread, everything else is on the executor.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "kepu/audit/v1/audit.pb.h"
#include "libs/audit/index.h"
#include "libs/auth/access.h"
#include "libs/executor/executor.h"
#include "libs/projection/neighbour_log.h"
#include "libs/rpc/service.h"
#include "libs/store/store.h"

namespace kepu::audit {

// Log entries read for one page at most: a page that passed over many is short, and goes on after them.
inline constexpr size_t kEntriesReadMax = 400;
// How late an entry shows.
inline constexpr absl::Duration kAuditPoll = absl::Milliseconds(500);

// What somebody asks for; the fields of the services' ListAuditEntriesRequest.
struct Question {
  rpc::Principal principal;
  std::string object;
  std::string person;  // with no object either: the caller
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();
  int32_t page_size = 0;
  std::string page_token;
};
using Answered = std::function<void(const absl::StatusOr<v1::ListAuditEntriesResponse>& answer)>;

struct Deps {
  store::Store& store;
  executor::Executor& executor;
  std::string paging_secret;
  FactOf fact_of = {};
  // Where the service's places lie. Null: what holds them is known by their names alone.
  const auth::Containment* containment = nullptr;
};

class Desk {
 public:
  virtual ~Desk() = default;
  // Begins to follow the log; nobody waits for it. Until it is through, questions are answered UNAVAILABLE.
  virtual void Start() = 0;
  // Thread-safe; `answered` runs once. INVALID_ARGUMENT names the field.
  virtual void List(Question question, Answered answered) = 0;
  virtual const Index& index() const = 0;
};

std::unique_ptr<Desk> MakeDesk(Deps deps);

// Adds the handler of an AuditService to `rpc`, which must not outlive the desk. `Request` is the service's
// own ListAuditEntriesRequest.
template <class Request>
void AddAuditHandler(rpc::Service& rpc, Desk& desk) {
  using Call = rpc::TypedCall<Request, v1::ListAuditEntriesResponse>;
  const std::string service = absl::StrCat(Request::descriptor()->file()->package(), ".AuditService");
  rpc.Handle<Request, v1::ListAuditEntriesResponse>(service, "ListAuditEntries", [&desk](Call call) {
    auto shared = std::make_shared<Call>(std::move(call));
    const Request& request = shared->request();
    Question question;
    question.principal = shared->principal();
    question.object = request.object();
    question.person = request.person();
    if (request.has_start_time()) question.from = absl::FromUnixSeconds(request.start_time().seconds());
    if (request.has_end_time()) question.until = absl::FromUnixSeconds(request.end_time().seconds());
    question.page_size = request.page_size();
    question.page_token = request.page_token();
    desk.List(std::move(question), [shared](const auto& answer) { shared->Finish(answer); });
  });
}

template <class Request>
std::unique_ptr<Desk> MakeDesk(rpc::Service& rpc, Deps deps) {
  auto desk = MakeDesk(std::move(deps));
  AddAuditHandler<Request>(rpc, *desk);
  return desk;
}

}  // namespace kepu::audit
