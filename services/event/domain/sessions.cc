#include "services/event/domain/sessions.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/bookings.h"

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
    if (pool.capacity() < 1) errors->Add(path + ".capacity", "must be at least 1");
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
  if (end - start > kLongestSitting) errors.Add("session.end_time", "must be within 24 hours of start_time");
  if (end <= now) errors.Add("session.end_time", "has passed; a session lies in the future");
  if (created.party_max() > 0 && created.party_min() > created.party_max()) {
    errors.Add("session.party_min", "must not be above party_max");
  }
  CheckPools(created, &errors);
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  Facts facts = {At(now)};
  *facts.back().mutable_session_created() = created;
  return facts;
}

absl::StatusOr<Facts> DecideCancelSession(const Session& session, absl::string_view reason, absl::Time now) {
  const record::SessionHead& head = session.head();
  if (head.state() == v1::Session::CANCELLED) return Facts{};
  if (absl::Status status = CheckOpen(head, now, true); !status.ok()) return status;
  Facts facts = {At(now)};
  facts.back().mutable_session_cancelled()->set_reason(std::string(reason));
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
