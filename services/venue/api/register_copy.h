// A copy of the registers of the identity service, read over its public lists and read again when it is older
// than a minute and somebody asks. Identity down: the old copy serves on, and who asks is told. Owned by the
// service; used on the executor but for what is marked.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/peer.h"
#include "services/venue/domain/registers.h"

namespace kepu::venue {

class RegisterCopy {
 public:
  // Districts and communities change a few times a year; a minute is what an office waits for its own entry.
  static constexpr absl::Duration kFreshFor = absl::Minutes(1);
  // After a failure, before identity is asked again.
  static constexpr absl::Duration kRetryAfter = absl::Seconds(5);
  // Pages of a hundred: four times the city's communities and villages.
  static constexpr int kMaxPages = 400;

  struct Answer {
    std::shared_ptr<const Registers> registers;  // null: never read
    bool stale = false;                          // identity did not answer just now
  };
  using Done = std::function<void(Answer answer)>;

  // `identity` may be null, and outlives this.
  RegisterCopy(rpc::Peer* identity, executor::Executor& executor, executor::Clock& clock)
      : identity_(identity), executor_(executor), clock_(clock) {}

  void Get(Done done);
  // Any thread: the copy while it is fresh, null otherwise.
  std::shared_ptr<const Registers> Fresh() const;

  // NOT_FOUND when there is no such district, community or school; OK else, also when nobody can say. What
  // the copy does not know identity is asked for directly: it may be newer.
  void CheckExists(const std::string& name, std::function<void(absl::Status)> done);

 private:
  struct Reading;
  void Start();
  void ReadDistricts(const std::shared_ptr<Reading>& reading, const std::string& page_token);
  void ReadCommunities(const std::shared_ptr<Reading>& reading, const std::string& page_token);
  void ReadMarks(const std::shared_ptr<Reading>& reading);
  void End(const std::shared_ptr<Reading>& reading, const absl::Status& status);
  rpc::Context ContextOfCall() const;
  // Expires with this: an answer may come when the service is gone.
  std::weak_ptr<const bool> Alive() const { return alive_; }

  rpc::Peer* const identity_;
  executor::Executor& executor_;
  executor::Clock& clock_;
  struct Copy {
    std::shared_ptr<const Registers> registers;  // null: never read
    absl::Time read_at = absl::InfinitePast();   // Executor::SteadyNow's scale
    bool IsFresh(absl::Time now) const { return registers != nullptr && now - read_at <= kFreshFor; }
  };
  Copy copy() const {
    absl::ReaderMutexLock lock(&mutex_);
    return copy_;
  }

  mutable absl::Mutex mutex_;
  Copy copy_ ABSL_GUARDED_BY(mutex_);
  absl::Time failed_at_ = absl::InfinitePast();  // Executor::SteadyNow's scale
  bool reading_ = false;
  std::vector<Done> waiting_;
  const std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace kepu::venue
