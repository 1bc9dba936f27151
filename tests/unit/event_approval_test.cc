// Bookings that wait for staff: which have to, what an approval rests on, and that their places are neither
// sold twice nor lost, whatever becomes of them; other sessions offered in their place.
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/event/domain/approval.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using v1::Booking;

std::function<void(record::SessionCreated&)> Terms(std::vector<Booking::Kind> kinds, int heads,
                                                   std::vector<v1::PaperKind> papers = {}) {
  return [=](record::SessionCreated& created) {
    for (const auto kind : kinds) created.mutable_terms()->add_approval_kinds(kind);
    created.mutable_terms()->set_approval_heads(heads);
    for (const auto paper : papers) created.mutable_terms()->add_papers(paper);
    created.set_time_zone("Asia/Shanghai");
  };
}

// A sitting whose groups and parties of ten and more are approved.
Sitting Asking(int capacity, std::vector<v1::PaperKind> papers = {},
               absl::Duration until = absl::Hours(240)) {
  return Sitting({Pool("hall", capacity)}, kStart + until, Terms({Booking::GROUP}, 10, papers));
}

absl::Status Approve(Sitting& sitting, absl::string_view id, const std::vector<PaperStanding>& papers = {}) {
  return sitting.Run(
      [&](const Session& s) { return DecideApprove(s, id, papers, "users/staff", sitting.now); });
}
absl::Status Decline(Sitting& sitting, absl::string_view id) {
  return sitting.Run([&](const Session& s) {
    return DecideDecline(s, id, "the hall is too small", "users/staff", sitting.rules, sitting.now);
  });
}
const record::BookingRecord& RecordOf(const Sitting& sitting, absl::string_view id) {
  return **FindBooking(sitting.session, id);
}

TEST(EventApprovalTest, WhoHasToWaitIsSaidByKindAndSize) {
  Sitting sitting = Asking(200);
  for (const auto& [kind, heads, waits] : {std::tuple{Booking::FAMILY, 9, false},
                                           {Booking::FAMILY, 10, true},
                                           {Booking::GROUP, 1, true},
                                           {Booking::PERSON, 1, false}}) {
    const std::string id = absl::StrCat(kind, "-", heads);
    ASSERT_EQ(sitting.Book(Party(id, heads, kind)), absl::OkStatus());
    EXPECT_EQ(sitting.StateOf(id), waits ? Booking::REQUESTED : Booking::CONFIRMED) << id;
  }
  EXPECT_EQ(sitting.session.head().pools(0).held(), 11) << "they have their places";
  PartyCommand by_staff = Party("for-them", 30, Booking::GROUP);
  by_staff.by_staff = true;
  ASSERT_EQ(sitting.Book(by_staff), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("for-them"), Booking::CONFIRMED) << "who approves has booked it";
  sitting.CheckWhole();
}

TEST(EventApprovalTest, StaffWhoBookDoNotStandForPapers) {
  Sitting sitting = Asking(200, {v1::PAPER_KIND_INSURANCE});
  PartyCommand by_staff = Party("g", 30, Booking::GROUP);
  by_staff.by_staff = true;
  ASSERT_EQ(sitting.Book(by_staff), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("g"), Booking::REQUESTED);
  sitting.now = absl::FromUnixMicros(sitting.session.head().start_us());
  const auto walk_in = sitting.Run([&](const Session& s) {
    return DecideWalkIn(s, Party("w", 30, Booking::GROUP), sitting.now, sitting.rules, sitting.now);
  });
  EXPECT_EQ(Reason(walk_in), "SESSION_STARTED") << "walk-ins are staff's";
  by_staff.id = by_staff.person = "w";
  ASSERT_EQ(sitting.Run([&](const Session& s) {
    return DecideWalkIn(s, by_staff, sitting.now, sitting.rules, sitting.now);
  }),
            absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("w"), Booking::CHECKED_IN) << "at the door nobody waits";
  sitting.CheckWhole();
}

