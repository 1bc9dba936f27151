// The fleet's handlers on the venue service's desk: callers of every role around two caravans of two owners,
// and short ways to ask for stops and to plan tours. One thread.
#pragma once

#include "kepu/venue/v1/fleet_service.pb.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {

inline const rpc::Principal kTeacher{"users/teacher", "", {{"teacher", "schools/x"}}};
inline const rpc::Principal kOtherTeacher{"users/stranger", "", {{"teacher", "schools/z"}}};
inline const rpc::Principal kOwnerStaff{"users/owner", "", {{"venue_staff", "organizations/kexie"}}};
inline const rpc::Principal kOtherOwner{"users/rival", "", {{"venue_staff", "organizations/rival"}}};
inline const rpc::Principal kCrew{"users/crew", "", {{"caravan_crew", "caravans/a"}}};

class FleetServiceTest : public VenueServiceTest {
 protected:
  FleetServiceTest() {
    SeedCaravan("a", "organizations/kexie");
    SeedCaravan("b", "organizations/rival");
  }

  template <class Response>
  absl::StatusOr<Response> AskFleet(absl::string_view method, const google::protobuf::Message& request,
                                    const rpc::Principal& caller = kNobody) {
    return Call<Response>("FleetService", method, request, caller, last_position_);
  }
  template <class Response, class Request>
  absl::StatusOr<Response> ChangeFleet(absl::string_view method, Request request,
                                       const rpc::Principal& caller) {
    if (request.request_id().empty()) request.set_request_id(absl::StrCat("fleet-", ++requests_));
    auto answer = Call<Response>("FleetService", method, request, caller);
    if (answer.ok()) last_position_ = kept_->info.position;
    return answer;
  }
  // Sent, and not waited for.
  template <class Request>
  std::shared_ptr<Kept> SendFleet(absl::string_view method, Request request, const rpc::Principal& caller) {
    if (request.request_id().empty()) request.set_request_id(absl::StrCat("fleet-", ++requests_));
    auto kept = std::make_shared<Kept>();
    rpc::Context context;
    context.principal = caller;
    context.deadline = executor_.SteadyNow() + absl::Seconds(3);
    service_->rpc().Dispatch(
        absl::StrCat("/kepu.venue.v1.FleetService/", method),
        rpc::Call(std::move(context), request.SerializeAsString(), std::make_unique<KeepAnswer>(kept)));
    return kept;
  }

  static v1::CreateCaravanRequest MakeCaravan(const std::string& id, const std::string& owner) {
    v1::CreateCaravanRequest request;
    request.set_caravan_id(id);
    v1::Caravan& caravan = *request.mutable_caravan();
    caravan.mutable_display_name()->set_zh("大篷车" + id);
    caravan.set_kind(v1::Caravan::CARAVAN);
    caravan.set_owner(owner);
    caravan.set_district("districts/jiangbei");
    caravan.mutable_home()->set_latitude(29.56);
    caravan.mutable_home()->set_longitude(106.55);
    caravan.add_crew("users/crew");
    return request;
  }
  void SeedCaravan(const std::string& id, const std::string& owner) {
    auto caravan = ChangeFleet<v1::Caravan>("CreateCaravan", MakeCaravan(id, owner), kCity);
    ASSERT_TRUE(caravan.ok()) << caravan.status();
  }

  static v1::TourStop MakeStop(double north, absl::Time start, int minutes = 60) {
    v1::TourStop stop;
    stop.set_host(absl::StrCat("schools/y", static_cast<int>(north * 100)));
    stop.set_district("districts/changshou");
    stop.mutable_location()->set_latitude(29.56 + north);
    stop.mutable_location()->set_longitude(106.55);
    *stop.mutable_start_time() = ToTimestamp(start);
    *stop.mutable_end_time() = ToTimestamp(start + absl::Minutes(minutes));
    return stop;
  }
  static v1::CreateTourRequest MakeTour(const std::string& caravan, std::vector<v1::TourStop> stops) {
    v1::CreateTourRequest request;
    request.set_parent("caravans/" + caravan);
    for (v1::TourStop& stop : stops) *request.mutable_tour()->add_stops() = std::move(stop);
    return request;
  }
  absl::StatusOr<v1::Tour> Plan(const v1::CreateTourRequest& request,
                                const rpc::Principal& caller = kOwnerStaff) {
    return ChangeFleet<v1::Tour>("CreateTour", request, caller);
  }
  static v1::CreateStopRequestRequest MakeAsk(const std::string& school, absl::string_view first,
                                              absl::string_view last) {
    v1::CreateStopRequestRequest request;
    v1::StopRequest& wish = *request.mutable_stop_request();
    wish.set_requester("schools/" + school);
    wish.set_host("schools/" + school);
    wish.set_district("districts/jiangbei");
    wish.mutable_location()->set_latitude(29.70);
    wish.mutable_location()->set_longitude(106.55);
    wish.set_heads(300);
    *wish.add_wished_dates()->mutable_first_date() = ToDate(D(first));
    *wish.mutable_wished_dates(0)->mutable_last_date() = ToDate(D(last));
    wish.mutable_site()->set_road_width_cm(500);
    wish.mutable_site()->set_parking(true);
    wish.mutable_site()->set_outdoor_area_m2(100);
    wish.set_host_adult("class-teacher");
    return request;
  }
  v1::StopRequest Ask(const std::string& school = "x", absl::string_view first = "2026-03-09",
                      absl::string_view last = "2026-03-27") {
    auto asked = ChangeFleet<v1::StopRequest>("CreateStopRequest", MakeAsk(school, first, last),
                                              school == "x" ? kTeacher : kCity);
    EXPECT_TRUE(asked.ok()) << asked.status();
    return asked.ok() ? *asked : v1::StopRequest();
  }
  v1::StopRequest Read(const v1::StopRequest& request) {
    v1::GetStopRequestRequest get;
    get.set_name(request.name());
    auto read = AskFleet<v1::StopRequest>("GetStopRequest", get, kCity);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *read : v1::StopRequest();
  }
  // Days go by without their millions of timers; what is due is swept in the minutes after.
  void GoTo(absl::Time time) {
    skew_ += time - clock_.Now();
    clock_.SetSkew(skew_);
    executor_.RunFor(absl::Minutes(2));
  }
  template <class Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }

  absl::Duration skew_;
};

}  // namespace kepu::venue
