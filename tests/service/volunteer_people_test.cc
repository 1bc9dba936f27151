// Staff as people, what people say of themselves, and what is checked of them: who may, who may not, and what
// comes of it.
#include "tests/service/volunteer_people_fixture.h"

namespace kepu::volunteer::people_test {
namespace {

rpc::Principal Admin(const std::string& venue = "venues/cqstm") {
  return {"users/admin", "", {{"venue_admin", venue}}};
}

v1::RegisterStaffRequest StaffRequest(const std::string& id, const std::string& user = "users/wang",
                                      const std::string& venue = "venues/cqstm") {
  v1::RegisterStaffRequest request;
  request.set_request_id(id);
  request.set_user(user);
  request.set_venue(venue);
  request.set_district("districts/yuzhong");
  request.add_skills("EXPERIMENTS");
  return request;
}

TEST_F(VolunteerPeopleTest, StaffArePeopleWhoseTimeIsClaimed) {
  const auto request = StaffRequest("staff");
  auto wang = People<v1::Volunteer>("RegisterStaff", request, Admin());
  ASSERT_TRUE(wang.ok()) << wang.status();
  EXPECT_THAT(wang->kinds(), ElementsAre(v1::Volunteer::STAFF));
  EXPECT_EQ(wang->venue(), "venues/cqstm");
  EXPECT_EQ(People<v1::Volunteer>("RegisterStaff", request, Admin(), true)->name(), wang->name()) << "repeat";
  auto tried = AsPeer<reservation::v1::TryResponse>("Try", Guide(wang->name(), 50, 2));
  ASSERT_TRUE(tried.ok());
  EXPECT_EQ(tried->outcome(), reservation::v1::TryResponse::GRANTED);
  auto again = Guide(wang->name(), 51, 2);
  again.set_reservation("rb");
  again.set_request_id(reservation::ClaimId("rb", again.demand()));
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", again)->outcome(),
            reservation::v1::TryResponse::REFUSED)
      << "one time line";
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Cancel", StepOf(Guide(wang->name(), 50, 2))).ok());
  for (int restarts = 0; restarts < 2; ++restarts) {
    v1::ListStaffRequest list;
    list.set_venue("venues/cqstm");
    EXPECT_THAT(People<v1::ListStaffResponse>("ListStaff", list, Admin())->staff(), SizeIs(1));
    EXPECT_EQ(desk.Ask<v1::ListVolunteersResponse>("ListVolunteers", v1::ListVolunteersRequest(), Staff())
                  ->volunteers_size(),
              0)
        << "staff are no volunteers";
    desk.Restart();
  }
  desk.Register("wang");
  EXPECT_THAT(GetVolunteer(wang->name(), User("wang"))->kinds(),
              ElementsAre(v1::Volunteer::STAFF, v1::Volunteer::VOLUNTEER));
}

TEST_F(VolunteerPeopleTest, AVenueLearnsNothingOfWhoItMakesStaff) {
  auto li = RegisterBorn("li", "2010-03-01");
  ASSERT_TRUE(li.ok());
  auto staff = People<v1::Volunteer>("RegisterStaff", StaffRequest("a", "users/li"), Admin());
  ASSERT_TRUE(staff.ok()) << staff.status();
  EXPECT_EQ(staff->name(), li->name());
  EXPECT_EQ(staff->birth_date(), "");
  EXPECT_EQ(GetVolunteer(li->name(), Staff())->birth_date(), "") << "nor do its coordinators";
  EXPECT_EQ(Refused(li->name(), v1::Requirements(), 72), "GUARDIAN_CONSENT_NEEDED") << "still a minor";
}

TEST_F(VolunteerPeopleTest, StaffBelongToOneVenue) {
  ASSERT_TRUE(People<v1::Volunteer>("RegisterStaff", StaffRequest("a"), Admin()).ok());
  const auto other = StaffRequest("b", "users/wang", "venues/other");
  EXPECT_EQ(Reason(People<v1::Volunteer>("RegisterStaff", other, Admin("venues/other")).status()),
            "STAFF_ELSEWHERE");
  EXPECT_EQ(People<v1::Volunteer>("RegisterStaff", StaffRequest("c"), Admin("venues/other")).status().code(),
            absl::StatusCode::kNotFound)
      << "not their venue";
  EXPECT_EQ(People<v1::Volunteer>("RegisterStaff", StaffRequest("d", "users/wang", "venues/other"), City())
                ->venue(),
            "venues/other");
  for (const auto& [user, venue] : {std::pair("wang", "venues/cqstm"), std::pair("users/x", "cqstm")})
    EXPECT_FALSE(People<v1::Volunteer>("RegisterStaff", StaffRequest(venue, user, venue), City()).ok());
  auto skilled = StaffRequest("e", "users/zhao");
  skilled.add_skills("JUGGLING");
  EXPECT_EQ(Reason(People<v1::Volunteer>("RegisterStaff", skilled, Admin()).status()), "BAD_REQUEST");
}

TEST_F(VolunteerPeopleTest, PeopleSayWhatTheyCanAndShiftsAskForIt) {
  const std::string name = desk.Register("li").name();
  v1::Requirements needs;
  needs.add_skills("GUIDING");
  needs.add_languages("en");
  EXPECT_EQ(Refused(name, needs, 72), "LANGUAGE_NEEDED");
  v1::UpdateVolunteerRequest update;
  update.set_request_id("u1");
  update.mutable_volunteer()->set_name("volunteers/me");
  update.mutable_volunteer()->add_languages("zh");
  update.mutable_volunteer()->add_languages("en");
  auto li = People<v1::Volunteer>("UpdateVolunteer", update, User("li"));
  ASSERT_TRUE(li.ok()) << li.status();
  EXPECT_THAT(li->languages(), ElementsAre("zh", "en"));
  EXPECT_EQ(Refused(name, needs, 72), "SKILL_NEEDED");
  update.set_request_id("u2");
  update.mutable_volunteer()->set_name(name);
  update.mutable_volunteer()->clear_languages();
  update.mutable_volunteer()->add_skills("GUIDING");
  update.mutable_volunteer()->set_category(v1::MEDIA_WORKER);
  update.mutable_update_mask()->add_paths("skills");
  li = People<v1::Volunteer>("UpdateVolunteer", update, Keeper());
  ASSERT_TRUE(li.ok()) << li.status();
  EXPECT_THAT(li->languages(), ElementsAre("zh", "en")) << "not in the mask";
  EXPECT_EQ(li->category(), v1::CATEGORY_UNSPECIFIED);
  EXPECT_EQ(Refused(name, needs, 72), "");
  desk.Restart();
  EXPECT_THAT(GetVolunteer(name, User("li"))->skills(), ElementsAre("GUIDING"));

  v1::UpdateVolunteerRequest partly;
  partly.set_request_id("u3");
  partly.mutable_volunteer()->set_name(name);
  partly.mutable_volunteer()->set_category(v1::MEDIA_WORKER);
  li = People<v1::Volunteer>("UpdateVolunteer", partly, User("li"));
  ASSERT_TRUE(li.ok()) << li.status();
  EXPECT_EQ(li->category(), v1::MEDIA_WORKER);
  EXPECT_THAT(li->skills(), ElementsAre("GUIDING")) << "without a mask, what is set";
  EXPECT_EQ(li->district(), "districts/yuzhong");

  const auto refused = [&](const char* path, const rpc::Principal& caller, const std::string& district = "") {
    v1::UpdateVolunteerRequest request;
    request.set_request_id(desk.NextRequestId());
    request.mutable_volunteer()->set_name(name);
    request.mutable_volunteer()->set_district(district);
    request.mutable_volunteer()->add_skills("JUGGLING");
    request.mutable_update_mask()->add_paths(path);
    return People<v1::Volunteer>("UpdateVolunteer", request, caller).status().code();
  };
  EXPECT_EQ(refused("skills", User("li")), absl::StatusCode::kInvalidArgument) << "not on the list";
  EXPECT_EQ(refused("birth_date", User("li")), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refused("district", User("li"), "yuzhong"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refused("skills", Keeper("districts/kaizhou")), absl::StatusCode::kNotFound);
  EXPECT_EQ(refused("skills", Staff()), absl::StatusCode::kNotFound);
  EXPECT_EQ(refused("skills", User("zhao")), absl::StatusCode::kNotFound);
}

TEST_F(VolunteerPeopleTest, SkillsAreAList) {
  auto skills = People<v1::ListSkillsResponse>("ListSkills", v1::ListSkillsRequest(), rpc::Principal());
  ASSERT_TRUE(skills.ok());
  EXPECT_GT(skills->skills_size(), 10);
  EXPECT_FALSE(skills->skills(0).title().zh().empty());
}

TEST_F(VolunteerPeopleTest, IdentityIsVerifiedByTheDistrictOrTheCity) {
  const std::string name = desk.Register("li").name();
  v1::Requirements needs;
  needs.set_verified(true);
  EXPECT_EQ(GetVolunteer(name, User("li"))->verification(), v1::Volunteer::UNVERIFIED);
  EXPECT_EQ(Reason(Do<v1::VerifyVolunteerRequest>("VerifyVolunteer", name, Keeper()).status()),
            "NOT_SUBMITTED");
  EXPECT_EQ(Do<v1::SubmitVerificationRequest>("SubmitVerification", name, Keeper("districts/kaizhou"))
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      Do<v1::SubmitVerificationRequest>("SubmitVerification", "volunteers/me", User("li"))->verification(),
      v1::Volunteer::SUBMITTED);
  auto reject = desk.Named<v1::RejectVolunteerRequest>(name);
  reject.set_reason("照片不清楚");
  EXPECT_EQ(People<v1::Volunteer>("RejectVolunteer", reject, Keeper("districts/kaizhou")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(People<v1::Volunteer>("RejectVolunteer", reject, Keeper())->verification(),
            v1::Volunteer::REJECTED);
  EXPECT_EQ(GetVolunteer(name, User("li"))->reject_reason(), "照片不清楚");
  EXPECT_EQ(GetVolunteer(name, Keeper())->reject_reason(), "照片不清楚");
  EXPECT_EQ(GetVolunteer(name, Staff())->reject_reason(), "") << "not of their district";
  EXPECT_EQ(Dump().find("照片不清楚"), std::string::npos);
  EXPECT_EQ(Refused(name, needs, 72), "NOT_VERIFIED");
  ASSERT_TRUE(Do<v1::SubmitVerificationRequest>("SubmitVerification", name, User("li")).ok());
  EXPECT_EQ(Do<v1::VerifyVolunteerRequest>("VerifyVolunteer", name, City())->verification(),
            v1::Volunteer::VERIFIED);
  EXPECT_EQ(Refused(name, needs, 72), "");
  // Nobody keeps their own record.
  desk.Register("keeper");
  const std::string own = GetVolunteer("volunteers/me", User("keeper"))->name();
  ASSERT_TRUE(Do<v1::SubmitVerificationRequest>("SubmitVerification", own, Keeper()).ok());
  EXPECT_EQ(Reason(Do<v1::VerifyVolunteerRequest>("VerifyVolunteer", own, Keeper()).status()), "OWN_PERSON");
}

TEST_F(VolunteerPeopleTest, BackgroundChecksAreSeenByACoordinator) {
  const std::string name = desk.Register("li").name();
  v1::Requirements needs;
  needs.set_background_check(true);
  EXPECT_EQ(Refused(name, needs, 72), "CHECK_NEEDED");
  auto check = desk.Named<v1::RecordBackgroundCheckRequest>(name);
  check.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(kDeskStart + absl::Hours(24 * 90)));
  EXPECT_EQ(
      People<v1::Volunteer>("RecordBackgroundCheck", check, Keeper("districts/kaizhou")).status().code(),
      absl::StatusCode::kNotFound);
  auto li = People<v1::Volunteer>("RecordBackgroundCheck", check, Keeper());
  ASSERT_TRUE(li.ok()) << li.status();
  EXPECT_EQ(li->background_check_until_time().seconds(), check.expire_time().seconds());
  EXPECT_EQ(Refused(name, needs, 72), "");
  EXPECT_FALSE(Do<v1::WithdrawBackgroundCheckRequest>("WithdrawBackgroundCheck", name, Keeper())
                   ->has_background_check_until_time());
  check.set_request_id("past");
  check.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(kDeskStart - absl::Hours(1)));
  EXPECT_EQ(Reason(People<v1::Volunteer>("RecordBackgroundCheck", check, Keeper()).status()), "BAD_REQUEST");
}

TEST_F(VolunteerPeopleTest, TheFiguresOfRegistrationFollow) {
  const std::string li = desk.Register("li").name();
  desk.Register("zhao");
  ASSERT_TRUE(People<v1::Volunteer>("RegisterStaff", StaffRequest("s"), Admin()).ok());
  ASSERT_TRUE(RegisterBorn("kid", "2010-03-01").ok());
  ASSERT_TRUE(RegisterBorn("almost", "2008-11-17").ok()) << "eighteen tomorrow";
  ASSERT_TRUE(Do<v1::SubmitVerificationRequest>("SubmitVerification", li, User("li")).ok());
  ASSERT_TRUE(Do<v1::VerifyVolunteerRequest>("VerifyVolunteer", li, Keeper()).ok());
  v1::UpdateVolunteerRequest move;
  move.set_request_id("move");
  move.mutable_volunteer()->set_name(li);
  move.mutable_volunteer()->set_district("districts/kaizhou");
  ASSERT_TRUE(People<v1::Volunteer>("UpdateVolunteer", move, User("li")).ok());
  const auto ask = [&](const std::string& district) {
    v1::GetRegistrationSummaryRequest request;
    request.set_district(district);
    auto summary = People<v1::RegistrationSummary>("GetRegistrationSummary", request, City());
    EXPECT_TRUE(summary.ok()) << summary.status();
    return *summary;
  };
  for (int restarts = 0; restarts < 2; ++restarts) {
    const v1::RegistrationSummary all = ask("");
    EXPECT_EQ(all.registered(), 4);
    EXPECT_EQ(all.verified(), 1);
    EXPECT_EQ(all.minors(), 2);
    EXPECT_EQ(all.target(), 100'000);
    ASSERT_EQ(all.rows_size(), 3) << all.DebugString();
    EXPECT_EQ(all.rows(0).district(), "districts/kaizhou");
    EXPECT_EQ(all.rows(0).verified(), 1);
    EXPECT_EQ(all.rows(2).category(), v1::PUPIL);
    EXPECT_EQ(all.rows(2).minors(), 2);
    EXPECT_EQ(ask("districts/kaizhou").registered(), 1);
    desk.Restart();
  }
  desk.Advance(absl::Hours(24));
  EXPECT_EQ(ask("").minors(), 1) << "who came of age is counted as such, without any act";
  EXPECT_EQ(People<v1::RegistrationSummary>("GetRegistrationSummary", v1::GetRegistrationSummaryRequest(),
                                            User("li"))
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace kepu::volunteer::people_test
