// Rules of schools: what a party must be, what a programme serves, and the calendar of classes and visits of
// a term, as tables and in random sequences with every decision made twice, whole and loading what it asks
// for.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/executor/random.h"
#include "libs/reservation/claim.h"
#include "services/event/domain/grades.h"
#include "services/event/domain/programme.h"
#include "services/event/domain/school.h"
#include "services/event/domain/school_party.h"
#include "tests/unit/event_office.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using reservation::v1::Claim;
using reservation::v1::ClaimFact;
using reservation::v1::Demand;

TEST(Grades, AreInOrder) {
  EXPECT_LT(*GradeRank("K3"), *GradeRank("1"));
  EXPECT_LT(*GradeRank("9"), *GradeRank("10"));
  EXPECT_LT(*GradeRank("12"), *GradeRank("V1"));
  for (const char* bad : {"", "0", "13", "K4", "V0", "k1", "01"}) EXPECT_FALSE(GradeRank(bad)) << bad;
}

PartyCommand SchoolParty(int pupils, int adults, const std::string& grade, const std::string& name = "3-1") {
  PartyCommand command = Party("x", 0, v1::Booking::SCHOOL);
  command.party.set_pupils(pupils);
  command.party.set_adults(adults);
  command.school = "schools/s";
  command.school_class = name;
  command.grade = grade;
  return command;
}

