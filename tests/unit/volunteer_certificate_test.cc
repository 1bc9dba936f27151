// Certificates: what is certified, by which number, and what becomes of it. Honours.
#include "services/volunteer/domain/certificate.h"
#include "services/volunteer/domain/honour.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::certificate_test {
namespace {

using CertificateState = v1::Certificate::State;

LedgerRow Row(int day, const std::string& shift, const std::string& place = "venues/a",
              int64_t minutes = 90) {
  return {shift, place, At(day, 9), At(day, 11), minutes, At(day, 12)};
}

TEST(Certified, RowsAreTheIssuersInThePeriod) {
  const LedgerRows rows = {Row(5, "e"), Row(0, "a"), Row(1, "b", "venues/b"), Row(3, "d"), Row(3, "c")};
  auto shifts = [&](const char* issuer, const char* first, const char* last) {
    std::string text;
    for (const LedgerRow& row : RowsOf(rows, issuer, first, last)) text += row.shift;
    return text;
  };
  EXPECT_EQ(shifts("venues/a", "2026-11-16", "2026-11-21"), "acde");
  EXPECT_EQ(shifts("city", "2026-11-16", "2026-11-19"), "abcd");
  EXPECT_EQ(shifts("venues/a", "2026-11-17", "2026-11-20"), "cd");
  EXPECT_EQ(shifts("venues/c", "2026-11-16", "2026-11-21"), "");
  EXPECT_EQ(MinutesOf(rows), 450);
}

TEST(Certified, TheDigestTellsEveryChangeAndNoOrder) {
  const LedgerRows rows = {Row(0, "a"), Row(1, "b")};
  EXPECT_EQ(DigestOf(rows), DigestOf({rows[1], rows[0]}));
  EXPECT_EQ(DigestOf(rows).size(), 32u);
  for (auto change : std::vector<std::function<void(LedgerRow&)>>{
           [](LedgerRow& row) { row.minutes += 30; }, [](LedgerRow& row) { row.shift += "x"; },
           [](LedgerRow& row) { row.place = "venues/b"; },
           [](LedgerRow& row) { row.start += absl::Microseconds(1); },
           [](LedgerRow& row) { row.end += absl::Microseconds(1); }}) {
    LedgerRows changed = rows;
    change(changed[1]);
    EXPECT_NE(DigestOf(rows), DigestOf(changed));
  }
  LedgerRows again = rows;
  again[0].recorded += absl::Hours(5);
  EXPECT_EQ(DigestOf(rows), DigestOf(again)) << "when it was written down is no part of what was served";
  EXPECT_NE(DigestOf({}), DigestOf({rows[0]}));
}

TEST(Certified, NamesAreMasked) {
  EXPECT_EQ(Masked("李明"), "李*");
  EXPECT_EQ(Masked("欧阳小明"), "欧***");
  EXPECT_EQ(Masked("Jane Smith"), "J. S.");
  EXPECT_EQ(Masked(""), "");
  EXPECT_EQ(Masked("李"), "李");
}

class CertificateTest : public ::testing::Test {
 protected:
  ApplyCommand Command(const std::string& id) {
    ApplyCommand command;
    command.id = id;
    command.person = "p1";
    command.user = "users/u";
    command.sealed_name = "sealed";
    command.asked.set_kind(v1::Certificate::SERVICE);
    command.asked.set_issuer("venues/a");
    SetDate("2026-11-16", command.asked.mutable_first_day());
    SetDate("2026-11-22", command.asked.mutable_last_day());
    return command;
  }
  IssueCommand Rows(size_t count, const std::string& by = "users/staff") {
    IssueCommand command;
    command.issuer_title.set_zh("重庆科技馆");
    for (size_t i = 0; i < count; ++i) command.rows.push_back(Row(1, absl::StrCat("s", i)));
    command.counted_minutes = MinutesOf(command.rows);
    command.by = by;
    return command;
  }
  absl::Status Issue(Folded<Certificate>& one, const IssueCommand& command, absl::Time now) {
    auto issuing = DecideIssue(one.state, issuer, command, now);
    if (!issuing.ok()) return issuing.status();
    one.Do(issuing->certificate);
    EXPECT_TRUE(domain::Apply(issuer, issuing->issuer).ok());
    return absl::OkStatus();
  }
  Folded<Certificate> Applied(const std::string& id) {
    Folded<Certificate> one;
    one.Do(DecideApply(one.state, Command(id), At(5, 9)));
    return one;
  }
  Issuer issuer;
};

TEST_F(CertificateTest, NumbersHaveNoGaps) {
  for (int i = 1; i <= 3; ++i) {
    Folded<Certificate> one = Applied(absl::StrCat("c", i));
    // What is refused takes no number.
    EXPECT_EQ(ReasonOf(Issue(one, Rows(0), At(6, 9))), "NO_HOURS");
    ASSERT_TRUE(Issue(one, Rows(2), At(6, 9)).ok());
    EXPECT_EQ(one.state.head().number(), absl::StrCat("2026-A-00000", i));
    EXPECT_EQ(ReasonOf(Issue(one, Rows(2), At(6, 9))), "CERTIFICATE_STATE") << "once";
    ExpectFoldGives(one);
  }
  Folded<Certificate> next = Applied("c9");
  ASSERT_TRUE(Issue(next, Rows(1), At(60, 9)).ok());
  EXPECT_EQ(next.state.head().number(), "2027-A-000001");
}

TEST_F(CertificateTest, HoldsTheRowsAsTheyStood) {
  Folded<Certificate> one = Applied("c1");
  const IssueCommand command = Rows(3);
  ASSERT_TRUE(Issue(one, command, At(6, 9)).ok());
  EXPECT_EQ(one.state.head().minutes(), 270);
  EXPECT_EQ(one.state.head().rows(), 3);
  auto child = one.state.Find(kRowsField);
  EXPECT_EQ(DigestOf(RowsIn(**child)), one.state.head().digest());
  EXPECT_EQ(DigestOf(command.rows), one.state.head().digest());
}

TEST_F(CertificateTest, NobodyCertifiesThemselvesOrTooMuch) {
  Folded<Certificate> one = Applied("c1");
  EXPECT_EQ(ReasonOf(Issue(one, Rows(1, "users/u"), At(6, 9))), "OWN_CASE");
  EXPECT_EQ(ReasonOf(Issue(one, Rows(kCertificateRowsMax + 1), At(6, 9))), "TOO_MANY_ROWS");
  EXPECT_TRUE(Issue(one, Rows(kCertificateRowsMax), At(6, 9)).ok());
}

TEST_F(CertificateTest, IsDeclinedRevokedOrReplaced) {
  Folded<Certificate> declined = Applied("c1"), revoked = Applied("c2"), replaced = Applied("c3");
  auto replace = [&](const IssueCommand& command) {
    return DecideReplace(replaced.state, issuer, "c4", "sealed", command, At(7, 9));
  };
  EXPECT_EQ(ReasonOf(replace(Rows(2)).status()), "CERTIFICATE_STATE");
  declined.Do(DecideClose(declined.state, "sealed", At(6, 9)));
  EXPECT_EQ(declined.state.head().state(), v1::Certificate::DECLINED);
  EXPECT_EQ(ReasonOf(Issue(declined, Rows(1), At(6, 10))), "CERTIFICATE_STATE");
  ASSERT_TRUE(Issue(revoked, Rows(1), At(6, 9)).ok());
  revoked.Do(DecideClose(revoked.state, "sealed", At(7, 9)));
  EXPECT_EQ(revoked.state.head().state(), v1::Certificate::REVOKED);
  EXPECT_TRUE(DecideClose(revoked.state, "again", At(8, 9))->empty());
  ASSERT_TRUE(Issue(replaced, Rows(1), At(6, 9)).ok());
  EXPECT_EQ(ReasonOf(replace(Rows(0)).status()), "NO_HOURS");
  EXPECT_EQ(ReasonOf(replace(Rows(2, "users/u")).status()), "OWN_CASE");
  const auto replacing = replace(Rows(2));
  ASSERT_TRUE(replacing.ok()) << replacing.status();
  replaced.Do(replacing->old);
  Folded<Certificate> fresh;
  fresh.Do(replacing->fresh);
  EXPECT_EQ(fresh.state.head().number(), "2026-A-000003");
  EXPECT_EQ(fresh.state.head().replaces(), "c3");
  EXPECT_EQ(fresh.state.head().rows(), 2);
  ExpectFoldGives(fresh);
  EXPECT_EQ(replaced.state.head().state(), v1::Certificate::REPLACED);
  EXPECT_EQ(replaced.state.head().replaced_by(), "c4");
  EXPECT_EQ(ReasonOf(DecideClose(replaced.state, "x", At(8, 9)).status()), "CERTIFICATE_STATE");
  for (auto* one : {&declined, &revoked, &replaced}) ExpectFoldGives(*one);
}

TEST(Asked, PracticeIsOfATermAndOfPupils) {
  v1::RecognitionRules rules;
  rules.mutable_practice()->set_hours_max(2);
  auto* term = rules.mutable_practice()->add_terms();
  term->set_code("2026-autumn");
  SetDate("2026-09-01", term->mutable_first_day());
  SetDate("2027-01-20", term->mutable_last_day());
  record::PersonHead pupil, adult;
  adult.set_adult(true);
  v1::Certificate asked;
  asked.set_kind(v1::Certificate::PRACTICE);
  asked.set_issuer("venues/a");
  asked.set_term("2026-autumn");
  const absl::CivilDay today(2026, 11, 16);
  v1::Certificate given = asked;
  ASSERT_TRUE(CheckAsked(given, pupil, &rules, today).ok());
  EXPECT_EQ(given.first_day().month(), 9);
  EXPECT_EQ(given.last_day().year(), 2027);
  EXPECT_EQ(ReasonOf(CheckAsked(given, adult, &rules, today)), "NOT_A_PUPIL");
  EXPECT_EQ(ReasonOf(CheckAsked(given, pupil, nullptr, today)), "NO_SUCH_TERM");
  given.set_term("2025");
  EXPECT_EQ(ReasonOf(CheckAsked(given, pupil, &rules, today)), "NO_SUCH_TERM");
  given.clear_term();
  EXPECT_EQ(CheckAsked(given, pupil, &rules, today).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CountedOf(v1::Certificate::PRACTICE, 300, &rules), 120);
  EXPECT_EQ(CountedOf(v1::Certificate::PRACTICE, 90, &rules), 90);
  EXPECT_EQ(CountedOf(v1::Certificate::SERVICE, 300, &rules), 300);
}

TEST(Asked, ThePeriodIsPast) {
  const absl::CivilDay today(2026, 11, 16);
  v1::Certificate good;
  good.set_issuer("city");
  SetDate(today - 10, good.mutable_first_day());
  SetDate(today, good.mutable_last_day());
  v1::Certificate asked = good;
  EXPECT_TRUE(CheckAsked(asked, {}, nullptr, today).ok());
  EXPECT_EQ(asked.kind(), v1::Certificate::SERVICE);
  for (auto spoil : std::vector<std::function<void(v1::Certificate&)>>{
           [](v1::Certificate& c) { SetDate("2026-11-17", c.mutable_last_day()); },
           [](v1::Certificate& c) { SetDate("2026-11-01", c.mutable_last_day()); },
           [](v1::Certificate& c) { c.clear_first_day(); },
           [](v1::Certificate& c) { c.set_issuer("teams/a"); },
           [](v1::Certificate& c) { c.set_term("2026"); }}) {
    asked = good;
    spoil(asked);
    EXPECT_EQ(CheckAsked(asked, {}, nullptr, today).code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(Honours, RestOnARegulationOrAnAward) {
  v1::Honour good;
  good.set_recipient("teams/t");
  good.set_office("districts/yuzhong");
  good.mutable_title()->set_zh("优秀科普志愿服务队");
  SetDate("2026-11-16", good.mutable_day());
  good.mutable_regulation()->mutable_title()->set_zh("条例");
  EXPECT_TRUE(CheckHonour(good).ok());
  for (auto spoil : std::vector<std::function<void(v1::Honour&)>>{
           [](v1::Honour& h) { h.set_recipient("users/u"); }, [](v1::Honour& h) { h.set_office("users/u"); },
           [](v1::Honour& h) { h.clear_title(); }, [](v1::Honour& h) { h.clear_day(); },
           [](v1::Honour& h) { h.clear_regulation(); }, [](v1::Honour& h) { h.set_award("awards/a"); },
           [](v1::Honour& h) { h.mutable_reason()->set_en("only"); }}) {
    v1::Honour honour = good;
    spoil(honour);
    EXPECT_EQ(CheckHonour(honour).code(), absl::StatusCode::kInvalidArgument);
  }
  v1::Text reason;
  EXPECT_FALSE(Revoke(reason, good).ok());
  reason.set_zh("误授");
  EXPECT_TRUE(Revoke(reason, good).ok());
  EXPECT_TRUE(good.revoked());
  EXPECT_EQ(ReasonOf(Revoke(reason, good)), "HONOUR_REVOKED");
}

}  // namespace
}  // namespace kepu::volunteer::domain::certificate_test
