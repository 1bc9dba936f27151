#include "services/volunteer/domain/training.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/qualification.h"

namespace kepu::volunteer::domain {
namespace {

using Participant = v1::TrainingParticipant;

constexpr char kTraining[] = "training/";

absl::Status No(absl::string_view reason, const Training& training, refusal::Params more = {}) {
  more.insert(more.begin(), {"name", TrainingName(training.head().terms())});
  return refusal::Refuse(refusal::kNo, reason, std::move(more));
}

absl::Status CheckOpen(const Training& training, absl::Time now) {
  if (!training.Exists()) return refusal::NotFound("training");
  const record::TrainingHead& head = training.head();
  if (head.state() == v1::TrainingSession::CANCELLED) return No("TRAINING_CANCELLED", training);
  if (now < absl::FromUnixMicros(head.terms().start_us())) return absl::OkStatus();
  return No("TRAINING_STARTED", training, {{"start", calendar::UtcText(head.terms().start_us())}});
}

absl::Status CheckTerms(const record::TrainingTerms& terms, absl::Time now) {
  refusal::FieldErrors errors;
  const absl::Time start = absl::FromUnixMicros(terms.start_us()), end = absl::FromUnixMicros(terms.end_us());
  if (start <= now) errors.Add("training_session.start_time", "must be in the future");
  if (start > now + absl::Hours(24 * 366)) errors.Add("training_session.start_time", "must be within a year");
  if (end <= start) errors.Add("training_session.end_time", "must come after start_time");
  if (end - start > kTrainingMax) errors.Add("training_session.end_time", "a date lasts at most 12 hours");
  const bool trainer = terms.trainer().empty() || names::Parse("", "volunteers/*", terms.trainer()).ok() ||
                       names::Parse("", "experts/*", terms.trainer()).ok();
  if (!trainer) errors.Add("training_session.trainer", "must be like volunteers/* or experts/*");
  return errors.ToStatus();
}

// Does the way over prerequisites come to `wanted`, or go on for too long?
bool LeadsTo(const std::string& wanted, const v1::Course& course,
             const std::function<const v1::Course*(const std::string&)>& course_of, int deep) {
  if (deep == 0) return true;
  const auto& before = course.prerequisites();
  return std::any_of(before.begin(), before.end(), [&](const std::string& name) {
    const v1::Course* next = course_of(name);
    return name == wanted || (next != nullptr && LeadsTo(wanted, *next, course_of, deep - 1));
  });
}

record::Fact TrainingAt(absl::Time now, record::TrainingFact fact) {
  record::Fact whole = At(now);
  *whole.mutable_training() = std::move(fact);
  return whole;
}

}  // namespace

std::string TrainingKey(absl::string_view id) { return absl::StrCat(kTraining, id); }
absl::string_view TrainingIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kTraining) ? key : absl::string_view();
}
std::string ParticipantField(absl::string_view person) { return absl::StrCat("p/", person); }
std::string TrainingName(const record::TrainingTerms& terms) {
  return absl::StrCat(terms.course(), "/sessions/", terms.id());
}
std::string ParticipantName(const record::TrainingTerms& terms, absl::string_view person) {
  return absl::StrCat(TrainingName(terms), "/participants/", person);
}

absl::Status CheckCourse(const v1::Course& course,
                         const std::function<const v1::Course*(const std::string&)>& course_of) {
  refusal::FieldErrors errors;
  if (course.title().zh().empty()) errors.Add("course.title.zh", "is required");
  std::set<int> posts(course.audience().begin(), course.audience().end());
  if (posts.size() != static_cast<size_t>(course.audience_size()) ||
      posts.count(v1::PROFESSION_UNSPECIFIED) > 0)
    errors.Add("course.audience", "must name each post once");
  for (int i = 0; i < course.prerequisites_size(); ++i) {
    const std::string at = absl::StrCat("course.prerequisites[", i, "]");
    const std::string& name = course.prerequisites(i);
    const v1::Course* before = course_of(name);
    if (!names::Parse("", "courses/*", name).ok()) {
      errors.Add(at, "must be like courses/*");
    } else if (name == course.name()) {
      errors.Add(at, "is the course itself");
    } else if (before == nullptr) {
      errors.Add(at, "is not a course");
    } else if (LeadsTo(course.name(), *before, course_of, kPrerequisitesDeep)) {
      errors.Add(at, "leads back to the course, or over more than 8 others");
    }
  }
  return errors.ToStatus();
}

absl::Status CheckPrerequisites(const v1::Course& course, const record::PersonHead& person, absl::Time end) {
  for (const std::string& name : course.prerequisites()) {
    const auto& has = person.qualifications();
    if (std::any_of(has.begin(), has.end(), [&](const record::Qualification& one) {
          return one.course() == name && IsValid(one, end);
        }))
      continue;
    return refusal::Refuse(refusal::kNo, "PREREQUISITE_NEEDED", {{"name", course.name()}, {"course", name}});
  }
  return absl::OkStatus();
}

bool HasPlace(Participant::State state) {
  return state == Participant::REGISTERED || state == Participant::PASSED || state == Participant::FAILED ||
         state == Participant::ABSENT;
}

Participant::State ShownState(const record::TrainingHead& head,
                              const record::ParticipantRecord& participant) {
  const bool ended =
      head.state() == v1::TrainingSession::CANCELLED && participant.state() == Participant::REGISTERED;
  return ended ? Participant::SESSION_CANCELLED : participant.state();
}

std::string EtagOf(const record::TrainingHead& head) { return absl::StrCat(absl::Hex(head.revision())); }

