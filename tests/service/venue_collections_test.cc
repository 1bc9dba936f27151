// Exhibits, their custodies and alliances as callers meet them.
#include "kepu/venue/v1/collections.pb.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class VenueCollections : public VenueServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Read(absl::string_view method, const google::protobuf::Message& request) {
    return Call<Response>("CollectionService", method, request, kNobody, last_position_);
  }
  template <class Response, class Request>
  absl::StatusOr<Response> Do(absl::string_view method, Request request,
                              const rpc::Principal& caller = kStaff) {
    if (request.request_id().empty()) request.set_request_id(absl::StrCat("c-", ++requests_));
    auto answer = Call<Response>("CollectionService", method, request, caller, last_position_);
    if (answer.ok()) last_position_ = kept_->info.position;
    return answer;
  }
  v1::CreateExhibitRequest Robot() {
    v1::CreateExhibitRequest request;
    request.set_exhibit_id("robot");
    request.mutable_exhibit()->mutable_display_name()->set_zh("机器人");
    request.mutable_exhibit()->set_kind(v1::Exhibit::EXHIBIT);
    request.mutable_exhibit()->set_owner("venues/cqstm");
    request.mutable_exhibit()->set_alliance("alliances/west");
    return request;
  }
  v1::CreateCustodyRequest Stay(absl::Time start, absl::Time end) {
    v1::CreateCustodyRequest request;
    request.set_parent("exhibits/robot");
    request.mutable_custody()->set_kind(v1::Custody::ON_SHOW);
    request.mutable_custody()->set_place("venues/cqstm/spaces/hall");
    *request.mutable_custody()->mutable_start_time() = ToTimestamp(start);
    *request.mutable_custody()->mutable_end_time() = ToTimestamp(end);
    return request;
  }
};

TEST_F(VenueCollections, AnExhibitIsMadePlacedAndFound) {
  ASSERT_TRUE(Do<v1::Exhibit>("CreateExhibit", Robot()).ok());
  const auto stay = Do<v1::Custody>("CreateCustody", Stay(T("2026-04-01"), T("2026-05-01")));
  ASSERT_TRUE(stay.ok()) << stay.status();
  EXPECT_EQ(Reason(Do<v1::Custody>("CreateCustody", Stay(T("2026-04-30"), T("2026-05-02"))).status()),
            "EXHIBIT_ELSEWHERE");
  v1::LocateExhibitRequest locate;
  locate.set_name("exhibits/robot");
  EXPECT_FALSE(Read<v1::LocateExhibitResponse>("LocateExhibit", locate)->has_custody()) << "now";
  *locate.mutable_time() = ToTimestamp(T("2026-04-10"));
  EXPECT_EQ(Read<v1::LocateExhibitResponse>("LocateExhibit", locate)->custody().name(), stay->name());
  v1::EndCustodyRequest end;
  end.set_name(stay->name());
  EXPECT_EQ(Do<v1::Custody>("EndCustody", end)->state(), v1::Custody::ENDED);
  EXPECT_FALSE(Read<v1::LocateExhibitResponse>("LocateExhibit", locate)->has_custody());
  v1::ListCustodiesRequest stays;
  stays.set_parent("exhibits/robot");
  EXPECT_THAT(Read<v1::ListCustodiesResponse>("ListCustodies", stays)->custodies(), SizeIs(1));
  Restart();
  EXPECT_THAT(Read<v1::ListCustodiesResponse>("ListCustodies", stays)->custodies(), SizeIs(1));
  v1::ListExhibitsRequest list;
  list.set_owner("venues/cqstm");
  EXPECT_THAT(Read<v1::ListExhibitsResponse>("ListExhibits", list)->exhibits(), SizeIs(1));
  list.set_alliance("alliances/west");
  EXPECT_THAT(Read<v1::ListExhibitsResponse>("ListExhibits", list).status().ToString(),
              HasSubstr("alliance"));
  list.clear_owner();
  EXPECT_THAT(Read<v1::ListExhibitsResponse>("ListExhibits", list)->exhibits(), SizeIs(1));
  v1::UpdateExhibitRequest update;
  update.mutable_exhibit()->set_name("exhibits/robot");
  update.mutable_exhibit()->set_state(v1::Exhibit::RETIRED);
  update.mutable_update_mask()->add_paths("state");
  EXPECT_EQ(Do<v1::Exhibit>("UpdateExhibit", update)->state(), v1::Exhibit::RETIRED);
  v1::GetExhibitRequest get;
  get.set_name("exhibits/robot");
  EXPECT_EQ(Read<v1::Exhibit>("GetExhibit", get)->etag(), "2");
  locate.set_name("exhibits/absent");
  EXPECT_TRUE(absl::IsNotFound(Read<v1::LocateExhibitResponse>("LocateExhibit", locate).status()));
}

