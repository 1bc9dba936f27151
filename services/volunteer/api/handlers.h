// The handlers that are free functions of the context, one file per kind of resource: decode, name the
// aggregate, decide, encode. They keep `context`, which must outlive the service.
#pragma once

#include <utility>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

inline constexpr char kVolunteerService[] = "kepu.volunteer.v1.VolunteerService";
inline constexpr char kRoleService[] = "kepu.volunteer.v1.RoleService";
inline constexpr char kRecognitionService[] = "kepu.volunteer.v1.RecognitionService";
inline constexpr char kHonourService[] = "kepu.volunteer.v1.HonourService";
inline constexpr char kAbsenceService[] = "kepu.volunteer.v1.AbsenceService";
inline constexpr char kCertificateService[] = "kepu.volunteer.v1.CertificateService";

// Serves a method by a function of the context and the call.
template <class Request, class Response>
void Handle(rpc::Service& service, const Context& context, const char* of, const char* method,
            void (*handler)(const Context&, CallOf<Request, Response>)) {
  service.Handle<Request, Response>(
      of, method, [&context, handler](CallOf<Request, Response> call) { handler(context, std::move(call)); });
}

void AddRoleHandlers(rpc::Service& service, const Context& context);
void AddRecognitionHandlers(rpc::Service& service, const Context& context);
void AddRecognitionRulesHandlers(rpc::Service& service, const Context& context);
void AddHonourHandlers(rpc::Service& service, const Context& context);
void AddAbsenceHandlers(rpc::Service& service, const Context& context);
void AddCertificateHandlers(rpc::Service& service, const Context& context);
void AddCertificatePaperHandlers(rpc::Service& service, const Context& context);

}  // namespace kepu::volunteer
