// Random sequences against a plain model.
#include <algorithm>
#include <map>
#include <random>

#include "services/volunteer/domain/ledger.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::walk_test {
namespace {

// Random sequences: people sign up for shifts as the driver does it (person first, then the pivot), withdraw,
// come and go. After each step nobody overlaps and no shift is overfull; at the end hours of people are hours
// of shifts.
class RandomWalk {
 public:
  explicit RandomWalk(uint32_t seed) : random_(seed) {
    rules_.known_ways.Set("venues/a", "venues/b", absl::Minutes(45));
    for (size_t i = 0; i < kPeople; ++i) {
      people_[i].Do(DecideRegister(people_[i].state, MakeRegister(PersonId(i)), rules_, kMonday));
    }
    for (size_t i = 0; i < kShifts; ++i) {
      ShiftCommand command = MakeShift(1 + static_cast<int>(random_() % 3));
      command.id = absl::StrCat("s", i);
      command.place = i % 2 == 0 ? "venues/a" : "venues/b";
      command.start = At(1 + static_cast<int>(random_() % 4), 8 + static_cast<int>(random_() % 8));
      command.end = command.start + absl::Hours(1 + random_() % 4);
      shifts_[i].Do(DecideCreate(shifts_[i].state, command, kMonday));
    }
  }

