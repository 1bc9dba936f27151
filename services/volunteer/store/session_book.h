// The sessions that shifts hang on, as the log of the event service says: when they are, whether they were
// moved or called off, what is in their way, and how many people come. Followed with heads alone; all on the
// executor.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kepu/event/log/v1/event_log.pb.h"
#include "libs/projection/follower.h"
#include "services/volunteer/domain/consequence.h"

namespace kepu::volunteer {

class SessionBook final : public projection::Sink {
 public:
  // `changed` is told the name of each session of which something else is known now.
  explicit SessionBook(std::function<void(const std::string& session)> changed)
      : changed_(std::move(changed)) {}

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Of "events/*/sessions/*"; nullopt: not known.
  std::optional<domain::Hung> Find(absl::string_view session) const;
  std::vector<v1::Shift::Disruption> DisruptionsOf(absl::string_view session) const;

 private:
  // A booking draws on every pool that is open to its kind, so pools that share a kind count the same people.
  struct Pool {
    int group = 0;  // pools of one group share kinds
    int32_t taken = 0;
  };
  struct Session {
    std::string event;
    domain::Hung hung;
    std::vector<Pool> pools;
    std::vector<event::log::v1::DisruptionHead> disruptions;
  };
  using Pools = google::protobuf::RepeatedPtrField<event::log::v1::PoolHead>;
  using Places = google::protobuf::RepeatedField<int32_t>;

  static std::vector<Pool> PoolsOf(const Pools& heads);
  static void Count(Session& session);
  static void Take(Session& session, const Places& places, int32_t sign);
  // True when something changed that shifts follow.
  bool FoldFact(Session& session, const event::log::v1::Fact& fact);
  bool FoldBooking(Session& session, const event::log::v1::Fact& fact);
  const Session* Of(absl::string_view name) const;

  const std::function<void(const std::string&)> changed_;
  // By id: hundreds of bytes each, as many as the event service keeps.
  absl::flat_hash_map<std::string, Session> sessions_;
};

}  // namespace kepu::volunteer
