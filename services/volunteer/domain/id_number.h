// Chinese citizen identity numbers after GB 11643-1999: eighteen characters that say where and when somebody
// was first registered, with a check digit. And who holds which: one aggregate for each number, named by a
// keyed digest of it, so that nobody's number serves two people. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/aggregate/aggregate.h"

namespace kepu::volunteer::domain {

namespace record = ::kepu::volunteer::log::v1;

struct IdNumber {
  // Normalised: half-width digits, the last may be 'X'.
  std::string text;
  absl::CivilDay born;
};

// Full-width digits and letters, spaces around it and a small x are taken for what they mean.
// INVALID_ARGUMENT naming `field` and the one rule that is broken: length, characters, region, date, check
// digit. The old form of fifteen digits is told apart. `today` bounds the date.
absl::StatusOr<IdNumber> ParseIdNumber(absl::string_view field, absl::string_view text, absl::CivilDay today);
// Three characters in front and four at the end.
std::string MaskedIdNumber(absl::string_view number);

// Keys of entries are this and their id.
inline constexpr char kIdNumberKey[] = "idNumber/";
using IdNumberEntry = aggregate::Aggregate<record::IdNumberHead, record::IdNumberChild>;

// Takes the number for a person; it stands with the person by a second step, for which the sealed number is
// kept here until then. ALREADY_EXISTS / ID_NUMBER_TAKEN when it is somebody else's, and never whose.
absl::StatusOr<std::vector<record::Fact>> DecideTake(const IdNumberEntry& entry, absl::string_view id,
                                                     absl::string_view person, absl::string_view sealed,
                                                     absl::Time now);
// The second step came to an end: the person has it, or has another. No facts when it was taken anew since.
std::vector<record::Fact> DecideSettled(const IdNumberEntry& entry, int64_t taken_us, bool with_person,
                                        absl::Time now);
// The person left it. No facts when it was taken anew since, or is free.
std::vector<record::Fact> DecideFree(const IdNumberEntry& entry, absl::string_view person, int64_t taken_us,
                                     absl::Time now);

void ApplyHead(record::IdNumberHead& head, const record::Fact& fact);
absl::Status Apply(IdNumberEntry& entry, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
