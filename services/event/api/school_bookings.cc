#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/reservation/driver.h"
#include "services/event/api/access.h"
#include "services/event/api/handlers.h"
#include "services/event/api/school_flow.h"
#include "services/event/api/turn.h"
#include "services/event/domain/school.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

// The booking as it stands into the answer; left empty when there is none.
absl::Status Encode(store::View& view, SchoolFlow& flow) {
  flow.answer.Clear();
  flow.reservation_found.clear();
  absl::StatusOr<domain::Session*> session = OpenSession(view, flow.made);
  if (!session.ok()) return session.status();
  // Before it is made there is none: no need to ask the store, the commit checks it.
  if (!(*session)->PresentOrAssumeAbsent(domain::BookingField(flow.made.id))) return absl::OkStatus();
  auto found = domain::FindBooking(**session, flow.made.id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return absl::OkStatus();
  ToResource((*session)->head(), flow.made.id, **found, &flow.answer);
  flow.reservation_found = (*found)->reservation();
  return absl::OkStatus();
}

absl::StatusOr<domain::Facts> Decide(store::View& view, const domain::Session& session,
                                     const SchoolFlow& flow, OfDay& day, absl::Time now) {
  domain::PartyCommand command = flow.command;
  command.by_staff = IsStaff(*flow.caller, session.head());
  domain::DayLedger::Shares credit;
  if (flow.credit) {
    auto back = flow.credit(view);
    if (!back.ok()) return back.status();
    credit = *std::move(back);
  }
  return day.Decide(
      session, [&](const domain::Session& one) { return flow.decide(one, command, now); }, now, credit);
}

// What is decided along with the session.
std::vector<std::string> AlsoOf(const SchoolFlow& flow) {
  std::vector<std::string> keys;
  if (!flow.also.empty()) keys.push_back(flow.also);
  return WithRules(std::move(keys), flow.rules_key);
}

// The record, the head and whether there is plainly no room, in one validated read.
absl::Status ReadPivot(store::View& view, SchoolFlow& flow, absl::Time now) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, flow.made);
  if (!session.ok()) return session.status();
  flow.head = (*session)->head();
  const bool staff = IsStaff(*flow.caller, flow.head);
  if (absl::Status status = CheckActsFor(*flow.caller, flow.command.school, staff); !status.ok())
    return status;
  if (absl::Status status = Encode(view, flow); !status.ok()) return status;
  auto record = domain::FindRecordIfAny(**session, flow.command.reservation);
  if (!record.ok()) return record.status();
  // The booking of this very call is there and its record is not: it was given back and forgotten long ago.
  if (*record == nullptr && flow.reservation_found == flow.command.reservation)
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "REQUEST_TOO_OLD");
  flow.begun = now;
  flow.look = {};
  if (*record != nullptr) flow.look.record = **record;
  if (reservation::IsDecided(*record)) return absl::OkStatus();
  OfDay day(view, flow.rules_key);
  flow.look.full = Decide(view, **session, flow, day, now).status();
  // Something has to be loaded first.
  if (absl::IsUnavailable(flow.look.full)) return flow.look.full;
  return absl::OkStatus();
}

bool SameParty(const v1::Booking& made, const domain::PartyCommand& command) {
  return made.kind() == command.kind && made.school() == command.school &&
         made.school_class() == command.school_class && made.grade() == command.grade &&
         made.party().SerializeAsString() == command.party.SerializeAsString();
}

void Finish(SchoolFlow& flow, const absl::StatusOr<reservation::Standing>& standing) {
  absl::Status status = standing.ok() ? reservation::StatusOf(standing->record) : standing.status();
  if (status.ok() && standing->replayed && flow.same_request && !SameParty(flow.answer, flow.command)) {
    status = refusal::Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  }
  if (!status.ok()) return flow.finish(status, {}, {});
  flow.finish(absl::OkStatus(), flow.answer, {standing->position, standing->replayed});
}

// Of a place that limits the visits of a district; none when it is not known where the school is.
std::optional<reservation::v1::Demand> DistrictDemand(const Handlers::Deps& deps, const SchoolFlow& flow) {
  const auto rules = deps.read_model.places().RulesOf(flow.head.place());
  if (rules == nullptr || rules->district_visits() == 0) return std::nullopt;
  for (const std::string& name : flow.command.belongs_to) {
    if (absl::StartsWith(name, "districts/"))
      return domain::DistrictDemand(flow.head, DistrictThing(name, flow.head.place()));
  }
  return std::nullopt;
}

