// The limiter before a modelled service: calls arrive at random, wait their turn behind one another, and are
// worth nothing after their deadline. What comes out is held against what the service could do at most.
#include <algorithm>
#include <cmath>
#include <queue>

#include "gtest/gtest.h"
#include "libs/executor/random.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/guard/admission.h"

namespace kepu::gateway::guard {
namespace {

constexpr double kCapacity = 2000;  // calls a second
constexpr absl::Duration kDeadline = absl::Seconds(1);
// One in twenty stands at a door, one in five books.
constexpr uint64_t kDoorPerMille = 50, kBookingPerMille = 200;

struct Counts {
  double offered[kLanes] = {};
  double good[kLanes] = {};  // answered in time, a second
  double slowest = 0;        // seconds, of the good ones but the slowest hundredth
  double limit = 0;
  double all_good() const { return good[0] + good[1] + good[2]; }
  double Served(Lane lane) const {
    const auto at = static_cast<size_t>(lane);
    return good[at] / offered[at];
  }
};

class Model {
 public:
  Model(uint64_t seed, bool guarded) : random_(seed), guarded_(guarded), admission_({}, random_, registry_) {}

  // The load, in capacities, for some seconds; counted after the first few.
  Counts Run(double load, int seconds, int counted_from = 5) {
    Counts counts;
    std::vector<double> times;
    const absl::Time begin = now_;
    const absl::Time end = now_ + absl::Seconds(seconds);
    while (true) {
      const double drawn = (static_cast<double>(random_.Below(1'000'000)) + 1) / 1'000'001;
      now_ += absl::Seconds(-std::log(drawn) / (kCapacity * load));
      Finish(now_, begin + absl::Seconds(counted_from), counts, times);
      if (now_ >= end) break;
      const MethodClass of = Draw();
      const auto lane = static_cast<size_t>(LaneOf(of));
      if (now_ >= begin + absl::Seconds(counted_from)) counts.offered[lane] += 1;
      if (guarded_ && !admission_.Admit("event", {of, of != MethodClass::kRead}, now_).ok()) continue;
      // A read costs a part of what a change does; on average a call is 1 / kCapacity.
      const double cost = (of == MethodClass::kRead ? 0.75 : 1.75) / kCapacity;
      free_at_ = std::max(free_at_, now_) + absl::Seconds(cost * (0.5 + Uniform()));
      waiting_.push({of, now_, free_at_});
    }
    std::sort(times.begin(), times.end());
    if (!times.empty()) counts.slowest = times[times.size() * 99 / 100];
    for (double& good : counts.good) good /= seconds - counted_from;
    for (double& offered : counts.offered) offered /= seconds - counted_from;
    counts.limit = admission_.LimitOf("event");
    return counts;
  }

 private:
  struct Waiting {
    MethodClass of;
    absl::Time came, done;
  };

  double Uniform() { return static_cast<double>(random_.Below(1'000'000)) / 1'000'000; }

  MethodClass Draw() {
    const uint64_t drawn = random_.Below(1000);
    if (drawn < kDoorPerMille) return MethodClass::kDoor;
    return drawn < kDoorPerMille + kBookingPerMille ? MethodClass::kChange : MethodClass::kRead;
  }

  void Finish(absl::Time now, absl::Time count_from, Counts& counts, std::vector<double>& times) {
    for (; !waiting_.empty() && waiting_.front().done <= now; waiting_.pop()) {
      const Waiting& call = waiting_.front();
      const absl::Duration took = call.done - call.came;
      const bool good = took <= kDeadline;
      if (guarded_) {
        admission_.Done("event", {call.of, call.of != MethodClass::kRead},
                        good ? absl::OkStatus() : absl::DeadlineExceededError(""), took, call.done);
      }
      if (!good || call.done < count_from) continue;
      counts.good[static_cast<size_t>(LaneOf(call.of))] += 1;
      times.push_back(absl::ToDoubleSeconds(took));
    }
  }

  executor::SeededRandom random_;
  const bool guarded_;
  metrics::Registry registry_;
  Admission admission_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  absl::Time free_at_ = now_;
  std::queue<Waiting> waiting_;
};

void Print(const char* name, const Counts& counts) {
  std::printf("%s: goodput %.0f/s, door %.3f, booking %.3f, browse %.3f, p99 %.3f s, limit %.0f\n", name,
              counts.all_good(), counts.Served(Lane::kDoor), counts.Served(Lane::kBooking),
              counts.Served(Lane::kBrowse), counts.slowest, counts.limit);
}

TEST(Overload, GoodputStaysAndTheDoorOutlivesBookingOutlivesBrowsing) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed, true);
    const Counts half = model.Run(0.5, 8);
    Print("0.5x", half);
    for (const Lane lane : {Lane::kDoor, Lane::kBooking, Lane::kBrowse}) EXPECT_GT(half.Served(lane), 0.999);
    const Counts full = model.Run(1, 15);
    Print("1x", full);
    EXPECT_GT(full.all_good(), 0.9 * kCapacity);
    EXPECT_GT(full.Served(Lane::kBooking), 0.99);
    for (const double load : {2.0, 3.0}) {
      const Counts over = model.Run(load, 15);
      Print(load == 2 ? "2x" : "3x", over);
      // A change costs 1.75 of an average call, a read 0.75: what the service could do at most in this mix,
      // when changes go first.
      const double changes = std::min(0.25 * load, 1 / 1.75);
      const double most = kCapacity * (changes + (1 - 1.75 * changes) / 0.75);
      EXPECT_GT(over.all_good(), 0.9 * most);
      EXPECT_GT(over.Served(Lane::kDoor), 0.99);
      if (load < 2.2) {
        EXPECT_GT(over.Served(Lane::kBooking), 0.97);
      }
      EXPECT_LT(over.Served(Lane::kBrowse), over.Served(Lane::kBooking));
      EXPECT_LT(over.Served(Lane::kBooking), over.Served(Lane::kDoor) + 0.01);
      EXPECT_LT(over.slowest, 0.5) << "who is let in does not wait for the crowd";
    }
    const Counts after = model.Run(0.5, 20, 10);
    Print("0.5x again", after);
    EXPECT_GT(after.Served(Lane::kBrowse), 0.999) << "normal ten seconds after the load fell";
  }
}

// The control: without the guard the same crowd gets next to nothing, whatever it came for.
TEST(Overload, WithoutAGuardEverybodyWaitsForNothing) {
  Model model(1, false);
  const Counts over = model.Run(3, 25, 10);
  Print("3x unguarded", over);
  EXPECT_LT(over.all_good(), 0.1 * kCapacity);
}

}  // namespace
}  // namespace kepu::gateway::guard
