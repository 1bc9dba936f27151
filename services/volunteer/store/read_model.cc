#include "services/volunteer/store/read_model.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/keeping.h"
#include "services/volunteer/domain/document.h"
#include "services/volunteer/domain/presence.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using domain::record::Fact;

// Head and children as the store holds them. What is unreadable was written by something else: stop rather
// than guess.
template <class Aggregate>
Aggregate ParseWhole(const store::Loaded& loaded) {
  Aggregate whole;
  bool readable = whole.ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children) {
    std::optional<absl::string_view> view;
    if (bytes) view = *bytes;
    readable = whole.ParseChild(field, view) && readable;
  }
  if (!readable) std::abort();
  whole.set_complete(true);
  return whole;
}

// What follows from a load, the simulator repeats exactly.
template <class Aggregate>
std::set<std::string> InOrder(const Aggregate& whole) {
  std::set<std::string> fields;
  for (const auto& [field, child] : whole.children()) fields.insert(field);
  return fields;
}

}  // namespace

std::string OpenScope(absl::string_view place) { return absl::StrCat("open ", place); }
std::string PendingScope(absl::string_view place) { return absl::StrCat("pending ", place); }
std::string TimeKey(int64_t us) { return absl::StrFormat("%017d", us); }

void ReadModel::ShowDocument(const domain::record::Document& document) {
  documents_.Show(document);
  trainings_.See(document);
  recognition_.ShowDocument(document);
  if (document.has_team()) teams_.See(document.team());
  if (document.has_match())
    effects_.OnMatch(document.match().name(), document.match().state() == v1::Match::SENDING);
  effects_.OnDocument(document);
}

void ReadModel::Show(const domain::record::PersonHead& head) {
  market_.Show(head);
  v1::Volunteer volunteer;
  ToResource(head, &volunteer);
  sealed_.Put(volunteer.name(), SealedOf(head), {}, "");
  volunteers_.Put(volunteer.name(), volunteer, ListsOf(head), TimeKey(head.create_us()));
  people_.See(head);
  effects_.OnPerson(head);
  trainings_.See(head);
}

void ReadModel::Show(const domain::record::ShiftHead& head) {
  market_.Show(head);
  v1::Shift shift;
  ToResource(head, &shift);
  if (head.unpublished()) return drafts_.Put(shift.name(), shift, {head.place()}, TimeKey(head.start_us()));
  drafts_.Remove(shift.name());
  std::vector<std::string> scopes = {"", head.place()};
  if (shift.free() > 0) {
    scopes.push_back(OpenScope(""));
    scopes.push_back(OpenScope(head.place()));
  }
  shifts_.Put(shift.name(), shift, std::move(scopes), TimeKey(head.start_us()));
}

void ReadModel::Put(const v1::Signup& signup) {
  const int64_t start_us = absl::ToUnixMicros(TimeOf(signup.start_time()));
  const int64_t create_us = absl::ToUnixMicros(TimeOf(signup.create_time()));
  std::vector<std::string> scopes = {signup.shift(), signup.volunteer()};
  const auto& flags = signup.hours_flags();
  const bool ran_otherwise = std::count(flags.begin(), flags.end(), v1::Signup::RAN_OTHERWISE) > 0;
  if (signup.hours_state() == v1::Signup::PROPOSED || signup.has_correction() || ran_otherwise)
    scopes.push_back(PendingScope(signup.place()));
  signups_.Put(signup.name(), signup, std::move(scopes), absl::StrCat(TimeKey(start_us), TimeKey(create_us)));
}

void ReadModel::Put(const domain::record::ShiftHead& head, absl::string_view person,
                    const domain::record::SignupRecord& signup) {
  v1::Signup resource;
  ToResource(head, person, signup, &resource);
  domain::record::Sealed sealed;
  sealed.set_reason(signup.sealed_reason());
  sealed.set_correction(signup.attendance().correction().sealed_reason());
  PutSealed(resource.name(), sealed);
  Put(resource);
}

