// What volunteers have to do, of whatever kind, and saying that they cannot come.
#include "kepu/volunteer/v1/duty.pb.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::duty_test {
namespace {

using ::testing::IsEmpty;

class DutyTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Ask(const char* method, const google::protobuf::Message& request,
                               const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), "DutyService");
  }
  absl::StatusOr<v1::ListDutiesResponse> Duties(const std::string& parent, const rpc::Principal& caller,
                                                double from_hours = 0) {
    v1::ListDutiesRequest request;
    request.set_parent(parent);
    if (from_hours != 0)
      request.mutable_start_time_min()->set_seconds(
          absl::ToUnixSeconds(kDeskStart + absl::Hours(1) * from_hours));
    return Ask<v1::ListDutiesResponse>("ListDuties", request, caller);
  }
  absl::StatusOr<v1::Unavailability> Report(const std::string& duty, const std::string& user) {
    return Ask<v1::Unavailability>("ReportUnavailable", desk.Named<v1::ReportUnavailableRequest>(duty),
                                   User(user));
  }
  std::vector<std::string> Reported(const std::string& place = "") {
    v1::ListUnavailabilitiesRequest request;
    request.set_place(place);
    auto page = Ask<v1::ListUnavailabilitiesResponse>("ListUnavailabilities", request, Staff());
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> purposes;
    for (const v1::Unavailability& one : page->unavailabilities()) purposes.push_back(one.duty().purpose());
    return purposes;
  }
  // The event service takes their time, for good.
  reservation::v1::TryRequest Claimed(const std::string& person, double from_hours) {
    const auto request = Guide(person, from_hours, 2);
    EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", request)->outcome(),
              reservation::v1::TryResponse::GRANTED);
    EXPECT_TRUE(Duties(person, Staff())->duties(0).held());
    EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(request)).ok());
    return request;
  }
};

TEST_F(DutyTest, ShiftsAndGuidingAreOneListByStart) {
  const std::string me = desk.Register("li").name();
  const auto guiding = Claimed(me, 30);
  const v1::Shift late = desk.MakeShift(2, 72), early = desk.MakeShift(2, 6);
  ASSERT_TRUE(desk.SignUp(late.name(), "li").ok());
  ASSERT_TRUE(desk.SignUp(early.name(), "li").ok());
  desk.executor.RunFor(absl::Seconds(2));
  auto duties = Duties("volunteers/me", User("li"));
  ASSERT_TRUE(duties.ok()) << duties.status();
  ASSERT_THAT(duties->duties(), SizeIs(3));
  EXPECT_EQ(duties->duties(0).purpose(), early.name());
  EXPECT_EQ(duties->duties(0).kind(), reservation::v1::PERSON);
  EXPECT_EQ(duties->duties(1).purpose(), "events/e/sessions/s");
  EXPECT_EQ(duties->duties(1).kind(), reservation::v1::GUIDE);
  EXPECT_FALSE(duties->duties(1).held());
  EXPECT_EQ(duties->duties(2).purpose(), late.name());
  EXPECT_THAT(Duties("volunteers/me", User("li"), 31)->duties(), SizeIs(1));
  desk.Restart();
  EXPECT_EQ(Duties(me, Staff())->SerializeAsString(), duties->SerializeAsString()) << "coordinators see them";
  EXPECT_EQ(Duties(me, User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Duties("volunteers/me", User("wang"))->duties(), IsEmpty());
  // What is released is no duty any more.
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Release", StepOf(guiding)).ok());
  EXPECT_THAT(Duties("volunteers/me", User("li"))->duties(), SizeIs(2));
}

TEST_F(DutyTest, WhoCannotComeSaysSoAndCoordinatorsSeeIt) {
  const std::string me = desk.Register("li").name();
  desk.Register("wang");
  const auto guiding = Claimed(me, 30);
  const std::string duty = Duties(me, Staff())->duties(0).name();
  EXPECT_EQ(Report(duty, "wang").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Report(me + "/duties/none", "li").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Reported(), IsEmpty());
  auto report = Report(duty, "li");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->volunteer(), me);
  EXPECT_EQ(report->duty().purpose(), "events/e/sessions/s");
  EXPECT_EQ(Report(duty, "li")->SerializeAsString(), report->SerializeAsString()) << "twice is one report";
  EXPECT_TRUE(Duties("volunteers/me", User("li"))->duties(0).unavailable());
  EXPECT_THAT(Reported(), ElementsAre("events/e/sessions/s"));
  EXPECT_THAT(Reported("venues/cqstm"), ElementsAre("events/e/sessions/s"));
  EXPECT_THAT(Reported("venues/far"), IsEmpty());
  desk.Restart();
  EXPECT_THAT(Reported(), ElementsAre("events/e/sessions/s"));
  v1::ListUnavailabilitiesRequest list;
  EXPECT_EQ(Ask<v1::ListUnavailabilitiesResponse>("ListUnavailabilities", list, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  // Somebody else was found: the claim ends, and nothing is left to be seen to.
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Release", StepOf(guiding)).ok());
  EXPECT_THAT(Reported(), IsEmpty());
  EXPECT_EQ(Report(duty, "li").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(DutyTest, FromAShiftTheyWithdraw) {
  desk.Register("li");
  const v1::Shift shift = desk.MakeShift(2);
  const auto signup = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(signup.ok());
  desk.executor.RunFor(absl::Seconds(2));
  const std::string duty = Duties("volunteers/me", User("li"))->duties(0).name();
  const absl::Status no = Report(duty, "li").status();
  EXPECT_EQ(Reason(no), "WITHDRAW_INSTEAD");
  EXPECT_EQ(refusal::ParamOf(no, "name"), signup->name());
}

}  // namespace
}  // namespace kepu::volunteer::duty_test
