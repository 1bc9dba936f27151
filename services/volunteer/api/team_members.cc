#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/team_access.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/membership.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::Team;
using v1::TeamMember;

// What a call on a member works with.
struct Of {
  std::string name;
  std::string team;
  bool own = false;
  bool leads = false;
};

// Changes a member, named in the request. `may(of, person) -> bool`: for anybody else there is nothing;
// `decide(person, of, now)`; the answer shows the person in `shown(of, person)`, a team.
template <class Request, class May, class Decide>
void ChangeMember(const Context& context, CallOf<Request, TeamMember> call, May may, Decide decide) {
  auto ids = names::Parse("name", "teams/*/members/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, ids = *ids, may, decide](auto ready) {
    const rpc::Principal& principal = ready.principal();
    Of of{ready.request().name(), absl::StrCat("teams/", ids[0])};
    const std::string id = PersonOr(context, principal, ids[1]);
    of.own = id == SelfOf(context, principal);
    of.leads = LeadsTeam(context, principal, of.team);
    const reservation::Place place = PersonPlace(id);
    // What came of it may be to be shown in another team.
    auto shown = std::make_shared<std::string>(of.team);
    auto guarded = [&context, of, may, decide, shown, key = place.key, principal](
                       store::View& view, absl::Time now) -> absl::Status {
      const domain::Person& person = PersonIn(view, key);
      if (!person.Exists() || !may(context, principal, of, person.head())) return refusal::NotFound(of.name);
      return EmitAll(view, key, decide(context, person, of, shown.get(), now));
    };
    auto encode = [shown, key = place.key](store::View& view, TeamMember* answer) {
      *answer = MemberOf(PersonIn(view, key).head(), *shown);
      return absl::OkStatus();
    };
    store::RequestKey request_key = handler::KeyOf(context.keys, ready);
    handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                    std::move(ready), std::move(guarded), std::move(encode));
  });
}

using Head = domain::record::PersonHead;

bool Leads(const Context&, const rpc::Principal&, const Of& of, const Head&) { return of.leads; }
bool Own(const Context&, const rpc::Principal&, const Of& of, const Head&) { return of.own; }
bool LeadsOrOwn(const Context&, const rpc::Principal&, const Of& of, const Head&) {
  return of.leads || of.own;
}
// The other team of an open transfer; who leads the one that gives is told that there is none.
bool Receives(const Context& context, const rpc::Principal& principal, const Of& of, const Head& head) {
  if (!head.has_transfer() || head.transfer().from() != of.team) return of.leads;
  return LeadsTeam(context, principal, head.transfer().to());
}
bool HasPart(const Context& context, const rpc::Principal& principal, const Of& of, const Head& head) {
  return of.leads || of.own || Receives(context, principal, of, head);
}

// Out of which team a transfer goes, of which somebody speaks as a member of either.
const std::string& GivingTeam(const Head& head, const Of& of) {
  return head.transfer().released() && head.transfer().to() == of.team ? head.transfer().from() : of.team;
}

// NOT_FOUND for a team that is not there.
absl::StatusOr<Team> TeamOf(const Context& context, const std::string& name) {
  std::optional<Team> team = context.reads.teams().Find(name);
  if (!team) return refusal::NotFound(name);
  return *std::move(team);
}

void ApplyToTeam(const Context& context, CallOf<v1::ApplyToTeamRequest, TeamMember> call) {
  const std::string name = call.request().name();
  if (auto ids = names::Parse("name", "teams/*", name); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, name](auto ready) {
    const auto team = TeamOf(context, name);
    if (!team.ok()) return ready.Fail(team.status());
    const reservation::Place place = PersonPlace(SelfOf(context, ready.principal()));
    auto decide = [key = place.key, team = *team](store::View& view, absl::Time now) {
      return EmitAll(view, key, domain::DecideApply(PersonIn(view, key), team, now));
    };
    auto encode = [key = place.key, name](store::View& view, TeamMember* answer) {
      *answer = MemberOf(PersonIn(view, key).head(), name);
      return absl::OkStatus();
    };
    store::RequestKey request_key = handler::KeyOf(context.keys, ready);
    handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                    std::move(ready), std::move(decide), std::move(encode));
  });
}

