// Experts and lectures: profiles, invitations, and the way of a request by table and by walk.
#include "services/volunteer/domain/lecture.h"

#include <random>

#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/expert.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::lecture_test {
namespace {

using v1::ConfirmLectureRequest;
using v1::Expert;
using v1::LectureRequest;

LectureRequest Given() {
  LectureRequest given;
  given.set_requester("schools/one");
  given.set_district("districts/yuzhong");
  given.set_series(LectureRequest::CAMPUS);
  given.set_topic("space");
  given.add_dates("2026-11-25");
  given.set_expected_heads(200);
  given.mutable_place()->set_zh("礼堂");
  return given;
}

class LectureTest : public ::testing::Test {
 protected:
  void Ask() { lecture.Do(DecideLecture(lecture.state, "l1", "users/t", Given(), now)); }
  void Offer(bool by_expert = false, double hour = 10) {
    lecture.Do(DecideOffer(lecture.state, "experts/p1", At(9, hour), At(9, hour + 2), by_expert, now));
  }
  int64_t OfferUs() const { return calendar::MicrosOf(asked().offer().offer_time()); }
  absl::StatusOr<Facts> Agree(LectureSide side, absl::string_view reservation = "") {
    return DecideAgree(lecture.state, side, reservation, OfferUs(), now);
  }
  // As the commit at the pivot does it: the facts of the lecture, and the record confirmed.
  void AgreeBoth(const std::string& reservation) {
    lecture.Do(Agree(ConfirmLectureRequest::REQUESTER));
    EXPECT_TRUE(Completes(lecture.state.head(), ConfirmLectureRequest::EXPERT));
    lecture.Do(Agree(ConfirmLectureRequest::EXPERT, reservation));
    reservation::v1::ClaimRef claim;
    claim.set_claim_id("c1");
    claim.set_reservation(reservation);
    auto confirmed = reservation::DecideConfirmed(nullptr, reservation, {claim}, now);
    ASSERT_TRUE(confirmed);
    record::Fact fact;
    *fact.mutable_reservation() = *confirmed;
    lecture.Do(fact);
  }
  const LectureRequest& asked() const { return lecture.state.head().lecture(); }

