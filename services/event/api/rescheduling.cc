// Another time or hall for a session with all its bookings: what could be in the way is asked first, then the
// new hall and the new time of every class are claimed, and the session is the pivot: it moves in the commit
// that has them all, and gives the old ones back, or nothing happens.
#include "services/event/domain/reschedule.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kepu/event/v1/schedule.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/reservation/driver.h"
#include "services/event/api/register.h"
#include "services/event/api/schedule.h"
#include "services/event/api/target.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using RescheduleRequest = v1::RescheduleSessionRequest;
using RescheduleAnswer = v1::RescheduleSessionResponse;
using RescheduleCall = rpc::TypedCall<RescheduleRequest, RescheduleAnswer>;

// A class whose time moves along.
struct MovingClass {
  std::string id;  // of the booking
  std::string reservation;
  domain::record::BookingRecord booking;
};

// One session being moved: what the steps share.
// Why a class on a visit day is stuck whatever staff choose.
constexpr char kPlanned[] = "PART_OF_VISIT_DAY";

struct Moving {
  explicit Moving(RescheduleCall given) : call(std::move(given)) {}
  RescheduleCall call;
  Target target;
  store::RequestKey key;
  domain::Rescheduling wish;
  domain::record::SessionHead head;
  std::vector<MovingClass> classes;
  // Of classes on a visit day, which has planned their time and alone changes it.
  std::vector<MovingClass> planned;
  std::vector<RescheduleAnswer::Stuck> stuck;
  reservation::Look look;
  absl::Time begun;
  RescheduleAnswer answer;
};
using MovingPtr = std::shared_ptr<Moving>;

reservation::Place PlaceOf(const Moving& move) { return {move.target.partition, move.target.key}; }

bool OtherTime(const Moving& move) {
  return move.wish.start_us != move.head.start_us() || move.wish.end_us != move.head.end_us();
}

// The session as it would be.
domain::record::SessionHead Moved(const Moving& move) {
  domain::record::SessionHead head = move.head;
  head.set_start_us(move.wish.start_us);
  head.set_end_us(move.wish.end_us);
  head.set_space(move.wish.space);
  return head;
}

absl::StatusOr<std::set<std::string>> LetGo(const RescheduleRequest& request, const Target& target) {
  std::set<std::string> ids;
  for (int i = 0; i < request.cancel_bookings_size(); ++i) {
    const std::string field = absl::StrCat("cancel_bookings[", i, "]");
    absl::StatusOr<Target> booking = ParseTarget(field, kBookingPattern, request.cancel_bookings(i));
    if (!booking.ok()) return booking.status();
    if (booking->session != target.session)
      return refusal::BadField(field, "must be a booking of the session");
    ids.insert(booking->id);
  }
  return ids;
}

// The session, the record of this very call, and its classes, in one validated read.
absl::Status Read(const Context& context, store::View& view, Moving& move) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, move.target);
  if (!session.ok()) return session.status();
  move.head = (*session)->head();
  if (!IsStaff(move.call.principal(), move.head)) return refusal::NotFound(move.target.name);
  auto record = domain::FindRecordIfAny(**session, move.wish.hall_reservation);
  if (!record.ok()) return record.status();
  move.look = {};
  if (*record != nullptr) move.look.record = **record;
  move.answer.Clear();
  ToResource(move.head, move.answer.mutable_session());
  if (move.wish.space.empty()) move.wish.space = move.head.space();
  move.classes.clear();
  move.planned.clear();
  absl::Status missing;
  for (const std::string& id : move.wish.classes) {
    auto booking = domain::FindBooking(**session, id);
    if (!booking.ok()) missing = booking.status();
    if (!booking.ok() || *booking == nullptr) continue;
    if (!(*booking)->claims().empty()) move.planned.push_back({id, "", **booking});
    if (!domain::HoldsClassTime(move.head, **booking)) continue;
    move.classes.push_back(
        {id, context.keys.MakeId(move.target.partition, move.key, absl::StrCat("class/", id)), **booking});
  }
  // As tries go: by school.
  std::sort(move.classes.begin(), move.classes.end(), [](const MovingClass& a, const MovingClass& b) {
    return std::tie(a.booking.school(), a.id) < std::tie(b.booking.school(), b.id);
  });
  return missing;
}

