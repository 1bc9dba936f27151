// Rule sets of recognition: validity, stars by day and by fact, points and benefits.
#include <random>

#include "services/volunteer/domain/recognition_rules.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::stars_test {
namespace {

using v1::RecognitionRules;

const absl::CivilDay kToday(2026, 11, 16);  // a Monday

RecognitionRules Stars(const std::string& id, absl::CivilDay first, std::vector<int32_t> hours,
                       const std::string& scope = "city") {
  RecognitionRules rules;
  rules.set_name("recognitionRules/" + id);
  rules.set_kind(RecognitionRules::STARS);
  rules.set_scope(scope);
  SetDate(first, rules.mutable_first_day());
  rules.mutable_regulation()->mutable_title()->set_zh("志愿服务记录办法");
  for (const int32_t one : hours) rules.mutable_stars()->add_hours(one);
  rules.mutable_stars()->set_notice_days(5);
  return rules;
}

RuleSets Sets(std::initializer_list<RecognitionRules> list) {
  RuleSets sets;
  for (const RecognitionRules& one : list) sets.push_back(std::make_shared<const RecognitionRules>(one));
  return sets;
}

LedgerRow Row(absl::CivilDay day, int64_t minutes, const std::string& shift = "s") {
  const absl::Time at = calendar::At(day, 9 * 60);
  return {shift, "venues/a", at, at + absl::Minutes(minutes), minutes, at + absl::Hours(10)};
}

absl::Time Noon(absl::CivilDay day) { return calendar::At(day, 12 * 60); }

TEST(RecognitionRules, WhatCannotBeIsNamed) {
  RecognitionRules good = Stars("a", kToday, {100, 300});
  EXPECT_TRUE(CheckRules(good, kToday).ok());
  const std::vector<std::pair<const char*, std::function<void(RecognitionRules&)>>> wrong = {
      {"rules.first_day", [](RecognitionRules& r) { SetDate(kToday - 1, r.mutable_first_day()); }},
      {"rules.first_day", [](RecognitionRules& r) { r.mutable_first_day()->set_day(31); }},
      {"rules.last_day", [](RecognitionRules& r) { SetDate(kToday - 1, r.mutable_last_day()); }},
      {"rules.scope", [](RecognitionRules& r) { r.set_scope("venues/a"); }},
      {"rules.stars.hours", [](RecognitionRules& r) { r.mutable_stars()->set_hours(1, 100); }},
      {"rules.stars.hours", [](RecognitionRules& r) { r.mutable_stars()->set_hours(0, 0); }},
      {"rules.stars.hours", [](RecognitionRules& r) { r.mutable_stars()->clear_hours(); }},
      {"rules.stars", [](RecognitionRules& r) { r.clear_stars(); }},
      {"rules.points", [](RecognitionRules& r) { r.mutable_points()->set_per_hour(1); }},
      {"rules.regulation.title.zh", [](RecognitionRules& r) { r.clear_regulation(); }}};
  for (const auto& [field, spoil] : wrong) {
    RecognitionRules rules = good;
    spoil(rules);
    const absl::Status status = CheckRules(rules, kToday);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << field;
    EXPECT_NE(status.ToString().find(field), std::string::npos) << status;
  }
}

TEST(RecognitionRules, TermsAreDifferentAndHaveTheirDays) {
  RecognitionRules rules = Stars("a", kToday, {});
  rules.set_kind(RecognitionRules::PRACTICE);
  rules.clear_stars();
  auto* term = rules.mutable_practice()->add_terms();
  term->set_code("2026-autumn");
  SetDate(kToday, term->mutable_first_day());
  SetDate(kToday + 60, term->mutable_last_day());
  EXPECT_TRUE(CheckRules(rules, kToday).ok());
  *rules.mutable_practice()->add_terms() = rules.practice().terms(0);
  EXPECT_FALSE(CheckRules(rules, kToday).ok());
  rules.mutable_practice()->mutable_terms(1)->set_code("2027-spring");
  EXPECT_TRUE(CheckRules(rules, kToday).ok());
  SetDate(kToday - 1, rules.mutable_practice()->mutable_terms(1)->mutable_last_day());
  EXPECT_FALSE(CheckRules(rules, kToday).ok());
}

TEST(RecognitionRules, NoTwoOfAKindAreInForceOnADay) {
  Folded<Rulebook> book;
  auto file = [&](const std::string& id, int from, int to) {
    RecognitionRules rules = Stars(id, kToday + from, {100});
    if (to >= 0) SetDate(kToday + to, rules.mutable_last_day());
    auto facts = DecideFile(book.state, id, rules, Noon(kToday));
    if (facts.ok()) book.Do(facts);
    return facts.status();
  };
  EXPECT_TRUE(file("b", 10, 20).ok());
  for (const auto& [from, to] :
       {std::pair<int, int>{0, 10}, {20, 25}, {12, 15}, {0, 30}, {0, -1}, {20, -1}}) {
    const absl::Status status = file("x", from, to);
    EXPECT_EQ(ReasonOf(status), "RULES_OVERLAP") << from << " to " << to;
    EXPECT_EQ(ParamOf(status, "with"), "recognitionRules/b");
  }
  EXPECT_TRUE(file("a", 0, 9).ok());
  EXPECT_TRUE(file("c", 21, -1).ok());
  EXPECT_EQ(ReasonOf(file("d", 400, -1)), "RULES_OVERLAP");
  EXPECT_EQ(book.state.head().rules_size(), 3);
  ExpectFoldGives(book);
}

TEST(RecognitionRules, AreEndedForTheTimeToComeOnly) {
  Folded<Rulebook> book;
  RecognitionRules rules = Stars("a", kToday, {100});
  book.Do(DecideFile(book.state, "a", rules, Noon(kToday)));
  const absl::Time later = Noon(kToday + 10);
  EXPECT_FALSE(DecideEnd(book.state, "a", kToday + 9, &rules, later).ok()) << "yesterday";
  book.Do(DecideEnd(book.state, "a", kToday + 20, &rules, later));
  EXPECT_EQ(rules.last_day().day(), 6);
  EXPECT_FALSE(DecideEnd(book.state, "a", kToday + 21, &rules, later).ok()) << "longer again";
  EXPECT_TRUE(DecideEnd(book.state, "a", kToday + 20, &rules, later)->empty()) << "twice";
  EXPECT_EQ(ReasonOf(DecideEnd(book.state, "a", kToday + 30, &rules, Noon(kToday + 21)).status()),
            "RULES_ENDED");
  // What never began leaves its days free.
  RecognitionRules next = Stars("b", kToday + 21, {100});
  book.Do(DecideFile(book.state, "b", next, later));
  book.Do(DecideEnd(book.state, "b", kToday + 9, &next, later));
  EXPECT_EQ(book.state.head().rules_size(), 1);
  book.Do(DecideFile(book.state, "c", Stars("c", kToday + 21, {50}), later));
  ExpectFoldGives(book);
}

TEST(RecognitionRules, ADistrictsOwnComeBeforeTheCitys) {
  RecognitionRules ended = Stars("old", kToday - 30, {1});
  SetDate(kToday - 1, ended.mutable_last_day());
  const RuleSets sets =
      Sets({ended, Stars("city", kToday, {100}), Stars("wz", kToday + 5, {30}, "districts/wz")});
  auto name = [&](const char* district, int day) {
    const auto* rules = InForce(sets, RecognitionRules::STARS, district, kToday + day);
    return rules == nullptr ? "" : rules->name();
  };
  EXPECT_EQ(name("districts/wz", 4), "recognitionRules/city");
  EXPECT_EQ(name("districts/wz", 5), "recognitionRules/wz");
  EXPECT_EQ(name("districts/yz", 5), "recognitionRules/city");
  EXPECT_EQ(name("districts/yz", -1), "recognitionRules/old");
  EXPECT_EQ(name("districts/yz", -31), "");
  EXPECT_EQ(InForce(sets, RecognitionRules::POINTS, "districts/yz", kToday), nullptr);
}

TEST(Stars, HoldAfterTheWorkingDaysOfNotice) {
  v1::StarRules rules;
  rules.set_notice_days(5);
  EXPECT_EQ(AfterNotice(rules, kToday), kToday + 8) << "Tuesday to Friday and Monday";
  EXPECT_EQ(AfterNotice(rules, kToday + 5), kToday + 12) << "reached on a Saturday";
  SetDate(kToday + 2, rules.add_holidays());
  EXPECT_EQ(AfterNotice(rules, kToday), kToday + 9);
  SetDate(kToday + 5, rules.add_working_weekends());
  EXPECT_EQ(AfterNotice(rules, kToday), kToday + 8);
  rules.set_notice_days(0);
  EXPECT_EQ(AfterNotice(rules, kToday), kToday + 1);
}

TEST(Stars, AreGivenByTheRulesOfTheDayAndStay) {
  RecognitionRules low = Stars("low", kToday, {10, 20});
  SetDate(kToday + 29, low.mutable_last_day());
  const RuleSets sets = Sets({low, Stars("high", kToday + 30, {15, 50, 100})});
  const LedgerRows rows = {Row(kToday - 5, 600), Row(kToday + 40, 600, "t")};
  // Enough before there were rules: the star is reached on their first day.
  auto stars = StarsOn(rows, sets, "districts/a", kToday);
  ASSERT_EQ(stars.size(), 1u);
  EXPECT_EQ(stars[0].reached_day(), "2026-11-16");
  EXPECT_EQ(stars[0].effective_day(), "2026-11-24");
  EXPECT_EQ(stars[0].rules(), "recognitionRules/low");
  EXPECT_EQ(StarOn(stars, kToday + 7), 0);
  EXPECT_EQ(StarOn(stars, kToday + 8), 1);
  EXPECT_TRUE(StarsOn(rows, sets, "districts/a", kToday - 1).empty());
  // The harder rules take nothing away, and ask more for what comes: 20 hours are no second star any more.
  stars = StarsOn(rows, sets, "districts/a", kToday + 60);
  ASSERT_EQ(stars.size(), 1u);
  EXPECT_EQ(StarOn(stars, kToday + 60), 1);
}

TEST(Stars, AreLostUnderNoticeOnly) {
  const RuleSets sets = Sets({Stars("a", kToday, {10})});
  LedgerRow back = Row(kToday + 2, -60, "c");
  const LedgerRows early = {Row(kToday, 600), back};
  EXPECT_EQ(StarsOn(early, sets, "", kToday + 1).size(), 1u);
  EXPECT_TRUE(StarsOn(early, sets, "", kToday + 30).empty());
  back.recorded = Noon(kToday + 9);
  EXPECT_EQ(StarsOn({Row(kToday, 600), back}, sets, "", kToday + 30).size(), 1u);
}

TEST(Stars, FactsOfEveryDayComeToWhatTheRowsSay) {
  for (uint32_t seed = 1; seed <= 15; ++seed) {
    std::mt19937 random(seed);
    RecognitionRules first = Stars("a", kToday + static_cast<int>(random() % 10), {10, 25, 60});
    SetDate(kToday + 25, first.mutable_last_day());
    const RuleSets sets =
        Sets({first, Stars("b", kToday + 26 + static_cast<int>(random() % 5), {5, 15, 40, 80}),
              Stars("d", kToday + 12, {3, 200}, "districts/yuzhong")});
    Folded<Person> person;
    person.Do(DecideRegister(person.state, MakeRegister(), Rules(), kMonday));
    LedgerRows rows;
    for (int day = 0; day < 50; ++day) {
      if (random() % 3 == 0) {
        rows.push_back(
            Row(kToday + day, 30 * static_cast<int64_t>(1 + random() % 12), absl::StrCat("s", day)));
        person.Do(HoursCountedAt(rows.back().recorded, static_cast<int32_t>(rows.back().minutes)));
      }
      person.Do(DecideStars(person.state.head(), sets, calendar::At(kToday + day, 23 * 60)));
      EXPECT_TRUE(DecideStars(person.state.head(), sets, calendar::At(kToday + day, 23 * 60)).empty());
      const auto expected = StarsOn(rows, sets, "districts/yuzhong", kToday + day);
      ASSERT_EQ(static_cast<size_t>(person.state.head().stars_size()), expected.size()) << seed << " " << day;
      for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(person.state.head().stars(static_cast<int>(i)).SerializeAsString(),
                  expected[i].SerializeAsString());
    }
    ExpectFoldGives(person);
  }
}

TEST(Stars, TheNextOneIsSoFarAway) {
  record::PersonHead head;
  const RuleSets sets = Sets({Stars("a", kToday, {10, 20})});
  head.set_total_minutes(60);
  EXPECT_EQ(MinutesToNext(head, sets, kToday), 540);
  EXPECT_EQ(MinutesToNext(head, sets, kToday - 1), 0);
  head.add_stars()->set_star(1);
  EXPECT_EQ(MinutesToNext(head, sets, kToday), 1140);
  head.add_stars()->set_star(2);
  EXPECT_EQ(MinutesToNext(head, sets, kToday), 0);
}

TEST(Points, EachRowByTheRulesOfItsDayAndItsRole) {
  RecognitionRules old = Stars("p", kToday, {});
  old.set_kind(RecognitionRules::POINTS);
  old.clear_stars();
  old.mutable_points()->set_per_hour(2);
  auto* role = old.mutable_points()->add_roles();
  role->set_role("roles/guide");
  role->set_per_hour(5);
  RecognitionRules fresh = old;
  SetDate(kToday + 9, old.mutable_last_day());
  SetDate(kToday + 10, fresh.mutable_first_day());
  fresh.mutable_points()->set_per_hour(10);
  const RuleSets sets = Sets({old, fresh});
  LedgerRow guided = Row(kToday + 1, 90);
  guided.role = "roles/guide";
  LedgerRow other = Row(kToday + 1, 30);
  other.role = "roles/desk";
  EXPECT_EQ(PointsOf({Row(kToday - 1, 600)}, sets, ""), 0) << "before there were rules";
  EXPECT_EQ(PointsOf({Row(kToday, 90)}, sets, ""), 3);
  EXPECT_EQ(PointsOf({guided, other}, sets, ""), 8) << "7.5 and 1";
  EXPECT_EQ(PointsOf({Row(kToday, 60), Row(kToday + 10, 60)}, sets, ""), 12);
}

TEST(Benefits, FromTheirStarOn) {
  RecognitionRules rules = Stars("b", kToday, {});
  rules.set_kind(RecognitionRules::BENEFITS);
  rules.clear_stars();
  for (const int star : {0, 1, 3}) {
    auto* benefit = rules.mutable_benefits()->add_benefits();
    benefit->set_star(star);
    benefit->mutable_title()->set_zh(absl::StrCat("第", star));
  }
  EXPECT_EQ(BenefitsOf(0, Sets({rules}), "", kToday).size(), 1u);
  EXPECT_EQ(BenefitsOf(2, Sets({rules}), "", kToday).size(), 2u);
  EXPECT_EQ(BenefitsOf(5, Sets({rules}), "", kToday).size(), 3u);
  EXPECT_TRUE(BenefitsOf(5, Sets({rules}), "", kToday - 1).empty());
}

}  // namespace
}  // namespace kepu::volunteer::domain::stars_test
