// One place with an event, whose store is verified when a test is over: facts fold to the records, and every
// session keeps its invariants. Owned by a test.
#pragma once

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/store/verifier.h"
#include "services/event/store/schema.h"
#include "tests/service/event_desk.h"

namespace kepu::event {

inline const rpc::Principal kStaff = Staff("venues/cqstm");

inline std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }

class EventServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { desk.MakeEvent(); }
  void TearDown() override {
    std::optional<absl::StatusOr<store::VerifyReport>> report;
    const EventSchema schema{domain::Rules()};
    store::VerifyAll(desk.store, schema, 64, [&](auto done) { report = std::move(done); });
    ASSERT_TRUE(desk.executor.RunUntil([&] { return report.has_value(); }, absl::Seconds(60)));
    ASSERT_TRUE(report->ok());
    EXPECT_THAT((*report)->problems, ::testing::SizeIs(0)) << (*report)->problems.front();
  }
  absl::StatusOr<v1::Booking> Book(const std::string& session, const std::string& user, int adults = 2) {
    return desk.Ask<v1::Booking>("CreateBooking", desk.Booking(session, adults), User(user));
  }
  absl::StatusOr<v1::Booking> Hold(const std::string& session, const std::string& user, int adults = 2) {
    v1::HoldBookingRequest request;
    request.ParseFromString(desk.Booking(session, adults).SerializeAsString());
    return desk.Ask<v1::Booking>("HoldBooking", request, User(user));
  }
  absl::StatusOr<v1::WaitEntry> Join(const std::string& session, const std::string& user, int adults = 2) {
    v1::JoinWaitListRequest request;
    request.set_parent(session);
    request.mutable_wait_entry()->set_kind(v1::Booking::FAMILY);
    request.mutable_wait_entry()->mutable_party()->set_adults(adults);
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::WaitEntry>("JoinWaitList", request, User(user));
  }
  absl::StatusOr<v1::Booking> Get(const std::string& name, const rpc::Principal& caller) {
    v1::GetBookingRequest request;
    request.set_name(name);
    return desk.Ask<v1::Booking>("GetBooking", request, caller);
  }

  EventDesk desk;
};

}  // namespace kepu::event
