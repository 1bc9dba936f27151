#include "services/volunteer/domain/availability.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/handler/change.h"
#include "libs/handler/visible.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using GetCall = CallOf<v1::GetAvailabilityRequest, v1::Availability>;

// "volunteers/me" is the caller; of anybody else NOT_FOUND, unless all may be seen.
absl::StatusOr<std::string> Whose(const Context& context, const std::string& name,
                                  const rpc::Principal& caller, bool sees_all) {
  auto ids = names::Parse("name", "volunteers/*", name);
  if (!ids.ok()) return ids.status();
  const std::string self = SelfOf(context, caller);
  if ((*ids)[0] == "me" || (*ids)[0] == self) return self;
  if (!sees_all) return refusal::NotFound(name);
  return (*ids)[0];
}

void UpdateAvailability(const Context& context,
                        CallOf<v1::UpdateAvailabilityRequest, v1::Availability> call) {
  const auto id = Whose(context, call.request().name(), call.principal(), false);
  if (!id.ok()) return call.Fail(id.status());
  const reservation::Place place = PersonPlace(*id);
  auto decide = [key = place.key, given = call.request().availability()](store::View& view, absl::Time now) {
    return EmitAll(view, key, domain::DecideAvailability(PersonIn(view, key), given, now));
  };
  auto encode = [key = place.key](store::View& view, v1::Availability* answer) {
    const domain::record::PersonHead& head = PersonIn(view, key).head();
    answer->set_volunteer(absl::StrCat("volunteers/", head.id()));
    domain::ToResource(head.availability(), answer);
    return absl::OkStatus();
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(decide), std::move(encode));
}

void GetAvailability(const Context& context, GetCall call) {
  handler::WhenVisible(context.follower, nullptr, std::move(call), [&context](GetCall fresh) {
    const std::string& name = fresh.request().name();
    const auto id = Whose(context, name, fresh.principal(), SeesVolunteers(fresh.principal()));
    if (!id.ok()) return fresh.Fail(id.status());
    const auto head = context.reads.market().HeadOf(*id);
    if (!head) return fresh.Fail(refusal::NotFound(name));
    v1::Availability answer;
    answer.set_volunteer(absl::StrCat("volunteers/", *id));
    domain::ToResource(head->availability(), &answer);
    fresh.Answer(answer);
  });
}

}  // namespace

void AddAvailabilityHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kMatchService, "UpdateAvailability", UpdateAvailability);
  Handle(service, context, kMatchService, "GetAvailability", GetAvailability);
}

}  // namespace kepu::volunteer
