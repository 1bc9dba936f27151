// A certificate of service, and the issuer that numbers them without gaps; both lie in the partition of the
// issuer, so that a number is taken by the commit that issues (norms N2, N4, section 9 point 14). What is
// certified are rows of the hour ledger as they stood, with their digest. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/ledger_row.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/recognition_rules.h"

namespace kepu::volunteer::domain {

using Certificate = aggregate::Aggregate<record::CertificateHead, record::CertificateChild>;
using Issuer = aggregate::Aggregate<record::IssuerHead, record::NoChild>;

// Rows of one certificate: two a day for most of a year. They ride in one fact and one child, some 30 KiB.
inline constexpr size_t kCertificateRowsMax = 500;
// Years whose last serial an issuer keeps.
inline constexpr int kSerialYearsMax = 5;
inline constexpr char kRowsField[] = "rows";

// Of a person's rows those that an issuer certifies: served on a day of the period, at the issuer's place, by
// start. "city" certifies all.
LedgerRows RowsOf(const LedgerRows& rows, absl::string_view issuer, absl::string_view first_day,
                  absl::string_view last_day);
int64_t MinutesOf(const LedgerRows& rows);
// BLAKE2b-256 over the canonical form of the rows: a line for each, by start and shift, of shift, place,
// start, end (microseconds since 1970) and minutes.
std::string DigestOf(LedgerRows rows);
LedgerRows RowsIn(const record::CertificateChild& child);

// "2026-CQSTM-000017"; the code is the issuer's id, which is unique.
std::string NumberOf(int32_t year, absl::string_view issuer, int32_t serial);
// "李**", "J. S."; nothing of nothing.
std::string Masked(absl::string_view name);
// What counts of the minutes by the rules: all of them but for practice, which has a most for a term.
int64_t CountedOf(v1::Certificate::Kind kind, int64_t minutes, const v1::RecognitionRules* practice);

// What is asked for, with the days of the term filled in for practice. INVALID_ARGUMENT; NO_SUCH_TERM;
// NOT_A_PUPIL for practice of somebody of age.
absl::Status CheckAsked(v1::Certificate& asked, const record::PersonHead& person,
                        const v1::RecognitionRules* practice, absl::CivilDay today);

struct ApplyCommand {
  std::string id;
  v1::Certificate asked;
  std::string person;
  std::string user;
  std::string sealed_name;
};
absl::StatusOr<Facts> DecideApply(const Certificate& certificate, const ApplyCommand& command,
                                  absl::Time now);

struct IssueCommand {
  v1::Text issuer_title;
  // Of the period and the issuer, as RowsOf gives them.
  LedgerRows rows;
  int64_t counted_minutes = 0;
  // The rule set that is cited.
  std::string rules;
  std::string by;
};
struct Issuing {
  record::Fact certificate;
  record::Fact issuer;
};
// CERTIFICATE_STATE, OWN_CASE for who would certify themselves, NO_HOURS, TOO_MANY_ROWS.
absl::StatusOr<Issuing> DecideIssue(const Certificate& certificate, const Issuer& issuer,
                                    const IssueCommand& command, absl::Time now);
// Of one that is applied for: declines it; of one that is issued: revokes it. No facts when it was before.
absl::StatusOr<Facts> DecideClose(const Certificate& certificate, absl::string_view sealed_reason,
                                  absl::Time now);
struct Replacing {
  Facts old;
  Facts fresh;
  record::Fact issuer;
};
// One that is issued ends, and a new one of that id is issued in its place. CERTIFICATE_STATE, and what
// DecideIssue refuses; then nothing ends.
absl::StatusOr<Replacing> DecideReplace(const Certificate& old, const Issuer& issuer,
                                        absl::string_view fresh_id, absl::string_view sealed_reason,
                                        const IssueCommand& command, absl::Time now);

void ApplyHead(record::CertificateHead& head, const record::Fact& fact);
absl::Status Apply(Certificate& certificate, const record::Fact& fact);
absl::Status Apply(Issuer& issuer, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