  Folded<Lecture> lecture;
  absl::Time now = kMonday;
};

TEST_F(LectureTest, BothSidesAgreeAndItIsHeld) {
  Ask();
  EXPECT_EQ(ReasonOf(Agree(ConfirmLectureRequest::REQUESTER).status()), "NO_EXPERT_OFFERED");
  Offer();
  EXPECT_FALSE(Completes(lecture.state.head(), ConfirmLectureRequest::EXPERT));
  EXPECT_EQ(ReasonOf(DecideRecord(lecture.state, 5, false, At(9, 11)).status()), "LECTURE_NOT_AGREED");
  AgreeBoth("r1");
  EXPECT_EQ(asked().state(), LectureRequest::CONFIRMED);
  EXPECT_TRUE(Agree(ConfirmLectureRequest::EXPERT)->empty()) << "twice is once";
  EXPECT_EQ(ReasonOf(Agree(ConfirmLectureRequest::EXPERT, "r2").status()), "LECTURE_AGREED");
  EXPECT_EQ(ReasonOf(DecideOffer(lecture.state, "experts/p2", At(9, 1), At(9, 2), true, now).status()),
            "LECTURE_AGREED");
  EXPECT_EQ(NextDue(lecture.state.head()), absl::InfiniteFuture()) << "what is agreed does not expire";
  EXPECT_EQ(ReasonOf(DecideRecord(lecture.state, 5, false, At(9, 9.9)).status()), "LECTURE_NOT_STARTED");
  EXPECT_EQ(ReasonOf(DecideRecord(lecture.state, 0, true, At(9, 11)).status()), "LECTURE_NOT_ENDED");
  EXPECT_FALSE(DecideRecord(lecture.state, 0, false, At(9, 11)).ok());
  EXPECT_FALSE(DecideRecord(lecture.state, 5, true, At(9, 13)).ok());
  lecture.Do(DecideRecord(lecture.state, 180, false, At(9, 11)));
  EXPECT_EQ(asked().state(), LectureRequest::HELD);
  EXPECT_EQ(asked().heads(), 180);
  EXPECT_TRUE(DecideRecord(lecture.state, 180, false, At(9, 11))->empty());
  EXPECT_EQ(ReasonOf(DecideWithdrawLecture(lecture.state, At(9, 12)).status()), "LECTURE_CLOSED");
  ExpectFoldGives(lecture);
}

TEST_F(LectureTest, AnExpertWhoOffersHasAgreed) {
  Ask();
  Offer(true);
  EXPECT_TRUE(Completes(lecture.state.head(), ConfirmLectureRequest::REQUESTER));
  EXPECT_FALSE(Agree(ConfirmLectureRequest::REQUESTER).ok()) << "without the expert's time";
  EXPECT_TRUE(Agree(ConfirmLectureRequest::EXPERT)->empty());
}

TEST_F(LectureTest, AnAgreementIsToOneOffer) {
  Ask();
  Offer();
  const int64_t first_us = OfferUs();
  now += absl::Minutes(1);
  lecture.Do(Agree(ConfirmLectureRequest::REQUESTER));
  Offer(false, 14);
  EXPECT_FALSE(asked().offer().requester_agreed()) << "to the one before";
  EXPECT_EQ(
      ReasonOf(DecideAgree(lecture.state, ConfirmLectureRequest::REQUESTER, "", first_us, now).status()),
      "OFFER_CHANGED");
}

TEST_F(LectureTest, WhatWasAgreedGivesTheTimeBack) {
  for (const bool withdrawn : {true, false}) {
    lecture = Folded<Lecture>();
    Ask();
    Offer();
    AgreeBoth("r1");
    auto facts =
        withdrawn ? DecideWithdrawLecture(lecture.state, now) : DecideDeclineOffer(lecture.state, now);
    ASSERT_TRUE(facts.ok());
    EXPECT_EQ(facts->size(), 2u) << "the reservation is given back in the same commit";
    lecture.Do(facts);
    EXPECT_EQ(asked().state(), withdrawn ? LectureRequest::WITHDRAWN : LectureRequest::REQUESTED);
    EXPECT_EQ(asked().declined_offers(), withdrawn ? 0 : 1);
    ExpectFoldGives(lecture);
  }
  Offer();
  AgreeBoth("r2");
  EXPECT_EQ(ReasonOf(DecideWithdrawLecture(lecture.state, At(9, 10)).status()), "LECTURE_STARTED");
  EXPECT_EQ(ReasonOf(DecideDeclineLecture(lecture.state, now).status()), "LECTURE_AGREED");
}

TEST_F(LectureTest, ExpiresOnItsDay) {
  Ask();
  EXPECT_EQ(NextDue(lecture.state.head()), now + kLectureWait);
  EXPECT_TRUE(Due(lecture.state, now + kLectureWait - absl::Microseconds(1))->empty());
  // Nobody agrees to what has begun.
  Offer();
  EXPECT_EQ(NextDue(lecture.state.head()), At(9, 10));
  lecture.Do(Due(lecture.state, At(9, 10)));
  EXPECT_EQ(asked().state(), LectureRequest::EXPIRED);
  EXPECT_TRUE(Due(lecture.state, At(20, 0))->empty());
  EXPECT_EQ(
      ReasonOf(DecideOffer(lecture.state, "experts/p1", At(30, 1), At(30, 2), false, At(20, 0)).status()),
      "LECTURE_CLOSED");
}

TEST_F(LectureTest, WhatIsAskedMustMakeSense) {
  const auto bad = [&](const std::function<void(LectureRequest&)>& change) {
    LectureRequest given = Given();
    change(given);
    return DecideLecture(lecture.state, "l", "users/t", given, now).status().code() ==
           absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(bad([](auto& given) { given.set_requester("users/x"); }));
  EXPECT_TRUE(bad([](auto& given) { given.set_district("yuzhong"); }));
  EXPECT_TRUE(bad([](auto& given) { given.set_community("schools/one"); }));
  EXPECT_TRUE(bad([](auto& given) { given.clear_topic(); }));
  EXPECT_TRUE(bad([](auto& given) { given.clear_series(); }));
  EXPECT_TRUE(bad([](auto& given) { given.set_expected_heads(0); }));
  EXPECT_TRUE(bad([](auto& given) { given.clear_place(); }));
  EXPECT_TRUE(bad([](auto& given) { given.clear_dates(); }));
  EXPECT_TRUE(bad([](auto& given) { given.set_dates(0, "2026-11-16"); })) << "today";
  EXPECT_TRUE(bad([](auto& given) { given.set_dates(0, "2028-01-01"); }));
  EXPECT_FALSE(bad([](auto&) {}));
  Ask();
  EXPECT_FALSE(DecideOffer(lecture.state, "experts/p1", now, At(9, 1), false, now).ok());
  EXPECT_FALSE(DecideOffer(lecture.state, "experts/p1", At(9, 1), At(9, 9.5), false, now).ok());
}

// Any order of steps folds, and agreed is only what both agreed to.
TEST(LectureWalk, RandomStepsFold) {
  for (uint32_t seed = 1; seed <= 30; ++seed) {
    std::mt19937 random(seed);
    Folded<Lecture> lecture;
    absl::Time now = kMonday;
    lecture.Do(DecideLecture(lecture.state, "l1", "users/t", Given(), now));
    for (int i = 0; i < 60; ++i) {
      now += absl::Hours(random() % 12);
      lecture.Do(Due(lecture.state, now));
      const auto& asked = lecture.state.head().lecture();
      const auto side = random() % 2 == 0 ? ConfirmLectureRequest::REQUESTER : ConfirmLectureRequest::EXPERT;
      const int64_t offer_us = calendar::MicrosOf(asked.offer().offer_time());
      absl::StatusOr<Facts> facts = Facts{};
      switch (random() % 6) {
        case 0:
          facts = DecideOffer(lecture.state, "experts/p1", now + absl::Hours(40), now + absl::Hours(42),
                              random() % 2 == 0, now);
          break;
        case 1:
          facts = DecideDeclineOffer(lecture.state, now);
          break;
        case 2:
          facts = DecideRecord(lecture.state, 3, false, now);
          break;
        default: {
          const std::string reservation =
              Completes(lecture.state.head(), side) ? absl::StrCat("r", i) : std::string();
          facts = DecideAgree(lecture.state, side, reservation, offer_us, now);
          if (facts.ok() && !reservation.empty() && !facts->empty())
            facts->push_back(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, now)));
        }
      }
      if (facts.ok()) lecture.Do(facts);
      const bool agreed = asked.state() == LectureRequest::CONFIRMED || asked.state() == LectureRequest::HELD;
      EXPECT_EQ(agreed, asked.offer().expert_agreed() && asked.offer().requester_agreed()) << seed;
      EXPECT_EQ(agreed, !lecture.state.head().reservation().empty()) << seed;
    }
    ExpectFoldGives(lecture);
    if (::testing::Test::HasFailure()) return;
  }
}

