#include "services/event/domain/sessions.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/handlers.h"
#include "services/event/api/page.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kAnyEvent[] = "events/-";

}  // namespace

void Handlers::GetSession(Call<v1::GetSessionRequest, v1::Session> call) {
  WhenVisible<v1::GetSessionRequest, v1::Session>(std::move(call), [this](auto visible) {
    const std::string& name = visible.request().name();
    if (auto target = ParseTarget("name", kSessionPattern, name); !target.ok())
      return visible.Fail(target.status());
    auto bytes = deps_.read_model.sessions().Get(name);
    if (bytes == nullptr) return visible.Fail(refusal::NotFound(name));
    visible.AnswerBytes(std::move(bytes));
  });
}

void Handlers::ListSessions(Call<v1::ListSessionsRequest, v1::ListSessionsResponse> call) {
  WhenVisible<v1::ListSessionsRequest, v1::ListSessionsResponse>(std::move(call), [this](auto visible) {
    const v1::ListSessionsRequest& request = visible.request();
    const bool of_place = request.parent() == kAnyEvent;
    if (of_place && (request.place().empty() || !IsPlace(request.place()))) {
      return visible.Fail(
          refusal::BadField("place", "is required with the parent \"events/-\", like \"venues/cqstm\""));
    }
    if (!of_place && !request.place().empty()) {
      return visible.Fail(refusal::BadField("place", "goes with the parent \"events/-\" only"));
    }
    if (!of_place) {
      if (auto ids = names::Parse("parent", "events/*", request.parent()); !ids.ok())
        return visible.Fail(ids.status());
    }
    const std::string& scope = of_place ? request.place() : request.parent();
    const std::string filter = paging::FilterDigest({"ListSessions", scope});
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return visible.Fail(size.status());
    absl::StatusOr<std::string> after = pager_.Decode(request.page_token(), filter);
    if (!after.ok()) return visible.Fail(after.status());
    auto page = deps_.read_model.sessions().List(scope, *after, *size);
    AppendNextPageToken(pager_.Encode(filter, page.next_after), &page.bytes);
    visible.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
  });
}

void Handlers::CancelSession(Call<v1::CancelSessionRequest, v1::Session> call) {
  absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  const std::string reason = call.request().reason();
  const std::string etag = call.request().etag();
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  handler::Change(
      deps_.engine, target->partition, store::Lane::kRest, std::move(key), {target->key}, std::move(call),
      [target = *target, caller, reason, etag](store::View& view, absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        // As everywhere: for staff of another place it is not there.
        if (!IsStaff(*caller, (*session)->head())) return refusal::NotFound(target.name);
        const std::string current = absl::StrCat(absl::Hex((*session)->head().revision()));
        if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
        return EmitAll(view, target.key, domain::DecideCancelSession(**session, reason, now));
      },
      [target = *target](store::View& view, v1::Session* answer) {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (session.ok()) ToResource((*session)->head(), answer);
        return session.status();
      });
}

void Handlers::WatchSession(Call<v1::WatchSessionRequest, v1::Session> call) {
  WhenVisible<v1::WatchSessionRequest, v1::Session>(std::move(call), [this](auto visible) {
    const std::string name = visible.request().name();
    if (auto target = ParseTarget("name", kSessionPattern, name); !target.ok())
      return visible.Fail(target.status());
    if (deps_.read_model.sessions().Get(name) == nullptr) return visible.Fail(refusal::NotFound(name));
    OnExecutor<v1::WatchSessionRequest, v1::Session>(std::move(visible), [this, name](auto watching) {
      deps_.read_model.hub().Watch(name, std::move(watching.untyped()));
    });
  });
}

}  // namespace kepu::event
