// A service of a simulated reservation: its store, engine, desk and settler around things. Owned by the
// world; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/executor/sim_executor.h"
#include "libs/reservation/settler.h"
#include "libs/store/memory_store.h"
#include "tests/simulation/reservation_thing.h"

namespace kepu::reservation {

// What happens to one message or step.
enum class Fate { kNormal, kLost, kReplyLost, kTwiceLate, kCrash, kCrashAfter };
inline constexpr Fate kFates[] = {Fate::kLost, Fate::kReplyLost, Fate::kTwiceLate, Fate::kCrash,
                                  Fate::kCrashAfter};

// A service: its store, engine, desk and settler.
struct Node : store::LogObserver {
  Node(executor::SimExecutor& executor, executor::SimClock& clock, Wrong wrong)
      : schema(wrong), store(data, executor, [&clock] { return clock.Now(); }) {
    engine = store::MakeEngine({store, schema, executor, clock, this});
    desk = std::make_unique<Desk>(*engine, executor, rules);
  }
  void OnEntry(uint32_t partition, const store::LogEntry& entry) override {
    for (const std::string& bytes : entry.groups) {
      kepu::log::v1::FactGroup group;
      group.ParseFromString(bytes);
      for (const auto& aggregate : group.aggregates()) {
        for (const auto& fact : aggregate.facts()) Fold({partition, aggregate.key()}, fact.body());
      }
    }
  }
  void Fold(const Place& place, const std::string& body) {
    v1::ClaimFact claim;
    v1::ReservationFact record;
    if (body[0] == 'c' && claim.ParseFromString(body.substr(1))) settler->Fold(place, claim);
    if (body[0] == 'r' && record.ParseFromString(body.substr(1))) settler->Fold(place, record);
  }
  template <class Record>
  std::map<std::string, Record> All(const std::string& key, absl::string_view prefix) const {
    std::map<std::string, Record> all;
    for (const auto& [field, bytes] : data.Load(0, {key, {}, true}).children) {
      google::protobuf::BytesValue child;
      if (!absl::StartsWith(field, prefix) || !bytes || !child.ParseFromString(*bytes)) continue;
      all[field.substr(2)].ParseFromString(child.value());
    }
    return all;
  }
  int64_t Left(const std::string& key) const {
    google::protobuf::Int64Value head;
    head.ParseFromString(data.Load(0, {key, {}, true}).head.head);
    return head.value();
  }

  ThingSchema schema;
  ThingRules rules;
  store::MemoryData data;
  store::MemoryStore store;
  std::unique_ptr<store::Engine> engine;
  std::unique_ptr<Desk> desk;
  std::unique_ptr<Settler> settler;
};

inline std::function<Fate(int)> RandomFates(uint64_t seed, uint64_t one_in) {
  auto random = std::make_shared<executor::SeededRandom>(seed * 7919);
  return [random, one_in](int) {
    return random->Below(one_in) == 0 ? kFates[random->Below(std::size(kFates))] : Fate::kNormal;
  };
}

inline std::function<Fate(int)> MostlyUnanswered(uint64_t seed) {
  auto random = std::make_shared<executor::SeededRandom>(seed * 7919);
  return [random](int) { return random->Below(3) != 0 ? Fate::kReplyLost : Fate::kNormal; };
}

}  // namespace kepu::reservation
