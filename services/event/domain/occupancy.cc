#include "services/event/domain/occupancy.h"

#include <algorithm>

#include "services/event/domain/places.h"

namespace kepu::event::domain {
namespace {

// Heads that are still to come, by the session's own pools: those of a pool for everybody, or of its parts.
int32_t ComingTo(const record::SessionHead& head) {
  if (head.state() != v1::Session::SCHEDULED) return 0;
  int32_t whole = 0, parts = 0;
  for (const record::PoolHead& pool : head.pools()) {
    const bool heads = pool.counts() == v1::Pool::HEADS || pool.counts() == v1::Pool::PUPILS_ONLY;
    if (!pool.day_limit().empty() || !heads) continue;
    const int32_t coming = pool.held() + pool.confirmed();
    if (pool.kinds().empty()) {
      whole = std::max(whole, coming);
    } else {
      parts += coming;
    }
  }
  return std::max(whole, whole == 0 ? parts : 0);
}

}  // namespace

Visitors VisitorsOf(const record::SessionHead& head, absl::Duration stay) {
  Visitors visitors;
  visitors.start = absl::FromUnixMicros(head.start_us());
  visitors.until = stay > absl::ZeroDuration() ? visitors.start + stay : absl::FromUnixMicros(head.end_us());
  visitors.coming = ComingTo(head);
  visitors.inside = std::max(0, InsideNow(head));
  return visitors;
}

int32_t ExpectedAt(const std::vector<Visitors>& sessions, absl::Time at, absl::Duration overstay,
                   absl::Time now) {
  int32_t heads = 0;
  for (const Visitors& one : sessions) {
    const bool late = one.until <= now;
    if (at < (late ? now + overstay : one.until)) heads += one.inside;
    if (one.start <= at && at < one.until) heads += one.coming;
  }
  return heads;
}

int32_t MostExpected(const std::vector<Visitors>& sessions, absl::Time from, absl::Time to,
                     absl::Duration overstay, absl::Time now) {
  from = std::max(from, now);
  int32_t most = from < to ? ExpectedAt(sessions, from, overstay, now) : 0;
  // It only grows where a session starts.
  for (const Visitors& one : sessions) {
    if (from < one.start && one.start < to)
      most = std::max(most, ExpectedAt(sessions, one.start, overstay, now));
  }
  return most;
}

int32_t Overstaying(const std::vector<Visitors>& sessions, absl::Time now) {
  int32_t heads = 0;
  for (const Visitors& one : sessions) heads += one.until <= now ? one.inside : 0;
  return heads;
}

}  // namespace kepu::event::domain
