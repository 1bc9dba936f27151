// One session as the engine would drive it, for tests of the rules. Every decision is made twice, on the
// whole aggregate and on one that starts with its head and loads what it asks for, so that a decision which
// forgets to ask is seen.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/booking_changes.h"
#include "services/event/domain/door.h"
#include "services/event/domain/due.h"
#include "services/event/domain/invariants.h"
#include "services/event/domain/ledger.h"
#include "services/event/domain/places.h"
#include "services/event/domain/sessions.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event::domain {

using Question = std::function<absl::StatusOr<Facts>(const Session&)>;

inline const absl::Time kStart = absl::FromUnixSeconds(1780000000);

inline std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }

inline std::map<std::string, std::string> Bytes(const Session& session) {
  std::map<std::string, std::string> bytes = {{"head", session.SerializeHead()}};
  for (const auto& [field, child] : session.children()) {
    if (child) bytes[field] = child->SerializeAsString();
  }
  return bytes;
}

inline std::string Text(const absl::StatusOr<Facts>& facts) {
  if (!facts.ok()) return absl::StrCat(facts.status().message(), " ", refusal::ReasonOf(facts.status()));
  std::string text;
  for (const record::Fact& fact : *facts) text += fact.ShortDebugString() + "\n";
  return text;
}

inline record::PoolHead Pool(absl::string_view id, int capacity, v1::Pool::Counts counts = v1::Pool::HEADS,
                             std::vector<v1::Booking::Kind> kinds = {}) {
  record::PoolHead pool;
  pool.set_id(std::string(id));
  pool.set_capacity(capacity);
  pool.set_counts(counts);
  for (v1::Booking::Kind kind : kinds) pool.add_kinds(kind);
  return pool;
}

inline PartyCommand Party(absl::string_view id, int heads, v1::Booking::Kind kind = v1::Booking::FAMILY) {
  PartyCommand command;
  command.id = std::string(id);
  command.kind = kind;
  if (kind == v1::Booking::SCHOOL) {
    command.party.set_pupils(heads);
  } else {
    command.party.set_adults(heads);
  }
  command.booker = absl::StrCat("users/", id);
  command.person = absl::StrCat("digest of ", id);
  return command;
}

// One session as the engine would drive it.
class Sitting {
 public:
  // `fill` completes what is made.
  explicit Sitting(
      std::vector<record::PoolHead> pools, absl::Time start = kStart + absl::Hours(240),
      const std::function<void(record::SessionCreated&)>& fill = [](record::SessionCreated&) {})
      : now(kStart) {
    session.set_complete(true);
    record::SessionCreated created;
    created.set_id("s");
    created.set_event("e");
    created.set_place("venues/v");
    created.set_start_us(absl::ToUnixMicros(start));
    created.set_end_us(absl::ToUnixMicros(start + absl::Hours(2)));
    for (const record::PoolHead& pool : pools) *created.add_pools() = pool;
    fill(created);
    EXPECT_EQ(Run([&](const Session& s) { return DecideCreateSession(s, created, now); }), absl::OkStatus());
  }

  absl::Status Run(const Question& question) {
    Settle();
    absl::Status status = RunOnce(question);
    Settle();
    return status;
  }
  absl::Status Hold(const PartyCommand& command) {
    return Run([&](const Session& s) { return DecideHold(s, command, rules, now); });
  }
  absl::Status Book(const PartyCommand& command) {
    return Run([&](const Session& s) { return DecideBook(s, command, rules, now); });
  }
  absl::Status Join(const PartyCommand& command) {
    return Run([&](const Session& s) { return DecideJoin(s, command, rules, now); });
  }
  absl::Status Confirm(absl::string_view id) {
    return Run([&](const Session& s) { return DecideConfirm(s, id, false, rules, now); });
  }
  absl::Status Cancel(absl::string_view id, bool by_staff = false) {
    return Run([&](const Session& s) { return DecideCancel(s, id, by_staff, rules, now); });
  }
  absl::Status Change(absl::string_view id, int heads, bool by_staff = false) {
    BookingChange change;
    change.party.set_adults(heads);
    change.by_staff = by_staff;
    return Run([&](const Session& s) { return DecideChangeBooking(s, id, change, rules, now); });
  }
  absl::Status CheckIn(absl::string_view id) {
    Arrival arrival;
    arrival.id = std::string(id);
    arrival.at = now;
    return Run([&](const Session& s) { return DecideArrival(s, arrival, rules, now); });
  }
  absl::Status Leave(absl::string_view id) {
    return Run([&](const Session& s) { return DecideLeave(s, id, rules, now); });
  }
  // Changes the settings as `change` says, with or without an override.
  absl::Status Set(const std::function<void(record::SessionSettingsChanged&)>& change,
                   absl::string_view override_reason = "") {
    record::SessionSettingsChanged settings = SettingsOf(session.head());
    change(settings);
    settings.set_override_reason(std::string(override_reason));
    settings.set_by("users/staff");
    return Run([&](const Session& s) { return DecideChangeSettings(s, settings, rules, now); });
  }
  absl::Status CancelSession() {
    return Run([&](const Session& s) { return DecideCancelSession(s, "storm", "users/staff", now); });
  }
  void Pass(absl::Duration span) {
    now += span;
    Settle();
  }

