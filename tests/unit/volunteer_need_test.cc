// What is needed: whose word counts, how many that makes, the parts of a day, and what shifts take of roles.
#include "services/volunteer/domain/need.h"

#include <random>
#include <tuple>

#include "gmock/gmock.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/role.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::need_test {
namespace {

using ::testing::ElementsAre;

v1::NeedRow Row(const std::string& role, int count, int per_heads = 0, int count_min = 0) {
  v1::NeedRow row;
  row.set_role(role);
  row.set_count(count);
  row.set_per_heads(per_heads);
  row.set_count_min(count_min);
  return row;
}

v1::NeedTemplate Template(const std::string& name, const std::string& place, const std::string& session,
                          const std::string& programme, const std::string& kind, int day = 0) {
  v1::NeedTemplate need;
  need.set_name(absl::StrCat("needTemplates/", name));
  need.mutable_title()->set_zh("模板");
  need.set_place(place);
  need.set_session(session);
  need.set_programme(programme);
  need.set_event_kind(kind);
  calendar::SetMicros(absl::ToUnixMicros(At(day, 0)), need.mutable_update_time());
  *need.add_rows() = Row("roles/guide", 1);
  return need;
}

TEST(NeedTest, OneForEveryPartOfHeadsThatIsBegun) {
  // One guide for 20 pupils, one for 10 of pre-school.
  const std::tuple<v1::NeedRow, int, int> rows[] = {
      {Row("roles/a", 0, 20), 0, 0},    {Row("roles/a", 0, 20), 1, 1},    {Row("roles/a", 0, 20), 20, 1},
      {Row("roles/a", 0, 20), 21, 2},   {Row("roles/a", 0, 20), 100, 5},  {Row("roles/a", 0, 10), 21, 3},
      {Row("roles/a", 0, 10, 2), 5, 2}, {Row("roles/a", 0, 10, 2), 0, 2}, {Row("roles/a", 0, 10, 2), 31, 4},
      {Row("roles/a", 4), 0, 4},        {Row("roles/a", 4), 1000, 4},     {Row("roles/a", 0, 1), 7, 7}};
  for (const auto& [row, heads, needed] : rows)
    EXPECT_EQ(NeededFor(row, heads), needed) << row.ShortDebugString() << " " << heads;
}

TEST(NeedTest, TheNearestWordCounts) {
  const std::string session = "events/e/sessions/s";
  const std::vector<v1::NeedTemplate> all = {
      Template("place", "venues/a", "", "", ""),
      Template("kind", "", "", "", "LECTURE"),
      Template("kind-here", "venues/a", "", "", "LECTURE"),
      Template("programme", "", "", "programmes/p", ""),
      Template("session", "venues/a", session, "", ""),
      Template("elsewhere", "venues/b", "", "", "LECTURE", 3),
  };
  struct Case {
    NeedSubject subject;
    const char* name;
    v1::NeedSource source;
  };
  const Case cases[] = {
      {{"venues/a", session, "programmes/p", "LECTURE"}, "needTemplates/session", v1::OF_SESSION},
      {{"venues/a", "events/e/sessions/t", "programmes/p", "LECTURE"},
       "needTemplates/programme",
       v1::OF_PROGRAMME},
      {{"venues/a", "", "", "LECTURE"}, "needTemplates/kind-here", v1::OF_EVENT_KIND},
      {{"venues/c", "", "", "LECTURE"}, "needTemplates/kind", v1::OF_EVENT_KIND},
      {{"venues/b", "", "", "LECTURE"}, "needTemplates/elsewhere", v1::OF_EVENT_KIND},
      {{"venues/a", "", "", "FAIR"}, "needTemplates/place", v1::OF_PLACE},
      {{"venues/a", "", "", ""}, "needTemplates/place", v1::OF_PLACE},
      {{"venues/c", "", "", ""}, "", v1::NEED_SOURCE_UNSPECIFIED},
      // A session is at one place: the same name at another one is another thing.
      {{"venues/b", session, "", ""}, "", v1::NEED_SOURCE_UNSPECIFIED},
  };
  for (const Case& one : cases) {
    const Need need = ResolveNeed({}, all, one.subject);
    EXPECT_EQ(need.name, one.name) << one.subject.place << one.subject.session << one.subject.event_kind;
    EXPECT_EQ(need.source, one.source);
    EXPECT_EQ(need.rows.empty(), need.name.empty());
    // What is given counts before everything.
    EXPECT_EQ(ResolveNeed({Row("roles/x", 2)}, all, one.subject).source, v1::GIVEN);
  }
}

TEST(NeedTest, OfTwoForTheSameTheLastChangedCountsAndRetiredOnesDoNot) {
  std::vector<v1::NeedTemplate> all = {Template("b", "venues/a", "", "", "", 1),
                                       Template("a", "venues/a", "", "", "", 1),
                                       Template("c", "venues/a", "", "", "", 2)};
  const NeedSubject subject{"venues/a", "", "", ""};
  EXPECT_EQ(ResolveNeed({}, all, subject).name, "needTemplates/c");
  all[2].set_retired(true);
  EXPECT_EQ(ResolveNeed({}, all, subject).name, "needTemplates/a");
  // The order in which they are found does not matter.
  std::swap(all[0], all[1]);
  EXPECT_EQ(ResolveNeed({}, all, subject).name, "needTemplates/a");
}

TEST(NeedTest, ATemplateStandsInTheListThatItsSubjectLooksAt) {
  const NeedSubject subject{"venues/a", "events/e/sessions/s", "programmes/p", "LECTURE"};
  const std::vector<std::string> scopes = NeedScopes(subject);
  for (const v1::NeedTemplate& need :
       {Template("1", "venues/a", "", "", ""), Template("2", "venues/a", subject.session, "", ""),
        Template("3", "", "", "programmes/p", ""), Template("4", "venues/a", "", "", "LECTURE")})
    EXPECT_THAT(scopes, ::testing::Contains(NeedScope(need))) << need.name();
  EXPECT_THAT(NeedScopes({"venues/a", "", "", ""}), ElementsAre("venues/a"));
}

TEST(NeedTest, TemplatesSayWhatIsWrong) {
  const std::function<void(v1::NeedTemplate&)> rows[] = {
      [](auto& t) { t.mutable_title()->clear_zh(); },
      [](auto& t) { t.clear_place(); },
      [](auto& t) { t.set_place("halls/a"); },
      [](auto& t) { t.set_session("events/e"); },
      [](auto& t) { t.set_session("events/e/sessions/s"), t.clear_place(); },
      [](auto& t) { t.set_programme("programmes/p"), t.set_event_kind("LECTURE"); },
      [](auto& t) { t.set_programme("p"); },
      [](auto& t) { t.mutable_rows(0)->set_role("guide"); },
      [](auto& t) { t.mutable_rows(0)->set_count(0); },
      [](auto& t) { t.mutable_rows(0)->set_per_heads(20); },
      [](auto& t) { t.mutable_rows(0)->set_count_min(1); },
  };
  for (const auto& row : rows) {
    v1::NeedTemplate need = Template("x", "venues/a", "", "", "");
    EXPECT_TRUE(CheckNeedTemplate(need).ok());
    row(need);
    EXPECT_EQ(CheckNeedTemplate(need).code(), absl::StatusCode::kInvalidArgument) << need.DebugString();
  }
}

TEST(NeedTest, SlotsCoverTheTimeAndNoneIsTooLong) {
  const auto lengths = [](double hours, int most) {
    std::vector<int64_t> minutes;
    for (const auto& [from, to] : SlotsOf(At(1, 9), At(1, 9 + hours), most))
      minutes.push_back(absl::ToInt64Minutes(to - from));
    return minutes;
  };
  EXPECT_THAT(lengths(4, 0), ElementsAre(240));
  EXPECT_THAT(lengths(8, 0), ElementsAre(480));
  EXPECT_THAT(lengths(9, 0), ElementsAre(270, 270));
  EXPECT_THAT(lengths(8, 3), ElementsAre(160, 160, 160));
  EXPECT_THAT(lengths(7, 2), ElementsAre(105, 105, 105, 105));
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    const absl::Time start = At(1, 8), end = start + absl::Minutes(1 + random() % 1440);
    const int most = static_cast<int>(random() % 9);
    absl::Time at = start;
    for (const auto& [from, to] : SlotsOf(start, end, most)) {
      EXPECT_EQ(from, at);
      EXPECT_LT(from, to);
      EXPECT_LE(to - from, most == 0 ? kShiftMax : absl::Hours(most));
      at = to;
    }
    EXPECT_EQ(at, end);
  }
}

