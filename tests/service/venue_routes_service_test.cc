// Routes over their handlers: made, changed, shown to whom, suspended by what happens to their stops, checked
// for a day.
#include "kepu/venue/v1/route.pb.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VenueRoutesServiceTest : public VenueServiceTest {
 protected:
  VenueRoutesServiceTest() {
    for (const auto& [id, district] :
         {std::pair("near", "districts/jiangbei"), std::pair("far", "districts/wanzhou")}) {
      v1::CreateVenueRequest request = MakeVenue(id, id);
      request.mutable_venue()->set_district(district);
      request.mutable_venue()->mutable_location()->set_latitude(29.5);
      request.mutable_venue()->mutable_location()->set_longitude(id == std::string("far") ? 108 : 106.5);
      EXPECT_TRUE(VenueServiceTest::Change<v1::Venue>("CreateVenue", request, kCity).ok());
    }
  }
  template <class Response>
  absl::StatusOr<Response> Ask(const char* method, const google::protobuf::Message& request,
                               const rpc::Principal& caller = kNobody) {
    return Call<Response>("RouteService", method, request, caller, last_position_);
  }
  template <class Response, class Request>
  absl::StatusOr<Response> Change(const char* method, Request request, const rpc::Principal& caller) {
    if (request.request_id().empty()) request.set_request_id(absl::StrCat("request-", ++requests_));
    auto answer = Call<Response>("RouteService", method, request, caller);
    if (answer.ok()) last_position_ = kept_->info.position;
    return answer;
  }
  static v1::CreateRouteRequest MakeRoute(const std::string& id, const std::string& zh = "线路") {
    v1::CreateRouteRequest request;
    request.set_route_id(id);
    v1::Route& route = *request.mutable_route();
    route.mutable_display_name()->set_zh(zh);
    route.set_category(v1::Route::TOURISM);
    route.set_district("districts/jiangbei");
    route.set_operator_("organizations/travel");
    route.mutable_start_hint()->set_hours(9);
    for (const char* venue : {"venues/near", "venues/far"}) {
      route.add_stops()->set_venue(venue);
      route.mutable_stops(route.stops_size() - 1)->mutable_stay_duration()->set_seconds(3600);
    }
    return request;
  }
  absl::Status Make(const std::string& id, const std::string& zh = "线路", bool publish = true) {
    auto made = Change<v1::Route>("CreateRoute", MakeRoute(id, zh), kDistrict);
    if (!made.ok() || !publish) return made.status();
    v1::PublishRouteRequest request;
    request.set_name("routes/" + id);
    return Change<v1::Route>("PublishRoute", request, kDistrict).status();
  }
  absl::StatusOr<v1::Route> Get(const std::string& id, const rpc::Principal& caller = kNobody) {
    v1::GetRouteRequest request;
    request.set_name("routes/" + id);
    return Ask<v1::Route>("GetRoute", request, caller);
  }
  std::vector<std::string> List(const std::function<void(v1::ListRoutesRequest&)>& narrow,
                                const rpc::Principal& caller = kNobody) {
    v1::ListRoutesRequest request;
    request.set_page_size(2);
    narrow(request);
    std::vector<std::string> ids;
    for (int pages = 0; pages < 10; ++pages) {
      auto response = Ask<v1::ListRoutesResponse>("ListRoutes", request, caller);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      EXPECT_LE(response->routes_size(), 2);
      for (const auto& route : response->routes()) ids.emplace_back(route.name().substr(7));
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return ids;
  }
};

TEST_F(VenueRoutesServiceTest, MadeChangedAndRetired) {
  v1::CreateRouteRequest create = MakeRoute("");
  create.set_request_id("once");
  const auto first = Change<v1::Route>("CreateRoute", create, kDistrict);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Change<v1::Route>("CreateRoute", create, kDistrict)->name(), first->name());
  EXPECT_GT(first->total_duration().seconds(), 7200);
  EXPECT_EQ(Change<v1::Route>("CreateRoute", MakeRoute("No Good"), kCity).status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::CreateRouteRequest elsewhere = MakeRoute("x");
  elsewhere.mutable_route()->mutable_stops(0)->set_venue("venues/absent");
  EXPECT_EQ(Change<v1::Route>("CreateRoute", elsewhere, kCity).status().code(),
            absl::StatusCode::kInvalidArgument);

  v1::UpdateRouteRequest update;
  update.mutable_route()->set_name(first->name());
  update.mutable_route()->set_group_size_max(45);
  update.mutable_update_mask()->add_paths("group_size_max");
  Restart();
  const rpc::Principal operator_admin{"users/op", "", {{"venue_admin", "organizations/travel"}}};
  const auto updated = Change<v1::Route>("UpdateRoute", update, operator_admin);
  ASSERT_TRUE(updated.ok()) << "who runs it may change it: " << updated.status();
  EXPECT_EQ(updated->group_size_max(), 45);
  EXPECT_EQ(Change<v1::Route>("UpdateRoute", update, kOtherStaff).status().code(),
            absl::StatusCode::kPermissionDenied);

  Restart();
  v1::PublishRouteRequest publish;
  publish.set_name(first->name());
  ASSERT_TRUE(Change<v1::Route>("PublishRoute", publish, kDistrict).ok());
  EXPECT_EQ(Reason(Change<v1::Route>("PublishRoute", publish, kDistrict).status()), "ROUTE_PUBLISHED");
  v1::RetireRouteRequest retire;
  retire.set_name(first->name());
  EXPECT_EQ(Change<v1::Route>("RetireRoute", retire, kCity)->state(), v1::Route::RETIRED);
  EXPECT_EQ(Reason(Change<v1::Route>("RetireRoute", retire, kCity).status()), "ROUTE_RETIRED");
}

