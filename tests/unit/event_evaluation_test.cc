// Who came as a session counts it, what is said of it afterwards, and the record of a large event.
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/event/domain/attendance.h"
#include "services/event/domain/evaluation.h"
#include "services/event/domain/feedback.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kUntilTheDoor = absl::Hours(240);

v1::Party People(int adults, int pupils = 0, int others = 0) {
  v1::Party party;
  party.set_adults(adults);
  party.set_pupils(pupils);
  party.set_others(others);
  return party;
}

absl::Status Arrive(Sitting& sitting, const std::string& id, const v1::Party& came) {
  Arrival arrival;
  arrival.id = id;
  arrival.party = came;
  arrival.at = sitting.now;
  return sitting.Run([&](const Session& s) { return DecideArrival(s, arrival, sitting.rules, sitting.now); });
}

KindCount CameOf(const Sitting& sitting, v1::Booking::Kind kind) {
  for (const record::AttendedTally& tally : sitting.session.head().attended())
    if (tally.kind() == kind) return {tally.bookings(), HeadsOf(tally)};
  return {};
}

TEST(Attendance, CountsWhoCameNotWhoBooked) {
  Sitting sitting({Pool("hall", 100)});
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 2)), absl::OkStatus());
  PartyCommand school = Party("s", 30, v1::Booking::SCHOOL);
  school.party.set_adults(2);
  school.school = "schools/x";
  ASSERT_EQ(sitting.Book(school), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().attended_size(), 0) << "booked is not attended";
  sitting.Pass(kUntilTheDoor);
  ASSERT_EQ(Arrive(sitting, "a", People(1, 2)), absl::OkStatus());
  ASSERT_EQ(Arrive(sitting, "s", People(2, 28)), absl::OkStatus());
  ASSERT_EQ(Arrive(sitting, "s", People(2, 20)), absl::OkStatus()) << "scanned twice";
  PartyCommand walk_in = Party("w", 0);
  walk_in.party = People(1, 0, 3);
  walk_in.by_staff = true;
  ASSERT_EQ(sitting.Run([&](const Session& s) {
    return DecideWalkIn(s, walk_in, sitting.now, sitting.rules, sitting.now);
  }),
            absl::OkStatus());
  EXPECT_EQ(CameOf(sitting, v1::Booking::FAMILY).heads, (Heads3{2, 2, 3}));
  EXPECT_EQ(CameOf(sitting, v1::Booking::FAMILY).bookings, 2);
  EXPECT_EQ(CameOf(sitting, v1::Booking::SCHOOL).heads, (Heads3{2, 28, 0}));
  const record::Fact& last = sitting.log.back();
  EXPECT_EQ(last.booking_checked_in().attended().kind(), v1::Booking::FAMILY);
  sitting.CheckWhole();
}

TEST(Attendance, AMiscountIsFound) {
  Sitting sitting({Pool("hall", 100)});
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  sitting.Pass(kUntilTheDoor);
  ASSERT_EQ(Arrive(sitting, "a", People(4)), absl::OkStatus());
  ASSERT_EQ(CheckInvariants(sitting.session), absl::OkStatus());
  const record::SessionHead before = sitting.session.head();
  record::AttendedTally* tally = sitting.session.mutable_head().mutable_attended(0);
  tally->set_adults(3);
  tally->set_others(1);
  EXPECT_THAT(CheckInvariants(sitting.session).message(), HasSubstr("of the kind"));
  tally->set_others(0);
  EXPECT_THAT(CheckInvariants(sitting.session).message(), HasSubstr("who came"));
  sitting.session.mutable_head() = before;
  sitting.session.mutable_head().mutable_attended(0)->set_bookings(2);
  EXPECT_THAT(CheckInvariants(sitting.session).message(), HasSubstr("bookings that came"));
}

TEST(Attendance, AnOlderFactFoldsAsItDid) {
  Sitting sitting({Pool("hall", 100)});
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  sitting.Pass(kUntilTheDoor);
  record::Fact fact;
  fact.mutable_booking_checked_in()->set_id("a");
  fact.mutable_booking_checked_in()->add_taken(4);
  fact.mutable_booking_checked_in()->set_heads(4);
  ASSERT_EQ(Apply(sitting.session, fact), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().attended_size(), 0);
  EXPECT_EQ(sitting.session.head().arrived(), 4);
  EXPECT_EQ(CheckInvariants(sitting.session), absl::OkStatus());
}

