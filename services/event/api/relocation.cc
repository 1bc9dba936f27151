// Where people of a session can go, and taking them there many at a time.
#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/event/api/handlers.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/booking_changes.h"
#include "services/event/store/resources.h"

namespace kepu::event {
namespace {

// Sessions looked at of the event and of the place, and those that are answered.
constexpr size_t kLookedAt = 500;
constexpr int kMostAlternatives = 20;
// Bookings of one commit: each touches up to five children of two sessions.
constexpr size_t kMovedTogether = 16;

bool CanTake(const v1::Session& session, int32_t heads, absl::Time now) {
  if (session.disrupted_by_size() > 0) return false;
  if (session.state() != v1::Session::SCHEDULED || calendar::FromProto(session.start_time()) <= now)
    return false;
  return std::all_of(session.pools().begin(), session.pools().end(), [&](const v1::Pool& pool) {
    return pool.unbounded() || pool.counts() == v1::Pool::WHEELCHAIRS || pool.free() >= heads;
  });
}

// Facts of a move of many, decided on copies of both sessions so that nothing is emitted before all is
// loaded.
struct Relocation {
  Target from, to;
  std::vector<std::string> ids;      // bookings that are looked at
  std::vector<std::string> new_ids;  // what they become
  std::map<std::string, std::string> stuck;
  std::string rules_key;
};

absl::Status MoveOne(const Relocation& relocation, size_t i, domain::Session& from, domain::Session& to,
                     OfDay& day, const domain::Rules& rules, absl::Time now, domain::Facts* left,
                     domain::Facts* made) {
  const std::string& id = relocation.ids[i];
  auto party = domain::PartyToMove(from, id, relocation.new_ids[i], true);
  if (!party.ok()) return party.status();
  if (!party->school.empty()) return refusal::Refuse(refusal::kNo, "MOVED_BY_ITSELF");
  const auto credit = CreditOfMove(from, id, to.head());
  if (!credit.ok()) return credit.status();
  // A day that was taken of for a move that comes to nothing is as it was.
  const OfDay before = day;
  auto taken = day.Decide(
      to, [&](const domain::Session& one) { return domain::DecideBook(one, *party, rules, now); }, now,
      *credit);
  if (!taken.ok()) return taken.status();
  const std::string became = domain::BookingName(to.head(), relocation.new_ids[i]);
  auto given = day.Decide(
      from,
      [&](const domain::Session& one) { return domain::DecideCancel(one, id, true, rules, now, became); },
      now);
  if (!given.ok()) day = before;
  if (!given.ok()) return given.status();
  for (const domain::record::Fact& fact : *taken)
    if (absl::Status status = domain::Apply(to, fact); !status.ok()) return status;
  for (const domain::record::Fact& fact : *given)
    if (absl::Status status = domain::Apply(from, fact); !status.ok()) return status;
  made->insert(made->end(), taken->begin(), taken->end());
  left->insert(left->end(), given->begin(), given->end());
  return absl::OkStatus();
}

// What a copy missed or took for absent, the session itself has to know.
void PassOn(domain::Session& copy, const domain::Session& session) {
  for (const std::string& field : copy.TakeMissing()) session.Find(field).status().IgnoreError();
  for (const std::string& field : copy.TakeAssumedAbsent()) (void)session.PresentOrAssumeAbsent(field);
}

absl::Status MoveAll(store::View& view, Relocation& relocation, const rpc::Principal& caller,
                     const domain::Rules& rules, absl::Time now) {
  absl::StatusOr<domain::Session*> from = OpenSession(view, relocation.from);
  if (!from.ok()) return from.status();
  if (!IsStaff(caller, (*from)->head())) return refusal::NotFound(relocation.from.name);
  absl::StatusOr<domain::Session*> to = OpenSession(view, relocation.to);
  if (!to.ok()) return to.status();
  if ((*to)->head().place() != (*from)->head().place())
    return refusal::Refuse(refusal::kNo, "OTHER_PLACE", {{"session", relocation.to.name}});
  if (absl::Status status = domain::CheckOpen((*to)->head(), now, false); !status.ok()) return status;
  domain::Session here = **from, there = **to;
  OfDay day(view, relocation.rules_key);
  domain::Facts left, made;
  relocation.stuck.clear();
  absl::Status missing;
  for (size_t i = 0; i < relocation.ids.size(); ++i) {
    const absl::Status status = MoveOne(relocation, i, here, there, day, rules, now, &left, &made);
    if (absl::IsUnavailable(status)) missing = status;
    if (!status.ok()) relocation.stuck[relocation.ids[i]] = refusal::ReasonOf(status);
  }
  PassOn(here, **from);
  PassOn(there, **to);
  if (!missing.ok()) return missing;
  if (absl::Status status = EmitAll(view, relocation.to.key, made); !status.ok()) return status;
  if (absl::Status status = EmitAll(view, relocation.from.key, left); !status.ok()) return status;
  return day.EmitPlace(now);
}

// From the sessions as they stand: a repeat is answered with what was moved, without why the rest was not.
absl::Status Encode(store::View& view, const Relocation& relocation, int32_t next,
                    v1::MoveBookingsResponse* answer) {
  absl::StatusOr<domain::Session*> from = OpenSession(view, relocation.from);
  if (!from.ok()) return from.status();
  absl::Status missing;
  for (size_t i = 0; i < relocation.ids.size(); ++i) {
    const std::string& id = relocation.ids[i];
    const auto booking = domain::FindBooking(**from, id);
    if (!booking.ok()) missing = booking.status();
    if (!booking.ok() || *booking == nullptr) continue;
    const std::string became = absl::StrCat(relocation.to.name, "/bookings/", relocation.new_ids[i]);
    if ((*booking)->moved_to() == became) {
      answer->add_moved(became);
      continue;
    }
    const v1::Booking::State state = domain::ShownState((*from)->head(), **booking);
    if (!domain::HasPlaces(state) && state != v1::Booking::CONFIRMED) continue;
    v1::MoveBookingsResponse::Stuck* stuck = answer->add_stuck();
    stuck->set_booking(domain::BookingName((*from)->head(), id));
    if (auto why = relocation.stuck.find(id); why != relocation.stuck.end()) stuck->set_reason(why->second);
  }
  answer->set_next(next);
  return missing;
}

}  // namespace

void Handlers::ListAlternatives(Call<v1::ListAlternativesRequest, v1::ListAlternativesResponse> call) {
  using Request = v1::ListAlternativesRequest;
  using Response = v1::ListAlternativesResponse;
  WhenVisible<Request, Response>(std::move(call), [this](auto visible) {
    const std::string& name = visible.request().name();
    absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, name);
    if (!target.ok()) return visible.Fail(target.status());
    v1::Session session;
    const auto bytes = deps_.read_model.sessions().Get(name);
    if (bytes == nullptr || !session.ParseFromString(*bytes)) return visible.Fail(refusal::NotFound(name));
    const int32_t heads = std::max(1, visible.request().heads());
    const std::string event = absl::StrCat("events/", target->event);
    std::map<std::string, v1::Session> found;
    for (const std::string& scope : {event, session.place()}) {
      v1::ListSessionsResponse page;
      if (scope.empty() ||
          !page.ParseFromString(deps_.read_model.sessions().List(scope, "", kLookedAt).bytes))
        continue;
      for (v1::Session& other : *page.mutable_sessions())
        if (other.name() != name && CanTake(other, heads, deps_.clock.Now()))
          found[other.name()] = std::move(other);
    }
    std::vector<v1::Session> order;
    for (auto& [key, other] : found) order.push_back(std::move(other));
    const auto rank = [&](const v1::Session& other) {
      const bool same = absl::StartsWith(other.name(), absl::StrCat(event, "/"));
      const int64_t apart = other.start_time().seconds() - session.start_time().seconds();
      return std::make_tuple(!same, std::max(apart, -apart), other.name());
    };
    std::sort(order.begin(), order.end(),
              [&](const v1::Session& a, const v1::Session& b) { return rank(a) < rank(b); });
    Response response;
    for (size_t i = 0; i < order.size() && response.sessions_size() < kMostAlternatives; ++i)
      *response.add_sessions() = std::move(order[i]);
    visible.Answer(response);
  });
}

