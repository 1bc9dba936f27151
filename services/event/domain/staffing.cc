#include "services/event/domain/staffing.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/sessions.h"

namespace kepu::event::domain {
namespace {

using v1::Staffing;

constexpr char kNotStaffed[] = "NOT_STAFFED";
constexpr char kUnknown[] = "STAFFING_UNKNOWN";

absl::Time Deadline(const record::SessionHead& head) {
  return calendar::FromProto(head.staffing().staffing().decide_by());
}

bool Suffice(const Staffing& staffing, const std::vector<int32_t>& confirmed) {
  for (int i = 0; i < staffing.needs_size(); ++i) {
    if (static_cast<size_t>(i) >= confirmed.size() ||
        confirmed[static_cast<size_t>(i)] < staffing.needs(i).count())
      return false;
  }
  return true;
}

bool Serves(const ShiftSeen& shift, const Staffing::Need& need) {
  return need.role().empty() || need.role() == shift.role_zh || need.role() == shift.role_en;
}

// What is to be noted when so many are known to be confirmed; without a state where nothing changes.
record::StaffingNoted Noted(const record::SessionHead& head, const std::vector<int32_t>& confirmed,
                            absl::Time known) {
  const Staffing& staffing = head.staffing().staffing();
  record::StaffingNoted noted;
  *noted.mutable_confirmed() = {confirmed.begin(), confirmed.end()};
  noted.set_known_us(absl::ToUnixMicros(known));
  const bool enough = Suffice(staffing, confirmed);
  Staffing::State state = enough ? Staffing::STAFFED : Staffing::WAITING;
  // Once it is held, people who are still missing change nothing.
  if (staffing.state() == Staffing::HELD && !enough) state = Staffing::HELD;
  const bool final = known >= Deadline(head);
  if (final && state == Staffing::WAITING)
    state = staffing.at_deadline() == Staffing::CALL_OFF ? Staffing::CALLED_OFF : Staffing::HELD;
  noted.set_state(state);
  if (state == Staffing::HELD || state == Staffing::CALLED_OFF) noted.set_reason(kNotStaffed);
  return noted;
}

absl::Status CheckChanges(const record::SessionHead& head) {
  if (head.changes() < kMaxChanges) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "TOO_MANY_CHANGES",
                         {{"session", NameOf(head)}, {"most", absl::StrCat(kMaxChanges)}});
}

absl::Status CheckToCome(const record::SessionHead& head, absl::Time now) {
  const absl::Status open = CheckOpen(head, now, false);
  return head.state() == v1::Session::DRAFT && !Started(head, now) ? absl::OkStatus() : open;
}

}  // namespace

bool WaitsForStaff(const record::SessionHead& head) {
  const Staffing& staffing = head.staffing().staffing();
  return staffing.opens_when_staffed() &&
         (staffing.state() == Staffing::WAITING || staffing.state() == Staffing::HELD);
}

bool IsUndecided(const record::SessionHead& head) {
  if (head.state() == v1::Session::CANCELLED || !head.has_staffing()) return false;
  const Staffing& staffing = head.staffing().staffing();
  if (staffing.needs().empty()) return false;
  switch (staffing.state()) {
    case Staffing::WAITING:
      return true;
    case Staffing::STAFFED:
      // Until the deadline people may withdraw; what was known at it stands.
      return head.staffing().known_us() < absl::ToUnixMicros(Deadline(head));
    case Staffing::HELD:
      return true;
    default:
      return false;
  }
}

std::string MissingText(const Staffing& staffing) {
  std::string text;
  for (const Staffing::Need& need : staffing.needs()) {
    if (need.confirmed() >= need.count()) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", need.role(), need.role().empty() ? "" : " ",
                    need.confirmed(), "/", need.count());
  }
  return text;
}

std::vector<int32_t> Confirmed(const record::SessionHead& head, const std::vector<ShiftSeen>& shifts) {
  const Staffing& staffing = head.staffing().staffing();
  std::vector<int32_t> confirmed(static_cast<size_t>(staffing.needs_size()));
  for (const ShiftSeen& shift : shifts) {
    if (shift.start_us >= head.end_us() || shift.end_us <= head.start_us()) continue;
    int32_t left = shift.confirmed;
    int last = -1;
    // Needs of a role before those that anybody fills.
    for (const bool any : {false, true}) {
      for (int i = 0; i < staffing.needs_size() && left > 0; ++i) {
        if (staffing.needs(i).role().empty() != any || !Serves(shift, staffing.needs(i))) continue;
        int32_t& have = confirmed[static_cast<size_t>(i)];
        const int32_t taken = std::min(left, std::max(0, staffing.needs(i).count() - have));
        have += taken;
        left -= taken;
        last = i;
      }
    }
    // More than are needed are shown all the same.
    if (last >= 0) confirmed[static_cast<size_t>(last)] += left;
  }
  return confirmed;
}

absl::Status CheckStaffing(absl::string_view field, Staffing* staffing, int64_t start_us, absl::Time now) {
  if (staffing->needs().empty()) {
    staffing->Clear();
    return absl::OkStatus();
  }
  refusal::FieldErrors errors;
  const absl::Time decide_by = calendar::FromProto(staffing->decide_by());
  if (!staffing->has_decide_by() || decide_by <= now || absl::ToUnixMicros(decide_by) > start_us) {
    errors.Add(absl::StrCat(field, ".decide_by"),
               "is required with needs, in the future and not after the start of the session");
  }
  std::set<std::string> roles;
  for (int i = 0; i < staffing->needs_size(); ++i) {
    staffing->mutable_needs(i)->clear_confirmed();
    if (!roles.insert(staffing->needs(i).role()).second)
      errors.Add(absl::StrCat(field, ".needs[", i, "].role"), "is there twice");
  }
  if (!Staffing::AtDeadline_IsValid(staffing->at_deadline()))
    errors.Add(absl::StrCat(field, ".at_deadline"), "must be HOLD or CALL_OFF");
  if (staffing->at_deadline() == Staffing::AT_DEADLINE_UNSPECIFIED) staffing->set_at_deadline(Staffing::HOLD);
  staffing->set_state(Staffing::WAITING);
  staffing->clear_reason();
  return errors.ToStatus();
}

