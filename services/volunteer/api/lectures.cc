#include "services/volunteer/domain/lecture.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/documents_together.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/lectures.h"
#include "services/volunteer/api/team_access.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::LectureRequest;

const std::vector<std::string>& RequesterRoles() {
  static const auto& roles =
      *new std::vector<std::string>{"teacher",    "school_admin", "venue_staff",    "venue_admin",
                                    "department", "town_office",  "district_admin", "city_admin"};
  return roles;
}

bool IsStaff(const rpc::Principal& principal, const std::string& district) {
  return auth::HoldsAnyOn(principal, CoordinatorRoles(), district, nullptr);
}

// Changes a lecture, named in the request. `may(part) -> bool`: for anybody else there is none;
// `decide(lecture, now)`.
template <class Request, class May, class Decide>
void ChangeLecture(const Context& context, CallOf<Request, LectureRequest> call, May may, Decide decide) {
  auto ids = names::Parse("name", "lectureRequests/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = LecturePlace((*ids)[0]);
  auto guarded = [&context, key = place.key, name = call.request().name(), principal = call.principal(), may,
                  decide](store::View& view, absl::Time now) -> absl::Status {
    const domain::Lecture& lecture = LectureIn(view, key);
    if (!lecture.Exists() || !may(PartIn(context, principal, lecture.head()))) return refusal::NotFound(name);
    return EmitAll(view, key, decide(lecture, now));
  };
  auto encode = [key = place.key](store::View& view, LectureRequest* answer) {
    *answer = LectureIn(view, key).head().lecture();
    return absl::OkStatus();
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(guarded), std::move(encode));
}

void CreateLectureRequest(const Context& context,
                          CallOf<v1::CreateLectureRequestRequest, LectureRequest> call) {
  const LectureRequest given = call.request().lecture_request();
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  // Requests of one who asks for many lie together.
  const std::string id =
      context.keys.MakeId(names::PartitionOfText(given.requester()), request_key, "lecture");
  const reservation::Place place = LecturePlace(id);
  auto decide = [key = place.key, id, given, user = call.principal().name](store::View& view,
                                                                           absl::Time now) {
    return EmitAll(view, key, domain::DecideLecture(LectureIn(view, key), id, user, given, now));
  };
  auto encode = [key = place.key](store::View& view, LectureRequest* answer) {
    *answer = LectureIn(view, key).head().lecture();
    return absl::OkStatus();
  };
  handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(decide), std::move(encode));
}

void OfferLecture(const Context& context, CallOf<v1::OfferLectureRequest, LectureRequest> call) {
  const v1::OfferLectureRequest request = call.request();
  auto ids = names::Parse("expert", "experts/*", request.expert());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string self = SelfOf(context, call.principal());
  const std::string id = PersonOr(context, call.principal(), (*ids)[0]);
  const bool own = id == self;
  const std::string name = absl::StrCat("experts/", id);
  context.documents.WhenVisible(std::move(call), [&context, request, own, name](auto ready) {
    const auto expert = context.reads.documents().Find<v1::Expert>(name);
    const bool listed = expert != nullptr && expert->state() == v1::Expert::LISTED;
    const absl::Time start = calendar::FromProto(request.start_time());
    const absl::Time end = calendar::FromProto(request.end_time());
    ChangeLecture(
        context, std::move(ready),
        // Who is in the pool may offer themselves to whoever asks.
        [own, listed](const LecturePart& part) { return part.staff || (own && listed); },
        [=](const domain::Lecture& lecture, absl::Time now) -> absl::StatusOr<domain::Facts> {
          if (!listed) return refusal::NotFound(name);
          return domain::DecideOffer(lecture, name, start, end, own, now);
        });
  });
}

void DeclineOffer(const Context& context, CallOf<v1::DeclineOfferRequest, LectureRequest> call) {
  ChangeLecture(
      context, std::move(call),
      [](const LecturePart& part) { return part.requester || part.expert || part.staff; },
      domain::DecideDeclineOffer);
}

void DeclineLectureRequest(const Context& context,
                           CallOf<v1::DeclineLectureRequestRequest, LectureRequest> call) {
  ChangeLecture(
      context, std::move(call), [](const LecturePart& part) { return part.staff; },
      domain::DecideDeclineLecture);
}

void WithdrawLectureRequest(const Context& context,
                            CallOf<v1::WithdrawLectureRequestRequest, LectureRequest> call) {
  ChangeLecture(
      context, std::move(call), [](const LecturePart& part) { return part.requester; },
      domain::DecideWithdrawLecture);
}

