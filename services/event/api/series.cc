// Series of sessions as callers meet them: looked at before they are made, made and changed by the keeper.
#include "services/event/domain/series.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "services/event/api/register.h"
#include "services/event/api/schedule.h"
#include "services/event/api/target.h"
#include "services/event/domain/sessions.h"
#include "services/event/store/schema.h"
#include "services/event/store/series_book.h"

namespace kepu::event {
namespace {

using v1::SessionSeries;
using CreateCall = rpc::TypedCall<v1::CreateSessionSeriesRequest, SessionSeries>;
using Record = domain::record::OccurrenceRecord;

constexpr char kSeriesPattern[] = "events/*/series/*";

// One series being looked at before it is made: what the steps share.
struct Looking {
  explicit Looking(CreateCall given) : call(std::move(given)) {}
  CreateCall call;
  domain::record::SeriesCreated created;
  uint32_t partition = 0;
  SessionSeries preview;
  int in_the_way = 0;
};
using LookingPtr = std::shared_ptr<Looking>;

absl::Status EncodeSeries(store::View& view, const std::string& key, SessionSeries* answer) {
  const auto& series = dynamic_cast<domain::Series&>(view.Get(key));
  // What ToResource reads is loaded first.
  if (auto all = domain::AllOccurrences(series); !all.ok()) return all.status();
  ToResource(series, answer);
  return absl::OkStatus();
}

void MakeSeries(const Context& context, const LookingPtr& looking) {
  const std::string key = SeriesKey(looking->created.head().id());
  const uint32_t partition = looking->partition;
  store::RequestKey request_key = handler::KeyOf(context.keys, looking->call);
  handler::Change(
      context.engine, partition, store::Lane::kRest, std::move(request_key), {key}, std::move(looking->call),
      [key, created = looking->created](store::View& view, absl::Time now) {
        return EmitAll(
            view, key,
            domain::DecideCreateSeries(dynamic_cast<domain::Series&>(view.Get(key)), created, now));
      },
      [key](store::View& view, SessionSeries* answer) { return EncodeSeries(view, key, answer); });
}

// All were looked at: the series is shown, refused, or made.
void SeriesLooked(const Context& context, const LookingPtr& looking) {
  const v1::CreateSessionSeriesRequest& request = looking->call.request();
  if (request.validate_only()) {
    looking->preview.set_refused(looking->in_the_way);
    return looking->call.Answer(looking->preview);
  }
  if (looking->in_the_way == 0) return MakeSeries(context, looking);
  for (int i = 0; i < looking->preview.occurrences_size(); ++i) {
    const SessionSeries::Occurrence& one = looking->preview.occurrences(i);
    if (one.state() != SessionSeries::Occurrence::REFUSED) continue;
    if (!request.series().skip_conflicts()) {
      return looking->call.Fail(
          refusal::Refuse(refusal::kNo, "SERIES_IN_THE_WAY",
                          {{"count", absl::StrCat(looking->in_the_way)},
                           {"start", calendar::UtcText(calendar::MicrosOf(one.start_time()))},
                           {"reason", one.reason()},
                           {"with", one.with()}}));
    }
    Record* record = looking->created.mutable_occurrences(i);
    record->set_state(SessionSeries::Occurrence::REFUSED);
    record->set_reason(one.reason());
    record->set_with(one.with());
  }
  MakeSeries(context, looking);
}

void LookAt(const Context& context, const LookingPtr& looking, int index);

void InTheWay(const Context& context, const LookingPtr& looking, int index, const std::string& reason,
              const std::string& with) {
  SessionSeries::Occurrence* one = looking->preview.mutable_occurrences(index);
  one->set_state(SessionSeries::Occurrence::REFUSED);
  one->set_reason(reason);
  one->set_with(with);
  ++looking->in_the_way;
  LookAt(context, looking, index + 1);
}

void LookAtHall(const Context& context, const LookingPtr& looking, int index) {
  const Record& record = looking->created.occurrences(index);
  const std::string& space = looking->call.request().series().session().space();
  if (space.empty()) return LookAt(context, looking, index + 1);
  context.venue.AskSpace(
      space, absl::FromUnixMicros(record.start_us()), absl::FromUnixMicros(record.end_us()),
      looking->call.deadline(),
      [&context, looking, index](const absl::StatusOr<venue::v1::CheckAvailabilityResponse>& answer) {
        if (!answer.ok()) return looking->call.Fail(answer.status());
        if (answer->available()) return LookAt(context, looking, index + 1);
        SessionSeries::Occurrence* one = looking->preview.mutable_occurrences(index);
        for (const auto& other : answer->alternatives()) {
          SessionSeries::Time* time = one->add_alternatives();
          *time->mutable_start_time() = other.start_time();
          *time->mutable_end_time() = other.end_time();
        }
        InTheWay(context, looking, index, answer->reason(),
                 answer->clashes().empty() ? "" : answer->clashes(0).name());
      });
}

// Asks about one occurrence after the other: whether the venue is open, and its hall is free.
void LookAt(const Context& context, const LookingPtr& looking, int index) {
  if (index >= looking->created.occurrences_size()) return SeriesLooked(context, looking);
  const std::string& place = looking->created.head().place();
  if (!absl::StartsWith(place, "venues/")) return LookAt(context, looking, index + 1);
  const Record& record = looking->created.occurrences(index);
  context.venue.CheckOpen(
      place, absl::FromUnixMicros(record.start_us()), absl::FromUnixMicros(record.end_us()),
      looking->call.deadline(), [&context, looking, index](const absl::Status& open) {
        if (open.ok()) return LookAtHall(context, looking, index);
        if (!reservation::IsRefusal(open) || absl::IsNotFound(open)) return looking->call.Fail(open);
        const std::string next = refusal::ParamOf(open, "next_open");
        if (!next.empty()) looking->preview.mutable_occurrences(index)->add_next_open_dates(next);
        InTheWay(context, looking, index, refusal::ReasonOf(open), refusal::ParamOf(open, "rule"));
      });
}

absl::Status Prepare(const Context& context, Looking& looking) {
  const v1::CreateSessionSeriesRequest& request = looking.call.request();
  auto ids = names::Parse("parent", "events/*", request.parent());
  if (!ids.ok()) return ids.status();
  const v1::Session& first = request.series().session();
  if (!IsPlace(first.place()))
    return refusal::BadField("series.session.place", "must be a venue or a caravan");
  const auto event = context.read_model.documents().Find<v1::Event>(request.parent());
  if (event == nullptr) return refusal::NotFound(request.parent());
  if (event->state() != v1::Event::PUBLISHED)
    return refusal::Refuse(refusal::kNo, "EVENT_NOT_PUBLISHED",
                           {{"name", request.parent()}, {"state", v1::Event::State_Name(event->state())}});
  const absl::Time now = context.clock.Now();
  auto occurrences = domain::OccurrencesOf(request.series(), now);
  if (!occurrences.ok()) return occurrences.status();
  // What is wrong with all of them is said before anything is made.
  auto session = DecodeSession(first);
  if (!session.ok()) return session.status();
  if (auto alone = domain::DecideCreateSession(domain::Session(), *session, now); !alone.ok())
    return alone.status();
  looking.partition =
      first.place().empty() ? names::PartitionOf(ids->front()) : names::PartitionOfText(first.place());
  domain::record::SeriesHead* head = looking.created.mutable_head();
  head->set_id(context.keys.MakeId(looking.partition, handler::KeyOf(context.keys, looking.call)));
  head->set_event(ids->front());
  head->set_place(first.place());
  *looking.created.mutable_plan()->mutable_given() = request.series();
  looking.created.mutable_plan()->set_by(looking.call.principal().name);
  looking.preview = request.series();
  for (const Record& one : *occurrences) {
    *looking.created.add_occurrences() = one;
    ToResource(one, looking.preview.add_occurrences());
  }
  return absl::OkStatus();
}

void CreateSeries(const Context& context, CreateCall call) {
  WhenVisible(context, std::move(call), [&context](CreateCall visible) {
    auto looking = std::make_shared<Looking>(std::move(visible));
    if (absl::Status status = Prepare(context, *looking); !status.ok()) return looking->call.Fail(status);
    const std::string key = SeriesKey(looking->created.head().id());
    auto there = std::make_shared<bool>(false);
    // What an earlier copy of the call has made would be in its own way.
    context.engine.Read(
        looking->partition, {key},
        [key, there](store::View& view) {
          *there = view.Get(key).Exists();
          return absl::OkStatus();
        },
        [&context, looking, there](const absl::Status& status) {
          if (!status.ok()) return looking->call.Fail(status);
          *there || looking->call.context().resolve_only ? MakeSeries(context, looking)
                                                         : LookAt(context, looking, 0);
        });
  });
}

struct SeriesTarget {
  std::string key;
  uint32_t partition = 0;
  std::string event;
};

absl::StatusOr<SeriesTarget> ParseSeries(absl::string_view field, const std::string& name) {
  auto ids = names::Parse(field, kSeriesPattern, name);
  if (!ids.ok()) return ids.status();
  if (!names::IsMadeId((*ids)[1])) return refusal::NotFound(name);
  return SeriesTarget{SeriesKey((*ids)[1]), names::PartitionOf((*ids)[1]), (*ids)[0]};
}

bool Sees(const rpc::Principal& caller, const domain::record::SeriesHead& head) {
  return IsStaff(caller, head.place(), absl::StrCat("events/", head.event()));
}

// `change` is completed but for who asked for it.
template <class Request>
void ChangeSeries(const Context& context, rpc::TypedCall<Request, SessionSeries> call,
                  domain::record::SeriesChange change) {
  const Request request = call.request();
  auto target = ParseSeries("name", request.name());
  if (!target.ok()) return call.Fail(target.status());
  const absl::CivilDay day(request.date().year(), request.date().month(), request.date().day());
  const domain::SeriesScope scope{request.scope(), static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1))};
  if (!SessionSeries::Scope_IsValid(request.scope()))
    return call.Fail(refusal::BadField("scope", "must be THIS, FOLLOWING or ALL"));
  if (request.scope() != SessionSeries::ALL && !request.has_date())
    return call.Fail(refusal::BadField("date", "is required for THIS and FOLLOWING"));
  change.set_by(call.principal().name);
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, target->partition, store::Lane::kRest, std::move(key), {target->key}, std::move(call),
      [target = *target, change, scope, caller, name = request.name(), etag = request.etag()](
          store::View& view, absl::Time now) -> absl::Status {
        const auto& series = dynamic_cast<domain::Series&>(view.Get(target.key));
        const domain::record::SeriesHead& head = series.head();
        if (!series.Exists() || head.event() != target.event || !Sees(*caller, head))
          return refusal::NotFound(name);
        if (absl::Status status = CheckEtag(etag, absl::StrCat(absl::Hex(head.revision())), name);
            !status.ok())
          return status;
        // The change before it is replaced: what it was need not be known.
        return EmitAll(view, target.key, domain::DecideChangeSeries(series, change, scope, now));
      },
      [target = *target](store::View& view, SessionSeries* answer) {
        return EncodeSeries(view, target.key, answer);
      });
}

