// Finishes what a change of a person leaves to be done in other partitions: an ID number that was taken
// stands with its person, one that was left is free again, and sign-ups to come are released that no guardian
// consents to any more or whose person is gone; what others have claimed them for is reported to those. Begun
// by the call that made the change, and as a chore by every replica until the log shows that it is done; each
// step is idempotent by its data. Lives on the executor.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/consents.h"

namespace kepu::volunteer {

class PeopleKeeper {
 public:
  // Outlives this.
  explicit PeopleKeeper(const Context& context) : context_(context) {}
  PeopleKeeper(const PeopleKeeper&) = delete;
  PeopleKeeper& operator=(const PeopleKeeper&) = delete;

  // A person or an ID number was loaded or has changed.
  void See(const domain::record::PersonHead& head);
  void See(const domain::record::IdNumberHead& head);

  using Done = std::function<void(const store::Outcome& outcome)>;
  // The number stands with the person for whom it was taken, or not because a later one does. `done` has the
  // position at the person.
  void FinishIdNumber(const std::string& id, Done done);
  // Sign-ups to come were looked through; what could not be yet is done later.
  void Review(const std::string& person, std::function<void()> done);

 private:
  struct Reviewed;
  using Decide = std::function<absl::Status(store::View& view, absl::Time now)>;
  void Submit(const reservation::Place& place, Decide decide, Done done);
  void PutIdNumber(const domain::record::IdNumberHead& entry, Done done);
  void Free(const std::string& person, const domain::record::IdNumberRef& left);
  void PrepareRelease(Reviewed& reviewed);
  void Release(const std::shared_ptr<Reviewed>& reviewed);
  void Report(const std::shared_ptr<Reviewed>& reviewed, const reservation::v1::Claim& claim);
  void EndReview(const std::shared_ptr<Reviewed>& reviewed);

  const Context& context_;
  // What each person left, as chores.
  absl::flat_hash_map<std::string, std::set<std::string>> left_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
