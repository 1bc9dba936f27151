#include "services/volunteer/store/training_book.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/document/shelf.h"

namespace kepu::volunteer {
namespace {

using domain::record::TrainingFact;
using domain::record::TrainingHead;
using Participant = v1::TrainingParticipant;

constexpr size_t kPage = 100;

}  // namespace

void ToResource(const TrainingHead& head, v1::TrainingSession* session) {
  const domain::record::TrainingTerms& terms = head.terms();
  session->set_name(domain::TrainingName(terms));
  session->set_place(terms.place());
  calendar::SetMicros(terms.start_us(), session->mutable_start_time());
  calendar::SetMicros(terms.end_us(), session->mutable_end_time());
  session->set_capacity(terms.capacity());
  session->set_trainer(terms.trainer());
  session->set_state(head.state());
  session->set_cancel_reason(head.cancel_reason());
  session->set_registered(head.registered());
  const bool open = head.state() == v1::TrainingSession::OPEN;
  session->set_free(open ? std::max(0, terms.capacity() - head.registered()) : 0);
  session->set_passed(head.passed());
  calendar::SetMicros(head.create_us(), session->mutable_create_time());
  session->set_etag(domain::EtagOf(head));
}

void ToResource(const TrainingHead& head, absl::string_view person,
                const domain::record::ParticipantRecord& participant, Participant* resource) {
  resource->set_name(domain::ParticipantName(head.terms(), person));
  resource->set_volunteer(absl::StrCat("volunteers/", person));
  resource->set_state(domain::ShownState(head, participant));
  resource->set_post(participant.post());
  calendar::SetMicros(head.terms().start_us(), resource->mutable_start_time());
  calendar::SetMicros(participant.create_us(), resource->mutable_create_time());
}

void TrainingBook::Show(const TrainingHead& head) {
  v1::TrainingSession session;
  ToResource(head, &session);
  sessions_.Put(session.name(), session, {"", head.terms().course()},
                document::TimeOrder(head.terms().start_us()));
}

void TrainingBook::Put(const Participant& participant) {
  const std::string& name = participant.name();
  participants_.Put(name, participant, {name.substr(0, name.find("/participants/")), participant.volunteer()},
                    absl::StrCat(document::TimeOrder(calendar::MicrosOf(participant.start_time())),
                                 document::TimeOrder(calendar::MicrosOf(participant.create_time()))));
}

void TrainingBook::Mark(const TrainingHead& head, const std::string& person, Participant::State state) {
  Participant participant;
  auto bytes = participants_.Get(domain::ParticipantName(head.terms(), person));
  if (bytes == nullptr || !participant.ParseFromString(*bytes)) return;
  participant.set_state(state);
  Put(participant);
}

void TrainingBook::ShowAgain(const TrainingHead& head) {
  std::vector<Participant> all;
  std::string after;
  do {
    projection::Catalogue::Page page = participants_.List(domain::TrainingName(head.terms()), after, kPage);
    v1::ListParticipantsResponse parsed;
    if (!parsed.ParseFromString(page.bytes)) std::abort();
    all.insert(all.end(), parsed.participants().begin(), parsed.participants().end());
    after = page.next_after;
  } while (!after.empty());
  for (Participant& one : all) {
    domain::record::ParticipantRecord known;
    known.set_state(one.state());
    one.set_state(domain::ShownState(head, known));
    calendar::SetMicros(head.terms().start_us(), one.mutable_start_time());
    Put(one);
  }
}

void TrainingBook::Load(const std::string& training, const store::Loaded& loaded) {
  domain::Training whole;
  bool readable = whole.ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children)
    if (bytes) readable = whole.ParseChild(field, *bytes) && readable;
  if (!readable) std::abort();
  const TrainingHead& head = heads_[training] = whole.head();
  Show(head);
  // In order, so that the simulator repeats it exactly.
  std::map<std::string, domain::record::ParticipantRecord> participants;
  for (const auto& [field, child] : whole.children())
    if (child) participants[field.substr(field.find('/') + 1)] = child->participant();
  for (const auto& [person, participant] : participants) {
    Participant resource;
    ToResource(head, person, participant, &resource);
    Put(resource);
    if (domain::HasPlace(participant.state())) coverage_.Count(person, participant.post(), +1);
    if (participant.state() == Participant::PASSED && !participant.posted())
      sink_.OnAward(training, person, participant.award());
  }
}

void TrainingBook::Fold(const std::string& training, const ::kepu::log::v1::AggregateFacts& facts) {
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    domain::record::Fact fact;
    if (!fact.ParseFromString(logged.body())) std::abort();
    Fold(training, fact);
  }
}

void TrainingBook::Fold(const std::string& training, const domain::record::Fact& whole) {
  const TrainingFact& fact = whole.training();
  TrainingHead& head = heads_[training];
  domain::ApplyHead(head, whole);
  if (fact.has_posted()) return sink_.OnAwardPosted(training, fact.posted().person());
  Show(head);
  switch (fact.kind_case()) {
    case TrainingFact::kPut:
    case TrainingFact::kCancelled:
      return ShowAgain(head);
    case TrainingFact::kJoined: {
      domain::record::ParticipantRecord joined;
      joined.set_state(Participant::REGISTERED);
      joined.set_post(fact.joined().post());
      joined.set_create_us(whole.time_us());
      Participant resource;
      ToResource(head, fact.joined().person(), joined, &resource);
      Put(resource);
      return coverage_.Count(fact.joined().person(), fact.joined().post(), +1);
    }
    case TrainingFact::kLeft: {
      const std::string& person = fact.left().person();
      Participant known;
      auto bytes = participants_.Get(domain::ParticipantName(head.terms(), person));
      if (bytes != nullptr && known.ParseFromString(*bytes)) coverage_.Count(person, known.post(), -1);
      return Mark(head, person, Participant::LEFT);
    }
    case TrainingFact::kMarked:
      Mark(head, fact.marked().person(), fact.marked().to());
      if (fact.marked().has_award()) sink_.OnAward(training, fact.marked().person(), fact.marked().award());
      return;
    default:
      return;
  }
}

}  // namespace kepu::volunteer
