#include "services/event/domain/bookings.h"

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/handlers.h"
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
  if (booking.kind() == v1::Booking::SCHOOL) return BookForSchool(std::move(call), *target, hold);
  if (!booking.school().empty())
    return call.Fail(refusal::BadField("booking.school", "goes with the kind SCHOOL only"));
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  Target made = *target;
  made.id = deps_.keys.MakeId(target->partition, key);
  const bool named = !booking.identity().empty();
  domain::PartyCommand command =
      PartyOf(booking.kind(), booking.party(), booking.identity(), call.principal(), made.id);
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  handler::Change(
      deps_.engine, target->partition, store::Lane::kBooking, std::move(key), {target->key}, std::move(call),
      [target = *target, command = std::move(command), caller, named, hold, rules = deps_.rules](
          store::View& view, absl::Time now) mutable -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        command.by_staff = !caller->grants.empty() && IsStaff(*caller, (*session)->head());
        // Staff at the door book for people they need not know.
        if (command.by_staff && !named) command.person.clear();
        return EmitAll(view, target.key,
                       hold ? domain::DecideHold(**session, command, rules, now)
                            : domain::DecideBook(**session, command, rules, now));
      },
      [made](store::View& view, v1::Booking* answer) { return EncodeBooking(view, made, answer); });
}

void Handlers::CreateBooking(Call<v1::CreateBookingRequest, v1::Booking> call) {
  MakeBooking(std::move(call), false);
}
void Handlers::HoldBooking(Call<v1::HoldBookingRequest, v1::Booking> call) {
  MakeBooking(std::move(call), true);
}

template <class Request, class Decide>
void Handlers::ChangeBooking(Call<Request, v1::Booking> call, store::Lane lane, absl::string_view etag,
                             bool staff_only, Decide decide) {
  absl::StatusOr<Target> target = ParseTarget("name", kBookingPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  handler::Change(
      deps_.engine, target->partition, lane, std::move(key), {target->key}, std::move(call),
      [target = *target, caller, etag = std::string(etag), staff_only, decide](
          store::View& view, absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        absl::StatusOr<const domain::record::BookingRecord*> found =
            domain::FindBooking(**session, target.id);
        if (!found.ok()) return found.status();
        if (*found == nullptr) return refusal::NotFound(target.name);
        const domain::record::SessionHead& head = (*session)->head();
        const bool staff = IsStaff(*caller, head);
        if (absl::Status status = CheckOwner(*caller, head, (*found)->booker(), (*found)->school(), target);
            !status.ok()) {
          return status;
        }
        if (staff_only && !staff) {
          return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                                 {{"needed", "venue_staff, venue_admin, caravan_crew, city_admin"}});
        }
        const std::string current = etag.empty() ? "" : EtagOf(**found, domain::ShownState(head, **found));
        if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
        return EmitAll(view, target.key, decide(**session, target.id, staff, now));
      },
      [target = *target](store::View& view, v1::Booking* answer) {
        return EncodeBooking(view, target, answer);
      });
}

void Handlers::ConfirmBooking(Call<v1::ConfirmBookingRequest, v1::Booking> call) {
  // Only who has a role can act for a school, whose offers take more than a confirmation.
  if (call.principal().grants.empty()) return ConfirmPlainly(std::move(call));
  absl::StatusOr<Target> target = ParseTarget("name", kBookingPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  ConfirmForSchool(std::move(call), *target);
}

void Handlers::ConfirmPlainly(Call<v1::ConfirmBookingRequest, v1::Booking> call) {
  const std::string etag = call.request().etag();
  ChangeBooking(std::move(call), store::Lane::kBooking, etag, false,
                [](const domain::Session& session, const std::string& id, bool, absl::Time now) {
                  return domain::DecideConfirm(session, id, now);
                });
}

void Handlers::CancelBooking(Call<v1::CancelBookingRequest, v1::Booking> call) {
  const std::string etag = call.request().etag();
  ChangeBooking(
      std::move(call), store::Lane::kBooking, etag, false,
      [rules = deps_.rules](const domain::Session& session, const std::string& id, bool staff,
                            absl::Time now) { return domain::DecideCancel(session, id, staff, rules, now); });
}

void Handlers::CheckInBooking(Call<v1::CheckInBookingRequest, v1::Booking> call) {
  ChangeBooking(
      std::move(call), store::Lane::kCheckIn, "", true,
      [rules = deps_.rules](const domain::Session& session, const std::string& id, bool, absl::Time now) {
        return domain::DecideCheckIn(session, id, rules, now);
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
