// The door: who comes with how many, who leaves, who is let in, and what devices tell afterwards.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

constexpr absl::Duration kUntilDoor = absl::Hours(240);

absl::Status Arrive(Sitting& sitting, absl::string_view id, int adults, int pupils = 0,
                    absl::string_view override_reason = "") {
  Arrival arrival;
  arrival.id = std::string(id);
  arrival.party.emplace();
  arrival.party->set_adults(adults);
  arrival.party->set_pupils(pupils);
  arrival.override_reason = std::string(override_reason);
  arrival.by = "users/staff";
  arrival.at = sitting.now;
  return sitting.Run([&](const Session& s) { return DecideArrival(s, arrival, sitting.rules, sitting.now); });
}
absl::Status Leave(Sitting& sitting, absl::string_view id, int heads) {
  return sitting.Run(
      [&](const Session& s) { return DecideDeparture(s, id, heads, sitting.now, sitting.now); });
}
absl::Status WalkIn(Sitting& sitting, absl::string_view id, int adults) {
  PartyCommand command = Party(id, adults);
  command.by_staff = true;
  command.person.clear();
  return sitting.Run(
      [&](const Session& s) { return DecideWalkIn(s, command, sitting.now, sitting.rules, sitting.now); });
}

TEST(Door, WhoComesWithFewerLeavesPlacesForOthers) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 6)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 4)), absl::OkStatus());
  EXPECT_EQ(Reason(Arrive(sitting, "a", 6)), "CHECK_IN_NOT_OPEN");
  sitting.Pass(kUntilDoor);
  EXPECT_EQ(Reason(WalkIn(sitting, "w", 1)), "SESSION_FULL");
  ASSERT_EQ(Arrive(sitting, "a", 4), absl::OkStatus());
  EXPECT_EQ(sitting.Free(), 2);
  EXPECT_EQ(sitting.session.head().pools(0).checked_in(), 4);
  EXPECT_EQ((**FindBooking(sitting.session, "a")).booked().adults(), 6);
  EXPECT_EQ(Reason(Arrive(sitting, "b", 7)), "SESSION_FULL") << "more than was booked and is free";
  EXPECT_EQ(Arrive(sitting, "b", 5), absl::OkStatus());
  EXPECT_EQ(WalkIn(sitting, "w", 1), absl::OkStatus());
  EXPECT_EQ(Reason(WalkIn(sitting, "w2", 1)), "SESSION_FULL");
  EXPECT_EQ(sitting.session.head().arrived(), 10);
  EXPECT_EQ(sitting.session.head().inside(), 10);
  sitting.CheckWhole();
}

TEST(Door, ScanningTwiceIsOneCheckIn) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 6)), absl::OkStatus());
  sitting.Pass(kUntilDoor);
  ASSERT_EQ(Arrive(sitting, "a", 6), absl::OkStatus());
  const size_t facts = sitting.log.size();
  EXPECT_EQ(Arrive(sitting, "a", 3), absl::OkStatus());
  EXPECT_EQ(sitting.log.size(), facts);
  EXPECT_EQ(Reason(Leave(sitting, "a", 7)), "NOT_INSIDE");
  EXPECT_EQ(Leave(sitting, "a", 2), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().inside(), 4);
  EXPECT_EQ(Leave(sitting, "a", 0), absl::OkStatus());
  EXPECT_EQ(Leave(sitting, "a", 0), absl::OkStatus()) << "nobody is left, and that is fine";
  EXPECT_EQ(sitting.session.head().inside(), 0);
  EXPECT_EQ(sitting.session.head().arrived(), 6);
  sitting.CheckWhole();
}

TEST(Door, AClassNeedsItsAdultsThereToo) {
  Sitting sitting({Pool("hall", 100)});
  PartyCommand party = Party("s", 40, v1::Booking::SCHOOL);
  party.party.set_adults(2);
  party.school = "schools/x";
  ASSERT_EQ(sitting.Book(party), absl::OkStatus());
  sitting.Pass(kUntilDoor);
  EXPECT_EQ(Reason(Arrive(sitting, "s", 1, 40)), "TOO_FEW_ADULTS");
  EXPECT_EQ(Arrive(sitting, "s", 1, 40, "a teacher fell ill on the way"), absl::OkStatus());
  EXPECT_EQ((**FindBooking(sitting.session, "s")).override_reason(), "a teacher fell ill on the way");
  sitting.CheckWhole();
}

TEST(Door, OnlyStandingBookingsComeIn) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("gone", 1)), absl::OkStatus());
  ASSERT_EQ(sitting.Cancel("gone"), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("late", 1)), absl::OkStatus());
  sitting.Pass(kUntilDoor);
  EXPECT_EQ(Reason(Arrive(sitting, "gone", 1)), "WRONG_STATE");
  EXPECT_EQ(Arrive(sitting, "nobody", 1).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(Leave(sitting, "late", 1)), "WRONG_STATE");
  sitting.Pass(absl::Hours(2));
  EXPECT_EQ(Reason(Arrive(sitting, "late", 1)), "SESSION_ENDED");
  EXPECT_EQ(Reason(WalkIn(sitting, "w", 1)), "SESSION_ENDED");
}

