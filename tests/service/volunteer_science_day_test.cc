// A Science Day of three hundred volunteers over forty venues, from the call for people to the certificates,
// through the service's own interface: every hour that comes of it is explained, and adds up.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/call_out.pb.h"
#include "kepu/volunteer/v1/certificate.pb.h"
#include "kepu/volunteer/v1/find.pb.h"
#include "kepu/volunteer/v1/hours.pb.h"
#include "kepu/volunteer/v1/need.pb.h"
#include "kepu/volunteer/v1/presence.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "libs/calendar/timestamps.h"
#include "tests/service/volunteer_desk.h"

namespace kepu::volunteer::science_day_test {
namespace {

constexpr int kVenues = 40;
constexpr int kPeople = 300;
constexpr int kGuides = 5;  // in each half of the day at each venue

// Saturday of the week in which the desk opens.
absl::Time On(double hour) { return calendar::At(absl::CivilDay(2026, 11, 21), 0) + hour * absl::Hours(1); }
std::string Venue(int i) { return absl::StrCat("venues/v", i); }
std::string UserId(int i) { return absl::StrCat("p", i); }

class ScienceDayTest : public ::testing::Test {
 protected:
  ScienceDayTest() : places_(desk_.executor) {
    for (int i = 0; i < kVenues; ++i)
      places_.Add(Venue(i), 29.5 + 0.004 * (i % 8), 106.5 + 0.004 * (i / 8), "districts/yuzhong");
    desk_.venues = &places_;
    desk_.Restart();
  }

  template <class Response, class Request>
  Response Do(const std::string& service, const std::string& method, Request request,
              const rpc::Principal& caller) {
    if constexpr (requires { request.set_request_id(""); }) request.set_request_id(desk_.NextRequestId());
    rpc::Context context;
    context.principal = caller;
    auto answer = desk_.Ask<Response>(method, request, std::move(context), service);
    EXPECT_TRUE(answer.ok()) << method << ": " << answer.status() << "\n" << request.ShortDebugString();
    return answer.ok() ? *answer : Response();
  }

  void MakeRole() {
    v1::CreateRoleRequest request;
    request.set_role_id("guide");
    request.mutable_role()->mutable_title()->set_zh("讲解员");
    request.mutable_role()->mutable_requirements()->add_languages("zh");
    Do<v1::Role>("RoleService", "CreateRole", request, City());
  }

  void PlanAndPublish(int venue, const std::string& half, double from, double to) {
    v1::PlanShiftsRequest plan;
    plan.set_place(Venue(venue));
    plan.set_plan_id(half);
    calendar::SetMicros(absl::ToUnixMicros(On(from)), plan.mutable_start_time());
    calendar::SetMicros(absl::ToUnixMicros(On(to)), plan.mutable_end_time());
    plan.add_rows()->set_role("roles/guide");
    plan.mutable_rows(0)->set_count(kGuides);
    const auto planned = Do<v1::ShiftPlan>("NeedService", "PlanShifts", plan, Staff(Venue(venue)));
    EXPECT_EQ(planned.warnings_size(), 0);
    EXPECT_EQ(planned.shift_names_size(), 1);
    v1::PublishShiftsRequest publish;
    publish.set_place(Venue(venue));
    publish.set_plan(planned.name());
    Do<v1::PublishShiftsResponse>("NeedService", "PublishShifts", publish, Staff(Venue(venue)));
    for (const std::string& name : planned.shift_names()) shifts_.push_back(name);
  }

  // The city calls for four more at one venue; who can come says so, and takes a place.
  void CallOut() {
    v1::CreateCallOutRequest request;
    v1::CallOut& call = *request.mutable_call_out();
    call.set_activation("science-day-2026");
    call.mutable_title()->set_zh("科普日急需讲解员");
    v1::CallOut::Need& need = *call.add_needs();
    need.set_place(Venue(0));
    calendar::SetMicros(absl::ToUnixMicros(On(9)), need.mutable_start_time());
    calendar::SetMicros(absl::ToUnixMicros(On(12)), need.mutable_end_time());
    need.set_needed(4);
    need.mutable_role()->set_zh("讲解员");
    const auto made = Do<v1::CallOut>("CallOutService", "CreateCallOut", request, City());
    const auto again = Do<v1::CallOut>("CallOutService", "CreateCallOut", request, City());
    EXPECT_EQ(again.name(), made.name()) << "one command is one call-out";
    desk_.executor.RunFor(absl::Seconds(10));
    v1::GetCallOutRequest get;
    get.set_name(made.name());
    const auto called = Do<v1::CallOut>("CallOutService", "GetCallOut", get, City());
    ASSERT_EQ(called.needs_size(), 1);
    shifts_.push_back(called.needs(0).shift());
    EXPECT_EQ(desk_.Look(shifts_.back()).activation(), "science-day-2026");
    for (int i = 1; i <= 4; ++i) {
      v1::AnswerCallOutRequest answer;
      answer.set_name(made.name());
      answer.set_answer(v1::CallOutAnswer::CAN);
      Do<v1::CallOutAnswer>("CallOutService", "AnswerCallOut", answer, User(UserId(i)));
      Take(shifts_.back(), i);
    }
  }

