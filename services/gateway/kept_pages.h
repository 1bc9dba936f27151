// Large answers that were printed as JSON before, kept for as long as the same bytes come again: a page of a
// catalogue is asked for by everybody and printing it costs more than all else of the call. What is found was
// made from exactly these bytes, so nothing can be out of date and nobody sees what was not theirs. Owned by
// the gateway; bounded; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway {

class KeptPages {
 public:
  // Smaller ones are printed faster than they are compared and copied; larger ones would fill the memory.
  static constexpr size_t kBytesMin = 2048, kBytesMax = size_t{128} * 1024;

  // Not owned; prints what is not kept.
  explicit KeptPages(const transcode::AnswerWriter& writer) : writer_(writer) {}

  // What the writer's Success answers to the same.
  transcode::Answer Success(const transcode::Route& route, const std::string& bytes,
                            absl::string_view target);

 private:
  struct Entry {
    const transcode::Route* route = nullptr;
    std::string bytes;  // of the response
    transcode::Printed printed;
  };
  static constexpr size_t kSlots = 64;

  // Null when it is not kept.
  std::shared_ptr<const Entry> Find(size_t slot, const transcode::Route& route,
                                    const std::string& bytes) const;

  const transcode::AnswerWriter& writer_;
  mutable absl::Mutex mutex_;
  std::array<std::shared_ptr<const Entry>, kSlots> slots_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::gateway
