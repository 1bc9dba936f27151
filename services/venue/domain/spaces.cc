#include "services/venue/domain/spaces.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using refusal::kNo;

constexpr absl::Duration kMaxBuffer = absl::Hours(24);

absl::Status CheckSpace(const v1::Space& space) {
  refusal::FieldErrors errors;
  if (space.display_name().zh().empty()) errors.Add("space.display_name.zh", "is required");
  if (space.kind() == v1::Space::KIND_UNSPECIFIED) errors.Add("space.kind", "is required");
  auto check_buffer = [&](const char* field, const google::protobuf::Duration& buffer) {
    const absl::Duration length = ToDuration(buffer);
    if (length < absl::ZeroDuration() || length > kMaxBuffer ||
        length != absl::Trunc(length, absl::Minutes(1)))
      errors.Add(field, "must be whole minutes, at most a day");
  };
  check_buffer("space.setup_duration", space.setup_duration());
  check_buffer("space.takedown_duration", space.takedown_duration());
  return errors.ToStatus();
}

// The whole of a new part: another space of the venue, in use, and not a part itself.
absl::Status CheckWhole(const VenueState& state, absl::string_view venue, absl::string_view id,
                        const v1::Space& space) {
  if (space.part_of().empty()) return absl::OkStatus();
  constexpr char kField[] = "space.part_of";
  const absl::string_view whole = IdOf(space.part_of());
  if (space.part_of() != SpaceName(venue, whole) || whole == id)
    return refusal::BadField(kField, "must be another space of this venue");
  auto found = FindSpace(state, venue, whole);
  if (absl::IsNotFound(found.status())) return refusal::BadField(kField, "there is no such space");
  if (!found.ok()) return found.status();
  if (!(*found)->part_of().empty())
    return refusal::BadField(kField, absl::StrCat("is a part itself; name the whole, ", (*found)->part_of()));
  if ((*found)->state() == v1::Space::RETIRED) return refusal::BadField(kField, "is no longer in use");
  return absl::OkStatus();
}

void AddOnce(std::vector<std::string>& spaces, const std::string& space) {
  if (std::find(spaces.begin(), spaces.end(), space) == spaces.end()) spaces.push_back(space);
}

absl::Status Unsuitable(const v1::Space& space, absl::string_view need, absl::string_view asked,
                        absl::string_view has) {
  return refusal::Refuse(kNo, "SPACE_UNSUITABLE",
                         {{"space", space.name()},
                          {"need", std::string(need)},
                          {"asked", std::string(asked)},
                          {"has", std::string(has)}});
}

}  // namespace

absl::StatusOr<Facts> DecideCreateSpace(const VenueState& state, absl::string_view venue,
                                        absl::string_view id, v1::Space space, absl::Time now) {
  if (auto found = FindVenue(state, venue); !found.ok()) return found.status();
  if (state.head().retired())
    return refusal::Refuse(kNo, "VENUE_RETIRED", {{"venue", VenueName(venue)}, {"date", "-"}});
  auto existing = state.Find(SpaceField(id));
  if (!existing.ok()) return existing.status();
  if (*existing != nullptr)
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", SpaceName(venue, id)}});
  if (state.head().spaces_size() >= kMaxSpaces)
    return refusal::Refuse(kNo, "TOO_MANY_SPACES",
                           {{"venue", VenueName(venue)}, {"max", absl::StrCat(kMaxSpaces)}});
  if (absl::Status status = CheckSpace(space); !status.ok()) return status;
  if (absl::Status status = CheckWhole(state, venue, id, space); !status.ok()) return status;
  StampNew(space, SpaceName(venue, id), now);
  if (space.state() == v1::Space::STATE_UNSPECIFIED) space.set_state(v1::Space::ACTIVE);
  Facts facts;
  *facts.emplace_back().mutable_space_created() = std::move(space);
  return facts;
}

absl::StatusOr<Facts> DecideUpdateSpace(const VenueState& state, absl::string_view venue,
                                        absl::string_view id, const std::string& etag,
                                        const Edit<v1::Space>& edit, absl::Time now) {
  auto found = FindSpace(state, venue, id);
  if (!found.ok()) return found.status();
  const v1::Space& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  v1::Space space = edit(base);
  // What takes the hall now was decided with the parts it has.
  if (space.part_of() != base.part_of())
    return refusal::BadField("space.part_of",
                             "cannot be changed; retire this space and make another one instead");
  StampChanged(space, base, now);
  if (space.state() == v1::Space::STATE_UNSPECIFIED) space.set_state(base.state());
  if (absl::Status status = CheckSpace(space); !status.ok()) return status;
  Facts facts;
  *facts.emplace_back().mutable_space_updated() = std::move(space);
  return facts;
}

std::vector<std::string> WithParts(const log::v1::VenueHead& head, const std::vector<std::string>& spaces) {
  std::vector<std::string> all = spaces;
  for (const std::string& space : spaces) {
    for (const auto& part : head.parts()) {
      const std::string& one = head.spaces(part.space());
      const std::string& whole = head.spaces(part.whole());
      if (whole == space) AddOnce(all, one);
      if (one == space) AddOnce(all, whole);
    }
  }
  return all;
}

absl::Status CheckSuits(const v1::Space& space, const v1::SpaceNeeds& needs, bool any_heads) {
  const std::tuple<const char*, int, int> kMeasures[] = {
      {"heads", any_heads ? 0 : needs.heads(), space.capacity()},
      {"area_m2", needs.area_m2(), space.area_m2()},
      {"power_kw", needs.power_kw(), space.power_kw()},
      {"floor_load_kg_m2", needs.floor_load_kg_m2(), space.floor_load_kg_m2()}};
  for (const auto& [need, asked, has] : kMeasures) {
    if (asked > has) return Unsuitable(space, need, absl::StrCat(asked), has == 0 ? "?" : absl::StrCat(has));
  }
  for (const std::string& item : needs.equipment()) {
    if (std::find(space.equipment().begin(), space.equipment().end(), item) == space.equipment().end())
      return Unsuitable(space, "equipment", item, "-");
  }
  return absl::OkStatus();
}

}  // namespace kepu::venue
