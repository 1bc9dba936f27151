// Minors: they register, serve as far as a guardian consents and the law lets them, and what a withdrawal
// leads to. At the desk it is a Monday in November 2026, eight in the morning.
#include "kepu/volunteer/v1/duty.pb.h"
#include "tests/service/volunteer_people_fixture.h"

namespace kepu::volunteer::consents_test {
namespace {

class VolunteerConsentsTest : public VolunteerPeopleTest {
 protected:
  absl::StatusOr<v1::GuardianConsent> Withdraw(const std::string& name, const rpc::Principal& caller) {
    return People<v1::GuardianConsent>("WithdrawConsent", desk.Named<v1::WithdrawConsentRequest>(name),
                                       caller);
  }
  absl::StatusOr<v1::ListConsentsResponse> Consents(const std::string& parent, const rpc::Principal& caller) {
    v1::ListConsentsRequest request;
    request.set_parent(parent);
    return People<v1::ListConsentsResponse>("ListConsents", request, caller);
  }
};

TEST_F(VolunteerConsentsTest, AMinorServesWhileAGuardianConsents) {
  auto kid = RegisterBorn("kid", "2011-03-01");  // fifteen
  ASSERT_TRUE(kid.ok()) << kid.status();
  EXPECT_EQ(kid->state(), v1::Volunteer::CONSENT_NEEDED);
  EXPECT_TRUE(kid->minor());
  EXPECT_EQ(kid->birth_date(), "2011-03-01");
  const std::string shift = desk.MakeShift(2, 72, 4).name();
  EXPECT_EQ(Reason(desk.SignUp(shift, "kid").status()), "GUARDIAN_CONSENT_NEEDED");
  auto paper = Consent(kid->name(), absl::Hours(24 * 30));
  ASSERT_TRUE(paper.ok()) << paper.status();
  EXPECT_EQ(paper->guardian_name(), "王建国");
  EXPECT_EQ(paper->recorded_by(), "users/keeper");
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(GetVolunteer(kid->name(), User("kid"))->state(), v1::Volunteer::ACTIVE);
    EXPECT_TRUE(GetVolunteer(kid->name(), User("kid"))->has_consent_until_time());
    ASSERT_EQ(Consents("volunteers/me", User("kid"))->consents_size(), 1);
    EXPECT_EQ(Consents(kid->name(), Keeper())->consents(0).guardian_phone(), "13900000001");
    desk.Restart();
  }
  EXPECT_TRUE(desk.SignUp(shift, "kid").ok());
  EXPECT_EQ(Reason(desk.SignUp(desk.MakeShift(2, 77, 1).name(), "kid").status()), "TOO_MANY_HOURS")
      << "four hours a day";
  EXPECT_EQ(Reason(desk.SignUp(desk.MakeShift(2, 82, 1).name(), "kid").status()), "MINOR_HOURS");
  EXPECT_EQ(Reason(desk.SignUp(desk.MakeShift(2, 24 * 31, 1).name(), "kid").status()),
            "GUARDIAN_CONSENT_NEEDED")
      << "it ends before";
  v1::Requirements danger;
  danger.add_hazards(v1::Requirements::VEHICLE);
  EXPECT_EQ(Refused(kid->name(), danger, 97), "MINOR_HAZARD");
  // Claims by other services obey as well.
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", Guide(kid->name(), 24 * 31, 1))->outcome(),
            reservation::v1::TryResponse::REFUSED);
}

