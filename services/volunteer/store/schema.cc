#include "services/volunteer/store/schema.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/names/names.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {
namespace {

constexpr char kPerson[] = "person/";
constexpr char kShift[] = "shift/";

}  // namespace

std::string PersonKey(absl::string_view id) { return absl::StrCat(kPerson, id); }
std::string ShiftKey(absl::string_view id) { return absl::StrCat(kShift, id); }

absl::string_view PersonIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kPerson) ? key : absl::string_view();
}
absl::string_view ShiftIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kShift) ? key : absl::string_view();
}

reservation::Place PersonPlace(absl::string_view id) { return {names::PartitionOf(id), PersonKey(id)}; }
reservation::Place ShiftPlace(absl::string_view id) { return {names::PartitionOf(id), ShiftKey(id)}; }

std::string PersonIdOfUser(const store::KeyMaker& keys, absl::string_view user) {
  return names::MakeId(names::PartitionOfText(user), keys.Digest("volunteer", user));
}

uint32_t PartitionOfPlace(absl::string_view place) {
  const size_t slash = place.rfind('/');
  return names::PartitionOf(slash == absl::string_view::npos ? place : place.substr(slash + 1));
}

std::unique_ptr<aggregate::AnyAggregate> VolunteerSchema::Make(absl::string_view key) const {
  if (!PersonIdOf(key).empty()) return std::make_unique<domain::Person>();
  if (!ShiftIdOf(key).empty()) return std::make_unique<domain::Shift>();
  return nullptr;
}

absl::Status VolunteerSchema::Apply(aggregate::AnyAggregate& state, absl::string_view fact) const {
  domain::record::Fact parsed;
  if (!parsed.ParseFromArray(fact.data(), static_cast<int>(fact.size()))) {
    return absl::InternalError("unreadable fact");
  }
  if (auto* person = dynamic_cast<domain::Person*>(&state)) return domain::Apply(*person, parsed);
  if (auto* shift = dynamic_cast<domain::Shift*>(&state)) return domain::Apply(*shift, parsed);
  return absl::InternalError("no such aggregate");
}

absl::StatusOr<std::vector<std::string>> VolunteerSchema::Due(const aggregate::AnyAggregate& state,
                                                              absl::Time now) const {
  std::vector<std::string> bodies;
  absl::StatusOr<domain::Facts> facts = domain::Facts();
  if (const auto* shift = dynamic_cast<const domain::Shift*>(&state)) facts = domain::Due(*shift, now);
  if (const auto* person = dynamic_cast<const domain::Person*>(&state)) facts = domain::Due(*person, now);
  if (!facts.ok()) return facts.status();
  for (const domain::record::Fact& fact : *facts) bodies.push_back(fact.SerializeAsString());
  return bodies;
}

absl::Time VolunteerSchema::NextDue(const aggregate::AnyAggregate& state) const {
  if (const auto* shift = dynamic_cast<const domain::Shift*>(&state)) return domain::NextDue(shift->head());
  if (const auto* person = dynamic_cast<const domain::Person*>(&state))
    return domain::NextDue(person->head());
  return absl::InfiniteFuture();
}

}  // namespace kepu::volunteer