TEST(EventApprovalTest, ApprovedOrDeclinedOnce) {
  Sitting sitting = Asking(40);
  ASSERT_EQ(sitting.Book(Party("a", 20)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 20)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Confirm("a")), "WRONG_STATE") << "nobody approves themselves";
  ASSERT_EQ(Approve(sitting, "a"), absl::OkStatus());
  ASSERT_EQ(Approve(sitting, "a"), absl::OkStatus()) << "it is so already";
  EXPECT_EQ(sitting.StateOf("a"), Booking::CONFIRMED);
  EXPECT_EQ(RecordOf(sitting, "a").decided_by(), "users/staff");
  EXPECT_EQ(Reason(Decline(sitting, "a")), "WRONG_STATE");
  ASSERT_EQ(sitting.Join(Party("w", 2)), absl::OkStatus());
  ASSERT_EQ(Decline(sitting, "b"), absl::OkStatus());
  ASSERT_EQ(Decline(sitting, "b"), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("b"), Booking::NOT_APPROVED);
  EXPECT_EQ(RecordOf(sitting, "b").decline_reason(), "the hall is too small");
  EXPECT_EQ(sitting.StateOf("w"), Booking::HELD) << "offered in the same decision";
  EXPECT_EQ(Reason(Approve(sitting, "b")), "WRONG_STATE");
  EXPECT_EQ(Reason(Approve(sitting, "nobody")), "NOT_FOUND");
  ASSERT_EQ(sitting.Cancel("b"), absl::OkStatus());
  PartyCommand again = Party("b", 5);
  again.id = "b2";
  ASSERT_EQ(sitting.Book(again), absl::OkStatus()) << "and may book again";
  sitting.CheckWhole();
}

TEST(EventApprovalTest, WhatIsNotDecidedInTimeGivesItsPlacesBack) {
  struct Row {
    absl::Duration until_start, span;
  };
  for (const Row& row : {Row{absl::Hours(240), absl::Hours(7 * 24)}, Row{absl::Hours(100), absl::Hours(24)},
                         Row{absl::Hours(5), absl::Hours(2)}}) {
    Sitting sitting = Asking(20, {}, row.until_start);
    ASSERT_EQ(sitting.Book(Party("a", 20)), absl::OkStatus());
    ASSERT_EQ(sitting.Join(Party("w", 3)), absl::OkStatus());
    sitting.Pass(row.span - absl::Seconds(1));
    EXPECT_EQ(sitting.StateOf("a"), Booking::REQUESTED) << row.span;
    sitting.Pass(absl::Seconds(1));
    EXPECT_EQ(sitting.StateOf("a"), Booking::EXPIRED) << row.span;
    EXPECT_EQ(sitting.StateOf("w"), Booking::HELD) << row.span;
    EXPECT_EQ(Reason(Approve(sitting, "a")), "HOLD_EXPIRED");
    sitting.CheckWhole();
  }
}

TEST(EventApprovalTest, HoldsAndOffersWaitForStaffToo) {
  Sitting sitting = Asking(20);
  ASSERT_EQ(sitting.Hold(Party("h", 20)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("w", 15)), absl::OkStatus());
  ASSERT_EQ(sitting.Confirm("h"), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("h"), Booking::REQUESTED);
  sitting.Pass(absl::Hours(2));
  EXPECT_EQ(sitting.StateOf("h"), Booking::REQUESTED) << "the deadline of the hold is none any more";
  ASSERT_EQ(Decline(sitting, "h"), absl::OkStatus());
  ASSERT_EQ(sitting.StateOf("w"), Booking::HELD);
  ASSERT_EQ(sitting.Confirm("w"), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("w"), Booking::REQUESTED);
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::TAKEN);
  sitting.Pass(absl::Hours(7 * 24));
  EXPECT_EQ(sitting.StateOf("w"), Booking::EXPIRED);
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::TAKEN) << "the offer was taken in time";
  EXPECT_EQ(sitting.Free(), 20);
  sitting.CheckWhole();
}

