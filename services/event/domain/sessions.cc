#include "services/event/domain/sessions.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/approval.h"
#include "services/event/domain/bookings.h"
#include "services/event/domain/places.h"
#include "services/event/domain/staffing.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event::domain {
namespace {

bool IsPoolId(absl::string_view id) {
  if (id.empty() || id.size() > 40) return false;
  for (char c : id) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

void CheckPools(const record::SessionCreated& created, refusal::FieldErrors* errors) {
  if (created.pools().empty()) errors->Add("session.pools", "is empty; a session has 1 to 8 pools of places");
  if (created.pools_size() > kMaxPools) errors->Add("session.pools", "has more than 8 entries");
  std::set<std::string> ids;
  for (int i = 0; i < created.pools_size(); ++i) {
    const record::PoolHead& pool = created.pools(i);
    std::string path = absl::StrCat("session.pools[", i, "]");
    if (!IsPoolId(pool.id())) errors->Add(path + ".id", "must be 1 to 40 of a-z, 0-9 and -");
    if (!ids.insert(pool.id()).second) errors->Add(path + ".id", "is there twice");
    if (pool.unbounded() ? pool.capacity() != 0 : pool.capacity() < 1)
      errors->Add(path + ".capacity", "must be at least 1, and is not given for an unbounded pool");
  }
}

template <class Settings>
void CheckTimesOfBooking(const Settings& settings, int64_t end_us, refusal::FieldErrors* errors) {
  if (settings.open_us() != 0 && settings.close_us() != 0 && settings.close_us() <= settings.open_us())
    errors->Add("session.booking_close_time", "must be after booking_open_time");
  if (settings.open_us() >= end_us)
    errors->Add("session.booking_open_time", "must be before the end of the session");
  if (settings.party_max() > 0 && settings.party_min() > settings.party_max())
    errors->Add("session.party_min", "must not be above party_max");
}

// `pools` with the capacities that the allotments are of.
template <class Settings, class Capacity>
void CheckAllotments(const Settings& settings, int pools, Capacity capacity, int64_t start_us,
                     refusal::FieldErrors* errors) {
  if (settings.allotments_size() > kMaxAllotments)
    errors->Add("session.allotments", absl::StrCat("has more than ", kMaxAllotments, " entries"));
  std::set<std::string> ids;
  std::vector<int64_t> places(static_cast<size_t>(pools));
  for (int i = 0; i < settings.allotments_size(); ++i) {
    const record::AllotmentHead& allotment = settings.allotments(i);
    const std::string path = absl::StrCat("session.allotments[", i, "]");
    if (!IsPoolId(allotment.id())) errors->Add(path + ".id", "must be 1 to 40 of a-z, 0-9 and -");
    if (!ids.insert(allotment.id()).second) errors->Add(path + ".id", "is there twice");
    if (allotment.release_us() == 0 || allotment.release_us() > start_us)
      errors->Add(path + ".release_time", "is required, and not after the start of the session");
    if (allotment.pool() < 0 || allotment.pool() >= pools) {
      errors->Add(path + ".pool", "must be the id of a pool of the session");
      continue;
    }
    int64_t& sum = places[static_cast<size_t>(allotment.pool())];
    if (!allotment.released()) sum += allotment.places();
    if (sum > capacity(allotment.pool()))
      errors->Add(path + ".places",
                  "must not be more than the pool holds, together with its other allotments");
  }
}

}  // namespace

absl::StatusOr<Facts> DecideCreateSession(const Session& session, const record::SessionCreated& created,
                                          absl::Time now) {
  // One that only remembers a reservation that came to nothing is not there yet.
  if (!session.head().id().empty()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", NameOf(session.head())}});
  }
  refusal::FieldErrors errors;
  absl::Time start = absl::FromUnixMicros(created.start_us());
  absl::Time end = absl::FromUnixMicros(created.end_us());
  if (end <= start) errors.Add("session.end_time", "must be after start_time");
  if (end - start > (created.camp() ? kLongestCamp : kLongestSitting))
    errors.Add("session.end_time", "must be within 24 hours of start_time, of a camp within 14 days");
  CheckTerms(created.terms(), &errors);
  if (end <= now) errors.Add("session.end_time", "has passed; a session lies in the future");
  CheckTimesOfBooking(created, created.end_us(), &errors);
  CheckPools(created, &errors);
  CheckAllotments(
      created, created.pools_size(), [&](int pool) { return created.pools(pool).capacity(); },
      created.start_us(), &errors);
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  Facts facts = {At(now)};
  record::SessionCreated* made = facts.back().mutable_session_created();
  *made = created;
  if (!created.has_staffing()) return facts;
  v1::Staffing* staffing = made->mutable_staffing()->mutable_staffing();
  if (absl::Status status = CheckStaffing("session.staffing", staffing, created.start_us(), now);
      !status.ok())
    return status;
  if (staffing->needs().empty()) made->clear_staffing();
  return facts;
}

absl::StatusOr<Facts> DecidePublishSession(const Session& session, absl::string_view by, absl::Time now) {
  const record::SessionHead& head = session.head();
  if (head.state() == v1::Session::SCHEDULED) return Facts{};
  if (head.state() == v1::Session::CANCELLED || Ended(head, now)) return CheckOpen(head, now, true);
  Facts facts = {At(now)};
  facts.back().mutable_session_published()->set_by(std::string(by));
  return facts;
}

record::SessionSettingsChanged SettingsOf(const record::SessionHead& head) {
  record::SessionSettingsChanged settings;
  for (const record::PoolHead& pool : head.pools()) settings.add_capacities(pool.capacity());
  settings.set_party_min(head.party_min());
  settings.set_party_max(head.party_max());
  settings.set_open_us(head.open_us());
  settings.set_close_us(head.close_us());
  *settings.mutable_allotments() = head.allotments();
  if (head.has_terms()) *settings.mutable_terms() = head.terms();
  return settings;
}

absl::StatusOr<Facts> DecideChangeSettings(const Session& session,
                                           const record::SessionSettingsChanged& settings, const Rules& rules,
                                           absl::Time now) {
  const record::SessionHead& head = session.head();
  if (absl::Status status = CheckOpen(head, now, true);
      !status.ok() && (head.state() != v1::Session::DRAFT || Ended(head, now))) {
    return status;
  }
  if (head.changes() >= kMaxChanges) {
    return refusal::Refuse(refusal::kNo, "TOO_MANY_CHANGES",
                           {{"session", NameOf(head)}, {"most", absl::StrCat(kMaxChanges)}});
  }
  refusal::FieldErrors errors;
  for (int i = 0; i < head.pools_size(); ++i) {
    if (!head.pools(i).unbounded() && head.pools(i).day_limit().empty() && settings.capacities(i) < 1)
      errors.Add(absl::StrCat("session.pools[", i, "].capacity"), "must be at least 1");
  }
  CheckTimesOfBooking(settings, head.end_us(), &errors);
  CheckTerms(settings.terms(), &errors);
  CheckAllotments(
      settings, head.pools_size(), [&](int pool) { return settings.capacities(pool); }, head.start_us(),
      &errors);
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  bool overfull = false;
  for (int i = 0; i < head.pools_size(); ++i) {
    const record::PoolHead& pool = head.pools(i);
    if (pool.unbounded() || !pool.day_limit().empty() || settings.capacities(i) >= TakenOf(pool)) continue;
    overfull = true;
    if (!settings.override_reason().empty() || settings.capacities(i) >= pool.capacity()) continue;
    return refusal::Refuse(refusal::kNo, "CAPACITY_TAKEN",
                           {{"session", NameOf(head)},
                            {"pool", pool.id()},
                            {"capacity", absl::StrCat(settings.capacities(i))},
                            {"taken", absl::StrCat(TakenOf(pool))}});
  }
  record::Fact fact = At(now);
  *fact.mutable_session_settings_changed() = settings;
  if (!overfull) fact.mutable_session_settings_changed()->clear_override_reason();
  return ThenOffer(session, std::move(fact), rules, now);
}

absl::StatusOr<Facts> DecideCancelSession(const Session& session, absl::string_view reason,
                                          absl::string_view by, absl::Time now) {
  const record::SessionHead& head = session.head();
  if (head.state() == v1::Session::CANCELLED) return Facts{};
  if (absl::Status status = CheckOpen(head, now, true); !status.ok() && head.state() != v1::Session::DRAFT)
    return status;
  Facts facts = {At(now)};
  facts.back().mutable_session_cancelled()->set_reason(std::string(reason));
  facts.back().mutable_session_cancelled()->set_by(std::string(by));
  if (absl::Status status = GiveBack(session, head.hall_reservation(), now, &facts); !status.ok())
    return status;
  return facts;
}

absl::StatusOr<Facts> DecideHoldForRound(const Session& session, absl::string_view round, absl::Time now) {
  if (session.head().round() == round) return Facts{};
  if (absl::Status status = CheckOpen(session.head(), now, false); !status.ok()) return status;
  if (absl::Status status = CheckRound(session.head(), {}); !status.ok()) return status;
  Facts facts = {At(now)};
  facts.back().mutable_session_round_set()->set_round(std::string(round));
  return facts;
}

absl::StatusOr<Facts> DecideReleaseFromRound(const Session& session, absl::string_view round,
                                             absl::Time now) {
  if (session.head().round() != round) return Facts{};
  Facts facts = {At(now)};
  facts.back().mutable_session_round_set();
  return facts;
}

}  // namespace kepu::event::domain
