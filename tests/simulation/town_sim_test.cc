// Sessions that reserve their hall and schools that book, with every message and every commit lost, answered
// to nobody, late, or cut off by a crash, one step after the other and at random: 30 s after it heals nothing
// is half done, no hall is double, no class in two places and no term overrun.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/reservation/driver.h"
#include "tests/simulation/town.h"

namespace kepu::simulation {
namespace {

namespace v1 = event::v1;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Fate kFates[] = {Fate::kLost, Fate::kReplyLost, Fate::kTwiceLate, Fate::kCrash, Fate::kCrashAfter};

// What happens to each step.
using Fates = std::function<Fate(Town&, int step)>;

struct Outcome {
  int steps = 0;
  int sessions = 0, bookings = 0;  // told OK
  size_t halls = 0, visits = 0;    // claims that stand at the end
  std::vector<std::string> problems;
};

TownOptions OptionsOf(uint64_t seed) {
  TownOptions options;
  options.seed = seed;
  options.event.school.visits_per_term = 2;
  return options;
}

void Prepare(Town& town) {
  town.MakeVenue("a");
  town.MakeVenue("b");
  town.MakeEvent("class");
}

int CountOk(const std::vector<Town::ErrandPtr>& errands) {
  return static_cast<int>(
      std::count_if(errands.begin(), errands.end(), [](const auto& errand) { return errand->status.ok(); }));
}

void Heal(Town& town, Outcome* outcome) {
  outcome->steps = town.steps();
  town.Disarm();
  town.executor.RunFor(absl::Seconds(30));
  outcome->problems = town.Problems();
  outcome->halls = town.HallClaims();
  outcome->visits = town.SchoolClaims();
}

// Two sessions want one hall at once; one more has its own and is cancelled.
Outcome Halls(const TownOptions& options, const Fates& fates) {
  Town town(options);
  Prepare(town);
  const auto own = town.SessionAt("venues/b", "venues/b/spaces/room", 10);
  auto third = town.Begin("CreateSession", own, City());
  town.Await({third});
  v1::Session session;
  session.ParseFromString(third->bytes);
  town.Arm([&town, &fates](int step) { return fates(town, step); });
  v1::CancelSessionRequest cancel;
  cancel.set_name(session.name());
  cancel.set_reason("storm");
  cancel.set_request_id(town.NewRequestId());
  const std::vector<Town::ErrandPtr> rivals = {
      town.Begin("CreateSession", town.SessionAt("venues/a", "venues/a/spaces/hall", 10), City()),
      town.Begin("CreateSession", town.SessionAt("venues/a", "venues/a/spaces/hall", 11), City())};
  const auto ending = town.Begin("CancelSession", cancel, City());
  town.Await(rivals);
  town.Await({ending});
  Outcome outcome;
  outcome.sessions = CountOk(rivals);
  Heal(town, &outcome);
  if (!ending->status.ok()) outcome.problems.push_back(std::string(ending->status.message()));
  return outcome;
}

// A class wants two sessions at once, two others the rest of the term; then a booking is cancelled.
Outcome Visits(const TownOptions& options, const Fates& fates) {
  Town town(options);
  Prepare(town);
  std::vector<std::string> names;
  for (const char* place : {"venues/a", "venues/b"}) {
    auto made = town.Begin("CreateSession", town.SessionAt(place, "", 10), City());
    town.Await({made});
    v1::Session session;
    session.ParseFromString(made->bytes);
    names.push_back(session.name());
  }
  auto before = town.Begin("CreateBooking", town.ClassVisit(names[0], "2-1", 20, 1), Teacher("x"));
  town.Await({before});
  v1::Booking booking;
  booking.ParseFromString(before->bytes);
  town.Arm([&town, &fates](int step) { return fates(town, step); });
  const std::vector<Town::ErrandPtr> rivals = {
      town.Begin("CreateBooking", town.ClassVisit(names[0], "3-1"), Teacher("x")),
      town.Begin("CreateBooking", town.ClassVisit(names[1], "3-1"), Teacher("x", "colleague")),
      town.Begin("CreateBooking", town.ClassVisit(names[1], "3-2"), Teacher("x"))};
  v1::CancelBookingRequest cancel;
  cancel.set_name(booking.name());
  cancel.set_request_id(town.NewRequestId());
  const auto ending = town.Begin("CancelBooking", cancel, Teacher("x", "colleague"));
  town.Await(rivals);
  town.Await({ending});
  Outcome outcome;
  outcome.bookings = CountOk(rivals);
  Heal(town, &outcome);
  if (!ending->status.ok()) outcome.problems.push_back(std::string(ending->status.message()));
  return outcome;
}

void ExpectHalls(const Outcome& outcome) {
  EXPECT_THAT(outcome.problems, IsEmpty());
  EXPECT_LE(outcome.sessions, 1) << "one hall, one session";
  EXPECT_EQ(outcome.halls, static_cast<size_t>(outcome.sessions)) << "what was told is what stands";
}

void ExpectVisits(const Outcome& outcome) {
  EXPECT_THAT(outcome.problems, IsEmpty());
  EXPECT_LE(outcome.bookings, 2) << "two visits a term";
  EXPECT_EQ(outcome.visits, static_cast<size_t>(outcome.bookings)) << "what was told is what stands";
}

using Scenario = Outcome (*)(const TownOptions&, const Fates&);

void EveryStep(Scenario scenario, void (*expect)(const Outcome&), bool push) {
  TownOptions options = OptionsOf(1);
  options.push = push;
  const Outcome calm = scenario(options, [](Town&, int) { return Fate::kNormal; });
  expect(calm);
  EXPECT_GT(calm.sessions + calm.bookings, 0) << "without faults somebody wins";
  for (int step = 0; step < calm.steps && !::testing::Test::HasFailure(); ++step) {
    for (const Fate fate : kFates) {
      SCOPED_TRACE(absl::StrCat("step ", step, " of ", calm.steps, ", fate ", static_cast<int>(fate)));
      expect(scenario(options, [=](Town&, int at) { return at == step ? fate : Fate::kNormal; }));
    }
  }
}

void RandomFates(Scenario scenario, void (*expect)(const Outcome&)) {
  for (uint64_t seed = 1; seed <= 30 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    TownOptions options = OptionsOf(seed);
    options.shuffle = true;
    auto random = std::make_shared<executor::SeededRandom>(seed);
    expect(scenario(options, [random](Town&, int) {
      return random->Below(8) == 0 ? kFates[random->Below(std::size(kFates))] : Fate::kNormal;
    }));
  }
}

// From one step on no reply comes back for longer than a driver goes on: what it then says is what stands.
void SilenceFromEveryStep(Scenario scenario, void (*expect)(const Outcome&)) {
  const absl::Duration silence = reservation::kDriveMax + absl::Seconds(1);
  const TownOptions options = OptionsOf(1);
  const Outcome calm = scenario(options, [](Town&, int) { return Fate::kNormal; });
  for (int step = 0; step < calm.steps && !::testing::Test::HasFailure(); ++step) {
    SCOPED_TRACE(absl::StrCat("silence from step ", step, " of ", calm.steps));
    absl::Time since = absl::InfiniteFuture();
    expect(scenario(options, [&](Town& town, int at) {
      if (at == step) since = town.clock.Now();
      return at >= step && town.clock.Now() < since + silence ? Fate::kReplyLost : Fate::kNormal;
    }));
  }
}

TEST(TownSimulation, HallsAtEveryStep) { EveryStep(&Halls, &ExpectHalls, true); }
TEST(TownSimulation, HallsAtEveryStepByAskingAlone) { EveryStep(&Halls, &ExpectHalls, false); }
TEST(TownSimulation, HallsUnderRandomFates) { RandomFates(&Halls, &ExpectHalls); }
TEST(TownSimulation, VisitsAtEveryStep) { EveryStep(&Visits, &ExpectVisits, true); }
TEST(TownSimulation, VisitsAtEveryStepByAskingAlone) { EveryStep(&Visits, &ExpectVisits, false); }
TEST(TownSimulation, VisitsUnderRandomFates) { RandomFates(&Visits, &ExpectVisits); }

TEST(TownSimulation, HallsInALongSilence) { SilenceFromEveryStep(&Halls, &ExpectHalls); }
TEST(TownSimulation, VisitsInALongSilence) { SilenceFromEveryStep(&Visits, &ExpectVisits); }

TEST(TownSimulation, TheCheckerSeesWhatIsLeftHalfDone) {
  TownOptions options = OptionsOf(1);
  options.restarts = false;
  Town town(options);
  Prepare(town);
  auto errand =
      town.Begin("CreateSession", town.SessionAt("venues/a", "venues/a/spaces/hall", 10), City(), false);
  town.executor.RunUntil([&] { return town.HallClaims() == 1; }, absl::Seconds(5));
  town.CrashEvent();
  town.executor.RunFor(absl::Seconds(30));
  EXPECT_THAT(town.Problems(), Not(IsEmpty()));
}

}  // namespace
}  // namespace kepu::simulation
