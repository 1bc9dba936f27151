// The entries of the registers: organizations, districts, towns and schools. One aggregate type for the four,
// because they live alike: created under a given id, changed field by field, never deleted. Pure functions on
// values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/type/date.pb.h"
#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

using Register = aggregate::Aggregate<record::RegisterRecord, record::NoChild>;

// What of an entry is set is right: texts, dates, codes, grades. Fields are named as in the requests
// ("school.stage").
absl::Status CheckEntry(const record::RegisterRecord& entry);

// The name of the entry ("schools/…"), the district it lies in (empty: none), its etag, and the message
// itself.
std::string NameOf(const record::RegisterRecord& entry);
std::string DistrictOf(const record::RegisterRecord& entry);
std::string EtagOf(const record::RegisterRecord& entry);
const google::protobuf::Message& ResourceOf(const record::RegisterRecord& entry);
google::protobuf::Message& MutableResourceOf(record::RegisterRecord& entry);

// The district is in force on the day: established, and not abolished yet.
bool InForce(const v1::District& district, const google::type::Date& day);

// ALREADY_EXISTS for a taken id.
absl::StatusOr<Facts> CreateEntry(const Register& entry, record::RegisterRecord fresh);

// Fields of `mask` ("stage", "display_name.en") are replaced, all that are set when it is empty. ABORTED /
// ETAG_MISMATCH when `etag` is not empty and not the entry's. `name` is for the answer when there is none.
absl::StatusOr<Facts> UpdateEntry(const Register& entry, absl::string_view name,
                                  const record::RegisterRecord& change, const std::vector<std::string>& mask,
                                  absl::string_view etag);

// FAILED_PRECONDITION / DISTRICT_ENDED when it has ended already.
absl::StatusOr<Facts> MergeDistrict(const Register& entry, absl::string_view name, absl::string_view into,
                                    const google::type::Date& day);

absl::Status ApplyToRegister(Register& entry, const record::Fact& fact);

}  // namespace kepu::identity::domain