TEST(EventApprovalTest, RestsOnPapersThatAreAcceptedAndHold) {
  constexpr auto accepted = v1::Paper::ACCEPTED, rejected = v1::Paper::REJECTED;
  constexpr auto expired = v1::Paper::EXPIRED, submitted = v1::Paper::SUBMITTED;
  const auto insurance = v1::PAPER_KIND_INSURANCE, letter = v1::PAPER_KIND_LETTER;
  struct Row {
    std::vector<PaperStanding> papers;
    std::string missing;
  };
  const Row rows[] = {
      {{}, "INSURANCE (MISSING), LETTER (MISSING)"},
      {{{insurance, 1, accepted}}, "LETTER (MISSING)"},
      {{{insurance, 1, expired}, {letter, 1, accepted}}, "INSURANCE (EXPIRED)"},
      {{{insurance, 1, accepted}, {letter, 1, submitted}}, "LETTER (SUBMITTED)"},
      {{{insurance, 1, rejected}, {letter, 1, accepted}}, "INSURANCE (REJECTED)"},
      {{{insurance, 3, accepted}, {letter, 2, accepted}, {v1::PAPER_KIND_RISK_FORM, 9, accepted}}, ""}};
  Sitting sitting = Asking(40, {insurance, letter});
  ASSERT_EQ(sitting.Book(Party("a", 20)), absl::OkStatus());
  for (const Row& row : rows) {
    const absl::Status status = Approve(sitting, "a", row.papers);
    EXPECT_EQ(Reason(status), row.missing.empty() ? "" : "DOCUMENTS_MISSING");
    EXPECT_EQ(refusal::ParamOf(status, "missing"), row.missing);
  }
  ASSERT_EQ(RecordOf(sitting, "a").papers_size(), 2) << "only what was asked for";
  EXPECT_EQ(RecordOf(sitting, "a").papers(0).number(), 3U);
  sitting.CheckWhole();
}

TEST(EventApprovalTest, TermsThatMakeNoSenseAreRefused) {
  using Fill = std::function<void(record::SessionCreated&)>;
  for (const Fill& fill : {Terms({}, 0, {v1::PAPER_KIND_LETTER}), Terms({Booking::GROUP, Booking::GROUP}, 0),
                           Terms({Booking::KIND_UNSPECIFIED}, 0), Terms({}, 5, {v1::PAPER_KIND_UNSPECIFIED}),
                           Terms({}, 5, {v1::PAPER_KIND_LETTER, v1::PAPER_KIND_LETTER})}) {
    record::SessionCreated created;
    created.set_id("s");
    created.set_start_us(absl::ToUnixMicros(kStart + absl::Hours(1)));
    created.set_end_us(absl::ToUnixMicros(kStart + absl::Hours(2)));
    *created.add_pools() = Pool("hall", 10);
    fill(created);
    EXPECT_TRUE(absl::IsInvalidArgument(DecideCreateSession(Session(), created, kStart).status()));
  }
}

TEST(EventApprovalTest, TermsChangeForThoseWhoComeLater) {
  Sitting sitting = Asking(100);
  ASSERT_EQ(sitting.Book(Party("a", 20)), absl::OkStatus());
  ASSERT_EQ(sitting.Set([](record::SessionSettingsChanged& settings) { settings.clear_terms(); }),
            absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 20)), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("b"), Booking::CONFIRMED);
  EXPECT_EQ(sitting.StateOf("a"), Booking::REQUESTED) << "it waits still";
  ASSERT_EQ(Approve(sitting, "a"), absl::OkStatus());
  sitting.CheckWhole();
}

TEST(EventApprovalTest, NothingGetsPastApprovalByGrowingOrMoving) {
  Sitting sitting = Asking(100);
  ASSERT_EQ(sitting.Book(Party("a", 5)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Change("a", 10)), "NEEDS_APPROVAL");
  EXPECT_EQ(sitting.Change("a", 9), absl::OkStatus());
  EXPECT_EQ(sitting.Change("a", 12, true), absl::OkStatus()) << "staff have approved it by that";
  Sitting plain({Pool("hall", 100)});
  ASSERT_EQ(plain.Book(Party("m", 20)), absl::OkStatus());
  for (const bool by_staff : {false, true}) {
    auto party = PartyToMove(plain.session, "m", by_staff ? "m2" : "m1", by_staff);
    ASSERT_TRUE(party.ok());
    EXPECT_EQ(Reason(sitting.Book(*party)), by_staff ? "" : "NEEDS_APPROVAL");
  }
  Sitting alike = Asking(100);
  ASSERT_EQ(Approve(sitting, "m2").code(), absl::StatusCode::kFailedPrecondition) << "moved, never requested";
  auto party = PartyToMove(sitting.session, "m2", "m3", false);
  ASSERT_TRUE(party.ok());
  ASSERT_EQ(alike.Book(*party), absl::OkStatus());
  EXPECT_EQ(alike.StateOf("m3"), Booking::CONFIRMED) << "under the same terms";
  sitting.CheckWhole();
  alike.CheckWhole();
}

