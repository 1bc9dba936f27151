#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/lists.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

std::string BandText(int32_t band) { return band == 0 ? "" : absl::StrCat(band); }

absl::Status Fill(Personal& personal, const std::string& sealed_band, const std::string& sealed_languages,
                  v1::Volunteer* volunteer) {
  auto band = personal.Open(volunteer->user(), Personal::kBirthYearBand, sealed_band);
  if (!band.ok()) return band.status();
  auto languages = personal.Open(volunteer->user(), Personal::kLanguages, sealed_languages);
  if (!languages.ok()) return languages.status();
  int32_t year = 0;
  if (absl::SimpleAtoi(*band, &year)) volunteer->set_birth_year_band(year);
  for (absl::string_view language : absl::StrSplit(*languages, ',', absl::SkipEmpty()))
    volunteer->add_languages(std::string(language));
  return absl::OkStatus();
}

}  // namespace

absl::Status Api::Reveal(v1::Volunteer* volunteer) {
  auto bytes = context_.reads.sealed().Get(volunteer->name());
  domain::record::Sealed sealed;
  if (bytes == nullptr || !sealed.ParseFromString(*bytes)) return absl::OkStatus();
  return Fill(context_.personal, sealed.birth_year_band(), sealed.languages(), volunteer);
}

std::string Api::Self(const rpc::Principal& principal) const {
  return PersonIdOfUser(context_.keys, principal.name);
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
  auto shared = std::make_shared<CallOf<v1::RegisterVolunteerRequest, v1::Volunteer>>(std::move(call));
  // A person whom the vault has not met gets a key, which waits for the disk.
  absl::Status status = context_.personal.Run([this, shared, command]() mutable {
    const v1::Volunteer& fields = shared->request().volunteer();
    auto band =
        context_.personal.Seal(command.user, Personal::kBirthYearBand, BandText(command.birth_year_band));
    if (!band.ok()) return shared->Fail(band.status());
    auto languages =
        context_.personal.Seal(command.user, Personal::kLanguages, absl::StrJoin(fields.languages(), ","));
    if (!languages.ok()) return shared->Fail(languages.status());
    command.sealed_birth_year_band = *std::move(band);
    command.sealed_languages = *std::move(languages);
    PutVolunteer(std::move(*shared), std::move(command));
  });
  if (!status.ok()) shared->Fail(status);
}

void Api::PutVolunteer(CallOf<v1::RegisterVolunteerRequest, v1::Volunteer> call,
                       domain::RegisterCommand command) {
  const reservation::Place place = PersonPlace(command.id);
  auto decide = [this, key = place.key, command](store::View& view, absl::Time now) -> absl::Status {
    const domain::Person& person = PersonIn(view, key);
    domain::RegisterCommand whole = command;
    auto known = context_.personal.Open(command.user, Personal::kBirthYearBand,
                                        person.head().sealed_birth_year_band());
    if (!known.ok()) return known.status();
    if (!absl::SimpleAtoi(*known, &whole.known_birth_year_band)) whole.known_birth_year_band = 0;
    return EmitAll(view, key, domain::DecideRegister(person, whole, context_.rules, now));
  };
  auto encode = [this, key = place.key](store::View& view, v1::Volunteer* answer) {
    const domain::record::PersonHead& head = PersonIn(view, key).head();
    ToResource(head, answer);
    return Fill(context_.personal, head.sealed_birth_year_band(), head.sealed_languages(), answer);
  };
  store::RequestKey request_key = handler::KeyOf(context_.keys, call);
  handler::Change(context_.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(decide), std::move(encode));
}

void Api::GetVolunteer(CallOf<v1::GetVolunteerRequest, v1::Volunteer> call) {
  WhenFresh<v1::GetVolunteerRequest, v1::Volunteer>(std::move(call), [this](auto& fresh) {
    auto id = VisibleVolunteer("name", fresh.request().name(), fresh.principal());
    if (!id.ok()) return fresh.Fail(id.status());
    auto bytes = context_.reads.volunteers().Get(absl::StrCat("volunteers/", *id));
    v1::Volunteer volunteer;
    if (bytes == nullptr || !volunteer.ParseFromString(*bytes))
      return fresh.Fail(refusal::NotFound(fresh.request().name()));
    if (absl::Status status = Reveal(&volunteer); !status.ok()) return fresh.Fail(status);
    fresh.Answer(volunteer);
  });
}

void Api::ListVolunteers(CallOf<v1::ListVolunteersRequest, v1::ListVolunteersResponse> call) {
  WhenFresh<v1::ListVolunteersRequest, v1::ListVolunteersResponse>(std::move(call), [this](auto& fresh) {
    const std::string& district = fresh.request().district();
    AnswerPage<v1::ListVolunteersRequest, v1::ListVolunteersResponse>(
        fresh, context_.reads.volunteers(), district, paging::FilterDigest({"volunteers", district}), "",
        [this](v1::ListVolunteersResponse& page) {
          absl::Status status;
          for (v1::Volunteer& volunteer : *page.mutable_volunteers()) status.Update(Reveal(&volunteer));
          return status;
        });
  });
}

void Api::ListHourRecords(CallOf<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse> call) {
  ListLedgerRows(context_, std::move(call));
}

}  // namespace kepu::volunteer
