// What volunteers have to do, and what they say about it: that a moved shift suits them, that they cannot
// come to what another service has claimed them for.
#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/api/unavailable.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::Unavailability;
using ListCall = CallOf<v1::ListDutiesRequest, v1::ListDutiesResponse>;

// The caller's own, or for coordinators anybody's.
template <class Call>
absl::StatusOr<std::string> WhoseIs(const Context& context, const std::string& id, const Call& call) {
  const std::string self = SelfOf(context, call.principal());
  if (id == "me" || id == self) return self;
  if (!SeesVolunteers(call.principal())) return refusal::NotFound(absl::StrCat("volunteers/", id));
  return id;
}

void ListReady(const Context& context, ListCall& call) {
  const v1::ListDutiesRequest& request = call.request();
  auto ids = names::Parse("parent", "volunteers/*", request.parent());
  if (!ids.ok()) return call.Fail(ids.status());
  auto person = WhoseIs(context, (*ids)[0], call);
  if (!person.ok()) return call.Fail(person.status());
  const std::string& id = *person;
  // Times before 1970 would sort wrongly, and no duty lies there.
  const std::string from = request.has_start_time_min()
                               ? TimeKey(std::max<int64_t>(0, calendar::MicrosOf(request.start_time_min())))
                               : "";
  const std::string filter = paging::FilterDigest({"duties", id, from});
  const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  const absl::StatusOr<std::string> after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  const auto page =
      context.duties.duties().List(absl::StrCat("volunteers/", id), after->empty() ? from : *after, *size);
  v1::ListDutiesResponse answer;
  if (!answer.ParseFromString(page.bytes)) return call.Fail(absl::InternalError("unreadable page"));
  for (v1::DutyEntry& duty : *answer.mutable_duties())
    duty.set_unavailable(context.reads.documents().Bytes(UnavailabilityName(duty.name())) != nullptr);
  answer.set_next_page_token(context.pager.Encode(filter, page.next_after));
  call.Answer(answer);
}

void ListDuties(const Context& context, ListCall call) {
  context.documents.WhenVisible(std::move(call), [&context](ListCall ready) { ListReady(context, ready); });
}

using ReportCall = CallOf<v1::ReportUnavailableRequest, Unavailability>;

// The claim as a duty; a refusal when it is none any more, or one that the volunteer ends by themselves.
absl::StatusOr<Unavailability> Report(store::View& view, const std::string& key, const std::string& name,
                                      const std::string& claim_id) {
  const domain::Person& person = PersonIn(view, key);
  if (!person.Exists()) return refusal::NotFound(name);
  auto claim = domain::FindClaim(person, claim_id);
  if (!claim.ok()) return claim.status();
  if (*claim == nullptr || !reservation::IsLive(**claim)) return refusal::NotFound(name);
  const reservation::v1::Demand& demand = (*claim)->demand();
  if ((*claim)->pivot_service() == kSelf && absl::StartsWith(demand.purpose(), "shifts/")) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "WITHDRAW_INSTEAD",
                           {{"name", absl::StrCat(demand.purpose(), "/signups/", person.head().id())}});
  }
  return UnavailabilityOf(person.head().id(), **claim);
}

void ReportUnavailable(const Context& context, ReportCall call) {
  auto ids = names::Parse("name", "volunteers/*/duties/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  auto person = WhoseIs(context, (*ids)[0], call);
  if (!person.ok()) return call.Fail(person.status());
  const reservation::Place place = PersonPlace(*person);
  auto shared = std::make_shared<ReportCall>(std::move(call));
  auto report = std::make_shared<absl::StatusOr<Unavailability>>();
  const std::string claim = DutyBook::ClaimOf((*ids)[1]);
  context.engine.Read(
      place.partition, {place.key},
      [report, key = place.key, name = DutyBook::NameOf(*person, claim), claim](store::View& view) {
        *report = Report(view, key, name, claim);
        return report->status();
      },
      [&context, shared, report](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        context.documents.Change<Unavailability>(
            UnavailabilityName((*report)->duty().name()), std::move(*shared),
            [report](const Unavailability* before, absl::Time) -> absl::StatusOr<Unavailability> {
              return before == nullptr ? **report : *before;
            });
      });
}

void ListUnavailabilities(const Context& context,
                          CallOf<v1::ListUnavailabilitiesRequest, v1::ListUnavailabilitiesResponse> call) {
  const std::string place = call.request().place();
  // Once the claim has ended, somebody has seen to it.
  context.documents.List<Unavailability>(std::move(call), place, [&context](const Unavailability& report) {
    return context.duties.duties().Get(report.duty().name()) != nullptr;
  });
}

void ConfirmMove(const Context& context, CallOf<v1::ConfirmMoveRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string person = (*ids)[1];
  const bool own = person == SelfOf(context, call.principal());
  const std::string name = call.request().name();
  const reservation::Place place = ShiftPlace((*ids)[0]);
  const rpc::Principal principal = call.principal();
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, place.partition, store::Lane::kBooking, std::move(request_key), {place.key},
      std::move(call),
      [key = place.key, person, own, name, principal](store::View& view, absl::Time now) -> absl::Status {
        const domain::Shift& shift = ShiftIn(view, key);
        if (!shift.Exists() || (!own && !IsStaffOf(principal, shift.head().place())))
          return refusal::NotFound(name);
        return EmitAll(view, key, domain::DecideAnswered(shift, person, now));
      },
      [key = place.key, person](store::View& view, v1::Signup* answer) -> absl::Status {
        const domain::Shift& shift = ShiftIn(view, key);
        auto signup = domain::FindSignup(shift, person);
        if (!signup.ok()) return signup.status();
        if (*signup == nullptr) return absl::InternalError("a sign-up that was changed is not there");
        ToResource(shift.head(), person, **signup, answer);
        return absl::OkStatus();
      });
}

}  // namespace

void AddDutyHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kDutyService, "ListDuties", ListDuties);
  Handle(service, context, kDutyService, "ReportUnavailable", ReportUnavailable);
  Handle(service, context, kDutyService, "ListUnavailabilities", ListUnavailabilities);
  Handle(service, context, kDutyService, "ConfirmMove", ConfirmMove);
}

}  // namespace kepu::volunteer
