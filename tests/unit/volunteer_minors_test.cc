// Who may serve in what: the law for minors as a table, by age, hours, hazards and consents, and the
// birthdays that cross it.
#include "services/volunteer/domain/consents.h"
#include "services/volunteer/domain/profile.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::minors_test {
namespace {

record::PersonHead Child(bool on_site = true) {
  record::PersonHead head;
  head.set_id("p1");
  head.set_minor(true);
  record::ConsentCover& cover = *head.add_consents();
  cover.set_id("c1");
  cover.add_scopes(v1::CONSENT_TO_SERVICE);
  cover.set_from_us(absl::ToUnixMicros(kMonday - absl::Hours(24)));
  cover.set_until_us(absl::ToUnixMicros(kMonday + absl::Hours(24 * 300)));
  cover.set_guardian_on_site(on_site);
  return head;
}

Age Born(int year, int month, int day) {
  Age age;
  age.born = absl::CivilDay(year, month, day);
  return age;
}
// Of that many whole years on the first day of the tests.
Age Years(int years) { return Born(2026 - years, 6, 1); }

struct Case {
  int years;
  double from, until;  // on the Tuesday
  const char* reason;
  bool junior = false;
  bool hazard = false;
  bool outdoor = false;
};

TEST(MinorsTest, TheTableOfAgesHoursAndHazards) {
  const Case cases[] = {
      {7, 9, 10, "TOO_YOUNG", true},
      {8, 9, 10, "JUNIOR_ROLE_NEEDED"},
      {8, 9, 10, "", true},
      {13, 9, 10, "JUNIOR_ROLE_NEEDED"},
      {13, 8, 12, "", true},
      {13, 7.5, 10, "MINOR_HOURS", true},
      {13, 9, 10, "MINOR_HAZARD", true, true},
      {14, 8, 12, ""},
      {14, 7.75, 9, "MINOR_HOURS"},
      {14, 14, 18, ""},
      {14, 16, 18.25, "MINOR_HOURS"},
      {15, 16, 18.25, "MINOR_HOURS"},
      {15, 9, 10, "MINOR_HAZARD", false, true},
      {16, 16, 20, ""},
      {16, 18, 20.25, "MINOR_HOURS"},
      {16, 5.5, 8, "MINOR_HOURS"},
      {16, 22, 26, "MINOR_HOURS"},
      {17, 9, 15, ""},
      {17, 9, 10, "MINOR_HAZARD", false, true},
      {17, 9, 10, "OUTDOOR_CONSENT_NEEDED", false, false, true},
      {18, 18, 24, "", false, true, true},
      {18, 2, 6, "", false, true},
      {40, 2, 6, "", false, true},
  };
  for (const Case& one : cases) {
    v1::Requirements needs;
    needs.set_junior(one.junior);
    needs.set_outdoor(one.outdoor);
    if (one.hazard) needs.add_hazards(v1::Requirements::CHEMICALS);
    const absl::Status status =
        CheckEligible(Child(), Years(one.years), needs, At(1, one.from), At(1, one.until), Rules());
    EXPECT_EQ(ReasonOf(status), one.reason) << one.years << " from " << one.from << ": " << status;
  }
}

TEST(MinorsTest, AConsentCoversAllOfTheShiftOrNoneOfIt) {
  Rules rules;
  record::PersonHead head = Child();
  const auto reason = [&](int years, bool junior = false) {
    v1::Requirements needs;
    needs.set_junior(junior);
    return ReasonOf(CheckEligible(head, Years(years), needs, At(1, 9), At(1, 12), rules));
  };
  EXPECT_EQ(reason(15), "");
  head.mutable_consents(0)->set_until_us(absl::ToUnixMicros(At(1, 12)));
  EXPECT_EQ(reason(15), "");
  head.mutable_consents(0)->set_until_us(absl::ToUnixMicros(At(1, 12)) - 1);
  EXPECT_EQ(reason(15), "GUARDIAN_CONSENT_NEEDED");
  head = Child();
  head.mutable_consents(0)->set_from_us(absl::ToUnixMicros(At(1, 9)) + 1);
  EXPECT_EQ(reason(15), "GUARDIAN_CONSENT_NEEDED");
  head = Child(false);
  EXPECT_EQ(reason(15), "");
  EXPECT_EQ(reason(13, true), "GUARDIAN_ON_SITE_NEEDED");
  head = Child();
  head.mutable_consents(0)->set_scopes(0, v1::CONSENT_TO_PHOTO);
  EXPECT_EQ(reason(15), "GUARDIAN_CONSENT_NEEDED");
  EXPECT_EQ(reason(18), "");
  EXPECT_EQ(ReasonOf(CheckEligible(head, Age(), v1::Requirements(), At(1, 9), At(1, 12), rules)),
            "GUARDIAN_CONSENT_NEEDED")
      << "of whom nothing is known";
}

TEST(MinorsTest, TheDayOnWhichItBeginsDecidesForAllOfIt) {
  Rules rules;
  const v1::Requirements needs;
  // Eighteen on the Wednesday: a night from Tuesday is a minor's, one from midnight on an adult's.
  const Age birthday = Born(2008, 11, 18);
  const auto reason = [&](const Age& age, int day, double from, double until) {
    return ReasonOf(CheckEligible(Child(), age, needs, At(day, from), At(day, until), rules));
  };
  EXPECT_EQ(reason(birthday, 1, 23, 26), "MINOR_HOURS");
  EXPECT_EQ(reason(birthday, 2, 0, 3), "");
  EXPECT_EQ(reason(birthday, 1, 24, 27), "") << "midnight is the new day";
  // Sixteen at midnight: the evening before ends at six.
  EXPECT_EQ(reason(Born(2010, 11, 18), 1, 17, 19), "MINOR_HOURS");
  EXPECT_EQ(reason(Born(2010, 11, 18), 2, 17, 19), "");
  // Fourteen: no junior role is needed any more.
  EXPECT_EQ(reason(Born(2012, 11, 18), 1, 9, 10), "JUNIOR_ROLE_NEEDED");
  EXPECT_EQ(reason(Born(2012, 11, 18), 2, 9, 10), "");
  // Born on the 29th of February: a year older on the first of March of other years.
  EXPECT_EQ(YearsOn(Born(2008, 2, 29), absl::CivilDay(2026, 2, 28), rules), 17);
  EXPECT_EQ(YearsOn(Born(2008, 2, 29), absl::CivilDay(2026, 3, 1), rules), 18);
  EXPECT_EQ(DayMaxOf(birthday, At(1, 23), rules), absl::Hours(6));
  EXPECT_EQ(DayMaxOf(birthday, At(2, 0), rules), absl::Hours(8));
  EXPECT_EQ(DayMaxOf(Age(), At(2, 0), rules), absl::ZeroDuration()) << "of whom nothing is known";
}

TEST(MinorsTest, HoursADayAreCountedOverAllShifts) {
  struct Row {
    int years;
    double most;
  };
  for (const Row& row : {Row{14, 4}, Row{15, 4}, Row{16, 6}, Row{17, 6}, Row{18, 8}}) {
    Folded<Person> person;
    RegisterCommand command = MakeRegister();
    command.birth_date = Years(row.years).born;
    command.birth_year_band = 0;
    command.sealed_birth_date = "sealed date";
    Rules rules;
    person.Do(DecideRegister(person.state, command, rules, kMonday));
    if (row.years < 18) {
      record::Fact consent;
      *consent.mutable_consent_recorded()->mutable_consent() = [] {
        record::ConsentRecord paper;
        paper.set_id("c1");
        paper.add_scopes(v1::CONSENT_TO_SERVICE);
        paper.set_expire_us(absl::ToUnixMicros(kMonday + absl::Hours(24 * 90)));
        return paper;
      }();
      person.Do(consent);
    }
    const Age age = Years(row.years);
    const auto reason = [&](double from, double until) {
      return ReasonOf(CheckRoom(person.state, MakeDemand(At(1, from), At(1, until)), age, rules, kMonday));
    };
    EXPECT_EQ(reason(8, 8 + row.most), "") << row.years;
    EXPECT_EQ(reason(8, 8.5 + row.most), "TOO_MANY_HOURS") << row.years;
    person.Do(*ClaimedFact(person.state, Tried(MakeDemand(At(1, 8), At(1, 10)), "r1")));
    EXPECT_EQ(reason(11, 9 + row.most), "") << row.years;
    EXPECT_EQ(reason(11, 9.5 + row.most), "TOO_MANY_HOURS") << row.years;
  }
}

TEST(MinorsTest, RequirementsBoundTheAgeOfAdultsByTheirBand) {
  Rules rules;
  Age age = Adult();
  v1::Requirements needs;
  const auto reason = [&] { return ReasonOf(CheckEligible({}, age, needs, At(1, 9), At(1, 10), rules)); };
  needs.set_age_min(21);
  EXPECT_EQ(reason(), "TOO_YOUNG") << "nobody knows";
  age.birth_year_band = 2000;  // at least 21 in November 2026, if born in December 2004
  EXPECT_EQ(reason(), "");
  needs.set_age_min(22);
  EXPECT_EQ(reason(), "TOO_YOUNG");
  needs.set_age_min(0);
  needs.set_age_max(70);
  age.birth_year_band = 1950;  // 71 at least
  EXPECT_EQ(reason(), "TOO_OLD");
  age.birth_year_band = 1955;
  EXPECT_EQ(reason(), "");
}

TEST(MinorLawsTest, AreDatedRowsOfData) {
  auto laws = ParseMinorLaws(
      "# none before\n"
      "2020-01-01 RULE 14-17 4h 08:00-18:00 ANY -\n"
      "\n"
      "2027-01-01 LAW 12-15 2h30m 09:00-17:00 JUNIOR GUARDIAN # stricter\n"
      "2027-01-01 LAW 16-17 5h 09:00-21:30 ANY -\n");
  ASSERT_TRUE(laws.ok()) << laws.status();
  ASSERT_EQ(laws->size(), 2u);
  EXPECT_EQ(LawOn(*laws, absl::CivilDay(2019, 12, 31)), nullptr);
  const MinorLaw* later = LawOn(*laws, absl::CivilDay(2027, 1, 1));
  EXPECT_EQ(later->kind, "LAW");
  EXPECT_EQ(BandOf(*later, 15)->day_max, absl::Minutes(150));
  EXPECT_EQ(BandOf(*later, 11), nullptr);
  EXPECT_EQ(YoungestOn(*laws, absl::CivilDay(2026, 12, 31), 18), 14);
  EXPECT_EQ(YoungestOn(*laws, absl::CivilDay(2019, 1, 1), 18), 18);
  // The same child on two sides of the day on which the law changes.
  Rules rules;
  rules.minor_laws = *laws;
  const Age age = Born(2013, 1, 1);
  const absl::Time before = calendar::At(absl::CivilDay(2026, 12, 31), 600);
  const absl::Time after = calendar::At(absl::CivilDay(2027, 1, 2), 600);
  v1::Requirements junior;
  junior.set_junior(true);
  EXPECT_EQ(ReasonOf(CheckEligible(Child(), age, junior, before, before + absl::Hours(1), rules)),
            "TOO_YOUNG");
  EXPECT_TRUE(CheckEligible(Child(), age, junior, after, after + absl::Hours(1), rules).ok());
  for (const char* wrong :
       {"2020-01-01 RULE 14-17 4h 08:00-18:00 ANY", "2020-13-01 RULE 14-17 4h 08:00-18:00 ANY -",
        "2020-01-01 HABIT 14-17 4h 08:00-18:00 ANY -", "2020-01-01 RULE 17-14 4h 08:00-18:00 ANY -",
        "2020-01-01 RULE 14-17 0h 08:00-18:00 ANY -", "2020-01-01 RULE 14-17 4h 18:00-08:00 ANY -",
        "2020-01-01 RULE 14-17 4h 08:00-24:01 ANY -", "2020-01-01 RULE 14-17 4h 08:00-18:00 SOME -",
        "2020-01-01 RULE 14-15 4h 08:00-18:00 ANY -\n2020-01-01 RULE 17-17 4h 08:00-18:00 ANY -",
        "2020-01-01 RULE 14-17 4h 08:00-18:00 ANY -\n2019-01-01 RULE 14-17 4h 08:00-18:00 ANY -"}) {
    EXPECT_EQ(ReasonOf(ParseMinorLaws(wrong).status()), "BAD_REQUEST") << wrong;
  }
  EXPECT_EQ(ShippedMinorLaws().front().kind, "RULE");
}

}  // namespace
}  // namespace kepu::volunteer::domain::minors_test
