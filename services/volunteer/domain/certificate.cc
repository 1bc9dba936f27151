#include "services/volunteer/domain/certificate.h"

#include <sodium.h>

#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using record::CertificateHead;
using State = v1::Certificate::State;

absl::Status WrongState(const CertificateHead& head) {
  return refusal::Refuse(refusal::kNo, "CERTIFICATE_STATE",
                         {{"name", absl::StrCat("certificates/", head.id())},
                          {"state", v1::Certificate::State_Name(head.state())}});
}

int32_t LastSerial(const record::IssuerHead& head, int32_t year) {
  for (const auto& last : head.last())
    if (last.year() == year) return last.serial();
  return 0;
}

record::Fact Closed(State state, absl::string_view sealed_reason, absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_certificate_closed()->set_state(state);
  fact.mutable_certificate_closed()->set_sealed_reason(std::string(sealed_reason));
  return fact;
}

// The days of a term of the rules.
absl::Status FillTerm(const v1::RecognitionRules* practice, v1::Certificate& asked) {
  if (practice != nullptr) {
    for (const auto& term : practice->practice().terms()) {
      if (term.code() != asked.term()) continue;
      *asked.mutable_first_day() = term.first_day();
      *asked.mutable_last_day() = term.last_day();
      return absl::OkStatus();
    }
  }
  return refusal::Refuse(refusal::kNo, "NO_SUCH_TERM", {{"term", asked.term()}});
}

}  // namespace

LedgerRows RowsOf(const LedgerRows& rows, absl::string_view issuer, absl::string_view first_day,
                  absl::string_view last_day) {
  LedgerRows found;
  for (const LedgerRow& row : rows) {
    const std::string day = calendar::FormatDate(calendar::DayOf(row.start));
    if (day < first_day || day > last_day) continue;
    if (issuer == kCityScope || issuer == row.place) found.push_back(row);
  }
  std::sort(found.begin(), found.end(), [](const LedgerRow& a, const LedgerRow& b) {
    return std::tie(a.start, a.shift) < std::tie(b.start, b.shift);
  });
  return found;
}

int64_t MinutesOf(const LedgerRows& rows) {
  int64_t minutes = 0;
  for (const LedgerRow& row : rows) minutes += row.minutes;
  return minutes;
}

std::string DigestOf(LedgerRows rows) {
  std::sort(rows.begin(), rows.end(), [](const LedgerRow& a, const LedgerRow& b) {
    return std::tie(a.start, a.shift) < std::tie(b.start, b.shift);
  });
  std::string text = "kepu hour rows 1\n";
  for (const LedgerRow& row : rows)
    absl::StrAppend(&text, row.shift, "\t", row.place, "\t", absl::ToUnixMicros(row.start), "\t",
                    absl::ToUnixMicros(row.end), "\t", row.minutes, "\n");
  std::string digest(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return digest;
}

LedgerRows RowsIn(const record::CertificateChild& child) {
  LedgerRows rows;
  for (const record::CertifiedRow& row : child.rows())
    rows.push_back({row.shift(), row.place(), absl::FromUnixMicros(row.start_us()),
                    absl::FromUnixMicros(row.end_us()), row.minutes(), absl::Time()});
  return rows;
}

std::string NumberOf(int32_t year, absl::string_view issuer, int32_t serial) {
  const absl::string_view id = issuer.substr(issuer.rfind('/') + 1);
  return absl::StrFormat("%d-%s-%06d", year, absl::AsciiStrToUpper(id), serial);
}

std::string Masked(absl::string_view name) {
  if (name.empty()) return "";
  std::string masked;
  if (absl::ascii_isascii(static_cast<unsigned char>(name[0]))) {
    for (absl::string_view word : absl::StrSplit(name, ' ', absl::SkipWhitespace()))
      absl::StrAppend(&masked, masked.empty() ? "" : " ", word.substr(0, 1), ".");
    return masked;
  }
  // Of the first sign all bytes; of every other one a star.
  for (size_t i = 0; i < name.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(name[i]) & 0xC0U) != 0x80U;
    if (i == 0 || (!begins && masked.find('*') == std::string::npos)) {
      masked += name[i];
    } else if (begins) {
      masked += '*';
    }
  }
  return masked;
}

int64_t CountedOf(v1::Certificate::Kind kind, int64_t minutes, const v1::RecognitionRules* practice) {
  if (kind != v1::Certificate::PRACTICE || practice == nullptr) return minutes;
  return std::min(minutes, int64_t{60} * practice->practice().hours_max());
}

