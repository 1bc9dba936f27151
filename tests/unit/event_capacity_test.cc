// How the places of a session are shared out: capacities that change, overfull pools, unbounded ones,
// wheelchairs, allotments with their release, the time of booking, and drafts.
#include <random>

#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/calendar/timestamps.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using ::testing::HasSubstr;

record::AllotmentHead Share(absl::string_view id, int places, std::vector<std::string> beneficiaries,
                            absl::Time release = kStart + absl::Hours(100), int pool = 0) {
  record::AllotmentHead share;
  share.set_id(std::string(id));
  share.set_pool(pool);
  share.set_places(places);
  for (const std::string& beneficiary : beneficiaries) share.add_beneficiaries(beneficiary);
  share.set_release_us(absl::ToUnixMicros(release));
  return share;
}

Sitting WithShares(int capacity, std::vector<record::AllotmentHead> shares) {
  return Sitting({Pool("hall", capacity)}, kStart + absl::Hours(240), [&](record::SessionCreated& created) {
    for (const auto& share : shares) *created.add_allotments() = share;
  });
}

PartyCommand Rural(absl::string_view id, int heads) {
  PartyCommand command = Party(id, heads, v1::Booking::GROUP);
  command.belongs_to = {"schools/s1", "districts/wushan", "traits/RURAL"};
  return command;
}

void SetCapacity(record::SessionSettingsChanged& settings, int capacity) {
  settings.set_capacities(0, capacity);
}

TEST(Capacity, LoweringBelowWhatIsTakenNeedsAnOverride) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  ASSERT_EQ(sitting.Hold(Party("b", 3)), absl::OkStatus());
  absl::Status refused = sitting.Set([](auto& s) { SetCapacity(s, 6); });
  EXPECT_EQ(Reason(refused), "CAPACITY_TAKEN");
  EXPECT_EQ(refusal::ParamOf(refused, "taken"), "7");
  EXPECT_EQ(sitting.Set([](auto& s) { SetCapacity(s, 7); }), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Book(Party("c", 1))), "SESSION_HELD");
  ASSERT_EQ(sitting.Set([](auto& s) { SetCapacity(s, 5); }, "a water pipe burst"), absl::OkStatus());
  EXPECT_EQ(sitting.Free(), -2);
  EXPECT_TRUE(IsOverfull(sitting.session.head()));
  EXPECT_EQ(Reason(sitting.Book(Party("c", 2))), "SESSION_FULL");
  sitting.CheckWhole();
  // What has been promised stands: the hold is confirmed, and who comes is let in.
  EXPECT_EQ(sitting.Confirm("b"), absl::OkStatus());
  // Nothing is granted on the way down.
  ASSERT_EQ(sitting.Cancel("b"), absl::OkStatus());
  EXPECT_EQ(sitting.Free(), 1);
  EXPECT_EQ(sitting.session.head().pools(0).overfull(), 0);
  EXPECT_EQ(sitting.Book(Party("c", 1)), absl::OkStatus());
  sitting.CheckWhole();
}

TEST(Capacity, AnOverfullPoolIsLeftInPeaceDownwardsOnly) {
  Sitting sitting({Pool("hall", 10)});
  for (int i = 0; i < 10; ++i) ASSERT_EQ(sitting.Book(Party(absl::StrCat("b", i), 1)), absl::OkStatus());
  ASSERT_EQ(sitting.Set([](auto& s) { SetCapacity(s, 4); }, "fire inspection"), absl::OkStatus());
  ASSERT_EQ(sitting.Cancel("b0"), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().pools(0).overfull(), 9);
  // A ledger that grew again would be oversold.
  Session grown = sitting.session;
  grown.mutable_head().mutable_pools(0)->set_overfull(8);
  EXPECT_THAT(CheckInvariants(grown).message(), HasSubstr("oversold"));
  // Raising it without reaching what is taken is no lowering and needs no reason.
  EXPECT_EQ(sitting.Set([](auto& s) { SetCapacity(s, 6); }), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Set([](auto& s) { SetCapacity(s, 5); })), "CAPACITY_TAKEN");
  sitting.CheckWhole();
}

TEST(Capacity, RaisingOffersToWhoWaitsInTheSameDecision) {
  Sitting sitting({Pool("hall", 2)});
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("w", 2, v1::Booking::GROUP)), absl::OkStatus());
  ASSERT_EQ(sitting.Set([](auto& s) { SetCapacity(s, 4); }), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(Reason(sitting.Book(Party("c", 1))), "SESSION_HELD");
  sitting.CheckWhole();
}