reservation::v1::Demand ClassDemand(const Moving& move, const MovingClass& one) {
  reservation::v1::Demand demand = domain::SchoolDemand(
      Moved(move), one.booking.school(), one.booking.school_class(), one.booking.party().pupils());
  demand.set_in_place_of(one.booking.reservation());
  return demand;
}

reservation::v1::Demand HallDemand(const Moving& move) {
  reservation::v1::Demand demand;
  demand.set_thing(move.wish.space);
  demand.set_kind(reservation::v1::HALL);
  calendar::SetMicros(move.wish.start_us, demand.mutable_start_time());
  calendar::SetMicros(move.wish.end_us, demand.mutable_end_time());
  demand.set_amount(1);
  demand.set_place(move.head.place());
  demand.set_purpose(move.target.name);
  if (!move.head.space().empty()) demand.set_in_place_of(move.head.hall_reservation());
  return demand;
}

// What the call moves: those who are not let go.
void Choose(Moving& move) {
  move.wish.moved.clear();
  if (!OtherTime(move)) return move.classes.clear();
  std::erase_if(move.classes, [&](const MovingClass& one) { return move.wish.cancelled.contains(one.id); });
  for (const MovingClass& one : move.classes) move.wish.moved[one.id] = one.reservation;
}

absl::Status Decide(store::View& view, const Moving& move, const domain::Rules& rules, absl::Time now) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, move.target);
  if (!session.ok()) return session.status();
  return EmitAll(view, move.target.key, domain::DecideReschedule(**session, move.wish, rules, now));
}

absl::Status Encode(store::View& view, Moving& move) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, move.target);
  if (!session.ok()) return session.status();
  move.head = (*session)->head();
  move.answer.Clear();
  move.answer.set_classes(static_cast<int32_t>(move.wish.moved.size()));
  ToResource(move.head, move.answer.mutable_session());
  return absl::OkStatus();
}

void Finish(Moving& move, const absl::StatusOr<reservation::Standing>& standing) {
  absl::Status status = standing.ok() ? reservation::StatusOf(standing->record) : standing.status();
  const RescheduleRequest& request = move.call.request();
  const bool same = calendar::MicrosOf(request.start_time()) == move.head.start_us() &&
                    calendar::MicrosOf(request.end_time()) == move.head.end_us();
  const bool latest = move.head.rescheduled().reservation() == move.wish.hall_reservation;
  if (status.ok() && standing->replayed && latest && !same)
    status = refusal::Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  if (!status.ok()) return move.call.Fail(status);
  move.call.Answer(move.answer, {standing->position, standing->replayed});
}

// Everything is claimed under one plan: the hall under the reservation of the call, each class under its own,
// so that a booking can be cancelled by itself afterwards.
void Claim(const Context& context, const MovingPtr& move) {
  reservation::Desk::Pivot pivot;
  pivot.place = PlaceOf(*move);
  pivot.reservation = move->wish.hall_reservation;
  pivot.actor = move->call.principal().name;
  pivot.look = move->look;
  pivot.begun = move->begun;
  pivot.decide = [&context, move](store::View& view, absl::Time now) {
    return Decide(view, *move, context.rules, now);
  };
  pivot.encode = [move](store::View& view) { return Encode(view, *move); };
  reservation::Plan plan;
  plan.reservation = pivot.reservation;
  plan.pivot_service = kSelf;
  plan.pivot = move->target.name;
  plan.pivot_kind = reservation::v1::SESSION;
  plan.repeat = move->call.context().repeat;
  plan.resolve_only = move->call.context().resolve_only;
  plan.begun = move->begun;
  for (const MovingClass& one : move->classes)
    plan.steps.push_back({{{ClassDemand(*move, one), kSelf, &context.desk}}, one.reservation});
  reservation::Participant* halls = context.venue.halls();
  if (!move->wish.space.empty()) {
    if (halls == nullptr)
      return move->call.Fail(refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN",
                                               absl::Seconds(2), {{"service", "venue"}}));
    plan.steps.push_back({{{HallDemand(*move), "venue", halls}}});
  }
  reservation::Drive(
      {context.executor, context.random}, std::move(plan),
      reservation::MakePivotPort(context.desk, context.settler, std::move(pivot)),
      [move](const absl::StatusOr<reservation::Standing>& standing) { Finish(*move, standing); });
}

