// The handlers of the fleet: what callers may do, see, repeat and page through.
#include "tests/service/fleet_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(FleetServiceTest, CaravansAreMadeReadListedAndChanged) {
  auto read = AskFleet<v1::Caravan>("GetCaravan", Named<v1::GetCaravanRequest>("caravans/a"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->crew().size(), 0) << "who drives is not for everybody";
  EXPECT_EQ(read->next_service_km(), 10'000);
  EXPECT_EQ(AskFleet<v1::Caravan>("GetCaravan", Named<v1::GetCaravanRequest>("caravans/a"), kOwnerStaff)
                ->crew()
                .size(),
            1);
  EXPECT_TRUE(absl::IsNotFound(
      AskFleet<v1::Caravan>("GetCaravan", Named<v1::GetCaravanRequest>("caravans/none")).status()));
  EXPECT_TRUE(
      absl::IsAlreadyExists(ChangeFleet<v1::Caravan>("CreateCaravan", MakeCaravan("a", ""), kCity).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      ChangeFleet<v1::Caravan>("CreateCaravan", MakeCaravan("No Good", ""), kCity).status()));

  v1::CreateCaravanRequest again = MakeCaravan("", "organizations/kexie");
  again.set_request_id("again");
  auto first = ChangeFleet<v1::Caravan>("CreateCaravan", again, kCity);
  ASSERT_TRUE(first.ok()) << first.status();
  Restart();
  auto second = ChangeFleet<v1::Caravan>("CreateCaravan", again, kCity);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(kept_->info.replayed);
  EXPECT_EQ(first->name(), second->name());

  v1::UpdateCaravanRequest update;
  update.mutable_caravan()->set_name("caravans/a");
  update.mutable_caravan()->set_plate("渝A12345");
  update.mutable_caravan()->set_odometer_km(5);
  update.mutable_caravan()->set_etag("1");
  update.mutable_update_mask()->add_paths("plate");
  update.mutable_update_mask()->add_paths("odometer_km");
  auto updated = ChangeFleet<v1::Caravan>("UpdateCaravan", update, kCity);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->plate(), "渝A12345");
  EXPECT_EQ(updated->odometer_km(), 0) << "only readings move it";
  EXPECT_EQ(Reason(ChangeFleet<v1::Caravan>("UpdateCaravan", update, kCity).status()), "ETAG_MISMATCH");

  auto list = [&](const std::function<void(v1::ListCaravansRequest&)>& narrow) {
    std::vector<std::string> names;
    v1::ListCaravansRequest request;
    request.set_page_size(1);
    narrow(request);
    for (int pages = 0; pages < 9; ++pages) {
      auto response = AskFleet<v1::ListCaravansResponse>("ListCaravans", request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      for (const auto& caravan : response->caravans()) names.push_back(caravan.name());
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return names;
  };
  EXPECT_THAT(list([](auto&) {}), ElementsAre(first->name(), "caravans/a", "caravans/b"));
  EXPECT_THAT(list([](auto& request) { request.set_owner("organizations/rival"); }),
              ElementsAre("caravans/b"));
  EXPECT_THAT(list([](auto& request) { request.set_kind(v1::Caravan::MOBILE_MUSEUM); }), IsEmpty());
  EXPECT_THAT(list([](auto& request) { request.set_replacement_due(true); }), IsEmpty());
}

TEST_F(FleetServiceTest, StatesMileageAndMaintenance) {
  v1::ReportMileageRequest mileage = Named<v1::ReportMileageRequest>("caravans/a");
  mileage.set_odometer_km(9'999);
  mileage.add_faults("brakes squeal");
  auto read = ChangeFleet<v1::Caravan>("ReportMileage", mileage, kCrew);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(read->service_due());
  mileage.set_odometer_km(10'000);
  EXPECT_TRUE(ChangeFleet<v1::Caravan>("ReportMileage", mileage, kCrew)->service_due());
  mileage.set_odometer_km(9'000);
  EXPECT_TRUE(absl::IsInvalidArgument(ChangeFleet<v1::Caravan>("ReportMileage", mileage, kCrew).status()));
  EXPECT_EQ(Reason(Plan(MakeTour("a", {MakeStop(0.1, T("2026-03-10", 10))})).status()),
            "CARAVAN_SERVICE_DUE");

  v1::CreateMaintenanceRequest maintain;
  maintain.set_parent("caravans/a");
  maintain.mutable_maintenance()->set_kind(v1::Maintenance::SERVICE);
  *maintain.mutable_maintenance()->mutable_start_time() = ToTimestamp(T("2026-03-02", 7));
  *maintain.mutable_maintenance()->mutable_end_time() = ToTimestamp(T("2026-03-03", 18));
  auto planned = ChangeFleet<v1::Maintenance>("CreateMaintenance", maintain, kOwnerStaff);
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_EQ(Reason(ChangeFleet<v1::Maintenance>("CreateMaintenance", maintain, kOwnerStaff).status()),
            "CARAVAN_TAKEN");
  auto done = ChangeFleet<v1::Maintenance>("CompleteMaintenance",
                                           Named<v1::CompleteMaintenanceRequest>(planned->name()), kCrew);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->state(), v1::Maintenance::DONE);
  EXPECT_EQ(
      AskFleet<v1::Maintenance>("GetMaintenance", Named<v1::GetMaintenanceRequest>(planned->name()))->state(),
      v1::Maintenance::DONE);
  EXPECT_EQ(Reason(ChangeFleet<v1::Maintenance>(
                       "CancelMaintenance", Named<v1::CancelMaintenanceRequest>(planned->name()), kOwnerStaff)
                       .status()),
            "MAINTENANCE_ENDED");
  EXPECT_TRUE(Plan(MakeTour("a", {MakeStop(0.1, T("2026-03-10", 10))})).ok());

  v1::ChangeCaravanStateRequest change = Named<v1::ChangeCaravanStateRequest>("caravans/a");
  change.set_state(v1::Caravan::RETIRED);
  EXPECT_EQ(Reason(ChangeFleet<v1::Caravan>("ChangeCaravanState", change, kCity).status()),
            "CARAVAN_HAS_TOURS");
  change.set_state(v1::Caravan::IN_REPAIR);
  EXPECT_EQ(ChangeFleet<v1::Caravan>("ChangeCaravanState", change, kCity)->state(), v1::Caravan::IN_REPAIR);
}

TEST_F(FleetServiceTest, OfTwoAtOnceOneWinsAndTheOtherIsToldWhoAndWhat) {
  const v1::CreateTourRequest tour = MakeTour("a", {MakeStop(0.1, T("2026-03-10", 10))});
  auto mine = SendFleet("CreateTour", tour, kOwnerStaff);
  auto theirs = SendFleet("CreateTour", tour, kCity);
  ASSERT_TRUE(executor_.RunUntil([&] { return mine->finished && theirs->finished; }, absl::Seconds(5)));
  ASSERT_NE(mine->status.ok(), theirs->status.ok());
  const bool lost = !mine->status.ok();
  const absl::Status refused = lost ? mine->status : theirs->status;
  v1::Tour won;
  ASSERT_TRUE(won.ParseFromString(lost ? theirs->bytes : mine->bytes));
  EXPECT_EQ(Reason(refused), "CARAVAN_TAKEN");
  EXPECT_EQ(refusal::ParamOf(refused, "in_the_way"), won.name());
  EXPECT_EQ(refusal::ParamOf(refused, "who"), lost ? "users/city" : "users/owner");
  EXPECT_EQ(refusal::ParamOf(refused, "earliest"), "2026-03-11T10:00:00+08:00");
}

TEST_F(FleetServiceTest, AChangeOfATourIsCheckedInItsPlace) {
  auto tour = Plan(MakeTour("a", {MakeStop(0.1, T("2026-03-10", 9)), MakeStop(0.3, T("2026-03-10", 13))}));
  ASSERT_TRUE(tour.ok()) << tour.status();
  // As a new one it is in its own way.
  v1::CheckTourRequest change;
  change.set_parent("caravans/a");
  *change.mutable_tour() = *tour;
  change.mutable_tour()->mutable_stops(1)->mutable_end_time()->set_seconds(
      tour->stops(1).end_time().seconds() + 1800);
  EXPECT_EQ(AskFleet<v1::CheckTourResponse>("CheckTour", change, kOwnerStaff)->problems(0).rule(),
            "CARAVAN_TAKEN");
  change.set_replaces(tour->name());
  auto changed = AskFleet<v1::CheckTourResponse>("CheckTour", change, kOwnerStaff);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_TRUE(changed->feasible());
  EXPECT_EQ(changed->tour().name(), tour->name());
  change.set_replaces("caravans/a/tours/none");
  EXPECT_EQ(AskFleet<v1::CheckTourResponse>("CheckTour", change, kOwnerStaff).status().code(),
            absl::StatusCode::kNotFound);
  change.set_replaces("caravans/b/tours/x");
  EXPECT_THAT(AskFleet<v1::CheckTourResponse>("CheckTour", change, kOwnerStaff).status().ToString(),
              testing::HasSubstr("replaces: must be a tour of this caravan"));
}

TEST_F(FleetServiceTest, ToursAreCheckedPlannedShownChangedAndCancelled) {
  v1::CheckTourRequest check;
  check.set_parent("caravans/a");
  *check.mutable_tour()->add_stops() = MakeStop(0.1, T("2026-03-10", 9));
  *check.mutable_tour()->add_stops() = MakeStop(0.3, T("2026-03-10", 11), 300);
  auto checked = AskFleet<v1::CheckTourResponse>("CheckTour", check, kOwnerStaff);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_FALSE(checked->feasible());
  ASSERT_EQ(checked->problems_size(), 2);
  EXPECT_EQ(checked->problems(0).rule(), "TOUR_NO_TIME_TO_DRIVE");
  EXPECT_EQ(checked->problems(0).field(), "tour.stops[1].start_time");
  EXPECT_EQ(checked->problems(0).params().at("earliest"), "2026-03-10T12:10:00+08:00");
  EXPECT_NE(checked->problems(0).text().zh(), checked->problems(0).text().en());
  EXPECT_EQ(checked->problems(1).rule(), "TOUR_CREW_DAY");
  EXPECT_EQ(Reason(Plan(MakeTour("a", {check.tour().stops(0), check.tour().stops(1)})).status()),
            "TOUR_NO_TIME_TO_DRIVE");

  auto tour = Plan(MakeTour("a", {MakeStop(0.1, T("2026-03-10", 9)), MakeStop(0.3, T("2026-03-10", 13))}));
  ASSERT_TRUE(tour.ok()) << tour.status();
  EXPECT_EQ(tour->stops(1).name(), tour->name() + "/stops/s2");
  auto far = Plan(MakeTour("b", {MakeStop(0.1, T("2026-04-10", 9))}), kOtherOwner);
  ASSERT_TRUE(far.ok()) << far.status();
  EXPECT_EQ(AskFleet<v1::Tour>("GetTour", Named<v1::GetTourRequest>(tour->name()))->drive_km(),
            tour->drive_km());
  auto list = [&](const std::string& parent, absl::string_view first, absl::string_view last) {
    v1::ListToursRequest request;
    request.set_parent(parent);
    request.set_page_size(1);
    if (!first.empty()) *request.mutable_first_date() = ToDate(D(first));
    if (!last.empty()) *request.mutable_last_date() = ToDate(D(last));
    std::vector<std::string> names;
    for (int pages = 0; pages < 9; ++pages) {
      auto response = AskFleet<v1::ListToursResponse>("ListTours", request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      for (const auto& one : response->tours()) names.push_back(one.name());
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return names;
  };
  EXPECT_THAT(list("caravans/-", "", ""), ElementsAre(tour->name(), far->name()));
  EXPECT_THAT(list("caravans/-", "2026-03-01", "2026-03-31"), ElementsAre(tour->name()));
  EXPECT_THAT(list("caravans/b", "", ""), ElementsAre(far->name()));

  v1::UpdateTourRequest update;
  update.mutable_tour()->set_name(tour->name());
  *update.mutable_tour()->add_stops() = MakeStop(0.1, T("2026-03-11", 9));
  update.mutable_update_mask()->add_paths("stops");
  auto moved = ChangeFleet<v1::Tour>("UpdateTour", update, kOwnerStaff);
  ASSERT_TRUE(moved.ok()) << moved.status();
  v1::GetCaravanCalendarRequest month = Named<v1::GetCaravanCalendarRequest>("caravans/a");
  *month.mutable_first_date() = ToDate(D("2026-03-01"));
  auto calendar = AskFleet<v1::GetCaravanCalendarResponse>("GetCaravanCalendar", month);
  ASSERT_TRUE(calendar.ok()) << calendar.status();
  ASSERT_EQ(calendar->entries_size(), 1);
  EXPECT_EQ(calendar->entries(0).name(), tour->name());
  EXPECT_EQ(ToTime(calendar->entries(0).start_time()), ToTime(moved->start_time()));

  v1::CancelTourRequest cancel = Named<v1::CancelTourRequest>(tour->name());
  cancel.mutable_reason()->set_zh("路断");
  EXPECT_EQ(ChangeFleet<v1::Tour>("CancelTour", cancel, kOwnerStaff)->state(), v1::Tour::CANCELLED);
  EXPECT_EQ(Reason(ChangeFleet<v1::Tour>("CancelTour", cancel, kOwnerStaff).status()), "TOUR_NOT_PLANNED");
}

TEST_F(FleetServiceTest, AStopAtAVenueIsHitByItsClosure) {
  v1::TourStop yard = MakeStop(0.1, T("2026-03-10", 10)), school = MakeStop(0.2, T("2026-03-10", 14));
  yard.set_host("venues/cqstm");
  yard.set_heads(300);
  v1::CreateTourRequest request = MakeTour("a", {yard, school});
  request.mutable_tour()->mutable_title()->set_zh("春季巡展");
  const auto tour = Plan(request);
  ASSERT_TRUE(tour.ok()) << tour.status();
  v1::CreateClosureRequest close;
  close.set_parent("venues/cqstm");
  close.set_validate_only(true);
  *close.mutable_closure()->mutable_start_time() = ToTimestamp(T("2026-03-10"));
  *close.mutable_closure()->mutable_end_time() = ToTimestamp(T("2026-03-11"));
  close.mutable_closure()->mutable_reason()->set_zh("检修");
  const auto hits = [&] {
    return VenueServiceTest::Change<v1::Closure>("CreateClosure", close, kStaff)->consequences();
  };
  ASSERT_EQ(hits().size(), 1);
  EXPECT_EQ(hits()[0].name(), tour->stops(0).name());
  EXPECT_EQ(hits()[0].kind(), v1::ClosureHit::STOP);
  EXPECT_EQ(hits()[0].holder(), "caravans/a");
  EXPECT_EQ(hits()[0].title().zh(), "春季巡展");
  EXPECT_EQ(hits()[0].heads(), 300);
  EXPECT_EQ(ToTime(hits()[0].start_time()), T("2026-03-10", 10));
  close.mutable_closure()->add_spaces("venues/cqstm/spaces/hall");
  EXPECT_EQ(hits().size(), 0) << "it stands in no hall";
  close.mutable_closure()->clear_spaces();
  *close.mutable_closure()->mutable_start_time() = ToTimestamp(T("2026-03-10", 12));
  EXPECT_EQ(hits().size(), 0) << "the other stop is elsewhere";
  *close.mutable_closure()->mutable_start_time() = ToTimestamp(T("2026-03-10"));
  v1::CancelTourRequest cancel;
  cancel.set_name(tour->name());
  cancel.mutable_reason()->set_zh("雨");
  ASSERT_TRUE(ChangeFleet<v1::Tour>("CancelTour", cancel, kOwnerStaff).ok());
  EXPECT_EQ(hits().size(), 0);
}

TEST_F(FleetServiceTest, AConvoyOfTwoOwnersIsPlannedByWhoLooksAfterBoth) {
  v1::CreateTourRequest convoy = MakeTour("a", {MakeStop(0.1, T("2026-03-10", 9))});
  convoy.mutable_tour()->add_partners("caravans/b");
  const absl::Status stranger = Plan(convoy, kOwnerStaff).status();
  EXPECT_TRUE(absl::IsNotFound(stranger)) << stranger;
  EXPECT_EQ(refusal::ParamOf(stranger, "name"), "caravans/b");
  auto tour = Plan(convoy, kDistrict);
  ASSERT_TRUE(tour.ok()) << tour.status();
  EXPECT_EQ(Reason(Plan(MakeTour("b", {MakeStop(0.1, T("2026-03-10", 12))}), kOtherOwner).status()),
            "CARAVAN_TAKEN");
  EXPECT_TRUE(
      absl::IsNotFound(Plan(MakeTour("a", {MakeStop(0.1, T("2026-03-12", 9))}), kOtherOwner).status()));
}

TEST_F(FleetServiceTest, RequestsAreAskedAnsweredPlannedAndWithdrawn) {
  const v1::StopRequest request = Ask();
  EXPECT_EQ(request.state(), v1::StopRequest::OPEN);
  EXPECT_TRUE(
      absl::IsNotFound(AskFleet<v1::StopRequest>(
                           "GetStopRequest", Named<v1::GetStopRequestRequest>(request.name()), kOtherTeacher)
                           .status()));
  EXPECT_TRUE(absl::IsNotFound(
      ChangeFleet<v1::StopRequest>("CreateStopRequest", MakeAsk("z", "2026-03-09", "2026-03-20"), kTeacher)
          .status()));
  v1::CreateStopRequestRequest small = MakeAsk("x", "2026-03-09", "2026-03-20");
  small.mutable_stop_request()->mutable_site()->set_road_width_cm(200);
  EXPECT_EQ(Reason(ChangeFleet<v1::StopRequest>("CreateStopRequest", small, kTeacher).status()),
            "SITE_UNSUITABLE");

  v1::UpdateStopRequestRequest update;
  update.mutable_stop_request()->set_name(request.name());
  update.mutable_stop_request()->set_heads(120);
  update.mutable_update_mask()->add_paths("heads");
  EXPECT_EQ(ChangeFleet<v1::StopRequest>("UpdateStopRequest", update, kTeacher)->heads(), 120);

  v1::AnswerStopRequestRequest answer = Named<v1::AnswerStopRequestRequest>(request.name());
  answer.set_state(v1::StopRequest::WAITING);
  answer.mutable_reason()->set_zh("三月已满");
  EXPECT_TRUE(
      absl::IsPermissionDenied(ChangeFleet<v1::StopRequest>("AnswerStopRequest", answer, kTeacher).status()));
  EXPECT_EQ(ChangeFleet<v1::StopRequest>("AnswerStopRequest", answer, kDistrict)->state(),
            v1::StopRequest::WAITING);

  auto list = [&](const std::string& within, const rpc::Principal& caller) {
    v1::ListStopRequestsRequest query;
    query.set_within(within);
    auto response = AskFleet<v1::ListStopRequestsResponse>("ListStopRequests", query, caller);
    return response.ok() ? response->stop_requests_size() : -static_cast<int>(response.status().code());
  };
  EXPECT_EQ(list("schools/x", kTeacher), 1);
  EXPECT_EQ(list("districts/jiangbei", kDistrict), 1);
  EXPECT_EQ(list("caravans/a", kOwnerStaff), 1) << "what the caravan may answer";
  EXPECT_EQ(list("", kCity), 1);
  EXPECT_EQ(list("", kDistrict), -static_cast<int>(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(list("schools/x", kOtherTeacher), -static_cast<int>(absl::StatusCode::kNotFound));

  v1::TourStop stop = MakeStop(0, T("2026-03-10", 10));
  stop.set_stop_request(request.name());
  auto tour = Plan(MakeTour("a", {stop}));
  ASSERT_TRUE(tour.ok()) << tour.status();
  EXPECT_EQ(tour->stops(0).host(), "schools/x");
  EXPECT_EQ(Read(request).state(), v1::StopRequest::ACCEPTED);
  EXPECT_EQ(Read(request).stop(), tour->stops(0).name());
  EXPECT_EQ(Reason(ChangeFleet<v1::StopRequest>("UpdateStopRequest", update, kTeacher).status()),
            "STOP_REQUEST_NOT_PENDING");
  auto withdrawn = ChangeFleet<v1::StopRequest>(
      "WithdrawStopRequest", Named<v1::WithdrawStopRequestRequest>(request.name()), kTeacher);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->state(), v1::StopRequest::WITHDRAWN);
}

TEST_F(FleetServiceTest, ARequestOfAForeignDistrictIsNotThereForAnOwner) {
  v1::CreateStopRequestRequest request = MakeAsk("x", "2026-03-09", "2026-03-20");
  request.mutable_stop_request()->set_district("districts/wanzhou");
  auto asked = ChangeFleet<v1::StopRequest>("CreateStopRequest", request, kTeacher);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::TourStop stop = MakeStop(0, T("2026-03-10", 10));
  stop.set_stop_request(asked->name());
  EXPECT_TRUE(absl::IsNotFound(Plan(MakeTour("a", {stop})).status()));
  EXPECT_TRUE(Plan(MakeTour("a", {stop}), kCity).ok());
}

TEST_F(FleetServiceTest, WhoRunsTheCaravanThatIsHopedForAnswersAndPlans) {
  v1::CreateStopRequestRequest request = MakeAsk("x", "2026-03-09", "2026-03-20");
  request.mutable_stop_request()->set_district("districts/wanzhou");
  request.mutable_stop_request()->set_caravan("caravans/a");
  auto asked = ChangeFleet<v1::StopRequest>("CreateStopRequest", request, kTeacher);
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::AnswerStopRequestRequest answer = Named<v1::AnswerStopRequestRequest>(asked->name());
  answer.set_state(v1::StopRequest::WAITING);
  answer.mutable_reason()->set_zh("下周答复");
  EXPECT_TRUE(
      absl::IsNotFound(ChangeFleet<v1::StopRequest>("AnswerStopRequest", answer, kOtherOwner).status()));
  EXPECT_TRUE(ChangeFleet<v1::StopRequest>("AnswerStopRequest", answer, kOwnerStaff).ok());
  v1::TourStop stop = MakeStop(0, T("2026-03-10", 10));
  stop.set_stop_request(asked->name());
  EXPECT_TRUE(Plan(MakeTour("a", {stop})).ok());
}

TEST_F(FleetServiceTest, WishesThatPassedExpireByThemselves) {
  const v1::StopRequest request = Ask("x", "2026-03-03", "2026-03-04");
  GoTo(T("2026-03-05", 1));
  EXPECT_EQ(Read(request).state(), v1::StopRequest::EXPIRED);
}

TEST_F(FleetServiceTest, APlanIsAdoptedWholeOrNotAtAllAndARepeatFindsIt) {
  const v1::StopRequest request = Ask();
  v1::AdoptToursRequest adopt;
  for (const char* caravan : {"a", "b"}) {
    auto& chosen = *adopt.add_tours();
    chosen.set_parent(absl::StrCat("caravans/", caravan));
    *chosen.mutable_tour()->add_stops() = MakeStop(0.1, T("2026-03-10", 10));
    chosen.mutable_tour()->mutable_stops(0)->set_stop_request(request.name());
  }
  const absl::Status twice = ChangeFleet<v1::AdoptToursResponse>("AdoptTours", adopt, kCity).status();
  EXPECT_EQ(Reason(twice), "STOP_REQUEST_NOT_PENDING");
  EXPECT_EQ(Read(request).state(), v1::StopRequest::OPEN) << "nothing of it stands";
  adopt.mutable_tours(1)->mutable_tour()->mutable_stops(0)->clear_stop_request();
  EXPECT_TRUE(
      absl::IsPermissionDenied(ChangeFleet<v1::AdoptToursResponse>("AdoptTours", adopt, kDistrict).status()));
  adopt.set_request_id("adopt");
  // The process dies right after the call was taken in, and the caller asks again.
  SendFleet("AdoptTours", adopt, kCity);
  Restart();
  auto adopted = ChangeFleet<v1::AdoptToursResponse>("AdoptTours", adopt, kCity);
  ASSERT_TRUE(adopted.ok()) << adopted.status();
  ASSERT_EQ(adopted->tours_size(), 2);
  auto again = ChangeFleet<v1::AdoptToursResponse>("AdoptTours", adopt, kCity);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(kept_->info.replayed);
  EXPECT_EQ(again->tours(1).name(), adopted->tours(1).name());
  EXPECT_EQ(Read(request).stop(), adopted->tours(0).stops(0).name());
}

TEST_F(FleetServiceTest, ReportsServeTheRequestAndEndTheTour) {
  const v1::StopRequest request = Ask();
  v1::TourStop stop = MakeStop(0, T("2026-03-10", 10));
  stop.set_stop_request(request.name());
  auto tour = Plan(MakeTour("a", {stop, MakeStop(0.2, T("2026-03-10", 14))}));
  ASSERT_TRUE(tour.ok()) << tour.status();
  v1::ReportStopRequest report = Named<v1::ReportStopRequest>(tour->name() + "/stops/s1");
  report.mutable_report()->set_heads_reached(290);
  EXPECT_EQ(Reason(ChangeFleet<v1::Tour>("ReportStop", report, kCrew).status()), "STOP_NOT_BEGUN");
  GoTo(T("2026-03-10", 16));
  EXPECT_TRUE(absl::IsNotFound(
      ChangeFleet<v1::Tour>("ReportStop", report, {"users/c", "", {{"caravan_crew", "caravans/b"}}})
          .status()));
  EXPECT_EQ(ChangeFleet<v1::Tour>("ReportStop", report, kCrew)->state(), v1::Tour::RUNNING);
  EXPECT_EQ(Read(request).state(), v1::StopRequest::SERVED);
  report.set_name(tour->name() + "/stops/s2");
  report.mutable_report()->set_odometer_km(tour->drive_km() + 3);
  auto done = ChangeFleet<v1::Tour>("ReportStop", report, kCrew);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->state(), v1::Tour::DONE);
  EXPECT_EQ(done->heads_reached(), 580);
  EXPECT_EQ(AskFleet<v1::Caravan>("GetCaravan", Named<v1::GetCaravanRequest>("caravans/a"))->odometer_km(),
            tour->drive_km() + 3);
}

}  // namespace
}  // namespace kepu::venue
