// How the places of a session are shared out: what a party takes of each pool, what is free for whom, what
// allotments set aside until their release, and what is kept for parties that were passed over. Pure
// functions on the head alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// Of a pool that nothing can fill.
inline constexpr int32_t kUnbounded = 1 << 30;

int64_t Heads(const v1::Party& party);
// What a party takes of each pool that is open to its kind.
Places PlacesOf(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party);
int32_t TakenOf(const record::PoolHead& pool);
// Below zero in a session that staff made overfull.
int32_t FreeOf(const record::PoolHead& pool);
// Free places of the pool that only parties of an allotment can have yet; at most what is free.
int32_t SetAsideOf(const record::SessionHead& head, int pool);
bool IsOverfull(const record::SessionHead& head);

// Bit i: a party that belongs to these (as Allotment.beneficiaries has it) may take of allotment i.
uint32_t AllotmentsFor(const record::SessionHead& head, const std::vector<std::string>& belongs_to);
// What a party with these allotments takes of them: as much of its need as is left there, the fullest first.
std::vector<record::Allotted> TakeAllotted(const record::SessionHead& head, const Places& need,
                                           uint32_t allotments);

// Free for a party that may take of these allotments.
Places FreePlaces(const record::SessionHead& head, uint32_t allotments);
// `places` covers `need` in every pool.
bool Covers(const Places& places, const Places& need);

// Places are kept for the party at the front: it was passed over long or often enough.
bool Kept(const record::WaitFront& front, const Rules& rules, absl::Time now);
// Takes off what is kept for a party of the front, from the places of one that may take of `allotments`.
void Keep(const record::SessionHead& head, const record::WaitFront& front, uint32_t allotments,
          Places* places);
// What is free and kept for nobody on the wait list.
Places FreeForStrangers(const record::SessionHead& head, uint32_t allotments, const Rules& rules,
                        absl::Time now);
// Bits of the parties among the first `limit` of the front that taking `taken` passes over.
uint32_t PassedOver(const record::SessionHead& head, int limit, const Places& taken, const Rules& rules,
                    absl::Time now);

}  // namespace kepu::event::domain
