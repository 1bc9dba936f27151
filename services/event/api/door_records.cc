// What devices noted while they were offline: merged record by record in one commit, each once, and shown
// with what came of it.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "kepu/event/v1/door.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "services/event/api/entry_code.h"
#include "services/event/api/handlers.h"
#include "services/event/api/of_day.h"
#include "services/event/api/register.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/door.h"
#include "services/event/domain/places.h"

namespace kepu::event {
namespace {

using MergeCall = rpc::TypedCall<v1::MergeDoorRequest, v1::MergeDoorResponse>;
using RecordsCall = rpc::TypedCall<v1::ListDoorRecordsRequest, v1::ListDoorRecordsResponse>;

bool IsPlainId(absl::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

absl::Status CheckRecords(const v1::MergeDoorRequest& request) {
  refusal::FieldErrors errors;
  if (!IsPlainId(request.device())) errors.Add("device", "must be 1 to 40 of a-z, 0-9 and -");
  for (int i = 0; i < request.records_size(); ++i) {
    const v1::DoorRecord& record = request.records(i);
    const std::string path = absl::StrCat("records[", i, "].");
    if (!IsPlainId(record.id())) errors.Add(path + "id", "must be 1 to 40 of a-z, 0-9 and -");
    if (!v1::DoorRecord::Act_IsValid(record.act()))
      errors.Add(path + "act", "must be ARRIVED, CAME_LATER, LEFT or WALKED_IN");
    const bool walked_in = record.act() == v1::DoorRecord::WALKED_IN;
    if (record.code().empty() != walked_in)
      errors.Add(path + "code", "is required, and not given for WALKED_IN");
    if (walked_in && (record.kind() == v1::Booking::SCHOOL || !v1::Booking::Kind_IsValid(record.kind())))
      errors.Add(path + "kind", "must be PERSON, FAMILY or GROUP; schools book");
  }
  return errors.ToStatus();
}

// One device's records of one session, as they are merged.
struct Merging {
  Target target;
  std::string device;
  std::string by;
  std::vector<v1::DoorRecord> records;
  std::vector<std::optional<std::string>> ids;  // of the bookings, or of those to be made
  domain::Rules rules;
  std::string rules_key;
};

absl::StatusOr<domain::Facts> Decide(const Merging& merging, size_t i, const domain::Session& session,
                                     absl::Time now) {
  const v1::DoorRecord& record = merging.records[i];
  const absl::Time at = calendar::FromProto(record.time());
  if (record.act() == v1::DoorRecord::LEFT) {
    const int64_t heads = domain::Heads(record.party());
    return domain::DecideDeparture(session, *merging.ids[i], static_cast<int32_t>(heads), at, now);
  }
  if (record.act() == v1::DoorRecord::ARRIVED || record.act() == v1::DoorRecord::CAME_LATER) {
    domain::Arrival arrival;
    arrival.id = *merging.ids[i];
    if (record.has_party()) arrival.party = record.party();
    arrival.by = merging.by;
    arrival.at = at;
    // The device let them in: that is not undone by counting adults afterwards.
    arrival.override_reason = "offline";
    return record.act() == v1::DoorRecord::CAME_LATER
               ? domain::DecideLateArrival(session, arrival, merging.rules, now)
               : domain::DecideArrival(session, arrival, merging.rules, now);
  }
  domain::PartyCommand command;
  command.id = *merging.ids[i];
  command.kind = record.kind() == v1::Booking::KIND_UNSPECIFIED ? v1::Booking::FAMILY : record.kind();
  command.party = record.party();
  command.booker = merging.by;
  command.by_staff = true;
  return domain::DecideWalkIn(session, command, at, merging.rules, now);
}

// Record `i` on a copy of the session: its facts are added to `facts`, with what came of it. NotLoaded before
// anything was changed.
absl::Status MergeOne(const Merging& merging, size_t i, domain::Session& trial, OfDay& day, absl::Time now,
                      domain::Facts* facts) {
  v1::DoorRecord record = merging.records[i];
  record.set_device(merging.device);
  const auto known = domain::FindDoorRecord(trial, merging.device, record.id());
  if (!known.ok() || *known != nullptr) return known.status();
  domain::Facts decided;
  if (!merging.ids[i]) {
    record.set_outcome(v1::DoorRecord::NO_CODE);
  } else {
    record.set_booking(domain::BookingName(trial.head(), *merging.ids[i]));
    auto made = day.Decide(
        trial, [&](const domain::Session& one) { return Decide(merging, i, one, now); }, now);
    if (absl::IsUnavailable(made.status())) return made.status();
    if (made.ok()) decided = *std::move(made);
    const bool duplicate = made.ok() && decided.empty();
    record.set_outcome(!made.ok()  ? v1::DoorRecord::REFUSED
                       : duplicate ? v1::DoorRecord::DUPLICATE
                                   : v1::DoorRecord::TAKEN);
    if (!made.ok()) record.set_reason(refusal::ReasonOf(made.status()));
  }
  auto kept = domain::DecideRecord(trial, record, now);
  if (!kept.ok()) return kept.status();
  decided.insert(decided.end(), kept->begin(), kept->end());
  for (const domain::record::Fact& fact : decided) {
    if (absl::Status status = domain::Apply(trial, fact); !status.ok()) return status;
  }
  facts->insert(facts->end(), decided.begin(), decided.end());
  return absl::OkStatus();
}

// All of them, or nothing: decided on a copy, so that nothing is emitted before everything is loaded.
absl::Status MergeAll(store::View& view, const Merging& merging, domain::Session& session, absl::Time now) {
  OfDay day(view, merging.rules_key);
  domain::Session trial = session;
  domain::Facts facts;
  absl::Status status;
  // What all of them need is loaded together.
  for (size_t i = 0; i < merging.records.size(); ++i) {
    const auto known = domain::FindDoorRecord(trial, merging.device, merging.records[i].id());
    const bool booked = merging.ids[i] && merging.records[i].act() != v1::DoorRecord::WALKED_IN;
    if (!known.ok() || (booked && !domain::FindBooking(trial, *merging.ids[i]).ok()))
      status = absl::UnavailableError("not loaded");
  }
  for (size_t i = 0; status.ok() && i < merging.records.size(); ++i)
    status = MergeOne(merging, i, trial, day, now, &facts);
  // What the copy missed or took for absent, the session itself has to know.
  for (const std::string& field : trial.TakeMissing()) session.Find(field).status().IgnoreError();
  for (const std::string& field : trial.TakeAssumedAbsent()) (void)session.PresentOrAssumeAbsent(field);
  if (!status.ok()) return status;
  if (absl::Status emitted = EmitAll(view, merging.target.key, facts); !emitted.ok()) return emitted;
  return day.EmitPlace(now);
}

void MergeDoor(const Context& context, MergeCall call) {
  const v1::MergeDoorRequest& request = call.request();
  absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, request.name());
  if (!target.ok()) return call.Fail(target.status());
  if (absl::Status status = CheckRecords(request); !status.ok()) return call.Fail(status);
  store::RequestKey key = handler::KeyOf(context.keys, call);
  auto merging = std::make_shared<Merging>();
  merging->target = *target;
  merging->device = request.device();
  merging->by = call.principal().name;
  merging->records.assign(request.records().begin(), request.records().end());
  merging->rules = context.rules;
  merging->rules_key = RulesKeyOf(context, target->session);
  for (const v1::DoorRecord& record : merging->records) {
    const std::string what = absl::StrCat("door/", target->session, "/", merging->device, "/", record.id());
    merging->ids.push_back(record.act() == v1::DoorRecord::WALKED_IN
                               ? context.keys.MakeId(target->partition, what)
                               : BookingOfCode(context.keys, target->session, record.code()));
  }
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  handler::Change(
      context.engine, target->partition, store::Lane::kCheckIn, std::move(key),
      WithRules({target->key}, merging->rules_key), std::move(call),
      [merging, caller](store::View& view, absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, merging->target);
        if (!session.ok()) return session.status();
        if (!IsStaff(*caller, (*session)->head())) return refusal::NotFound(merging->target.name);
        return MergeAll(view, *merging, **session, now);
      },
      [merging](store::View& view, v1::MergeDoorResponse* answer) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, merging->target);
        if (!session.ok()) return session.status();
        absl::Status missing;
        for (const v1::DoorRecord& record : merging->records) {
          const auto kept = domain::FindDoorRecord(**session, merging->device, record.id());
          if (!kept.ok()) missing = kept.status();
          if (kept.ok() && *kept != nullptr) *answer->add_records() = **kept;
        }
        return missing;
      });
}

