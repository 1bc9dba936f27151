// Closures over their handlers: previewed, made, changed, and what they are in the way of, routes and
// sessions among it.
#include "kepu/venue/v1/route.pb.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VenueClosuresServiceTest : public VenueServiceTest {
 protected:
  static v1::CreateClosureRequest MakeClosure(absl::Time start, absl::Time end) {
    v1::CreateClosureRequest request;
    request.set_parent("venues/cqstm");
    *request.mutable_closure()->mutable_start_time() = ToTimestamp(start);
    *request.mutable_closure()->mutable_end_time() = ToTimestamp(end);
    request.mutable_closure()->mutable_reason()->set_zh("检修");
    return request;
  }
  static std::vector<std::string> Kinds(const v1::Closure& closure) {
    std::vector<std::string> kinds;
    for (const auto& hit : closure.consequences())
      kinds.push_back(absl::StrCat(v1::ClosureHit::Kind_Name(hit.kind()), hit.newly() ? " new" : ""));
    return kinds;
  }
  void MakePublishedRoute() {
    v1::CreateRouteRequest route;
    route.set_request_id("route");
    route.set_route_id("walk");
    route.mutable_route()->mutable_display_name()->set_zh("科技一日游");
    route.mutable_route()->set_category(v1::Route::TOURISM);
    route.mutable_route()->set_district("districts/jiangbei");
    ASSERT_TRUE(Change<v1::Venue>("CreateVenue", MakeVenue("second"), kCity).ok());
    for (const char* venue : {"venues/cqstm", "venues/second"}) {
      v1::UpdateVenueRequest place;
      place.mutable_venue()->set_name(venue);
      place.mutable_venue()->mutable_location()->set_latitude(29.5);
      ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", place, kCity).ok());
      v1::Route::Stop& stop = *route.mutable_route()->add_stops();
      stop.set_venue(venue);
      stop.mutable_stay_duration()->set_seconds(3600);
    }
    ASSERT_TRUE(Call<v1::Route>("RouteService", "CreateRoute", route, kCity).ok());
    v1::PublishRouteRequest publish;
    publish.set_request_id("publish");
    publish.set_name("routes/walk");
    ASSERT_TRUE(Call<v1::Route>("RouteService", "PublishRoute", publish, kCity).ok());
    last_position_ = kept_->info.position;
  }
};

