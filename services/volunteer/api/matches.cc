#include "services/volunteer/api/matches.h"

#include <algorithm>
#include <utility>

#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/finding.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/planner/match_planner.h"

namespace kepu::volunteer {
namespace {

using v1::Match;

// A coordinator of the place, the district or the city that it is for. Whoever has the city has all.
bool Coordinates(const rpc::Principal& principal, absl::string_view scope) {
  return std::any_of(principal.grants.begin(), principal.grants.end(), [&](const rpc::Grant& grant) {
    const bool role = grant.role == "coordinator" || grant.role == "city_admin";
    return role && (grant.on == "city" || grant.on == scope);
  });
}

// A shift of a proposal, as the search for shifts has it.
std::string IdOf(absl::string_view name) { return std::string(name.substr(name.find('/') + 1)); }

ShiftQuery QueryOf(const Match& match, absl::Time now) {
  ShiftQuery query;
  query.from_us = calendar::MicrosOf(match.start_time());
  query.until_us = calendar::MicrosOf(match.end_time());
  query.place = match.place();
  query.district = match.district();
  query.now_us = absl::ToUnixMicros(now);
  // One more shows that there are too many.
  query.limit = domain::kMatchShiftsMax + 1;
  return query;
}

}  // namespace

Matches::Matches(const Context& context, const rpc::Service& service)
    : context_(context), inviter_(MakeInviter(context, service)), sender_(context, *inviter_) {}

void Matches::Register(rpc::Service& service) {
  auto handle = [&]<class Request, class Response>(const char* method,
                                                   void (Matches::*handler)(CallOf<Request, Response>)) {
    service.Handle<Request, Response>(kMatchService, method, [this, handler](CallOf<Request, Response> call) {
      (this->*handler)(std::move(call));
    });
  };
  handle("CreateMatch", &Matches::Create);
  handle("GetMatch", &Matches::Get);
  handle("ListMatches", &Matches::List);
  handle("ChangeMatch", &Matches::Change);
  handle("SendMatch", &Matches::Send);
}

void Matches::Create(CreateCall call) {
  const Match& asked = call.request().match();
  if (absl::Status status = domain::CheckMatch(asked, context_.clock.Now()); !status.ok())
    return call.Fail(status);
  if (!Coordinates(call.principal(), domain::ScopeOf(asked)))
    return call.Fail(refusal::NotFound(domain::ScopeOf(asked)));
  auto id = context_.documents.GivenOrMadeId(call, "match_id", "");
  if (!id.ok()) return call.Fail(id.status());
  const std::string name = absl::StrCat("matches/", *id);
  // A repeat finds what the first copy made, and reckons nothing.
  if (context_.reads.documents().Find<Match>(name) != nullptr) {
    return context_.documents.Create(name, asked, std::move(call),
                                     [](Match&, absl::Time) { return absl::OkStatus(); });
  }
  if (reckoning_.exchange(true)) {
    return call.Fail(refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::Seconds(5)));
  }
  auto shared = std::make_shared<CreateCall>(std::move(call));
  const absl::Status status = context_.workers.Run([this, alive = std::weak_ptr<bool>(alive_), shared, name] {
    if (!alive.expired()) Plan(name, std::move(*shared));
  });
  if (status.ok()) return;
  reckoning_ = false;
  shared->Fail(status);
}

void Matches::Plan(const std::string& name, CreateCall call) {
  Match match = call.request().match();
  const ShiftQuery query = QueryOf(match, context_.clock.Now());
  std::vector<std::string> only;
  for (const std::string& volunteer : match.volunteers()) only.push_back(IdOf(volunteer));
  const domain::MatchTask task = context_.reads.market().TaskFor(
      query, only, [this](const domain::record::PersonHead& head) { return AgeForSearch(context_, head); });
  domain::MatchPlan plan;
  if (task.shifts.size() <= domain::kMatchShiftsMax) plan = PlanMatch(task, context_.rules);
  plan.people.resize(task.shifts.size());
  plan.why_unfilled.resize(task.shifts.size());
  reckoning_ = false;
  if (absl::Status status = domain::Fill(task, plan, &match); !status.ok()) return call.Fail(status);
  context_.documents.Create(name, match, std::move(call),
                            [](Match&, absl::Time) { return absl::OkStatus(); });
}

