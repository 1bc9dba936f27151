// A volunteer desk with the calls of the ways into a shift. Owned by a test; one thread.
#pragma once

#include <string>
#include <utility>

#include "kepu/volunteer/v1/signup.pb.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer {

class VolunteerWaysTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Ask(const char* service, const char* method,
                               const google::protobuf::Message& request, const rpc::Principal& caller,
                               bool repeat = false) {
    rpc::Context context;
    context.principal = caller;
    context.repeat = repeat;
    return desk.Ask<Response>(method, request, std::move(context), service);
  }
  // A call on a shift or sign-up of one of those services.
  template <class Request, class Response = v1::Signup>
  absl::StatusOr<Response> On(const char* service, const char* method, const std::string& name,
                              const rpc::Principal& caller, const std::string& reason = "") {
    Request request;
    if constexpr (requires { request.set_name(name); }) request.set_name(name);
    if constexpr (requires { request.set_shift(name); }) request.set_shift(name);
    if constexpr (requires { request.set_parent(name); }) request.set_parent(name);
    if constexpr (requires { request.set_request_id(name); }) request.set_request_id(desk.NextRequestId());
    if constexpr (requires { request.set_reason(reason); }) request.set_reason(reason);
    return Ask<Response>(service, method, request, caller);
  }
  v1::Shift Make(v1::SignUpMode mode, int needed = 1, double from_hours = 120, double hours = 4,
                 const std::string& place = "venues/cqstm") {
    auto request =
        desk.ShiftRequest(kDeskStart + absl::Hours(1) * from_hours, absl::Hours(1) * hours, needed, place);
    request.mutable_shift()->set_sign_up_mode(mode);
    auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff(place));
    EXPECT_TRUE(shift.ok()) << shift.status();
    return shift.ok() ? *shift : v1::Shift();
  }
  absl::StatusOr<v1::Signup> Approve(const std::string& name, const rpc::Principal& caller = Staff()) {
    return On<v1::ApproveSignupRequest>("SignupService", "ApproveSignup", name, caller);
  }
  absl::StatusOr<v1::Signup> Decline(const std::string& name, const rpc::Principal& caller,
                                     const std::string& reason = "") {
    return On<v1::DeclineSignupRequest>("SignupService", "DeclineSignup", name, caller, reason);
  }
  absl::StatusOr<v1::Signup> Invite(const std::string& shift, const std::string& volunteer,
                                    const rpc::Principal& caller = Staff(), double hours = 0) {
    v1::InviteVolunteerRequest request;
    request.set_shift(shift);
    request.set_volunteer(volunteer);
    request.set_request_id(desk.NextRequestId());
    if (hours != 0) {
      const absl::Time until = desk.clock.Now() + absl::Hours(1) * hours;
      request.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(until));
    }
    return Ask<v1::Signup>("SignupService", "InviteVolunteer", request, caller);
  }
  absl::StatusOr<v1::Signup> Assign(const std::string& shift, const std::string& volunteer,
                                    bool over_needed = false, bool over_limits = false,
                                    const rpc::Principal& caller = Staff()) {
    v1::AssignVolunteerRequest request;
    request.set_shift(shift);
    request.set_volunteer(volunteer);
    request.set_reason("no one else");
    request.set_over_needed(over_needed);
    request.set_over_limits(over_limits);
    request.set_request_id(desk.NextRequestId());
    return Ask<v1::Signup>("SignupService", "AssignVolunteer", request, caller);
  }
  absl::StatusOr<v1::WaitEntry> Join(const std::string& shift, absl::string_view user) {
    return On<v1::JoinWaitListRequest, v1::WaitEntry>("WaitListService", "JoinWaitList", shift, User(user));
  }
  absl::StatusOr<v1::WaitEntry> Leave(const std::string& name, const rpc::Principal& caller) {
    return On<v1::LeaveWaitListRequest, v1::WaitEntry>("WaitListService", "LeaveWaitList", name, caller);
  }
  absl::StatusOr<v1::Signup> Take(const std::string& name, absl::string_view user) {
    return On<v1::TakeOfferRequest>("WaitListService", "TakeOffer", name, User(user));
  }
  absl::StatusOr<v1::WaitEntry> Entry(const std::string& name, const rpc::Principal& caller) {
    v1::GetWaitEntryRequest request;
    request.set_name(name);
    return Ask<v1::WaitEntry>("WaitListService", "GetWaitEntry", request, caller);
  }
  absl::StatusOr<v1::ListWaitEntriesResponse> Entries(const std::string& parent, const rpc::Principal& caller,
                                                      const std::string& token = "", int size = 0) {
    v1::ListWaitEntriesRequest request;
    request.set_parent(parent);
    request.set_page_token(token);
    request.set_page_size(size);
    return Ask<v1::ListWaitEntriesResponse>("WaitListService", "ListWaitEntries", request, caller);
  }
  absl::StatusOr<v1::Signup> Offer(const std::string& signup, absl::string_view user, const std::string& to,
                                   const std::string& in_exchange = "") {
    v1::OfferSwapRequest request;
    request.set_name(signup);
    request.set_to(to);
    request.set_in_exchange(in_exchange);
    request.set_request_id(desk.NextRequestId());
    return Ask<v1::Signup>("SwapService", "OfferSwap", request, User(user));
  }
  absl::StatusOr<v1::Signup> Accept(const std::string& signup, absl::string_view user,
                                    const std::string& in_exchange = "", const std::string& request_id = "",
                                    bool repeat = false) {
    v1::AcceptSwapRequest request;
    request.set_name(signup);
    request.set_in_exchange(in_exchange);
    request.set_request_id(request_id.empty() ? desk.NextRequestId() : request_id);
    return Ask<v1::Signup>("SwapService", "AcceptSwap", request, User(user), repeat);
  }
  absl::StatusOr<v1::ListSwapOffersResponse> Offers(absl::string_view user) {
    return Ask<v1::ListSwapOffersResponse>("SwapService", "ListSwapOffers", v1::ListSwapOffersRequest(),
                                           User(user));
  }
  absl::StatusOr<v1::SignUpTogetherResponse> Together(const std::string& group, absl::string_view user,
                                                      const std::string& request_id = "",
                                                      bool repeat = false) {
    v1::SignUpTogetherRequest request;
    request.set_name(group);
    request.set_request_id(request_id.empty() ? desk.NextRequestId() : request_id);
    return Ask<v1::SignUpTogetherResponse>("SignupGroupService", "SignUpTogether", request, User(user),
                                           repeat);
  }
  absl::StatusOr<v1::SignupGroup> JoinGroup(const std::string& group, absl::string_view user) {
    return On<v1::JoinSignupGroupRequest, v1::SignupGroup>("SignupGroupService", "JoinSignupGroup", group,
                                                           User(user));
  }
  absl::StatusOr<v1::SignupGroup> MakeGroup(const std::string& shift, absl::string_view user) {
    return On<v1::CreateSignupGroupRequest, v1::SignupGroup>("SignupGroupService", "CreateSignupGroup", shift,
                                                             User(user));
  }
  // What follows from facts has followed, and reads reflect it.
  void Settle() { desk.executor.RunFor(absl::Seconds(15)); }
  // Service time passes and what is due happens.
  void Pass(absl::Duration span) {
    desk.Advance(span);
    Settle();
  }
};

}  // namespace kepu::volunteer
