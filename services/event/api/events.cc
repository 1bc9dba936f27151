// Events: made as drafts, published when they have what the plans count by, retired, and copied to other
// years.
#include "services/event/domain/event.h"

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/campaign.pb.h"
#include "services/event/api/access.h"
#include "services/event/api/evaluations.h"
#include "services/event/api/register.h"
#include "services/event/store/document_kinds.h"

namespace kepu::event {
namespace {

// Staff of the event's place.
auto MayChange(const rpc::Principal& caller) {
  return [caller](const v1::Event& event) { return Tends(caller, event.place()); };
}

// What it names is there.
absl::Status CheckLinks(const Context& context, const v1::Event& event) {
  const document::Shelf& documents = context.read_model.documents();
  if (!event.programme().empty() && documents.Find<v1::Programme>(event.programme()) == nullptr)
    return refusal::NotFound(event.programme());
  if (!event.campaign().empty() && documents.Find<v1::Campaign>(event.campaign()) == nullptr)
    return refusal::NotFound(event.campaign());
  if (event.annual_theme().empty()) return absl::OkStatus();
  const auto theme = documents.Find<v1::Campaign>(event.annual_theme());
  if (theme == nullptr) return refusal::NotFound(event.annual_theme());
  if (theme->kind() != v1::Campaign::ANNUAL_THEME)
    return refusal::BadField("event.annual_theme", "must be an annual theme, like \"campaigns/theme-2026\"");
  return absl::OkStatus();
}

void CreateEvent(const Context& context, rpc::TypedCall<v1::CreateEventRequest, v1::Event> call) {
  WhenVisible(context, std::move(call), [&context](rpc::TypedCall<v1::CreateEventRequest, v1::Event> ready) {
    const v1::Event event = ready.request().event();
    auto id = context.documents.GivenOrMadeId(ready, "event_id", ready.request().event_id());
    if (!id.ok()) return ready.Fail(id.status());
    if (!IsPlace(event.place()))
      return ready.Fail(
          refusal::BadField("event.place", "must be a venue or a caravan, or empty for online"));
    if (absl::Status status = CheckLinks(context, event); !status.ok()) return ready.Fail(status);
    const bool publish = ready.request().publish();
    context.documents.Create(
        absl::StrCat("events/", *id), event, std::move(ready),
        [publish](v1::Event& made, absl::Time now) { return domain::MakeEvent(made, publish, now); });
  });
}

void GetEvent(const Context& context, rpc::TypedCall<v1::GetEventRequest, v1::Event> call) {
  context.documents.Answer<v1::Event>(
      std::move(call), "events/*", [caller = call.principal()](const v1::Event& event) {
        return event.state() != v1::Event::DRAFT || Tends(caller, event.place());
      });
}

template <class Choices>
bool Has(const Choices& choices, int wanted) {
  return wanted == 0 || std::find(choices.begin(), choices.end(), wanted) != choices.end();
}

bool Same(const std::string& wanted, const std::string& found) { return wanted.empty() || wanted == found; }

bool Matches(const v1::ListEventsRequest& wanted, const v1::Event& event) {
  if (!Same(wanted.place(), event.place()) || !Same(wanted.campaign(), event.campaign()) ||
      !Same(wanted.annual_theme(), event.annual_theme()) || !Same(wanted.district(), event.district()) ||
      !Same(wanted.lead_unit(), event.lead_unit()))
    return false;
  if (!Has(event.themes(), wanted.theme()) || !Has(event.target_groups(), wanted.target_group()))
    return false;
  if (wanted.form() != v1::EVENT_FORM_UNSPECIFIED && wanted.form() != event.form()) return false;
  if (wanted.kind() != v1::Event::KIND_UNSPECIFIED && wanted.kind() != event.kind()) return false;
  const auto& topics = event.topics();
  if (!wanted.topic().empty() && std::find(topics.begin(), topics.end(), wanted.topic()) == topics.end())
    return false;
  if (!wanted.has_from_time() && !wanted.has_to_time()) return true;
  return domain::RunsWithin(
      event, wanted.has_from_time() ? calendar::FromProto(wanted.from_time()) : absl::InfinitePast(),
      wanted.has_to_time() ? calendar::FromProto(wanted.to_time()) : absl::InfiniteFuture());
}

bool Shows(const v1::ListEventsRequest& wanted, const v1::Event& event, const rpc::Principal& caller) {
  if (event.state() == v1::Event::DRAFT && !Tends(caller, event.place())) return false;
  if (wanted.state() == v1::Event::STATE_UNSPECIFIED) return event.state() != v1::Event::DRAFT;
  return wanted.state() == event.state();
}

// The shortest of the lists that hold all that is wanted.
std::string ScopeOf(const v1::ListEventsRequest& wanted) {
  for (const std::string* scope :
       {&wanted.campaign(), &wanted.place(), &wanted.lead_unit(), &wanted.district(), &wanted.annual_theme()})
    if (!scope->empty()) return *scope;
  return document::kAllOfThem;
}

void ListEvents(const Context& context, rpc::TypedCall<v1::ListEventsRequest, v1::ListEventsResponse> call) {
  const v1::ListEventsRequest wanted = call.request();
  if (wanted.has_from_time() && wanted.has_to_time() &&
      calendar::FromProto(wanted.to_time()) <= calendar::FromProto(wanted.from_time()))
    return call.Fail(refusal::BadField("to_time", "must be after from_time"));
  const EventFinder& finder = context.read_model.finder();
  context.documents.List<v1::Event>(std::move(call), ScopeOf(wanted),
                                    [wanted, &finder, typed = text::Typed(wanted.text()),
                                     caller = call.principal()](const v1::Event& event) {
                                      return Matches(wanted, event) &&
                                             (wanted.text().empty() || finder.Matches(event.name(), typed)) &&
                                             Shows(wanted, event, caller);
                                    });
}

void UpdateEvent(const Context& context, rpc::TypedCall<v1::UpdateEventRequest, v1::Event> call) {
  WhenVisible(context, std::move(call), [&context](rpc::TypedCall<v1::UpdateEventRequest, v1::Event> ready) {
    const v1::Event update = ready.request().event();
    if (auto ids = names::Parse("event.name", "events/*", update.name()); !ids.ok())
      return ready.Fail(ids.status());
    if (absl::Status status = CheckLinks(context, update); !status.ok()) return ready.Fail(status);
    auto may = MayChange(ready.principal());
    context.documents.Update("event", update, std::move(ready), may, [](const v1::Event& after, absl::Time) {
      return domain::CheckUpdatedEvent(after);
    });
  });
}

void PublishEvent(const Context& context, rpc::TypedCall<v1::PublishEventRequest, v1::Event> call) {
  context.documents.ActOnNamed<v1::Event>("events/*", std::move(call), MayChange(call.principal()),
                                          domain::PublishEvent);
}

// Refused while a session of it is to come.
absl::Status CheckSessionsAreOver(const Context& context, const std::string& event) {
  v1::ListSessionsResponse page;
  std::string after = document::TimeOrder(absl::ToUnixMicros(context.clock.Now()));
  do {
    const auto found = context.read_model.sessions().List(event, after, paging::kMaxPageSize);
    page.ParseFromString(found.bytes);
    for (const v1::Session& session : page.sessions()) {
      if (session.state() != v1::Session::SCHEDULED) continue;
      return refusal::Refuse(refusal::kNo, "EVENT_HAS_SESSIONS",
                             {{"name", event},
                              {"session", session.name()},
                              {"start", calendar::UtcText(calendar::MicrosOf(session.start_time()))}});
    }
    after = found.next_after;
  } while (!after.empty());
  return absl::OkStatus();
}

void RetireEvent(const Context& context, rpc::TypedCall<v1::RetireEventRequest, v1::Event> call) {
  WhenVisible(context, std::move(call), [&context](rpc::TypedCall<v1::RetireEventRequest, v1::Event> ready) {
    const absl::Status over = CheckSessionsAreOver(context, ready.request().name());
    auto may = MayChange(ready.principal());
    context.documents.ActOnNamed<v1::Event>(
        "events/*", std::move(ready), may,
        [&context, over](v1::Event& event, absl::Time now) -> absl::Status {
          if (!over.ok()) return over;
          if (event.large()) {
            const domain::EventEnd end = EndOfEvent(context, event);
            if (absl::Status status = domain::CheckEvaluated(event, end); !status.ok()) return status;
          }
          return domain::RetireEvent(event, now);
        });
  });
}

void CopyEvent(const Context& context, rpc::TypedCall<v1::CopyEventRequest, v1::Event> call) {
  WhenVisible(context, std::move(call), [&context](rpc::TypedCall<v1::CopyEventRequest, v1::Event> ready) {
    const v1::CopyEventRequest& request = ready.request();
    if (auto ids = names::Parse("name", "events/*", request.name()); !ids.ok())
      return ready.Fail(ids.status());
    const auto event = context.read_model.documents().Find<v1::Event>(request.name());
    if (event == nullptr || !Tends(ready.principal(), event->place()))
      return ready.Fail(refusal::NotFound(request.name()));
    auto id = context.documents.GivenOrMadeId(ready, "event_id", request.event_id());
    if (!id.ok()) return ready.Fail(id.status());
    auto copy = domain::CopyOfEvent(*event, request.year(), request.keep_weekdays());
    if (!copy.ok()) return ready.Fail(copy.status());
    copy->set_campaign(request.campaign());
    if (absl::Status status = CheckLinks(context, *copy); !status.ok()) return ready.Fail(status);
    context.documents.Create(
        absl::StrCat("events/", *id), *copy, std::move(ready),
        [](v1::Event& made, absl::Time now) { return domain::MakeEvent(made, false, now); });
  });
}

}  // namespace

void AddEventHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kEventService, "CreateEvent", CreateEvent);
  Handle(service, context, kEventService, "GetEvent", GetEvent);
  Handle(service, context, kEventService, "ListEvents", ListEvents);
  Handle(service, context, kEventService, "UpdateEvent", UpdateEvent);
  Handle(service, context, kEventService, "PublishEvent", PublishEvent);
  Handle(service, context, kEventService, "RetireEvent", RetireEvent);
  Handle(service, context, kEventService, "CopyEvent", CopyEvent);
}

}  // namespace kepu::event
