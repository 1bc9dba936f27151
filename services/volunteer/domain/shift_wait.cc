#include "services/volunteer/domain/shift_wait.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/signup.h"
#include "services/volunteer/domain/signup_apply.h"

namespace kepu::volunteer::domain {
namespace {

using record::WaitChanged;
using refusal::kNo;
using refusal::Refuse;

// Each a sign-up, a reservation or an entry to write: a commit stays at about a hundred children.
constexpr int kLapsesAtOnce = 25;
constexpr size_t kOffersAtOnce = 50;

absl::Time StartOf(const record::ShiftHead& head) { return absl::FromUnixMicros(head.start_us()); }

record::Fact WaitFact(absl::string_view person, WaitChanged::Kind kind, bool was_offered, absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_wait_changed()->set_person(person.data(), person.size());
  fact.mutable_wait_changed()->set_kind(kind);
  fact.mutable_wait_changed()->set_was_offered(was_offered);
  return fact;
}

record::Fact StandByFact(absl::string_view person, bool joined, absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_stand_by_changed()->set_person(person.data(), person.size());
  fact.mutable_stand_by_changed()->set_joined(joined);
  return fact;
}

bool StandsBy(const record::StandBys& list, absl::string_view person) {
  return std::any_of(list.entries().begin(), list.entries().end(),
                     [&](const auto& entry) { return entry.person() == person; });
}

// Nobody who is in, or has asked or was invited.
absl::Status CheckNotIn(const Shift& shift, absl::string_view person) {
  auto signup = FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr || IsOver(ShownState(shift.head(), **signup))) return absl::OkStatus();
  return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_SIGNED_UP",
                {{"name", SignupName(shift.head().id(), person)}});
}

void MakeOffers(record::ShiftHead& head, const record::WaitList& list, absl::Time now, Facts* facts) {
  if (head.state() != v1::Shift::OPEN || now >= StartOf(head)) return;
  for (const auto& entry : list.entries()) {
    if (Taken(head) >= head.needed() || facts->size() >= kOffersAtOnce) return;
    if (entry.until_us() != 0) continue;
    record::Fact fact = WaitFact(entry.person(), WaitChanged::OFFERED, false, now);
    fact.mutable_wait_changed()->set_until_us(absl::ToUnixMicros(OfferUntil(head, now)));
    ApplyHead(head, fact);
    facts->push_back(std::move(fact));
  }
}

// What lapses now, and when the rest does.
struct Lapsing {
  Facts facts;
  int count = 0;
  int64_t next_us = std::numeric_limits<int64_t>::max();
  bool Takes(int64_t until_us, bool is_over) {
    if (is_over && count < kLapsesAtOnce) return ++count, true;
    next_us = std::min(next_us, until_us);
    return false;
  }
};

void LapseWaiting(const record::ShiftHead& head, const record::WaitList& list, absl::Time now,
                  Lapsing* lapsing) {
  const int64_t now_us = absl::ToUnixMicros(now);
  for (const auto& entry : list.entries()) {
    const bool offered = entry.until_us() != 0;
    const int64_t until_us = offered ? entry.until_us() : head.start_us();
    if (lapsing->Takes(until_us, until_us <= now_us || head.state() == v1::Shift::CANCELLED))
      lapsing->facts.push_back(WaitFact(entry.person(), WaitChanged::EXPIRED, offered, now));
  }
}

absl::Status LapseHeld(const Shift& shift, const record::Lapses& lapses, absl::Time now, Lapsing* lapsing) {
  absl::Status missing;
  for (const auto& entry : lapses.entries()) {
    if (!lapsing->Takes(entry.until_us(), entry.until_us() <= absl::ToUnixMicros(now))) continue;
    if (entry.id().rfind("g/", 0) == 0) {
      record::Fact gone = At(now);
      gone.mutable_group_changed()->set_group(entry.id().substr(2));
      gone.mutable_group_changed()->set_gone(true);
      lapsing->facts.push_back(std::move(gone));
      continue;
    }
    auto signup = FindSignup(shift, entry.id());
    if (!signup.ok()) missing = signup.status();
    if (!signup.ok() || *signup == nullptr) continue;
    auto facts = LetGoFacts(shift, entry.id(), **signup, v1::Signup::EXPIRED, "", now);
    if (!facts.ok()) missing = facts.status();
    if (facts.ok()) lapsing->facts.insert(lapsing->facts.end(), facts->begin(), facts->end());
  }
  return missing;
}

}  // namespace

