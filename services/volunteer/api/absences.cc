#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/recognised.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using domain::record::AbsenceMark;
using v1::Absence;

// The parent that stands for the open appeals of everybody.
constexpr char kAnybody[] = "volunteers/-";
constexpr char kPattern[] = "volunteers/*/absences/*";

bool Coordinates(const rpc::Principal& principal, absl::string_view place) {
  static const auto& roles = *new std::vector<std::string>{"coordinator", "city_admin"};
  return HoldsOn(principal, roles, place);
}

absl::Status ToResource(const Context& context, const AbsenceMark& mark, const std::string& user,
                        Absence* absence) {
  const domain::record::AbsenceSource& source = mark.source();
  absence->set_name(AbsenceName(mark.person(), source.shift()));
  absence->set_kind(source.kind());
  absence->set_state(mark.state());
  absence->set_shift(domain::ShiftName(source.shift()));
  absence->set_place(source.place());
  calendar::SetMicros(source.noted_us(), absence->mutable_mark_time());
  calendar::SetMicros(mark.expire_us(), absence->mutable_expire_time());
  calendar::SetMicros(mark.appeal_until_us(), absence->mutable_appeal_until_time());
  auto reason = context.personal.Open(user, Personal::kReason, source.sealed_reason());
  auto appeal = context.personal.Open(user, kAppealField, mark.sealed_appeal());
  auto decision = context.personal.Open(user, kDecisionField, mark.sealed_decision());
  for (const auto* text : {&reason, &appeal, &decision})
    if (!text->ok()) return text->status();
  absence->set_reason(*std::move(reason));
  absence->set_appeal_reason(*std::move(appeal));
  absence->set_decision_reason(*std::move(decision));
  return absl::OkStatus();
}

void ListAbsences(const Context& context, CallOf<v1::ListAbsencesRequest, v1::ListAbsencesResponse> typed) {
  context.documents.WhenVisible(std::move(typed), [&context](auto call) {
    const v1::ListAbsencesRequest& request = call.request();
    std::string scope = kOpenAppeals;
    if (request.parent() != kAnybody) {
      auto id = VisiblePerson(context, "parent", "volunteers/*", request.parent(), call.principal());
      if (!id.ok()) return call.Fail(id.status());
      scope = absl::StrCat("volunteers/", *id);
    }
    const std::string filter = paging::FilterDigest({"absences", scope, call.principal().name});
    const auto size = paging::PageSize(request.page_size());
    if (!size.ok()) return call.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), filter);
    if (!after.ok()) return call.Fail(after.status());
    const auto page = context.reads.recognition().absences().List(
        scope, *after, *size, [&, any = scope != kOpenAppeals](const google::protobuf::Message& message) {
          return any ||
                 Coordinates(call.principal(), static_cast<const AbsenceMark&>(message).source().place());
        });
    domain::record::AbsencePage marks;
    if (!marks.ParseFromString(page.bytes)) return call.Fail(absl::InternalError("unreadable page"));
    v1::ListAbsencesResponse answer;
    for (const AbsenceMark& mark : marks.marks()) {
      absl::Status status = ToResource(context, mark, UserOf(context, mark.person()), answer.add_absences());
      if (!status.ok()) return call.Fail(status);
    }
    answer.set_next_page_token(context.pager.Encode(filter, page.next_after));
    call.Answer(answer);
  });
}

// A change of the mark of one person; `decide(person, now)`.
template <class Request, class Decide>
void ChangeMark(const Context& context, const std::string& id, const std::string& shift,
                CallOf<Request, Absence> call, Decide decide) {
  const reservation::Place place = PersonPlace(id);
  auto change = [key = place.key, decide = std::move(decide)](store::View& view, absl::Time now) {
    return EmitAll(view, key, decide(PersonIn(view, key), now));
  };
  auto encode = [&context, key = place.key, shift](store::View& view, Absence* answer) -> absl::Status {
    const domain::Person& person = PersonIn(view, key);
    auto mark = domain::FindMark(person, shift);
    if (!mark.ok()) return mark.status();
    if (*mark == nullptr) return absl::InternalError("a mark that was changed is not there");
    return ToResource(context, **mark, person.head().user(), answer);
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(change), std::move(encode));
}

