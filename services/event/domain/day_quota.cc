#include "services/event/domain/day_quota.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/due.h"
#include "services/event/domain/places.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event::domain {
namespace {

constexpr int kNoon = 12 * 60;
// A limit that is off leaves so much of any day.
constexpr int32_t kNoLimit = kUnbounded / 2;
// Steps of looking for parties in one go, as when an offer falls due.
constexpr int kStepsOfOffering = 16;

bool IsLive(const record::BookingRecord& booking) {
  return booking.state() == v1::Booking::HELD || booking.state() == v1::Booking::CONFIRMED ||
         booking.state() == v1::Booking::CHECKED_IN;
}

void Give(const record::SessionChild* child, const std::string& field, Session* trial) {
  if (child == nullptr) {
    trial->ParseChild(field, std::nullopt);
  } else {
    trial->Put(field, *child);
  }
}

// The decision on the session as it would be with this head: on a trial that gets the children that it asks
// for and no more. What the session itself has to load first is asked of it.
absl::StatusOr<Facts> DecideAs(const Session& session, record::SessionHead head,
                               const SessionQuestion& question) {
  Session trial;
  trial.mutable_head() = std::move(head);
  for (;;) {
    absl::StatusOr<Facts> facts = question(trial);
    bool more = false;
    absl::Status missing;
    const std::set<std::string> asked = facts.ok() ? std::set<std::string>() : trial.TakeMissing();
    for (const std::string& field : asked) {
      auto child = session.Find(field);
      if (!child.ok()) {
        missing = child.status();
        continue;
      }
      Give(*child, field, &trial);
      more = true;
    }
    if (!missing.ok()) return missing;
    for (const std::string& field : trial.TakeAssumedAbsent()) {
      if (!session.PresentOrAssumeAbsent(field)) continue;
      Give(*session.Find(field), field, &trial);
      more = true;
    }
    if (!more) return facts;
  }
}

void AddPlaces(google::protobuf::RepeatedField<int32_t>& sums, int pool, int32_t places) {
  while (sums.size() <= pool) sums.Add(0);
  sums.Set(pool, sums.Get(pool) + places);
}

// The needs that stand in the head know nothing of a new limit: who is in front moves up again, and is looked
// at as it does.
void PutFrontBack(record::SessionHead& head) {
  if (head.wait().closed() || head.wait().front().empty()) return;
  record::WaitHead* wait = head.mutable_wait();
  for (const record::WaitFront& front : wait->front()) {
    record::WaitQueue* queue = wait->mutable_queues(front.place().priority() - 1);
    queue->set_first(std::min(queue->first(), front.place().number()));
    queue->set_least(1);
  }
  wait->clear_front();
  LookForParties(head);
}

// The next chunk of bookings that do not know of the limits yet.
absl::StatusOr<Facts> Count(const Session& session, absl::Time now) {
  const record::SessionHead& head = session.head();
  auto ids = IdsOf(session, head.chunks_counted());
  if (!ids.ok()) return ids.status();
  Facts facts = {At(now)};
  record::SessionLimitsCounted& counted = *facts.back().mutable_session_limits_counted();
  counted.set_chunk(head.chunks_counted());
  absl::Status missing;
  for (const std::string& id : *ids) {
    absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
    if (!found.ok()) missing = found.status();
    if (!found.ok() || *found == nullptr || !IsLive(**found)) continue;
    const record::BookingRecord& booking = **found;
    const Places need = PlacesOf(head, booking.kind(), booking.party());
    record::SessionLimitsCounted::Counted* one = nullptr;
    for (int p = booking.taken_size(); p < head.pools_size(); ++p) {
      const int32_t places = need[static_cast<size_t>(p)];
      if (one == nullptr) one = counted.add_counted();
      one->set_id(id);
      one->add_places(places);
      auto* sums = booking.state() == v1::Booking::HELD        ? counted.mutable_held()
                   : booking.state() == v1::Booking::CONFIRMED ? counted.mutable_confirmed()
                                                               : counted.mutable_checked_in();
      AddPlaces(*sums, p, places);
    }
  }
  if (!missing.ok()) return missing;
  return facts;
}

// Offers what the session could have now; nothing when nobody who waits fits.
absl::StatusOr<Facts> OfferAgain(const Session& session, const Rules& rules, absl::Time now) {
  record::SessionHead after = session.head();
  if (after.wait().waiting() == 0 || after.wait().closed() || Started(after, now)) return Facts{};
  after.mutable_wait()->mutable_scan()->set_priority(1);
  after.mutable_wait()->mutable_scan()->set_number(0);
  Facts facts;
  if (absl::Status status = Offer(session, after, kStepsOfOffering, rules, now, &facts); !status.ok())
    return status;
  const bool offered = std::any_of(facts.begin(), facts.end(),
                                   [](const record::Fact& fact) { return fact.has_booking_made(); });
  return offered ? facts : Facts{};
}

}  // namespace

