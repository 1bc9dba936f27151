#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer::domain {
namespace {

using refusal::kNo;
using refusal::Refuse;

record::Fact ChangedFact(absl::string_view group, const record::SignupGroup& now_is, absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_group_changed()->set_group(group.data(), group.size());
  *fact.mutable_group_changed()->mutable_now() = now_is;
  return fact;
}

}  // namespace

std::string GroupField(absl::string_view group) { return absl::StrCat("g/", group); }

absl::StatusOr<const record::SignupGroup*> FindGroup(const Shift& shift, absl::string_view group) {
  auto child = shift.Find(GroupField(group));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->group();
}

bool IsIn(const record::SignupGroup& group, absl::string_view person) {
  return std::find(group.persons().begin(), group.persons().end(), person) != group.persons().end();
}

absl::StatusOr<Facts> DecideMakeGroup(const Shift& shift, absl::string_view group, absl::string_view person,
                                      absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  auto found = FindGroup(shift, group);
  if (!found.ok()) return found.status();
  if (*found != nullptr) return Facts{};
  if (absl::Status status = CheckOpen(head, now); !status.ok()) return status;
  if (head.sign_up_mode() == v1::INVITATION)
    return Refuse(kNo, "INVITATION_ONLY", {{"name", ShiftName(head.id())}});
  if (head.groups() >= kGroupsMax) {
    return refusal::TryLater(absl::StatusCode::kResourceExhausted, "GROUPS_FULL", kGroupLife,
                             {{"name", ShiftName(head.id())}});
  }
  if (auto lapses = shift.Find(kLapseField); !lapses.ok()) return lapses.status();
  record::SignupGroup made;
  made.add_persons(std::string(person));
  made.set_until_us(std::min(absl::ToUnixMicros(now + kGroupLife), head.start_us()));
  record::Fact fact = ChangedFact(group, made, now);
  fact.mutable_group_changed()->set_made(true);
  return Facts{fact};
}

absl::StatusOr<Facts> DecideJoinGroup(const Shift& shift, absl::string_view group, absl::string_view person,
                                      absl::Time now) {
  auto found = FindGroup(shift, group);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound("group");
  if (IsIn(**found, person)) return Facts{};
  if ((*found)->done()) return Refuse(kNo, "GROUP_SIGNED_UP");
  if ((*found)->persons_size() >= kGroupMax)
    return Refuse(kNo, "GROUP_FULL", {{"most", absl::StrCat(kGroupMax)}});
  record::SignupGroup after = **found;
  after.add_persons(std::string(person));
  return Facts{ChangedFact(group, after, now)};
}

absl::StatusOr<Facts> DecideLeaveGroup(const Shift& shift, absl::string_view group, absl::string_view person,
                                       absl::Time now) {
  auto found = FindGroup(shift, group);
  if (!found.ok()) return found.status();
  if (*found == nullptr || !IsIn(**found, person)) return refusal::NotFound("group");
  if ((*found)->done()) return Refuse(kNo, "GROUP_SIGNED_UP");
  if (auto lapses = shift.Find(kLapseField); !lapses.ok()) return lapses.status();
  record::SignupGroup after = **found;
  after.clear_persons();
  for (const std::string& one : (*found)->persons())
    if (one != person) after.add_persons(one);
  record::Fact fact = ChangedFact(group, after, now);
  fact.mutable_group_changed()->set_gone(after.persons().empty());
  return Facts{fact};
}

}  // namespace kepu::volunteer::domain
