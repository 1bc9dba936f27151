#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/letter/letter.h"
#include "services/volunteer/api/certificates.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using domain::record::CertificateHead;
using v1::Certificate;
using v1::CertificateCheck;

// Whole hours and halves without needless digits: "12.5".
std::string HoursText(int64_t minutes) { return absl::StrCat(static_cast<double>(minutes) / 60); }

std::string Local(int64_t us, const char* format) {
  return absl::FormatTime(format, absl::FromUnixMicros(us), calendar::Zone());
}

std::string Both(const v1::Text& text) {
  return text.en().empty() ? text.zh() : absl::StrCat(text.zh(), "  ", text.en());
}

// "《…》（number）" of the rule set that is cited, where there is one.
std::string CitedBy(const Context& context, const CertificateHead& head) {
  const auto rules = context.reads.documents().Find<v1::RecognitionRules>(head.rules());
  if (rules == nullptr) return "";
  const v1::Regulation& regulation = rules->regulation();
  return absl::StrCat("《", regulation.title().zh(), "》", regulation.number().empty() ? "" : " ",
                      regulation.number(), "  [", head.rules(), "]");
}

void FillFields(const Context& context, const CertificateHead& head, const std::string& name,
                letter::Letter* letter) {
  auto& fields = letter->fields;
  fields.emplace_back("姓名 Name", name);
  fields.emplace_back("编号 Number", head.number());
  fields.emplace_back("出具单位 Issuer", Both(head.issuer_title()));
  fields.emplace_back("服务时段 Period", absl::StrCat(head.first_day(), " — ", head.last_day()));
  if (!head.term().empty()) fields.emplace_back("学期 Term", head.term());
  fields.emplace_back("服务时长 Hours", absl::StrCat(HoursText(head.minutes()), " 小时 h"));
  if (head.kind() == Certificate::PRACTICE)
    fields.emplace_back("计入时长 Counted", absl::StrCat(HoursText(head.counted_minutes()), " 小时 h"));
  fields.emplace_back("服务次数 Services", absl::StrCat(head.rows()));
  fields.emplace_back("出具日期 Issued", Local(head.issue_us(), "%Y-%m-%d"));
  if (const std::string cited = CitedBy(context, head); !cited.empty())
    fields.emplace_back("依据 Regulation", cited);
  if (!head.replaces().empty()) fields.emplace_back("代替 Replaces", CertificateName(head.replaces()));
  fields.emplace_back("记录摘要 Digest", absl::BytesToHexString(head.digest()));
}

void FillTexts(const Context& context, const CertificateHead& head, letter::Letter* letter) {
  const bool practice = head.kind() == Certificate::PRACTICE;
  letter->title = practice ? "社会实践时长证明" : "志愿服务记录证明";
  letter->subtitle = practice ? "Statement of Social Practice Hours" : "Certificate of Volunteer Service";
  letter->paragraphs = {
      absl::StrCat("兹证明上述志愿者在所列时段内参加科普志愿服务 ", head.rows(), " 次，共计 ",
                   HoursText(head.minutes()), " 小时，明细见附件。本证明免费出具。"),
      absl::StrCat("This is to certify that the volunteer named above served ", head.rows(), " times, ",
                   HoursText(head.minutes()), " hours in all, as the annex lists. Issued free of charge.")};
  if (head.state() != Certificate::ISSUED) {
    letter->paragraphs.push_back(head.state() == Certificate::REPLACED
                                     ? "本证明已被代替，不再有效。 Replaced: not valid any more."
                                     : "本证明已被撤销，不再有效。 Revoked: not valid any more.");
  }
  const std::string code = CodeOf(context, head.number());
  const std::string& page = context.rules.verify_url;
  letter->code = page.empty() ? absl::StrCat(head.number(), " ", code)
                              : absl::StrCat(page, "?number=", head.number(), "&code=", code);
  letter->beside_code = {"核验 Verify", absl::StrCat("编号 number: ", head.number()),
                         absl::StrCat("核验码 code: ", code), page};
  letter->seal = {"（盖章处）", head.issuer_title().zh()};
  letter->footer = head.number();
}

