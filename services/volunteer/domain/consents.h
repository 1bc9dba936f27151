// Guardians' consents of a person, and what follows when one is withdrawn: sign-ups to come that nothing
// covers are released. Norms N9, N10, N16; reliability-security.md G17 and 53. Pure functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/eligibility.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Consents that hold at once: a head stays small.
inline constexpr int kLiveConsentsMax = 8;
// On record of one person, over and withdrawn ones too.
inline constexpr int32_t kConsentsMax = 200;

std::string ConsentId(int32_t number);
std::string ConsentField(absl::string_view id);
record::ConsentCover CoverOf(const record::ConsentRecord& consent);
void DropCover(record::PersonHead& head, const std::string& id);
// A guardian consents to service until then; InfinitePast: nobody does now.
absl::Time CoveredUntil(const google::protobuf::RepeatedPtrField<record::ConsentCover>& consents,
                        absl::Time now);

struct ConsentCommand {
  // Without id and times of its own.
  record::ConsentRecord consent;
  // As the paper says, where it says so.
  std::optional<absl::CivilDay> birth_date;
  std::string sealed_birth_date;
};
// NOT_A_MINOR, TOO_MANY_CONSENTS; INVALID_ARGUMENT naming the field.
absl::StatusOr<Facts> DecideRecordConsent(const Person& person, const ConsentCommand& command, const Age& age,
                                          const Rules& rules, absl::Time now);
// NOT_FOUND for one that is not there; twice is once.
absl::StatusOr<Facts> DecideWithdrawConsent(const Person& person, absl::string_view id, absl::string_view by,
                                            const Age& age, const Rules& rules, absl::Time now);

// Something in the calendar that is to come, or goes on, and must not go on: a shift, and whose claim it is;
// or what another decides who claimed the time, a guided session or a lecture.
struct Uncovered {
  std::string shift;
  std::string reservation;
  // Set of what is not a shift.
  std::optional<reservation::v1::Claim> elsewhere = std::nullopt;
  // Its sign-up is not decided yet: look again.
  bool undecided = false;
};
// All that nothing covers any more, once a review was asked for; NotLoaded.
absl::StatusOr<std::vector<Uncovered>> UncoveredDuties(const Person& person, const Age& age,
                                                       const Rules& rules, absl::Time now);
// Everything was looked through that was there when the review was asked for.
Facts DecideReviewed(const Person& person, int64_t asked_us, absl::Time now);

// Ends a sign-up that nobody attended yet, also after the start, when it is still that of the reservation. No
// facts for who came: what was served counts.
absl::StatusOr<Facts> DecideRelease(const Shift& shift, absl::string_view person,
                                    absl::string_view reservation, absl::string_view sealed_reason,
                                    absl::Time now);

}  // namespace kepu::volunteer::domain
