// The handlers of the volunteer service on a store in memory: what callers may do, see, repeat and page
// through, and what is settled afterwards.
#include <set>

#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/reservation/claim.h"
#include "libs/store/verifier.h"
#include "tests/service/volunteer_desk.h"

namespace kepu::volunteer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }

class VolunteerServiceTest : public ::testing::Test {
 protected:
  void TearDown() override {
    desk.executor.RunFor(absl::Seconds(30));
    EXPECT_EQ(desk.service->pending(), 0u) << "something is half done";
    EXPECT_EQ(desk.service->settler().alarms(), 0u);
    std::optional<absl::StatusOr<store::VerifyReport>> report;
    store::VerifyAll(desk.store, SchemaOfVolunteers(), 64, [&](auto done) { report = std::move(done); });
    ASSERT_TRUE(desk.executor.RunUntil([&] { return report.has_value(); }, absl::Seconds(60)));
    ASSERT_TRUE(report->ok());
    EXPECT_THAT((*report)->problems, SizeIs(0)) << (*report)->problems.front();
  }
  template <class Request>
  absl::StatusOr<v1::Signup> Door(const char* method, const std::string& name,
                                  const rpc::Principal& caller = Staff()) {
    return desk.Ask<v1::Signup>(method, desk.Named<Request>(name), caller);
  }
  absl::StatusOr<v1::Signup> CheckIn(const std::string& name) {
    return Door<v1::CheckInRequest>("CheckIn", name);
  }
  absl::StatusOr<v1::Signup> CheckOut(const std::string& name) {
    return Door<v1::CheckOutRequest>("CheckOut", name);
  }
  absl::StatusOr<v1::Signup> GetSignup(const std::string& name, const rpc::Principal& caller) {
    v1::GetSignupRequest request;
    request.set_name(name);
    return desk.Ask<v1::Signup>("GetSignup", request, caller);
  }
  absl::StatusOr<v1::Volunteer> GetVolunteer(const std::string& name, const rpc::Principal& caller) {
    v1::GetVolunteerRequest request;
    request.set_name(name);
    return desk.Ask<v1::Volunteer>("GetVolunteer", request, caller);
  }
  absl::StatusOr<v1::ListSignupsResponse> ListSignups(const std::string& parent,
                                                      const rpc::Principal& caller) {
    v1::ListSignupsRequest request;
    request.set_parent(parent);
    return desk.Ask<v1::ListSignupsResponse>("ListSignups", request, caller);
  }
  reservation::v1::TryRequest Guide(const std::string& thing, double from_hours, double hours,
                                    reservation::v1::Kind kind = reservation::v1::GUIDE) {
    reservation::v1::TryRequest request;
    reservation::v1::Demand& demand = *request.mutable_demand();
    demand.set_thing(thing);
    demand.set_kind(kind);
    const int64_t start = absl::ToUnixSeconds(kDeskStart + absl::Hours(1) * from_hours);
    demand.mutable_start_time()->set_seconds(start);
    demand.mutable_end_time()->set_seconds(start + static_cast<int64_t>(hours * 3600));
    demand.set_amount(1);
    demand.set_place("venues/cqstm");
    demand.set_purpose("events/e/sessions/s");
    request.set_reservation("ra");
    request.set_pivot_service("event");
    request.set_pivot("events/e/sessions/s");
    request.set_request_id(reservation::ClaimId("ra", demand));
    return request;
  }
  template <class Response>
  absl::StatusOr<Response> AsPeer(const char* method, const google::protobuf::Message& request) {
    rpc::Context context;
    context.principal = Peer();
    return desk.Ask<Response>(method, request, std::move(context), "ParticipantService");
  }
  reservation::v1::StepRequest StepOf(const reservation::v1::TryRequest& request) {
    reservation::v1::StepRequest step;
    step.set_request_id(request.request_id());
    step.set_thing(request.demand().thing());
    step.set_reservation(request.reservation());
    return step;
  }

  VolunteerDesk desk;
};

