#include "services/volunteer/api/venue_client.h"

#include <algorithm>
#include <utility>

#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/travel/regions.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

constexpr char kGetVenue[] = "/kepu.venue.v1.VenueService/GetVenue";
// Half of what callers usually wait: a venue service that is down must not stop shifts from being made.
constexpr absl::Duration kAnswerMax = absl::Seconds(1);

}  // namespace

void VenueClient::Find(const std::string& venue, absl::Time deadline,
                       absl::AnyInvocable<void(absl::StatusOr<std::optional<v1::Whereabouts>>)> done) const {
  if (peer_ == nullptr) return done(std::nullopt);
  venue::v1::GetVenueRequest request;
  request.set_name(venue);
  rpc::Context context;
  context.principal.service = kSelf;
  context.deadline = std::min(deadline, executor_.SteadyNow() + kAnswerMax);
  rpc::CallTyped<venue::v1::Venue>(
      *peer_, kGetVenue, context, request,
      [done = std::move(done)](absl::StatusOr<venue::v1::Venue> answer) mutable {
        if (answer.status().code() == absl::StatusCode::kNotFound) return done(answer.status());
        if (!answer.ok() || !answer->has_location()) return done(std::nullopt);
        v1::Whereabouts where;
        *where.mutable_location() = answer->location();
        where.set_district(answer->district());
        where.set_main_urban(travel::RegionOf(answer->district()) == travel::Region::kMainUrban);
        done(std::move(where));
      });
}

}  // namespace kepu::volunteer
