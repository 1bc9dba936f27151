// Rosters of camps and papers of who books, by themselves: consents, hand-overs, readings, and that nothing
// of a pupil outlives its time; versions of papers and what places say of them.
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/event/domain/papers.h"
#include "services/event/domain/roster.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

// An aggregate as the engine would drive it: every decision is made on the whole of it, and on its head with
// what it asks for.
template <class State>
class Driven {
 public:
  using Ask = std::function<absl::StatusOr<Facts>(const State&)>;
  Driven() { state.set_complete(true); }
  absl::Status Run(const Ask& ask) {
    const absl::StatusOr<Facts> whole = ask(state);
    if (state.Exists()) {
      State lazy;
      EXPECT_TRUE(lazy.ParseHead(state.SerializeHead()));
      absl::StatusOr<Facts> facts = ask(lazy);
      for (auto missing = lazy.TakeMissing(); !missing.empty(); missing = lazy.TakeMissing()) {
        for (const std::string& field : missing) {
          const auto child = state.SerializeChild(field);
          lazy.ParseChild(field, child ? std::optional<absl::string_view>(*child) : std::nullopt);
        }
        facts = ask(lazy);
      }
      EXPECT_EQ(Text(facts), Text(whole));
    }
    if (!whole.ok()) return whole.status();
    for (const record::Fact& fact : *whole) {
      EXPECT_EQ(Apply(state, fact), absl::OkStatus()) << fact.ShortDebugString();
      log.push_back(fact);
    }
    return absl::OkStatus();
  }
  State state;
  Facts log;
};

class RosterTest : public ::testing::Test {
 protected:
  absl::Status Add(int pupils, int booked = 30) {
    AddPupils command;
    command.id = "b";
    command.session = "events/e/sessions/s";
    command.booked = booked;
    command.by = "users/teacher";
    command.end = end;
    for (int i = 0; i < pupils; ++i) {
      record::PupilsAdded::Pupil& pupil = command.pupils.emplace_back();
      pupil.set_key(absl::StrCat("key-", ++keys));
      pupil.set_sealed("sealed");
      pupil.add_relations(v1::RELATION_MOTHER);
      pupil.add_relations(v1::RELATION_GRANDPARENT);
    }
    return roster.Run([&](const Roster& r) { return DecideAddPupils(r, command, rules, now); });
  }
  static v1::Pupil::Consent Given() {
    v1::Pupil::Consent consent;
    consent.add_scopes(v1::Pupil::Consent::TAKING_PART);
    consent.set_text_version("2026-1");
    consent.set_relation(v1::RELATION_MOTHER);
    consent.set_method(v1::Pupil::Consent::ON_PAPER);
    return consent;
  }
  absl::Status Consent(uint32_t number, const v1::Pupil::Consent& consent = Given()) {
    return roster.Run(
        [&](const Roster& r) { return DecideConsent(r, number, consent, "users/teacher", now); });
  }
  absl::Status Withdraw(uint32_t number, bool there = false) {
    return roster.Run(
        [&](const Roster& r) { return DecideWithdraw(r, number, there, "users/teacher", now); });
  }
  absl::Status Remove(uint32_t number, bool there = false) {
    return roster.Run([&](const Roster& r) { return DecideRemovePupil(r, number, there, "users/t", now); });
  }
  absl::Status HandOver(uint32_t number, v1::Relation relation = v1::RELATION_MOTHER) {
    return roster.Run(
        [&](const Roster& r) { return DecideHandOver(r, number, relation, "users/staff", now); });
  }
  absl::Status Read() {
    return roster.Run([&](const Roster& r) { return DecideRead(r, "users/staff", "arrival", now); });
  }
  void Pass(absl::Duration span) {
    now += span;
    for (int i = 0; i < 100 && NextDue(roster.state.head()) <= now; ++i)
      ASSERT_EQ(roster.Run([&](const Roster& r) { return Due(r, now); }), absl::OkStatus());
    EXPECT_GT(NextDue(roster.state.head()), now) << "would spin";
  }
  void TearDown() override {
    EXPECT_EQ(CheckInvariants(roster.state), absl::OkStatus());
    EXPECT_LT(roster.state.head().ByteSizeLong(), 4096U);
    Roster folded;
    folded.set_complete(true);
    for (const record::Fact& fact : roster.log) ASSERT_EQ(Apply(folded, fact), absl::OkStatus());
    EXPECT_EQ(folded.SerializeHead(), roster.state.SerializeHead());
  }
  const record::RosterHead& head() const { return roster.state.head(); }

  absl::Time now = kStart, end = kStart + absl::Hours(10 * 24);
  Rules rules;
  Driven<Roster> roster;
  int keys = 0;
};

