#include "services/identity/domain/registers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

using google::protobuf::Message;
// Puts the field at `path` of `from` in the place of that of `to`; an unset one clears it.
void Replace(const Message& from, absl::string_view path, Message& to) {
  const size_t dot = path.find('.');
  const auto* field = from.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr) return;
  if (dot != absl::string_view::npos) {
    if (field->is_repeated() || field->message_type() == nullptr) return;
    return Replace(from.GetReflection()->GetMessage(from, field), path.substr(dot + 1),
                   *to.GetReflection()->MutableMessage(&to, field));
  }
  std::unique_ptr<Message> only(from.New());
  only->CopyFrom(from);
  std::vector<const google::protobuf::FieldDescriptor*> set;
  only->GetReflection()->ListFields(*only, &set);
  for (const auto* other : set) {
    if (other != field) only->GetReflection()->ClearField(only.get(), other);
  }
  to.GetReflection()->ClearField(&to, field);
  to.MergeFrom(*only);
}

// What of `mask` callers may write; what only the server sets is left out without a word.
std::vector<std::string> Writable(const Message& change, const std::vector<std::string>& mask) {
  std::vector<std::string> wanted = mask;
  if (wanted.empty()) {
    std::vector<const google::protobuf::FieldDescriptor*> set;
    change.GetReflection()->ListFields(change, &set);
    for (const auto* field : set) wanted.push_back(field->name());
  }
  std::vector<std::string> out;
  for (const std::string& path : wanted) {
    const auto* field = change.GetDescriptor()->FindFieldByName(path.substr(0, path.find('.')));
    if (field == nullptr || field->name() == "name" || field->name() == "etag") continue;
    if (!field->options().GetExtension(kepu::options::v1::field).output_only()) out.push_back(path);
  }
  return out;
}

// Who had another name is found by it: the name that is given up goes to the former ones, unless the caller
// says what those are.
void KeepFormerName(const Message& before, const google::type::Date& today,
                    const std::vector<std::string>& mask, Message& next) {
  const auto* type = next.GetDescriptor();
  const auto* names = type->FindFieldByName("former_names");
  const auto* shown = type->FindFieldByName("display_name");
  if (names == nullptr || std::find(mask.begin(), mask.end(), names->name()) != mask.end()) return;
  const auto& was = static_cast<const v1::LocalText&>(before.GetReflection()->GetMessage(before, shown));
  if (was.zh() == static_cast<const v1::LocalText&>(next.GetReflection()->GetMessage(next, shown)).zh())
    return;
  auto& former = static_cast<v1::Organization::FormerName&>(*next.GetReflection()->AddMessage(&next, names));
  *former.mutable_name() = was;
  *former.mutable_until() = today;
}

}  // namespace

const Message& ResourceOf(const record::RegisterRecord& entry) {
  switch (entry.resource_case()) {
    case record::RegisterRecord::kOrganization:
      return entry.organization();
    case record::RegisterRecord::kDistrict:
      return entry.district();
    case record::RegisterRecord::kTown:
      return entry.town();
    case record::RegisterRecord::kCommunity:
      return entry.community();
    default:
      return entry.school();
  }
}

Message& MutableResourceOf(record::RegisterRecord& entry) {
  switch (entry.resource_case()) {
    case record::RegisterRecord::kOrganization:
      return *entry.mutable_organization();
    case record::RegisterRecord::kDistrict:
      return *entry.mutable_district();
    case record::RegisterRecord::kTown:
      return *entry.mutable_town();
    case record::RegisterRecord::kCommunity:
      return *entry.mutable_community();
    default:
      return *entry.mutable_school();
  }
}

std::string NameOf(const record::RegisterRecord& entry) {
  const Message& resource = ResourceOf(entry);
  return resource.GetReflection()->GetString(resource, resource.GetDescriptor()->FindFieldByName("name"));
}

std::string DistrictOf(const record::RegisterRecord& entry) {
  switch (entry.resource_case()) {
    case record::RegisterRecord::kOrganization:
      return entry.organization().district();
    case record::RegisterRecord::kTown:
      return entry.town().district();
    case record::RegisterRecord::kSchool:
      return entry.school().district();
    case record::RegisterRecord::kCommunity:
      return entry.community().district();
    default:
      return "";
  }
}

std::string TownOf(const record::RegisterRecord& entry) {
  if (entry.has_community()) return entry.community().town();
  return entry.has_school() ? entry.school().town() : "";
}

std::string EtagOf(const record::RegisterRecord& entry) { return absl::StrCat("r", entry.revision()); }

bool InForce(const v1::District& district, const google::type::Date& day) {
  if (district.has_established_date() && DayOf(day) < DayOf(district.established_date())) return false;
  return !district.has_abolished_date() || DayOf(day) < DayOf(district.abolished_date());
}

absl::StatusOr<Facts> CreateEntry(const Register& entry, record::RegisterRecord fresh) {
  if (entry.Exists()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", NameOf(fresh)}});
  }
  if (absl::Status status = CheckEntry(fresh); !status.ok()) return status;
  fresh.set_revision(1);
  Facts facts(1);
  *facts[0].mutable_register_put() = std::move(fresh);
  return facts;
}

