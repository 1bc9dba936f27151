// Experts: their profile, and what it means for their time. A profile lies beside its person, in one
// partition, so that both change in one commit. Pure functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/expert.pb.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

// "i/<what for>": an invitation that was confirmed.
std::string InvitationField(absl::string_view purpose);

// Fills what defaults and what follows; INVALID_ARGUMENT naming the fields that cannot be. A level that
// changes is to be confirmed again.
absl::Status CheckExpert(v1::Expert& expert, const v1::Expert* before, const record::PersonHead& person);
// LEVEL_NOT_CONFIRMED for an academician whom staff has not confirmed (R156).
absl::Status CheckListing(const v1::Expert& expert);
// By the windows and days off of the profile alone.
bool IsAvailable(const v1::Expert& expert, absl::Time start, absl::Time end);
// Asked for by one of them or by none.
bool Offers(const v1::Expert& expert, absl::string_view field, absl::string_view topic);

// What stands in the person's head of the profile; no facts when it stands there.
Facts DecideStanding(const Person& person, const v1::Expert& expert, absl::Time now);
absl::StatusOr<Facts> DecideInvitation(const Person& person, absl::string_view purpose, absl::Time now);
// May the person's time be claimed for this? INVITATION_NOT_CONFIRMED for an academician (R156). What they
// sign up for themselves is no invitation.
absl::Status CheckInvitation(const Person& person, absl::string_view purpose);

// False: the fact is none of experts. Children come first, as elsewhere.
bool ApplyExpertHead(record::PersonHead& head, const record::Fact& fact);
bool ApplyExpertChildren(Person& person, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