void ApproveMember(const Context& context, CallOf<v1::ApproveMemberRequest, TeamMember> call) {
  ChangeMember(context, std::move(call), Leads,
               [](const Context& with, const domain::Person& person, const Of& of, std::string*,
                  absl::Time now) -> absl::StatusOr<domain::Facts> {
                 auto team = TeamOf(with, of.team);
                 if (!team.ok()) return team.status();
                 return domain::DecideJoin(person, *team, now);
               });
}

void DeclineMember(const Context& context, CallOf<v1::DeclineMemberRequest, TeamMember> call) {
  ChangeMember(context, std::move(call), Leads,
               [](const Context&, const domain::Person& person, const Of& of, std::string*, absl::Time now) {
                 return domain::DecideDeclineMember(person, of.team, now);
               });
}

void ReleaseMember(const Context& context, CallOf<v1::ReleaseMemberRequest, TeamMember> call) {
  ChangeMember(context, std::move(call), Leads,
               [](const Context&, const domain::Person& person, const Of& of, std::string*, absl::Time now) {
                 return domain::DecideLeave(person, of.team, v1::TeamPeriod::RELEASED, now);
               });
}

void LeaveTeam(const Context& context, CallOf<v1::LeaveTeamRequest, TeamMember> call) {
  ChangeMember(context, std::move(call), Own,
               [](const Context&, const domain::Person& person, const Of& of, std::string*, absl::Time now) {
                 return domain::DecideLeave(person, of.team, v1::TeamPeriod::LEFT, now);
               });
}

void RequestTransfer(const Context& context, CallOf<v1::RequestTransferRequest, TeamMember> call) {
  const std::string to = call.request().to();
  if (auto ids = names::Parse("to", "teams/*", to); !ids.ok()) return call.Fail(ids.status());
  ChangeMember(context, std::move(call), LeadsOrOwn,
               [to](const Context& with, const domain::Person& person, const Of& of, std::string*,
                    absl::Time now) -> absl::StatusOr<domain::Facts> {
                 auto team = TeamOf(with, to);
                 if (!team.ok()) return team.status();
                 return domain::DecideTransfer(person, of.team, *team, now);
               });
}

void ReleaseTransfer(const Context& context, CallOf<v1::ReleaseTransferRequest, TeamMember> call) {
  ChangeMember(context, std::move(call), Leads,
               [](const Context&, const domain::Person& person, const Of& of, std::string*, absl::Time now) {
                 return domain::DecideReleaseTransfer(person, of.team, now);
               });
}

void AcceptTransfer(const Context& context, CallOf<v1::AcceptTransferRequest, TeamMember> call) {
  ChangeMember(context, std::move(call), Receives,
               [](const Context& with, const domain::Person& person, const Of& of, std::string* shown,
                  absl::Time now) -> absl::StatusOr<domain::Facts> {
                 auto team = TeamOf(with, person.head().transfer().to());
                 // Nothing is open out of it: the refusal says so, whatever the team.
                 if (!team.ok()) team = Team();
                 auto facts = domain::DecideAcceptTransfer(person, GivingTeam(person.head(), of), *team, now);
                 if (facts.ok()) *shown = team->name();
                 return facts;
               });
}

void DeclineTransfer(const Context& context, CallOf<v1::DeclineTransferRequest, TeamMember> call) {
  ChangeMember(context, std::move(call), HasPart,
               [](const Context&, const domain::Person& person, const Of& of, std::string*, absl::Time now) {
                 return domain::DecideDeclineTransfer(person, GivingTeam(person.head(), of), now);
               });
}