void RecordLecture(const Context& context, CallOf<v1::RecordLectureRequest, LectureRequest> call) {
  const int32_t heads = call.request().heads();
  const bool missed = call.request().missed();
  ChangeLecture(
      context, std::move(call), [](const LecturePart& part) { return part.requester || part.staff; },
      [heads, missed](const domain::Lecture& lecture, absl::Time now) {
        return domain::DecideRecord(lecture, heads, missed, now);
      });
}

void GetLectureRequest(const Context& context, CallOf<v1::GetLectureRequestRequest, LectureRequest> call) {
  auto ids = names::Parse("name", "lectureRequests/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = LecturePlace((*ids)[0]);
  auto shared = std::make_shared<CallOf<v1::GetLectureRequestRequest, LectureRequest>>(std::move(call));
  auto answer = std::make_shared<LectureRequest>();
  // From the store: what is agreed is shown as it is.
  auto read = [&context, shared, answer, key = place.key](store::View& view) -> absl::Status {
    const domain::Lecture& lecture = LectureIn(view, key);
    if (!lecture.Exists()) return refusal::NotFound(shared->request().name());
    const LecturePart part = PartIn(context, shared->principal(), lecture.head());
    if (!part.requester && !part.expert && !part.staff) return refusal::NotFound(shared->request().name());
    *answer = lecture.head().lecture();
    return absl::OkStatus();
  };
  context.engine.Read(place.partition, {place.key}, std::move(read), [shared, answer](absl::Status status) {
    if (!status.ok()) return shared->Fail(status);
    shared->Answer(*answer);
  });
}

// Whose requests a caller may list; the scope in the book, empty for none.
std::string ScopeFor(const Context& context, const rpc::Principal& principal, const std::string& of) {
  if (of == "city") return IsStaff(principal, "city") ? of : "";
  if (auto ids = names::Parse("of", "experts/*", of); ids.ok()) {
    const std::string id = PersonOr(context, principal, (*ids)[0]);
    const std::string name = absl::StrCat("experts/", id);
    const auto expert = context.reads.documents().Find<v1::Expert>(name);
    const bool own = id == SelfOf(context, principal);
    return own || (expert != nullptr && IsStaff(principal, expert->district())) ? name : "";
  }
  if (names::Parse("of", "districts/*", of).ok() && IsStaff(principal, of)) return of;
  return auth::HoldsAnyOn(principal, RequesterRoles(), of, nullptr) ? of : "";
}

void ListLectureRequests(const Context& context,
                         CallOf<v1::ListLectureRequestsRequest, v1::ListLectureRequestsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const v1::ListLectureRequestsRequest request = ready.request();
    const std::string scope = ScopeFor(context, ready.principal(), request.of());
    if (scope.empty()) return ready.Fail(refusal::NotFound(request.of()));
    const std::string digest = paging::FilterDigest({"lectures", scope, absl::StrCat(request.state())});
    const auto size = paging::PageSize(request.page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return ready.Fail(after.status());
    auto page = context.reads.lectures().lectures().List(
        scope, *after, *size, [&](const google::protobuf::Message& one) {
          const auto& lecture = static_cast<const LectureRequest&>(one);
          return request.state() == LectureRequest::STATE_UNSPECIFIED || lecture.state() == request.state();
        });
    paging::AppendNextPageToken(context.pager.Encode(digest, page.next_after), &page.bytes);
    ready.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
  });
}

}  // namespace

LecturePart PartIn(const Context& context, const rpc::Principal& principal,
                   const domain::record::LectureHead& head) {
  const LectureRequest& lecture = head.lecture();
  LecturePart part;
  part.requester = head.user() == principal.name ||
                   auth::HoldsAnyOn(principal, RequesterRoles(), lecture.requester(), nullptr);
  part.expert = !lecture.offer().expert().empty() &&
                lecture.offer().expert() == absl::StrCat("experts/", SelfOf(context, principal));
  part.staff = IsStaff(principal, lecture.district());
  return part;
}

void AddLectureHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kLectureService, "CreateLectureRequest", CreateLectureRequest);
  Handle(service, context, kLectureService, "GetLectureRequest", GetLectureRequest);
  Handle(service, context, kLectureService, "ListLectureRequests", ListLectureRequests);
  Handle(service, context, kLectureService, "OfferLecture", OfferLecture);
  Handle(service, context, kLectureService, "ConfirmLecture", ConfirmLecture);
  Handle(service, context, kLectureService, "DeclineOffer", DeclineOffer);
  Handle(service, context, kLectureService, "DeclineLectureRequest", DeclineLectureRequest);
  Handle(service, context, kLectureService, "WithdrawLectureRequest", WithdrawLectureRequest);
  Handle(service, context, kLectureService, "RecordLecture", RecordLecture);
}

}  // namespace kepu::volunteer
