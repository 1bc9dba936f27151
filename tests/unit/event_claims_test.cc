// Places of a session that visit days claim: held while tried, booked when confirmed, given back when ended,
// and never taken twice by a day that is planned anew.
#include <random>

#include "libs/reservation/claim.h"
#include "services/event/domain/approval.h"
#include "services/event/domain/session_claims.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using reservation::v1::Claim;
using reservation::v1::ClaimFact;
using reservation::v1::Demand;

constexpr char kDay[] = "visitDays/d";

class Lender : public Sitting {
 public:
  explicit Lender(
      int capacity, const std::function<void(record::SessionCreated&)>& fill = [](record::SessionCreated&) {})
      : Sitting({Pool("hall", capacity)}, kStart + absl::Hours(240), fill) {}

  Demand For(const std::string& school_class, int pupils, const std::string& in_place_of = "") const {
    record::SessionParty party;
    party.mutable_party()->set_pupils(pupils);
    party.mutable_party()->set_adults(1);
    party.set_school("schools/x");
    party.set_grade("3");
    party.set_booker("users/teacher");
    Demand demand;
    demand.set_thing(NameOf(session.head()));
    demand.set_kind(reservation::v1::SESSION);
    demand.mutable_start_time()->set_seconds(session.head().start_us() / 1'000'000);
    demand.mutable_end_time()->set_seconds(session.head().end_us() / 1'000'000);
    demand.set_amount(pupils + 1);
    demand.set_part(school_class);
    demand.set_place("venues/v");
    demand.set_purpose(kDay);
    demand.set_detail(party.SerializeAsString());
    demand.set_in_place_of(in_place_of);
    return demand;
  }
  // As the desk does: asks for room, and writes what comes of it.
  absl::Status Try(const std::string& reservation, const Demand& demand) {
    reservation::v1::TryRequest request;
    request.set_request_id(reservation::ClaimId(reservation, demand));
    request.set_reservation(reservation);
    *request.mutable_demand() = demand;
    return Run([&](const Session& s) -> absl::StatusOr<Facts> {
      auto known = FindClaim(s, request.request_id());
      if (!known.ok()) return known.status();
      auto decision = reservation::DecideTry(*known, request, now, [&](const Demand&) {
        return CheckSessionRoom(s, request.request_id(), demand, rules, now);
      });
      if (!decision.ok()) return decision.status();
      return decision->fact ? DecideClaimed(s, *decision->fact, rules, now) : Facts{};
    });
  }
  absl::Status Confirm(const std::string& reservation, const Demand& demand) {
    return Tell(reservation, demand, [](const Claim* claim, const auto& step, absl::Time) {
      return reservation::DecideConfirm(claim, step);
    });
  }
  absl::Status End(const std::string& reservation, const Demand& demand) {
    return Tell(
        reservation, demand,
        [](const Claim* claim, const auto& step, absl::Time at) -> absl::StatusOr<std::optional<ClaimFact>> {
          return reservation::DecideRelease(claim, step, at);
        });
  }
  int Taken() const { return TakenOf(session.head().pools(0)); }

 private:
  template <class Decide>
  absl::Status Tell(const std::string& reservation, const Demand& demand, Decide decide) {
    reservation::v1::StepRequest step;
    step.set_request_id(reservation::ClaimId(reservation, demand));
    step.set_reservation(reservation);
    step.set_thing(demand.thing());
    return Run([&](const Session& s) -> absl::StatusOr<Facts> {
      auto known = FindClaim(s, step.request_id());
      if (!known.ok()) return known.status();
      auto fact = decide(*known, step, now);
      if (!fact.ok()) return fact.status();
      return *fact ? DecideClaimed(s, **fact, rules, now) : Facts{};
    });
  }
};

TEST(SessionClaims, AreHeldThenBookedThenGivenBack) {
  Lender show(40);
  const Demand demand = show.For("3-1", 19);
  ASSERT_EQ(show.Try("r", demand), absl::OkStatus());
  EXPECT_EQ(show.Taken(), 20);
  EXPECT_EQ(show.session.head().pools(0).held(), 20);
  EXPECT_EQ(show.Try("r", demand), absl::OkStatus()) << "again, and nothing more is taken";
  EXPECT_EQ(show.Taken(), 20);
  // It does not run out: its pivot says what becomes of it.
  show.Pass(absl::Hours(48));
  ASSERT_EQ(show.Confirm("r", demand), absl::OkStatus());
  EXPECT_EQ(show.session.head().pools(0).confirmed(), 20);
  show.CheckWhole();
  ASSERT_EQ(show.End("r", demand), absl::OkStatus());
  EXPECT_EQ(show.Taken(), 0);
  show.CheckWhole();
  // Long after, the end is forgotten.
  show.Pass(absl::Hours(24 * 30));
  show.CheckWhole();
}

