// What was asked for and not had: parties of wait lists that came to nothing, offers that ran out, wishes of
// rounds without a visit; and the entries and wishes behind a row.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/event/api/loading.h"
#include "services/event/api/reach_figures.h"
#include "services/event/api/register.h"
#include "services/event/domain/fields.h"

namespace kepu::event {
namespace {

using ListDemandCall = rpc::TypedCall<v1::ListUnservedDemandRequest, v1::ListUnservedDemandResponse>;
using TraceDemandCall = rpc::TypedCall<v1::TraceUnservedDemandRequest, v1::TraceUnservedDemandResponse>;

// What one call asks for. By source the rows are the sources.
struct DemandQuestion {
  std::string district;
  Days days;
  v1::DemandDimension dimension = v1::DEMAND_DIMENSION_UNSPECIFIED;

  By by() const {
    switch (dimension) {
      case v1::DEMAND_BY_DISTRICT:
        return By::kDistrict;
      case v1::DEMAND_BY_TARGET_GROUP:
        return By::kTargetGroup;
      case v1::DEMAND_BY_KIND:
        return By::kKind;
      case v1::DEMAND_BY_EVENT:
        return By::kEvent;
      default:
        return By::kNothing;
    }
  }
  std::string KeyOf(const std::string& key, v1::DemandSource source) const {
    return dimension == v1::DEMAND_BY_SOURCE ? v1::DemandSource_Name(source) : key;
  }
};

template <class Request>
absl::StatusOr<DemandQuestion> QuestionOf(const Context& context, const Request& request) {
  DemandQuestion question;
  question.district = request.district();
  if (!request.district().empty()) {
    if (auto ids = names::Parse("district", "districts/*", request.district()); !ids.ok())
      return ids.status();
  }
  question.dimension = request.dimension();
  if (!v1::DemandDimension_IsValid(request.dimension()) ||
      request.dimension() == v1::DEMAND_DIMENSION_UNSPECIFIED)
    return refusal::BadField("dimension",
                             "must be one of DEMAND_BY_DISTRICT, DEMAND_BY_TARGET_GROUP, "
                             "DEMAND_BY_KIND, DEMAND_BY_EVENT and DEMAND_BY_SOURCE");
  const auto days = event::DaysOf("period", request.period(), context.school_rules, context.clock.Now());
  if (!days.ok()) return days.status();
  question.days = *days;
  return question;
}

bool RestsOnRegisters(const DemandQuestion& question) {
  return !question.district.empty() || question.dimension == v1::DEMAND_BY_DISTRICT;
}

v1::DemandSource SourceOf(AttendanceBook::What what) {
  return what == AttendanceBook::What::kOfferLost ? v1::OFFER_LOST : v1::WAITED_IN_VAIN;
}

// A class whose wishes came to nothing, on the day on which what its round gives out begins.
struct LostWish {
  std::string name;
  std::string school;
  std::string event;  // id of that of its dearest wish
  absl::CivilDay day;
  domain::Heads3 heads;
};

// Wishes of a round from a place in their order. On the executor.
std::vector<LostWish> LostWishes(const Context& context, const std::string& round, const Days& days,
                                 size_t from, size_t limit) {
  std::vector<LostWish> wishes;
  const domain::Round* found = context.read_model.rounds().Find(round);
  if (found == nullptr) return wishes;
  const absl::CivilDay day = calendar::DayOf(absl::FromUnixMicros(found->head().start_us()));
  if (day < days.first || days.last < day) return wishes;
  const std::vector<std::string>& ids = context.read_model.rounds().WishesUnserved(round);
  for (size_t i = from; i < ids.size() && wishes.size() < limit; ++i) {
    const auto wish = domain::FindWishList(*found, ids[i]);
    if (!wish.ok() || *wish == nullptr) continue;
    const std::string dearest = (*wish)->sessions().empty() ? "" : (*wish)->sessions(0);
    const std::vector<std::string> parts = absl::StrSplit(dearest, '/');
    wishes.push_back({domain::WishName(found->head(), ids[i]), (*wish)->school(),
                      parts.size() > 1 ? parts[1] : "", day, domain::HeadsOf((*wish)->party())});
  }
  return wishes;
}

struct DemandCount {
  int32_t parties = 0;
  domain::Heads3 heads;
};

struct DemandRow {
  std::map<v1::DemandSource, DemandCount> sources;
  std::set<std::string> schools;
};

void ToDemand(const DemandCount& count, v1::Demand* demand) {
  demand->set_parties(count.parties);
  demand->set_adults(count.heads.adults);
  demand->set_pupils(count.heads.pupils);
  demand->set_others(count.heads.others);
}

std::map<std::string, DemandRow> DemandRowsOf(const Context& context, const DemandQuestion& question,
                                              const Registers* registers) {
  std::map<std::string, DemandRow> rows;
  Slicer slicer(context.read_model.documents(), registers, {.scope = question.district}, question.by());
  const auto add = [&](const Whereabouts& where, const domain::Heads3& heads, int32_t parties,
                       v1::DemandSource source) {
    slicer.Slice(where, heads, parties,
                 [&](const std::string& key, const domain::Heads3& part, int32_t more) {
                   DemandRow& row = rows[question.KeyOf(key, source)];
                   row.sources[source].parties += more;
                   row.sources[source].heads += part;
                   if (!where.school.empty()) row.schools.emplace(where.school);
                 });
  };
  context.read_model.attendance().Visit(
      question.days.first, question.days.last, "", [&](const AttendanceBook::Sitting& sitting) {
        for (const AttendanceBook::Part& part : sitting.parts) {
          if (part.what == AttendanceBook::What::kCame) continue;
          add({sitting.day, sitting.event, sitting.place, part.kind, part.school}, part.heads, part.parties,
              SourceOf(part.what));
        }
        return true;
      });
  for (const std::string& round : context.read_model.rounds().Ids()) {
    for (const LostWish& wish : LostWishes(context, round, question.days, 0, domain::kMaxWishes))
      add({wish.day, wish.event, "", v1::Booking::SCHOOL, wish.school}, wish.heads, 1, v1::WISH_NOT_GRANTED);
  }
  return rows;
}

// Schools that came in the period, by their names then.
std::set<std::string> SchoolsReached(const Context& context, const Days& days) {
  std::set<std::string> reached;
  context.read_model.attendance().Visit(
      days.first, days.last, "", [&reached](const AttendanceBook::Sitting& sitting) {
        for (const AttendanceBook::Part& part : sitting.parts)
          if (part.what == AttendanceBook::What::kCame && !part.school.empty()) reached.emplace(part.school);
        return true;
      });
  return reached;
}

void ToDemandRow(const std::string& key, const DemandRow& row, const std::set<std::string>& reached,
                 v1::DemandRow* out) {
  out->set_key(key);
  for (const auto& [source, count] : row.sources) {
    if (source == v1::WAITED_IN_VAIN) ToDemand(count, out->mutable_waited_in_vain());
    if (source == v1::OFFER_LOST) ToDemand(count, out->mutable_offer_lost());
    if (source == v1::WISH_NOT_GRANTED) ToDemand(count, out->mutable_wish_not_granted());
  }
  out->set_schools(static_cast<int32_t>(row.schools.size()));
  out->set_schools_unreached(static_cast<int32_t>(
      std::count_if(row.schools.begin(), row.schools.end(),
                    [&reached](const std::string& school) { return !reached.contains(school); })));
}

void AnswerDemand(const Context& context, ListDemandCall& call, const DemandQuestion& question,
                  const SchoolRegister::Answer& known) {
  const v1::ListUnservedDemandRequest& request = call.request();
  v1::ListUnservedDemandRequest asked = request;
  asked.clear_page_size();
  asked.clear_page_token();
  const std::string filter = paging::FilterDigest({"ListUnservedDemand", asked.SerializeAsString()});
  const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  const auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  const std::map<std::string, DemandRow> rows = DemandRowsOf(context, question, known.registers.get());
  const std::set<std::string> reached = SchoolsReached(context, question.days);
  DemandRow total;
  for (const auto& [key, row] : rows) {
    for (const auto& [source, count] : row.sources) {
      total.sources[source].parties += count.parties;
      total.sources[source].heads += count.heads;
    }
    total.schools.insert(row.schools.begin(), row.schools.end());
  }
  v1::ListUnservedDemandResponse response;
  // As with attendance, the empty key comes first.
  auto row = after->empty() ? rows.begin() : rows.upper_bound(after->substr(1));
  for (; row != rows.end() && response.rows_size() < static_cast<int>(*size); ++row)
    ToDemandRow(row->first, row->second, reached, response.add_rows());
  if (row != rows.end())
    response.set_next_page_token(
        context.pager.Encode(filter, absl::StrCat("=", response.rows().rbegin()->key())));
  ToDemandRow("", total, reached, response.mutable_total());
  domain::SetDay(question.days.first, response.mutable_first_date());
  domain::SetDay(question.days.last, response.mutable_last_date());
  if (known.registers != nullptr) {
    calendar::SetMicros(absl::ToUnixMicros(known.registers->read_time), response.mutable_registers_as_of());
    response.set_registers_stale(known.stale);
  }
  call.Answer(response);
}

void ListUnservedDemand(const ReachParts& parts, ListDemandCall call) {
  const auto question = QuestionOf(parts.context, call.request());
  if (!question.ok()) return call.Fail(question.status());
  WithRegisters(parts, std::move(call), RestsOnRegisters(*question), On::kExecutor,
                [&parts, question = *question](ListDemandCall& ready, const SchoolRegister::Answer& known) {
                  AnswerDemand(parts.context, ready, question, known);
                });
}

// One page of what is behind a row: wait entries by day and session first, then wishes by round ("=round 7").
struct DemandTrace {
  TraceDemandCall call;
  DemandQuestion question;
  SchoolRegister::Answer known;
  std::string filter = {};  // of page tokens
  size_t size = 0;
  std::vector<TracePlace> places = {};
  std::vector<Wanted> wanted = {};  // of each entry itself, and of the offer that it may have had
  bool more = false;
  v1::TraceUnservedDemandResponse response = {};
};
using DemandTracePtr = std::shared_ptr<DemandTrace>;

// Answers whether something of it is in the row, and adds it then.
bool AddDemandSource(DemandTrace& trace, Slicer* slicer, const Whereabouts& where,
                     const domain::Heads3& heads, v1::DemandSource source, const std::string& name) {
  DemandCount counted;
  bool within = false;
  slicer->Slice(where, heads, 1, [&](const std::string& key, const domain::Heads3& part, int32_t parties) {
    if (trace.question.KeyOf(key, source) != trace.call.request().key()) return;
    within = true;
    counted.parties += parties;
    counted.heads += part;
  });
  if (!within || name.empty()) return within;
  auto* added = trace.response.add_sources();
  added->set_name(name);
  added->set_source(source);
  added->set_school(std::string(where.school));
  ToDemand(counted, added->mutable_counted());
  return true;
}

Slicer SlicerOf(const Context& context, const DemandTrace& trace) {
  return Slicer(context.read_model.documents(), trace.known.registers.get(),
                {.scope = trace.question.district}, trace.question.by());
}

// Wishes from a place on, until the page is full; answers the call.
void TraceWishes(const Context& context, const DemandTracePtr& trace, const std::string& from_round,
                 size_t from) {
  Slicer slicer = SlicerOf(context, *trace);
  for (const std::string& round : context.read_model.rounds().Ids()) {
    if (round < from_round) continue;
    const size_t begin = round == from_round ? from : 0;
    const auto wishes = LostWishes(context, round, trace->question.days, begin, domain::kMaxWishes);
    for (size_t i = 0; i < wishes.size(); ++i) {
      if (trace->response.sources_size() == static_cast<int>(trace->size)) {
        trace->response.set_next_page_token(
            context.pager.Encode(trace->filter, absl::StrCat("=", round, " ", begin + i)));
        return trace->call.Answer(trace->response);
      }
      AddDemandSource(*trace, &slicer,
                      {wishes[i].day, wishes[i].event, "", v1::Booking::SCHOOL, wishes[i].school},
                      wishes[i].heads, v1::WISH_NOT_GRANTED, wishes[i].name);
    }
  }
  trace->call.Answer(trace->response);
}

// Some of the wait entries of sessions in which somebody of the row waited in vain.
void ChooseEntries(const Context& context, const TracePlace& from, DemandTrace* trace) {
  Slicer slicer = SlicerOf(context, *trace);
  std::vector<TracePlace> sessions;
  context.read_model.attendance().Visit(
      from.day, trace->question.days.last, from.session, [&](const AttendanceBook::Sitting& sitting) {
        bool within = false;
        for (const AttendanceBook::Part& part : sitting.parts) {
          if (part.what == AttendanceBook::What::kCame) continue;
          within |= AddDemandSource(*trace, &slicer,
                                    {sitting.day, sitting.event, sitting.place, part.kind, part.school},
                                    part.heads, SourceOf(part.what), "");
        }
        if (within) sessions.push_back({sitting.day, std::string(sitting.session), 0});
        return sessions.size() <= kSourcesLookedAt;
      });
  for (const TracePlace& session : sessions) {
    uint32_t number = 0;
    if (context.read_model.FindSession(session.session, &number) == nullptr) continue;
    const size_t begin = session.session == from.session ? from.index : 0;
    const size_t room = kSourcesLookedAt - trace->places.size();
    const auto ids = context.read_model.wait_entries().OfSession(number, begin, room + 1);
    for (size_t i = 0; i < ids.size(); ++i) {
      if (trace->places.size() == kSourcesLookedAt) {
        trace->more = true;
        return;
      }
      trace->places.push_back({session.day, session.session, begin + i + 1});
      trace->wanted.push_back({number, domain::WaitField(ids[i])});
      trace->wanted.push_back({number, domain::BookingField(ids[i])});
    }
  }
}

void AddEntry(DemandTrace& trace, Slicer* slicer, const domain::Session& session, const std::string& field) {
  const std::string id = field.substr(field.find('/') + 1);
  const auto entry = domain::FindWait(session, id);
  // As it is in the store: one of a session that has just begun is counted when it is swept.
  if (!entry.ok() || *entry == nullptr || (*entry)->state() != v1::WaitEntry::EXPIRED) return;
  const auto offer = domain::FindBooking(session, id);
  const bool offered = offer.ok() && *offer != nullptr && (*offer)->state() == v1::Booking::EXPIRED;
  const domain::record::SessionHead& head = session.head();
  AddDemandSource(trace, slicer,
                  {domain::DayOf(head), head.event(), head.place(), (*entry)->kind(), (*entry)->school()},
                  domain::HeadsOf((*entry)->party()), offered ? v1::OFFER_LOST : v1::WAITED_IN_VAIN,
                  domain::WaitEntryName(head, id));
}

void TraceEntries(const Context& context, const DemandTracePtr& trace, const TracePlace& from) {
  ChooseEntries(context, from, trace.get());
  LoadAll(
      context.store, context.read_model, trace->wanted,
      [](absl::string_view field) { return std::string(field); },
      [&context, trace](absl::StatusOr<Sessions> sessions) {
        if (!sessions.ok()) return trace->call.Fail(sessions.status());
        Slicer slicer = SlicerOf(context, *trace);
        size_t looked = 0;
        for (;
             looked < trace->places.size() && trace->response.sources_size() < static_cast<int>(trace->size);
             ++looked) {
          const Wanted& one = trace->wanted[2 * looked];
          AddEntry(*trace, &slicer, (*sessions)[one.session], one.id);
        }
        if (looked == trace->places.size() && !trace->more) return TraceWishes(context, trace, "", 0);
        trace->response.set_next_page_token(
            context.pager.Encode(trace->filter, Pack(trace->places[looked - 1])));
        trace->call.Answer(trace->response);
      });
}

void ContinueTrace(const Context& context, const DemandTracePtr& trace) {
  const auto after = context.pager.Decode(trace->call.request().page_token(), trace->filter);
  if (!after.ok()) return trace->call.Fail(after.status());
  if (after->empty()) return TraceEntries(context, trace, {trace->question.days.first, "", 0});
  if (!absl::StartsWith(*after, "=")) {
    const auto place = UnpackTrace(*after);
    if (!place.ok()) return trace->call.Fail(place.status());
    return TraceEntries(context, trace, *place);
  }
  const std::vector<std::string> parts = absl::StrSplit(after->substr(1), ' ');
  size_t from = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &from))
    return trace->call.Fail(refusal::BadField("page_token", "is not one that was answered"));
  TraceWishes(context, trace, parts[0], from);
}