void FillAnnex(const domain::LedgerRows& rows, letter::Letter* letter) {
  letter->annex = {"附件：服务记录 Annex: hour records",
                   {"日期 Date", "时间 Time", "地点 Place", "班次 Shift", "分钟 Min"},
                   {2, 2, 4, 4, 1.4},
                   {}};
  for (const domain::LedgerRow& row : rows) {
    const int64_t start = absl::ToUnixMicros(row.start), end = absl::ToUnixMicros(row.end);
    letter->annex.rows.push_back({Local(start, "%Y-%m-%d"),
                                  absl::StrCat(Local(start, "%H:%M"), "–", Local(end, "%H:%M")), row.place,
                                  row.shift, absl::StrCat(row.minutes)});
  }
}

void Download(const Context& context, CallOf<v1::DownloadCertificateRequest, options::v1::RawBody> typed) {
  using Call = CallOf<v1::DownloadCertificateRequest, options::v1::RawBody>;
  context.documents.WhenVisible(std::move(typed), [&context](Call call) {
    auto head = SeenCertificate(context, call.request().name(), call.principal(), true);
    if (!head.ok()) return call.Fail(head.status());
    if (head->number().empty()) {
      return call.Fail(refusal::Refuse(
          refusal::kNo, "CERTIFICATE_STATE",
          {{"name", call.request().name()}, {"state", Certificate::State_Name(head->state())}}));
    }
    auto shared = std::make_shared<Call>(std::move(call));
    auto rows = std::make_shared<domain::LedgerRows>();
    const std::string key = CertificateKey(head->id());
    auto read = [key, rows](store::View& view) -> absl::Status {
      auto child = dynamic_cast<const domain::Certificate&>(view.Get(key)).Find(domain::kRowsField);
      if (!child.ok()) return child.status();
      if (*child == nullptr) return absl::InternalError("a certificate without its rows");
      *rows = domain::RowsIn(**child);
      return absl::OkStatus();
    };
    auto draw = [&context, shared, rows, head = *head] {
      auto name = context.personal.Open(head.user(), kNameField, head.sealed_name());
      if (!name.ok()) return shared->Fail(name.status());
      auto paper = PaperOf(context, head, *rows, *name);
      if (!paper.ok()) return shared->Fail(paper.status());
      options::v1::RawBody body;
      body.set_content_type("application/pdf");
      body.set_data(*std::move(paper));
      shared->Answer(body);
    };
    context.engine.Read(names::PartitionOf(head->id()), {key}, std::move(read),
                        [&context, shared, draw](absl::Status status) {
                          if (status.ok()) status = context.personal.Run(draw);
                          if (!status.ok()) shared->Fail(status);
                        });
  });
}

CertificateCheck::Verdict VerdictOf(const CertificateHead& head, const domain::LedgerRows& ledger) {
  if (head.state() == Certificate::REVOKED) return CertificateCheck::REVOKED;
  if (head.state() == Certificate::REPLACED) return CertificateCheck::REPLACED;
  return domain::DigestOf(RowsNow(ledger, head)) == head.digest() ? CertificateCheck::VALID
                                                                  : CertificateCheck::STALE;
}

// Every sign is looked at, however early two differ.
bool SameCode(absl::string_view given, absl::string_view code) {
  unsigned different = given.size() == code.size() ? 0 : 1;
  for (size_t i = 0; i < code.size(); ++i)
    different |=
        static_cast<unsigned char>(code[i]) ^ static_cast<unsigned char>(i < given.size() ? given[i] : '\0');
  return different == 0;
}

// What anybody may know of one that was issued.
absl::Status ShowCheck(const Context& context, const CertificateHead& head, CertificateCheck* answer) {
  answer->set_kind(head.kind());
  answer->set_issuer(head.issuer());
  *answer->mutable_issuer_title() = head.issuer_title();
  domain::SetDate(head.first_day(), answer->mutable_first_day());
  domain::SetDate(head.last_day(), answer->mutable_last_day());
  answer->set_minutes(head.minutes());
  answer->set_counted_minutes(head.counted_minutes());
  answer->set_rows(head.rows());
  answer->set_digest(absl::BytesToHexString(head.digest()));
  calendar::SetMicros(head.issue_us(), answer->mutable_issue_time());
  auto name = context.personal.Open(head.user(), kNameField, head.sealed_name());
  if (!name.ok()) return name.status();
  answer->set_masked_name(domain::Masked(*name));
  return absl::OkStatus();
}

