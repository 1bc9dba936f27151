// Schools and sessions forget what has ended when nothing can ask for it any more, and nothing else.
#include "gtest/gtest.h"
#include "libs/reservation/keeping.h"
#include "libs/reservation/record.h"
#include "tests/unit/event_office.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

TEST(SchoolKeepingTest, EndedClaimsGoAndLiveOnesStay) {
  Office office;
  const auto lesson = [](int day) { return Office::Visit("3-1", T(4, day), absl::Hours(1)); };
  ASSERT_EQ(office.Try("lives", lesson(7)), absl::OkStatus());
  for (int i = 0; i < 30; ++i) {
    const std::string reservation = absl::StrCat("r", i);
    ASSERT_EQ(office.Try(reservation, lesson(8)), absl::OkStatus());
    ASSERT_EQ(office.End(reservation, lesson(8), false), absl::OkStatus());
  }
  ASSERT_EQ(office.End("never-tried", lesson(9), false), absl::OkStatus());
  const absl::Time next = NextDue(office.school);
  EXPECT_GT(next, kStart + reservation::kRememberFor);
  EXPECT_TRUE(Due(office.school, next - absl::Seconds(1))->empty());
  EXPECT_EQ(office.Forget(next), 3);
  for (const auto& [field, child] : office.school.children()) {
    if (!child) continue;
    EXPECT_TRUE(child->has_page() || child->claim().claim().reservation() == "lives") << field;
  }
  EXPECT_EQ(NextDue(office.school), absl::InfiniteFuture());
  School folded;
  for (const record::Fact& fact : office.log) ASSERT_EQ(Apply(folded, fact), absl::OkStatus());
  EXPECT_EQ(folded.SerializeHead(), office.school.SerializeHead());
}

absl::Status Decide(Sitting& sitting, const std::string& reservation, bool confirmed) {
  return sitting.Run([&](const Session& s) -> absl::StatusOr<Facts> {
    auto known = FindRecord(s, reservation);
    if (!known.ok()) return known.status();
    reservation::v1::ClaimRef ref;
    ref.set_claim_id(absl::StrCat("c-", reservation));
    const auto fact =
        confirmed ? reservation::DecideConfirmed(*known, reservation, {ref}, sitting.now)
                  : reservation::DecideCancelled(*known, reservation, absl::OkStatus(), {ref}, sitting.now);
    return fact ? Facts{RecordFact(*fact)} : Facts{};
  });
}

absl::Status ReleaseTold(Sitting& sitting, const std::string& reservation) {
  return sitting.Run([&](const Session& s) -> absl::StatusOr<Facts> {
    auto known = FindRecord(s, reservation);
    if (!known.ok()) return known.status();
    const auto fact = reservation::DecideTold(*known, {absl::StrCat("c-", reservation)}, true);
    return fact ? Facts{RecordFact(*fact)} : Facts{};
  });
}

TEST(SessionKeepingTest, CancelledAndGivenBackRecordsGoAndStandingOnesStay) {
  const absl::Time start = kStart + absl::Hours(24 * 365);
  Sitting sitting({Pool("all", 10)}, start);
  PartyCommand booking = Party("booked", 2);
  booking.reservation = "stands";
  ASSERT_EQ(sitting.Book(booking), absl::OkStatus());
  for (const char* reservation : {"stands", "back", "unreleased"})
    ASSERT_EQ(Decide(sitting, reservation, true), absl::OkStatus());
  ASSERT_EQ(Decide(sitting, "no", false), absl::OkStatus());
  for (const char* reservation : {"back", "unreleased"}) {
    ASSERT_EQ(sitting.Run([&](const Session& s) -> absl::StatusOr<Facts> {
      Facts facts;
      absl::Status status = GiveBack(s, reservation, sitting.now, &facts);
      if (!status.ok()) return status;
      return facts;
    }),
              absl::OkStatus());
  }
  ASSERT_EQ(ReleaseTold(sitting, "back"), absl::OkStatus());

  const absl::Time next = NextDue(sitting.session.head(), sitting.rules);
  EXPECT_GT(next, sitting.now + reservation::kRememberFor);
  const int64_t updated = sitting.session.head().update_us();
  sitting.Pass(next - sitting.now);
  const auto there = [&](const char* reservation) {
    return *FindRecord(sitting.session, reservation) != nullptr;
  };
  EXPECT_TRUE(there("stands")) << "as long as its booking";
  EXPECT_TRUE(there("unreleased")) << "until its claim is released";
  EXPECT_FALSE(there("back"));
  EXPECT_FALSE(there("no"));
  EXPECT_EQ(sitting.session.head().update_us(), updated) << "the session itself did not change";
  EXPECT_GT(NextDue(sitting.session.head(), sitting.rules), next + reservation::kRememberFor);
  ASSERT_EQ(ReleaseTold(sitting, "unreleased"), absl::OkStatus());
  sitting.Pass(NextDue(sitting.session.head(), sitting.rules) - sitting.now);
  EXPECT_FALSE(there("unreleased"));
  EXPECT_EQ(NextDue(sitting.session.head(), sitting.rules),
            start + absl::Hours(2) + sitting.rules.missed_after);
  std::set<std::string> told;
  for (const record::Fact& fact : sitting.log) {
    for (const auto& record : reservation::ForgottenRecords(fact.ends_forgotten()))
      told.insert(record.reservation());
  }
  EXPECT_EQ(told, (std::set<std::string>{"back", "no", "unreleased"})) << "what a settler hears";
  sitting.CheckWhole();
}

}  // namespace
}  // namespace kepu::event::domain