TEST_F(RosterTest, HoldsThoseWhoAreBookedAndNoMore) {
  ASSERT_EQ(Add(20), absl::OkStatus());
  EXPECT_EQ(Reason(Add(11)), "ROSTER_FULL");
  ASSERT_EQ(Add(10), absl::OkStatus());
  EXPECT_EQ(Reason(Add(1)), "ROSTER_FULL");
  ASSERT_EQ(Remove(7), absl::OkStatus());
  EXPECT_EQ(Reason(Remove(7)), "NOT_FOUND");
  EXPECT_EQ(Reason(Remove(0)), "NOT_FOUND");
  EXPECT_EQ(Reason(Remove(31)), "NOT_FOUND");
  ASSERT_EQ(Add(1), absl::OkStatus());
  EXPECT_EQ(head().pupils(), 30);
  EXPECT_EQ(Reason(Remove(31, true)), "PUPIL_IS_THERE");
}

TEST_F(RosterTest, ConsentsAreOfGuardiansAndSayWhatFor) {
  ASSERT_EQ(Add(2), absl::OkStatus());
  using Change = std::function<void(v1::Pupil::Consent&)>;
  const std::pair<Change, std::string> rows[] = {
      {[](auto& c) { c.clear_scopes(); }, "consent.scopes"},
      {[](auto& c) { c.set_scopes(0, v1::Pupil::Consent::PHOTOGRAPHS); }, "consent.scopes"},
      {[](auto& c) { c.add_scopes(v1::Pupil::Consent::TAKING_PART); }, "consent.scopes"},
      {[](auto& c) { c.set_relation(v1::RELATION_TEACHER); }, "consent.relation"},
      {[](auto& c) { c.set_relation(v1::RELATION_OTHER); }, "consent.relation"}};
  for (const auto& [change, field] : rows) {
    v1::Pupil::Consent consent = Given();
    change(consent);
    const absl::Status status = Consent(1, consent);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(field));
  }
  ASSERT_EQ(Consent(1), absl::OkStatus());
  ASSERT_EQ(Consent(1), absl::OkStatus()) << "said anew it counts once";
  EXPECT_EQ(head().consents(), 1);
  EXPECT_EQ(Reason(Consent(3)), "NOT_FOUND");
}

TEST_F(RosterTest, WithdrawingErasesAtOnceOrAtTheHandOver) {
  ASSERT_EQ(Add(3), absl::OkStatus());
  for (uint32_t n : {1U, 2U, 3U}) ASSERT_EQ(Consent(n), absl::OkStatus());
  ASSERT_EQ(Withdraw(1), absl::OkStatus());
  EXPECT_EQ(*FindPupil(roster.state, 1), nullptr);
  EXPECT_EQ(head().keys_left(), 1);
  ASSERT_EQ(Withdraw(2, true), absl::OkStatus());
  ASSERT_NE(*FindPupil(roster.state, 2), nullptr) << "staff must know whom to call";
  EXPECT_EQ(head().consents(), 1);
  ASSERT_EQ(HandOver(2), absl::OkStatus());
  EXPECT_EQ(*FindPupil(roster.state, 2), nullptr);
  ASSERT_EQ(HandOver(3), absl::OkStatus());
  ASSERT_EQ(Withdraw(3, true), absl::OkStatus()) << "it is not there any more";
  EXPECT_EQ(*FindPupil(roster.state, 3), nullptr);
  EXPECT_EQ(head().keys_left(), 3);
  ASSERT_EQ(roster.Run([&](const Roster& r) {
    return DecideKeysDestroyed(r, {1, 3}, now);
  }),
            absl::OkStatus());
  ASSERT_EQ(roster.Run([&](const Roster& r) {
    return DecideKeysDestroyed(r, {1, 3}, now);
  }),
            absl::OkStatus())
      << "twice is harmless";
  EXPECT_EQ(head().keys_left(), 1);
  for (const auto& [field, child] : roster.state.children()) {
    EXPECT_TRUE(!child || child->pupil().sealed().empty()) << field;
  }
}

TEST_F(RosterTest, HandsOverOnceToThoseWhoMay) {
  ASSERT_EQ(Add(2), absl::OkStatus());
  EXPECT_EQ(Reason(HandOver(1, v1::RELATION_FATHER)), "MAY_NOT_PICK_UP");
  ASSERT_EQ(HandOver(1, v1::RELATION_GRANDPARENT), absl::OkStatus());
  ASSERT_EQ(HandOver(1, v1::RELATION_GRANDPARENT), absl::OkStatus());
  EXPECT_EQ(Reason(HandOver(1, v1::RELATION_MOTHER)), "HANDED_OVER");
  EXPECT_EQ(head().handed_over(), 1);
  EXPECT_EQ(Reason(HandOver(9)), "NOT_FOUND");
}

