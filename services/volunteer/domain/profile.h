// Who a person is, as decisions on the person's aggregate: what they said of themselves, staff that a venue
// makes people, the checks of identity and background, the ID number that stands with them, and erasure.
// Their facts fold here too. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/eligibility.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

// People of before kinds were kept are volunteers.
bool IsOfKind(const record::PersonHead& head, v1::Volunteer::Kind kind);
// Nothing personal may be kept of them yet: a child whose guardian has not consented.
bool AwaitsConsent(const record::PersonHead& head);
// The profile that makes the head what it is.
record::PersonProfile ProfileOf(const record::PersonHead& head);

// NOT_REGISTERED for nobody, PERSON_ERASED for who had it so.
absl::Status CheckThere(const Person& person, absl::string_view name);

struct StaffCommand {
  std::string id;
  std::string user;
  std::string venue;
  std::string district;
  v1::Volunteer::Kind kind = v1::Volunteer::STAFF;
  std::vector<std::string> languages;
  std::vector<std::string> skills;
  // Also from one venue to another.
  bool may_move = false;
};
// STAFF_ELSEWHERE when another venue made them its staff.
absl::StatusOr<Facts> DecideRegisterStaff(const Person& person, const StaffCommand& command, absl::Time now);

// District, languages, skills, category and source as `profile` has them; the rest stays.
// GUARDIAN_CONSENT_NEEDED where nothing may be kept yet.
absl::StatusOr<Facts> DecideUpdate(const Person& person, const record::PersonProfile& profile,
                                   const Rules& rules, absl::Time now);

// UNVERIFIED or REJECTED > SUBMITTED > VERIFIED or REJECTED; a verification can be taken back. NOT_SUBMITTED.
absl::StatusOr<Facts> DecideSubmitVerification(const Person& person, absl::string_view by, absl::Time now);
absl::StatusOr<Facts> DecideVerify(const Person& person, absl::string_view by, absl::Time now);
absl::StatusOr<Facts> DecideReject(const Person& person, absl::string_view by,
                                   absl::string_view sealed_reason, absl::Time now);
// `until` in the past is refused; InfinitePast withdraws.
absl::StatusOr<Facts> DecideBackground(const Person& person, absl::string_view by, absl::Time until,
                                       absl::Time now);

// A date of birth that is not to be believed: unset when it fits what the person said.
absl::Status CheckBirth(absl::CivilDay born, const Age& said, const Rules& rules, absl::CivilDay today);
// May the person have this number? GUARDIAN_CONSENT_NEEDED, ID_NUMBER_DIFFERS, ALREADY_VERIFIED.
absl::Status CheckIdNumber(const record::PersonHead& head, absl::string_view id, absl::CivilDay born,
                           const Age& said, const Rules& rules, absl::CivilDay today);
// The number that was taken for the person stands with them, unless a later one does or they were erased.
Facts DecideIdNumber(const Person& person, const record::IdNumberRef& number, absl::string_view sealed,
                     absl::Time now);
bool HasIdNumber(const record::PersonHead& head, const record::IdNumberRef& number);
// What was left is free.
Facts DecideLeft(const Person& person, const record::IdNumberRef& number, absl::Time now);
// NO_ID_NUMBER when there is none to read.
absl::StatusOr<Facts> DecideIdRead(const Person& person, absl::string_view by,
                                   absl::string_view sealed_reason, absl::Time now);
std::string ReadField(int32_t number);

// Ends all that is personal on the record, for ever; twice is once.
absl::StatusOr<Facts> DecideErase(const Person& person, absl::Time now);

// The part of ApplyHead and Apply that is about who people are. False for other facts.
bool ApplyProfileHead(record::PersonHead& head, const record::Fact& fact);
void ApplyProfileChildren(Person& person, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