TEST_F(VolunteerServiceTest, AUserIsOneVolunteerForEver) {
  const v1::Volunteer first = desk.Register("li");
  EXPECT_EQ(first.user(), "users/li");
  EXPECT_EQ(first.state(), v1::Volunteer::ACTIVE);
  EXPECT_EQ(desk.Register("li").name(), first.name());
  EXPECT_NE(desk.Register("wang").name(), first.name());
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->name(), first.name());
  EXPECT_EQ(GetVolunteer(first.name(), Staff())->district(), "districts/yuzhong");
  EXPECT_EQ(GetVolunteer(first.name(), User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GetVolunteer("volunteers/me", User("nobody")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(desk.TryRegister("kid", 2010).status()), "GUARDIAN_CONSENT_NEEDED");
  EXPECT_EQ(desk.TryRegister("x", 1993).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(desk.Ask<v1::Volunteer>("RegisterVolunteer", v1::RegisterVolunteerRequest(), rpc::Principal())
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(VolunteerServiceTest, ShiftsAreMadeByStaffAndListedByPlaceTimeAndRoom) {
  const v1::Shift early = desk.MakeShift(1, 48);
  const v1::Shift late = desk.MakeShift(1, 96);
  desk.MakeShift(1, 72, 2, "venues/other");
  EXPECT_EQ(
      desk.Ask<v1::Shift>("CreateShift", desk.ShiftRequest(kDeskStart + absl::Hours(24), absl::Hours(2), 1),
                          User("li"))
          .status()
          .code(),
      absl::StatusCode::kPermissionDenied);
  auto wrong = desk.ShiftRequest(kDeskStart - absl::Hours(24), absl::Hours(9), 1);
  EXPECT_EQ(desk.Ask<v1::Shift>("CreateShift", wrong, Staff()).status().code(),
            absl::StatusCode::kInvalidArgument);
  desk.Register("li");
  ASSERT_TRUE(desk.SignUp(early.name(), "li").ok());

  auto list = [&](auto change) {
    v1::ListShiftsRequest request;
    change(request);
    auto page = desk.Ask<v1::ListShiftsResponse>("ListShifts", request, rpc::Principal());
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const v1::Shift& shift : page->shifts()) names.push_back(shift.name());
    }
    return names;
  };
  EXPECT_THAT(list([](auto&) {}), SizeIs(3));
  EXPECT_THAT(list([](auto& r) { r.set_place("venues/cqstm"); }), ElementsAre(early.name(), late.name()));
  EXPECT_THAT(list([](auto& r) { r.set_place("venues/cqstm"), r.set_open_only(true); }),
              ElementsAre(late.name()));
  EXPECT_THAT(list([&](auto& r) {
                r.set_place("venues/cqstm");
                *r.mutable_start_time_min() = late.start_time();
              }),
              ElementsAre(late.name()));
  EXPECT_THAT(list([&](auto& r) { *r.mutable_start_time_max() = late.start_time(); }), SizeIs(2));
  EXPECT_THAT(list([&](auto& r) {
                *r.mutable_start_time_min() = early.start_time();
                *r.mutable_start_time_max() = early.start_time();
              }),
              SizeIs(0));
}

TEST_F(VolunteerServiceTest, PagesFollowEachOtherAndTokensAreBound) {
  std::set<std::string> made, seen;
  for (int i = 0; i < 7; ++i) made.insert(desk.MakeShift(1, 48 + 6 * i).name());
  for (const bool until : {false, true}) {
    v1::ListShiftsRequest request;
    request.set_page_size(3);
    if (until)
      request.mutable_start_time_max()->set_seconds(absl::ToUnixSeconds(kDeskStart + absl::Hours(1000)));
    seen.clear();
    for (int pages = 0; pages < 4; ++pages) {
      auto page = desk.Ask<v1::ListShiftsResponse>("ListShifts", request, rpc::Principal());
      ASSERT_TRUE(page.ok()) << page.status();
      for (const v1::Shift& shift : page->shifts()) EXPECT_TRUE(seen.insert(shift.name()).second);
      request.set_page_token(page->next_page_token());
      if (request.page_token().empty()) break;
    }
    EXPECT_EQ(seen, made);
    request.set_page_token("forged");
    EXPECT_EQ(desk.Ask<v1::ListShiftsResponse>("ListShifts", request, rpc::Principal()).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(VolunteerServiceTest, SignsUpOnceAndTheSameCallAnswersTheSame) {
  const v1::Shift shift = desk.MakeShift(2);
  const std::string me = desk.Register("li").name();
  auto signup = desk.SignUp(shift.name(), "li", "once");
  ASSERT_TRUE(signup.ok()) << signup.status();
  EXPECT_EQ(signup->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(signup->volunteer(), me);
  EXPECT_GT(desk.last->info.position, 0u);
  auto again = desk.SignUp(shift.name(), "li", "once", true);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), signup->SerializeAsString());
  EXPECT_TRUE(desk.last->info.replayed);
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li").status()), "ALREADY_SIGNED_UP");
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
  EXPECT_EQ(desk.SignUp("shifts/nowhere", "li").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(desk.SignUp("venues/x", "li").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(VolunteerServiceTest, OnlyVolunteersSignUp) {
  const v1::Shift shift = desk.MakeShift(2);
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "stranger", "k").status()), "NOT_REGISTERED");
  // The refusal is recorded: the same call is told the same, even after registering.
  desk.Register("stranger");
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "stranger", "k", true).status()), "NOT_REGISTERED");
  EXPECT_TRUE(desk.SignUp(shift.name(), "stranger", "k2").ok());
}

TEST_F(VolunteerServiceTest, AFullShiftNamesOthers) {
  const v1::Shift shift = desk.MakeShift(1);
  const v1::Shift other = desk.MakeShift(1, 96);
  desk.Register("li");
  desk.Register("wang");
  auto first = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(first.ok());
  const absl::Status full = desk.SignUp(shift.name(), "wang", "w").status();
  EXPECT_EQ(Reason(full), "SHIFT_FULL");
  EXPECT_EQ(refusal::ParamOf(full, "alternatives"), other.name());
  EXPECT_THAT(refusal::ToWire(full).message(), HasSubstr(other.name()));
  // A first copy's no is not recorded, so the repeat gets the place that has come free.
  ASSERT_TRUE(desk.Withdraw(first->name(), "li").ok());
  EXPECT_TRUE(desk.SignUp(shift.name(), "wang", "w", true).ok());
}

TEST_F(VolunteerServiceTest, TheNoOfARepeatIsForEver) {
  const v1::Shift shift = desk.MakeShift(1);
  desk.Register("li");
  desk.Register("wang");
  auto first = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang", "w", true).status()), "SHIFT_FULL");
  ASSERT_TRUE(desk.Withdraw(first->name(), "li").ok());
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang", "w", true).status()), "SHIFT_FULL");
  EXPECT_TRUE(desk.SignUp(shift.name(), "wang", "w2").ok());
}

TEST_F(VolunteerServiceTest, NobodyIsAtTwoPlacesAtOnce) {
  const v1::Shift here = desk.MakeShift(5, 72, 4, "venues/cqstm");
  const v1::Shift there = desk.MakeShift(5, 76.5, 2, "venues/far");  // half an hour later, an hour away
  const v1::Shift later = desk.MakeShift(5, 77.5, 2, "venues/far");
  desk.Register("li");
  ASSERT_TRUE(desk.SignUp(here.name(), "li").ok());
  const absl::Status no = desk.SignUp(there.name(), "li").status();
  EXPECT_EQ(Reason(no), "OVERLAPS");
  EXPECT_EQ(refusal::ParamOf(no, "with"), here.name());
  EXPECT_EQ(refusal::ParamOf(no, "gap_minutes"), "90");
  EXPECT_EQ(desk.Look(there.name()).signed_up(), 0);
  EXPECT_TRUE(desk.SignUp(later.name(), "li").ok());
  const v1::Shift more = desk.MakeShift(5, 66, 4);
  EXPECT_EQ(Reason(desk.SignUp(more.name(), "li").status()), "TOO_MANY_HOURS");
}

TEST_F(VolunteerServiceTest, WithdrawingGivesPlaceAndTimeBack) {
  const v1::Shift shift = desk.MakeShift(1);
  const v1::Shift same_time = desk.MakeShift(1, 73, 2, "venues/b");
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li", "s1");
  ASSERT_TRUE(signup.ok());
  EXPECT_EQ(desk.Withdraw(signup->name(), "wang").status().code(), absl::StatusCode::kNotFound);
  auto withdrawn = desk.Withdraw(signup->name(), "li");
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->state(), v1::Signup::WITHDRAWN);
  EXPECT_EQ(desk.Look(shift.name()).free(), 1);
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_TRUE(desk.SignUp(same_time.name(), "li").ok()) << "the time is free again";
  // The first sign-up's call still says what became of it.
  EXPECT_EQ(desk.SignUp(shift.name(), "li", "s1", true)->state(), v1::Signup::WITHDRAWN);
  // In the last day it takes a reason.
  desk.Advance(absl::Hours(60));
  const std::string late(absl::StrCat(same_time.name(), "/signups/", signup->volunteer().substr(11)));
  EXPECT_EQ(Reason(desk.Withdraw(late, "li").status()), "TOO_LATE_TO_WITHDRAW");
  EXPECT_TRUE(desk.Withdraw(late, "li", "ill").ok());
}

