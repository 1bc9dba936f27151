// Titles through the handlers: the way to the name, who sees what, what becomes of the venue, and losing one.
#include "tests/service/title_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Title;

TEST_F(TitleServiceTest, FromApplicationToName) {
  const auto applied = ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT));
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string name = applied->name();
  EXPECT_EQ(applied->district(), "districts/jiangbei") << "where the venue lies";
  EXPECT_EQ(Reason(ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT)).status()), "TITLE_LIVE");
  EXPECT_EQ(Reason(ApplyFor(MakeTitle(v1::TITLE_LEVEL_MUNICIPAL)).status()), "TITLE_NEEDS_LOWER");
  EXPECT_EQ(ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT), kOtherStaff).status().code(),
            absl::StatusCode::kPermissionDenied);

  // Nobody else's business yet, and as good as absent.
  const absl::Status hidden = Get(name, kVisitor).status();
  EXPECT_EQ(hidden, refusal::NotFound(name));
  EXPECT_EQ(Get(name, kOtherDistrict).status(), hidden);
  EXPECT_TRUE(Get(name, kAdmin).ok() && Get(name, kDistrict).ok() && Get(name, kCity).ok());
  EXPECT_EQ(Object(name, kVisitor).status(), refusal::NotFound(name));
  EXPECT_THAT(List({}), IsEmpty());
  EXPECT_THAT(List({}, kDistrict), ElementsAre(name));

  EXPECT_EQ(Reason(Review(name, true, kDistrict).status()), "TITLE_STATE");
  const auto recommended = Step<v1::RecommendTitleRequest>("RecommendTitle", name, kDistrict);
  ASSERT_TRUE(recommended.ok()) << recommended.status();
  EXPECT_EQ(recommended->state(), Title::DISTRICT_RECOMMENDED);
  ASSERT_TRUE(Review(name, true, kDistrict).ok());
  ASSERT_TRUE(Step<v1::PublicizeTitleRequest>("PublicizeTitle", name, kDistrict).ok());
  const auto seen = Get(name, kVisitor);
  ASSERT_TRUE(seen.ok()) << "the notice is public";
  EXPECT_EQ(seen->score(), 0) << "the papers are not";
  EXPECT_EQ(Get(name, kAdmin)->score(), 90);
  EXPECT_EQ(Reason(Step<v1::NameTitleRequest>("NameTitle", name, kDistrict).status()), "TITLE_NOTICE_RUNS");
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_UNSPECIFIED) << "not yet";
  Wait(absl::Hours(24 * 7));
  const auto named = Step<v1::NameTitleRequest>("NameTitle", name, kDistrict);
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_EQ(named->state(), Title::NAMED);
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_DISTRICT);
  EXPECT_EQ(Venue()->base_category(), v1::BASE_CATEGORY_VENUE);
}

TEST_F(TitleServiceTest, DeclinedAndWithdrawnApplicationsVanishFromThePublic) {
  const auto first = ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT));
  v1::DeclineTitleRequest decline;
  decline.set_reason("材料不全");
  EXPECT_EQ(Step("DeclineTitle", first->name(), kOtherDistrict, decline).status(),
            refusal::NotFound(first->name()));
  const auto declined = Step("DeclineTitle", first->name(), kDistrict, decline);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->steps(1).comment(), "材料不全");
  const auto second = ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT));
  ASSERT_TRUE(Step<v1::WithdrawTitleRequest>("WithdrawTitle", second->name(), kAdmin).ok());
  EXPECT_EQ(Reason(Step<v1::WithdrawTitleRequest>("WithdrawTitle", second->name(), kAdmin).status()),
            "TITLE_STATE");
  EXPECT_THAT(List({}, kVisitor), IsEmpty());
  EXPECT_THAT(List({}, kAdmin), SizeIs(2));
  v1::ListTitlesRequest page;
  page.set_page_size(1);
  const auto one = Read<v1::ListTitlesResponse>("ListTitles", page, kAdmin);
  page.set_page_token(one->next_page_token());
  const auto two = Read<v1::ListTitlesResponse>("ListTitles", page, kAdmin);
  ASSERT_THAT(two->titles(), SizeIs(1));
  EXPECT_NE(one->titles(0).name(), two->titles(0).name());
  EXPECT_EQ(two->next_page_token(), "");
  EXPECT_EQ(Read<v1::ListTitlesResponse>("ListTitles", page, kCity).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "the page of another caller";
}

