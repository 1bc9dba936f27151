// Courses, the rush for their places, marks and what people are qualified for.
#include "services/volunteer/domain/training.h"

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "services/volunteer/domain/eligibility.h"
#include "services/volunteer/domain/qualification.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::training_test {
namespace {

using Participant = v1::TrainingParticipant;

record::TrainingTerms Terms(int capacity = 3) {
  record::TrainingTerms terms;
  terms.set_id("t1");
  terms.set_course("courses/guide");
  terms.set_place("venues/a");
  terms.set_start_us(absl::ToUnixMicros(At(3, 9)));
  terms.set_end_us(absl::ToUnixMicros(At(3, 17)));
  terms.set_capacity(capacity);
  terms.add_audience(v1::DOCENT);
  return terms;
}

v1::Course Guide() {
  v1::Course course;
  course.set_name("courses/guide");
  course.mutable_title()->set_zh("讲解");
  course.set_level(2);
  course.add_audience(v1::DOCENT);
  course.set_validity_months(24);
  return course;
}

class TrainingTest : public ::testing::Test {
 protected:
  TrainingTest() { training_.Do(DecidePutTraining(training_.state, Terms(), kMonday)); }
  absl::Status Join(absl::string_view person, absl::Time now = kMonday, v1::Profession post = v1::DOCENT) {
    auto facts = DecideJoin(training_.state, person, post, now);
    if (facts.ok()) training_.Do(facts);
    return facts.status();
  }
  absl::Status Mark(absl::string_view person, Participant::State state, absl::Time now = At(3, 17)) {
    auto facts = DecideMark(training_.state, Guide(), person, state, now);
    if (facts.ok()) training_.Do(facts);
    return facts.status();
  }
  const record::TrainingHead& head() const { return training_.state.head(); }

