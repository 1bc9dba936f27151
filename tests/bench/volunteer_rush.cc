#include "tests/bench/volunteer_rush.h"

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "tests/bench/fill.h"
#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

constexpr char kService[] = "/kepu.volunteer.v1.VolunteerService/";
// Made with the rows of the town.
constexpr char kPlace[] = "venues/bench-0";
// So many phones wait for an answer at once.
constexpr int kInFlight = 64;

void Sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

// Each rush is on another day, so that everybody is free for it.
std::string MakeShift(const std::string& address, int places, int day) {
  volunteer::v1::CreateShiftRequest request;
  volunteer::v1::Shift& shift = *request.mutable_shift();
  shift.set_place(kPlace);
  const int64_t start = (absl::ToUnixSeconds(absl::Now()) / 86400 + day) * 86400;
  shift.mutable_start_time()->set_seconds(start);
  shift.mutable_end_time()->set_seconds(start + 3600);
  shift.set_needed(places);
  shift.mutable_role()->set_zh("讲解");
  request.set_request_id(absl::StrCat("rush-", day));
  volunteer::v1::Shift made;
  made.ParseFromString(
      CallOnce(address, absl::StrCat(kService, "CreateShift"), {kStaff, request.SerializeAsString()}));
  return made.name();
}

// Who is refused counts as answered: most are.
void Rush(const std::string& address, Report& report, const std::string& row, const std::string& shift,
          uint64_t people, int places, double rate) {
  auto load = MakeGrpcLoad(
      {address}, 4, absl::StrCat(kService, "SignUp"),
      [&shift, people](uint64_t number) {
        volunteer::v1::SignUpRequest request;
        request.set_shift(shift);
        // Who has asked asks the same again: no other outcome.
        request.set_request_id("rush");
        return Request{absl::StrCat("users/rush", number % people), request.SerializeAsString()};
      },
      rate);
  Recorder recorder;
  const absl::Time begin = absl::Now();
  load->Start(kInFlight, &recorder);
  while (recorder.count() + recorder.failed() < people) Sleep(0.002);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  load->Stop();
  volunteer::v1::GetShiftRequest get;
  get.set_name(shift);
  volunteer::v1::Shift seen;
  // What was claimed by who came too late is let go within seconds.
  for (int i = 0; i < 100 && seen.signed_up() != places; ++i) {
    seen.ParseFromString(
        CallOnce(address, absl::StrCat(kService, "GetShift"), {kStaff, get.SerializeAsString()}));
    Sleep(0.05);
  }
  report.Add(row + "_answers", static_cast<double>(people) / seconds, "1/s");
  report.Add(row + "_granted_p99_ms", recorder.Percentile(0.99), "ms");
  report.Add(row + "_signed_up", seen.signed_up(), "people");
  report.Add(row + "_too_many", seen.signed_up() - places, "people");
}

}  // namespace

void MeasureVolunteerRush(Rig& rig, Report& report, int people, int places, double minute_seconds) {
  const std::string address = rig.address("volunteer");
  Fill(address, absl::StrCat(kService, "RegisterVolunteer"), static_cast<uint64_t>(people),
       [](uint64_t number) {
         volunteer::v1::RegisterVolunteerRequest request;
         request.mutable_volunteer()->set_birth_year_band(1995);
         request.mutable_volunteer()->set_district("districts/yuzhong");
         request.set_request_id("register");
         return Request{absl::StrCat("users/rush", number), request.SerializeAsString()};
       });
  const auto count = static_cast<uint64_t>(people);
  Rush(address, report, "volunteer_rush_of_a_minute", MakeShift(address, places, 10), count, places,
       people / minute_seconds);
  Rush(address, report, "volunteer_rush_at_once", MakeShift(address, places, 11), count, places, 0);
}

}  // namespace kepu::bench
