// The handlers of the volunteer service: decode, authorize, decide, commit, encode. They may be called on any
// thread; what they decide runs on the executor. Owned by the service; holds references to its context.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kepu/volunteer/v1/volunteer.pb.h"
#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

class Api {
 public:
  explicit Api(const Context& context) : context_(context) {}
  void Register(rpc::Service& service);

 private:
  void RegisterVolunteer(CallOf<v1::RegisterVolunteerRequest, v1::Volunteer> call);
  void GetVolunteer(CallOf<v1::GetVolunteerRequest, v1::Volunteer> call);
  void ListVolunteers(CallOf<v1::ListVolunteersRequest, v1::ListVolunteersResponse> call);
  void CreateShift(CallOf<v1::CreateShiftRequest, v1::Shift> call);
  void GetShift(CallOf<v1::GetShiftRequest, v1::Shift> call);
  void ListShifts(CallOf<v1::ListShiftsRequest, v1::ListShiftsResponse> call);
  void CancelShift(CallOf<v1::CancelShiftRequest, v1::Shift> call);
  void SignUp(CallOf<v1::SignUpRequest, v1::Signup> call);
  void Withdraw(CallOf<v1::WithdrawRequest, v1::Signup> call);
  void CheckIn(CallOf<v1::CheckInRequest, v1::Signup> call);
  void CheckOut(CallOf<v1::CheckOutRequest, v1::Signup> call);
  void MarkNoShow(CallOf<v1::MarkNoShowRequest, v1::Signup> call);
  void GetSignup(CallOf<v1::GetSignupRequest, v1::Signup> call);
  void ListSignups(CallOf<v1::ListSignupsRequest, v1::ListSignupsResponse> call);
  void ListHourRecords(CallOf<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse> call);

  // Commits it, with what is known of where its place lies.
  void MakeShift(CallOf<v1::CreateShiftRequest, v1::Shift> call, std::optional<v1::Whereabouts> where);
  // Commits it, with its personal fields sealed.
  void PutVolunteer(CallOf<v1::RegisterVolunteerRequest, v1::Volunteer> call,
                    domain::RegisterCommand command);
  // Fills in what is sealed of a volunteer, as far as it was not erased.
  absl::Status Reveal(const rpc::Principal& principal, v1::Volunteer* volunteer);
  // Runs `read` when the read model reflects the position the caller asked for.
  template <class Request, class Response>
  void WhenFresh(CallOf<Request, Response> call, std::function<void(CallOf<Request, Response>&)> read);
  // Answers a page of a catalogue as the list response.
  template <class Request, class Response>
  void AnswerPage(CallOf<Request, Response>& call, const projection::Catalogue& catalogue,
                  const std::string& scope, const std::string& digest, absl::string_view from,
                  std::function<absl::Status(Response&)> reveal = nullptr);
  // Changes a sign-up: staff of the shift's place or, with `own`, the volunteer.
  template <class Request, class Decide>
  void ChangeSignup(CallOf<Request, v1::Signup> call, store::Lane lane, bool own, Decide decide);

  const Context& context_;
};

}  // namespace kepu::volunteer
