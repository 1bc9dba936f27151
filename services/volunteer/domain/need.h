// What volunteers are needed for something: whose word counts, how many people that makes, and the shifts
// that a plan consists of. Pure functions on the templates, which are their own records.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/need.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Shifts of one plan: they are made in one commit, and each is an aggregate.
inline constexpr size_t kPlanShiftsMax = 40;
// What one plan is for: a day at most.
inline constexpr absl::Duration kPlanMax = absl::Hours(24);

// One for every `per_heads` heads that are begun, or so many as it says, and never fewer than its least.
int32_t NeededFor(const v1::NeedRow& rule, int32_t heads);

// INVALID_ARGUMENT naming the rows that say no number, or two. `field` is the path of the list.
absl::Status CheckRows(absl::string_view field, const google::protobuf::RepeatedPtrField<v1::NeedRow>& rows);
absl::Status CheckNeedTemplate(v1::NeedTemplate& need);

// What people are needed for.
struct NeedSubject {
  std::string place;
  std::string session;
  std::string programme;
  std::string event_kind;
};
// The list that a template stands in, and those that a subject looks at.
std::string NeedScope(const v1::NeedTemplate& need);
std::vector<std::string> NeedScopes(const NeedSubject& subject);

// Whose word counts.
struct Need {
  v1::NeedSource source = v1::NEED_SOURCE_UNSPECIFIED;
  std::string name;
  std::vector<v1::NeedRow> rows;
};
// What is given, before what is said of the session, the programme, the kind of event, the place (norms 8.1).
// Of templates for the same thing the one of the place counts before the one of every place, then the one
// that was changed last. Without rows: nobody said.
Need ResolveNeed(const std::vector<v1::NeedRow>& given, const std::vector<v1::NeedTemplate>& templates,
                 const NeedSubject& subject);

// Equal parts of at most so many hours, in whole minutes: at least one, and none longer than a shift may
// last.
std::vector<std::pair<absl::Time, absl::Time>> SlotsOf(absl::Time start, absl::Time end, int32_t hours_max);

// The time and place of a plan, and how many come.
struct PlanFrame {
  std::string name;
  NeedSubject subject;
  std::string stop;
  absl::Time start;
  absl::Time end;
  int32_t heads = 0;
  std::optional<v1::Whereabouts> whereabouts;
};
struct PlannedShifts {
  // Without ids; the order is that of rows and times, for ever.
  std::vector<ShiftCommand> shifts;
  std::vector<v1::PlanWarning> warnings;
};
// `role_of` gives a role as it stands, null when there is none. INVALID_ARGUMENT for a given row whose role
// is not there, and for what makes too much.
absl::StatusOr<PlannedShifts> PlanOf(const PlanFrame& frame, const Need& need,
                                     const std::function<const v1::Role*(const std::string&)>& role_of);

}  // namespace kepu::volunteer::domain
