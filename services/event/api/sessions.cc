#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/document/shelf.h"
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

absl::Status CheckWanted(const v1::ListSessionsRequest& wanted, const rpc::Principal& caller) {
  if (wanted.has_from_time() && wanted.has_to_time() &&
      calendar::FromProto(wanted.to_time()) <= calendar::FromProto(wanted.from_time()))
    return refusal::BadField("to_time", "must be after from_time");
  if (wanted.drafts() && (wanted.parent() != kAnyEvent || !IsStaff(caller, wanted.place(), "")))
    return refusal::BadField("drafts", "is for staff of a place, with \"events/-\" and `place`");
  if (wanted.parent() != kAnyEvent) {
    for (const auto& [field, value] : {std::pair("place", &wanted.place()), {"district", &wanted.district()}})
      if (!value->empty()) return refusal::BadField(field, "goes with the parent \"events/-\" only");
    return names::Parse("parent", "events/*", wanted.parent()).status();
  }
  if (!wanted.place().empty() && !wanted.district().empty())
    return refusal::BadField("district", "goes without `place`, which lies in one district");
  if (!wanted.place().empty() && !IsPlace(wanted.place()))
    return refusal::BadField("place", "must be a place, like \"venues/cqstm\"");
  if (!wanted.district().empty()) return names::Parse("district", "districts/*", wanted.district()).status();
  return absl::OkStatus();
}

std::string ScopeOf(const v1::ListSessionsRequest& wanted) {
  if (wanted.parent() != kAnyEvent) return wanted.parent();
  if (!wanted.place().empty()) return wanted.place();
  return wanted.district().empty() ? document::kAllOfThem : wanted.district();
}

std::string OrderAt(const google::protobuf::Timestamp& time) {
  // Nothing starts before the epoch, and the order of what would is another one.
  return document::TimeOrder(std::max<int64_t>(0, calendar::MicrosOf(time)));
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
    if (absl::Status status = CheckWanted(request, visible.principal()); !status.ok())
      return visible.Fail(status);
    const std::string scope = ScopeOf(request);
    const std::string from = request.has_from_time() ? OrderAt(request.from_time()) : "";
    const std::string until = request.has_to_time() ? OrderAt(request.to_time()) : "";
    const std::string filter =
        paging::FilterDigest({request.drafts() ? "ListDrafts" : "ListSessions", scope, from, until});
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return visible.Fail(size.status());
    absl::StatusOr<std::string> after = pager_.Decode(request.page_token(), filter);
    if (!after.ok()) return visible.Fail(after.status());
    const projection::Catalogue& shown =
        request.drafts() ? deps_.read_model.drafts() : deps_.read_model.sessions();
    auto page = shown.ListUntil(scope, after->empty() ? from : *after, until, *size);
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
