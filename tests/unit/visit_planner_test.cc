// The rotation of a visit day: what the checker sees, plans of random schools, tiny days against a search of
// everything, twelve classes by six courses in time, and the smallest change where nothing fits.
#include "services/event/planner/visit_planner.h"

#include <chrono>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/event/planner/rotation_greedy.h"
#include "services/event/planner/rotation_search.h"

namespace kepu::event {
namespace {

using domain::CheckPlan;
using domain::Span;
using domain::VisitClass;
using domain::VisitCourse;
using domain::VisitPlan;
using domain::VisitRow;
using domain::VisitTask;
using ::testing::HasSubstr;

constexpr Span kWholeDay = {8 * 60, 18 * 60};

struct DayShape {
  int classes = 2;
  int courses = 2;
  int rooms_each = 1;
  int minutes = 45;
  int lunch_minutes = 0;
  int bays = 0;
  Span day = {9 * 60, 17 * 60};
};

VisitTask DayOf(const DayShape& shape) {
  VisitTask task;
  task.day = shape.day;
  task.changeover = 10;
  task.lunch_minutes = shape.lunch_minutes;
  task.bay_minutes = 10;
  for (int i = 0; i < shape.courses; ++i) {
    VisitCourse course{absl::StrCat("course-", i), shape.minutes, true, {}, {}, {}};
    for (int room = 0; room < shape.rooms_each; ++room) {
      course.rooms.push_back(task.places.size());
      task.places.push_back({absl::StrCat("room-", i, "-", room), "venues/a", 50, {}, {kWholeDay}});
      course.guides.push_back(task.guides.size());
      task.guides.push_back({absl::StrCat("guide-", i, "-", room), "venues/a", {kWholeDay}});
    }
    task.courses.push_back(std::move(course));
  }
  if (shape.lunch_minutes > 0) {
    task.lunch_places = {task.places.size()};
    task.places.push_back({"canteen", "venues/a", 220, {}, {{11 * 60, 13 * 60 + 30}}});
  }
  for (int i = 0; i < shape.bays; ++i) {
    task.bays.push_back(task.places.size());
    task.places.push_back({absl::StrCat("bay-", i), "venues/a", 0, {}, {kWholeDay}});
  }
  task.walk.assign(task.places.size(), std::vector<int>(task.places.size(), 5));
  for (int i = 0; i < shape.classes; ++i) {
    VisitClass one{absl::StrCat("class-", i), 40, 2, kWholeDay, {}, static_cast<size_t>(i / 2)};
    for (size_t course = 0; course < task.courses.size(); ++course) one.courses.push_back(course);
    task.classes.push_back(std::move(one));
  }
  return task;
}

// All times of tiny days are whole numbers of it.
constexpr int kStep = 5;

// Everything there is, for days of a few rows: every order of the rows, each as early as it can be in it.
class Everything {
 public:
  explicit Everything(const VisitTask& task) : task_(task) {
    for (size_t i = 0; i < task.classes.size(); ++i) {
      for (size_t course : task.classes[i].courses)
        left_.push_back({VisitRow::kCourse, i, course, 0, {}, {}});
      if (task.lunch_minutes > 0) left_.push_back({VisitRow::kLunch, i, 0, 0, {}, {}});
    }
  }
  bool HasPlan() {
    if (left_.empty()) return CheckPlan(task_, plan_).ok();
    for (size_t i = 0; i < left_.size(); ++i) {
      VisitRow row = left_[i];
      left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(i));
      const bool found = Place(row);
      left_.insert(left_.begin() + static_cast<std::ptrdiff_t>(i), row);
      if (found) return true;
    }
    return false;
  }

