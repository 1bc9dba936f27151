#include "services/venue/domain/consequences.h"

#include <set>

#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/spaces.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;

// A thing in the way, before its record is looked at.
struct Hit {
  std::string name;
  std::string space;
  std::string id;
  bool exhibition = false;
};

absl::StatusOr<std::vector<Hit>> AllHits(const VenueState& state, absl::string_view venue, Extent extent) {
  std::vector<Hit> hits;
  if (extent.interval.empty()) return hits;
  if (extent.spaces.empty()) extent.spaces.assign(state.head().spaces().begin(), state.head().spaces().end());
  auto taken = TakenIn(state, WithParts(state.head(), extent.spaces), extent.interval);
  if (!taken.ok()) return taken.status();
  std::set<std::string> seen;
  absl::Status missing;
  for (const Taken& item : *taken) {
    // An exhibition takes each of its spaces under its own id, and is one hit.
    auto exhibition = state.Find(ExhibitionField(item.id));
    if (!exhibition.ok()) {
      missing = exhibition.status();
      continue;
    }
    const bool shown = *exhibition != nullptr;
    std::string name = shown ? ExhibitionName(venue, item.id) : AllocationName(venue, item.space, item.id);
    if (seen.insert(name).second) hits.push_back({std::move(name), item.space, item.id, shown});
  }
  if (!missing.ok()) return missing;
  return hits;
}

std::set<std::string> NamesOf(const std::vector<Hit>& hits) {
  std::set<std::string> names;
  for (const Hit& hit : hits) names.insert(hit.name);
  return names;
}

absl::Status Describe(const VenueState& state, absl::string_view venue, const Hit& hit,
                      v1::ClosureHit& described) {
  described.set_name(hit.name);
  auto allocation = FindAllocation(state, venue, hit.space, hit.id);
  if (!allocation.ok()) return allocation.status();
  *described.mutable_start_time() = (*allocation)->start_time();
  *described.mutable_end_time() = (*allocation)->end_time();
  if (hit.exhibition) {
    auto exhibition = FindExhibition(state, venue, hit.id);
    if (!exhibition.ok()) return exhibition.status();
    described.set_kind(v1::ClosureHit::EXHIBITION);
    *described.mutable_title() = (*exhibition)->title();
    return absl::OkStatus();
  }
  described.set_holder((*allocation)->holder());
  const bool session = names::Parse("holder", "events/*/sessions/*", described.holder()).ok();
  described.set_kind(session ? v1::ClosureHit::SESSION : v1::ClosureHit::ALLOCATION);
  return absl::OkStatus();
}

using Described = google::protobuf::RepeatedPtrField<v1::ClosureHit>;

// Those that `other` lacks; at most kMaxHits.
absl::Status DescribeFreed(const VenueState& state, absl::string_view venue, const std::vector<Hit>& hits,
                           const std::set<std::string>& other, Described* described) {
  absl::Status missing;
  for (const Hit& hit : hits) {
    if (other.contains(hit.name) || described->size() >= kMaxHits) continue;
    // All records are asked for before giving up, so that one load brings them all.
    if (absl::Status status = Describe(state, venue, hit, *described->Add()); !status.ok()) missing = status;
  }
  return missing;
}

// Routes are hit by closures of the whole venue alone.
void AddRoutes(const std::vector<v1::ClosureHit>& routes, const v1::Closure& closure, bool newly,
               Described* described) {
  for (const v1::ClosureHit& route : routes) {
    if (described->size() >= kMaxHits) return;
    v1::ClosureHit& hit = *described->Add();
    hit = route;
    hit.set_newly(newly);
    *hit.mutable_start_time() = closure.start_time();
    *hit.mutable_end_time() = closure.end_time();
  }
}

}  // namespace

Extent ExtentOf(const v1::Closure& closure) {
  Extent extent{{}, {ToTime(closure.start_time()), ToTime(closure.end_time())}};
  for (const std::string& name : closure.spaces()) extent.spaces.emplace_back(IdOf(name));
  return extent;
}

Extent ExtentBefore(const v1::Closure& closure) {
  const v1::Closure::Extent& before = closure.before();
  Extent extent{{}, {ToTime(before.start_time()), ToTime(before.end_time())}};
  for (const std::string& name : before.spaces()) extent.spaces.emplace_back(IdOf(name));
  return extent;
}

absl::StatusOr<Hits> HitsOf(const VenueState& state, absl::string_view venue, Extent extent) {
  auto all = AllHits(state, venue, std::move(extent));
  if (!all.ok()) return all.status();
  Hits hits;
  hits.count = static_cast<int>(all->size());
  for (const Hit& hit : *all)
    if (hits.names.size() < kMaxHits) hits.names.push_back(hit.name);
  return hits;
}

absl::Status FillConsequences(const VenueState& state, absl::string_view venue,
                              const std::vector<v1::ClosureHit>& routes, v1::Closure& closure) {
  auto now = AllHits(state, venue, ExtentOf(closure));
  if (!now.ok()) return now.status();
  const bool changed = closure.has_before();
  auto before = changed ? AllHits(state, venue, ExtentBefore(closure)) : std::vector<Hit>();
  if (!before.ok()) return before.status();
  const std::set<std::string> old_names = NamesOf(*before), new_names = NamesOf(*now);
  closure.clear_hits();
  closure.clear_consequences();
  closure.clear_freed();
  absl::Status missing;
  for (const Hit& hit : *now) {
    if (closure.hits_size() >= kMaxHits) break;
    closure.add_hits(hit.name);
    v1::ClosureHit& described = *closure.add_consequences();
    if (absl::Status status = Describe(state, venue, hit, described); !status.ok()) missing = status;
    described.set_newly(changed && !old_names.contains(hit.name));
  }
  if (changed) {
    const absl::Status status = DescribeFreed(state, venue, *before, new_names, closure.mutable_freed());
    if (!status.ok()) missing = status;
  }
  if (!missing.ok()) return missing;
  closure.set_hit_count(static_cast<int>(now->size()));
  closure.set_consequence_count(closure.hit_count());
  const bool whole = closure.spaces().empty() && !ExtentOf(closure).interval.empty();
  const bool was_whole = changed && closure.before().spaces().empty();
  if (whole) {
    AddRoutes(routes, closure, changed && !was_whole, closure.mutable_consequences());
    closure.set_consequence_count(closure.hit_count() + static_cast<int>(routes.size()));
  } else if (was_whole) {
    AddRoutes(routes, closure, false, closure.mutable_freed());
  }
  return absl::OkStatus();
}

}  // namespace kepu::venue
