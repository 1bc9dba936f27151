#include "libs/live/marks.h"

#include <algorithm>

namespace kepu::live {

Marks FromProto(const google::protobuf::RepeatedPtrField<v1::Mark>& marks, size_t partitions,
                Mark otherwise) {
  Marks read(partitions, otherwise);
  for (const v1::Mark& mark : marks)
    if (mark.partition() < partitions) read[mark.partition()] = {mark.seq(), mark.events()};
  return read;
}

void AddMark(uint32_t partition, const Mark& mark, google::protobuf::RepeatedPtrField<v1::Mark>* out) {
  v1::Mark* added = out->Add();
  added->set_partition(partition);
  added->set_seq(mark.seq);
  added->set_events(mark.events);
}

uint64_t EntriesBetween(const Marks& from, const Marks& until) {
  uint64_t entries = 0;
  for (size_t i = 0; i < std::min(from.size(), until.size()); ++i)
    if (until[i].seq > from[i].seq) entries += until[i].seq - from[i].seq;
  return entries;
}

}  // namespace kepu::live