void ListDoorRecords(const Context& context, RecordsCall call) {
  const v1::ListDoorRecordsRequest request = call.request();
  absl::StatusOr<Target> target = ParseTarget("parent", kSessionPattern, request.parent());
  if (!target.ok()) return call.Fail(target.status());
  const std::string filter =
      paging::FilterDigest({"ListDoorRecords", request.parent(), request.only_odd() ? "odd" : ""});
  absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  absl::StatusOr<std::string> after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  uint32_t from = 0;
  if (!after->empty() && !absl::SimpleAtoi(*after, &from))
    return call.Fail(refusal::BadField("page_token", "is not one that was answered"));
  auto shared = std::make_shared<RecordsCall>(std::move(call));
  auto answer = std::make_shared<v1::ListDoorRecordsResponse>();
  context.engine.Read(
      target->partition, {target->key},
      [&context, target = *target, shared, answer, from, size = *size, filter,
       odd = request.only_odd()](store::View& view) -> absl::Status {
        answer->Clear();
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        if (!IsStaff(shared->principal(), (*session)->head())) return refusal::NotFound(target.name);
        absl::Status missing;
        // A page looks at so many records, also where it shows few of them.
        const uint32_t end = std::min((*session)->head().door_records(), from + static_cast<uint32_t>(size));
        for (uint32_t n = from; n < end; ++n) {
          const auto record = domain::FindChild<v1::DoorRecord>(**session, domain::DoorField(n),
                                                                &domain::record::SessionChild::door_record);
          if (!record.ok()) missing = record.status();
          if (!record.ok() || *record == nullptr) continue;
          if (!odd || (*record)->outcome() != v1::DoorRecord::TAKEN) *answer->add_records() = **record;
        }
        if (end < (*session)->head().door_records())
          answer->set_next_page_token(context.pager.Encode(filter, absl::StrCat(end)));
        return missing;
      },
      [shared, answer](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

}  // namespace

void AddDoorRecordHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kDoorService, "MergeDoor", MergeDoor);
  Handle(service, context, kDoorService, "ListDoorRecords", ListDoorRecords);
}

}  // namespace kepu::event
