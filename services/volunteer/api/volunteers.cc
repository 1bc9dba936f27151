#include "absl/strings/str_cat.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/lists.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

std::string Api::Self(const rpc::Principal& principal) const {
  return PersonIdOfUser(parts_.keys, principal.name);
}

absl::StatusOr<std::string> Api::VisibleVolunteer(absl::string_view field, absl::string_view name,
                                                  const rpc::Principal& principal) const {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse(field, "volunteers/*", name);
  if (!ids.ok()) return ids.status();
  const std::string self = Self(principal);
  if ((*ids)[0] == "me") return self;
  if ((*ids)[0] != self && !SeesVolunteers(principal)) return refusal::NotFound(name);
  return (*ids)[0];
}

void Api::RegisterVolunteer(CallOf<v1::RegisterVolunteerRequest, v1::Volunteer> call) {
  const v1::Volunteer& given = call.request().volunteer();
  if (absl::Status status = names::Parse("volunteer.district", "districts/*", given.district()).status();
      !status.ok()) {
    return call.Fail(status);
  }
  domain::RegisterCommand command;
  command.id = Self(call.principal());
  command.user = call.principal().name;
  command.birth_year_band = given.birth_year_band();
  command.district = given.district();
  command.languages.assign(given.languages().begin(), given.languages().end());
  const reservation::Place place = PersonPlace(command.id);
  auto decide = [this, key = place.key, command](store::View& view, absl::Time now) {
    return EmitAll(view, key, domain::DecideRegister(PersonIn(view, key), command, parts_.rules, now));
  };
  auto encode = [key = place.key](store::View& view, v1::Volunteer* answer) {
    ToResource(PersonIn(view, key).head(), answer);
    return absl::OkStatus();
  };
  store::RequestKey request_key = handler::KeyOf(parts_.keys, call);
  handler::Change(parts_.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(decide), std::move(encode));
}

void Api::GetVolunteer(CallOf<v1::GetVolunteerRequest, v1::Volunteer> call) {
  WhenFresh<v1::GetVolunteerRequest, v1::Volunteer>(std::move(call), [this](auto& fresh) {
    auto id = VisibleVolunteer("name", fresh.request().name(), fresh.principal());
    if (!id.ok()) return fresh.Fail(id.status());
    auto bytes = parts_.reads.volunteers().Get(absl::StrCat("volunteers/", *id));
    if (bytes == nullptr) return fresh.Fail(refusal::NotFound(fresh.request().name()));
    fresh.AnswerBytes(bytes);
  });
}

void Api::ListVolunteers(CallOf<v1::ListVolunteersRequest, v1::ListVolunteersResponse> call) {
  WhenFresh<v1::ListVolunteersRequest, v1::ListVolunteersResponse>(std::move(call), [this](auto& fresh) {
    const std::string& district = fresh.request().district();
    AnswerPage(fresh, parts_.reads.volunteers(), district, paging::FilterDigest({"volunteers", district}),
               "");
  });
}

void Api::ListHourRecords(CallOf<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse> call) {
  WhenFresh<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse>(std::move(call), [this](auto& fresh) {
    auto id = VisibleVolunteer("parent", fresh.request().parent(), fresh.principal());
    if (!id.ok()) return fresh.Fail(id.status());
    AnswerPage(fresh, parts_.reads.hours(), absl::StrCat("volunteers/", *id),
               paging::FilterDigest({"hours", *id}), "");
  });
}

}  // namespace kepu::volunteer
