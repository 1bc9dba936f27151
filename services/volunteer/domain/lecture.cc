#include "services/volunteer/domain/lecture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {
namespace {

using v1::LectureRequest;

absl::Time StartOf(const LectureRequest& lecture) {
  return calendar::FromProto(lecture.offer().start_time());
}
absl::Time EndOf(const LectureRequest& lecture) { return calendar::FromProto(lecture.offer().end_time()); }

absl::Status No(const Lecture& lecture, const char* reason) {
  const record::LectureHead& head = lecture.head();
  return refusal::Refuse(
      refusal::kNo, reason,
      {{"name", LectureName(head.id())}, {"state", LectureRequest::State_Name(head.lecture().state())}});
}

bool IsOpen(LectureRequest::State state) {
  return state == LectureRequest::REQUESTED || state == LectureRequest::OFFERED;
}

// Asked for or agreed, and not begun.
absl::Status CheckAhead(const Lecture& lecture, absl::Time now) {
  const LectureRequest& asked = lecture.head().lecture();
  if (IsOpen(asked.state())) return absl::OkStatus();
  if (asked.state() != LectureRequest::CONFIRMED) return No(lecture, "LECTURE_CLOSED");
  return now < StartOf(asked) ? absl::OkStatus() : No(lecture, "LECTURE_STARTED");
}

absl::Status CheckGiven(const LectureRequest& given, absl::Time now) {
  refusal::FieldErrors errors;
  constexpr const char* kRequesters[] = {"schools/*", "organizations/*", "towns/*", "venues/*",
                                         "districts/*"};
  if (std::none_of(std::begin(kRequesters), std::end(kRequesters),
                   [&](const char* pattern) { return names::Parse("", pattern, given.requester()).ok(); }))
    errors.Add("lecture_request.requester", "must be a school, organization, town, venue or district");
  if (!names::Parse("", "districts/*", given.district()).ok())
    errors.Add("lecture_request.district", "must be like districts/*");
  if (!given.community().empty() && !names::Parse("", "communities/*", given.community()).ok() &&
      !names::Parse("", "villages/*", given.community()).ok())
    errors.Add("lecture_request.community", "must be a community or village");
  if (given.series() == LectureRequest::SERIES_UNSPECIFIED)
    errors.Add("lecture_request.series", "is required");
  if (given.field().empty() && given.topic().empty())
    errors.Add("lecture_request.topic", "a topic or a field is required");
  if (given.place().zh().empty()) errors.Add("lecture_request.place.zh", "is required");
  if (given.dates().empty()) errors.Add("lecture_request.dates", "at least one is required");
  if (given.expected_heads() < 1) errors.Add("lecture_request.expected_heads", "must be at least 1");
  for (const std::string& text : given.dates()) {
    const auto date = calendar::ParseDate("", text);
    if (!date.ok() || *date <= calendar::DayOf(now) || calendar::At(*date) > now + kHorizon)
      errors.Add("lecture_request.dates", "must be dates from tomorrow to a year from now");
  }
  return errors.ToStatus();
}

record::Fact Closed(LectureRequest::State state, absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_lecture_closed()->set_state(state);
  return fact;
}

// With the facts that change what was agreed, gives the expert's time back.
absl::StatusOr<Facts> WithGiveBack(const Lecture& lecture, record::Fact fact, absl::Time now) {
  Facts facts{std::move(fact)};
  const record::LectureHead& head = lecture.head();
  if (head.lecture().state() != LectureRequest::CONFIRMED) return facts;
  auto child = lecture.Find(reservation::RecordField(head.reservation()));
  if (!child.ok()) return child.status();
  const auto* record = *child == nullptr ? nullptr : &(*child)->reservation();
  if (auto back = reservation::DecideGiveBack(record, now)) facts.push_back(RecordFact(*back));
  return facts;
}

}  // namespace

std::string LectureName(absl::string_view lecture) { return absl::StrCat("lectureRequests/", lecture); }

