// Exhibits and kits, each in one place at a time: making them, and the custodies that say where each is from
// when to when, with the time it takes to pack and move it kept free between places. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/venue/log/v1/collections_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "libs/calendar/interval_set.h"
#include "services/venue/domain/edit.h"

namespace kepu::venue {

using ExhibitState = aggregate::Aggregate<log::v1::ExhibitHead, log::v1::ExhibitChild>;
using ExhibitFacts = std::vector<log::v1::ExhibitFact>;

// Loans run for years; a mistyped year is caught.
inline constexpr absl::Duration kMaxCustody = absl::Hours(24 * 3 * 366);
// They are looked at one by one in each decision.
inline constexpr int kMaxComingCustodies = 200;
inline constexpr absl::Duration kMaxHandling = absl::Hours(24 * 30);

// The child that lists the custodies which are not over.
inline constexpr char kComingField[] = "l";

std::string ExhibitName(absl::string_view exhibit);
std::string CustodyName(absl::string_view exhibit, absl::string_view custody);

absl::StatusOr<const v1::Exhibit*> FindExhibit(const ExhibitState& state, absl::string_view exhibit);
absl::StatusOr<const v1::Custody*> FindCustody(const ExhibitState& state, absl::string_view exhibit,
                                               absl::string_view custody);

absl::StatusOr<ExhibitFacts> DecideCreateExhibit(const ExhibitState& state, absl::string_view id,
                                                 v1::Exhibit exhibit, absl::Time now);
// EXHIBIT_CLAIMED when a reservation needs it and it is retired, or could not get there in time any more.
absl::StatusOr<ExhibitFacts> DecideUpdateExhibit(const ExhibitState& state, absl::string_view id,
                                                 const std::string& etag, const Edit<v1::Exhibit>& edit,
                                                 absl::Time now);
// EXHIBIT_ELSEWHERE names the custody that is in the way, and the nearest times that would do;
// EXHIBIT_CLAIMED the reservation that needs it elsewhere.
absl::StatusOr<ExhibitFacts> DecideCreateCustody(const ExhibitState& state, absl::string_view exhibit,
                                                 absl::string_view id, v1::Custody custody, absl::Time now);
// `end`: nullopt is now.
absl::StatusOr<ExhibitFacts> DecideEndCustody(const ExhibitState& state, absl::string_view exhibit,
                                              absl::string_view id, std::optional<absl::Time> end,
                                              absl::Time now);

// Places of one venue are one place; partners are not known, so each is another one.
bool SamePlace(absl::string_view a, absl::string_view b);

// Of an exhibit that is whole in memory: where it is then; null: in its owner's store.
const v1::Custody* CustodyAt(const ExhibitState& state, absl::Time time);

// Of an exhibit that is whole in memory: EXHIBIT_NOT_PLACED when no custody keeps it in the venue for all of
// the time, naming where it is instead.
absl::Status CheckPlaced(const ExhibitState& state, absl::string_view venue, const calendar::Interval& time);

absl::Status Apply(ExhibitState& state, const log::v1::ExhibitFact& fact);

}  // namespace kepu::venue