TEST_F(RosterTest, ReadingsAreNoted) {
  ASSERT_EQ(Add(1), absl::OkStatus());
  for (uint32_t i = 0; i < kMaxReadings; ++i) ASSERT_EQ(Read(), absl::OkStatus());
  EXPECT_EQ(Reason(Read()), "TOO_MANY_READINGS");
  EXPECT_EQ(roster.state.Find(ReadingField(0)).value()->reading().purpose(), "arrival");
}

TEST_F(RosterTest, EverythingIsErasedThirtyDaysAfterTheCamp) {
  for (int i = 0; i < 4; ++i) ASSERT_EQ(Add(40, 200), absl::OkStatus());
  ASSERT_EQ(Consent(3), absl::OkStatus());
  ASSERT_EQ(Remove(5), absl::OkStatus());
  Pass(end - now + absl::Hours(30 * 24) - absl::Seconds(1));
  EXPECT_EQ(head().pupils(), 159);
  Pass(absl::Seconds(1));
  EXPECT_TRUE(head().erased());
  EXPECT_EQ(head().keys_left(), 160);
  for (const auto& [field, child] : roster.state.children()) {
    EXPECT_TRUE(!child || child->pupil().sealed().empty()) << field;
  }
  EXPECT_EQ(Reason(Add(1)), "ROSTER_ERASED");
  EXPECT_EQ(Reason(Consent(3)), "NOT_FOUND");
  std::vector<uint32_t> all;
  for (uint32_t n = 1; n <= 160; ++n) all.push_back(n);
  ASSERT_EQ(roster.Run([&](const Roster& r) { return DecideKeysDestroyed(r, all, now); }), absl::OkStatus());
  EXPECT_EQ(head().keys_left(), 0);
}

TEST_F(RosterTest, OfABookingThatCameToNothingIsErasedAtOnce) {
  ASSERT_EQ(Add(3), absl::OkStatus());
  ASSERT_EQ(roster.Run([&](const Roster& r) { return DecideCallOff(r, now); }), absl::OkStatus());
  Pass(absl::ZeroDuration());
  EXPECT_TRUE(head().erased());
  ASSERT_EQ(roster.Run([&](const Roster& r) { return DecideCallOff(r, now); }), absl::OkStatus());
  EXPECT_EQ(roster.Run([&](const Roster&) { return DecideCallOff(Roster(), now); }), absl::OkStatus());
}

// Anything at random against plain sets of pupils.
TEST_F(RosterTest, CountsAreWhatAPlainListSays) {
  std::mt19937 random(7);
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  std::set<uint32_t> on, consent, handed;
  uint32_t added = 0;
  for (int step = 0; step < 1500; ++step) {
    const uint32_t n = 1 + below(added + 2);
    const bool there = below(2) == 0;
    switch (below(5)) {
      case 0:
        if (Add(1, 25).ok() != (on.size() < 25 && added < kMaxPupilsEver)) FAIL() << "add at " << step;
        if (head().added() > added) on.insert(++added);
        break;
      case 1:
        ASSERT_EQ(Consent(n).ok(), on.contains(n));
        if (on.contains(n)) consent.insert(n);
        break;
      case 2: {
        // Who took it back while it was there is erased when it is handed over; the model asks the record.
        auto found = FindPupil(roster.state, n);
        const bool taken_back = *found != nullptr && (*found)->has_consent() && !HasConsent(**found);
        if (HandOver(n).ok() && on.contains(n)) {
          if (taken_back && !handed.contains(n)) {
            on.erase(n);
          } else {
            handed.insert(n);
          }
        }
        break;
      }
      case 3:
        ASSERT_EQ(Remove(n, there).ok(), on.contains(n) && !there);
        if (on.contains(n) && !there) on.erase(n);
        break;
      default:
        ASSERT_EQ(Withdraw(n, there).ok(), on.contains(n));
        if (!there || handed.contains(n)) on.erase(n);
        consent.erase(n);
    }
    std::erase_if(consent, [&](uint32_t one) { return !on.contains(one); });
    std::erase_if(handed, [&](uint32_t one) { return !on.contains(one); });
    ASSERT_EQ(head().pupils(), static_cast<int>(on.size())) << step;
    ASSERT_EQ(head().consents(), static_cast<int>(consent.size())) << step;
    ASSERT_EQ(head().handed_over(), static_cast<int>(handed.size())) << step;
    ASSERT_EQ(CheckInvariants(roster.state), absl::OkStatus()) << step;
  }
}

