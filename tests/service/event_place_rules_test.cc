// The rules of a place through their handlers: daily limits over sessions, visits of a district, people
// inside, and what two replicas make of them at once.
#include <set>

#include "google/rpc/status.pb.h"
#include "kepu/event/v1/door.pb.h"
#include "kepu/event/v1/place_rules.pb.h"
#include "libs/calendar/dates.h"
#include "services/event/domain/invariants.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_service_fixture.h"
#include "tests/service/round_desk.h"

namespace kepu::event {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kRulesName[] = "venues/cqstm/bookingRules";

class PlaceRulesTest : public EventServiceTest {
 protected:
  v1::UpdatePlaceRulesRequest Rules(int groups, const std::string& reason = "") {
    v1::UpdatePlaceRulesRequest request;
    request.mutable_rules()->set_name(kRulesName);
    v1::DayLimit* limit = request.mutable_rules()->add_limits();
    limit->set_id("groups");
    limit->set_most(groups);
    request.set_override_reason(reason);
    request.set_request_id(desk.NextRequestId());
    return request;
  }
  absl::StatusOr<v1::PlaceRules> Send(const v1::UpdatePlaceRulesRequest& request,
                                      const rpc::Principal& caller = kStaff) {
    return desk.Ask<v1::PlaceRules>("PlaceRulesService/UpdatePlaceRules", request, caller);
  }
  // In force: its sessions have joined.
  void Put(const v1::UpdatePlaceRulesRequest& request) {
    auto rules = Send(request);
    ASSERT_TRUE(rules.ok()) << rules.status();
    desk.executor.RunFor(absl::Seconds(15));
    const v1::PlaceRules now = InForce();
    for (const v1::DayLimit& limit : now.limits()) EXPECT_TRUE(limit.ready());
  }
  v1::PlaceRules InForce() {
    auto rules = desk.Ask<v1::PlaceRules>("PlaceRulesService/GetPlaceRules",
                                          desk.Named<v1::GetPlaceRulesRequest>(kRulesName), Nobody());
    EXPECT_TRUE(rules.ok()) << rules.status();
    return rules.ok() ? *rules : v1::PlaceRules();
  }
  v1::CreateBookingRequest GroupOf(const std::string& session, int adults) {
    v1::CreateBookingRequest request = desk.Booking(session, adults);
    request.mutable_booking()->set_kind(v1::Booking::GROUP);
    return request;
  }
  absl::StatusOr<v1::Booking> BookGroup(const std::string& session, const std::string& user, int adults) {
    return desk.Ask<v1::Booking>("CreateBooking", GroupOf(session, adults), User(user));
  }
  absl::Status Cancel(const std::string& booking, const std::string& user) {
    return desk.Ask<v1::Booking>("CancelBooking", desk.Named<v1::CancelBookingRequest>(booking), User(user))
        .status();
  }
  int Taken(const std::string& first_date = "2026-06-08") {
    v1::ListDayQuotasRequest request;
    request.set_parent(kRulesName);
    request.set_first_date(first_date);
    auto days = desk.Ask<v1::ListDayQuotasResponse>("PlaceRulesService/ListDayQuotas", request, Nobody());
    EXPECT_TRUE(days.ok()) << days.status();
    EXPECT_GT(days->quotas_size(), 0);
    EXPECT_EQ(days->quotas(0).most(), days->quotas(0).taken() + days->quotas(0).free());
    return days->quotas(0).taken();
  }
};

TEST_F(PlaceRulesTest, StaffMakeThemAndEverybodySeesThem) {
  const auto get = desk.Named<v1::GetPlaceRulesRequest>(kRulesName);
  EXPECT_EQ(desk.Ask<v1::PlaceRules>("PlaceRulesService/GetPlaceRules", get, Nobody()).status().code(),
            absl::StatusCode::kNotFound);
  v1::UpdatePlaceRulesRequest preview = Rules(50);
  preview.set_validate_only(true);
  auto shown = Send(preview);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->limits(0).most(), 50);
  EXPECT_EQ(desk.Ask<v1::PlaceRules>("PlaceRulesService/GetPlaceRules", get, Nobody()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Send(Rules(50), Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Send(Rules(50), User("a")).status().code(), absl::StatusCode::kPermissionDenied);
  Put(Rules(50));
  const v1::PlaceRules rules = InForce();
  ASSERT_THAT(rules.limits(), SizeIs(1));
  EXPECT_THAT(rules.limits(0).kinds(), ::testing::ElementsAre(v1::Booking::GROUP, v1::Booking::SCHOOL));
  EXPECT_EQ(rules.limits(0).span(), v1::DayLimit::DAY);

  v1::UpdatePlaceRulesRequest more = Rules(5);
  more.mutable_rules()->mutable_limits(0)->set_id("mornings");
  more.mutable_rules()->mutable_limits(0)->set_span(v1::DayLimit::MORNING);
  more.mutable_rules()->mutable_limits(0)->set_counts(v1::DayLimit::PARTIES);
  more.mutable_rules()->set_etag("other");
  EXPECT_EQ(Reason(Send(more).status()), "ETAG_MISMATCH");
  more.mutable_rules()->set_etag(rules.etag());
  Put(more);
  EXPECT_THAT(InForce().limits(), SizeIs(2)) << "the first stays";
  more.mutable_rules()->mutable_limits(0)->set_span(v1::DayLimit::DAY);
  more.mutable_rules()->clear_etag();
  more.set_request_id(desk.NextRequestId());
  EXPECT_THAT(refusal::ToWire(Send(more).status()).DebugString(), ::testing::HasSubstr("rules.limits[1]"));
  more.mutable_rules()->set_name("venues/cqstm/rules");
  more.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Send(more).status().code(), absl::StatusCode::kInvalidArgument);

  v1::ListPlaceRulesChangesRequest list;
  list.set_parent(kRulesName);
  list.set_page_size(1);
  const auto changes = [&](const rpc::Principal& who) {
    return desk.Ask<v1::ListPlaceRulesChangesResponse>("PlaceRulesService/ListPlaceRulesChanges", list, who);
  };
  auto page = changes(kStaff);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->changes(), SizeIs(1));
  EXPECT_EQ(page->changes(0).by(), "users/staff");
  list.set_page_token(page->next_page_token());
  EXPECT_THAT(changes(kStaff)->changes(0).before().limits(), SizeIs(1));
  EXPECT_EQ(changes(Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PlaceRulesTest, SessionsOfADayShareIt) {
  Put(Rules(50));
  const std::string one = desk.MakeSession(100).name();
  const std::string other = desk.MakeSession(100, absl::Hours(243)).name();
  const std::string later = desk.MakeSession(100, absl::Hours(270)).name();
  auto a = BookGroup(one, "a", 40);
  ASSERT_TRUE(a.ok()) << a.status();
  EXPECT_THAT(desk.Look(one).pools(), SizeIs(1)) << "the share is the place's to show";
  EXPECT_THAT(a->taken(), SizeIs(1));
  EXPECT_EQ(Taken(), 40);
  const absl::Status full = BookGroup(other, "b", 20).status();
  EXPECT_EQ(Reason(full), "DAY_QUOTA_USED_UP");
  EXPECT_EQ(refusal::ParamOf(full, "date"), "2026-06-08");
  EXPECT_EQ(Reason(Send(Rules(30)).status()), "DAY_QUOTA_TAKEN");
  EXPECT_TRUE(BookGroup(later, "b", 50).ok());
  EXPECT_TRUE(Book(other, "family", 60).ok()) << "other kinds are not limited";
  ASSERT_TRUE(Send(Rules(30, "a lift is broken")).ok());
  EXPECT_EQ(Reason(BookGroup(other, "c", 1).status()), "DAY_QUOTA_USED_UP");
  ASSERT_TRUE(Send(Rules(50)).ok());
  // Given back by the commit of the cancellation, taken at once by another session.
  ASSERT_EQ(Cancel(a->name(), "a"), absl::OkStatus());
  EXPECT_TRUE(BookGroup(other, "d", 40).ok());
  EXPECT_EQ(Taken(), 40);
  v1::ListDayQuotasRequest list;
  list.set_parent(kRulesName);
  list.set_first_date("2026-06-08");
  list.set_page_size(1);
  auto page = desk.Ask<v1::ListDayQuotasResponse>("PlaceRulesService/ListDayQuotas", list, Nobody());
  ASSERT_TRUE(page.ok()) << page.status();
  list.set_page_token(page->next_page_token());
  page = desk.Ask<v1::ListDayQuotasResponse>("PlaceRulesService/ListDayQuotas", list, Nobody());
  ASSERT_THAT(page->quotas(), SizeIs(1));
  EXPECT_EQ(page->quotas(0).date(), "2026-06-09");
  EXPECT_EQ(page->next_page_token(), "");
  list.set_parent("venues/other/bookingRules");
  list.clear_page_token();
  EXPECT_EQ(
      desk.Ask<v1::ListDayQuotasResponse>("PlaceRulesService/ListDayQuotas", list, Nobody()).status().code(),
      absl::StatusCode::kNotFound);
  list.set_first_date("tomorrow");
  EXPECT_EQ(
      desk.Ask<v1::ListDayQuotasResponse>("PlaceRulesService/ListDayQuotas", list, Nobody()).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(PlaceRulesTest, WhatRunsOutComesBackAndWhoWaitsHasIt) {
  Put(Rules(50));
  const std::string one = desk.MakeSession(100).name();
  const std::string other = desk.MakeSession(100, absl::Hours(243)).name();
  v1::HoldBookingRequest hold;
  hold.ParseFromString(GroupOf(one, 45).SerializeAsString());
  ASSERT_TRUE(desk.Ask<v1::Booking>("HoldBooking", hold, User("a")).ok());
  v1::JoinWaitListRequest join;
  join.set_parent(other);
  join.mutable_wait_entry()->set_kind(v1::Booking::GROUP);
  join.mutable_wait_entry()->mutable_party()->set_adults(30);
  join.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(desk.Ask<v1::WaitEntry>("JoinWaitList", join, User("w")).ok());
  EXPECT_EQ(desk.Look(other).waiting(), 1);
  desk.Skip(absl::Minutes(61));
  EXPECT_EQ(desk.Look(one).pools(0).held(), 0);
  EXPECT_EQ(desk.Look(other).offered(), 1);
  EXPECT_EQ(Taken(), 30);
  // A session that is cancelled gives all of its day back.
  auto cancel = desk.Named<v1::CancelSessionRequest>(other);
  cancel.set_reason("storm");
  ASSERT_TRUE(desk.Ask<v1::Session>("CancelSession", cancel, kStaff).ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(Taken(), 0);
}

TEST_F(PlaceRulesTest, BookingsFromBeforeTheLimitAreCounted) {
  const std::string one = desk.MakeSession(400).name();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(BookGroup(one, absl::StrCat("u", i), 2).ok());
  ASSERT_TRUE(Send(Rules(85)).ok());
  EXPECT_FALSE(InForce().limits(0).ready());
  const std::string other = desk.MakeSession(100).name();
  const absl::Status early = BookGroup(other, "x", 10).status();
  EXPECT_EQ(early.code(), absl::StatusCode::kUnavailable) << early;
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_TRUE(InForce().limits(0).ready());
  EXPECT_EQ(Taken(), 80);
  EXPECT_EQ(Reason(BookGroup(other, "x", 10).status()), "DAY_QUOTA_USED_UP");
  EXPECT_TRUE(BookGroup(other, "x", 5).ok());
  desk.Restart();
  EXPECT_EQ(Taken(), 85) << "as the store has it";
  EXPECT_EQ(Reason(BookGroup(other, "y", 1).status()), "DAY_QUOTA_USED_UP");
}

TEST_F(PlaceRulesTest, MovesWithinAFullDay) {
  Put(Rules(40));
  const std::string one = desk.MakeSession(100).name();
  const std::string other = desk.MakeSession(100, absl::Hours(243)).name();
  auto a = BookGroup(one, "a", 25), b = BookGroup(one, "b", 15);
  ASSERT_TRUE(a.ok() && b.ok());
  auto move = desk.Named<v1::MoveBookingRequest>(a->name());
  move.set_session(other);
  auto moved = desk.Ask<v1::Booking>("MoveBooking", move, User("a"));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(Taken(), 40);
  auto back = desk.Named<v1::MoveBookingRequest>(moved->name());
  back.set_session(one);
  EXPECT_TRUE(desk.Ask<v1::Booking>("MoveBooking", back, kStaff).ok());
  auto all = desk.Named<v1::MoveBookingsRequest>(one);
  all.set_session(other);
  auto answer = desk.Ask<v1::MoveBookingsResponse>("MoveBookings", all, kStaff);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->moved(), SizeIs(2));
  EXPECT_THAT(answer->stuck(), IsEmpty());
  EXPECT_EQ(Taken(), 40);
  const v1::UpdateBookingRequest change = [&] {
    v1::UpdateBookingRequest request;
    request.mutable_booking()->set_name(answer->moved(0));
    request.mutable_booking()->mutable_party()->set_adults(26);
    request.set_request_id(desk.NextRequestId());
    return request;
  }();
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("UpdateBooking", change, kStaff).status()), "DAY_QUOTA_USED_UP");
}

TEST_F(PlaceRulesTest, SchoolsOfADistrictHaveSoManyVisitsInATerm) {
  FakeSchools schools;
  for (const char* name : {"schools/hill", "schools/dale", "schools/far"}) {
    schools.schools[name].set_name(name);
    schools.schools[name].set_district(name == std::string("schools/far") ? "districts/wushan"
                                                                          : "districts/yubei");
  }
  desk.identity = &schools;
  desk.Restart();
  v1::UpdatePlaceRulesRequest rules = Rules(100);
  rules.mutable_rules()->set_district_visits(1);
  Put(rules);
  const std::string session = desk.MakeSession(200).name();
  const auto book = [&](const std::string& school) {
    v1::CreateBookingRequest request = desk.Booking(session, 2);
    request.mutable_booking()->set_kind(v1::Booking::SCHOOL);
    request.mutable_booking()->mutable_party()->set_pupils(28);
    return desk.Ask<v1::Booking>("CreateBooking", request, Teacher("schools/" + school));
  };
  auto first = book("hill");
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = book("dale").status();
  EXPECT_EQ(Reason(second), "DISTRICT_QUOTA_USED_UP");
  EXPECT_EQ(refusal::ParamOf(second, "district"), "districts/yubei");
  EXPECT_TRUE(book("far").ok()) << "another district";
  EXPECT_EQ(Taken(), 60);
  const auto list = [&] {
    v1::ListDistrictQuotasRequest request;
    request.set_parent(kRulesName);
    request.set_term("2026-spring");
    return desk.Ask<v1::ListDistrictQuotasResponse>("PlaceRulesService/ListDistrictQuotas", request,
                                                    Nobody());
  };
  auto rows = list();
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_THAT(rows->quotas(), SizeIs(2));
  EXPECT_EQ(rows->quotas(1).district(), "districts/yubei");
  EXPECT_EQ(rows->quotas(1).taken(), 1);
  EXPECT_EQ(rows->quotas(1).free(), 0);
  auto cancel = desk.Named<v1::CancelBookingRequest>(first->name());
  ASSERT_TRUE(desk.Ask<v1::Booking>("CancelBooking", cancel, Teacher("schools/hill")).ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(list()->quotas(), SizeIs(1));
  EXPECT_TRUE(book("dale").ok());
  desk.Restart();
  EXPECT_THAT(list()->quotas(), SizeIs(2)) << "as the store has it";
  EXPECT_EQ(Taken(), 60);
}

class PlaceDoorTest : public PlaceRulesTest {
 protected:
  std::string CodeOf(const std::string& booking) {
    v1::GetEntryCodeRequest request;
    request.set_name(booking + "/entryCode");
    auto code = desk.Ask<v1::EntryCode>("DoorService/GetEntryCode", request, kStaff);
    EXPECT_TRUE(code.ok()) << code.status();
    return code.ok() ? code->code() : "";
  }
  absl::StatusOr<v1::Booking> CheckIn(const v1::Booking& booking, int adults, bool later = false) {
    auto request = desk.Named<v1::CheckInRequest>(booking.name().substr(0, booking.name().find("/bookings")));
    request.set_code(CodeOf(booking.name()));
    if (adults > 0) request.mutable_party()->set_adults(adults);
    request.set_later(later);
    return desk.Ask<v1::Booking>("DoorService/CheckIn", request, kStaff);
  }
  v1::Occupancy Occupied() {
    auto occupancy =
        desk.Ask<v1::Occupancy>("PlaceRulesService/GetOccupancy",
                                desk.Named<v1::GetOccupancyRequest>("venues/cqstm/occupancy"), Nobody());
    EXPECT_TRUE(occupancy.ok()) << occupancy.status();
    return occupancy.ok() ? *occupancy : v1::Occupancy();
  }
};

TEST_F(PlaceDoorTest, TheRestOfAPartyComesLaterAndNobodyStaysForEver) {
  v1::UpdatePlaceRulesRequest rules = Rules(100);
  Put(rules);
  const std::string session = desk.MakeSession(20, absl::Minutes(30)).name();
  auto a = Book(session, "a", 6);
  ASSERT_TRUE(a.ok());
  ASSERT_TRUE(CheckIn(*a, 2).ok());
  auto rest = CheckIn(*a, 3, true);
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(rest->party().adults(), 5);
  EXPECT_EQ(rest->inside(), 5);
  EXPECT_EQ(rest->booked_party().adults(), 6);
  EXPECT_EQ(Reason(CheckIn(*a, 2, true).status()), "PARTY_COMPLETE");
  auto merge = desk.Named<v1::MergeDoorRequest>(session);
  merge.set_device("gate-1");
  for (const char* id : {"r1", "r2"}) {
    v1::DoorRecord* record = merge.add_records();
    record->set_id(id);
    record->set_act(v1::DoorRecord::CAME_LATER);
    record->set_code(CodeOf(a->name()));
    record->mutable_party()->set_adults(1);
    record->mutable_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now()));
  }
  auto merged = desk.Ask<v1::MergeDoorResponse>("DoorService/MergeDoor", merge, kStaff);
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->records(0).outcome(), v1::DoorRecord::TAKEN);
  EXPECT_EQ(merged->records(1).outcome(), v1::DoorRecord::REFUSED);
  EXPECT_EQ(merged->records(1).reason(), "PARTY_COMPLETE") << "kept, not lost";
  EXPECT_EQ(Occupied().inside(), 6);
  desk.Skip(absl::Hours(3) + absl::Minutes(1));
  const v1::Session shown = desk.Look(session);
  EXPECT_EQ(shown.inside(), 0);
  EXPECT_EQ(shown.left_unseen(), 6);
  EXPECT_EQ(shown.arrived(), 6);
  EXPECT_EQ(Get(a->name(), kStaff)->inside(), 0);
  EXPECT_EQ(Occupied().inside(), 0);
}