TEST_F(VolunteerServiceTest, HoursFollowAttendance) {
  const v1::Shift shift = desk.MakeShift(2);
  const std::string me = desk.Register("li").name();
  auto signup = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(signup.ok());
  EXPECT_EQ(Reason(CheckIn(signup->name()).status()), "TOO_EARLY_TO_CHECK_IN");
  EXPECT_EQ(Reason(CheckOut(signup->name()).status()), "NOT_CHECKED_IN");
  desk.Advance(absl::Hours(71.9));
  EXPECT_EQ(Door<v1::CheckInRequest>("CheckIn", signup->name(), User("li")).status().code(),
            absl::StatusCode::kNotFound)
      << "nobody checks themselves in";
  EXPECT_EQ(Door<v1::CheckInRequest>("CheckIn", signup->name(), Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(CheckIn(signup->name())->state(), v1::Signup::CHECKED_IN);
  desk.Advance(absl::Hours(3));
  auto out = CheckOut(signup->name());
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->minutes(), 180);
  EXPECT_EQ(desk.Look(shift.name()).served_minutes(), 180);
  desk.executor.RunFor(absl::Seconds(6));
  v1::ListHourRecordsRequest request;
  request.set_parent("volunteers/me");
  auto hours = desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, User("li"));
  ASSERT_TRUE(hours.ok()) << hours.status();
  ASSERT_EQ(hours->hour_records_size(), 1);
  EXPECT_EQ(hours->hour_records(0).shift(), shift.name());
  EXPECT_EQ(hours->hour_records(0).minutes(), 180);
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 180);
  request.set_parent(me);
  EXPECT_EQ(desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, User("wang")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, Staff()).ok());
}

