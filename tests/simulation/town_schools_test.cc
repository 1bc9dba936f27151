// Two hundred schools that book, cancel and book again at random, against a simple model of who is where: no
// class in two places, no term overrun, no session oversold, and nobody told that it is full while it is not.
#include <map>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulation/town.h"

namespace kepu::simulation {
namespace {

namespace v1 = event::v1;

constexpr int kSchools = 200, kSteps = 6000, kVisits = 2, kPlaces = 90;
constexpr int kGapMinutes = 30;

struct Sitting {
  std::string name, place;
  int start = 0;  // minutes from the first day's midnight
  int free = kPlaces;
};

struct Visit {
  std::string booking, school_class;
  size_t sitting = 0;
  int heads = 0;
};

class Model {
 public:
  Model() : town_(Options()) {
    for (const char* venue : {"a", "b"}) town_.MakeVenue(venue);
    town_.MakeEvent("class");
    for (int day = 0; day < 6; ++day) {
      for (const char* place : {"venues/a", "venues/b"}) {
        for (const int hour : {9, 11, 14}) MakeSitting(place, hour, day);
      }
    }
  }

  void Step(std::mt19937& random) {
    // Some book more often than others.
    const std::string school = absl::StrCat("s", random() % (random() % 2 == 0 ? 40 : kSchools));
    std::vector<Visit>& visits = visits_[school];
    if (!visits.empty() && random() % 4 == 0) {
      const size_t which = random() % visits.size();
      Cancel(school, visits[which]);
      visits.erase(visits.begin() + static_cast<long>(which));
      return;
    }
    // One class of two, so that they meet; a few sessions are wanted by all.
    Visit visit;
    visit.school_class = absl::StrCat("3-", 1 + random() % 2);
    visit.sitting = random() % (random() % 3 == 0 ? 3 : sittings_.size());
    const int pupils = 3 + static_cast<int>(random() % 18);
    visit.heads = pupils + 2;
    Book(school, visit, pupils);
  }

  void Check() {
    for (const Sitting& sitting : sittings_) {
      v1::GetSessionRequest get;
      get.set_name(sitting.name);
      const auto session = town_.Ask<v1::Session>("GetSession", get, City());
      ASSERT_TRUE(session.ok()) << session.status();
      EXPECT_EQ(session->pools(0).free(), sitting.free) << sitting.name;
    }
    town_.executor.RunFor(absl::Seconds(30));
    EXPECT_THAT(town_.Problems(), ::testing::IsEmpty());
  }
  // How often each answer was given: a run in which nothing is refused shows nothing.
  std::map<std::string, int> answers;

 private:
  static TownOptions Options() {
    TownOptions options;
    options.event.school.visits_per_term = kVisits;
    return options;
  }

  void MakeSitting(const std::string& place, int hour, int day) {
    auto made = town_.Ask<v1::Session>("CreateSession", town_.SessionAt(place, "", hour, day), City());
    ASSERT_TRUE(made.ok()) << made.status();
    sittings_.push_back({made->name(), place, day * 24 * 60 + hour * 60, kPlaces});
  }

  // Sittings last 90 minutes.
  static bool Meet(const Sitting& a, const Sitting& b) {
    const int gap = a.place == b.place ? 0 : kGapMinutes;
    return a.start < b.start + 90 + gap && b.start < a.start + 90 + gap;
  }

  std::set<std::string> InTheWay(const std::string& school, const Visit& visit) {
    std::set<std::string> reasons;
    const Sitting& sitting = sittings_[visit.sitting];
    if (visits_[school].size() >= kVisits) reasons.insert("SCHOOL_QUOTA_USED_UP");
    for (const Visit& other : visits_[school]) {
      if (other.school_class != visit.school_class) continue;
      if (Meet(sitting, sittings_[other.sitting])) reasons.insert("CLASS_BUSY");
      if (other.sitting == visit.sitting) reasons.insert("ALREADY_BOOKED");
    }
    if (visit.heads > sitting.free) reasons.insert("SESSION_FULL");
    return reasons;
  }

  void Book(const std::string& school, Visit visit, int pupils) {
    Sitting& sitting = sittings_[visit.sitting];
    const std::set<std::string> in_the_way = InTheWay(school, visit);
    const auto made = town_.Ask<v1::Booking>(
        "CreateBooking", town_.ClassVisit(sitting.name, visit.school_class, pupils, visit.heads - pupils),
        Teacher(school));
    const std::string answer = made.ok() ? "BOOKED" : refusal::ReasonOf(made.status());
    ++answers[answer];
    if (in_the_way.empty()) {
      ASSERT_TRUE(made.ok()) << "a false no to " << school << ": " << made.status();
    } else {
      ASSERT_TRUE(in_the_way.contains(answer)) << school << ": " << answer << " " << made.status();
    }
    if (!made.ok()) return;
    sitting.free -= visit.heads;
    visit.booking = made->name();
    visits_[school].push_back(visit);
  }

  void Cancel(const std::string& school, const Visit& visit) {
    v1::CancelBookingRequest request;
    request.set_name(visit.booking);
    request.set_request_id(town_.NewRequestId());
    const auto cancelled = town_.Ask<v1::Booking>("CancelBooking", request, Teacher(school));
    ASSERT_TRUE(cancelled.ok()) << cancelled.status();
    sittings_[visit.sitting].free += visit.heads;
    // The claim on the class and the term is released a moment later.
    town_.executor.RunFor(absl::Seconds(1));
  }

  Town town_;
  std::vector<Sitting> sittings_;
  std::map<std::string, std::vector<Visit>> visits_;
};

TEST(TownSchools, TwoHundredRandomSchoolsAgreeWithAModel) {
  constexpr uint32_t kSeed = 20261122;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  std::mt19937 random(kSeed);
  Model model;
  for (int step = 0; step < kSteps && !::testing::Test::HasFatalFailure(); ++step) model.Step(random);
  model.Check();
  for (const char* answer : {"BOOKED", "SESSION_FULL", "CLASS_BUSY", "SCHOOL_QUOTA_USED_UP"})
    EXPECT_GT(model.answers[answer], 5) << answer;
}

}  // namespace
}  // namespace kepu::simulation
