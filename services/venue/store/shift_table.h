// The shifts for which venues have asked volunteers, as the log of the volunteer service says: when, for
// what, for which session, and how many places are taken. Followed with heads alone; all on the executor.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kepu/venue/v1/venue.pb.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/executor/executor.h"
#include "libs/projection/follower.h"
#include "services/venue/store/timetable.h"

namespace kepu::venue {

class ShiftTable final : public projection::Sink {
 public:
  explicit ShiftTable(const executor::Clock& clock) : clock_(clock) {}

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Those at the place at that time, and those at any time that serve one of the sessions; not cancelled,
  // each once.
  std::vector<v1::ClosureHit> In(absl::string_view place, const calendar::Interval& time,
                                 const std::vector<v1::ClosureHit>& sessions) const;
  size_t size() const { return shifts_.size(); }

 private:
  struct Shift {
    std::string place;
    int64_t start_us = 0, end_us = 0;
    std::string session;
    v1::Text role;
    int32_t taken = 0;
  };

  static v1::ClosureHit Told(const std::string& id, const Shift& shift);
  void Put(const volunteer::log::v1::ShiftHead& head);
  void Erase(const std::string& id);
  void Take(const std::string& id, int32_t places);
  void FoldShift(const std::string& id, const volunteer::log::v1::Fact& fact);

  const executor::Clock& clock_;
  Timetable<Shift> shifts_;
  absl::flat_hash_map<std::string, std::set<std::string>> of_session_;
};

}  // namespace kepu::venue