 private:
  bool Place(VisitRow row) {
    for (size_t place = 0; place < task_.places.size(); ++place) {
      row.place = place;
      row.guide.reset();
      const bool possible = row.kind == VisitRow::kLunch
                                ? place == task_.lunch_places[0]
                                : Suits(task_, task_.classes[row.who], task_.courses[row.course], place);
      if (!possible) continue;
      const bool guided = row.kind == VisitRow::kCourse && task_.courses[row.course].guided;
      if (!guided && Put(row)) return true;
      for (size_t guide = 0; guided && guide < task_.guides.size(); ++guide) {
        row.guide = guide;
        if (Put(row)) return true;
      }
    }
    return false;
  }

  // At the first time at which the checker has nothing against it but what is still missing.
  bool Put(VisitRow row) {
    const int from = plan_.rows.empty() ? task_.day.start : plan_.rows.back().time.start;
    VisitTask part = task_;
    for (VisitClass& one : part.classes) one.courses.clear();
    part.lunch_minutes = 0;
    for (const VisitRow& placed : plan_.rows) Want(part, placed);
    Want(part, row);
    for (int start = from; start < task_.day.end; start += kStep) {
      row.time = {start, start + MinutesOf(task_, row)};
      plan_.rows.push_back(row);
      const bool fits =
          row.kind == VisitRow::kLunch ? FitsLunch() : CheckPlan(part, Courses()).ok() && FitsLunch();
      if (fits && HasPlan()) return true;
      plan_.rows.pop_back();
      if (fits) return false;
    }
    return false;
  }
  static void Want(VisitTask& part, const VisitRow& row) {
    if (row.kind == VisitRow::kCourse) part.classes[row.who].courses.push_back(row.course);
  }
  VisitPlan Courses() const {
    VisitPlan plan;
    for (const VisitRow& row : plan_.rows) {
      if (row.kind == VisitRow::kCourse) plan.rows.push_back(row);
    }
    return plan;
  }
  // Lunch is all or nothing in a task, so what was placed is looked at with the classes that eat by then.
  bool FitsLunch() const {
    VisitTask part = task_;
    VisitPlan plan = plan_;
    std::vector<bool> eats(part.classes.size());
    for (const VisitRow& row : plan.rows) {
      if (row.kind == VisitRow::kLunch) eats[row.who] = true;
    }
    for (VisitClass& one : part.classes) one.courses.clear();
    for (const VisitRow& row : plan.rows) Want(part, row);
    if (std::none_of(eats.begin(), eats.end(), [](bool eating) { return eating; })) {
      part.lunch_minutes = 0;
      return CheckPlan(part, plan).ok();
    }
    // Who has not eaten yet eats somewhere else, in another task: here those rows are left out.
    for (size_t i = 0; i < eats.size(); ++i) {
      if (eats[i] || part.lunch_minutes == 0) continue;
      const size_t place = part.places.size();
      part.places.push_back({"elsewhere", "", 0, {}, {{24 * 60, 48 * 60}}});
      for (std::vector<int>& row : part.walk) row.push_back(0);
      part.walk.emplace_back(place + 1, 0);
      part.lunch_places.push_back(place);
      part.day.end = 48 * 60;
      part.classes[i].away.end = 48 * 60;
      plan.rows.push_back({VisitRow::kLunch, i, 0, place, {}, {24 * 60, 24 * 60 + part.lunch_minutes}});
    }
    for (const VisitRow& row : plan_.rows) {
      if (row.time.end > task_.day.end || row.time.end > task_.classes[row.who].away.end) return false;
    }
    return CheckPlan(part, plan).ok();
  }

