#include "services/venue/api/audit.h"

#include <utility>

#include "absl/strings/match.h"
#include "kepu/venue/log/v1/collections_log.pb.h"
#include "kepu/venue/log/v1/fleet_log.pb.h"
#include "kepu/venue/log/v1/route_log.pb.h"
#include "kepu/venue/log/v1/title_log.pb.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "kepu/venue/v1/audit.pb.h"
#include "services/venue/store/fleet_shelf.h"
#include "services/venue/store/schema.h"
#include "services/venue/store/title_shelf.h"

namespace kepu::venue {

const google::protobuf::Message* FactUnder(absl::string_view key) {
  static const std::pair<absl::string_view, const google::protobuf::Message*> kKinds[] = {
      {kVenuePrefix, &log::v1::VenueFact::default_instance()},
      {kCalendarPrefix, &log::v1::VenueFact::default_instance()},
      {kExhibitPrefix, &log::v1::ExhibitFact::default_instance()},
      {kAlliancePrefix, &log::v1::AllianceFact::default_instance()},
      {kRoutePrefix, &log::v1::RouteFact::default_instance()},
      {kTitlesPrefix, &log::v1::TitleFact::default_instance()},
      {kFleetPrefix, &log::v1::FleetFact::default_instance()},
  };
  for (const auto& [prefix, fact] : kKinds) {
    if (absl::StartsWith(key, prefix)) return fact;
  }
  return nullptr;
}

std::unique_ptr<audit::Desk> MakeAudit(rpc::Service& rpc, kepu::store::Store& store,
                                       executor::Executor& executor, std::string paging_secret,
                                       const auth::Containment* containment) {
  auto desk = audit::MakeDesk({store, executor, std::move(paging_secret), FactUnder, containment});
  audit::AddAuditHandler<v1::ListAuditEntriesRequest>(rpc, *desk);
  return desk;
}

}  // namespace kepu::venue