class PapersTest : public ::testing::Test {
 protected:
  absl::Status Upload(v1::PaperKind kind, const std::string& digest, int32_t last_day = 0) {
    record::PaperVersion version;
    version.set_digest(digest);
    version.set_last_day(last_day);
    return papers.Run(
        [&](const Papers& p) { return DecideAddPaper(p, "schools/a", kind, version, 20000, kStart); });
  }
  absl::Status Judge(uint32_t number, bool accept, const std::string& place, const std::string& reason = "") {
    const Review review{kInsurance, number, place, accept, reason, "users/staff"};
    return papers.Run([&](const Papers& p) { return DecideReview(p, review, kStart); });
  }
  v1::Paper::State State(const std::string& place, int32_t last_day = 20010) {
    v1::BookingTerms terms;
    terms.add_papers(kInsurance);
    return StandingsOf(papers.state, terms, place, last_day)->at(0).state;
  }
  static constexpr v1::PaperKind kInsurance = v1::PAPER_KIND_INSURANCE;
  Driven<Papers> papers;
};

TEST_F(PapersTest, TheNewestVersionCountsAndEachPlaceJudgesForItself) {
  EXPECT_EQ(State("venues/a"), v1::Paper::MISSING);
  ASSERT_EQ(Upload(kInsurance, "1"), absl::OkStatus());
  EXPECT_EQ(State("venues/a"), v1::Paper::SUBMITTED);
  EXPECT_TRUE(absl::IsInvalidArgument(Judge(1, false, "venues/a")));
  ASSERT_EQ(Judge(1, false, "venues/a", "no seal"), absl::OkStatus());
  ASSERT_EQ(Judge(1, true, "venues/b"), absl::OkStatus());
  EXPECT_EQ(State("venues/a"), v1::Paper::REJECTED);
  EXPECT_EQ(State("venues/b"), v1::Paper::ACCEPTED);
  ASSERT_EQ(Upload(kInsurance, "2"), absl::OkStatus());
  EXPECT_EQ(State("venues/b"), v1::Paper::SUBMITTED) << "nobody looked at it";
  EXPECT_EQ(Reason(Judge(1, true, "venues/a")), "NEWER_VERSION");
  EXPECT_TRUE(absl::IsInvalidArgument(Judge(3, true, "venues/a")));
  EXPECT_TRUE(absl::IsInvalidArgument(Judge(0, true, "venues/a")));
  ASSERT_EQ(Judge(2, true, "venues/a"), absl::OkStatus());
  EXPECT_EQ(State("venues/a"), v1::Paper::ACCEPTED);
  EXPECT_EQ((*FindVersion(papers.state, kInsurance, 1))->digest(), "1") << "old versions stay";
}

TEST_F(PapersTest, OneThatEndsBeforeTheLastDayDoesNotCount) {
  EXPECT_TRUE(absl::IsInvalidArgument(Upload(kInsurance, "0", 19999)));
  ASSERT_EQ(Upload(kInsurance, "1", 20010), absl::OkStatus());
  ASSERT_EQ(Judge(1, true, "venues/a"), absl::OkStatus());
  EXPECT_EQ(State("venues/a", 20010), v1::Paper::ACCEPTED);
  EXPECT_EQ(State("venues/a", 20011), v1::Paper::EXPIRED);
}

TEST_F(PapersTest, KindsHaveIdsAndVersionsABound) {
  for (int kind = 1; kind <= v1::PaperKind_MAX; ++kind)
    EXPECT_EQ(PaperKindOf(PaperId(static_cast<v1::PaperKind>(kind))), kind);
  EXPECT_EQ(PaperId(v1::PAPER_KIND_SAFETY_PLAN), "safety-plan");
  for (const char* other : {"", "x", "SAFETY-PLAN", "safety_plan", "unspecified"})
    EXPECT_EQ(PaperKindOf(other), v1::PAPER_KIND_UNSPECIFIED) << other;
  for (uint32_t i = 0; i < kMaxVersions; ++i) ASSERT_EQ(Upload(kInsurance, "x"), absl::OkStatus());
  EXPECT_EQ(Reason(Upload(kInsurance, "x")), "TOO_MANY_VERSIONS");
  EXPECT_TRUE(absl::IsInvalidArgument(Upload(v1::PAPER_KIND_UNSPECIFIED, "x")));
}

TEST(LastDayTest, IsTheLocalDayOnWhichItEnds) {
  record::SessionHead head;
  head.set_time_zone("Asia/Shanghai");
  const auto day = [&](const char* end) {
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, end, &time, &error)) << error;
    head.set_end_us(absl::ToUnixMicros(time));
    return absl::CivilDay(1970, 1, 1) + LastDayOf(head);
  };
  EXPECT_EQ(day("2026-08-05T15:59:00Z"), absl::CivilDay(2026, 8, 5));
  EXPECT_EQ(day("2026-08-05T16:00:00Z"), absl::CivilDay(2026, 8, 5)) << "midnight is the end of the day";
  EXPECT_EQ(day("2026-08-05T16:00:01Z"), absl::CivilDay(2026, 8, 6));
}

}  // namespace
}  // namespace kepu::event::domain
