#include "services/volunteer/store/session_book.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace kepu::volunteer {
namespace {

namespace session_log = ::kepu::event::log::v1;
using EventFact = session_log::Fact;

// What the event service keeps them under.
constexpr char kSessionKey[] = "session/";

bool ShareKinds(const session_log::PoolHead& a, const session_log::PoolHead& b) {
  if (a.kinds().empty() || b.kinds().empty()) return true;
  return std::find_first_of(a.kinds().begin(), a.kinds().end(), b.kinds().begin(), b.kinds().end()) !=
         a.kinds().end();
}

v1::Shift::Disruption::Kind KindOf(event::v1::Disruption::Kind kind) {
  switch (kind) {
    case event::v1::Disruption::TOUR_CANCELLED:
      return v1::Shift::Disruption::TOUR_CANCELLED;
    case event::v1::Disruption::STOP_MOVED:
      return v1::Shift::Disruption::STOP_MOVED;
    case event::v1::Disruption::STOP_MISSED:
      return v1::Shift::Disruption::STOP_MISSED;
    default:
      return v1::Shift::Disruption::CLOSURE;
  }
}

}  // namespace

std::vector<SessionBook::Pool> SessionBook::PoolsOf(const Pools& heads) {
  std::vector<Pool> pools;
  for (int i = 0; i < heads.size(); ++i) {
    pools.push_back({i, heads[i].held() + heads[i].confirmed() + heads[i].checked_in()});
    for (int other = 0; other < i; ++other) {
      if (!ShareKinds(heads[i], heads[other])) continue;
      // This one may be what joins two groups.
      const int joined = pools[static_cast<size_t>(other)].group;
      for (Pool& pool : pools)
        if (pool.group == joined) pool.group = i;
    }
  }
  return pools;
}

// The fullest pool of each group: all people where one pool counts the heads of all, as pools are usually
// made; never too many.
void SessionBook::Count(Session& session) {
  std::map<int, int32_t> fullest;
  for (const Pool& pool : session.pools) fullest[pool.group] = std::max(fullest[pool.group], pool.taken);
  session.hung.heads = 0;
  for (const auto& [group, taken] : fullest) session.hung.heads += taken;
}

void SessionBook::Take(Session& session, const Places& places, int32_t sign) {
  const size_t pools = std::min(session.pools.size(), static_cast<size_t>(places.size()));
  for (size_t i = 0; i < pools; ++i) session.pools[i].taken += sign * places[static_cast<int>(i)];
}

void SessionBook::Load(uint32_t, const std::string& key, const store::Loaded& loaded) {
  absl::string_view id = key;
  session_log::SessionHead head;
  if (!absl::ConsumePrefix(&id, kSessionKey) || !head.ParseFromString(loaded.head.head)) return;
  // One without an id only remembers a reservation that came to nothing.
  if (head.id().empty()) return;
  Session& session = sessions_[head.id()];
  session = {};
  session.event = head.event();
  session.hung.start_us = head.start_us();
  session.hung.end_us = head.end_us();
  session.hung.cancelled = head.state() == event::v1::Session::CANCELLED;
  session.hung.moved_us = session.hung.version = head.rescheduled().time_us();
  session.hung.reason = head.cancel_reason();
  session.hung.ran_start_us = head.ran().start_us();
  session.hung.ran_end_us = head.ran().end_us();
  if (!session.hung.cancelled && head.announcement().kind() == session_log::Announcement::RESCHEDULED)
    session.hung.reason = head.announcement().about();
  session.pools = PoolsOf(head.pools());
  Count(session);
  session.disruptions = {head.disruptions().begin(), head.disruptions().end()};
  changed_(absl::StrCat("events/", session.event, "/sessions/", id));
}

