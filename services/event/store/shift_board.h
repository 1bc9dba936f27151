// The shifts that serve sessions, as the log of the volunteer service says: when, in which role, and how many
// are confirmed. Followed with heads alone; all on the executor.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/projection/follower.h"
#include "services/event/domain/staffing.h"

namespace kepu::event {

class ShiftBoard final : public projection::Sink {
 public:
  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Of a session ("events/*/sessions/*"), those that are not cancelled.
  std::vector<domain::ShiftSeen> Of(const std::string& session) const;

 private:
  void Put(const volunteer::log::v1::ShiftHead& head);
  void Erase(const std::string& id);

  struct Shift {
    std::string session;
    domain::ShiftSeen seen;
  };
  absl::flat_hash_map<std::string, Shift> shifts_;  // only those that serve a session
  absl::flat_hash_map<std::string, std::set<std::string>> of_session_;
};

}  // namespace kepu::event
