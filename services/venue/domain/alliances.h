// Alliances of venues that share exhibitions and exhibits (R017). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/venue/log/v1/collections_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "services/venue/domain/edit.h"

namespace kepu::venue {

using AllianceState = aggregate::Aggregate<log::v1::AllianceHead, log::v1::AllianceChild>;
using AllianceFacts = std::vector<log::v1::AllianceFact>;

std::string AllianceName(absl::string_view alliance);

absl::StatusOr<const v1::Alliance*> FindAlliance(const AllianceState& state, absl::string_view alliance);

absl::StatusOr<AllianceFacts> DecideCreateAlliance(const AllianceState& state, absl::string_view id,
                                                   v1::Alliance alliance, absl::Time now);
absl::StatusOr<AllianceFacts> DecideUpdateAlliance(const AllianceState& state, absl::string_view id,
                                                   const std::string& etag, const Edit<v1::Alliance>& edit,
                                                   absl::Time now);

absl::Status Apply(AllianceState& state, const log::v1::AllianceFact& fact);

}  // namespace kepu::venue
