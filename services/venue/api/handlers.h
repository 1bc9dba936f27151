// The handlers of the venue service, one file per kind of resource: decode, name the aggregate, decide,
// encode. They keep `context`, which must outlive the service.
#pragma once

#include "services/venue/api/call_context.h"

namespace kepu::venue {

void AddVenueHandlers(rpc::Service& service, const CallContext& context);
void AddSpaceHandlers(rpc::Service& service, const CallContext& context);
void AddAllocationHandlers(rpc::Service& service, const CallContext& context);
void AddSeriesHandlers(rpc::Service& service, const CallContext& context);
void AddOccupancyHandlers(rpc::Service& service, const CallContext& context);
void AddExhibitHandlers(rpc::Service& service, const CallContext& context);
void AddAllianceHandlers(rpc::Service& service, const CallContext& context);
void AddExhibitionHandlers(rpc::Service& service, const CallContext& context);
void AddClosureHandlers(rpc::Service& service, const CallContext& context);
void AddOpeningHandlers(rpc::Service& service, const CallContext& context);
void AddHolidayHandlers(rpc::Service& service, const CallContext& context);
void AddCoverageHandlers(rpc::Service& service, const CallContext& context);
void AddExportHandlers(rpc::Service& service, const CallContext& context);
void AddRouteHandlers(rpc::Service& service, const CallContext& context);
void AddDutyHandlers(rpc::Service& service, const CallContext& context);
void AddAssessmentHandlers(rpc::Service& service, const CallContext& context);
void AddTitleHandlers(rpc::Service& service, const CallContext& context);
void AddTitleStepHandlers(rpc::Service& service, const CallContext& context);
void AddTitleObjectionHandlers(rpc::Service& service, const CallContext& context);

// Of the fleet.
void AddCaravanHandlers(rpc::Service& service, const CallContext& context);
void AddTourHandlers(rpc::Service& service, const CallContext& context);
void AddStopRequestHandlers(rpc::Service& service, const CallContext& context);
void AddPlanHandlers(rpc::Service& service, const CallContext& context);

}  // namespace kepu::venue
