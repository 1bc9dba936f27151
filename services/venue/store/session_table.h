// The sessions that take place at venues, as the log of the event service says: when and where, of which
// event, and how many people hold or have booked places. Followed with heads alone; all on the executor.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kepu/event/log/v1/event_log.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "libs/executor/executor.h"
#include "libs/projection/follower.h"
#include "services/venue/store/timetable.h"

namespace kepu::venue {

class SessionTable final : public projection::Sink {
 public:
  explicit SessionTable(const executor::Clock& clock) : clock_(clock) {}

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Those at the place that take place then and are not cancelled, by start.
  std::vector<v1::ClosureHit> In(absl::string_view place, const calendar::Interval& time) const;
  size_t size() const { return sessions_.size(); }

 private:
  // A booking draws on every pool that is open to its kind, so pools that share a kind count the same people.
  struct Pool {
    int group = 0;  // pools of one group share kinds
    int32_t taken = 0;
  };
  struct Session {
    std::string place;
    int64_t start_us = 0, end_us = 0;
    std::string event, space;
    std::vector<Pool> pools;
  };
  using PoolHeads = google::protobuf::RepeatedPtrField<event::log::v1::PoolHead>;

  static std::vector<Pool> PoolsOf(const PoolHeads& heads);
  static int32_t Heads(const Session& session);
  void Put(const std::string& id, Session session);
  void Take(absl::string_view id, const google::protobuf::RepeatedField<int32_t>& places, int sign);
  void FoldSession(const std::string& id, const event::log::v1::Fact& fact);
  void PutTitle(const event::log::v1::EventHead& event);

  const executor::Clock& clock_;
  Timetable<Session> sessions_;
  // By id of the event. They are few beside their sessions, and stay.
  absl::flat_hash_map<std::string, v1::Text> titles_;
};

}  // namespace kepu::venue