bool SessionBook::FoldFact(Session& session, const EventFact& fact) {
  switch (fact.kind_case()) {
    case EventFact::kSessionCreated: {
      const session_log::SessionCreated& made = fact.session_created();
      session = {};
      session.event = made.event();
      session.hung.start_us = made.start_us();
      session.hung.end_us = made.end_us();
      session.pools = PoolsOf(made.pools());
      Count(session);
      return true;
    }
    case EventFact::kSessionRescheduled:
      session.hung.start_us = fact.session_rescheduled().start_us();
      session.hung.end_us = fact.session_rescheduled().end_us();
      session.hung.reason = fact.session_rescheduled().reason();
      session.hung.moved_us = session.hung.version = fact.time_us();
      session.hung.ran_start_us = session.hung.ran_end_us = 0;
      return true;
    case EventFact::kSessionRan:
      session.hung.ran_start_us = fact.session_ran().start_us();
      session.hung.ran_end_us = fact.session_ran().end_us();
      return true;
    case EventFact::kSessionCancelled:
      session.hung.cancelled = true;
      session.hung.reason = fact.session_cancelled().reason();
      return true;
    case EventFact::kDisruptionNoted: {
      const session_log::DisruptionHead& told = fact.disruption_noted().disruption();
      std::erase_if(session.disruptions, [&](const session_log::DisruptionHead& known) {
        return known.disruption().name() == told.disruption().name();
      });
      session.disruptions.push_back(told);
      return true;
    }
    default:
      return FoldBooking(session, fact);
  }
}

// Between held, booked and there a party stays who it is.
bool SessionBook::FoldBooking(Session& session, const EventFact& fact) {
  const int32_t before = session.hung.heads;
  switch (fact.kind_case()) {
    case EventFact::kBookingMade:
      Take(session, fact.booking_made().booking().taken(), 1);
      break;
    case EventFact::kBookingChanged:
      Take(session, fact.booking_changed().before(), -1);
      Take(session, fact.booking_changed().taken(), 1);
      break;
    case EventFact::kBookingCancelled:
      Take(session, fact.booking_cancelled().taken(), -1);
      break;
    case EventFact::kBookingExpired:
      Take(session, fact.booking_expired().taken(), -1);
      break;
    case EventFact::kBookingDeclined:
      Take(session, fact.booking_declined().taken(), -1);
      break;
    case EventFact::kLateArrival:
      Take(session, fact.late_arrival().before(), -1);
      Take(session, fact.late_arrival().taken(), 1);
      break;
    default:
      return false;
  }
  Count(session);
  return session.hung.heads != before;
}

void SessionBook::Fold(uint32_t, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& logged) {
  absl::string_view id = logged.key();
  if (!absl::ConsumePrefix(&id, kSessionKey)) return;
  bool changed = false;
  for (const ::kepu::log::v1::Fact& one : logged.facts()) {
    EventFact fact;
    if (!fact.ParseFromString(one.body())) continue;
    auto it = sessions_.find(id);
    if (it == sessions_.end() && !fact.has_session_created()) continue;
    changed |= FoldFact(it == sessions_.end() ? sessions_[std::string(id)] : it->second, fact);
  }
  if (auto it = sessions_.find(id); changed && it != sessions_.end())
    changed_(absl::StrCat("events/", it->second.event, "/sessions/", id));
}

const SessionBook::Session* SessionBook::Of(absl::string_view name) const {
  auto it = sessions_.find(name.substr(name.rfind('/') + 1));
  if (it == sessions_.end()) return nullptr;
  // A session under the name of another event does not exist.
  return name == absl::StrCat("events/", it->second.event, "/sessions/", it->first) ? &it->second : nullptr;
}

std::optional<domain::Hung> SessionBook::Find(absl::string_view session) const {
  const Session* found = Of(session);
  return found == nullptr ? std::nullopt : std::optional(found->hung);
}

std::vector<v1::Shift::Disruption> SessionBook::DisruptionsOf(absl::string_view session) const {
  std::vector<v1::Shift::Disruption> all;
  const Session* found = Of(session);
  if (found == nullptr) return all;
  for (const session_log::DisruptionHead& one : found->disruptions) {
    if (one.over()) continue;
    v1::Shift::Disruption& disruption = all.emplace_back();
    disruption.set_kind(KindOf(one.disruption().kind()));
    disruption.set_about(one.disruption().name());
    disruption.mutable_reason()->set_zh(one.disruption().reason());
    disruption.mutable_reason()->set_en(one.disruption().reason_en());
    *disruption.mutable_start_time() = one.disruption().start_time();
    *disruption.mutable_end_time() = one.disruption().end_time();
  }
  return all;
}

}  // namespace kepu::volunteer
