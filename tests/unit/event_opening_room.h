// A waiting room for tests: an opening as the engine and a read model would drive it.
#pragma once

#include <map>
#include <numeric>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/lottery.h"
#include "services/event/domain/opening.h"

namespace kepu::event::domain::opening_test {

using E = v1::OpeningEntry;
using Ask = std::function<absl::StatusOr<Facts>(const Opening&)>;

const absl::Time kNow = absl::FromUnixSeconds(1780000000);
const absl::Time kSecond = kNow + absl::Hours(1);
constexpr char kSecret[] = "the secret of the room";

inline record::OpeningTerms Terms(int rate = 60) {
  record::OpeningTerms terms;
  terms.mutable_display_name()->set_zh("科技周");
  terms.set_place("venues/v");
  terms.set_event("events/e");
  terms.set_open_us(absl::ToUnixMicros(kSecond));
  terms.set_room_before_us(absl::ToInt64Microseconds(absl::Minutes(15)));
  terms.set_rate_per_minute(rate);
  terms.set_school_limit(2);
  terms.set_turn_us(absl::ToInt64Microseconds(absl::Minutes(10)));
  return terms;
}

// An opening as the engine and a read model would drive it. Every decision is made twice, on the whole and on
// a head that loads what it asks for or took for absent.
class Room {
 public:
  explicit Room(record::OpeningTerms terms = Terms()) : now(kNow) {
    opening.set_complete(true);
    EXPECT_EQ(Run([&](const Opening& o) {
                return DecideCreateOpening(o, "o", terms, Commitment(kSecret), "users/staff", now);
              }),
              absl::OkStatus());
  }

  absl::Status Run(const Ask& ask) {
    absl::StatusOr<Facts> facts = ask(opening);
    if (opening.Exists()) {
      Opening lazy;
      EXPECT_TRUE(lazy.ParseHead(opening.SerializeHead()));
      absl::StatusOr<Facts> again = ask(lazy);
      for (auto missing = Missing(lazy); !missing.empty(); missing = Missing(lazy)) {
        for (const std::string& field : missing) {
          auto child = opening.SerializeChild(field);
          lazy.ParseChild(field, child ? std::optional<absl::string_view>(*child) : std::nullopt);
        }
        again = ask(lazy);
      }
      EXPECT_EQ(again.status().message(), facts.status().message());
      if (facts.ok() && again.ok()) {
        EXPECT_EQ(again->size(), facts->size());
        for (const record::Fact& fact : *again) EXPECT_EQ(Apply(lazy, fact), absl::OkStatus());
        EXPECT_LE(lazy.SerializeHead().size(), 4000U);
      }
    }
    if (!facts.ok()) return facts.status();
    for (const record::Fact& fact : *facts) {
      EXPECT_EQ(Apply(opening, fact), absl::OkStatus());
      log.push_back(fact);
      if (fact.opening().has_drawn()) Draw();
    }
    return absl::OkStatus();
  }
  std::set<std::string> Missing(Opening& lazy) const {
    std::set<std::string> missing = lazy.TakeMissing();
    for (const std::string& field : lazy.TakeAssumedAbsent())
      if (opening.SerializeChild(field)) missing.insert(field);
    return missing;
  }
  void Draw() {
    std::vector<std::string> ids;
    for (const auto& [field, child] : opening.children()) {
      if (child && child->has_entry() && WasPresent(opening.head(), child->entry()))
        ids.emplace_back(OpeningEntryIdOf(field));
    }
    order = DrawnOrder(opening.head().seed(), ids);
    for (size_t i = 0; i < order.size(); ++i) turns[order[i]] = static_cast<int64_t>(i);
  }
  std::optional<int64_t> DrawnTurn(const std::string& id) const {
    auto it = turns.find(id);
    return it == turns.end() ? std::nullopt : std::optional<int64_t>(it->second);
  }
  absl::Status Enter(const std::string& id, const std::string& school = "") {
    EnterCommand command{id, "users/" + id, school, kSecret, DrawnTurn(id)};
    return Run([&](const Opening& o) { return DecideEnter(o, command, now); });
  }
  absl::Status Leave(const std::string& id) {
    return Run([&](const Opening& o) { return DecideLeaveRoom(o, id, now); });
  }
  absl::Status Change(const record::OpeningTerms& terms) {
    return Run([&](const Opening& o) { return DecideChangeOpening(o, terms, "users/staff", now); });
  }
  absl::Status Cancel() {
    return Run([&](const Opening& o) { return DecideCancelOpening(o, "storm", "users/staff", now); });
  }
  absl::Status DrawNow() {
    return Run([&](const Opening& o) { return DecideDrawOpening(o, kSecret, now); });
  }
  Standing Look(const std::string& id) const {
    auto entry = FindEntry(opening, id);
    return *entry == nullptr ? Standing() : StandingOf(opening.head(), **entry, DrawnTurn(id), now);
  }
  void CheckWhole() {
    EXPECT_EQ(CheckInvariants(opening), absl::OkStatus());
    Opening folded;
    folded.set_complete(true);
    record::OpeningHead head;
    for (const record::Fact& fact : log) {
      EXPECT_EQ(Apply(folded, fact), absl::OkStatus());
      ApplyHead(head, fact);
    }
    EXPECT_EQ(folded.SerializeHead(), opening.SerializeHead());
    EXPECT_EQ(head.SerializeAsString(), opening.SerializeHead()) << "the head folds without children";
    for (const auto& [field, child] : opening.children())
      EXPECT_EQ(folded.SerializeChild(field), opening.SerializeChild(field)) << field;
  }

  absl::Time now;
  Opening opening;
  Facts log;
  std::vector<std::string> order;
  std::map<std::string, int64_t> turns;
};

inline std::string Why(const absl::Status& status) { return refusal::ReasonOf(status); }

}  // namespace kepu::event::domain::opening_test