TEST(EventApprovalTest, ACancelledSessionTakesRequestsAlong) {
  Sitting sitting = Asking(2000);
  for (int i = 0; i < 70; ++i) ASSERT_EQ(sitting.Book(Party(absl::StrCat("g", i), 12)), absl::OkStatus());
  ASSERT_EQ(sitting.CancelSession(), absl::OkStatus());
  EXPECT_EQ(Reason(Approve(sitting, "g1")), "SESSION_CANCELLED");
  for (int i = 0; i < 5; ++i) sitting.Pass(absl::Seconds(1));
  EXPECT_EQ(sitting.session.head().pools(0).held(), 0);
  sitting.CheckWhole();
}

// Two sessions as one commit changes them.
class CounterOfferTest : public ::testing::Test {
 protected:
  absl::Status Offer(absl::string_view id, const std::string& new_id) {
    auto party = PartyToOffer(here.session, id, new_id, here.now);
    if (!party.ok()) return party.status();
    if (absl::Status status = there.Hold(*party); !status.ok()) return status;
    const record::BookingRecord& held = RecordOf(there, new_id);
    return here.Run([&](const Session& s) {
      return DecideNoteOffer(s, id, new_id, held.hold_expire_us(), "users/staff", here.now);
    });
  }
  absl::Status Take(absl::string_view id, absl::string_view offer) {
    if (absl::Status status = CheckOffered(here.session, id, offer); !status.ok()) return status;
    const bool stands = here.StateOf(id) == Booking::CONFIRMED;
    absl::Status status = there.Run(
        [&](const Session& s) { return DecideTakeOffer(s, offer, stands, there.rules, there.now); });
    if (!status.ok()) return status;
    return here.Run([&](const Session& s) { return DecideCancel(s, id, true, here.rules, here.now, offer); });
  }
  void Pass(absl::Duration span) {
    here.Pass(span);
    there.Pass(span);
  }
  void TearDown() override {
    here.CheckWhole();
    there.CheckWhole();
  }
  Sitting here = Asking(40);
  Sitting there = Asking(30);
};

TEST_F(CounterOfferTest, TakenItMovesTheBooking) {
  ASSERT_EQ(here.Book(Party("a", 20)), absl::OkStatus());
  ASSERT_EQ(Offer("a", "a2"), absl::OkStatus());
  EXPECT_EQ(here.StateOf("a"), Booking::REQUESTED) << "as it was";
  EXPECT_EQ(there.Free(), 10) << "held for it alone";
  EXPECT_EQ(Reason(Offer("a", "a3")), "COUNTER_OFFER_OPEN");
  EXPECT_EQ(Reason(there.Confirm("a2")), "COUNTER_OFFER") << "else it had both";
  EXPECT_EQ(Reason(there.Change("a2", 30)), "WRONG_STATE");
  EXPECT_EQ(Reason(Take("a", "another")), "NO_COUNTER_OFFER");
  ASSERT_EQ(Take("a", "a2"), absl::OkStatus());
  EXPECT_EQ(here.StateOf("a"), Booking::CANCELLED);
  EXPECT_EQ(RecordOf(here, "a").moved_to(), "a2");
  EXPECT_FALSE(RecordOf(here, "a").late());
  EXPECT_EQ(there.StateOf("a2"), Booking::CONFIRMED) << "who offered it has approved it";
  EXPECT_EQ(RecordOf(there, "a2").moved_from(), "events/e/sessions/s/bookings/a");
  EXPECT_EQ(here.Free(), 40);
  EXPECT_EQ(Reason(Take("a", "a2")), "WRONG_STATE") << "once";
}

