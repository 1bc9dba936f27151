// The handlers that are free functions of the context, one file per kind of resource: decode, name the
// aggregate, decide, encode. They keep `context`, which must outlive the service.
#pragma once

#include <utility>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

inline constexpr char kVolunteerService[] = "kepu.volunteer.v1.VolunteerService";
inline constexpr char kRoleService[] = "kepu.volunteer.v1.RoleService";
inline constexpr char kDutyService[] = "kepu.volunteer.v1.DutyService";
inline constexpr char kCallOutService[] = "kepu.volunteer.v1.CallOutService";

// Serves a method by a function of the context and the call.
template <class Request, class Response>
void Handle(rpc::Service& service, const Context& context, const char* of, const char* method,
            void (*handler)(const Context&, CallOf<Request, Response>)) {
  service.Handle<Request, Response>(
      of, method, [&context, handler](CallOf<Request, Response> call) { handler(context, std::move(call)); });
}

void AddRoleHandlers(rpc::Service& service, const Context& context);
void AddDutyHandlers(rpc::Service& service, const Context& context);
void AddCallOutHandlers(rpc::Service& service, const Context& context);

}  // namespace kepu::volunteer
