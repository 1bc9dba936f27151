// The engine on a toy service, in virtual time: batching, conflicts between replicas, repeats, lost replies,
// refusals that must be true when they are told, what is due; and random runs with faults, checked by a
// ledger of acknowledgements.
#include "libs/store/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "libs/executor/sim_executor.h"
#include "libs/store/due_sweeper.h"
#include "libs/store/memory_store.h"
#include "libs/store/verifier.h"
#include "tests/store/toy.h"

namespace kepu::store {
namespace {

constexpr uint32_t kPartition = 5;
constexpr char kBox[] = "box/one";

std::string KeyNamed(absl::string_view name) {
  std::string key(name);
  key.resize(16, '.');
  return key;
}

// One process of the toy service.
struct Replica {
  Replica(MemoryData& data, executor::SimExecutor& executor, executor::SimClock& clock,
          EngineOptions options = {})
      : store(data, executor, [&clock] { return clock.Now(); }),
        engine(MakeEngine({store, schema, executor, clock}, options)) {
    store.set_latency([&executor] { return absl::Microseconds(100 + executor.random().Below(200)); });
  }
  toy::ToySchema schema;
  MemoryStore store;
  std::unique_ptr<Engine> engine;
};

class EngineTest : public testing::Test {
 protected:
  // Sends a command and runs until it is answered.
  Outcome Call(Replica& replica, Command command, absl::string_view key, bool repeat = false) {
    std::optional<Outcome> outcome;
    Send(replica, std::move(command), key, &outcome, repeat);
    EXPECT_TRUE(executor_.RunUntil([&] { return outcome.has_value(); }, absl::Seconds(20)));
    return outcome.value_or(Outcome{absl::UnknownError("no answer"), {}, false});
  }
  void Send(Replica& replica, Command command, absl::string_view key, std::optional<Outcome>* outcome,
            bool repeat = false) {
    if (!key.empty()) command.request_key = KeyNamed(key);
    command.repeat = repeat;
    command.fingerprint = fingerprint_;
    command.deadline = executor_.SteadyNow() + absl::Seconds(3);
    command.encode = [this](View& view) {
      left_ = static_cast<const toy::Box&>(view.Get(kBox)).head().value();
      return absl::OkStatus();
    };
    command.done = [outcome](const Outcome& given) {
      ASSERT_FALSE(outcome->has_value()) << "answered twice";
      *outcome = given;
    };
    replica.engine->Submit(kPartition, std::move(command));
  }
  std::string Reason(const Outcome& outcome) { return refusal::ReasonOf(outcome.status); }
  void ExpectFoldHolds() {
    std::optional<absl::StatusOr<VerifyReport>> report;
    VerifyPartition(a_.store, a_.schema, kPartition, [&](auto given) { report = std::move(given); });
    ASSERT_TRUE(executor_.RunUntil([&] { return report.has_value(); }, absl::Seconds(20)));
    ASSERT_TRUE(report->ok()) << report->status();
    EXPECT_THAT((*report)->problems, testing::IsEmpty());
  }

