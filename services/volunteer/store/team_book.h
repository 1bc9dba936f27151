// Teams as they are read: the tree, who is in which team, and what its members did. The person's aggregate is
// the truth about a membership; this counts them. Part of the read model: fed on one executor, read from any
// thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer {

// A person in a team as callers see it; GONE for who is neither in it nor on the way.
v1::TeamMember MemberOf(const domain::record::PersonHead& head, absl::string_view team);

class TeamBook {
 public:
  // A person is to be released from a team that was dissolved, or has been. On the executor.
  using Release = std::function<void(const std::string& team, const std::string& person, bool wanted)>;
  explicit TeamBook(Release release) : release_(std::move(release)) {}

  void See(const v1::Team& team);
  void See(const std::string& person, const domain::record::PersonHead& head);

  std::optional<v1::Team> Find(absl::string_view team) const;
  // The team, the one above it and so on.
  std::vector<v1::Team> Chain(absl::string_view team) const;
  // Who is in it or on the way, by volunteer, after one of them.
  std::vector<v1::TeamMember> Members(const std::string& team, const std::string& after, size_t limit) const;
  // Members and applications.
  int32_t SizeOf(const std::string& team) const;
  // Of the team with all below it.
  v1::TeamSummary Summary(const std::string& team, int32_t year) const;
  v1::CountTeamsResponse Count(const v1::CountTeamsRequest& request) const;

 private:
  // Most who serve are in no team: their row is small.
  struct Row {
    std::unique_ptr<domain::record::PersonHead> head;  // only what is said of teams; null: in none
    bool verified = false;
    bool adult = false;
    std::vector<std::pair<int32_t, int64_t>> minutes = {};  // by year
  };
  static const domain::record::PersonHead& PlacesOf(const Row& row);
  void Add(const std::string& person, int32_t year, v1::TeamFigures* figures) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::vector<const v1::Team*> Below(const std::string& team) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::set<std::string> MembersOf(const std::string& team, bool member) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const Release release_;
  mutable absl::Mutex mutex_;
  std::map<std::string, v1::Team, std::less<>> teams_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::set<std::string>> members_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Row> persons_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::volunteer
