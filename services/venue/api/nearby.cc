#include "services/venue/api/nearby.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/travel/travel.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/places.h"
#include "services/venue/domain/spaces.h"

namespace kepu::venue {
namespace {

// Null of one that is nobody knows where. The whole venue is in memory: nothing is ever missing.
const v1::Venue* Located(const VenueState& state) {
  const auto venue = FindVenue(state, state.head().id());
  return venue.ok() && (*venue)->has_location() ? *venue : nullptr;
}

std::optional<std::string> FreeSpaceOf(const VenueState& state, const Wish& wish, v1::Space::Kind kind,
                                       const calendar::HolidayTable& holidays) {
  const auto venue = FindVenue(state, state.head().id());
  if (!venue.ok()) return std::nullopt;
  const auto rules = ReadRules("opening", (*venue)->opening());
  if (!rules.ok()) return std::nullopt;
  for (const std::string& id : state.head().spaces()) {
    const auto space = FindSpace(state, state.head().id(), id);
    if (!space.ok() || (*space)->kind() != kind) continue;
    Wish probe = wish;
    probe.venue = state.head().id();
    probe.spaces = {id};
    probe.buffers = BuffersOf(**space);
    probe.gone.clear();
    const auto free = FreeFor(state, probe, *rules, holidays);
    if (free.ok() && *free) return (*space)->name();
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> NearbyFree(const ReadModel& model, const VenueState& state, const Wish& wish) {
  std::vector<std::string> found;
  const v1::Venue* here = Located(state);
  const auto wished = FindSpace(state, wish.venue, wish.spaces.front());
  if (here == nullptr || !wished.ok()) return found;
  std::vector<std::pair<double, const VenueState*>> around;
  model.ForEachVenue([&](const VenueState& other) {
    if (&other == &state) return;
    const v1::Venue* there = Located(other);
    if (there == nullptr) return;
    const double km = travel::GreatCircleKm(PlaceOf(*here), PlaceOf(*there));
    if (km <= kNearbyKm) around.emplace_back(km, &other);
  });
  std::sort(around.begin(), around.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first, a.second->head().id()) < std::pair(b.first, b.second->head().id());
  });
  const auto holidays = model.holidays();
  for (const auto& [km, other] : around) {
    if (found.size() == kMaxOthers) break;
    if (auto space = FreeSpaceOf(*other, wish, (*wished)->kind(), *holidays)) found.push_back(*space);
  }
  return found;
}

}  // namespace kepu::venue
