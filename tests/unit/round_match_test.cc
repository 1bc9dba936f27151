// The matching of a round: each rule by a small case, and random rounds checked for what was promised:
// nobody envies whom the order puts behind them, nothing is overfull, no limit is passed, and the same seed
// gives the same result however the input is ordered. A textbook deferred acceptance comes to the same.
#include "services/event/domain/round_match.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/executor/random.h"
#include "services/event/domain/lottery.h"

namespace kepu::event::domain {
namespace {

constexpr int64_t kHourUs = 3'600'000'000;

MatchSession SessionAt(int hour, int32_t places, const std::string& place = "venues/v") {
  return {absl::StrCat("events/e/sessions/", hour, "-", place),
          place,
          hour * kHourUs,
          (hour + 1) * kHourUs,
          {places}};
}

MatchClass ClassOf(const std::string& school, std::vector<size_t> wishes, int32_t heads = 1, int priority = 2,
                   const std::string& name = "1") {
  MatchClass one = {school, name, "districts/d", priority, {}};
  for (size_t session : wishes) one.wishes.push_back({session, {heads}, ""});
  return one;
}

std::vector<WishOutcome> Outcomes(const std::vector<WishResult>& results) {
  std::vector<WishOutcome> outcomes;
  for (const WishResult& result : results) outcomes.push_back(result.outcome);
  return outcomes;
}

using O = WishOutcome;
using Os = std::vector<WishOutcome>;

TEST(Lottery, CanBeRecomputedByAnybody) {
  // printf 'seed\nschools/s' | sha256sum
  EXPECT_EQ(DrawOf("seed", "schools/s"), HexDigest("seed\nschools/s"));
  EXPECT_EQ(HexDigest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(SeedOf("a", "b"), SeedOf("a", "c"));
  EXPECT_NE(SeedOf("a", "b"), Commitment("a"));
}

TEST(RoundMatch, ServesPriorityBeforeTheLottery) {
  MatchTask task;
  task.sessions = {SessionAt(1, 40)};
  for (int i = 0; i < 8; ++i) task.classes.push_back(ClassOf(absl::StrCat("schools/s", i), {0}, 40));
  task.classes.push_back(ClassOf("schools/remote", {0}, 40, 1));
  for (int seed = 0; seed < 20; ++seed) {
    task.seed = absl::StrCat(seed);
    const MatchResult result = Match(task);
    EXPECT_EQ(result.results.back()[0].outcome, O::kGranted);
    EXPECT_EQ(result.results[0][0].outcome, O::kFull);
    EXPECT_EQ(result.results[0][0].last_admitted, 1);
    EXPECT_EQ(result.results[0][0].needed, 40);
    EXPECT_EQ(result.results[0][0].left, 0);
  }
}

TEST(RoundMatch, TheLotteryFavoursNobody) {
  MatchTask task;
  task.sessions = {SessionAt(1, 1)};
  for (int i = 0; i < 4; ++i) task.classes.push_back(ClassOf(absl::StrCat("schools/s", i), {0}));
  std::vector<int> won(4, 0);
  for (int seed = 0; seed < 4000; ++seed) {
    task.seed = absl::StrCat("s", seed);
    const MatchResult result = Match(task);
    for (size_t c = 0; c < 4; ++c) won[c] += result.results[c][0].outcome == O::kGranted ? 1 : 0;
  }
  for (int count : won) EXPECT_NEAR(count, 1000, 120);
}

TEST(RoundMatch, GivesEverySchoolATurnBeforeAnyHasItsNext) {
  MatchTask task;
  task.sessions = {SessionAt(1, 2)};
  task.classes = {ClassOf("schools/a", {0}, 1, 2, "1"), ClassOf("schools/a", {0}, 1, 2, "2"),
                  ClassOf("schools/b", {0}, 1, 2, "1")};
  for (int seed = 0; seed < 20; ++seed) {
    task.seed = absl::StrCat(seed);
    const MatchResult result = Match(task);
    EXPECT_EQ(result.results[2][0].outcome, O::kGranted);
    EXPECT_NE(result.results[0][0].outcome, result.results[1][0].outcome);
  }
}

TEST(RoundMatch, ExplainsEveryRule) {
  MatchTask task;
  task.seed = "x";
  task.rules.visits_per_class = 2;
  task.rules.visits_per_school = 2;
  // At one place lessons may follow each other; elsewhere 30 minutes lie between.
  task.sessions = {SessionAt(1, 9), SessionAt(2, 9), SessionAt(2, 9, "venues/w"), SessionAt(9, 9)};
  task.classes = {ClassOf("schools/a", {0, 2, 1, 3})};
  EXPECT_EQ(Outcomes(Match(task).results[0]), (Os{O::kGranted, O::kClash, O::kGranted, O::kClassLimit}));
  EXPECT_EQ(Match(task).results[0][1].with, 0U);
  EXPECT_EQ(Match(task).results[0][3].most, 2);

  task.rules.visits_per_school = 1;
  EXPECT_EQ(Outcomes(Match(task).results[0]),
            (Os{O::kGranted, O::kSchoolLimit, O::kSchoolLimit, O::kSchoolLimit}));
  task.rules.visits_per_school = 9;
  task.rules.visits_per_district = {{"districts/d", 1}};
  EXPECT_EQ(Outcomes(Match(task).results[0]),
            (Os{O::kGranted, O::kDistrictLimit, O::kDistrictLimit, O::kDistrictLimit}));
  task.rules.visits_per_district = {{"districts/d", 0}, {"districts/other", 5}};
  EXPECT_EQ(Outcomes(Match(task).results[0]), Os(4, O::kDistrictLimit));
  task.rules.visits_per_district.clear();
  task.classes[0].wishes[0].unfit = "GRADE_NOT_SERVED";
  EXPECT_EQ(Outcomes(Match(task).results[0]), (Os{O::kUnfit, O::kGranted, O::kClash, O::kGranted}));
}

TEST(RoundMatch, ASmallerPartyMayTakeWhatIsTooLittleForALarger) {
  MatchTask task;
  task.sessions = {SessionAt(1, 50)};
  task.classes = {ClassOf("schools/a", {0}, 40, 1), ClassOf("schools/b", {0}, 20, 2),
                  ClassOf("schools/c", {0}, 10, 3)};
  const MatchResult result = Match(task);
  EXPECT_EQ(Outcomes(result.results[1]), Os{O::kFull});
  EXPECT_EQ(result.results[1][0].last_admitted, 1);
  EXPECT_EQ(result.results[1][0].left, 10);
  EXPECT_EQ(result.results[1][0].needed, 20);
  EXPECT_EQ(Outcomes(result.results[2]), Os{O::kGranted});
  EXPECT_EQ(result.left[0], Places{0});
}

MatchTask RandomTask(executor::SeededRandom& random, size_t schools, size_t sessions, size_t wishes_max) {
  MatchTask task;
  task.seed = absl::StrCat(random.Next());
  task.rules.visits_per_class = 1 + static_cast<int>(random.Next() % 3);
  task.rules.visits_per_school = 1 + static_cast<int>(random.Next() % 4);
  if (random.Next() % 2 == 0)
    task.rules.visits_per_district = {{"districts/0", static_cast<int>(random.Next() % 5)}};
  for (size_t s = 0; s < sessions; ++s) {
    MatchSession session =
        SessionAt(static_cast<int>(random.Next() % (1 + sessions / 3)),
                  static_cast<int32_t>(random.Next() % 90), absl::StrCat("venues/v", random.Next() % 3));
    session.name = absl::StrCat("events/e/sessions/", s);
    session.free.push_back(static_cast<int32_t>(random.Next() % 120));
    task.sessions.push_back(session);
  }
  for (size_t s = 0; s < schools; ++s) {
    const size_t classes = 1 + random.Next() % 3;
    const int priority = 1 + static_cast<int>(random.Next() % 3);
    const std::string district = absl::StrCat("districts/", random.Next() % 3);
    for (size_t c = 0; c < classes; ++c) {
      MatchClass one = {absl::StrCat("schools/", s), absl::StrCat(c), district, priority, {}};
      const int32_t heads = 1 + static_cast<int32_t>(random.Next() % 50);
      std::set<size_t> wished;
      for (size_t w = 1 + random.Next() % wishes_max; w > 0; --w) wished.insert(random.Next() % sessions);
      for (size_t session : wished) {
        one.wishes.push_back({session, {heads, heads}, random.Next() % 9 == 0 ? "GRADE_NOT_SERVED" : ""});
      }
      for (size_t i = one.wishes.size(); i > 1; --i)
        std::swap(one.wishes[i - 1], one.wishes[random.Next() % i]);
      task.classes.push_back(std::move(one));
    }
  }
  return task;
}

// What was granted before a rank, recounted from the results alone.
struct Recount {
  Recount(const MatchTask& task, const MatchResult& result, int before) {
    for (const MatchSession& session : task.sessions) left.push_back(session.free);
    granted.resize(task.classes.size());
    for (size_t c = 0; c < task.classes.size(); ++c) {
      for (size_t w = 0; w < task.classes[c].wishes.size(); ++w) {
        const WishResult& one = result.results[c][w];
        if (one.outcome != O::kGranted || one.rank >= before) continue;
        const MatchWish& wish = task.classes[c].wishes[w];
        for (size_t p = 0; p < wish.need.size(); ++p) left[wish.session][p] -= wish.need[p];
        granted[c].push_back(wish.session);
        ++of_school[task.classes[c].school];
        ++of_district[task.classes[c].district];
      }
    }
  }
  std::vector<Places> left;
  std::vector<std::vector<size_t>> granted;
  std::map<std::string, int> of_school, of_district;
};

bool Near(const MatchSession& a, const MatchSession& b) {
  const int64_t gap = a.place == b.place ? 0 : kHourUs / 2;
  return std::max(a.start_us, b.start_us) < std::min(a.end_us, b.end_us) + gap;
}

// Nothing overfull, no class at two places, no limit passed.
void ExpectSound(const MatchTask& task, const MatchResult& result) {
  const Recount all(task, result, 1 << 30);
  EXPECT_EQ(all.left, result.left);
  for (const Places& left : all.left) {
    for (int32_t places : left) EXPECT_GE(places, 0);
  }
  for (const auto& [school, visits] : all.of_school) EXPECT_LE(visits, task.rules.visits_per_school);
  for (const auto& [district, most] : task.rules.visits_per_district) {
    auto it = all.of_district.find(district);
    EXPECT_LE(it == all.of_district.end() ? 0 : it->second, most);
  }
  for (const std::vector<size_t>& granted : all.granted) {
    EXPECT_LE(static_cast<int>(granted.size()), task.rules.visits_per_class);
    for (size_t i = 0; i < granted.size(); ++i) {
      for (size_t j = 0; j < i; ++j) EXPECT_FALSE(Near(task.sessions[granted[i]], task.sessions[granted[j]]));
    }
  }
}

// No wish was refused to which only places behind it in the order stood in the way: whatever is said to be in
// the way was there when its turn came.
void ExpectNoEnvy(const MatchTask& task, const MatchResult& result) {
  for (size_t c = 0; c < task.classes.size(); ++c) {
    for (size_t w = 0; w < task.classes[c].wishes.size(); ++w) {
      const WishResult& one = result.results[c][w];
      const MatchWish& wish = task.classes[c].wishes[w];
      ASSERT_EQ(one.outcome == O::kUnfit, !wish.unfit.empty());
      if (one.outcome == O::kUnfit) continue;
      const Recount then(task, result, one.rank);
      const Places& left = then.left[wish.session];
      const bool fits = left[0] >= wish.need[0] && left[1] >= wish.need[1];
      const auto school = then.of_school.find(task.classes[c].school);
      const auto district = then.of_district.find(task.classes[c].district);
      switch (one.outcome) {
        case O::kGranted:
          EXPECT_TRUE(fits);
          break;
        case O::kFull:
          EXPECT_FALSE(fits);
          EXPECT_LT(one.last_admitted, one.rank);
          EXPECT_LT(one.left, one.needed);
          break;
        case O::kClash:
          EXPECT_TRUE(Near(task.sessions[wish.session], task.sessions[one.with]));
          EXPECT_EQ(std::count(then.granted[c].begin(), then.granted[c].end(), one.with), 1);
          break;
        case O::kClassLimit: {
          const auto& had = result.results[c];
          EXPECT_EQ(std::count_if(had.begin(), had.end(),
                                  [](const WishResult& each) { return each.outcome == O::kGranted; }),
                    task.rules.visits_per_class);
          break;
        }
        case O::kSchoolLimit:
          EXPECT_EQ(school->second, task.rules.visits_per_school);
          break;
        case O::kDistrictLimit:
          EXPECT_EQ(district == then.of_district.end() ? 0 : district->second, one.most);
          break;
        case O::kUnfit:
          break;
      }
      // And it is the best that was open at that turn: nothing ranked higher is decided later.
      for (size_t better = 0; better < w && one.outcome == O::kGranted; ++better)
        EXPECT_LE(result.results[c][better].rank, one.rank);
    }
  }
}

TEST(RoundMatch, RandomRoundsKeepWhatWasPromised) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    executor::SeededRandom random(seed);
    const MatchTask task = RandomTask(random, 1 + random.Next() % 12, 1 + random.Next() % 9, 6);
    const MatchResult result = Match(task);
    ExpectSound(task, result);
    ExpectNoEnvy(task, result);
    if (HasFailure()) return;
  }
}

// Shuffled input, with what every class got by name.
std::map<std::string, std::string> ByName(const MatchTask& task, const MatchResult& result) {
  std::map<std::string, std::string> all;
  for (size_t c = 0; c < task.classes.size(); ++c) {
    for (size_t w = 0; w < task.classes[c].wishes.size(); ++w) {
      const WishResult& one = result.results[c][w];
      all[absl::StrCat(task.classes[c].school, "/", task.classes[c].school_class, " ",
                       task.sessions[task.classes[c].wishes[w].session].name)] =
          absl::StrCat(static_cast<int>(one.outcome), " ", one.rank, " ", one.last_admitted, " ", one.left);
    }
  }
  return all;
}

TEST(RoundMatch, DoesNotDependOnTheOrderOfTheInput) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    executor::SeededRandom random(seed);
    const MatchTask task = RandomTask(random, 10, 8, 6);
    const auto expected = ByName(task, Match(task));
    EXPECT_EQ(ByName(task, Match(task)), expected);
    MatchTask other = task;
    std::reverse(other.classes.begin(), other.classes.end());
    std::rotate(other.sessions.begin(), other.sessions.begin() + 3, other.sessions.end());
    for (MatchClass& one : other.classes) {
      for (MatchWish& wish : one.wishes)
        wish.session = (wish.session + task.sessions.size() - 3) % task.sessions.size();
    }
    EXPECT_EQ(ByName(other, Match(other)), expected);
    other.seed += "another";
    EXPECT_NE(ByName(other, Match(other)), expected) << seed;
  }
}