TEST_F(VenueRoutesServiceTest, DraftsAreSeenByThoseWhoMakeThem) {
  ASSERT_TRUE(Make("draft", "草稿", false).ok());
  ASSERT_TRUE(Make("c", "丙").ok());
  ASSERT_TRUE(Make("a", "甲").ok());
  ASSERT_TRUE(Make("b", "乙").ok());
  EXPECT_EQ(Get("draft").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Get("draft").status(), [&] {
    absl::Status absent = Get("absent").status();
    return absl::IsNotFound(absent) ? Get("draft").status() : absent;
  }());
  EXPECT_TRUE(Get("draft", kDistrict).ok());
  EXPECT_EQ(Get("draft", kStaff).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(List([](auto&) {}), ElementsAre("c", "b", "a")) << "by the bytes of the name";
  const auto drafts = [](v1::ListRoutesRequest& request) { request.set_state(v1::Route::DRAFT); };
  EXPECT_THAT(List(drafts), IsEmpty());
  EXPECT_THAT(List(drafts, kDistrict), ElementsAre("draft"));
  EXPECT_THAT(List([](auto& request) { request.set_district("districts/wanzhou"); }), IsEmpty());
  EXPECT_THAT(List([](auto& request) { request.set_venue("venues/far"); }), ElementsAre("c", "b", "a"));
  EXPECT_THAT(List([](auto& request) { request.set_venue("venues/cqstm"); }), IsEmpty());
  EXPECT_THAT(List([](auto& request) { request.set_category(v1::Route::ENTERPRISE); }), IsEmpty());
  Restart();
  EXPECT_THAT(List([](auto&) {}), ElementsAre("c", "b", "a"));

  v1::ListRoutesRequest request;
  request.set_page_size(1);
  request.set_page_token(Ask<v1::ListRoutesResponse>("ListRoutes", request)->next_page_token());
  request.set_venue("venues/far");
  EXPECT_EQ(Ask<v1::ListRoutesResponse>("ListRoutes", request).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "a token of another list";
}

TEST_F(VenueRoutesServiceTest, AClosedStopSuspendsAndIsChecked) {
  ASSERT_TRUE(Make("r").ok());
  EXPECT_FALSE(Get("r")->suspended());
  v1::CreateClosureRequest close;
  close.set_parent("venues/near");
  *close.mutable_closure()->mutable_start_time() = ToTimestamp(T("2026-03-01"));
  *close.mutable_closure()->mutable_end_time() = ToTimestamp(T("2026-03-11"));
  close.mutable_closure()->mutable_reason()->set_zh("检修");
  const auto closure = VenueServiceTest::Change<v1::Closure>("CreateClosure", close, kCity);
  ASSERT_TRUE(closure.ok()) << closure.status();
  const auto route = Get("r");
  ASSERT_TRUE(route->suspended());
  EXPECT_EQ(route->suspensions(0).closure(), closure->name());
  EXPECT_EQ(ToTime(route->suspensions(0).until()), T("2026-03-11"));
  EXPECT_THAT(List([](auto&) {}), ElementsAre("r")) << "suspended, and still listed";

  v1::CheckRouteRequest check;
  check.set_name("routes/r");
  *check.mutable_date() = ToDate(D("2026-03-10"));
  auto answer = Ask<v1::CheckRouteResponse>("CheckRoute", check);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->works());
  EXPECT_EQ(answer->stops(0).rule(), "CLOSURE");
  EXPECT_EQ(ToTime(answer->stops(0).arrive_time()), T("2026-03-10", 9)) << "the hour of the route itself";
  EXPECT_EQ(answer->next_date().day(), 11);
  check.mutable_start_time()->set_hours(25);
  EXPECT_EQ(Ask<v1::CheckRouteResponse>("CheckRoute", check).status().code(),
            absl::StatusCode::kInvalidArgument);
  check.clear_date();
  EXPECT_EQ(Ask<v1::CheckRouteResponse>("CheckRoute", check).status().code(),
            absl::StatusCode::kInvalidArgument);
  check.set_name("routes/absent");
  *check.mutable_date() = ToDate(D("2026-03-10"));
  EXPECT_EQ(Ask<v1::CheckRouteResponse>("CheckRoute", check).status().code(), absl::StatusCode::kNotFound);

  v1::RetireVenueRequest retire;
  retire.set_name("venues/far");
  *retire.mutable_retire_date() = ToDate(D("2026-03-02"));
  const auto retired = VenueServiceTest::Change<v1::RetireVenueResponse>("RetireVenue", retire, kCity);
  ASSERT_TRUE(retired.ok()) << retired.status();
  EXPECT_THAT(retired->hits(), ElementsAre("routes/r"));
  EXPECT_EQ(Get("r")->suspensions_size(), 2);
  ASSERT_TRUE(Make("draft", "草稿", false).ok());
  v1::PublishRouteRequest publish;
  publish.set_name("routes/draft");
  EXPECT_EQ(Reason(Change<v1::Route>("PublishRoute", publish, kDistrict).status()), "ROUTE_STOP_RETIRED");
}

}  // namespace
}  // namespace kepu::venue
