#include "services/event/api/rosters.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "services/event/api/access.h"
#include "services/event/api/roster_keeper.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kRosterService[] = "kepu.event.v1.RosterService";
constexpr char kSealedField[] = "roster";
constexpr absl::string_view kPupilPattern = "events/*/sessions/*/bookings/*/pupils/*";

domain::Roster& RosterIn(store::View& view, const Target& target) {
  return dynamic_cast<domain::Roster&>(view.Get(RosterKey(target.id)));
}

// The city's offices have no business with names of children.
bool IsCampStaff(const rpc::Principal& caller, const domain::record::SessionHead& head) {
  rpc::Principal there = caller;
  std::erase_if(there.grants, [](const rpc::Grant& grant) { return grant.role == "city_admin"; });
  return IsStaff(there, head);
}

// The booking of a camp, for its staff and for who booked; for everybody else it is not there.
absl::StatusOr<OpenedBooking> OpenCamp(store::View& view, const Target& target, const rpc::Principal& caller,
                                       bool staff_only) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, target);
  if (!session.ok()) return session.status();
  auto found = domain::FindBooking(**session, target.id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound(target.name);
  const OpenedBooking opened{*session, *found, IsCampStaff(caller, (*session)->head())};
  if (!opened.staff && !OwnsOrActsFor(caller, (*found)->booker(), (*found)->school()))
    return refusal::NotFound(target.name);
  if (staff_only && !opened.staff)
    return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                           {{"needed", "venue_staff, venue_admin, caravan_crew"}});
  if (!(*session)->head().camp())
    return refusal::Refuse(refusal::kNo, "NOT_A_CAMP", {{"session", domain::NameOf((*session)->head())}});
  return opened;
}

bool IsThere(const domain::record::BookingRecord& booking) {
  return booking.state() == v1::Booking::CHECKED_IN;
}

// The booking knows how many are on its roster: the door asks nothing else.
absl::Status NoteCounts(store::View& view, const Target& target, const domain::record::RosterHead& head,
                        absl::Time now) {
  const auto& session = dynamic_cast<const domain::Session&>(view.Get(target.key));
  auto booking = domain::FindBooking(session, target.id);
  if (!booking.ok()) return booking.status();
  if ((*booking)->roster_pupils() == head.pupils() && (*booking)->roster_consents() == head.consents())
    return absl::OkStatus();
  domain::Facts facts = {domain::At(now)};
  facts.back().mutable_roster_noted()->set_id(target.id);
  facts.back().mutable_roster_noted()->set_pupils(head.pupils());
  facts.back().mutable_roster_noted()->set_consents(head.consents());
  return EmitAll(view, target.key, facts);
}

// The booking, and the number of the pupil.
struct PupilTarget {
  Target booking;
  uint32_t number = 0;
};
absl::StatusOr<PupilTarget> ParsePupil(const std::string& name) {
  auto ids = names::Parse("name", kPupilPattern, name);
  if (!ids.ok()) return ids.status();
  PupilTarget target;
  auto booking = ParseTarget("name", kBookingPattern, name.substr(0, name.rfind("/pupils/")));
  absl::string_view number = ids->back();
  if (!booking.ok() || !absl::ConsumePrefix(&number, "p") || !absl::SimpleAtoi(number, &target.number))
    return refusal::NotFound(name);
  target.booking = *std::move(booking);
  return target;
}

absl::Status CheckPupils(const v1::AddPupilsRequest& request) {
  refusal::FieldErrors errors;
  for (int i = 0; i < request.pupils_size(); ++i) {
    const v1::Pupil& pupil = request.pupils(i);
    const std::string path = absl::StrCat("pupils[", i, "]");
    if (!v1::Pupil::Sex_IsValid(pupil.sex())) errors.Add(path + ".sex", "must be FEMALE, MALE or not given");
    if (!v1::Pupil::AgeBand_IsValid(pupil.age_band()))
      errors.Add(path + ".age_band", "must be UNDER_8, FROM_8_TO_13 or FROM_14_TO_17");
    for (int p = 0; p < pupil.pick_ups_size(); ++p) {
      if (v1::Relation_IsValid(pupil.pick_ups(p).relation())) continue;
      errors.Add(absl::StrCat(path, ".pick_ups[", p, "].relation"),
                 "must be a relation, like RELATION_MOTHER");
    }
  }
  return errors.ToStatus();
}