Expert Profile() {
  Expert expert;
  auto& field = *expert.add_fields();
  field.set_code("physics");
  field.mutable_title()->set_zh("物理");
  return expert;
}

TEST(ExpertTest, IsAvailableInItsWindowsAndNotOnDaysOff) {
  Expert expert = Profile();
  EXPECT_TRUE(IsAvailable(expert, At(0, 9), At(0, 10))) << "without windows any time will do";
  auto& window = *expert.add_windows();
  window.set_weekday(3);  // Wednesday is the third day of kMonday's week
  window.set_from_minute(9 * 60);
  window.set_to_minute(12 * 60);
  expert.add_dates_off("2026-11-25");
  const std::vector<std::tuple<int, double, double, bool>> cases = {
      {2, 9, 12, true},  {2, 8.9, 12, false}, {2, 9, 12.1, false}, {1, 9, 12, false},
      {9, 9, 12, false}, {16, 9, 12, true},   {2, 10, 26, false},
  };
  for (const auto& [day, from, to, free] : cases)
    EXPECT_EQ(IsAvailable(expert, At(day, from), At(day, to)), free) << day << " " << from << " " << to;
  // A day off that the night before reaches into.
  Expert night = Profile();
  night.add_dates_off("2026-11-17");
  EXPECT_FALSE(IsAvailable(night, At(0, 22), At(1, 1)));
  EXPECT_TRUE(IsAvailable(night, At(0, 22), At(0, 24)));
}

