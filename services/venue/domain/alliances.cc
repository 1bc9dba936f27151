#include "services/venue/domain/alliances.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/find.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/state.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

absl::Status CheckAlliance(const v1::Alliance& alliance) {
  refusal::FieldErrors errors;
  if (alliance.display_name().zh().empty()) errors.Add("alliance.display_name.zh", "is required");
  if (!names::Parse("alliance.lead", "venues/*", alliance.lead()).ok())
    errors.Add("alliance.lead", "must be a name of the form venues/*");
  std::set<std::string> seen = {alliance.lead()};
  for (int i = 0; i < alliance.members_size(); ++i) {
    const std::string field = absl::StrCat("alliance.members[", i, "]");
    if (!names::Parse(field, "venues/*", alliance.members(i)).ok() ||
        !seen.insert(alliance.members(i)).second)
      errors.Add(field, "must be a name of the form venues/*, each once and not the lead");
  }
  return errors.ToStatus();
}

AllianceFacts Put(v1::Alliance alliance) {
  AllianceFacts facts;
  *facts.emplace_back().mutable_alliance_put() = std::move(alliance);
  return facts;
}

}  // namespace

std::string AllianceName(absl::string_view alliance) { return absl::StrCat("alliances/", alliance); }

absl::StatusOr<const v1::Alliance*> FindAlliance(const AllianceState& state, absl::string_view alliance) {
  return FindIn(state, kInfoField, AllianceName(alliance), &log::v1::AllianceChild::has_alliance,
                &log::v1::AllianceChild::alliance);
}

absl::StatusOr<AllianceFacts> DecideCreateAlliance(const AllianceState& state, absl::string_view id,
                                                   v1::Alliance alliance, absl::Time now) {
  StampNew(alliance, AllianceName(id), now);
  if (state.Exists())
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", alliance.name()}});
  if (absl::Status status = CheckAlliance(alliance); !status.ok()) return status;
  return Put(std::move(alliance));
}

absl::StatusOr<AllianceFacts> DecideUpdateAlliance(const AllianceState& state, absl::string_view id,
                                                   const std::string& etag, const Edit<v1::Alliance>& edit,
                                                   absl::Time now) {
  auto found = FindAlliance(state, id);
  if (!found.ok()) return found.status();
  const v1::Alliance& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  v1::Alliance alliance = edit(base);
  StampChanged(alliance, base, now);
  if (absl::Status status = CheckAlliance(alliance); !status.ok()) return status;
  return Put(std::move(alliance));
}

absl::Status Apply(AllianceState& state, const log::v1::AllianceFact& fact) {
  if (!fact.has_alliance_put()) return absl::InternalError("no fact of an alliance");
  state.mutable_head().set_id(std::string(IdOf(fact.alliance_put().name())));
  log::v1::AllianceChild child;
  *child.mutable_alliance() = fact.alliance_put();
  state.Put(kInfoField, std::move(child));
  return absl::OkStatus();
}

}  // namespace kepu::venue