absl::StatusOr<record::WaitList> WaitListOf(const Shift& shift) {
  if (shift.head().waiting() + shift.head().offered() == 0) return record::WaitList();
  auto child = shift.Find(kWaitField);
  if (!child.ok()) return child.status();
  return *child == nullptr ? record::WaitList() : (*child)->wait_list();
}

absl::StatusOr<record::StandBys> StandBysOf(const Shift& shift) {
  if (shift.head().stand_bys() == 0) return record::StandBys();
  auto child = shift.Find(kStandByField);
  if (!child.ok()) return child.status();
  return *child == nullptr ? record::StandBys() : (*child)->stand_bys();
}

const record::WaitList::Entry* FindIn(const record::WaitList& list, absl::string_view person) {
  for (const auto& entry : list.entries())
    if (entry.person() == person) return &entry;
  return nullptr;
}

int PositionOf(const record::WaitList& list, absl::string_view person) {
  int position = 0;
  for (const auto& entry : list.entries()) {
    position += entry.until_us() == 0 ? 1 : 0;
    if (entry.person() == person) return entry.until_us() == 0 ? position : 0;
  }
  return 0;
}

absl::StatusOr<bool> FindOffer(const Shift& shift, absl::string_view person) {
  if (shift.head().offered() == 0) return false;
  auto list = WaitListOf(shift);
  if (!list.ok()) return list.status();
  const auto* entry = FindIn(*list, person);
  return entry != nullptr && entry->until_us() != 0;
}

absl::Time OfferUntil(const record::ShiftHead& head, absl::Time now) {
  const absl::Duration life = StartOf(head) - now < kNear ? kShortOfferLife : kOfferLife;
  return std::min(now + life, StartOf(head));
}

absl::StatusOr<Facts> DecideJoinWait(const Shift& shift, absl::string_view person, absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  auto list = WaitListOf(shift);
  if (!list.ok()) return list.status();
  if (FindIn(*list, person) != nullptr) return Facts{};
  if (absl::Status status = CheckNotIn(shift, person); !status.ok()) return status;
  if (absl::Status status = CheckOpen(head, now); !status.ok()) return status;
  const refusal::Params name = {{"name", ShiftName(head.id())}};
  if (head.sign_up_mode() == v1::INVITATION) return Refuse(kNo, "INVITATION_ONLY", name);
  if (CheckFree(head, 1).ok()) return Refuse(kNo, "NOT_FULL", name);
  if (list->entries_size() >= kWaitMax)
    return Refuse(kNo, "WAIT_LIST_FULL", {{"max", absl::StrCat(kWaitMax)}});
  // Apply adds to what is there.
  if (auto child = shift.Find(kWaitField); !child.ok()) return child.status();
  return Facts{WaitFact(person, WaitChanged::JOINED, false, now)};
}

absl::StatusOr<Facts> DecideLeaveWait(const Shift& shift, absl::string_view person, WaitChanged::Kind kind,
                                      absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  auto list = WaitListOf(shift);
  if (!list.ok()) return list.status();
  const auto* entry = FindIn(*list, person);
  if (entry == nullptr || (kind == WaitChanged::PASSED && entry->until_us() == 0)) return Facts{};
  return ThenOffer(shift, {WaitFact(person, kind, entry->until_us() != 0, now)}, now);
}

absl::StatusOr<Facts> DecideStandBy(const Shift& shift, absl::string_view person, bool joins,
                                    absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  auto list = StandBysOf(shift);
  if (!list.ok()) return list.status();
  if (StandsBy(*list, person) == joins) return Facts{};
  if (!joins) return Facts{StandByFact(person, false, now)};
  if (absl::Status status = CheckNotIn(shift, person); !status.ok()) return status;
  if (absl::Status status = CheckOpen(shift.head(), now); !status.ok()) return status;
  if (list->entries_size() >= kStandBysMax)
    return Refuse(kNo, "STAND_BYS_FULL", {{"name", ShiftName(shift.head().id())}});
  if (auto child = shift.Find(kStandByField); !child.ok()) return child.status();
  return Facts{StandByFact(person, true, now)};
}