TEST_F(VenueCollections, ACheckOfAPlanLooksForWhatItShows) {
  ASSERT_TRUE(Do<v1::Exhibit>("CreateExhibit", Robot()).ok());
  v1::CreateExhibitionRequest draft;
  draft.set_parent("venues/cqstm");
  draft.mutable_exhibition()->mutable_title()->set_zh("机器人");
  draft.mutable_exhibition()->add_spaces("venues/cqstm/spaces/hall");
  draft.mutable_exhibition()->add_exhibits("exhibits/robot");
  draft.mutable_exhibition()->add_exhibits("exhibits/absent");
  *draft.mutable_exhibition()->mutable_first_date() = ToDate(D("2026-04-01"));
  *draft.mutable_exhibition()->mutable_last_date() = ToDate(D("2026-04-30"));
  const auto plan = Change<v1::Exhibition>("CreateExhibition", draft, kStaff);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto reasons = [&] {
    v1::CheckExhibitionRequest check;
    check.set_name(plan->name());
    const auto answer = Ask<v1::CheckExhibitionResponse>("CheckExhibition", check, kStaff);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::vector<std::string> found;
    for (const auto& problem : answer->problems()) found.push_back(problem.reason());
    return found;
  };
  EXPECT_THAT(reasons(), testing::ElementsAre("EXHIBIT_NOT_PLACED", "NOT_FOUND"));
  ASSERT_TRUE(Do<v1::Custody>("CreateCustody", Stay(T("2026-04-01"), T("2026-04-20"))).ok());
  EXPECT_THAT(reasons(), testing::ElementsAre("EXHIBIT_NOT_PLACED", "NOT_FOUND")) << "not for all its days";
  ASSERT_TRUE(Do<v1::Custody>("CreateCustody", Stay(T("2026-04-20"), T("2026-05-01"))).ok());
  EXPECT_THAT(reasons(), testing::ElementsAre("NOT_FOUND"));
}

TEST_F(VenueCollections, OnlyItsOwnersVenuePlacesIt) {
  v1::CreateExhibitRequest foreign = Robot();
  EXPECT_EQ(Do<v1::Exhibit>("CreateExhibit", foreign, kOtherStaff).status().code(),
            absl::StatusCode::kNotFound);
  foreign.mutable_exhibit()->set_owner("venues/absent");
  EXPECT_THAT(Do<v1::Exhibit>("CreateExhibit", foreign, kCity).status().ToString(),
              HasSubstr("exhibit.owner"));
  foreign = Robot();
  foreign.set_exhibit_id("Robot!");
  EXPECT_THAT(Do<v1::Exhibit>("CreateExhibit", foreign).status().ToString(), HasSubstr("exhibit_id"));
  ASSERT_TRUE(Do<v1::Exhibit>("CreateExhibit", Robot()).ok());
  EXPECT_EQ(Do<v1::Custody>("CreateCustody", Stay(T("2026-04-01"), T("2026-05-01")), kOtherStaff).status(),
            refusal::NotFound("exhibits/robot"));
}

TEST_F(VenueCollections, AlliancesOfKnownVenues) {
  ASSERT_TRUE(Change<v1::Venue>("CreateVenue", MakeVenue("other"), kCity).ok());
  v1::CreateAllianceRequest create;
  create.set_alliance_id("west");
  create.mutable_alliance()->mutable_display_name()->set_zh("川渝科普基地联盟");
  create.mutable_alliance()->set_lead("venues/cqstm");
  create.mutable_alliance()->add_members("venues/absent");
  EXPECT_THAT(Do<v1::Alliance>("CreateAlliance", create, kAdmin).status().ToString(),
              HasSubstr("members[0]"));
  create.mutable_alliance()->set_members(0, "venues/other");
  ASSERT_TRUE(Do<v1::Alliance>("CreateAlliance", create, kAdmin).ok());
  v1::GetAllianceRequest get;
  get.set_name("alliances/west");
  EXPECT_THAT(Read<v1::Alliance>("GetAlliance", get)->members(), SizeIs(1));
  EXPECT_THAT(Read<v1::ListAlliancesResponse>("ListAlliances", v1::ListAlliancesRequest())->alliances(),
              SizeIs(1));
  v1::UpdateAllianceRequest update;
  update.mutable_alliance()->set_name("alliances/west");
  update.mutable_alliance()->mutable_display_name()->set_en("West");
  update.mutable_update_mask()->add_paths("display_name.en");
  EXPECT_EQ(Do<v1::Alliance>("UpdateAlliance", update, kAdmin)->display_name().en(), "West");
  EXPECT_EQ(Do<v1::Alliance>("UpdateAlliance", update, kStaff).status().code(),
            absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace kepu::venue