TEST_F(CounterOfferTest, ThatRunsOutLeavesTheBookingAsItWas) {
  ASSERT_EQ(here.Book(Party("a", 20)), absl::OkStatus());
  ASSERT_EQ(Offer("a", "a2"), absl::OkStatus());
  Pass(absl::Hours(24));
  EXPECT_EQ(there.StateOf("a2"), Booking::EXPIRED);
  EXPECT_EQ(there.Free(), 30);
  EXPECT_EQ(here.StateOf("a"), Booking::REQUESTED);
  EXPECT_EQ(Reason(Take("a", "a2")), "HOLD_EXPIRED");
  ASSERT_EQ(Offer("a", "a3"), absl::OkStatus()) << "another may be offered then";
  ASSERT_EQ(Approve(here, "a"), absl::OkStatus()) << "or it is approved after all";
  ASSERT_EQ(Take("a", "a3"), absl::OkStatus()) << "the choice is with who booked";
  EXPECT_EQ(there.StateOf("a3"), Booking::CONFIRMED);
}

TEST_F(CounterOfferTest, MayBeTakenAfterTheRequestRanOut) {
  ASSERT_EQ(here.Book(Party("a", 20)), absl::OkStatus());
  Pass(absl::Hours(7 * 24) - absl::Hours(1));
  ASSERT_EQ(Offer("a", "a2"), absl::OkStatus());
  Pass(absl::Hours(1));
  ASSERT_EQ(here.StateOf("a"), Booking::EXPIRED);
  EXPECT_EQ(Take("a", "a2"), absl::OkStatus());
}

TEST_F(CounterOfferTest, WaitsForPapersWhereTheSessionAsksForThem) {
  there = Asking(30, {v1::PAPER_KIND_LETTER});
  ASSERT_EQ(here.Book(Party("a", 20)), absl::OkStatus());
  ASSERT_EQ(Offer("a", "a2"), absl::OkStatus());
  ASSERT_EQ(Take("a", "a2"), absl::OkStatus());
  EXPECT_EQ(there.StateOf("a2"), Booking::REQUESTED);
  Pass(absl::Hours(25));
  EXPECT_EQ(there.StateOf("a2"), Booking::REQUESTED) << "with the time that staff have";
  EXPECT_EQ(Approve(there, "a2", {{v1::PAPER_KIND_LETTER, 1, v1::Paper::ACCEPTED}}), absl::OkStatus());
}

TEST_F(CounterOfferTest, NeedsRoomAndABookingThatStands) {
  ASSERT_EQ(there.Book(Party("x", 8)), absl::OkStatus());
  ASSERT_EQ(there.Book(Party("y", 8)), absl::OkStatus());
  ASSERT_EQ(here.Book(Party("a", 20)), absl::OkStatus());
  EXPECT_EQ(Reason(Offer("a", "a2")), "SESSION_FULL");
  EXPECT_EQ(RecordOf(here, "a").counter_offer(), "");
  ASSERT_EQ(here.Cancel("a"), absl::OkStatus());
  EXPECT_EQ(Reason(Offer("a", "a2")), "WRONG_STATE");
  EXPECT_EQ(Reason(Offer("nobody", "a2")), "NOT_FOUND");
}

TEST(EventApprovalTest, NobodyComesToACampWithoutRosterAndConsent) {
  Sitting camp({Pool("beds", 40)}, kStart + absl::Hours(240), [](record::SessionCreated& created) {
    created.set_camp(true);
    created.set_end_us(created.start_us() + absl::ToInt64Microseconds(absl::Hours(5 * 24)));
  });
  PartyCommand party = Party("c", 20, Booking::SCHOOL);
  party.kind = Booking::GROUP;
  ASSERT_EQ(camp.Book(party), absl::OkStatus());
  camp.Pass(absl::Hours(240));
  struct Row {
    int pupils, consents;
    std::string reason;
  };
  for (const Row& row : {Row{0, 0, "ROSTER_INCOMPLETE"}, Row{19, 19, "ROSTER_INCOMPLETE"},
                         Row{21, 21, "ROSTER_INCOMPLETE"}, Row{20, 17, "CONSENT_MISSING"}, Row{20, 20, ""}}) {
    ASSERT_EQ(camp.Run([&](const Session& session) -> absl::StatusOr<Facts> {
      if (auto found = FindBooking(session, "c"); !found.ok()) return found.status();
      Facts facts = {At(camp.now)};
      facts[0].mutable_roster_noted()->set_id("c");
      facts[0].mutable_roster_noted()->set_pupils(row.pupils);
      facts[0].mutable_roster_noted()->set_consents(row.consents);
      return facts;
    }),
              absl::OkStatus());
    const absl::Status status = camp.CheckIn("c");
    EXPECT_EQ(Reason(status), row.reason);
    EXPECT_EQ(refusal::ParamOf(status, "missing"), row.reason == "CONSENT_MISSING" ? "3" : "");
  }
  camp.CheckWhole();
}

