// Shifts that a volunteer is shown: exactly those that a sign-up would be granted for, in order and by pages,
// and why the others are not.
#include <random>
#include <set>

#include "kepu/volunteer/v1/find.pb.h"
#include "libs/names/names.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/store/schema.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::find_service_test {
namespace {

using Found = absl::StatusOr<v1::FindShiftsResponse>;

class VolunteerFindTest : public VolunteerServiceTest {
 protected:
  VolunteerFindTest() {
    venues_.Add("venues/cqstm", 29.57, 106.58, "districts/liangjiang");
    venues_.Add("venues/museum", 29.57, 106.58, "districts/liangjiang");
    venues_.Add("venues/near", 29.59, 106.56, "districts/yuzhong");
    venues_.Add("venues/kaizhou", 31.17, 108.40, "districts/kaizhou");
    desk.venues = &venues_;
    desk.Restart();
    desk.Register("li");
  }
  Found Find(const v1::FindShiftsRequest& request = {}, const rpc::Principal& caller = User("li")) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<v1::FindShiftsResponse>("FindShifts", request, std::move(context), "FindService");
  }
  static std::vector<std::string> NamesOf(const Found& found) {
    std::vector<std::string> names;
    EXPECT_TRUE(found.ok()) << found.status();
    if (found.ok())
      for (const v1::FoundShift& one : found->shifts()) names.push_back(one.shift().name());
    return names;
  }
  static std::map<std::string, int> HiddenOf(const Found& found) {
    std::map<std::string, int> hidden;
    if (found.ok())
      for (const v1::HiddenShifts& one : found->hidden()) hidden[one.reason()] = one.shifts();
    return hidden;
  }
  // A shift that asks for something, as it stands in the store; its name.
  std::string MakeShiftWith(const std::function<void(domain::ShiftCommand&)>& change,
                            double from_hours = 72) {
    domain::ShiftCommand command;
    command.place = "venues/cqstm";
    command.start = kDeskStart + absl::Hours(1) * from_hours;
    command.end = command.start + absl::Hours(2);
    command.needed = 2;
    command.role.set_zh("讲解");
    change(command);
    command.id = names::MakeId(PartitionOfPlace(command.place), desk.NextRequestId() + "thirteen bytes");
    const reservation::Place place = ShiftPlace(command.id);
    absl::Status status = absl::UnknownError("not done");
    store::Command made;
    made.aggregates = {place.key};
    made.decide = [&](store::View& view, absl::Time now) {
      return EmitAll(view, place.key, domain::DecideCreate(ShiftIn(view, place.key), command, now));
    };
    made.done = [&](const store::Outcome& outcome) { status = outcome.status; };
    desk.service->engine().Submit(place.partition, std::move(made));
    desk.executor.RunFor(absl::Seconds(1));
    EXPECT_TRUE(status.ok()) << status;
    return domain::ShiftName(command.id);
  }

  FakeVenues venues_{desk.executor};
};

TEST_F(VolunteerFindTest, ShowsOpenShiftsByStartWithTheirPlacesAndTheWay) {
  const v1::Shift late = desk.MakeShift(2, 96, 2, "venues/museum");
  const v1::Shift soon = desk.MakeShift(3, 48, 2, "venues/near");
  const Found found = Find();
  ASSERT_THAT(NamesOf(found), ElementsAre(soon.name(), late.name()));
  EXPECT_EQ(found->shifts(0).shift().needed(), 3);
  EXPECT_EQ(found->shifts(0).shift().free(), 3);
  EXPECT_EQ(found->shifts(1).way_from(), "districts/yuzhong") << "where they live, by the places known there";
  EXPECT_EQ(found->shifts(1).way_minutes(), 19);
  EXPECT_NEAR(found->shifts(1).distance_km(), 2.95, 0.1);
  EXPECT_EQ(found->total_size(), 2);
  EXPECT_TRUE(found->hidden().empty());
  desk.Restart();
  EXPECT_THAT(NamesOf(Find()), ElementsAre(soon.name(), late.name()));
}