void ChangeSettings(const Context& context,
                    rpc::TypedCall<v1::ChangeSessionSeriesRequest, SessionSeries> call) {
  domain::record::SeriesChange change;
  *change.mutable_settings() = call.request();
  for (const std::string& path : call.request().update_mask().paths())
    if (path != "pools" && path != "party_min" && path != "party_max")
      return call.Fail(refusal::BadField("update_mask", "is of pools, party_min and party_max"));
  ChangeSeries(context, std::move(call), std::move(change));
}

void CancelSeries(const Context& context,
                  rpc::TypedCall<v1::CancelSessionSeriesRequest, SessionSeries> call) {
  domain::record::SeriesChange change;
  change.set_cancel_reason(call.request().reason());
  ChangeSeries(context, std::move(call), std::move(change));
}

void GetSeries(const Context& context, rpc::TypedCall<v1::GetSessionSeriesRequest, SessionSeries> call) {
  using GetSeriesCall = rpc::TypedCall<v1::GetSessionSeriesRequest, SessionSeries>;
  WhenVisible(context, std::move(call), [&context](GetSeriesCall visible) {
    auto shared = std::make_shared<GetSeriesCall>(std::move(visible));
    context.executor.Post([&context, shared] {
      const std::string& name = shared->request().name();
      auto target = ParseSeries("name", name);
      if (!target.ok()) return shared->Fail(target.status());
      const domain::Series* series = context.read_model.series().Find(SeriesIdOf(target->key));
      if (series == nullptr || series->head().event() != target->event ||
          !Sees(shared->principal(), series->head()))
        return shared->Fail(refusal::NotFound(name));
      SessionSeries answer;
      ToResource(*series, &answer);
      shared->Answer(answer);
    });
  });
}

