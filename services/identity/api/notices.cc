#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/domain/inbox.h"

namespace kepu::identity::api {
namespace {

using domain::Inbox;
using domain::User;
using kepu::store::View;

// The inbox of a user; `caller` must be that user when it is not empty.
absl::StatusOr<Place> InboxOf(const std::string& parent, const std::string* caller) {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", parent);
  if (!ids.ok()) return ids.status();
  if (caller != nullptr && *caller != parent) return refusal::NotFound(parent);
  return store::PlaceOfInbox(ids->front());
}

v1::Notice Shown(const domain::record::InboxRecord& inbox, const domain::record::InboxChild& child,
                 absl::string_view user) {
  v1::Notice notice = child.notice();
  notice.set_name(domain::NoticeName(user, child.seq()));
  notice.mutable_create_time()->set_seconds(child.create_us() / 1000000);
  notice.set_read(domain::IsRead(inbox, child.seq()));
  return notice;
}

void PostNotice(Api& api, rpc::TypedCall<v1::PostNoticeRequest, v1::Notice> typed) {
  auto call = Share(std::move(typed));
  const std::string parent = call->request().parent();
  absl::StatusOr<Place> parsed = InboxOf(parent, nullptr);
  if (!parsed.ok()) return call->Fail(parsed.status());
  const Place place = *parsed, owner = store::PlaceOfUser(parsed->id);
  const v1::Notice notice = call->request().notice();
  auto seq = std::make_shared<int64_t>(0);
  Change(
      api, place, {place.key, owner.key}, KeyOf(api, *call), call,
      [=](View& view, absl::Time now) -> absl::Status {
        auto& user = StateOf<User>(view, owner);
        if (!user.Exists() || user.head().state() == v1::User::ERASED) return refusal::NotFound(parent);
        const Facts facts = domain::PostNotice(StateOf<Inbox>(view, place), notice, now);
        *seq = facts.front().notice_posted().notice().seq();
        return Emit(view, place, facts);
      },
      [=](View&, v1::Notice* answer) {
        *answer = notice;
        // A repeat does not tell where the notice stands by now.
        if (*seq > 0) answer->set_name(domain::NoticeName(parent, *seq));
        return absl::OkStatus();
      });
}

// Newest first, from `next` downwards. Children that are not loaded are all asked for in one go.
absl::Status FillPage(const Inbox& inbox, absl::string_view user, int64_t next, size_t size,
                      v1::ListNoticesResponse* answer) {
  const auto& head = inbox.head();
  const int64_t last = std::max(domain::FirstSeq(head), next - static_cast<int64_t>(size) + 1);
  absl::Status missing;
  for (int64_t seq = next; seq >= last; --seq) {
    auto child = inbox.Find(domain::SlotField(seq));
    missing.Update(child.status());
    if (!child.ok() || *child == nullptr || (*child)->seq() != seq) continue;
    *answer->add_notices() = Shown(head, **child, user);
  }
  return missing;
}

void ListNotices(Api& api, rpc::TypedCall<v1::ListNoticesRequest, v1::ListNoticesResponse> typed) {
  auto call = Share(std::move(typed));
  const v1::ListNoticesRequest& request = call->request();
  absl::StatusOr<Place> place = InboxOf(request.parent(), &call->principal().name);
  if (!place.ok()) return call->Fail(place.status());
  const std::string list = absl::StrCat("notices ", request.parent());
  absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call->Fail(size.status());
  absl::StatusOr<std::string> after = ReadPageToken(api, list, request.page_token());
  if (!after.ok()) return call->Fail(after.status());
  Read(api, *place, {place->key}, call,
       [&api, place = *place, list, size = *size, after = *after, user = request.parent()](
           View& view, v1::ListNoticesResponse* answer) -> absl::Status {
         auto& inbox = StateOf<Inbox>(view, place);
         if (!inbox.Exists()) return absl::OkStatus();
         int64_t next = inbox.head().last_seq(), before = 0;
         if (absl::SimpleAtoi(after, &before)) next = std::min(next, before - 1);
         if (absl::Status status = FillPage(inbox, user, next, size, answer); !status.ok()) return status;
         const int64_t reached = next - static_cast<int64_t>(size) + 1;
         if (reached > domain::FirstSeq(inbox.head())) {
           answer->set_next_page_token(MakePageToken(api, list, absl::StrCat(reached)));
         }
         answer->set_unread(domain::Unread(inbox.head()));
         return absl::OkStatus();
       });
}

void MarkNoticesRead(Api& api, rpc::TypedCall<v1::MarkNoticesReadRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const v1::MarkNoticesReadRequest& request = call->request();
  absl::StatusOr<Place> place = InboxOf(request.parent(), &call->principal().name);
  if (!place.ok()) return call->Fail(place.status());
  std::vector<int64_t> seqs;
  for (const std::string& name : request.names()) {
    absl::StatusOr<std::vector<std::string>> ids = names::Parse("names", "users/*/notices/*", name);
    if (!ids.ok()) return call->Fail(ids.status());
    const int64_t seq = domain::SeqOfNotice((*ids)[1]);
    if (seq == 0 || (*ids)[0] != place->id) return call->Fail(refusal::NotFound(name));
    seqs.push_back(seq);
  }
  Change(
      api, *place, {place->key}, KeyOf(api, *call), call,
      [place = *place, seqs](View& view, absl::Time) {
        return Emit(view, place, domain::MarkRead(StateOf<Inbox>(view, place), seqs));
      },
      [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
}

}  // namespace

void AddNotices(rpc::Service& service, Api& api) {
  service.Handle<v1::PostNoticeRequest, v1::Notice>(kIdentityService, "PostNotice",
                                                    [&api](auto call) { PostNotice(api, std::move(call)); });
  service.Handle<v1::ListNoticesRequest, v1::ListNoticesResponse>(
      kIdentityService, "ListNotices", [&api](auto call) { ListNotices(api, std::move(call)); });
  service.Handle<v1::MarkNoticesReadRequest, google::protobuf::Empty>(
      kIdentityService, "MarkNoticesRead", [&api](auto call) { MarkNoticesRead(api, std::move(call)); });
}

}  // namespace kepu::identity::api
