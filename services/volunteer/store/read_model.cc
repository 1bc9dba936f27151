#include "services/volunteer/store/read_model.h"

#include <cstdlib>
#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/keeping.h"
#include "services/volunteer/domain/document.h"
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
std::string TimeKey(int64_t us) { return absl::StrFormat("%017d", us); }

void ReadModel::Show(const domain::record::PersonHead& head) {
  v1::Volunteer volunteer;
  ToResource(head, &volunteer);
  domain::record::Sealed sealed;
  sealed.set_birth_year_band(head.sealed_birth_year_band());
  sealed.set_languages(head.sealed_languages());
  sealed_.Put(volunteer.name(), sealed, {}, "");
  volunteers_.Put(volunteer.name(), volunteer, {"", head.district()}, TimeKey(head.create_us()));
}

void ReadModel::Show(const domain::record::ShiftHead& head) {
  v1::Shift shift;
  ToResource(head, &shift);
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
  signups_.Put(signup.name(), signup, {signup.shift(), signup.volunteer()},
               absl::StrCat(TimeKey(start_us), TimeKey(create_us)));
}

void ReadModel::Put(const domain::record::ShiftHead& head, absl::string_view person,
                    const domain::record::SignupRecord& signup) {
  v1::Signup resource;
  ToResource(head, person, signup, &resource);
  PutReason(resource.name(), signup.sealed_reason());
  Put(resource);
}

void ReadModel::PutReason(const std::string& signup, const std::string& sealed_reason) {
  if (sealed_reason.empty()) return sealed_.Remove(signup);
  domain::record::Sealed sealed;
  sealed.set_reason(sealed_reason);
  sealed_.Put(signup, sealed, {}, "");
}

void ReadModel::PutHours(absl::string_view person, const domain::record::HourEntry& entry) {
  v1::HourRecord hours;
  ToResource(person, entry, &hours);
  hours_.Put(hours.name(), hours, {absl::StrCat("volunteers/", person)}, TimeKey(entry.start_us()));
}

void ReadModel::Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) {
  const reservation::Place place{partition, key};
  if (const std::string id(PersonIdOf(key)); !id.empty()) {
    return LoadPerson(place, id, ParseWhole<domain::Person>(loaded));
  }
  if (const std::string id(ShiftIdOf(key)); !id.empty()) {
    return LoadShift(place, id, ParseWhole<domain::Shift>(loaded));
  }
  if (KeepsDocument(key)) {
    const auto whole = ParseWhole<domain::Document>(loaded);
    if (const auto* child = *whole.Find(document::kField)) documents_.Show(child->document());
  }
}

void ReadModel::LoadPerson(const reservation::Place& place, const std::string& id,
                           const domain::Person& person) {
  persons_[id] = person.head();
  Show(person.head());
  for (const std::string& field : InOrder(person)) {
    const domain::record::PersonChild* child = *person.Find(field);
    if (child && child->has_claim()) effects_.OnClaim(place, child->claim().claim());
    if (child && child->has_hours()) PutHours(id, child->hours());
  }
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
    if (!child->has_signup()) continue;
    const std::string person = field.substr(2);
    Put(head, person, child->signup());
    if (child->signup().state() == v1::Signup::CHECKED_OUT && !child->signup().hours_posted()) {
      effects_.OnHours(id, person, domain::HoursOf(head, child->signup()));
    }
  }
  signup_book_.Load(shift);
  effects_.OnSweep(id, domain::NeedsSweep(head));
}

void ReadModel::Fold(uint32_t partition, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& facts) {
  const reservation::Place place{partition, facts.key()};
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    Fact fact;
    if (!fact.ParseFromString(logged.body())) std::abort();
    if (!PersonIdOf(facts.key()).empty()) {
      FoldPerson(place, fact);
    } else if (fact.has_document_put()) {
      documents_.Show(fact.document_put().document());
    } else if (!ShiftIdOf(facts.key()).empty()) {
      FoldShift(place, fact);
    }
  }
}

void ReadModel::FoldPerson(const reservation::Place& place, const Fact& fact) {
  const std::string id(PersonIdOf(place.key));
  domain::record::PersonHead& head = persons_[id];
  domain::ApplyHead(head, fact);
  if (fact.has_person_claimed()) return effects_.OnClaim(place, fact.person_claimed().claim());
  if (fact.has_ends_forgotten()) return;
  if (fact.has_hours_recorded()) PutHours(id, fact.hours_recorded().entry());
  Show(head);
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
  Show(head);
  if (fact.has_shift_claimed()) return effects_.OnClaim(place, fact.shift_claimed().claim());
  if (fact.has_shift_cancelled() || fact.has_signups_swept()) {
    effects_.OnSweep(id, domain::NeedsSweep(head));
  }
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
    case Fact::kCheckedOut: {
      const std::string& person = fact.checked_out().person();
      change(person, [&](v1::Signup& signup) {
        signup.set_state(v1::Signup::CHECKED_OUT);
        calendar::SetMicros(fact.time_us(), signup.mutable_check_out_time());
        signup.set_minutes(fact.checked_out().minutes());
      });
      domain::record::SignupRecord signup;
      signup.set_minutes(fact.checked_out().minutes());
      return effects_.OnHours(head.id(), person, domain::HoursOf(head, signup));
    }
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
    default:
      return;
  }
}

}  // namespace kepu::volunteer
