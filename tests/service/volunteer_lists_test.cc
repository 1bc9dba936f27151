// Who may see what, page by page.
#include <set>

#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::lists_test {
namespace {

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
  EXPECT_EQ(Reason(desk.TryRegister("kid", 2010).status()), "BAD_REQUEST") << "says the day of birth";
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

}  // namespace
}  // namespace kepu::volunteer::lists_test