TEST(SessionClaims, AreRefusedLikeBookings) {
  Lender show(40);
  ASSERT_EQ(show.Book(Party("a", 30)), absl::OkStatus());
  EXPECT_EQ(Reason(show.Try("r", show.For("3-1", 19))), "SESSION_FULL");
  EXPECT_EQ(Reason(show.Try("r", show.For("3-1", 90))), "PARTY_TOO_LARGE");
  Demand other = show.For("3-1", 9);
  other.mutable_end_time()->set_seconds(other.end_time().seconds() - 60);
  EXPECT_EQ(Reason(show.Try("r", other)), "SESSION_NOT_THEN");
  Demand hall = show.For("3-1", 9);
  hall.set_kind(reservation::v1::HALL);
  EXPECT_EQ(show.Try("r", hall).code(), absl::StatusCode::kInvalidArgument);
  Demand nobody = show.For("", 9);
  EXPECT_EQ(show.Try("r", nobody).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(show.Taken(), 30);
  ASSERT_EQ(show.CancelSession(), absl::OkStatus());
  EXPECT_EQ(Reason(show.Try("r", show.For("3-1", 9))), "SESSION_CANCELLED");
  Lender asked(40, [](record::SessionCreated& created) {
    created.mutable_terms()->add_approval_kinds(v1::Booking::SCHOOL);
  });
  EXPECT_EQ(Reason(asked.Try("r", asked.For("3-1", 9))), "NEEDS_APPROVAL");
}

TEST(SessionClaims, TheirBookingsAreNobodyElsesToChange) {
  Lender show(40);
  const Demand demand = show.For("3-1", 19);
  ASSERT_EQ(show.Try("r", demand), absl::OkStatus());
  ASSERT_EQ(show.Confirm("r", demand), absl::OkStatus());
  const std::string id = show.session.head().index_tail(0);
  EXPECT_EQ(Reason(show.Cancel(id)), "PART_OF_VISIT_DAY");
  EXPECT_EQ(Reason(show.Change(id, 5, true)), "PART_OF_VISIT_DAY");
  EXPECT_EQ(Reason(PartyToMove(show.session, id, "other", true).status()), "PART_OF_VISIT_DAY");
  EXPECT_EQ(Reason(PartyToOffer(show.session, id, "other", show.now).status()), "PART_OF_VISIT_DAY");
  show.now = kStart + absl::Hours(240);
  EXPECT_EQ(show.CheckIn(id), absl::OkStatus()) << "but they come in";
  show.CheckWhole();
}

TEST(SessionClaims, OneInPlaceOfAnotherHasItsPlaces) {
  Lender show(20);
  const Demand before = show.For("3-1", 19), after = show.For("3-1", 19, "r1");
  ASSERT_EQ(show.Try("r1", before), absl::OkStatus());
  ASSERT_EQ(show.Confirm("r1", before), absl::OkStatus());
  ASSERT_EQ(show.Try("r2", after), absl::OkStatus()) << "the session is full, of itself";
  EXPECT_EQ(show.Taken(), 20);
  ASSERT_EQ(show.Confirm("r2", after), absl::OkStatus());
  ASSERT_EQ(show.End("r1", before), absl::OkStatus());
  EXPECT_EQ(show.Taken(), 20);
  show.CheckWhole();
  EXPECT_EQ(Reason(show.Try("r3", show.For("3-2", 18, "r2"))), "SESSION_FULL")
      << "another class is another party";
  ASSERT_EQ(show.End("r2", after), absl::OkStatus());
  EXPECT_EQ(show.Taken(), 0);
  show.CheckWhole();
}

TEST(SessionClaims, WhatTheyGiveBackIsOfferedToWhoWaits) {
  Lender show(20);
  const Demand demand = show.For("3-1", 19);
  ASSERT_EQ(show.Try("r", demand), absl::OkStatus());
  ASSERT_EQ(show.Join(Party("w", 2)), absl::OkStatus());
  ASSERT_EQ(show.End("r", demand), absl::OkStatus());
  EXPECT_EQ(show.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  show.CheckWhole();
}

TEST(SessionClaims, ACancelledSessionLeavesThemToTheirDay) {
  Lender show(20);
  const Demand demand = show.For("3-1", 19);
  ASSERT_EQ(show.Try("r", demand), absl::OkStatus());
  ASSERT_EQ(show.Confirm("r", demand), absl::OkStatus());
  ASSERT_EQ(show.CancelSession(), absl::OkStatus());
  show.Pass(absl::Hours(1));
  EXPECT_EQ(show.Taken(), 0);
  EXPECT_EQ(show.End("r", demand), absl::OkStatus());
  show.CheckWhole();
}

// Days that come, change and go among people who book: a model of who has what.
TEST(SessionClaims, RandomSequencesAgreeWithAModel) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    Lender show(60);
    std::map<std::string, Demand> days;  // by reservation
    int people = 0;
    for (int step = 0; step < 80; ++step) {
      const std::string reservation = absl::StrCat("r", random() % 6);
      const auto known = days.find(reservation);
      if (random() % 4 == 0) {
        people += show.Book(Party(absl::StrCat("p", step), 3)).ok() ? 3 : 0;
      } else if (known == days.end()) {
        const Demand demand = show.For(absl::StrCat("c", random() % 3), static_cast<int>(9 + random() % 3));
        // An end is remembered: the same claim does not come back.
        if (show.Try(absl::StrCat(reservation, "/", step), demand).ok())
          days[absl::StrCat(reservation, "/", step)] = demand;
      }
      if (!days.empty() && random() % 2 == 0) {
        const auto one = std::next(days.begin(), static_cast<long>(random() % days.size()));
        if (random() % 2 == 0) {
          ASSERT_EQ(show.Confirm(one->first, one->second), absl::OkStatus());
        } else {
          ASSERT_EQ(show.End(one->first, one->second), absl::OkStatus());
          days.erase(one);
        }
      }
      int taken = people;
      for (const auto& [id, demand] : days) taken += demand.amount();
      ASSERT_EQ(show.Taken(), taken) << seed << "/" << step;
      ASSERT_LE(taken, 60);
      ASSERT_EQ(CheckInvariants(show.session), absl::OkStatus()) << seed << "/" << step;
    }
    show.CheckWhole();
  }
}

}  // namespace
}  // namespace kepu::event::domain
