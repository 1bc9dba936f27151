// Visits at the event service's desk: sessions, families and classes that book and come, and an identity
// service that lists schools and districts. Owned by a test; one thread.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "kepu/event/v1/door.pb.h"
#include "kepu/event/v1/reach.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/calendar/timestamps.h"
#include "tests/service/event_service_fixture.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::event {

inline const rpc::Principal kCityOffice = {"users/office", "", {{"city_admin", "city"}}};
inline rpc::Principal DistrictOffice(const std::string& district) {
  return {"users/district", "", {{"district_admin", district}}};
}
inline rpc::Principal TeacherOf(const std::string& school) {
  return {absl::StrCat("users/t-", school.substr(8)), "", {{"teacher", school}}};
}

// Identity's public lists, two entries a page so that paging is followed.
class FakeDirectory final : public rpc::Peer {
 public:
  explicit FakeDirectory(executor::Executor& executor) : executor_(executor) {}

  void Call(absl::string_view method, const rpc::Context& context, std::string request,
            absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)> done) override {
    EXPECT_EQ(context.principal.service, "event");
    ++calls;
    executor_.Post(
        [answer = Answer(method, request), done = std::move(done)]() mutable { done(std::move(answer)); });
  }
  void AddDistrict(const std::string& id, const std::string& merged_into = "") {
    identity::v1::District& district = districts.emplace_back();
    district.set_name("districts/" + id);
    district.mutable_display_name()->set_zh(id);
    if (!merged_into.empty()) district.set_merged_into("districts/" + merged_into);
  }
  identity::v1::School& AddSchool(const std::string& id, const std::string& district,
                                  identity::v1::School::Stage stage = identity::v1::School::PRIMARY) {
    identity::v1::School& school = schools.emplace_back();
    school.set_name("schools/" + id);
    school.mutable_display_name()->set_zh(id);
    school.set_district("districts/" + district);
    school.set_stage(stage);
    return school;
  }

  bool reachable = true;
  int calls = 0;
  std::vector<identity::v1::District> districts;
  std::deque<identity::v1::School> schools;
  std::map<std::string, std::string> merged;  // schools that are not listed any more, by what they became

 private:
  template <class Request, class Response, class All, class Add>
  rpc::PeerAnswer Page(const std::string& bytes, const All& all, Add add) {
    Request request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    Response response;
    const size_t from = request.page_token().empty() ? 0 : std::stoul(request.page_token());
    for (size_t i = from; i < std::min(from + 2, all.size()); ++i) add(response, all[i]);
    if (from + 2 < all.size()) response.set_next_page_token(std::to_string(from + 2));
    return {response.SerializeAsString(), {}};
  }
  absl::StatusOr<rpc::PeerAnswer> Answer(absl::string_view method, const std::string& bytes) {
    if (!reachable) return absl::UnavailableError("down");
    if (absl::EndsWith(method, "/ListDistricts"))
      return Page<identity::v1::ListDistrictsRequest, identity::v1::ListDistrictsResponse>(
          bytes, districts, [](auto& response, const auto& one) { *response.add_districts() = one; });
    if (absl::EndsWith(method, "/ListSchools"))
      return Page<identity::v1::ListSchoolsRequest, identity::v1::ListSchoolsResponse>(
          bytes, schools, [](auto& response, const auto& one) { *response.add_schools() = one; });
    // Notices go out too; nobody reads them here.
    if (!absl::EndsWith(method, "/GetSchool")) return rpc::PeerAnswer{};
    identity::v1::GetSchoolRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    for (const identity::v1::School& school : schools)
      if (school.name() == request.name()) return rpc::PeerAnswer{school.SerializeAsString(), {}};
    const auto gone = merged.find(request.name());
    if (gone == merged.end()) return refusal::NotFound(request.name());
    identity::v1::School school;
    school.set_name(request.name());
    school.set_merged_into(gone->second);
    return rpc::PeerAnswer{school.SerializeAsString(), {}};
  }

  executor::Executor& executor_;
};

class ReachTest : public EventServiceTest {
 protected:
  void SetUp() override {
    for (const char* id : {"yubei", "wanzhou", "kaixian", "kaizhou"})
      directory.AddDistrict(id, id == std::string("kaixian") ? "kaizhou" : "");
    desk.identity = &directory;
    desk.vault = vault.get();
    desk.Restart();
    EventServiceTest::SetUp();
  }
  absl::StatusOr<v1::Booking> Class(const std::string& session, const std::string& school,
                                    const std::string& of_class, int pupils, int adults = 2) {
    v1::CreateBookingRequest request = desk.Booking(session, adults);
    request.mutable_booking()->set_kind(v1::Booking::SCHOOL);
    request.mutable_booking()->set_school_class(of_class);
    request.mutable_booking()->mutable_party()->set_pupils(pupils);
    return desk.Ask<v1::Booking>("CreateBooking", request, TeacherOf(school));
  }
  // Comes through the door, as booked unless told otherwise.
  absl::StatusOr<v1::Booking> Come(const std::string& booking, const v1::Party& party = {}) {
    v1::GetEntryCodeRequest entry;
    entry.set_name(booking + "/entryCode");
    auto code = desk.Ask<v1::EntryCode>("DoorService/GetEntryCode", entry, kStaff);
    if (!code.ok()) return code.status();
    auto request = desk.Named<v1::CheckInRequest>(booking.substr(0, booking.find("/bookings/")));
    request.set_code(code->code());
    if (party.ByteSizeLong() > 0) *request.mutable_party() = party;
    return desk.Ask<v1::Booking>("DoorService/CheckIn", request, kStaff);
  }
  // Tests run in the middle of 2026.
  static v1::Period Year() {
    v1::Period period;
    period.set_term("2026");
    return period;
  }
  v1::ListAttendanceResponse Attendance(v1::AttendanceDimension by, const std::string& scope = "",
                                        const rpc::Principal& caller = kCityOffice) {
    v1::ListAttendanceRequest request;
    request.mutable_filter()->set_scope(scope);
    *request.mutable_filter()->mutable_period() = Year();
    request.set_dimension(by);
    auto answer = desk.Ask<v1::ListAttendanceResponse>("ReachService/ListAttendance", request, caller);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::ListAttendanceResponse();
  }
  std::map<std::string, int> Visits(v1::AttendanceDimension by, const std::string& scope = "",
                                    const rpc::Principal& caller = kCityOffice) {
    std::map<std::string, int> visits;
    const v1::ListAttendanceResponse answer = Attendance(by, scope, caller);
    for (const v1::AttendanceRow& row : answer.rows()) visits[row.key()] = row.counted().person_visits();
    return visits;
  }

  TemporaryFolder folder;
  std::unique_ptr<vault::Vault> vault = *vault::Vault::Open(folder.path("vault"), std::string(32, 'v'));
  FakeDirectory directory{desk.executor};
};

}  // namespace kepu::event