TEST(Attendance, EverybodyIsOfOneGroup) {
  struct Row {
    std::vector<int> groups;
    v1::TargetGroup rest;
  };
  for (const Row& row : std::vector<Row>{
           {{}, v1::TARGET_GROUP_UNSPECIFIED},
           {{v1::TARGET_GROUP_MINORS}, v1::TARGET_GROUP_UNSPECIFIED},
           {{v1::TARGET_GROUP_FARMERS}, v1::TARGET_GROUP_FARMERS},
           {{v1::TARGET_GROUP_MINORS, v1::TARGET_GROUP_RESIDENTS}, v1::TARGET_GROUP_RESIDENTS},
           {{v1::TARGET_GROUP_FARMERS, v1::TARGET_GROUP_OFFICIALS}, v1::TARGET_GROUP_UNSPECIFIED}}) {
    const google::protobuf::RepeatedField<int> groups(row.groups.begin(), row.groups.end());
    EXPECT_EQ(GroupOf(groups), row.rest);
    int all = 0;
    for (int group = 0; group < v1::TargetGroup_ARRAYSIZE; ++group)
      all += OfGroup({3, 5, 7}, GroupOf(groups), static_cast<v1::TargetGroup>(group)).All();
    EXPECT_EQ(all, 15);
  }
}

// Parties of all kinds that come as they like, against counts by hand.
TEST(Attendance, RandomDoorsCountLikeAModel) {
  for (uint32_t seed = 1; seed <= 30; ++seed) {
    std::mt19937 random(seed);
    Sitting sitting({Pool("hall", 60)});
    std::vector<std::string> ids;
    for (int i = 0; i < 30; ++i) {
      const auto kind = static_cast<v1::Booking::Kind>(random() % 3 + 1);
      PartyCommand party = Party(absl::StrCat("p", i), static_cast<int>(random() % 4 + 1), kind);
      if (sitting.Book(party).ok()) ids.push_back(party.id);
      if (random() % 5 == 0 && !ids.empty()) sitting.Cancel(ids[random() % ids.size()]).IgnoreError();
    }
    sitting.Pass(kUntilTheDoor);
    KindCounts model{};
    std::set<std::string> came;
    for (int i = 0; i < 60; ++i) {
      const std::string id = ids[random() % ids.size()];
      const v1::Party party = People(static_cast<int>(random() % 4 + 1), static_cast<int>(random() % 3),
                                     static_cast<int>(random() % 2));
      const bool first = sitting.StateOf(id) != v1::Booking::CHECKED_IN;
      if (!Arrive(sitting, id, party).ok() || !first) continue;
      KindCount& kind = model.at(static_cast<size_t>((*FindBooking(sitting.session, id))->kind()));
      ++kind.bookings;
      kind.heads += HeadsOf(party);
    }
    for (size_t kind = 1; kind < model.size(); ++kind) {
      const KindCount counted = CameOf(sitting, static_cast<v1::Booking::Kind>(kind));
      EXPECT_EQ(counted.bookings, model.at(kind).bookings) << "seed " << seed;
      EXPECT_EQ(counted.heads, model.at(kind).heads) << "seed " << seed;
    }
    sitting.CheckWhole();
  }
}

// The feedback of a session as the engine would keep it.
class FeedbackTest : public ::testing::Test {
 protected:
  FeedbackTest() {
    feedback_.set_complete(true);
    head_.set_id("s");
    head_.set_event("e");
    head_.set_end_us(absl::ToUnixMicros(kStart));
    booking_.set_state(v1::Booking::CHECKED_IN);
    booking_.set_kind(v1::Booking::FAMILY);
  }
  static FeedbackCommand Says(const std::string& booking, int content, int again = 0) {
    FeedbackCommand command;
    command.booking = booking;
    command.ratings.set_content(content);
    command.ratings.set_come_again(again);
    command.by = "users/a";
    return command;
  }
  absl::Status Take(const absl::StatusOr<Facts>& facts) {
    if (!facts.ok()) return facts.status();
    for (const record::Fact& fact : *facts) {
      EXPECT_EQ(Apply(feedback_, fact), absl::OkStatus());
      ApplyHead(folded_, fact);
    }
    EXPECT_EQ(folded_.SerializeAsString(), feedback_.head().SerializeAsString());
    EXPECT_EQ(CheckInvariants(feedback_), absl::OkStatus());
    return absl::OkStatus();
  }
  absl::Status Give(const FeedbackCommand& command, absl::Time now = kStart) {
    return Take(DecideGiveFeedback(feedback_, head_, booking_, command, rules_, now));
  }
  absl::Status Change(const FeedbackCommand& command, absl::Time now = kStart) {
    return Take(DecideChangeFeedback(feedback_, head_, command, rules_, now));
  }