  executor::SimExecutor executor_{{.seed = 7, .shuffle = false}};
  executor::SimClock clock_{executor_, absl::FromUnixSeconds(1'800'000'000)};
  MemoryData data_;
  Replica a_{data_, executor_, clock_};
  Replica b_{data_, executor_, clock_};
  uint64_t fingerprint_ = 1;
  int64_t left_ = -1;
};

TEST_F(EngineTest, AnswersAfterTheCommitWithTheStateAfterTheDecision) {
  EXPECT_TRUE(Call(a_, toy::Make(kBox, 3), "make").status.ok());
  const Outcome taken = Call(a_, toy::TakePlace(kBox, "alice"), "take");
  EXPECT_TRUE(taken.status.ok());
  EXPECT_EQ(taken.position.seq, 2);
  EXPECT_EQ(left_, 2);
  ExpectFoldHolds();
}

TEST_F(EngineTest, ARushGoesOutInFewCommits) {
  Call(a_, toy::Make(kBox, 1000), "make");
  int commits = 0;
  a_.store.set_fate([&](const Commit&) { return ++commits, Fate::kNormal; });
  std::vector<std::optional<Outcome>> outcomes(500);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    Send(a_, toy::TakePlace(kBox, absl::StrCat(i)), absl::StrCat("take", i), &outcomes[i]);
  }
  executor_.RunFor(absl::Seconds(1));
  for (const auto& outcome : outcomes) ASSERT_TRUE(outcome && outcome->status.ok());
  EXPECT_LE(commits, 5) << "at most 128 decisions a commit, and no more commits than that needs";
  ExpectFoldHolds();
}

TEST_F(EngineTest, WhatManyNeedIsLoadedAtOnce) {
  Call(a_, toy::Make(kBox, 1000), "make");
  for (int i = 0; i < 300; ++i) Call(a_, toy::TakePlace(kBox, absl::StrCat(i)), absl::StrCat("take", i));
  // A process that knows none of the children, and commands that each need another one.
  int commits = 0;
  b_.store.set_fate([&](const Commit&) { return ++commits, Fate::kNormal; });
  std::vector<std::optional<Outcome>> outcomes(300);
  for (size_t i = 0; i < outcomes.size(); ++i)
    Send(b_, toy::GivePlace(kBox, absl::StrCat(i)), absl::StrCat("give", i), &outcomes[i]);
  executor_.RunFor(absl::Seconds(1));
  for (const auto& outcome : outcomes) ASSERT_TRUE(outcome && outcome->status.ok());
  EXPECT_LE(commits, 6) << "not one after another";
  EXPECT_EQ(left_, 1000);
  ExpectFoldHolds();
}

// The last place goes to who came first, though what that decision needs has to be loaded and what the
// others need does not.
TEST_F(EngineTest, WhoWaitsForALoadKeepsTheirTurn) {
  Call(a_, toy::Make(kBox, 2), "make");
  Call(a_, toy::TakePlace(kBox, "alice"), "take");
  std::optional<Outcome> swapped, late;
  Command swap = toy::GivePlace(kBox, "alice");
  swap.decide = [give = std::make_shared<Command>(std::move(swap))](View& view,
                                                                    absl::Time now) -> absl::Status {
    if (absl::Status status = give->decide(view, now); !status.ok()) return status;
    for (const char* who : {"bob", "carol"}) {
      if (absl::Status status = view.Emit(kBox, absl::StrCat("take ", who, " 0")); !status.ok())
        return status;
    }
    return absl::OkStatus();
  };
  swap.aggregates = {kBox};
  Send(b_, std::move(swap), "swap", &swapped);
  Send(b_, toy::TakePlace(kBox, "dave"), "late", &late);
  executor_.RunFor(absl::Seconds(1));
  ASSERT_TRUE(swapped && late);
  EXPECT_TRUE(swapped->status.ok()) << swapped->status;
  EXPECT_EQ(Reason(*late), "SESSION_FULL");
  ExpectFoldHolds();
}

TEST_F(EngineTest, ReplicasFightAndNobodyIsLost) {
  Call(a_, toy::Make(kBox, 150), "make");
  std::vector<std::optional<Outcome>> outcomes(200);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    Send(i % 2 ? a_ : b_, toy::TakePlace(kBox, absl::StrCat(i)), absl::StrCat("take", i), &outcomes[i]);
  }
  executor_.RunFor(absl::Seconds(2));
  int won = 0, full = 0;
  for (const auto& outcome : outcomes) {
    ASSERT_TRUE(outcome.has_value());
    won += outcome->status.ok();
    full += Reason(*outcome) == "SESSION_FULL";
  }
  EXPECT_EQ(won, 150);
  EXPECT_EQ(full, 50);
  ExpectFoldHolds();
}

TEST_F(EngineTest, ARefusalRestsOnWhatIsTrueInTheStore) {
  Call(a_, toy::Make(kBox, 1), "make");
  Call(a_, toy::TakePlace(kBox, "alice"), "1");
  Call(b_, toy::GivePlace(kBox, "alice"), "2");
  EXPECT_TRUE(Call(a_, toy::TakePlace(kBox, "bob"), "3").status.ok())
      << "a's cache said full, the store did not";
}

TEST_F(EngineTest, AChildTakenForAbsentIsCheckedByTheCommit) {
  Call(a_, toy::Make(kBox, 5), "make");
  Call(b_, toy::TakePlace(kBox, "zoe"), "warm");
  Call(a_, toy::TakePlace(kBox, "alice"), "1");
  EXPECT_EQ(Reason(Call(b_, toy::TakePlace(kBox, "alice"), "2")), "ALREADY_BOOKED");
}

TEST_F(EngineTest, SeveralChildrenTakenForAbsentAreAllFound) {
  Call(a_, toy::Make(kBox, 5), "make");
  Call(b_, toy::TakePlace(kBox, "zoe"), "warm");
  Call(a_, toy::TakePlace(kBox, "alice"), "1");
  Call(a_, toy::TakePlace(kBox, "bob"), "2");
  EXPECT_EQ(Call(b_, toy::TakePlaceForFirst(kBox, {"zoe", "alice", "bob", "carl"}), "3").status,
            absl::OkStatus());
  EXPECT_EQ(left_, 1);
  ExpectFoldHolds();
}

TEST_F(EngineTest, ARepeatIsAnsweredLikeTheFirstCopyFromAnyReplica) {
  Call(a_, toy::Make(kBox, 1), "make");
  const Outcome first = Call(a_, toy::TakePlace(kBox, "alice"), "take");
  for (Replica* replica : {&a_, &b_}) {
    const Outcome again = Call(*replica, toy::TakePlace(kBox, "alice"), "take", true);
    EXPECT_TRUE(again.status.ok()) << again.status << ": the retry of a success is never told full";
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.position.seq, first.position.seq);
  }
  EXPECT_EQ(left_, 0);
}

TEST_F(EngineTest, ADuplicateInFlightJoinsTheFirstOne) {
  Call(a_, toy::Make(kBox, 2), "make");
  std::optional<Outcome> first, second;
  Send(a_, toy::TakePlace(kBox, "alice"), "take", &first);
  Send(a_, toy::TakePlace(kBox, "alice"), "take", &second, true);
  executor_.RunFor(absl::Seconds(1));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->status.ok() && second->status.ok()) << first->status << second->status;
  EXPECT_EQ(left_, 1);
}

