#include "services/venue/domain/exhibit_uses.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_format.h"
#include "services/venue/domain/exhibit_claims.h"
#include "services/venue/domain/state.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using log::v1::ClaimedMonth;

Interval TimeOf(const ClaimedMonth::Item& item) {
  return {absl::FromUnixMicros(item.start_us()), absl::FromUnixMicros(item.end_us())};
}

absl::Duration GapBetween(const Use& a, const Use& b, absl::Duration handling) {
  return SamePlace(a.place, b.place) ? absl::ZeroDuration() : handling;
}

bool TakesOver(const Use& a, const Use& b) {
  return !a.in_place_of.empty() && a.in_place_of == b.reservation;
}

bool GoTogether(const Use& a, const Use& b) {
  if (TakesOver(a, b) || TakesOver(b, a)) return true;
  return SamePlace(a.place, b.place) && (a.kind == Use::kStay || b.kind == Use::kStay);
}

}  // namespace

std::string ClaimedField(absl::CivilMonth month) {
  return absl::StrFormat("m/%04d%02d", month.year(), month.month());
}

Interval Widened(const Interval& time, absl::Duration by) { return calendar::Buffers{by, by}.Widen(time); }

Use UseOf(const v1::Custody& custody) {
  return {{ToTime(custody.start_time()), ToTime(custody.end_time())},
          custody.place(),
          custody.name(),
          custody.kind() == v1::Custody::REPAIR ? Use::kRepair : Use::kStay};
}

bool Collide(const Use& a, const Use& b, absl::Duration handling) {
  return !GoTogether(a, b) && a.time.Overlaps(Widened(b.time, GapBetween(a, b, handling)));
}

absl::StatusOr<Uses> ClaimsIn(const ExhibitState& state, const Interval& window) {
  Uses uses;
  std::set<std::string> seen;
  absl::Status missing;
  for (const absl::CivilMonth month : MonthsOf(window)) {
    auto child = state.Find(ClaimedField(month));
    if (!child.ok()) missing = child.status();
    if (!child.ok() || *child == nullptr) continue;
    for (const ClaimedMonth::Item& item : (*child)->claimed().items()) {
      if (!TimeOf(item).Overlaps(window) || !seen.insert(item.claim_id()).second) continue;
      uses.push_back({TimeOf(item), item.place(), item.purpose(), Use::kClaim, item.claim_id(),
                      item.reservation(), item.in_place_of()});
    }
  }
  if (!missing.ok()) return missing;
  return uses;
}

absl::StatusOr<Uses> UsesIn(const ExhibitState& state, const Interval& window) {
  auto uses = ClaimsIn(state, window);
  auto coming = state.Find(kComingField);
  if (!coming.ok()) return coming.status();
  absl::Status missing = uses.status();
  if (*coming != nullptr) {
    for (const auto& item : (*coming)->coming().items()) {
      const Interval stay{absl::FromUnixMicros(item.start_us()), absl::FromUnixMicros(item.end_us())};
      if (!stay.Overlaps(window)) continue;
      auto custody = FindCustody(state, state.head().id(), item.id());
      if (!custody.ok()) {
        missing = custody.status();
      } else if (missing.ok()) {
        uses->push_back(UseOf(**custody));
      }
    }
  }
  if (!missing.ok()) return missing;
  std::sort(uses->begin(), uses->end(),
            [](const Use& a, const Use& b) { return a.time.start < b.time.start; });
  return uses;
}

Nearest NearestTo(const Use& wish, const Uses& uses, absl::Duration handling, absl::Time now) {
  std::vector<Interval> holes;
  for (const Use& use : uses)
    if (!GoTogether(use, wish)) holes.push_back(Widened(use.time, GapBetween(use, wish, handling)));
  const Interval reach = Widened(wish.time, kNearestReach);
  const absl::Duration length = wish.time.length();
  Nearest nearest;
  for (const Interval& free : calendar::Subtract({std::max(now, reach.start), reach.end}, holes)) {
    const absl::Time latest = std::min(free.end - length, wish.time.start);
    if (latest >= free.start) nearest.before = latest;
    const absl::Time earliest = std::max(free.start, wish.time.start);
    if (!nearest.after && earliest + length <= free.end) nearest.after = earliest;
  }
  return nearest;
}

const Use* FirstBroken(const Uses& uses, absl::Duration handling, absl::Time now) {
  const auto promised = [now](const Use& use) { return use.kind == Use::kClaim && use.time.end > now; };
  for (size_t i = 0; i < uses.size(); ++i) {
    for (size_t j = i + 1; j < uses.size() && uses[j].time.start < uses[i].time.end + handling; ++j) {
      const Use* claim = promised(uses[j]) ? &uses[j] : promised(uses[i]) ? &uses[i] : nullptr;
      if (claim != nullptr && Collide(uses[i], uses[j], handling)) return claim;
    }
  }
  return nullptr;
}

}  // namespace kepu::venue