  void Take(const std::string& shift, int i) {
    const auto signup = desk_.SignUp(shift, UserId(i));
    ASSERT_TRUE(signup.ok()) << i << ": what is shown can be taken: " << signup.status();
    signups_.push_back(*signup);
    who_[signup->name()] = i;
  }

  // Everybody takes the first shift that they are shown, every third a second one.
  void SignUpAll() {
    for (int i = 0; i < kPeople; ++i) {
      for (int take = 0; take < (i > 4 && i % 3 == 0 ? 2 : 1); ++take) {
        v1::FindShiftsRequest find;
        find.set_page_size(3);
        const auto found = Do<v1::FindShiftsResponse>("FindService", "FindShifts", find, User(UserId(i)));
        // A second one only while there are mornings and afternoons.
        if (take > 0 && found.shifts_size() == 0) break;
        ASSERT_GT(found.shifts_size(), 0) << i;
        Take(found.shifts(0).shift().name(), i);
      }
    }
  }

  std::string CodeAt(const std::string& place) {
    v1::GetPresenceCodeRequest request;
    request.set_place(place);
    const auto codes =
        Do<v1::GetPresenceCodeResponse>("PresenceService", "GetPresenceCode", request, Staff(place));
    return codes.codes_size() > 0 ? codes.codes(0).code() : "";
  }

  // By the own phone, or by staff of the place.
  void Note(const v1::Signup& signup, bool comes) {
    const int i = who_[signup.name()];
    if (i % 2 == 0) {
      v1::OwnPresenceRequest own;
      own.set_name(signup.shift());
      own.set_code(CodeAt(signup.place()));
      calendar::SetMicros(absl::ToUnixMicros(desk_.clock.Now()), own.mutable_time());
      Do<v1::Signup>("PresenceService", comes ? "OwnCheckIn" : "OwnCheckOut", own, User(UserId(i)));
    } else if (comes) {
      v1::CheckInRequest request;
      request.set_name(signup.name());
      Do<v1::Signup>("VolunteerService", "CheckIn", request, Staff(signup.place()));
    } else {
      v1::CheckOutRequest request;
      request.set_name(signup.name());
      Do<v1::Signup>("VolunteerService", "CheckOut", request, Staff(signup.place()));
    }
  }

  void MoveTo(absl::Time time) {
    desk_.Advance(time - desk_.clock.Now());
    desk_.executor.RunFor(absl::Seconds(1));
  }

  std::vector<v1::Signup> Of(absl::Time start) {
    std::vector<v1::Signup> some;
    for (const v1::Signup& signup : signups_)
      if (calendar::FromProto(signup.start_time()) == start) some.push_back(signup);
    return some;
  }

  // One in seventeen does not come, one in thirteen forgets to say that they go.
  void Serve(double from, double to) {
    const auto half = Of(On(from));
    MoveTo(On(from) - absl::Minutes(5));
    for (const v1::Signup& signup : half)
      if (who_[signup.name()] % 17 != 0) Note(signup, true);
    MoveTo(On(to) + absl::Minutes(5));
    for (const v1::Signup& signup : half)
      if (who_[signup.name()] % 17 != 0 && who_[signup.name()] % 13 != 0) Note(signup, false);
  }

  void Approve() {
    for (const std::string& shift : shifts_) {
      v1::ApproveShiftHoursRequest all;
      all.set_name(shift);
      const rpc::Principal staff = Staff(desk_.Look(shift).place());
      const auto done = Do<v1::ApproveShiftHoursResponse>("HoursService", "ApproveShiftHours", all, staff);
      EXPECT_EQ(done.left(), 0);
      for (const std::string& name : done.skipped()) {
        v1::ApproveHoursRequest one;
        one.set_name(name);
        Do<v1::Signup>("HoursService", "ApproveHours", one, staff);
        ++flagged_;
      }
    }
    desk_.executor.RunFor(absl::Seconds(30));
    EXPECT_EQ(desk_.service->pending(), 0u);
  }

  v1::ListHourRecordsResponse Ledger(int i) {
    v1::ListHourRecordsRequest list;
    list.set_parent("volunteers/me");
    return Do<v1::ListHourRecordsResponse>("VolunteerService", "ListHourRecords", list, User(UserId(i)));
  }