TEST_F(PlaceDoorTest, APlaceThatIsFullTurnsAwayWhoHasNotBooked) {
  v1::UpdatePlaceRulesRequest rules = Rules(100);
  rules.mutable_rules()->set_inside_max(20);
  rules.mutable_rules()->mutable_stay()->set_seconds(3600);
  Put(rules);
  const std::string one = desk.MakeSession(30, absl::Minutes(30)).name();
  const std::string next = desk.MakeSession(30, absl::Minutes(100)).name();
  const std::string far = desk.MakeSession(30, absl::Hours(30)).name();
  auto a = Book(one, "a", 15), b = Book(next, "b", 10);
  ASSERT_TRUE(a.ok() && b.ok()) << a.status() << b.status();
  EXPECT_EQ(Reason(Book(one, "c", 6).status()), "PLACE_CROWDED") << "15 are booked at the same time";
  EXPECT_TRUE(Book(one, "c", 5).ok());
  EXPECT_TRUE(Book(far, "d", 25).ok()) << "who knows what will be by then";
  ASSERT_TRUE(CheckIn(*a, 0).ok());
  EXPECT_EQ(Occupied().inside(), 15);
  EXPECT_EQ(Occupied().inside_max(), 20);
  EXPECT_EQ(Occupied().expected(2).heads(), 20) << "who is still to come";
  auto admit = desk.Named<v1::AdmitRequest>(one);
  admit.mutable_party()->set_adults(1);
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("DoorService/Admit", admit, kStaff).status()), "PLACE_CROWDED");
  // They stay longer than an hour: the next slot has less room, and who is booked comes in all the same.
  desk.Skip(absl::Minutes(95));
  EXPECT_EQ(Occupied().overstaying(), 15);
  auto walk = desk.Named<v1::AdmitRequest>(next);
  walk.mutable_party()->set_adults(1);
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("DoorService/Admit", walk, kStaff).status()), "PLACE_CROWDED");
  EXPECT_EQ(Reason(Book(next, "e", 1).status()), "PLACE_CROWDED");
  auto in = CheckIn(*b, 0);
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->place_over(), 5) << "a warning";
  desk.Skip(absl::Minutes(60));
  EXPECT_EQ(Occupied().inside(), 25) << "until half an hour after the session";
}

