// Making a session: the venue is asked whether it is open, the hall is reserved, and the session is the
// pivot of that reservation: it is made in the commit that has the hall, or not at all.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/reservation/driver.h"
#include "services/event/api/access.h"
#include "services/event/api/allotments.h"
#include "services/event/api/handlers.h"
#include "services/event/api/schedule.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/day_quota.h"
#include "services/event/domain/sessions.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kDefaultZone[] = "Asia/Shanghai";

void DecodePools(const v1::Session& session, domain::record::SessionCreated* created,
                 refusal::FieldErrors* errors) {
  for (int i = 0; i < session.pools_size(); ++i) {
    const v1::Pool& pool = session.pools(i);
    domain::record::PoolHead* out = created->add_pools();
    out->set_id(pool.id());
    out->set_capacity(pool.capacity());
    out->set_unbounded(pool.unbounded());
    out->set_counts(pool.counts() == v1::Pool::COUNTS_UNSPECIFIED ? v1::Pool::HEADS : pool.counts());
    if (!v1::Pool::Counts_IsValid(pool.counts())) {
      errors->Add(absl::StrCat("session.pools[", i, "].counts"), "must be HEADS, PUPILS_ONLY or WHEELCHAIRS");
    }
    for (int kind : pool.kinds()) {
      out->add_kinds(static_cast<v1::Booking::Kind>(kind));
      if (kind != v1::Booking::KIND_UNSPECIFIED && v1::Booking::Kind_IsValid(kind)) continue;
      errors->Add(absl::StrCat("session.pools[", i, "].kinds"), "must be PERSON, FAMILY, GROUP or SCHOOL");
    }
  }
}

}  // namespace

absl::StatusOr<domain::record::SessionCreated> DecodeSession(const v1::Session& session) {
  refusal::FieldErrors errors;
  domain::record::SessionCreated created;
  if (!IsPlace(session.place())) {
    errors.Add("session.place",
               "must be a venue or a caravan, like \"venues/cqstm\", or empty for an online session");
  }
  created.set_place(session.place());
  created.set_space(session.space());
  if (!session.space().empty() &&
      (!names::Parse("", "venues/*/spaces/*", session.space()).ok() ||
       !absl::StartsWith(session.space(), absl::StrCat(session.place(), "/spaces/")))) {
    errors.Add("session.space", "must be a space of the place, like \"venues/cqstm/spaces/classroom-1\"");
  }
  created.set_start_us(calendar::MicrosOf(session.start_time()));
  created.set_end_us(calendar::MicrosOf(session.end_time()));
  created.set_time_zone(session.time_zone().empty() ? kDefaultZone : session.time_zone());
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(created.time_zone(), &zone)) {
    errors.Add("session.time_zone", "is not an IANA zone, like \"Asia/Shanghai\"");
  }
  created.set_party_min(session.party_min());
  created.set_party_max(session.party_max());
  if (session.has_terms()) *created.mutable_terms() = session.terms();
  if (session.has_staffing()) *created.mutable_staffing()->mutable_staffing() = session.staffing();
  DecodePools(session, &created, &errors);
  const std::vector<domain::record::AllotmentHead> allotments = AllotmentsOf(session, &errors);
  *created.mutable_allotments() = {allotments.begin(), allotments.end()};
  if (session.has_booking_open_time()) created.set_open_us(calendar::MicrosOf(session.booking_open_time()));
  if (session.has_booking_close_time())
    created.set_close_us(calendar::MicrosOf(session.booking_close_time()));
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  return created;
}

namespace {

domain::record::ProgrammeTerms TermsOf(const v1::Programme& programme) {
  domain::record::ProgrammeTerms terms;
  terms.set_programme(programme.name());
  terms.set_first_grade(programme.first_grade());
  terms.set_last_grade(programme.last_grade());
  terms.set_group_min(programme.group_min());
  terms.set_group_max(programme.group_max());
  terms.set_pupils_per_adult(programme.pupils_per_adult());
  return terms;
}

reservation::v1::Demand HallDemand(const domain::record::SessionCreated& created,
                                   const std::string& session) {
  reservation::v1::Demand demand;
  demand.set_thing(created.space());
  demand.set_kind(reservation::v1::HALL);
  calendar::SetMicros(created.start_us(), demand.mutable_start_time());
  calendar::SetMicros(created.end_us(), demand.mutable_end_time());
  demand.set_amount(1);
  demand.set_place(created.place());
  demand.set_purpose(session);
  return demand;
}

}  // namespace