void Matches::TellChanges(Match* match) const {
  if (match->state() == Match::SENT) return;
  const int64_t now_us = absl::ToUnixMicros(context_.clock.Now());
  for (v1::MatchShift& shift : *match->mutable_shifts()) {
    const auto known = context_.reads.market().Look(IdOf(shift.shift()));
    const auto waiting = std::count_if(shift.rows().begin(), shift.rows().end(), [](const v1::MatchRow& row) {
      return row.state() == v1::MatchRow::PROPOSED;
    });
    if (calendar::MicrosOf(shift.start_time()) <= now_us) {
      shift.set_change(v1::MatchShift::STARTED);
    } else if (!known) {
      shift.set_change(v1::MatchShift::CANCELLED);
    } else if (known->at.start_us != calendar::MicrosOf(shift.start_time()) ||
               known->at.end_us != calendar::MicrosOf(shift.end_time())) {
      shift.set_change(v1::MatchShift::MOVED);
    } else if (known->free < waiting) {
      shift.set_change(v1::MatchShift::FULLER);
    }
  }
}

void Matches::Get(CallOf<v1::GetMatchRequest, Match> call) {
  const std::string name = call.request().name();
  if (auto ids = names::Parse("name", "matches/*", name); !ids.ok()) return call.Fail(ids.status());
  context_.documents.WhenVisible(std::move(call), [this](CallOf<v1::GetMatchRequest, Match> ready) {
    const std::string& wanted = ready.request().name();
    const auto known = context_.reads.documents().Find<Match>(wanted);
    if (known == nullptr || !Coordinates(ready.principal(), domain::ScopeOf(*known)))
      return ready.Fail(refusal::NotFound(wanted));
    Match match = *known;
    TellChanges(&match);
    ready.Answer(match);
  });
}

void Matches::List(ListCall call) {
  const std::string scope = call.request().place().empty() ? "city" : call.request().place();
  if (!Coordinates(call.principal(), scope)) return call.Fail(refusal::NotFound(scope));
  context_.documents.WhenVisible(std::move(call), [this, scope](ListCall ready) {
    const std::string digest = paging::FilterDigest({"matches", scope, ready.principal().name});
    const absl::StatusOr<size_t> size = paging::PageSize(ready.request().page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context_.pager.Decode(ready.request().page_token(), digest);
    if (!after.ok()) return ready.Fail(after.status());
    const auto page = context_.reads.documents().List<Match>(scope, *after, *size);
    v1::ListMatchesResponse answer;
    if (!answer.ParseFromString(page.bytes)) return ready.Fail(absl::InternalError("unreadable page"));
    for (Match& match : *answer.mutable_matches()) match.clear_shifts();
    answer.set_next_page_token(context_.pager.Encode(digest, page.next_after));
    ready.Answer(answer);
  });
}

absl::Status Matches::CheckFit(const Match& match, const domain::RowChange& change, absl::Time now) const {
  if (change.add.empty()) return absl::OkStatus();
  const auto volunteer = context_.reads.market().VolunteerFor(
      IdOf(change.add),
      [this](const domain::record::PersonHead& head) { return AgeForSearch(context_, head); });
  if (!volunteer) return refusal::NotFound(change.add);
  const auto shift = context_.reads.market().Look(IdOf(change.shift));
  if (!shift || shift->at.start_us <= absl::ToUnixMicros(now)) return refusal::NotFound(change.shift);
  return domain::FitIn(match, change, *shift, *volunteer, context_.rules);
}

void Matches::Change(CallOf<v1::ChangeMatchRequest, Match> call) {
  const v1::ChangeMatchRequest& request = call.request();
  if (auto ids = names::Parse("name", "matches/*", request.name()); !ids.ok()) return call.Fail(ids.status());
  if (auto ids = names::Parse("shift", "shifts/*", request.shift()); !ids.ok())
    return call.Fail(ids.status());
  for (const auto& [field, volunteer] : {std::pair{"remove", request.remove()}, {"add", request.add()}}) {
    if (volunteer.empty()) continue;
    if (auto ids = names::Parse(field, "volunteers/*", volunteer); !ids.ok()) return call.Fail(ids.status());
  }
  const std::string name = request.name(), etag = request.etag();
  const domain::RowChange change{request.shift(), request.remove(), request.add()};
  context_.documents.ActOn<Match>(
      name, etag, std::move(call),
      [caller = call.principal()](const Match& match) { return Coordinates(caller, domain::ScopeOf(match)); },
      [this, change](Match& match, absl::Time now) -> absl::Status {
        if (absl::Status status = domain::ChangeRow(change, &match); !status.ok()) return status;
        return CheckFit(match, change, now);
      });
}

void Matches::Send(CallOf<v1::SendMatchRequest, Match> call) {
  const std::string name = call.request().name(), etag = call.request().etag();
  if (auto ids = names::Parse("name", "matches/*", name); !ids.ok()) return call.Fail(ids.status());
  context_.documents.ActOn<Match>(
      name, etag, std::move(call),
      [caller = call.principal()](const Match& match) { return Coordinates(caller, domain::ScopeOf(match)); },
      [](Match& match, absl::Time) {
        domain::Send(&match);
        return absl::OkStatus();
      });
}

}  // namespace kepu::volunteer
