#include "services/event/api/evaluations.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/auth/access.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/domain/event.h"

namespace kepu::event {
namespace {

using v1::Evaluation;

// Sessions of an event, drafts left out, one after the other.
template <class See>
void ForEachSession(const Context& context, const std::string& event, See see) {
  std::string after;
  v1::ListSessionsResponse page;
  do {
    const auto found = context.read_model.sessions().List(event, after, paging::kMaxPageSize);
    page.ParseFromString(found.bytes);
    for (const v1::Session& session : page.sessions()) see(session);
    after = found.next_after;
  } while (!after.empty());
}

// Places of the largest pool with a limit; what counts wheelchairs is a part of another.
int32_t CapacityOf(const v1::Session& session) {
  int32_t most = 0;
  for (const v1::Pool& pool : session.pools())
    if (!pool.unbounded() && pool.counts() != v1::Pool::WHEELCHAIRS) most = std::max(most, pool.capacity());
  return most;
}

std::shared_ptr<const v1::Event> EventOf(const Context& context, const std::string& name) {
  return context.read_model.documents().Find<v1::Event>(name);
}

// Staff of the event's place.
auto MayChangeRecord(const Context& context, const rpc::Principal& caller) {
  return [&context, caller](const Evaluation& evaluation) {
    const auto event = EventOf(context, evaluation.event());
    return event != nullptr && Tends(caller, event->place());
  };
}

// They, the event's district and its lead unit.
bool MaySeeRecord(const Context& context, const rpc::Principal& caller, const Evaluation& evaluation) {
  const auto event = EventOf(context, evaluation.event());
  if (event == nullptr) return false;
  const std::string district = event->district().empty() ? auth::kCity : event->district();
  const std::string unit = event->lead_unit().empty() ? auth::kCity : event->lead_unit();
  return Tends(caller, event->place()) || auth::HoldsAnyOn(caller, {"district_admin"}, district, nullptr) ||
         auth::HoldsAnyOn(caller, {"department"}, unit, nullptr);
}

void CreateRecord(const Context& context, rpc::TypedCall<v1::CreateEvaluationRequest, Evaluation> call) {
  using CreateCall = rpc::TypedCall<v1::CreateEvaluationRequest, Evaluation>;
  WhenVisible(context, std::move(call), [&context](CreateCall ready) {
    const Evaluation evaluation = ready.request().evaluation();
    if (auto ids = names::Parse("evaluation.event", "events/*", evaluation.event()); !ids.ok())
      return ready.Fail(ids.status());
    const auto event = EventOf(context, evaluation.event());
    if (event == nullptr || !Tends(ready.principal(), event->place()))
      return ready.Fail(refusal::NotFound(evaluation.event()));
    context.documents.Create(domain::EvaluationName(evaluation.event()), evaluation, std::move(ready),
                             [](Evaluation& made, absl::Time) { return domain::MakeEvaluation(made); });
  });
}

void GetRecord(const Context& context, rpc::TypedCall<v1::GetEvaluationRequest, Evaluation> call) {
  context.documents.Answer<Evaluation>(std::move(call), "evaluations/*",
                                       [&context, caller = call.principal()](const Evaluation& evaluation) {
                                         return MaySeeRecord(context, caller, evaluation);
                                       });
}

// A page of documents of a kind, before it is asked what of it is to be shown: that looks at other documents,
// and so not while the list is held.
template <class Resource, class Call>
absl::StatusOr<std::vector<Resource>> PageOf(const Context& context, const std::string& scope,
                                             const Call& call,
                                             const std::function<bool(const Resource&)>& match,
                                             std::string* next_page_token) {
  auto asked = call.request();
  asked.clear_page_size();
  asked.clear_page_token();
  const std::string filter = paging::FilterDigest(
      {asked.GetDescriptor()->full_name(), asked.SerializeAsString(), call.principal().name});
  const absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return size.status();
  const auto after = context.pager.Decode(call.request().page_token(), filter);
  if (!after.ok()) return after.status();
  std::vector<Resource> found;
  const auto page = context.read_model.documents().List<Resource>(scope, *after, *size,
                                                                  [&match, &found](const Resource& one) {
                                                                    if (!match(one)) return false;
                                                                    found.push_back(one);
                                                                    return true;
                                                                  });
  // Whoever was matched after the page was full begins the next one.
  found.resize(page.items);
  *next_page_token = context.pager.Encode(filter, page.next_after);
  return found;
}

using ListRecordsCall = rpc::TypedCall<v1::ListEvaluationsRequest, v1::ListEvaluationsResponse>;

void ListRecords(const Context& context, ListRecordsCall call) {
  WhenVisible(context, std::move(call), [&context](ListRecordsCall ready) {
    const v1::ListEvaluationsRequest& wanted = ready.request();
    v1::ListEvaluationsResponse response;
    const auto page = PageOf<Evaluation>(
        context, document::kAllOfThem, ready,
        [&wanted](const Evaluation& one) {
          return wanted.state() == Evaluation::STATE_UNSPECIFIED || wanted.state() == one.state();
        },
        response.mutable_next_page_token());
    if (!page.ok()) return ready.Fail(page.status());
    for (const Evaluation& evaluation : *page) {
      const auto event = EventOf(context, evaluation.event());
      if (event == nullptr || !MaySeeRecord(context, ready.principal(), evaluation)) continue;
      if (!wanted.campaign().empty() && wanted.campaign() != event->campaign()) continue;
      if (!wanted.district().empty() && wanted.district() != event->district()) continue;
      *response.add_evaluations() = evaluation;
    }
    ready.Answer(response);
  });
}

void UpdateRecord(const Context& context, rpc::TypedCall<v1::UpdateEvaluationRequest, Evaluation> call) {
  const Evaluation update = call.request().evaluation();
  if (auto ids = names::Parse("evaluation.name", "evaluations/*", update.name()); !ids.ok())
    return call.Fail(ids.status());
  auto may = MayChangeRecord(context, call.principal());
  context.documents.Update("evaluation", update, std::move(call), may, [](Evaluation& after, absl::Time) {
    return domain::CheckUpdatedEvaluation(after);
  });
}

// What one filing rests on.
struct Filing {
  std::string name, etag, by;
  std::string key, event_key;  // of the record and its event, which lie in one partition
  domain::EventEnd end;
  Evaluation::Counted counted;
};

absl::StatusOr<Evaluation> RecordIn(store::View& view, const Filing& filing) {
  auto found = document::ResourceIn<domain::DocumentLog, Evaluation>(
      dynamic_cast<const domain::Document&>(view.Get(filing.key)));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return refusal::NotFound(filing.name);
  return **std::move(found);
}

// The record as it is filed.
absl::StatusOr<Evaluation> Filed(store::View& view, const Filing& filing, absl::Time now) {
  absl::StatusOr<Evaluation> record = RecordIn(view, filing);
  if (!record.ok()) return record;
  if (absl::Status status = CheckEtag(filing.etag, record->etag(), filing.name); !status.ok()) return status;
  if (absl::Status status = domain::FileEvaluation(*record, filing.end, filing.counted, filing.by, now);
      !status.ok())
    return status;
  return record;
}

// The record and its event in one commit.
absl::Status File(store::View& view, const Filing& filing, absl::Time now) {
  const absl::StatusOr<Evaluation> before = RecordIn(view, filing);
  if (!before.ok()) return before.status();
  absl::StatusOr<Evaluation> after = Filed(view, filing, now);
  if (!after.ok()) return after.status();
  const auto& state = dynamic_cast<const domain::Event&>(view.Get(filing.event_key));
  const auto event = document::ResourceIn<domain::DocumentLog, v1::Event>(state);
  if (!event.ok()) return event.status();
  if (!event->has_value()) return refusal::NotFound(filing.name);
  v1::Event evaluated = **event;
  if (!evaluated.has_evaluate_time())
    calendar::SetMicros(absl::ToUnixMicros(now), evaluated.mutable_evaluate_time());
  const auto id_of = [](const std::string& key) { return key.substr(key.find('/') + 1); };
  absl::Status status = EmitAll(
      view, filing.event_key,
      document::PutResource<domain::DocumentLog>(state, id_of(filing.event_key), *event, evaluated, now));
  if (!status.ok()) return status;
  const auto& document = dynamic_cast<const domain::Document&>(view.Get(filing.key));
  return EmitAll(
      view, filing.key,
      document::PutResource<domain::DocumentLog>(document, id_of(filing.key),
                                                 std::optional<Evaluation>(*before), *std::move(after), now));
}

void FileRecord(const Context& context, rpc::TypedCall<v1::FileEvaluationRequest, Evaluation> call) {
  using FileCall = rpc::TypedCall<v1::FileEvaluationRequest, Evaluation>;
  WhenVisible(context, std::move(call), [&context](FileCall ready) {
    const std::string name = ready.request().name();
    const auto ids = names::Parse("name", "evaluations/*", name);
    if (!ids.ok()) return ready.Fail(ids.status());
    const std::string event_name = absl::StrCat("events/", (*ids)[0]);
    const auto event = EventOf(context, event_name);
    if (event == nullptr || !Tends(ready.principal(), event->place()))
      return ready.Fail(refusal::NotFound(name));
    const Filing filing = {name,
                           ready.request().etag(),
                           ready.principal().name,
                           domain::DocumentKey(name),
                           domain::DocumentKey(event_name),
                           EndOfEvent(context, *event),
                           CountedOf(context, *event)};
    const uint32_t partition = document::PartitionOf(name);
    if (ready.request().validate_only()) {
      auto shared = std::make_shared<FileCall>(std::move(ready));
      auto answer = std::make_shared<Evaluation>();
      return context.engine.Read(
          partition, {filing.key},
          [&context, filing, answer](store::View& view) -> absl::Status {
            absl::StatusOr<Evaluation> filed = Filed(view, filing, context.clock.Now());
            if (!filed.ok()) return filed.status();
            *answer = *std::move(filed);
            return absl::OkStatus();
          },
          [shared, answer](const absl::Status& status) {
            if (!status.ok()) return shared->Fail(status);
            shared->Answer(*answer);
          });
    }
    store::RequestKey key = handler::KeyOf(context.keys, ready);
    handler::Change(
        context.engine, partition, store::Lane::kRest, std::move(key), {filing.key, filing.event_key},
        std::move(ready), [filing](store::View& view, absl::Time now) { return File(view, filing, now); },
        [filing](store::View& view, Evaluation* answer) -> absl::Status {
          absl::StatusOr<Evaluation> record = RecordIn(view, filing);
          if (record.ok()) *answer = *std::move(record);
          return record.status();
        });
  });
}

void Add(const Context& context, const v1::Event& event, const domain::AwaitedEvaluation& awaited,
         v1::ListMissingEvaluationsResponse* response) {
  v1::MissingEvaluation* missing = response->add_evaluations();
  missing->set_event(event.name());
  *missing->mutable_display_name() = event.display_name();
  missing->set_district(event.district());
  missing->set_place(event.place());
  missing->set_lead_unit(event.lead_unit());
  calendar::SetMicros(absl::ToUnixMicros(awaited.end), missing->mutable_end_time());
  calendar::SetMicros(absl::ToUnixMicros(awaited.due), missing->mutable_due_time());
  missing->set_overdue(awaited.due <= context.clock.Now());
  const std::string name = domain::EvaluationName(event.name());
  if (context.read_model.documents().Find<Evaluation>(name) != nullptr) missing->set_evaluation(name);
}

using MissingCall = rpc::TypedCall<v1::ListMissingEvaluationsRequest, v1::ListMissingEvaluationsResponse>;

void ListMissing(const Context& context, MissingCall call) {
  WhenVisible(context, std::move(call), [&context](MissingCall ready) {
    const v1::ListMissingEvaluationsRequest& request = ready.request();
    if (!request.district().empty()) {
      if (auto ids = names::Parse("district", "districts/*", request.district()); !ids.ok())
        return ready.Fail(ids.status());
    }
    v1::ListMissingEvaluationsResponse response;
    const auto page = PageOf<v1::Event>(
        context, request.district(), ready,
        [](const v1::Event& event) { return event.large() && !event.has_evaluate_time(); },
        response.mutable_next_page_token());
    if (!page.ok()) return ready.Fail(page.status());
    const absl::Time now = context.clock.Now();
    for (const v1::Event& event : *page) {
      const auto awaited = domain::AwaitsEvaluation(event, EndOfEvent(context, event), context.rules, now);
      if (awaited && (request.show_awaited() || awaited->due <= now))
        Add(context, event, *awaited, &response);
    }
    ready.Answer(response);
  });
}

}  // namespace

void Set(const domain::Heads3& heads, int32_t bookings, v1::Attendance* attendance) {
  attendance->set_person_visits(heads.All());
  attendance->set_adults(heads.adults);
  attendance->set_pupils(heads.pupils);
  attendance->set_others(heads.others);
  attendance->set_bookings(bookings);
}

domain::EventEnd EndOfEvent(const Context& context, const v1::Event& event) {
  domain::EventEnd end;
  ForEachSession(context, event.name(), [&end](const v1::Session& session) {
    if (session.state() == v1::Session::CANCELLED) {
      ++end.sessions_cancelled;
      return;
    }
    ++end.sessions_held;
    end.end = std::max(end.end, calendar::FromProto(session.end_time()));
  });
  if (event.has_end_time() && end.sessions_held > 0)
    end.end = std::max(end.end, calendar::FromProto(event.end_time()));
  return end;
}

Evaluation::Counted CountedOf(const Context& context, const v1::Event& event) {
  Evaluation::Counted counted;
  const ReadModel& model = context.read_model;
  ForEachSession(context, event.name(), [&counted](const v1::Session& session) {
    if (session.state() == v1::Session::CANCELLED) {
      counted.set_sessions_cancelled(counted.sessions_cancelled() + 1);
      return;
    }
    counted.set_sessions_held(counted.sessions_held() + 1);
    counted.set_capacity(counted.capacity() + CapacityOf(session));
  });
  absl::string_view id = event.name();
  absl::ConsumePrefix(&id, "events/");
  domain::Heads3 heads;
  int32_t bookings = 0;
  std::set<std::string> schools;
  model.attendance().Visit(absl::CivilDay(1970, 1, 1), absl::CivilDay(9999, 1, 1), "",
                           [&](const AttendanceBook::Sitting& sitting) {
                             if (sitting.event != id) return true;
                             for (const AttendanceBook::Part& part : sitting.parts) {
                               if (part.what != AttendanceBook::What::kCame) continue;
                               heads += part.heads;
                               bookings += part.parties;
                               if (!part.school.empty()) schools.emplace(part.school);
                             }
                             return true;
                           });
  Set(heads, bookings, counted.mutable_attendance());
  counted.set_schools(static_cast<int32_t>(schools.size()));
  *counted.mutable_feedback() =
      domain::SummaryOf(absl::StrCat(event.name(), "/feedbackSummary"), model.feedback().OfEvent(id));
  calendar::SetMicros(absl::ToUnixMicros(context.clock.Now()), counted.mutable_as_of());
  return counted;
}

void AddEvaluationHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kEvaluationService, "CreateEvaluation", CreateRecord);
  Handle(service, context, kEvaluationService, "GetEvaluation", GetRecord);
  Handle(service, context, kEvaluationService, "ListEvaluations", ListRecords);
  Handle(service, context, kEvaluationService, "UpdateEvaluation", UpdateRecord);
  Handle(service, context, kEvaluationService, "FileEvaluation", FileRecord);
  Handle(service, context, kEvaluationService, "ListMissingEvaluations", ListMissing);
}

}  // namespace kepu::event