TEST_F(EngineTest, AnotherRequestUnderTheSameIdIsRefused) {
  Call(a_, toy::Make(kBox, 2), "make");
  Call(a_, toy::TakePlace(kBox, "alice"), "take");
  fingerprint_ = 2;
  EXPECT_EQ(Reason(Call(a_, toy::TakePlace(kBox, "bob"), "take")), "REQUEST_ID_REUSED");
  EXPECT_EQ(Reason(Call(b_, toy::TakePlace(kBox, "bob"), "take")), "REQUEST_ID_REUSED");
}

TEST_F(EngineTest, TheRefusalOfARepeatIsRememberedTheFirstOneIsNot) {
  Call(a_, toy::Make(kBox, 0), "make");
  EXPECT_EQ(Reason(Call(a_, toy::TakePlace(kBox, "alice"), "x")), "SESSION_FULL");
  EXPECT_EQ(Reason(Call(b_, toy::TakePlace(kBox, "alice"), "x", true)), "SESSION_FULL");
  const Outcome after = Call(a_, toy::TakePlace(kBox, "alice"), "x", true);
  EXPECT_EQ(Reason(after), "SESSION_FULL");
  EXPECT_TRUE(after.replayed);
}

TEST_F(EngineTest, ResolveOnlyDoesNothingAndClosesTheDoor) {
  Call(a_, toy::Make(kBox, 2), "make");
  Command ask = toy::TakePlace(kBox, "alice");
  ask.resolve_only = true;
  EXPECT_EQ(Reason(Call(b_, std::move(ask), "take")), "ABANDONED");
  EXPECT_EQ(Reason(Call(a_, toy::TakePlace(kBox, "alice"), "take")), "ABANDONED") << "a late first copy";
}

TEST_F(EngineTest, ALostReplyIsAnsweredByTheSameCommitSentAgain) {
  Call(a_, toy::Make(kBox, 2), "make");
  for (Fate fate : {Fate::kReplyLost, Fate::kNotApplied, Fate::kAppliedLate}) {
    const std::string who = absl::StrCat("who", static_cast<int>(fate));
    bool first = true;
    a_.store.set_fate([&](const Commit&) { return std::exchange(first, false) ? fate : Fate::kNormal; });
    const Outcome outcome = Call(a_, toy::TakePlace(kBox, who), who);
    EXPECT_TRUE(outcome.status.ok()) << static_cast<int>(fate) << outcome.status;
    EXPECT_TRUE(Call(a_, toy::GivePlace(kBox, who), absl::StrCat("give", who)).status.ok());
  }
  executor_.RunFor(absl::Seconds(1));
  ExpectFoldHolds();
}

