// The handlers that are free functions of the context, one file per kind of resource: decode, name the
// aggregate, decide, encode. They keep `context`, which must outlive the service.
#pragma once

#include <utility>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

inline constexpr char kVolunteerService[] = "kepu.volunteer.v1.VolunteerService";
inline constexpr char kRoleService[] = "kepu.volunteer.v1.RoleService";
inline constexpr char kTeamService[] = "kepu.volunteer.v1.TeamService";
inline constexpr char kExpertService[] = "kepu.volunteer.v1.ExpertService";
inline constexpr char kLectureService[] = "kepu.volunteer.v1.LectureService";
inline constexpr char kPostService[] = "kepu.volunteer.v1.PostService";

// Serves a method by a function of the context and the call.
template <class Request, class Response>
void Handle(rpc::Service& service, const Context& context, const char* of, const char* method,
            void (*handler)(const Context&, CallOf<Request, Response>)) {
  service.Handle<Request, Response>(
      of, method, [&context, handler](CallOf<Request, Response> call) { handler(context, std::move(call)); });
}

void AddRoleHandlers(rpc::Service& service, const Context& context);
void AddTeamHandlers(rpc::Service& service, const Context& context);
// Part of those of teams.
void AddTeamMemberHandlers(rpc::Service& service, const Context& context);
void AddExpertHandlers(rpc::Service& service, const Context& context);
void AddLectureHandlers(rpc::Service& service, const Context& context);
void AddPostHandlers(rpc::Service& service, const Context& context);

}  // namespace kepu::volunteer
