// Rule sets of recognition and what they give: which one is in force on a day, that no two are, and stars,
// points and benefits by them (norms N3, N5, section 9 point 15). A district's own set counts before the
// city's; a set that gave something is never changed, only ended. Pure functions on values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "kepu/volunteer/v1/recognition.pb.h"
#include "services/volunteer/domain/ledger_row.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

inline constexpr char kCityScope[] = "city";
// Editions of one kind in one scope: one a year for two generations, and a head stays small.
inline constexpr int kEditionsMax = 40;

using RuleSets = std::vector<std::shared_ptr<const v1::RecognitionRules>>;
using Rulebook = aggregate::Aggregate<record::RulebookHead, record::NoChild>;

// INVALID_ARGUMENT naming `field` for a day that does not exist.
absl::StatusOr<absl::CivilDay> DayOfDate(absl::string_view field, const google::type::Date& date);
void SetDate(absl::CivilDay day, google::type::Date* date);
// "2026-11-16" as records keep it.
void SetDate(absl::string_view day, google::type::Date* date);

// The key, after its prefix, of the book in which the sets of a kind and scope stand.
std::string RulebookId(v1::RecognitionRules::Kind kind, absl::string_view scope);
// Fills what defaults; INVALID_ARGUMENT naming every field that cannot be. Nothing reaches back before today.
absl::Status CheckRules(v1::RecognitionRules& rules, absl::CivilDay today);
// Enters a set into its book. RULES_OVERLAP names the set in the way; TOO_MANY_EDITIONS.
absl::StatusOr<Facts> DecideFile(const Rulebook& book, absl::string_view id,
                                 const v1::RecognitionRules& rules, absl::Time now);
// Sets the last day, in `rules` and the book. RULES_ENDED when they are over already; INVALID_ARGUMENT for a
// day that is past or later than the last one was.
absl::StatusOr<Facts> DecideEnd(const Rulebook& book, absl::string_view id, absl::CivilDay last,
                                v1::RecognitionRules* rules, absl::Time now);
void ApplyHead(record::RulebookHead& head, const record::Fact& fact);
absl::Status Apply(Rulebook& book, const record::Fact& fact);

// The set of a kind for a district on a day; null when there is none.
const v1::RecognitionRules* InForce(const RuleSets& sets, v1::RecognitionRules::Kind kind,
                                    absl::string_view district, absl::CivilDay day);

// The first day on which a star holds that was reached on `reached`: the one after the days of notice.
absl::CivilDay AfterNotice(const v1::StarRules& rules, absl::CivilDay reached);
// All stars that the rows had reached by the end of `day`, as they were recorded, with those under notice:
// what the facts of a person come to one after another.
std::vector<record::StarReached> StarsOn(const LedgerRows& rows, const RuleSets& sets,
                                         absl::string_view district, absl::CivilDay day);
// The star that holds on a day; 0: none.
int32_t StarOn(const std::vector<record::StarReached>& stars, absl::CivilDay day);
// Stars that the person's total reaches now and has not got, and those under notice that it lost again.
Facts DecideStars(const record::PersonHead& head, const RuleSets& sets, absl::Time now);
// Minutes that the next star takes beyond `minutes`; 0: no more stars.
int64_t MinutesToNext(const record::PersonHead& head, const RuleSets& sets, absl::CivilDay day);

// Each row by the rules of the day on which it was served, in whole points.
int64_t PointsOf(const LedgerRows& rows, const RuleSets& sets, absl::string_view district);
std::vector<v1::BenefitRules::Benefit> BenefitsOf(int32_t star, const RuleSets& sets,
                                                  absl::string_view district, absl::CivilDay day);

}  // namespace kepu::volunteer::domain