TEST_F(VolunteerConsentsTest, WhoMayAndWhoMayNot) {
  auto kid = RegisterBorn("kid", "2011-03-01");
  ASSERT_TRUE(kid.ok());
  const auto record = [&](const std::string& parent, const rpc::Principal& caller) {
    return People<v1::GuardianConsent>("RecordConsent", Paper(parent, absl::Hours(240)), caller).status();
  };
  EXPECT_EQ(record(kid->name(), Keeper("districts/kaizhou")).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(record(kid->name(), User("kid")).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(record(desk.Register("li").name(), Keeper())), "NOT_A_MINOR");
  ASSERT_TRUE(record(kid->name(), City()).ok());
  const std::string consent = Consents(kid->name(), City())->consents(0).name();
  EXPECT_EQ(Consents(kid->name(), User("li")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Consents(kid->name(), Staff()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Withdraw(consent, User("li")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Withdraw(kid->name() + "/consents/c9", Keeper()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(RegisterBorn("baby", "2019-03-01").status()), "TOO_YOUNG");
  auto bad = Paper(kid->name(), absl::Hours(240), {});
  EXPECT_EQ(Reason(People<v1::GuardianConsent>("RecordConsent", bad, City()).status()), "BAD_REQUEST");
  auto same = Paper(kid->name(), absl::Hours(240));
  auto once = People<v1::GuardianConsent>("RecordConsent", same, City());
  auto twice = People<v1::GuardianConsent>("RecordConsent", same, City(), true);
  EXPECT_EQ(once->name(), twice->name());
  EXPECT_EQ(Consents(kid->name(), City())->consents_size(), 2);
  v1::ListConsentsRequest page;
  page.set_parent(kid->name());
  page.set_page_size(1);
  auto first = People<v1::ListConsentsResponse>("ListConsents", page, City());
  page.set_page_token(first->next_page_token());
  auto second = People<v1::ListConsentsResponse>("ListConsents", page, City());
  EXPECT_THAT(second->consents(), SizeIs(1));
  EXPECT_NE(first->consents(0).name(), second->consents(0).name());
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(VolunteerConsentsTest, OfTheYoungestNothingIsKeptBeforeAGuardianConsents) {
  auto kid = RegisterBorn("kid", "2015-03-01");  // eleven
  ASSERT_TRUE(kid.ok()) << kid.status();
  EXPECT_EQ(kid->birth_date(), "");
  EXPECT_EQ(kid->languages_size(), 0);
  EXPECT_EQ(kid->state(), v1::Volunteer::CONSENT_NEEDED);
  EXPECT_EQ(Reason(SubmitIdNumber(kid->name(), "11010519491231002X", User("kid")).status()),
            "GUARDIAN_CONSENT_NEEDED");
  EXPECT_EQ(Reason(Consent(kid->name(), absl::Hours(240)).status()), "BAD_REQUEST") << "no date, no data";
  auto paper =
      Paper(kid->name(), absl::Hours(240), {v1::CONSENT_TO_SERVICE, v1::CONSENT_TO_DATA}, "2015-03-01");
  paper.mutable_consent()->set_guardian_on_site(true);
  auto consent = People<v1::GuardianConsent>("RecordConsent", paper, Keeper());
  ASSERT_TRUE(consent.ok()) << consent.status();
  EXPECT_EQ(GetVolunteer(kid->name(), Keeper())->birth_date(), "2015-03-01");
  EXPECT_EQ(GetVolunteer(kid->name(), Staff())->birth_date(), "");
  const std::string open = desk.MakeShift(2, 72, 2).name();
  EXPECT_EQ(Reason(desk.SignUp(open, "kid").status()), "JUNIOR_ROLE_NEEDED");
  v1::Requirements junior;
  junior.set_junior(true);
  EXPECT_EQ(Refused(kid->name(), junior, 72), "");
  junior.set_outdoor(true);
  EXPECT_EQ(Refused(kid->name(), junior, 72), "OUTDOOR_CONSENT_NEEDED");
  ASSERT_TRUE(Withdraw(consent->name(), User("kid")).ok());
  EXPECT_EQ(GetVolunteer(kid->name(), Keeper())->birth_date(), "") << "dropped at once";
  EXPECT_EQ(Refused(kid->name(), junior, 72), "GUARDIAN_CONSENT_NEEDED");
}

TEST_F(VolunteerConsentsTest, AWithdrawalReleasesWhatIsToComeAndKeepsWhatWasServed) {
  auto kid = RegisterBorn("kid", "2010-03-01");  // sixteen
  auto consent = Consent(kid->name(), absl::Hours(24 * 30));
  ASSERT_TRUE(consent.ok()) << consent.status();
  const std::string today = desk.MakeShift(2, 2, 2).name();
  auto served = desk.SignUp(today, "kid");
  auto started = desk.SignUp(desk.MakeShift(2, 5, 2).name(), "kid");
  auto coming = desk.SignUp(desk.MakeShift(1, 72, 2).name(), "kid");
  auto far = desk.SignUp(desk.MakeShift(1, 24 * 20 + 1, 2).name(), "kid");
  ASSERT_TRUE(served.ok() && started.ok() && coming.ok() && far.ok()) << far.status();
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckIn(served->name()).ok());
  desk.Advance(absl::Hours(3) + absl::Minutes(10));
  auto withdrawn = Withdraw(consent->name(), Keeper());
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_TRUE(withdrawn->has_withdraw_time());
  EXPECT_EQ(Reason(CheckIn(started->name()).status()), "NOT_SIGNED_UP") << "begun, and nobody may come now";
  for (const auto& released : {*started, *coming, *far}) {
    auto shown = GetSignup(released.name(), User("kid"));
    EXPECT_EQ(shown->state(), v1::Signup::WITHDRAWN);
    EXPECT_THAT(shown->reason(), HasSubstr("监护人同意已撤回"));
  }
  EXPECT_TRUE(CheckOut(served->name()).ok()) << "who is there may go";
  RecordHours(served->name());
  EXPECT_EQ(GetSignup(served->name(), User("kid"))->state(), v1::Signup::CHECKED_OUT);
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_GT(GetVolunteer(kid->name(), User("kid"))->total_minutes(), 0) << "and keeps the hours";
  EXPECT_EQ(desk.Look(coming->shift()).free(), 1);
  EXPECT_EQ(Reason(desk.SignUp(coming->shift(), "kid").status()), "GUARDIAN_CONSENT_NEEDED");
  ASSERT_TRUE(Consent(kid->name(), absl::Hours(24 * 30)).ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_TRUE(desk.SignUp(coming->shift(), "kid").ok()) << "the time is free again";
}

// What other services have claimed them for is theirs to end: they are told that nobody comes.
TEST_F(VolunteerConsentsTest, AWithdrawalReportsWhatTheyGuideAndFreesAnAbsentPlace) {
  auto kid = RegisterBorn("kid", "2010-03-01");
  auto consent = Consent(kid->name(), absl::Hours(24 * 30));
  auto guide = Guide(kid->name(), 72, 2);
  ASSERT_TRUE(AsPeer<reservation::v1::TryResponse>("Try", guide).ok());
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(guide)).ok());
  auto absent = desk.SignUp(desk.MakeShift(1, 2, 2).name(), "kid");
  ASSERT_TRUE(absent.ok()) << absent.status();
  desk.Advance(absl::Hours(2) + absl::Minutes(30));
  auto no_show = desk.Named<v1::MarkNoShowRequest>(absent->name());
  no_show.set_reason("没来");
  ASSERT_TRUE(desk.Ask<v1::Signup>("MarkNoShow", no_show, Staff()).ok());
  ASSERT_TRUE(Withdraw(consent->name(), Keeper()).ok());
  desk.executor.RunFor(absl::Seconds(5));
  v1::ListUnavailabilitiesRequest list;
  list.set_place("venues/cqstm");
  rpc::Context context;
  context.principal = Staff();
  auto reported = desk.Ask<v1::ListUnavailabilitiesResponse>("ListUnavailabilities", list, std::move(context),
                                                             "DutyService");
  ASSERT_TRUE(reported.ok()) << reported.status();
  ASSERT_THAT(reported->unavailabilities(), SizeIs(1));
  EXPECT_EQ(reported->unavailabilities(0).volunteer(), kid->name());
  EXPECT_EQ(reported->unavailabilities(0).duty().purpose(), "events/e/sessions/s");
  EXPECT_EQ(GetSignup(absent->name(), Staff())->state(), v1::Signup::WITHDRAWN);
  const v1::Shift shift = desk.Look(absent->shift());
  EXPECT_EQ(shift.no_shows(), 0);
  EXPECT_EQ(shift.signed_up(), 0);
  EXPECT_EQ(Reason(CheckIn(absent->name()).status()), "NOT_SIGNED_UP") << "nobody may come now";
  // Who had claimed them lets them go, and nothing is left to be told.
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Release", StepOf(guide)).ok());
}

TEST_F(VolunteerConsentsTest, AnotherConsentGoesOnCovering) {
  auto kid = RegisterBorn("kid", "2010-03-01");
  auto shorter = Consent(kid->name(), absl::Hours(24 * 10));
  auto longer = Consent(kid->name(), absl::Hours(24 * 30));
  auto near = desk.SignUp(desk.MakeShift(1, 72, 2).name(), "kid");
  auto far = desk.SignUp(desk.MakeShift(1, 24 * 20 + 1, 2).name(), "kid");
  ASSERT_TRUE(near.ok() && far.ok());
  ASSERT_TRUE(Withdraw(longer->name(), User("kid")).ok());
  EXPECT_EQ(GetSignup(near->name(), User("kid"))->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(GetSignup(far->name(), User("kid"))->state(), v1::Signup::WITHDRAWN);
  EXPECT_EQ(GetVolunteer(kid->name(), User("kid"))->state(), v1::Volunteer::ACTIVE);
}

TEST_F(VolunteerConsentsTest, WhatACrashLeftIsReleasedByWhoComesNext) {
  auto kid = RegisterBorn("kid", "2010-03-01");
  auto consent = Consent(kid->name(), absl::Hours(24 * 30));
  auto signup = desk.SignUp(desk.MakeShift(1, 72, 2).name(), "kid");
  ASSERT_TRUE(signup.ok());
  rpc::Context context;
  context.principal = Keeper();
  auto lost = desk.Send("WithdrawConsent", desk.Named<v1::WithdrawConsentRequest>(consent->name()), context,
                        "PersonService");
  const auto withdrawn = [&] {
    // The fact stands in the log, and nothing came of it yet: the consent's id, and who withdrew it.
    return Dump().find(std::string("\n\x02") + "c1\x12\x0c" + "users/keeper") != std::string::npos;
  };
  ASSERT_TRUE(desk.executor.RunUntil(withdrawn, absl::Seconds(5)));
  desk.Restart();
  EXPECT_EQ(GetSignup(signup->name(), User("kid"))->state(), v1::Signup::SIGNED_UP);
  desk.executor.RunFor(absl::Seconds(15));
  EXPECT_EQ(GetSignup(signup->name(), User("kid"))->state(), v1::Signup::WITHDRAWN);
}

TEST_F(VolunteerConsentsTest, TheDayOfTheStartDecides) {
  // Eighteen on the Wednesday; the desk opens on the Monday.
  auto grown = RegisterBorn("grown", "2008-11-18");
  ASSERT_TRUE(grown.ok());
  EXPECT_EQ(Reason(desk.SignUp(desk.MakeShift(2, 24 + 14, 4).name(), "grown").status()), "MINOR_HOURS")
      << "from Tuesday, ten in the evening";
  EXPECT_TRUE(desk.SignUp(desk.MakeShift(2, 24 + 16, 4).name(), "grown").ok())
      << "from midnight on an adult's, and no consent is needed";
  EXPECT_EQ(GetVolunteer(grown->name(), User("grown"))->state(), v1::Volunteer::CONSENT_NEEDED);
  desk.Advance(absl::Hours(40));
  EXPECT_EQ(GetVolunteer(grown->name(), User("grown"))->state(), v1::Volunteer::ACTIVE);
  EXPECT_FALSE(GetVolunteer(grown->name(), User("grown"))->minor());
}

}  // namespace
}  // namespace kepu::volunteer::consents_test
