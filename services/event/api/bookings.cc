#include "services/event/domain/bookings.h"

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/handlers.h"
#include "services/event/api/occupancy.h"
#include "services/event/api/of_day.h"
#include "services/event/api/turn.h"
#include "services/event/domain/door.h"
#include "services/event/domain/places.h"
#include "services/event/store/resources.h"

namespace kepu::event {

absl::Status EncodeBooking(store::View& view, const Target& target, v1::Booking* booking) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, target);
  if (!session.ok()) return session.status();
  absl::StatusOr<const domain::record::BookingRecord*> found = domain::FindBooking(**session, target.id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound(target.name);
  ToResource((*session)->head(), target.id, **found, booking);
  return absl::OkStatus();
}

namespace {

// Staff book for an account that they name, or at the door for people they need not know.
absl::Status BookOnBehalf(const std::string& booked_for, bool named, domain::PartyCommand* command) {
  if (!command->by_staff) {
    if (booked_for.empty()) return absl::OkStatus();
    return refusal::BadField("booking.booked_for", "is for staff of the place; others book for themselves");
  }
  if (!named) command->person.clear();
  if (booked_for.empty()) return absl::OkStatus();
  if (auto ids = names::Parse("booking.booked_for", "users/*", booked_for); !ids.ok()) return ids.status();
  command->made_by = command->booker;
  command->booker = booked_for;
  return absl::OkStatus();
}

// A place that will be full turns away who would still book for the next hours; its staff know better.
template <class Request>
absl::Status CheckCrowd(const Context& context, const rpc::TypedCall<Request, v1::Booking>& call,
                        const Target& target, const v1::Party& party) {
  // An earlier copy of the call may have booked.
  if (call.context().repeat) return absl::OkStatus();
  const auto session = context.read_model.places().TimesOf(target.session);
  if (!session || IsStaff(call.principal(), session->place, "")) return absl::OkStatus();
  return RoomInside(context, session->place, session->start, session->until, domain::Heads(party));
}

}  // namespace

domain::PartyCommand Handlers::PartyOf(v1::Booking::Kind kind, const v1::Party& party,
                                       const std::string& identity, const rpc::Principal& caller,
                                       std::string id) const {
  domain::PartyCommand command;
  command.id = std::move(id);
  command.kind = kind;
  command.party = party;
  command.booker = caller.name;
  command.person =
      identity.empty() ? deps_.keys.Digest("account", caller.name) : deps_.keys.Digest("person", identity);
  return command;
}

template <class Request>
void Handlers::MakeBooking(Call<Request, v1::Booking> call, bool hold) {
  absl::StatusOr<Target> target = ParseTarget("parent", kSessionPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  const v1::Booking& booking = call.request().booking();
  if (!v1::Booking::Kind_IsValid(booking.kind())) {
    return call.Fail(refusal::BadField("booking.kind", "must be PERSON, FAMILY, GROUP or SCHOOL"));
  }
  if (absl::Status status = CheckCrowd(deps_, call, *target, booking.party()); !status.ok())
    return call.Fail(status);
  if (booking.kind() == v1::Booking::SCHOOL) return BookForSchool(std::move(call), *target, hold);
  if (!booking.school().empty())
    return call.Fail(refusal::BadField("booking.school", "goes with the kind SCHOOL only"));
  if (absl::Status status = CheckConduct(call.principal()); !status.ok()) return call.Fail(status);
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  Target made = *target;
  made.id = deps_.keys.MakeId(target->partition, key);
  const bool named = !booking.identity().empty();
  const std::string booked_for = booking.booked_for();
  domain::PartyCommand command =
      PartyOf(booking.kind(), booking.party(), booking.identity(), call.principal(), made.id);
  command.needs = booking.needs();
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  const std::string rules_key = RulesKeyOf(deps_, target->session);
  handler::Change(
      deps_.engine, target->partition, store::Lane::kBooking, std::move(key),
      WithRules({target->key}, rules_key), std::move(call),
      [this, target = *target, command = std::move(command), caller, named, booked_for, hold, rules_key](
          store::View& view, absl::Time now) mutable -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        command.by_staff = !caller->grants.empty() && IsStaff(*caller, (*session)->head());
        if (absl::Status status = BookOnBehalf(booked_for, named, &command); !status.ok()) return status;
        if (absl::Status status = CheckRush(deps_, *caller, command, (*session)->head(), hold, now);
            !status.ok())
          return status;
        return EmitOfDay(
            view, target.key, rules_key, **session,
            [&](const domain::Session& one) {
              return hold ? domain::DecideHold(one, command, deps_.rules, now)
                          : domain::DecideBook(one, command, deps_.rules, now);
            },
            now);
      },
      [made](store::View& view, v1::Booking* answer) { return EncodeBooking(view, made, answer); });
}

void Handlers::CreateBooking(Call<v1::CreateBookingRequest, v1::Booking> call) {
  MakeBooking(std::move(call), false);
}
void Handlers::HoldBooking(Call<v1::HoldBookingRequest, v1::Booking> call) {
  MakeBooking(std::move(call), true);
}

void Handlers::ConfirmBooking(Call<v1::ConfirmBookingRequest, v1::Booking> call) {
  // Only who has a role can act for a school, whose offers take more than a confirmation.
  if (call.principal().grants.empty()) return ConfirmPlainly(std::move(call));
  absl::StatusOr<Target> target = ParseTarget("name", kBookingPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  ConfirmForSchool(std::move(call), *target);
}

void Handlers::ConfirmPlainly(Call<v1::ConfirmBookingRequest, v1::Booking> call) {
  const v1::ConfirmBookingRequest request = call.request();
  ChangeBooking(std::move(call), {.name = request.name(), .etag = request.etag()},
                [rules = deps_.rules](const domain::Session& session, const std::string& id, bool staff,
                                      absl::Time now) {
                  return domain::DecideConfirm(session, id, staff, rules, now);
                });
}

void Handlers::CancelBooking(Call<v1::CancelBookingRequest, v1::Booking> call) {
  const v1::CancelBookingRequest request = call.request();
  ChangeBooking(
      std::move(call), {.name = request.name(), .etag = request.etag()},
      [rules = deps_.rules](const domain::Session& session, const std::string& id, bool staff,
                            absl::Time now) { return domain::DecideCancel(session, id, staff, rules, now); });
}

void Handlers::CheckInBooking(Call<v1::CheckInBookingRequest, v1::Booking> call) {
  const std::string name = call.request().name();
  ChangeBooking(std::move(call), {.name = name, .lane = store::Lane::kCheckIn, .staff_only = true},
                [by = call.principal().name, rules = deps_.rules](
                    const domain::Session& session, const std::string& id, bool, absl::Time now) {
                  domain::Arrival arrival;
                  arrival.id = id;
                  arrival.by = by;
                  arrival.at = now;
                  return domain::DecideArrival(session, arrival, rules, now);
                });
}

void Handlers::GetBooking(Call<v1::GetBookingRequest, v1::Booking> call) {
  absl::StatusOr<Target> target = ParseTarget("name", kBookingPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  ReadConfirmed(*target, std::move(call), [target = *target, caller](store::View& view, v1::Booking* answer) {
    if (absl::Status status = EncodeBooking(view, target, answer); !status.ok()) return status;
    return CheckOwner(*caller, dynamic_cast<domain::Session&>(view.Get(target.key)).head(), answer->booker(),
                      answer->school(), target);
  });
}

}  // namespace kepu::event