absl::Status CheckAsked(v1::Certificate& asked, const record::PersonHead& person,
                        const v1::RecognitionRules* practice, absl::CivilDay today) {
  refusal::FieldErrors errors;
  if (asked.kind() == v1::Certificate::KIND_UNSPECIFIED) asked.set_kind(v1::Certificate::SERVICE);
  if (asked.issuer() != kCityScope && !names::Parse("", "venues/*", asked.issuer()).ok())
    errors.Add("certificate.issuer", "must be city or like venues/*");
  if (asked.kind() == v1::Certificate::PRACTICE) {
    if (asked.term().empty()) errors.Add("certificate.term", "is required for practice");
    if (!errors.empty()) return errors.ToStatus();
    if (person.adult()) return refusal::Refuse(refusal::kNo, "NOT_A_PUPIL", {});
    return FillTerm(practice, asked);
  }
  if (!asked.term().empty()) errors.Add("certificate.term", "is of practice only");
  const auto first = DayOfDate("", asked.first_day()), last = DayOfDate("", asked.last_day());
  if (!first.ok()) errors.Add("certificate.first_day", "must be a day that exists");
  if (!last.ok() || (first.ok() && *last < *first))
    errors.Add("certificate.last_day", "must be a day that exists, and not before first_day");
  if (last.ok() && *last > today) errors.Add("certificate.last_day", "must not be in the future");
  return errors.ToStatus();
}

absl::StatusOr<Facts> DecideApply(const Certificate& certificate, const ApplyCommand& command,
                                  absl::Time now) {
  if (certificate.Exists()) return Facts{};
  const auto first = DayOfDate("certificate.first_day", command.asked.first_day());
  const auto last = DayOfDate("certificate.last_day", command.asked.last_day());
  if (!first.ok()) return first.status();
  if (!last.ok()) return last.status();
  record::Fact fact = At(now);
  CertificateHead& head = *fact.mutable_certificate_applied()->mutable_certificate();
  head.set_id(command.id);
  head.set_kind(command.asked.kind());
  head.set_person(command.person);
  head.set_user(command.user);
  head.set_issuer(command.asked.issuer());
  head.set_first_day(calendar::FormatDate(*first));
  head.set_last_day(calendar::FormatDate(*last));
  head.set_term(command.asked.term());
  head.set_sealed_name(command.sealed_name);
  head.set_state(v1::Certificate::APPLIED);
  head.set_apply_us(absl::ToUnixMicros(now));
  return Facts{fact};
}

absl::StatusOr<Issuing> DecideIssue(const Certificate& certificate, const Issuer& issuer,
                                    const IssueCommand& command, absl::Time now) {
  const CertificateHead& head = certificate.head();
  if (head.state() != v1::Certificate::APPLIED) return WrongState(head);
  if (head.user() == command.by) return refusal::Refuse(refusal::kNo, "OWN_CASE", {});
  if (command.rows.empty()) return refusal::Refuse(refusal::kNo, "NO_HOURS", {{"issuer", head.issuer()}});
  if (command.rows.size() > kCertificateRowsMax) {
    return refusal::Refuse(
        refusal::kNo, "TOO_MANY_ROWS",
        {{"rows", absl::StrCat(command.rows.size())}, {"most", absl::StrCat(kCertificateRowsMax)}});
  }
  const auto year = static_cast<int32_t>(calendar::DayOf(now).year());
  const int32_t serial = LastSerial(issuer.head(), year) + 1;
  Issuing issuing{At(now), At(now)};
  issuing.issuer.mutable_serial_taken()->set_issuer(head.issuer());
  issuing.issuer.mutable_serial_taken()->set_year(year);
  issuing.issuer.mutable_serial_taken()->set_serial(serial);
  record::CertificateIssued& issued = *issuing.certificate.mutable_certificate_issued();
  issued.set_number(NumberOf(year, head.issuer(), serial));
  *issued.mutable_issuer_title() = command.issuer_title;
  issued.set_minutes(MinutesOf(command.rows));
  issued.set_counted_minutes(command.counted_minutes);
  issued.set_digest(DigestOf(command.rows));
  issued.set_rules(command.rules);
  issued.set_by(command.by);
  for (const LedgerRow& row : command.rows) {
    record::CertifiedRow& kept = *issued.add_rows();
    kept.set_shift(row.shift);
    kept.set_place(row.place);
    kept.set_start_us(absl::ToUnixMicros(row.start));
    kept.set_end_us(absl::ToUnixMicros(row.end));
    kept.set_minutes(static_cast<int32_t>(row.minutes));
  }
  return issuing;
}

