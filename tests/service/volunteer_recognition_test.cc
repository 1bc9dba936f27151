// Rule sets, stars, points, benefits and honours over the service.
#include "tests/service/volunteer_recognition.h"

namespace kepu::volunteer::recognition_test {
namespace {

class RecognitionTest : public RecognitionFixture {
 protected:
  absl::StatusOr<v1::RecognitionRules> End(const std::string& name, absl::CivilDay day) {
    auto request = desk.Named<v1::EndRecognitionRulesRequest>(name);
    domain::SetDate(day, request.mutable_last_day());
    return Ask<v1::RecognitionRules>("RecognitionService", "EndRecognitionRules", request, Admin());
  }
  size_t Rules(v1::RecognitionRules::Kind kind = v1::RecognitionRules::KIND_UNSPECIFIED) {
    v1::ListRecognitionRulesRequest request;
    request.set_kind(kind);
    auto list =
        Ask<v1::ListRecognitionRulesResponse>("RecognitionService", "ListRecognitionRules", request, {});
    return list.ok() ? static_cast<size_t>(list->rules_size()) : 999;
  }
  absl::StatusOr<v1::Honour> Give(const std::string& recipient, const std::string& office = "venues/cqstm",
                                  const rpc::Principal& caller = Staff()) {
    auto request = New<v1::GiveHonourRequest>();
    request.mutable_honour()->set_recipient(recipient);
    request.mutable_honour()->set_office(office);
    request.mutable_honour()->mutable_title()->set_zh("优秀科普志愿者");
    request.mutable_honour()->mutable_regulation()->mutable_title()->set_zh("表彰办法");
    domain::SetDate(Today(), request.mutable_honour()->mutable_day());
    return Ask<v1::Honour>("HonourService", "GiveHonour", request, caller);
  }
  absl::StatusOr<v1::Honour> GetHonour(const std::string& name, const rpc::Principal& caller) {
    v1::GetHonourRequest request;
    request.set_name(name);
    return Ask<v1::Honour>("HonourService", "GetHonour", request, caller);
  }
  absl::StatusOr<v1::ListHonoursResponse> Honours(const std::string& recipient,
                                                  const rpc::Principal& caller) {
    v1::ListHonoursRequest request;
    request.set_recipient(recipient);
    return Ask<v1::ListHonoursResponse>("HonourService", "ListHonours", request, caller);
  }
};

TEST_F(RecognitionTest, RulesAreMadeOnceForADayAndEndedForTheTimeToCome) {
  const auto request = StarRules({100, 300});
  const auto made = Put(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(Put(request)->name(), made->name()) << "a repeat";
  EXPECT_EQ(Reason(Put(StarRules({50}, 10)).status()), "RULES_OVERLAP");
  EXPECT_EQ(Put(StarRules({50}, -1)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Put(StarRules({300, 100}, 400)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(Put(StarRules({50}), Staff()).status()), "PERMISSION_DENIED");
  EXPECT_EQ(Rules(), 1u);
  const auto ended = End(made->name(), Today() + 9);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(Put(StarRules({50}, 10)).ok()) << "the days are free";
  EXPECT_EQ(End(made->name(), Today() - 1).status().code(), absl::StatusCode::kInvalidArgument);
  desk.Restart();
  EXPECT_EQ(Rules(), 2u);
  EXPECT_EQ(Rules(v1::RecognitionRules::POINTS), 0u);
  EXPECT_EQ(Reason(Put(StarRules({50}, 10)).status()), "RULES_OVERLAP") << "also after a restart";
  desk.Advance(absl::Hours(24) * 11);
  EXPECT_EQ(Reason(End(made->name(), Today()).status()), "RULES_ENDED");
  v1::GetRecognitionRulesRequest get;
  get.set_name(made->name());
  EXPECT_EQ(Ask<v1::RecognitionRules>("RecognitionService", "GetRecognitionRules", get, {})->last_day().day(),
            ended->last_day().day());
}

TEST_F(RecognitionTest, AStarHoldsAfterItsPublicNotice) {
  const auto rules = Put(StarRules({4, 8}));
  ASSERT_TRUE(rules.ok()) << rules.status();
  const std::string li = desk.Register("li").name();
  EXPECT_EQ(Recognition(li, User("li"))->minutes_to_next(), 240);
  Serve("li");
  auto mine = Recognition("volunteers/me", User("li"));
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_EQ(mine->star(), 0);
  ASSERT_EQ(mine->stars_size(), 1);
  EXPECT_EQ(mine->stars(0).rules(), rules->name());
  EXPECT_EQ(mine->stars(0).effective().day(), 24) << "Monday the 16th and five working days";
  EXPECT_EQ(mine->total_minutes(), 240);
  ASSERT_EQ(Notices().size(), 1u);
  EXPECT_EQ(Notices()[0].volunteer(), li);
  EXPECT_EQ(Notices()[0].display().size(), 8u);
  EXPECT_TRUE(Notices("districts/other").empty());
  desk.Restart();
  EXPECT_EQ(Notices("districts/yuzhong").size(), 1u);
  desk.Advance(absl::Hours(24) * 8);
  EXPECT_EQ(Recognition(li, User("li"))->star(), 1);
  EXPECT_TRUE(Notices().empty());
  // Nobody else sees it but coordinators, and it looks like nothing.
  EXPECT_EQ(Recognition(li, User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Recognition(li, Staff()).ok());
}

TEST_F(RecognitionTest, RulesThatBeginGiveStarsForHoursThatAreThere) {
  desk.Register("li");
  Serve("li");
  EXPECT_EQ(Recognition("volunteers/me", User("li"))->stars_size(), 0);
  ASSERT_TRUE(Put(StarRules({4}, 2)).ok());
  Settle();
  EXPECT_EQ(Recognition("volunteers/me", User("li"))->stars_size(), 0) << "not yet in force";
  desk.Advance(absl::Hours(24) * 2);
  desk.executor.RunFor(absl::Minutes(2));
  EXPECT_EQ(Recognition("volunteers/me", User("li"))->stars_size(), 1);
  // Rules that end take nothing back.
  v1::ListRecognitionRulesRequest list;
  const auto all =
      Ask<v1::ListRecognitionRulesResponse>("RecognitionService", "ListRecognitionRules", list, {});
  ASSERT_TRUE(End(all->rules(0).name(), Today()).ok());
  desk.Advance(absl::Hours(24) * 30);
  EXPECT_EQ(Recognition("volunteers/me", User("li"))->star(), 1);
}

TEST_F(RecognitionTest, PointsAndBenefitsFollowTheRules) {
  auto points = StarRules({});
  points.mutable_rules()->set_kind(v1::RecognitionRules::POINTS);
  points.mutable_rules()->clear_stars();
  points.mutable_rules()->mutable_points()->set_per_hour(3);
  ASSERT_TRUE(Put(points).ok());
  auto benefits = StarRules({});
  benefits.mutable_rules()->set_kind(v1::RecognitionRules::BENEFITS);
  benefits.mutable_rules()->clear_stars();
  benefits.mutable_rules()->mutable_benefits()->add_benefits()->mutable_title()->set_zh("免费参观");
  benefits.mutable_rules()->mutable_benefits()->add_benefits()->set_star(1);
  EXPECT_EQ(Put(benefits).status().code(), absl::StatusCode::kInvalidArgument) << "a benefit without a title";
  benefits.set_request_id(desk.NextRequestId());
  benefits.mutable_rules()->mutable_benefits()->mutable_benefits(1)->mutable_title()->set_zh("专场");
  ASSERT_TRUE(Put(benefits).ok());
  desk.Register("li");
  Serve("li");
  const auto mine = Recognition("volunteers/me", User("li"));
  EXPECT_EQ(mine->points(), 12);
  ASSERT_EQ(mine->benefits_size(), 1);
  EXPECT_EQ(mine->benefits(0).title().zh(), "免费参观");
}

TEST_F(RecognitionTest, HonoursStandInTheRecord) {
  const std::string li = desk.Register("li").name();
  const auto given = Give(li);
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(Give("volunteers/nobody").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(Give(li, "venues/other").ok()) << "another office's";
  EXPECT_EQ(Recognition(li, User("li"))->honours_size(), 1);
  EXPECT_TRUE(GetHonour(given->name(), User("li")).ok());
  EXPECT_TRUE(GetHonour(given->name(), Staff()).ok());
  for (const rpc::Principal& other : {User("wang"), rpc::Principal()}) {
    EXPECT_EQ(GetHonour(given->name(), other).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Honours(li, other).status().code(), absl::StatusCode::kNotFound);
  }
  EXPECT_EQ(Honours("volunteers/me", User("li"))->honours_size(), 1);
  // Of teams everybody knows.
  ASSERT_TRUE(Give("teams/t1").ok());
  EXPECT_EQ(Honours("teams/t1", {})->honours_size(), 1);
  auto revoke = desk.Named<v1::RevokeHonourRequest>(given->name());
  revoke.mutable_reason()->set_zh("材料不实");
  EXPECT_EQ(Ask<v1::Honour>("HonourService", "RevokeHonour", revoke, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(Ask<v1::Honour>("HonourService", "RevokeHonour", revoke, Staff()).ok());
  revoke.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(Ask<v1::Honour>("HonourService", "RevokeHonour", revoke, Staff()).status()),
            "HONOUR_REVOKED");
  desk.Restart();
  EXPECT_TRUE(Recognition(li, User("li"))->honours(0).revoked());
}

TEST_F(RecognitionTest, AnAwardGivesItsRegulation) {
  auto award = New<v1::CreateAwardRequest>();
  award.set_award_id("kepu-prize");
  award.mutable_award()->mutable_title()->set_zh("重庆市科学技术普及工作奖");
  EXPECT_EQ(Ask<v1::Award>("HonourService", "CreateAward", award, Admin()).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "without a regulation";
  award.set_request_id(desk.NextRequestId());
  award.mutable_award()->mutable_regulation()->mutable_title()->set_zh("奖励办法");
  ASSERT_TRUE(Ask<v1::Award>("HonourService", "CreateAward", award, Admin()).ok());
  auto give = New<v1::GiveHonourRequest>();
  v1::Honour& honour = *give.mutable_honour();
  honour.set_recipient("organizations/school");
  honour.set_office("city");
  honour.mutable_title()->set_zh("一等奖");
  honour.set_award("awards/none");
  domain::SetDate(Today(), honour.mutable_day());
  EXPECT_EQ(Ask<v1::Honour>("HonourService", "GiveHonour", give, Admin()).status().code(),
            absl::StatusCode::kNotFound);
  honour.set_award("awards/kepu-prize");
  give.set_request_id(desk.NextRequestId());
  EXPECT_TRUE(Ask<v1::Honour>("HonourService", "GiveHonour", give, Admin()).ok());
  v1::ListAwardsRequest list;
  EXPECT_EQ(Ask<v1::ListAwardsResponse>("HonourService", "ListAwards", list, {})->awards_size(), 1);
  v1::GetAwardRequest get;
  get.set_name("awards/kepu-prize");
  EXPECT_TRUE(Ask<v1::Award>("HonourService", "GetAward", get, {}).ok());
}

}  // namespace
}  // namespace kepu::volunteer::recognition_test
