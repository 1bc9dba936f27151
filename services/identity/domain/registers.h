// The entries of the registers: organizations, districts, towns, communities and schools. One aggregate type
// for them, because they live alike: created under a given id, changed field by field, never deleted. Which
// of them are one and the same stands in one aggregate, so that no two merges can make a circle. Pure
// functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

using Register = aggregate::Aggregate<record::RegisterRecord, record::NoChild>;
// Children by the name of the entry that was merged.
using Merges = aggregate::Aggregate<record::MergesHead, record::MergeRecord>;

absl::CivilDay DayOf(const google::type::Date& date);

// What of an entry is set is right: texts, dates, codes, grades. Fields are named as in the requests
// ("school.stage").
absl::Status CheckEntry(const record::RegisterRecord& entry);
absl::Status CheckDay(absl::string_view field, const google::type::Date& date);

// The name of the entry ("schools/…"), the district and the town it lies in (empty: none), its etag, and the
// message itself.
std::string NameOf(const record::RegisterRecord& entry);
std::string DistrictOf(const record::RegisterRecord& entry);
std::string TownOf(const record::RegisterRecord& entry);
std::string EtagOf(const record::RegisterRecord& entry);
const google::protobuf::Message& ResourceOf(const record::RegisterRecord& entry);
google::protobuf::Message& MutableResourceOf(record::RegisterRecord& entry);

// The district is in force on the day: established, and not abolished yet.
bool InForce(const v1::District& district, const google::type::Date& day);

// ALREADY_EXISTS for a taken id.
absl::StatusOr<Facts> CreateEntry(const Register& entry, record::RegisterRecord fresh);

// Fields of `mask` ("stage", "display_name.en") are replaced, all that are set when it is empty. ABORTED /
// ETAG_MISMATCH when `etag` is not empty and not the entry's. `name` is for the answer when there is none. A
// name that is given up today is kept among the former ones.
absl::StatusOr<Facts> UpdateEntry(const Register& entry, absl::string_view name,
                                  const record::RegisterRecord& change, const std::vector<std::string>& mask,
                                  absl::string_view etag, const google::type::Date& today);

// FAILED_PRECONDITION / DISTRICT_ENDED when it has ended already.
absl::StatusOr<Facts> MergeDistrict(const Register& entry, absl::string_view name, absl::string_view into,
                                    const google::type::Date& day);

// From `day`, which is today or earlier, the town belongs to another district.
absl::StatusOr<Facts> MoveTown(const Register& entry, absl::string_view name, absl::string_view into,
                               const google::type::Date& day, const google::type::Date& today);

// `name` is the same thing as `into`. FAILED_PRECONDITION / ENTRY_MERGED when one of them is merged already.
absl::StatusOr<Facts> MergeEntries(const Merges& merges, absl::string_view name, absl::string_view into);
absl::Status ApplyToMerges(Merges& merges, const record::Fact& fact);

absl::Status ApplyToRegister(Register& entry, const record::Fact& fact);

}  // namespace kepu::identity::domain