void Begin(const Handlers::Deps& deps, const std::shared_ptr<SchoolFlow>& flow) {
  reservation::Desk::Pivot pivot;
  pivot.place = flow->pivot;
  pivot.reservation = flow->command.reservation;
  pivot.actor = flow->caller->name;
  pivot.look = flow->look;
  pivot.begun = flow->begun;
  pivot.decide = [flow](store::View& view, absl::Time now) -> absl::Status {
    absl::StatusOr<domain::Session*> session = OpenSession(view, flow->made);
    if (!session.ok()) return session.status();
    OfDay day(view, flow->rules_key);
    const absl::StatusOr<domain::Facts> facts = Decide(view, **session, *flow, day, now);
    if (!facts.ok()) return facts.status();
    absl::StatusOr<domain::Facts> also;
    if (flow->decide_also) also = flow->decide_also(view, day, now);
    if (flow->decide_also && !also.ok()) return also.status();
    if (absl::Status status = EmitAll(view, flow->pivot.key, facts); !status.ok()) return status;
    if (flow->decide_also) {
      if (absl::Status status = EmitAll(view, flow->also, also); !status.ok()) return status;
    }
    return day.EmitPlace(now);
  };
  pivot.also = AlsoOf(*flow);
  pivot.encode = [flow](store::View& view) { return Encode(view, *flow); };
  reservation::Plan plan;
  plan.reservation = flow->command.reservation;
  plan.pivot_service = kSelf;
  plan.pivot = domain::NameOf(flow->head);
  plan.pivot_kind = reservation::v1::SESSION;
  plan.repeat = flow->repeat;
  plan.resolve_only = flow->resolve_only;
  plan.begun = flow->begun;
  if (std::optional<reservation::v1::Demand> demand = DistrictDemand(deps, *flow))
    plan.steps.push_back({{{*std::move(demand), kSelf, &deps.desk}}});
  plan.steps.push_back({{{domain::SchoolDemand(flow->head, flow->command.school, flow->command.school_class,
                                               flow->command.party.pupils()),
                          kSelf, &deps.desk}}});
  reservation::Drive({deps.executor, deps.random}, std::move(plan),
                     reservation::MakePivotPort(deps.desk, deps.settler, std::move(pivot)),
                     [flow](absl::StatusOr<reservation::Standing> standing) { Finish(*flow, standing); });
}

}  // namespace

std::string ClassDigest(const store::KeyMaker& keys, absl::string_view school,
                        absl::string_view school_class) {
  return keys.Digest("class", absl::StrCat(school, "/", school_class));
}

absl::Status Handlers::FillSchool(absl::string_view field, const std::string& school,
                                  const std::string& school_class, const std::string& grade,
                                  const rpc::Principal& caller, domain::PartyCommand* command) const {
  absl::StatusOr<std::string> found = SchoolOf(field, school, caller);
  if (!found.ok()) return found.status();
  absl::StatusOr<std::string> name = ClassName(field, school_class);
  if (!name.ok()) return name.status();
  command->school = *std::move(found);
  command->school_class = *std::move(name);
  command->grade = grade;
  // A class is in a session once; a mixed group is known by who booked it.
  if (!command->school_class.empty()) {
    command->person = ClassDigest(deps_.keys, command->school, command->school_class);
  }
  return absl::OkStatus();
}

template <class Request>
void Handlers::BookForSchool(Call<Request, v1::Booking> call, const Target& target, bool hold) {
  const v1::Booking& booking = call.request().booking();
  const store::RequestKey key = handler::KeyOf(deps_.keys, call);
  Target made = target;
  made.id = deps_.keys.MakeId(target.partition, key);
  domain::PartyCommand command =
      PartyOf(booking.kind(), booking.party(), booking.identity(), call.principal(), made.id);
  command.needs = booking.needs();
  if (absl::Status status = FillSchool("booking", booking.school(), booking.school_class(), booking.grade(),
                                       call.principal(), &command);
      !status.ok()) {
    return call.Fail(status);
  }
  command.reservation =
      deps_.keys.MakeId(target.partition, key, absl::StrCat("reservation/", target.session));
  const absl::Time deadline = call.deadline();
  auto flow = FlowOf(std::move(call), made);
  flow->command = std::move(command);
  flow->decide = [this, hold, caller = flow->caller](const domain::Session& session,
                                                     const domain::PartyCommand& party,
                                                     absl::Time now) -> absl::StatusOr<domain::Facts> {
    if (absl::Status status = CheckRush(deps_, *caller, party, session.head(), hold, now); !status.ok())
      return status;
    return hold ? domain::DecideHold(session, party, deps_.rules, now)
                : domain::DecideBook(session, party, deps_.rules, now);
  };
  const rpc::Principal& who = *flow->caller;
  deps_.schools.CheckExists(flow->command.school, who, deadline, [this, flow](const absl::Status& status) {
    if (!status.ok()) return flow->finish(status, {}, {});
    Reserve(flow);
  });
}
template void Handlers::BookForSchool(Call<v1::CreateBookingRequest, v1::Booking>, const Target&, bool);
template void Handlers::BookForSchool(Call<v1::HoldBookingRequest, v1::Booking>, const Target&, bool);