class PlanTest : public ::testing::Test {
 protected:
  PlanTest() {
    frame_.name = "shiftPlans/x";
    frame_.subject.place = "venues/a";
    frame_.start = At(3, 10);
    frame_.end = At(3, 12);
    v1::Role& guide = Add("guide");
    guide.set_minutes_before(30);
    guide.set_minutes_after(15);
    guide.mutable_requirements()->add_courses("courses/guide");
    guide.set_sign_up_mode(v1::APPROVAL);
    guide.set_trainee_places(2);
    guide.set_break_minutes(30);
    guide.set_break_after_minutes(240);
    Add("old").set_retired(true);
    v1::Role& tutor = Add("tutor");
    tutor.set_left_behind_children(true);
    EXPECT_TRUE(CheckRole(tutor).ok());
  }
  v1::Role& Add(const std::string& id) {
    v1::Role& role = roles_[absl::StrCat("roles/", id)];
    role.set_name(absl::StrCat("roles/", id));
    role.mutable_title()->set_zh(id);
    role.set_sign_up_mode(v1::FIRST_COME);
    return role;
  }
  absl::StatusOr<PlannedShifts> Plan(const Need& need) {
    return PlanOf(frame_, need, [&](const std::string& name) {
      const auto it = roles_.find(name);
      return it == roles_.end() ? nullptr : &it->second;
    });
  }
  static std::vector<v1::PlanWarning::Kind> Kinds(const PlannedShifts& planned) {
    std::vector<v1::PlanWarning::Kind> kinds;
    for (const v1::PlanWarning& one : planned.warnings) kinds.push_back(one.kind());
    return kinds;
  }

