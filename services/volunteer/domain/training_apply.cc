#include <utility>

#include "absl/strings/str_cat.h"
#include "services/volunteer/domain/training.h"

namespace kepu::volunteer::domain {
namespace {

using Participant = v1::TrainingParticipant;

absl::Status Change(Training& training, const std::string& person,
                    const std::function<void(record::ParticipantRecord&)>& change) {
  record::TrainingChild* child = training.Mutable(ParticipantField(person));
  if (child == nullptr) return absl::InternalError(absl::StrCat("nobody takes part: ", person));
  change(*child->mutable_participant());
  return absl::OkStatus();
}

absl::Status ApplyChildren(Training& training, const record::TrainingFact& fact, int64_t time_us) {
  switch (fact.kind_case()) {
    case record::TrainingFact::kPut:
    case record::TrainingFact::kCancelled:
      return absl::OkStatus();
    case record::TrainingFact::kJoined: {
      record::TrainingChild child;
      child.mutable_participant()->set_state(Participant::REGISTERED);
      child.mutable_participant()->set_post(fact.joined().post());
      child.mutable_participant()->set_create_us(time_us);
      training.Put(ParticipantField(fact.joined().person()), std::move(child));
      return absl::OkStatus();
    }
    case record::TrainingFact::kLeft:
      return Change(training, fact.left().person(),
                    [](record::ParticipantRecord& one) { one.set_state(Participant::LEFT); });
    case record::TrainingFact::kMarked:
      return Change(training, fact.marked().person(), [&](record::ParticipantRecord& one) {
        one.set_state(fact.marked().to());
        if (fact.marked().has_award()) *one.mutable_award() = fact.marked().award();
      });
    case record::TrainingFact::kPosted:
      return Change(training, fact.posted().person(),
                    [](record::ParticipantRecord& one) { one.set_posted(true); });
    default:
      return absl::InternalError("not a fact of a training");
  }
}

}  // namespace

void ApplyHead(record::TrainingHead& head, const record::Fact& whole) {
  const record::TrainingFact& fact = whole.training();
  switch (fact.kind_case()) {
    case record::TrainingFact::kPut:
      if (!head.has_terms()) {
        head.set_create_us(whole.time_us());
        head.set_state(v1::TrainingSession::OPEN);
      }
      *head.mutable_terms() = fact.put();
      head.set_revision(head.revision() + 1);
      return;
    case record::TrainingFact::kCancelled:
      head.set_state(v1::TrainingSession::CANCELLED);
      head.set_cancel_reason(fact.cancelled().reason());
      head.set_revision(head.revision() + 1);
      return;
    case record::TrainingFact::kJoined:
      head.set_registered(head.registered() + 1);
      return;
    case record::TrainingFact::kLeft:
      head.set_registered(head.registered() - 1);
      return;
    case record::TrainingFact::kMarked:
      if (fact.marked().to() == Participant::PASSED) head.set_passed(head.passed() + 1);
      return;
    default:
      return;
  }
}

absl::Status Apply(Training& training, const record::Fact& fact) {
  if (!fact.has_training()) return absl::InternalError("not a fact of a training");
  if (!training.Exists() && !fact.training().has_put())
    return absl::InternalError("a training is made first");
  if (absl::Status status = ApplyChildren(training, fact.training(), fact.time_us()); !status.ok())
    return status;
  ApplyHead(training.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
