// What is read of the ways into shifts: who waits for which shift and in which order (about 60 bytes each),
// whose sign-up is offered to whom, and what coordinators set aside at each place. Part of the read model:
// fed on one executor, read from any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

class SignupBook {
 public:
  void Load(const domain::Shift& shift);
  // `head` as it is after the fact.
  void Fold(const domain::record::ShiftHead& head, const domain::record::Fact& fact);

  // Of a shift by its id; empty when nobody waits.
  domain::record::WaitList WaitListOf(absl::string_view shift) const;
  // Ids of at most `limit` shifts that somebody waits for, after one of them.
  std::vector<std::string> WaitsOf(absl::string_view person, absl::string_view after, size_t limit) const;
  // Names of at most `limit` sign-ups offered to somebody, after one of them.
  std::vector<std::string> OffersTo(absl::string_view person, absl::string_view after, size_t limit) const;

  struct OverrideRow {
    std::string key;  // continues a list after it
    std::string shift;
    std::string person;
    int64_t start_us = 0;
    domain::record::Override override;
  };
  // Of a place, in the order in which they were made.
  std::vector<OverrideRow> OverridesOf(absl::string_view place, absl::string_view after, size_t limit) const;

 private:
  using Names = std::set<std::string, std::less<>>;
  void AddOverride(const domain::record::ShiftHead& head, absl::string_view person,
                   const domain::record::Override& override) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FoldWait(const std::string& shift, const domain::record::Fact& fact)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropOffer(const std::string& signup) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, domain::record::WaitList> waits_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Names> waits_of_ ABSL_GUARDED_BY(mutex_);
  // By whom it is offered to, and by the sign-up.
  absl::flat_hash_map<std::string, Names> offers_to_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::string> offered_to_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::map<std::string, OverrideRow, std::less<>>> overrides_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::volunteer
