// A date of a course with those who take part, as one aggregate: places first come, first served, and what
// became of everybody. Who passed is qualified: the mark is the source, and the person's line follows from
// it. Pure functions on values.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/training.pb.h"
#include "libs/aggregate/aggregate.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

using Training = aggregate::Aggregate<record::TrainingHead, record::TrainingChild>;

// A course is held in at most twelve hours of one day.
inline constexpr absl::Duration kTrainingMax = absl::Hours(12);
// Courses before courses before courses.
inline constexpr int kPrerequisitesDeep = 8;

// "training/<id>": lies with its course, by whose rules it is made.
std::string TrainingKey(absl::string_view id);
absl::string_view TrainingIdOf(absl::string_view key);
std::string ParticipantField(absl::string_view person);
std::string TrainingName(const record::TrainingTerms& terms);
std::string ParticipantName(const record::TrainingTerms& terms, absl::string_view person);

// Fills nothing in; INVALID_ARGUMENT naming what cannot be: unknown prerequisites, and such as lead back to
// the course itself or too deep. `course_of` gives a course as it stands, null when there is none.
absl::Status CheckCourse(const v1::Course& course,
                         const std::function<const v1::Course*(const std::string&)>& course_of);

// May this person take part: each prerequisite valid until the date. PREREQUISITE_NEEDED.
absl::Status CheckPrerequisites(const v1::Course& course, const record::PersonHead& person, absl::Time end);

// Has a place, whatever became of them.
bool HasPlace(v1::TrainingParticipant::State state);
// The head's word counts for those who had a place when it was cancelled.
v1::TrainingParticipant::State ShownState(const record::TrainingHead& head,
                                          const record::ParticipantRecord& participant);
std::string EtagOf(const record::TrainingHead& head);

// Made, or changed until the start. FEWER_THAN_TAKEN; TRAINING_CANCELLED, TRAINING_STARTED.
absl::StatusOr<Facts> DecidePutTraining(const Training& training, const record::TrainingTerms& terms,
                                        absl::Time now);
absl::StatusOr<Facts> DecideCancelTraining(const Training& training, absl::string_view reason,
                                           absl::Time now);

// NOT_FOR_POST, ALREADY_REGISTERED, TRAINING_FULL, TRAINING_CANCELLED, TRAINING_STARTED.
absl::StatusOr<Facts> DecideJoin(const Training& training, absl::string_view person, v1::Profession post,
                                 absl::Time now);
// Until the start; twice is once.
absl::StatusOr<Facts> DecideLeave(const Training& training, absl::string_view person, absl::Time now);
// PASSED, FAILED or ABSENT, from the start on, by the course as it stands; who passed stays so
// (ALREADY_PASSED). NOT_IN_TRAINING, TRAINING_NOT_STARTED.
absl::StatusOr<Facts> DecideMark(const Training& training, const v1::Course& course, absl::string_view person,
                                 v1::TrainingParticipant::State state, absl::Time now);
// The person's head says it.
absl::StatusOr<Facts> DecidePostedAward(const Training& training, absl::string_view person, absl::Time now);

// Null when there is none.
absl::StatusOr<const record::ParticipantRecord*> FindParticipant(const Training& training,
                                                                 absl::string_view person);

void ApplyHead(record::TrainingHead& head, const record::Fact& fact);
absl::Status Apply(Training& training, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