TEST_F(VolunteerServiceTest, HoursReachTheLedgerAlsoThroughACrash) {
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li");
  desk.Advance(absl::Hours(72));
  ASSERT_TRUE(CheckIn(signup->name()).ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckOut(signup->name()).ok());
  desk.Restart();  // before anything was posted
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 0);
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 120);
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 120);
}

TEST_F(VolunteerServiceTest, AbsenceIsMarkedByStaffWithAReason) {
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li");
  auto mark = desk.Named<v1::MarkNoShowRequest>(signup->name());
  EXPECT_EQ(desk.Ask<v1::Signup>("MarkNoShow", mark, Staff()).status().code(),
            absl::StatusCode::kInvalidArgument);
  mark.set_reason("did not come");
  EXPECT_EQ(Reason(desk.Ask<v1::Signup>("MarkNoShow", mark, Staff()).status()), "SHIFT_NOT_STARTED");
  desk.Advance(absl::Hours(72.5));
  mark.set_request_id(desk.NextRequestId());
  EXPECT_EQ(desk.Ask<v1::Signup>("MarkNoShow", mark, Staff())->state(), v1::Signup::NO_SHOW);
  EXPECT_EQ(desk.Look(shift.name()).no_shows(), 1);
  EXPECT_EQ(Reason(desk.Withdraw(signup->name(), "li", "x").status()), "ALREADY_ATTENDED");
}

