#include <memory>

#include "libs/calendar/dates.h"
#include "services/volunteer/api/people_desk.h"
#include "services/volunteer/api/people_records.h"
#include "services/volunteer/domain/id_number.h"

namespace kepu::volunteer {
namespace {

using SubmitCall = CallOf<v1::SubmitIdNumberRequest, v1::Volunteer>;

domain::IdNumberEntry& EntryIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::IdNumberEntry&>(view.Get(key));
}

// One submission under way: the number is taken first, then it stands with the person.
struct Submission {
  explicit Submission(SubmitCall given) : call(std::move(given)) {}
  SubmitCall call;
  std::string person;
  std::string number;  // id of its entry
  std::string sealed;
};

void AnswerPerson(const PeopleDesk& desk, const std::shared_ptr<Submission>& submission,
                  rpc::AnswerInfo info) {
  const Context& context = desk.context;
  const reservation::Place place = PersonPlace(submission->person);
  auto answer = std::make_shared<v1::Volunteer>();
  context.engine.Read(
      place.partition, {place.key},
      [&context, answer, key = place.key](store::View& view) {
        answer->Clear();
        return ShowPerson(context.personal, PersonIn(view, key).head(), context.rules, context.clock.Now(),
                          answer.get());
      },
      [submission, answer, info](const absl::Status& status) {
        if (!status.ok()) return submission->call.Fail(status);
        submission->call.Answer(*answer, info);
      });
}

void Take(const PeopleDesk& desk, const std::shared_ptr<Submission>& submission) {
  const reservation::Place place = IdNumberPlace(submission->number);
  store::Command command;
  command.request_key = handler::KeyOf(desk.context.keys, submission->call);
  command.fingerprint = store::Fingerprint(submission->call.request());
  command.repeat = submission->call.context().repeat;
  command.resolve_only = submission->call.context().resolve_only;
  command.actor = submission->call.principal().name;
  command.deadline = submission->call.deadline();
  command.aggregates = {place.key};
  command.decide = [submission, key = place.key](store::View& view, absl::Time now) {
    return EmitAll(view, key,
                   domain::DecideTake(EntryIn(view, key), submission->number, submission->person,
                                      submission->sealed, now));
  };
  command.done = [desk, submission](const store::Outcome& taken) {
    if (!taken.status.ok()) return submission->call.Fail(taken.status);
    // Should this end here, the chore goes on with it.
    desk.keeper.FinishIdNumber(submission->number, [desk, submission, taken](const store::Outcome& outcome) {
      if (!outcome.status.ok()) return submission->call.Fail(outcome.status);
      AnswerPerson(desk, submission, {outcome.position.Pack(), taken.replayed});
    });
  };
  desk.context.engine.Submit(place.partition, std::move(command));
}

void SubmitIdNumber(const PeopleDesk& desk, SubmitCall typed) {
  const std::string name = typed.request().name();
  ReadPerson(desk, std::move(typed), "name", "volunteers/*", name, Who::kEither,
             [desk](SubmitCall sealing, const Found& found) {
               const Context& context = desk.context;
               const absl::CivilDay today = calendar::DayOf(context.clock.Now());
               auto number = domain::ParseIdNumber("id_number", sealing.request().id_number(), today);
               if (!number.ok()) return sealing.Fail(number.status());
               const std::string id = IdNumberIdOf(context.keys, number->text);
               v1::Requirements any_age;
               any_age.set_age_min(1);
               auto said = AgeOf(context.personal, found.head, any_age);
               if (!said.ok()) return sealing.Fail(said.status());
               if (absl::Status status =
                       domain::CheckIdNumber(found.head, id, number->born, *said, context.rules, today);
                   !status.ok()) {
                 return sealing.Fail(status);
               }
               SealTexts(desk, std::move(sealing), found.head.user(), {{Personal::kIdNumber, number->text}},
                         [desk, id, person = found.ids[0]](SubmitCall call, std::vector<std::string> sealed) {
                           auto submission = std::make_shared<Submission>(std::move(call));
                           submission->person = person;
                           submission->number = id;
                           submission->sealed = sealed[0];
                           Take(desk, submission);
                         });
             });
}

void RevealIdNumber(const PeopleDesk& desk, CallOf<v1::RevealIdNumberRequest, v1::RevealedIdNumber> typed) {
  const std::string name = typed.request().name();
  auto reveal = [desk](auto sealing, const Found& found) {
    const std::string reason = sealing.request().reason();
    auto then = [desk, id = found.ids[0]](auto call, std::vector<std::string> sealed) {
      const std::string by = call.principal().name;
      auto decide = [by, text = sealed[0]](const domain::Person& person, absl::Time now) {
        return domain::DecideIdRead(person, by, text, now);
      };
      auto encode = [&personal = desk.context.personal](const domain::Person& person,
                                                        v1::RevealedIdNumber* answer) {
        const domain::record::PersonHead& head = person.head();
        auto number = personal.Open(head.user(), Personal::kIdNumber, head.sealed_id_number());
        if (!number.ok()) return number.status();
        answer->set_name(absl::StrCat("volunteers/", head.id()));
        answer->set_id_number(*number);
        return absl::OkStatus();
      };
      ChangePerson(desk, std::move(call), id, decide, encode);
    };
    SealTexts(desk, std::move(sealing), found.head.user(), {{Personal::kReason, reason}}, then);
  };
  ReadPerson(desk, std::move(typed), "name", "volunteers/*", name, Who::kKeeper, reveal);
}

void ListIdNumberReads(const PeopleDesk& desk,
                       CallOf<v1::ListIdNumberReadsRequest, v1::ListIdNumberReadsResponse> call) {
  ListNumbered(
      desk, std::move(call), "idNumberReads", Who::kEither,
      [](const domain::record::PersonHead& head) { return head.id_reads(); }, domain::ReadField,
      [&personal = desk.context.personal](const domain::record::PersonHead& head, int32_t number,
                                          const domain::record::PersonChild& child,
                                          v1::ListIdNumberReadsResponse* response) {
        return ToRead(personal, head, number, child.id_read(), response->add_id_number_reads());
      },
      /*latest=*/true);
}

}  // namespace

void AddIdNumberHandlers(rpc::Service& service, const PeopleDesk& desk) {
  HandlePeople(service, desk, "SubmitIdNumber", SubmitIdNumber);
  HandlePeople(service, desk, "RevealIdNumber", RevealIdNumber);
  HandlePeople(service, desk, "ListIdNumberReads", ListIdNumberReads);
}

}  // namespace kepu::volunteer
