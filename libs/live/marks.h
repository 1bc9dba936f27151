// How far the logs of a service were seen, by partition: what a reader of live events comes back with. A mark
// covers all entries up to its seq and the first events of the next entry. Values; pure.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "kepu/live/v1/live.pb.h"

namespace kepu::live {

struct Mark {
  uint64_t seq = 0;
  uint32_t events = 0;
  auto operator<=>(const Mark&) const = default;
};

// Index = partition.
using Marks = std::vector<Mark>;

// Right after an event, which is the last that was seen of its partition.
inline Mark After(uint64_t seq, uint32_t index) { return {seq - 1, index + 1}; }
// The event comes after what was seen.
inline bool IsNews(const Mark& seen, uint64_t seq, uint32_t index) { return seen < After(seq, index); }

// Every partition that is not named is at `otherwise`.
Marks FromProto(const google::protobuf::RepeatedPtrField<v1::Mark>& marks, size_t partitions, Mark otherwise);
void AddMark(uint32_t partition, const Mark& mark, google::protobuf::RepeatedPtrField<v1::Mark>* out);

// Entries to read to come from one to the other.
uint64_t EntriesBetween(const Marks& from, const Marks& until);

}  // namespace kepu::live