void ReadModel::PutReason(const std::string& signup, const std::string& sealed_reason) {
  domain::record::Sealed sealed;
  if (auto known = sealed_.Get(signup)) sealed.ParseFromString(*known);
  sealed.set_reason(sealed_reason);
  PutSealed(signup, sealed);
}

void ReadModel::PutSealed(const std::string& signup, const domain::record::Sealed& sealed) {
  if (sealed.ByteSizeLong() == 0) return sealed_.Remove(signup);
  sealed_.Put(signup, sealed, {}, "");
}

void ReadModel::Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) {
  const reservation::Place place{partition, key};
  if (const std::string id(PersonIdOf(key)); !id.empty()) {
    return LoadPerson(place, id, ParseWhole<domain::Person>(loaded));
  }
  if (const std::string id(ShiftIdOf(key)); !id.empty()) {
    return LoadShift(place, id, ParseWhole<domain::Shift>(loaded));
  }
  if (IsIdNumber(key)) return effects_.OnIdNumber(ParseWhole<domain::IdNumberEntry>(loaded).head());
  if (const std::string id(domain::TrainingIdOf(key)); !id.empty()) return trainings_.Load(id, loaded);
  if (!LectureIdOf(key).empty()) return LoadLecture(place, ParseWhole<domain::Lecture>(loaded));
  if (KeepsDocument(key)) {
    const auto whole = ParseWhole<domain::Document>(loaded);
    if (const auto* child = *whole.Find(document::kField)) ShowDocument(child->document());
  }
  if (KeepsCertificate(key)) recognition_.LoadCertificate(ParseWhole<domain::Certificate>(loaded).head());
}

void ReadModel::LoadPerson(const reservation::Place& place, const std::string& id,
                           const domain::Person& person) {
  persons_[id] = person.head();
  teams_.See(id, person.head());
  Show(person.head());
  market_.Load(person);
  for (const std::string& field : InOrder(person)) {
    const domain::record::PersonChild* child = *person.Find(field);
    if (child && child->has_claim()) effects_.OnClaim(place, child->claim().claim());
  }
  recognition_.LoadPerson(id, person);
}

void ReadModel::LoadShift(const reservation::Place& place, const std::string& id,
                          const domain::Shift& shift) {
  const domain::record::ShiftHead& head = shift.head();
  heads_[id] = head;
  Show(head);
  for (const std::string& field : InOrder(shift)) {
    const domain::record::ShiftChild* child = *shift.Find(field);
    if (child == nullptr) continue;
    if (child->has_claim()) effects_.OnClaim(place, child->claim());
    if (child->has_reservation()) effects_.OnRecord(place, child->reservation());
    if (child->has_wait_list()) effects_.OnWaitList(head, child->wait_list());
    if (!child->has_signup()) continue;
    const std::string person = field.substr(2);
    effects_.OnSignup(head, person, child->signup());
    Put(head, person, child->signup());
    if (child->signup().attendance().has_pending())
      effects_.OnHours(id, person, child->signup().attendance().pending());
  }
  recognition_.LoadShift(id, shift);
  signup_book_.Load(shift);
  effects_.OnSweep(id, domain::NeedsSweep(head));
  effects_.OnShift(head, nullptr);
}

void ReadModel::Fold(uint32_t partition, uint64_t, absl::Time time,
                     const ::kepu::log::v1::AggregateFacts& facts) {
  const reservation::Place place{partition, facts.key()};
  if (const std::string id(domain::TrainingIdOf(facts.key())); !id.empty()) return trainings_.Fold(id, facts);
  market_.Pass(time);
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    Fact fact;
    if (!fact.ParseFromString(logged.body())) std::abort();
    if (!PersonIdOf(facts.key()).empty()) {
      FoldPerson(place, fact);
      effects_.OnPerson(persons_[PersonIdOf(facts.key())], fact);
    } else if (fact.has_document_put()) {
      ShowDocument(fact.document_put().document());
    } else if (IsIdNumber(facts.key())) {
      effects_.OnIdNumber(IdNumberAfter(fact));
    } else if (!ShiftIdOf(facts.key()).empty()) {
      FoldShift(place, fact);
      effects_.OnShift(heads_[ShiftIdOf(facts.key())], &fact);
    } else if (KeepsCertificate(facts.key())) {
      recognition_.FoldCertificate(std::string(CertificateIdOf(facts.key())), fact);
    } else if (!LectureIdOf(facts.key()).empty()) {
      FoldLecture(place, fact);
    }
  }
}

