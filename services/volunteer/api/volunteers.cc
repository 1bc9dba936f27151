#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/lists.h"
#include "services/volunteer/api/people_view.h"
#include "services/volunteer/domain/skills.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

std::string BandText(int32_t band) { return band == 0 ? "" : absl::StrCat(band); }

std::vector<std::string> Listed(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return {list.begin(), list.end()};
}

// What the caller says of their birth: the date, where they give one, says the band too.
absl::Status ReadBirth(const v1::Volunteer& given, domain::RegisterCommand* command) {
  command->birth_year_band = given.birth_year_band();
  if (given.birth_date().empty()) return absl::OkStatus();
  auto born = calendar::ParseDate("volunteer.birth_date", given.birth_date());
  if (!born.ok()) return born.status();
  command->birth_date = *born;
  return absl::OkStatus();
}

}  // namespace

absl::Status Api::Reveal(const rpc::Principal& principal, v1::Volunteer* volunteer) {
  auto bytes = context_.reads.sealed().Get(volunteer->name());
  domain::record::Sealed sealed;
  if (bytes == nullptr || !sealed.ParseFromString(*bytes)) return absl::OkStatus();
  absl::Status status =
      FillSealed(context_.personal, sealed, context_.rules, context_.clock.Now(), volunteer);
  const bool own = volunteer->name() == absl::StrCat("volunteers/", SelfOf(context_, principal));
  if (!own && !KeepsPeople(principal, volunteer->district())) HidePersonal(volunteer);
  return status;
}

void Api::RegisterVolunteer(CallOf<v1::RegisterVolunteerRequest, v1::Volunteer> call) {
  const v1::Volunteer& given = call.request().volunteer();
  if (absl::Status status = names::Parse("volunteer.district", "districts/*", given.district()).status();
      !status.ok()) {
    return call.Fail(status);
  }
  if (absl::Status status = domain::CheckSkillsAndLanguages("volunteer", given.skills(), given.languages());
      !status.ok()) {
    return call.Fail(status);
  }
  domain::RegisterCommand command;
  command.id = SelfOf(context_, call.principal());
  command.user = call.principal().name;
  command.district = given.district();
  command.languages = Listed(given.languages());
  command.skills = Listed(given.skills());
  command.category = given.category();
  command.source = given.source();
  if (absl::Status status = ReadBirth(given, &command); !status.ok()) return call.Fail(status);
  auto shared = std::make_shared<CallOf<v1::RegisterVolunteerRequest, v1::Volunteer>>(std::move(call));
  // A person whom the vault has not met gets a key, which waits for the disk.
  absl::Status status = context_.personal.Run([this, shared, command]() mutable {
    int32_t year = command.birth_year_band;
    if (command.birth_date) year = static_cast<int32_t>(command.birth_date->year() / 5 * 5);
    auto band = context_.personal.Seal(command.user, Personal::kBirthYearBand, BandText(year));
    if (!band.ok()) return shared->Fail(band.status());
    auto date = context_.personal.Seal(command.user, Personal::kBirthDate,
                                       shared->request().volunteer().birth_date());
    if (!date.ok()) return shared->Fail(date.status());
    command.sealed_birth_year_band = *std::move(band);
    command.sealed_birth_date = *std::move(date);
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
    auto age = AgeOf(context_.personal, person.head());
    if (!age.ok()) return age.status();
    whole.known_birth_date = age->born;
    return EmitAll(view, key, domain::DecideRegister(person, whole, context_.rules, now));
  };
  auto encode = [this, key = place.key](store::View& view, v1::Volunteer* answer) {
    return ShowPerson(context_.personal, PersonIn(view, key).head(), context_.rules, context_.clock.Now(),
                      answer);
  };
  store::RequestKey request_key = handler::KeyOf(context_.keys, call);
  handler::Change(context_.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(decide), std::move(encode));
}

void Api::GetVolunteer(CallOf<v1::GetVolunteerRequest, v1::Volunteer> call) {
  WhenFresh<v1::GetVolunteerRequest, v1::Volunteer>(std::move(call), [this](auto& fresh) {
    auto id = VisiblePerson(context_, "name", "volunteers/*", fresh.request().name(), fresh.principal());
    if (!id.ok()) return fresh.Fail(id.status());
    auto bytes = context_.reads.volunteers().Get(absl::StrCat("volunteers/", *id));
    v1::Volunteer volunteer;
    if (bytes == nullptr || !volunteer.ParseFromString(*bytes))
      return fresh.Fail(refusal::NotFound(fresh.request().name()));
    if (absl::Status status = Reveal(fresh.principal(), &volunteer); !status.ok()) return fresh.Fail(status);
    fresh.Answer(volunteer);
  });
}

void Api::ListVolunteers(CallOf<v1::ListVolunteersRequest, v1::ListVolunteersResponse> call) {
  WhenFresh<v1::ListVolunteersRequest, v1::ListVolunteersResponse>(std::move(call), [this](auto& fresh) {
    const std::string& district = fresh.request().district();
    AnswerPage<v1::ListVolunteersRequest, v1::ListVolunteersResponse>(
        fresh, context_.reads.volunteers(), district, paging::FilterDigest({"volunteers", district}), "",
        [this, &fresh](v1::ListVolunteersResponse& page) {
          absl::Status status;
          for (v1::Volunteer& volunteer : *page.mutable_volunteers())
            status.Update(Reveal(fresh.principal(), &volunteer));
          return status;
        });
  });
}

void Api::ListHourRecords(CallOf<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse> call) {
  ListLedgerRows(context_, std::move(call));
}

}  // namespace kepu::volunteer