TEST_F(VenueClosuresServiceTest, PreviewedThenMade) {
  MakePublishedRoute();
  TryRequest claim = MakeTry("claim", T("2026-03-11", 10), T("2026-03-11", 11));
  claim.mutable_demand()->set_purpose("events/e/sessions/s");
  ASSERT_TRUE(Try(claim).ok());
  ASSERT_TRUE(Allocate(T("2026-03-10", 10), T("2026-03-10", 12)).ok());
  ASSERT_TRUE(Schedule("2026-03-12", "2026-03-13").ok());

  v1::CreateClosureRequest request = MakeClosure(T("2026-03-10"), T("2026-03-20"));
  request.set_validate_only(true);
  request.set_request_id("preview and deed");
  const auto preview = Change<v1::Closure>("CreateClosure", request, kStaff);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(Kinds(*preview), ElementsAre("ALLOCATION", "SESSION", "EXHIBITION", "ROUTE"));
  EXPECT_EQ(preview->consequences(1).holder(), "events/e/sessions/s");
  EXPECT_EQ(preview->consequences(3).name(), "routes/walk");
  EXPECT_EQ(preview->consequences(3).title().zh(), "科技一日游");
  EXPECT_EQ(preview->name(), "") << "nothing stands";
  request.clear_request_id();
  EXPECT_TRUE(Call<v1::Closure>("VenueService", "CreateClosure", request, kStaff).ok())
      << "a preview needs no request id";
  request.set_request_id("preview and deed");
  v1::ListClosuresRequest list;
  list.set_parent("venues/cqstm");
  EXPECT_EQ(Ask<v1::ListClosuresResponse>("ListClosures", list)->closures_size(), 0);
  v1::CreateClosureRequest past = MakeClosure(T("2026-01-01"), T("2026-01-02"));
  past.set_validate_only(true);
  EXPECT_EQ(Change<v1::Closure>("CreateClosure", past, kStaff).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "a preview says what the call would say";

  request.set_validate_only(false);
  // A new process loads what an answer needs child by child.
  Restart();
  const auto closure = Change<v1::Closure>("CreateClosure", request, kStaff);
  ASSERT_TRUE(closure.ok()) << "a preview uses up no request id: " << closure.status();
  EXPECT_THAT(Kinds(*closure), ElementsAre("ALLOCATION", "SESSION", "EXHIBITION", "ROUTE"));
  EXPECT_EQ(Ask<v1::ListClosuresResponse>("ListClosures", list)->closures(0).consequence_count(), 4);
  ASSERT_TRUE(Tell("Cancel", "claim").ok());
  v1::GetClosureRequest get;
  get.set_name(closure->name());
  executor_.RunFor(absl::Seconds(1));
  EXPECT_THAT(Kinds(*Ask<v1::Closure>("GetClosure", get)), ElementsAre("ALLOCATION", "EXHIBITION", "ROUTE"))
      << "what is hit is found when it is asked for";
}

TEST_F(VenueClosuresServiceTest, AChangeIsPreviewedMadeAndRepeated) {
  ASSERT_TRUE(Allocate(T("2026-03-12", 10), T("2026-03-12", 12)).ok());
  const auto closure =
      Change<v1::Closure>("CreateClosure", MakeClosure(T("2026-03-10"), T("2026-03-11")), kStaff);
  ASSERT_TRUE(closure.ok()) << closure.status();
  v1::UpdateClosureRequest update;
  update.mutable_closure()->set_name(closure->name());
  update.mutable_closure()->set_etag(closure->etag());
  *update.mutable_closure()->mutable_end_time() = ToTimestamp(T("2026-03-15"));
  update.mutable_update_mask()->add_paths("end_time");
  update.set_request_id("longer");
  update.set_validate_only(true);
  EXPECT_THAT(Kinds(*Change<v1::Closure>("UpdateClosure", update, kStaff)), ElementsAre("ALLOCATION new"));
  v1::GetClosureRequest get;
  get.set_name(closure->name());
  EXPECT_EQ(ToTime(Ask<v1::Closure>("GetClosure", get)->end_time()), T("2026-03-11"));
  update.set_validate_only(false);
  for (int repeat = 0; repeat < 2; ++repeat) {
    Restart();
    const auto changed = Change<v1::Closure>("UpdateClosure", update, kStaff);
    ASSERT_TRUE(changed.ok()) << changed.status();
    EXPECT_THAT(Kinds(*changed), ElementsAre("ALLOCATION new")) << "a repeat tells the same";
    EXPECT_EQ(ToTime(changed->before().end_time()), T("2026-03-11"));
  }
  update.set_request_id("again");
  EXPECT_EQ(Reason(Change<v1::Closure>("UpdateClosure", update, kStaff).status()), "ETAG_MISMATCH");
  EXPECT_EQ(Change<v1::Closure>("UpdateClosure", update, kOtherStaff).status().code(),
            absl::StatusCode::kNotFound);

  v1::EndClosureRequest end;
  end.set_name(closure->name());
  Restart();
  const auto ended = Change<v1::Closure>("EndClosure", end, kStaff);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_THAT(Kinds(*ended), IsEmpty());
  EXPECT_EQ(ended->freed_size(), 1);
  update.mutable_closure()->clear_etag();
  update.set_request_id("late");
  EXPECT_EQ(Reason(Change<v1::Closure>("UpdateClosure", update, kStaff).status()), "CLOSURE_ENDED");
  v1::GetOpeningRequest opening;
  opening.set_name("venues/cqstm");
  *opening.mutable_first_date() = ToDate(D("2026-03-12"));
  EXPECT_EQ(Ask<v1::GetOpeningResponse>("GetOpening", opening)->days(0).rule(), "WEEKLY_HOURS");
}

}  // namespace
}  // namespace kepu::venue
