// Series of uses, a month of a district's spaces, and other halls in place of one that is taken, as callers
// meet them.
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VenueSeriesService : public VenueServiceTest {
 protected:
  v1::CreateSeriesRequest Weekly() {
    v1::CreateSeriesRequest request;
    request.set_parent("venues/cqstm/spaces/hall");
    v1::Series& series = *request.mutable_series();
    series.set_purpose(v1::Allocation::OTHER);
    series.set_holder("少年科学院");
    *series.mutable_recurrence()->mutable_start_date() = ToDate(D("2026-03-03"));
    series.mutable_recurrence()->set_count(4);
    series.mutable_start_time()->set_hours(14);
    series.mutable_end_time()->set_hours(16);
    return request;
  }
  v1::ListOccupancyRequest Month(const std::string& district) {
    v1::ListOccupancyRequest request;
    request.set_district(district);
    *request.mutable_first_date() = ToDate(D("2026-03-01"));
    *request.mutable_last_date() = ToDate(D("2026-03-31"));
    return request;
  }
  absl::StatusOr<v1::ListOccupancyResponse> List(const v1::ListOccupancyRequest& request) {
    return Ask<v1::ListOccupancyResponse>("ListOccupancy", request);
  }
};

TEST_F(VenueSeriesService, IsMadeShownChangedAndCancelled) {
  v1::CreateSeriesRequest request = Weekly();
  request.set_request_id("weekly");
  const auto series = Change<v1::Series>("CreateSeries", request, kStaff);
  ASSERT_TRUE(series.ok()) << series.status();
  EXPECT_THAT(series->occurrences(), SizeIs(4));
  EXPECT_EQ(Change<v1::Series>("CreateSeries", request, kStaff)->name(), series->name()) << "the same again";
  v1::GetSeriesRequest get;
  get.set_name(series->name());
  EXPECT_EQ(Ask<v1::Series>("GetSeries", get)->SerializeAsString(), series->SerializeAsString());
  v1::ListSeriesRequest list;
  list.set_parent("venues/cqstm/spaces/hall");
  EXPECT_THAT(Ask<v1::ListSeriesResponse>("ListSeries", list)->series(), SizeIs(1));
  v1::GetAllocationRequest occurrence;
  occurrence.set_name(series->occurrences(1).allocation());
  EXPECT_EQ(Ask<v1::Allocation>("GetAllocation", occurrence)->series(), series->name());

  v1::UpdateSeriesRequest update;
  update.mutable_series()->set_name(series->name());
  update.mutable_series()->mutable_start_time()->set_hours(9);
  update.mutable_series()->mutable_end_time()->set_hours(11);
  update.mutable_update_mask()->add_paths("start_time");
  update.mutable_update_mask()->add_paths("end_time");
  update.set_scope(v1::Series::FOLLOWING);
  *update.mutable_date() = ToDate(D("2026-03-17"));
  const auto later = Change<v1::Series>("UpdateSeries", update, kStaff);
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->continues(), series->name());
  EXPECT_THAT(later->occurrences(), SizeIs(2));
  EXPECT_THAT(Ask<v1::ListSeriesResponse>("ListSeries", list)->series(), SizeIs(2));
  EXPECT_EQ(Ask<v1::Allocation>("GetAllocation",
                                [&] {
                                  occurrence.set_name(series->occurrences(2).allocation());
                                  return occurrence;
                                }())
                ->state(),
            v1::Allocation::RELEASED);

  v1::CancelSeriesRequest cancel;
  cancel.set_name(later->name());
  cancel.set_scope(v1::Series::ALL);
  EXPECT_THAT(Change<v1::Series>("CancelSeries", cancel, kStaff)->occurrences(), IsEmpty());
  EXPECT_EQ(Reason(Change<v1::Series>("CancelSeries", cancel, kStaff).status()), "SERIES_ENDED");
  Restart();
  EXPECT_THAT(Ask<v1::ListSeriesResponse>("ListSeries", list)->series(), SizeIs(2));
}