TEST_F(VolunteerFindTest, OnlyWhoIsRegisteredIsShownAny) {
  EXPECT_EQ(Reason(Find({}, User("wang")).status()), "NOT_REGISTERED");
  EXPECT_EQ(Find({}, rpc::Principal()).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(VolunteerFindTest, WhatIsHiddenIsCountedByReason) {
  const v1::Shift mine = desk.MakeShift(2, 72, 4);
  ASSERT_TRUE(desk.SignUp(mine.name(), "li").ok());
  desk.MakeShift(2, 73, 2);    // overlaps
  desk.MakeShift(2, 77, 5);    // more than eight hours that day
  desk.MakeShift(2, 73.5, 2);  // overlaps
  const v1::Shift full = desk.MakeShift(1, 100, 2);
  desk.Register("wang");
  ASSERT_TRUE(desk.SignUp(full.name(), "wang").ok());
  const v1::Shift cancelled = desk.MakeShift(2, 120, 2);
  auto cancel = desk.Named<v1::CancelShiftRequest>(cancelled.name());
  cancel.set_reason("雨");
  ASSERT_TRUE(desk.Ask<v1::Shift>("CancelShift", cancel, Staff()).ok());
  v1::Requirements english;
  english.add_languages("en");
  MakeShiftWith([](auto& shift) { shift.sign_up_mode = v1::INVITATION; }, 140);
  MakeShiftWith([&](auto& shift) { shift.requirements = english; }, 142);
  const std::string asks = MakeShiftWith([](auto& shift) { shift.sign_up_mode = v1::APPROVAL; }, 144);
  desk.executor.RunFor(absl::Seconds(1));
  const Found found = Find();
  EXPECT_THAT(NamesOf(found), ElementsAre(asks));
  EXPECT_TRUE(found->shifts(0).needs_approval());
  EXPECT_EQ(HiddenOf(found), (std::map<std::string, int>{{"ALREADY_SIGNED_UP", 1},
                                                         {"OVERLAPS", 2},
                                                         {"TOO_MANY_HOURS", 1},
                                                         {"SHIFT_FULL", 1},
                                                         {"INVITATION_NEEDED", 1},
                                                         {"LANGUAGE_NEEDED", 1}}));
  EXPECT_EQ(found->hidden(0).reason(), "OVERLAPS") << "the most frequent first";
  desk.Restart();
  EXPECT_EQ(HiddenOf(Find()), HiddenOf(found));
}

TEST_F(VolunteerFindTest, FiltersNarrowWhatIsShownAndCounted) {
  const v1::Shift near = desk.MakeShift(2, 72, 2, "venues/near");
  const v1::Shift museum = desk.MakeShift(2, 96, 2, "venues/museum");
  const std::string guided = MakeShiftWith([](auto& shift) {
    shift.place = "venues/kaizhou";
    shift.role_name = "roles/guide";
  });
  MakeShiftWith([](auto& shift) {
    shift.place = "venues/kaizhou";
    shift.requirements.emplace().add_languages("en");
  });
  const auto with = [&](const std::function<void(v1::FindShiftsRequest&)>& set) {
    v1::FindShiftsRequest request;
    set(request);
    return Find(request);
  };
  EXPECT_THAT(NamesOf(with([](auto& request) { request.set_place("venues/near"); })),
              ElementsAre(near.name()));
  EXPECT_THAT(NamesOf(with([](auto& request) { request.set_district("districts/liangjiang"); })),
              ElementsAre(museum.name()));
  EXPECT_THAT(NamesOf(with([](auto& request) { request.set_role("roles/guide"); })), ElementsAre(guided));
  const Found english = with([](auto& request) { request.set_language("en"); });
  EXPECT_THAT(NamesOf(english), SizeIs(0));
  EXPECT_EQ(HiddenOf(english), (std::map<std::string, int>{{"LANGUAGE_NEEDED", 1}}));
  const auto from = [](v1::FindShiftsRequest& request) {
    request.mutable_start_time_min()->set_seconds(absl::ToUnixSeconds(kDeskStart + absl::Hours(80)));
  };
  EXPECT_THAT(NamesOf(with(from)), ElementsAre(museum.name()));
  EXPECT_THAT(NamesOf(with([&](auto& request) {
                from(request);
                *request.mutable_start_time_max() = museum.start_time();
              })),
              SizeIs(0));
  for (const auto& set : std::vector<std::function<void(v1::FindShiftsRequest&)>>{
           [](auto& request) { request.set_district("yuzhong"); },
           [](auto& request) { request.set_role("guide"); }, [](auto& request) { request.set_page_size(-1); },
           [](auto& request) { request.set_page_token("x"); },
           [&](auto& request) {
             from(request);
             request.mutable_start_time_max()->set_seconds(1);
           }}) {
    EXPECT_EQ(with(set).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(VolunteerFindTest, PagesHoldWhileOthersComeAndGo) {
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) names.push_back(desk.MakeShift(2, 48 + 24 * i, 2).name());
  v1::FindShiftsRequest request;
  request.set_page_size(3);
  const Found first = Find(request);
  EXPECT_THAT(NamesOf(first), ElementsAre(names[0], names[1], names[2]));
  EXPECT_EQ(first->total_size(), 7);
  request.set_page_token(first->next_page_token());
  desk.MakeShift(2, 30, 2);  // before the page
  auto cancel = desk.Named<v1::CancelShiftRequest>(names[2]);
  cancel.set_reason("雨");
  ASSERT_TRUE(desk.Ask<v1::Shift>("CancelShift", cancel, Staff()).ok());
  const Found second = Find(request);
  EXPECT_THAT(NamesOf(second), ElementsAre(names[3], names[4], names[5]));
  EXPECT_EQ(second->total_size(), 0);
  EXPECT_EQ(Find(request, User("wang")).status().code(), absl::StatusCode::kInvalidArgument)
      << "a token is its owner's";
  request.set_page_token(second->next_page_token());
  const Found third = Find(request);
  EXPECT_THAT(NamesOf(third), ElementsAre(names[6]));
  EXPECT_EQ(third->next_page_token(), "");
}

// What is shown is what a sign-up is granted for, on a quiet system.
TEST_F(VolunteerFindTest, WhatIsShownIsWhatASignUpIsGrantedFor) {
  std::mt19937 random(3);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const char* places[] = {"venues/museum", "venues/near", "venues/kaizhou"};
  std::vector<v1::Shift> shifts;
  for (int i = 0; i < 30; ++i)
    shifts.push_back(
        desk.MakeShift(1 + below(2), 30 + below(80) / 2.0, 1 + below(14) / 2.0, places[below(3)]));
  std::map<std::string, int> reasons;
  for (const char* who : {"zhao", "qian", "sun"}) {
    desk.Register(who);
    for (int i = 0; i < 8; ++i) {
      auto signup = desk.SignUp(shifts[static_cast<size_t>(below(30))].name(), who);
      if (!signup.ok() || below(4) > 0) continue;
      ASSERT_TRUE(desk.Withdraw(signup->name(), who, "病").ok());
    }
    desk.executor.RunFor(absl::Seconds(15));
    v1::FindShiftsRequest request;
    request.set_page_size(100);
    const Found found = Find(request, User(who));
    std::set<std::string> granted;
    std::map<std::string, int> refused;
    for (const v1::Shift& shift : shifts) {
      auto signup = desk.SignUp(shift.name(), who);
      if (!signup.ok()) {
        ++refused[Reason(signup.status())];
        continue;
      }
      granted.insert(shift.name());
      ASSERT_TRUE(desk.Withdraw(signup->name(), who, "病").ok());
      desk.executor.RunFor(absl::Seconds(15));
    }
    const auto shown = NamesOf(found);
    EXPECT_EQ(std::set<std::string>(shown.begin(), shown.end()), granted) << who;
    EXPECT_EQ(HiddenOf(found), refused) << who;
    for (const auto& [reason, count] : refused) reasons[reason] += count;
  }
  for (const char* reason : {"ALREADY_SIGNED_UP", "OVERLAPS", "TOO_MANY_HOURS", "SHIFT_FULL"})
    EXPECT_GT(reasons[reason], 0) << reason;
}

}  // namespace
}  // namespace kepu::volunteer::find_service_test
