#include "services/event/domain/door.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "kepu/event/v1/door.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "services/event/api/entry_code.h"
#include "services/event/api/handlers.h"
#include "services/event/api/loading.h"
#include "services/event/api/occupancy.h"
#include "services/event/api/register.h"
#include "services/event/domain/places.h"
#include "services/event/store/resources.h"

namespace kepu::event {
namespace {

absl::Status NoSuchCode(const Target& target) {
  return refusal::Refuse(absl::StatusCode::kNotFound, "NO_SUCH_CODE", {{"session", target.name}});
}

// The session for staff of its place; for everybody else it is not there.
absl::StatusOr<domain::Session*> OpenDoor(store::View& view, const Target& target,
                                          const rpc::Principal& caller) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, target);
  if (session.ok() && !IsStaff(caller, (*session)->head())) return refusal::NotFound(target.name);
  return session;
}

// One booking of the session `call` names, at the door: `decide(session, id, by, now)`. `code` names the
// booking; without one it is that which the call makes.
template <class Request, class Decide>
void AtDoor(const Context& context, rpc::TypedCall<Request, v1::Booking> call,
            const std::optional<std::string>& code, Decide decide) {
  absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  store::RequestKey key = handler::KeyOf(context.keys, call);
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  std::optional<std::string> id = code ? BookingOfCode(context.keys, target->session, *code)
                                       : context.keys.MakeId(target->partition, key);
  Target booking = *target;
  booking.id = id.value_or("");
  const std::string rules_key = RulesKeyOf(context, target->session);
  handler::Change(
      context.engine, target->partition, store::Lane::kCheckIn, std::move(key),
      WithRules({target->key}, rules_key), std::move(call),
      [target = *target, id, caller, decide, rules_key](store::View& view, absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenDoor(view, target, *caller);
        if (!session.ok()) return session.status();
        if (!id) return NoSuchCode(target);
        return EmitOfDay(
            view, target.key, rules_key, **session,
            [&](const domain::Session& one) { return decide(one, *id, caller->name, now); }, now);
      },
      [&context, booking](store::View& view, v1::Booking* answer) {
        absl::Status status = EncodeBooking(view, booking, answer);
        const auto& session = dynamic_cast<const domain::Session&>(view.Get(booking.key));
        if (status.ok()) WarnIfCrowded(context, session.head(), answer);
        return status;
      });
}

void CheckIn(const Context& context, rpc::TypedCall<v1::CheckInRequest, v1::Booking> call) {
  const v1::CheckInRequest request = call.request();
  AtDoor(context, std::move(call), request.code(),
         [request, rules = context.rules](const domain::Session& session, const std::string& id,
                                          const std::string& by, absl::Time now) {
           domain::Arrival arrival;
           arrival.id = id;
           if (request.has_party()) arrival.party = request.party();
           arrival.by = by;
           arrival.override_reason = request.override_reason();
           arrival.at = now;
           return request.later() ? domain::DecideLateArrival(session, arrival, rules, now)
                                  : domain::DecideArrival(session, arrival, rules, now);
         });
}

void CheckOut(const Context& context, rpc::TypedCall<v1::CheckOutRequest, v1::Booking> call) {
  const v1::CheckOutRequest request = call.request();
  AtDoor(context, std::move(call), request.code(),
         [heads = request.heads()](const domain::Session& session, const std::string& id, const std::string&,
                                   absl::Time now) {
           return domain::DecideDeparture(session, id, heads, now, now);
         });
}

domain::PartyCommand WalkIn(std::string id, v1::Booking::Kind kind, const v1::Party& party,
                            const std::string& by) {
  domain::PartyCommand command;
  command.id = std::move(id);
  command.kind = kind == v1::Booking::KIND_UNSPECIFIED ? v1::Booking::FAMILY : kind;
  command.party = party;
  command.booker = by;
  command.by_staff = true;
  return command;
}

// Who is booked comes in; who walks in does while the place has room for all who are inside and booked.
absl::Status CheckRoomInside(const Context& context,
                             const rpc::TypedCall<v1::AdmitRequest, v1::Booking>& call) {
  if (call.context().repeat) return absl::OkStatus();
  const absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, call.request().name());
  if (!target.ok()) return target.status();
  const auto session = context.read_model.places().TimesOf(target->session);
  if (!session) return absl::OkStatus();
  return RoomInside(context, session->place, context.clock.Now(), session->until,
                    domain::Heads(call.request().party()));
}

void Admit(const Context& context, rpc::TypedCall<v1::AdmitRequest, v1::Booking> call) {
  const v1::AdmitRequest request = call.request();
  if (request.kind() == v1::Booking::SCHOOL || !v1::Booking::Kind_IsValid(request.kind()))
    return call.Fail(refusal::BadField("kind", "must be PERSON, FAMILY or GROUP; schools book"));
  if (absl::Status status = CheckRoomInside(context, call); !status.ok()) return call.Fail(status);
  AtDoor(context, std::move(call), std::nullopt,
         [request, rules = context.rules](const domain::Session& session, const std::string& id,
                                          const std::string& by, absl::Time now) {
           return domain::DecideWalkIn(session, WalkIn(id, request.kind(), request.party(), by), now, rules,
                                       now);
         });
}

