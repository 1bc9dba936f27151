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
namespace {

// The message of the facts under a key; null for one that is not of this service.
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

}  // namespace

std::unique_ptr<audit::Desk> MakeAudit(rpc::Service& rpc, audit::Deps deps) {
  deps.fact_of = FactUnder;
  return audit::MakeDesk<v1::ListAuditEntriesRequest>(rpc, std::move(deps));
}

}  // namespace kepu::venue