// One session being made: what its steps share.
struct Handlers::Making {
  explicit Making(Call<v1::CreateSessionRequest, v1::Session> given) : call(std::move(given)) {}
  Call<v1::CreateSessionRequest, v1::Session> call;
  store::RequestKey key;
  domain::record::SessionCreated created;
  std::string name;
  reservation::Place pivot;
  bool there = false;
  absl::Status asked;  // what the venue says
  absl::Time begun;    // when it looked at the session
  reservation::Look look;
  v1::Session answer;

  domain::Session& SessionIn(store::View& view) const {
    return dynamic_cast<domain::Session&>(view.Get(pivot.key));
  }
  // The rules of the place, whose limits it joins by the same decision; online there are none.
  std::vector<std::string> RulesKeys() const {
    return created.place().empty() ? std::vector<std::string>() : std::vector{PlaceKey(created.place())};
  }
  absl::Status Make(store::View& view, absl::Time now) const {
    auto facts = domain::DecideCreateSession(SessionIn(view), created, now);
    for (const std::string& rules : RulesKeys()) {
      if (!facts.ok()) break;
      domain::record::SessionHead head;
      domain::ApplyHead(head, facts->front());
      for (domain::record::Fact& fact :
           domain::JoinLimits(dynamic_cast<const domain::Place&>(view.Get(rules)).head(), head, now))
        facts->push_back(std::move(fact));
    }
    return EmitAll(view, pivot.key, facts);
  }
  absl::Status Read(store::View& view) {
    const domain::Session& session = SessionIn(view);
    there = !session.head().id().empty();
    look = {};
    answer.Clear();
    if (there) ToResource(session.head(), &answer);
    if (created.space().empty()) return absl::OkStatus();
    auto record = domain::FindRecord(session, created.hall_reservation());
    if (!record.ok()) return record.status();
    if (*record != nullptr) look.record = **record;
    // The session of this very call is there and its record is not: it was given back and forgotten long ago.
    if (*record == nullptr && session.head().hall_reservation() == created.hall_reservation())
      return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "REQUEST_TOO_OLD");
    return absl::OkStatus();
  }
};

void Handlers::CreateSession(Call<v1::CreateSessionRequest, v1::Session> call) {
  WhenVisible<v1::CreateSessionRequest, v1::Session>(std::move(call), [this](auto visible) {
    const std::string parent = visible.request().parent();
    auto ids = names::Parse("parent", "events/*", parent);
    if (!ids.ok()) return visible.Fail(ids.status());
    const auto event = deps_.read_model.documents().Find<v1::Event>(parent);
    if (event == nullptr ||
        (event->state() == v1::Event::DRAFT && !Tends(visible.principal(), event->place())))
      return visible.Fail(refusal::NotFound(parent));
    if (event->state() != v1::Event::PUBLISHED && !visible.context().repeat)
      return visible.Fail(
          refusal::Refuse(refusal::kNo, "EVENT_NOT_PUBLISHED",
                          {{"name", parent}, {"state", v1::Event::State_Name(event->state())}}));
    absl::StatusOr<domain::record::SessionCreated> created = DecodeSession(visible.request().session());
    if (!created.ok()) return visible.Fail(created.status());
    created->set_draft(visible.request().draft());
    created->set_camp(event->kind() == v1::Event::CAMP);
    created->set_series(visible.request().series());
    if (absl::Status status = CheckSeries(deps_, created->series(), parent, created->place()); !status.ok())
      return visible.Fail(status);
    if (created->has_staffing()) created->mutable_staffing()->set_by(visible.principal().name);
    if (!event->programme().empty()) {
      const auto programme = deps_.read_model.documents().Find<v1::Programme>(event->programme());
      if (programme == nullptr) return visible.Fail(refusal::NotFound(event->programme()));
      *created->mutable_programme() = TermsOf(*programme);
    }

    // Everything of a place is one partition; an online event is its own place.
    const uint32_t partition = created->place().empty() ? names::PartitionOf(ids->front())
                                                        : names::PartitionOfText(created->place());
    auto making = std::make_shared<Making>(std::move(visible));
    making->key = handler::KeyOf(deps_.keys, making->call);
    created->set_id(deps_.keys.MakeId(partition, making->key));
    created->set_event(ids->front());
    if (!created->space().empty())
      created->set_hall_reservation(deps_.keys.MakeId(partition, making->key, "reservation"));
    making->name = absl::StrCat(parent, "/sessions/", created->id());
    making->pivot = {partition, SessionKey(created->id())};
    making->created = *std::move(created);
    making->begun = deps_.clock.Now();
    // What is wrong by itself is said before anybody is asked.
    const auto alone = domain::DecideCreateSession(domain::Session(), making->created, deps_.clock.Now());
    if (!alone.ok() && !making->call.context().repeat) return making->call.Fail(alone.status());
    deps_.engine.Read(
        partition, {making->pivot.key}, [making](store::View& view) { return making->Read(view); },
        [this, making](const absl::Status& status) {
          if (!status.ok()) return making->call.Fail(status);
          AskVenue(making);
        });
  });
}

