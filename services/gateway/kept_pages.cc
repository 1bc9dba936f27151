#include "services/gateway/kept_pages.h"

#include <optional>
#include <utility>

#include "absl/hash/hash.h"

namespace kepu::gateway {

std::shared_ptr<const KeptPages::Entry> KeptPages::Find(size_t slot, const transcode::Route& route,
                                                        const std::string& bytes) const {
  std::shared_ptr<const Entry> entry;
  {
    absl::ReaderMutexLock lock(&mutex_);
    entry = slots_[slot];
  }
  if (entry == nullptr || entry->route != &route || entry->bytes != bytes) return nullptr;
  return entry;
}

transcode::Answer KeptPages::Success(const transcode::Route& route, const std::string& bytes,
                                     absl::string_view target) {
  if (route.verb != "GET" || route.method->raw || bytes.size() < kBytesMin || bytes.size() > kBytesMax)
    return writer_.Success(route, bytes, target);
  const size_t slot = absl::HashOf(&route, bytes) % kSlots;
  if (const auto entry = Find(slot, route, bytes)) return transcode::Success(route, entry->printed, target);
  std::optional<transcode::Printed> printed = writer_.Print(route, bytes);
  if (!printed) return writer_.Success(route, bytes, target);
  std::shared_ptr<const Entry> entry = std::make_shared<Entry>(Entry{&route, bytes, *std::move(printed)});
  {
    absl::MutexLock lock(&mutex_);
    slots_[slot] = entry;
  }
  return transcode::Success(route, entry->printed, target);
}

}  // namespace kepu::gateway
