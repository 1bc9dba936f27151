#include "services/volunteer/domain/team.h"

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/volunteer/api/documents_together.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/team_access.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::Team;

absl::Status Moved(const std::string& name) {
  return refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH", {{"name", name}});
}

std::vector<std::string> KeysOf(const std::set<std::string>& names) {
  std::vector<std::string> keys;
  for (const std::string& name : names)
    if (!name.empty()) keys.push_back(domain::DocumentKey(name));
  return keys;
}

// The teams that a decision is about; a name that is empty or of nothing gives none.
struct Standing {
  std::optional<Team> team, former, parent;
};
absl::Status Read(store::View& view, const std::string& name, const std::string& former,
                  const std::string& parent, Standing* standing) {
  const auto read = [&](const std::string& one, std::optional<Team>* to) {
    if (one.empty()) return absl::OkStatus();
    auto found = DocumentAt<Team>(view, one);
    if (found.ok()) *to = *std::move(found);
    return found.status();
  };
  absl::Status status = read(name, &standing->team);
  status.Update(read(former, &standing->former));
  status.Update(read(parent, &standing->parent));
  return status;
}

const Team* Null(const std::optional<Team>& team) { return team ? &*team : nullptr; }

absl::Status Put(store::View& view, const Standing& before, const domain::TreeChange& change,
                 absl::Time now) {
  absl::Status status = PutDocument(view, change.team.name(), before.team, change.team, now);
  if (status.ok() && change.former)
    status = PutDocument(view, change.former->name(), before.former, *change.former, now);
  if (status.ok() && change.parent)
    status = PutDocument(view, change.parent->name(), before.parent, *change.parent, now);
  return status;
}

void CreateTeam(const Context& context, CallOf<v1::CreateTeamRequest, Team> call) {
  Team given = call.request().team();
  const bool corps = given.level() == Team::CORPS;
  const std::string& parent = given.parent();
  if (!parent.empty())
    if (auto ids = names::Parse("team.parent", "teams/*", parent); !ids.ok()) return call.Fail(ids.status());
  std::string id = "corps";
  if (!corps && call.request().team_id().empty()) {
    id = context.keys.MakeId(TeamsPartition(), handler::KeyOf(context.keys, call), "team");
  } else if (!corps) {
    auto named = context.documents.GivenOrMadeId(call, "team_id", call.request().team_id());
    if (!named.ok()) return call.Fail(named.status());
    // That of the corps is kept for it.
    if (*named == id) return call.Fail(refusal::BadField("team_id", "is the corps's"));
    id = *std::move(named);
  }
  given.set_name(absl::StrCat("teams/", id));
  auto decide = [given, principal = call.principal()](store::View& view, absl::Time now) -> absl::Status {
    Standing standing;
    if (absl::Status status = Read(view, given.name(), "", given.parent(), &standing); !status.ok())
      return status;
    Team shown = given;
    if (shown.district().empty() && standing.parent) shown.set_district(standing.parent->district());
    // Before it is there, its name gives nobody a right.
    shown.clear_name();
    const std::string hidden = given.parent().empty() ? std::string(domain::kCorps) : given.parent();
    if (!RunsTeam(principal, shown)) return refusal::NotFound(hidden);
    if (standing.team)
      return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", given.name()}});
    auto change = domain::DecideTeam(given, Null(standing.parent));
    if (!change.ok()) return change.status();
    return Put(view, standing, *change, now);
  };
  std::vector<std::string> keys = KeysOf({given.name(), parent});
  ChangeTogether<Team>(context, TeamsPartition(), std::move(keys), given.name(), std::move(call),
                       std::move(decide), [](Team*) {});
}

void UpdateTeam(const Context& context, CallOf<v1::UpdateTeamRequest, Team> call) {
  const std::string name = call.request().team().name();
  if (auto ids = names::Parse("team.name", "teams/*", name); !ids.ok()) return call.Fail(ids.status());
  const std::string parent = call.request().team().parent();
  if (!parent.empty())
    if (auto ids = names::Parse("team.parent", "teams/*", parent); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, name, parent](auto ready) {
    const std::optional<Team> known = context.reads.teams().Find(name);
    if (!known) return ready.Fail(refusal::NotFound(name));
    const std::string former = known->parent();
    auto decide = [name, former, request = ready.request(), principal = ready.principal()](
                      store::View& view, absl::Time now) -> absl::Status {
      Standing standing;
      if (absl::Status status = Read(view, name, former, request.team().parent(), &standing); !status.ok())
        return status;
      if (!standing.team || !RunsTeam(principal, *standing.team)) return refusal::NotFound(name);
      const Team& before = *standing.team;
      if (absl::Status status = document::CheckEtag(request.team().etag(), before.etag(), name); !status.ok())
        return status;
      const auto& mask = request.update_mask().paths();
      Team after = handler::Merged(before, request.team(), handler::Paths(mask.begin(), mask.end()));
      if (absl::Status status = document::KeepWhatIsKept("team", before, &after); !status.ok()) return status;
      // Somebody has moved it since it was looked at.
      if (before.parent() != former) return Moved(name);
      if (after.parent() == former) standing.parent = standing.former;
      if (standing.parent && after.parent() != former && !RunsTeam(principal, *standing.parent))
        return refusal::NotFound(after.parent());
      auto change = domain::DecideTeamChange(before, after, Null(standing.former), Null(standing.parent));
      if (!change.ok()) return change.status();
      return Put(view, standing, *change, now);
    };
    std::vector<std::string> keys = KeysOf({name, former, parent});
    ChangeTogether<Team>(context, TeamsPartition(), std::move(keys), name, std::move(ready),
                         std::move(decide), [](Team*) {});
  });
}

