// The second account of a session: it agrees with the first over everything that random sequences do, and
// every fault planted in the facts shows in it.
#include "services/event/domain/ledger.h"

#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

std::vector<LedgerFinding> Audit(const Facts& log, const record::SessionHead& head) {
  Ledger ledger;
  std::vector<LedgerFinding> findings;
  for (const record::Fact& fact : log) ledger.Count(fact, &findings);
  ledger.Compare(head, &findings);
  return findings;
}

// Holds, an offer that ran out, a booking that grew, a check-in, an override, a sweep.
Sitting Busy() {
  Sitting sitting({Pool("hall", 6), Pool("chairs", 1, v1::Pool::WHEELCHAIRS)});
  EXPECT_EQ(sitting.Hold(Party("a", 3)), absl::OkStatus());
  EXPECT_EQ(sitting.Book(Party("b", 2)), absl::OkStatus());
  EXPECT_EQ(sitting.Join(Party("c", 3)), absl::OkStatus());
  sitting.Pass(absl::Hours(1));
  EXPECT_EQ(sitting.StateOf("a"), v1::Booking::EXPIRED);
  EXPECT_EQ(sitting.Confirm("c"), absl::OkStatus());
  EXPECT_EQ(sitting.Change("b", 3), absl::OkStatus());
  return sitting;
}

TEST(Ledger, AgreesWithTheSession) {
  Sitting sitting = Busy();
  EXPECT_EQ(Audit(sitting.log, sitting.session.head()).size(), 0U);
  sitting.now = kStart + absl::Hours(240);
  EXPECT_EQ(sitting.CheckIn("b"), absl::OkStatus());
  sitting.Pass(absl::Hours(24));
  EXPECT_EQ(sitting.StateOf("c"), v1::Booking::NO_SHOW);
  EXPECT_EQ(Audit(sitting.log, sitting.session.head()).size(), 0U);
}

TEST(Ledger, AgreesWhenTheSessionIsCancelled) {
  Sitting sitting = Busy();
  EXPECT_EQ(sitting.CancelSession(), absl::OkStatus());
  sitting.Pass(absl::Hours(1));
  EXPECT_EQ(TakenOf(sitting.session.head().pools(0)), 0);
  EXPECT_EQ(Audit(sitting.log, sitting.session.head()).size(), 0U);
}

TEST(Ledger, AnOverrideIsNoOversell) {
  Sitting sitting = Busy();
  const auto lower = [](auto& settings) { settings.set_capacities(0, 2); };
  EXPECT_EQ(sitting.Set(lower, "fire inspection"), absl::OkStatus());
  EXPECT_EQ(sitting.Cancel("b"), absl::OkStatus());
  EXPECT_EQ(Audit(sitting.log, sitting.session.head()).size(), 0U);
  for (record::Fact& fact : sitting.log) {
    if (fact.has_session_settings_changed()) fact.mutable_session_settings_changed()->clear_override_reason();
  }
  const auto findings = Audit(sitting.log, sitting.session.head());
  ASSERT_EQ(findings.size(), 2U) << "at the change, and while it stayed so";
  EXPECT_TRUE(findings[0].oversold);
  EXPECT_EQ(findings[0].text, "events/e/sessions/s: pool hall holds 2 and 6 are taken");
}

TEST(Ledger, EveryPlantedFaultShows) {
  struct Fault {
    const char* name;
    std::function<void(record::Fact&)> plant;
    bool oversold;
  };
  const Fault faults[] = {
      {"a smaller hall",
       [](record::Fact& f) {
         if (f.has_session_created()) f.mutable_session_created()->mutable_pools(0)->set_capacity(5);
       },
       true},
      {"a larger party than was counted",
       [](record::Fact& f) {
         if (f.has_booking_made() && f.booking_made().id() == "b")
           f.mutable_booking_made()->mutable_booking()->set_taken(0, 4);
       },
       true},
      {"a booking made twice",
       [](record::Fact& f) {
         if (f.has_booking_made() && f.booking_made().id() == "b") f.mutable_booking_made()->set_id("a");
       },
       false},
      {"places given back that nobody had",
       [](record::Fact& f) {
         if (f.has_booking_expired()) f.mutable_booking_expired()->set_id("nobody");
       },
       true},
      {"more given back than was taken",
       [](record::Fact& f) {
         if (f.has_booking_expired()) f.mutable_booking_expired()->set_taken(0, 4);
       },
       false},
      {"a pool that is not there",
       [](record::Fact& f) {
         if (f.has_booking_made() && f.booking_made().id() == "c")
           f.mutable_booking_made()->mutable_booking()->add_taken(1);
       },
       false},
  };
  for (const Fault& fault : faults) {
    Sitting sitting = Busy();
    for (record::Fact& fact : sitting.log) fault.plant(fact);
    const auto findings = Audit(sitting.log, sitting.session.head());
    EXPECT_GT(findings.size(), 0U) << fault.name;
    bool oversold = false;
    for (const LedgerFinding& finding : findings) oversold |= finding.oversold;
    EXPECT_EQ(oversold, fault.oversold) << fault.name;
  }
}

TEST(Ledger, AStoredCountThatIsWrongShows) {
  Sitting sitting = Busy();
  record::SessionHead head = sitting.session.head();
  head.mutable_pools(0)->set_held(1);
  const auto findings = Audit(sitting.log, head);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].text, "events/e/sessions/s: pool hall says 7 of 6 are taken, its facts make 6 of 6");
}

}  // namespace
}  // namespace kepu::event::domain
