// One suite over both stores, against one model: directed cases for each rule of the commit, and random
// sequences. Planted faults show that the suite would see a store that breaks a rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_replace.h"
#include "libs/refusal/refusal.h"
#include "tests/store/backend.h"
#include "tests/store/random_commits.h"

namespace kepu::store {
namespace {

constexpr int kCommitsPerSequence = 20;

AggregateChange Create(std::string key, std::string head) {
  AggregateChange change;
  change.key = std::move(key);
  change.after = StoredHead{{1, 11}, absl::FromUnixMicros(5), std::move(head)};
  return change;
}

class Conformance : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { backend_ = GetParam() ? MakeRedisBackend() : std::make_unique<MemoryBackend>(); }

  absl::StatusOr<CommitResult> Apply(std::vector<Group> groups, absl::Duration deadline = absl::Seconds(5)) {
    Commit commit{.partition = 3, .deadline = backend_->Now() + deadline, .groups = std::move(groups)};
    return backend_->Wait<CommitResult>(
        [&](Done<CommitResult> done) { backend_->store().Apply(commit, std::move(done)); });
  }
  Loaded Load(LoadRequest request) {
    auto loaded = backend_->Wait<std::vector<Loaded>>(
        [&](Done<std::vector<Loaded>> done) { backend_->store().Load(3, {request}, std::move(done)); });
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded.ok() ? (*loaded)[0] : Loaded{};
  }

  std::unique_ptr<Backend> backend_;
};

TEST_P(Conformance, CreatesOnceAndKeepsHeadChildrenLogAndRoots) {
  Group group;
  group.aggregates = {Create("thing/a", "head a")};
  group.aggregates[0].children = {{"b/1", "one"}, {"b/2", "two"}};
  group.facts = "facts of a";
  absl::StatusOr<CommitResult> result = Apply({group});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->groups[0].applied);
  EXPECT_EQ(result->seq, 1);

  Loaded loaded = Load({"thing/a", {"b/1", "b/3"}, false});
  EXPECT_EQ(loaded.head.head, "head a");
  EXPECT_EQ(loaded.head.version, (Version{1, 11}));
  EXPECT_EQ(loaded.head.last_fact_time, absl::FromUnixMicros(5));
  EXPECT_THAT(loaded.children,
              testing::ElementsAre(testing::Pair("b/1", testing::Optional(std::string("one"))),
                                   testing::Pair("b/3", testing::Eq(std::nullopt))));
  EXPECT_EQ(Load({"thing/a", {}, true}).children.size(), 2);

  absl::StatusOr<CommitResult> again = Apply({group});
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->groups[0].applied) << "absent is an expected version like any other";
  EXPECT_EQ(again->groups[0].current[0].head, "head a");
  EXPECT_EQ(again->seq, 1);

  auto log = backend_->Wait<std::vector<LogEntry>>(
      [&](auto done) { backend_->store().ReadLog(3, 0, 10, std::move(done)); });
  ASSERT_TRUE(log.ok());
  ASSERT_EQ(log->size(), 1);
  EXPECT_EQ((*log)[0].groups, std::vector<std::string>{"facts of a"});
  auto roots = backend_->Wait<std::vector<std::string>>(
      [&](auto done) { backend_->store().Roots(3, std::move(done)); });
  EXPECT_THAT(*roots, testing::ElementsAre("thing/a"));
}

TEST_P(Conformance, OneStaleGroupDoesNotTouchItsNeighbours) {
  Group first, second;
  first.aggregates = {Create("thing/a", "a")};
  first.facts = "a";
  second.aggregates = {Create("thing/b", "b")};
  second.aggregates[0].expected = {9, 9};
  second.facts = "b";
  absl::StatusOr<CommitResult> result = Apply({first, second});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->groups[0].applied);
  EXPECT_FALSE(result->groups[1].applied);
  EXPECT_TRUE(result->groups[1].current[0].version.absent());
}