void DissolveTeam(const Context& context, CallOf<v1::DissolveTeamRequest, Team> call) {
  const std::string name = call.request().name();
  if (auto ids = names::Parse("name", "teams/*", name); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, name](auto ready) {
    const std::optional<Team> known = context.reads.teams().Find(name);
    if (!known) return ready.Fail(refusal::NotFound(name));
    const std::string parent = known->parent();
    auto decide = [&context, name, parent, request = ready.request(), principal = ready.principal()](
                      store::View& view, absl::Time now) -> absl::Status {
      Standing standing;
      if (absl::Status status = Read(view, name, "", parent, &standing); !status.ok()) return status;
      if (!standing.team || !RunsTeam(principal, *standing.team)) return refusal::NotFound(name);
      if (absl::Status status = document::CheckEtag(request.etag(), standing.team->etag(), name);
          !status.ok())
        return status;
      if (standing.team->parent() != parent) return Moved(name);
      auto change = domain::DecideDissolve(*standing.team, Null(standing.parent), now);
      if (!change.ok()) return change.status();
      // Who joins at this moment is released afterwards: their own record decides, and lies elsewhere.
      const int32_t members = context.reads.teams().SizeOf(name);
      if (members > 0 && !request.release_members() && standing.team->state() != Team::DISSOLVED)
        return refusal::Refuse(refusal::kNo, "TEAM_HAS_MEMBERS",
                               {{"name", name}, {"members", absl::StrCat(members)}});
      return Put(view, standing, *change, now);
    };
    std::vector<std::string> keys = KeysOf({name, parent});
    ChangeTogether<Team>(context, TeamsPartition(), std::move(keys), name, std::move(ready),
                         std::move(decide), [](Team*) {});
  });
}

// Leaders are users: for those who have to do with them.
void HideLeaders(const Context& context, const rpc::Principal& principal, Team* team) {
  if (!LeadsTeam(context, principal, team->name())) team->clear_leaders();
}

void GetTeam(const Context& context, CallOf<v1::GetTeamRequest, Team> call) {
  const std::string name = call.request().name();
  if (auto ids = names::Parse("name", "teams/*", name); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, name](auto ready) {
    std::optional<Team> team = context.reads.teams().Find(name);
    if (!team) return ready.Fail(refusal::NotFound(name));
    HideLeaders(context, ready.principal(), &*team);
    ready.Answer(*team);
  });
}

void ListTeams(const Context& context, CallOf<v1::ListTeamsRequest, v1::ListTeamsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const v1::ListTeamsRequest request = ready.request();
    // Whose leaders are asked for; empty: anybody's.
    const std::string leader = request.led_by_me() ? ready.principal().name : "";
    const std::string digest = paging::FilterDigest(
        {"teams", request.parent(), request.district(), leader, absl::StrCat(request.type()),
         absl::StrCat(request.level()), request.include_dissolved() ? "all" : ""});
    const auto size = paging::PageSize(request.page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return ready.Fail(after.status());
    const auto page =
        context.reads.documents().List<Team>(document::kAllOfThem, *after, *size, [&](const Team& team) {
          return (request.parent().empty() || team.parent() == request.parent()) &&
                 (request.district().empty() || team.district() == request.district()) &&
                 (leader.empty() || std::count(team.leaders().begin(), team.leaders().end(), leader) > 0) &&
                 (request.type() == Team::TYPE_UNSPECIFIED || team.type() == request.type()) &&
                 (request.level() == Team::LEVEL_UNSPECIFIED || team.level() == request.level()) &&
                 (request.include_dissolved() || team.state() != Team::DISSOLVED);
        });
    v1::ListTeamsResponse answer;
    if (!answer.ParseFromString(page.bytes)) return ready.Fail(absl::InternalError("unreadable page"));
    for (Team& team : *answer.mutable_teams()) HideLeaders(context, ready.principal(), &team);
    answer.set_next_page_token(context.pager.Encode(digest, page.next_after));
    ready.Answer(answer);
  });
}

void GetTeamSummary(const Context& context, CallOf<v1::GetTeamSummaryRequest, v1::TeamSummary> call) {
  const std::string name = call.request().name();
  if (auto ids = names::Parse("name", "teams/*", name); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, name](auto ready) {
    if (!LeadsTeam(context, ready.principal(), name)) return ready.Fail(refusal::NotFound(name));
    const int32_t asked = ready.request().year();
    const auto running = static_cast<int32_t>(calendar::DayOf(context.clock.Now()).year());
    ready.Answer(context.reads.teams().Summary(name, asked == 0 ? running : asked));
  });
}

void CountTeams(const Context& context, CallOf<v1::CountTeamsRequest, v1::CountTeamsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    ready.Answer(context.reads.teams().Count(ready.request()));
  });
}

}  // namespace

void AddTeamHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kTeamService, "CreateTeam", CreateTeam);
  Handle(service, context, kTeamService, "GetTeam", GetTeam);
  Handle(service, context, kTeamService, "ListTeams", ListTeams);
  Handle(service, context, kTeamService, "UpdateTeam", UpdateTeam);
  Handle(service, context, kTeamService, "DissolveTeam", DissolveTeam);
  Handle(service, context, kTeamService, "GetTeamSummary", GetTeamSummary);
  Handle(service, context, kTeamService, "CountTeams", CountTeams);
  AddTeamMemberHandlers(service, context);
}

}  // namespace kepu::volunteer