void ListTeamMembers(const Context& context,
                     CallOf<v1::ListTeamMembersRequest, v1::ListTeamMembersResponse> call) {
  const std::string parent = call.request().parent();
  if (auto ids = names::Parse("parent", "teams/*", parent); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, parent](auto ready) {
    if (!LeadsTeam(context, ready.principal(), parent)) return ready.Fail(refusal::NotFound(parent));
    const std::string digest = paging::FilterDigest({"team members", parent});
    const auto size = paging::PageSize(ready.request().page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(ready.request().page_token(), digest);
    if (!after.ok()) return ready.Fail(after.status());
    std::vector<TeamMember> page = context.reads.teams().Members(parent, *after, *size + 1);
    const bool more = page.size() > *size;
    if (more) page.pop_back();
    v1::ListTeamMembersResponse answer;
    for (TeamMember& member : page) *answer.add_members() = std::move(member);
    if (more) {
      const std::string& last = answer.members().rbegin()->volunteer();
      answer.set_next_page_token(context.pager.Encode(digest, last.substr(last.find('/') + 1)));
    }
    ready.Answer(answer);
  });
}

absl::Status FillHistory(const domain::Person& person, v1::TeamHistory* history) {
  auto child = person.Find(domain::kPeriodsField);
  if (!child.ok()) return child.status();
  history->Clear();
  history->set_name(absl::StrCat("volunteers/", person.head().id()));
  for (const auto& place : person.head().teams())
    *history->add_members() = MemberOf(person.head(), place.team());
  if (*child == nullptr) return absl::OkStatus();
  for (const auto& one : (*child)->team_periods().periods()) {
    v1::TeamPeriod& period = *history->add_periods();
    period.set_team(one.team());
    period.set_type(one.type());
    calendar::SetMicros(one.join_us(), period.mutable_join_time());
    if (one.end_us() != 0) calendar::SetMicros(one.end_us(), period.mutable_end_time());
    period.set_end(one.end());
  }
  return absl::OkStatus();
}

void GetTeamHistory(const Context& context, CallOf<v1::GetTeamHistoryRequest, v1::TeamHistory> call) {
  const std::string name = call.request().name();
  auto ids = names::Parse("name", "volunteers/*", name);
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string id = PersonOr(context, call.principal(), (*ids)[0]);
  const bool own = id == SelfOf(context, call.principal());
  if (!own && !SeesVolunteers(call.principal())) return call.Fail(refusal::NotFound(name));
  const reservation::Place place = PersonPlace(id);
  auto shared = std::make_shared<CallOf<v1::GetTeamHistoryRequest, v1::TeamHistory>>(std::move(call));
  auto answer = std::make_shared<v1::TeamHistory>();
  auto read = [answer, name, key = place.key](store::View& view) -> absl::Status {
    const domain::Person& person = PersonIn(view, key);
    if (!person.Exists()) return refusal::NotFound(name);
    return FillHistory(person, answer.get());
  };
  context.engine.Read(place.partition, {place.key}, std::move(read), [shared, answer](absl::Status status) {
    if (!status.ok()) return shared->Fail(status);
    shared->Answer(*answer);
  });
}

}  // namespace

void AddTeamMemberHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kTeamService, "ApplyToTeam", ApplyToTeam);
  Handle(service, context, kTeamService, "ApproveMember", ApproveMember);
  Handle(service, context, kTeamService, "DeclineMember", DeclineMember);
  Handle(service, context, kTeamService, "ReleaseMember", ReleaseMember);
  Handle(service, context, kTeamService, "LeaveTeam", LeaveTeam);
  Handle(service, context, kTeamService, "RequestTransfer", RequestTransfer);
  Handle(service, context, kTeamService, "ReleaseTransfer", ReleaseTransfer);
  Handle(service, context, kTeamService, "AcceptTransfer", AcceptTransfer);
  Handle(service, context, kTeamService, "DeclineTransfer", DeclineTransfer);
  Handle(service, context, kTeamService, "ListTeamMembers", ListTeamMembers);
  Handle(service, context, kTeamService, "GetTeamHistory", GetTeamHistory);
}

}  // namespace kepu::volunteer