void Handlers::Reserve(std::shared_ptr<SchoolFlow> flow) {
  flow->rules_key = RulesKeyOf(deps_, flow->made.session);
  std::vector<std::string> keys = AlsoOf(*flow);
  keys.insert(keys.begin(), flow->pivot.key);
  deps_.engine.Read(
      flow->pivot.partition, std::move(keys),
      [this, flow](store::View& view) { return ReadPivot(view, *flow, deps_.clock.Now()); },
      [this, flow](const absl::Status& status) {
        if (!status.ok()) return flow->finish(status, {}, {});
        const auto rules = deps_.read_model.places().RulesOf(flow->head.place());
        const bool by_district = rules != nullptr && rules->district_visits() > 0;
        const bool set_aside =
            (by_district || !flow->head.allotments().empty()) && !reservation::IsDecided(&flow->look.record);
        if (!set_aside || flow->asked || !flow->command.belongs_to.empty()) return Begin(deps_, flow);
        // Some places are for some schools: what this one is is found out, and the session looked at again.
        flow->asked = true;
        deps_.schools.Ask(flow->command.school, flow->deadline,
                          [this, flow](const absl::StatusOr<std::vector<std::string>>& belongs_to) {
                            if (!belongs_to.ok()) return flow->finish(belongs_to.status(), {}, {});
                            flow->command.belongs_to = *belongs_to;
                            Reserve(flow);
                          });
      });
}

void Handlers::ReserveMove(Call<v1::MoveBookingRequest, v1::Booking> call, const Target& from,
                           const Target& to, domain::PartyCommand party, bool by_staff) {
  party.reservation = deps_.keys.MakeId(to.partition, handler::KeyOf(deps_.keys, call),
                                        absl::StrCat("reservation/", to.session));
  auto flow = FlowOf(std::move(call), to);
  flow->command = std::move(party);
  flow->also = from.key;
  flow->decide = [this, caller = flow->caller](const domain::Session& session,
                                               const domain::PartyCommand& command,
                                               absl::Time now) -> absl::StatusOr<domain::Facts> {
    if (absl::Status status = CheckRush(deps_, *caller, command, session.head(), false, now); !status.ok())
      return status;
    return domain::DecideBook(session, command, deps_.rules, now);
  };
  flow->credit = [from, to](store::View& view) -> absl::StatusOr<domain::DayLedger::Shares> {
    absl::StatusOr<domain::Session*> here = OpenSession(view, from);
    if (!here.ok()) return here.status();
    absl::StatusOr<domain::Session*> there = OpenSession(view, to);
    if (!there.ok()) return there.status();
    return CreditOfMove(**here, from.id, (*there)->head());
  };
  flow->decide_also = [from, to, by_staff, rules = deps_.rules](
                          store::View& view, OfDay& day, absl::Time now) -> absl::StatusOr<domain::Facts> {
    absl::StatusOr<domain::Session*> session = OpenSession(view, from);
    if (!session.ok()) return session.status();
    return day.Decide(
        **session,
        [&](const domain::Session& one) {
          return domain::DecideCancel(one, from.id, by_staff, rules, now,
                                      absl::StrCat(to.name, "/bookings/", to.id));
        },
        now);
  };
  Reserve(std::move(flow));
}

void Handlers::ConfirmForSchool(Call<v1::ConfirmBookingRequest, v1::Booking> call, const Target& target) {
  auto shared = std::make_shared<Call<v1::ConfirmBookingRequest, v1::Booking>>(std::move(call));
  auto found = std::make_shared<domain::record::BookingRecord>();
  deps_.engine.Read(
      target.partition, {target.key},
      [target, found](store::View& view) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        auto booking = domain::FindBooking(**session, target.id);
        if (!booking.ok()) return booking.status();
        if (*booking == nullptr) return refusal::NotFound(target.name);
        *found = **booking;
        return absl::OkStatus();
      },
      [this, target, shared, found](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        const bool offer =
            !found->school().empty() && found->reservation().empty() && found->state() == v1::Booking::HELD;
        if (!offer) return ConfirmPlainly(std::move(*shared));
        TakeOffer(std::move(*shared), target, *found);
      });
}

// The offer has the places; the school's calendar is claimed before it becomes a booking.
void Handlers::TakeOffer(Call<v1::ConfirmBookingRequest, v1::Booking> call, const Target& target,
                         const domain::record::BookingRecord& offer) {
  const store::RequestKey key = handler::KeyOf(deps_.keys, call);
  const std::string etag = call.request().etag();
  auto flow = FlowOf(std::move(call), target);
  domain::PartyCommand& command = flow->command;
  command.id = target.id;
  command.kind = offer.kind();
  command.party = offer.party();
  command.school = offer.school();
  command.school_class = offer.school_class();
  command.grade = offer.grade();
  command.reservation = deps_.keys.MakeId(target.partition, key, absl::StrCat("reservation/", target.id));
  flow->same_request = false;
  flow->decide = [target, etag, rules = deps_.rules](const domain::Session& session,
                                                     const domain::PartyCommand& party,
                                                     absl::Time now) -> absl::StatusOr<domain::Facts> {
    auto booking = domain::FindBooking(session, target.id);
    if (!booking.ok()) return booking.status();
    if (*booking == nullptr) return refusal::NotFound(target.name);
    const std::string current =
        etag.empty() ? "" : EtagOf(**booking, domain::ShownState(session.head(), **booking));
    if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
    return domain::DecideConfirm(session, target.id, party.by_staff, rules, now, party.reservation);
  };
  Reserve(std::move(flow));
}

}  // namespace kepu::event