int32_t QuotaDayOf(const record::SessionHead& head) {
  return DayNumber(absl::FromUnixMicros(head.start_us()));
}

bool IsFor(const record::PlaceLimit& limit, const record::SessionHead& head) {
  if (limit.span() == v1::DayLimit::DAY) return true;
  const bool morning = calendar::MinuteOf(absl::FromUnixMicros(head.start_us())) < kNoon;
  return morning == (limit.span() == v1::DayLimit::MORNING);
}

bool IsSameQuotaDay(const record::SessionHead& head, int64_t start_us) {
  const absl::Time here = absl::FromUnixMicros(head.start_us()), there = absl::FromUnixMicros(start_us);
  return DayNumber(here) == DayNumber(there) &&
         (calendar::MinuteOf(here) < kNoon) == (calendar::MinuteOf(there) < kNoon);
}

bool TakesOfDay(const record::SessionHead& head) {
  // They come after the session's own.
  return !head.pools().empty() && !head.pools().rbegin()->day_limit().empty();
}

bool IsUnsettled(const record::SessionHead& head) {
  if (head.chunks_counted() < head.chunks_to_count()) return true;
  return std::any_of(head.pools().begin(), head.pools().end(), [](const record::PoolHead& pool) {
    return !pool.day_limit().empty() && TakenOf(pool) != pool.capacity();
  });
}

Facts JoinLimits(const record::PlaceHead& place, const record::SessionHead& head, absl::Time now) {
  record::Fact fact = At(now);
  for (const record::PlaceLimit& limit : place.limits()) {
    const bool joined = std::any_of(head.pools().begin(), head.pools().end(),
                                    [&](const auto& pool) { return pool.day_limit() == limit.id(); });
    if (!joined && IsFor(limit, head)) *fact.mutable_session_limits_joined()->add_limits() = limit;
  }
  return fact.has_session_limits_joined() ? Facts{fact} : Facts{};
}

absl::StatusOr<int32_t> DayLedger::Left(int32_t day, const record::PlaceLimit& limit) {
  const absl::StatusOr<int32_t> taken = TakenOn(*place_, day, limit.id());
  if (!taken.ok()) return taken;
  if (limit.off()) return kNoLimit;
  if (!limit.ready()) return 0;
  auto it = moved_.find({day, limit.id()});
  return limit.most() - *taken - (it == moved_.end() ? 0 : it->second);
}

absl::StatusOr<record::SessionHead> DayLedger::Raised(const Session& session, const Shares& credit) {
  record::SessionHead head = session.head();
  absl::Status missing = place_->Find(SharesField(head.id())).status();
  for (record::PoolHead& pool : *head.mutable_pools()) {
    if (pool.day_limit().empty()) continue;
    const record::PlaceLimit* limit = FindLimit(place_->head(), pool.day_limit());
    if (limit == nullptr) return absl::InternalError("a session has joined a limit that is not there");
    const absl::StatusOr<int32_t> left = Left(QuotaDayOf(head), *limit);
    if (!left.ok()) missing = left.status();
    auto more = credit.find(limit->id());
    if (left.ok()) pool.set_capacity(pool.capacity() + *left + (more == credit.end() ? 0 : more->second));
    pool.set_day_most(limit->off() ? kUnbounded : limit->most());
  }
  if (!missing.ok()) return missing;
  // Nothing is kept in vain for who cannot have the day.
  for (record::WaitFront& front : *head.mutable_wait()->mutable_front()) {
    for (int p = 0; p < std::min(front.need_size(), head.pools_size()); ++p) {
      const record::PoolHead& pool = head.pools(p);
      if (pool.day_limit().empty() || front.need(p) <= FreeOf(pool)) continue;
      front.clear_passed();
      front.clear_passed_since_us();
    }
  }
  return head;
}

void DayLedger::Share(const record::SessionHead& before, absl::Time now, bool look, Facts* facts) {
  record::SessionHead after = before;
  for (const record::Fact& fact : *facts) ApplyHead(after, fact);
  const int32_t day = QuotaDayOf(after);
  record::Fact fact = At(now);
  record::SessionSharesSet& shares = *fact.mutable_session_shares_set();
  record::PlaceSharesSet set;
  set.set_session(after.id());
  set.set_day(day);
  bool same = true;
  for (int i = 0; i < after.pools_size(); ++i) {
    const record::PoolHead& pool = after.pools(i);
    if (pool.day_limit().empty()) continue;
    const int32_t had = i < before.pools_size() ? before.pools(i).capacity() : 0;
    const int32_t taken = TakenOf(pool);
    const record::PlaceLimit* limit = FindLimit(place_->head(), pool.day_limit());
    shares.add_places(taken);
    shares.add_most(limit == nullptr || limit->off() ? kUnbounded : limit->most());
    same = same && had == taken;
    moved_[{day, pool.day_limit()}] += taken - had;
    if (taken == 0) continue;
    set.add_shares()->set_limit(pool.day_limit());
    set.mutable_shares()->rbegin()->set_places(taken);
  }
  if (same) return;
  shares.set_look(look);
  sets_[after.id()] = std::move(set);
  // Before what it makes room for.
  facts->insert(facts->begin(), std::move(fact));
}

