// The rules of claims and records as tables.
#include <functional>

#include "gmock/gmock.h"
#include "tests/unit/reservation_values.h"

namespace kepu::reservation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ClaimIdTest, IsTheSameForTheSameClaimAndAnotherForAnyDifference) {
  const v1::Demand demand = MakeDemand("spaces/a", v1::HALL);
  const std::string id = ClaimId("r1", demand);
  EXPECT_EQ(id.size(), 24u);
  EXPECT_EQ(id, ClaimId("r1", demand));
  v1::Demand other = demand;
  other.set_purpose("sessions/x");  // says what it is for, not what is claimed
  EXPECT_EQ(id, ClaimId("r1", other));
  EXPECT_NE(id, ClaimId("r2", demand));
  const std::function<void(v1::Demand&)> changes[] = {
      [](v1::Demand& d) { d.set_thing("spaces/b"); },
      [](v1::Demand& d) { d.set_kind(v1::GUIDE); },
      [](v1::Demand& d) { d.mutable_start_time()->set_nanos(1); },
      [](v1::Demand& d) { d.clear_end_time(); },
      [](v1::Demand& d) { d.set_amount(2); },
      [](v1::Demand& d) { d.set_part("a"); },
      [](v1::Demand& d) { d.set_place("a"); }};
  for (const auto& change : changes) {
    other = demand;
    change(other);
    EXPECT_NE(id, ClaimId("r1", other)) << other.DebugString();
  }
  v1::Demand part = demand, place = demand;
  part.set_part("ab");
  place.set_place("ab");
  EXPECT_NE(ClaimId("r1", part), ClaimId("r1", place));
}

// What each event does to a claim in each state; "" is no claim. "-": nothing is written.
TEST(ClaimTest, TransitionsAsATable) {
  struct Row {
    int state;  // -1: none
    const char* attempt;
    const char* confirm;
    const char* cancel;
    const char* release;
    const char* settled_confirmed;
    const char* settled_cancelled;
  };
  const Row rows[] = {{-1, "TRIED", "error", "ENDED", "-", "-", "-"},
                      {v1::Claim::TRIED, "-granted", "CONFIRMED", "ENDED", "ENDED", "CONFIRMED", "ENDED"},
                      {v1::Claim::CONFIRMED, "-granted", "-", "-", "ENDED", "-", "-"},
                      {v1::Claim::ENDED, "-over", "error", "-", "-", "-", "-"}};
  for (const Row& row : rows) {
    std::optional<v1::Claim> before;
    if (row.state >= 0) before = ClaimIn(static_cast<v1::Claim::State>(row.state));
    const v1::Claim* existing = before ? &*before : nullptr;
    auto after = [&](const std::optional<v1::ClaimFact>& fact) -> std::string {
      if (!fact) return "-";
      auto claim = ApplyClaim(existing, *fact);
      if (!claim.ok()) return claim.status().ToString();
      EXPECT_EQ((*claim)->reservation(), "r1");
      return v1::Claim::State_Name((*claim)->state());
    };
    auto after_or = [&](const absl::StatusOr<std::optional<v1::ClaimFact>>& fact) -> std::string {
      return fact.ok() ? after(*fact) : "error";
    };
    auto tried = DecideTry(existing, MakeTry(), kNow, Yes);
    ASSERT_TRUE(tried.ok());
    std::string attempt = after(tried->fact);
    if (attempt == "-") attempt += tried->outcome == v1::TryResponse::OVER ? "over" : "granted";
    EXPECT_EQ(attempt, row.attempt) << row.state;
    EXPECT_EQ(after_or(DecideConfirm(existing, MakeStep())), row.confirm) << row.state;
    EXPECT_EQ(after(DecideCancel(existing, MakeStep(), kNow)), row.cancel) << row.state;
    EXPECT_EQ(after(DecideRelease(existing, MakeStep(), kNow)), row.release) << row.state;
    EXPECT_EQ(after_or(DecideSettle(existing, MakeStep(), v1::ResolveResponse::CONFIRMED, kNow)),
              row.settled_confirmed)
        << row.state;
    EXPECT_EQ(after_or(DecideSettle(existing, MakeStep(), v1::ResolveResponse::CANCELLED, kNow)),
              row.settled_cancelled)
        << row.state;
  }
}

TEST(ClaimTest, RoomIsAskedOnlyForANewClaim) {
  const v1::Claim tried = ClaimIn(v1::Claim::TRIED);
  EXPECT_EQ(refusal::ReasonOf(DecideTry(nullptr, MakeTry(), kNow, No).status()), "SHIFT_FULL");
  EXPECT_TRUE(DecideTry(&tried, MakeTry(), kNow, No).ok());
}

