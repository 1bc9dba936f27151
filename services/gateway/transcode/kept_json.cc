#include "services/gateway/transcode/kept_json.h"

#include <utility>

#include "absl/hash/hash.h"

namespace kepu::gateway::transcode {

std::shared_ptr<const KeptJson::Entry> KeptJson::Find(const Route& route, const std::string& bytes) const {
  if (!IsWorthKeeping(bytes)) return nullptr;
  std::shared_ptr<const Entry> entry;
  {
    const size_t slot = absl::HashOf(&route, bytes) % kSlots;
    absl::ReaderMutexLock lock(&mutex_);
    entry = slots_[slot];
  }
  if (entry == nullptr || entry->route != &route || entry->bytes != bytes) return nullptr;
  return entry;
}

void KeptJson::Keep(std::shared_ptr<const Entry> entry) {
  const size_t slot = absl::HashOf(entry->route, entry->bytes) % kSlots;
  absl::MutexLock lock(&mutex_);
  std::swap(slots_[slot], entry);
}

}  // namespace kepu::gateway::transcode
