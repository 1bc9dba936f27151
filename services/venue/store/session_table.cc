#include "services/venue/store/session_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

namespace session_log = event::log::v1;

// What the event service keeps them under.
constexpr char kSessionKey[] = "session/";
constexpr char kEventKey[] = "event/";
// What is elsewhere, or online, no venue can close.
constexpr char kVenues[] = "venues/";

bool ShareKinds(const session_log::PoolHead& a, const session_log::PoolHead& b) {
  if (a.kinds().empty() || b.kinds().empty()) return true;
  return std::find_first_of(a.kinds().begin(), a.kinds().end(), b.kinds().begin(), b.kinds().end()) !=
         a.kinds().end();
}

}  // namespace

std::vector<SessionTable::Pool> SessionTable::PoolsOf(const PoolHeads& heads) {
  std::vector<Pool> pools;
  for (int i = 0; i < heads.size(); ++i) {
    const session_log::PoolHead& head = heads[i];
    pools.push_back({i, head.held() + head.confirmed() + head.checked_in()});
    for (int other = 0; other < i; ++other) {
      if (!ShareKinds(head, heads[other])) continue;
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
int32_t SessionTable::Heads(const Session& session) {
  std::map<int, int32_t> fullest;
  for (const Pool& pool : session.pools) fullest[pool.group] = std::max(fullest[pool.group], pool.taken);
  int32_t heads = 0;
  for (const auto& [group, taken] : fullest) heads += taken;
  return heads;
}

void SessionTable::Put(const std::string& id, Session session) {
  if (absl::StartsWith(session.place, kVenues)) sessions_.Put(id, std::move(session), clock_.Now());
}

void SessionTable::PutTitle(const session_log::EventHead& event) {
  v1::Text& title = titles_[event.id()];
  title.set_zh(event.display_name().zh());
  title.set_en(event.display_name().en());
}

void SessionTable::Load(uint32_t, const std::string& key, const store::Loaded& loaded) {
  absl::string_view id = key;
  if (absl::ConsumePrefix(&id, kEventKey)) {
    session_log::EventHead event;
    if (event.ParseFromString(loaded.head.head)) PutTitle(event);
    return;
  }
  session_log::SessionHead head;
  if (!absl::ConsumePrefix(&id, kSessionKey) || !head.ParseFromString(loaded.head.head)) return;
  // One without an id only remembers a reservation that came to nothing.
  if (head.state() == event::v1::Session::SCHEDULED && !head.id().empty())
    return Put(head.id(), {head.place(), head.start_us(), head.end_us(), head.event(), head.space(),
                           PoolsOf(head.pools())});
  sessions_.Erase(id);
}

void SessionTable::Take(absl::string_view id, const google::protobuf::RepeatedField<int32_t>& places,
                        int sign) {
  Session* session = sessions_.Mutable(id);
  if (session == nullptr) return;
  const size_t pools = std::min(session->pools.size(), static_cast<size_t>(places.size()));
  for (size_t i = 0; i < pools; ++i) session->pools[i].taken += sign * places[static_cast<int>(i)];
}

// Between held, booked and there a party stays who it is.
void SessionTable::FoldSession(const std::string& id, const session_log::Fact& fact) {
  switch (fact.kind_case()) {
    case session_log::Fact::kSessionCreated: {
      const session_log::SessionCreated& made = fact.session_created();
      return Put(id, {made.place(), made.start_us(), made.end_us(), made.event(), made.space(),
                      PoolsOf(made.pools())});
    }
    case session_log::Fact::kSessionRescheduled: {
      const session_log::SessionRescheduled& moved = fact.session_rescheduled();
      const Session* found = sessions_.Find(id);
      if (found == nullptr) return;
      Session session = *found;
      session.start_us = moved.start_us();
      session.end_us = moved.end_us();
      session.space = moved.space();
      return Put(id, std::move(session));
    }
    case session_log::Fact::kSessionCancelled:
      sessions_.Erase(id);
      return;
    case session_log::Fact::kBookingMade:
      return Take(id, fact.booking_made().booking().taken(), 1);
    case session_log::Fact::kBookingCancelled:
      return Take(id, fact.booking_cancelled().taken(), -1);
    case session_log::Fact::kBookingExpired:
      return Take(id, fact.booking_expired().taken(), -1);
    default:
      return;
  }
}

void SessionTable::Fold(uint32_t, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& logged) {
  absl::string_view id = logged.key();
  const bool of_event = absl::ConsumePrefix(&id, kEventKey);
  if (!of_event && !absl::ConsumePrefix(&id, kSessionKey)) return;
  for (const ::kepu::log::v1::Fact& one : logged.facts()) {
    session_log::Fact fact;
    if (!fact.ParseFromString(one.body())) continue;
    if (of_event && fact.has_event_created()) PutTitle(fact.event_created().event());
    if (!of_event) FoldSession(std::string(id), fact);
  }
  for (const std::string& ended : sessions_.Ended(clock_.Now())) sessions_.Erase(ended);
}

std::vector<v1::ClosureHit> SessionTable::In(absl::string_view place, const calendar::Interval& time) const {
  std::vector<v1::ClosureHit> hits;
  sessions_.ForEachIn(place, time, [&](const std::string& id, const Session& session) {
    v1::ClosureHit& hit = hits.emplace_back();
    hit.set_name(absl::StrCat("events/", session.event, "/sessions/", id));
    hit.set_kind(v1::ClosureHit::SESSION);
    *hit.mutable_start_time() = ToTimestamp(absl::FromUnixMicros(session.start_us));
    *hit.mutable_end_time() = ToTimestamp(absl::FromUnixMicros(session.end_us));
    hit.set_holder(hit.name());
    if (auto title = titles_.find(session.event); title != titles_.end())
      *hit.mutable_title() = title->second;
    hit.set_space(session.space);
    hit.set_heads(Heads(session));
  });
  return hits;
}

}  // namespace kepu::venue