TEST_F(VolunteerServiceTest, ACancelledShiftFreesEverybody) {
  const int people = 60;
  const v1::Shift shift = desk.MakeShift(people);
  const v1::Shift instead = desk.MakeShift(people, 73, 2, "venues/b");
  std::string last;
  for (int i = 0; i < people; ++i) {
    desk.Register(absl::StrCat("u", i));
    auto signup = desk.SignUp(shift.name(), absl::StrCat("u", i));
    ASSERT_TRUE(signup.ok()) << signup.status();
    last = signup->name();
  }
  auto cancel = desk.Named<v1::CancelShiftRequest>(shift.name());
  cancel.set_reason("storm");
  EXPECT_EQ(desk.Ask<v1::Shift>("CancelShift", cancel, User("u1")).status().code(),
            absl::StatusCode::kPermissionDenied);
  cancel.set_request_id(desk.NextRequestId());
  EXPECT_EQ(desk.Ask<v1::Shift>("CancelShift", cancel, Staff())->state(), v1::Shift::CANCELLED);
  EXPECT_EQ(GetSignup(last, Staff())->state(), v1::Signup::SHIFT_CANCELLED) << "at once";
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(30));
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 0);
  EXPECT_EQ(ListSignups(shift.name(), Staff())->signups(0).state(), v1::Signup::SHIFT_CANCELLED);
  for (const char* user : {"u0", "u30", "u59"}) EXPECT_TRUE(desk.SignUp(instead.name(), user).ok()) << user;
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "u1").status()), "SHIFT_CANCELLED");
}

TEST_F(VolunteerServiceTest, SignupsAreSeenByTheirOwnersAndByStaff) {
  const v1::Shift shift = desk.MakeShift(3);
  const v1::Shift next = desk.MakeShift(3, 96);
  for (const char* user : {"li", "wang"}) desk.Register(user);
  auto mine = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(desk.SignUp(next.name(), "li").ok());
  ASSERT_TRUE(desk.SignUp(shift.name(), "wang").ok());
  EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups_size(), 2);
  EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups(0).shift(), shift.name());
  EXPECT_EQ(ListSignups(shift.name(), Staff())->signups_size(), 2);
  EXPECT_EQ(ListSignups(shift.name(), User("li")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(GetSignup(mine->name(), User("li")).ok());
  EXPECT_TRUE(GetSignup(mine->name(), Staff()).ok());
  EXPECT_EQ(GetSignup(mine->name(), User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GetSignup(mine->name(), Staff("venues/b")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VolunteerServiceTest, VolunteersAreListedForCoordinatorsByDistrict) {
  desk.Register("li");
  desk.Register("wang");
  v1::ListVolunteersRequest request;
  EXPECT_EQ(desk.Ask<v1::ListVolunteersResponse>("ListVolunteers", request, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(desk.Ask<v1::ListVolunteersResponse>("ListVolunteers", request, Staff())->volunteers_size(), 2);
  request.set_district("districts/kaizhou");
  EXPECT_EQ(desk.Ask<v1::ListVolunteersResponse>("ListVolunteers", request, Staff())->volunteers_size(), 0);
}

TEST_F(VolunteerServiceTest, AReadReflectsThePositionItCarries) {
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  ASSERT_TRUE(desk.SignUp(shift.name(), "li").ok());
  rpc::Context context;
  context.min_position = desk.last->info.position;
  v1::GetShiftRequest request;
  request.set_name(shift.name());
  EXPECT_EQ(desk.Ask<v1::Shift>("GetShift", request, context)->signed_up(), 1);
  context.min_position = store::Position{1, 3, 1000000}.Pack();
  EXPECT_EQ(Reason(desk.Ask<v1::Shift>("GetShift", request, context).status()), "NOT_YET_VISIBLE");
}

TEST_F(VolunteerServiceTest, ResolveOnlyTellsAndDoesNothing) {
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  v1::SignUpRequest request;
  request.set_shift(shift.name());
  request.set_request_id("a");
  rpc::Context context;
  context.principal = User("li");
  context.resolve_only = true;
  EXPECT_EQ(Reason(desk.Ask<v1::Signup>("SignUp", request, context).status()), "REQUEST_ABANDONED");
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li", "a").status()), "REQUEST_ABANDONED");
  ASSERT_TRUE(desk.SignUp(shift.name(), "li", "b").ok());
  request.set_request_id("b");
  EXPECT_EQ(desk.Ask<v1::Signup>("SignUp", request, context)->state(), v1::Signup::SIGNED_UP);
}

TEST_F(VolunteerServiceTest, ARivalryForTheLastPlaceHasOneWinner) {
  const v1::Shift shift = desk.MakeShift(1);
  std::vector<std::shared_ptr<Answer>> answers;
  for (int i = 0; i < 8; ++i) desk.Register(absl::StrCat("u", i));
  for (int i = 0; i < 8; ++i) {
    v1::SignUpRequest request;
    request.set_shift(shift.name());
    request.set_request_id("r");
    rpc::Context context;
    context.principal = User(absl::StrCat("u", i));
    answers.push_back(desk.Send("SignUp", request, context));
  }
  desk.executor.RunFor(absl::Seconds(10));
  int won = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer->finished);
    if (answer->status.ok()) {
      ++won;
    } else {
      EXPECT_EQ(Reason(answer->status), "SHIFT_FULL");
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
}

TEST_F(VolunteerServiceTest, OtherServicesClaimGuidesAndPlaces) {
  const std::string guide = desk.Register("li").name();
  const auto request = Guide(guide, 72, 2);
  rpc::Context outside;
  outside.principal = User("li");
  EXPECT_EQ(
      desk.Ask<reservation::v1::TryResponse>("Try", request, outside, "ParticipantService").status().code(),
      absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", request)->outcome(),
            reservation::v1::TryResponse::GRANTED);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", request)->outcome(),
            reservation::v1::TryResponse::GRANTED);
  auto rival = Guide(guide, 73, 2);
  auto refused = AsPeer<reservation::v1::TryResponse>("Try", rival);
  EXPECT_EQ(refused->outcome(), reservation::v1::TryResponse::REFUSED);
  EXPECT_EQ(Reason(reservation::UnpackRefusal(refused->refusal())), "OVERLAPS");
  const v1::Shift shift = desk.MakeShift(2, 72, 2, "venues/b");
  EXPECT_EQ(refusal::ParamOf(desk.SignUp(shift.name(), "li").status(), "with"), "events/e/sessions/s");
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(request)).ok());
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(request)).ok());
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Release", StepOf(request)).ok());
  EXPECT_EQ(Reason(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(request)).status()),
            "CLAIM_NOT_HELD");
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", request)->outcome(),
            reservation::v1::TryResponse::OVER);
  EXPECT_TRUE(desk.SignUp(shift.name(), "li").ok());

  auto place = Guide(shift.name(), 72, 2, reservation::v1::SHIFT);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", place)->outcome(),
            reservation::v1::TryResponse::GRANTED);
  EXPECT_EQ(desk.Look(shift.name()).held(), 1);
  desk.Register("wang");
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang").status()), "SHIFT_HELD");
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Cancel", StepOf(place)).ok());
  EXPECT_TRUE(desk.SignUp(shift.name(), "wang").ok());
  auto nothing = Guide("spaces/x", 72, 2);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", nothing)->outcome(),
            reservation::v1::TryResponse::REFUSED);
}

