#include "kepu/volunteer/v1/people.pb.h"
// Certificates over the service: asked for, issued, checked by anybody, corrected and revoked; and the paper.
#include <cstdio>

#include "kepu/options/v1/raw_body.pb.h"
#include "kepu/volunteer/v1/people.pb.h"
#include "services/volunteer/domain/certificate.h"
#include "tests/service/volunteer_recognition.h"

namespace kepu::volunteer::certificate_service_test {
namespace {

using v1::Certificate;
using v1::CertificateCheck;

class CertificateServiceTest : public RecognitionFixture {
 protected:
  // Sixteen, with a guardian who consents.
  void RegisterPupil(const std::string& user) {
    v1::RegisterVolunteerRequest pupil;
    pupil.set_request_id(desk.NextRequestId());
    pupil.mutable_volunteer()->set_birth_date("2010-03-01");
    pupil.mutable_volunteer()->set_district("districts/yuzhong");
    pupil.mutable_volunteer()->set_category(v1::PUPIL);
    const auto made = desk.Ask<v1::Volunteer>("RegisterVolunteer", pupil, User(user));
    ASSERT_TRUE(made.ok()) << made.status();
    v1::RecordConsentRequest paper;
    paper.set_request_id(desk.NextRequestId());
    paper.set_parent(made->name());
    v1::GuardianConsent& consent = *paper.mutable_consent();
    consent.set_guardian_name("王建国");
    consent.set_guardian_phone("13900000001");
    consent.set_relation(v1::PARENT);
    consent.add_scopes(v1::CONSENT_TO_SERVICE);
    consent.set_text_version("2026-1");
    consent.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(Now() + absl::Hours(24 * 30)));
    const rpc::Principal city{"users/city", "", {{"city_admin", "city"}}};
    const auto recorded = Ask<v1::GuardianConsent>("PersonService", "RecordConsent", paper, city);
    ASSERT_TRUE(recorded.ok()) << recorded.status();
  }
  v1::ApplyForCertificateRequest Request(const std::string& volunteer = "volunteers/me",
                                         const std::string& issuer = "venues/cqstm") {
    auto request = New<v1::ApplyForCertificateRequest>();
    Certificate& asked = *request.mutable_certificate();
    asked.set_volunteer(volunteer);
    asked.set_issuer(issuer);
    asked.set_display_name("欧阳小明");
    domain::SetDate(absl::CivilDay(2026, 11, 1), asked.mutable_first_day());
    domain::SetDate(Today(), asked.mutable_last_day());
    return request;
  }
  absl::StatusOr<Certificate> Apply(const v1::ApplyForCertificateRequest& request,
                                    const rpc::Principal& caller = User("li")) {
    return Ask<Certificate>("CertificateService", "ApplyForCertificate", request, caller);
  }
  absl::StatusOr<Certificate> Issue(const std::string& name, const rpc::Principal& caller = Staff()) {
    auto request = desk.Named<v1::IssueCertificateRequest>(name);
    request.mutable_issuer_title()->set_zh("重庆科技馆");
    return Ask<Certificate>("CertificateService", "IssueCertificate", request, caller);
  }
  template <class Request>
  absl::StatusOr<Certificate> Because(const char* method, const std::string& name,
                                      const rpc::Principal& caller = Staff()) {
    auto request = desk.Named<Request>(name);
    request.set_reason("记录更正");
    return Ask<Certificate>("CertificateService", method, request, caller);
  }
  absl::StatusOr<Certificate> Get(const std::string& name, const rpc::Principal& caller) {
    v1::GetCertificateRequest request;
    request.set_name(name);
    return Ask<Certificate>("CertificateService", "GetCertificate", request, caller);
  }
  CertificateCheck Check(const std::string& number, const std::string& code) {
    v1::VerifyCertificateRequest request;
    request.set_number(number);
    request.set_code(code);
    auto check = Ask<CertificateCheck>("CertificateService", "VerifyCertificate", request, {});
    EXPECT_TRUE(check.ok()) << check.status();
    return check.ok() ? *check : CertificateCheck();
  }
  absl::StatusOr<options::v1::RawBody> Download(const std::string& name, const rpc::Principal& caller) {
    v1::DownloadCertificateRequest request;
    request.set_name(name);
    return Ask<options::v1::RawBody>("CertificateService", "DownloadCertificate", request, caller);
  }
  absl::StatusOr<v1::ListCertificatesResponse> List(const std::string& volunteer, const std::string& issuer,
                                                    const rpc::Principal& caller) {
    v1::ListCertificatesRequest request;
    request.set_volunteer(volunteer);
    request.set_issuer(issuer);
    return Ask<v1::ListCertificatesResponse>("CertificateService", "ListCertificates", request, caller);
  }
  std::string TextOf(const std::string& pdf) {
    desk.folder.Write("paper.pdf", pdf);
    FILE* pipe = popen(absl::StrCat("pdftotext -layout ", desk.folder.path("paper.pdf"), " -").c_str(), "r");
    std::string text;
    char buffer[4096];
    for (size_t got = 0; (got = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) text.append(buffer, got);
    EXPECT_EQ(pclose(pipe), 0);
    return text;
  }
  Certificate Issued() {
    desk.Register("li");
    Serve("li");
    const auto asked = Apply(Request());
    EXPECT_TRUE(asked.ok()) << asked.status();
    auto issued = Issue(asked->name());
    EXPECT_TRUE(issued.ok()) << issued.status();
    return issued.ok() ? *issued : Certificate();
  }
};

TEST_F(CertificateServiceTest, IsIssuedByWhoRecordsAndCheckedByAnybody) {
  ASSERT_TRUE(Put(StarRules({100})).ok());
  desk.Register("li");
  Serve("li");
  const auto request = Request();
  const auto asked = Apply(request);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(Apply(request)->name(), asked->name()) << "a repeat";
  EXPECT_EQ(asked->state(), Certificate::APPLIED);
  EXPECT_EQ(asked->number(), "");
  EXPECT_EQ(Issue(asked->name(), Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Issue(asked->name(), User("li")).status().code(), absl::StatusCode::kPermissionDenied);
  auto issue = desk.Named<v1::IssueCertificateRequest>(asked->name());
  issue.mutable_issuer_title()->set_zh("重庆科技馆");
  const auto issued = Ask<Certificate>("CertificateService", "IssueCertificate", issue, Staff());
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(issued->number(), "2026-CQSTM-000001");
  EXPECT_EQ(issued->minutes(), 240);
  EXPECT_EQ(issued->rows(), 1);
  EXPECT_EQ(issued->display_name(), "欧阳小明");
  EXPECT_THAT(issued->rules(), HasSubstr("recognitionRules/"));
  const auto again = Ask<Certificate>("CertificateService", "IssueCertificate", issue, Staff());
  EXPECT_EQ(again->number(), issued->number()) << "a repeat takes no second number";
  const CertificateCheck check = Check(issued->number(), issued->code());
  EXPECT_EQ(check.verdict(), CertificateCheck::VALID);
  EXPECT_EQ(check.masked_name(), "欧***");
  EXPECT_EQ(check.minutes(), 240);
  EXPECT_EQ(check.digest(), issued->digest());
  EXPECT_EQ(check.issuer_title().zh(), "重庆科技馆");
  EXPECT_EQ(Check("2026-cqstm-000001", issued->code()).verdict(), CertificateCheck::VALID);
  // The wrong code and no such number are alike.
  const CertificateCheck wrong = Check(issued->number(), "aaaaaaaa");
  EXPECT_EQ(wrong.verdict(), CertificateCheck::UNKNOWN);
  EXPECT_EQ(wrong.SerializeAsString(), Check("2026-CQSTM-000009", "aaaaaaaa").SerializeAsString());
  EXPECT_EQ(Check(issued->number(), issued->code() + "a").verdict(), CertificateCheck::UNKNOWN);
  desk.Restart();
  EXPECT_EQ(Check(issued->number(), issued->code()).SerializeAsString(), check.SerializeAsString());
}

TEST_F(CertificateServiceTest, IsSeenByTheVolunteerAndTheIssuer) {
  const Certificate issued = Issued();
  EXPECT_EQ(Get(issued.name(), User("li"))->display_name(), "欧阳小明");
  EXPECT_TRUE(Get(issued.name(), Staff()).ok());
  for (const rpc::Principal& other : {User("wang"), Staff("venues/other")}) {
    EXPECT_EQ(Get(issued.name(), other).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Download(issued.name(), other).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(List("", "venues/cqstm", other).status().code(), absl::StatusCode::kNotFound);
  }
  EXPECT_EQ(List("volunteers/me", "", User("li"))->certificates_size(), 1);
  EXPECT_EQ(List("", "venues/cqstm", Staff())->certificates_size(), 1);
  EXPECT_EQ(List(issued.volunteer(), "", Staff())->certificates_size(), 1);
  EXPECT_EQ(List(issued.volunteer(), "", Staff("venues/other"))->certificates_size(), 0);
  EXPECT_EQ(List("", "", Staff()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Apply(Request(issued.volunteer()), User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Apply(Request(issued.volunteer()), Staff()).ok()) << "the coordinator for the volunteer";
}

TEST_F(CertificateServiceTest, HasAPaper) {
  const Certificate issued = Issued();
  const auto paper = Download(issued.name(), User("li"));
  ASSERT_TRUE(paper.ok()) << paper.status();
  EXPECT_EQ(paper->content_type(), "application/pdf");
  EXPECT_EQ(paper->data(), Download(issued.name(), Staff())->data()) << "the same bytes";
  const std::string text = TextOf(paper->data());
  for (const std::string& part :
       {std::string("志愿服务记录证明"), std::string("Certificate of Volunteer Service"),
        std::string("欧阳小明"), issued.number(), std::string("4 小时"), issued.code(),
        std::string("重庆科技馆"), std::string("2026-11-16"), std::string("240")})
    EXPECT_THAT(text, HasSubstr(part));
  const auto waiting = Apply(Request());
  EXPECT_EQ(Reason(Download(waiting->name(), User("li")).status()), "CERTIFICATE_STATE");
}

TEST_F(CertificateServiceTest, TellsThatTheLedgerWentOnAndIsReplaced) {
  const Certificate old = Issued();
  // Later on the last day of the period.
  Serve("li", 2);
  EXPECT_EQ(Check(old.number(), old.code()).verdict(), CertificateCheck::STALE);
  EXPECT_EQ(Because<v1::ReplaceCertificateRequest>("ReplaceCertificate", old.name(), Staff("venues/other"))
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  rpc::Principal self = Staff();
  self.name = "users/li";
  EXPECT_EQ(Reason(Because<v1::ReplaceCertificateRequest>("ReplaceCertificate", old.name(), self).status()),
            "OWN_CASE");
  EXPECT_EQ(Get(old.name(), User("li"))->state(), Certificate::ISSUED) << "nothing ends by a refusal";
  const auto fresh = Because<v1::ReplaceCertificateRequest>("ReplaceCertificate", old.name());
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_EQ(fresh->number(), "2026-CQSTM-000002");
  EXPECT_EQ(fresh->replaces(), old.name());
  EXPECT_EQ(fresh->rows(), 2);
  EXPECT_EQ(fresh->display_name(), "欧阳小明");
  const auto gone = Get(old.name(), User("li"));
  EXPECT_EQ(gone->state(), Certificate::REPLACED);
  EXPECT_EQ(gone->replaced_by(), fresh->name());
  EXPECT_EQ(gone->close_reason(), "记录更正");
  EXPECT_EQ(Check(old.number(), old.code()).verdict(), CertificateCheck::REPLACED);
  EXPECT_EQ(Check(fresh->number(), fresh->code()).verdict(), CertificateCheck::VALID);
  EXPECT_THAT(TextOf(Download(old.name(), User("li"))->data()), HasSubstr("不再有效"));
  EXPECT_EQ(Reason(Because<v1::ReplaceCertificateRequest>("ReplaceCertificate", old.name()).status()),
            "CERTIFICATE_STATE");
}

TEST_F(CertificateServiceTest, IsDeclinedOrRevoked) {
  const Certificate issued = Issued();
  ASSERT_TRUE(Because<v1::RevokeCertificateRequest>("RevokeCertificate", issued.name()).ok());
  EXPECT_EQ(Check(issued.number(), issued.code()).verdict(), CertificateCheck::REVOKED);
  const auto asked = Apply(Request());
  EXPECT_EQ(Because<v1::RevokeCertificateRequest>("RevokeCertificate", asked->name())->state(),
            Certificate::DECLINED);
  EXPECT_EQ(Reason(Issue(asked->name()).status()), "CERTIFICATE_STATE");
  // The number that follows leaves no gap.
  EXPECT_EQ(Issue(Apply(Request())->name())->number(), "2026-CQSTM-000002");
}

TEST_F(CertificateServiceTest, WhatCannotBeCertifiedIsRefused) {
  desk.Register("li");
  EXPECT_EQ(Reason(Issue(Apply(Request())->name()).status()), "NO_HOURS");
  Serve("li");
  EXPECT_EQ(
      Reason(Issue(Apply(Request("volunteers/me", "venues/other"))->name(), Staff("venues/other")).status()),
      "NO_HOURS")
      << "another's records";
  rpc::Principal self = Staff();
  self.name = "users/li";
  EXPECT_EQ(Reason(Issue(Apply(Request())->name(), self).status()), "OWN_CASE");
  EXPECT_EQ(Apply(Request(), User("wang")).status().code(), absl::StatusCode::kNotFound) << "no volunteer";
  auto late = Request();
  domain::SetDate(Today() + 1, late.mutable_certificate()->mutable_last_day());
  EXPECT_EQ(Apply(late).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CertificateServiceTest, PracticeCountsUpToTheMostOfATerm) {
  auto rules = StarRules({});
  rules.mutable_rules()->set_kind(v1::RecognitionRules::PRACTICE);
  rules.mutable_rules()->clear_stars();
  rules.mutable_rules()->mutable_practice()->set_hours_max(3);
  auto* term = rules.mutable_rules()->mutable_practice()->add_terms();
  term->set_code("2026-autumn");
  domain::SetDate(absl::CivilDay(2026, 9, 1), term->mutable_first_day());
  domain::SetDate(absl::CivilDay(2027, 1, 20), term->mutable_last_day());
  ASSERT_TRUE(Put(rules).ok());
  RegisterPupil("li");
  Serve("li");
  auto request = Request();
  request.mutable_certificate()->set_kind(Certificate::PRACTICE);
  request.mutable_certificate()->set_term("2025");
  EXPECT_EQ(Reason(Apply(request).status()), "NO_SUCH_TERM");
  request.set_request_id(desk.NextRequestId());
  request.mutable_certificate()->set_term("2026-autumn");
  const auto issued = Issue(Apply(request)->name());
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(issued->minutes(), 240);
  EXPECT_EQ(issued->counted_minutes(), 180);
  EXPECT_THAT(issued->rules(), HasSubstr("recognitionRules/"));
  EXPECT_THAT(TextOf(Download(issued->name(), User("li"))->data()), HasSubstr("社会实践时长证明"));
}

TEST_F(CertificateServiceTest, TheNameGoesWithThePerson) {
  const Certificate issued = Issued();
  ASSERT_TRUE(desk.vault->Destroy("users/li").ok());
  const CertificateCheck check = Check(issued.number(), issued.code());
  EXPECT_EQ(check.verdict(), CertificateCheck::VALID);
  EXPECT_EQ(check.masked_name(), "");
  EXPECT_EQ(Get(issued.name(), Staff())->display_name(), "");
}

}  // namespace
}  // namespace kepu::volunteer::certificate_service_test
