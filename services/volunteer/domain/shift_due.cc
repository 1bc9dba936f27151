#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/reservation/keeping.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/shift.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer::domain {
namespace {

absl::StatusOr<Facts> Sweep(const Shift& shift, absl::Time now) {
  const uint32_t number = shift.head().swept_chunks();
  auto chunk = shift.Find(IndexField(number));
  if (!chunk.ok()) return chunk.status();
  if (*chunk == nullptr) return absl::InternalError("a chunk of the index is not there");
  record::Fact swept = At(now);
  swept.mutable_signups_swept()->set_chunk(number);
  Facts facts{swept};
  // Everything is asked for before the first answer is missed, so that one read fetches it all.
  absl::Status missing;
  for (const std::string& person : (*chunk)->index().persons()) {
    auto signup = FindSignup(shift, person);
    if (!signup.ok()) missing = signup.status();
    if (!signup.ok() || *signup == nullptr) continue;
    const v1::Signup::State state = (*signup)->state();
    if (!IsToBeServed(state) && !IsHeld(state)) continue;
    if (IsHeld(state)) {
      // Held places are counted by themselves.
      auto facts_of_held = LetGoFacts(shift, person, **signup, v1::Signup::SHIFT_CANCELLED, "", now);
      if (!facts_of_held.ok()) missing = facts_of_held.status();
      if (facts_of_held.ok()) facts.insert(facts.end(), facts_of_held->begin(), facts_of_held->end());
      continue;
    }
    auto held = FindRecord(shift, (*signup)->reservation());
    if (!held.ok()) {
      missing = held.status();
      continue;
    }
    record::SignupsSwept& ended = *facts.front().mutable_signups_swept();
    ended.add_persons(person);
    if ((*signup)->state() == v1::Signup::CHECKED_IN) ended.set_checked_in(ended.checked_in() + 1);
    if ((*signup)->trainee()) ended.set_trainees(ended.trainees() + 1);
    if (auto back = reservation::DecideGiveBack(*held, now)) facts.push_back(RecordFact(*back));
  }
  if (!missing.ok()) return missing;
  return facts;
}

absl::StatusOr<Facts> Forget(const Shift& shift, absl::Time now) {
  auto forgotten = reservation::DecideForgetting(
      shift, shift.head().keeping(), now, [](const record::ShiftChild& child) { return child.filed(); },
      [&](const std::string& field) -> absl::StatusOr<bool> {
        auto child = shift.Find(field);
        if (!child.ok()) return child.status();
        if (*child == nullptr) return true;
        return (*child)->has_claim() ? reservation::MayForget(&(*child)->claim())
                                     : reservation::MayForget(&(*child)->reservation());
      });
  if (!forgotten.ok()) return forgotten.status();
  if (!*forgotten) return Facts{};
  record::Fact fact = At(now);
  *fact.mutable_ends_forgotten() = **forgotten;
  return Facts{fact};
}

}  // namespace

std::string SignupField(absl::string_view person) { return absl::StrCat("s/", person); }
std::string IndexField(uint32_t chunk) { return absl::StrCat("x/", chunk); }
std::string ShiftName(absl::string_view shift) { return absl::StrCat("shifts/", shift); }
std::string SignupName(absl::string_view shift, absl::string_view person) {
  return absl::StrCat("shifts/", shift, "/signups/", person);
}

bool NeedsSweep(const record::ShiftHead& head) {
  return head.state() == v1::Shift::CANCELLED && head.swept_chunks() * kIndexChunk < head.indexed();
}

absl::Time NextDue(const record::ShiftHead& head) {
  // The list of a cancelled shift ends at once, whenever its offers would have.
  if (NeedsSweep(head) || OffersAreDue(head) || LapsesAreDue(head, absl::InfinitePast()))
    return absl::FromUnixMicros(head.create_us());
  const absl::Time lapse =
      head.lapse_us() == 0 ? absl::InfiniteFuture() : absl::FromUnixMicros(head.lapse_us());
  return std::min(lapse, reservation::NextForgetting(head.keeping()));
}

absl::StatusOr<Facts> Due(const Shift& shift, absl::Time now) {
  if (!shift.Exists() || NextDue(shift.head()) > now) return Facts{};
  const record::ShiftHead& head = shift.head();
  if (NeedsSweep(head)) return Sweep(shift, now);
  if (LapsesAreDue(head, now)) return DecideLapses(shift, now);
  return OffersAreDue(head) ? ThenOffer(shift, {}, now) : Forget(shift, now);
}

}  // namespace kepu::volunteer::domain
