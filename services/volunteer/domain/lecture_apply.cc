#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/keeping.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/lecture.h"

namespace kepu::volunteer::domain {
namespace {

using v1::LectureRequest;

bool MayExpire(const LectureRequest& lecture) {
  return lecture.state() == LectureRequest::REQUESTED || lecture.state() == LectureRequest::OFFERED;
}

absl::Status ApplyRecordFact(Lecture& lecture, const reservation::v1::ReservationFact& fact) {
  const std::string field = reservation::RecordField(fact.reservation());
  const record::LectureChild* child = lecture.Mutable(field);
  auto after = reservation::ApplyRecord(child == nullptr ? nullptr : &child->reservation(), fact);
  if (!after.ok()) return after.status();
  if (!*after) {
    lecture.Erase(field);
    return absl::OkStatus();
  }
  record::LectureChild next;
  *next.mutable_reservation() = **after;
  lecture.Put(field, std::move(next));
  reservation::FileChild(lecture, lecture.head().keeping(), field, reservation::EndOf(fact),
                         reservation::Filing<record::LectureChild>);
  return absl::OkStatus();
}

void FoldAgreed(LectureRequest& asked, record::LectureHead& head, const record::LectureAgreed& agreed) {
  if (agreed.side() == v1::ConfirmLectureRequest::REQUESTER) {
    asked.mutable_offer()->set_requester_agreed(true);
  } else {
    asked.mutable_offer()->set_expert_agreed(true);
  }
  if (agreed.reservation().empty()) return;
  asked.set_state(LectureRequest::CONFIRMED);
  head.set_reservation(agreed.reservation());
}

absl::StatusOr<Facts> Forget(const Lecture& lecture, absl::Time now) {
  auto forgotten = reservation::DecideForgetting(
      lecture, lecture.head().keeping(), now, [](const record::LectureChild& child) { return child.filed(); },
      [&](const std::string& field) -> absl::StatusOr<bool> {
        auto child = lecture.Find(field);
        if (!child.ok()) return child.status();
        return *child == nullptr || reservation::MayForget(&(*child)->reservation());
      });
  if (!forgotten.ok()) return forgotten.status();
  if (!*forgotten) return Facts{};
  record::Fact fact = At(now);
  *fact.mutable_ends_forgotten() = **forgotten;
  return Facts{fact};
}

}  // namespace

absl::Time NextDue(const record::LectureHead& head) {
  const absl::Time forgetting = reservation::NextForgetting(head.keeping());
  if (!MayExpire(head.lecture())) return forgetting;
  return std::min(forgetting, calendar::FromProto(head.lecture().expire_time()));
}

absl::StatusOr<Facts> Due(const Lecture& lecture, absl::Time now) {
  if (!lecture.Exists() || NextDue(lecture.head()) > now) return Facts{};
  const LectureRequest& asked = lecture.head().lecture();
  if (!MayExpire(asked) || calendar::FromProto(asked.expire_time()) > now) return Forget(lecture, now);
  record::Fact fact = At(now);
  fact.mutable_lecture_closed()->set_state(LectureRequest::EXPIRED);
  return Facts{fact};
}

void ApplyHead(record::LectureHead& head, const record::Fact& fact) {
  LectureRequest& asked = *head.mutable_lecture();
  switch (fact.kind_case()) {
    case record::Fact::kLectureRequested:
      head.set_id(fact.lecture_requested().id());
      head.set_user(fact.lecture_requested().user());
      asked = fact.lecture_requested().lecture();
      return;
    case record::Fact::kLectureOffered:
      *asked.mutable_offer() = fact.lecture_offered().offer();
      asked.set_state(LectureRequest::OFFERED);
      calendar::SetMicros(fact.lecture_offered().expire_us(), asked.mutable_expire_time());
      break;
    case record::Fact::kLectureAgreed:
      FoldAgreed(asked, head, fact.lecture_agreed());
      break;
    case record::Fact::kOfferDeclined:
      asked.clear_offer();
      asked.set_state(LectureRequest::REQUESTED);
      asked.set_declined_offers(asked.declined_offers() + 1);
      calendar::SetMicros(fact.offer_declined().expire_us(), asked.mutable_expire_time());
      head.clear_reservation();
      break;
    case record::Fact::kLectureClosed:
      asked.set_state(fact.lecture_closed().state());
      asked.set_heads(fact.lecture_closed().heads());
      break;
    case record::Fact::kReservation:
      if (const auto end = reservation::EndOf(fact.reservation()))
        reservation::FileEnd(*head.mutable_keeping(), *end);
      return;
    case record::Fact::kEndsForgotten:
      return reservation::FoldForgetting(*head.mutable_keeping(), fact.ends_forgotten());
    default:
      return;
  }
  calendar::SetMicros(fact.time_us(), asked.mutable_update_time());
}

absl::Status Apply(Lecture& lecture, const record::Fact& fact) {
  if (lecture.Exists() == fact.has_lecture_requested())
    return absl::InternalError("a lecture is asked for first, and once");
  switch (fact.kind_case()) {
    case record::Fact::kLectureRequested:
    case record::Fact::kLectureOffered:
    case record::Fact::kLectureAgreed:
    case record::Fact::kOfferDeclined:
    case record::Fact::kLectureClosed:
      break;
    case record::Fact::kReservation:
      if (absl::Status status = ApplyRecordFact(lecture, fact.reservation()); !status.ok()) return status;
      break;
    case record::Fact::kEndsForgotten:
      reservation::EraseForgotten(lecture, lecture.head().keeping(), fact.ends_forgotten(),
                                  reservation::Filing<record::LectureChild>);
      break;
    default:
      return absl::InternalError("not a fact of a lecture");
  }
  ApplyHead(lecture.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
