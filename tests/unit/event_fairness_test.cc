// A party of 40 among small ones, over days: parties come, book, wait, take offers or let them lapse, and
// cancel, all by seed and through the real decisions. Shown and asserted: it is neither starved nor does it
// block the others, and a rule without keeping would starve it.
#include <algorithm>
#include <cstdio>
#include <random>

#include "gtest/gtest.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

constexpr int kSeats = 60, kLarge = 40;
constexpr absl::Duration kStep = absl::Minutes(10), kWarm = absl::Hours(24), kRun = absl::Hours(9 * 24);
constexpr char kLargeId[] = "large";

// What became of one run.
struct Outcome {
  bool offered = false;
  absl::Duration until_kept = absl::InfiniteDuration();  // from when it was first passed over
  absl::Duration waited = absl::InfiniteDuration();
  absl::Duration kept = absl::ZeroDuration();
  int passed = 0;
  double idle_seat_hours = 0;  // free while they were kept
  int went_before = 0;         // who came later and got places while they were kept
  int most_free = 0;           // while it waited and they were kept
  int served_after = 0;        // small parties that got offers later
};

class Crowd {
 public:
  Crowd(uint32_t seed, Rules rules) : random_(seed), sitting_({Pool("hall", kSeats)}, kStart + 2 * kRun) {
    sitting_.rules = rules;
  }

  Outcome Run() {
    const absl::Time begin = sitting_.now;
    absl::Time joined = absl::InfiniteFuture(), first_passed = absl::InfiniteFuture(), kept_from = joined;
    while (sitting_.now < begin + kRun) {
      if (joined == absl::InfiniteFuture() && sitting_.now >= begin + kWarm) {
        joined = sitting_.now;
        before_it_ = made_;
        EXPECT_EQ(sitting_.Join(Party(kLargeId, kLarge, v1::Booking::GROUP)), absl::OkStatus());
      }
      const bool was_kept = IsKept();
      Act();
      kept_before_ = was_kept;
      sitting_.Pass(kStep);
      if (const record::WaitFront* front = Large(); front != nullptr) {
        if (front->passed() > 0) first_passed = std::min(first_passed, sitting_.now);
        outcome_.passed = front->passed();
        if (IsKept() && !was_kept) {
          kept_from = std::min(kept_from, sitting_.now);
          outcome_.until_kept = std::max(absl::ZeroDuration(), kept_from - first_passed);
        }
        if (was_kept) {
          outcome_.idle_seat_hours += Free() * absl::ToDoubleHours(kStep);
          outcome_.most_free = std::max(outcome_.most_free, Free());
        }
      }
      const bool offered = joined < sitting_.now && sitting_.WaitStateOf(kLargeId) != v1::WaitEntry::WAITING;
      if (offered && !outcome_.offered) {
        outcome_.offered = true;
        outcome_.waited = sitting_.now - joined;
        outcome_.kept = kept_from < sitting_.now ? sitting_.now - kept_from : absl::ZeroDuration();
        EXPECT_EQ(sitting_.Confirm(kLargeId), absl::OkStatus());
      }
    }
    EXPECT_EQ(CheckInvariants(sitting_.session), absl::OkStatus());
    return outcome_;
  }

 private:
  struct Small {
    int number = 0;
    std::string id;
    absl::Time leaves;
    bool waits = false;
  };
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  int Free() const { return sitting_.Free(); }
  const record::WaitFront* Large() const {
    for (const record::WaitFront& front : sitting_.session.head().wait().front())
      if (front.id() == kLargeId) return &front;
    return nullptr;
  }
  bool IsKept() const {
    const record::WaitFront* front = Large();
    return front != nullptr && Kept(*front, sitting_.rules, sitting_.now);
  }

  // A small party has places: past the large one, when these are kept for it?
  void Got(const Small& small, bool kept) {
    const bool passes = kept && Large() != nullptr && small.number > before_it_;
    outcome_.went_before += passes ? 1 : 0;
  }