TEST_F(VenueSeriesService, BadRequestsNameTheirField) {
  const auto series = Change<v1::Series>("CreateSeries", Weekly(), kStaff);
  v1::UpdateSeriesRequest update;
  update.mutable_series()->set_name(series->name());
  update.set_scope(v1::Series::ALL);
  *update.mutable_new_date() = ToDate(D("2026-03-17"));
  EXPECT_THAT(Change<v1::Series>("UpdateSeries", update, kStaff).status().ToString(), HasSubstr("new_date"));
  update.clear_new_date();
  update.mutable_date()->set_year(2026);
  EXPECT_THAT(Change<v1::Series>("UpdateSeries", update, kStaff).status().ToString(), HasSubstr("date"));
  v1::ListOccupancyRequest month = Month("districts/jiangbei");
  month.set_venue("venues/cqstm");
  EXPECT_THAT(List(month).status().ToString(), HasSubstr("one of the two"));
  month = Month("districts/jiangbei");
  *month.mutable_last_date() = ToDate(D("2026-04-01"));
  EXPECT_THAT(List(month).status().ToString(), HasSubstr("last_date"));
  month = Month("districts/jiangbei");
  month.set_page_size(501);
  EXPECT_THAT(List(month).status().ToString(), HasSubstr("page_size"));
  month.set_page_size(0);
  month.clear_district();
  month.set_venue("venues/absent");
  EXPECT_TRUE(absl::IsNotFound(List(month).status()));
}

TEST_F(VenueSeriesService, AMonthOfADistrictInPages) {
  ASSERT_TRUE(Change<v1::Series>("CreateSeries", Weekly(), kStaff).ok());
  ASSERT_TRUE(Change<v1::Venue>("CreateVenue", MakeVenue("b"), kCity).ok());
  v1::CreateSpaceRequest create;
  create.set_parent("venues/b");
  create.set_space_id("room");
  create.mutable_space()->mutable_display_name()->set_zh("教室");
  create.mutable_space()->set_kind(v1::Space::ROOM);
  create.mutable_space()->set_capacity(30);
  ASSERT_TRUE(Change<v1::Space>("CreateSpace", create, kCity).ok());
  v1::ListOccupancyRequest month = Month("districts/jiangbei");
  const auto all = List(month);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(all->spaces(), SizeIs(3));
  EXPECT_EQ(all->spaces(0).space(), "venues/b/spaces/room");
  EXPECT_EQ(all->spaces(1).space(), "venues/cqstm/spaces/hall");
  ASSERT_THAT(all->spaces(1).taken(), SizeIs(4));
  EXPECT_EQ(ToTime(all->spaces(1).taken(0).start_time()), T("2026-03-03", 14));
  std::vector<std::string> paged;
  month.set_page_size(1);
  do {
    const auto page = List(month);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& space : page->spaces()) paged.push_back(space.space());
    month.set_page_token(page->next_page_token());
  } while (!month.page_token().empty());
  EXPECT_THAT(paged,
              ElementsAre("venues/b/spaces/room", "venues/cqstm/spaces/hall", "venues/cqstm/spaces/dome"));
  month = Month("districts/jiangbei");
  month.set_min_capacity(30);
  EXPECT_THAT(List(month)->spaces(), SizeIs(1));
  month.set_min_capacity(0);
  month.set_kind(v1::Space::HALL);
  EXPECT_THAT(List(month)->spaces(), SizeIs(2));
  EXPECT_THAT(List(Month("districts/absent"))->spaces(), IsEmpty());
}