void ReadModel::FoldPerson(const reservation::Place& place, const Fact& fact) {
  const std::string id(PersonIdOf(place.key));
  domain::record::PersonHead& head = persons_[id];
  domain::ApplyHead(head, fact);
  if (fact.has_person_claimed()) market_.Fold(id, fact.person_claimed());
  if (fact.has_person_claimed()) return effects_.OnClaim(place, fact.person_claimed().claim());
  if (fact.has_ends_forgotten()) return;
  recognition_.FoldPerson(id, head, fact);
  teams_.See(id, head);
  Show(head);
}

void ReadModel::LoadLecture(const reservation::Place& place, const domain::Lecture& lecture) {
  lectures_.Load(lecture);
  for (const std::string& field : InOrder(lecture)) {
    const domain::record::LectureChild* child = *lecture.Find(field);
    if (child && child->has_reservation()) effects_.OnRecord(place, child->reservation());
  }
}

void ReadModel::FoldLecture(const reservation::Place& place, const Fact& fact) {
  lectures_.Fold(std::string(LectureIdOf(place.key)), fact);
  if (fact.has_reservation()) effects_.OnRecord(place, fact.reservation());
  if (!fact.has_ends_forgotten()) return;
  for (const auto& record : reservation::ForgottenRecords(fact.ends_forgotten()))
    effects_.OnRecord(place, record);
}

void ReadModel::FoldShift(const reservation::Place& place, const Fact& fact) {
  const std::string id(ShiftIdOf(place.key));
  domain::record::ShiftHead& head = heads_[id];
  domain::ApplyHead(head, fact);
  signup_book_.Fold(head, fact);
  if (fact.has_reservation()) return effects_.OnRecord(place, fact.reservation());
  if (fact.has_ends_forgotten()) {
    for (const auto& record : reservation::ForgottenRecords(fact.ends_forgotten()))
      effects_.OnRecord(place, record);
    return;
  }
  if (fact.has_hours_posted()) return effects_.OnHoursPosted(id, fact.hours_posted().person());
  recognition_.FoldShift(id, head, fact);
  Show(head);
  if (fact.has_shift_claimed()) return effects_.OnClaim(place, fact.shift_claimed().claim());
  if (fact.has_shift_cancelled() || fact.has_signups_swept()) {
    effects_.OnSweep(id, domain::NeedsSweep(head));
  }
  if (fact.has_consequence()) return FoldConsequence(head, fact.consequence());
  ChangeSignup(head, fact);
}

void ReadModel::ChangeSignup(const domain::record::ShiftHead& head, const domain::record::SignupMoved& moved,
                             int64_t time_us) {
  v1::Signup signup;
  auto bytes = signups_.Get(domain::SignupName(head.id(), moved.person()));
  if (bytes != nullptr && !signup.ParseFromString(*bytes)) return;
  ShowMoved(head, moved, time_us, &signup);
  PutReason(signup.name(), moved.sealed_reason());
  Put(signup);
}

