#include "services/event/api/school_register.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/calendar/dates.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

namespace identity = ::kepu::identity::v1;

constexpr char kRegisterService[] = "/kepu.identity.v1.DirectoryService/";
// Of one page: it comes from memory.
constexpr absl::Duration kPagePatience = absl::Seconds(1);
constexpr int kRegisterPageSize = 100;

absl::CivilDay DayOfEntry(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

Registers::School ReadSchool(const identity::School& school, absl::CivilDay today) {
  Registers::School read;
  read.name = school.name();
  read.zh = school.display_name().zh();
  read.en = school.display_name().en();
  read.district = school.district();
  read.stage = identity::School::Stage_Name(school.stage());
  read.served_first = school.stage() == identity::School::SPECIAL;
  for (const int trait : school.traits()) {
    read.traits.push_back(identity::School::Trait_Name(trait));
    read.served_first |= trait == identity::School::REMOTE;
  }
  if (school.has_retire_date() && DayOfEntry(school.retire_date()) <= today) read.counted = false;
  if (school.has_established_date() && today < DayOfEntry(school.established_date())) read.counted = false;
  return read;
}

}  // namespace

const Registers::School* Registers::Find(absl::string_view school) const {
  const auto it = by_name.find(school);
  return it == by_name.end() ? nullptr : &schools[it->second];
}

std::string Registers::DistrictNow(absl::string_view district) const {
  std::string now(district);
  // Mergers of mergers are few, and never in a ring.
  for (int steps = 0; steps < 8; ++steps) {
    const auto it = districts.find(now);
    if (it == districts.end() || it->second.merged_into.empty()) break;
    now = it->second.merged_into;
  }
  return now;
}

struct SchoolRegister::Reading {
  Registers registers;
  absl::CivilDay today;
  int pages = 0;
  std::vector<std::string> merged;  // to be asked for
};

rpc::Context SchoolRegister::ContextOfCall() const {
  rpc::Context context;
  context.principal.service = kSelf;
  context.deadline = executor_.SteadyNow() + kPagePatience;
  return context;
}

void SchoolRegister::Get(Done done) {
  const absl::Time now = executor_.SteadyNow();
  const bool fresh = copy_ != nullptr && now - read_at_ <= kFreshFor;
  if (fresh || identity_ == nullptr || (!reading_ && now - failed_at_ < kRetryAfter))
    return done({copy_, !fresh});
  waiting_.push_back(std::move(done));
  if (std::exchange(reading_, true)) return;
  auto reading = std::make_shared<Reading>();
  reading->registers.read_time = clock_.Now();
  reading->today = calendar::DayOf(reading->registers.read_time);
  ReadDistricts(reading, "");
}

void SchoolRegister::ReadDistricts(const ReadingPtr& reading, const std::string& page_token) {
  identity::ListDistrictsRequest request;
  request.set_page_size(kRegisterPageSize);
  request.set_show_historical(true);
  request.set_page_token(page_token);
  rpc::CallTyped<identity::ListDistrictsResponse>(
      *identity_, absl::StrCat(kRegisterService, "ListDistricts"), ContextOfCall(), request,
      [this, alive = std::weak_ptr<const bool>(alive_),
       reading](const absl::StatusOr<identity::ListDistrictsResponse>& answer) {
        if (alive.expired()) return;
        if (!answer.ok()) return End(reading, answer.status());
        for (const identity::District& district : answer->districts()) {
          reading->registers.districts[district.name()] = {
              district.display_name().zh(), district.display_name().en(), district.merged_into()};
        }
        if (answer->next_page_token().empty()) return ReadSchools(reading, "");
        if (++reading->pages > kMaxPages) return End(reading, absl::ResourceExhaustedError("districts"));
        ReadDistricts(reading, answer->next_page_token());
      });
}

void SchoolRegister::ReadSchools(const ReadingPtr& reading, const std::string& page_token) {
  identity::ListSchoolsRequest request;
  request.set_page_size(kRegisterPageSize);
  request.set_page_token(page_token);
  rpc::CallTyped<identity::ListSchoolsResponse>(
      *identity_, absl::StrCat(kRegisterService, "ListSchools"), ContextOfCall(), request,
      [this, alive = std::weak_ptr<const bool>(alive_),
       reading](const absl::StatusOr<identity::ListSchoolsResponse>& answer) {
        if (alive.expired()) return;
        if (!answer.ok()) return End(reading, answer.status());
        Registers& registers = reading->registers;
        for (const identity::School& school : answer->schools())
          registers.schools.push_back(ReadSchool(school, reading->today));
        const std::string& next = answer->next_page_token();
        // Half a register would leave out half of who was not reached.
        if (!next.empty() && ++reading->pages > kMaxPages)
          return End(reading, absl::ResourceExhaustedError("schools"));
        if (!next.empty()) return ReadSchools(reading, next);
        std::sort(registers.schools.begin(), registers.schools.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
        for (size_t i = 0; i < registers.schools.size(); ++i) {
          Registers::School& school = registers.schools[i];
          school.district = registers.DistrictNow(school.district);
          registers.by_name[school.name] = i;
        }
        for (const std::string& name : heard_of_()) {
          if (registers.by_name.contains(name) || reading->merged.size() >= kMaxMerged) continue;
          reading->merged.push_back(name);
        }
        ReadMerged(reading);
      });
}

// One after the other: there are hardly any.
void SchoolRegister::ReadMerged(const ReadingPtr& reading) {
  if (reading->merged.empty()) return End(reading, absl::OkStatus());
  const std::string name = std::move(reading->merged.back());
  reading->merged.pop_back();
  identity::GetSchoolRequest request;
  request.set_name(name);
  rpc::CallTyped<identity::School>(
      *identity_, absl::StrCat(kRegisterService, "GetSchool"), ContextOfCall(), request,
      [this, alive = std::weak_ptr<const bool>(alive_), reading,
       name](const absl::StatusOr<identity::School>& answer) {
        if (alive.expired()) return;
        if (!answer.ok() && !absl::IsNotFound(answer.status())) return End(reading, answer.status());
        if (answer.ok()) {
          auto& by_name = reading->registers.by_name;
          const auto into =
              by_name.find(answer->merged_into().empty() ? answer->name() : answer->merged_into());
          if (into != by_name.end()) by_name[name] = into->second;
        }
        ReadMerged(reading);
      });
}

void SchoolRegister::End(const ReadingPtr& reading, const absl::Status& status) {
  reading_ = false;
  if (status.ok()) {
    copy_ = std::make_shared<const Registers>(std::move(reading->registers));
    read_at_ = executor_.SteadyNow();
  } else {
    failed_at_ = executor_.SteadyNow();
  }
  for (Done& done : std::exchange(waiting_, {})) done({copy_, !status.ok()});
}

}  // namespace kepu::event