TEST_F(TitleServiceTest, ObjectionsInTheNotice) {
  const std::string name = Publicized(MakeTitle(v1::TITLE_LEVEL_DISTRICT), kDistrict);
  const auto objection = Object(name, kVisitor);
  ASSERT_TRUE(objection.ok()) << objection.status();
  EXPECT_EQ(Reason(Object(name, kVisitor).status()), "OBJECTION_MADE");
  EXPECT_TRUE(Object(name, kStaff).ok());
  EXPECT_EQ(Object(name, kNobody).status().code(), absl::StatusCode::kUnauthenticated);
  v1::ListTitleObjectionsRequest list;
  list.set_parent(name);
  list.set_page_size(1);
  const auto first = Read<v1::ListTitleObjectionsResponse>("ListTitleObjections", list, kAdmin);
  ASSERT_TRUE(first.ok()) << first.status();
  list.set_page_token(first->next_page_token());
  const auto second = Read<v1::ListTitleObjectionsResponse>("ListTitleObjections", list, kAdmin);
  EXPECT_EQ(first->objections_size() + second->objections_size(), 2);
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_EQ(Read<v1::ListTitleObjectionsResponse>("ListTitleObjections", list, kVisitor).status().code(),
            absl::StatusCode::kPermissionDenied);
  Wait(absl::Hours(24 * 7));
  EXPECT_EQ(Reason(Object(name, kCity).status()), "TITLE_NOT_IN_NOTICE");
  EXPECT_EQ(Reason(Step<v1::NameTitleRequest>("NameTitle", name, kDistrict).status()), "TITLE_OBJECTED");
  list.clear_page_size();
  list.clear_page_token();
  const auto all = Read<v1::ListTitleObjectionsResponse>("ListTitleObjections", list, kDistrict);
  for (const auto& one : all->objections()) {
    v1::ResolveTitleObjectionRequest resolve;
    resolve.set_name(one.name());
    resolve.set_answer("经核实不成立");
    const auto resolved = Do<v1::TitleObjection>("ResolveTitleObjection", resolve, kDistrict);
    ASSERT_TRUE(resolved.ok()) << resolved.status();
    EXPECT_EQ(resolved->state(), v1::TitleObjection::DISMISSED);
    EXPECT_EQ(Reason(Do<v1::TitleObjection>("ResolveTitleObjection", resolve, kDistrict).status()),
              "OBJECTION_RESOLVED");
  }
  EXPECT_TRUE(Step<v1::NameTitleRequest>("NameTitle", name, kDistrict).ok());
}

