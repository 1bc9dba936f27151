#include "services/event/domain/places.h"

#include <algorithm>

namespace kepu::event::domain {
namespace {

// What is left of an allotment that is not released.
int32_t Unused(const record::AllotmentHead& allotment) {
  return allotment.released() ? 0 : std::max(0, allotment.places() - allotment.taken());
}

int32_t UnusedOf(const record::SessionHead& head, int pool, uint32_t allotments) {
  int32_t unused = 0;
  for (int i = 0; i < head.allotments_size(); ++i) {
    if (head.allotments(i).pool() == pool && (allotments >> i & 1U) != 0)
      unused += Unused(head.allotments(i));
  }
  return unused;
}

int32_t Amount(v1::Pool::Counts counts, const v1::Party& party) {
  if (counts == v1::Pool::PUPILS_ONLY) return party.pupils();
  if (counts == v1::Pool::WHEELCHAIRS) return party.wheelchairs();
  if (counts == v1::Pool::PARTIES) return 1;
  return static_cast<int32_t>(Heads(party));
}

}  // namespace

int64_t Heads(const v1::Party& party) {
  return int64_t{party.adults()} + int64_t{party.pupils()} + int64_t{party.others()};
}

Places PlacesOf(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party) {
  Places places;
  places.reserve(static_cast<size_t>(head.pools_size()));
  for (const record::PoolHead& pool : head.pools()) {
    const bool open = pool.kinds().empty() || std::count(pool.kinds().begin(), pool.kinds().end(), kind) > 0;
    places.push_back(open ? Amount(pool.counts(), party) : 0);
  }
  return places;
}

int32_t TakenOf(const record::PoolHead& pool) { return pool.held() + pool.confirmed() + pool.checked_in(); }

int32_t FreeOf(const record::PoolHead& pool) {
  return pool.unbounded() ? kUnbounded : pool.capacity() - TakenOf(pool);
}

int32_t SetAsideOf(const record::SessionHead& head, int pool) {
  return std::clamp(UnusedOf(head, pool, ~0U), 0, std::max(0, FreeOf(head.pools(pool))));
}

bool IsOverfull(const record::SessionHead& head) {
  return std::any_of(head.pools().begin(), head.pools().end(),
                     [](const record::PoolHead& pool) { return FreeOf(pool) < 0; });
}

uint32_t AllotmentsFor(const record::SessionHead& head, const std::vector<std::string>& belongs_to) {
  uint32_t bits = 0;
  for (int i = 0; i < head.allotments_size(); ++i) {
    for (const std::string& beneficiary : head.allotments(i).beneficiaries()) {
      if (std::count(belongs_to.begin(), belongs_to.end(), beneficiary) > 0) bits |= 1U << i;
    }
  }
  return bits;
}

std::vector<record::Allotted> TakeAllotted(const record::SessionHead& head, const Places& need,
                                           uint32_t allotments) {
  std::vector<record::Allotted> taken;
  if (allotments == 0) return taken;
  for (int pool = 0; pool < head.pools_size(); ++pool) {
    int32_t left = need[static_cast<size_t>(pool)];
    std::vector<int> order;
    for (int i = 0; i < head.allotments_size(); ++i) {
      if (head.allotments(i).pool() == pool && (allotments >> i & 1U) != 0) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return Unused(head.allotments(a)) > Unused(head.allotments(b)); });
    for (const int i : order) {
      const int32_t places = std::min(left, Unused(head.allotments(i)));
      if (places <= 0) break;
      left -= places;
      taken.emplace_back().set_allotment(i);
      taken.back().set_places(places);
    }
  }
  return taken;
}

Places FreePlaces(const record::SessionHead& head, uint32_t allotments) {
  Places places;
  places.reserve(static_cast<size_t>(head.pools_size()));
  for (int i = 0; i < head.pools_size(); ++i) {
    int32_t free = FreeOf(head.pools(i));
    if (!head.allotments().empty() && !head.pools(i).unbounded()) free -= UnusedOf(head, i, ~allotments);
    places.push_back(free);
  }
  return places;
}

bool Covers(const Places& places, const Places& need) {
  for (size_t i = 0; i < need.size(); ++i) {
    if (need[i] > 0 && need[i] > places[i]) return false;
  }
  return true;
}

bool Kept(const record::WaitFront& front, const Rules& rules, absl::Time now) {
  if (front.passed() >= rules.passed_over_times_max) return true;
  return front.passed_since_us() > 0 &&
         now >= absl::FromUnixMicros(front.passed_since_us()) + rules.passed_over_max;
}

void Keep(const record::SessionHead& head, const record::WaitFront& front, uint32_t allotments,
          Places* places) {
  for (int i = 0; i < front.need_size(); ++i) {
    // What the party can have of its own allotment need not be kept of what is everybody's.
    const int32_t own = front.allotments() == 0 ? 0 : UnusedOf(head, i, front.allotments() & ~allotments);
    int32_t& left = (*places)[static_cast<size_t>(i)];
    left -= std::clamp(front.need(i) - own, 0, std::max(0, left));
  }
}

Places FreeForStrangers(const record::SessionHead& head, uint32_t allotments, const Rules& rules,
                        absl::Time now) {
  Places places = FreePlaces(head, allotments);
  for (const record::WaitFront& front : head.wait().front()) {
    if (Kept(front, rules, now)) Keep(head, front, allotments, &places);
  }
  return places;
}

uint32_t PassedOver(const record::SessionHead& head, int limit, const Places& taken, const Rules& rules,
                    absl::Time now) {
  uint32_t bits = 0;
  for (int i = 0; i < std::min(limit, head.wait().front_size()); ++i) {
    const record::WaitFront& front = head.wait().front(i);
    bool shares = false;
    for (int p = 0; p < front.need_size(); ++p)
      shares |= front.need(p) > 0 && taken[static_cast<size_t>(p)] > 0;
    if (shares && !Kept(front, rules, now)) bits |= 1U << i;
  }
  return bits;
}

}  // namespace kepu::event::domain