// Sign-ups are shown from the facts alone: the row before and what the fact adds.
void ReadModel::ChangeSignup(const domain::record::ShiftHead& head, const Fact& fact) {
  auto change = [&](const std::string& person, const std::function<void(v1::Signup&)>& set) {
    v1::Signup signup;
    auto bytes = signups_.Get(domain::SignupName(head.id(), person));
    if (bytes == nullptr || !signup.ParseFromString(*bytes)) return;
    set(signup);
    Put(signup);
  };
  switch (fact.kind_case()) {
    case Fact::kSignedUp: {
      // As a move of somebody who had nothing here; what was once set aside for them stays.
      domain::record::SignupMoved moved;
      moved.set_person(fact.signed_up().person());
      moved.set_to(v1::Signup::SIGNED_UP);
      moved.set_trainee(fact.signed_up().trainee());
      return ChangeSignup(head, moved, fact.time_us());
    }
    case Fact::kWithdrawn:
      return change(fact.withdrawn().person(), [&](v1::Signup& signup) {
        signup.set_state(v1::Signup::WITHDRAWN);
        PutReason(signup.name(), fact.withdrawn().sealed_reason());
      });
    case Fact::kCheckedIn:
      return change(fact.checked_in().person(), [&](v1::Signup& signup) {
        signup.set_state(v1::Signup::CHECKED_IN);
        calendar::SetMicros(fact.time_us(), signup.mutable_check_in_time());
        PutReason(signup.name(), "");
      });
    case Fact::kCheckedOut:
      return change(fact.checked_out().person(), [&](v1::Signup& signup) {
        signup.set_state(v1::Signup::CHECKED_OUT);
        signup.set_hours_state(v1::Signup::PROPOSED);
        calendar::SetMicros(fact.time_us(), signup.mutable_check_out_time());
        signup.set_minutes(fact.checked_out().minutes());
      });
    case Fact::kMarkedNoShow:
      return change(fact.marked_no_show().person(), [&](v1::Signup& signup) {
        signup.set_state(v1::Signup::NO_SHOW);
        PutReason(signup.name(), fact.marked_no_show().sealed_reason());
      });
    case Fact::kSignupMoved:
      return ChangeSignup(head, fact.signup_moved(), fact.time_us());
    case Fact::kSwapOffered:
      return change(fact.swap_offered().person(), [&](v1::Signup& signup) {
        signup.clear_swap_offer();
        if (!fact.swap_offered().terms().to().empty())
          ToResource(fact.swap_offered().terms(), signup.mutable_swap_offer());
      });
    case Fact::kSignupsSwept:
      for (const std::string& person : fact.signups_swept().persons()) {
        change(person, [](v1::Signup& signup) { signup.set_state(v1::Signup::SHIFT_CANCELLED); });
      }
      return;
    case Fact::kAttendance:
      return ChangeHours(head, fact);
    default:
      return;
  }
}

void ReadModel::ChangeHours(const domain::record::ShiftHead& head, const Fact& whole) {
  const domain::record::AttendanceFact& fact = whole.attendance();
  const std::string name = domain::SignupName(head.id(), fact.person());
  v1::Signup signup;
  if (auto bytes = signups_.Get(name)) signup.ParseFromString(*bytes);
  // Who was entered late was not known before.
  if (signup.name().empty()) {
    ToResource(head, fact.person(), domain::record::SignupRecord(), &signup);
    calendar::SetMicros(whole.time_us(), signup.mutable_create_time());
  }
  ShowAttendance(fact.after(), &signup);
  const bool corrected = fact.has_decided() && fact.decided().kind() == v1::HourRecord::CORRECTION;
  if (fact.has_correction_asked()) ShowCorrection(fact.correction_asked(), signup.mutable_correction());
  if (corrected || fact.has_correction_declined()) signup.clear_correction();
  domain::record::Sealed sealed;
  if (auto known = sealed_.Get(name)) sealed.ParseFromString(*known);
  if (fact.after().check_in_us() > 0) sealed.clear_reason();
  if (fact.has_correction_asked()) sealed.set_correction(fact.correction_asked().sealed_reason());
  if (!signup.has_correction()) sealed.clear_correction();
  PutSealed(name, sealed);
  Put(signup);
  if (fact.has_decided()) effects_.OnHours(head.id(), fact.person(), fact.decided());
  if (fact.has_posted()) effects_.OnHoursPosted(head.id(), fact.person());
}

}  // namespace kepu::volunteer
