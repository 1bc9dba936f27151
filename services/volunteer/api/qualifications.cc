#include "services/volunteer/domain/qualification.h"

#include <algorithm>
#include <memory>

#include "libs/calendar/dates.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::Qualification;

constexpr char kDocumentNumber[] = "volunteer.document_number";
constexpr char kPattern[] = "volunteers/*/qualifications/*";

// One line of a person's head with what is kept of it, unsealed.
absl::Status Show(const Context& context, const domain::Person& person,
                  const domain::record::Qualification& known, Qualification* answer) {
  auto award = domain::ShownAward(person, known.course());
  if (!award.ok()) return award.status();
  answer->set_name(absl::StrCat("volunteers/", person.head().id(), "/qualifications/",
                                known.course().substr(known.course().find('/') + 1)));
  answer->set_course(known.course());
  answer->set_level(known.level());
  const bool valid = domain::IsValid(known, context.clock.Now());
  answer->set_state(known.revoked() ? Qualification::REVOKED
                    : valid         ? Qualification::VALID
                                    : Qualification::EXPIRED);
  calendar::SetMicros(known.awarded_us(), answer->mutable_award_time());
  if (known.valid_until_us() != 0) calendar::SetMicros(known.valid_until_us(), answer->mutable_expire_time());
  if (*award == nullptr) return absl::OkStatus();
  answer->set_session((*award)->session());
  if ((*award)->has_issuer()) *answer->mutable_issuer() = (*award)->issuer();
  const std::string& user = person.head().user();
  auto number = context.personal.Open(user, kDocumentNumber, (*award)->sealed_number());
  if (!number.ok()) return number.status();
  auto reason = context.personal.Open(user, Personal::kReason, (*award)->sealed_reason());
  if (!reason.ok()) return reason.status();
  answer->set_document_number(*std::move(number));
  answer->set_revoke_reason(*std::move(reason));
  return absl::OkStatus();
}

absl::Status ShowOne(const Context& context, const domain::Person& person, const std::string& course,
                     Qualification* answer) {
  for (const auto& known : person.head().qualifications())
    if (known.course() == course) return Show(context, person, known, answer);
  return refusal::NotFound(absl::StrCat("volunteers/", person.head().id()));
}

// Seals `text` about whose line it is, then goes on. NOT_FOUND when there is nobody; nobody decides about
// themselves.
template <class Call, class Next>
void SealedFor(const Context& context, Call call, const std::string& person, const char* field,
               const std::string& text, Next next) {
  const std::string name = absl::StrCat("volunteers/", person);
  if (person == SelfOf(context, call.principal()) && IsVolunteer(context, person))
    return call.Fail(refusal::Refuse(refusal::kNo, "NOT_FOR_ONESELF"));
  SealAbout(context, std::move(call), person, refusal::NotFound(name), field, text, std::move(next));
}

template <class Request, class Decide>
void ChangePerson(const Context& context, CallOf<Request, Qualification> call,
                  const reservation::Place& place, const std::string& course, Decide decide) {
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
      std::move(call),
      [key = place.key, decide = std::move(decide)](store::View& view, absl::Time now) {
        return EmitAll(view, key, decide(PersonIn(view, key), now));
      },
      [&context, key = place.key, course](store::View& view, Qualification* answer) {
        return ShowOne(context, PersonIn(view, key), course, answer);
      });
}

// The award that a certificate stands for, but for what is sealed.
absl::StatusOr<domain::record::Award> AwardOf(const v1::RecordQualificationRequest& request,
                                              const v1::Course& course, absl::Time now) {
  auto awarded = calendar::ParseDate("award_date", request.award_date());
  if (!awarded.ok()) return awarded.status();
  if (*awarded > calendar::DayOf(now)) return refusal::BadField("award_date", "must not be in the future");
  if (request.issuer().zh().empty()) return refusal::BadField("issuer.zh", "is required");
  domain::record::Award award;
  award.set_course(course.name());
  award.set_level(course.level());
  award.set_awarded_us(absl::ToUnixMicros(calendar::At(*awarded)));
  award.set_valid_until_us(domain::ValidUntilUs(*awarded, course.validity_months()));
  *award.mutable_issuer() = request.issuer();
  if (request.expire_date().empty()) return award;
  auto expires = calendar::ParseDate("expire_date", request.expire_date());
  if (!expires.ok()) return expires.status();
  if (*expires < *awarded) return refusal::BadField("expire_date", "must not be before award_date");
  award.set_valid_until_us(absl::ToUnixMicros(calendar::At(*expires + 1)));
  return award;
}

using RecordCall = CallOf<v1::RecordQualificationRequest, Qualification>;