absl::Status NoVault() {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "NOT_READY", absl::Seconds(5));
}

}  // namespace

void Rosters::Register(rpc::Service& service) {
  const auto handle = [&]<class Request, class Response>(
                          const char* method, void (Rosters::*handler)(rpc::TypedCall<Request, Response>)) {
    service.Handle<Request, Response>(
        kRosterService, method,
        [this, handler](rpc::TypedCall<Request, Response> call) { (this->*handler)(std::move(call)); });
  };
  handle("AddPupils", &Rosters::Add);
  handle("RemovePupil", &Rosters::Remove);
  handle("GetRoster", &Rosters::Get);
  handle("ReadRoster", &Rosters::Read);
  handle("ListRosterReadings", &Rosters::ListReadings);
  handle("GiveConsent", &Rosters::GiveConsent);
  handle("WithdrawConsent", &Rosters::WithdrawConsent);
  handle("HandOverPupil", &Rosters::HandOver);
}

template <class Request, class Decide>
void Rosters::Change(Call<Request> call, const Target& target, bool staff_only, bool with_names,
                     Decide decide) {
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey key = handler::KeyOf(context_.keys, call);
  const std::string roster = RosterKey(target.id);
  handler::Change(
      context_.engine, target.partition, store::Lane::kRest, std::move(key), {target.key, roster},
      std::move(call),
      [target, roster, caller, staff_only, decide](store::View& view, absl::Time now) -> absl::Status {
        auto opened = OpenCamp(view, target, *caller, staff_only);
        if (!opened.ok()) return opened.status();
        const domain::Roster& state = RosterIn(view, target);
        if (absl::Status status = EmitAll(view, roster, decide(state, *opened, now)); !status.ok())
          return status;
        return NoteCounts(view, target, state.head(), now);
      },
      [this, target, with_names](store::View& view, v1::Roster* answer) {
        return Encode(view, target, with_names, answer);
      });
}

