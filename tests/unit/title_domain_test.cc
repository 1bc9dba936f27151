// The decisions about titles: entering them, every step and what it demands, their end, and what falls due.
#include "services/venue/domain/title_rules.h"
#include "tests/unit/title_fixture.h"

namespace kepu::venue {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Title;

TEST_F(Titles, EntriesAreChecked) {
  for (const bool apply : {true, false}) {
    EXPECT_FALSE(BadInput([](Title&) {}, apply));
    EXPECT_TRUE(BadInput([](Title& title) { title.set_holder("communities/x"); }, apply));
    EXPECT_TRUE(BadInput([](Title& title) { title.set_holder("museum"); }, apply));
    EXPECT_TRUE(BadInput([](Title& title) { title.clear_category(); }, apply));
    EXPECT_TRUE(
        BadInput([](Title& title) { title.set_category(v1::BASE_CATEGORY_CULTURAL_FACILITY); }, apply));
    EXPECT_TRUE(BadInput([](Title& title) { title.clear_district(); }, apply));
    EXPECT_TRUE(BadInput(
        [](Title& title) {
          title.set_kind(Title::DEMONSTRATION_PROJECT);
          title.clear_display_name();
        },
        apply));
    EXPECT_TRUE(BadInput(
        [](Title& title) {
          title.set_kind(Title::DEMONSTRATION_COMMUNITY);
          title.set_holder("communities/x");
          title.set_town("jiangbei");
        },
        apply));
    EXPECT_TRUE(BadInput(
        [](Title& title) {
          title.add_criteria()->set_code("staff");
          title.add_criteria()->set_code("staff");
        },
        apply));
  }
  EXPECT_TRUE(BadInput([](Title& title) { title.set_year(2025); })) << "a past round";
  EXPECT_TRUE(BadInput([](Title& title) { title.set_year(2028); }));
  EXPECT_FALSE(BadInput([](Title& title) { title.set_year(2025); }, false)) << "history is registered";

  EXPECT_TRUE(BadInput([](Title& title) { *title.mutable_name_date() = ToDate(D("2026-03-03")); }, false));
  EXPECT_TRUE(BadInput([](Title& title) { title.mutable_name_date()->set_year(2020); }, false));
  EXPECT_TRUE(BadInput(
      [](Title& title) {
        *title.mutable_name_date() = ToDate(D("2020-03-03"));
        *title.mutable_expire_date() = ToDate(D("2020-03-03"));
      },
      false));
}

TEST_F(Titles, ABaseTakesTheCategoryOfItsVenueAndOthersHaveNone) {
  Title title = Make(v1::TITLE_LEVEL_DISTRICT);
  title.clear_category();
  ASSERT_TRUE(Apply("a", title, v1::BASE_CATEGORY_SCENIC).ok());
  EXPECT_EQ(Get("a").category(), v1::BASE_CATEGORY_SCENIC);
  EXPECT_EQ(Get("a").year(), 2026);
  ASSERT_TRUE(Apply("b", Make(v1::TITLE_LEVEL_DISTRICT, Title::TALENT_TRAINING_BASE)).ok());
  EXPECT_EQ(Get("b").category(), v1::BASE_CATEGORY_UNSPECIFIED);
}

TEST_F(Titles, TheWholeWayToTheName) {
  Title title = Make(v1::TITLE_LEVEL_DISTRICT, Title::EXPERT_WORKSTATION);
  title.add_criteria()->set_code("staff");
  title.mutable_criteria(0)->set_result(Title::Criterion::PASSED);
  *title.mutable_name_date() = ToDate(D("2020-01-01"));
  ASSERT_TRUE(Apply("a", title).ok());
  EXPECT_EQ(Get("a").criteria(0).result(), Title::Criterion::RESULT_UNSPECIFIED) << "not the applicant's";
  EXPECT_FALSE(Get("a").has_name_date());
  EXPECT_EQ(Reason(Review("a", false)), "TITLE_STATE");
  EXPECT_EQ(Reason(Publicize("a")), "TITLE_STATE");
  EXPECT_EQ(Reason(Name("a")), "TITLE_STATE");
  EXPECT_EQ(Reason(Revoke("a")), "TITLE_STATE");
  EXPECT_EQ(Reason(Confirm("a")), "TITLE_STATE");
  EXPECT_EQ(Object("a", "o").code(), absl::StatusCode::kNotFound) << "applications are nobody's business";
  ASSERT_TRUE(Recommend("a").ok());
  EXPECT_EQ(Reason(Recommend("a")), "TITLE_STATE");
  v1::ReviewTitleRequest review;
  review.set_passed(true);
  const absl::Status open = Step("a", review, DecideReview, Office::kDistrict);
  EXPECT_EQ(Reason(open), "TITLE_CRITERIA_OPEN");
  EXPECT_EQ(Param(open, "criteria"), "staff");
  review.add_findings()->set_code("other");
  EXPECT_EQ(Step("a", review, DecideReview, Office::kDistrict).code(), absl::StatusCode::kInvalidArgument);
  review.mutable_findings(0)->set_code("staff");
  EXPECT_EQ(Reason(Step("a", review, DecideReview, Office::kDistrict)), "TITLE_CRITERIA_OPEN");
  review.mutable_findings(0)->set_passed(true);
  *review.add_findings() = review.findings(0);
  EXPECT_EQ(Step("a", review, DecideReview, Office::kDistrict).code(), absl::StatusCode::kInvalidArgument);
  review.mutable_findings()->RemoveLast();
  ASSERT_TRUE(Step("a", review, DecideReview, Office::kDistrict).ok());
  EXPECT_EQ(Get("a").criteria(0).result(), Title::Criterion::PASSED);
  EXPECT_EQ(Publicize("a", "2026-03-01").code(), absl::StatusCode::kInvalidArgument) << "past";
  EXPECT_EQ(Publicize("a", "2026-03-03", "2026-03-08").code(), absl::StatusCode::kInvalidArgument) << "six";
  EXPECT_EQ(Publicize("a", "2026-03-03", "2026-08-08").code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Publicize("a", "2026-03-03", "2026-03-09", Office::kDistrict).ok());
  EXPECT_EQ(Reason(Object("a", "o")), "TITLE_NOT_IN_NOTICE") << "it begins tomorrow";
  now_ = T("2026-03-09", 23);
  const absl::Status early = Name("a", Office::kDistrict);
  EXPECT_EQ(Reason(early), "TITLE_NOTICE_RUNS");
  EXPECT_EQ(Param(early, "until"), "2026-03-09");
  now_ = T("2026-03-10");
  v1::NameTitleRequest name;
  *name.mutable_name_date() = ToDate(D("2026-03-09"));
  EXPECT_EQ(Step("a", name, DecideName, Office::kDistrict).code(), absl::StatusCode::kInvalidArgument);
  *name.mutable_name_date() = ToDate(D("2026-03-11"));
  EXPECT_EQ(Step("a", name, DecideName, Office::kDistrict).code(), absl::StatusCode::kInvalidArgument);
  name.clear_name_date();
  *name.mutable_expire_date() = ToDate(D("2026-03-10"));
  EXPECT_EQ(Step("a", name, DecideName, Office::kDistrict).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Name("a", Office::kDistrict).ok());
  EXPECT_EQ(Get("a").state(), Title::NAMED);
  EXPECT_FALSE(Get("a").has_expire_date());
  EXPECT_THAT(Get("a").steps(), SizeIs(5));
  EXPECT_EQ(Reason(Withdraw("a")), "TITLE_STATE");
  EXPECT_EQ(Reason(Decline("a")), "TITLE_STATE");
}

TEST_F(Titles, LevelByLevel) {
  const absl::Status early = Apply("m", Make(v1::TITLE_LEVEL_MUNICIPAL));
  EXPECT_EQ(Reason(early), "TITLE_NEEDS_LOWER");
  EXPECT_EQ(Param(early, "level"), "DISTRICT");
  ASSERT_TRUE(Apply("d", Make(v1::TITLE_LEVEL_DISTRICT)).ok());
  EXPECT_EQ(Reason(Apply("m", Make(v1::TITLE_LEVEL_MUNICIPAL))), "TITLE_NEEDS_LOWER") << "not in force yet";
  ASSERT_TRUE(Decline("d").ok());
  ASSERT_TRUE(Register("d2", Make(v1::TITLE_LEVEL_DISTRICT), Office::kDistrict).ok());
  EXPECT_TRUE(Apply("m", Make(v1::TITLE_LEVEL_MUNICIPAL)).ok());
  EXPECT_EQ(Reason(Apply("n", Make(v1::TITLE_LEVEL_NATIONAL))), "TITLE_NEEDS_LOWER");
  EXPECT_TRUE(Apply("p", Make(v1::TITLE_LEVEL_MUNICIPAL, Title::EXPERT_WORKSTATION)).ok())
      << "only bases climb";
  ASSERT_TRUE(Withdraw("m").ok());
  ASSERT_TRUE(Register("m2", Make(v1::TITLE_LEVEL_MUNICIPAL)).ok());
  ASSERT_TRUE(Apply("n", Make(v1::TITLE_LEVEL_NATIONAL)).ok());
  EXPECT_THAT(desk_.state().head().live(), SizeIs(4)) << "three levels at once, and the workstation";
}

TEST_F(Titles, OneOfAKindAndLevel) {
  ASSERT_TRUE(Apply("a", Make(v1::TITLE_LEVEL_DISTRICT)).ok());
  const absl::Status second = Apply("b", Make(v1::TITLE_LEVEL_DISTRICT));
  EXPECT_EQ(Reason(second), "TITLE_LIVE");
  EXPECT_EQ(Param(second, "name"), "titles/a");
  EXPECT_EQ(Reason(Register("b", Make(v1::TITLE_LEVEL_DISTRICT))), "TITLE_LIVE");
  ASSERT_TRUE(Withdraw("a").ok());
  EXPECT_TRUE(Apply("b", Make(v1::TITLE_LEVEL_DISTRICT)).ok());
  EXPECT_EQ(Reason(Apply("c", Make(v1::TITLE_LEVEL_MUNICIPAL, Title::COMMENDATION))),
            "COMMENDATION_IS_REGISTERED");
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(Register(absl::StrCat("w", i), Make(v1::TITLE_LEVEL_MUNICIPAL, Title::COMMENDATION)).ok())
        << "as many as it gets";
}

TEST_F(Titles, AHolderHasOnlySoManyThatEnd) {
  Title commendation = Make(v1::TITLE_LEVEL_DISTRICT, Title::COMMENDATION);
  EXPECT_TRUE(Register("for-ever", commendation).ok());
  *commendation.mutable_expire_date() = ToDate(D("2030-01-01"));
  for (int i = 0; i < kMaxLiveTitles; ++i)
    ASSERT_TRUE(Register(absl::StrCat("c", i), commendation).ok()) << i;
  EXPECT_EQ(Reason(Register("one-more", commendation)), "TOO_MANY_TITLES");
  EXPECT_EQ(Reason(Apply("base", Make(v1::TITLE_LEVEL_DISTRICT))), "TOO_MANY_TITLES");
  EXPECT_EQ(Reason(desk_.Do([&](const TitlesState& state) {
              TitleEdit ending;
              ending.for_office = true;
              ending.office = Office::kCity;
              ending.edit = [](Title base) {
                *base.mutable_expire_date() = ToDate(D("2030-01-01"));
                return base;
              };
              return DecideEdit(state, "for-ever", ending, now_);
            })),
            "TOO_MANY_TITLES");
  EXPECT_TRUE(Register("for-ever-too", Make(v1::TITLE_LEVEL_DISTRICT, Title::COMMENDATION)).ok());
}

TEST_F(Titles, AboveTheDistrictItTakesTheCity) {
  EXPECT_EQ(Register("m", Make(v1::TITLE_LEVEL_MUNICIPAL), Office::kDistrict).code(),
            absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Register("d", Make(v1::TITLE_LEVEL_DISTRICT), Office::kDistrict).ok());
  ASSERT_TRUE(Apply("m", Make(v1::TITLE_LEVEL_MUNICIPAL)).ok());
  ASSERT_TRUE(Recommend("m").ok());
  EXPECT_EQ(Review("m", true, Office::kDistrict).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Decline("m", Office::kDistrict).code(), absl::StatusCode::kPermissionDenied)
      << "it has recommended it";
  ASSERT_TRUE(Review("m", true).ok());
  EXPECT_EQ(Publicize("m", "", "", Office::kDistrict).code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Publicize("m").ok());
  now_ = T("2026-03-09");
  EXPECT_EQ(Name("m", Office::kDistrict).code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Name("m").ok());
  EXPECT_EQ(Revoke("m", Office::kDistrict).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(Revoke("d", Office::kDistrict).ok());
}

TEST_F(Titles, ObjectionsHoldUpTheName) {
  Publicized("a", Make(v1::TITLE_LEVEL_DISTRICT));
  ASSERT_TRUE(Object("a", "o1").ok());
  EXPECT_EQ(Reason(Object("a", "o1")), "OBJECTION_MADE") << "one each";
  ASSERT_TRUE(Object("a", "o2").ok());
  for (int i = 3; i <= kMaxObjections; ++i) ASSERT_TRUE(Object("a", absl::StrCat("o", i)).ok());
  EXPECT_EQ(Reason(Object("a", "one-more")), "TOO_MANY_OBJECTIONS");
  now_ = T("2026-03-09");
  EXPECT_EQ(Reason(Object("a", "late")), "TITLE_NOT_IN_NOTICE");
  const absl::Status open = Name("a");
  EXPECT_EQ(Reason(open), "TITLE_OBJECTED");
  EXPECT_EQ(Param(open, "open"), "100");
  EXPECT_EQ(Resolve("a", "nobody", false).code(), absl::StatusCode::kNotFound);
  for (int i = 1; i <= kMaxObjections; ++i) ASSERT_TRUE(Resolve("a", absl::StrCat("o", i), i == 7).ok());
  EXPECT_EQ(Reason(Resolve("a", "o1", false)), "OBJECTION_RESOLVED");
  EXPECT_EQ(Param(Name("a"), "upheld"), "1");
  EXPECT_EQ((*FindObjection(desk_.state(), "a", "o7"))->objection().state(), v1::TitleObjection::UPHELD);
  ASSERT_TRUE(Decline("a").ok());
  EXPECT_EQ(Reason(Resolve("a", "o7", false)), "TITLE_STATE");
}

TEST_F(Titles, AFailedNationalOneSitsOutARound) {
  ASSERT_TRUE(Register("d", Make(v1::TITLE_LEVEL_DISTRICT)).ok());
  ASSERT_TRUE(Register("m", Make(v1::TITLE_LEVEL_MUNICIPAL)).ok());
  ASSERT_TRUE(Apply("n1", Make(v1::TITLE_LEVEL_NATIONAL)).ok());
  ASSERT_TRUE(Decline("n1").ok());
  ASSERT_TRUE(Apply("n2", Make(v1::TITLE_LEVEL_NATIONAL)).ok()) << "not recommended is not failed";
  ASSERT_TRUE(Recommend("n2").ok());
  ASSERT_TRUE(Review("n2", false).ok());
  now_ = T("2027-03-02");
  const absl::Status barred = Apply("n3", Make(v1::TITLE_LEVEL_NATIONAL));
  EXPECT_EQ(Reason(barred), "TITLE_ROUND_BARRED");
  EXPECT_EQ(Param(barred, "next_year"), "2028");
  Title next = Make(v1::TITLE_LEVEL_NATIONAL);
  next.set_year(2028);
  ASSERT_TRUE(Apply("n3", next).ok());
  ASSERT_TRUE(Withdraw("n3").ok());
  ASSERT_TRUE(Register("n4", Make(v1::TITLE_LEVEL_NATIONAL)).ok());
  EXPECT_EQ(Get("n4").expire_date().year(), 2032) << "named for five years";
  ASSERT_TRUE(Revoke("n4").ok());
  EXPECT_EQ(Reason(Apply("n5", next)), "TITLE_ROUND_BARRED") << "lost in 2027";
}

TEST_F(Titles, WhatFallsDue) {
  Title title = Make(v1::TITLE_LEVEL_DISTRICT);
  *title.mutable_name_date() = ToDate(D("2025-06-01"));
  *title.mutable_expire_date() = ToDate(D("2026-06-01"));
  ASSERT_TRUE(Register("d", title).ok());
  ASSERT_TRUE(Register("p", Make(v1::TITLE_LEVEL_DISTRICT, Title::TALENT_TRAINING_BASE)).ok());
  EXPECT_EQ(NextDue(desk_.state()), T("2026-06-01"));
  ASSERT_TRUE(Rectify("d", "2026-04-30").ok());
  ASSERT_TRUE(Rectify("p", "2026-05-30").ok());
  EXPECT_EQ(NextDue(desk_.state()), T("2026-05-01")) << "the last day is still good";
  EXPECT_TRUE(IsInForceOn(Get("d"), D("2026-05-31")));
  EXPECT_FALSE(IsInForceOn(Get("d"), D("2026-06-01")));
  EXPECT_FALSE(IsInForceOn(Get("d"), D("2025-05-31")));
  now_ = T("2026-05-01");
  EXPECT_EQ(desk_.RunDue(now_), 1);
  EXPECT_EQ(Get("d").state(), Title::RECTIFICATION_OVERDUE);
  EXPECT_TRUE(IsInForce(Get("d").state()));
  now_ = T("2026-06-03", 5);
  EXPECT_EQ(desk_.RunDue(now_), 2) << "one expires, the other is overdue";
  EXPECT_EQ(Get("d").state(), Title::EXPIRED);
  EXPECT_EQ(Get("d").end_date().day(), 1) << "the day that was set, however late";
  ASSERT_TRUE(Confirm("p").ok());
  EXPECT_EQ(Get("p").state(), Title::NAMED);
  EXPECT_FALSE(Get("p").has_rectify_by_date());
  EXPECT_EQ(NextDue(desk_.state()), absl::InfiniteFuture());
  ASSERT_TRUE(Revoke("p").ok());
  EXPECT_FALSE(IsInForceOn(Get("p"), D("2026-06-03")));
  EXPECT_TRUE(IsInForceOn(Get("p"), D("2026-06-02")));
  EXPECT_EQ(LossDay(Get("p"), now_), D("2026-06-03"));
  EXPECT_THAT(desk_.state().head().live(), IsEmpty());
}

TEST_F(Titles, TheWorkMovesWithTheHolder) {
  ASSERT_TRUE(Register("d", Make(v1::TITLE_LEVEL_DISTRICT)).ok());
  v1::MoveTitleRequest request;
  request.set_district("districts/liangjiang");
  const auto move = [&](const std::string& id) {
    return desk_.Do([&](const TitlesState& state) { return DecideMove(state, id, request, now_); });
  };
  EXPECT_EQ(Reason(move("d")), "TITLE_FOLLOWS_VENUE");
  TitleDesk venue = std::exchange(desk_, TitleDesk());
  ASSERT_TRUE(Register("c", Make(v1::TITLE_LEVEL_MUNICIPAL, Title::DEMONSTRATION_COMMUNITY)).ok());
  ASSERT_TRUE(move("c").ok());
  EXPECT_EQ(Get("c").district(), "districts/liangjiang");
  request.set_town("towns/yufengshan");
  ASSERT_TRUE(move("c").ok());
  request.set_district("liangjiang");
  EXPECT_EQ(move("c").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(move("absent").code(), absl::StatusCode::kNotFound);
}

TEST_F(Titles, TheChecklistHoldsWhatTheRulesAsk) {
  Title title = Make(v1::TITLE_LEVEL_DISTRICT);
  title.add_criteria()->set_code("two-activities");
  title.mutable_criteria(0)->set_requirement("一次就够");
  title.mutable_criteria(0)->set_evidence("科普日、科技周");
  title.add_criteria()->set_code("own");
  ASSERT_TRUE(Apply("a", title).ok());
  ASSERT_THAT(Get("a").criteria(), SizeIs(3));
  EXPECT_EQ(Get("a").criteria(0).requirement(), "近两年开展科普活动2次以上") << "the rule's words";
  EXPECT_EQ(Get("a").criteria(0).evidence(), "科普日、科技周");
  EXPECT_EQ(Get("a").criteria(2).code(), "full-time-staff") << "not mentioned, and asked all the same";
  const auto count = [](v1::TitleLevel level, v1::BaseCategory category, int year = 2026) {
    return CriteriaOf(Title::SCIENCE_BASE, level, category, year).size();
  };
  EXPECT_EQ(count(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE), 9u);
  EXPECT_EQ(count(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_SCENIC), 9u);
  EXPECT_EQ(count(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_MEDIA), 6u);
  EXPECT_EQ(count(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, 2014), 0u);
  EXPECT_EQ(count(v1::TITLE_LEVEL_NATIONAL, v1::BASE_CATEGORY_VENUE), 0u) << "others ask that";
}

TEST_F(Titles, EditingKeepsTheCourse) {
  ASSERT_TRUE(Apply("a", Make(v1::TITLE_LEVEL_DISTRICT)).ok());
  const auto edit = [&](const std::string& id, bool office, const std::function<void(Title&)>& change,
                        const std::string& etag = "") {
    TitleEdit command{etag,
                      [&](const Title& base) {
                        Title title = base;
                        change(title);
                        return title;
                      },
                      office, Office::kDistrict};
    return desk_.Do([&](const TitlesState& state) { return DecideEdit(state, id, command, now_); });
  };
  ASSERT_TRUE(edit("a", false, [](Title& title) {
                title.set_statement("补充说明");
                title.set_state(Title::NAMED);
                title.set_score(100);
                title.set_level(v1::TITLE_LEVEL_NATIONAL);
                title.mutable_criteria(0)->set_evidence("三人");
                title.mutable_criteria(0)->set_result(Title::Criterion::PASSED);
                title.mutable_criteria()->DeleteSubrange(1, 1);
              }).ok());
  EXPECT_EQ(Get("a").statement(), "补充说明");
  EXPECT_EQ(Get("a").state(), Title::APPLIED);
  EXPECT_EQ(Get("a").level(), v1::TITLE_LEVEL_DISTRICT);
  EXPECT_EQ(Get("a").score(), 0);
  EXPECT_THAT(Get("a").criteria(), SizeIs(2)) << "what the rules ask cannot be dropped";
  EXPECT_EQ(Get("a").criteria(0).result(), Title::Criterion::RESULT_UNSPECIFIED);
  EXPECT_EQ(Get("a").etag(), "2");
  EXPECT_EQ(Reason(edit(
                "a", false, [](Title&) {}, "1")),
            "ETAG_MISMATCH");
  EXPECT_EQ(edit("a", false, [](Title& title) { title.add_criteria()->set_code("Bad"); }).code(),
            absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Recommend("a").ok());
  EXPECT_EQ(Get("a").etag(), "3");
  EXPECT_EQ(Reason(edit("a", false, [](Title&) {})), "TITLE_STATE") << "the district has read it";
  ASSERT_TRUE(Register("w", Make(v1::TITLE_LEVEL_MUNICIPAL, Title::COMMENDATION)).ok());
  EXPECT_EQ(edit("w", true, [](Title&) {}).code(), absl::StatusCode::kPermissionDenied) << "the city's";
  Title held = Make(v1::TITLE_LEVEL_DISTRICT, Title::TALENT_TRAINING_BASE);
  *held.mutable_name_date() = ToDate(D("2025-01-01"));
  ASSERT_TRUE(Register("h", held).ok());
  EXPECT_EQ(
      edit("h", true, [](Title& title) { *title.mutable_expire_date() = ToDate(D("2026-03-02")); }).code(),
      absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(
      edit("h", true, [](Title& title) { *title.mutable_name_date() = ToDate(D("2026-03-03")); }).code(),
      absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(
      edit("h", true, [](Title& title) { *title.mutable_expire_date() = ToDate(D("2026-03-04")); }).ok());
  EXPECT_EQ(NextDue(desk_.state()), T("2026-03-04")) << "the new day counts";
}

}  // namespace
}  // namespace kepu::venue
