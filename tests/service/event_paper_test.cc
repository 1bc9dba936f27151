// Papers of who books: uploaded, judged by places, seen by those who may, and what an approval makes of them.
#include "kepu/options/v1/raw_body.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_camp_desk.h"

namespace kepu::event {
namespace {

using v1::Booking;
using v1::Paper;

constexpr char kPdf[] = "%PDF-1.7 a sealed letter %%EOF";

class EventPaperTest : public CampDeskTest {
 protected:
  absl::StatusOr<Paper> Upload(const std::string& booking, v1::PaperKind kind, const rpc::Principal& who,
                               const std::string& content = kPdf, const std::string& last_date = "") {
    v1::UploadPaperRequest request;
    request.set_parent(booking);
    request.set_kind(kind);
    request.set_content(content);
    request.set_last_date(last_date);
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<Paper>("PaperService/UploadPaper", request, who);
  }
  absl::StatusOr<Paper> Review(const std::string& paper, int version, bool accept,
                               const std::string& reason = "", const rpc::Principal& who = kStaff) {
    auto request = desk.Named<v1::ReviewPaperRequest>(paper);
    request.set_version(version);
    request.set_accept(accept);
    request.set_reason(reason);
    return desk.Ask<Paper>("PaperService/ReviewPaper", request, who);
  }
  absl::StatusOr<std::string> Download(const std::string& paper, const rpc::Principal& who, int version = 0) {
    v1::DownloadPaperRequest request;
    request.set_name(paper);
    request.set_version(version);
    auto body = desk.Ask<options::v1::RawBody>("PaperService/DownloadPaper", request, who);
    if (!body.ok()) return body.status();
    return absl::StrCat(body->content_type(), " ", body->data());
  }
  std::string ListOf(const std::string& booking, const rpc::Principal& who) {
    v1::ListPapersRequest request;
    request.set_parent(booking);
    auto papers = desk.Ask<v1::ListPapersResponse>("PaperService/ListPapers", request, who);
    if (!papers.ok()) return Reason(papers.status());
    std::string text;
    for (const Paper& paper : papers->papers())
      absl::StrAppend(&text, paper.name().substr(paper.name().rfind('/') + 1), " ",
                      Paper::State_Name(paper.state()), " ", paper.versions_size(), "; ");
    return text;
  }
  std::string DateIn(absl::Duration span) {
    return absl::FormatTime("%Y-%m-%d", desk.clock.Now() + span, absl::FixedTimeZone(8 * 3600));
  }
};

TEST_F(EventPaperTest, AnApprovalRestsOnThem) {
  const std::string session = Asking(100, {v1::PAPER_KIND_SAFETY_PLAN, v1::PAPER_KIND_INSURANCE});
  auto booking = BookClass(session);
  ASSERT_TRUE(booking.ok());
  const std::string name = booking->name();
  absl::Status refused = Approve(name).status();
  EXPECT_EQ(Reason(refused), "DOCUMENTS_MISSING");
  EXPECT_EQ(refusal::ParamOf(refused, "missing"), "SAFETY_PLAN (MISSING), INSURANCE (MISSING)");
  auto plan = Upload(name, v1::PAPER_KIND_SAFETY_PLAN, OfSchool());
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->name(), name + "/papers/safety-plan");
  EXPECT_EQ(plan->state(), Paper::SUBMITTED);
  EXPECT_EQ(plan->versions(0).type(), "application/pdf");
  ASSERT_TRUE(Upload(name, v1::PAPER_KIND_INSURANCE, OfSchool(), kPdf, DateIn(absl::Hours(24))).ok());
  ASSERT_TRUE(Review(plan->name(), 1, true).ok());
  ASSERT_TRUE(Review(name + "/papers/insurance", 1, true).ok());
  EXPECT_EQ(refusal::ParamOf(Approve(name).status(), "missing"), "INSURANCE (EXPIRED)")
      << "it ends before the session";
  ASSERT_TRUE(
      Upload(name, v1::PAPER_KIND_INSURANCE, OfSchool(), "%PDF-1.7 longer %%EOF", DateIn(absl::Hours(300)))
          .ok());
  EXPECT_EQ(ListOf(name, kStaff), "safety-plan ACCEPTED 1; insurance SUBMITTED 2; ");
  EXPECT_EQ(Reason(Review(name + "/papers/insurance", 1, true).status()), "NEWER_VERSION");
  ASSERT_TRUE(Review(name + "/papers/insurance", 2, true).ok());
  auto approved = Approve(name);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), Booking::CONFIRMED);

  auto later = BookClass(Asking(100, {v1::PAPER_KIND_INSURANCE}, absl::Hours(280)), "3b");
  ASSERT_TRUE(later.ok());
  EXPECT_TRUE(Approve(later->name()).ok()) << "the school's papers serve all of its bookings while they hold";
}