  PlanFrame frame_;
  std::map<std::string, v1::Role> roles_;
};

TEST_F(PlanTest, MakesWhatTheRowsSay) {
  frame_.heads = 45;
  v1::NeedRow guide = Row("roles/guide", 0, 20);
  guide.set_minutes_after(60);
  const auto planned = Plan({v1::OF_PLACE, "needTemplates/t", {guide, Row("roles/tutor", 2)}});
  ASSERT_TRUE(planned.ok()) << planned.status();
  ASSERT_EQ(planned->shifts.size(), 2u);
  EXPECT_TRUE(planned->warnings.empty());
  const ShiftCommand& first = planned->shifts[0];
  EXPECT_EQ(first.needed, 3);
  EXPECT_EQ(first.start, At(3, 9.5)) << "the role's minutes before";
  EXPECT_EQ(first.end, At(3, 13)) << "the longer minutes after, which are the row's";
  EXPECT_EQ(first.role.zh(), "guide");
  EXPECT_EQ(first.sign_up_mode, v1::APPROVAL);
  EXPECT_EQ(first.trainee_places, 2);
  EXPECT_EQ(first.break_minutes, 0) << "not longer than four hours";
  EXPECT_EQ(first.requirements->courses(0), "courses/guide");
  EXPECT_EQ(first.plan, "shiftPlans/x");
  EXPECT_TRUE(first.draft);
  EXPECT_TRUE(planned->shifts[1].requirements->two_adults());
  EXPECT_TRUE(planned->shifts[1].requirements->background_check());
}

TEST_F(PlanTest, SplitsLongDays) {
  frame_.end = At(3, 22);
  const auto planned = Plan({v1::GIVEN, "", {Row("roles/guide", 1)}});
  ASSERT_TRUE(planned.ok());
  ASSERT_EQ(planned->shifts.size(), 2u) << "12 hours and 45 minutes";
  EXPECT_EQ(planned->shifts[0].end, planned->shifts[1].start);
  EXPECT_EQ(planned->shifts[0].break_minutes, 30);
}

