// The waiting room of an opening: people come in, look where they stand, and leave. Looks are answered from
// memory on the threads of requests, so that twenty thousand who wait keep nobody from booking.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "kepu/event/v1/opening.pb.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/api/turn.h"
#include "services/event/domain/lottery.h"
#include "services/event/domain/opening.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using domain::record::OpeningHead;
using v1::OpeningEntry;

constexpr char kEntryPattern[] = "openings/*/entries/*";

// As it stands in the store; the place of who was drawn is the read model's.
absl::Status Encode(const Context& context, store::View& view, const std::string& key, const std::string& id,
                    OpeningEntry* answer) {
  const auto& opening = dynamic_cast<domain::Opening&>(view.Get(key));
  auto entry = domain::FindEntry(opening, id);
  if (!entry.ok()) return entry.status();
  if (*entry == nullptr) {
    // Who left before the draw was never there.
    answer->set_name(domain::OpeningEntryName(opening.head(), id));
    answer->set_state(OpeningEntry::LEFT);
    return absl::OkStatus();
  }
  const auto seen = context.read_model.openings().FindEntry(opening.head().id(), id);
  ToResource(opening.head(), id, **entry, seen ? seen->drawn_turn : std::nullopt, context.clock.Now(),
             answer);
  return absl::OkStatus();
}

using EnterCall = rpc::TypedCall<v1::EnterOpeningRequest, OpeningEntry>;

void Enter(const Context& context, EnterCall call) {
  const std::string name = call.request().parent(), school = call.request().school();
  auto ids = names::Parse("parent", "openings/*", name);
  if (!ids.ok()) return call.Fail(ids.status());
  if (!school.empty()) {
    if (auto parsed = names::Parse("school", "schools/*", school); !parsed.ok())
      return call.Fail(parsed.status());
    if (absl::Status status = CheckActsFor(call.principal(), school, false); !status.ok())
      return call.Fail(status);
  }
  const std::string opening_id = (*ids)[0], key = OpeningKey(opening_id);
  domain::EnterCommand command;
  command.user = call.principal().name;
  command.school = school;
  command.id = OpeningEntryId(context.keys, opening_id, command.user, school);
  command.secret = OpeningSecret(context.keys, opening_id);
  const std::string id = command.id;
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOf(opening_id), store::Lane::kBooking, std::move(request_key), {key},
      std::move(call),
      [&context, key, name, opening_id, command](store::View& view, absl::Time now) mutable -> absl::Status {
        const auto& opening = dynamic_cast<domain::Opening&>(view.Get(key));
        if (!opening.Exists()) return refusal::NotFound(name);
        const auto seen = context.read_model.openings().FindEntry(opening_id, command.id);
        command.drawn_turn = seen ? seen->drawn_turn : std::nullopt;
        return EmitAll(view, key, domain::DecideEnter(opening, command, now));
      },
      [&context, key, id](store::View& view, OpeningEntry* answer) {
        return Encode(context, view, key, id, answer);
      });
}

bool MaySee(const rpc::Principal& caller, const OpeningHead& head, absl::string_view user) {
  return caller.name == user || Tends(caller, head.terms().place());
}

using LeaveCall = rpc::TypedCall<v1::LeaveOpeningRequest, OpeningEntry>;

void Leave(const Context& context, LeaveCall call) {
  const std::string name = call.request().name();
  auto ids = names::Parse("name", kEntryPattern, name);
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string key = OpeningKey((*ids)[0]), id = (*ids)[1];
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOf((*ids)[0]), store::Lane::kBooking, std::move(request_key), {key},
      std::move(call),
      [key, id, name, caller](store::View& view, absl::Time now) -> absl::Status {
        const auto& opening = dynamic_cast<domain::Opening&>(view.Get(key));
        auto entry = domain::FindEntry(opening, id);
        if (!entry.ok()) return entry.status();
        if (*entry == nullptr || !MaySee(*caller, opening.head(), (*entry)->user()))
          return refusal::NotFound(name);
        return EmitAll(view, key, domain::DecideLeaveRoom(opening, id, now));
      },
      [&context, key, id](store::View& view, OpeningEntry* answer) {
        return Encode(context, view, key, id, answer);
      });
}

using GetEntryCall = rpc::TypedCall<v1::GetOpeningEntryRequest, OpeningEntry>;