TEST_F(TitleServiceTest, ThreeLevelsAtOnceMakeTheVenueWhatTheHighestIs) {
  v1::UpdateVenueRequest update;
  update.mutable_venue()->set_name("venues/cqstm");
  update.mutable_venue()->set_base_level(v1::BASE_LEVEL_MUNICIPAL);
  update.mutable_venue()->set_base_category(v1::BASE_CATEGORY_SCENIC);
  ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", update, kCity).ok());
  const auto in_force = [&](v1::BaseLevel level) {
    v1::ListVenuesRequest list;
    list.set_base_level(level);
    return Ask<v1::ListVenuesResponse>("ListVenues", list)->venues_size();
  };
  EXPECT_EQ(in_force(v1::BASE_LEVEL_MUNICIPAL), 1) << "what was entered, while there is no title";
  const auto district = Register(MakeTitle(v1::TITLE_LEVEL_DISTRICT), kDistrict);
  ASSERT_TRUE(district.ok()) << district.status();
  EXPECT_EQ(in_force(v1::BASE_LEVEL_MUNICIPAL), 0);
  EXPECT_EQ(in_force(v1::BASE_LEVEL_DISTRICT), 1);
  EXPECT_EQ(Register(MakeTitle(v1::TITLE_LEVEL_MUNICIPAL), kDistrict).status().code(),
            absl::StatusCode::kPermissionDenied);
  const auto municipal = Register(MakeTitle(v1::TITLE_LEVEL_MUNICIPAL));
  const auto national = Register(MakeTitle(v1::TITLE_LEVEL_NATIONAL));
  ASSERT_TRUE(municipal.ok() && national.ok());
  EXPECT_EQ(national->expire_date().year(), 2031);
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_NATIONAL);
  EXPECT_EQ(Venue()->base_category(), v1::BASE_CATEGORY_VENUE);
  Restart();
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_NATIONAL) << "whatever is loaded first";
  EXPECT_EQ(in_force(v1::BASE_LEVEL_NATIONAL), 1);
  Wait(absl::Hours(24 * 366 * 5));
  EXPECT_EQ(Get(national->name())->state(), Title::EXPIRED) << "by itself";
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_MUNICIPAL);
  ASSERT_TRUE(Revoke(municipal->name(), kCity).ok());
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_DISTRICT);
  EXPECT_EQ(Revoke(district->name(), kOtherDistrict).status(), refusal::NotFound(district->name()));
  ASSERT_TRUE(Revoke(district->name(), kDistrict).ok());
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_REVOKED);
  EXPECT_EQ(in_force(v1::BASE_LEVEL_REVOKED), 1);
}

TEST_F(TitleServiceTest, WhatLosingItMeets) {
  const auto title = Register(MakeTitle(v1::TITLE_LEVEL_DISTRICT));
  ASSERT_TRUE(Schedule("2026-03-01", "2026-05-20").ok());
  ASSERT_TRUE(Allocate(T("2026-06-10", 10), T("2026-06-10", 12)).ok());
  const auto preview = Revoke(title->name(), kCity, true);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->losses().hit_count(), 2);
  EXPECT_EQ(preview->title().state(), Title::NAMED) << "only looked";
  EXPECT_EQ(Get(title->name())->state(), Title::NAMED);
  const auto revoked = Revoke(title->name(), kCity);
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->losses().hits_size(), 2);
  EXPECT_EQ(revoked->title().state(), Title::REVOKED);
  EXPECT_EQ(Reason(Revoke(title->name(), kCity, true).status()), "TITLE_STATE");
  v1::GetTitleLossesRequest losses;
  losses.set_name(title->name());
  EXPECT_EQ(Read<v1::TitleLosses>("GetTitleLosses", losses, kAdmin)->hit_count(), 2) << "later too";
  EXPECT_EQ(Read<v1::TitleLosses>("GetTitleLosses", losses, kOtherDistrict).status(),
            refusal::NotFound(title->name()));
}

TEST_F(TitleServiceTest, TheWorkFollowsTheDistrict) {
  const auto applied = ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT));
  v1::UpdateVenueRequest move;
  move.mutable_venue()->set_name("venues/cqstm");
  move.mutable_venue()->set_district("districts/yubei");
  move.mutable_update_mask()->add_paths("district");
  ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", move, kCity).ok());
  EXPECT_EQ(Get(applied->name(), kDistrict).status(), refusal::NotFound(applied->name()));
  const auto recommended = Step<v1::RecommendTitleRequest>("RecommendTitle", applied->name(), kOtherDistrict);
  ASSERT_TRUE(recommended.ok()) << recommended.status();
  EXPECT_EQ(recommended->district(), "districts/yubei");
  v1::ListTitlesRequest list;
  list.add_districts("districts/jiangbei");
  EXPECT_THAT(List(list, kCity), IsEmpty());
  list.add_districts("districts/yubei");
  EXPECT_THAT(List(list, kCity), ElementsAre(applied->name()));
  // After a merger the grants hold on both names.
  const rpc::Principal merged{
      "users/liangjiang",
      "",
      {{"district_admin", "districts/liangjiang"}, {"district_admin", "districts/yubei"}}};
  ASSERT_TRUE(Review(applied->name(), true, merged).ok());
  v1::MoveTitleRequest wrong;
  wrong.set_district("districts/liangjiang");
  EXPECT_EQ(Reason(Step("MoveTitle", applied->name(), kCity, wrong).status()), "TITLE_FOLLOWS_VENUE");
}

