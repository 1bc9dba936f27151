#include "services/event/api/reach_figures.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kepu/event/v1/campaign.pb.h"
#include "libs/auth/access.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/fields.h"

namespace kepu::event {
namespace {

// A year's figures in days take a moment; a century would take a minute.
constexpr int64_t kMaxDays = 3700;

absl::StatusOr<Days> DaysOfTerm(absl::string_view field, const std::string& term,
                                const domain::SchoolRules& rules) {
  std::vector<std::string> known;
  for (const domain::Term& one : rules.terms) {
    if (one.id == term) return Days{one.first, one.last};
    known.push_back(one.id);
  }
  int year = 0;
  if (term.size() == 4 && absl::SimpleAtoi(term, &year) && year >= 2000 && year <= 2200)
    return Days{absl::CivilDay(year, 1, 1), absl::CivilDay(year, 12, 31)};
  return refusal::BadField(absl::StrCat(field, ".term"),
                           absl::StrCat("must be a year or one of ", absl::StrJoin(known, ", ")));
}

const std::vector<std::string>& SeeingRoles() {
  static const auto& roles =
      *new std::vector<std::string>{"teacher",      "school_admin", "venue_staff",    "venue_admin",
                                    "caravan_crew", "department",   "district_admin", "city_admin"};
  return roles;
}

bool HoldsOn(const rpc::Principal& caller, const std::vector<std::string>& roles, absl::string_view name) {
  return !name.empty() && auth::HoldsAnyOn(caller, roles, name, nullptr);
}

// What contains the scope, as far as this service knows.
bool SeesFromAbove(const Context& context, const Registers* registers, const std::string& scope,
                   const rpc::Principal& caller) {
  const document::Shelf& documents = context.read_model.documents();
  if (const auto event = documents.Find<v1::Event>(scope)) {
    return HoldsOn(caller, {"venue_staff", "venue_admin", "caravan_crew"}, event->place()) ||
           HoldsOn(caller, {"district_admin"}, event->district()) ||
           HoldsOn(caller, {"department"}, event->lead_unit());
  }
  if (const auto campaign = documents.Find<v1::Campaign>(scope)) {
    const auto& units = campaign->lead_units();
    return HoldsOn(caller, {"district_admin"}, campaign->district()) ||
           std::any_of(units.begin(), units.end(),
                       [&](const std::string& unit) { return HoldsOn(caller, {"department"}, unit); });
  }
  const Registers::School* school = registers == nullptr ? nullptr : registers->Find(scope);
  return school != nullptr && HoldsOn(caller, {"district_admin"}, school->district);
}

std::string NameOfGroup(v1::TargetGroup group) {
  return group == v1::TARGET_GROUP_UNSPECIFIED ? "" : v1::TargetGroup_Name(group);
}

}  // namespace

absl::StatusOr<Days> DaysOf(absl::string_view field, const v1::Period& period,
                            const domain::SchoolRules& rules, absl::Time now) {
  const bool days = period.has_first_date() || period.has_last_date();
  if (!period.term().empty()) {
    if (days) return refusal::BadField(absl::StrCat(field, ".term"), "must not be given with days");
    return DaysOfTerm(field, period.term(), rules);
  }
  if (!days) {
    const int64_t year = calendar::DayOf(now).year();
    return Days{absl::CivilDay(year, 1, 1), absl::CivilDay(year, 12, 31)};
  }
  refusal::FieldErrors errors;
  domain::CheckDays(field, period.first_date(), period.last_date(), &errors);
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  const Days found = {domain::DayIn(period.first_date()), domain::DayIn(period.last_date())};
  if (found.last - found.first <= kMaxDays) return found;
  return refusal::BadField(absl::StrCat(field, ".last_date"), "must be within ten years of the first");
}

bool NeedsRegisters(const FigureFilter& filter, By by) {
  return by == By::kDistrict || absl::StartsWith(filter.scope, "districts/") ||
         absl::StartsWith(filter.scope, "schools/");
}

absl::Status RegistersUnknown() {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", SchoolRegister::kRetryAfter,
                           {{"service", "identity"}});
}

absl::Status CheckScope(const Context& context, const Registers* registers, const std::string& scope,
                        const rpc::Principal& caller) {
  if (auth::HoldsAnyOn(caller, SeeingRoles(), scope.empty() ? auth::kCity : scope, nullptr))
    return absl::OkStatus();
  if (SeesFromAbove(context, registers, scope, caller)) return absl::OkStatus();
  if (!scope.empty()) return refusal::NotFound(scope);
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                         {{"needed", "city_admin"}});
}