  void ExpectExplained(int i) {
    v1::VerifyLedgerRequest verify;
    verify.set_parent("volunteers/me");
    EXPECT_TRUE(
        Do<v1::VerifyLedgerResponse>("HoursService", "VerifyLedger", verify, User(UserId(i))).intact());
    const auto ledger = Ledger(i);
    for (const v1::HourRecord& row : ledger.hour_records()) {
      v1::ExplainHoursRequest ask;
      ask.set_name(row.name());
      const auto why = Do<v1::HoursExplanation>("HoursService", "ExplainHours", ask, User(UserId(i)));
      ASSERT_GT(why.steps_size(), 0) << row.ShortDebugString();
      EXPECT_EQ(why.steps(why.steps_size() - 1).minutes(), row.minutes()) << why.ShortDebugString();
      minutes_[i] += row.minutes();
    }
  }

  v1::Certificate Certify(int i) {
    v1::ApplyForCertificateRequest apply;
    v1::Certificate& wanted = *apply.mutable_certificate();
    wanted.set_kind(v1::Certificate::SERVICE);
    wanted.set_volunteer("volunteers/me");
    wanted.set_issuer("city");
    wanted.set_display_name("李明");
    for (auto* day : {wanted.mutable_first_day(), wanted.mutable_last_day()}) {
      day->set_year(2026);
      day->set_month(11);
      day->set_day(21);
    }
    const auto applied =
        Do<v1::Certificate>("CertificateService", "ApplyForCertificate", apply, User(UserId(i)));
    v1::IssueCertificateRequest issue;
    issue.set_name(applied.name());
    issue.mutable_issuer_title()->set_zh("重庆市科普志愿者总队");
    return Do<v1::Certificate>("CertificateService", "IssueCertificate", issue, City());
  }

  v1::CertificateCheck::Verdict Check(const v1::Certificate& certificate, int64_t minutes) {
    v1::VerifyCertificateRequest verify;
    verify.set_number(certificate.number());
    verify.set_code(certificate.code());
    const auto check =
        Do<v1::CertificateCheck>("CertificateService", "VerifyCertificate", verify, rpc::Principal());
    EXPECT_EQ(check.minutes(), minutes);
    return check.verdict();
  }

  VolunteerDesk desk_;
  FakeVenues places_;
  std::vector<std::string> shifts_;
  std::vector<v1::Signup> signups_;
  std::map<std::string, int> who_;
  std::map<int, int64_t> minutes_;
  int flagged_ = 0;
};

TEST_F(ScienceDayTest, FromTheCallToTheCertificates) {
  MakeRole();
  for (int i = 0; i < kVenues; ++i) {
    PlanAndPublish(i, "morning", 9, 12);
    PlanAndPublish(i, "afternoon", 13, 16);
  }
  for (int i = 0; i < kPeople; ++i) desk_.Register(UserId(i));
  ASSERT_NO_FATAL_FAILURE(CallOut());
  ASSERT_NO_FATAL_FAILURE(SignUpAll());
  Serve(9, 12);
  Serve(13, 16);
  MoveTo(On(20));
  Approve();
  EXPECT_GT(flagged_, 0) << "who forgot to check out";
  int64_t of_people = 0;
  int served = 0;
  for (int i = 0; i < kPeople; ++i) {
    ExpectExplained(i);
    of_people += minutes_[i];
    if (minutes_[i] > 0) ++served;
  }
  int64_t of_shifts = 0;
  for (const std::string& shift : shifts_) of_shifts += desk_.Look(shift).recorded_minutes();
  EXPECT_EQ(of_people, of_shifts);
  EXPECT_GE(served, kPeople * 16 / 17 - 2);
  EXPECT_GT(of_people, int64_t{served} * 120) << "three hours, as they were there";
  ASSERT_GT(served, 0);
  std::set<std::string> numbers;
  for (int i = 0; i < kPeople; ++i) {
    if (minutes_[i] == 0) continue;
    const v1::Certificate certificate = Certify(i);
    EXPECT_EQ(certificate.minutes(), minutes_[i]);
    EXPECT_EQ(Check(certificate, minutes_[i]), v1::CertificateCheck::VALID);
    numbers.insert(certificate.number());
  }
  EXPECT_EQ(numbers.size(), static_cast<size_t>(served)) << "each has a number of its own";
  EXPECT_TRUE(absl::EndsWith(*numbers.rbegin(), absl::StrCat(served)))
      << "without gaps: " << *numbers.rbegin();
}

}  // namespace
}  // namespace kepu::volunteer::science_day_test
