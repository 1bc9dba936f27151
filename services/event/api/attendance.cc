// Person-visits as doors counted them, in rows, with what was declared beside them; and the bookings behind a
// row.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/event/api/evaluations.h"
#include "services/event/api/loading.h"
#include "services/event/api/reach_figures.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/domain/fields.h"

namespace kepu::event {
namespace {

using ListAttendanceCall = rpc::TypedCall<v1::ListAttendanceRequest, v1::ListAttendanceResponse>;
using TraceAttendanceCall = rpc::TypedCall<v1::TraceAttendanceRequest, v1::TraceAttendanceResponse>;

absl::StatusOr<By> ByOf(v1::AttendanceDimension dimension) {
  switch (dimension) {
    case v1::BY_TARGET_GROUP:
      return By::kTargetGroup;
    case v1::BY_DISTRICT:
      return By::kDistrict;
    case v1::BY_KIND:
      return By::kKind;
    case v1::BY_EVENT:
      return By::kEvent;
    case v1::BY_CAMPAIGN:
      return By::kCampaign;
    case v1::BY_PLACE:
      return By::kPlace;
    case v1::BY_MONTH:
      return By::kMonth;
    case v1::BY_DAY:
      return By::kDay;
    case v1::BY_SCHOOL:
      return By::kSchool;
    default:
      return refusal::BadField("dimension",
                               "must be one of BY_TARGET_GROUP, BY_DISTRICT, BY_KIND, BY_EVENT, "
                               "BY_CAMPAIGN, BY_PLACE, BY_MONTH, BY_DAY and BY_SCHOOL");
  }
}

// What one call asks for.
struct AttendanceQuestion {
  FigureFilter filter;
  By by = By::kNothing;
  Days days;
};

absl::StatusOr<AttendanceQuestion> QuestionOf(const Context& context, const v1::AttendanceFilter& filter,
                                              v1::AttendanceDimension dimension) {
  AttendanceQuestion question;
  question.filter = {filter.scope(), filter.kind(), filter.target_group()};
  refusal::FieldErrors errors;
  if (!v1::Booking::Kind_IsValid(filter.kind())) errors.Add("filter.kind", "must be a kind of bookings");
  if (!v1::TargetGroup_IsValid(filter.target_group()))
    errors.Add("filter.target_group", "must be one of the five groups");
  static const char* const kScopes[] = {"districts/*", "events/*", "campaigns/*", "schools/*"};
  const std::string& scope = filter.scope();
  if (!scope.empty() && !IsPlace(scope) &&
      std::none_of(std::begin(kScopes), std::end(kScopes),
                   [&scope](const char* pattern) { return names::Parse("", pattern, scope).ok(); }))
    errors.Add("filter.scope", "must be a district, a place, an event, a campaign or a school");
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  const absl::StatusOr<By> by = ByOf(dimension);
  if (!by.ok()) return by.status();
  question.by = *by;
  const auto days = DaysOf("filter.period", filter.period(), context.school_rules, context.clock.Now());
  if (!days.ok()) return days.status();
  question.days = *days;
  return question;
}

// Of a school its district may see it, which the registers know.
bool WantsRegisters(const AttendanceQuestion& question) {
  return NeedsRegisters(question.filter, question.by);
}

struct Row {
  domain::Heads3 heads;
  int32_t parties = 0;
  v1::Declared declared;
};

void AddDeclared(const v1::Declared& more, v1::Declared* sum) {
  sum->set_visits(sum->visits() + more.visits());
  sum->set_online_views(sum->online_views() + more.online_views());
  sum->set_media_reach(sum->media_reach() + more.media_reach());
  sum->set_volunteer_hours(sum->volunteer_hours() + more.volunteer_hours());
  sum->set_cost_yuan(sum->cost_yuan() + more.cost_yuan());
}

std::map<std::string, Row> RowsOf(const Context& context, const AttendanceQuestion& question,
                                  Slicer* slicer) {
  std::map<std::string, Row> rows;
  const auto put = [&rows](const std::string& key, const domain::Heads3& heads, int32_t parties) {
    Row& row = rows[key];
    row.heads += heads;
    row.parties += parties;
  };
  context.read_model.attendance().Visit(
      question.days.first, question.days.last, "", [&](const AttendanceBook::Sitting& sitting) {
        for (const AttendanceBook::Part& part : sitting.parts) {
          if (part.what == AttendanceBook::What::kCame)
            slicer->Slice({sitting.day, sitting.event, sitting.place, part.kind, part.school}, part.heads,
                          part.parties, put);
        }
        return true;
      });
  std::vector<v1::Evaluation> filed;
  std::string after;
  do {
    after = context.read_model.documents()
                .List<v1::Evaluation>(document::kAllOfThem, after, paging::kMaxPageSize,
                                      [&filed](const v1::Evaluation& one) {
                                        if (one.state() == v1::Evaluation::FILED && one.has_declared())
                                          filed.push_back(one);
                                        return true;
                                      })
                .next_after;
  } while (!after.empty());
  std::set<std::string> seen;
  for (const v1::Evaluation& one : filed) {
    const absl::CivilDay day = domain::DayIn(one.end_date());
    std::string key;
    // Whoever was looked at when a page was full is looked at again.
    if (!seen.insert(one.name()).second || day < question.days.first || question.days.last < day) continue;
    if (slicer->KeyOfDeclared(day, one.event(), &key)) AddDeclared(one.declared(), &rows[key].declared);
  }
  return rows;
}

void ToRow(const std::string& key, const Row& row, v1::AttendanceRow* out) {
  out->set_key(key);
  Set(row.heads, row.parties, out->mutable_counted());
  *out->mutable_declared() = row.declared;
}

void AnswerRows(const Context& context, ListAttendanceCall& call, const AttendanceQuestion& question,
                const SchoolRegister::Answer& known) {
  const v1::ListAttendanceRequest& request = call.request();
  if (absl::Status status =
          CheckScope(context, known.registers.get(), question.filter.scope, call.principal());
      !status.ok())
    return call.Fail(status);
  v1::ListAttendanceRequest asked = request;
  asked.clear_page_size();
  asked.clear_page_token();
  const std::string filter = paging::FilterDigest({"ListAttendance", asked.SerializeAsString()});
  const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  const auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  Slicer slicer(context.read_model.documents(), known.registers.get(), question.filter, question.by);
  const std::map<std::string, Row> rows = RowsOf(context, question, &slicer);
  v1::ListAttendanceResponse response;
  Row total;
  for (const auto& [key, row] : rows) {
    total.heads += row.heads;
    total.parties += row.parties;
    AddDeclared(row.declared, &total.declared);
  }
  // The empty key comes first, and its token must not be that of the first page.
  auto row = after->empty() ? rows.begin() : rows.upper_bound(after->substr(1));
  for (; row != rows.end() && response.rows_size() < static_cast<int>(*size); ++row)
    ToRow(row->first, row->second, response.add_rows());
  if (row != rows.end())
    response.set_next_page_token(
        context.pager.Encode(filter, absl::StrCat("=", response.rows().rbegin()->key())));
  ToRow("", total, response.mutable_total());
  domain::SetDay(question.days.first, response.mutable_first_date());
  domain::SetDay(question.days.last, response.mutable_last_date());
  if (known.registers != nullptr) {
    calendar::SetMicros(absl::ToUnixMicros(known.registers->read_time), response.mutable_registers_as_of());
    response.set_registers_stale(known.stale);
  }
  call.Answer(response);
}

void ListAttendance(const ReachParts& parts, ListAttendanceCall call) {
  const auto question = QuestionOf(parts.context, call.request().filter(), call.request().dimension());
  if (!question.ok()) return call.Fail(question.status());
  WithRegisters(
      parts, std::move(call), WantsRegisters(*question), On::kWorkers,
      [&parts, question = *question](ListAttendanceCall& ready, const SchoolRegister::Answer& known) {
        AnswerRows(parts.context, ready, question, known);
      });
}

// One page of the bookings behind a row.
struct Tracing {
  TraceAttendanceCall call;
  AttendanceQuestion question;
  SchoolRegister::Answer known;
  std::string filter = {};  // of page tokens
  size_t size = 0;
  std::vector<TracePlace> places = {};  // of what is looked at, each after the one before
  std::vector<Wanted> wanted = {};
  bool more = false;  // after these
};

// What a booking has in the row.
void AddSource(const domain::Session& session, const std::string& id, Slicer* slicer, const std::string& key,
               v1::TraceAttendanceResponse* response) {
  const auto found = domain::FindBooking(session, id);
  if (!found.ok() || *found == nullptr || (*found)->state() != v1::Booking::CHECKED_IN) return;
  const domain::record::SessionHead& head = session.head();
  const domain::record::Attended attended = domain::AttendedBy(**found);
  domain::Heads3 heads;
  int32_t parties = 0;
  bool within = false;
  slicer->Slice({domain::DayOf(head), head.event(), head.place(), attended.kind(), attended.school()},
                domain::HeadsOf(attended.party()), 1,
                [&](const std::string& of, const domain::Heads3& part, int32_t more) {
                  if (of != key) return;
                  within = true;
                  heads += part;
                  parties += more;
                });
  if (!within) return;
  v1::TraceAttendanceResponse::Source* source = response->add_sources();
  source->set_booking(domain::BookingName(head, id));
  source->set_kind(attended.kind());
  source->set_school(attended.school());
  calendar::SetMicros((*found)->check_in_us(), source->mutable_check_in_time());
  Set(heads, parties, source->mutable_counted());
}

// Some of the bookings of sessions that have people in the row, from a place on.
void ChooseSources(const Context& context, const TracePlace& from, Slicer* slicer, Tracing* tracing) {
  const std::string& key = tracing->call.request().key();
  std::vector<TracePlace> sessions;
  context.read_model.attendance().Visit(
      from.day, tracing->question.days.last, from.session, [&](const AttendanceBook::Sitting& sitting) {
        bool within = false;
        for (const AttendanceBook::Part& part : sitting.parts) {
          if (part.what != AttendanceBook::What::kCame) continue;
          slicer->Slice({sitting.day, sitting.event, sitting.place, part.kind, part.school}, part.heads, 0,
                        [&](const std::string& of, const domain::Heads3&, int32_t) { within |= of == key; });
        }
        if (within) sessions.push_back({sitting.day, std::string(sitting.session), 0});
        return sessions.size() <= kSourcesLookedAt;
      });
  for (const TracePlace& session : sessions) {
    uint32_t number = 0;
    if (context.read_model.FindSession(session.session, &number) == nullptr) continue;
    const size_t begin = session.session == from.session ? from.index : 0;
    const size_t room = kSourcesLookedAt - tracing->wanted.size();
    const auto ids = context.read_model.bookings().OfSession(number, begin, room + 1);
    for (size_t i = 0; i < ids.size(); ++i) {
      if (tracing->wanted.size() == kSourcesLookedAt) {
        tracing->more = true;
        return;
      }
      tracing->wanted.push_back({number, ids[i]});
      tracing->places.push_back({session.day, session.session, begin + i + 1});
    }
  }
}

void AnswerSources(const Context& context, const std::shared_ptr<Tracing>& tracing) {
  Slicer slicer(context.read_model.documents(), tracing->known.registers.get(), tracing->question.filter,
                tracing->question.by);
  TracePlace from = {tracing->question.days.first, "", 0};
  const auto after = context.pager.Decode(tracing->call.request().page_token(), tracing->filter);
  if (!after.ok()) return tracing->call.Fail(after.status());
  if (!after->empty()) {
    const auto place = UnpackTrace(*after);
    if (!place.ok()) return tracing->call.Fail(place.status());
    from = *place;
  }
  ChooseSources(context, from, &slicer, tracing.get());
  LoadAll(context.store, context.read_model, tracing->wanted, &domain::BookingField,
          [&context, tracing](absl::StatusOr<Sessions> sessions) {
            if (!sessions.ok()) return tracing->call.Fail(sessions.status());
            Slicer again(context.read_model.documents(), tracing->known.registers.get(),
                         tracing->question.filter, tracing->question.by);
            v1::TraceAttendanceResponse response;
            size_t looked = 0;
            for (;
                 looked < tracing->wanted.size() && response.sources_size() < static_cast<int>(tracing->size);
                 ++looked) {
              const Wanted& one = tracing->wanted[looked];
              AddSource((*sessions)[one.session], one.id, &again, tracing->call.request().key(), &response);
            }
            if (looked < tracing->wanted.size() || tracing->more)
              response.set_next_page_token(
                  context.pager.Encode(tracing->filter, Pack(tracing->places[looked - 1])));
            tracing->call.Answer(response);
          });
}

void TraceAttendance(const ReachParts& parts, TraceAttendanceCall call) {
  const auto question = QuestionOf(parts.context, call.request().filter(), call.request().dimension());
  if (!question.ok()) return call.Fail(question.status());
  WithRegisters(
      parts, std::move(call), WantsRegisters(*question), On::kExecutor,
      [&parts, question = *question](TraceAttendanceCall& ready, const SchoolRegister::Answer& known) {
        if (absl::Status status =
                CheckScope(parts.context, known.registers.get(), question.filter.scope, ready.principal());
            !status.ok())
          return ready.Fail(status);
        v1::TraceAttendanceRequest asked = ready.request();
        asked.clear_page_size();
        asked.clear_page_token();
        const absl::StatusOr<size_t> size = paging::PageSize(ready.request().page_size());
        if (!size.ok()) return ready.Fail(size.status());
        auto tracing = std::make_shared<Tracing>(Tracing{std::move(ready), question, known});
        tracing->filter = paging::FilterDigest({"TraceAttendance", asked.SerializeAsString()});
        tracing->size = *size;
        AnswerSources(parts.context, tracing);
      });
}

}  // namespace

void AddAttendanceHandlers(rpc::Service& service, const ReachParts& parts) {
  service.Handle<v1::ListAttendanceRequest, v1::ListAttendanceResponse>(
      kReachService, "ListAttendance",
      [&parts](ListAttendanceCall call) { ListAttendance(parts, std::move(call)); });
  service.Handle<v1::TraceAttendanceRequest, v1::TraceAttendanceResponse>(
      kReachService, "TraceAttendance",
      [&parts](TraceAttendanceCall call) { TraceAttendance(parts, std::move(call)); });
}

}  // namespace kepu::event