TEST_F(VolunteerServiceTest, AskingForAReservationNobodyKnowsCancelsIt) {
  const v1::Shift shift = desk.MakeShift(2);
  reservation::v1::ResolveRequest request;
  request.set_request_id("claim");
  request.set_reservation("unknown");
  request.set_pivot(shift.name());
  EXPECT_EQ(AsPeer<reservation::v1::ResolveResponse>("Resolve", request)->outcome(),
            reservation::v1::ResolveResponse::CANCELLED);
  request.set_pivot("volunteers/aaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_FALSE(AsPeer<reservation::v1::ResolveResponse>("Resolve", request).ok());
}

// Without pushing, claims learn of the decision by asking alone; releases are still told.
TEST(VolunteerPullOnlyTest, ClaimsSettleByAsking) {
  VolunteerDesk desk(5, {.push = false});
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(signup.ok()) << signup.status();
  EXPECT_EQ(desk.service->pending(), 1u) << "the claim is tried and will ask";
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_EQ(desk.service->pending(), 0u);
  ASSERT_TRUE(desk.Withdraw(signup->name(), "li").ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(desk.service->pending(), 0u);
  EXPECT_TRUE(desk.SignUp(desk.MakeShift(1, 73, 2, "venues/b").name(), "li").ok());
}

}  // namespace
}  // namespace kepu::volunteer
