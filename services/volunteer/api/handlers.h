// The handlers that are free functions of the context, one file per kind of resource: decode, name the
// aggregate, decide, encode. They keep `context`, which must outlive the service.
#pragma once

#include <utility>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

inline constexpr char kVolunteerService[] = "kepu.volunteer.v1.VolunteerService";
inline constexpr char kRoleService[] = "kepu.volunteer.v1.RoleService";
inline constexpr char kSignupService[] = "kepu.volunteer.v1.SignupService";
inline constexpr char kWaitListService[] = "kepu.volunteer.v1.WaitListService";
inline constexpr char kSwapService[] = "kepu.volunteer.v1.SwapService";
inline constexpr char kSignupGroupService[] = "kepu.volunteer.v1.SignupGroupService";

// Serves a method by a function of the context and the call.
template <class Request, class Response>
void Handle(rpc::Service& service, const Context& context, const char* of, const char* method,
            void (*handler)(const Context&, CallOf<Request, Response>)) {
  service.Handle<Request, Response>(
      of, method, [&context, handler](CallOf<Request, Response> call) { handler(context, std::move(call)); });
}

void AddRoleHandlers(rpc::Service& service, const Context& context);
void AddSignupHandlers(rpc::Service& service, const Context& context);
void AddWaitListHandlers(rpc::Service& service, const Context& context);
void AddSwapHandlers(rpc::Service& service, const Context& context);
void AddSignupGroupHandlers(rpc::Service& service, const Context& context);

}  // namespace kepu::volunteer
