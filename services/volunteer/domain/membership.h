// A person in teams: applications, memberships, the one open transfer, and the times that were. All of it
// stands in the person's aggregate, which alone can say that somebody is in at most one team of a type. Pure
// functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/team.pb.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

// Applications of one person that wait at once: as many as there are types.
inline constexpr int kApplicationsMax = 12;

// The child with a person's times in teams.
inline constexpr char kPeriodsField[] = "teams";
// Times that are remembered: leaders let people in, so a life does not come near it; the oldest go.
inline constexpr int kPeriodsMax = 200;

// Null when the person neither is in it nor has applied.
const record::TeamPlace* FindTeam(const record::PersonHead& head, absl::string_view team);

// Applies; nothing for who has applied, or is in it. NOT_REGISTERED, TEAM_DISSOLVED, ALREADY_IN_TEAM,
// TOO_MANY_APPLICATIONS.
absl::StatusOr<Facts> DecideApply(const Person& person, const v1::Team& team, absl::Time now);
// Is taken in. NOT_FOUND without an application; ALREADY_IN_TEAM, TRANSFER_OPEN.
absl::StatusOr<Facts> DecideJoin(const Person& person, const v1::Team& team, absl::Time now);
// An application is declined. NOT_FOUND for who neither applied nor is a member; ALREADY_MEMBER.
absl::StatusOr<Facts> DecideDeclineMember(const Person& person, absl::string_view team, absl::Time now);
// Is not in it any more, nor has applied; ends a transfer out of it. Nothing when that is so.
absl::StatusOr<Facts> DecideLeave(const Person& person, absl::string_view team, v1::TeamPeriod::End how,
                                  absl::Time now);

// NOT_A_MEMBER, TRANSFER_OPEN, TEAM_DISSOLVED, ALREADY_IN_TEAM.
absl::StatusOr<Facts> DecideTransfer(const Person& person, absl::string_view from, const v1::Team& to,
                                     absl::Time now);
// NO_TRANSFER when none is open out of that team.
absl::StatusOr<Facts> DecideReleaseTransfer(const Person& person, absl::string_view from, absl::Time now);
// NO_TRANSFER, TRANSFER_NOT_RELEASED, TEAM_DISSOLVED, ALREADY_IN_TEAM.
absl::StatusOr<Facts> DecideAcceptTransfer(const Person& person, absl::string_view from, const v1::Team& to,
                                           absl::Time now);
absl::StatusOr<Facts> DecideDeclineTransfer(const Person& person, absl::string_view from, absl::Time now);

// What is to be done with facts of teams; false: the fact is none.
bool ApplyTeamsHead(record::PersonHead& head, const record::Fact& fact);
// The children alone; INTERNAL for what is not of teams and what cannot be.
absl::Status ApplyTeamsChildren(Person& person, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