TEST(Capacity, ChangesAreRememberedWithWhoAndWhy) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  ASSERT_EQ(sitting.Set([](auto& s) { SetCapacity(s, 2); }, "a wall fell"), absl::OkStatus());
  ASSERT_EQ(sitting.Set([](auto& s) { s.set_party_max(3); }), absl::OkStatus());
  const auto change =
      FindChild<v1::SessionChange>(sitting.session, ChangeField(0), &record::SessionChild::change);
  ASSERT_TRUE(change.ok());
  EXPECT_EQ((*change)->kind(), v1::SessionChange::OVERRIDDEN);
  EXPECT_EQ((*change)->reason(), "a wall fell");
  EXPECT_EQ((*change)->by(), "users/staff");
  EXPECT_EQ((*change)->capacities_before(0), 10);
  EXPECT_EQ((*change)->capacities(0), 2);
  for (uint32_t i = sitting.session.head().changes(); i < kMaxChanges; ++i)
    ASSERT_EQ(sitting.Set([&](auto& s) { s.set_party_max(static_cast<int>(3 + i)); }), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Set([](auto& s) { s.set_party_max(2); })), "TOO_MANY_CHANGES");
  sitting.CheckWhole();
}

TEST(Capacity, AnUnboundedPoolIsNeverFull) {
  record::PoolHead stream = Pool("stream", 0);
  stream.set_unbounded(true);
  Sitting sitting({stream, Pool("seats", 3, v1::Pool::HEADS, {v1::Booking::FAMILY})});
  for (int i = 0; i < 50; ++i)
    ASSERT_EQ(sitting.Book(Party(absl::StrCat("g", i), 200, v1::Booking::GROUP)), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().pools(0).confirmed(), 10000);
  EXPECT_EQ(sitting.Book(Party("f", 3)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Book(Party("f2", 1))), "SESSION_FULL");
  EXPECT_FALSE(IsOverfull(sitting.session.head()));
  sitting.CheckWhole();
  record::SessionCreated created;
  created.set_end_us(absl::ToUnixMicros(kStart + absl::Hours(2)));
  created.set_start_us(absl::ToUnixMicros(kStart + absl::Hours(1)));
  *created.add_pools() = stream;
  created.mutable_pools(0)->set_capacity(5);
  EXPECT_EQ(DecideCreateSession(Session(), created, kStart).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Capacity, WheelchairsHaveTheirOwnPlaces) {
  Sitting sitting({Pool("hall", 20), Pool("wheelchairs", 2, v1::Pool::WHEELCHAIRS)});
  PartyCommand party = Party("a", 5);
  party.party.set_wheelchairs(2);
  ASSERT_EQ(sitting.Book(party), absl::OkStatus());
  EXPECT_EQ(sitting.Free(0), 15);
  EXPECT_EQ(sitting.Free(1), 0);
  PartyCommand other = Party("b", 2);
  other.party.set_wheelchairs(1);
  absl::Status full = sitting.Book(other);
  EXPECT_EQ(Reason(full), "SESSION_FULL");
  EXPECT_EQ(refusal::ParamOf(full, "pool"), "wheelchairs");
  other.party.set_wheelchairs(3);
  EXPECT_EQ(sitting.Book(other).code(), absl::StatusCode::kInvalidArgument);
  sitting.CheckWhole();
}

TEST(Allotment, OnlyItsPartiesHaveItUntilItIsReleased) {
  Sitting sitting = WithShares(10, {Share("rural", 6, {"traits/RURAL"})});
  EXPECT_EQ(SetAsideOf(sitting.session.head(), 0), 6);
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  absl::Status aside = sitting.Book(Party("b", 1));
  EXPECT_EQ(Reason(aside), "PLACES_SET_ASIDE");
  EXPECT_EQ(refusal::ParamOf(aside, "allotment"), "rural");
  EXPECT_EQ(refusal::ParamOf(aside, "until"), "2026-06-02T00:26:40Z");
  ASSERT_EQ(sitting.Book(Rural("r", 4)), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 4);
  EXPECT_EQ(Reason(sitting.Book(Party("b", 3))), "SESSION_FULL") << "also not after the release";
  ASSERT_EQ(sitting.Join(Party("b", 2)), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("b"), v1::WaitEntry::WAITING);
  sitting.Pass(absl::Hours(100));
  EXPECT_TRUE(sitting.session.head().allotments(0).released());
  EXPECT_EQ(sitting.WaitStateOf("b"), v1::WaitEntry::OFFERED) << "at the release";
  EXPECT_EQ(SetAsideOf(sitting.session.head(), 0), 0);
  sitting.CheckWhole();
}

TEST(Allotment, GoesBackToItsPartiesWhenOneCancels) {
  Sitting sitting = WithShares(10, {Share("rural", 6, {"traits/RURAL"})});
  ASSERT_EQ(sitting.Book(Rural("r", 8)), absl::OkStatus()) << "its own and what is everybody's";
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 6);
  ASSERT_EQ(sitting.Join(Party("w", 3)), absl::OkStatus());
  ASSERT_EQ(sitting.Cancel("r"), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 0);
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::OFFERED) << "of the other four";
  EXPECT_EQ(Reason(sitting.Book(Party("c", 2))), "PLACES_SET_ASIDE");
  EXPECT_EQ(sitting.Book(Rural("r2", 6)), absl::OkStatus());
  sitting.CheckWhole();
}