TEST_F(EngineTest, AStoreThatStaysAwayMakesTheOutcomeUnknownNotNo) {
  Call(a_, toy::Make(kBox, 2), "make");
  a_.store.set_fate([&](const Commit&) { return Fate::kReplyLost; });
  const Outcome outcome = Call(a_, toy::TakePlace(kBox, "alice"), "take");
  EXPECT_EQ(Reason(outcome), "OUTCOME_UNKNOWN");
  a_.store.set_fate(nullptr);
  const Outcome again = Call(a_, toy::TakePlace(kBox, "alice"), "take", true);
  EXPECT_TRUE(again.status.ok() && again.replayed) << again.status;
  EXPECT_EQ(left_, 1);
}

TEST_F(EngineTest, ADeadlineThatIsNearOrPastIsRefusedBeforeItIsDecided) {
  Call(a_, toy::Make(kBox, 2), "make");
  std::optional<Outcome> outcome;
  Command command = toy::TakePlace(kBox, "alice");
  command.deadline = executor_.SteadyNow() + absl::Milliseconds(1);
  command.request_key = KeyNamed("late");
  command.done = [&](const Outcome& given) { outcome = given; };
  a_.engine->Submit(kPartition, std::move(command));
  executor_.RunFor(absl::Seconds(1));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(Reason(*outcome), "DEADLINE_TOO_SHORT");
}

TEST_F(EngineTest, AFullQueueSaysBusyNotFull) {
  Replica small{data_, executor_, clock_, {.queue_per_process = 1000, .queue_per_aggregate = 10}};
  Call(a_, toy::Make(kBox, 1000), "make");
  std::vector<std::optional<Outcome>> outcomes(50);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    Send(small, toy::TakePlace(kBox, absl::StrCat(i)), absl::StrCat("take", i), &outcomes[i]);
  }
  executor_.RunFor(absl::Seconds(1));
  int busy = 0;
  for (const auto& outcome : outcomes) busy += outcome && Reason(*outcome) == "BUSY";
  EXPECT_EQ(busy, 40);
}

TEST_F(EngineTest, WhatIsDueComesBeforeTheDecision) {
  Call(a_, toy::Make(kBox, 1), "make");
  const int64_t until = absl::ToUnixSeconds(clock_.Now()) + 60;
  Call(a_, toy::TakePlace(kBox, "hold", until), "hold");
  EXPECT_EQ(Reason(Call(b_, toy::TakePlace(kBox, "bob"), "1")), "SESSION_FULL");
  executor_.RunFor(absl::Seconds(61));
  EXPECT_TRUE(Call(b_, toy::TakePlace(kBox, "bob"), "2").status.ok());
  ExpectFoldHolds();
}

TEST_F(EngineTest, ASweepFindsWhatIsDueWhereNobodyAsks) {
  Call(a_, toy::Make(kBox, 1), "make");
  Call(a_, toy::TakePlace(kBox, "hold", absl::ToUnixSeconds(clock_.Now()) + 5), "hold");
  DueSweeper sweeper(b_.store, *b_.engine, executor_, clock_, executor_.random());
  sweeper.Start();
  executor_.RunFor(absl::Seconds(10));
  EXPECT_EQ(data_.ReadLog(kPartition, 0, 10).size(), 3);
  EXPECT_TRUE(data_.Due(kPartition, absl::InfiniteFuture(), 10).empty());
}

TEST_F(EngineTest, ReadsSeeWhatIsConfirmed) {
  Call(a_, toy::Make(kBox, 7), "make");
  int64_t seen = 0;
  b_.engine->Read(
      kPartition, {kBox},
      [&](View& view) {
        seen = static_cast<const toy::Box&>(view.Get(kBox)).head().value();
        return absl::OkStatus();
      },
      [](const absl::Status& status) { EXPECT_TRUE(status.ok()); });
  executor_.RunFor(absl::Seconds(1));
  EXPECT_EQ(seen, 7);
}

TEST_F(EngineTest, TheVerifierFindsWhatWasWrittenPastTheCommit) {
  Call(a_, toy::Make(kBox, 7), "make");
  google::protobuf::Int64Value more;
  more.set_value(8);
  data_.TamperHead(kPartition, kBox, more.SerializeAsString());
  std::optional<absl::StatusOr<VerifyReport>> report;
  VerifyPartition(a_.store, a_.schema, kPartition, [&](auto given) { report = std::move(given); });
  ASSERT_TRUE(executor_.RunUntil([&] { return report.has_value(); }, absl::Seconds(20)));
  EXPECT_THAT((*report)->problems, testing::ElementsAre(testing::HasSubstr(kBox)));
}