absl::StatusOr<Facts> DecideCallStandBy(const Shift& shift, absl::Time until, absl::Time now,
                                        std::string* called) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  auto list = StandBysOf(shift);
  if (!list.ok()) return list.status();
  if (list->entries().empty())
    return Refuse(kNo, "NOBODY_STANDS_BY", {{"name", ShiftName(shift.head().id())}});
  // Whoever comes in leaves the list, so the first may be invited.
  *called = list->entries(0).person();
  auto facts = DecideInvite(shift, *called, until, now);
  if (!facts.ok()) return facts;
  facts->insert(facts->begin(), StandByFact(*called, false, now));
  return facts;
}

absl::StatusOr<Facts> LeaveListsFacts(const Shift& shift, absl::string_view person, absl::Time now) {
  auto waits = WaitListOf(shift);
  auto stand_bys = StandBysOf(shift);
  if (!waits.ok()) return waits.status();
  if (!stand_bys.ok()) return stand_bys.status();
  Facts facts;
  if (const auto* entry = FindIn(*waits, person))
    facts.push_back(WaitFact(person, WaitChanged::TAKEN, entry->until_us() != 0, now));
  if (StandsBy(*stand_bys, person)) facts.push_back(StandByFact(person, false, now));
  return facts;
}

absl::StatusOr<Facts> ThenOffer(const Shift& shift, Facts facts, absl::Time now) {
  if (shift.head().waiting() == 0) return facts;
  auto list = WaitListOf(shift);
  if (!list.ok()) return list.status();
  record::ShiftHead head = shift.head();
  for (const record::Fact& fact : facts) {
    ApplyHead(head, fact);
    if (fact.has_wait_changed()) ApplyWait(*list, fact.wait_changed(), fact.time_us());
  }
  MakeOffers(head, *list, now, &facts);
  return facts;
}

bool OffersAreDue(const record::ShiftHead& head) {
  return head.state() == v1::Shift::OPEN && head.waiting() > 0 && Taken(head) < head.needed();
}

bool LapsesAreDue(const record::ShiftHead& head, absl::Time now) {
  if (head.state() == v1::Shift::CANCELLED && head.waiting() + head.offered() > 0) return true;
  return head.lapse_us() != 0 && head.lapse_us() <= absl::ToUnixMicros(now);
}

absl::StatusOr<Facts> DecideLapses(const Shift& shift, absl::Time now) {
  auto list = WaitListOf(shift);
  auto lapses = shift.Find(kLapseField);
  if (!list.ok()) return list.status();
  if (!lapses.ok()) return lapses.status();
  Lapsing lapsing;
  LapseWaiting(shift.head(), *list, now, &lapsing);
  if (*lapses != nullptr) {
    if (absl::Status status = LapseHeld(shift, (*lapses)->lapses(), now, &lapsing); !status.ok())
      return status;
  }
  record::Fact set = At(now);
  if (lapsing.next_us != std::numeric_limits<int64_t>::max())
    set.mutable_lapse_set()->set_next_us(lapsing.next_us);
  set.mutable_lapse_set();
  lapsing.facts.push_back(std::move(set));
  return ThenOffer(shift, std::move(lapsing.facts), now);
}

void ApplyWait(record::WaitList& list, const WaitChanged& fact, int64_t time_us) {
  auto& entries = *list.mutable_entries();
  if (fact.kind() == WaitChanged::JOINED) {
    auto* entry = entries.Add();
    entry->set_person(fact.person());
    entry->set_create_us(time_us);
    return;
  }
  auto it = std::find_if(entries.begin(), entries.end(),
                         [&](const auto& entry) { return entry.person() == fact.person(); });
  if (it == entries.end()) return;
  if (fact.kind() == WaitChanged::OFFERED) {
    it->set_until_us(fact.until_us());
  } else {
    entries.erase(it);
  }
}

}  // namespace kepu::volunteer::domain
