// Random plans, cancellations, maintenance and reports against a model that only knows intervals: no caravan
// is ever in two places, what is free can be planned, and every request is where its tour says.
#include "libs/executor/random.h"
#include "tests/unit/fleet_desk.h"

namespace kepu::venue::fleet {
namespace {

constexpr int kSeeds = 20;
constexpr int kSteps = 120;

class RandomFleet : public FleetDomain, public ::testing::WithParamInterface<int> {
 protected:
  struct Known {
    std::string caravan;
    std::string id;
    std::map<std::string, calendar::Interval> taken;
    std::string request;
  };

  RandomFleet() : random_(static_cast<uint64_t>(GetParam()) + 1) {}

  int Below(int n) { return static_cast<int>(random_.Below(static_cast<uint64_t>(n))); }

  bool IsFree(const std::string& caravan, const calendar::Interval& wish) const {
    for (const auto& known : tours_)
      for (const auto& [name, taken] : known.taken)
        if (name == caravan && taken.Overlaps(wish)) return false;
    return true;
  }

  void PlanOne() {
    const absl::Time start =
        now_ + absl::Hours(24 * (1 + Below(20))) - absl::Hours(8) + absl::Hours(8 + Below(8));
    const double north = 0.05 * (1 + Below(30));
    v1::TourStop stop = MakeStop(absl::StrCat("h", Below(5)), north, start, start + absl::Hours(1));
    std::string request;
    if (Below(2) == 0) {
      request = absl::StrCat("r", step_);
      v1::StopRequest wish = MakeRequest(request, calendar::FormatDate(calendar::DayOf(now_)),
                                         calendar::FormatDate(calendar::DayOf(now_) + 30));
      *wish.mutable_location() = stop.location();
      ASSERT_TRUE(Ask(request, wish).ok());
      stop.set_stop_request("stopRequests/" + request);
    }
    const std::string lead = Below(2) == 0 ? "a" : "b";
    const v1::Tour tour = MakeTour({stop}, Below(3) == 0 ? std::vector<std::string>{lead == "a" ? "b" : "a"}
                                                         : std::vector<std::string>{});
    Problems problems;
    const Itinerary drive =
        WorkOut(v1::Caravan::CARAVAN, HomeOf(Caravan(lead)),
                {{PlaceOf("x", "districts/changshou", stop.location()), {start, start + absl::Hours(1)}}}, {},
                problems);
    const std::string id = absl::StrCat("t", step_);
    Known known{lead, id, {{lead, drive.taken}}, request};
    if (!tour.partners().empty()) known.taken[lead == "a" ? "b" : "a"] = drive.taken;
    bool fits = problems.empty() && drive.taken.start >= now_;
    for (const auto& [caravan, taken] : known.taken) fits = fits && IsFree(caravan, taken);
    const absl::Status planned = Plan(lead, id, tour);
    EXPECT_EQ(planned.ok(), fits) << planned;
    if (planned.ok()) tours_.push_back(known);
    if (!request.empty()) {
      EXPECT_EQ(Request(request).state(), planned.ok() ? v1::StopRequest::ACCEPTED : v1::StopRequest::OPEN);
    }
  }

  void CancelOne() {
    if (tours_.empty()) return;
    const auto at = tours_.begin() + Below(static_cast<int>(tours_.size()));
    const v1::Tour::State state = at->id[0] == 'm' ? v1::Tour::PLANNED : Tour(at->caravan, at->id).state();
    const absl::Status status = at->id[0] == 'm' ? desk_.Do([&](const FleetState& fleet) {
      return DecideEndMaintenance(fleet, at->caravan, at->id, v1::Maintenance::CANCELLED, 0, now_);
    })
                                                 : Cancel(at->caravan, at->id);
    EXPECT_EQ(status.ok(), state == v1::Tour::PLANNED) << status;
    if (!status.ok()) return;
    if (!at->request.empty()) {
      EXPECT_NE(Request(at->request).state(), v1::StopRequest::ACCEPTED);
    }
    tours_.erase(at);
  }

  void MaintainOne() {
    const absl::Time start = now_ + absl::Hours(1 + Below(400));
    const calendar::Interval wish{start, start + absl::Hours(1 + Below(60))};
    const std::string caravan = Below(2) == 0 ? "a" : "b", id = absl::StrCat("m", step_);
    const absl::Status planned = Maintain(caravan, id, wish.start, wish.end, v1::Maintenance::OTHER);
    EXPECT_EQ(planned.ok(), IsFree(caravan, wish)) << planned;
    if (planned.ok()) tours_.push_back({caravan, id, {{caravan, wish}}, ""});
  }

  void ReportOne() {
    for (const Known& known : tours_) {
      if (known.id[0] == 'm') continue;
      const v1::Tour& tour = Tour(known.caravan, known.id);
      if (tour.state() != v1::Tour::PLANNED || ToTime(tour.stops(0).start_time()) > now_) continue;
      const int reading = Caravan(known.caravan).odometer_km() + (Below(2) == 0 ? tour.drive_km() : 0);
      const bool missed = Below(4) == 0;
      ASSERT_TRUE(Report(known.caravan, known.id, "s1", missed ? 0 : 100, reading, missed).ok());
      if (!known.request.empty() && Request(known.request).state() != v1::StopRequest::EXPIRED) {
        EXPECT_EQ(Request(known.request).state(),
                  missed ? v1::StopRequest::WAITING : v1::StopRequest::SERVED);
      }
      return;
    }
  }

  executor::SeededRandom random_;
  std::vector<Known> tours_;
  int step_ = 0;
};

TEST_P(RandomFleet, KeepsItsIntervalsApart) {
  for (step_ = 0; step_ < kSteps; ++step_) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " step ", step_));
    switch (Below(8)) {
      case 0:
        CancelOne();
        break;
      case 1:
        MaintainOne();
        break;
      case 2:
        ReportOne();
        break;
      case 3:
        now_ += absl::Hours(Below(20));
        desk_.PassTo(now_);
        break;
      default:
        PlanOne();
    }
    if (HasFailure()) return;
  }
  for (const char* caravan : {"a", "b"}) {
    auto taken = TakingsOf(desk_.state(), caravan, {T("2026-03-01"), T("2026-12-01")});
    ASSERT_TRUE(taken.ok());
    for (size_t i = 1; i < taken->size(); ++i)
      EXPECT_LE((*taken)[i - 1].end_us(), (*taken)[i].start_us()) << (*taken)[i].name();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomFleet, ::testing::Range(0, kSeeds));

}  // namespace
}  // namespace kepu::venue::fleet