  // One new party, and whatever those do who are there.
  void Act() {
    if (Below(3) != 0) {
      ++made_;
      Small small{made_, absl::StrCat("p", made_), sitting_.now + absl::Minutes(10 * (1 + Below(360))),
                  false};
      const PartyCommand party = Party(small.id, 1 + static_cast<int>(Below(6)), v1::Booking::GROUP);
      const bool room = sitting_.session.head().wait().waiting() < 40;
      const bool kept = IsKept();
      if (sitting_.Book(party).ok()) {
        Got(small, kept);
      } else {
        small.waits = room && sitting_.Join(party).ok();
      }
      if (small.waits || sitting_.StateOf(small.id) == v1::Booking::CONFIRMED) small_.push_back(small);
    }
    for (Small& small : small_) {
      if (small.waits && sitting_.WaitStateOf(small.id) == v1::WaitEntry::OFFERED) {
        small.waits = false;
        Got(small, kept_before_);
        // One in ten lets the offer lapse.
        if (Below(10) != 0) {
          EXPECT_EQ(sitting_.Confirm(small.id), absl::OkStatus());
        }
        small.leaves = sitting_.now + absl::Minutes(10 * (1 + Below(360)));
        outcome_.served_after += outcome_.offered ? 1 : 0;
      }
      if (sitting_.now < small.leaves) continue;
      if (small.waits) {
        EXPECT_EQ(sitting_.Leave(small.id), absl::OkStatus());
      } else {
        EXPECT_EQ(sitting_.Cancel(small.id), absl::OkStatus());
      }
    }
    std::erase_if(small_, [this](const Small& small) { return sitting_.now >= small.leaves; });
  }

  std::mt19937 random_;
  Sitting sitting_;
  std::vector<Small> small_;
  Outcome outcome_;
  int made_ = 0, before_it_ = 0;
  bool kept_before_ = false;  // when the last step began
};

constexpr uint32_t kSeeds = 6;

std::vector<Outcome> RunAll(const Rules& rules) {
  std::vector<Outcome> outcomes;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) outcomes.push_back(Crowd(seed, rules).Run());
  return outcomes;
}

TEST(Fairness, APartyOfFortyIsNeitherStarvedNorBlocks) {
  const Rules rules;
  const std::vector<Outcome> outcomes = RunAll(rules);
  for (const Outcome& outcome : outcomes) {
    ASSERT_TRUE(outcome.offered);
    std::printf("waited %s, of it kept for %s after %d passes, %.0f idle seat-hours, then %d served\n",
                absl::FormatDuration(outcome.waited).c_str(), absl::FormatDuration(outcome.kept).c_str(),
                outcome.passed, outcome.idle_seat_hours, outcome.served_after);
    // It was passed over for so long or so often, not more.
    EXPECT_LE(outcome.passed, rules.passed_over_times_max);
    EXPECT_LE(outcome.until_kept, rules.passed_over_max + kStep);
    // From then on nobody who came later got a place, so that it waited for forty to come free and no longer.
    EXPECT_EQ(outcome.went_before, 0);
    EXPECT_LT(outcome.most_free, kLarge);
    // A small party stays two and a half days at most, so in that time everything comes free.
    EXPECT_LE(outcome.kept, absl::Hours(60));
    // Seats stood empty only as they came free for it, never all of them, and a small part of the whole.
    EXPECT_LT(outcome.idle_seat_hours, kLarge * absl::ToDoubleHours(outcome.kept));
    EXPECT_LT(outcome.idle_seat_hours, 0.06 * kSeats * absl::ToDoubleHours(kRun));
    EXPECT_GT(outcome.served_after, 20) << "the others go on being served";
  }
}

TEST(Fairness, WithoutKeepingItWouldStarve) {
  Rules rules;
  rules.passed_over_times_max = 1 << 30;
  rules.passed_over_max = absl::Hours(100000);
  int starved = 0;
  for (const Outcome& outcome : RunAll(rules)) starved += outcome.offered ? 0 : 1;
  EXPECT_EQ(starved, static_cast<int>(kSeeds)) << "or the simulation shows nothing";
}

}  // namespace
}  // namespace kepu::event::domain