absl::StatusOr<Facts> DecidePutTraining(const Training& training, const record::TrainingTerms& terms,
                                        absl::Time now) {
  if (training.Exists()) {
    if (absl::Status status = CheckOpen(training, now); !status.ok()) return status;
    const record::TrainingHead& head = training.head();
    if (head.terms().SerializeAsString() == terms.SerializeAsString()) return Facts{};
    if (terms.capacity() < head.registered()) {
      return No("FEWER_THAN_TAKEN", training,
                {{"places", absl::StrCat(terms.capacity())},
                 {"taken", absl::StrCat(head.registered())},
                 {"must_leave", absl::StrCat(head.registered() - terms.capacity())}});
    }
  }
  if (absl::Status status = CheckTerms(terms, now); !status.ok()) return status;
  record::TrainingFact fact;
  *fact.mutable_put() = terms;
  return Facts{TrainingAt(now, std::move(fact))};
}

absl::StatusOr<Facts> DecideCancelTraining(const Training& training, absl::string_view reason,
                                           absl::Time now) {
  if (training.Exists() && training.head().state() == v1::TrainingSession::CANCELLED) return Facts{};
  if (absl::Status status = CheckOpen(training, now); !status.ok()) return status;
  record::TrainingFact fact;
  fact.mutable_cancelled()->set_reason(std::string(reason));
  return Facts{TrainingAt(now, std::move(fact))};
}

absl::StatusOr<Facts> DecideJoin(const Training& training, absl::string_view person, v1::Profession post,
                                 absl::Time now) {
  if (absl::Status status = CheckOpen(training, now); !status.ok()) return status;
  const record::TrainingHead& head = training.head();
  const auto& audience = head.terms().audience();
  if (std::find(audience.begin(), audience.end(), post) == audience.end())
    return No("NOT_FOR_POST", training, {{"post", v1::Profession_Name(post)}});
  auto known = FindParticipant(training, person);
  if (!known.ok()) return known.status();
  const Participant::State from = *known == nullptr ? Participant::STATE_UNSPECIFIED : (*known)->state();
  if (HasPlace(from)) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_REGISTERED",
                           {{"name", ParticipantName(head.terms(), person)}});
  }
  if (head.registered() >= head.terms().capacity())
    return No("TRAINING_FULL", training, {{"capacity", absl::StrCat(head.terms().capacity())}});
  record::TrainingFact fact;
  fact.mutable_joined()->set_person(std::string(person));
  fact.mutable_joined()->set_post(post);
  fact.mutable_joined()->set_from(from);
  return Facts{TrainingAt(now, std::move(fact))};
}

absl::StatusOr<Facts> DecideLeave(const Training& training, absl::string_view person, absl::Time now) {
  if (!training.Exists()) return refusal::NotFound("training");
  auto known = FindParticipant(training, person);
  if (!known.ok()) return known.status();
  if (*known == nullptr) return refusal::NotFound(ParticipantName(training.head().terms(), person));
  if ((*known)->state() == Participant::LEFT) return Facts{};
  if (absl::Status status = CheckOpen(training, now); !status.ok()) return status;
  record::TrainingFact fact;
  fact.mutable_left()->set_person(std::string(person));
  return Facts{TrainingAt(now, std::move(fact))};
}

absl::StatusOr<Facts> DecideMark(const Training& training, const v1::Course& course, absl::string_view person,
                                 Participant::State state, absl::Time now) {
  if (!training.Exists()) return refusal::NotFound("training");
  const record::TrainingHead& head = training.head();
  const record::TrainingTerms& terms = head.terms();
  auto known = FindParticipant(training, person);
  if (!known.ok()) return known.status();
  if (*known == nullptr) return refusal::NotFound(ParticipantName(terms, person));
  if (state != Participant::PASSED && state != Participant::FAILED && state != Participant::ABSENT)
    return refusal::BadField("state", "must be one of PASSED, FAILED, ABSENT");
  if (head.state() == v1::TrainingSession::CANCELLED) return No("TRAINING_CANCELLED", training);
  const Participant::State from = (*known)->state();
  if (from == state) return Facts{};
  if (!HasPlace(from)) return No("NOT_IN_TRAINING", training, {{"state", Participant::State_Name(from)}});
  if (from == Participant::PASSED) return No("ALREADY_PASSED", training);
  if (now < absl::FromUnixMicros(terms.start_us()))
    return No("TRAINING_NOT_STARTED", training, {{"start", calendar::UtcText(terms.start_us())}});
  record::TrainingFact fact;
  record::ParticipantMarked& marked = *fact.mutable_marked();
  marked.set_person(std::string(person));
  marked.set_from(from);
  marked.set_to(state);
  if (state == Participant::PASSED) {
    record::Award& award = *marked.mutable_award();
    award.set_id(terms.id());
    award.set_course(terms.course());
    award.set_level(course.level());
    award.set_awarded_us(terms.end_us());
    award.set_valid_until_us(
        ValidUntilUs(calendar::DayOf(absl::FromUnixMicros(terms.end_us())), course.validity_months()));
    award.set_session(TrainingName(terms));
  }
  return Facts{TrainingAt(now, std::move(fact))};
}

absl::StatusOr<Facts> DecidePostedAward(const Training& training, absl::string_view person, absl::Time now) {
  if (!training.Exists()) return refusal::NotFound("training");
  auto known = FindParticipant(training, person);
  if (!known.ok()) return known.status();
  if (*known == nullptr || (*known)->state() != Participant::PASSED || (*known)->posted()) return Facts{};
  record::TrainingFact fact;
  fact.mutable_posted()->set_person(std::string(person));
  return Facts{TrainingAt(now, std::move(fact))};
}

absl::StatusOr<const record::ParticipantRecord*> FindParticipant(const Training& training,
                                                                 absl::string_view person) {
  auto child = training.Find(ParticipantField(person));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->participant();
}

}  // namespace kepu::volunteer::domain
