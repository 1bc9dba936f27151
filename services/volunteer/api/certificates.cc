#include "services/volunteer/api/certificates.h"

#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using domain::record::CertificateHead;
using v1::Certificate;

domain::Certificate& CertificateIn(store::View& view, const std::string& key) {
  return dynamic_cast<domain::Certificate&>(view.Get(key));
}

const v1::RecognitionRules* RulesFor(const domain::RuleSets& sets, Certificate::Kind kind,
                                     absl::string_view district, absl::CivilDay day) {
  const auto of =
      kind == Certificate::PRACTICE ? v1::RecognitionRules::PRACTICE : v1::RecognitionRules::STARS;
  return domain::InForce(sets, of, district, day);
}

// For whom is applied: by the volunteer, or by who acts for the issuer.
absl::StatusOr<std::string> AskedFor(const Context& context, const Certificate& asked,
                                     const rpc::Principal& principal) {
  auto ids = names::Parse("certificate.volunteer", "volunteers/*", asked.volunteer());
  if (!ids.ok()) return ids.status();
  const std::string self = SelfOf(context, principal);
  const std::string person = (*ids)[0] == "me" ? self : (*ids)[0];
  if (person != self && !IssuesFor(principal, asked.issuer())) return refusal::NotFound(asked.volunteer());
  return person;
}

absl::StatusOr<domain::ApplyCommand> CommandOf(const Context& context, const Certificate& asked,
                                               const domain::record::PersonHead& head) {
  const absl::CivilDay today = calendar::DayOf(context.clock.Now());
  const auto rules = context.reads.recognition().rules();
  const auto* practice = RulesFor(*rules, Certificate::PRACTICE, head.district(), today);
  domain::ApplyCommand command;
  command.asked = asked;
  command.person = head.id();
  command.user = head.user();
  if (absl::Status status = domain::CheckAsked(command.asked, head, practice, today); !status.ok())
    return status;
  return command;
}

using ApplyCall = CallOf<v1::ApplyForCertificateRequest, Certificate>;

void Put(const Context& context, ApplyCall call, domain::ApplyCommand command) {
  const uint32_t partition = PartitionOfPlace(command.asked.issuer());
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  command.id = context.keys.MakeId(partition, request_key, "certificate");
  const std::string key = CertificateKey(command.id);
  handler::Change(
      context.engine, partition, store::Lane::kRest, std::move(request_key), {key}, std::move(call),
      [key, command = std::move(command)](store::View& view, absl::Time now) {
        return EmitAll(view, key, domain::DecideApply(CertificateIn(view, key), command, now));
      },
      [&context, key](store::View& view, Certificate* answer) {
        return ToResource(context, CertificateIn(view, key).head(), answer);
      });
}

void Apply(const Context& context, ApplyCall call) {
  const auto person = AskedFor(context, call.request().certificate(), call.principal());
  if (!person.ok()) return call.Fail(person.status());
  const reservation::Place place = PersonPlace(*person);
  auto shared = std::make_shared<ApplyCall>(std::move(call));
  auto command = std::make_shared<domain::ApplyCommand>();
  auto read = [&context, shared, command, key = place.key](store::View& view) -> absl::Status {
    const Certificate& asked = shared->request().certificate();
    const domain::Person& whose = PersonIn(view, key);
    if (!whose.Exists()) return refusal::NotFound(asked.volunteer());
    auto made = CommandOf(context, asked, whose.head());
    if (!made.ok()) return made.status();
    *command = *std::move(made);
    return absl::OkStatus();
  };
  context.engine.Read(place.partition, {place.key}, std::move(read),
                      [&context, shared, command](absl::Status status) {
                        if (!status.ok()) return shared->Fail(status);
                        const std::string name = shared->request().certificate().display_name();
                        SealOf(context, std::move(*shared), command->user, kNameField, name,
                               [&context, command](ApplyCall sealed_call, std::string sealed) {
                                 command->sealed_name = std::move(sealed);
                                 Put(context, std::move(sealed_call), *command);
                               });
                      });
}

void Get(const Context& context, CallOf<v1::GetCertificateRequest, Certificate> typed) {
  context.documents.WhenVisible(std::move(typed), [&context](auto call) {
    auto head = SeenCertificate(context, call.request().name(), call.principal(), true);
    if (!head.ok()) return call.Fail(head.status());
    Certificate answer;
    if (absl::Status status = ToResource(context, *head, &answer); !status.ok()) return call.Fail(status);
    call.Answer(answer);
  });
}

absl::StatusOr<std::string> ScopeOf(const Context& context, const v1::ListCertificatesRequest& request,
                                    const rpc::Principal& principal) {
  if (request.issuer().empty() == request.volunteer().empty())
    return refusal::BadField("issuer", "give the volunteer or the issuer, and not both");
  if (!request.issuer().empty()) {
    if (!IssuesFor(principal, request.issuer())) return refusal::NotFound(request.issuer());
    return IssuerScope(request.issuer());
  }
  auto id = VisiblePerson(context, "volunteer", "volunteers/*", request.volunteer(), principal);
  if (!id.ok()) return id.status();
  return absl::StrCat("volunteers/", *id);
}