absl::StatusOr<Facts> DecideLecture(const Lecture& lecture, absl::string_view id, absl::string_view user,
                                    const LectureRequest& given, absl::Time now) {
  if (lecture.Exists()) return Facts{};
  if (absl::Status status = CheckGiven(given, now); !status.ok()) return status;
  record::Fact fact = At(now);
  record::LectureRequested& requested = *fact.mutable_lecture_requested();
  requested.set_id(std::string(id));
  requested.set_user(std::string(user));
  LectureRequest& asked = *requested.mutable_lecture();
  asked = given;
  asked.set_name(LectureName(id));
  asked.set_state(LectureRequest::REQUESTED);
  asked.clear_offer();
  asked.clear_heads();
  asked.clear_declined_offers();
  const int64_t now_us = absl::ToUnixMicros(now);
  calendar::SetMicros(now_us, asked.mutable_create_time());
  calendar::SetMicros(now_us, asked.mutable_update_time());
  calendar::SetMicros(absl::ToUnixMicros(now + kLectureWait), asked.mutable_expire_time());
  return Facts{fact};
}

absl::StatusOr<Facts> DecideOffer(const Lecture& lecture, absl::string_view expert, absl::Time start,
                                  absl::Time end, bool by_expert, absl::Time now) {
  if (!lecture.Exists()) return refusal::NotFound("lecture request");
  const LectureRequest::State state = lecture.head().lecture().state();
  if (state == LectureRequest::CONFIRMED) return No(lecture, "LECTURE_AGREED");
  if (!IsOpen(state)) return No(lecture, "LECTURE_CLOSED");
  refusal::FieldErrors errors;
  if (start <= now || start > now + kHorizon) errors.Add("start_time", "must be ahead, within a year");
  if (end <= start || end - start > kLectureMax)
    errors.Add("end_time", "must come after start_time, at most 8 hours later");
  if (!errors.empty()) return errors.ToStatus();
  record::Fact fact = At(now);
  LectureRequest::Offer& offer = *fact.mutable_lecture_offered()->mutable_offer();
  offer.set_expert(std::string(expert));
  calendar::SetMicros(absl::ToUnixMicros(start), offer.mutable_start_time());
  calendar::SetMicros(absl::ToUnixMicros(end), offer.mutable_end_time());
  calendar::SetMicros(absl::ToUnixMicros(now), offer.mutable_offer_time());
  offer.set_expert_agreed(by_expert);
  // Nobody agrees to what has begun.
  fact.mutable_lecture_offered()->set_expire_us(absl::ToUnixMicros(std::min(start, now + kLectureWait)));
  return Facts{fact};
}

absl::Status CheckAgree(const Lecture& lecture, int64_t offer_us, absl::Time now) {
  if (!lecture.Exists()) return refusal::NotFound("lecture request");
  const LectureRequest& asked = lecture.head().lecture();
  if (asked.state() == LectureRequest::REQUESTED) return No(lecture, "NO_EXPERT_OFFERED");
  if (absl::Status status = CheckAhead(lecture, now); !status.ok()) return status;
  if (offer_us != calendar::MicrosOf(asked.offer().offer_time())) return No(lecture, "OFFER_CHANGED");
  return absl::OkStatus();
}

bool Completes(const record::LectureHead& head, LectureSide side) {
  const LectureRequest& asked = head.lecture();
  if (asked.state() != LectureRequest::OFFERED) return false;
  const bool mine_is_requesters = side == v1::ConfirmLectureRequest::REQUESTER;
  return mine_is_requesters ? asked.offer().expert_agreed() && !asked.offer().requester_agreed()
                            : asked.offer().requester_agreed() && !asked.offer().expert_agreed();
}

absl::StatusOr<Facts> DecideAgree(const Lecture& lecture, LectureSide side, absl::string_view reservation,
                                  int64_t offer_us, absl::Time now) {
  if (absl::Status status = CheckAgree(lecture, offer_us, now); !status.ok()) return status;
  const record::LectureHead& head = lecture.head();
  const LectureRequest::Offer& offer = head.lecture().offer();
  const bool agreed =
      side == v1::ConfirmLectureRequest::REQUESTER ? offer.requester_agreed() : offer.expert_agreed();
  // A reservation that comes second to another of the same side holds time that nobody needs.
  if (agreed) return reservation.empty() ? absl::StatusOr<Facts>(Facts{}) : No(lecture, "LECTURE_AGREED");
  if (Completes(head, side) == reservation.empty())
    return absl::InternalError("an agreement without the expert's time, or time without an agreement");
  record::Fact fact = At(now);
  fact.mutable_lecture_agreed()->set_side(side);
  fact.mutable_lecture_agreed()->set_reservation(std::string(reservation));
  return Facts{fact};
}