  v1::Booking::State StateOf(absl::string_view id) const {
    auto booking = FindBooking(session, id);
    return *booking == nullptr ? v1::Booking::STATE_UNSPECIFIED : ShownState(session.head(), **booking);
  }
  v1::WaitEntry::State WaitStateOf(absl::string_view id) const {
    auto entry = FindWait(session, id);
    return *entry == nullptr ? v1::WaitEntry::STATE_UNSPECIFIED : ShownState(session.head(), **entry);
  }
  int Free(int pool = 0) const { return FreeOf(session.head().pools(pool)); }
  void CheckWhole() {
    EXPECT_EQ(CheckInvariants(session), absl::OkStatus());
    Session folded;
    folded.set_complete(true);
    record::SessionHead head;
    for (const record::Fact& fact : log) {
      ASSERT_EQ(Apply(folded, fact), absl::OkStatus());
      ApplyHead(head, fact);
    }
    EXPECT_EQ(Bytes(folded), Bytes(session));
    Ledger ledger;
    std::vector<LedgerFinding> findings;
    for (const record::Fact& fact : log) ledger.Count(fact, &findings);
    ledger.Compare(session.head(), &findings);
    for (const LedgerFinding& finding : findings) ADD_FAILURE() << finding.text;
    EXPECT_EQ(head.SerializeAsString(), session.head().SerializeAsString())
        << "the head folds without children";
  }

  absl::Time now;
  // Parties of tests are of any size; what limits those of a kind has a test of its own.
  Rules rules = {.person_max = 0, .family_max = 0};
  Session session;
  Facts log;
  size_t most_loads = 0;

 private:
  // Asks with the head alone, loading what is missing, and checks that the answer is the same.
  absl::StatusOr<Facts> Ask(const Question& question) {
    absl::StatusOr<Facts> whole = question(session);
    if (!session.Exists()) return whole;
    Session lazy;
    EXPECT_TRUE(lazy.ParseHead(session.SerializeHead()));
    absl::StatusOr<Facts> facts = question(lazy);
    size_t loads = 0;
    auto load_missing = [&] {
      for (auto missing = lazy.TakeMissing(); !missing.empty(); missing = lazy.TakeMissing()) {
        for (const std::string& field : missing) {
          auto child = session.SerializeChild(field);
          lazy.ParseChild(field, child ? std::optional<absl::string_view>(*child) : std::nullopt);
        }
        facts = question(lazy);
        EXPECT_LT(++loads, 12U);
      }
    };
    load_missing();
    for (const std::string& field : lazy.TakeAssumedAbsent()) {
      // The commit would find it and the engine load it.
      if (!session.SerializeChild(field)) continue;
      lazy.ParseChild(field, *session.SerializeChild(field));
      facts = question(lazy);
      load_missing();
    }
    most_loads = std::max(most_loads, loads);
    EXPECT_EQ(Text(facts), Text(whole));
    if (facts.ok()) {
      for (const record::Fact& fact : *facts)
        EXPECT_EQ(Apply(lazy, fact), absl::OkStatus()) << fact.ShortDebugString();
    }
    return whole;
  }
  absl::Status RunOnce(const Question& question) {
    absl::StatusOr<Facts> facts = Ask(question);
    if (!facts.ok()) return facts.status();
    session.TakeTouched();
    for (const record::Fact& fact : *facts) {
      EXPECT_EQ(Apply(session, fact), absl::OkStatus());
      log.push_back(fact);
    }
    EXPECT_LE(session.TakeTouched().size(), 100U) << "children in one step";
    return absl::OkStatus();
  }
  void Settle() {
    for (int i = 0; i < 1000; ++i) {
      size_t before = log.size();
      EXPECT_EQ(RunOnce([&](const Session& s) { return Due(s, rules, now); }), absl::OkStatus());
      if (log.size() > before) continue;
      EXPECT_TRUE(!session.Exists() || NextDue(session.head(), rules) > now) << "would spin";
      return;
    }
    ADD_FAILURE() << "never settles";
  }
};

}  // namespace kepu::event::domain