void TraceUnservedDemand(const ReachParts& parts, TraceDemandCall call) {
  const auto question = QuestionOf(parts.context, call.request());
  if (!question.ok()) return call.Fail(question.status());
  WithRegisters(parts, std::move(call), RestsOnRegisters(*question), On::kExecutor,
                [&parts, question = *question](TraceDemandCall& ready, const SchoolRegister::Answer& known) {
                  v1::TraceUnservedDemandRequest asked = ready.request();
                  asked.clear_page_size();
                  asked.clear_page_token();
                  const absl::StatusOr<size_t> size = paging::PageSize(ready.request().page_size());
                  if (!size.ok()) return ready.Fail(size.status());
                  auto trace = std::make_shared<DemandTrace>(DemandTrace{std::move(ready), question, known});
                  trace->filter = paging::FilterDigest({"TraceUnservedDemand", asked.SerializeAsString()});
                  trace->size = *size;
                  ContinueTrace(parts.context, trace);
                });
}

}  // namespace

void AddDemandHandlers(rpc::Service& service, const ReachParts& parts) {
  service.Handle<v1::ListUnservedDemandRequest, v1::ListUnservedDemandResponse>(
      kReachService, "ListUnservedDemand",
      [&parts](ListDemandCall call) { ListUnservedDemand(parts, std::move(call)); });
  service.Handle<v1::TraceUnservedDemandRequest, v1::TraceUnservedDemandResponse>(
      kReachService, "TraceUnservedDemand",
      [&parts](TraceDemandCall call) { TraceUnservedDemand(parts, std::move(call)); });
}

}  // namespace kepu::event
