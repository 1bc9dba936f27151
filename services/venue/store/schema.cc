#include "services/venue/store/schema.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/venue/domain/apply.h"

namespace kepu::venue {
namespace {

constexpr absl::string_view kVenuePrefix = "venue/";
constexpr absl::string_view kCalendarPrefix = "calendar/";

}  // namespace

std::string VenueKey(absl::string_view venue) { return absl::StrCat(kVenuePrefix, venue); }
std::string CalendarKey(int year) { return absl::StrCat(kCalendarPrefix, year); }
uint32_t CalendarPartition(int year) { return names::PartitionOfText(CalendarKey(year)); }

std::unique_ptr<aggregate::AnyAggregate> VenueSchema::Make(absl::string_view key) const {
  if (absl::StartsWith(key, kVenuePrefix)) return std::make_unique<VenueState>();
  if (absl::StartsWith(key, kCalendarPrefix)) return std::make_unique<CalendarState>();
  return nullptr;
}

absl::Status VenueSchema::Apply(aggregate::AnyAggregate& state, absl::string_view fact) const {
  log::v1::VenueFact parsed;
  if (!parsed.ParseFromArray(fact.data(), static_cast<int>(fact.size())))
    return absl::DataLossError("unreadable fact of the venue service");
  if (auto* venue = dynamic_cast<VenueState*>(&state)) return venue::Apply(*venue, parsed);
  if (auto* calendar = dynamic_cast<CalendarState*>(&state)) return venue::Apply(*calendar, parsed);
  return absl::InternalError("no aggregate of the venue service");
}

absl::StatusOr<std::vector<std::string>> VenueSchema::Due(const aggregate::AnyAggregate& state,
                                                          absl::Time now) const {
  std::vector<std::string> bodies;
  const auto* venue = dynamic_cast<const VenueState*>(&state);
  if (venue == nullptr) return bodies;
  auto facts = venue::Due(*venue, now);
  if (!facts.ok()) return facts.status();
  for (const auto& fact : *facts) bodies.push_back(fact.SerializeAsString());
  return bodies;
}

absl::Time VenueSchema::NextDue(const aggregate::AnyAggregate& state) const {
  const auto* venue = dynamic_cast<const VenueState*>(&state);
  return venue == nullptr ? absl::InfiniteFuture() : venue::NextDue(*venue);
}

}  // namespace kepu::venue
