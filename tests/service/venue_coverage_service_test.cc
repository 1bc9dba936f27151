// Coverage over its handlers: held against a copy of the registers that is read again in time, and honest
// when identity does not answer.
#include "kepu/venue/v1/coverage.pb.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VenueCoverageServiceTest : public VenueServiceTest {
 protected:
  VenueCoverageServiceTest() {
    identity_.AddDistrict("jiangbei", identity::v1::District::MU);
    identity_.AddDistrict("wanzhou", identity::v1::District::NE);
    identity_.AddDistrict("yunyang", identity::v1::District::NE);
    for (int i = 0; i < 5; ++i) identity_.AddCommunity(absl::StrCat("c", i), "wanzhou", i >= 3);
    // Nothing was read yet; what the seed asked for is forgotten.
    Restart();
    identity_.calls.clear();
  }
  absl::StatusOr<v1::GetCoverageResponse> Get(const std::string& district = "") {
    v1::GetCoverageRequest request;
    request.set_district(district);
    return Call<v1::GetCoverageResponse>("CoverageService", "GetCoverage", request, kNobody, last_position_);
  }
  v1::Indicator Indicator(const std::string& code) {
    const auto response = Get();
    EXPECT_TRUE(response.ok()) << response.status();
    for (const auto& indicator : response->indicators())
      if (indicator.code() == code) return indicator;
    return {};
  }
  absl::StatusOr<v1::ListUncoveredResponse> List(const v1::ListUncoveredRequest& request) {
    return Call<v1::ListUncoveredResponse>("CoverageService", "ListUncovered", request, kNobody,
                                           last_position_);
  }
  std::vector<std::string> Uncovered(const std::string& indicator, const std::string& district = "") {
    v1::ListUncoveredRequest request;
    request.set_indicator(indicator);
    request.set_district(district);
    request.set_page_size(2);
    std::vector<std::string> ids;
    for (int pages = 0; pages < 10; ++pages) {
      const auto response = List(request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      EXPECT_LE(response->uncovered_size(), 2);
      for (const auto& entry : response->uncovered())
        ids.emplace_back(entry.name().substr(entry.name().find('/') + 1));
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return ids;
  }
  void Make(const std::string& id, v1::Venue::Kind kind, const std::string& community) {
    v1::CreateVenueRequest request = MakeVenue(id, id);
    request.mutable_venue()->set_district("districts/wanzhou");
    request.mutable_venue()->set_kind(kind);
    request.mutable_venue()->set_community("communities/" + community);
    const auto made = Change<v1::Venue>("CreateVenue", request, kCity);
    ASSERT_TRUE(made.ok()) << made.status();
  }
};

TEST_F(VenueCoverageServiceTest, CountedAgainstTheRegisters) {
  identity_.inquiry_schools = 7;
  Make("room", v1::Venue::COMMUNITY_ROOM, "c0");
  Make("gallery", v1::Venue::GALLERY, "c0");
  Make("station", v1::Venue::SERVICE_STATION, "c3");
  const auto coverage = Get();
  ASSERT_TRUE(coverage.ok()) << coverage.status();
  EXPECT_FALSE(coverage->registers_stale());
  EXPECT_GE(ToTime(coverage->registers_as_of()), T("2026-03-02", 8));
  EXPECT_LE(ToTime(coverage->registers_as_of()), ToTime(coverage->as_of()));
  EXPECT_EQ(coverage->rows_size(), 1 + 2 + 3) << "city, regions, districts";
  EXPECT_EQ(coverage->rows(0).venues(), 4);
  EXPECT_EQ(Indicator("comm_cover").value().count(), 1);
  EXPECT_EQ(Indicator("comm_cover").value().total(), 3) << "all pages were read";
  EXPECT_TRUE(Indicator("village_cover").partial());
  EXPECT_EQ(Indicator("village_cover").value().count(), 0);
  EXPECT_EQ(Indicator("inquiry_schools").value().count(), 7);
  EXPECT_EQ(Get("districts/wanzhou")->rows_size(), 2);
  EXPECT_EQ(Get("wanzhou").status().code(), absl::StatusCode::kInvalidArgument);

  EXPECT_THAT(Uncovered("comm_cover"), ElementsAre("c1", "c2"));
  EXPECT_THAT(Uncovered("estation_cover"), ElementsAre("c0", "c1", "c2", "c3", "c4"));
  EXPECT_THAT(Uncovered("district_venue_cover"), ElementsAre("wanzhou", "yunyang"));
  EXPECT_THAT(Uncovered("estation_cover", "districts/jiangbei"), IsEmpty());
  v1::ListUncoveredRequest request;
  request.set_indicator("village_cover");
  const auto villages = List(request);
  EXPECT_EQ(villages->total_size(), 2);
  EXPECT_EQ(villages->uncovered(0).missing_size(), 1) << "the board is missing";
  EXPECT_EQ(villages->uncovered(1).missing_size(), 2);
  request.set_indicator("comm_rooms");
  EXPECT_EQ(List(request).status().code(), absl::StatusCode::kInvalidArgument) << "a count has no gaps";
  request.set_indicator("comm_cover");
  request.set_district("x");
  EXPECT_EQ(List(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(VenueCoverageServiceTest, ReadAgainAfterAMinute) {
  ASSERT_TRUE(Get().ok());
  ASSERT_TRUE(Get().ok());
  EXPECT_EQ(identity_.calls["ListDistricts"], 2) << "two pages, once";
  identity_.AddCommunity("new", "wanzhou", false);
  EXPECT_EQ(Indicator("comm_cover").value().total(), 3);
  executor_.RunFor(absl::Seconds(61));
  EXPECT_EQ(Indicator("comm_cover").value().total(), 4);
  EXPECT_EQ(identity_.calls["ListDistricts"], 4);
}

TEST_F(VenueCoverageServiceTest, CommunitiesCountFromTheirDayToTheirEnd) {
  identity_.AddCommunity("later", "wanzhou", false);
  *identity_.communities.back().mutable_established_date() = ToDate(D("2026-03-03"));
  identity_.AddCommunity("gone", "wanzhou", false);
  *identity_.communities.back().mutable_retire_date() = ToDate(D("2026-03-02"));
  EXPECT_EQ(Indicator("comm_cover").value().total(), 3);
  for (const char* there : {"today", "before"}) identity_.AddCommunity(there, "wanzhou", false);
  *identity_.communities.back().mutable_established_date() = ToDate(D("2026-03-01"));
  *std::prev(identity_.communities.end(), 2)->mutable_established_date() = ToDate(D("2026-03-02"));
  executor_.RunFor(absl::Seconds(61));
  EXPECT_EQ(Indicator("comm_cover").value().total(), 5);
}

TEST_F(VenueCoverageServiceTest, WithoutIdentityWhatIsKnownIsSaid) {
  identity_.reachable = false;
  const auto coverage = Get();
  ASSERT_TRUE(coverage.ok()) << coverage.status();
  EXPECT_TRUE(coverage->registers_stale());
  EXPECT_FALSE(coverage->has_registers_as_of());
  EXPECT_TRUE(Indicator("comm_cover").value().unavailable());
  EXPECT_FALSE(Indicator("comm_cover").met());
  EXPECT_FALSE(Indicator("comm_rooms").value().unavailable()) << "needs no register";
  v1::ListUncoveredRequest request;
  request.set_indicator("comm_cover");
  EXPECT_EQ(Reason(List(request).status()), "SERVICE_DOWN");
  EXPECT_EQ(identity_.calls["ListDistricts"], 1) << "it is not asked again at once";

  identity_.reachable = true;
  executor_.RunFor(absl::Seconds(6));
  EXPECT_EQ(Indicator("comm_cover").value().total(), 3);
  identity_.reachable = false;
  executor_.RunFor(absl::Seconds(61));
  EXPECT_TRUE(Get()->registers_stale());
  EXPECT_EQ(Indicator("comm_cover").value().total(), 3) << "the copy serves on, and says how old it is";
  EXPECT_TRUE(List(request)->registers_stale());
}

}  // namespace
}  // namespace kepu::venue