absl::StatusOr<Facts> UpdateEntry(const Register& entry, absl::string_view name,
                                  const record::RegisterRecord& change, const std::vector<std::string>& mask,
                                  absl::string_view etag, const google::type::Date& today) {
  if (!entry.Exists()) return refusal::NotFound(name);
  if (!etag.empty() && etag != EtagOf(entry.head())) {
    return refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH", {{"name", std::string(name)}});
  }
  record::RegisterRecord next = entry.head();
  const Message& from = ResourceOf(change);
  const std::vector<std::string> written = Writable(from, mask);
  for (const std::string& path : written) Replace(from, path, MutableResourceOf(next));
  if (entry.head().has_town() && next.town().district() != entry.head().town().district()) {
    return refusal::BadField("town.district", "is changed by towns/*:move, with the day from which it is so");
  }
  KeepFormerName(ResourceOf(entry.head()), today, written, MutableResourceOf(next));
  if (absl::Status status = CheckEntry(next); !status.ok()) return status;
  next.set_revision(next.revision() + 1);
  Facts facts(1);
  *facts[0].mutable_register_put() = std::move(next);
  return facts;
}

absl::StatusOr<Facts> MergeDistrict(const Register& entry, absl::string_view name, absl::string_view into,
                                    const google::type::Date& day) {
  if (!entry.Exists()) return refusal::NotFound(name);
  if (absl::Status status = CheckDay("effective_date", day); !status.ok()) return status;
  if (name == into) return refusal::BadField("into", "must be another district");
  const v1::District& now = entry.head().district();
  if (now.has_abolished_date()) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "DISTRICT_ENDED",
                           {{"name", std::string(name)}, {"into", now.merged_into()}});
  }
  Facts facts(1);
  record::RegisterRecord& next = *facts[0].mutable_register_put();
  next = entry.head();
  next.set_revision(next.revision() + 1);
  v1::District& district = *next.mutable_district();
  *district.mutable_abolished_date() = day;
  district.set_merged_into(std::string(into));
  for (v1::District::Code& code : *district.mutable_codes()) {
    if (!code.has_valid_until()) *code.mutable_valid_until() = day;
  }
  return facts;
}

absl::StatusOr<Facts> MoveTown(const Register& entry, absl::string_view name, absl::string_view into,
                               const google::type::Date& day, const google::type::Date& today) {
  if (!entry.Exists()) return refusal::NotFound(name);
  if (absl::Status status = CheckDay("effective_date", day); !status.ok()) return status;
  if (DayOf(day) > DayOf(today))
    return refusal::BadField("effective_date",
                             "must be today or earlier: a change is entered when it is in force");
  const v1::Town& now = entry.head().town();
  if (now.district() == into)
    return refusal::BadField("into", "must be another district than the one it is in");
  if (!now.former_districts().empty() && DayOf(day) <= DayOf(now.former_districts().rbegin()->until())) {
    return refusal::BadField("effective_date", "must be after the day of the last move");
  }
  Facts facts(1);
  record::RegisterRecord& next = *facts[0].mutable_register_put();
  next = entry.head();
  next.set_revision(next.revision() + 1);
  v1::Town::FormerDistrict& former = *next.mutable_town()->add_former_districts();
  former.set_district(now.district());
  *former.mutable_until() = day;
  next.mutable_town()->set_district(std::string(into));
  return facts;
}

absl::StatusOr<Facts> MergeEntries(const Merges& merges, absl::string_view name, absl::string_view into) {
  if (name == into) return refusal::BadField("into", "must be another entry");
  const absl::StatusOr<const record::MergeRecord*> gone = merges.Find(name);
  const absl::StatusOr<const record::MergeRecord*> target = merges.Find(into);
  if (!gone.ok()) return gone.status();
  if (!target.ok()) return target.status();
  for (const auto& [found, which] : {std::pair(*gone, name), std::pair(*target, into)}) {
    if (found == nullptr) continue;
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "ENTRY_MERGED",
                           {{"name", std::string(which)}, {"into", found->into()}});
  }
  Facts facts(1);
  facts[0].mutable_entries_merged()->set_name(std::string(name));
  facts[0].mutable_entries_merged()->set_into(std::string(into));
  return facts;
}

absl::Status ApplyToMerges(Merges& merges, const record::Fact& fact) {
  if (!fact.has_entries_merged()) return absl::InternalError("a fact that is not of merged entries");
  record::MergeRecord child;
  child.set_into(fact.entries_merged().into());
  merges.Put(fact.entries_merged().name(), std::move(child));
  merges.mutable_head().set_merged(merges.head().merged() + 1);
  return absl::OkStatus();
}

absl::Status ApplyToRegister(Register& entry, const record::Fact& fact) {
  if (!fact.has_register_put()) return absl::InternalError("a fact that is not about a register");
  entry.mutable_head() = fact.register_put();
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