void AppealAbsence(const Context& context, CallOf<v1::AppealAbsenceRequest, Absence> typed) {
  using Call = CallOf<v1::AppealAbsenceRequest, Absence>;
  const auto ids = names::Parse("name", kPattern, typed.request().name());
  if (!ids.ok()) return typed.Fail(ids.status());
  const std::string self = SelfOf(context, typed.principal());
  if ((*ids)[0] != "me" && (*ids)[0] != self) return typed.Fail(refusal::NotFound(typed.request().name()));
  const std::string user = typed.principal().name, reason = typed.request().reason();
  SealOf(context, std::move(typed), user, kAppealField, reason,
         [&context, self, shift = (*ids)[1]](Call call, const std::string& sealed) {
           ChangeMark(context, self, shift, std::move(call),
                      [shift, sealed](const domain::Person& person, absl::Time now) {
                        return domain::DecideAppealing(person, shift, sealed, now);
                      });
         });
}

void DecideAppeal(const Context& context, CallOf<v1::DecideAppealRequest, Absence> typed) {
  using Call = CallOf<v1::DecideAppealRequest, Absence>;
  const auto ids = names::Parse("name", kPattern, typed.request().name());
  if (!ids.ok()) return typed.Fail(ids.status());
  context.documents.WhenVisible(std::move(typed), [&context, id = (*ids)[0], shift = (*ids)[1]](Call seen) {
    const std::string user = UserOf(context, id), reason = seen.request().reason();
    if (user.empty()) return seen.Fail(refusal::NotFound(seen.request().name()));
    SealOf(
        context, std::move(seen), user, kDecisionField, reason,
        [&context, id, shift](Call call, const std::string& sealed) {
          auto decide = [&context, shift, sealed, request = call.request(), principal = call.principal()](
                            const domain::Person& person, absl::Time now) -> absl::StatusOr<domain::Facts> {
            auto mark = domain::FindMark(person, shift);
            if (!mark.ok()) return mark.status();
            if (*mark == nullptr || !Coordinates(principal, (*mark)->source().place()))
              return refusal::NotFound(request.name());
            const auto rules = context.reads.recognition().rules();
            const auto terms = domain::TermsOn(*rules, person.head().district(), calendar::DayOf(now));
            return domain::DecideAppeal(person, shift, request.granted(), principal.name, sealed, terms, now);
          };
          ChangeMark(context, id, shift, std::move(call), std::move(decide));
        });
  });
}

void WaiveAbsences(const Context& context, CallOf<v1::WaiveAbsencesRequest, v1::WaiveAbsencesResponse> call) {
  const auto ids = names::Parse("shift", "shifts/*", call.request().shift());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = ShiftPlace((*ids)[0]);
  auto decide = [key = place.key, request = call.request(), principal = call.principal()](
                    store::View& view, absl::Time now) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    if (!shift.Exists() || !Coordinates(principal, shift.head().place()))
      return refusal::NotFound(request.shift());
    return EmitAll(view, key, domain::DecideWaive(shift, request.ground(), principal.name, now));
  };
  auto encode = [key = place.key](store::View& view, v1::WaiveAbsencesResponse* answer) {
    const domain::record::ShiftHead& head = ShiftIn(view, key).head();
    answer->set_shift(domain::ShiftName(head.id()));
    answer->set_ground(head.waived());
    return absl::OkStatus();
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(decide), std::move(encode));
}

}  // namespace

void AddAbsenceHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kAbsenceService, "ListAbsences", ListAbsences);
  Handle(service, context, kAbsenceService, "AppealAbsence", AppealAbsence);
  Handle(service, context, kAbsenceService, "DecideAppeal", DecideAppeal);
  Handle(service, context, kAbsenceService, "WaiveAbsences", WaiveAbsences);
}

}  // namespace kepu::volunteer