TEST_F(EventPaperTest, RejectedOnesSayWhy) {
  auto booking = BookGroup(Asking(100, {v1::PAPER_KIND_LETTER}), "ann");
  ASSERT_TRUE(booking.ok());
  auto letter = Upload(booking->name(), v1::PAPER_KIND_LETTER, User("ann"),
                       std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR picture", 24));
  ASSERT_TRUE(letter.ok()) << letter.status();
  EXPECT_TRUE(absl::IsInvalidArgument(Review(letter->name(), 1, false).status())) << "without a reason";
  EXPECT_TRUE(absl::IsInvalidArgument(Review(letter->name(), 2, true).status()));
  auto rejected = Review(letter->name(), 1, false, "no seal");
  ASSERT_TRUE(rejected.ok()) << rejected.status();
  EXPECT_EQ(rejected->versions(0).reason(), "no seal");
  EXPECT_EQ(ListOf(booking->name(), User("ann")), "letter REJECTED 1; ");
  EXPECT_EQ(refusal::ParamOf(Approve(booking->name()).status(), "missing"), "LETTER (REJECTED)");
  EXPECT_EQ(Reason(Review(letter->name(), 1, true, "", User("ann")).status()), "PERMISSION_DENIED");
}

TEST_F(EventPaperTest, AreScansOfTheKindsThatThereAre) {
  auto booking = BookGroup(Asking(100, {v1::PAPER_KIND_LETTER}), "ann");
  ASSERT_TRUE(booking.ok());
  for (const std::string content :
       {"just text", "<html></html>", "MZ\x90\x03", "PK\x03\x04zip", "\x89PNG\r\n\x1a\n"})
    EXPECT_TRUE(absl::IsInvalidArgument(
        Upload(booking->name(), v1::PAPER_KIND_LETTER, User("ann"), content).status()))
        << content;
  const std::string large = std::string(3 << 20, 'x') + kPdf;
  EXPECT_TRUE(
      absl::IsInvalidArgument(Upload(booking->name(), v1::PAPER_KIND_LETTER, User("ann"), large).status()));
  for (const std::string date : {"yesterday", "2026-02-30", "2020-01-01"})
    EXPECT_TRUE(absl::IsInvalidArgument(
        Upload(booking->name(), v1::PAPER_KIND_LETTER, User("ann"), kPdf, date).status()))
        << date;
  EXPECT_EQ(ListOf(booking->name(), User("ann")), "letter MISSING 0; ");
}

TEST_F(EventPaperTest, AreForWhoeverBookedAndStaffOfThePlace) {
  auto booking = BookClass(Asking(100, {v1::PAPER_KIND_LETTER}));
  ASSERT_TRUE(booking.ok());
  const std::string letter = booking->name() + "/papers/letter", form = booking->name() + "/papers/risk-form";
  ASSERT_TRUE(Upload(booking->name(), v1::PAPER_KIND_LETTER, OfSchool()).ok());
  ASSERT_TRUE(Upload(booking->name(), v1::PAPER_KIND_LETTER, OfSchool(), "%PDF-1.4 second %%EOF").ok());
  ASSERT_TRUE(Upload(booking->name(), v1::PAPER_KIND_RISK_FORM, OfSchool(), "%PDF-1.4 form %%EOF").ok());
  EXPECT_EQ(*Download(letter, OfSchool("schools/a", "users/colleague")),
            "application/pdf %PDF-1.4 second %%EOF");
  EXPECT_EQ(*Download(letter, kStaff, 1), absl::StrCat("application/pdf ", kPdf));
  EXPECT_EQ(*Download(form, OfSchool()), "application/pdf %PDF-1.4 form %%EOF");
  EXPECT_EQ(Reason(Download(form, kStaff).status()), "NOT_FOUND") << "the session does not ask for it";
  EXPECT_EQ(ListOf(booking->name(), kStaff), "letter SUBMITTED 2; ");
  EXPECT_EQ(ListOf(booking->name(), OfSchool()), "letter SUBMITTED 2; risk-form SUBMITTED 1; ");
  for (const rpc::Principal& who : {User("ann"), OfSchool("schools/b"), Staff("venues/other")}) {
    EXPECT_EQ(Reason(Download(letter, who).status()), "NOT_FOUND");
    EXPECT_EQ(ListOf(booking->name(), who), "NOT_FOUND");
  }
  EXPECT_EQ(Reason(Download(letter, OfSchool(), 3).status()), "NOT_FOUND");
  EXPECT_EQ(Reason(Download(booking->name() + "/papers/diary", OfSchool()).status()), "NOT_FOUND");
  EXPECT_EQ(EverythingIn(folder.path("blobs")).find("sealed letter"), std::string::npos) << "encrypted";
}

TEST_F(EventPaperTest, TheHandlersDoWhatTheAnnotationsSay) {
  auto booking = BookGroup(Asking(100, {v1::PAPER_KIND_LETTER}), "visitor");
  ASSERT_TRUE(booking.ok());
  ASSERT_TRUE(Upload(booking->name(), v1::PAPER_KIND_LETTER, User("visitor")).ok());
  std::string absent = booking->name();
  absent.back() = absent.back() == 'a' ? 'b' : 'a';
  EXPECT_THAT(
      auth::CheckAccess(
          {.rpc = desk.service->rpc(),
           .executor = desk.executor,
           .services = {Paper::descriptor()->file()->FindServiceByName("PaperService")},
           .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
           .subjects = {{"events/*/sessions/*/bookings/*", {booking->name(), absent}},
                        {"events/*/sessions/*/bookings/*/papers/*", {booking->name() + "/papers/letter"}}},
           .own = {{"", {"venues/cqstm", "city"}}},
           .foreign = "venues/other",
           .owner = "users/visitor",
           .samples = {{"UploadPaper", "kind: PAPER_KIND_LETTER content: '%PDF-1.7 %%EOF'"},
                       {"ReviewPaper", "version: 1 accept: true"}}}),
      ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::event