TEST(SchoolPartyTest, NeedsAdultsForItsGrade) {
  struct Case {
    int pupils, adults;
    const char* grade;
    const char* needed;  // empty: enough
  };
  record::SessionHead head;
  for (const Case& c : std::vector<Case>{{40, 2, "3", ""},
                                         {41, 2, "3", "3"},
                                         {20, 1, "12", ""},
                                         {40, 2, "", ""},
                                         {40, 4, "K3", ""},
                                         {40, 3, "K3", "4"},
                                         {1, 0, "V1", "1"}}) {
    const absl::Status status = CheckSchoolParty(head, SchoolParty(c.pupils, c.adults, c.grade), Rules());
    EXPECT_EQ(Reason(status), *c.needed == 0 ? "" : "TOO_FEW_ADULTS") << c.pupils << " " << c.grade;
    EXPECT_EQ(refusal::ParamOf(status, "needed"), c.needed);
    if (*c.needed == 0) continue;
    EXPECT_EQ(refusal::ParamOf(status, "rule"), *c.grade == 'K' ? "1:10" : "1:20");
  }
  EXPECT_EQ(CheckSchoolParty(head, SchoolParty(0, 2, "3"), Rules()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckSchoolParty(head, SchoolParty(20, 2, "13"), Rules()).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(SchoolPartyTest, KeepsTheTermsOfTheProgramme) {
  record::SessionHead head;
  head.mutable_programme()->set_programme("programmes/p");
  head.mutable_programme()->set_first_grade("3");
  head.mutable_programme()->set_last_grade("6");
  head.mutable_programme()->set_group_min(20);
  head.mutable_programme()->set_group_max(60);
  head.mutable_programme()->set_pupils_per_adult(15);
  EXPECT_EQ(CheckSchoolParty(head, SchoolParty(30, 2, "3"), Rules()), absl::OkStatus());
  EXPECT_EQ(Reason(CheckSchoolParty(head, SchoolParty(31, 2, "3"), Rules())), "TOO_FEW_ADULTS");
  EXPECT_EQ(Reason(CheckSchoolParty(head, SchoolParty(30, 2, "2"), Rules())), "GRADE_NOT_SERVED");
  EXPECT_EQ(Reason(CheckSchoolParty(head, SchoolParty(30, 2, "7"), Rules())), "GRADE_NOT_SERVED");
  EXPECT_EQ(Reason(CheckSchoolParty(head, SchoolParty(17, 2, "3"), Rules())), "PARTY_TOO_SMALL");
  EXPECT_EQ(Reason(CheckSchoolParty(head, SchoolParty(57, 4, "3"), Rules())), "PARTY_TOO_LARGE");
  EXPECT_EQ(CheckSchoolParty(head, SchoolParty(30, 2, "3", ""), Rules()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckSchoolParty(head, SchoolParty(30, 2, ""), Rules()).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ProgrammeTest, SaysAllThatIsWrongAndFillsWhatDefaults) {
  v1::Programme programme;
  programme.set_first_grade("6");
  programme.set_last_grade("3");
  programme.set_group_min(30);
  programme.set_group_max(20);
  const absl::Status wrong = MakeProgramme(programme, Rules());
  for (const char* field : {"display_name.zh", "kind", "last_grade", "group_max", "duration"})
    EXPECT_THAT(std::string(wrong.message()), ::testing::HasSubstr(absl::StrCat("programme.", field)));
  programme = v1::Programme();
  programme.mutable_display_name()->set_zh("磁与电");
  programme.set_kind(v1::Programme::MUSEUM_SCHOOL);
  programme.set_first_grade("6");
  programme.set_last_grade("8");
  programme.set_group_min(30);
  programme.mutable_duration()->set_seconds(5400);
  ASSERT_EQ(MakeProgramme(programme, Rules()), absl::OkStatus());
  EXPECT_EQ(programme.group_max(), 100);
  EXPECT_EQ(programme.state(), v1::Programme::ACTIVE);
  EXPECT_EQ(programme.deliveries(0), v1::Programme::AT_VENUE);
  EXPECT_EQ(programme.languages(0), "zh");
  programme.add_rooms()->set_space_kind("a room");
  programme.add_languages("zh");
  programme.add_materials()->set_url("http://example.org");
  const absl::Status needs = MakeProgramme(programme, Rules());
  for (const char* field : {"rooms[0].space_kind", "languages[1]", "materials[0].url",
                            "materials[0].title.zh", "materials[0].phase"})
    EXPECT_THAT(std::string(needs.message()), ::testing::HasSubstr(absl::StrCat("programme.", field)));
}

TEST(ProgrammeTest, BandsOfGradesKeepTheirPlaces) {
  struct Case {
    const char* name;
    std::vector<std::pair<const char*, const char*>> bands;
    bool sound;
  };
  const Case cases[] = {{"none", {}, true},
                        {"in order", {{"3", "4"}, {"5", "6"}}, true},
                        {"a gap", {{"3", "3"}, {"6", "6"}}, true},
                        {"overlapping", {{"3", "4"}, {"4", "6"}}, false},
                        {"out of order", {{"5", "6"}, {"3", "4"}}, false},
                        {"below", {{"2", "4"}}, false},
                        {"above", {{"3", "7"}}, false},
                        {"no grade", {{"3", "13"}}, false}};
  for (const Case& c : cases) {
    v1::Programme programme;
    programme.mutable_display_name()->set_zh("磁与电");
    programme.set_kind(v1::Programme::MUSEUM_SCHOOL);
    programme.set_first_grade("3");
    programme.set_last_grade("6");
    programme.mutable_duration()->set_seconds(5400);
    for (const auto& [first, last] : c.bands) {
      v1::GradeBand* band = programme.add_grade_bands();
      band->set_first_grade(first);
      band->set_last_grade(last);
    }
    const absl::Status status = MakeProgramme(programme, Rules());
    EXPECT_EQ(status.ok(), c.sound) << c.name << ": " << status;
    if (!c.sound) {
      EXPECT_THAT(status.message(), ::testing::HasSubstr("grade_bands[")) << c.name;
    }
  }
}

TEST(SchoolTest, AClassIsInOneSessionAtATime) {
  constexpr absl::Duration kLesson = absl::Minutes(90);
  struct Case {
    const char* name;
    absl::Time start;
    const char* place;
    const char* reason;
  };
  for (const Case& c : std::vector<Case>{
           {"3-1", T(4, 7, 10), "venues/a", "CLASS_BUSY"},
           {"3-1", T(4, 7, 11), "venues/b", "CLASS_BUSY"},
           {"3-1", T(4, 7, 10) + kLesson, "venues/a", ""},                      // back to back
           {"3-1", T(4, 7, 10) + kLesson, "venues/b", "CLASS_BUSY"},            // no time for the way
           {"3-1", T(4, 7, 10) + kLesson + absl::Minutes(30), "venues/b", ""},  // just enough
           {"3-1", T(4, 7, 10) - kLesson - absl::Minutes(29), "venues/b", "CLASS_BUSY"},  // before it
           {"3-2", T(4, 7, 10), "venues/a", ""},                                          // another class
           {"", T(4, 7, 10), "venues/a", ""},                                             // a mixed group
       }) {
    Office office;
    ASSERT_EQ(office.Try("r1", Office::Visit("3-1", T(4, 7, 10), kLesson)), absl::OkStatus());
    const absl::Status status = office.Try("r2", Office::Visit(c.name, c.start, kLesson, c.place));
    EXPECT_EQ(Reason(status), c.reason) << c.name << " " << c.start;
    if (*c.reason == 0) continue;
    EXPECT_EQ(refusal::ParamOf(status, "with"), "events/e/sessions/s");
  }
}

TEST(SchoolTest, SessionsAcrossTheEndOfAMonthMeet) {
  Office office;
  ASSERT_EQ(office.Try("r1", Office::Visit("3-1", T(4, 30, 20), absl::Hours(10))), absl::OkStatus());
  EXPECT_EQ(Reason(office.Try("r2", Office::Visit("3-1", T(5, 1, 5), absl::Hours(2)))), "CLASS_BUSY");
  EXPECT_EQ(office.Try("r3", Office::Visit("3-1", T(5, 1, 6), absl::Hours(2))), absl::OkStatus());
}

TEST(SchoolTest, ATermHasSoManyVisitsAndACancelledOneComesBack) {
  Office office;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(office.Try(absl::StrCat("r", i), Office::Visit("", T(4, 7 + i), absl::Hours(1))),
              absl::OkStatus());
  }
  const absl::Status status = office.Try("r3", Office::Visit("", T(6, 30), absl::Hours(1)));
  EXPECT_EQ(Reason(status), "SCHOOL_QUOTA_USED_UP");
  EXPECT_EQ(refusal::ParamOf(status, "term"), "t1");
  EXPECT_EQ(office.Try("r4", Office::Visit("", T(7, 1), absl::Hours(1))), absl::OkStatus())
      << "outside of the terms counts by the year";
  EXPECT_EQ(office.Try("r5", Office::Visit("", T(9, 1), absl::Hours(1))), absl::OkStatus());
  ASSERT_EQ(office.Confirm("r0", Office::Visit("", T(4, 7), absl::Hours(1))), absl::OkStatus());
  ASSERT_EQ(office.End("r0", Office::Visit("", T(4, 7), absl::Hours(1)), false), absl::OkStatus());
  EXPECT_EQ(Reason(office.Try("r3", Office::Visit("", T(6, 30), absl::Hours(1)))), "SCHOOL_QUOTA_USED_UP")
      << "a confirmed claim is released, not cancelled";
  ASSERT_EQ(office.End("r0", Office::Visit("", T(4, 7), absl::Hours(1)), true), absl::OkStatus());
  EXPECT_EQ(office.Try("r3", Office::Visit("", T(6, 30), absl::Hours(1))), absl::OkStatus());
}

TEST(SchoolTest, ACancelledTryStaysCancelled) {
  Office office;
  const Demand demand = Office::Visit("3-1", T(4, 7), absl::Hours(1));
  ASSERT_EQ(office.End("r1", demand, false), absl::OkStatus());
  ASSERT_EQ(office.Try("r1", demand), absl::OkStatus()) << "answered OVER";
  EXPECT_EQ(office.school.head().terms_size(), 0);
}

TEST(SchoolTest, RandomSequencesKeepCalendarAndQuota) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Office office;
    office.rules.visits_per_term = 6;
    executor::SeededRandom random(seed);
    std::vector<std::pair<std::string, Demand>> made;
    for (int step = 0; step < 120 && !::testing::Test::HasFailure(); ++step) {
      const uint64_t draw = random.Below(10);
      if (draw < 5 || made.empty()) {
        const absl::Time start =
            T(static_cast<int>(3 + random.Below(3)), static_cast<int>(28 + random.Below(3)) % 30 + 1) +
            absl::Minutes(static_cast<int64_t>(random.Below(48)) * 30);
        made.emplace_back(absl::StrCat("r", step),
                          Office::Visit(random.Below(4) == 0 ? "" : absl::StrCat("c", random.Below(2)), start,
                                        absl::Minutes(static_cast<int64_t>(30 + random.Below(600))),
                                        random.Below(2) == 0 ? "venues/a" : "venues/b"));
        (void)office.Try(made.back().first, made.back().second);
        continue;
      }
      const auto& [reservation, demand] = made[random.Below(made.size())];
      if (draw < 7) (void)office.Confirm(reservation, demand);
      if (draw == 7) (void)office.Try(reservation, demand);
      if (draw <= 7) continue;
      ASSERT_EQ(office.End(reservation, demand, draw == 9), absl::OkStatus());
    }
    School folded;
    for (const record::Fact& fact : office.log) ASSERT_EQ(Apply(folded, fact), absl::OkStatus());
    EXPECT_EQ(folded.SerializeHead(), office.school.SerializeHead());
    EXPECT_EQ(CheckInvariants(folded, office.rules), absl::OkStatus());
  }
}

TEST(SchoolTest, TheCheckerSeesAClassInTwoSessions) {
  Office office;
  ASSERT_EQ(office.Try("r1", Office::Visit("3-1", T(4, 7), absl::Hours(1))), absl::OkStatus());
  const Demand second = Office::Visit("3-1", T(4, 7), absl::Hours(1), "venues/b");
  reservation::v1::TryRequest request;
  request.set_request_id(reservation::ClaimId("r2", second));
  *request.mutable_demand() = second;
  auto fact = ClaimedFact(office.school, "x", reservation::TriedFact(request, kStart), office.rules);
  ASSERT_TRUE(fact.ok());
  ASSERT_EQ(Apply(office.school, *fact), absl::OkStatus());
  EXPECT_EQ(CheckInvariants(office.school, office.rules).code(), absl::StatusCode::kInternal);
}

// A booking with a reservation, as the desk commits it.
absl::Status BookReserved(Sitting& sitting, PartyCommand command, bool hold = false) {
  command.reservation = absl::StrCat("R-", command.id);
  absl::Status status = sitting.Run([&](const Session& s) -> absl::StatusOr<Facts> {
    auto known = FindRecord(s, command.reservation);
    if (!known.ok()) return known.status();
    auto facts = hold ? DecideHold(s, command, sitting.rules, sitting.now)
                      : DecideBook(s, command, sitting.rules, sitting.now);
    if (!facts.ok()) return facts.status();
    reservation::v1::ClaimRef ref;
    ref.set_claim_id("c");
    facts->push_back(
        RecordFact(*reservation::DecideConfirmed(*known, command.reservation, {ref}, sitting.now)));
    return facts;
  });
  return status;
}

bool GivenBack(const Sitting& sitting, absl::string_view id) {
  auto record = FindRecord(sitting.session, absl::StrCat("R-", id));
  return *record != nullptr && (*record)->given_back();
}

TEST(SchoolBookingTest, EveryEndOfABookingGivesItsReservationBack) {
  Sitting sitting({Pool("all", 100)});
  PartyCommand one = SchoolParty(20, 1, "3", "3-1");
  one.id = "one";
  one.person = "a";
  PartyCommand two = SchoolParty(20, 1, "3", "3-2");
  two.id = "two";
  two.person = "b";
  PartyCommand three = SchoolParty(20, 1, "3", "3-3");
  three.id = "three";
  three.person = "c";
  ASSERT_EQ(BookReserved(sitting, one), absl::OkStatus());
  ASSERT_EQ(BookReserved(sitting, two, true), absl::OkStatus());
  ASSERT_EQ(BookReserved(sitting, three), absl::OkStatus());
  sitting.CheckWhole();
  EXPECT_EQ(Reason(BookReserved(sitting, SchoolParty(41, 2, "3"))), "TOO_FEW_ADULTS");
  ASSERT_EQ(sitting.Cancel("one"), absl::OkStatus());
  EXPECT_TRUE(GivenBack(sitting, "one"));
  EXPECT_FALSE(GivenBack(sitting, "two"));
  sitting.Pass(absl::Hours(2));
  EXPECT_EQ(sitting.StateOf("two"), v1::Booking::EXPIRED);
  EXPECT_TRUE(GivenBack(sitting, "two"));
  ASSERT_EQ(sitting.CancelSession(), absl::OkStatus());
  sitting.Pass(absl::Minutes(1));
  EXPECT_TRUE(GivenBack(sitting, "three")) << "the sweep";
  sitting.CheckWhole();
}

TEST(SchoolBookingTest, AnOfferIsTakenByOneReservation) {
  Sitting sitting({Pool("all", 30)});
  ASSERT_EQ(sitting.Book(Party("full", 30)), absl::OkStatus());
  PartyCommand waits = SchoolParty(20, 1, "3");
  waits.id = "waits";
  ASSERT_EQ(sitting.Join(waits), absl::OkStatus());
  ASSERT_EQ(sitting.Cancel("full"), absl::OkStatus());
  ASSERT_EQ(sitting.StateOf("waits"), v1::Booking::HELD);
  EXPECT_EQ((*FindBooking(sitting.session, "waits"))->school(), "schools/s");
  auto take = [&](const std::string& id) {
    return sitting.Run(
        [&](const Session& s) { return DecideConfirm(s, "waits", false, sitting.rules, sitting.now, id); });
  };
  ASSERT_EQ(take("R-1"), absl::OkStatus());
  EXPECT_EQ((*FindBooking(sitting.session, "waits"))->reservation(), "R-1");
  EXPECT_EQ(Reason(take("R-2")), "WRONG_STATE") << "its claim would stand for nothing";
  EXPECT_EQ(take(""), absl::OkStatus());
}

}  // namespace
}  // namespace kepu::event::domain
