#include "services/venue/api/register_copy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::venue {
namespace {

namespace identity = ::kepu::identity::v1;

constexpr char kDirectory[] = "/kepu.identity.v1.DirectoryService/";
// Of one page: it comes from memory.
constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr int kPageSize = 100;

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// Half a register would count half of what is missing.
absl::Status TooLong() { return absl::ResourceExhaustedError("the registers are longer than expected"); }

Registers::District Read(const identity::District& district, absl::CivilDay today) {
  Registers::District read{district.name(),
                           district.display_name().zh(),
                           district.display_name().en(),
                           identity::District::Region_Name(district.region()),
                           district.merged_into(),
                           true};
  if (district.has_established_date() && today < DayOf(district.established_date())) read.in_force = false;
  if (district.has_abolished_date() && today >= DayOf(district.abolished_date())) read.in_force = false;
  return read;
}

}  // namespace

struct RegisterCopy::Reading {
  Registers registers;
  absl::CivilDay today;
  int pages = 0;
};

rpc::Context RegisterCopy::ContextOfCall() const {
  rpc::Context context;
  context.principal.service = "venue";
  context.deadline = executor_.SteadyNow() + kPatience;
  return context;
}

void RegisterCopy::Get(Done done) {
  const absl::Time now = executor_.SteadyNow();
  const Copy known = copy();
  const bool fresh = known.IsFresh(now);
  if (fresh || identity_ == nullptr || (!reading_ && now - failed_at_ < kRetryAfter))
    return done({known.registers, !fresh});
  waiting_.push_back(std::move(done));
  if (!reading_) Start();
}

void RegisterCopy::Start() {
  reading_ = true;
  auto reading = std::make_shared<Reading>();
  reading->registers.read_time = clock_.Now();
  reading->today = calendar::DayOf(reading->registers.read_time);
  ReadDistricts(reading, "");
}

void RegisterCopy::ReadDistricts(const std::shared_ptr<Reading>& reading, const std::string& page_token) {
  identity::ListDistrictsRequest request;
  request.set_page_size(kPageSize);
  request.set_show_historical(true);
  request.set_page_token(page_token);
  rpc::CallTyped<identity::ListDistrictsResponse>(
      *identity_, absl::StrCat(kDirectory, "ListDistricts"), ContextOfCall(), request,
      [this, alive = Alive(), reading](const absl::StatusOr<identity::ListDistrictsResponse>& answer) {
        if (alive.expired()) return;
        if (!answer.ok()) return End(reading, answer.status());
        for (const identity::District& district : answer->districts())
          reading->registers.districts.push_back(Read(district, reading->today));
        const std::string& next = answer->next_page_token();
        if (next.empty()) return ReadCommunities(reading, "");
        if (++reading->pages > kMaxPages) return End(reading, TooLong());
        ReadDistricts(reading, next);
      });
}

void RegisterCopy::ReadCommunities(const std::shared_ptr<Reading>& reading, const std::string& page_token) {
  identity::ListCommunitiesRequest request;
  request.set_page_size(kPageSize);
  request.set_page_token(page_token);
  rpc::CallTyped<identity::ListCommunitiesResponse>(
      *identity_, absl::StrCat(kDirectory, "ListCommunities"), ContextOfCall(), request,
      [this, alive = Alive(), reading](const absl::StatusOr<identity::ListCommunitiesResponse>& answer) {
        if (alive.expired()) return;
        if (!answer.ok()) return End(reading, answer.status());
        for (const identity::Community& one : answer->communities()) {
          if (one.has_retire_date() && DayOf(one.retire_date()) <= reading->today) continue;
          if (one.has_established_date() && reading->today < DayOf(one.established_date())) continue;
          reading->registers.communities.push_back(
              {one.name(), one.display_name().zh(), one.display_name().en(), one.district(),
               one.kind() == identity::Community::ADMINISTRATIVE_VILLAGE});
        }
        const std::string& next = answer->next_page_token();
        if (next.empty()) return ReadMarks(reading);
        if (++reading->pages > kMaxPages) return End(reading, TooLong());
        ReadCommunities(reading, next);
      });
}

void RegisterCopy::ReadMarks(const std::shared_ptr<Reading>& reading) {
  rpc::CallTyped<identity::SummarizeRegistersResponse>(
      *identity_, absl::StrCat(kDirectory, "SummarizeRegisters"), ContextOfCall(),
      identity::SummarizeRegistersRequest(),
      [this, alive = Alive(), reading](const absl::StatusOr<identity::SummarizeRegistersResponse>& answer) {
        if (alive.expired()) return;
        if (!answer.ok()) return End(reading, answer.status());
        for (const auto& row : answer->rows()) {
          if (row.district().empty()) continue;
          Registers::SchoolMarks& marks = reading->registers.marks[row.district()];
          for (const auto& count : row.schools_by_mark()) {
            if (count.mark() == identity::School::Mark::INQUIRY_CENTRE)
              marks.inquiry_centres = count.schools();
            if (count.mark() == identity::School::Mark::FEATURE_SCHOOL)
              marks.feature_schools = count.schools();
          }
        }
        End(reading, absl::OkStatus());
      });
}

void RegisterCopy::End(const std::shared_ptr<Reading>& reading, const absl::Status& status) {
  reading_ = false;
  if (status.ok()) {
    auto& districts = reading->registers.districts;
    std::sort(districts.begin(), districts.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const auto& one : districts) reading->registers.names.insert(one.name);
    for (const auto& one : reading->registers.communities) reading->registers.names.insert(one.name);
    absl::MutexLock lock(&mutex_);
    copy_ = {std::make_shared<const Registers>(std::move(reading->registers)), executor_.SteadyNow()};
  } else {
    failed_at_ = executor_.SteadyNow();
  }
  const std::shared_ptr<const Registers> registers = copy().registers;
  for (Done& done : std::exchange(waiting_, {})) done({registers, !status.ok()});
}

std::shared_ptr<const Registers> RegisterCopy::Fresh() const {
  Copy known = copy();
  return known.IsFresh(executor_.SteadyNow()) ? std::move(known.registers) : nullptr;
}

void RegisterCopy::CheckExists(const std::string& name, std::function<void(absl::Status)> done) {
  const absl::Time now = executor_.SteadyNow();
  const Copy known = copy();
  const bool knows = known.registers != nullptr && known.registers->names.contains(name);
  if (identity_ == nullptr || knows || now - failed_at_ < kRetryAfter) return done(absl::OkStatus());
  // The next ones need not be asked for one by one.
  if (!known.IsFresh(now)) Get([](const Answer&) {});
  const bool district = absl::StartsWith(name, "districts/"), school = absl::StartsWith(name, "schools/");
  // The three requests have their name in the same field.
  identity::GetDistrictRequest request;
  request.set_name(name);
  const char* method = district ? "GetDistrict" : school ? "GetSchool" : "GetCommunity";
  identity_->Call(
      absl::StrCat(kDirectory, method), ContextOfCall(), request.SerializeAsString(),
      [alive = Alive(), name, done = std::move(done)](const absl::StatusOr<rpc::PeerAnswer>& answer) {
        if (alive.expired()) return;
        done(absl::IsNotFound(answer.status()) ? refusal::NotFound(name) : absl::OkStatus());
      });
}

}  // namespace kepu::venue
