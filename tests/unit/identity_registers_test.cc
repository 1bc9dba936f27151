// The rules of the registers: what an entry must be, how it changes and keeps its history, which entries are
// one, and what is counted.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"
#include "services/identity/domain/register_summary.h"
#include "services/identity/domain/registers.h"
#include "tests/unit/identity_folding.h"

namespace kepu::identity::domain {
namespace {

using refusal::ReasonOf;
using ::testing::HasSubstr;

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

const google::type::Date kToday = Date(2026, 11, 22);

record::RegisterRecord School() {
  record::RegisterRecord record;
  v1::School& school = *record.mutable_school();
  school.set_name("schools/one");
  school.mutable_display_name()->set_zh("一小");
  school.set_stage(v1::School::PRIMARY);
  school.set_district("districts/kaizhou");
  return record;
}

TEST(RegistersTest, WhatIsWrongIsSaidWhere) {
  EXPECT_TRUE(CheckEntry(School()).ok());
  const auto broken = [](void (*spoil)(v1::School&)) {
    record::RegisterRecord record = School();
    spoil(*record.mutable_school());
    return CheckEntry(record);
  };
  EXPECT_FALSE(broken([](v1::School& it) { it.mutable_display_name()->clear_zh(); }).ok());
  EXPECT_FALSE(broken([](v1::School& it) { it.set_district("district/kaizhou"); }).ok());
  EXPECT_FALSE(broken([](v1::School& it) { it.set_town("towns/T"); }).ok());
  EXPECT_FALSE(broken([](v1::School& it) { it.add_pupils_by_grade()->set_grade("13"); }).ok());
  EXPECT_FALSE(broken([](v1::School& it) {
                 it.add_pupils_by_grade()->set_grade("3");
                 it.add_pupils_by_grade()->set_grade("3");
               }).ok());
  EXPECT_FALSE(broken([](v1::School& it) { it.mutable_location()->set_latitude(91); }).ok());
  EXPECT_FALSE(broken([](v1::School& it) { *it.mutable_retire_date() = Date(2026, 2, 30); }).ok());
  record::RegisterRecord district;
  district.mutable_district()->mutable_display_name()->set_zh("开州区");
  v1::District::Code& code = *district.mutable_district()->add_codes();
  code.set_code("500154");
  *code.mutable_valid_from() = Date(2016, 7, 22);
  EXPECT_TRUE(CheckEntry(district).ok());
  *code.mutable_valid_until() = Date(2016, 7, 22);
  EXPECT_FALSE(CheckEntry(district).ok());
  code.set_code("50015x");
  EXPECT_FALSE(CheckEntry(district).ok());
}

TEST(RegistersTest, UpdatesReplaceWhatTheMaskNames) {
  Register entry;
  Apply(entry, CreateEntry(entry, School()), ApplyToRegister);
  EXPECT_EQ(CreateEntry(entry, School()).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(EtagOf(entry.head()), "r1");
  record::RegisterRecord change;
  change.mutable_school()->mutable_display_name()->set_en("First School");
  change.mutable_school()->set_stage(v1::School::SPECIAL);
  change.mutable_school()->set_name("schools/hijacked");
  Apply(entry, UpdateEntry(entry, "schools/one", change, {"display_name.en", "name"}, "r1", kToday),
        ApplyToRegister);
  const v1::School& school = entry.head().school();
  EXPECT_EQ(school.display_name().zh(), "一小");
  EXPECT_EQ(school.display_name().en(), "First School");
  EXPECT_EQ(school.stage(), v1::School::PRIMARY) << "not named by the mask";
  EXPECT_EQ(school.name(), "schools/one");
  EXPECT_EQ(ReasonOf(UpdateEntry(entry, "schools/one", change, {}, "r1", kToday).status()), "ETAG_MISMATCH");
  EXPECT_FALSE(UpdateEntry(entry, "schools/one", change, {"display_name"}, "", kToday).ok())
      << "zh would be lost";
  record::RegisterRecord empty;
  empty.mutable_school();
  Apply(entry, UpdateEntry(entry, "schools/one", empty, {"display_name.en"}, "", kToday), ApplyToRegister);
  EXPECT_EQ(entry.head().school().display_name().en(), "") << "named and empty: cleared";
  EXPECT_EQ(EtagOf(entry.head()), "r3");
  EXPECT_EQ(UpdateEntry(Register(), "schools/x", change, {}, "", kToday).status(),
            refusal::NotFound("schools/x"));
}

TEST(RegistersTest, AMergedDistrictEndsOnItsDay) {
  Register entry;
  record::RegisterRecord record;
  record.mutable_district()->set_name("districts/yubei");
  record.mutable_district()->mutable_display_name()->set_zh("渝北区");
  record.mutable_district()->add_codes()->set_code("500112");
  Apply(entry, CreateEntry(entry, record), ApplyToRegister);
  const google::type::Date day = Date(2025, 11, 6);
  EXPECT_FALSE(MergeDistrict(entry, "districts/yubei", "districts/yubei", day).ok());
  EXPECT_FALSE(MergeDistrict(entry, "districts/yubei", "districts/liangjiang", Date(2025, 11, 31)).ok());
  Apply(entry, MergeDistrict(entry, "districts/yubei", "districts/liangjiang", day), ApplyToRegister);
  const v1::District& ended = entry.head().district();
  EXPECT_TRUE(InForce(ended, Date(2025, 11, 5)));
  EXPECT_FALSE(InForce(ended, day));
  EXPECT_EQ(ended.merged_into(), "districts/liangjiang");
  EXPECT_EQ(ended.codes(0).valid_until().day(), 6);
  EXPECT_EQ(ReasonOf(MergeDistrict(entry, "districts/yubei", "districts/else", day).status()),
            "DISTRICT_ENDED");
  v1::District young;
  *young.mutable_established_date() = day;
  EXPECT_FALSE(InForce(young, Date(2025, 11, 5)));
  EXPECT_TRUE(InForce(young, day));
}

v1::School::Mark Mark(v1::School::Mark::Kind kind, int since, int until = 0) {
  v1::School::Mark mark;
  mark.set_kind(kind);
  *mark.mutable_since() = Date(since, 1, 1);
  if (until != 0) *mark.mutable_until() = Date(until, 1, 1);
  return mark;
}

TEST(RegistersTest, MarksOfAKindDoNotOverlap) {
  record::RegisterRecord record = School();
  v1::School& school = *record.mutable_school();
  *school.add_marks() = Mark(v1::School::Mark::ACTIVITY_ROOM, 2016, 2018);
  *school.add_marks() = Mark(v1::School::Mark::ACTIVITY_ROOM, 2018);
  *school.add_marks() = Mark(v1::School::Mark::FEATURE_SCHOOL, 2017);
  EXPECT_TRUE(CheckEntry(record).ok()) << CheckEntry(record);
  *school.add_marks() = Mark(v1::School::Mark::ACTIVITY_ROOM, 2017, 2018);
  EXPECT_THAT(CheckEntry(record).ToString(), HasSubstr("school.marks[3]"));
  *school.mutable_marks(3) = Mark(v1::School::Mark::INQUIRY_CENTRE, 2019, 2019);
  EXPECT_THAT(CheckEntry(record).ToString(), HasSubstr("school.marks[3].until"));
}

TEST(RegistersTest, WhatIsWrongWithACommunity) {
  record::RegisterRecord record;
  v1::Community& community = *record.mutable_community();
  community.set_name("communities/c");
  community.mutable_display_name()->set_zh("社区");
  community.set_town("towns/t");
  community.set_code("500101001001");
  EXPECT_TRUE(CheckEntry(record).ok()) << CheckEntry(record);
  community.set_code("50010100100");
  EXPECT_THAT(CheckEntry(record).ToString(), HasSubstr("community.code"));
  community.set_code("");
  community.set_town("districts/t");
  EXPECT_THAT(CheckEntry(record).ToString(), HasSubstr("community.town"));
  community.set_town("towns/t");
  *community.mutable_established_date() = Date(2020, 1, 1);
  *community.mutable_retire_date() = Date(2019, 1, 1);
  EXPECT_THAT(CheckEntry(record).ToString(), HasSubstr("community.retire_date"));
}

TEST(RegistersTest, SchoolsAndOrganizationsBeginBeforeTheyEnd) {
  record::RegisterRecord record = School();
  v1::School& school = *record.mutable_school();
  *school.mutable_established_date() = Date(2020, 9, 1);
  *school.mutable_retire_date() = Date(2020, 9, 2);
  EXPECT_TRUE(CheckEntry(record).ok()) << CheckEntry(record);
  *school.mutable_retire_date() = Date(2020, 9, 1);
  EXPECT_THAT(CheckEntry(record).ToString(), HasSubstr("school.retire_date"));
  *school.mutable_established_date() = Date(2020, 2, 30);
  EXPECT_THAT(CheckEntry(record).ToString(), HasSubstr("school.established_date"));
  record::RegisterRecord other;
  v1::Organization& society = *other.mutable_organization();
  society.set_name("organizations/o");
  society.mutable_display_name()->set_zh("学会");
  *society.mutable_established_date() = Date(2020, 1, 1);
  EXPECT_TRUE(CheckEntry(other).ok()) << CheckEntry(other);
  *society.mutable_retire_date() = Date(2019, 1, 1);
  EXPECT_THAT(CheckEntry(other).ToString(), HasSubstr("organization.retire_date"));
}

TEST(RegistersTest, ANameThatIsGivenUpIsKept) {
  Register entry;
  Apply(entry, CreateEntry(entry, School()), ApplyToRegister);
  record::RegisterRecord change;
  change.mutable_school()->mutable_display_name()->set_zh("实验小学");
  Apply(entry, UpdateEntry(entry, "schools/one", change, {"display_name.zh"}, "", kToday), ApplyToRegister);
  ASSERT_EQ(entry.head().school().former_names_size(), 1);
  EXPECT_EQ(entry.head().school().former_names(0).name().zh(), "一小");
  EXPECT_EQ(entry.head().school().former_names(0).until().day(), 22);
  // A correction: the caller says what the former names are.
  change.mutable_school()->mutable_display_name()->set_zh("实验小学校");
  Apply(entry, UpdateEntry(entry, "schools/one", change, {"display_name.zh", "former_names"}, "", kToday),
        ApplyToRegister);
  EXPECT_EQ(entry.head().school().former_names_size(), 0);
  EXPECT_EQ(entry.head().school().display_name().zh(), "实验小学校");
  change.mutable_school()->mutable_display_name()->set_en("Experimental School");
  Apply(entry, UpdateEntry(entry, "schools/one", change, {"display_name.en"}, "", kToday), ApplyToRegister);
  EXPECT_EQ(entry.head().school().former_names_size(), 0) << "the same name, in English too";
}

record::RegisterRecord TownRecord() {
  record::RegisterRecord record;
  record.mutable_town()->set_name("towns/t");
  record.mutable_town()->mutable_display_name()->set_zh("镇");
  record.mutable_town()->set_district("districts/a");
  return record;
}

TEST(RegistersTest, ATownMovesOnADayThatHasCome) {
  Register entry;
  Apply(entry, CreateEntry(entry, TownRecord()), ApplyToRegister);
  const auto move = [&](const char* into, const google::type::Date& day) {
    return MoveTown(entry, "towns/t", into, day, kToday);
  };
  EXPECT_THAT(move("districts/a", kToday).status().ToString(), HasSubstr("into"));
  EXPECT_THAT(move("districts/b", Date(2026, 11, 23)).status().ToString(), HasSubstr("effective_date"));
  EXPECT_THAT(move("districts/b", Date(2026, 11, 31)).status().ToString(), HasSubstr("effective_date"));
  Apply(entry, move("districts/b", Date(2025, 11, 6)), ApplyToRegister);
  EXPECT_EQ(entry.head().town().district(), "districts/b");
  EXPECT_EQ(entry.head().town().former_districts(0).district(), "districts/a");
  EXPECT_THAT(move("districts/c", Date(2025, 11, 6)).status().ToString(), HasSubstr("after the day"));
  EXPECT_EQ(MoveTown(Register(), "towns/x", "districts/b", kToday, kToday).status(),
            refusal::NotFound("towns/x"));
  record::RegisterRecord change;
  change.mutable_town()->set_district("districts/c");
  EXPECT_THAT(UpdateEntry(entry, "towns/t", change, {"district"}, "", kToday).status().ToString(),
              HasSubstr("towns/*:move"));
  change.mutable_town()->add_former_districts()->set_district("districts/z");
  Apply(entry, UpdateEntry(entry, "towns/t", change, {"former_districts"}, "", kToday), ApplyToRegister);
  EXPECT_EQ(entry.head().town().former_districts(0).district(), "districts/a") << "only the server writes it";
}

TEST(MergesTest, TwoMergesNeverMakeACircle) {
  Merges merges;
  merges.set_complete(true);
  const auto merge = [&](const char* name, const char* into) { return MergeEntries(merges, name, into); };
  EXPECT_FALSE(merge("schools/a", "schools/a").ok());
  Apply(merges, merge("schools/a", "schools/b"), ApplyToMerges);
  EXPECT_EQ(ReasonOf(merge("schools/a", "schools/c").status()), "ENTRY_MERGED") << "it is merged already";
  EXPECT_EQ(ReasonOf(merge("schools/b", "schools/a").status()), "ENTRY_MERGED") << "the circle";
  EXPECT_EQ(refusal::ParamOf(merge("schools/c", "schools/a").status(), "into"), "schools/b")
      << "what would do";
  Apply(merges, merge("schools/b", "schools/c"), ApplyToMerges);
  EXPECT_EQ(ReasonOf(merge("schools/c", "schools/a").status()), "ENTRY_MERGED") << "a longer circle";
  EXPECT_EQ(merges.head().merged(), 2);
}

const v1::SummarizeRegistersResponse::Row* RowOf(const v1::SummarizeRegistersResponse& all,
                                                 const std::string& district) {
  for (const auto& row : all.rows()) {
    if (row.district() == district && !district.empty()) return &row;
  }
  return nullptr;
}

RegisterEntries SmallCity() {
  RegisterEntries city;
  const auto district = [&](const char* name, v1::District::Region region) -> v1::District& {
    v1::District& made = city.districts.emplace_back();
    made.set_name(name);
    made.set_region(region);
    return made;
  };
  v1::District& old = district("districts/old", v1::District::MU);
  *old.mutable_abolished_date() = Date(2025, 11, 6);
  old.set_merged_into("districts/new");
  *district("districts/new", v1::District::MU).mutable_established_date() = Date(2025, 11, 6);
  district("districts/far", v1::District::NE);
  v1::Town& town = city.towns.emplace_back();
  town.set_name("towns/t");
  town.set_district("districts/far");
  v1::Town::FormerDistrict& former = *town.add_former_districts();
  former.set_district("districts/old");
  *former.mutable_until() = Date(2026, 6, 1);
  v1::Community& village = city.communities.emplace_back();
  village.set_town("towns/t");
  village.set_kind(v1::Community::ADMINISTRATIVE_VILLAGE);
  v1::Community& closed = city.communities.emplace_back(village);
  closed.set_kind(v1::Community::URBAN_COMMUNITY);
  *closed.mutable_retire_date() = Date(2026, 1, 1);
  v1::School& school = city.schools.emplace_back();
  school.set_stage(v1::School::PRIMARY);
  school.set_district("districts/old");
  school.add_pupils_by_grade()->set_pupils(40);
  school.add_pupils_by_grade()->set_pupils(2);
  *school.add_marks() = Mark(v1::School::Mark::ACTIVITY_ROOM, 2020, 2026);
  v1::School& rural = city.schools.emplace_back();
  rural.set_stage(v1::School::JUNIOR);
  rural.set_town("towns/t");
  rural.set_district("districts/far");
  return city;
}

TEST(SummaryTest, ASchoolCountsFromTheDayItIsThere) {
  RegisterEntries city = SmallCity();
  v1::School& fresh = city.schools.emplace_back(city.schools.front());
  *fresh.mutable_established_date() = Date(2026, 9, 1);
  *fresh.mutable_retire_date() = Date(2028, 9, 1);
  EXPECT_EQ(Summarize(city, Date(2026, 8, 31)).rows(0).schools(), 2);
  EXPECT_EQ(Summarize(city, Date(2026, 8, 31)).rows(0).pupils(), 42);
  EXPECT_EQ(Summarize(city, Date(2026, 9, 1)).rows(0).schools(), 3);
  EXPECT_EQ(Summarize(city, Date(2026, 9, 1)).rows(0).pupils(), 84);
  EXPECT_EQ(Summarize(city, Date(2028, 8, 31)).rows(0).schools(), 3);
  EXPECT_EQ(Summarize(city, Date(2028, 9, 1)).rows(0).schools(), 2);
}

TEST(SummaryTest, EverythingCountsWhereItBelongedOnTheDay) {
  const RegisterEntries city = SmallCity();
  const auto before = Summarize(city, Date(2025, 1, 1));
  EXPECT_EQ(before.rows(0).districts(), 2) << "old and far";
  EXPECT_EQ(before.rows(0).schools(), 2);
  ASSERT_NE(RowOf(before, "districts/old"), nullptr);
  EXPECT_EQ(RowOf(before, "districts/old")->schools(), 2) << "one by itself, one by its town";
  EXPECT_EQ(RowOf(before, "districts/old")->villages(), 1);
  EXPECT_EQ(RowOf(before, "districts/old")->urban_communities(), 1);
  EXPECT_EQ(RowOf(before, "districts/old")->schools_by_mark(0).schools(), 1);
  EXPECT_EQ(RowOf(before, "districts/new"), nullptr);

  const auto between = Summarize(city, Date(2025, 12, 1));
  EXPECT_EQ(RowOf(between, "districts/old"), nullptr);
  ASSERT_NE(RowOf(between, "districts/new"), nullptr) << "what the old one was merged into";
  EXPECT_EQ(RowOf(between, "districts/new")->towns(), 1);
  EXPECT_EQ(RowOf(between, "districts/new")->pupils(), 42);

  const auto now = Summarize(city, kToday);
  EXPECT_EQ(RowOf(now, "districts/far")->villages(), 1) << "the town moved";
  EXPECT_EQ(RowOf(now, "districts/far")->urban_communities(), 0) << "it was closed";
  EXPECT_EQ(RowOf(now, "districts/new")->schools(), 1);
  EXPECT_EQ(RowOf(now, "districts/new")->schools_by_mark_size(), 0) << "the room is given up";
  EXPECT_EQ(now.rows(0).schools_by_stage_size(), 2);
  int in_regions = 0;
  for (const auto& row : now.rows()) {
    if (row.district().empty() && row.region() != v1::District::REGION_UNSPECIFIED)
      in_regions += row.schools();
  }
  EXPECT_EQ(in_regions, now.rows(0).schools());
}

}  // namespace
}  // namespace kepu::identity::domain
