// Which schools were reached by attended visits, and which were not: as shares of the register, and as a work
// list.
#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "libs/calendar/timestamps.h"
#include "services/event/api/reach_figures.h"
#include "services/event/api/register.h"
#include "services/event/domain/fields.h"

namespace kepu::event {
namespace {

using GetReachCall = rpc::TypedCall<v1::GetReachRequest, v1::GetReachResponse>;
using ListSchoolsCall = rpc::TypedCall<v1::ListSchoolReachRequest, v1::ListSchoolReachResponse>;

struct Visits {
  int32_t visits = 0;
  int32_t person_visits = 0;
  absl::CivilDay last;
};

// By school as the register has it now: one that was merged counts for what it became. Schools that the
// register does not know are left out.
std::map<std::string, Visits> VisitsOf(const Context& context, const Registers& registers, const Days& days) {
  std::map<std::string, Visits> schools;
  context.read_model.attendance().Visit(
      days.first, days.last, "", [&](const AttendanceBook::Sitting& sitting) {
        for (const AttendanceBook::Part& part : sitting.parts) {
          if (part.what != AttendanceBook::What::kCame || part.school.empty()) continue;
          const Registers::School* school = registers.Find(part.school);
          if (school == nullptr) continue;
          Visits& visits = schools[school->name];
          visits.visits += part.parties;
          visits.person_visits += part.heads.All();
          visits.last = std::max(visits.last, sitting.day);
        }
        return true;
      });
  return schools;
}

struct Share {
  int32_t schools = 0, reached = 0, person_visits = 0;
};

void AddRow(v1::ReachRow::Dimension dimension, const std::string& key, const Share& share,
            v1::GetReachResponse* response) {
  v1::ReachRow* row = response->add_rows();
  row->set_dimension(dimension);
  row->set_key(key);
  row->set_schools(share.schools);
  row->set_reached(share.reached);
  if (share.schools > 0) row->set_percent(100.0 * share.reached / share.schools);
  row->set_person_visits(share.person_visits);
}

// Schools that are there today, with what they have of the period.
void CountSchools(const Registers& registers, const std::map<std::string, Visits>& visits,
                  const std::string& district, v1::GetReachResponse* response) {
  Share all;
  std::map<std::string, Share> districts, stages, traits;
  for (const auto& [name, one] : registers.districts)
    if (one.merged_into.empty() && (district.empty() || name == district)) districts[name];
  for (const Registers::School& school : registers.schools) {
    if (!school.counted || (!district.empty() && school.district != district)) continue;
    const auto found = visits.find(school.name);
    const auto count = [&](Share& share) {
      ++share.schools;
      if (found == visits.end()) return;
      ++share.reached;
      share.person_visits += found->second.person_visits;
    };
    count(all);
    count(districts[school.district]);
    count(stages[school.stage]);
    for (const std::string& trait : school.traits) count(traits[trait]);
  }
  AddRow(v1::ReachRow::ALL, district, all, response);
  for (const auto& [key, share] : districts) {
    AddRow(v1::ReachRow::DISTRICT, key, share, response);
    const auto one = registers.districts.find(key);
    if (one == registers.districts.end()) continue;
    response->mutable_rows()->rbegin()->mutable_display_name()->set_zh(one->second.zh);
    response->mutable_rows()->rbegin()->mutable_display_name()->set_en(one->second.en);
  }
  for (const auto& [key, share] : stages) AddRow(v1::ReachRow::STAGE, key, share, response);
  for (const auto& [key, share] : traits) AddRow(v1::ReachRow::TRAIT, key, share, response);
}

void CountGroups(const Context& context, const Registers& registers, const std::string& district,
                 const Days& days, v1::GetReachResponse* response) {
  std::map<std::string, int32_t> groups;
  Slicer slicer(context.read_model.documents(), &registers, {.scope = district}, By::kTargetGroup);
  context.read_model.attendance().Visit(
      days.first, days.last, "", [&](const AttendanceBook::Sitting& sitting) {
        for (const AttendanceBook::Part& part : sitting.parts) {
          if (part.what != AttendanceBook::What::kCame) continue;
          slicer.Slice({sitting.day, sitting.event, sitting.place, part.kind, part.school}, part.heads,
                       part.parties, [&groups](const std::string& key, const domain::Heads3& heads, int32_t) {
                         groups[key] += heads.All();
                       });
        }
        return true;
      });
  for (int group = v1::TargetGroup_MIN; group <= v1::TargetGroup_MAX; ++group) {
    const auto one = static_cast<v1::TargetGroup>(group);
    v1::GroupReach* row = response->add_groups();
    row->set_target_group(one);
    row->set_person_visits(groups[one == v1::TARGET_GROUP_UNSPECIFIED ? "" : v1::TargetGroup_Name(one)]);
  }
}

void GetReach(const ReachParts& parts, GetReachCall call) {
  const Context& context = parts.context;
  const std::string district = call.request().district();
  if (!district.empty()) {
    if (auto ids = names::Parse("district", "districts/*", district); !ids.ok())
      return call.Fail(ids.status());
  }
  const auto days = DaysOf("period", call.request().period(), context.school_rules, context.clock.Now());
  if (!days.ok()) return call.Fail(days.status());
  WithRegisters(parts, std::move(call), true, On::kWorkers,
                [&context, district, days = *days](GetReachCall& ready, const SchoolRegister::Answer& known) {
                  const Registers& registers = *known.registers;
                  const std::string now = district.empty() ? "" : registers.DistrictNow(district);
                  v1::GetReachResponse response;
                  CountSchools(registers, VisitsOf(context, registers, days), now, &response);
                  CountGroups(context, registers, now, days, &response);
                  calendar::SetMicros(absl::ToUnixMicros(registers.read_time),
                                      response.mutable_registers_as_of());
                  response.set_registers_stale(known.stale);
                  domain::SetDay(days.first, response.mutable_first_date());
                  domain::SetDay(days.last, response.mutable_last_date());
                  ready.Answer(response);
                });
}

bool Has(const std::vector<std::string>& all, const std::string& wanted) {
  return wanted.empty() || std::find(all.begin(), all.end(), wanted) != all.end();
}

// Who is to be served first comes first, then names.
std::string OrderOf(const Registers::School& school) {
  return absl::StrCat(school.served_first ? "0" : "1", school.name);
}

void ToSchool(const Context& context, const Registers::School& school, const Visits* visits, const Days& days,
              v1::SchoolReach* out) {
  out->set_name(school.name);
  out->mutable_display_name()->set_zh(school.zh);
  out->mutable_display_name()->set_en(school.en);
  out->set_district(school.district);
  out->set_stage(school.stage);
  for (const std::string& trait : school.traits) out->add_traits(trait);
  out->set_served_first(school.served_first);
  out->set_reached_before(context.read_model.attendance().FirstVisit(school.name) < days.first);
  if (visits == nullptr) return;
  out->set_visits(visits->visits);
  out->set_person_visits(visits->person_visits);
  domain::SetDay(visits->last, out->mutable_last_date());
}

// The schools of the list, in its order. One that is gone is no work any more, and its visits stay told.
std::vector<const Registers::School*> Chosen(const v1::ListSchoolReachRequest& request,
                                             const Registers& registers,
                                             const std::map<std::string, Visits>& visits) {
  using Request = v1::ListSchoolReachRequest;
  const bool of_school = absl::StartsWith(request.scope(), "schools/");
  const Registers::School* one = of_school ? registers.Find(request.scope()) : nullptr;
  const std::string district =
      of_school || request.scope().empty() ? "" : registers.DistrictNow(request.scope());
  std::vector<const Registers::School*> chosen;
  for (const Registers::School& school : registers.schools) {
    const bool reached = visits.contains(school.name);
    if ((!school.counted && !reached) || (of_school && &school != one)) continue;
    if (!district.empty() && school.district != district) continue;
    if (request.show() == Request::UNREACHED && reached) continue;
    if (request.show() == Request::REACHED && !reached) continue;
    if (!request.stage().empty() && request.stage() != school.stage) continue;
    if (Has(school.traits, request.trait())) chosen.push_back(&school);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const auto* a, const auto* b) { return OrderOf(*a) < OrderOf(*b); });
  return chosen;
}

void AnswerSchools(const Context& context, ListSchoolsCall& call, const Days& days,
                   const SchoolRegister::Answer& known) {
  const v1::ListSchoolReachRequest& request = call.request();
  const Registers& registers = *known.registers;
  if (absl::Status status = CheckScope(context, &registers, request.scope(), call.principal()); !status.ok())
    return call.Fail(status);
  if (absl::StartsWith(request.scope(), "schools/") && registers.Find(request.scope()) == nullptr)
    return call.Fail(refusal::NotFound(request.scope()));
  v1::ListSchoolReachRequest asked = request;
  asked.clear_page_size();
  asked.clear_page_token();
  const std::string filter = paging::FilterDigest({"ListSchoolReach", asked.SerializeAsString()});
  const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  const auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  const std::map<std::string, Visits> visits = VisitsOf(context, registers, days);
  const std::vector<const Registers::School*> chosen = Chosen(request, registers, visits);
  v1::ListSchoolReachResponse response;
  for (auto school =
           std::upper_bound(chosen.begin(), chosen.end(), *after,
                            [](const std::string&key, const auto*one) { return key < OrderOf(*one); });
       school != chosen.end(); ++school) {
    if (response.schools_size() == static_cast<int>(*size)) {
      response.set_next_page_token(context.pager.Encode(filter, OrderOf(**std::prev(school))));
      break;
    }
    const auto found = visits.find((*school)->name);
    ToSchool(context, **school, found == visits.end() ? nullptr : &found->second, days,
             response.add_schools());
  }
  response.set_total_size(static_cast<int32_t>(chosen.size()));
  calendar::SetMicros(absl::ToUnixMicros(registers.read_time), response.mutable_registers_as_of());
  response.set_registers_stale(known.stale);
  call.Answer(response);
}

void ListSchoolReach(const ReachParts& parts, ListSchoolsCall call) {
  const v1::ListSchoolReachRequest& request = call.request();
  refusal::FieldErrors errors;
  if (!request.scope().empty() && !names::Parse("", "districts/*", request.scope()).ok() &&
      !names::Parse("", "schools/*", request.scope()).ok())
    errors.Add("scope", "must be a district or a school, like \"districts/yubei\"");
  if (!v1::ListSchoolReachRequest::Show_IsValid(request.show()))
    errors.Add("show", "must be UNREACHED, REACHED or ALL");
  if (absl::Status status = errors.ToStatus(); !status.ok()) return call.Fail(status);
  const auto days = DaysOf("period", request.period(), parts.context.school_rules, parts.context.clock.Now());
  if (!days.ok()) return call.Fail(days.status());
  WithRegisters(parts, std::move(call), true, On::kWorkers,
                [&parts, days = *days](ListSchoolsCall& ready, const SchoolRegister::Answer& known) {
                  AnswerSchools(parts.context, ready, days, known);
                });
}

}  // namespace

void AddReachHandlers(rpc::Service& service, const ReachParts& parts) {
  service.Handle<v1::GetReachRequest, v1::GetReachResponse>(
      kReachService, "GetReach", [&parts](GetReachCall call) { GetReach(parts, std::move(call)); });
  service.Handle<v1::ListSchoolReachRequest, v1::ListSchoolReachResponse>(
      kReachService, "ListSchoolReach",
      [&parts](ListSchoolsCall call) { ListSchoolReach(parts, std::move(call)); });
}

}  // namespace kepu::event