absl::StatusOr<Facts> DecideClose(const Certificate& certificate, absl::string_view sealed_reason,
                                  absl::Time now) {
  switch (certificate.head().state()) {
    case v1::Certificate::APPLIED:
      return Facts{Closed(v1::Certificate::DECLINED, sealed_reason, now)};
    case v1::Certificate::ISSUED:
      return Facts{Closed(v1::Certificate::REVOKED, sealed_reason, now)};
    case v1::Certificate::DECLINED:
    case v1::Certificate::REVOKED:
      return Facts{};
    default:
      return WrongState(certificate.head());
  }
}

absl::StatusOr<Replacing> DecideReplace(const Certificate& old, const Issuer& issuer,
                                        absl::string_view fresh_id, absl::string_view sealed_reason,
                                        const IssueCommand& command, absl::Time now) {
  if (old.head().state() != v1::Certificate::ISSUED) return WrongState(old.head());
  Replacing replacing;
  replacing.old.push_back(Closed(v1::Certificate::REPLACED, sealed_reason, now));
  replacing.old[0].mutable_certificate_closed()->set_replaced_by(std::string(fresh_id));
  record::Fact applied = At(now);
  CertificateHead& head = *applied.mutable_certificate_applied()->mutable_certificate();
  head.set_id(std::string(fresh_id));
  head.set_kind(old.head().kind());
  head.set_person(old.head().person());
  head.set_user(old.head().user());
  head.set_issuer(old.head().issuer());
  head.set_first_day(old.head().first_day());
  head.set_last_day(old.head().last_day());
  head.set_term(old.head().term());
  head.set_sealed_name(old.head().sealed_name());
  head.set_state(v1::Certificate::APPLIED);
  head.set_apply_us(absl::ToUnixMicros(now));
  head.set_replaces(old.head().id());
  // What is decided about the new one rests on the fact before it.
  Certificate fresh;
  if (absl::Status status = Apply(fresh, applied); !status.ok()) return status;
  auto issuing = DecideIssue(fresh, issuer, command, now);
  if (!issuing.ok()) return issuing.status();
  replacing.fresh = {std::move(applied), std::move(issuing->certificate)};
  replacing.issuer = std::move(issuing->issuer);
  return replacing;
}

void ApplyHead(CertificateHead& head, const record::Fact& fact) {
  if (fact.has_certificate_applied()) {
    head = fact.certificate_applied().certificate();
  } else if (fact.has_certificate_issued()) {
    const record::CertificateIssued& issued = fact.certificate_issued();
    head.set_state(v1::Certificate::ISSUED);
    head.set_number(issued.number());
    *head.mutable_issuer_title() = issued.issuer_title();
    head.set_minutes(issued.minutes());
    head.set_counted_minutes(issued.counted_minutes());
    head.set_rows(issued.rows_size());
    head.set_digest(issued.digest());
    head.set_rules(issued.rules());
    head.set_issued_by(issued.by());
    head.set_issue_us(fact.time_us());
  } else if (fact.has_certificate_closed()) {
    head.set_state(fact.certificate_closed().state());
    head.set_sealed_reason(fact.certificate_closed().sealed_reason());
    head.set_replaced_by(fact.certificate_closed().replaced_by());
    head.set_close_us(fact.time_us());
  }
}

absl::Status Apply(Certificate& certificate, const record::Fact& fact) {
  if (certificate.Exists() == fact.has_certificate_applied())
    return absl::InternalError("a certificate is applied for first, and once");
  if (!fact.has_certificate_applied() && !fact.has_certificate_issued() && !fact.has_certificate_closed())
    return absl::InternalError("not a fact of a certificate");
  if (fact.has_certificate_issued()) {
    record::CertificateChild child;
    *child.mutable_rows() = fact.certificate_issued().rows();
    certificate.Put(kRowsField, std::move(child));
  }
  ApplyHead(certificate.mutable_head(), fact);
  return absl::OkStatus();
}

absl::Status Apply(Issuer& issuer, const record::Fact& fact) {
  if (!fact.has_serial_taken()) return absl::InternalError("not a fact of an issuer");
  const record::SerialTaken& taken = fact.serial_taken();
  record::IssuerHead& head = issuer.mutable_head();
  head.set_issuer(taken.issuer());
  for (auto& last : *head.mutable_last()) {
    if (last.year() != taken.year()) continue;
    last.set_serial(taken.serial());
    return absl::OkStatus();
  }
  *head.add_last() = taken;
  if (head.last_size() > kSerialYearsMax) head.mutable_last()->DeleteSubrange(0, 1);
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
