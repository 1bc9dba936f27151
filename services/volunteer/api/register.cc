#include "services/volunteer/api/api.h"
#include "services/volunteer/api/handlers.h"

namespace kepu::volunteer {
void Api::Register(rpc::Service& service) {
  auto handle = [&]<class Request, class Response>(absl::string_view method,
                                                   void (Api::*handler)(rpc::TypedCall<Request, Response>)) {
    service.Handle<Request, Response>(
        kVolunteerService, method,
        [this, handler](rpc::TypedCall<Request, Response> call) { (this->*handler)(std::move(call)); });
  };
  handle("RegisterVolunteer", &Api::RegisterVolunteer);
  handle("GetVolunteer", &Api::GetVolunteer);
  handle("ListVolunteers", &Api::ListVolunteers);
  handle("CreateShift", &Api::CreateShift);
  handle("GetShift", &Api::GetShift);
  handle("ListShifts", &Api::ListShifts);
  handle("CancelShift", &Api::CancelShift);
  handle("SignUp", &Api::SignUp);
  handle("Withdraw", &Api::Withdraw);
  handle("CheckIn", &Api::CheckIn);
  handle("CheckOut", &Api::CheckOut);
  handle("MarkNoShow", &Api::MarkNoShow);
  handle("GetSignup", &Api::GetSignup);
  handle("ListSignups", &Api::ListSignups);
  handle("ListHourRecords", &Api::ListHourRecords);
}

}  // namespace kepu::volunteer