TEST(ClaimTest, ImpossibleFactsAreErrors) {
  const v1::Claim ended = ClaimIn(v1::Claim::ENDED);
  const v1::Claim tried = ClaimIn(v1::Claim::TRIED);
  v1::ClaimFact confirm, forget, nothing;
  confirm.mutable_confirmed();
  forget.mutable_forgotten();
  EXPECT_FALSE(ApplyClaim(&ended, TriedFact(MakeTry(), kNow)).ok());
  EXPECT_FALSE(ApplyClaim(&ended, confirm).ok());
  EXPECT_FALSE(ApplyClaim(nullptr, confirm).ok());
  EXPECT_FALSE(ApplyClaim(&tried, forget).ok());
  EXPECT_FALSE(ApplyClaim(&tried, nothing).ok());
  EXPECT_EQ(*ApplyClaim(&ended, forget), std::nullopt);
}

TEST(RecordTest, TheFirstWriterWins) {
  const v1::Reservation confirmed = Confirmed({MakeRef("c1")});
  EXPECT_FALSE(DecideCancelled(&confirmed, "r1", No({}), {}, kNow));
  const v1::Reservation cancelled = **ApplyRecord(nullptr, *DecideCancelled(nullptr, "r1", No({}), {}, kNow));
  EXPECT_FALSE(DecideConfirmed(&cancelled, "r1", {}, kNow));
  EXPECT_FALSE(ApplyRecord(&cancelled, *DecideConfirmed(nullptr, "r1", {}, kNow)).ok());
  EXPECT_EQ(refusal::ReasonOf(StatusOf(cancelled)), "SHIFT_FULL");
  EXPECT_TRUE(StatusOf(confirmed).ok());
}

TEST(RecordTest, AnswersForTheClaimAndNotForTheReservation) {
  const v1::Reservation confirmed = Confirmed({MakeRef("c1")});
  EXPECT_EQ(Resolve(&confirmed, AskFor("c1"), kNow).outcome, v1::ResolveResponse::CONFIRMED);
  EXPECT_EQ(Resolve(&confirmed, AskFor("c2"), kNow).outcome, v1::ResolveResponse::CANCELLED);
  EXPECT_FALSE(Resolve(&confirmed, AskFor("c2"), kNow).fact);
}

TEST(RecordTest, AskingForAnAbsentReservationCancelsIt) {
  const Resolved resolved = Resolve(nullptr, AskFor("c1"), kNow);
  EXPECT_EQ(resolved.outcome, v1::ResolveResponse::CANCELLED);
  ASSERT_TRUE(resolved.fact);
  const v1::Reservation record = **ApplyRecord(nullptr, *resolved.fact);
  EXPECT_EQ(record.state(), v1::Reservation::CANCELLED);
  EXPECT_EQ(StatusOf(record).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(refusal::ReasonOf(StatusOf(record)), "RESERVATION_EXPIRED");
}

TEST(RecordTest, GivingBackTellsAllClaimsAgain) {
  v1::Reservation record = Confirmed({MakeRef("c1"), MakeRef("c2")});
  EXPECT_EQ(TellingOf(record), Telling::kConfirm);
  record = **ApplyRecord(&record, *DecideTold(&record, {"c1"}, false));
  EXPECT_THAT(record.untold(), ElementsAre("c2"));
  record = **ApplyRecord(&record, *DecideGiveBack(&record, kNow));
  EXPECT_THAT(record.untold(), ElementsAre("c1", "c2"));
  EXPECT_EQ(TellingOf(record), Telling::kRelease);
  EXPECT_EQ(record.state(), v1::Reservation::CONFIRMED);
  EXPECT_EQ(Resolve(&record, AskFor("c1"), kNow).outcome, v1::ResolveResponse::CONFIRMED);
  // An acknowledgement of the confirm that comes late does not pass for one of the release.
  EXPECT_FALSE(DecideTold(&record, {"c2"}, false));
  EXPECT_FALSE(DecideGiveBack(&record, kNow));
  record = **ApplyRecord(&record, *DecideTold(&record, {"c1", "c2", "c9"}, true));
  EXPECT_THAT(record.untold(), IsEmpty());
  EXPECT_FALSE(DecideTold(&record, {"c1"}, true));
}

TEST(RecordTest, RefusalsSurviveTheWire) {
  const absl::Status no =
      refusal::Refuse(absl::StatusCode::kFailedPrecondition, "OVERLAPS", {{"with", "shifts/a"}});
  EXPECT_EQ(refusal::ParamOf(UnpackRefusal(PackRefusal(no)), "with"), "shifts/a");
  EXPECT_FALSE(UnpackRefusal("\xff").ok());
  EXPECT_FALSE(UnpackRefusal("").ok());
}

}  // namespace
}  // namespace kepu::reservation