  Feedback feedback_;
  record::FeedbackHead folded_;
  record::SessionHead head_;
  record::BookingRecord booking_;
  Rules rules_;
};

TEST_F(FeedbackTest, OnlyWhoCameSaysSomethingOnce) {
  booking_.set_state(v1::Booking::CONFIRMED);
  EXPECT_EQ(Reason(Give(Says("a", 5))), "NOT_ATTENDED");
  booking_.set_state(v1::Booking::NO_SHOW);
  EXPECT_EQ(Reason(Give(Says("a", 5))), "NOT_ATTENDED");
  booking_.set_state(v1::Booking::CHECKED_IN);
  EXPECT_EQ(Reason(Give(Says("a", 5), kStart + rules_.feedback_within)), "FEEDBACK_CLOSED");
  EXPECT_EQ(Give(Says("a", 5), kStart + rules_.feedback_within - absl::Seconds(1)), absl::OkStatus());
  EXPECT_EQ(Give(Says("a", 4)).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(feedback_.head().tally().given(), 1);
  EXPECT_EQ(CheckFeedback(v1::Ratings(), "").code(), absl::StatusCode::kInvalidArgument);
  std::string remark;
  for (size_t i = 0; i < kMaxRemarkCharacters; ++i) remark += "好";
  EXPECT_EQ(CheckFeedback(Says("a", 1).ratings, remark), absl::OkStatus());
  EXPECT_EQ(CheckFeedback(Says("a", 1).ratings, remark + "。").code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FeedbackTest, ItCanBeChangedForAFortnight) {
  EXPECT_EQ(Change(Says("a", 1)).code(), absl::StatusCode::kNotFound);
  ASSERT_EQ(Give(Says("a", 5, 4)), absl::OkStatus());
  ASSERT_EQ(Change(Says("a", 2), kStart + rules_.feedback_changeable - absl::Seconds(1)), absl::OkStatus());
  EXPECT_EQ(feedback_.head().tally().sums(0), 2);
  EXPECT_EQ(feedback_.head().tally().answers(3), 0) << "no answer any more";
  const uint64_t revision = feedback_.head().revision();
  EXPECT_EQ(Change(Says("a", 2)), absl::OkStatus());
  EXPECT_EQ(feedback_.head().revision(), revision) << "it stands so already";
  EXPECT_EQ(Reason(Change(Says("a", 3), kStart + rules_.feedback_changeable)), "FEEDBACK_FINAL");
}

TEST_F(FeedbackTest, MeansAreToldFromFiveAnswersOn) {
  for (int i = 0; i < 4; ++i) ASSERT_EQ(Give(Says(absl::StrCat("b", i), 5)), absl::OkStatus());
  v1::FeedbackSummary summary = SummaryOf("x", feedback_.head().tally());
  EXPECT_EQ(summary.given(), 4);
  EXPECT_EQ(summary.questions(0).answers(), 4);
  EXPECT_EQ(summary.questions(0).mean(), 0);
  ASSERT_EQ(Give(Says("b4", 1)), absl::OkStatus());
  summary = SummaryOf("x", feedback_.head().tally());
  EXPECT_DOUBLE_EQ(summary.questions(0).mean(), 4.2);
  EXPECT_EQ(summary.questions(3).question(), "come_again");
  EXPECT_EQ(summary.questions(3).answers(), 0);
}

TEST_F(FeedbackTest, RandomAnswersSumUpLikeAModel) {
  std::mt19937 random(7);
  std::map<std::string, v1::Ratings> model;
  for (int i = 0; i < 2000; ++i) {
    const FeedbackCommand says = Says(absl::StrCat("b", random() % 200), static_cast<int>(random() % 5 + 1),
                                      static_cast<int>(random() % 6));
    const bool known = model.contains(says.booking);
    ASSERT_EQ(known ? Change(says) : Give(says), absl::OkStatus());
    model[says.booking] = says.ratings;
  }
  int content = 0, again = 0, answered = 0;
  for (const auto& [booking, ratings] : model) {
    content += ratings.content();
    again += ratings.come_again();
    answered += ratings.come_again() > 0 ? 1 : 0;
  }
  const record::FeedbackTally& tally = feedback_.head().tally();
  EXPECT_EQ(tally.given(), static_cast<int>(model.size()));
  EXPECT_EQ(tally.sums(0), content);
  EXPECT_EQ(tally.sums(3), again);
  EXPECT_EQ(tally.answers(3), answered);
}

v1::Evaluation Record() {
  v1::Evaluation evaluation;
  evaluation.set_name("evaluations/e");
  evaluation.set_event("events/e");
  evaluation.mutable_summary()->set_zh("顺利");
  evaluation.mutable_problems()->set_zh("无");
  evaluation.mutable_lessons()->set_zh("增加讲解员");
  return evaluation;
}

TEST(Evaluation, IsFiledWhenTheEventIsOverWithAllThatItNeeds) {
  v1::Evaluation::Counted counted;
  counted.mutable_attendance()->set_person_visits(12);
  v1::Evaluation evaluation = Record();
  ASSERT_EQ(MakeEvaluation(evaluation), absl::OkStatus());
  EXPECT_EQ(evaluation.state(), v1::Evaluation::DRAFT);
  EventEnd end;
  EXPECT_EQ(Reason(FileEvaluation(evaluation, end, counted, "users/s", kStart)), "EVENT_NOT_OVER");
  end.end = kStart;
  end.sessions_held = 1;
  EXPECT_EQ(Reason(FileEvaluation(evaluation, end, counted, "users/s", kStart - absl::Seconds(1))),
            "EVENT_NOT_OVER");
  v1::Evaluation bare = evaluation;
  bare.clear_problems();
  bare.clear_lessons();
  const absl::Status missing = FileEvaluation(bare, end, counted, "users/s", kStart);
  EXPECT_EQ(Reason(missing), "EVALUATION_INCOMPLETE");
  EXPECT_EQ(refusal::ParamOf(missing, "missing"), "problems, lessons");
  ASSERT_EQ(FileEvaluation(evaluation, end, counted, "users/s", kStart), absl::OkStatus());
  EXPECT_EQ(evaluation.counted().attendance().person_visits(), 12);
  EXPECT_EQ(evaluation.filed_by(), "users/s");
  EXPECT_GT(evaluation.end_date().day(), 0);
  evaluation.clear_summary();
  EXPECT_EQ(Reason(CheckUpdatedEvaluation(evaluation)), "EVALUATION_INCOMPLETE")
      << "what is filed stays whole";
}

TEST(Evaluation, WhatIsDeclaredSaysWhereItComesFrom) {
  v1::Evaluation evaluation = Record();
  evaluation.mutable_declared()->set_visits(3000);
  EXPECT_THAT(MakeEvaluation(evaluation).message(), HasSubstr("evaluation.declared.basis"));
  evaluation.mutable_declared()->mutable_basis()->set_zh("现场估计");
  EXPECT_EQ(MakeEvaluation(evaluation), absl::OkStatus());
  evaluation.add_reports()->mutable_title()->set_zh("报道");
  evaluation.mutable_reports(0)->set_url("http://x");
  EXPECT_THAT(MakeEvaluation(evaluation).message(), HasSubstr("evaluation.reports[0].url"));
}

TEST(Evaluation, OnlyLargeEventsThatWereHeldAwaitOne) {
  const Rules rules;
  v1::Event event;
  event.set_name("events/e");
  event.set_state(v1::Event::PUBLISHED);
  event.set_large(true);
  EventEnd end;
  end.end = kStart;
  end.sessions_held = 1;
  const auto awaited = AwaitsEvaluation(event, end, rules, kStart);
  ASSERT_TRUE(awaited.has_value());
  EXPECT_EQ(awaited->due, kStart + rules.evaluation_within);
  EXPECT_EQ(Reason(CheckEvaluated(event, end)), "EVALUATION_NEEDED");
  EXPECT_FALSE(AwaitsEvaluation(event, end, rules, kStart - absl::Seconds(1)).has_value());
  EventEnd called_off = end;
  called_off.sessions_held = 0;
  EXPECT_FALSE(AwaitsEvaluation(event, called_off, rules, kStart).has_value());
  EXPECT_EQ(CheckEvaluated(event, called_off), absl::OkStatus());
  event.mutable_evaluate_time()->set_seconds(1);
  EXPECT_FALSE(AwaitsEvaluation(event, end, rules, kStart).has_value());
  EXPECT_EQ(CheckEvaluated(event, end), absl::OkStatus());
  event.clear_evaluate_time();
  event.set_large(false);
  EXPECT_FALSE(AwaitsEvaluation(event, end, rules, kStart).has_value());
}

}  // namespace
}  // namespace kepu::event::domain
