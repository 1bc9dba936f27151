// Calls of recognition as its tests make them: people who serve, stay away, are honoured and certified. On
// the fixture of the volunteer service.
#pragma once

#include <string>

#include "kepu/volunteer/v1/absence.pb.h"
#include "kepu/volunteer/v1/certificate.pb.h"
#include "kepu/volunteer/v1/honour.pb.h"
#include "kepu/volunteer/v1/recognition.pb.h"
#include "services/volunteer/domain/recognition_rules.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer {

inline rpc::Principal Admin() { return {"users/admin", "", {{"city_admin", "city"}}}; }
// Another coordinator of the place of most shifts.
inline rpc::Principal Second() { return {"users/second", "", {{"coordinator", "venues/cqstm"}}}; }

class RecognitionFixture : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Ask(const char* service, const char* method,
                               const google::protobuf::Message& request, const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), service);
  }
  template <class Request>
  Request New() {
    Request request;
    request.set_request_id(desk.NextRequestId());
    return request;
  }
  // What is left to be done in a few seconds gets done.
  void Settle() { desk.executor.RunFor(absl::Seconds(10)); }
  absl::Time Now() { return desk.clock.Now(); }
  absl::CivilDay Today() { return calendar::DayOf(Now()); }

  // Served: by default four hours, half an hour from now on.
  std::string Serve(const std::string& user, double hours = 4) {
    const std::string signup = SignedUp(user, hours);
    desk.Advance(absl::Minutes(31));
    EXPECT_TRUE(CheckIn(signup).ok());
    desk.Advance(absl::Hours(1) * hours);
    EXPECT_TRUE(CheckOut(signup).ok());
    RecordHours(signup);
    Settle();
    // Rest, and the next one on another day.
    desk.Advance(absl::Hours(24) - absl::Minutes(31) - absl::Hours(1) * hours);
    return signup;
  }
  std::string SignedUp(const std::string& user, double hours = 4) {
    const auto shift = desk.Ask<v1::Shift>(
        "CreateShift", desk.ShiftRequest(Now() + absl::Minutes(30), absl::Hours(1) * hours, 5), Staff());
    EXPECT_TRUE(shift.ok()) << shift.status();
    const auto signup = desk.SignUp(shift->name(), user);
    EXPECT_TRUE(signup.ok()) << signup.status();
    return signup.ok() ? signup->name() : "";
  }
  // Marked absent by the staff of the place.
  std::string StayAway(const std::string& user) {
    const std::string signup = SignedUp(user);
    desk.Advance(absl::Minutes(31));
    auto request = desk.Named<v1::MarkNoShowRequest>(signup);
    request.set_reason("没有来");
    EXPECT_TRUE(desk.Ask<v1::Signup>("MarkNoShow", request, Staff()).ok());
    Settle();
    desk.Advance(absl::Hours(23));
    return signup;
  }
  static std::string ShiftOf(const std::string& signup) {
    const std::string id = signup.substr(std::string("shifts/").size());
    return id.substr(0, id.find('/'));
  }

  v1::CreateRecognitionRulesRequest StarRules(std::vector<int32_t> hours, int from_days = 0) {
    auto request = New<v1::CreateRecognitionRulesRequest>();
    v1::RecognitionRules& rules = *request.mutable_rules();
    rules.set_kind(v1::RecognitionRules::STARS);
    rules.set_scope("city");
    domain::SetDate(Today() + from_days, rules.mutable_first_day());
    rules.mutable_regulation()->mutable_title()->set_zh("重庆市科普志愿者服务条例");
    rules.mutable_regulation()->set_number("第1号");
    for (const int32_t one : hours) rules.mutable_stars()->add_hours(one);
    rules.mutable_stars()->set_notice_days(5);
    return request;
  }
  absl::StatusOr<v1::RecognitionRules> Put(const v1::CreateRecognitionRulesRequest& request,
                                           const rpc::Principal& caller = Admin()) {
    return Ask<v1::RecognitionRules>("RecognitionService", "CreateRecognitionRules", request, caller);
  }
  absl::StatusOr<v1::Recognition> Recognition(const std::string& volunteer, const rpc::Principal& caller) {
    v1::GetRecognitionRequest request;
    request.set_name(volunteer + "/recognition");
    return Ask<v1::Recognition>("RecognitionService", "GetRecognition", request, caller);
  }
  std::vector<v1::StarNotice> Notices(const std::string& district = "") {
    v1::ListStarNoticesRequest request;
    request.set_district(district);
    const auto list = Ask<v1::ListStarNoticesResponse>("RecognitionService", "ListStarNotices", request, {});
    EXPECT_TRUE(list.ok()) << list.status();
    return list.ok() ? std::vector<v1::StarNotice>(list->notices().begin(), list->notices().end())
                     : std::vector<v1::StarNotice>();
  }
};

}  // namespace kepu::volunteer