void Handlers::MoveBookings(Call<v1::MoveBookingsRequest, v1::MoveBookingsResponse> call) {
  using Request = v1::MoveBookingsRequest;
  using Response = v1::MoveBookingsResponse;
  WhenVisible<Request, Response>(std::move(call), [this](auto visible) {
    OnExecutor<Request, Response>(std::move(visible), [this](auto here) {
      const Request& request = here.request();
      absl::StatusOr<Target> from = ParseTarget("name", kSessionPattern, request.name());
      if (!from.ok()) return here.Fail(from.status());
      absl::StatusOr<Target> to = ParseTarget("session", kSessionPattern, request.session());
      if (!to.ok()) return here.Fail(to.status());
      if (to->session == from->session)
        return here.Fail(refusal::BadField("session", "must be another session than that of the bookings"));
      if (to->partition != from->partition)
        return here.Fail(refusal::Refuse(refusal::kNo, "OTHER_PLACE", {{"session", to->name}}));
      auto relocation = std::make_shared<Relocation>();
      relocation->from = *from;
      relocation->to = *to;
      uint32_t number = 0;
      int32_t next = 0;
      if (deps_.read_model.FindSession(from->session, &number) != nullptr) {
        const auto begin = static_cast<size_t>(request.next());
        relocation->ids = deps_.read_model.bookings().OfSession(number, begin, kMovedTogether + 1);
        if (relocation->ids.size() > kMovedTogether) {
          relocation->ids.pop_back();
          next = static_cast<int32_t>(begin + kMovedTogether);
        }
      }
      const store::RequestKey key = handler::KeyOf(deps_.keys, here);
      relocation->rules_key = RulesKeyOfMove(deps_, from->session, to->session);
      for (const std::string& id : relocation->ids)
        relocation->new_ids.push_back(deps_.keys.MakeId(to->partition, key, id));
      auto caller = std::make_shared<const rpc::Principal>(here.principal());
      handler::Change(
          deps_.engine, from->partition, store::Lane::kRest, key,
          WithRules({from->key, to->key}, relocation->rules_key), std::move(here),
          [relocation, caller, rules = deps_.rules](store::View& view, absl::Time now) {
            return MoveAll(view, *relocation, *caller, rules, now);
          },
          [relocation, next](store::View& view, Response* answer) {
            return Encode(view, *relocation, next, answer);
          });
    });
  });
}

}  // namespace kepu::event
