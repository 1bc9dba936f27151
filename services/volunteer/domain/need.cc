#include "services/volunteer/domain/need.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/role.h"

namespace kepu::volunteer::domain {
namespace {

v1::NeedSource SourceOf(const v1::NeedTemplate& need) {
  if (!need.session().empty()) return v1::OF_SESSION;
  if (!need.programme().empty()) return v1::OF_PROGRAMME;
  return need.event_kind().empty() ? v1::OF_PLACE : v1::OF_EVENT_KIND;
}

bool IsFor(const v1::NeedTemplate& need, const NeedSubject& subject) {
  if (need.retired() || (!need.place().empty() && need.place() != subject.place)) return false;
  switch (SourceOf(need)) {
    case v1::OF_SESSION:
      return need.session() == subject.session;
    case v1::OF_PROGRAMME:
      return need.programme() == subject.programme;
    case v1::OF_EVENT_KIND:
      return need.event_kind() == subject.event_kind;
    default:
      return need.place() == subject.place;
  }
}

// The less, the nearer.
auto NearnessOf(const v1::NeedTemplate& need) {
  return std::make_tuple(SourceOf(need), need.place().empty(), -calendar::MicrosOf(need.update_time()),
                         need.name());
}

void Warn(v1::PlanWarning::Kind kind, const std::string& role, PlannedShifts* planned) {
  v1::PlanWarning& warning = planned->warnings.emplace_back();
  warning.set_kind(kind);
  warning.set_role(role);
}

// How many of the row, with what there is to say about it.
int32_t NumberOf(const v1::NeedRow& row, const v1::Role& role, int32_t heads, PlannedShifts* planned) {
  if (row.per_heads() > 0 && heads == 0) Warn(v1::PlanWarning::HEADS_UNKNOWN, row.role(), planned);
  const int32_t number = std::max(1, NeededFor(row, heads));
  if (number > 1 || !role.requirements().two_adults()) return number;
  if (row.per_heads() == 0 || heads > 0) Warn(v1::PlanWarning::TWO_ADULTS, row.role(), planned);
  return 2;
}

absl::Status AddRow(const PlanFrame& frame, const v1::NeedRow& row, const v1::Role& role,
                    PlannedShifts* planned) {
  ShiftCommand whole;
  whole.place = frame.subject.place;
  whole.session = frame.subject.session;
  whole.stop = frame.stop;
  whole.plan = frame.name;
  whole.draft = true;
  whole.whereabouts = frame.whereabouts;
  whole.role_name = row.role();
  whole.sign_up_mode = v1::SIGN_UP_MODE_UNSPECIFIED;
  whole.trainee_places = row.trainee_places();
  // From now on the number follows the bookings of the session.
  if (!frame.subject.session.empty()) whole.per_heads = row.per_heads();
  whole.needed = NumberOf(row, role, frame.heads, planned);
  if (whole.needed > kNeededMax)
    return refusal::BadField("heads", absl::StrCat("ask for more than 500 people of ", row.role()));
  const absl::Time start = frame.start - absl::Minutes(std::max(row.minutes_before(), role.minutes_before()));
  const absl::Time end = frame.end + absl::Minutes(std::max(row.minutes_after(), role.minutes_after()));
  for (const auto& [from, to] : SlotsOf(start, end, row.slot_hours_max())) {
    ShiftCommand& shift = planned->shifts.emplace_back(whole);
    shift.start = from;
    shift.end = to;
    if (absl::Status status = TakeRole(&role, &shift); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

int32_t NeededFor(const v1::NeedRow& rule, int32_t heads) {
  const int32_t by_heads = rule.per_heads() <= 0 ? 0 : (heads + rule.per_heads() - 1) / rule.per_heads();
  return std::max({rule.count(), by_heads, rule.count_min()});
}

absl::Status CheckRows(absl::string_view field, const google::protobuf::RepeatedPtrField<v1::NeedRow>& rows) {
  refusal::FieldErrors errors;
  for (int i = 0; i < rows.size(); ++i) {
    const std::string at = absl::StrCat(field, "[", i, "]");
    if (!names::Parse("", "roles/*", rows[i].role()).ok())
      errors.Add(absl::StrCat(at, ".role"), "must be like roles/*");
    if ((rows[i].count() > 0) == (rows[i].per_heads() > 0))
      errors.Add(absl::StrCat(at, ".count"), "give one of count and per_heads");
    if (rows[i].count() > 0 && rows[i].count_min() > 0)
      errors.Add(absl::StrCat(at, ".count_min"), "goes with per_heads");
  }
  return errors.ToStatus();
}

absl::Status CheckNeedTemplate(v1::NeedTemplate& need) {
  refusal::FieldErrors errors;
  if (need.title().zh().empty()) errors.Add("need_template.title.zh", "is required");
  const int subjects = !need.session().empty() + !need.programme().empty() + !need.event_kind().empty();
  if (subjects > 1)
    errors.Add("need_template.session", "give at most one of session, programme and event_kind");
  const bool place =
      names::Parse("", "venues/*", need.place()).ok() || names::Parse("", "caravans/*", need.place()).ok();
  if (!need.place().empty() && !place)
    errors.Add("need_template.place", "must be like venues/* or caravans/*");
  if (subjects == 0 && need.place().empty()) errors.Add("need_template.place", "is required");
  if (!need.session().empty() && need.place().empty())
    errors.Add("need_template.place", "is required: that of the session");
  if (!need.session().empty() && !names::Parse("", "events/*/sessions/*", need.session()).ok())
    errors.Add("need_template.session", "must be like events/*/sessions/*");
  if (!need.programme().empty() && !names::Parse("", "programmes/*", need.programme()).ok())
    errors.Add("need_template.programme", "must be like programmes/*");
  if (!errors.empty()) return errors.ToStatus();
  return CheckRows("need_template.rows", need.rows());
}

std::string NeedScope(const v1::NeedTemplate& need) {
  switch (SourceOf(need)) {
    case v1::OF_SESSION:
      return need.session();
    case v1::OF_PROGRAMME:
      return need.programme();
    case v1::OF_EVENT_KIND:
      return absl::StrCat("kind ", need.event_kind());
    default:
      return need.place();
  }
}

std::vector<std::string> NeedScopes(const NeedSubject& subject) {
  std::vector<std::string> scopes = {subject.session, subject.programme, subject.place};
  if (!subject.event_kind.empty()) scopes.push_back(absl::StrCat("kind ", subject.event_kind));
  scopes.erase(std::remove(scopes.begin(), scopes.end(), ""), scopes.end());
  return scopes;
}

Need ResolveNeed(const std::vector<v1::NeedRow>& given, const std::vector<v1::NeedTemplate>& templates,
                 const NeedSubject& subject) {
  if (!given.empty()) return {v1::GIVEN, "", given};
  const v1::NeedTemplate* nearest = nullptr;
  for (const v1::NeedTemplate& need : templates) {
    if (!IsFor(need, subject)) continue;
    if (nearest == nullptr || NearnessOf(need) < NearnessOf(*nearest)) nearest = &need;
  }
  if (nearest == nullptr) return {};
  return {SourceOf(*nearest), nearest->name(), {nearest->rows().begin(), nearest->rows().end()}};
}

std::vector<std::pair<absl::Time, absl::Time>> SlotsOf(absl::Time start, absl::Time end, int32_t hours_max) {
  const absl::Duration most = hours_max == 0 ? kShiftMax : std::min(kShiftMax, absl::Hours(hours_max));
  const int64_t minutes = absl::ToInt64Minutes(absl::Ceil(end - start, absl::Minutes(1)));
  const int64_t most_minutes = absl::ToInt64Minutes(most);
  const int64_t parts = std::max<int64_t>(1, (minutes + most_minutes - 1) / most_minutes);
  std::vector<std::pair<absl::Time, absl::Time>> slots;
  for (int64_t i = 0; i < parts; ++i) {
    const absl::Time from = start + absl::Minutes(minutes * i / parts);
    const absl::Time to = i + 1 == parts ? end : start + absl::Minutes(minutes * (i + 1) / parts);
    slots.emplace_back(from, to);
  }
  return slots;
}

absl::StatusOr<PlannedShifts> PlanOf(const PlanFrame& frame, const Need& need,
                                     const std::function<const v1::Role*(const std::string&)>& role_of) {
  if (frame.end <= frame.start) return refusal::BadField("end_time", "must come after start_time");
  if (frame.end - frame.start > kPlanMax) return refusal::BadField("end_time", "a plan is for a day at most");
  PlannedShifts planned;
  if (need.rows.empty()) Warn(v1::PlanWarning::NOBODY_SAID_HOW_MANY, "", &planned);
  for (size_t i = 0; i < need.rows.size(); ++i) {
    const v1::NeedRow& row = need.rows[i];
    const v1::Role* role = role_of(row.role());
    if (role == nullptr && need.source == v1::GIVEN)
      return refusal::BadField(absl::StrCat("rows[", i, "].role"), "is not a role");
    if (role == nullptr || role->retired()) {
      Warn(v1::PlanWarning::ROLE_RETIRED, row.role(), &planned);
      continue;
    }
    if (absl::Status status = AddRow(frame, row, *role, &planned); !status.ok()) return status;
  }
  if (planned.shifts.size() <= kPlanShiftsMax) return planned;
  return refusal::BadField("rows", absl::StrCat("make ", planned.shifts.size(), " shifts; at most ",
                                                kPlanShiftsMax, " in one plan"));
}

}  // namespace kepu::volunteer::domain