TEST_P(Conformance, RemembersKeysWithTheirOutcomeAndSkipsTheWholeGroup) {
  Group group;
  group.aggregates = {Create("thing/a", "a")};
  group.facts = "a";
  group.members = {{"0123456789abcdef", 77, "+ok", true}, {"refused refused!", 78, "-9 FULL", false}};
  ASSERT_TRUE(Apply({group})->groups[0].applied);
  Group repeat;
  repeat.aggregates = {Create("thing/b", "b")};
  repeat.facts = "b";
  repeat.members = {{"0123456789abcdef", 77, "+ok", true}, {"refused refused!", 78, "+", true}};
  absl::StatusOr<CommitResult> result = Apply({repeat});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->groups[0].applied);
  ASSERT_TRUE(result->groups[0].known[0].has_value());
  EXPECT_EQ(result->groups[0].known[0]->receipt, "+ok");
  EXPECT_EQ(result->groups[0].known[0]->fingerprint, 77);
  EXPECT_EQ(result->groups[0].known[0]->seq, 1);
  EXPECT_FALSE(result->groups[0].known[1].has_value()) << "a bare refusal is not remembered";
}

TEST_P(Conformance, ChecksChildrenThatMustBeAbsent) {
  Group group;
  group.aggregates = {Create("thing/a", "a")};
  group.aggregates[0].children = {{"i/1", "x"}};
  group.facts = "a";
  ASSERT_TRUE(Apply({group})->groups[0].applied);
  Group next;
  next.aggregates = {Create("thing/a", "a2")};
  next.aggregates[0].expected = {1, 11};
  next.aggregates[0].after->version = {2, 22};
  next.aggregates[0].must_be_absent = {"i/0", "i/1"};
  next.facts = "a2";
  EXPECT_FALSE(Apply({next})->groups[0].applied);
  next.aggregates[0].must_be_absent = {"i/0"};
  EXPECT_TRUE(Apply({next})->groups[0].applied);
}

TEST_P(Conformance, AReadOnlyGroupIsCheckedAndWritesNothing) {
  Group group;
  group.aggregates.emplace_back().key = "thing/none";
  group.members = {{"a key of a no one", 1, "-9 NO", false}};
  absl::StatusOr<CommitResult> result = Apply({group});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->groups[0].applied);
  EXPECT_EQ(result->seq, 0);
}

TEST_P(Conformance, RefusesWhatComesLateOrIsTooLarge) {
  Group group;
  group.aggregates = {Create("thing/a", "a")};
  group.facts = "a";
  EXPECT_EQ(refusal::ReasonOf(Apply({group}, -absl::Seconds(1)).status()), "LATE");
  group.aggregates[0].after->head = std::string(kMaxHeadBytes + 1, 'x');
  EXPECT_EQ(refusal::ReasonOf(Apply({group}).status()), "COMMIT_TOO_LARGE");
  EXPECT_TRUE(Load({"thing/a", {}, false}).head.version.absent());
}

TEST_P(Conformance, KeepsWhatIsDueInOrder) {
  for (int i : {3, 1, 2}) {
    Group group;
    group.aggregates = {Create(absl::StrCat("thing/", i), "x")};
    group.aggregates[0].due = absl::FromUnixSeconds(i);
    group.facts = "x";
    ASSERT_TRUE(Apply({group})->groups[0].applied);
  }
  const auto due = [&](int until) {
    return *backend_->Wait<std::vector<std::string>>(
        [&](auto done) { backend_->store().Due(3, absl::FromUnixSeconds(until), 10, std::move(done)); });
  };
  EXPECT_THAT(due(2), testing::ElementsAre("thing/1", "thing/2"));
  EXPECT_THAT(due(9), testing::SizeIs(3));
}

TEST_P(Conformance, TailsSeveralPartitionsInOneCall) {
  int made = 0;
  for (uint32_t partition : {0u, 5u, 5u, 63u}) {
    Commit commit{.partition = partition, .deadline = backend_->Now() + absl::Seconds(5), .groups = {}};
    Group& group = commit.groups.emplace_back();
    group.aggregates = {Create(absl::StrCat("thing/", commit.partition, "-", ++made), "x")};
    group.facts = "x";
    ASSERT_TRUE(
        backend_->Wait<CommitResult>([&](auto done) { backend_->store().Apply(commit, std::move(done)); })
            .ok());
  }
  std::vector<uint64_t> after(64);
  after[5] = 1;
  auto entries = backend_->Wait<std::vector<std::pair<uint32_t, LogEntry>>>(
      [&](auto done) { backend_->store().ReadLogs(after, 10, std::move(done)); });
  ASSERT_TRUE(entries.ok()) << entries.status();
  std::vector<std::pair<uint32_t, uint64_t>> seen;
  for (const auto& [partition, entry] : *entries) seen.emplace_back(partition, entry.seq);
  EXPECT_THAT(seen,
              testing::UnorderedElementsAre(testing::Pair(0, 1), testing::Pair(5, 2), testing::Pair(63, 1)));
  auto heads = backend_->Wait<std::pair<DataSet, std::vector<PartitionHead>>>(
      [&](auto done) { backend_->store().Heads(std::move(done)); });
  ASSERT_TRUE(heads.ok());
  EXPECT_EQ(heads->second[5].seq, 2);
  EXPECT_NE(heads->second[5].chain, heads->second[6].chain);
}