absl::StatusOr<Facts> DayLedger::Decide(const Session& session, const SessionQuestion& question,
                                        absl::Time now, const Shares& credit) {
  if (!TakesOfDay(session.head())) return question(session);
  absl::StatusOr<record::SessionHead> raised = Raised(session, credit);
  if (!raised.ok()) return raised.status();
  absl::StatusOr<Facts> facts = DecideAs(session, *std::move(raised), question);
  if (facts.ok() && !facts->empty()) Share(session.head(), now, false, &*facts);
  return facts;
}

absl::StatusOr<Facts> DayLedger::Settle(const Session& session, const Rules& rules, absl::Time now) {
  if (!TakesOfDay(session.head())) return Facts{};
  absl::StatusOr<record::SessionHead> raised = Raised(session, {});
  if (!raised.ok()) return raised.status();
  const record::SessionHead& head = session.head();
  // Those who were there are counted whatever the day has left.
  const bool counting = head.chunks_counted() < head.chunks_to_count();
  absl::StatusOr<Facts> facts = DecideAs(session, *std::move(raised), [&](const Session& one) {
    return counting ? Count(one, now) : OfferAgain(one, rules, now);
  });
  if (facts.ok()) Share(head, now, !counting && !facts->empty(), &*facts);
  return facts;
}

Facts DayLedger::TakeFacts(absl::Time now) {
  Facts facts;
  for (auto& [session, set] : std::exchange(sets_, {}))
    *facts.emplace_back(At(now)).mutable_place_shares_set() = std::move(set);
  return facts;
}

DayLedger::Shares SharesOf(const record::SessionHead& head, const record::BookingRecord& booking) {
  DayLedger::Shares shares;
  for (int p = 0; p < std::min(booking.taken_size(), head.pools_size()); ++p)
    if (!head.pools(p).day_limit().empty()) shares[head.pools(p).day_limit()] = booking.taken(p);
  return shares;
}

void ApplyShares(record::SessionHead& head, const record::Fact& fact) {
  if (fact.has_session_limits_joined()) {
    for (const record::PlaceLimit& limit : fact.session_limits_joined().limits()) {
      record::PoolHead* pool = head.add_pools();
      pool->set_counts(limit.counts());
      *pool->mutable_kinds() = limit.kinds();
      pool->set_day_limit(limit.id());
      pool->set_day_most(limit.off() ? kUnbounded : limit.most());
    }
    PutFrontBack(head);
    head.set_chunks_to_count(head.index_chunks() + (head.index_tail().empty() ? 0U : 1U));
    head.clear_chunks_counted();
  } else if (fact.has_session_shares_set()) {
    const record::SessionSharesSet& shares = fact.session_shares_set();
    int n = 0;
    for (record::PoolHead& pool : *head.mutable_pools()) {
      if (pool.day_limit().empty() || n >= shares.places_size()) continue;
      pool.set_capacity(shares.places(n));
      pool.set_day_most(shares.most(n++));
    }
    if (shares.look()) LookForParties(head);
  } else if (fact.has_session_limits_counted()) {
    const record::SessionLimitsCounted& counted = fact.session_limits_counted();
    for (int p = 0; p < head.pools_size(); ++p) {
      record::PoolHead* pool = head.mutable_pools(p);
      if (p < counted.held_size()) pool->set_held(pool->held() + counted.held(p));
      if (p < counted.confirmed_size()) pool->set_confirmed(pool->confirmed() + counted.confirmed(p));
      if (p < counted.checked_in_size()) pool->set_checked_in(pool->checked_in() + counted.checked_in(p));
    }
    head.set_chunks_counted(counted.chunk() + 1);
  }
}

absl::Status ApplyCounted(Session& session, const record::SessionLimitsCounted& counted) {
  for (const record::SessionLimitsCounted::Counted& one : counted.counted()) {
    record::SessionChild* child = session.Mutable(BookingField(one.id()));
    if (child == nullptr) return absl::InternalError("a booking is counted that is not there");
    for (const int32_t places : one.places()) child->mutable_booking()->add_taken(places);
  }
  return absl::OkStatus();
}

absl::Status CheckShares(const Place& place, const Session& session) {
  const record::SessionHead& head = session.head();
  auto known = place.children().find(SharesField(head.id()));
  record::PlaceSharesSet set;
  if (known != place.children().end() && known->second) set = known->second->shares();
  for (const record::PoolHead& pool : head.pools()) {
    if (pool.day_limit().empty()) continue;
    int32_t has = 0;
    for (const record::PlaceShare& share : set.shares())
      if (share.limit() == pool.day_limit()) has = share.places();
    if (has != pool.capacity() || (has > 0 && set.day() != QuotaDayOf(head)))
      return absl::InternalError(absl::StrCat(NameOf(head), " has another share than its place says"));
  }
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