void List(const Context& context, CallOf<v1::ListCertificatesRequest, v1::ListCertificatesResponse> typed) {
  context.documents.WhenVisible(std::move(typed), [&context](auto call) {
    const auto scope = ScopeOf(context, call.request(), call.principal());
    if (!scope.ok()) return call.Fail(scope.status());
    const std::string filter = paging::FilterDigest({"certificates", *scope});
    const auto size = paging::PageSize(call.request().page_size());
    if (!size.ok()) return call.Fail(size.status());
    const auto after = context.pager.Decode(call.request().page_token(), filter);
    if (!after.ok()) return call.Fail(after.status());
    const auto page = context.reads.recognition().certificates().List(*scope, *after, *size);
    domain::record::CertificatePage heads;
    if (!heads.ParseFromString(page.bytes)) return call.Fail(absl::InternalError("unreadable page"));
    const bool own = *scope == absl::StrCat("volunteers/", SelfOf(context, call.principal()));
    v1::ListCertificatesResponse answer;
    for (const CertificateHead& head : heads.certificates()) {
      // Of a volunteer who is another one's, those of the caller's issuers.
      if (!own && !IssuesFor(call.principal(), head.issuer())) continue;
      absl::Status status = ToResource(context, head, answer.add_certificates());
      if (!status.ok()) return call.Fail(status);
    }
    answer.set_next_page_token(context.pager.Encode(filter, page.next_after));
    call.Answer(answer);
  });
}

domain::IssueCommand IssueOf(const Context& context, const CertificateHead& head,
                             const domain::LedgerRows& ledger, const v1::Text& title, const std::string& by) {
  const absl::CivilDay today = calendar::DayOf(context.clock.Now());
  const auto sets = context.reads.recognition().rules();
  v1::Volunteer volunteer;
  if (const auto bytes = context.reads.volunteers().Get(absl::StrCat("volunteers/", head.person())))
    volunteer.ParseFromString(*bytes);
  const auto* rules = RulesFor(*sets, head.kind(), volunteer.district(), today);
  domain::IssueCommand command;
  command.issuer_title = title;
  command.rows = RowsNow(ledger, head);
  command.counted_minutes = domain::CountedOf(head.kind(), domain::MinutesOf(command.rows), rules);
  command.rules = rules == nullptr ? "" : rules->name();
  command.by = by;
  return command;
}

absl::Status EmitIssuing(store::View& view, const std::string& key, const std::string& issuer_key,
                         const domain::IssueCommand& command, absl::Time now) {
  auto issuing = domain::DecideIssue(CertificateIn(view, key),
                                     dynamic_cast<const domain::Issuer&>(view.Get(issuer_key)), command, now);
  if (!issuing.ok()) return issuing.status();
  if (absl::Status status = view.Emit(key, issuing->certificate); !status.ok()) return status;
  return view.Emit(issuer_key, issuing->issuer);
}

using IssueCall = CallOf<v1::IssueCertificateRequest, Certificate>;

void PutIssued(const Context& context, IssueCall call, const CertificateHead& head,
               const domain::LedgerRows& ledger) {
  const std::string key = CertificateKey(head.id()), issuer_key = IssuerKey(head.issuer());
  auto command = IssueOf(context, head, ledger, call.request().issuer_title(), call.principal().name);
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOf(head.id()), store::Lane::kRest, std::move(request_key),
      {key, issuer_key}, std::move(call),
      [key, issuer_key, command = std::move(command)](store::View& view, absl::Time now) {
        return EmitIssuing(view, key, issuer_key, command, now);
      },
      [&context, key](store::View& view, Certificate* answer) {
        return ToResource(context, CertificateIn(view, key).head(), answer);
      });
}

void Issue(const Context& context, IssueCall typed) {
  context.documents.WhenVisible(std::move(typed), [&context](IssueCall call) {
    auto head = SeenCertificate(context, call.request().name(), call.principal(), false);
    if (!head.ok()) return call.Fail(head.status());
    if (call.request().issuer_title().zh().empty())
      return call.Fail(refusal::BadField("issuer_title.zh", "is required"));
    auto shared = std::make_shared<IssueCall>(std::move(call));
    ReadLedger(context, head->person(), [&context, shared, head = *head](const auto& ledger) {
      if (!ledger.ok()) return shared->Fail(ledger.status());
      PutIssued(context, std::move(*shared), head, *ledger);
    });
  });
}