// A page of a catalogue as the answer.
template <class Call>
void AnswerPage(const Context& context, Call& call, const projection::Catalogue& catalogue,
                const std::string& scope, const std::string& filter) {
  absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  absl::StatusOr<std::string> after = context.pager.Decode(call.request().page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  auto page = catalogue.List(scope, *after, *size);
  paging::AppendNextPageToken(context.pager.Encode(filter, page.next_after), &page.bytes);
  call.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
}

void ListSeries(const Context& context,
                rpc::TypedCall<v1::ListSessionSeriesRequest, v1::ListSessionSeriesResponse> call) {
  using ListCall = rpc::TypedCall<v1::ListSessionSeriesRequest, v1::ListSessionSeriesResponse>;
  WhenVisible(context, std::move(call), [&context](ListCall visible) {
    const std::string& parent = visible.request().parent();
    if (auto ids = names::Parse("parent", "events/*", parent); !ids.ok()) return visible.Fail(ids.status());
    const std::string scope = SeriesBook::ScopeOf(parent, visible.request().place());
    AnswerPage(context, visible, context.read_model.series().catalogue(), scope,
               paging::FilterDigest({"ListSessionSeries", scope}));
  });
}

void ListSessions(const Context& context,
                  rpc::TypedCall<v1::ListSeriesSessionsRequest, v1::ListSessionsResponse> call) {
  using ListCall = rpc::TypedCall<v1::ListSeriesSessionsRequest, v1::ListSessionsResponse>;
  WhenVisible(context, std::move(call), [&context](ListCall visible) {
    const std::string parent = visible.request().parent();
    if (auto target = ParseSeries("parent", parent); !target.ok()) return visible.Fail(target.status());
    AnswerPage(context, visible, context.read_model.sessions(), parent,
               paging::FilterDigest({"ListSeriesSessions", parent}));
  });
}

}  // namespace

absl::Status CheckSeries(const Context& context, const std::string& series, absl::string_view parent,
                         absl::string_view place) {
  if (series.empty()) return absl::OkStatus();
  if (auto target = ParseSeries("series", series); !target.ok()) return target.status();
  v1::SessionSeries found;
  const auto bytes = context.read_model.series().catalogue().Get(series);
  if (bytes == nullptr || !found.ParseFromString(*bytes) ||
      !absl::StartsWith(series, absl::StrCat(parent, "/")) || found.session().place() != place)
    return refusal::NotFound(series);
  return absl::OkStatus();
}

void AddSeriesHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kScheduleService, "CreateSessionSeries", CreateSeries);
  Handle(service, context, kScheduleService, "GetSessionSeries", GetSeries);
  Handle(service, context, kScheduleService, "ListSessionSeries", ListSeries);
  Handle(service, context, kScheduleService, "ListSeriesSessions", ListSessions);
  Handle(service, context, kScheduleService, "ChangeSessionSeries", ChangeSettings);
  Handle(service, context, kScheduleService, "CancelSessionSeries", CancelSeries);
}

}  // namespace kepu::event