  Folded<Training> training_;
};

TEST(CourseTest, WaysBackAreFound) {
  std::map<std::string, v1::Course> all;
  const auto of = [&](const std::string& name) {
    const auto it = all.find(name);
    return it == all.end() ? nullptr : &it->second;
  };
  const auto check = [&](const std::string& id, std::vector<std::string> before) {
    v1::Course course = Guide();
    course.set_name(absl::StrCat("courses/", id));
    for (const std::string& one : before) course.add_prerequisites(one);
    const absl::Status status = CheckCourse(course, of);
    if (status.ok()) all[course.name()] = course;
    return status.ok();
  };
  EXPECT_TRUE(check("a", {}));
  EXPECT_TRUE(check("b", {"courses/a"}));
  EXPECT_TRUE(check("c", {"courses/b", "courses/a"}));
  EXPECT_FALSE(check("a", {"courses/c"})) << "over b";
  EXPECT_FALSE(check("a", {"courses/a"}));
  EXPECT_FALSE(check("d", {"courses/nowhere"}));
  EXPECT_FALSE(check("d", {"c"}));
  EXPECT_TRUE(check("d", {"courses/c"}));
  v1::Course twice = Guide();
  twice.add_audience(v1::DOCENT);
  EXPECT_FALSE(CheckCourse(twice, of).ok());
}

TEST_F(TrainingTest, PlacesGoByTheOrderOfComing) {
  EXPECT_EQ(ReasonOf(Join("p1", kMonday, v1::KEY_TUTOR)), "NOT_FOR_POST");
  EXPECT_TRUE(Join("p1").ok());
  EXPECT_EQ(ReasonOf(Join("p1")), "ALREADY_REGISTERED");
  EXPECT_TRUE(Join("p2").ok());
  EXPECT_TRUE(Join("p3").ok());
  EXPECT_EQ(ReasonOf(Join("p4")), "TRAINING_FULL");
  training_.Do(DecideLeave(training_.state, "p2", kMonday));
  EXPECT_TRUE(DecideLeave(training_.state, "p2", kMonday)->empty()) << "twice is once";
  EXPECT_TRUE(Join("p4").ok());
  EXPECT_EQ(ReasonOf(Join("p2")), "TRAINING_FULL");
  EXPECT_EQ(ReasonOf(Join("p5", At(3, 9))), "TRAINING_STARTED");
  EXPECT_EQ(ReasonOf(DecideLeave(training_.state, "p1", At(3, 9)).status()), "TRAINING_STARTED");
  EXPECT_EQ(DecideLeave(training_.state, "p9", kMonday).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(DecideJoin(Folded<Training>().state, "p1", v1::DOCENT, kMonday).status().code(),
            absl::StatusCode::kNotFound);
  ExpectFoldGives(training_);
}

TEST_F(TrainingTest, StaffChangeItUntilItStarts) {
  EXPECT_TRUE(DecidePutTraining(training_.state, Terms(), kMonday)->empty());
  ASSERT_TRUE(Join("p1").ok() && Join("p2").ok());
  EXPECT_EQ(ParamOf(DecidePutTraining(training_.state, Terms(1), kMonday).status(), "must_leave"), "1");
  training_.Do(DecidePutTraining(training_.state, Terms(2), kMonday));
  EXPECT_EQ(ReasonOf(Join("p3")), "TRAINING_FULL");
  EXPECT_EQ(ReasonOf(DecidePutTraining(training_.state, Terms(9), At(3, 9)).status()), "TRAINING_STARTED");
  const std::function<void(record::TrainingTerms&)> wrong[] = {
      [](auto& t) { t.set_end_us(t.start_us()); },
      [](auto& t) { t.set_end_us(t.start_us() + absl::ToInt64Microseconds(absl::Hours(13))); },
      [](auto& t) { t.set_start_us(absl::ToUnixMicros(kMonday)); },
      [](auto& t) { t.set_start_us(absl::ToUnixMicros(At(400, 9))); }, [](auto& t) { t.set_trainer("li"); }};
  for (const auto& change : wrong) {
    record::TrainingTerms terms = Terms();
    change(terms);
    EXPECT_EQ(DecidePutTraining(training_.state, terms, kMonday).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  training_.Do(DecideCancelTraining(training_.state, "x", kMonday));
  EXPECT_TRUE(DecideCancelTraining(training_.state, "x", kMonday)->empty());
  EXPECT_EQ(ReasonOf(Join("p3")), "TRAINING_CANCELLED");
  EXPECT_EQ(ReasonOf(Mark("p1", Participant::PASSED)), "TRAINING_CANCELLED");
  EXPECT_EQ(ShownState(head(), **FindParticipant(training_.state, "p1")), Participant::SESSION_CANCELLED);
  ExpectFoldGives(training_);
}

TEST_F(TrainingTest, WhoPassedIsQualifiedOnce) {
  ASSERT_TRUE(Join("p1").ok() && Join("p2").ok());
  EXPECT_EQ(ReasonOf(Mark("p1", Participant::PASSED, At(3, 8.9))), "TRAINING_NOT_STARTED");
  EXPECT_EQ(Mark("p1", Participant::LEFT).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Mark("p9", Participant::PASSED).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Mark("p1", Participant::ABSENT).ok());
  EXPECT_TRUE(Mark("p1", Participant::PASSED).ok()) << "was there after all";
  EXPECT_EQ(ReasonOf(Mark("p1", Participant::FAILED)), "ALREADY_PASSED");
  const record::ParticipantRecord& passed = **FindParticipant(training_.state, "p1");
  EXPECT_EQ(passed.award().level(), 2);
  EXPECT_EQ(passed.award().session(), "courses/guide/sessions/t1");
  EXPECT_EQ(passed.award().valid_until_us(), absl::ToUnixMicros(calendar::At(absl::CivilDay(2028, 11, 20))));
  EXPECT_EQ(head().passed(), 1);
  EXPECT_TRUE(Mark("p2", Participant::FAILED).ok());
  EXPECT_TRUE(DecidePostedAward(training_.state, "p2", kMonday)->empty());
  training_.Do(DecidePostedAward(training_.state, "p1", kMonday));
  EXPECT_TRUE(DecidePostedAward(training_.state, "p1", kMonday)->empty());
  ExpectFoldGives(training_);
}

// Many come and go at once: never one place too many, and who is in is who came first.
TEST(TrainingRushTest, AgreesWithAPlainList) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    Folded<Training> training;
    int capacity = 1 + static_cast<int>(random() % 20);
    training.Do(DecidePutTraining(training.state, Terms(capacity), kMonday));
    std::map<std::string, bool> in;
    const auto count = [&] {
      return std::count_if(in.begin(), in.end(), [](auto& one) { return one.second; });
    };
    for (int i = 0; i < 300; ++i) {
      const std::string person = absl::StrCat("p", random() % 40);
      switch (random() % 6) {
        case 0: {
          auto facts = DecideLeave(training.state, person, kMonday);
          EXPECT_EQ(facts.ok(), in.count(person) > 0);
          if (facts.ok()) training.Do(facts), in[person] = false;
          break;
        }
        case 1: {
          const int wanted = 1 + static_cast<int>(random() % 25);
          auto facts = DecidePutTraining(training.state, Terms(wanted), kMonday);
          EXPECT_EQ(facts.ok(), wanted >= count());
          if (facts.ok()) training.Do(facts), capacity = wanted;
          break;
        }
        default: {
          const bool there = in.count(person) > 0 && in[person];
          auto facts = DecideJoin(training.state, person, v1::DOCENT, kMonday);
          EXPECT_EQ(facts.ok(), !there && count() < capacity);
          if (facts.ok()) training.Do(facts), in[person] = true;
        }
      }
      ASSERT_EQ(training.state.head().registered(), count());
      ASSERT_LE(count(), capacity);
    }
    ExpectFoldGives(training);
  }
}

TEST(QualificationTest, IsValidToTheEndOfTheLastDay) {
  using Day = absl::CivilDay;
  const std::tuple<Day, int, Day> rows[] = {
      {Day(2026, 11, 22), 12, Day(2027, 11, 22)}, {Day(2026, 1, 31), 1, Day(2026, 2, 28)},
      {Day(2027, 8, 31), 6, Day(2028, 2, 29)},    {Day(2028, 2, 29), 12, Day(2029, 2, 28)},
      {Day(2026, 12, 1), 1, Day(2027, 1, 1)},     {Day(2026, 10, 31), 240, Day(2046, 10, 31)}};
  for (const auto& [day, months, last] : rows)
    EXPECT_EQ(ValidUntilUs(day, months), absl::ToUnixMicros(calendar::At(last + 1))) << day;
  EXPECT_EQ(ValidUntilUs(absl::CivilDay(2026, 1, 1), 0), 0);
}

class QualifiedTest : public ::testing::Test {
 protected:
  QualifiedTest() { person_.Do(DecideRegister(person_.state, MakeRegister(), rules_, kMonday)); }
  static record::Award AwardOf(const std::string& id, int level, int64_t until_us,
                               const std::string& course = "courses/guide") {
    record::Award award;
    award.set_id(id);
    award.set_course(course);
    award.set_level(level);
    award.set_awarded_us(absl::ToUnixMicros(kMonday));
    award.set_valid_until_us(until_us);
    return award;
  }
  void Give(const record::Award& award, absl::Time now = kMonday) {
    person_.Do(DecideAward(person_.state, award, now));
  }
  const record::Qualification& Only() const {
    EXPECT_EQ(person_.state.head().qualifications_size(), 1);
    return person_.state.head().qualifications(0);
  }

  Rules rules_;
  Folded<Person> person_;
};

TEST_F(QualifiedTest, MustLastUntilTheShiftEnds) {
  v1::Requirements needs;
  needs.add_courses("courses/guide");
  Age age;
  age.adult = true;
  const auto eligible = [&](absl::Time end) {
    return CheckEligible(person_.state.head(), age, needs, end - absl::Hours(4), end, rules_);
  };
  EXPECT_EQ(ReasonOf(eligible(At(3, 14))), "COURSE_NEEDED");
  Give(AwardOf("t1", 1, absl::ToUnixMicros(At(4, 0))));
  EXPECT_TRUE(eligible(At(3, 14)).ok());
  EXPECT_TRUE(eligible(At(4, 0)).ok()) << "ends with the day";
  EXPECT_EQ(ParamOf(eligible(At(4, 0.1)), "course"), "courses/guide");
  Give(AwardOf("t2", 1, 0));
  EXPECT_TRUE(eligible(At(300, 0)).ok()) << "for ever";
  person_.Do(DecideRevoke(person_.state, "courses/guide", "users/c", "sealed", At(1, 0)));
  EXPECT_EQ(ReasonOf(eligible(At(3, 14))), "COURSE_NEEDED");
  EXPECT_EQ(Only().valid_until_us(), absl::ToUnixMicros(At(1, 0)));
}

TEST_F(QualifiedTest, TheSameAwardCountsOnceAndRenewingTakesNothingAway) {
  Give(AwardOf("t1", 2, absl::ToUnixMicros(At(10, 0))));
  EXPECT_TRUE(DecideAward(person_.state, AwardOf("t1", 3, 0), kMonday)->empty());
  Give(AwardOf("t2", 1, absl::ToUnixMicros(At(20, 0))));
  EXPECT_EQ(Only().level(), 2);
  EXPECT_EQ(Only().valid_until_us(), absl::ToUnixMicros(At(20, 0)));
  EXPECT_EQ((*ShownAward(person_.state, "courses/guide"))->id(), "t2");
  Give(AwardOf("t3", 1, absl::ToUnixMicros(At(15, 0))), At(12, 0));
  EXPECT_EQ(Only().level(), 1) << "what was valid until the tenth day is so no more";
  ExpectFoldGives(person_);
}

TEST_F(QualifiedTest, RevokingEndsEverythingOfTheCourseOnce) {
  EXPECT_EQ(DecideRevoke(person_.state, "courses/guide", "users/c", "", kMonday).status().code(),
            absl::StatusCode::kNotFound);
  Give(AwardOf("t1", 1, 0));
  Give(AwardOf("t2", 2, 0));
  Give(AwardOf("t3", 1, 0, "courses/other"));
  person_.Do(DecideRevoke(person_.state, "courses/guide", "users/c", "sealed", At(1, 0)));
  EXPECT_TRUE(person_.state.head().qualifications(0).revoked());
  EXPECT_FALSE(person_.state.head().qualifications(1).revoked());
  EXPECT_TRUE(DecideRevoke(person_.state, "courses/guide", "users/d", "", At(2, 0))->empty());
  EXPECT_EQ((*ShownAward(person_.state, "courses/guide"))->revoked_by(), "users/c");
  Give(AwardOf("t4", 1, 0), At(3, 0));
  EXPECT_FALSE(person_.state.head().qualifications(0).revoked()) << "passed again";
  EXPECT_EQ(person_.state.head().qualifications(0).level(), 1);
  ExpectFoldGives(person_);
}

TEST_F(QualifiedTest, TheHeadStaysSmall) {
  for (int i = 0; i < 60; ++i) {
    const int64_t until = i % 2 == 0 ? 0 : absl::ToUnixMicros(At(1 + i, 0));
    Give(AwardOf(absl::StrCat("t", i), 1 + i % 3, until, absl::StrCat("courses/course-number-", i)));
  }
  EXPECT_EQ(person_.state.head().qualifications_size(), kQualificationsMax);
  // What lasts is kept before what ends, and what is new in any case.
  const auto& kept = person_.state.head().qualifications();
  EXPECT_EQ(std::count_if(kept.begin(), kept.end(), [](auto& one) { return one.valid_until_us() == 0; }),
            kQualificationsMax - 1);
  EXPECT_EQ(kept.rbegin()->course(), "courses/course-number-59");
  EXPECT_LT(person_.state.SerializeHead().size(), 2000u);
  for (int i = 0; i < 50; ++i) Give(AwardOf(absl::StrCat("u", i), 1, 0));
  EXPECT_EQ((*person_.state.Find("q/guide"))->qualification().awards_size(), kAwardsMax);
  ExpectFoldGives(person_);
}

TEST_F(QualifiedTest, RandomAwardsAgreeWithAPlainModel) {
  struct Given {
    int level;
    int64_t until_us;
    bool revoked;
  };
  std::mt19937 random(3);
  std::map<std::string, std::vector<Given>> model;
  constexpr int64_t kEver = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < 60; ++i) {
    const absl::Time now = At(i, 0);
    const std::string course = absl::StrCat("courses/c", random() % 4);
    if (random() % 5 == 0) {
      auto facts = DecideRevoke(person_.state, course, "users/c", "", now);
      EXPECT_EQ(facts.ok(), model.count(course) > 0);
      if (facts.ok()) person_.Do(facts);
      if (facts.ok())
        for (Given& one : model[course]) one.revoked = true;
    } else {
      const int64_t until =
          random() % 6 == 0 ? 0 : absl::ToUnixMicros(now + absl::Hours(24) * (random() % 40));
      const int level = 1 + static_cast<int>(random() % 3);
      Give(AwardOf(absl::StrCat("a", i), level, until, course), now);
      model[course].push_back({level, until == 0 ? kEver : until, false});
    }
    for (const auto& known : person_.state.head().qualifications()) {
      int64_t until = -1;
      for (const Given& one : model[known.course()])
        if (!one.revoked) until = std::max(until, one.until_us);
      EXPECT_EQ(known.revoked(), until < 0);
      const int64_t lasts = known.valid_until_us() == 0 ? kEver : known.valid_until_us();
      EXPECT_TRUE(until < 0 || lasts == until) << known.ShortDebugString();
    }
    EXPECT_EQ(person_.state.head().qualifications_size(), static_cast<int>(model.size()));
  }
  ExpectFoldGives(person_);
}

TEST(PrerequisiteTest, MustLastUntilTheDate) {
  v1::Course course = Guide();
  course.add_prerequisites("courses/basic");
  record::PersonHead person;
  EXPECT_EQ(ParamOf(CheckPrerequisites(course, person, At(3, 17)), "course"), "courses/basic");
  record::Qualification& basic = *person.add_qualifications();
  basic.set_course("courses/basic");
  EXPECT_TRUE(CheckPrerequisites(course, person, At(3, 17)).ok());
  basic.set_valid_until_us(absl::ToUnixMicros(At(3, 0)));
  EXPECT_EQ(ReasonOf(CheckPrerequisites(course, person, At(3, 17))), "PREREQUISITE_NEEDED");
}

}  // namespace
}  // namespace kepu::volunteer::domain::training_test