void GetEntryCode(const Context& context, rpc::TypedCall<v1::GetEntryCodeRequest, v1::EntryCode> call) {
  const std::string name = call.request().name();
  absl::string_view booking = name;
  if (!absl::ConsumeSuffix(&booking, "/entryCode"))
    return call.Fail(refusal::BadField("name", "must end with /entryCode"));
  absl::StatusOr<Target> target = ParseTarget("name", kBookingPattern, booking);
  if (!target.ok())
    return call.Fail(absl::IsNotFound(target.status()) ? refusal::NotFound(name) : target.status());
  target->name = name;
  auto shared = std::make_shared<rpc::TypedCall<v1::GetEntryCodeRequest, v1::EntryCode>>(std::move(call));
  context.engine.Read(
      target->partition, {target->key},
      [target = *target, shared](store::View& view) -> absl::Status {
        auto opened = OpenBooking(view, target, shared->principal(), "", false);
        if (!opened.ok()) return opened.status();
        const v1::Booking::State state = domain::ShownState(opened->session->head(), *opened->booking);
        if (state == v1::Booking::CONFIRMED || state == v1::Booking::CHECKED_IN) return absl::OkStatus();
        return domain::WrongState(opened->session->head(), target.id, state);
      },
      [&context, target = *target, shared, name](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        v1::EntryCode code;
        code.set_name(name);
        code.set_code(EntryCodeOf(context.keys, target.session, target.id));
        shared->Answer(code);
      });
}

// The rows of the session for staff of its place. On the executor.
absl::StatusOr<uint32_t> RowsFor(const Context& context, const std::string& name,
                                 const rpc::Principal& caller) {
  absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, name);
  if (!target.ok()) return target.status();
  uint32_t number = 0;
  const domain::record::SessionHead* head = context.read_model.FindSession(target->session, &number);
  if (head == nullptr || head->event() != target->event || !IsStaff(caller, *head))
    return refusal::NotFound(name);
  return number;
}

void AddEntry(const Context& context, const domain::Session& session, const std::string& id,
              v1::ListDoorResponse* response) {
  const auto found = domain::FindBooking(session, id);
  if (!found.ok() || *found == nullptr) return;
  v1::Booking booking;
  ToResource(session.head(), id, **found, &booking);
  if (booking.state() != v1::Booking::CONFIRMED && booking.state() != v1::Booking::CHECKED_IN) return;
  v1::DoorEntry* entry = response->add_entries();
  entry->set_code(EntryCodeOf(context.keys, session.head().id(), id));
  entry->set_booking(booking.name());
  entry->set_kind(booking.kind());
  entry->set_state(booking.state());
  *entry->mutable_party() = booking.party();
  if (booking.has_needs()) *entry->mutable_needs() = booking.needs();
  entry->set_school(booking.school());
  entry->set_school_class(booking.school_class());
  if (booking.has_check_in_time()) *entry->mutable_check_in_time() = booking.check_in_time();
}

using ListCall = rpc::TypedCall<v1::ListDoorRequest, v1::ListDoorResponse>;

void PageOfDoor(const Context& context, const std::shared_ptr<ListCall>& call) {
  const v1::ListDoorRequest& request = call->request();
  auto number = RowsFor(context, request.name(), call->principal());
  if (!number.ok()) return call->Fail(number.status());
  const std::string filter = paging::FilterDigest({"ListDoor", request.name()});
  absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call->Fail(size.status());
  absl::StatusOr<std::string> after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call->Fail(after.status());
  size_t from = 0;
  if (!after->empty() && !absl::SimpleAtoi(*after, &from))
    return call->Fail(refusal::BadField("page_token", "is not one that was answered"));
  std::vector<Wanted> wanted;
  std::vector<std::string> ids = context.read_model.bookings().OfSession(*number, from, *size + 1);
  for (size_t i = 0; i < ids.size() && i < *size; ++i) wanted.push_back({*number, ids[i]});
  v1::ListDoorResponse empty;
  if (ids.size() > *size) empty.set_next_page_token(context.pager.Encode(filter, absl::StrCat(from + *size)));
  calendar::SetMicros(
      absl::ToUnixMicros(domain::DoorOpens(context.read_model.SessionAt(*number), context.rules)),
      empty.mutable_open_time());
  LoadAll(context.store, context.read_model, wanted, &domain::BookingField,
          [&context, call, wanted, empty](absl::StatusOr<Sessions> sessions) {
            if (!sessions.ok()) return call->Fail(sessions.status());
            v1::ListDoorResponse response = empty;
            for (const Wanted& one : wanted) AddEntry(context, (*sessions)[one.session], one.id, &response);
            call->Answer(response);
          });
}

void ListDoor(const Context& context, ListCall call) {
  WhenVisible(context, std::move(call), [&context](ListCall visible) {
    auto shared = std::make_shared<ListCall>(std::move(visible));
    context.executor.Post([&context, shared] { PageOfDoor(context, shared); });
  });
}

}  // namespace

void AddDoorHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kDoorService, "GetEntryCode", GetEntryCode);
  Handle(service, context, kDoorService, "CheckIn", CheckIn);
  Handle(service, context, kDoorService, "CheckOut", CheckOut);
  Handle(service, context, kDoorService, "Admit", Admit);
  Handle(service, context, kDoorService, "ListDoor", ListDoor);
}

}  // namespace kepu::event