// One random run of two replicas under faults. What went wrong, empty when nothing did.
std::string RandomRun(uint64_t seed, Planted planted) {
  executor::SimExecutor executor({.seed = seed, .shuffle = true});
  executor::SimClock clock(executor, absl::FromUnixSeconds(1'800'000'000));
  MemoryData data;
  data.Plant(planted);
  Replica replicas[2] = {{data, executor, clock}, {data, executor, clock}};
  for (Replica& replica : replicas) {
    replica.store.set_fate([&](const Commit&) {
      const uint64_t draw = executor.random().Below(12);
      return draw < 9 ? Fate::kNormal : static_cast<Fate>(draw - 8);
    });
  }
  constexpr int64_t kPlaces = 6;
  struct Person {
    int sent = 0;
    bool told_yes = false, told_no = false;
  };
  std::map<std::string, Person> people;
  const auto send = [&](Command command, const std::string& key, bool repeat,
                        std::function<void(const Outcome&)> done) {
    command.request_key = KeyNamed(key);
    command.repeat = repeat;
    command.deadline = executor.SteadyNow() + absl::Seconds(2);
    command.done = std::move(done);
    replicas[executor.random().Below(2)].engine->Submit(kPartition, std::move(command));
  };
  bool made = false;
  for (int i = 0; i < 50 && !made; ++i) {
    send(toy::Make(kBox, kPlaces), "make", i > 0,
         [&](const Outcome& outcome) { made = made || outcome.status.ok(); });
    executor.RunFor(absl::Seconds(3));
  }
  for (int i = 0; i < 40; ++i) {
    const std::string who = absl::StrCat("p", executor.random().Below(12));
    Person& person = people[who];
    const bool repeat = person.sent++ > 0;
    // Whoever has sent a repeat throws away answers to earlier copies.
    send(toy::TakePlace(kBox, who), who, repeat, [&person, copy = person.sent](const Outcome& outcome) {
      person.told_yes = person.told_yes || outcome.status.ok();
      const std::string reason = refusal::ReasonOf(outcome.status);
      if (copy == person.sent && (reason == "SESSION_FULL" || reason == "ALREADY_BOOKED"))
        person.told_no = true;
    });
    executor.RunFor(absl::Microseconds(executor.random().Below(3000)));
  }
  executor.RunFor(absl::Seconds(30));
  const Loaded loaded = data.Load(kPartition, {kBox, {}, true});
  int64_t taken = 0;
  for (const auto& [field, value] : loaded.children) taken += value.has_value();
  if (taken > kPlaces) return "oversold";
  for (const auto& [who, person] : people) {
    const bool has = std::any_of(loaded.children.begin(), loaded.children.end(),
                                 [&](const auto& child) { return child.first == "i/" + who; });
    if (person.told_yes && !has) return "an acknowledged place is lost: " + who;
    if (person.told_no && has) return "told no, and has a place: " + who;
    if (has && person.sent == 0) return "nobody asked for " + who;
  }
  std::string problem;
  bool verified = false;
  VerifyPartition(replicas[0].store, replicas[0].schema, kPartition, [&](auto report) {
    verified = true;
    if (!report.ok()) problem = std::string(report.status().message());
    if (report.ok() && !report->problems.empty()) problem = report->problems[0];
  });
  executor.RunFor(absl::Seconds(5));
  return verified ? problem : "not verified";
}

TEST(EngineRandom, NothingIsLostOrSoldTwiceUnderFaults) {
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    const std::string problem = RandomRun(seed, Planted::kNone);
    ASSERT_EQ(problem, "") << "seed " << seed;
  }
}

TEST(EngineRandom, PlantedFaultsAreSeen) {
  for (Planted planted : {Planted::kNoVersionCheck, Planted::kNoRequestKeyCheck, Planted::kWriteBeforeCheck,
                          Planted::kNoLookUpForRefusals}) {
    int seen = 0;
    for (uint64_t seed = 1; seed <= 300 && seen == 0; ++seed) seen += !RandomRun(seed, planted).empty();
    EXPECT_GT(seen, 0) << static_cast<int>(planted);
  }
}

TEST(EngineRandom, TheSameSeedIsTheSameRun) {
  EXPECT_EQ(RandomRun(42, Planted::kNone), RandomRun(42, Planted::kNone));
}

}  // namespace
}  // namespace kepu::store