  const VisitTask& task_;
  std::vector<VisitRow> left_;
  VisitPlan plan_;
};

int Below(std::minstd_rand& random, int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }

std::vector<Span> RandomFree(std::minstd_rand& random, const Span& day) {
  if (Below(random, 3) > 0) return {day};
  const int at = day.start + 30 + kStep * Below(random, std::max(1, (day.end - day.start - 60) / kStep));
  return {{day.start, at}, {at + 10 + kStep * Below(random, 8), day.end + 60}};
}

// Two or three classes and courses in a day that is just about long enough.
VisitTask TinyDay(std::minstd_rand& random) {
  VisitTask task;
  const int courses = 1 + Below(random, 2), classes = 2 + Below(random, courses == 1 ? 2 : 1);
  task.day = {540, 540 + 30 + 20 * Below(random, 8)};
  task.changeover = 5 * Below(random, 3);
  for (int i = 0, rooms = 1 + Below(random, 2); i < rooms; ++i)
    task.places.push_back(
        {absl::StrCat("room-", i), "v", Below(random, 4) == 0 ? 30 : 60, {}, RandomFree(random, task.day)});
  if (courses == 1 && classes == 2) {
    task.lunch_minutes = 20;
    task.lunch_places = {task.places.size()};
    task.places.push_back({"canteen", "v", Below(random, 2) == 0 ? 50 : 100, {}, {{560, 640}}});
  }
  task.guides.push_back({"guide", "v", RandomFree(random, task.day)});
  for (int i = 0; i < courses; ++i) {
    VisitCourse course{
        absl::StrCat("course-", i), 20 + 10 * Below(random, 2), Below(random, 2) == 0, {}, {}, {0}};
    for (size_t room = 0; room < task.places.size(); ++room) {
      if (task.lunch_places.empty() || room != task.lunch_places[0]) course.rooms.push_back(room);
    }
    task.courses.push_back(std::move(course));
  }
  task.walk.assign(task.places.size(), std::vector<int>(task.places.size(), 5));
  for (size_t i = 0; i < task.places.size(); ++i) task.walk[i][i] = 0;
  for (int i = 0; i < classes; ++i) {
    VisitClass one{absl::StrCat("class-", i),
                   20 + 10 * Below(random, 3),
                   2,
                   {task.day.start, task.day.end - kStep * Below(random, 4)},
                   {},
                   0};
    for (size_t course = 0; course < task.courses.size(); ++course) one.courses.push_back(course);
    task.classes.push_back(std::move(one));
  }
  return task;
}

TEST(VisitPlanner, TwelveClassesBySixCoursesInUnderASecond) {
  const VisitTask task =
      DayOf({.classes = 12, .courses = 6, .rooms_each = 2, .minutes = 40, .lunch_minutes = 40, .bays = 3});
  const auto begun = std::chrono::steady_clock::now();
  const VisitOutcome outcome = PlanVisitDay(task);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  ASSERT_TRUE(outcome.plan.has_value());
  EXPECT_EQ(CheckPlan(task, *outcome.plan), absl::OkStatus());
  EXPECT_EQ(outcome.plan->rows.size(), 12U * 7 + 2 * 6);
  EXPECT_LT(took.count(), 1.0);
  EXPECT_EQ(PlanVisitDay(task).plan, outcome.plan) << "the same request, the same plan";
}

TEST(VisitPlanner, TheSearchFindsARotationWithoutSlack) {
  // Six rounds of 40 and five changes of 10 minutes: every room is in use from the first minute to the last.
  const VisitTask task = DayOf({.classes = 6, .courses = 6, .minutes = 40, .day = {540, 540 + 290}});
  const SearchResult result = SearchRotation(task, 100000);
  ASSERT_TRUE(result.plan.has_value());
  EXPECT_EQ(CheckPlan(task, *result.plan), absl::OkStatus());
  VisitTask shorter = task;
  --shorter.day.end;
  EXPECT_TRUE(SearchRotation(shorter, 100000).none) << "and it knows when there is none";
}

TEST(VisitPlanner, TheCheckerSeesEveryBrokenRule) {
  const VisitTask task = DayOf({.classes = 4, .courses = 2, .lunch_minutes = 30, .bays = 1});
  const VisitOutcome outcome = PlanVisitDay(task);
  ASSERT_TRUE(outcome.plan.has_value());
  ASSERT_EQ(CheckPlan(task, *outcome.plan), absl::OkStatus());
  const auto broken = [&](const std::function<void(VisitTask&, VisitPlan&)>& harm) {
    VisitTask harmed = task;
    VisitPlan plan = *outcome.plan;
    harm(harmed, plan);
    return std::string(CheckPlan(harmed, plan).message());
  };
  const auto first = [&](VisitPlan& plan, VisitRow::Kind kind) -> VisitRow& {
    return *std::find_if(plan.rows.begin(), plan.rows.end(),
                         [&](const VisitRow& row) { return row.kind == kind; });
  };
  EXPECT_THAT(broken([](VisitTask&, VisitPlan& plan) { plan.rows.pop_back(); }), HasSubstr("missing"));
  EXPECT_THAT(broken([](VisitTask&, VisitPlan& plan) { plan.rows.push_back(plan.rows[3]); }),
              HasSubstr("twice"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.day.start = 560; }),
              HasSubstr("outside of the day"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.changeover = 300; }),
              HasSubstr("used twice"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.walk.assign(4, std::vector<int>(4, 300)); }),
              HasSubstr("time for the way"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) {
                harmed.places[0].free = {{540, 545}};
              }),
              HasSubstr("place is not free"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.guides[1].free.clear(); }),
              HasSubstr("guide is not free"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.places[1].capacity = 41; }),
              HasSubstr("not suit"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.courses[0].equipment = {"water"}; }),
              HasSubstr("not suit"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.places[2].capacity = 30; }),
              HasSubstr("seats"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.classes[1].away.end = 600; }),
              HasSubstr("at school"));
  EXPECT_THAT(broken([](VisitTask& harmed, VisitPlan&) { harmed.guides[0].venue = "venues/b"; }),
              HasSubstr("does not lead it there"));
  EXPECT_THAT(broken([&](VisitTask&, VisitPlan& plan) { first(plan, VisitRow::kCourse).guide.reset(); }),
              HasSubstr("guide is missing"));
  EXPECT_THAT(broken([&](VisitTask&, VisitPlan& plan) { first(plan, VisitRow::kLunch).place = 0; }),
              HasSubstr("eats"));
  EXPECT_THAT(broken([&](VisitTask&, VisitPlan& plan) { first(plan, VisitRow::kArrival).place = 0; }),
              HasSubstr("in a bay"));
  EXPECT_THAT(broken([&](VisitTask&, VisitPlan& plan) { ++first(plan, VisitRow::kCourse).time.end; }),
              HasSubstr("another time"));
  EXPECT_THAT(broken([&](VisitTask&, VisitPlan& plan) {
                first(plan, VisitRow::kArrival).time = {1000, 1010};
              }),
              HasSubstr("comes first"));
  EXPECT_THAT(broken([&](VisitTask& harmed, VisitPlan&) {
                harmed.courses[1].guides = {0, 1};
                harmed.courses[0].guides = {0, 1};
                harmed.changeover = 10;
              }),
              "")
      << "what is allowed besides breaks nothing";
}