// Nothing is claimed of anybody: only people on their own, and no hall.
void MovePlainly(const Context& context, const MovingPtr& move) {
  move->wish.hall_reservation.clear();
  const std::string etag = move->call.request().etag();
  handler::Change(
      context.engine, move->target.partition, store::Lane::kRest, move->key, {move->target.key},
      std::move(move->call),
      [&context, target = move->target, wish = move->wish, etag](store::View& view,
                                                                 absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        const std::string current = absl::StrCat(absl::Hex((*session)->head().revision()));
        if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
        return EmitAll(view, target.key, domain::DecideReschedule(**session, wish, context.rules, now));
      },
      [target = move->target](store::View& view, RescheduleAnswer* answer) {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (session.ok()) ToResource((*session)->head(), answer->mutable_session());
        return session.status();
      });
}

void Preview(const Context& context, const MovingPtr& move) {
  ToResource(Moved(*move), (move->answer.Clear(), move->answer.mutable_session()));
  move->answer.set_classes(static_cast<int32_t>(move->classes.size()));
  *move->answer.mutable_stuck() = {move->stuck.begin(), move->stuck.end()};
  if (move->wish.space.empty()) return move->call.Answer(move->answer);
  context.venue.FindClashes(move->wish.space, absl::FromUnixMicros(move->wish.start_us),
                            absl::FromUnixMicros(move->wish.end_us), move->call.deadline(),
                            [move](const absl::StatusOr<std::vector<venue::v1::Allocation>>& clashes) {
                              if (!clashes.ok()) return move->call.Fail(clashes.status());
                              for (const venue::v1::Allocation& clash : *clashes)
                                if (clash.holder() != move->target.name)
                                  move->answer.add_clashes(clash.name());
                              move->call.Answer(move->answer);
                            });
}

void GoOn(const Context& context, const MovingPtr& move) {
  if (move->call.request().validate_only()) return Preview(context, move);
  std::vector<std::string> stuck;
  for (const RescheduleAnswer::Stuck& one : move->stuck) {
    const std::string id = one.booking().substr(one.booking().rfind('/') + 1);
    if (one.reason() == kPlanned || !move->wish.cancelled.contains(id)) stuck.push_back(one.booking());
  }
  if (!stuck.empty()) {
    return move->call.Fail(refusal::Refuse(
        refusal::kNo, "CLASSES_STUCK",
        {{"session", move->target.name}, {"bookings", absl::StrJoin(stuck, ", ").substr(0, 500)}}));
  }
  Choose(*move);
  if (move->classes.empty() && move->wish.space.empty()) return MovePlainly(context, move);
  Claim(context, move);
}

void AddStuck(const MovingPtr& move, const MovingClass& one, absl::string_view reason, std::string with) {
  RescheduleAnswer::Stuck& stuck = move->stuck.emplace_back();
  stuck.set_booking(domain::BookingName(move->head, one.id));
  stuck.set_school(one.booking.school());
  stuck.set_school_class(one.booking.school_class());
  stuck.set_reason(std::string(reason));
  stuck.set_with(std::move(with));
}

// Asks the calendar of each class in turn whether it could come.
void AskClasses(const Context& context, const MovingPtr& move, size_t next) {
  const bool decided = reservation::IsDecided(&move->look.record);
  if (next == 0 && !decided && OtherTime(*move)) {
    for (const MovingClass& one : move->planned) AddStuck(move, one, kPlanned, one.booking.visit_day());
  }
  if (decided || !OtherTime(*move) || next >= move->classes.size()) return GoOn(context, move);
  const MovingClass& one = move->classes[next];
  const std::string id = one.booking.school().substr(one.booking.school().find('/') + 1);
  const std::string key = SchoolKey(id);
  auto room = std::make_shared<absl::Status>();
  context.engine.Read(
      names::PartitionOf(id), {key},
      [&context, key, room, demand = ClassDemand(*move, one)](store::View& view) -> absl::Status {
        *room = domain::CheckSchoolRoom(dynamic_cast<const domain::School&>(view.Get(key)), demand,
                                        context.school_rules);
        return absl::IsUnavailable(*room) ? *room : absl::OkStatus();
      },
      [&context, move, next, room](const absl::Status& status) {
        if (!status.ok()) return move->call.Fail(status);
        if (!room->ok()) {
          AddStuck(move, move->classes[next], refusal::ReasonOf(*room), refusal::ParamOf(*room, "with"));
        }
        AskClasses(context, move, next + 1);
      });
}

