// Large answers that were printed as JSON before, kept for as long as the same bytes come again: a page of a
// catalogue is asked for by everybody and printing it costs more than all else of the call. What is found was
// made from exactly these bytes, so nothing can be out of date and nobody sees what was not theirs. Bounded;
// thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

class KeptJson {
 public:
  // Smaller ones are printed faster than they are compared and copied; larger ones would fill the memory.
  static constexpr size_t kBytesMin = 2048, kBytesMax = size_t{128} * 1024;

  static bool IsWorthKeeping(const std::string& bytes) {
    return bytes.size() >= kBytesMin && bytes.size() <= kBytesMax;
  }

  struct Entry {
    const Route* route = nullptr;
    std::string bytes;  // of the response
    std::string body;
    std::string etag;
    std::string next_page_token;
  };

  // Null when it is not kept.
  std::shared_ptr<const Entry> Find(const Route& route, const std::string& bytes) const;
  void Keep(std::shared_ptr<const Entry> entry);

 private:
  static constexpr size_t kSlots = 64;

  mutable absl::Mutex mutex_;
  std::array<std::shared_ptr<const Entry>, kSlots> slots_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::gateway::transcode
