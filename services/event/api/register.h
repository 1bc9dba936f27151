// The handlers that are free functions of the context, one file per kind of resource: decode, name the
// aggregate, decide, encode. They keep `context`, which must outlive the service.
#pragma once

#include <utility>

#include "services/event/api/context.h"

namespace kepu::event {

inline constexpr char kEventService[] = "kepu.event.v1.EventService";
inline constexpr char kCampaignService[] = "kepu.event.v1.CampaignService";
inline constexpr char kDoorService[] = "kepu.event.v1.DoorService";
inline constexpr char kOpeningService[] = "kepu.event.v1.OpeningService";
inline constexpr char kPlaceRulesService[] = "kepu.event.v1.PlaceRulesService";
inline constexpr char kRoundService[] = "kepu.event.v1.RoundService";
inline constexpr char kEvaluationService[] = "kepu.event.v1.EvaluationService";
inline constexpr char kReachService[] = "kepu.event.v1.ReachService";
inline constexpr char kSchoolOfferService[] = "kepu.event.v1.SchoolOfferService";

// Serves a method by a function of the context and the call.
template <class Request, class Response>
void Handle(rpc::Service& service, const Context& context, const char* of, const char* method,
            void (*handler)(const Context&, rpc::TypedCall<Request, Response>)) {
  service.Handle<Request, Response>(of, method, [&context, handler](rpc::TypedCall<Request, Response> call) {
    handler(context, std::move(call));
  });
}

void AddDoorHandlers(rpc::Service& service, const Context& context);
void AddDoorRecordHandlers(rpc::Service& service, const Context& context);
void AddEventHandlers(rpc::Service& service, const Context& context);
void AddProgrammeHandlers(rpc::Service& service, const Context& context);
void AddCampaignHandlers(rpc::Service& service, const Context& context);
void AddCourseHandlers(rpc::Service& service, const Context& context);
void AddSchoolContractHandlers(rpc::Service& service, const Context& context);
void AddOpeningHandlers(rpc::Service& service, const Context& context);
void AddOpeningEntryHandlers(rpc::Service& service, const Context& context);
void AddPlaceRulesHandlers(rpc::Service& service, const Context& context);
void AddPlaceListHandlers(rpc::Service& service, const Context& context);
void AddRoundHandlers(rpc::Service& service, const Context& context);
void AddWishHandlers(rpc::Service& service, const Context& context);
void AddEvaluationHandlers(rpc::Service& service, const Context& context);
void AddResponsibilityHandlers(rpc::Service& service, const Context& context);

}  // namespace kepu::event