using VerifyCall = CallOf<v1::VerifyCertificateRequest, CertificateCheck>;

void Verify(const Context& context, VerifyCall typed) {
  context.documents.WhenVisible(std::move(typed), [&context](VerifyCall call) {
    const std::string number = absl::AsciiStrToUpper(call.request().number());
    const bool right = SameCode(absl::AsciiStrToLower(call.request().code()), CodeOf(context, number));
    CertificateHead head;
    const auto bytes =
        context.reads.recognition().certificates().Get(context.reads.recognition().CertificateOf(number));
    if (!right || bytes == nullptr || !head.ParseFromString(*bytes)) {
      CertificateCheck unknown;
      unknown.set_verdict(CertificateCheck::UNKNOWN);
      return call.Answer(unknown);
    }
    auto shared = std::make_shared<VerifyCall>(std::move(call));
    ReadLedger(context, head.person(), [&context, shared, head](const auto& ledger) {
      if (!ledger.ok()) return shared->Fail(ledger.status());
      CertificateCheck answer;
      answer.set_verdict(VerdictOf(head, *ledger));
      if (absl::Status status = ShowCheck(context, head, &answer); !status.ok()) return shared->Fail(status);
      shared->Answer(answer);
    });
  });
}

}  // namespace

std::string CodeOf(const Context& context, absl::string_view number) {
  constexpr size_t kSigns = 8;
  // As ids are written: lower case letters and digits that are not mistaken for each other.
  const std::string id = names::MakeId(0, context.keys.Digest("certificate code", number));
  return id.substr(id.size() - kSigns);
}

absl::Status ToResource(const Context& context, const CertificateHead& head, Certificate* certificate) {
  certificate->set_name(CertificateName(head.id()));
  certificate->set_kind(head.kind());
  certificate->set_volunteer(absl::StrCat("volunteers/", head.person()));
  certificate->set_issuer(head.issuer());
  domain::SetDate(head.first_day(), certificate->mutable_first_day());
  domain::SetDate(head.last_day(), certificate->mutable_last_day());
  certificate->set_term(head.term());
  certificate->set_state(head.state());
  certificate->set_number(head.number());
  if (!head.number().empty()) certificate->set_code(CodeOf(context, head.number()));
  if (head.has_issuer_title()) *certificate->mutable_issuer_title() = head.issuer_title();
  certificate->set_minutes(head.minutes());
  certificate->set_counted_minutes(head.counted_minutes());
  certificate->set_rows(head.rows());
  certificate->set_digest(absl::BytesToHexString(head.digest()));
  certificate->set_rules(head.rules());
  calendar::SetMicros(head.apply_us(), certificate->mutable_apply_time());
  if (head.issue_us() != 0) calendar::SetMicros(head.issue_us(), certificate->mutable_issue_time());
  if (head.close_us() != 0) calendar::SetMicros(head.close_us(), certificate->mutable_close_time());
  if (!head.replaces().empty()) certificate->set_replaces(CertificateName(head.replaces()));
  if (!head.replaced_by().empty()) certificate->set_replaced_by(CertificateName(head.replaced_by()));
  auto name = context.personal.Open(head.user(), kNameField, head.sealed_name());
  if (!name.ok()) return name.status();
  auto reason = context.personal.Open(head.user(), kCloseField, head.sealed_reason());
  if (!reason.ok()) return reason.status();
  certificate->set_display_name(*std::move(name));
  certificate->set_close_reason(*std::move(reason));
  return absl::OkStatus();
}

absl::StatusOr<std::string> PaperOf(const Context& context, const CertificateHead& head,
                                    const domain::LedgerRows& rows, const std::string& name) {
  letter::Letter letter;
  FillTexts(context, head, &letter);
  FillFields(context, head, name, &letter);
  FillAnnex(rows, &letter);
  letter.made = absl::FromUnixMicros(head.issue_us());
  return letter::RenderPdf(letter);
}

void AddCertificatePaperHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kCertificateService, "DownloadCertificate", Download);
  Handle(service, context, kCertificateService, "VerifyCertificate", Verify);
}

}  // namespace kepu::volunteer