TEST_F(VenueSeriesService, APageGoesOnWhenTheVenueOfTheLastOneHasLeftTheDistrict) {
  ASSERT_TRUE(Change<v1::Venue>("CreateVenue", MakeVenue("b"), kCity).ok());
  v1::CreateSpaceRequest create;
  create.set_parent("venues/b");
  create.set_space_id("room");
  create.mutable_space()->mutable_display_name()->set_zh("教室");
  create.mutable_space()->set_kind(v1::Space::ROOM);
  ASSERT_TRUE(Change<v1::Space>("CreateSpace", create, kCity).ok());
  v1::ListOccupancyRequest month = Month("districts/jiangbei");
  month.set_page_size(1);
  const auto first = List(month);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->spaces(0).space(), "venues/b/spaces/room");
  v1::UpdateVenueRequest move;
  move.mutable_venue()->set_name("venues/b");
  move.mutable_venue()->set_district("districts/yuzhong");
  move.mutable_update_mask()->add_paths("district");
  ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", move, kCity).ok());
  month.set_page_token(first->next_page_token());
  month.set_page_size(10);
  const auto rest = List(month);
  ASSERT_TRUE(rest.ok()) << rest.status();
  ASSERT_THAT(rest->spaces(), SizeIs(2));
  EXPECT_EQ(rest->spaces(0).space(), "venues/cqstm/spaces/hall");
}

TEST_F(VenueSeriesService, OtherHallsHereAndNearbyAreNamed) {
  const auto put = [&](const std::string& venue, double latitude) {
    v1::CreateVenueRequest request = MakeVenue(venue);
    request.mutable_venue()->mutable_location()->set_latitude(latitude);
    request.mutable_venue()->mutable_location()->set_longitude(106.57);
    ASSERT_TRUE(Change<v1::Venue>("CreateVenue", request, kCity).ok());
    v1::CreateSpaceRequest create;
    create.set_parent("venues/" + venue);
    create.set_space_id("hall");
    create.mutable_space()->mutable_display_name()->set_zh("展厅");
    create.mutable_space()->set_kind(v1::Space::HALL);
    ASSERT_TRUE(Change<v1::Space>("CreateSpace", create, kCity).ok());
  };
  put("near", 29.58);
  put("nearer", 29.57);
  put("far", 30.5);
  v1::UpdateVenueRequest place;
  place.mutable_venue()->set_name("venues/cqstm");
  place.mutable_venue()->mutable_location()->set_latitude(29.56);
  place.mutable_venue()->mutable_location()->set_longitude(106.57);
  place.mutable_update_mask()->add_paths("location");
  ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", place, kCity).ok());
  ASSERT_TRUE(Allocate(T("2026-03-10", 10), T("2026-03-10", 12)).ok());
  const auto taken = Check(T("2026-03-10", 10), T("2026-03-10", 12));
  ASSERT_TRUE(taken.ok());
  EXPECT_THAT(taken->other_spaces(), ElementsAre("venues/cqstm/spaces/dome", "venues/nearer/spaces/hall",
                                                 "venues/near/spaces/hall"));
  EXPECT_THAT(Check(T("2026-03-11", 10), T("2026-03-11", 12))->other_spaces(), IsEmpty()) << "it is free";
}

TEST_F(VenueSeriesService, WhoSetsARuleAsideIsShown) {
  v1::UpdateVenueRequest allow;
  allow.mutable_venue()->set_name("venues/cqstm");
  allow.mutable_venue()->add_overrides_allowed(v1::Override::HEADS);
  allow.mutable_update_mask()->add_paths("overrides_allowed");
  ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", allow, kAdmin).ok());
  v1::CreateAllocationRequest request;
  request.set_parent("venues/cqstm/spaces/hall");
  v1::Allocation& wished = *request.mutable_allocation();
  wished.set_purpose(v1::Allocation::SESSION);
  *wished.mutable_start_time() = ToTimestamp(T("2026-03-10", 10));
  *wished.mutable_end_time() = ToTimestamp(T("2026-03-10", 12));
  wished.mutable_needs()->set_heads(80);
  EXPECT_EQ(Reason(Change<v1::Allocation>("CreateAllocation", request, kStaff).status()), "SPACE_UNSUITABLE");
  wished.mutable_override()->add_rules(v1::Override::HEADS);
  wished.mutable_override()->set_reason("站立观看");
  wished.mutable_override()->set_user("users/forged");
  const auto made = Change<v1::Allocation>("CreateAllocation", request, kStaff);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->override().user(), "users/staff");
}

}  // namespace
}  // namespace kepu::venue
