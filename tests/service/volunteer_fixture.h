// A volunteer desk and the calls that its tests make; at the end nothing may be half done and the log must
// fold to the state.
#pragma once

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/volunteer/v1/hours.pb.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"
#include "libs/store/verifier.h"
#include "tests/service/volunteer_desk.h"

namespace kepu::volunteer {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

inline std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }

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
  // Approves the hours, so that they go to the ledger.
  void RecordHours(const std::string& name) {
    auto request = desk.Named<v1::ApproveHoursRequest>(name);
    rpc::Context context;
    context.principal = Staff();
    auto approved = desk.Ask<v1::Signup>("ApproveHours", request, std::move(context), "HoursService");
    EXPECT_TRUE(approved.ok()) << approved.status();
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

}  // namespace kepu::volunteer