// Proposals in any order; a session keeps the best that it has room for and puts the others back. For parties
// of one size and a visit each.
std::vector<int> Textbook(const MatchTask& task, const std::vector<int>& rank,
                          executor::SeededRandom& random) {
  std::vector<size_t> next(task.classes.size(), 0);
  std::vector<std::vector<size_t>> held(task.sessions.size());
  std::vector<int> at(task.classes.size(), -1);
  std::vector<size_t> open(task.classes.size());
  std::iota(open.begin(), open.end(), 0);
  while (!open.empty()) {
    std::swap(open.back(), open[random.Next() % open.size()]);
    const size_t c = open.back();
    open.pop_back();
    if (next[c] == task.classes[c].wishes.size()) continue;
    const size_t s = task.classes[c].wishes[next[c]++].session;
    held[s].push_back(c);
    at[c] = static_cast<int>(s);
    std::sort(held[s].begin(), held[s].end(), [&](size_t a, size_t b) { return rank[a] < rank[b]; });
    if (static_cast<int32_t>(held[s].size()) <= task.sessions[s].free[0]) continue;
    at[held[s].back()] = -1;
    open.push_back(held[s].back());
    held[s].pop_back();
  }
  return at;
}

TEST(RoundMatch, ComesToWhatTextbookDeferredAcceptanceDoes) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    executor::SeededRandom random(seed);
    MatchTask task;
    task.seed = absl::StrCat(seed);
    for (size_t s = 0; s < 6; ++s)
      task.sessions.push_back(SessionAt(static_cast<int>(s), static_cast<int32_t>(random.Next() % 4)));
    for (size_t c = 0; c < 14; ++c) {
      std::vector<size_t> wishes = {0, 1, 2, 3, 4, 5};
      for (size_t i = wishes.size(); i > 1; --i) std::swap(wishes[i - 1], wishes[random.Next() % i]);
      wishes.resize(1 + random.Next() % 6);
      task.classes.push_back(
          ClassOf(absl::StrCat("schools/", c), wishes, 1, 1 + static_cast<int>(random.Next() % 3)));
    }
    const MatchResult result = Match(task);
    std::vector<int> rank(task.classes.size()), got(task.classes.size(), -1);
    for (size_t i = 0; i < result.order.size(); ++i) rank[result.order[i].school_class] = static_cast<int>(i);
    for (size_t c = 0; c < task.classes.size(); ++c) {
      for (size_t w = 0; w < task.classes[c].wishes.size(); ++w) {
        if (result.results[c][w].outcome == O::kGranted)
          got[c] = static_cast<int>(task.classes[c].wishes[w].session);
      }
    }
    EXPECT_EQ(got, Textbook(task, rank, random)) << seed;
  }
}

TEST(RoundMatch, MatchesACity) {
  executor::SeededRandom random(7);
  MatchTask task = RandomTask(random, 2000, 5000, 10);
  task.rules = {2, 5, {{"districts/0", 900}}, absl::Minutes(30)};
  const auto begin = std::chrono::steady_clock::now();
  const MatchResult result = Match(task);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  ExpectSound(task, result);
  size_t wishes = 0, granted = 0;
  for (const auto& of_class : result.results) {
    wishes += of_class.size();
    granted += static_cast<size_t>(std::count_if(
        of_class.begin(), of_class.end(), [](const WishResult& one) { return one.outcome == O::kGranted; }));
  }
  EXPECT_GT(granted, 1000U);
  std::cout << "2,000 schools, " << task.classes.size() << " classes, 5,000 sessions, " << wishes
            << " wishes: " << granted << " granted in " << took.count() << " ms\n";
}

}  // namespace
}  // namespace kepu::event::domain
