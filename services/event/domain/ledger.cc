#include "services/event/domain/ledger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/event/domain/places.h"

namespace kepu::event::domain {
namespace {

Places ToPlaces(const google::protobuf::RepeatedField<int32_t>& amounts) {
  return {amounts.begin(), amounts.end()};
}

}  // namespace

void Ledger::Count(const record::Fact& fact, std::vector<LedgerFinding>* findings) {
  using Kind = record::Fact::KindCase;
  switch (fact.kind_case()) {
    case Kind::kSessionCreated:
      Create(fact.session_created());
      break;
    case Kind::kSessionSettingsChanged:
      Set(fact.session_settings_changed());
      break;
    case Kind::kSessionLimitsJoined:
      for (const record::PlaceLimit& limit : fact.session_limits_joined().limits())
        pools_.push_back({.id = limit.id(), .of_day = true});
      break;
    case Kind::kSessionSharesSet:
      SetShares(fact.session_shares_set());
      break;
    case Kind::kSessionLimitsCounted:
      Add(fact.session_limits_counted(), findings);
      break;
    case Kind::kBookingMade:
      Take(fact.booking_made().id(), fact.booking_made().booking().taken(), findings);
      break;
    case Kind::kBookingChanged:
      GiveBack(fact.booking_changed().id(), &fact.booking_changed().before(), findings);
      Take(fact.booking_changed().id(), fact.booking_changed().taken(), findings);
      break;
    case Kind::kLateArrival:
      GiveBack(fact.late_arrival().id(), &fact.late_arrival().before(), findings);
      Take(fact.late_arrival().id(), fact.late_arrival().taken(), findings);
      break;
    case Kind::kBookingCancelled:
      GiveBack(fact.booking_cancelled().id(), &fact.booking_cancelled().taken(), findings);
      break;
    case Kind::kBookingDeclined:
      GiveBack(fact.booking_declined().id(), &fact.booking_declined().taken(), findings);
      break;
    case Kind::kBookingExpired:
      GiveBack(fact.booking_expired().id(), &fact.booking_expired().taken(), findings);
      break;
    case Kind::kBookingsMissed:
      for (const record::BookingsMissed::Missed& one : fact.bookings_missed().missed())
        GiveBack(one.id(), nullptr, findings);
      break;
    case Kind::kBookingsSwept:
      for (const std::string& id : fact.bookings_swept().ids()) GiveBack(id, nullptr, findings);
      break;
    default:
      // Takes nothing and gives nothing back: who is checked in keeps the places.
      return;
  }
  CheckCapacity(findings);
}

void Ledger::Create(const record::SessionCreated& created) {
  session_ = absl::StrCat("events/", created.event(), "/sessions/", created.id());
  for (const record::PoolHead& pool : created.pools())
    pools_.push_back({.id = pool.id(), .unbounded = pool.unbounded(), .capacity = pool.capacity()});
}

void Ledger::Set(const record::SessionSettingsChanged& settings) {
  const size_t pools = std::min(pools_.size(), static_cast<size_t>(settings.capacities_size()));
  for (size_t i = 0; i < pools; ++i) {
    Pool& pool = pools_[i];
    pool.capacity = settings.capacities(static_cast<int>(i));
    // Raising a capacity that is too small still needs no new reason.
    if (!settings.override_reason().empty()) pool.overfull = std::max(pool.overfull, pool.taken);
  }
}

void Ledger::SetShares(const record::SessionSharesSet& shares) {
  int n = 0;
  for (Pool& pool : pools_) {
    if (pool.of_day && n < shares.places_size()) pool.capacity = shares.places(n++);
  }
}

void Ledger::Add(const record::SessionLimitsCounted& counted, std::vector<LedgerFinding>* findings) {
  for (const record::SessionLimitsCounted::Counted& one : counted.counted()) {
    auto it = live_.find(one.id());
    if (it == live_.end()) {
      Wrong(false, absl::StrCat("booking ", one.id(), " is counted for its day without places"), findings);
      continue;
    }
    Add(it->second, -1);
    it->second.insert(it->second.end(), one.places().begin(), one.places().end());
    Add(it->second, 1);
  }
}

void Ledger::Take(const std::string& id, const Amounts& places, std::vector<LedgerFinding>* findings) {
  if (static_cast<size_t>(places.size()) > pools_.size())
    return Wrong(false, absl::StrCat("booking ", id, " takes of a pool that is not there"), findings);
  if (!live_.emplace(id, ToPlaces(places)).second)
    return Wrong(false, absl::StrCat("booking ", id, " is made twice"), findings);
  Add(live_[id], 1);
}

void Ledger::GiveBack(const std::string& id, const Amounts* said, std::vector<LedgerFinding>* findings) {
  auto it = live_.find(id);
  if (it == live_.end())
    return Wrong(false, absl::StrCat("booking ", id, " gives back what it does not have"), findings);
  if (said != nullptr && ToPlaces(*said) != it->second)
    Wrong(false, absl::StrCat("booking ", id, " gives back other places than it took"), findings);
  Add(it->second, -1);
  live_.erase(it);
}

void Ledger::Add(const Places& places, int sign) {
  for (size_t i = 0; i < std::min(places.size(), pools_.size()); ++i) pools_[i].taken += sign * places[i];
}

void Ledger::CheckCapacity(std::vector<LedgerFinding>* findings) {
  for (Pool& pool : pools_) {
    if (pool.unbounded || pool.of_day) continue;
    pool.overfull = pool.taken <= pool.capacity ? 0 : std::min(pool.overfull, pool.taken);
    if (pool.taken > std::max(pool.capacity, pool.overfull))
      Wrong(true, absl::StrCat("pool ", pool.id, " holds ", pool.capacity, " and ", pool.taken, " are taken"),
            findings);
  }
}

void Ledger::Compare(const record::SessionHead& head, std::vector<LedgerFinding>* findings) const {
  if (static_cast<size_t>(head.pools_size()) != pools_.size())
    return Wrong(false, "its pools are not those it was made with", findings);
  for (int i = 0; i < head.pools_size(); ++i) {
    const Pool& pool = pools_[static_cast<size_t>(i)];
    if (pool.of_day && pool.taken > pool.capacity)
      Wrong(true, absl::StrCat("takes more of its day's ", pool.id, " than it has"), findings);
    if (TakenOf(head.pools(i)) == pool.taken && head.pools(i).capacity() == pool.capacity) continue;
    Wrong(false,
          absl::StrCat("pool ", pool.id, " says ", TakenOf(head.pools(i)), " of ", head.pools(i).capacity(),
                       " are taken, its facts make ", pool.taken, " of ", pool.capacity),
          findings);
  }
}

void Ledger::Wrong(bool oversold, absl::string_view what, std::vector<LedgerFinding>* findings) const {
  findings->push_back({oversold, absl::StrCat(session_, ": ", what)});
}

}  // namespace kepu::event::domain
