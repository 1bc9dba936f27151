#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/paging/paging.h"
#include "services/volunteer/api/people_desk.h"
#include "services/volunteer/api/people_records.h"

namespace kepu::volunteer {
namespace {

using domain::record::ConsentRecord;
using v1::GuardianConsent;

absl::StatusOr<domain::ConsentCommand> CommandOf(const v1::RecordConsentRequest& request,
                                                 const std::string& by, absl::Time now) {
  domain::ConsentCommand command;
  const GuardianConsent& given = request.consent();
  ConsentRecord& consent = command.consent;
  consent.set_relation(given.relation());
  *consent.mutable_scopes() = given.scopes();
  consent.set_text_version(given.text_version());
  consent.set_guardian_on_site(given.guardian_on_site());
  consent.set_give_us(given.has_give_time() ? calendar::MicrosOf(given.give_time())
                                            : absl::ToUnixMicros(now));
  consent.set_expire_us(calendar::MicrosOf(given.expire_time()));
  consent.set_recorded_by(by);
  if (!request.birth_date().empty()) {
    auto born = calendar::ParseDate("birth_date", request.birth_date());
    if (!born.ok()) return born.status();
    command.birth_date = *born;
  }
  return command;
}

// The consent of an id; NOT_FOUND, NotLoaded.
absl::Status ShowConsent(const Context& context, const domain::Person& person, const std::string& id,
                         GuardianConsent* answer) {
  auto child = person.Find(domain::ConsentField(id));
  if (!child.ok()) return child.status();
  const std::string name = absl::StrCat("volunteers/", person.head().id(), "/consents/", id);
  if (*child == nullptr) return refusal::NotFound(name);
  return ToConsent(context.personal, person.head(), (*child)->consent(), answer);
}

void RecordSealed(const PeopleDesk& desk, CallOf<v1::RecordConsentRequest, GuardianConsent> call,
                  const std::string& id, domain::ConsentCommand command) {
  const Context& context = desk.context;
  auto decide = [&context, command = std::move(command)](const domain::Person& person,
                                                         absl::Time now) -> absl::StatusOr<domain::Facts> {
    auto age = AgeOf(context.personal, person.head());
    // A child of whom nothing is kept yet is a minor all the same.
    if (!age.ok()) return age.status();
    return domain::DecideRecordConsent(person, command, *age, context.rules, now);
  };
  // The newest: a repeat of the call shows the one that is newest by then.
  auto encode = [&context](const domain::Person& person, GuardianConsent* answer) {
    return ShowConsent(context, person, domain::ConsentId(person.head().consent_count()), answer);
  };
  ChangePerson(desk, std::move(call), id, std::move(decide), std::move(encode));
}

void RecordConsent(const PeopleDesk& desk, CallOf<v1::RecordConsentRequest, GuardianConsent> typed) {
  auto command = CommandOf(typed.request(), typed.principal().name, desk.context.clock.Now());
  if (!command.ok()) return typed.Fail(command.status());
  const std::string parent = typed.request().parent();
  auto record = [desk, command = *command](auto sealing, const Found& found) {
    const v1::RecordConsentRequest request = sealing.request();
    auto then = [desk, command, id = found.ids[0]](auto call, std::vector<std::string> sealed) mutable {
      command.consent.set_sealed_guardian_name(sealed[0]);
      command.consent.set_sealed_guardian_phone(sealed[1]);
      command.sealed_birth_date = sealed[2];
      RecordSealed(desk, std::move(call), id, command);
    };
    SealTexts(desk, std::move(sealing), found.head.user(),
              {{Personal::kGuardianName, request.consent().guardian_name()},
               {Personal::kGuardianPhone, request.consent().guardian_phone()},
               {Personal::kBirthDate, request.birth_date()}},
              then);
  };
  ReadPerson(desk, std::move(typed), "parent", "volunteers/*", parent, Who::kKeeper, record);
}

void ListConsents(const PeopleDesk& desk, CallOf<v1::ListConsentsRequest, v1::ListConsentsResponse> call) {
  ListNumbered(
      desk, std::move(call), "consents", Who::kEither,
      [](const domain::record::PersonHead& head) { return head.consent_count(); },
      [](int32_t number) { return domain::ConsentField(domain::ConsentId(number)); },
      [&personal = desk.context.personal](const domain::record::PersonHead& head, int32_t,
                                          const domain::record::PersonChild& child,
                                          v1::ListConsentsResponse* response) {
        return ToConsent(personal, head, child.consent(), response->add_consents());
      });
}

void WithdrawConsent(const PeopleDesk& desk, CallOf<v1::WithdrawConsentRequest, GuardianConsent> typed) {
  const std::string name = typed.request().name();
  auto withdraw = [desk](auto call, const Found& found) {
    const Context& context = desk.context;
    const std::string by = call.principal().name;
    const std::string id = found.ids[1];
    auto decide = [&context, by, id](const domain::Person& person,
                                     absl::Time now) -> absl::StatusOr<domain::Facts> {
      auto age = AgeOf(context.personal, person.head());
      if (!age.ok()) return age.status();
      return domain::DecideWithdrawConsent(person, id, by, *age, context.rules, now);
    };
    auto encode = [&context, id](const domain::Person& person, GuardianConsent* answer) {
      return ShowConsent(context, person, id, answer);
    };
    // Answered when what it leads to was begun, so that nobody uncovered is checked in after it.
    auto reviewed = [desk, person = found.ids[0]](std::function<void()> answer) {
      desk.keeper.Review(person, std::move(answer));
    };
    ChangePerson(desk, After(std::move(call), reviewed), found.ids[0], decide, encode);
  };
  ReadPerson(desk, std::move(typed), "name", "volunteers/*/consents/*", name, Who::kEither, withdraw);
}

}  // namespace

void AddConsentHandlers(rpc::Service& service, const PeopleDesk& desk) {
  HandlePeople(service, desk, "RecordConsent", RecordConsent);
  HandlePeople(service, desk, "ListConsents", ListConsents);
  HandlePeople(service, desk, "WithdrawConsent", WithdrawConsent);
}

}  // namespace kepu::volunteer
