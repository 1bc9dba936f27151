// What the handlers of people share: who may touch whose record, reading a person before something is sealed
// for them, and changes that answer the person. Templates, included by those handlers only; thread-safe as
// far as the context is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/people.pb.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/people_keeper.h"
#include "services/volunteer/api/people_view.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/profile.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

inline constexpr char kPersonService[] = "kepu.volunteer.v1.PersonService";

// Both outlive the service.
struct PeopleDesk {
  const Context& context;
  PeopleKeeper& keeper;
};

// Who may: the person, those who keep people of their district, or either. Nobody keeps their own record.
enum class Who { kOwn, kKeeper, kEither };

// A person as they were read, and the ids in the name that the caller gave.
struct Found {
  std::vector<std::string> ids;
  bool own = false;
  domain::record::PersonHead head;
  domain::Age age;
};

inline absl::Status CheckMay(const rpc::Principal& principal, const domain::record::PersonHead& head,
                             bool own, Who who, absl::string_view name) {
  const bool keeps = KeepsPeople(principal, head.district());
  if (who == Who::kKeeper && keeps && own) return refusal::Refuse(refusal::kNo, "OWN_PERSON");
  const bool may = who == Who::kOwn ? own : (who == Who::kEither && own) || keeps;
  return may ? absl::OkStatus() : refusal::NotFound(name);
}

// Reads the person that `name` names by `pattern`, as far as the caller may; `collect(person)` takes what
// else is wanted of it and may answer NotLoaded. Then `then(call, found)` on the executor.
template <class Call, class Collect, class Then>
void ReadPerson(const PeopleDesk& desk, Call call, absl::string_view field, absl::string_view pattern,
                const std::string& name, Who who, Collect collect, Then then) {
  auto ids = names::Parse(field, pattern, name);
  if (!ids.ok()) return call.Fail(ids.status());
  const Context& context = desk.context;
  auto found = std::make_shared<Found>();
  found->ids = *std::move(ids);
  const std::string self = SelfOf(context, call.principal());
  if (found->ids[0] == "me") found->ids[0] = self;
  found->own = found->ids[0] == self;
  auto shared = std::make_shared<Call>(std::move(call));
  const reservation::Place place = PersonPlace(found->ids[0]);
  auto read = [&context, shared, found, name, who, collect = std::move(collect),
               key = place.key](store::View& view) -> absl::Status {
    const domain::Person& person = PersonIn(view, key);
    // Their own is told apart from nobody's, and from what was erased.
    absl::Status there = domain::CheckThere(person, name);
    if (who == Who::kOwn && !there.ok()) return there;
    if (!person.Exists()) return refusal::NotFound(name);
    if (absl::Status status = CheckMay(shared->principal(), person.head(), found->own, who, name);
        !status.ok()) {
      return status;
    }
    found->head = person.head();
    auto age = AgeOf(context.personal, person.head());
    if (!age.ok()) return age.status();
    found->age = *age;
    return collect(person);
  };
  context.engine.Read(place.partition, {place.key}, std::move(read),
                      [shared, found, then = std::move(then)](const absl::Status& status) mutable {
                        if (!status.ok()) return shared->Fail(status);
                        then(std::move(*shared), *found);
                      });
}

template <class Call, class Then>
void ReadPerson(const PeopleDesk& desk, Call call, absl::string_view field, absl::string_view pattern,
                const std::string& name, Who who, Then then) {
  ReadPerson(
      desk, std::move(call), field, pattern, name, who,
      [](const domain::Person&) { return absl::OkStatus(); }, std::move(then));
}

// Changes the person by `decide(person, now)`, and answers by `encode(view, person, answer)`.
template <class Request, class Response, class Decide, class Encode>
void ChangePerson(const PeopleDesk& desk, CallOf<Request, Response> call, const std::string& id,
                  Decide decide, Encode encode) {
  const reservation::Place place = PersonPlace(id);
  store::RequestKey request_key = handler::KeyOf(desk.context.keys, call);
  handler::Change(
      desk.context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
      std::move(call),
      [key = place.key, decide = std::move(decide)](store::View& view, absl::Time now) {
        return EmitAll(view, key, decide(PersonIn(view, key), now));
      },
      [key = place.key, encode = std::move(encode)](store::View& view, Response* answer) {
        return encode(PersonIn(view, key), answer);
      });
}

// The same, answered by the person as the caller sees them.
template <class Request, class Decide>
void ChangePerson(const PeopleDesk& desk, CallOf<Request, v1::Volunteer> call, const std::string& id,
                  Decide decide) {
  const Context& context = desk.context;
  ChangePerson(desk, std::move(call), id, std::move(decide),
               [&context](const domain::Person& person, v1::Volunteer* answer) {
                 return ShowPerson(context.personal, person.head(), context.rules, context.clock.Now(),
                                   answer);
               });
}

// Seals texts of a user off the executor, by field, then `then(call, sealed)`.
struct Text {
  const char* field;
  std::string text;
};
template <class Call, class Then>
void SealTexts(const PeopleDesk& desk, Call call, const std::string& user, std::vector<Text> texts,
               Then then) {
  Personal& personal = desk.context.personal;
  auto shared = std::make_shared<Call>(std::move(call));
  absl::Status status =
      personal.Run([&personal, shared, user, texts = std::move(texts), then = std::move(then)]() mutable {
        std::vector<std::string> sealed;
        for (const Text& text : texts) {
          auto one = personal.Seal(user, text.field, text.text);
          if (!one.ok()) return shared->Fail(one.status());
          sealed.push_back(*std::move(one));
        }
        then(std::move(*shared), std::move(sealed));
      });
  if (!status.ok()) shared->Fail(status);
}

// Serves a method of PersonService.
template <class Request, class Response>
void HandlePeople(rpc::Service& service, const PeopleDesk& desk, const char* method,
                  void (*handler)(const PeopleDesk&, CallOf<Request, Response>)) {
  service.Handle<Request, Response>(kPersonService, method, [desk, handler](CallOf<Request, Response> call) {
    handler(desk, std::move(call));
  });
}

// One for each file of handlers.
void AddPeopleHandlers(rpc::Service& service, const PeopleDesk& desk);
void AddConsentHandlers(rpc::Service& service, const PeopleDesk& desk);
void AddIdNumberHandlers(rpc::Service& service, const PeopleDesk& desk);
void AddOwnDataHandlers(rpc::Service& service, const PeopleDesk& desk);

inline void AddPeople(rpc::Service& service, const PeopleDesk& desk) {
  AddPeopleHandlers(service, desk);
  AddConsentHandlers(service, desk);
  AddIdNumberHandlers(service, desk);
  AddOwnDataHandlers(service, desk);
}

}  // namespace kepu::volunteer