INSTANTIATE_TEST_SUITE_P(Stores, Conformance, testing::Bool(),
                         [](const auto& which) { return which.param ? "Redis" : "Memory"; });

bool SameHead(const StoredHead& a, const StoredHead& b) {
  return a.version == b.version && a.head == b.head && a.last_fact_time == b.last_fact_time;
}

bool SameAnswer(const absl::StatusOr<CommitResult>& given, const CommitResult& expected) {
  if (!given.ok() || given->seq != expected.seq || given->groups.size() != expected.groups.size())
    return false;
  for (size_t g = 0; g < expected.groups.size(); ++g) {
    const GroupResult& a = given->groups[g];
    const GroupResult& b = expected.groups[g];
    if (a.applied != b.applied) return false;
    if (a.applied) continue;
    if (a.current.size() != b.current.size()) return false;
    for (size_t i = 0; i < a.current.size(); ++i) {
      if (!SameHead(a.current[i], b.current[i])) return false;
    }
    for (size_t i = 0; i < b.known.size(); ++i) {
      const auto known = i < a.known.size() ? a.known[i] : std::nullopt;
      if (known.has_value() != b.known[i].has_value()) return false;
      if (known && (known->receipt != b.known[i]->receipt || known->fingerprint != b.known[i]->fingerprint ||
                    known->seq != b.known[i]->seq)) {
        return false;
      }
    }
  }
  return true;
}

// What every thing of the model is in the store, byte for byte, and the log and what is due.
bool SameState(Backend& backend, uint32_t partition, const Model& model, uint64_t seq_before) {
  std::vector<LoadRequest> requests;
  for (const auto& [key, thing] : model.things) requests.push_back({key, {}, true});
  auto loaded = backend.Wait<std::vector<Loaded>>(
      [&](auto done) { backend.store().Load(partition, requests, std::move(done)); });
  if (!loaded.ok()) return false;
  size_t i = 0;
  for (const auto& [key, thing] : model.things) {
    std::map<std::string, std::string> children;
    for (const auto& [field, value] : (*loaded)[i].children) children[field] = *value;
    if (!SameHead((*loaded)[i].head, thing.head) || children != thing.children) return false;
    ++i;
  }
  auto log = backend.Wait<std::vector<LogEntry>>(
      [&](auto done) { backend.store().ReadLog(partition, seq_before, 1000, std::move(done)); });
  if (!log.ok() || log->size() != model.log.size()) return false;
  for (size_t e = 0; e < log->size(); ++e) {
    if ((*log)[e].groups != model.log[e] || (*log)[e].seq != seq_before + e + 1) return false;
  }
  return true;
}

// Runs one random sequence, pipelined; false when the store and the model differ anywhere.
bool SequenceAgrees(Backend& backend, uint64_t seed, uint32_t partition, uint64_t* seq) {
  Model model;
  model.seq = *seq;
  RandomCommits random(seed, absl::StrCat(seed, "-"));
  std::vector<Commit> commits;
  std::vector<CommitResult> expected;
  for (int i = 0; i < kCommitsPerSequence; ++i) {
    commits.push_back(random.Next(model, partition, backend.Now() + absl::Seconds(30)));
    expected.push_back(model.Apply(commits.back()));
  }
  size_t answered = 0;
  bool same = true;
  backend.Run([&](std::function<void()> finished) {
    for (size_t i = 0; i < commits.size(); ++i) {
      backend.store().Apply(commits[i], [&, i, finished](absl::StatusOr<CommitResult> given) {
        same = same && SameAnswer(given, expected[i]);
        if (++answered == commits.size()) finished();
      });
    }
  });
  const uint64_t before = *seq;
  *seq = model.seq;
  return same && SameState(backend, partition, model, before);
}

