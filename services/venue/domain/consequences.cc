#include "services/venue/domain/consequences.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/match.h"
#include "libs/names/names.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/spaces.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;

// A thing in the way: of the venue's own, before its record is looked at, or as somebody else told it.
struct Struck {
  std::string name;
  std::string space;
  std::string id;
  bool exhibition = false;
  Interval taken;
  std::optional<v1::ClosureHit> told;
};

struct Met {
  std::vector<Struck> all;  // by start, routes behind the others
  std::vector<Struck> own;  // allocations and exhibitions, those of sessions too
  std::vector<std::string> unknown_of;
};

bool IsRoute(const Struck& hit) { return hit.told && hit.told->kind() == v1::ClosureHit::ROUTE; }

absl::StatusOr<std::vector<Struck>> AllHits(const VenueState& state, absl::string_view venue, Extent extent) {
  std::vector<Struck> hits;
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
    if (seen.insert(name).second)
      hits.push_back({std::move(name), item.space, item.id, shown, item.interval, {}});
  }
  if (!missing.ok()) return missing;
  return hits;
}

// Those of the venue's own that reservations of sessions made.
std::vector<HeldHall> HeldHalls(const std::vector<Struck>& own) {
  std::vector<HeldHall> halls;
  for (const Struck& hit : own)
    if (!hit.exhibition && absl::StartsWith(hit.id, ClaimAllocationId("")))
      halls.push_back({hit.space, hit.taken, hit.name});
  return halls;
}

// Everything in the way of the extent, each once: a session stands for the hall that it holds.
absl::StatusOr<Met> MetBy(const VenueState& state, absl::string_view venue, const Extent& extent,
                          const LookAround& look) {
  Met met;
  if (extent.interval.empty()) return met;
  auto own = AllHits(state, venue, extent);
  if (!own.ok()) return own.status();
  met.own = *std::move(own);
  Around around = look(extent.interval);
  met.unknown_of = std::move(around.unknown_of);
  const std::vector<std::string> related = WithParts(state.head(), extent.spaces);
  const Closing closing{extent.interval, extent.spaces.empty(), {related.begin(), related.end()}};
  std::set<std::string> stood_for;
  for (v1::ClosureHit& hit : HitAround(around, closing, HeldHalls(met.own))) {
    if (!hit.allocation().empty()) stood_for.insert(hit.allocation());
    const Interval time{ToTime(hit.start_time()), ToTime(hit.end_time())};
    met.all.push_back({hit.name(), "", "", false, time, std::move(hit)});
  }
  for (const Struck& hit : met.own)
    if (!stood_for.contains(hit.name)) met.all.push_back(hit);
  std::sort(met.all.begin(), met.all.end(), [](const Struck& a, const Struck& b) {
    return std::make_tuple(IsRoute(a), a.taken.start, absl::string_view(a.name)) <
           std::make_tuple(IsRoute(b), b.taken.start, absl::string_view(b.name));
  });
  return met;
}

std::set<std::string> NamesOf(const std::vector<Struck>& hits) {
  std::set<std::string> names;
  for (const Struck& hit : hits) names.insert(hit.name);
  return names;
}

absl::Status Describe(const VenueState& state, absl::string_view venue, const Struck& hit,
                      v1::ClosureHit& described) {
  if (hit.told) {
    described = *hit.told;
    return absl::OkStatus();
  }
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
  described.set_space(SpaceName(venue, hit.space));
  described.set_holder((*allocation)->holder());
  const bool session = names::Parse("holder", "events/*/sessions/*", described.holder()).ok();
  described.set_kind(session ? v1::ClosureHit::SESSION : v1::ClosureHit::ALLOCATION);
  return absl::OkStatus();
}

using Described = google::protobuf::RepeatedPtrField<v1::ClosureHit>;

// Those that `skip` lacks, at most kMaxHits, by the start that is shown; `newly` where `known` lacks them.
absl::Status DescribeAll(const VenueState& state, absl::string_view venue, const std::vector<Struck>& hits,
                         const std::set<std::string>& skip, const std::set<std::string>* known,
                         Described* described) {
  absl::Status missing;
  for (const Struck& hit : hits) {
    if (skip.contains(hit.name)) continue;
    if (described->size() >= kMaxHits) break;
    v1::ClosureHit& one = *described->Add();
    // All records are asked for before giving up, so that one load brings them all.
    if (absl::Status status = Describe(state, venue, hit, one); !status.ok()) missing = status;
    one.set_newly(known != nullptr && !known->contains(hit.name));
  }
  std::stable_sort(described->begin(), described->end(), [](const auto& a, const auto& b) {
    return std::make_tuple(a.kind() == v1::ClosureHit::ROUTE, ToTime(a.start_time())) <
           std::make_tuple(b.kind() == v1::ClosureHit::ROUTE, ToTime(b.start_time()));
  });
  return missing;
}

Hits Named(const std::vector<Struck>& all) {
  Hits hits;
  hits.count = static_cast<int>(all.size());
  for (const Struck& hit : all)
    if (hits.names.size() < kMaxHits) hits.names.push_back(hit.name);
  return hits;
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
  return Named(*all);
}

absl::StatusOr<Hits> AllHitsOf(const VenueState& state, absl::string_view venue, const Extent& extent,
                               const LookAround& look) {
  auto met = MetBy(state, venue, extent, look);
  if (!met.ok()) return met.status();
  Hits hits = Named(met->all);
  hits.unknown_of = std::move(met->unknown_of);
  return hits;
}

absl::Status FillConsequences(const VenueState& state, absl::string_view venue, const LookAround& look,
                              v1::Closure& closure) {
  const bool changed = closure.has_before();
  auto now = MetBy(state, venue, ExtentOf(closure), look);
  auto before = changed ? MetBy(state, venue, ExtentBefore(closure), look) : Met();
  if (!now.ok()) return now.status();
  if (!before.ok()) return before.status();
  closure.clear_hits();
  closure.clear_consequences();
  closure.clear_freed();
  closure.clear_unknown_of();
  const Hits own = Named(now->own);
  closure.mutable_hits()->Add(own.names.begin(), own.names.end());
  closure.set_hit_count(own.count);
  closure.set_consequence_count(static_cast<int>(now->all.size()));
  const std::set<std::string> old_names = NamesOf(before->all), new_names = NamesOf(now->all);
  absl::Status described =
      DescribeAll(state, venue, now->all, {}, changed ? &old_names : nullptr, closure.mutable_consequences());
  described.Update(DescribeAll(state, venue, before->all, new_names, nullptr, closure.mutable_freed()));
  std::set<std::string> unknown(now->unknown_of.begin(), now->unknown_of.end());
  unknown.insert(before->unknown_of.begin(), before->unknown_of.end());
  closure.mutable_unknown_of()->Add(unknown.begin(), unknown.end());
  return described;
}

}  // namespace kepu::venue