// Requests, holds and their ends at random against a count that is plainly right: what is taken is what
// lives.
struct MadeBooking {
  int heads = 0;
  Booking::State state = Booking::STATE_UNSPECIFIED;
  absl::Time deadline;
};
using MadeBookings = std::map<std::string, MadeBooking>;

bool Lives(const MadeBooking& one) { return one.state == Booking::CONFIRMED || HasPlaces(one.state); }
int TakenIn(const MadeBookings& model) {
  int taken = 0;
  for (const auto& [id, one] : model) taken += Lives(one) ? one.heads : 0;
  return taken;
}

std::string RunRequests(uint32_t seed, int steps, absl::Duration believed_approval) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  const int capacity = 30 + below(60);
  Sitting sitting = Asking(capacity, {}, absl::Hours(24 * 60));
  MadeBookings model;
  for (int step = 0; step < steps; ++step) {
    const std::string id = absl::StrCat("p", below(12), "-", step / 40);
    MadeBooking& made = model[id];
    const int taken = TakenIn(model);
    const int heads = 1 + below(20);
    const bool waits = heads >= 10;
    const bool live = Lives(made);
    switch (below(6)) {
      case 0:
      case 1: {
        const bool hold = below(3) == 0;
        if (live || made.state != Booking::STATE_UNSPECIFIED) break;
        const absl::Status status = hold ? sitting.Hold(Party(id, heads)) : sitting.Book(Party(id, heads));
        if (status.ok() != (taken + heads <= capacity))
          return absl::StrCat("step ", step, ": room for ", heads);
        if (!status.ok()) break;
        made = {heads,
                hold    ? Booking::HELD
                : waits ? Booking::REQUESTED
                        : Booking::CONFIRMED,
                sitting.now + (hold ? sitting.rules.person_hold : believed_approval)};
        break;
      }
      case 2:
        if (sitting.Confirm(id).ok() && made.state == Booking::HELD) {
          made.state = made.heads >= 10 ? Booking::REQUESTED : Booking::CONFIRMED;
          made.deadline = sitting.now + believed_approval;
        }
        break;
      case 3:
        // One that was approved is so already; one that never waited is not.
        if (const bool ok = Approve(sitting, id).ok();
            made.state != Booking::CONFIRMED && ok != (made.state == Booking::REQUESTED))
          return absl::StrCat("step ", step, ": approve");
        if (made.state == Booking::REQUESTED) made.state = Booking::CONFIRMED;
        break;
      case 4:
        if (Decline(sitting, id).ok() && made.state == Booking::REQUESTED)
          made.state = Booking::NOT_APPROVED;
        else if (sitting.Cancel(id).ok() && live)
          made.state = Booking::CANCELLED;
        break;
      default:
        sitting.Pass(absl::Minutes(below(2) == 0 ? below(30) : below(3000)));
        for (auto& [other, one] : model)
          if (HasPlaces(one.state) && one.deadline <= sitting.now) one.state = Booking::EXPIRED;
    }
    if (sitting.Free() != capacity - TakenIn(model))
      return absl::StrCat("step ", step, ": free ", sitting.Free(), ", not ", capacity - TakenIn(model));
    for (const auto& [other, one] : model)
      if (sitting.StateOf(other) != one.state)
        return absl::StrCat("step ", step, ": ", other, " is ", sitting.StateOf(other), ", not ", one.state);
  }
  sitting.CheckWhole();
  return "";
}

TEST(EventApprovalTest, RandomRequestsAreNeverSoldTwiceNorLost) {
  for (uint32_t seed = 1; seed <= 40; ++seed)
    ASSERT_EQ(RunRequests(seed, 160, Rules().approval), "") << "seed " << seed;
}
TEST(EventApprovalTest, AWrongBeliefIsSeen) {
  int seen = 0;
  for (uint32_t seed = 1; seed <= 10; ++seed)
    seen += RunRequests(seed, 160, Rules().approval + absl::Hours(6)).empty() ? 0 : 1;
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace kepu::event::domain
