// Some sessions of one place with its rules, as the engine would drive them together: every decision goes
// through the ledger of the day, on a place of which nothing but the head is known at first, and what must be
// true of all of them is looked at after each step. For tests of the rules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/event/domain/day_quota.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {

inline record::PlaceLimit Limit(absl::string_view id, int most, v1::DayLimit::Span span = v1::DayLimit::DAY,
                                v1::Pool::Counts counts = v1::Pool::HEADS) {
  record::PlaceLimit limit;
  limit.set_id(std::string(id));
  limit.add_kinds(v1::Booking::GROUP);
  limit.add_kinds(v1::Booking::SCHOOL);
  limit.set_counts(counts);
  limit.set_span(span);
  limit.set_most(most);
  return limit;
}

class Day {
 public:
  explicit Day(const std::vector<record::PlaceLimit>& limits) {
    place.set_complete(true);
    EXPECT_EQ(Put(limits), absl::OkStatus());
    EXPECT_EQ(Ready(), absl::OkStatus());
  }

  // A session that starts so long after the first moment of the tests.
  Sitting& Add(int capacity, absl::Duration start = absl::Hours(240), bool join = true) {
    auto sitting = std::make_unique<Sitting>(
        std::vector<record::PoolHead>{Pool("hall", capacity)}, kStart + start,
        [&](record::SessionCreated& created) { created.set_id(absl::StrCat("s", sittings.size())); });
    Sitting& made = *sitting;
    made.now = now;
    sittings.push_back(std::move(sitting));
    if (join) Join(made);
    return made;
  }
  void Join(Sitting& sitting) {
    EXPECT_EQ(sitting.Run([&](const Session& s) { return JoinLimits(place.head(), s.head(), sitting.now); }),
              absl::OkStatus());
  }
  absl::Status Put(const std::vector<record::PlaceLimit>& limits, absl::string_view override_reason = "") {
    record::PlaceRulesSet set;
    set.set_place("venues/v");
    *set.mutable_limits() = {limits.begin(), limits.end()};
    set.set_by("users/staff");
    set.set_override_reason(std::string(override_reason));
    return RunOnPlace([&](const Place& one) { return DecidePutRules(one, set, now); });
  }
  absl::Status Ready() {
    std::vector<std::string> limits;
    for (const record::PlaceLimit& limit : place.head().limits()) limits.push_back(limit.id());
    return RunOnPlace([&](const Place& one) { return DecideLimitsReady(one, limits, now); });
  }

  // A decision of one session, and what it takes of the day.
  absl::Status Run(Sitting& sitting, const SessionQuestion& question, const DayLedger::Shares& credit = {}) {
    sitting.Pass(absl::ZeroDuration());
    return Take(sitting, [&](DayLedger& ledger, const Session& session) {
      return ledger.Decide(session, question, sitting.now, credit);
    });
  }
  absl::Status Settle(Sitting& sitting) {
    sitting.Pass(absl::ZeroDuration());
    return Take(sitting, [&](DayLedger& ledger, const Session& session) {
      return ledger.Settle(session, sitting.rules, sitting.now);
    });
  }
  void SettleAll() {
    for (int round = 0; round < 20; ++round) {
      const size_t before = Facts();
      for (auto& sitting : sittings) EXPECT_EQ(Settle(*sitting), absl::OkStatus());
      if (Facts() == before) return;
    }
    ADD_FAILURE() << "never settles";
  }
  absl::Status Book(Sitting& sitting, const PartyCommand& command, bool hold = false) {
    return Run(sitting, [&](const Session& s) {
      return hold ? DecideHold(s, command, sitting.rules, sitting.now)
                  : DecideBook(s, command, sitting.rules, sitting.now);
    });
  }
  absl::Status Join(Sitting& sitting, const PartyCommand& command) {
    return Run(sitting, [&](const Session& s) { return DecideJoin(s, command, sitting.rules, sitting.now); });
  }
  absl::Status Cancel(Sitting& sitting, absl::string_view id) {
    return Run(sitting,
               [&](const Session& s) { return DecideCancel(s, id, true, sitting.rules, sitting.now); });
  }
  // From one session to another, both decided by one ledger.
  absl::Status Move(Sitting& from, Sitting& to, absl::string_view id, const std::string& new_id) {
    from.Pass(absl::ZeroDuration());
    to.Pass(absl::ZeroDuration());
    auto party = PartyToMove(from.session, id, new_id, true);
    if (!party.ok()) return party.status();
    DayLedger::Shares credit;
    if (QuotaDayOf(from.session.head()) == QuotaDayOf(to.session.head()))
      credit = SharesOf(from.session.head(), **FindBooking(from.session, id));
    const auto book = [&](DayLedger& ledger, const Session& session) {
      return ledger.Decide(
          session, [&](const Session& s) { return DecideBook(s, *party, to.rules, to.now); }, to.now, credit);
    };
    const auto leave = [&](DayLedger& ledger, const Session& session) {
      return ledger.Decide(
          session, [&](const Session& s) { return DecideCancel(s, id, true, from.rules, from.now); },
          from.now);
    };
    DayLedger ledger(place);
    if (auto made = book(ledger, to.session); !made.ok()) return made.status();
    if (auto left = leave(ledger, from.session); !left.ok()) return left.status();
    EXPECT_EQ(from.Run([&](const Session& session) {
      DayLedger other(place);
      EXPECT_TRUE(book(other, to.session).ok());
      return leave(other, session);
    }),
              absl::OkStatus());
    EXPECT_EQ(to.Run([&](const Session& session) {
      DayLedger other(place);
      return book(other, session);
    }),
              absl::OkStatus());
    ApplyAll(ledger.TakeFacts(now));
    Check();
    return absl::OkStatus();
  }
  void Pass(absl::Duration span) {
    now += span;
    for (auto& sitting : sittings) sitting->Pass(span);
  }