absl::Status CheckWish(const Moving& move, absl::Time now) {
  const std::string current = absl::StrCat(absl::Hex(move.head.revision()));
  if (absl::Status status = CheckEtag(move.call.request().etag(), current, move.target.name); !status.ok())
    return status;
  if (!move.wish.space.empty() &&
      !absl::StartsWith(move.wish.space, absl::StrCat(move.head.place(), "/spaces/")))
    return refusal::BadField("space", "must be a space of the session's place");
  if (move.classes.size() > domain::kMaxClassesMoved) {
    return refusal::Refuse(refusal::kNo, "TOO_MANY_CLASSES",
                           {{"session", move.target.name},
                            {"classes", absl::StrCat(move.classes.size())},
                            {"most", absl::StrCat(domain::kMaxClassesMoved)}});
  }
  return domain::CheckReschedule(move.head, move.wish, now);
}

void Looked(const Context& context, const MovingPtr& move) {
  // An earlier copy of the call has decided: nothing that anybody says changes that.
  const bool plain = move->classes.empty() && move->wish.space.empty();
  if (reservation::IsDecided(&move->look.record)) return Claim(context, move);
  if (move->call.context().resolve_only) return plain ? MovePlainly(context, move) : Claim(context, move);
  if (absl::Status status = CheckWish(*move, context.clock.Now()); !status.ok()) {
    // Without claims the engine knows what became of an earlier copy.
    if (plain && !move->call.request().validate_only()) return MovePlainly(context, move);
    return move->call.Fail(status);
  }
  if (!absl::StartsWith(move->head.place(), "venues/")) return AskClasses(context, move, 0);
  context.venue.CheckOpen(move->head.place(), absl::FromUnixMicros(move->wish.start_us),
                          absl::FromUnixMicros(move->wish.end_us), move->call.deadline(),
                          [&context, move](const absl::Status& open) {
                            if (!open.ok()) return move->call.Fail(open);
                            AskClasses(context, move, 0);
                          });
}

void Begin(const Context& context, const MovingPtr& move) {
  const RescheduleRequest& request = move->call.request();
  absl::StatusOr<std::set<std::string>> let_go = LetGo(request, move->target);
  if (!let_go.ok()) return move->call.Fail(let_go.status());
  domain::Rescheduling& wish = move->wish;
  wish.cancelled = *std::move(let_go);
  wish.start_us = calendar::MicrosOf(request.start_time());
  wish.end_us = calendar::MicrosOf(request.end_time());
  wish.space = request.space();
  wish.reason = request.reason();
  wish.by = move->call.principal().name;
  wish.hall_reservation = context.keys.MakeId(move->target.partition, move->key, "reschedule");
  uint32_t number = 0;
  if (context.read_model.FindSession(move->target.session, &number) != nullptr) {
    SessionTally::Counts counts = context.read_model.tally().Of(number);
    wish.known = counts.total;
    wish.classes = std::move(counts.classes);
  }
  move->begun = context.clock.Now();
  context.engine.Read(
      move->target.partition, {move->target.key},
      [&context, move](store::View& view) { return Read(context, view, *move); },
      [&context, move](const absl::Status& status) {
        if (!status.ok()) return move->call.Fail(status);
        Looked(context, move);
      });
}

void Reschedule(const Context& context, RescheduleCall call) {
  WhenVisible(context, std::move(call), [&context](RescheduleCall visible) {
    absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, visible.request().name());
    if (!target.ok()) return visible.Fail(target.status());
    auto move = std::make_shared<Moving>(std::move(visible));
    move->target = *std::move(target);
    move->key = handler::KeyOf(context.keys, move->call);
    context.executor.Post([&context, move] { Begin(context, move); });
  });
}

}  // namespace

void AddReschedulingHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kScheduleService, "RescheduleSession", Reschedule);
}

}  // namespace kepu::event