TEST(VisitPlanner, TwoHundredRandomSchools) {
  std::minstd_rand random(7);
  int planned = 0, changed = 0;
  for (int school = 0; school < 200; ++school) {
    SCOPED_TRACE(absl::StrCat("school ", school));
    DayShape shape{.classes = 1 + Below(random, 8),
                   .courses = 1 + Below(random, 5),
                   .rooms_each = 1 + Below(random, 2),
                   .minutes = 30 + 5 * Below(random, 6),
                   .lunch_minutes = Below(random, 2) * 30,
                   .bays = Below(random, 3)};
    VisitTask task = DayOf(shape);
    for (domain::VisitPlace& place : task.places) {
      if (Below(random, 5) == 0) place.free = RandomFree(random, task.day);
    }
    for (VisitClass& one : task.classes) {
      one.pupils = 20 + Below(random, 26);
      if (Below(random, 3) == 0) one.away.start += Below(random, 120);
      if (Below(random, 4) == 0) one.courses.erase(one.courses.begin());
    }
    const VisitOutcome outcome = PlanVisitDay(task);
    if (outcome.plan) {
      ++planned;
      ASSERT_EQ(CheckPlan(task, *outcome.plan), absl::OkStatus());
      continue;
    }
    if (!outcome.change) continue;
    ++changed;
    const VisitTask other = Changed(task, *outcome.change);
    const VisitOutcome then = PlanVisitDay(other);
    ASSERT_TRUE(then.plan.has_value()) << "a change that was named is enough: " << outcome.change->kind;
    ASSERT_EQ(CheckPlan(other, *then.plan), absl::OkStatus());
  }
  EXPECT_GT(planned, 120);
  EXPECT_GT(changed, 5);
}

