// Who people are: how they come, what is checked of them, their guardians' consents and what follows, and
// that a record that was erased says nothing any more; random histories against a simple model.
#include <map>
#include <random>
#include <set>

#include "services/volunteer/domain/consents.h"
#include "services/volunteer/domain/profile.h"
#include "services/volunteer/domain/skills.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::profile_test {
namespace {

using Volunteer = v1::Volunteer;

RegisterCommand Minor(int years) {
  RegisterCommand command = MakeRegister();
  command.birth_year_band = command.known_birth_year_band = 0;
  command.birth_date = absl::CivilDay(2026 - years, 6, 1);
  command.sealed_birth_date = "sealed date";
  command.skills = {"GUIDING"};
  command.category = v1::PUPIL;
  return command;
}

ConsentCommand Paper(absl::Time until, std::vector<v1::ConsentScope> scopes = {v1::CONSENT_TO_SERVICE}) {
  ConsentCommand command;
  record::ConsentRecord& consent = command.consent;
  consent.set_sealed_guardian_name("sealed name");
  consent.set_sealed_guardian_phone("sealed phone");
  consent.set_relation(v1::PARENT);
  for (v1::ConsentScope scope : scopes) consent.add_scopes(scope);
  consent.set_text_version("2026-1");
  consent.set_guardian_on_site(true);
  consent.set_give_us(absl::ToUnixMicros(kMonday));
  consent.set_expire_us(absl::ToUnixMicros(until));
  return command;
}

class ProfileTest : public ::testing::Test {
 protected:
  void Register(const RegisterCommand& command) {
    person_.Do(DecideRegister(person_.state, command, rules_, kMonday));
  }
  std::string Field(const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return status.ToString();
  }
  const record::PersonHead& head() { return person_.state.head(); }
  static Age Aged(int years) {
    Age age;
    age.born = absl::CivilDay(2026 - years, 6, 1);
    return age;
  }
  Rules rules_;
  Folded<Person> person_;
};

TEST_F(ProfileTest, TheTableOfAgesAtRegistration) {
  struct Row {
    int years;
    const char* reason;
    bool minor, keeps_date;
  };
  for (const Row& row : {Row{7, "TOO_YOUNG", false, false}, Row{8, "", true, false}, Row{13, "", true, false},
                         Row{14, "", true, true}, Row{17, "", true, true}, Row{18, "", false, false}}) {
    Folded<Person> person;
    auto facts = DecideRegister(person.state, Minor(row.years), rules_, kMonday);
    EXPECT_EQ(ReasonOf(facts.status()), row.reason) << row.years;
    if (!facts.ok()) continue;
    person.Do(facts);
    const record::PersonHead& head = person.state.head();
    EXPECT_EQ(head.minor(), row.minor) << row.years;
    EXPECT_EQ(head.adult(), !row.minor) << row.years;
    EXPECT_EQ(!head.sealed_birth_date().empty(), row.keeps_date) << row.years;
    // Of the youngest nothing is kept that was said before a guardian consents (G17).
    EXPECT_EQ(head.skills_size(), AwaitsConsent(head) ? 0 : 1) << row.years;
    EXPECT_EQ(head.languages_size(), AwaitsConsent(head) ? 0 : 1) << row.years;
    EXPECT_EQ(head.sealed_birth_year_band().empty(), row.minor) << row.years;
    ExpectFoldGives(person);
  }
  RegisterCommand command = Minor(15);
  command.birth_year_band = 1990;
  EXPECT_EQ(ReasonOf(DecideRegister(person_.state, command, rules_, kMonday).status()), "BAD_REQUEST");
  command = Minor(-1);
  EXPECT_EQ(ReasonOf(DecideRegister(person_.state, command, rules_, kMonday).status()), "BAD_REQUEST");
}

TEST_F(ProfileTest, TheDateIsSetOnce) {
  Register(Minor(15));
  RegisterCommand again = Minor(16);
  again.known_birth_date = Minor(15).birth_date;
  EXPECT_EQ(ReasonOf(DecideRegister(person_.state, again, rules_, kMonday).status()), "BAD_REQUEST");
  again.birth_date = again.known_birth_date;
  again.skills = {"DRIVING"};
  Register(again);
  EXPECT_EQ(head().sealed_birth_date(), "sealed date");
  EXPECT_EQ(head().skills(0), "DRIVING");
  ExpectFoldGives(person_);
}

TEST_F(ProfileTest, StaffBecomePeopleAndVolunteersAsWell) {
  StaffCommand staff{.id = "p1",
                     .user = "users/u",
                     .venue = "venues/a",
                     .district = "districts/yuzhong",
                     .languages = {"zh"},
                     .skills = {"ELECTRICS"}};
  person_.Do(DecideRegisterStaff(person_.state, staff, kMonday));
  EXPECT_TRUE(IsOfKind(head(), Volunteer::STAFF));
  EXPECT_FALSE(IsOfKind(head(), Volunteer::VOLUNTEER));
  EXPECT_TRUE(CheckRoom(person_.state, MakeDemand(At(1, 9), At(1, 10)), Adult(), rules_, kMonday).ok());
  Register(MakeRegister());
  EXPECT_TRUE(IsOfKind(head(), Volunteer::STAFF));
  EXPECT_TRUE(IsOfKind(head(), Volunteer::VOLUNTEER));
  EXPECT_EQ(head().venue(), "venues/a");
  staff.venue = "venues/b";
  EXPECT_EQ(ReasonOf(DecideRegisterStaff(person_.state, staff, kMonday).status()), "STAFF_ELSEWHERE");
  staff.may_move = true;
  staff.skills = {"DRIVING"};
  person_.Do(DecideRegisterStaff(person_.state, staff, kMonday));
  EXPECT_EQ(head().venue(), "venues/b");
  staff.kind = Volunteer::VOLUNTEER;
  EXPECT_EQ(ReasonOf(DecideRegisterStaff(person_.state, staff, kMonday).status()), "BAD_REQUEST");
  ExpectFoldGives(person_);
}

TEST_F(ProfileTest, VerificationGoesItsWay) {
  Register(MakeRegister());
  EXPECT_EQ(ReasonOf(DecideVerify(person_.state, "users/c", kMonday).status()), "NOT_SUBMITTED");
  EXPECT_EQ(ReasonOf(DecideReject(person_.state, "users/c", "r", kMonday).status()), "NOT_SUBMITTED");
  person_.Do(DecideSubmitVerification(person_.state, "users/u", kMonday));
  person_.Do(DecideReject(person_.state, "users/c", "sealed why", kMonday));
  EXPECT_EQ(head().sealed_reject_reason(), "sealed why");
  EXPECT_EQ(ReasonOf(DecideVerify(person_.state, "users/c", kMonday).status()), "NOT_SUBMITTED");
  person_.Do(DecideSubmitVerification(person_.state, "users/u", kMonday));
  EXPECT_EQ(head().sealed_reject_reason(), "");
  person_.Do(DecideVerify(person_.state, "users/c", kMonday));
  EXPECT_TRUE(head().verified());
  EXPECT_TRUE(DecideVerify(person_.state, "users/c", kMonday)->empty()) << "twice is once";
  EXPECT_TRUE(DecideSubmitVerification(person_.state, "users/u", kMonday)->empty());
  person_.Do(DecideReject(person_.state, "users/c", "forged", kMonday));
  EXPECT_FALSE(head().verified());
  ExpectFoldGives(person_);
}

TEST_F(ProfileTest, BackgroundChecksEndAndAreWithdrawn) {
  Register(MakeRegister());
  EXPECT_EQ(ReasonOf(DecideBackground(person_.state, "users/c", kMonday, kMonday).status()), "BAD_REQUEST");
  EXPECT_EQ(
      ReasonOf(
          DecideBackground(person_.state, "users/c", kMonday + absl::Hours(24 * 3000), kMonday).status()),
      "BAD_REQUEST");
  person_.Do(DecideBackground(person_.state, "users/c", At(2, 12), kMonday));
  v1::Requirements needs;
  needs.set_background_check(true);
  EXPECT_TRUE(CheckEligible(head(), Adult(), needs, At(2, 9), At(2, 12), rules_).ok());
  EXPECT_EQ(ReasonOf(CheckEligible(head(), Adult(), needs, At(2, 9), At(2, 13), rules_)), "CHECK_NEEDED");
  person_.Do(DecideBackground(person_.state, "users/c", absl::InfinitePast(), kMonday));
  EXPECT_EQ(ReasonOf(CheckEligible(head(), Adult(), needs, At(2, 9), At(2, 12), rules_)), "CHECK_NEEDED");
  ExpectFoldGives(person_);
}

TEST_F(ProfileTest, ConsentsOfTheYoungestBringTheDateAndCoverTheirData) {
  Register(Minor(12));
  const absl::Time until = kMonday + absl::Hours(24 * 100);
  const auto refused = [&](const ConsentCommand& command) {
    return DecideRecordConsent(person_.state, command, Age(), rules_, kMonday).status();
  };
  ConsentCommand paper = Paper(until);
  EXPECT_NE(Field(refused(paper)).find("birth_date"), std::string::npos);
  paper.birth_date = absl::CivilDay(2014, 6, 1);
  EXPECT_NE(Field(refused(paper)).find("CONSENT_TO_DATA"), std::string::npos);
  paper = Paper(until, {v1::CONSENT_TO_SERVICE, v1::CONSENT_TO_DATA});
  paper.birth_date = absl::CivilDay(2000, 6, 1);
  EXPECT_NE(Field(refused(paper)).find("birth_date"), std::string::npos);
  paper.birth_date = absl::CivilDay(2014, 6, 1);
  paper.sealed_birth_date = "sealed date";
  EXPECT_EQ(ReasonOf(DecideUpdate(
                         person_.state,
                         [&] {
                           auto profile = ProfileOf(head());
                           profile.add_skills("GUIDING");
                           return profile;
                         }(),
                         rules_, kMonday)
                         .status()),
            "GUARDIAN_CONSENT_NEEDED");
  person_.Do(DecideRecordConsent(person_.state, paper, Age(), rules_, kMonday));
  EXPECT_FALSE(AwaitsConsent(head()));
  auto profile = ProfileOf(head());
  profile.add_skills("GUIDING");
  person_.Do(DecideUpdate(person_.state, profile, rules_, kMonday));
  EXPECT_EQ(head().skills_size(), 1);
  // Withdrawn, and nothing covers the data: it is dropped at once.
  person_.Do(DecideWithdrawConsent(person_.state, "c1", "users/g", Aged(12), rules_, kMonday));
  EXPECT_TRUE(AwaitsConsent(head()));
  EXPECT_EQ(head().skills_size(), 0);
  EXPECT_NE(head().review_asked_us(), 0);
  EXPECT_TRUE(DecideWithdrawConsent(person_.state, "c1", "users/g", Aged(12), rules_, kMonday)->empty());
  EXPECT_EQ(DecideWithdrawConsent(person_.state, "c9", "users/g", Aged(12), rules_, kMonday).status().code(),
            absl::StatusCode::kNotFound);
  ExpectFoldGives(person_);
}

TEST_F(ProfileTest, WhatAPaperMustSay) {
  Register(Minor(15));
  const absl::Time until = kMonday + absl::Hours(24 * 100);
  const auto reason = [&](const ConsentCommand& command) {
    return DecideRecordConsent(person_.state, command, Aged(15), rules_, kMonday).status().ToString();
  };
  EXPECT_NE(reason(Paper(kMonday)).find("expire_time"), std::string::npos);
  EXPECT_NE(reason(Paper(kMonday + absl::Hours(24 * 1200))).find("expire_time"), std::string::npos);
  ConsentCommand paper = Paper(until);
  paper.consent.set_give_us(absl::ToUnixMicros(At(1, 0)));
  EXPECT_NE(reason(paper).find("give_time"), std::string::npos);
  paper = Paper(until);
  paper.consent.clear_relation();
  EXPECT_NE(reason(paper).find("relation"), std::string::npos);
  paper = Paper(until, {v1::CONSENT_TO_SERVICE, v1::CONSENT_TO_SERVICE});
  EXPECT_NE(reason(paper).find("scopes"), std::string::npos);
  paper = Paper(until);
  paper.birth_date = absl::CivilDay(2010, 1, 1);
  EXPECT_NE(reason(paper).find("birth_date"), std::string::npos) << "another one is on record";
  Folded<Person> grown;
  grown.Do(DecideRegister(grown.state, MakeRegister(), rules_, kMonday));
  EXPECT_EQ(ReasonOf(DecideRecordConsent(grown.state, Paper(until), Adult(), rules_, kMonday).status()),
            "NOT_A_MINOR");
  for (int i = 0; i < kLiveConsentsMax; ++i)
    person_.Do(DecideRecordConsent(person_.state, Paper(until), Aged(15), rules_, kMonday));
  EXPECT_EQ(ReasonOf(DecideRecordConsent(person_.state, Paper(until), Aged(15), rules_, kMonday).status()),
            "TOO_MANY_CONSENTS");
  const absl::Time later = until + absl::Hours(1);
  EXPECT_TRUE(
      DecideRecordConsent(person_.state, Paper(later + absl::Hours(48)), Aged(15), rules_, later).ok())
      << "those that are over make room";
}

TEST_F(ProfileTest, ErasedIsErased) {
  Register(Minor(15));
  person_.Do(DecideRecordConsent(person_.state, Paper(At(30, 0)), Aged(15), rules_, kMonday));
  person_.Do(DecideSubmitVerification(person_.state, "users/u", kMonday));
  record::IdNumberRef number;
  number.set_id("n1");
  number.set_taken_us(5);
  person_.Do(DecideIdNumber(person_.state, number, "sealed number", kMonday));
  person_.Do(DecideIdRead(person_.state, "users/c", "sealed why", kMonday));
  person_.Do(HoursCountedAt(kMonday, 90));
  person_.Do(DecideErase(person_.state, kMonday));
  EXPECT_TRUE(DecideErase(person_.state, kMonday)->empty());
  EXPECT_EQ(head().total_minutes(), 90);
  EXPECT_EQ(head().id_numbers_left_size(), 1);
  person_.Do(DecideReviewed(person_.state, head().review_asked_us(), kMonday));
  const std::string bytes = person_.state.SerializeHead();
  EXPECT_EQ(head().languages_size(), 0);
  for (const char* gone : {"sealed", "users/u", "GUIDING"})
    EXPECT_EQ(bytes.find(gone), std::string::npos) << gone;
  EXPECT_EQ(person_.state.SerializeChild(ConsentField("c1")), std::nullopt);
  EXPECT_EQ(ReasonOf(CheckRoom(person_.state, MakeDemand(At(1, 9), At(1, 10)), Adult(), rules_, kMonday)),
            "NOT_REGISTERED");
  EXPECT_EQ(ReasonOf(DecideRegister(person_.state, MakeRegister(), rules_, kMonday).status()),
            "PERSON_ERASED");
  EXPECT_EQ(ReasonOf(DecideSubmitVerification(person_.state, "users/u", kMonday).status()), "PERSON_ERASED");
  EXPECT_TRUE(DecideIdNumber(person_.state, number, "s", At(1, 0)).empty());
  ExpectFoldGives(person_);
}

TEST(SkillsTest, AreAShortListAndLanguagesHaveTheirShape) {
  std::set<std::string> codes;
  for (const SkillRow& row : Skills()) EXPECT_TRUE(codes.insert(row.code).second) << row.code;
  for (const char* code : {"GUIDING", "EXPERIMENTS", "FIRST_AID", "DRIVING"}) EXPECT_TRUE(IsSkill(code));
  EXPECT_FALSE(IsSkill("JUGGLING"));
  for (const char* tag : {"zh", "en", "zh-yue", "zh-Hans-CN", "cmn"}) EXPECT_TRUE(IsLanguage(tag)) << tag;
  for (const char* tag : {"", "z", "ZH", "zh_CN", "chinese", "zh-", "zh-abcdefghi"})
    EXPECT_FALSE(IsLanguage(tag)) << tag;
}

// Random histories of one minor against what a list of papers says.
TEST(ConsentWalkTest, CoversWhatThePapersSay) {
  Rules rules;
  Age age;
  age.born = absl::CivilDay(2010, 12, 1);
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Folded<Person> person;
    RegisterCommand command = Minor(15);
    command.birth_date = age.born;
    person.Do(DecideRegister(person.state, command, rules, kMonday));
    struct Model {
      absl::Time from, until;
      bool service, live = true;
    };
    std::map<std::string, Model> papers;
    absl::Time now = kMonday;
    for (int step = 0; step < 40; ++step) {
      now += absl::Hours(static_cast<int>(random() % 72));
      if (random() % 3 != 0) {
        const bool service = random() % 3 != 0;
        ConsentCommand paper = Paper(now + absl::Hours(1 + static_cast<int>(random() % 1000)),
                                     {service ? v1::CONSENT_TO_SERVICE : v1::CONSENT_TO_PHOTO});
        paper.consent.set_give_us(absl::ToUnixMicros(now - absl::Hours(1)));
        auto facts = DecideRecordConsent(person.state, paper, age, rules, now);
        if (!facts.ok()) {
          EXPECT_EQ(ReasonOf(facts.status()), "TOO_MANY_CONSENTS");
          continue;
        }
        person.Do(facts);
        papers[ConsentId(person.state.head().consent_count())] = {
            now - absl::Hours(1), absl::FromUnixMicros(paper.consent.expire_us()), service};
      } else if (!papers.empty()) {
        auto it = papers.begin();
        std::advance(it, static_cast<long>(random() % papers.size()));
        person.Do(DecideWithdrawConsent(person.state, it->first, "users/g", age, rules, now));
        it->second.live = false;
      }
      const absl::Time day = calendar::At(calendar::DayOf(now) + static_cast<int>(random() % 20));
      const absl::Time start = day + absl::Hours(9);
      const absl::Time end = start + absl::Hours(2);
      bool covered = false;
      for (const auto& [id, paper] : papers)
        covered |= paper.live && paper.service && paper.from <= start && paper.until >= end;
      // One that ran out meanwhile covers nothing that is to come.
      if (start < now) continue;
      const absl::Status status =
          CheckEligible(person.state.head(), age, v1::Requirements(), start, end, rules);
      EXPECT_EQ(status.ok(), covered) << status;
    }
    EXPECT_LE(person.state.head().consents_size(), kLiveConsentsMax);
    EXPECT_LT(person.state.SerializeHead().size(), 4096u);
    ExpectFoldGives(person);
  }
}

}  // namespace
}  // namespace kepu::volunteer::domain::profile_test