TEST_F(TitleServiceTest, CommunitiesApplyThroughTheirTown) {
  v1::Title title = MakeTitle(v1::TITLE_LEVEL_MUNICIPAL, Title::DEMONSTRATION_COMMUNITY);
  title.set_town("towns/guanyinqiao");
  EXPECT_EQ(ApplyFor(title, kTown).status().code(), absl::StatusCode::kInvalidArgument) << "no district";
  title.set_district("districts/jiangbei");
  const auto applied = ApplyFor(title, kTown);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_TRUE(Get(applied->name(), kTown).ok());
  EXPECT_EQ(ApplyFor(title, kOtherDistrict).status(), refusal::NotFound("communities/guanyinqiao"));
  ASSERT_TRUE(Step<v1::RecommendTitleRequest>("RecommendTitle", applied->name(), kDistrict).ok());
  v1::MoveTitleRequest move;
  move.set_district("districts/yubei");
  const auto moved = Step("MoveTitle", applied->name(), kCity, move);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(Get(applied->name(), kDistrict).status(), refusal::NotFound(applied->name()));
  EXPECT_TRUE(Get(applied->name(), kOtherDistrict).ok());
  title.set_holder("venues/absent");
  title.set_kind(Title::SCIENCE_BASE);
  EXPECT_EQ(ApplyFor(title, kCity).status(), refusal::NotFound("venues/absent"));
  title.set_holder("museum");
  EXPECT_EQ(ApplyFor(title, kCity).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(TitleServiceTest, CountsAreThoseInForceOnTheDay) {
  v1::Title title = MakeTitle(v1::TITLE_LEVEL_MUNICIPAL);
  *title.mutable_name_date() = ToDate(D("2021-12-01"));
  const auto base = Register(title);
  ASSERT_TRUE(base.ok()) << base.status();
  v1::Title award = MakeTitle(v1::TITLE_LEVEL_MUNICIPAL, Title::COMMENDATION);
  award.set_holder("teams/torch");
  award.set_district("districts/jiangbei");
  ASSERT_TRUE(Register(award).ok());
  ASSERT_TRUE(Register(MakeTitle(v1::TITLE_LEVEL_MUNICIPAL, Title::COMMENDATION)).ok());
  v1::Title community = MakeTitle(v1::TITLE_LEVEL_NATIONAL, Title::DEMONSTRATION_COMMUNITY);
  community.set_district("districts/yubei");
  ASSERT_TRUE(Register(community).ok());
  const auto count = [&](const v1::CountTitlesRequest& request) {
    return Read<v1::CountTitlesResponse>("CountTitles", request)->total();
  };
  v1::CountTitlesRequest request;
  EXPECT_EQ(count(request), 4);
  request.set_kind(Title::COMMENDATION);
  EXPECT_EQ(count(request), 2);
  request.clear_kind();
  request.set_level(v1::TITLE_LEVEL_NATIONAL);
  request.add_districts("districts/yubei");
  EXPECT_EQ(count(request), 1);
  request.Clear();
  *request.mutable_date() = ToDate(D("2021-12-01"));
  EXPECT_EQ(count(request), 1);
  *request.mutable_date() = ToDate(D("2021-11-30"));
  EXPECT_EQ(count(request), 0);
  Wait(absl::Hours(24));
  ASSERT_TRUE(Revoke(base->name(), kCity).ok());
  *request.mutable_date() = ToDate(D("2026-03-02"));
  EXPECT_EQ(count(request), 4) << "it was in force yesterday";
  request.clear_date();
  EXPECT_EQ(count(request), 3);
  request.mutable_date()->set_year(2026);
  EXPECT_EQ(Read<v1::CountTitlesResponse>("CountTitles", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::ListTitlesRequest list;
  list.set_in_force(true);
  EXPECT_THAT(List(list), SizeIs(3));
  list.set_holder("communities/guanyinqiao");
  EXPECT_THAT(List(list), SizeIs(1));
}

TEST_F(TitleServiceTest, TheChecklistIsAskedForAndTheApplicationCorrected) {
  v1::ListTitleCriteriaRequest ask;
  ask.set_kind(Title::SCIENCE_BASE);
  ask.set_level(v1::TITLE_LEVEL_DISTRICT);
  const auto rules = Read<v1::ListTitleCriteriaResponse>("ListTitleCriteria", ask);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_THAT(rules->criteria(), SizeIs(2));
  const auto applied = ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT));
  EXPECT_THAT(applied->criteria(), SizeIs(2));
  v1::UpdateTitleRequest update;
  update.mutable_title()->set_name(applied->name());
  update.mutable_title()->set_etag(applied->etag());
  update.mutable_title()->set_statement("补充材料");
  update.mutable_update_mask()->add_paths("statement");
  EXPECT_EQ(Do<Title>("UpdateTitle", update, kOtherDistrict).status(), refusal::NotFound(applied->name()));
  const auto updated = Do<Title>("UpdateTitle", update, kAdmin);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->statement(), "补充材料");
  EXPECT_EQ(updated->display_name().zh(), "称号") << "not in the mask";
  EXPECT_EQ(Reason(Do<Title>("UpdateTitle", update, kAdmin).status()), "ETAG_MISMATCH");
  ASSERT_TRUE(Step<v1::RecommendTitleRequest>("RecommendTitle", applied->name(), kDistrict).ok());
  update.mutable_title()->clear_etag();
  EXPECT_EQ(Reason(Do<Title>("UpdateTitle", update, kAdmin).status()), "TITLE_STATE");
  update.mutable_update_mask()->set_paths(0, "batch");
  update.mutable_title()->set_batch("第三批");
  EXPECT_EQ(Do<Title>("UpdateTitle", update, kDistrict)->batch(), "第三批");
}

TEST_F(TitleServiceTest, RetiredVenuesGetNoTitles) {
  v1::RetireVenueRequest retire;
  retire.set_name("venues/cqstm");
  *retire.mutable_retire_date() = ToDate(D("2026-03-02"));
  ASSERT_TRUE(Change<v1::RetireVenueResponse>("RetireVenue", retire, kCity).ok());
  EXPECT_EQ(Reason(ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT)).status()), "VENUE_RETIRED");
}

TEST_F(TitleServiceTest, OpenDaysOfAYear) {
  v1::GetOpenDayCountRequest request;
  request.set_name("venues/cqstm");
  const auto ask = [&] {
    return Read<v1::OpenDayCount>("GetOpenDayCount", request, kNobody, "AssessmentService");
  };
  const auto count = ask();
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(count->year(), 2026);
  EXPECT_EQ(count->open_days(), 313);
  EXPECT_TRUE(count->provisional()) << "no notice was loaded";
  request.set_year(1999);
  EXPECT_EQ(ask().status().code(), absl::StatusCode::kInvalidArgument);
  request.set_name("venues/absent");
  EXPECT_EQ(ask().status(), refusal::NotFound("venues/absent"));
}

}  // namespace
}  // namespace kepu::venue