absl::StatusOr<Facts> DecideSetStaffing(const Session& session, const Staffing& staffing,
                                        absl::string_view by, absl::Time now) {
  const record::SessionHead& head = session.head();
  if (absl::Status status = CheckToCome(head, now); !status.ok()) return status;
  if (absl::Status status = CheckChanges(head); !status.ok()) return status;
  Staffing complete = staffing;
  if (absl::Status status = CheckStaffing("staffing", &complete, head.start_us(), now); !status.ok())
    return status;
  Facts facts = {At(now)};
  record::StaffingSet* set = facts.back().mutable_staffing_set();
  *set->mutable_staffing()->mutable_staffing() = std::move(complete);
  set->mutable_staffing()->set_by(std::string(by));
  set->set_by(std::string(by));
  return facts;
}

absl::StatusOr<Facts> DecideGoAhead(const Session& session, absl::string_view reason, absl::string_view by,
                                    absl::Time now) {
  const record::SessionHead& head = session.head();
  if (absl::Status status = CheckToCome(head, now); !status.ok()) return status;
  const Staffing& staffing = head.staffing().staffing();
  if (staffing.state() == Staffing::GOES_AHEAD) return Facts{};
  if (staffing.state() != Staffing::WAITING && staffing.state() != Staffing::HELD) {
    return refusal::Refuse(refusal::kNo, "STAFFING_NOT_WAITING",
                           {{"session", NameOf(head)}, {"state", Staffing::State_Name(staffing.state())}});
  }
  if (absl::Status status = CheckChanges(head); !status.ok()) return status;
  Facts facts = {At(now)};
  record::StaffingSet* set = facts.back().mutable_staffing_set();
  *set->mutable_staffing() = head.staffing();
  set->mutable_staffing()->mutable_staffing()->set_state(Staffing::GOES_AHEAD);
  set->mutable_staffing()->mutable_staffing()->clear_reason();
  set->set_reason(std::string(reason));
  set->set_by(std::string(by));
  return facts;
}

bool IsNewsOf(const record::SessionHead& head, const std::vector<int32_t>& confirmed, absl::Time known) {
  // An older word than what is noted comes from a replica that lags.
  if (!IsUndecided(head) || absl::ToUnixMicros(known) <= head.staffing().known_us()) return false;
  const Staffing& staffing = head.staffing().staffing();
  const record::StaffingNoted noted = Noted(head, confirmed, known);
  bool other = noted.state() != staffing.state() || noted.reason() != staffing.reason();
  for (int i = 0; i < staffing.needs_size(); ++i)
    other |= i >= noted.confirmed_size() || noted.confirmed(i) != staffing.needs(i).confirmed();
  // What is known at the deadline is known for good.
  return other ||
         (known >= Deadline(head) && absl::FromUnixMicros(head.staffing().known_us()) < Deadline(head));
}

absl::StatusOr<Facts> DecideStaffed(const Session& session, const std::vector<int32_t>& confirmed,
                                    absl::Time known, absl::Time now) {
  const record::SessionHead& head = session.head();
  if (!session.Exists() || !IsNewsOf(head, confirmed, known) || Started(head, now)) return Facts{};
  Facts facts = {At(now)};
  *facts.back().mutable_staffing_noted() = Noted(head, confirmed, known);
  if (facts.back().staffing_noted().state() != Staffing::CALLED_OFF) return facts;
  Staffing missing = head.staffing().staffing();
  for (int i = 0; i < missing.needs_size(); ++i)
    missing.mutable_needs(i)->set_confirmed(
        i < static_cast<int>(confirmed.size()) ? confirmed[static_cast<size_t>(i)] : 0);
  auto cancelled = DecideCancelSession(
      session, absl::StrCat("人员不足 / people missing: ", MissingText(missing)), head.staffing().by(), now);
  if (!cancelled.ok()) return cancelled.status();
  facts.insert(facts.end(), cancelled->begin(), cancelled->end());
  return facts;
}

absl::Time NextStaffing(const record::SessionHead& head) {
  const Staffing& staffing = head.staffing().staffing();
  if (!IsUndecided(head) || staffing.state() == Staffing::HELD) return absl::InfiniteFuture();
  // Staffed when it was last heard, and not heard since: it stands.
  if (staffing.state() == Staffing::STAFFED) return absl::InfiniteFuture();
  return std::min(Deadline(head) + kStaffingPatience,
                  std::max(Deadline(head), absl::FromUnixMicros(head.start_us())));
}

Facts HoldUnheard(const record::SessionHead& head, absl::Time now) {
  Facts facts = {At(now)};
  record::StaffingNoted* noted = facts.back().mutable_staffing_noted();
  for (const Staffing::Need& need : head.staffing().staffing().needs())
    noted->add_confirmed(need.confirmed());
  noted->set_known_us(head.staffing().known_us());
  noted->set_state(Staffing::HELD);
  noted->set_reason(kUnknown);
  return facts;
}

}  // namespace kepu::event::domain
