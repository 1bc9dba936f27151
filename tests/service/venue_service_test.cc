// The handlers of the venue service: what callers may do, see, repeat and page through.
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(VenueServiceTest, CreateReadUpdate) {
  v1::GetVenueRequest get;
  get.set_name("venues/cqstm");
  auto venue = Ask<v1::Venue>("GetVenue", get);
  ASSERT_TRUE(venue.ok()) << venue.status();
  EXPECT_EQ(venue->display_name().zh(), "重庆科技馆");
  EXPECT_EQ(venue->state(), v1::Venue::ACTIVE);
  EXPECT_EQ(venue->time_zone(), "Asia/Shanghai");

  v1::UpdateVenueRequest update;
  update.mutable_venue()->set_name("venues/cqstm");
  update.mutable_venue()->set_daily_capacity(9000);
  update.mutable_venue()->set_etag(venue->etag());
  update.mutable_update_mask()->add_paths("daily_capacity");
  auto updated = Change<v1::Venue>("UpdateVenue", update, kAdmin);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->daily_capacity(), 9000);
  EXPECT_EQ(updated->opening().weekly_size(), 6);
  EXPECT_EQ(Reason(Change<v1::Venue>("UpdateVenue", update, kAdmin).status()), "ETAG_MISMATCH");
  EXPECT_EQ(Ask<v1::Venue>("GetVenue", get)->daily_capacity(), 9000) << "reads see their writes";

  get.set_name("venues/absent");
  EXPECT_EQ(Ask<v1::Venue>("GetVenue", get).status().code(), absl::StatusCode::kNotFound);
  get.set_name("museums/cqstm");
  EXPECT_EQ(Ask<v1::Venue>("GetVenue", get).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Change<v1::Venue>("CreateVenue", MakeVenue("cqstm"), kCity).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Change<v1::Venue>("CreateVenue", MakeVenue("No Good"), kCity).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(VenueServiceTest, ARepeatedCreateFindsTheSameVenue) {
  v1::CreateVenueRequest request = MakeVenue("");
  request.set_request_id("again");
  auto first = Change<v1::Venue>("CreateVenue", request, kCity);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(kept_->info.replayed);
  auto second = Change<v1::Venue>("CreateVenue", request, kCity);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(kept_->info.replayed);
  EXPECT_EQ(first->name(), second->name());
  request.mutable_venue()->mutable_display_name()->set_zh("别的");
  EXPECT_EQ(Reason(Change<v1::Venue>("CreateVenue", request, kCity).status()), "REQUEST_ID_REUSED");
}

TEST_F(VenueServiceTest, WhoMayDoWhat) {
  EXPECT_EQ(Change<v1::Venue>("CreateVenue", MakeVenue("a"), kNobody).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Change<v1::Venue>("CreateVenue", MakeVenue("a"), kStaff).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(Change<v1::Venue>("CreateVenue", MakeVenue("a"), kDistrict).ok());
  v1::CreateVenueRequest elsewhere = MakeVenue("b");
  elsewhere.mutable_venue()->set_district("districts/wanzhou");
  EXPECT_EQ(Change<v1::Venue>("CreateVenue", elsewhere, kDistrict).status().code(),
            absl::StatusCode::kNotFound);

  EXPECT_EQ(Allocate(T("2026-03-10", 10), T("2026-03-10", 12), kNobody).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Allocate(T("2026-03-10", 10), T("2026-03-10", 12), kVisitor).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Allocate(T("2026-03-10", 10), T("2026-03-10", 12), kOtherStaff).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(Allocate(T("2026-03-10", 10), T("2026-03-10", 12), kStaff).ok());
  EXPECT_TRUE(Allocate(T("2026-03-11", 10), T("2026-03-11", 12), kCity).ok());

  v1::UpdateHolidayCalendarRequest calendar;
  calendar.mutable_holiday_calendar()->set_name("calendars/2026");
  EXPECT_EQ(Change<v1::HolidayCalendar>("UpdateHolidayCalendar", calendar, kAdmin).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Call<TryResponse>("ParticipantService", "Try",
                              MakeTry("aa", T("2026-03-12", 10), T("2026-03-12", 11)), kCity)
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(VenueServiceTest, VenuesAreListedByFilterAndPage) {
  for (int i = 0; i < 5; ++i) {
    v1::CreateVenueRequest request = MakeVenue(absl::StrCat("m", i), absl::StrCat("博物馆", i));
    if (i % 2 == 0) request.mutable_venue()->set_district("districts/wanzhou");
    if (i == 3) request.mutable_venue()->set_kind(v1::Venue::SCENIC);
    ASSERT_TRUE(Change<v1::Venue>("CreateVenue", request, kCity).ok());
  }
  auto list = [&](const std::function<void(v1::ListVenuesRequest&)>& narrow) {
    std::vector<std::string> ids;
    v1::ListVenuesRequest request;
    request.set_page_size(2);
    narrow(request);
    for (int pages = 0; pages < 10; ++pages) {
      auto response = Ask<v1::ListVenuesResponse>("ListVenues", request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      EXPECT_LE(response->venues_size(), 2);
      for (const auto& venue : response->venues()) ids.emplace_back(venue.name().substr(7));
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return ids;
  };
  EXPECT_THAT(list([](auto&) {}), ElementsAre("m0", "m1", "m2", "m3", "m4", "cqstm"));
  EXPECT_THAT(list([](auto& request) { request.set_district("districts/wanzhou"); }),
              ElementsAre("m0", "m2", "m4"));
  EXPECT_THAT(list([](auto& request) { request.set_kind(v1::Venue::SCENIC); }), ElementsAre("m3"));
  EXPECT_THAT(list([](auto& request) { request.set_text("博物"); }),
              ElementsAre("m0", "m1", "m2", "m3", "m4"));
  EXPECT_THAT(list([](auto& request) { request.set_text("MUSEUM CQ"); }), ElementsAre("cqstm"));
  EXPECT_THAT(list([](auto& request) {
                request.set_text("博物");
                request.set_district("districts/wanzhou");
              }),
              ElementsAre("m0", "m2", "m4"));
  EXPECT_THAT(list([](auto& request) { request.set_text("nothing"); }), IsEmpty());

  v1::ListVenuesRequest request;
  request.set_page_size(2);
  request.set_page_token(Ask<v1::ListVenuesResponse>("ListVenues", request)->next_page_token());
  request.set_district("districts/wanzhou");
  EXPECT_EQ(Ask<v1::ListVenuesResponse>("ListVenues", request).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "a token of another list";
  request.set_page_token("forged");
  EXPECT_EQ(Ask<v1::ListVenuesResponse>("ListVenues", request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(Ask<v1::ListVenuesResponse>("ListVenues", request).status().code(),
            absl::StatusCode::kInvalidArgument);

  // A venue that moves leaves its old lists.
  v1::UpdateVenueRequest move;
  move.mutable_venue()->set_name("venues/m0");
  move.mutable_venue()->set_district("districts/yubei");
  move.mutable_update_mask()->add_paths("district");
  ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", move, kCity).ok());
  EXPECT_THAT(list([](auto& narrowed) { narrowed.set_district("districts/wanzhou"); }),
              ElementsAre("m2", "m4"));
}

TEST_F(VenueServiceTest, AllocationsAreRepeatedListedAndReleased) {
  auto first = Allocate(T("2026-03-10", 10), T("2026-03-10", 12), kStaff, "once");
  ASSERT_TRUE(first.ok()) << first.status();
  auto again = Allocate(T("2026-03-10", 10), T("2026-03-10", 12), kStaff, "once");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->name(), again->name());
  auto taken = Allocate(T("2026-03-10", 11), T("2026-03-10", 13));
  EXPECT_EQ(Reason(taken.status()), "SPACE_TAKEN");
  EXPECT_EQ(refusal::ParamOf(taken.status(), "in_the_way"), first->name());
  ASSERT_TRUE(Allocate(T("2026-03-10", 12), T("2026-03-10", 13)).ok());
  ASSERT_TRUE(Allocate(T("2026-03-31", 20), T("2026-04-01", 2)).ok());

  v1::ListAllocationsRequest list;
  list.set_parent("venues/cqstm/spaces/hall");
  list.set_page_size(2);
  auto page = Ask<v1::ListAllocationsResponse>("ListAllocations", list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->allocations_size(), 2);
  EXPECT_EQ(page->allocations(0).name(), first->name());
  list.set_page_token(page->next_page_token());
  page = Ask<v1::ListAllocationsResponse>("ListAllocations", list);
  ASSERT_EQ(page->allocations_size(), 1);
  EXPECT_EQ(page->next_page_token(), "");
  list.clear_page_token();
  *list.mutable_start_time() = ToTimestamp(T("2026-04-01"));
  EXPECT_EQ(Ask<v1::ListAllocationsResponse>("ListAllocations", list)->allocations_size(), 1)
      << "reaches into April";
  *list.mutable_end_time() = ToTimestamp(T("2028-04-01"));
  EXPECT_EQ(Ask<v1::ListAllocationsResponse>("ListAllocations", list).status().code(),
            absl::StatusCode::kInvalidArgument);

  v1::ReleaseAllocationRequest release;
  release.set_name(first->name());
  auto released = Change<v1::Allocation>("ReleaseAllocation", release, kStaff);
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(released->state(), v1::Allocation::RELEASED);
  EXPECT_TRUE(Allocate(T("2026-03-10", 10), T("2026-03-10", 11)).ok());
}

TEST_F(VenueServiceTest, ExhibitionsAndClosures) {
  auto exhibition = Schedule("2026-03-10", "2026-05-20");
  ASSERT_TRUE(exhibition.ok()) << exhibition.status();
  EXPECT_EQ(Reason(Schedule("2026-05-20", "2026-05-22").status()), "SPACE_TAKEN");
  v1::ListExhibitionsRequest list;
  list.set_parent("venues/cqstm");
  EXPECT_EQ(Ask<v1::ListExhibitionsResponse>("ListExhibitions", list)->exhibitions(0).name(),
            exhibition->name());

  v1::CreateClosureRequest close;
  close.set_parent("venues/cqstm");
  *close.mutable_closure()->mutable_start_time() = ToTimestamp(T("2026-04-07"));
  *close.mutable_closure()->mutable_end_time() = ToTimestamp(T("2026-04-09"));
  close.mutable_closure()->mutable_reason()->set_zh("检修");
  auto closure = Change<v1::Closure>("CreateClosure", close, kStaff);
  ASSERT_TRUE(closure.ok()) << closure.status();
  EXPECT_THAT(closure->hits(), ElementsAre(exhibition->name()));
  v1::GetClosureRequest get;
  get.set_name(closure->name());
  EXPECT_EQ(Ask<v1::Closure>("GetClosure", get)->hit_count(), 1);

  v1::GetOpeningRequest opening;
  opening.set_name("venues/cqstm");
  *opening.mutable_first_date() = ToDate(D("2026-04-06"));
  *opening.mutable_last_date() = ToDate(D("2026-04-09"));
  auto days = Ask<v1::GetOpeningResponse>("GetOpening", opening);
  ASSERT_TRUE(days.ok()) << days.status();
  std::vector<std::string> rules;
  for (const auto& day : days->days()) rules.push_back(day.rule());
  EXPECT_THAT(rules, ElementsAre("WEEKLY_CLOSING", "CLOSURE", "CLOSURE", "WEEKLY_HOURS"));
  EXPECT_TRUE(days->days(0).provisional()) << "no notice was loaded";

  v1::CancelExhibitionRequest cancel;
  cancel.set_name(exhibition->name());
  cancel.set_reason("flood");
  ASSERT_TRUE(Change<v1::Exhibition>("CancelExhibition", cancel, kStaff).ok());
  v1::ListClosuresRequest closures;
  closures.set_parent("venues/cqstm");
  auto listed = Ask<v1::ListClosuresResponse>("ListClosures", closures);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->closures(0).hit_count(), 0) << "hits are found when asked for";
  v1::EndClosureRequest end;
  end.set_name(closure->name());
  ASSERT_TRUE(Change<v1::Closure>("EndClosure", end, kStaff).ok());
  EXPECT_EQ(Ask<v1::GetOpeningResponse>("GetOpening", opening)->days(1).rule(), "WEEKLY_HOURS");
}

TEST_F(VenueServiceTest, APlanIsCheckedWithThePhasesThatItWouldHave) {
  v1::CreateExhibitionRequest create;
  create.set_parent("venues/cqstm");
  create.mutable_exhibition()->mutable_title()->set_zh("恐龙");
  create.mutable_exhibition()->add_spaces("venues/cqstm/spaces/hall");
  *create.mutable_exhibition()->mutable_first_date() = ToDate(D("2026-06-02"));
  *create.mutable_exhibition()->mutable_last_date() = ToDate(D("2026-06-07"));
  const auto draft = Change<v1::Exhibition>("CreateExhibition", create, kStaff);
  ASSERT_TRUE(draft.ok()) << draft.status();
  ASSERT_TRUE(Allocate(T("2026-06-08", 10), T("2026-06-08", 12)).ok());
  v1::CheckExhibitionRequest check;
  check.set_name(draft->name());
  v1::Exhibition::Phase& phase = *check.mutable_exhibition()->add_phases();
  *phase.mutable_first_date() = ToDate(D("2026-06-08"));
  check.mutable_update_mask()->add_paths("phases");
  const auto checked = [&](v1::Exhibition::Phase::Kind kind) {
    phase.set_kind(kind);
    auto answer = Ask<v1::CheckExhibitionResponse>("CheckExhibition", check, kStaff);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::CheckExhibitionResponse();
  };
  EXPECT_THAT(checked(v1::Exhibition::Phase::TRANSPORT).problems(), testing::IsEmpty());
  const auto down = checked(v1::Exhibition::Phase::DEINSTALL);
  ASSERT_THAT(down.problems(), testing::SizeIs(1)) << "building down takes the day that is taken";
  EXPECT_EQ(down.problems(0).reason(), "SPACE_TAKEN");
  const auto late = checked(v1::Exhibition::Phase::INSTALL);
  ASSERT_THAT(late.problems(), testing::SizeIs(1));
  EXPECT_EQ(late.problems(0).reason(), "BAD_REQUEST");
  EXPECT_EQ(late.problems(0).params().at("field"), "exhibition.phases[0]");
  EXPECT_THAT(late.problems(0).params().at("rule"), testing::HasSubstr("before the first day"));
}

TEST_F(VenueServiceTest, PlansAreDraftedCheckedPublishedAndCopied) {
  v1::CreateExhibitionRequest create;
  create.set_parent("venues/cqstm");
  v1::Exhibition& plan = *create.mutable_exhibition();
  plan.mutable_title()->set_zh("恐龙");
  plan.add_spaces("venues/cqstm/spaces/hall");
  *plan.mutable_first_date() = ToDate(D("2026-06-02"));
  *plan.mutable_last_date() = ToDate(D("2026-06-07"));
  const auto draft = Change<v1::Exhibition>("CreateExhibition", create, kStaff);
  ASSERT_TRUE(draft.ok()) << draft.status();
  v1::GetExhibitionRequest get;
  get.set_name(draft->name());
  EXPECT_EQ(Ask<v1::Exhibition>("GetExhibition", get).status(), refusal::NotFound(draft->name()));
  EXPECT_EQ(Ask<v1::Exhibition>("GetExhibition", get, kOtherStaff).status(),
            refusal::NotFound(draft->name()));
  EXPECT_TRUE(Ask<v1::Exhibition>("GetExhibition", get, kStaff).ok());
  v1::ListExhibitionsRequest list;
  list.set_parent("venues/cqstm");
  list.set_show_drafts(true);
  EXPECT_THAT(Ask<v1::ListExhibitionsResponse>("ListExhibitions", list)->exhibitions(), testing::IsEmpty());
  EXPECT_THAT(Ask<v1::ListExhibitionsResponse>("ListExhibitions", list, kDistrict)->exhibitions(),
              testing::SizeIs(1));

  ASSERT_TRUE(Allocate(T("2026-06-08", 10), T("2026-06-08", 12)).ok());
  v1::CheckExhibitionRequest check;
  check.set_name(draft->name());
  const auto fits = Ask<v1::CheckExhibitionResponse>("CheckExhibition", check, kStaff);
  ASSERT_TRUE(fits.ok()) << fits.status();
  EXPECT_THAT(fits->problems(), testing::IsEmpty());
  EXPECT_EQ(fits->open_days(), 6);
  *check.mutable_last_date() = ToDate(D("2026-06-08"));
  const auto clash = Ask<v1::CheckExhibitionResponse>("CheckExhibition", check, kStaff);
  ASSERT_THAT(clash->problems(), testing::SizeIs(1));
  EXPECT_EQ(clash->problems(0).reason(), "SPACE_TAKEN");
  EXPECT_THAT(clash->problems(0).message().zh(), testing::HasSubstr("已被"));
  EXPECT_THAT(clash->problems(0).message().en(), testing::HasSubstr("is taken by"));

  v1::PublishExhibitionRequest publish;
  publish.set_name(draft->name());
  EXPECT_EQ(Change<v1::Exhibition>("PublishExhibition", publish, kStaff)->state(), v1::Exhibition::SCHEDULED);
  EXPECT_EQ(Reason(Change<v1::Exhibition>("PublishExhibition", publish, kStaff).status()),
            "EXHIBITION_PUBLISHED");
  EXPECT_TRUE(Ask<v1::Exhibition>("GetExhibition", get).ok()) << "now for all";
  v1::UpdateExhibitionRequest update;
  update.mutable_exhibition()->set_name(draft->name());
  *update.mutable_exhibition()->mutable_last_date() = ToDate(D("2026-06-08"));
  update.mutable_update_mask()->add_paths("last_date");
  EXPECT_EQ(Reason(Change<v1::Exhibition>("UpdateExhibition", update, kStaff).status()), "SPACE_TAKEN");
  *update.mutable_exhibition()->mutable_last_date() = ToDate(D("2026-06-06"));
  EXPECT_EQ(Change<v1::Exhibition>("UpdateExhibition", update, kStaff)->last_date().day(), 6);
  v1::CopyExhibitionRequest copy;
  copy.set_name(draft->name());
  copy.mutable_first_date()->set_year(2027);
  EXPECT_THAT(Change<v1::Exhibition>("CopyExhibition", copy, kStaff).status().ToString(),
              testing::HasSubstr("first_date"));
  *copy.mutable_first_date() = ToDate(D("2027-06-01"));
  const auto copied = Change<v1::Exhibition>("CopyExhibition", copy, kStaff);
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->last_date().day(), 5);
  EXPECT_EQ(copied->copied_from(), draft->name());
}

TEST_F(VenueServiceTest, HolidayNoticesChangeTheAnswers) {
  v1::CheckAvailabilityRequest check;
  check.set_name("venues/cqstm");
  *check.mutable_date() = ToDate(D("2026-05-06"));
  auto before = Ask<v1::CheckAvailabilityResponse>("CheckAvailability", check);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_TRUE(before->available());
  EXPECT_TRUE(before->opening().provisional());

  v1::UpdateHolidayCalendarRequest update;
  update.mutable_holiday_calendar()->set_name("calendars/2026");
  for (absl::CivilDay day = D("2026-05-01"); day <= D("2026-05-05"); ++day) {
    auto* entry = update.mutable_holiday_calendar()->add_days();
    *entry->mutable_date() = ToDate(day);
    entry->set_kind(v1::HolidayCalendar::Day::HOLIDAY);
    entry->set_block("labour-day");
  }
  ASSERT_TRUE(Change<v1::HolidayCalendar>("UpdateHolidayCalendar", update, kCity).ok());
  auto after = Ask<v1::CheckAvailabilityResponse>("CheckAvailability", check);
  EXPECT_FALSE(after->available());
  EXPECT_EQ(after->reason(), "VENUE_CLOSED");
  EXPECT_EQ(after->opening().rule(), "SHIFTED_CLOSING");
  EXPECT_EQ(after->opening().params().at("block"), "labour-day");
  EXPECT_EQ(after->next_open_days(0).date().day(), 7);
  Restart();
  EXPECT_EQ(Ask<v1::CheckAvailabilityResponse>("CheckAvailability", check)->opening().rule(),
            "SHIFTED_CLOSING");
  v1::GetHolidayCalendarRequest get;
  get.set_name("calendars/2026");
  EXPECT_EQ(Ask<v1::HolidayCalendar>("GetHolidayCalendar", get)->days_size(), 5);
  get.set_name("calendars/2027");
  EXPECT_EQ(Ask<v1::HolidayCalendar>("GetHolidayCalendar", get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VenueServiceTest, RetiringShowsWhatItHits) {
  auto allocation = Allocate(T("2026-04-10", 10), T("2026-04-10", 12));
  ASSERT_TRUE(allocation.ok());
  v1::RetireVenueRequest retire;
  retire.set_name("venues/cqstm");
  *retire.mutable_retire_date() = ToDate(D("2026-04-01"));
  retire.set_validate_only(true);
  retire.set_request_id("preview and deed");
  auto preview = Change<v1::RetireVenueResponse>("RetireVenue", retire, kCity);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->hits(), ElementsAre(allocation->name()));
  EXPECT_FALSE(preview->venue().has_retire_date());
  v1::RetireVenueRequest past = retire;
  *past.mutable_retire_date() = ToDate(D("2026-01-01"));
  EXPECT_EQ(Change<v1::RetireVenueResponse>("RetireVenue", past, kCity).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "a preview says what the call would say";
  retire.set_validate_only(false);
  auto done = Change<v1::RetireVenueResponse>("RetireVenue", retire, kCity);
  ASSERT_TRUE(done.ok()) << "a preview uses up no request id: " << done.status();
  EXPECT_TRUE(done->venue().has_retire_date());
  EXPECT_EQ(Reason(Allocate(T("2026-04-11", 10), T("2026-04-11", 12)).status()), "VENUE_RETIRED");
  clock_.SetSkew(absl::Hours(24 * 31));
  executor_.RunFor(absl::Seconds(5));
  v1::GetVenueRequest get;
  get.set_name("venues/cqstm");
  EXPECT_EQ(Ask<v1::Venue>("GetVenue", get)->state(), v1::Venue::RETIRED)
      << "the sweeper applies what is due";
  v1::RestoreVenueRequest restore;
  restore.set_name("venues/cqstm");
  ASSERT_TRUE(Change<v1::Venue>("RestoreVenue", restore, kCity).ok());
  EXPECT_TRUE(Allocate(T("2026-04-11", 10), T("2026-04-11", 12)).ok());
}

TEST_F(VenueServiceTest, ARestartReadsTheSame) {
  ASSERT_TRUE(Schedule("2026-03-10", "2026-05-20").ok());
  ASSERT_TRUE(Allocate(T("2026-06-10", 10), T("2026-06-10", 12)).ok());
  auto everything = [&] {
    std::vector<std::string> all;
    v1::ListVenuesRequest venues;
    auto listed = Ask<v1::ListVenuesResponse>("ListVenues", venues);
    for (const auto& venue : listed->venues()) all.push_back(venue.SerializeAsString());
    v1::ListSpacesRequest spaces;
    spaces.set_parent("venues/cqstm");
    auto halls = Ask<v1::ListSpacesResponse>("ListSpaces", spaces);
    for (const auto& space : halls->spaces()) all.push_back(space.SerializeAsString());
    v1::ListAllocationsRequest allocations;
    allocations.set_parent("venues/cqstm/spaces/hall");
    *allocations.mutable_end_time() = ToTimestamp(T("2026-12-01"));
    auto taken = Ask<v1::ListAllocationsResponse>("ListAllocations", allocations);
    for (const auto& one : taken->allocations()) all.push_back(one.SerializeAsString());
    return all;
  };
  const std::vector<std::string> before = everything();
  EXPECT_EQ(before.size(), 5u);
  Restart();
  EXPECT_EQ(everything(), before);
}

TEST_F(VenueServiceTest, TheStoreDownIsSaidSo) {
  store_.set_down(true);
  const absl::Status status = Allocate(T("2026-03-10", 10), T("2026-03-10", 12)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  v1::GetVenueRequest get;
  get.set_name("venues/cqstm");
  EXPECT_TRUE(Ask<v1::Venue>("GetVenue", get).ok()) << "reads go on from memory";
  store_.set_down(false);
  executor_.RunFor(absl::Seconds(2));
  EXPECT_TRUE(Allocate(T("2026-03-10", 10), T("2026-03-10", 12)).ok());
}

}  // namespace
}  // namespace kepu::venue
