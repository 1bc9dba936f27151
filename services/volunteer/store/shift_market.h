// Open shifts and the people who could take them, in memory: what a volunteer is shown and what proposals are
// made of. Shifts lie by start; requirements and places that many share are kept once; of a person's time
// only what is ahead. Part of the read model: fed on one executor, read from any thread; a search holds the
// lock for some hundred shifts at a time, so that nobody waits for it. A shift takes some 150 bytes, a person
// their head and 48 bytes for each assignment ahead.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/volunteer/domain/match_task.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

// What a volunteer looks for; empty fields and zero times leave it open.
struct ShiftQuery {
  int64_t from_us = 0;
  int64_t until_us = 0;
  std::string place;
  std::string district;
  std::string role;
  std::string language;
  int64_t now_us = 0;
  // Where the page before ended.
  std::string after;
  size_t limit = 0;
  // Looks at all of them and counts what is hidden; else only as far as the page reaches.
  bool count = false;
};

struct FoundRow {
  std::string shift;  // id
  bool needs_approval = false;
  // Lacks a course, and has all else.
  bool as_trainee = false;
  // Empty: the way is not known.
  std::string way_from;
  absl::Duration way;
  double distance_km = 0;
};

struct FoundShifts {
  std::vector<FoundRow> rows;
  std::string next_after;  // empty at the end
  // The most frequent reason first.
  std::vector<std::pair<std::string, int32_t>> hidden;
  int32_t total = 0;
};

class ShiftMarket {
 public:
  using AgeOf = std::function<domain::Age(const domain::record::PersonHead&)>;

  // On the executor.
  void Show(const domain::record::ShiftHead& head);
  void Show(const domain::record::PersonHead& head);
  void Load(const domain::Person& person);
  void Fold(absl::string_view person, const domain::record::PersonClaimed& claimed);
  // Time goes on: what lies behind is forgotten, a little at each call.
  void Pass(absl::Time now);

  // The open shifts that the person could sign up for. FAILED_PRECONDITION / NOT_REGISTERED.
  absl::StatusOr<FoundShifts> Find(absl::string_view person, const ShiftQuery& query,
                                   const domain::Rules& rules, const AgeOf& age_of) const;

  // None when it is not open (any more).
  std::optional<domain::MatchTask::Shift> Look(absl::string_view shift) const;
  // None when there is no such volunteer.
  std::optional<domain::record::PersonHead> HeadOf(absl::string_view person) const;

  // The shifts of the query with free places that people may be put in, and the volunteers who offered; of
  // these only `only`, when it is not empty. What the task points at lives as long as the market.
  domain::MatchTask TaskFor(const ShiftQuery& query, const std::vector<std::string>& only,
                            const AgeOf& age_of) const;
  // One volunteer as such a task has them, whether they offered or not; none when there is no such volunteer.
  std::optional<domain::MatchTask::Volunteer> VolunteerFor(absl::string_view person,
                                                           const AgeOf& age_of) const;

 private:
  struct KnownPlace {
    std::string name;
    std::optional<v1::Whereabouts> where;
  };
  struct Offer {
    domain::Stretch at;
    const domain::SharedNeeds* needs = nullptr;
    const KnownPlace* place = nullptr;
    std::string role;
    uint64_t purpose = 0;
    int32_t needed = 0;
    int32_t taken = 0;
    int32_t held = 0;
    // What trainees must have, while there is a place for one; null: there is none.
    const domain::SharedNeeds* trainee_needs = nullptr;
    v1::SignUpMode mode = v1::FIRST_COME;
  };
  struct Assignment {
    uint64_t claim = 0;
    uint64_t purpose = 0;
    int64_t start_us = 0;
    int64_t end_us = 0;
    const KnownPlace* place = nullptr;
    domain::Stretch ToStretch() const;
  };
  struct Person {
    std::string id;
    std::string head;  // serialized, without what is kept of ends
    bool offered = false;
    std::vector<Assignment> assignments;
  };
  using Key = std::pair<int64_t, std::string>;  // start and id
  // The known places of a district, by sums, and the middle of them.
  struct District {
    double latitudes = 0;
    double longitudes = 0;
    int32_t places = 0;
    const KnownPlace* middle = nullptr;
  };
  class Seeker;

  const KnownPlace* PlaceFor(const std::string& name, const v1::Whereabouts* where)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const domain::SharedNeeds* NeedsFor(const v1::Requirements& requirements)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Person& PersonFor(absl::string_view id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(const domain::record::PersonHead& head) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddToDistrict(const v1::Whereabouts& where) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // As the caller's copy of one.
  std::optional<Person> CopyOf(absl::string_view person) const;
  domain::MatchTask::Volunteer ToVolunteer(Person person, const AgeOf& age_of) const;
  // Null when no place there is known.
  const KnownPlace* MiddleOf(const std::string& district) const;
  static domain::MatchTask::Shift ToShift(const std::string& id, const Offer& offer);
  // Calls `visit(key, offer)` for the offers of the query in order, until it says no.
  void Scan(const ShiftQuery& query, const std::function<bool(const Key&, const Offer&)>& visit) const;

  mutable absl::Mutex mutex_;
  std::map<Key, Offer> offers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int64_t> starts_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::unique_ptr<const KnownPlace>> places_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::unique_ptr<const domain::SharedNeeds>> needs_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, District> districts_ ABSL_GUARDED_BY(mutex_);
  // One for each place that became known: searches point at them.
  std::vector<std::unique_ptr<const KnownPlace>> middles_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::unique_ptr<Person>> persons_ ABSL_GUARDED_BY(mutex_);
  std::vector<Person*> in_turn_ ABSL_GUARDED_BY(mutex_);
  size_t turn_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace kepu::volunteer
