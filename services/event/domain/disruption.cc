#include "services/event/domain/disruption.h"

#include <algorithm>

#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/staffing.h"

namespace kepu::event::domain {
namespace {

const record::DisruptionHead* FirstLive(const record::SessionHead& head) {
  for (const record::DisruptionHead& one : head.disruptions())
    if (!one.over()) return &one;
  return nullptr;
}

const record::DisruptionHead* Known(const record::SessionHead& head, const std::string& name) {
  for (const record::DisruptionHead& one : head.disruptions())
    if (one.disruption().name() == name) return &one;
  return nullptr;
}

bool HasRoom(const record::SessionHead& head) {
  return head.disruptions_size() < kMaxDisruptions ||
         std::any_of(head.disruptions().begin(), head.disruptions().end(),
                     [](const record::DisruptionHead& one) { return one.over(); });
}

}  // namespace

bool IsDisrupted(const record::SessionHead& head) { return FirstLive(head) != nullptr; }

bool IsBlocked(const record::SessionHead& head) { return IsDisrupted(head) || WaitsForStaff(head); }

absl::Status CheckUnblocked(const record::SessionHead& head) {
  if (const record::DisruptionHead* one = FirstLive(head); one != nullptr) {
    const v1::Disruption& what = one->disruption();
    return refusal::Refuse(refusal::kNo, "SESSION_DISRUPTED",
                           {{"session", NameOf(head)},
                            {"by", what.name()},
                            {"why", what.reason()},
                            {"until", calendar::UtcText(calendar::MicrosOf(what.end_time()))}});
  }
  if (!WaitsForStaff(head)) return absl::OkStatus();
  return refusal::Refuse(
      refusal::kNo, "SESSION_NOT_STAFFED",
      {{"session", NameOf(head)},
       {"missing", MissingText(head.staffing().staffing())},
       {"until", calendar::UtcText(calendar::MicrosOf(head.staffing().staffing().decide_by()))}});
}

bool IsNewsOf(const record::SessionHead& head, const record::DisruptionHead& told) {
  if (head.state() == v1::Session::CANCELLED || head.id().empty()) return false;
  const record::DisruptionHead* known = Known(head, told.disruption().name());
  // What never was in the way need not be over.
  if (known == nullptr) return !told.over() && HasRoom(head);
  if (told.version() < known->version()) return false;
  if (told.over() != known->over()) return true;
  return !told.over() && told.disruption().SerializeAsString() != known->disruption().SerializeAsString();
}

absl::StatusOr<Facts> DecideDisruption(const Session& session, const record::DisruptionHead& told,
                                       absl::Time now) {
  const record::SessionHead& head = session.head();
  // What has ended is not to be held any more.
  if (!IsNewsOf(head, told) || Ended(head, now)) return Facts{};
  Facts facts = {At(now)};
  *facts.back().mutable_disruption_noted()->mutable_disruption() = told;
  return facts;
}

}  // namespace kepu::event::domain