template <class Request, class Decide>
void Rosters::ChangePupil(Call<Request> call, bool staff_only, Decide decide) {
  absl::StatusOr<PupilTarget> target = ParsePupil(call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  const std::string by = call.principal().name;
  // Who may not see the booking is told the same as of a pupil that is not there: by the name that was asked.
  target->booking.name = call.request().name();
  Change(std::move(call), target->booking, staff_only, false,
         [number = target->number, by, decide](const domain::Roster& roster, const OpenedBooking& opened,
                                               absl::Time now) {
           return decide(roster, number, opened, by, now);
         });
}

absl::Status Rosters::Unseal(const domain::record::PupilRecord& record, v1::Pupil* pupil) const {
  auto text = vault_->Unseal(PersonOf(record.key()), kSealedField, record.sealed());
  // Its key may be gone before the roster has been told.
  if (refusal::ReasonOf(text.status()) == "PERSON_ERASED") return absl::OkStatus();
  if (!text.ok()) return text.status();
  return pupil->ParseFromString(*text) ? absl::OkStatus() : absl::DataLossError("a sealed pupil is damaged");
}

absl::Status Rosters::Encode(store::View& view, const Target& target, bool with_names,
                             v1::Roster* answer) const {
  const auto& session = dynamic_cast<const domain::Session&>(view.Get(target.key));
  const domain::Roster& roster = RosterIn(view, target);
  auto booking = domain::FindBooking(session, target.id);
  if (!booking.ok()) return booking.status();
  if (*booking == nullptr) return refusal::NotFound(target.name);
  const std::string name = domain::BookingName(session.head(), target.id);
  answer->set_name(absl::StrCat(name, "/roster"));
  answer->set_booked_pupils((*booking)->party().pupils());
  answer->set_consents(roster.head().consents());
  answer->set_erased(roster.head().erased());
  if (roster.head().erase_us() != 0)
    calendar::SetMicros(roster.head().erase_us(), answer->mutable_erase_time());
  absl::Status missing;
  for (uint32_t number = 1; number <= roster.head().added(); ++number) {
    auto found = domain::FindPupil(roster, number);
    if (!found.ok()) missing = found.status();
    if (!found.ok() || *found == nullptr) continue;
    v1::Pupil* pupil = answer->add_pupils();
    if (with_names) missing.Update(Unseal(**found, pupil));
    pupil->set_name(absl::StrCat(name, "/pupils/p", number));
    if ((*found)->has_consent()) *pupil->mutable_consent() = (*found)->consent();
    pupil->set_still_there(IsThere(**booking) && (*found)->hand_over_us() == 0);
    if (pupil->still_there()) answer->set_still_there(answer->still_there() + 1);
    if ((*found)->hand_over_us() == 0) continue;
    pupil->mutable_hand_over()->set_relation((*found)->handed_to());
    calendar::SetMicros((*found)->hand_over_us(), pupil->mutable_hand_over()->mutable_time());
    pupil->mutable_hand_over()->set_by((*found)->handed_by());
  }
  return missing;
}

void Rosters::Add(Call<v1::AddPupilsRequest> call) {
  absl::StatusOr<Target> target = ParseTarget("parent", kBookingPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  if (vault_ == nullptr) return call.Fail(NoVault());
  auto shared = std::make_shared<Call<v1::AddPupilsRequest>>(std::move(call));
  // Nobody makes keys in the vault for a roster that is not theirs.
  context_.engine.Read(
      target->partition, {target->key},
      [shared, target = *target](store::View& view) {
        return OpenCamp(view, target, shared->principal(), false).status();
      },
      [this, shared, target = *target](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        if (absl::Status pupils = CheckPupils(shared->request()); !pupils.ok()) return shared->Fail(pupils);
        Seal(shared, target);
      });
}

void Rosters::Seal(const std::shared_ptr<Call<v1::AddPupilsRequest>>& call, const Target& target) {
  const absl::Status status = disk_.Run([this, call, target] {
    const store::RequestKey request_key = handler::KeyOf(context_.keys, *call);
    domain::AddPupils command;
    command.id = target.id;
    command.by = call->principal().name;
    for (const v1::Pupil& given : call->request().pupils()) {
      domain::record::PupilsAdded::Pupil& pupil = command.pupils.emplace_back();
      pupil.set_key(
          context_.keys.MakeId(target.partition, request_key, absl::StrCat("pupil/", command.pupils.size())));
      auto sealed = vault_->Seal(PersonOf(pupil.key()), kSealedField, given.SerializeAsString());
      if (!sealed.ok()) return call->Fail(sealed.status());
      pupil.set_sealed(*std::move(sealed));
      std::set<v1::Relation> relations;
      for (const v1::Pupil::PickUp& pick_up : given.pick_ups()) relations.insert(pick_up.relation());
      for (const v1::Relation relation : relations) pupil.add_relations(relation);
    }
    context_.executor.Post([this, call, target, command = std::move(command)] {
      Change(std::move(*call), target, false, false,
             [command, rules = context_.rules](const domain::Roster& roster, const OpenedBooking& opened,
                                               absl::Time now) -> absl::StatusOr<domain::Facts> {
               const domain::record::SessionHead& head = opened.session->head();
               const v1::Booking::State state = domain::ShownState(head, *opened.booking);
               const bool stands = state == v1::Booking::REQUESTED || state == v1::Booking::CONFIRMED;
               if (!stands && !IsThere(*opened.booking)) return domain::WrongState(head, command.id, state);
               domain::AddPupils whole = command;
               whole.session = domain::NameOf(head);
               whole.booked = opened.booking->party().pupils();
               whole.end = absl::FromUnixMicros(head.end_us());
               return domain::DecideAddPupils(roster, whole, rules, now);
             });
    });
  });
  if (!status.ok()) call->Fail(status);
}

void Rosters::Remove(Call<v1::RemovePupilRequest> call) {
  ChangePupil(std::move(call), false,
              [](const domain::Roster& roster, uint32_t number, const OpenedBooking& opened,
                 const std::string& by, absl::Time now) {
                return domain::DecideRemovePupil(roster, number, IsThere(*opened.booking), by, now);
              });
}

void Rosters::GiveConsent(Call<v1::GiveConsentRequest> call) {
  const v1::Pupil::Consent consent = call.request().consent();
  ChangePupil(
      std::move(call), false,
      [consent](const domain::Roster& roster, uint32_t number, const OpenedBooking&, const std::string& by,
                absl::Time now) { return domain::DecideConsent(roster, number, consent, by, now); });
}

void Rosters::WithdrawConsent(Call<v1::WithdrawConsentRequest> call) {
  ChangePupil(std::move(call), false,
              [](const domain::Roster& roster, uint32_t number, const OpenedBooking& opened,
                 const std::string& by, absl::Time now) {
                return domain::DecideWithdraw(roster, number, IsThere(*opened.booking), by, now);
              });
}

void Rosters::HandOver(Call<v1::HandOverPupilRequest> call) {
  const v1::Relation relation = call.request().relation();
  ChangePupil(std::move(call), true,
              [relation](const domain::Roster& roster, uint32_t number, const OpenedBooking& opened,
                         const std::string& by, absl::Time now) -> absl::StatusOr<domain::Facts> {
                const domain::record::SessionHead& head = opened.session->head();
                if (!IsThere(*opened.booking))
                  return domain::WrongState(head, roster.head().id(),
                                            domain::ShownState(head, *opened.booking));
                return domain::DecideHandOver(roster, number, relation, by, now);
              });
}

void Rosters::Get(Call<v1::GetRosterRequest> call) {
  absl::StatusOr<Target> target = ParseTarget("parent", kBookingPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  auto shared = std::make_shared<Call<v1::GetRosterRequest>>(std::move(call));
  auto answer = std::make_shared<v1::Roster>();
  context_.engine.Read(
      target->partition, {target->key, RosterKey(target->id)},
      [this, shared, answer, target = *target](store::View& view) -> absl::Status {
        if (auto opened = OpenCamp(view, target, shared->principal(), false); !opened.ok())
          return opened.status();
        answer->Clear();
        return Encode(view, target, false, answer.get());
      },
      [shared, answer](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

void Rosters::Read(Call<v1::ReadRosterRequest> call) {
  absl::StatusOr<Target> target = ParseTarget("parent", kBookingPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  if (vault_ == nullptr) return call.Fail(NoVault());
  const std::string by = call.principal().name, purpose = call.request().purpose();
  Change(std::move(call), *target, false, true,
         [by, purpose](const domain::Roster& roster, const OpenedBooking&,
                       absl::Time now) -> absl::StatusOr<domain::Facts> {
           // There is nobody on it yet, and so nothing to note.
           if (roster.head().id().empty()) return domain::Facts{};
           return domain::DecideRead(roster, by, purpose, now);
         });
}

void Rosters::ListReadings(Call<v1::ListRosterReadingsRequest, v1::ListRosterReadingsResponse> call) {
  using Listing = Call<v1::ListRosterReadingsRequest, v1::ListRosterReadingsResponse>;
  absl::StatusOr<Target> target = ParseTarget("parent", kBookingPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  auto shared = std::make_shared<Listing>(std::move(call));
  auto answer = std::make_shared<v1::ListRosterReadingsResponse>();
  context_.engine.Read(
      target->partition, {target->key, RosterKey(target->id)},
      [shared, answer, target = *target](store::View& view) -> absl::Status {
        if (auto opened = OpenCamp(view, target, shared->principal(), false); !opened.ok())
          return opened.status();
        answer->Clear();
        const domain::Roster& roster = RosterIn(view, target);
        absl::Status missing;
        for (uint32_t number = roster.head().readings(); number > 0; --number) {
          auto child = roster.Find(domain::ReadingField(number - 1));
          if (!child.ok()) missing = child.status();
          if (!child.ok() || *child == nullptr) continue;
          auto* reading = answer->add_readings();
          reading->set_by((*child)->reading().by());
          reading->set_purpose((*child)->reading().purpose());
          calendar::SetMicros((*child)->reading().time_us(), reading->mutable_time());
        }
        return missing;
      },
      [shared, answer](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

}  // namespace kepu::event
