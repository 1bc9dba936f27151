// The calls of presence and of hours, as volunteers, leaders and staff make them. Owned by a test; one
// thread.
#pragma once

#include <string>

#include "kepu/volunteer/v1/hours.pb.h"
#include "kepu/volunteer/v1/presence.pb.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer {

inline rpc::Principal Boss() { return {"users/boss", "", {{"venue_admin", "venues/cqstm"}}}; }

class VolunteerHoursTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Call(const char* service, const char* method,
                                const google::protobuf::Message& request, const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), service);
  }
  template <class Response>
  absl::StatusOr<Response> Presence(const char* method, const google::protobuf::Message& request,
                                    const rpc::Principal& caller) {
    return Call<Response>("PresenceService", method, request, caller);
  }
  template <class Response>
  absl::StatusOr<Response> Hours(const char* method, const google::protobuf::Message& request,
                                 const rpc::Principal& caller) {
    return Call<Response>("HoursService", method, request, caller);
  }

  static void Set(absl::Time time, google::protobuf::Timestamp* out) {
    out->set_seconds(absl::ToUnixSeconds(time));
  }
  // What the place shows now.
  std::string Code(const std::string& place = "venues/cqstm", size_t step = 0) {
    v1::GetPresenceCodeRequest request;
    request.set_place(place);
    auto codes = Presence<v1::GetPresenceCodeResponse>("GetPresenceCode", request, Staff(place));
    EXPECT_TRUE(codes.ok()) << codes.status();
    return codes.ok() ? codes->codes(static_cast<int>(step)).code() : "";
  }
  absl::StatusOr<v1::Signup> Own(const char* method, const std::string& shift, const std::string& user,
                                 const std::string& code, absl::Duration clock_off = absl::ZeroDuration()) {
    v1::OwnPresenceRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_name(shift);
    request.set_code(code);
    Set(desk.clock.Now() + clock_off, request.mutable_time());
    return Presence<v1::Signup>(method, request, User(user));
  }
  absl::StatusOr<v1::Signup> Approve(const std::string& name, const rpc::Principal& caller = Staff()) {
    return Hours<v1::Signup>("ApproveHours", desk.Named<v1::ApproveHoursRequest>(name), caller);
  }
  absl::StatusOr<v1::Signup> Correct(const std::string& name, int minutes, const rpc::Principal& caller) {
    auto request = desk.Named<v1::RequestCorrectionRequest>(name);
    request.set_minutes(minutes);
    request.set_reason("签退机坏了");
    return Hours<v1::Signup>("RequestCorrection", request, caller);
  }
  absl::StatusOr<v1::Signup> DecideCorrection(const std::string& name, bool agree,
                                              const rpc::Principal& caller) {
    auto request = desk.Named<v1::DecideCorrectionRequest>(name);
    request.set_agree(agree);
    return Hours<v1::Signup>("DecideCorrection", request, caller);
  }
  v1::ListHourRecordsResponse Rows(const rpc::Principal& caller,
                                   const std::string& parent = "volunteers/me") {
    v1::ListHourRecordsRequest request;
    request.set_parent(parent);
    auto rows = desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, caller);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? *rows : v1::ListHourRecordsResponse();
  }
  v1::VerifyLedgerResponse Verify(const rpc::Principal& caller, const std::string& parent = "volunteers/me") {
    v1::VerifyLedgerRequest request;
    request.set_parent(parent);
    auto verified = Hours<v1::VerifyLedgerResponse>("VerifyLedger", request, caller);
    EXPECT_TRUE(verified.ok()) << verified.status();
    return verified.ok() ? *verified : v1::VerifyLedgerResponse();
  }
  std::vector<v1::Signup> Pending(const std::string& place = "venues/cqstm") {
    v1::ListPendingHoursRequest request;
    request.set_place(place);
    auto page = Hours<v1::ListPendingHoursResponse>("ListPendingHours", request, Staff(place));
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    return {page->signups().begin(), page->signups().end()};
  }
  // A shift that begins now for people who signed up for it; the names of their sign-ups.
  v1::Shift Begin(const std::vector<std::string>& users, std::vector<std::string>* names = nullptr,
                  int break_minutes = 0) {
    auto request = desk.ShiftRequest(desk.clock.Now() + absl::Hours(2), absl::Hours(4), 20);
    request.mutable_shift()->set_break_minutes(break_minutes);
    auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff());
    EXPECT_TRUE(shift.ok()) << shift.status();
    for (const std::string& user : users) {
      desk.Register(user);
      auto signup = desk.SignUp(shift->name(), user);
      EXPECT_TRUE(signup.ok()) << signup.status();
      if (signup.ok() && names != nullptr) names->push_back(signup->name());
    }
    desk.Advance(absl::Hours(2));
    return *shift;
  }
  // Served all of a shift, approved and written.
  std::string Served(const std::string& user) {
    std::vector<std::string> names;
    Begin({user}, &names);
    EXPECT_TRUE(CheckIn(names[0]).ok());
    desk.Advance(absl::Hours(4));
    EXPECT_TRUE(CheckOut(names[0]).ok());
    EXPECT_TRUE(Approve(names[0]).ok());
    desk.executor.RunFor(absl::Seconds(6));
    return names[0];
  }
};

}  // namespace kepu::volunteer