// Sequences that differ from the model, out of `count`; stops at the first one when it is not expected to be
// many.
int Differences(Backend& backend, uint64_t first_seed, int count) {
  std::vector<uint64_t> seqs(64);
  int differences = 0;
  for (int i = 0; i < count && differences < 3; ++i) {
    const uint64_t seed = first_seed + static_cast<uint64_t>(i);
    if (SequenceAgrees(backend, seed, seed % 64, &seqs[seed % 64])) continue;
    ++differences;
    std::printf("sequence of seed %llu differs\n", static_cast<unsigned long long>(seed));
  }
  return differences;
}

int Sequences(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

TEST(RandomSequences, MemoryStoreAgreesWithTheModel) {
  MemoryBackend backend;
  EXPECT_EQ(Differences(backend, 1, Sequences("KEPU_MEMORY_SEQUENCES", 100'000)), 0);
}

TEST(RandomSequences, RedisAgreesWithTheModel) {
  auto backend = MakeRedisBackend();
  EXPECT_EQ(Differences(*backend, 1'000'000, Sequences("KEPU_REDIS_SEQUENCES", 10'000)), 0);
}

TEST(PlantedFaults, InMemoryAreSeen) {
  for (Planted planted : {Planted::kNoVersionCheck, Planted::kNoRequestKeyCheck, Planted::kWriteBeforeCheck,
                          Planted::kBatchFailsTogether, Planted::kNoLookUpForRefusals}) {
    MemoryBackend backend(planted);
    EXPECT_GT(Differences(backend, 1, 200), 0) << static_cast<int>(planted);
  }
}

struct Mutation {
  const char* what;
  const char* from;
  const char* to;
};

TEST(PlantedFaults, InTheFunctionAreSeen) {
  const Mutation mutations[] = {
      {"no version check", "sub(current, 1, 16) ~= expected", "false"},
      {"absence not checked", "stale = stale or current", "stale = stale"},
      {"no request-key check", "stale = stale or known[m]", "stale = stale"},
      {"absent children not checked", "stale = stale or found[i]", "stale = stale"},
      {"write before check", "local current, stale\n",
       "local current, stale\n  if args[at + 2] ~= '' then\n"
       "    call('HSET', key, 'v', args[at + 2], unpack(args, puts, erased - 1))\n  end\n"},
      {"batch failed by one stale group", "return plan, members, entry, versions, results",
       "for g = 1, groups do if results[g] ~= 1 then return {}, {}, {}, {}, results end end\n"
       "  return plan, members, entry, versions, results"},
      {"refusal answered without look-up", "known[m] = known[m] or older[m]",
       "known[m] = sub(args[6 + (m - 1) * 3], 1, 1) ~= '-' and (known[m] or older[m]) or false"},
      {"erased children stay", "call('HDEL'", "call('HMGET'"},
      {"log not written for the second group", "if facts ~= '' then", "if facts ~= '' and g == 1 then"},
      {"a stale group's aggregates written", "for i = #plan, start + 1, -1 do plan[i] = nil end", ""},
  };
  for (const Mutation& mutation : mutations) {
    auto backend = MakeRedisBackend([&](std::string code) {
      const std::string changed = absl::StrReplaceAll(code, {{mutation.from, mutation.to}});
      EXPECT_NE(changed, code) << mutation.what
                               << ": the text of the function has changed, mend the mutation";
      return changed;
    });
    EXPECT_GT(Differences(*backend, 1, 200), 0) << mutation.what;
  }
}

TEST(MemoryWeeks, KeysAreForgottenAfterTwoWeeksAndNotBefore) {
  MemoryBackend backend;
  const auto apply = [&](std::string thing) {
    Commit commit{.partition = 0, .deadline = backend.Now() + absl::Seconds(1), .groups = {}};
    Group& group = commit.groups.emplace_back();
    group.aggregates = {Create(std::move(thing), "x")};
    group.facts = "x";
    group.members = {{"0123456789abcdef", 1, "+", true}};
    return backend.Wait<CommitResult>([&](auto done) { backend.store().Apply(commit, std::move(done)); })
        ->groups[0]
        .applied;
  };
  EXPECT_TRUE(apply("thing/1"));
  backend.set_now(backend.Now() + absl::Hours(24 * 7));
  EXPECT_FALSE(apply("thing/2"));
  backend.set_now(backend.Now() + absl::Hours(24 * 14));
  EXPECT_TRUE(apply("thing/3"));
}

}  // namespace
}  // namespace kepu::store
