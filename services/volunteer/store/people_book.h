// How many people are registered and verified, and how many of them are under age, by district and category:
// kept as counts that follow the heads of people (R147). Fed on the executor, read from any thread. Beside
// it, where the entries of ID numbers lie.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "libs/reservation/settler.h"
#include "libs/store/request_key.h"
#include "services/volunteer/domain/id_number.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer {

// Named by a keyed digest, so that neither the key nor the log tells the number.
std::string IdNumberIdOf(const store::KeyMaker& keys, absl::string_view number);
reservation::Place IdNumberPlace(absl::string_view id);
bool IsIdNumber(absl::string_view key);
// What a fact tells of the entry that it is of.
domain::record::IdNumberHead IdNumberAfter(const domain::record::Fact& fact);

// The lists that a person stands in: volunteers in all and their district's, staff in their venue's.
std::vector<std::string> ListsOf(const domain::record::PersonHead& head);

class PeopleBook {
 public:
  struct Count {
    int32_t registered = 0;
    int32_t verified = 0;
    int32_t minors = 0;
  };
  using Row = std::pair<std::string, v1::Category>;  // district, category
  using Counts = std::map<Row, Count>;
  // Whether the person of this head, who registered as a minor, is one on the day.
  using IsMinor = std::function<bool(const std::string& user, const std::string& sealed_birth_date)>;

  void See(const domain::record::PersonHead& head);
  // `is_minor` answers for `day`, and is asked once a day of each who registered as a minor.
  Counts On(absl::CivilDay day, const IsMinor& is_minor);

 private:
  struct Known {
    uint32_t row = 0;
    bool verified = false;
  };
  struct Minor {
    std::string user;
    std::string sealed_birth_date;
    uint32_t row = 0;
    bool counted = false;
  };
  uint32_t IndexOf(Row row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(const std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Check(const std::string& id, const IsMinor& is_minor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  // Districts times categories: some hundreds.
  std::map<Row, uint32_t> rows_ ABSL_GUARDED_BY(mutex_);
  std::vector<Count> counts_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Minor> minors_ ABSL_GUARDED_BY(mutex_);
  // Whose age was not looked at since they changed, and the day for which the others were.
  absl::flat_hash_set<std::string> unchecked_ ABSL_GUARDED_BY(mutex_);
  absl::CivilDay checked_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::volunteer
