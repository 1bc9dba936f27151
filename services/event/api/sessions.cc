#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/handlers.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kAnyEvent[] = "events/-";

// A draft, for staff of its place; null for everybody else.
std::shared_ptr<const std::string> DraftFor(const ReadModel& model, const rpc::Principal& caller,
                                            const std::string& name) {
  auto bytes = model.drafts().Get(name);
  v1::Session draft;
  if (bytes == nullptr || !draft.ParseFromString(*bytes)) return nullptr;
  return IsStaff(caller, draft.place(), name.substr(0, name.find("/sessions/"))) ? bytes : nullptr;
}

}  // namespace

void Handlers::GetSession(Call<v1::GetSessionRequest, v1::Session> call) {
  WhenVisible<v1::GetSessionRequest, v1::Session>(std::move(call), [this](auto visible) {
    const std::string& name = visible.request().name();
    if (auto target = ParseTarget("name", kSessionPattern, name); !target.ok())
      return visible.Fail(target.status());
    auto bytes = deps_.read_model.sessions().Get(name);
    if (bytes == nullptr) bytes = DraftFor(deps_.read_model, visible.principal(), name);
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
    if (request.drafts() && !(of_place && IsStaff(visible.principal(), scope, "")))
      return visible.Fail(
          refusal::BadField("drafts", "is for staff of a place, with \"events/-\" and `place`"));
    const std::string filter =
        paging::FilterDigest({request.drafts() ? "ListDrafts" : "ListSessions", scope});
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return visible.Fail(size.status());
    absl::StatusOr<std::string> after = pager_.Decode(request.page_token(), filter);
    if (!after.ok()) return visible.Fail(after.status());
    const projection::Catalogue& shown =
        request.drafts() ? deps_.read_model.drafts() : deps_.read_model.sessions();
    auto page = shown.List(scope, *after, *size);
    paging::AppendNextPageToken(pager_.Encode(filter, page.next_after), &page.bytes);
    visible.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
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