void Handlers::AskVenue(const std::shared_ptr<Making>& making) {
  auto go_on = [this, making](const absl::Status& asked) {
    if (!asked.ok() && !reservation::IsRefusal(asked)) return making->call.Fail(asked);
    making->asked = asked;
    if (making->created.space().empty()) return MakeSession(making);
    ReserveHall(making);
  };
  // An earlier copy of the call has decided: nothing that a venue says changes that.
  const bool decided = making->there || reservation::IsDecided(&making->look.record);
  if (decided || making->call.context().resolve_only || !absl::StartsWith(making->created.place(), "venues/"))
    return go_on(absl::OkStatus());
  // A camp stays over night: the venue has to be open when it begins.
  const absl::Time start = absl::FromUnixMicros(making->created.start_us());
  const absl::Time end = absl::FromUnixMicros(making->created.end_us());
  deps_.venue.CheckOpen(making->created.place(), start,
                        making->created.camp() ? std::min(end, start + absl::Minutes(30)) : end,
                        making->call.deadline(), go_on);
}

void Handlers::MakeSession(const std::shared_ptr<Making>& making) {
  std::vector<std::string> keys = making->RulesKeys();
  keys.insert(keys.begin(), making->pivot.key);
  handler::Change(
      deps_.engine, making->pivot.partition, store::Lane::kRest, making->key, std::move(keys),
      std::move(making->call),
      [making](store::View& view, absl::Time now) -> absl::Status {
        if (!making->asked.ok()) return making->asked;
        return making->Make(view, now);
      },
      [making](store::View& view, v1::Session* answer) {
        ToResource(making->SessionIn(view).head(), answer);
        return absl::OkStatus();
      });
}

void Handlers::ReserveHall(const std::shared_ptr<Making>& making) {
  making->look.full = making->asked;
  reservation::Desk::Pivot pivot;
  pivot.place = making->pivot;
  pivot.reservation = making->created.hall_reservation();
  pivot.actor = making->call.principal().name;
  pivot.look = making->look;
  pivot.begun = making->begun;
  pivot.also = making->RulesKeys();
  pivot.decide = [making](store::View& view, absl::Time now) { return making->Make(view, now); };
  pivot.encode = [making](store::View& view) { return making->Read(view); };
  auto done = [making](const absl::StatusOr<reservation::Standing>& standing) {
    absl::Status status = standing.ok() ? reservation::StatusOf(standing->record) : standing.status();
    if (status.ok() && standing->replayed &&
        (making->answer.space() != making->created.space() || !making->there)) {
      status = refusal::Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
    }
    if (!status.ok()) return making->call.Fail(status);
    making->call.Answer(making->answer, {standing->position, standing->replayed});
  };
  const bool resolve_only = making->call.context().resolve_only;
  reservation::Participant* halls = deps_.venue.halls();
  if (halls == nullptr && !resolve_only && !reservation::IsDecided(&making->look.record)) {
    return making->call.Fail(refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN",
                                               absl::Seconds(2), {{"service", "venue"}}));
  }
  reservation::Plan plan;
  plan.reservation = pivot.reservation;
  plan.pivot_service = kSelf;
  plan.pivot = making->name;
  plan.pivot_kind = reservation::v1::SESSION;
  plan.repeat = making->call.context().repeat;
  plan.resolve_only = resolve_only;
  plan.begun = making->begun;
  if (halls != nullptr) plan.steps.push_back({{{HallDemand(making->created, making->name), "venue", halls}}});
  reservation::Drive({deps_.executor, deps_.random}, std::move(plan),
                     reservation::MakePivotPort(deps_.desk, deps_.settler, std::move(pivot)), done);
}

}  // namespace kepu::event
