// Which events a typed text means: a part of the name (Chinese, English, pinyin or its initials), of the
// description, or a topic. Written on the executor, asked from any thread.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/text/findable.h"

namespace kepu::event {

class EventFinder {
 public:
  void Put(const v1::Event& event) {
    const std::string more =
        absl::StrCat(event.display_name().en(), "\n", event.description().zh(), "\n",
                     event.description().en(), "\n", absl::StrJoin(event.topics(), "\n"));
    text::Findable findable(event.display_name().zh(), more);
    absl::MutexLock lock(&mutex_);
    findables_.insert_or_assign(event.name(), std::move(findable));
  }

  bool Matches(absl::string_view name, const text::Typed& typed) const {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = findables_.find(name);
    return found != findables_.end() && found->second.Matches(typed);
  }

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, text::Findable> findables_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::event