  int Taken(const Sitting& sitting, absl::string_view limit) const {
    return *TakenOn(place, QuotaDayOf(sitting.session.head()), limit);
  }
  void Check() {
    EXPECT_EQ(CheckInvariants(place), absl::OkStatus());
    for (const auto& sitting : sittings) {
      EXPECT_EQ(CheckShares(place, sitting->session), absl::OkStatus());
      EXPECT_EQ(CheckInvariants(sitting->session), absl::OkStatus());
    }
  }
  void CheckWhole() {
    Check();
    for (const auto& sitting : sittings) sitting->CheckWhole();
    Place folded;
    folded.set_complete(true);
    for (const record::Fact& fact : log) ASSERT_EQ(Apply(folded, fact), absl::OkStatus());
    EXPECT_EQ(folded.SerializeHead(), place.SerializeHead());
  }

  Place place;
  absl::Time now = kStart;
  std::vector<std::unique_ptr<Sitting>> sittings;
  domain::Facts log;

 private:
  using Decision = std::function<absl::StatusOr<domain::Facts>(DayLedger&, const Session&)>;

  size_t Facts() const {
    size_t facts = log.size();
    for (const auto& sitting : sittings) facts += sitting->log.size();
    return facts;
  }
  void ApplyAll(const domain::Facts& facts) {
    for (const record::Fact& fact : facts) {
      EXPECT_EQ(Apply(place, fact), absl::OkStatus());
      log.push_back(fact);
    }
  }
  // Asks `question` of a place that starts with its head and loads what it asks for.
  template <class Question>
  auto AskLazily(const Question& question) {
    Place lazy;
    if (place.Exists()) lazy.ParseHead(place.SerializeHead());
    auto answer = question(lazy);
    for (auto missing = lazy.TakeMissing(); !missing.empty(); missing = lazy.TakeMissing()) {
      for (const std::string& field : missing) {
        auto child = place.SerializeChild(field);
        lazy.ParseChild(field, child ? std::optional<absl::string_view>(*child) : std::nullopt);
      }
      answer = question(lazy);
    }
    return answer;
  }
  absl::Status RunOnPlace(const std::function<absl::StatusOr<domain::Facts>(const Place&)>& question) {
    const auto facts = question(place);
    EXPECT_EQ(Text(AskLazily(question)), Text(facts));
    if (facts.ok()) ApplyAll(*facts);
    Check();
    return facts.status();
  }
  absl::Status Take(Sitting& sitting, const Decision& decision) {
    DayLedger ledger(place);
    const auto whole = decision(ledger, sitting.session);
    const auto lazily = AskLazily([&](const Place& one) {
      DayLedger other(one);
      return decision(other, sitting.session);
    });
    EXPECT_EQ(Text(lazily), Text(whole));
    const absl::Status status = sitting.Run([&](const Session& session) {
      DayLedger other(place);
      return decision(other, session);
    });
    if (status.ok()) ApplyAll(ledger.TakeFacts(sitting.now));
    Check();
    return status;
  }
};

}  // namespace kepu::event::domain