// Everything is decided before the first fact: what was emitted would stand although the rest is refused.
absl::Status EmitReplacing(store::View& view, const CertificateHead& old, const std::string& sealed_reason,
                           const std::string& fresh_id, const domain::IssueCommand& command, absl::Time now) {
  const std::string old_key = CertificateKey(old.id()), issuer_key = IssuerKey(old.issuer());
  auto replacing = domain::DecideReplace(CertificateIn(view, old_key),
                                         dynamic_cast<const domain::Issuer&>(view.Get(issuer_key)), fresh_id,
                                         sealed_reason, command, now);
  if (!replacing.ok()) return replacing.status();
  absl::Status status = EmitAll(view, old_key, replacing->old);
  status.Update(EmitAll(view, CertificateKey(fresh_id), replacing->fresh));
  status.Update(view.Emit(issuer_key, replacing->issuer));
  return status;
}

using ReplaceCall = CallOf<v1::ReplaceCertificateRequest, Certificate>;

void PutReplaced(const Context& context, ReplaceCall call, const CertificateHead& old,
                 const std::string& sealed, const domain::LedgerRows& ledger) {
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  const uint32_t partition = names::PartitionOf(old.id());
  const std::string id = context.keys.MakeId(partition, request_key, "certificate");
  auto command = IssueOf(context, old, ledger, old.issuer_title(), call.principal().name);
  handler::Change(
      context.engine, partition, store::Lane::kRest, std::move(request_key),
      {CertificateKey(old.id()), CertificateKey(id), IssuerKey(old.issuer())}, std::move(call),
      [old, sealed, id, command = std::move(command)](store::View& view, absl::Time now) {
        return EmitReplacing(view, old, sealed, id, command, now);
      },
      [&context, key = CertificateKey(id)](store::View& view, Certificate* answer) {
        return ToResource(context, CertificateIn(view, key).head(), answer);
      });
}

void Replace(const Context& context, ReplaceCall typed) {
  context.documents.WhenVisible(std::move(typed), [&context](ReplaceCall seen) {
    auto head = SeenCertificate(context, seen.request().name(), seen.principal(), false);
    if (!head.ok()) return seen.Fail(head.status());
    const std::string user = head->user(), reason = seen.request().reason();
    SealOf(context, std::move(seen), user, kCloseField, reason,
           [&context, old = *head](ReplaceCall call, const std::string& sealed) {
             auto shared = std::make_shared<ReplaceCall>(std::move(call));
             ReadLedger(context, old.person(), [&context, shared, old, sealed](const auto& ledger) {
               if (!ledger.ok()) return shared->Fail(ledger.status());
               PutReplaced(context, std::move(*shared), old, sealed, *ledger);
             });
           });
  });
}

void Close(const Context& context, CallOf<v1::RevokeCertificateRequest, Certificate> typed) {
  using Call = CallOf<v1::RevokeCertificateRequest, Certificate>;
  context.documents.WhenVisible(std::move(typed), [&context](Call seen) {
    auto head = SeenCertificate(context, seen.request().name(), seen.principal(), false);
    if (!head.ok()) return seen.Fail(head.status());
    const std::string user = head->user(), reason = seen.request().reason();
    SealOf(context, std::move(seen), user, kCloseField, reason,
           [&context, id = head->id()](Call call, const std::string& sealed) {
             const std::string key = CertificateKey(id);
             store::RequestKey request_key = handler::KeyOf(context.keys, call);
             handler::Change(
                 context.engine, names::PartitionOf(id), store::Lane::kRest, std::move(request_key), {key},
                 std::move(call),
                 [key, sealed](store::View& view, absl::Time now) {
                   return EmitAll(view, key, domain::DecideClose(CertificateIn(view, key), sealed, now));
                 },
                 [&context, key](store::View& view, Certificate* answer) {
                   return ToResource(context, CertificateIn(view, key).head(), answer);
                 });
           });
  });
}

}  // namespace

bool IssuesFor(const rpc::Principal& principal, absl::string_view issuer) {
  return IsStaffOf(principal, issuer);
}

absl::StatusOr<CertificateHead> SeenCertificate(const Context& context, const std::string& name,
                                                const rpc::Principal& principal, bool owner) {
  if (auto ids = names::Parse("name", "certificates/*", name); !ids.ok()) return ids.status();
  CertificateHead head;
  const auto bytes = context.reads.recognition().certificates().Get(name);
  if (bytes == nullptr || !head.ParseFromString(*bytes)) return refusal::NotFound(name);
  const bool own = owner && head.user() == principal.name;
  if (!own && !IssuesFor(principal, head.issuer())) return refusal::NotFound(name);
  return head;
}

domain::LedgerRows RowsNow(const domain::LedgerRows& ledger, const CertificateHead& head) {
  return domain::RowsOf(ledger, head.issuer(), head.first_day(), head.last_day());
}

void AddCertificateHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kCertificateService, "ApplyForCertificate", Apply);
  Handle(service, context, kCertificateService, "GetCertificate", Get);
  Handle(service, context, kCertificateService, "ListCertificates", List);
  Handle(service, context, kCertificateService, "IssueCertificate", Issue);
  Handle(service, context, kCertificateService, "ReplaceCertificate", Replace);
  Handle(service, context, kCertificateService, "RevokeCertificate", Close);
  AddCertificatePaperHandlers(service, context);
}

}  // namespace kepu::volunteer