  void Run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
      now_ += absl::Minutes(random_() % 40);
      Step();
      Check();
    }
    Post();
    int64_t served = 0, counted = 0;
    for (const auto& shift : shifts_) {
      served += shift.state.head().hours().posted_minutes();
      EXPECT_EQ(shift.state.head().hours().proposed() + shift.state.head().hours().approved(), 0);
    }
    for (size_t who = 0; who < kPeople; ++who) {
      counted += people_[who].state.head().total_minutes();
      EXPECT_EQ(people_[who].state.head().total_minutes(), ledgers_[who].state.head().total_minutes());
      EXPECT_TRUE(CheckLedger(ledgers_[who].state).ok()) << CheckLedger(ledgers_[who].state);
      ExpectFoldGives(ledgers_[who]);
    }
    EXPECT_EQ(served, counted);
    for (const auto& shift : shifts_) ExpectFoldGives(shift);
    for (const auto& person : people_) ExpectFoldGives(person);
  }
  int signed_up_ = 0, refused_ = 0, checked_out_ = 0;

 private:
  static constexpr size_t kPeople = 4, kShifts = 10;
  static std::string PersonId(size_t i) { return absl::StrCat("p", i); }

  void Step() {
    const size_t who = random_() % kPeople, what = random_() % kShifts;
    Folded<Shift>& shift = shifts_[what];
    switch (random_() % 6) {
      case 0:
      case 1:
      case 2:
        return SignUp(who, what);
      case 3:
        if (auto facts = DecideWithdraw(shift.state, PersonId(who), random_() % 2 ? "ill" : "", rules_, now_);
            facts.ok() && !facts->empty()) {
          shift.Do(facts);
          const auto& back = facts->back().reservation();
          EndClaim(who, back.given_back().claims(0).claim_id());
        }
        return;
      case 4:
        for (auto& each : shifts_) {
          if (auto facts = DecideCheckIn(each.state, PersonId(who), rules_, now_); facts.ok()) each.Do(facts);
        }
        return;
      default:
        for (auto& each : shifts_) {
          auto facts = DecideCheckOut(each.state, PersonId(who), rules_, now_);
          if (!facts.ok()) continue;
          checked_out_ += static_cast<int>(facts->size());
          each.Do(facts);
        }
    }
  }

  void SignUp(size_t who, size_t what) {
    Folded<Shift>& shift = shifts_[what];
    const Demand demand = DemandOf(shift.state.head(), PersonId(who));
    const std::string reservation = absl::StrCat("r", ++reservations_);
    if (!CheckRoom(people_[who].state, demand, Adult(), rules_, now_).ok()) {
      ++refused_;
      return;
    }
    const ClaimFact tried = Tried(demand, reservation);
    people_[who].Do(*ClaimedFact(people_[who].state, tried));
    auto facts = DecideSignUp(shift.state, PersonId(who), reservation, now_);
    if (!facts.ok()) return EndClaim(who, tried.claim_id());
    shift.Do(facts);
    reservation::v1::ClaimRef ref;
    ref.set_claim_id(tried.claim_id());
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, now_)));
    ++signed_up_;
  }

  void EndClaim(size_t who, const std::string& claim) {
    people_[who].Do(*ClaimedFact(people_[who].state, Ended(claim)));
  }

  // What each attendance was counted for is approved and written, and tried to be written again.
  void Post() {
    for (auto& shift : shifts_) {
      auto all = DecideApproveAll(shift.state, {"users/staff", "coordinator", "staff"}, rules_, now_);
      ASSERT_TRUE(all.ok()) << all.status();
      shift.Do(all->facts);
      for (size_t who = 0; who < kPeople; ++who) {
        auto signup = FindSignup(shift.state, PersonId(who));
        if (*signup == nullptr || !(*signup)->attendance().has_pending()) continue;
        const record::HourRow row = (*signup)->attendance().pending();
        for (int twice = 0; twice < 2; ++twice) {
          auto facts = DecideAppend(ledgers_[who].state, PersonId(who), row, now_);
          ledgers_[who].Do(facts);
          for (const record::Fact& fact : *facts) {
            record::Fact counted = domain::At(now_);
            *counted.mutable_hours_counted() = CountedBy(fact.row_appended());
            people_[who].Do(counted);
          }
          auto posting = PostingOf(ledgers_[who].state, row);
          ASSERT_TRUE(posting.ok()) << posting.status();
          shift.Do(DecidePosted(shift.state, PersonId(who), *posting, rules_, now_));
        }
      }
    }
  }

  void Check() {
    for (size_t who = 0; who < kPeople; ++who) {
      std::vector<std::pair<int64_t, int64_t>> times;
      std::map<absl::CivilDay, int64_t> day_us;
      for (const auto& shift : shifts_) {
        auto signup = FindSignup(shift.state, PersonId(who));
        if (*signup == nullptr || (*signup)->state() == v1::Signup::WITHDRAWN) continue;
        const record::ShiftHead& head = shift.state.head();
        times.emplace_back(head.start_us(), head.end_us());
        day_us[calendar::DayOf(absl::FromUnixMicros(head.start_us()))] += head.end_us() - head.start_us();
      }
      std::sort(times.begin(), times.end());
      for (size_t i = 1; i < times.size(); ++i) {
        ASSERT_LE(times[i - 1].second + absl::ToInt64Microseconds(rules_.rest), times[i].first);
      }
      for (const auto& [day, us] : day_us) ASSERT_LE(us, absl::ToInt64Microseconds(rules_.day_max));
    }
    for (const auto& shift : shifts_) {
      int live = 0;
      for (size_t who = 0; who < kPeople; ++who) {
        auto signup = FindSignup(shift.state, PersonId(who));
        if (*signup != nullptr && (*signup)->state() != v1::Signup::WITHDRAWN) ++live;
      }
      ASSERT_EQ(Taken(shift.state.head()), live);
      ASSERT_LE(live, shift.state.head().needed());
    }
  }

  std::mt19937 random_;
  Rules rules_;
  absl::Time now_ = kMonday;
  Folded<Person> people_[kPeople];
  Folded<Ledger> ledgers_[kPeople];
  Folded<Shift> shifts_[kShifts];
  int reservations_ = 0;
};

TEST(RandomWalkTest, NobodyOverlapsNothingIsOverfullHoursAgree) {
  int signed_up = 0, refused = 0, checked_out = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomWalk walk(seed);
    walk.Run(300);
    signed_up += walk.signed_up_;
    refused += walk.refused_;
    checked_out += walk.checked_out_;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(signed_up, 200);
  EXPECT_GT(refused, 200);
  EXPECT_GT(checked_out, 20) << "the walk no longer reaches attendance";
}

}  // namespace
}  // namespace kepu::volunteer::domain::walk_test