void Get(const Context& context, GetEntryCall call) {
  WhenVisible(context, std::move(call), [&context](GetEntryCall ready) {
    const std::string& name = ready.request().name();
    auto ids = names::Parse("name", kEntryPattern, name);
    if (!ids.ok()) return ready.Fail(ids.status());
    const OpeningBook& book = context.read_model.openings();
    const auto head = book.Find((*ids)[0]);
    const auto entry = book.FindEntry((*ids)[0], (*ids)[1]);
    if (!head || !entry || !MaySee(ready.principal(), *head, entry->record.user()))
      return ready.Fail(refusal::NotFound(name));
    OpeningEntry answer;
    ToResource(*head, (*ids)[1], entry->record, entry->drawn_turn, context.clock.Now(), &answer);
    ready.Answer(answer);
  });
}

using LookCall = rpc::TypedCall<v1::LookAtOpeningRequest, v1::LookAtOpeningResponse>;

void Look(const Context& context, LookCall call) {
  WhenVisible(context, std::move(call), [&context](LookCall ready) {
    const std::string& name = ready.request().name();
    auto ids = names::Parse("name", "openings/*", name);
    if (!ids.ok()) return ready.Fail(ids.status());
    const OpeningBook& book = context.read_model.openings();
    const auto head = book.Find((*ids)[0]);
    if (!head) return ready.Fail(refusal::NotFound(name));
    const absl::Time now = context.clock.Now();
    v1::LookAtOpeningResponse response;
    ToResource(*head, now, response.mutable_opening());
    const rpc::Principal& caller = ready.principal();
    std::set<std::string> schools = {""};
    for (const rpc::Grant& grant : caller.grants)
      if (absl::StartsWith(grant.on, "schools/") && ActsFor(caller, grant.on)) schools.insert(grant.on);
    for (const std::string& school : schools) {
      const std::string id = OpeningEntryId(context.keys, (*ids)[0], caller.name, school);
      const auto entry = book.FindEntry((*ids)[0], id);
      if (entry) ToResource(*head, id, entry->record, entry->drawn_turn, now, response.add_entries());
    }
    ready.Answer(response);
  });
}

using PlacesCall = rpc::TypedCall<v1::ListOpeningPlacesRequest, v1::ListOpeningPlacesResponse>;

void Places(const Context& context, PlacesCall call) {
  WhenVisible(context, std::move(call), [&context](PlacesCall ready) {
    const v1::ListOpeningPlacesRequest& request = ready.request();
    auto ids = names::Parse("parent", "openings/*", request.parent());
    if (!ids.ok()) return ready.Fail(ids.status());
    const std::string filter = paging::FilterDigest({"ListOpeningPlaces", request.parent()});
    const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), filter);
    if (!after.ok()) return ready.Fail(after.status());
    const auto head = context.read_model.openings().Find((*ids)[0]);
    if (!head) return ready.Fail(refusal::NotFound(request.parent()));
    size_t from = 0;
    if (!after->empty() && !absl::SimpleAtoi(*after, &from)) from = head->present();
    const auto places = context.read_model.openings().Places((*ids)[0], from, *size);
    if (!places)
      return ready.Fail(refusal::Refuse(
          refusal::kNo, "NOT_DRAWN_YET",
          {{"opening", request.parent()}, {"opens", calendar::UtcText(head->terms().open_us())}}));
    v1::ListOpeningPlacesResponse response;
    for (const std::string& id : *places) {
      v1::OpeningPlace* place = response.add_places();
      place->set_entry_id(id);
      place->set_lot(domain::DrawOf(head->seed(), id));
      calendar::SetMicros(absl::ToUnixMicros(domain::TurnTime(*head, static_cast<int64_t>(from))),
                          place->mutable_turn_time());
      place->set_place(static_cast<int32_t>(++from));
    }
    if (from < head->present())
      response.set_next_page_token(context.pager.Encode(filter, absl::StrCat(from)));
    ready.Answer(response);
  });
}

}  // namespace

void AddOpeningEntryHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kOpeningService, "EnterOpening", &Enter);
  Handle(service, context, kOpeningService, "LeaveOpening", &Leave);
  Handle(service, context, kOpeningService, "GetOpeningEntry", &Get);
  Handle(service, context, kOpeningService, "LookAtOpening", &Look);
  Handle(service, context, kOpeningService, "ListOpeningPlaces", &Places);
}

}  // namespace kepu::event
