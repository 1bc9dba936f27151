#include "google/protobuf/empty.pb.h"
#include "google/protobuf/util/json_util.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/people_desk.h"
#include "services/volunteer/api/people_records.h"
#include "services/volunteer/api/whose.h"

namespace kepu::volunteer {

absl::Status ToConsent(const Personal& personal, const domain::record::PersonHead& head,
                       const domain::record::ConsentRecord& consent, v1::GuardianConsent* answer) {
  answer->set_name(absl::StrCat("volunteers/", head.id(), "/consents/", consent.id()));
  auto name = personal.Open(head.user(), Personal::kGuardianName, consent.sealed_guardian_name());
  if (!name.ok()) return name.status();
  auto phone = personal.Open(head.user(), Personal::kGuardianPhone, consent.sealed_guardian_phone());
  if (!phone.ok()) return phone.status();
  answer->set_guardian_name(*name);
  answer->set_guardian_phone(*phone);
  answer->set_relation(consent.relation());
  *answer->mutable_scopes() = consent.scopes();
  answer->set_text_version(consent.text_version());
  answer->set_guardian_on_site(consent.guardian_on_site());
  calendar::SetMicros(consent.give_us(), answer->mutable_give_time());
  calendar::SetMicros(consent.expire_us(), answer->mutable_expire_time());
  if (consent.withdraw_us() != 0) calendar::SetMicros(consent.withdraw_us(), answer->mutable_withdraw_time());
  answer->set_recorded_by(consent.recorded_by());
  calendar::SetMicros(consent.create_us(), answer->mutable_create_time());
  return absl::OkStatus();
}

absl::Status ToRead(const Personal& personal, const domain::record::PersonHead& head, int32_t number,
                    const domain::record::IdNumberReadRecord& read, v1::IdNumberRead* answer) {
  answer->set_name(absl::StrCat("volunteers/", head.id(), "/idNumberReads/r", number));
  answer->set_reader(read.by());
  auto reason = personal.Open(head.user(), Personal::kReason, read.sealed_reason());
  if (!reason.ok()) return reason.status();
  answer->set_reason(*reason);
  calendar::SetMicros(read.time_us(), answer->mutable_read_time());
  return absl::OkStatus();
}

namespace {

using ExportCall = CallOf<v1::ExportMyDataRequest, options::v1::RawBody>;

// Rows that are taken of a catalogue at once.
constexpr size_t kPiece = 500;

// What lies with the person; NotLoaded.
absl::Status CollectRecords(const Context& context, const domain::Person& person, v1::MyData* data) {
  data->Clear();
  const domain::record::PersonHead& head = person.head();
  absl::Status missing;
  for (int32_t number = 1; number <= head.consent_count(); ++number) {
    auto child = person.Find(domain::ConsentField(domain::ConsentId(number)));
    if (!child.ok()) missing = child.status();
    if (child.ok() && *child != nullptr)
      missing.Update(ToConsent(context.personal, head, (*child)->consent(), data->add_consents()));
  }
  for (int32_t number = 1; number <= head.id_reads(); ++number) {
    auto child = person.Find(domain::ReadField(number));
    if (!child.ok()) missing = child.status();
    if (child.ok() && *child != nullptr) {
      missing.Update(
          ToRead(context.personal, head, number, (*child)->id_read(), data->add_id_number_reads()));
    }
  }
  if (!missing.ok()) return missing;
  auto number = context.personal.Open(head.user(), Personal::kIdNumber, head.sealed_id_number());
  if (!number.ok()) return number.status();
  data->set_id_number(*number);
  return ShowPerson(context.personal, head, context.rules, context.clock.Now(), data->mutable_volunteer());
}

// All rows of a scope, as the list response that holds them.
template <class List>
List Everything(const projection::Catalogue& catalogue, const std::string& scope) {
  List all;
  std::string after;
  do {
    projection::Catalogue::Page page = catalogue.List(scope, after, kPiece);
    List piece;
    if (piece.ParseFromString(page.bytes)) all.MergeFrom(piece);
    after = page.next_after;
  } while (!after.empty());
  return all;
}

// As one document: what lies with the person, and the rows of the read model.
void AnswerExport(const Context& context, ExportCall& call, v1::MyData& data) {
  const std::string& name = data.volunteer().name();
  auto signups = Everything<v1::ListSignupsResponse>(context.reads.signups(), name);
  for (v1::Signup& signup : *signups.mutable_signups()) {
    if (absl::Status status = RevealReasons(context, &signup); !status.ok()) return call.Fail(status);
  }
  data.mutable_signups()->Swap(signups.mutable_signups());
  calendar::SetMicros(absl::ToUnixMicros(context.clock.Now()), data.mutable_export_time());
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options::v1::RawBody body;
  body.set_content_type("application/json; charset=utf-8");
  if (!google::protobuf::util::MessageToJsonString(data, body.mutable_data(), options).ok())
    return call.Fail(absl::InternalError("data that cannot be written"));
  call.Answer(body);
}

void ExportMyData(const PeopleDesk& desk, ExportCall typed) {
  const Context& context = desk.context;
  auto data = std::make_shared<v1::MyData>();
  auto collect = [&context, data](const domain::Person& person) {
    return CollectRecords(context, person, data.get());
  };
  auto then = [&context, data](ExportCall call, const Found&) {
    auto shared = std::make_shared<ExportCall>(std::move(call));
    const std::string person = SelfOf(context, shared->principal());
    context.engine.Read(
        PersonPlace(person).partition, {LedgerKey(person)},
        [&context, person, data](store::View& view) {
          return ShowLedger(context, view, person, data->mutable_hour_records());
        },
        [&context, shared, data](absl::Status status) {
          if (status.ok())
            status =
                context.personal.Run([&context, shared, data] { AnswerExport(context, *shared, *data); });
          if (!status.ok()) shared->Fail(status);
        });
  };
  ReadPerson(desk, std::move(typed), "name", "volunteers/*", "volunteers/me", Who::kOwn, collect, then);
}

// First the record, which says so for ever; then the key, without which nothing of before can be read, and
// the sign-ups to come: by the keeper, which goes on with it whatever happens to this call.
void EraseMyData(const PeopleDesk& desk, CallOf<v1::EraseMyDataRequest, google::protobuf::Empty> call) {
  const std::string id = SelfOf(desk.context, call.principal());
  auto erased = [desk, id](std::function<void()> answer) { desk.keeper.Review(id, std::move(answer)); };
  ChangePerson(
      desk, After(std::move(call), erased), id,
      [](const domain::Person& person, absl::Time now) { return domain::DecideErase(person, now); },
      [](const domain::Person&, google::protobuf::Empty*) { return absl::OkStatus(); });
}

}  // namespace

void AddOwnDataHandlers(rpc::Service& service, const PeopleDesk& desk) {
  HandlePeople(service, desk, "ExportMyData", ExportMyData);
  HandlePeople(service, desk, "EraseMyData", EraseMyData);
}

}  // namespace kepu::volunteer
