#include "services/volunteer/domain/endings.h"

#include <algorithm>

#include "services/volunteer/domain/consents.h"

namespace kepu::volunteer::domain {
namespace {

absl::Time NoteAt(int64_t from_us, int64_t until_us) {
  const absl::Time from = absl::FromUnixMicros(from_us), until = absl::FromUnixMicros(until_us);
  return until - std::min(kEndsSoon, (until - from) / 2);
}

absl::Time NoteAt(const record::ConsentCover& consent) {
  return consent.noted_us() != 0 ? absl::InfiniteFuture() : NoteAt(consent.from_us(), consent.until_us());
}

absl::Time NoteAt(const record::Qualification& one) {
  const bool ends = one.valid_until_us() != 0 && !one.revoked() && one.noted_us() == 0;
  return ends ? NoteAt(one.awarded_us(), one.valid_until_us()) : absl::InfiniteFuture();
}

}  // namespace

absl::Time NextEnding(const record::PersonHead& head) {
  absl::Time next = absl::InfiniteFuture();
  if (head.erased_us() != 0) return next;
  for (const record::ConsentCover& consent : head.consents()) next = std::min(next, NoteAt(consent));
  for (const record::Qualification& one : head.qualifications()) next = std::min(next, NoteAt(one));
  return next;
}

std::optional<record::Fact> DueEndings(const record::PersonHead& head, absl::Time now) {
  if (NextEnding(head) > now) return std::nullopt;
  record::Fact fact = At(now);
  record::EndingsNoted& noted = *fact.mutable_endings_noted();
  for (const record::ConsentCover& consent : head.consents())
    if (NoteAt(consent) <= now) noted.add_consents(consent.id());
  for (const record::Qualification& one : head.qualifications())
    if (NoteAt(one) <= now) noted.add_qualifications(one.course());
  return fact;
}

void ApplyEndings(record::PersonHead& head, const record::EndingsNoted& noted, int64_t time_us) {
  const auto has = [](const auto& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  for (record::ConsentCover& consent : *head.mutable_consents())
    if (has(noted.consents(), consent.id())) consent.set_noted_us(time_us);
  for (record::Qualification& one : *head.mutable_qualifications())
    if (has(noted.qualifications(), one.course())) one.set_noted_us(time_us);
}

bool IsEnding(const record::PersonHead& head, const record::ConsentCover& consent, absl::Time now) {
  const absl::Time until = absl::FromUnixMicros(consent.until_us());
  return until > now && CoveredUntil(head.consents(), now) <= until;
}

bool IsEnding(const record::Qualification& qualification, absl::Time now) {
  return !qualification.revoked() && absl::FromUnixMicros(qualification.valid_until_us()) > now;
}

}  // namespace kepu::volunteer::domain
