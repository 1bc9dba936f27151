#include "services/event/api/handlers.h"

namespace kepu::event {

void Handlers::Register(rpc::Service& service) {
  const std::string full_name =
      v1::Event::descriptor()->file()->FindServiceByName("EventService")->full_name();
  auto handle = [&]<class Request, class Response>(
                    const char* method, void (Handlers::*handler)(rpc::TypedCall<Request, Response>)) {
    service.Handle<Request, Response>(
        full_name, method,
        [this, handler](rpc::TypedCall<Request, Response> call) { (this->*handler)(std::move(call)); });
  };
  handle("CreateSession", &Handlers::CreateSession);
  handle("GetSession", &Handlers::GetSession);
  handle("ListSessions", &Handlers::ListSessions);
  handle("CancelSession", &Handlers::CancelSession);
  handle("UpdateSession", &Handlers::UpdateSession);
  handle("PublishSession", &Handlers::PublishSession);
  handle("ListSessionChanges", &Handlers::ListSessionChanges);
  handle("ListAlternatives", &Handlers::ListAlternatives);
  handle("MoveBookings", &Handlers::MoveBookings);
  handle("ListDisplaced", &Handlers::ListDisplaced);
  handle("WatchSession", &Handlers::WatchSession);
  handle("CreateBooking", &Handlers::CreateBooking);
  handle("HoldBooking", &Handlers::HoldBooking);
  handle("ConfirmBooking", &Handlers::ConfirmBooking);
  handle("CancelBooking", &Handlers::CancelBooking);
  handle("UpdateBooking", &Handlers::UpdateBooking);
  handle("MoveBooking", &Handlers::MoveBooking);
  handle("AppealBooking", &Handlers::AppealBooking);
  handle("JudgeBooking", &Handlers::JudgeBooking);
  handle("GetConduct", &Handlers::GetConduct);
  handle("CheckInBooking", &Handlers::CheckInBooking);
  handle("GetBooking", &Handlers::GetBooking);
  handle("ListBookings", &Handlers::ListBookings);
  handle("JoinWaitList", &Handlers::JoinWaitList);
  handle("LeaveWaitList", &Handlers::LeaveWaitList);
  handle("GetWaitEntry", &Handlers::GetWaitEntry);
  handle("ListWaitEntries", &Handlers::ListWaitEntries);
}

}  // namespace kepu::event