TEST(ExpertTest, AProfileIsCheckedAndAnAcademicianConfirmed) {
  Folded<Person> person;
  person.Do(DecideRegister(person.state, MakeRegister(), Rules(), kMonday));
  const auto& head = person.state.head();
  Expert expert = Profile();
  expert.set_level(Expert::ACADEMICIAN);
  expert.set_home_city(Expert::BEIJING);
  ASSERT_TRUE(CheckExpert(expert, nullptr, head).ok());
  EXPECT_EQ(expert.state(), Expert::DRAFT);
  EXPECT_TRUE(expert.from_elsewhere());
  EXPECT_EQ(expert.district(), "districts/yuzhong");
  EXPECT_EQ(ReasonOf(CheckListing(expert)), "LEVEL_NOT_CONFIRMED");
  expert.set_level_confirmed(true);
  EXPECT_TRUE(CheckListing(expert).ok());
  // A level that changes is to be confirmed again; who is listed cannot become an academician unseen.
  Expert listed = expert;
  listed.set_level(Expert::SENIOR);
  listed.set_state(Expert::LISTED);
  Expert after = expert;
  EXPECT_EQ(ReasonOf(CheckExpert(after, &listed, head)), "LEVEL_NOT_CONFIRMED");
  for (const auto& spoil : std::vector<std::function<void(Expert&)>>{
           [](Expert& one) { one.clear_fields(); },
           [](Expert& one) { *one.add_fields() = one.fields(0); },
           [](Expert& one) { one.mutable_fields(0)->set_code("Big"); },
           [](Expert& one) { one.add_windows()->set_weekday(8); },
           [](Expert& one) { one.add_dates_off("tomorrow"); },
           [](Expert& one) { one.set_team("corps"); },
           [](Expert& one) { one.set_workstation("teams/x"); },
       }) {
    Expert bad = Profile();
    spoil(bad);
    EXPECT_EQ(CheckExpert(bad, nullptr, head).code(), absl::StatusCode::kInvalidArgument)
        << bad.DebugString();
  }
}

TEST(ExpertTest, AnAcademiciansTimeIsClaimedOnlyForWhatWasConfirmed) {
  Folded<Person> person;
  person.Do(DecideRegister(person.state, MakeRegister(), Rules(), kMonday));
  Expert expert = Profile();
  expert.set_state(Expert::LISTED);
  person.Do(absl::StatusOr<Facts>(DecideStanding(person.state, expert, kMonday)));
  EXPECT_TRUE(DecideStanding(person.state, expert, kMonday).empty());
  EXPECT_TRUE(CheckInvitation(person.state, "events/e/sessions/s").ok());
  expert.set_level(Expert::ACADEMICIAN);
  expert.set_level_confirmed(true);
  person.Do(absl::StatusOr<Facts>(DecideStanding(person.state, expert, kMonday)));
  EXPECT_EQ(ReasonOf(CheckInvitation(person.state, "events/e/sessions/s")), "INVITATION_NOT_CONFIRMED");
  EXPECT_FALSE(DecideInvitation(person.state, "venues/x", kMonday).ok());
  person.Do(DecideInvitation(person.state, "events/e/sessions/s", kMonday));
  EXPECT_TRUE(DecideInvitation(person.state, "events/e/sessions/s", kMonday)->empty());
  EXPECT_TRUE(CheckInvitation(person.state, "events/e/sessions/s").ok());
  EXPECT_FALSE(CheckInvitation(person.state, "events/e/sessions/other").ok());
  ExpectFoldGives(person);
}

}  // namespace
}  // namespace kepu::volunteer::domain::lecture_test
