// A copy of the registers of schools and districts of the identity service, read over its public lists and
// read again when it is older than a minute and somebody asks. Identity down: the old copy serves on, and who
// asks is told. Owned by the service; used on the executor.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/peer.h"

namespace kepu::event {

// As it was read; never changed after.
struct Registers {
  struct School {
    std::string name;  // "schools/x"
    std::string zh, en;
    std::string district;             // in force today
    std::string stage;                // "PRIMARY"
    std::vector<std::string> traits;  // "REMOTE"
    bool served_first = false;        // remote and special schools
    bool counted = true;              // it is there today: a denominator
  };
  struct District {
    std::string zh, en;
    std::string merged_into;
  };
  absl::Time read_time;
  std::vector<School> schools;                       // by name
  absl::flat_hash_map<std::string, size_t> by_name;  // also under names of schools that were merged
  absl::flat_hash_map<std::string, District> districts;

  // Null: not known.
  const School* Find(absl::string_view school) const;
  // The district that this one is part of now.
  std::string DistrictNow(absl::string_view district) const;
};

class SchoolRegister {
 public:
  static constexpr absl::Duration kFreshFor = absl::Minutes(1);
  // After a failure, before identity is asked again.
  static constexpr absl::Duration kRetryAfter = absl::Seconds(5);
  // Pages of a hundred: ten times the city's schools.
  static constexpr int kMaxPages = 400;
  // Schools that came under a name that the register has no more: each is asked for once a reading.
  static constexpr size_t kMaxMerged = 200;

  struct Answer {
    std::shared_ptr<const Registers> registers;  // null: never read
    bool stale = false;                          // identity did not answer just now
  };
  using Done = std::function<void(const Answer& answer)>;

  // `identity` may be null, and outlives this. `heard_of` names schools that may have been merged.
  SchoolRegister(rpc::Peer* identity, executor::Executor& executor, const executor::Clock& clock,
                 std::function<std::vector<std::string>()> heard_of)
      : identity_(identity), executor_(executor), clock_(clock), heard_of_(std::move(heard_of)) {}

  void Get(Done done);

 private:
  struct Reading;
  using ReadingPtr = std::shared_ptr<Reading>;
  void ReadDistricts(const ReadingPtr& reading, const std::string& page_token);
  void ReadSchools(const ReadingPtr& reading, const std::string& page_token);
  void ReadMerged(const ReadingPtr& reading);
  void End(const ReadingPtr& reading, const absl::Status& status);
  rpc::Context ContextOfCall() const;

  rpc::Peer* const identity_;
  executor::Executor& executor_;
  const executor::Clock& clock_;
  const std::function<std::vector<std::string>()> heard_of_;
  std::shared_ptr<const Registers> copy_;
  absl::Time read_at_ = absl::InfinitePast();    // Executor::SteadyNow's scale
  absl::Time failed_at_ = absl::InfinitePast();  // the same
  bool reading_ = false;
  std::vector<Done> waiting_;
  // An answer may come when the service is gone.
  const std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace kepu::event