reservation::v1::Demand DemandOf(const record::LectureHead& head) {
  const LectureRequest& asked = head.lecture();
  absl::string_view expert = asked.offer().expert();
  absl::ConsumePrefix(&expert, "experts/");
  reservation::v1::Demand demand;
  demand.set_thing(absl::StrCat("volunteers/", expert));
  demand.set_kind(reservation::v1::PERSON);
  *demand.mutable_start_time() = asked.offer().start_time();
  *demand.mutable_end_time() = asked.offer().end_time();
  demand.set_amount(1);
  demand.set_place(asked.community().empty() ? asked.requester() : asked.community());
  demand.set_purpose(LectureName(head.id()));
  if (asked.has_whereabouts()) {
    v1::Duty duty;
    *duty.mutable_whereabouts() = asked.whereabouts();
    demand.set_detail(duty.SerializeAsString());
  }
  return demand;
}

absl::StatusOr<Facts> DecideDeclineOffer(const Lecture& lecture, absl::Time now) {
  if (!lecture.Exists()) return refusal::NotFound("lecture request");
  if (lecture.head().lecture().state() == LectureRequest::REQUESTED) return Facts{};
  if (absl::Status status = CheckAhead(lecture, now); !status.ok()) return status;
  record::Fact fact = At(now);
  fact.mutable_offer_declined()->set_expire_us(absl::ToUnixMicros(now + kLectureWait));
  return WithGiveBack(lecture, std::move(fact), now);
}

absl::StatusOr<Facts> DecideDeclineLecture(const Lecture& lecture, absl::Time now) {
  if (!lecture.Exists()) return refusal::NotFound("lecture request");
  const LectureRequest::State state = lecture.head().lecture().state();
  if (state == LectureRequest::DECLINED) return Facts{};
  if (state == LectureRequest::CONFIRMED) return No(lecture, "LECTURE_AGREED");
  if (!IsOpen(state)) return No(lecture, "LECTURE_CLOSED");
  return Facts{Closed(LectureRequest::DECLINED, now)};
}

absl::StatusOr<Facts> DecideWithdrawLecture(const Lecture& lecture, absl::Time now) {
  if (!lecture.Exists()) return refusal::NotFound("lecture request");
  if (lecture.head().lecture().state() == LectureRequest::WITHDRAWN) return Facts{};
  if (absl::Status status = CheckAhead(lecture, now); !status.ok()) return status;
  return WithGiveBack(lecture, Closed(LectureRequest::WITHDRAWN, now), now);
}

absl::StatusOr<Facts> DecideRecord(const Lecture& lecture, int32_t heads, bool missed, absl::Time now) {
  if (!lecture.Exists()) return refusal::NotFound("lecture request");
  const LectureRequest& asked = lecture.head().lecture();
  const LectureRequest::State wanted = missed ? LectureRequest::MISSED : LectureRequest::HELD;
  if (missed == (heads > 0))
    return refusal::BadField("heads", "somebody heard what was held, and nobody what was missed");
  if (asked.state() == wanted && asked.heads() == heads) return Facts{};
  if (asked.state() != LectureRequest::CONFIRMED) return No(lecture, "LECTURE_NOT_AGREED");
  if (now < StartOf(asked)) return No(lecture, "LECTURE_NOT_STARTED");
  if (missed && now < EndOf(asked)) return No(lecture, "LECTURE_NOT_ENDED");
  record::Fact fact = Closed(wanted, now);
  fact.mutable_lecture_closed()->set_heads(heads);
  return Facts{fact};
}

absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const Lecture& lecture,
                                                                    absl::string_view reservation) {
  const std::string field = reservation::RecordField(reservation);
  if (!lecture.PresentOrAssumeAbsent(field)) return nullptr;
  auto child = lecture.Find(field);
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->reservation();
}

}  // namespace kepu::volunteer::domain