const Slicer::EventFacts& Slicer::FactsOf(absl::string_view event) {
  const auto known = events_.find(event);
  if (known != events_.end()) return known->second;
  EventFacts& facts = events_[std::string(event)];
  facts.name = absl::StrCat("events/", event);
  const auto found = documents_.Find<v1::Event>(facts.name);
  if (found == nullptr) return facts;
  facts.district = registers_ == nullptr ? found->district() : registers_->DistrictNow(found->district());
  facts.campaign = found->campaign();
  facts.place = found->place();
  facts.group = domain::GroupOf(found->target_groups());
  return facts;
}

std::string Slicer::DistrictOf(const EventFacts& event, absl::string_view school) const {
  if (school.empty() || registers_ == nullptr) return event.district;
  const Registers::School* found = registers_->Find(school);
  return found == nullptr ? "" : found->district;
}

bool Slicer::Within(const EventFacts& event, absl::string_view place, absl::string_view school) const {
  const std::string& scope = filter_.scope;
  if (scope.empty()) return true;
  if (absl::StartsWith(scope, "districts/"))
    return DistrictOf(event, school) == registers_->DistrictNow(scope);
  if (absl::StartsWith(scope, "events/")) return event.name == scope;
  if (absl::StartsWith(scope, "campaigns/")) return event.campaign == scope;
  if (!absl::StartsWith(scope, "schools/"))
    return place == scope || absl::StartsWith(place, absl::StrCat(scope, "/"));
  // A school that was merged is the one that it became.
  if (school == scope) return true;
  const Registers::School* found = registers_->Find(school);
  return found != nullptr && found == registers_->Find(scope);
}

std::string Slicer::KeyOf(const EventFacts& event, const Whereabouts& where) const {
  switch (by_) {
    case By::kDistrict:
      return DistrictOf(event, where.school);
    case By::kKind:
      return where.kind == v1::Booking::KIND_UNSPECIFIED ? "" : v1::Booking::Kind_Name(where.kind);
    case By::kEvent:
      return event.name;
    case By::kCampaign:
      return event.campaign;
    case By::kPlace:
      return std::string(where.place);
    case By::kMonth:
      return calendar::FormatDate(where.day).substr(0, 7);
    case By::kDay:
      return calendar::FormatDate(where.day);
    case By::kSchool: {
      const Registers::School* found = registers_ == nullptr ? nullptr : registers_->Find(where.school);
      return found == nullptr ? std::string(where.school) : found->name;
    }
    default:
      return "";
  }
}

void Slicer::Slice(const Whereabouts& where, const domain::Heads3& heads, int32_t parties,
                   const std::function<void(const std::string&, const domain::Heads3&, int32_t)>& put) {
  if (filter_.kind != v1::Booking::KIND_UNSPECIFIED && filter_.kind != where.kind) return;
  const EventFacts& event = FactsOf(where.event);
  if (!Within(event, where.place, where.school)) return;
  const bool one_group = filter_.group != v1::TARGET_GROUP_UNSPECIFIED;
  if (by_ != By::kTargetGroup) {
    if (!one_group) return put(KeyOf(event, where), heads, parties);
    const domain::Heads3 of_group = domain::OfGroup(heads, event.group, filter_.group);
    if (of_group.All() > 0) put(KeyOf(event, where), of_group, 0);
    return;
  }
  for (const v1::TargetGroup group : {v1::TARGET_GROUP_MINORS, event.group}) {
    const domain::Heads3 of_group = domain::OfGroup(heads, event.group, group);
    if ((!one_group || filter_.group == group) && of_group.All() > 0) put(NameOfGroup(group), of_group, 0);
  }
}

bool Slicer::KeyOfDeclared(absl::CivilDay day, const std::string& event, std::string* key) {
  if (filter_.kind != v1::Booking::KIND_UNSPECIFIED || filter_.group != v1::TARGET_GROUP_UNSPECIFIED ||
      absl::StartsWith(filter_.scope, "schools/"))
    return false;
  const EventFacts& facts = FactsOf(absl::string_view(event).substr(event.find('/') + 1));
  if (!Within(facts, facts.place, "")) return false;
  *key = KeyOf(facts, {day, event, facts.place, v1::Booking::KIND_UNSPECIFIED, ""});
  return true;
}

std::string Pack(const TracePlace& place) {
  return absl::StrCat(calendar::FormatDate(place.day), " ", place.session, " ", place.index);
}

absl::StatusOr<TracePlace> UnpackTrace(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  TracePlace place;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[2], &place.index))
    return refusal::BadField("page_token", "is not one that was answered");
  const auto day = calendar::ParseDate("page_token", parts[0]);
  if (!day.ok()) return day.status();
  place.day = *day;
  place.session = parts[1];
  return place;
}

}  // namespace kepu::event