// Two processes on one store, both asked at once: the day is never oversold, and in the end nothing is left
// over that somebody could have had.
TEST_F(PlaceRulesTest, TwoReplicasShareTheDay) {
  Put(Rules(60));
  std::vector<std::string> sessions;
  for (int i = 0; i < 3; ++i) sessions.push_back(desk.MakeSession(100, absl::Hours(240 + i)).name());
  executor::SeededRandom random(7);
  auto made = MakeService({desk.store, desk.executor, desk.clock, random, desk.keys, desk.authorizer,
                           std::string(32, 'p'), Options()});
  ASSERT_TRUE(made.ok());
  (*made)->Start([](const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); });
  ASSERT_TRUE(desk.executor.RunUntil([&] { return (*made)->Ready(); }, absl::Seconds(5)));
  desk.executor.RunFor(absl::Seconds(1));
  std::vector<std::shared_ptr<Answer>> answers;
  std::vector<int> heads;
  for (int i = 0; i < 60; ++i) {
    heads.push_back(1 + i % 7);
    rpc::Context context;
    context.principal = User(absl::StrCat("u", i));
    context.deadline = desk.executor.SteadyNow() + absl::Seconds(10);
    const auto request = GroupOf(sessions[static_cast<size_t>(i % 3)], heads.back());
    auto answer = answers.emplace_back(std::make_shared<Answer>());
    EventService& service = i % 2 == 0 ? *desk.service : **made;
    service.rpc().Dispatch(
        "/kepu.event.v1.EventService/CreateBooking",
        rpc::Call(std::move(context), request.SerializeAsString(), std::make_unique<KeepAnswer>(answer)));
  }
  ASSERT_TRUE(desk.executor.RunUntil(
      [&] {
        return std::all_of(answers.begin(), answers.end(),
                           [](const auto& answer) { return answer->finished; });
      },
      absl::Seconds(30)));
  int booked = 0, smallest_refused = 100;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i]->status.ok()) booked += heads[i];
    if (answers[i]->status.ok()) continue;
    EXPECT_EQ(Reason(answers[i]->status), "DAY_QUOTA_USED_UP") << answers[i]->status;
    smallest_refused = std::min(smallest_refused, heads[i]);
  }
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_LE(booked, 60);
  EXPECT_GT(booked + smallest_refused, 60);
  EXPECT_EQ(Taken(), booked);
  made->reset();
}

TEST_F(PlaceRulesTest, AnswersAsItsAnnotationsSay) {
  Put(Rules(50));
  const auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {v1::PlaceRules::descriptor()->file()->FindServiceByName("PlaceRulesService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"venues/*/bookingRules", {kRulesName, "venues/nowhere/bookingRules"}},
                   {"venues/*/occupancy", {"venues/cqstm/occupancy", "venues/nowhere/occupancy"}}},
      .own = {{"", {"venues/cqstm", "city"}}},
      .foreign = "venues/other",
      .owner = "users/visitor",
      .samples = {{"UpdatePlaceRules", "rules { inside_max: 30 }"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
  auth::AccessScene faulty = scene;
  EXPECT_THAT(auth::FaultsNotFound(faulty, "UpdatePlaceRules"), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