void RecordQualification(const Context& context, RecordCall call) {
  auto ids = names::Parse("parent", "volunteers/*", call.request().parent());
  if (!ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, person = (*ids)[0]](RecordCall ready) {
    const auto course = context.reads.documents().Find<v1::Course>(ready.request().course());
    if (course == nullptr) return ready.Fail(refusal::BadField("course", "is not a course"));
    auto award = AwardOf(ready.request(), *course, context.clock.Now());
    if (!award.ok()) return ready.Fail(award.status());
    const std::string number = ready.request().document_number();
    SealedFor(context, std::move(ready), person, kDocumentNumber, number,
              [&context, person, award = *award](RecordCall sealed_call, std::string sealed) {
                const reservation::Place place = PersonPlace(person);
                domain::record::Award whole = award;
                whole.set_id(
                    context.keys.MakeId(place.partition, handler::KeyOf(context.keys, sealed_call), "award"));
                whole.set_sealed_number(std::move(sealed));
                whole.set_by(sealed_call.principal().name);
                ChangePerson(context, std::move(sealed_call), place, whole.course(),
                             [whole](const domain::Person& known, absl::Time now) {
                               return domain::DecideAward(known, whole, now);
                             });
              });
  });
}

using RevokeCall = CallOf<v1::RevokeQualificationRequest, Qualification>;

void RevokeQualification(const Context& context, RevokeCall call) {
  auto ids = names::Parse("name", kPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string course = absl::StrCat("courses/", (*ids)[1]), reason = call.request().reason();
  SealedFor(context, std::move(call), (*ids)[0], Personal::kReason, reason,
            [&context, course, person = (*ids)[0]](RevokeCall ready, const std::string& sealed) {
              const std::string by = ready.principal().name, name = ready.request().name();
              ChangePerson(context, std::move(ready), PersonPlace(person), course,
                           [course, by, sealed, name](const domain::Person& known,
                                                      absl::Time now) -> absl::StatusOr<domain::Facts> {
                             auto facts = domain::DecideRevoke(known, course, by, sealed, now);
                             if (facts.status().code() == absl::StatusCode::kNotFound)
                               return refusal::NotFound(name);
                             return facts;
                           });
            });
}

using ListCall = CallOf<v1::ListQualificationsRequest, v1::ListQualificationsResponse>;

// All that are asked for before the first that is missed, so that one read fetches them.
absl::Status ShowAll(const Context& context, const domain::Person& person, const std::string& after,
                     size_t limit, v1::ListQualificationsResponse* answer, std::string* next) {
  std::vector<domain::record::Qualification> known(person.head().qualifications().begin(),
                                                   person.head().qualifications().end());
  std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.course() < b.course(); });
  absl::Status missing;
  for (const auto& one : known) {
    if (one.course() <= after) continue;
    if (static_cast<size_t>(answer->qualifications_size()) == limit) {
      *next = answer->qualifications().rbegin()->course();
      break;
    }
    missing.Update(Show(context, person, one, answer->add_qualifications()));
  }
  return missing;
}

void ListQualifications(const Context& context, ListCall call) {
  auto ids = names::Parse("parent", "volunteers/*", call.request().parent());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string self = SelfOf(context, call.principal());
  const std::string person = (*ids)[0] == "me" ? self : (*ids)[0];
  if (person != self && !SeesVolunteers(call.principal()))
    return call.Fail(refusal::NotFound(call.request().parent()));
  const std::string filter = paging::FilterDigest({"qualifications", person});
  const auto size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  const auto after = context.pager.Decode(call.request().page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  auto shared = std::make_shared<ListCall>(std::move(call));
  auto answer = std::make_shared<v1::ListQualificationsResponse>();
  const reservation::Place place = PersonPlace(person);
  context.engine.Read(
      place.partition, {place.key},
      [&context, shared, answer, filter, key = place.key, size = *size,
       after = *after](store::View& view) -> absl::Status {
        const domain::Person& known = PersonIn(view, key);
        if (!known.Exists()) return refusal::NotFound(shared->request().parent());
        answer->Clear();
        std::string next;
        absl::Status status = ShowAll(context, known, after, size, answer.get(), &next);
        answer->set_next_page_token(context.pager.Encode(filter, next));
        return status;
      },
      [shared, answer](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

void GetTrainingCoverage(const Context& context,
                         CallOf<v1::GetTrainingCoverageRequest, v1::TrainingCoverage> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const v1::GetTrainingCoverageRequest& request = ready.request();
    v1::TrainingCoverage coverage;
    for (auto& row :
         context.reads.trainings().coverage().Rows(request.district(), request.post(), context.clock.Now()))
      *coverage.add_rows() = std::move(row);
    ready.Answer(coverage);
  });
}

}  // namespace

void AddQualificationHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kTrainingService, "RecordQualification", RecordQualification);
  Handle(service, context, kTrainingService, "RevokeQualification", RevokeQualification);
  Handle(service, context, kTrainingService, "ListQualifications", ListQualifications);
  Handle(service, context, kTrainingService, "GetTrainingCoverage", GetTrainingCoverage);
}

}  // namespace kepu::volunteer
