#include "tests/bench/town_rows.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "tests/bench/fill.h"
#include "tests/bench/loads.h"
#include "tests/bench/watchdog.h"

namespace kepu::bench {
namespace {

// A school may have so many classes out in a term.
constexpr uint64_t kVisitsOfASchool = 40;
// People serve in groups, each at its own place, and all of a group fit into a shift.
constexpr uint64_t kGroups = 10;
// A full page, and some.
constexpr int kVenues = 60;
constexpr int kDaysOfAWeek = 7, kShiftsOfADay = 4;

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

constexpr char kDirectory[] = "/kepu.identity.v1.DirectoryService/";

void MakeDistrict(Rig& rig, const std::string& id) {
  identity::v1::CreateDistrictRequest district;
  district.set_district_id(id);
  district.set_request_id("district-" + id);
  district.mutable_district()->mutable_display_name()->set_zh("区");
  district.mutable_district()->set_kind(identity::v1::District::DISTRICT);
  district.mutable_district()->set_region(identity::v1::District::MU);
  CallOnce(rig.address("identity"), absl::StrCat(kDirectory, "CreateDistrict"),
           {kStaff, district.SerializeAsString()});
}

void MakeSchools(Rig& rig, uint64_t count) {
  MakeDistrict(rig, "bench");
  Fill(rig.address("identity"), absl::StrCat(kDirectory, "CreateSchool"), count, [](uint64_t number) {
    identity::v1::CreateSchoolRequest request;
    request.set_school_id(absl::StrCat("bench-", number));
    request.set_request_id(absl::StrCat("school-", number));
    request.mutable_school()->mutable_display_name()->set_zh("小学");
    request.mutable_school()->set_stage(identity::v1::School::PRIMARY);
    request.mutable_school()->set_district("districts/bench");
    return Request{kStaff, request.SerializeAsString()};
  });
}

RowSpec SchoolRow(Rig& rig, const std::vector<std::string>& sessions, bool quick) {
  const uint64_t schools = quick ? 700 : 5000;
  MakeSchools(rig, schools);
  auto taken = std::make_shared<std::atomic<uint64_t>>(0);
  const auto booking = [taken, schools, sessions](uint64_t) {
    const uint64_t number = taken->fetch_add(1);
    const std::string school = absl::StrCat("schools/bench-", number % schools);
    event::v1::CreateBookingRequest request;
    request.set_parent(sessions[number % sessions.size()]);
    event::v1::Booking& made = *request.mutable_booking();
    made.set_kind(event::v1::Booking::SCHOOL);
    made.set_school(school);
    made.set_school_class(absl::StrCat(number / schools));
    made.set_grade("3");
    made.mutable_party()->set_pupils(1);
    made.mutable_party()->set_adults(1);
    request.set_request_id(absl::StrCat("class-", number));
    return Request{absl::StrCat("users/t", number, ";teacher@", school), request.SerializeAsString()};
  };
  return {"school_booking",
          "redis_fcall_booking",
          [address = rig.event_address(0), booking](int) {
            return MakeGrpcLoad({address}, 4, "/kepu.event.v1.EventService/CreateBooking", booking);
          },
          {{"redis", {rig.redis().pid()}}, {"service", {rig.event_pid(0)}}, {"client", {getpid()}}}};
}

// Shifts of an hour, four a day, two hours apart, so that nobody's day or week is full and there is time to
// rest.
std::vector<std::string> MakeShifts(Rig& rig, uint64_t slots, uint64_t people) {
  std::vector<std::string> shifts;
  const int64_t first = Now() / 86400 * 86400 + 10 * 86400;
  for (uint64_t slot = 0; slot < slots; ++slot) {
    const int64_t start = first + static_cast<int64_t>(slot / kShiftsOfADay) * 86400 +
                          static_cast<int64_t>(slot % kShiftsOfADay) * 3 * 3600;
    for (uint64_t group = 0; group < kGroups; ++group) {
      volunteer::v1::CreateShiftRequest request;
      volunteer::v1::Shift& shift = *request.mutable_shift();
      shift.set_place(absl::StrCat("venues/bench-", group));
      shift.mutable_start_time()->set_seconds(start);
      shift.mutable_end_time()->set_seconds(start + 3600);
      shift.set_needed(static_cast<int32_t>(people / kGroups));
      shift.mutable_role()->set_zh("讲解");
      request.set_request_id(absl::StrCat("shift-", slot, "-", group));
      volunteer::v1::Shift made;
      made.ParseFromString(CallOnce(rig.address("volunteer"),
                                    "/kepu.volunteer.v1.VolunteerService/CreateShift",
                                    {kStaff, request.SerializeAsString()}));
      shifts.push_back(made.name());
    }
  }
  return shifts;
}

RowSpec VolunteerRow(Rig& rig, bool quick) {
  const uint64_t people = quick ? 1000 : 4000;
  const uint64_t slots = quick ? 20 : 5 * kDaysOfAWeek;
  const std::string address = rig.address("volunteer");
  Fill(address, "/kepu.volunteer.v1.VolunteerService/RegisterVolunteer", people, [](uint64_t number) {
    volunteer::v1::RegisterVolunteerRequest request;
    request.mutable_volunteer()->set_birth_year_band(1995);
    request.mutable_volunteer()->set_district("districts/yuzhong");
    request.set_request_id("register");
    return Request{absl::StrCat("users/v", number), request.SerializeAsString()};
  });
  const auto shifts = std::make_shared<const std::vector<std::string>>(MakeShifts(rig, slots, people));
  auto taken = std::make_shared<std::atomic<uint64_t>>(0);
  const auto sign_up = [taken, people, shifts](uint64_t) {
    const uint64_t number = taken->fetch_add(1);
    const uint64_t person = number % people;
    volunteer::v1::SignUpRequest request;
    request.set_shift((*shifts)[number / people % (shifts->size() / kGroups) * kGroups + person % kGroups]);
    request.set_request_id(absl::StrCat("sign-up-", number));
    return Request{absl::StrCat("users/v", person), request.SerializeAsString()};
  };
  return {"volunteer_signup",
          "redis_fcall_booking",
          [address, sign_up](int) {
            return MakeGrpcLoad({address}, 4, "/kepu.volunteer.v1.VolunteerService/SignUp", sign_up);
          },
          {{"redis", {rig.redis().pid()}}, {"service", {rig.pid("volunteer")}}, {"client", {getpid()}}}};
}

}  // namespace

void MakeVenues(Rig& rig) {
  MakeDistrict(rig, "yuzhong");
  Fill(rig.address("venue"), "/kepu.venue.v1.VenueService/CreateVenue", kVenues, [](uint64_t number) {
    venue::v1::CreateVenueRequest request;
    request.set_venue_id(absl::StrCat("bench-", number));
    request.set_request_id(absl::StrCat("venue-", number));
    venue::v1::Venue& venue = *request.mutable_venue();
    venue.mutable_display_name()->set_zh("科技馆");
    venue.mutable_display_name()->set_en("Science museum");
    venue.set_kind(venue::v1::Venue::MUSEUM);
    venue.set_district("districts/yuzhong");
    venue.mutable_location()->set_latitude(29.5);
    venue.mutable_location()->set_longitude(106.5);
    for (int day = 2; day <= 7; ++day) {
      auto* weekday = venue.mutable_opening()->add_weekly();
      weekday->set_day(static_cast<google::type::DayOfWeek>(day));
      weekday->add_periods()->mutable_open_time()->set_hours(9);
      weekday->mutable_periods(0)->mutable_close_time()->set_hours(17);
    }
    return Request{kStaff, request.SerializeAsString()};
  });
}

std::vector<RowSpec> MakeTownRows(Rig& rig, const std::vector<std::string>& sessions, bool quick,
                                  const std::function<bool(const std::string&)>& wanted) {
  std::vector<RowSpec> rows;
  if (wanted("volunteer_signup") || wanted("volunteer_rush")) MakeVenues(rig);
  if (wanted("school_booking")) rows.push_back(SchoolRow(rig, sessions, quick));
  if (wanted("volunteer_signup")) rows.push_back(VolunteerRow(rig, quick));
  return rows;
}

}  // namespace kepu::bench
