// What becomes of bookings that stand: another party, another session, and what is said and judged of who did
// not come.
#include "services/event/domain/booking_changes.h"

#include "absl/strings/str_cat.h"
#include "libs/handler/merge.h"
#include "services/event/api/handlers.h"
#include "services/event/api/school_flow.h"
#include "services/event/api/turn.h"
#include "services/event/store/resources.h"

namespace kepu::event {
namespace {

using MoveCall = rpc::TypedCall<v1::MoveBookingRequest, v1::Booking>;

// Takes the places at `to` and gives those at `from` back, in one commit. `party` is what moves.
absl::Status Move(store::View& view, const Target& from, const Target& to, const std::string& rules_key,
                  bool by_staff, const domain::PartyCommand& party, const domain::Rules& rules,
                  absl::Time now) {
  absl::StatusOr<domain::Session*> there = OpenSession(view, to);
  if (!there.ok()) return there.status();
  absl::StatusOr<domain::Session*> here = OpenSession(view, from);
  if (!here.ok()) return here.status();
  auto credit = CreditOfMove(**here, from.id, (*there)->head());
  if (!credit.ok()) return credit.status();
  OfDay day(view, rules_key);
  auto made = day.Decide(
      **there, [&](const domain::Session& one) { return domain::DecideBook(one, party, rules, now); }, now,
      *credit);
  if (!made.ok()) return made.status();
  const std::string became = domain::BookingName((*there)->head(), party.id);
  auto left = day.Decide(
      **here,
      [&](const domain::Session& one) {
        return domain::DecideCancel(one, from.id, by_staff, rules, now, became);
      },
      now);
  if (!left.ok()) return left.status();
  if (absl::Status status = EmitAll(view, to.key, made); !status.ok()) return status;
  if (absl::Status status = EmitAll(view, from.key, left); !status.ok()) return status;
  return day.EmitPlace(now);
}

}  // namespace

void Handlers::UpdateBooking(Call<v1::UpdateBookingRequest, v1::Booking> call) {
  const v1::Booking update = call.request().booking();
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  ChangeBooking(std::move(call), {.field = "booking.name", .name = update.name(), .etag = update.etag()},
                [update, paths, rules = deps_.rules](const domain::Session& session, const std::string& id,
                                                     bool staff, absl::Time now) {
                  v1::Booking base;
                  const auto booking = domain::FindBooking(session, id);
                  if (booking.ok()) ToResource(session.head(), id, **booking, &base);
                  const v1::Booking wanted = handler::Merged(base, update, paths);
                  domain::BookingChange change;
                  change.party = wanted.party();
                  change.needs = wanted.needs();
                  change.by_staff = staff;
                  return domain::DecideChangeBooking(session, id, change, rules, now);
                });
}

void Handlers::AppealBooking(Call<v1::AppealBookingRequest, v1::Booking> call) {
  const v1::AppealBookingRequest request = call.request();
  ChangeBooking(std::move(call), {.name = request.name()},
                [excuse = request.excuse(), rules = deps_.rules](
                    const domain::Session& session, const std::string& id, bool, absl::Time now) {
                  return domain::DecideAppeal(session, id, excuse, rules, now);
                });
}

void Handlers::JudgeBooking(Call<v1::JudgeBookingRequest, v1::Booking> call) {
  const v1::JudgeBookingRequest request = call.request();
  ChangeBooking(std::move(call), {.name = request.name(), .staff_only = true},
                [request, by = call.principal().name](const domain::Session& session, const std::string& id,
                                                      bool, absl::Time now) {
                  return domain::DecideJudge(session, id, request.waive(), request.excuse(), by, now);
                });
}

void Handlers::MoveBooking(Call<v1::MoveBookingRequest, v1::Booking> call) {
  absl::StatusOr<Target> from = ParseTarget("name", kBookingPattern, call.request().name());
  if (!from.ok()) return call.Fail(from.status());
  absl::StatusOr<Target> to = ParseTarget("session", kSessionPattern, call.request().session());
  if (!to.ok()) return call.Fail(to.status());
  if (to->session == from->session)
    return call.Fail(refusal::BadField("session", "must be another session than the booking's"));
  // Everything of a place is one partition; two sessions of one partition may still be of two places.
  if (to->partition != from->partition)
    return call.Fail(refusal::Refuse(refusal::kNo, "OTHER_PLACE", {{"session", to->name}}));
  to->id = deps_.keys.MakeId(to->partition, handler::KeyOf(deps_.keys, call));
  // Only who has a role can act for a school.
  if (call.principal().grants.empty()) return MovePlainly(std::move(call), *from, *to);
  MoveForSchool(std::move(call), *from, *to);
}

void Handlers::MovePlainly(MoveCall call, const Target& from, const Target& to) {
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  const std::string etag = call.request().etag();
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  const std::string rules_key = RulesKeyOfMove(deps_, from.session, to.session);
  handler::Change(
      deps_.engine, from.partition, store::Lane::kBooking, std::move(key),
      WithRules({from.key, to.key}, rules_key), std::move(call),
      [this, from, to, caller, etag, rules_key](store::View& view, absl::Time now) -> absl::Status {
        auto opened = OpenBooking(view, from, *caller, etag, false);
        if (!opened.ok()) return opened.status();
        auto party = domain::PartyToMove(*opened->session, from.id, to.id, opened->staff);
        if (!party.ok()) return party.status();
        absl::StatusOr<domain::Session*> there = OpenSession(view, to);
        if (!there.ok()) return there.status();
        if (absl::Status status = CheckRush(deps_, *caller, *party, (*there)->head(), false, now);
            !status.ok())
          return status;
        return Move(view, from, to, rules_key, opened->staff, *party, deps_.rules, now);
      },
      [to](store::View& view, v1::Booking* answer) { return EncodeBooking(view, to, answer); });
}

// The class's time at the new session is claimed before the booking moves there.
void Handlers::MoveForSchool(MoveCall call, const Target& from, const Target& to) {
  struct Found {
    domain::PartyCommand party;
    bool staff = false;
    bool moved = false;  // by an earlier copy of this call
  };
  auto found = std::make_shared<Found>();
  auto shared = std::make_shared<MoveCall>(std::move(call));
  deps_.engine.Read(
      from.partition, {from.key},
      [from, to, shared, found](store::View& view) -> absl::Status {
        auto opened = OpenBooking(view, from, shared->principal(), "", false);
        if (!opened.ok()) return opened.status();
        found->staff = opened->staff;
        found->moved = opened->booking->moved_to() == absl::StrCat(to.name, "/bookings/", to.id);
        if (opened->booking->school().empty() || found->moved) return absl::OkStatus();
        opened = OpenBooking(view, from, shared->principal(), shared->request().etag(), false);
        if (!opened.ok()) return opened.status();
        auto party = domain::PartyToMove(*opened->session, from.id, to.id, opened->staff);
        if (party.ok()) found->party = *std::move(party);
        return party.status();
      },
      [this, from, to, shared, found](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        if (!found->party.school.empty())
          return ReserveMove(std::move(*shared), from, to, found->party, found->staff);
        if (!found->moved) return MovePlainly(std::move(*shared), from, to);
        ReadConfirmed(to, std::move(*shared), [to](store::View& view, v1::Booking* answer) {
          return EncodeBooking(view, to, answer);
        });
      });
}

}  // namespace kepu::event