TEST(Door, WhatADeviceSawThenIsToldLater) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  const absl::Time start = sitting.now + kUntilDoor;
  sitting.Pass(kUntilDoor + absl::Hours(5));
  Arrival arrival;
  arrival.id = "a";
  arrival.at = start + absl::Minutes(5);
  auto arrive = [&] {
    return sitting.Run(
        [&](const Session& s) { return DecideArrival(s, arrival, sitting.rules, sitting.now); });
  };
  arrival.at = sitting.now + absl::Seconds(1);
  EXPECT_EQ(arrive().code(), absl::StatusCode::kInvalidArgument) << "the future";
  arrival.at = start + absl::Minutes(5);
  EXPECT_EQ(arrive(), absl::OkStatus());
  EXPECT_EQ((**FindBooking(sitting.session, "a")).check_in_us(), absl::ToUnixMicros(arrival.at));
  PartyCommand command = Party("w", 3);
  command.by_staff = true;
  EXPECT_EQ(sitting.Run([&](const Session& s) {
    return DecideWalkIn(s, command, start + absl::Minutes(6), sitting.rules, sitting.now);
  }),
            absl::OkStatus());
  sitting.Pass(absl::Hours(20));
  EXPECT_EQ(sitting.StateOf("a"), v1::Booking::CHECKED_IN) << "not missed";
  sitting.CheckWhole();
}

TEST(Door, TheRestOfAPartyComesLater) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 6)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 2)), absl::OkStatus());
  sitting.Pass(kUntilDoor);
  const auto later = [&](absl::string_view id, int adults) {
    Arrival arrival;
    arrival.id = std::string(id);
    arrival.party.emplace().set_adults(adults);
    arrival.at = sitting.now;
    return sitting.Run(
        [&](const Session& s) { return DecideLateArrival(s, arrival, sitting.rules, sitting.now); });
  };
  ASSERT_EQ(Arrive(sitting, "a", 2), absl::OkStatus());
  EXPECT_EQ(later("a", 0).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(later("a", 3), absl::OkStatus());
  EXPECT_EQ((**FindBooking(sitting.session, "a")).party().adults(), 5);
  EXPECT_EQ((**FindBooking(sitting.session, "a")).inside(), 5);
  const absl::Status more = later("a", 2);
  EXPECT_EQ(Reason(more), "PARTY_COMPLETE");
  EXPECT_EQ(refusal::ParamOf(more, "rest"), "1");
  // Others have had the last places meanwhile.
  ASSERT_EQ(WalkIn(sitting, "w", 3), absl::OkStatus());
  EXPECT_EQ(Reason(later("a", 1)), "SESSION_FULL");
  EXPECT_EQ(later("b", 2), absl::OkStatus()) << "of a party that has not come it is the arrival";
  EXPECT_EQ(Reason(later("b", 1)), "PARTY_COMPLETE");
  EXPECT_EQ(sitting.session.head().arrived(), 10);
  EXPECT_EQ(sitting.session.head().inside(), 10);
  sitting.Pass(absl::Hours(2));
  EXPECT_EQ(Reason(later("a", 1)), "SESSION_ENDED");
  sitting.CheckWhole();
}

TEST(Door, NobodyIsInsideForEver) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 6)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("offline", 2)), absl::OkStatus());
  sitting.Pass(kUntilDoor);
  ASSERT_EQ(Arrive(sitting, "a", 6), absl::OkStatus());
  ASSERT_EQ(Leave(sitting, "a", 2), absl::OkStatus());
  sitting.Pass(absl::Hours(2) + absl::Minutes(29));
  EXPECT_EQ(InsideNow(sitting.session.head()), 4);
  sitting.Pass(absl::Minutes(2));
  EXPECT_EQ(InsideNow(sitting.session.head()), 0);
  EXPECT_EQ(sitting.session.head().inside(), 4) << "nobody saw them leave";
  const size_t facts = sitting.log.size();
  sitting.Pass(absl::Hours(1));
  EXPECT_EQ(sitting.log.size(), facts) << "once";
  // A device that was offline tells afterwards: who came is not inside, who left was seen.
  Arrival arrival;
  arrival.id = "offline";
  arrival.at = kStart + kUntilDoor + absl::Minutes(5);
  ASSERT_EQ(
      sitting.Run([&](const Session& s) { return DecideArrival(s, arrival, sitting.rules, sitting.now); }),
      absl::OkStatus());
  EXPECT_EQ(Leave(sitting, "a", 3), absl::OkStatus());
  EXPECT_EQ(InsideNow(sitting.session.head()), 0);
  EXPECT_EQ(sitting.session.head().inside(), 3);
  EXPECT_EQ(sitting.session.head().arrived(), 8);
  sitting.CheckWhole();
}

TEST(Door, RecordsAreKeptOnce) {
  Sitting sitting({Pool("hall", 10)});
  v1::DoorRecord record;
  record.set_device("gate-1");
  record.set_id("r1");
  record.set_outcome(v1::DoorRecord::NO_CODE);
  auto keep = [&] {
    return sitting.Run([&](const Session& s) -> absl::StatusOr<Facts> {
      auto known = FindDoorRecord(s, record.device(), record.id());
      if (!known.ok()) return known.status();
      if (*known != nullptr) return Facts{};
      return DecideRecord(s, record, sitting.now);
    });
  };
  EXPECT_EQ(keep(), absl::OkStatus());
  EXPECT_EQ(keep(), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().door_records(), 1U);
  record.set_device("gate-2");
  EXPECT_EQ(keep(), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().door_records(), 2U);
  sitting.session.mutable_head().set_door_records(kMaxDoorRecords);
  EXPECT_EQ(Reason(DecideRecord(sitting.session, record, sitting.now).status()), "TOO_MANY_DOOR_RECORDS");
}

}  // namespace
}  // namespace kepu::event::domain
