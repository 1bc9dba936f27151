// A lecture that is asked for, with the reservations of experts' time whose pivot it is, as one aggregate:
// asked, offered, agreed by both sides, and what became of it (R104, R105). The engine has applied what is
// due before every decision. Pure functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/expert.pb.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

using Lecture = aggregate::Aggregate<record::LectureHead, record::LectureChild>;
using LectureSide = v1::ConfirmLectureRequest::Side;

// So long both sides have to agree: two weeks, as schools plan by the fortnight.
inline constexpr absl::Duration kLectureWait = absl::Hours(24 * 14);
// A lecture is no longer than a school day.
inline constexpr absl::Duration kLectureMax = absl::Hours(8);

std::string LectureName(absl::string_view lecture);

// INVALID_ARGUMENT naming the fields that cannot be.
absl::StatusOr<Facts> DecideLecture(const Lecture& lecture, absl::string_view id, absl::string_view user,
                                    const v1::LectureRequest& given, absl::Time now);
// An expert ("experts/…") and a time; replaces the offer before. LECTURE_CLOSED, LECTURE_AGREED.
absl::StatusOr<Facts> DecideOffer(const Lecture& lecture, absl::string_view expert, absl::Time start,
                                  absl::Time end, bool by_expert, absl::Time now);

// May this side agree now? NO_OFFER, OFFER_CHANGED when the offer is not the one of that time,
// LECTURE_STARTED, LECTURE_CLOSED. OK for who has agreed.
absl::Status CheckAgree(const Lecture& lecture, int64_t offer_us, absl::Time now);
// The other side has agreed to the offer, and this one not yet: agreeing takes the expert's time.
bool Completes(const record::LectureHead& head, LectureSide side);
// One side agrees; `reservation` is that of the expert's time when this completes it, else empty. No facts
// when it has agreed.
absl::StatusOr<Facts> DecideAgree(const Lecture& lecture, LectureSide side, absl::string_view reservation,
                                  int64_t offer_us, absl::Time now);
// What is claimed of the expert.
reservation::v1::Demand DemandOf(const record::LectureHead& head);

// Back to asking; of what both had agreed, the expert's time is given back.
absl::StatusOr<Facts> DecideDeclineOffer(const Lecture& lecture, absl::Time now);
absl::StatusOr<Facts> DecideDeclineLecture(const Lecture& lecture, absl::Time now);
absl::StatusOr<Facts> DecideWithdrawLecture(const Lecture& lecture, absl::Time now);
// LECTURE_NOT_AGREED, LECTURE_NOT_STARTED, LECTURE_NOT_ENDED.
absl::StatusOr<Facts> DecideRecord(const Lecture& lecture, int32_t heads, bool missed, absl::Time now);

absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const Lecture& lecture,
                                                                    absl::string_view reservation);

absl::StatusOr<Facts> Due(const Lecture& lecture, absl::Time now);
absl::Time NextDue(const record::LectureHead& head);

void ApplyHead(record::LectureHead& head, const record::Fact& fact);
absl::Status Apply(Lecture& lecture, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