TEST(VisitPlanner, TinyDaysHaveAPlanExactlyWhenThereIsOne) {
  std::minstd_rand random(11);
  int with = 0, without = 0;
  for (int day = 0; day < 80; ++day) {
    SCOPED_TRACE(absl::StrCat("day ", day));
    const VisitTask task = TinyDay(random);
    const VisitOutcome outcome = PlanVisitDay(task);
    const bool there_is = Everything(task).HasPlan();
    ASSERT_EQ(outcome.plan.has_value(), there_is);
    (there_is ? with : without) += 1;
    if (outcome.plan) {
      ASSERT_EQ(CheckPlan(task, *outcome.plan), absl::OkStatus());
      continue;
    }
    EXPECT_TRUE(outcome.none);
    const VisitChange lightest = ChangesOf(task).front();
    if (!outcome.change || outcome.change->kind != lightest.kind) {
      EXPECT_FALSE(Everything(Changed(task, lightest)).HasPlan()) << "lighter, and it would do";
    }
  }
  EXPECT_GT(with, 15);
  EXPECT_GT(without, 15);
}

VisitChange ChangeFor(const VisitTask& task) {
  const VisitOutcome outcome = PlanVisitDay(task);
  EXPECT_FALSE(outcome.plan.has_value());
  EXPECT_TRUE(outcome.change.has_value());
  return outcome.change.value_or(VisitChange());
}

TEST(VisitPlanner, TheSmallestChangeIsNamed) {
  VisitTask task = DayOf({.classes = 6, .courses = 6, .minutes = 40, .day = {540, 540 + 280}});
  VisitChange change = ChangeFor(task);
  EXPECT_EQ(change.kind, VisitChange::kLaterDeparture);
  EXPECT_EQ(change.amount, 15);

  task = DayOf({.classes = 2, .courses = 1});
  task.courses[0].guides.clear();
  change = ChangeFor(task);
  EXPECT_EQ(change.kind, VisitChange::kOneMoreGuide);

  task = DayOf({.classes = 2, .courses = 2});
  task.classes[1].pupils = 80;
  for (size_t course = 0; course < 2; ++course) task.places[course].capacity = 60;
  task.classes[1].adults = 4;
  task.places[0].equipment = task.places[1].equipment = {"water"};
  change = ChangeFor(task);
  EXPECT_EQ(change.kind, VisitChange::kSplitClass);
  EXPECT_EQ(change.who, 1U);

  task = DayOf({.classes = 2, .courses = 1});
  task.courses[0].equipment = {"telescope"};
  EXPECT_EQ(ChangeFor(task).kind, VisitChange::kOneMoreRoom);

  task = DayOf({.classes = 1, .courses = 4, .minutes = 108, .lunch_minutes = 45});
  task.classes[0].away = {541, 1019};
  EXPECT_EQ(ChangeFor(task).kind, VisitChange::kShorterLunch);

  task = DayOf({.classes = 3, .courses = 2, .rooms_each = 2, .minutes = 200});
  task.classes[2].away = {540, 800};
  change = ChangeFor(task);
  EXPECT_EQ(change.kind, VisitChange::kOneCourseLess);
  EXPECT_EQ(change.who, 2U);
}

}  // namespace
}  // namespace kepu::event