TEST_F(PlanTest, WarnsWhereSomethingIsMissing) {
  EXPECT_THAT(Kinds(*Plan({})), ElementsAre(v1::PlanWarning::NOBODY_SAID_HOW_MANY));
  const auto retired = Plan({v1::OF_PLACE, "t", {Row("roles/old", 1), Row("roles/gone", 1)}});
  EXPECT_THAT(Kinds(*retired), ElementsAre(v1::PlanWarning::ROLE_RETIRED, v1::PlanWarning::ROLE_RETIRED));
  EXPECT_TRUE(retired->shifts.empty());
  EXPECT_EQ(Plan({v1::GIVEN, "", {Row("roles/gone", 1)}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto unknown = Plan({v1::OF_PLACE, "t", {Row("roles/guide", 0, 20)}});
  EXPECT_THAT(Kinds(*unknown), ElementsAre(v1::PlanWarning::HEADS_UNKNOWN));
  EXPECT_EQ(unknown->shifts[0].needed, 1);
  const auto alone = Plan({v1::OF_PLACE, "t", {Row("roles/tutor", 1)}});
  EXPECT_THAT(Kinds(*alone), ElementsAre(v1::PlanWarning::TWO_ADULTS));
  EXPECT_EQ(alone->shifts[0].needed, 2);
}

TEST_F(PlanTest, RefusesWhatIsTooMuch) {
  frame_.heads = 10000;
  EXPECT_EQ(Plan({v1::GIVEN, "", {Row("roles/guide", 0, 10)}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  frame_.heads = 0;
  frame_.end = frame_.start + absl::Hours(20);
  v1::NeedRow row = Row("roles/tutor", 2);
  row.set_slot_hours_max(1);
  EXPECT_EQ(Plan({v1::GIVEN, "", {row, row}})->shifts.size(), 40u) << "as many as one plan may make";
  EXPECT_EQ(Plan({v1::GIVEN, "", {row, row, row}}).status().code(), absl::StatusCode::kInvalidArgument);
  for (const absl::Duration length : {absl::ZeroDuration(), absl::Hours(25)}) {
    frame_.end = frame_.start + length;
    EXPECT_EQ(Plan({v1::GIVEN, "", {row}}).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(RoleTest, ChildrenLeftBehindAreNeverWithOneAdultOrOneWhoWasNotChecked) {
  v1::Role role;
  role.mutable_title()->set_zh("陪伴");
  role.set_left_behind_children(true);
  ASSERT_TRUE(CheckRole(role).ok());
  EXPECT_TRUE(role.requirements().background_check());
  EXPECT_TRUE(role.requirements().two_adults());
  // Whoever takes it back while the flag stands does not.
  role.mutable_requirements()->set_two_adults(false);
  ASSERT_TRUE(CheckRole(role).ok());
  EXPECT_TRUE(role.requirements().two_adults());
  role.set_break_minutes(30);
  EXPECT_FALSE(CheckRole(role).ok()) << "of shifts of which length?";
  role.set_break_after_minutes(240);
  EXPECT_TRUE(CheckRole(role).ok());
  role.set_trainee_places(1);
  EXPECT_FALSE(CheckRole(role).ok()) << "nothing to learn";
}

TEST(RoleTest, RequirementsAddAndNeverLower) {
  v1::Requirements role, more;
  role.add_courses("courses/a");
  role.add_languages("zh");
  role.set_age_min(18);
  role.set_age_max(60);
  role.set_background_check(true);
  role.add_hazards(v1::Requirements::VEHICLE);
  more.add_courses("courses/b");
  more.add_courses("courses/a");
  more.set_age_min(16);
  more.set_age_max(70);
  more.set_verified(true);
  more.add_hazards(v1::Requirements::HEIGHTS);
  more.add_hazards(v1::Requirements::VEHICLE);
  for (const v1::Requirements& both : {Joined(role, more), Joined(more, role)}) {
    EXPECT_THAT(both.courses(), ::testing::UnorderedElementsAre("courses/a", "courses/b"));
    EXPECT_THAT(both.languages(), ElementsAre("zh"));
    EXPECT_EQ(both.age_min(), 18);
    EXPECT_EQ(both.age_max(), 60);
    EXPECT_TRUE(both.background_check());
    EXPECT_TRUE(both.verified());
    EXPECT_EQ(both.hazards_size(), 2);
  }
  EXPECT_EQ(Joined(role, {}).SerializeAsString(), role.SerializeAsString());
  EXPECT_EQ(Joined({}, role).age_max(), 60) << "no bound is no bound";
}

TEST(RoleTest, AShiftTakesWhatItDoesNotSay) {
  v1::Role role;
  role.set_name("roles/guide");
  role.mutable_title()->set_zh("讲解");
  role.set_sign_up_mode(v1::INVITATION);
  role.mutable_requirements()->set_age_min(18);
  ShiftCommand command = MakeShift();
  command.role_name = role.name();
  command.role.Clear();
  command.sign_up_mode = v1::SIGN_UP_MODE_UNSPECIFIED;
  ShiftCommand own = command;
  ASSERT_TRUE(TakeRole(&role, &command).ok());
  EXPECT_EQ(command.role.zh(), "讲解");
  EXPECT_EQ(command.sign_up_mode, v1::INVITATION);
  EXPECT_EQ(command.requirements->age_min(), 18);
  own.role.set_zh("夜场讲解");
  own.sign_up_mode = v1::APPROVAL;
  own.requirements.emplace().set_age_min(16);
  ASSERT_TRUE(TakeRole(&role, &own).ok());
  EXPECT_EQ(own.role.zh(), "夜场讲解");
  EXPECT_EQ(own.sign_up_mode, v1::APPROVAL);
  EXPECT_EQ(own.requirements->age_min(), 18);
  role.set_retired(true);
  EXPECT_EQ(ReasonOf(TakeRole(&role, &own)), "ROLE_RETIRED");
  EXPECT_EQ(TakeRole(nullptr, &own).code(), absl::StatusCode::kInvalidArgument);
  own.role_name.clear();
  EXPECT_TRUE(TakeRole(nullptr, &own).ok());
}

}  // namespace
}  // namespace kepu::volunteer::domain::need_test
