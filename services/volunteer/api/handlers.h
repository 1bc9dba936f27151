// The handlers that are free functions of the context, one file per kind of resource: decode, name the
// aggregate, decide, encode. They keep `context`, which must outlive the service.
#pragma once

#include <utility>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

inline constexpr char kVolunteerService[] = "kepu.volunteer.v1.VolunteerService";
inline constexpr char kRoleService[] = "kepu.volunteer.v1.RoleService";
inline constexpr char kNeedService[] = "kepu.volunteer.v1.NeedService";
inline constexpr char kTrainingService[] = "kepu.volunteer.v1.TrainingService";
inline constexpr char kFindService[] = "kepu.volunteer.v1.FindService";
inline constexpr char kMatchService[] = "kepu.volunteer.v1.MatchService";
inline constexpr char kRecognitionService[] = "kepu.volunteer.v1.RecognitionService";
inline constexpr char kHonourService[] = "kepu.volunteer.v1.HonourService";
inline constexpr char kAbsenceService[] = "kepu.volunteer.v1.AbsenceService";
inline constexpr char kCertificateService[] = "kepu.volunteer.v1.CertificateService";
inline constexpr char kPresenceService[] = "kepu.volunteer.v1.PresenceService";
inline constexpr char kHoursService[] = "kepu.volunteer.v1.HoursService";
inline constexpr char kDutyService[] = "kepu.volunteer.v1.DutyService";
inline constexpr char kCallOutService[] = "kepu.volunteer.v1.CallOutService";
inline constexpr char kTeamService[] = "kepu.volunteer.v1.TeamService";
inline constexpr char kExpertService[] = "kepu.volunteer.v1.ExpertService";
inline constexpr char kLectureService[] = "kepu.volunteer.v1.LectureService";
inline constexpr char kPostService[] = "kepu.volunteer.v1.PostService";
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
// Templates, plans and changes of shifts; each adds those behind it.
void AddNeedHandlers(rpc::Service& service, const Context& context);
void AddPlanHandlers(rpc::Service& service, const Context& context);
void AddShiftChangeHandlers(rpc::Service& service, const Context& context);
// Courses, their dates, and what people are qualified for; the first adds the others.
void AddCourseHandlers(rpc::Service& service, const Context& context);
void AddTrainingHandlers(rpc::Service& service, const Context& context);
void AddQualificationHandlers(rpc::Service& service, const Context& context);
void AddFindHandlers(rpc::Service& service, const Context& context);
void AddAvailabilityHandlers(rpc::Service& service, const Context& context);
void AddRecognitionHandlers(rpc::Service& service, const Context& context);
void AddRecognitionRulesHandlers(rpc::Service& service, const Context& context);
void AddHonourHandlers(rpc::Service& service, const Context& context);
void AddAbsenceHandlers(rpc::Service& service, const Context& context);
void AddCertificateHandlers(rpc::Service& service, const Context& context);
void AddCertificatePaperHandlers(rpc::Service& service, const Context& context);
void AddPresenceHandlers(rpc::Service& service, const Context& context);
void AddMergeHandlers(rpc::Service& service, const Context& context);
void AddHoursHandlers(rpc::Service& service, const Context& context);
void AddLedgerHandlers(rpc::Service& service, const Context& context);
void AddDutyHandlers(rpc::Service& service, const Context& context);
void AddCallOutHandlers(rpc::Service& service, const Context& context);
void AddTeamHandlers(rpc::Service& service, const Context& context);
// Part of those of teams.
void AddTeamMemberHandlers(rpc::Service& service, const Context& context);
void AddExpertHandlers(rpc::Service& service, const Context& context);
void AddLectureHandlers(rpc::Service& service, const Context& context);
void AddPostHandlers(rpc::Service& service, const Context& context);
void AddSignupHandlers(rpc::Service& service, const Context& context);
void AddWaitListHandlers(rpc::Service& service, const Context& context);
void AddSwapHandlers(rpc::Service& service, const Context& context);
void AddSignupGroupHandlers(rpc::Service& service, const Context& context);

}  // namespace kepu::volunteer