TEST(Allotment, WhoWaitsIsOfferedOfItsOwnAllotment) {
  Sitting sitting =
      WithShares(4, {Share("rural", 2, {"traits/RURAL"}), Share("wushan", 1, {"districts/wushan"})});
  ASSERT_EQ(sitting.Book(Rural("r", 3)), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 2);
  EXPECT_EQ(sitting.session.head().allotments(1).taken(), 1);
  ASSERT_EQ(sitting.Book(Party("a", 1)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("b", 1)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Rural("r2", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Cancel("r"), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("r2"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(sitting.WaitStateOf("b"), v1::WaitEntry::WAITING) << "the third is the district's";
  sitting.CheckWhole();
}

TEST(Allotment, MustFitItsPoolAndKeepsItsPlace) {
  Sitting sitting = WithShares(10, {Share("rural", 6, {"traits/RURAL"})});
  ASSERT_EQ(sitting.Book(Rural("r", 5)), absl::OkStatus());
  auto add = [&](record::AllotmentHead share) {
    return sitting.Set([&](auto& settings) { *settings.add_allotments() = share; });
  };
  auto refused = [&](const record::AllotmentHead& share) {
    return refusal::ToWire(add(share)).DebugString();
  };
  EXPECT_THAT(refused(Share("more", 5, {"schools/x"})), HasSubstr("allotments[1].places"));
  EXPECT_THAT(refused(Share("rural", 1, {"schools/x"})), HasSubstr("allotments[1].id"));
  EXPECT_THAT(refused(Share("late", 1, {"schools/x"}, kStart + absl::Hours(300))), HasSubstr("release_time"));
  EXPECT_THAT(refused(Share("no-pool", 1, {"schools/x"}, kStart, -1)), HasSubstr("allotments[1].pool"));
  EXPECT_EQ(add(Share("x", 2, {"schools/x"})), absl::OkStatus());
  EXPECT_EQ(sitting.Set([](auto& settings) { settings.mutable_allotments(0)->set_places(0); }),
            absl::OkStatus());
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 5) << "what it gave stays counted";
  ASSERT_EQ(sitting.Cancel("r"), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 0);
  EXPECT_EQ(sitting.Book(Party("a", 8)), absl::OkStatus());
  sitting.CheckWhole();
}

TEST(BookingTime, OthersThanStaffBookBetweenOpeningAndClosing) {
  const absl::Time opens = kStart + absl::Hours(1);
  Sitting sitting({Pool("hall", 10)}, kStart + absl::Hours(10), [&](record::SessionCreated& created) {
    created.set_open_us(absl::ToUnixMicros(opens));
    created.set_close_us(absl::ToUnixMicros(opens + absl::Hours(1)));
  });
  absl::Status early = sitting.Book(Party("a", 1));
  EXPECT_EQ(Reason(early), "BOOKING_NOT_OPEN");
  EXPECT_EQ(refusal::ParamOf(early, "opens"), calendar::UtcText(absl::ToUnixMicros(opens)));
  EXPECT_EQ(Reason(sitting.Join(Party("a", 1))), "BOOKING_NOT_OPEN");
  PartyCommand by_staff = Party("s", 1);
  by_staff.by_staff = true;
  EXPECT_EQ(sitting.Book(by_staff), absl::OkStatus());
  sitting.Pass(absl::Hours(1));
  EXPECT_EQ(sitting.Book(Party("a", 1)), absl::OkStatus());
  sitting.Pass(absl::Hours(1));
  EXPECT_EQ(Reason(sitting.Hold(Party("b", 1))), "BOOKING_CLOSED");
  EXPECT_EQ(sitting.Cancel("a"), absl::OkStatus()) << "closing is for new ones";
}

TEST(Draft, IsBookedOnceItIsPublished) {
  Sitting sitting({Pool("hall", 10)}, kStart + absl::Hours(10),
                  [](record::SessionCreated& created) { created.set_draft(true); });
  EXPECT_EQ(Reason(sitting.Book(Party("a", 1))), "SESSION_NOT_PUBLISHED");
  EXPECT_EQ(Reason(sitting.Join(Party("a", 1))), "SESSION_NOT_PUBLISHED");
  EXPECT_EQ(sitting.Set([](auto& s) { SetCapacity(s, 4); }), absl::OkStatus());
  auto publish = [&] {
    return sitting.Run([&](const Session& s) { return DecidePublishSession(s, "users/staff", sitting.now); });
  };
  EXPECT_EQ(publish(), absl::OkStatus());
  EXPECT_EQ(publish(), absl::OkStatus()) << "again is harmless";
  EXPECT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  EXPECT_EQ(sitting.CancelSession(), absl::OkStatus());
  EXPECT_EQ(Reason(publish()), "SESSION_CANCELLED");
  sitting.CheckWhole();
}

// Random commands over pools with allotments, changes of capacity and releases: what the ledger says stays
// whole, nobody is granted what is not free, and who is refused could not have been granted.
TEST(Capacity, RandomSequencesKeepTheLedgerWhole) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
    const int capacity = 6 + below(30);
    Sitting sitting = WithShares(
        capacity, {Share("rural", below(capacity / 2 + 1), {"traits/RURAL"}, kStart + absl::Hours(20)),
                   Share("x", below(capacity / 2), {"schools/x"}, kStart + absl::Hours(60))});
    for (int step = 0; step < 200; ++step) {
      if (below(4) == 0) sitting.Pass(absl::Minutes(7) * below(40));
      if (sitting.now > kStart + absl::Hours(230)) break;
      PartyCommand command = Party(absl::StrCat("p", below(3) == 0 ? below(step + 1) : step), 1 + below(6));
      if (below(3) == 0) command.belongs_to = {"traits/RURAL"};
      if (below(6) == 0) command.belongs_to.emplace_back("schools/x");
      const int act = below(9);
      const record::SessionHead before = sitting.session.head();
      const bool known = sitting.StateOf(command.id) != v1::Booking::STATE_UNSPECIFIED ||
                         sitting.WaitStateOf(command.id) != v1::WaitEntry::STATE_UNSPECIFIED;
      if (act < 5 && known) continue;
      if (act < 4) {
        const absl::Status status = act < 3 ? sitting.Book(command) : sitting.Hold(command);
        const int free = FreeForStrangers(before, AllotmentsFor(before, command.belongs_to), sitting.rules,
                                          sitting.now)[0];
        EXPECT_EQ(status.ok(), command.party.adults() <= free) << seed << "/" << step << " " << status;
      } else if (act == 4) {
        (void)sitting.Join(command);
      } else if (act < 7) {
        (void)sitting.Cancel(command.id);
      } else if (act == 7) {
        (void)sitting.Confirm(command.id);
      } else {
        const int wanted = 1 + below(capacity * 2);
        (void)sitting.Set([&](auto& settings) { SetCapacity(settings, wanted); },
                          below(2) == 0 ? "because" : "");
      }
      ASSERT_EQ(CheckInvariants(sitting.session), absl::OkStatus()) << seed << "/" << step << " act " << act;
      const record::PoolHead& pool = sitting.session.head().pools(0);
      const int taken_before = TakenOf(before.pools(0));
      if (FreeOf(pool) < 0) {
        ASSERT_LE(TakenOf(pool), taken_before) << "granted in an overfull session";
      }
    }
    sitting.CheckWhole();
  }
}

}  // namespace
}  // namespace kepu::event::domain
