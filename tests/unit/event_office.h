// One school as the reservation desk would drive it, for tests of its calendar. Every decision is made twice,
// on the whole aggregate and on one that starts with its head and loads what it asks for or took for absent.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "services/event/domain/school.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {

// A school as the desk would drive it.
class Office {
 public:
  Office() {
    school.set_complete(true);
    rules.terms = {{"t1", absl::CivilDay(2026, 3, 1), absl::CivilDay(2026, 6, 30)},
                   {"t2", absl::CivilDay(2026, 9, 1), absl::CivilDay(2026, 12, 31)}};
    rules.visits_per_term = 3;
  }

  static reservation::v1::Demand Visit(const std::string& name, absl::Time start, absl::Duration length,
                                       const std::string& place = "venues/a") {
    record::SessionHead head;
    head.set_id("s");
    head.set_event("e");
    head.set_place(place);
    head.set_start_us(absl::ToUnixMicros(start));
    head.set_end_us(absl::ToUnixMicros(start + length));
    return SchoolDemand(head, "schools/x", name, 30);
  }
  absl::Status Try(const std::string& reservation, const reservation::v1::Demand& demand) {
    reservation::v1::TryRequest request;
    request.set_request_id(reservation::ClaimId(reservation, demand));
    request.set_reservation(reservation);
    *request.mutable_demand() = demand;
    return Run(request.request_id(), [&](const School& s, const reservation::v1::Claim* claim) {
      auto decision = reservation::DecideTry(claim, request, kStart, [&](const reservation::v1::Demand& d) {
        return CheckSchoolRoom(s, d, rules);
      });
      return decision.ok() ? absl::StatusOr<std::optional<reservation::v1::ClaimFact>>(decision->fact)
                           : decision.status();
    });
  }
  absl::Status End(const std::string& reservation, const reservation::v1::Demand& demand, bool release) {
    reservation::v1::StepRequest step;
    step.set_request_id(reservation::ClaimId(reservation, demand));
    step.set_thing("schools/x");
    step.set_reservation(reservation);
    return Run(step.request_id(), [&](const School&, const reservation::v1::Claim* claim) {
      return absl::StatusOr<std::optional<reservation::v1::ClaimFact>>(
          release ? reservation::DecideRelease(claim, step, kStart)
                  : reservation::DecideCancel(claim, step, kStart));
    });
  }
  // Lets all go that is due to be forgotten; how many facts that took.
  int Forget(absl::Time now) {
    int facts = 0;
    while (NextDue(school) <= now && !::testing::Test::HasFailure()) {
      absl::StatusOr<Facts> due = Due(school, now);
      EXPECT_TRUE(due.ok() && due->size() == 1) << due.status();
      EXPECT_EQ(Apply(school, due->front()), absl::OkStatus());
      log.push_back(due->front());
      ++facts;
    }
    EXPECT_EQ(CheckInvariants(school, rules), absl::OkStatus());
    return facts;
  }
  absl::Status Confirm(const std::string& reservation, const reservation::v1::Demand& demand) {
    reservation::v1::StepRequest step;
    step.set_request_id(reservation::ClaimId(reservation, demand));
    step.set_reservation(reservation);
    return Run(step.request_id(), [&](const School&, const reservation::v1::Claim* claim) {
      return reservation::DecideConfirm(claim, step);
    });
  }

  School school;
  SchoolRules rules;
  Facts log;

 private:
  using Question = std::function<absl::StatusOr<std::optional<reservation::v1::ClaimFact>>(
      const School& school, const reservation::v1::Claim* claim)>;
  absl::StatusOr<std::optional<record::Fact>> Ask(const School& state, const std::string& id,
                                                  const Question& question) {
    auto claim = FindClaim(state, id);
    if (!claim.ok()) return claim.status();
    auto fact = question(state, *claim);
    if (!fact.ok()) return fact.status();
    if (!*fact) return std::optional<record::Fact>();
    auto whole = ClaimedFact(state, "x", **fact, rules);
    if (!whole.ok()) return whole.status();
    return std::optional<record::Fact>(*whole);
  }
  // What was asked for, and what was taken for absent and is there.
  std::set<std::string> Missing(School& lazy) const {
    std::set<std::string> missing = lazy.TakeMissing();
    for (const std::string& field : lazy.TakeAssumedAbsent()) {
      if (school.SerializeChild(field)) missing.insert(field);
    }
    return missing;
  }
  absl::Status Run(const std::string& id, const Question& question) {
    auto fact = Ask(school, id, question);
    if (school.Exists()) {
      School lazy;
      EXPECT_TRUE(lazy.ParseHead(school.SerializeHead()));
      auto again = Ask(lazy, id, question);
      for (auto missing = Missing(lazy); !missing.empty(); missing = Missing(lazy)) {
        for (const std::string& field : missing) {
          auto child = school.SerializeChild(field);
          lazy.ParseChild(field, child ? std::optional<absl::string_view>(*child) : std::nullopt);
        }
        again = Ask(lazy, id, question);
      }
      EXPECT_EQ(refusal::ReasonOf(again.status()), refusal::ReasonOf(fact.status()));
      EXPECT_EQ(again.status().message(), fact.status().message());
      if (fact.ok() && *fact && again.ok()) {
        EXPECT_EQ(Apply(lazy, **again), absl::OkStatus());
      }
    }
    if (!fact.ok()) return fact.status();
    if (*fact) {
      EXPECT_EQ(Apply(school, **fact), absl::OkStatus());
      log.push_back(**fact);
    }
    EXPECT_EQ(CheckInvariants(school, rules), absl::OkStatus());
    return absl::OkStatus();
  }
};

inline absl::Time T(int month, int day, int hour = 10) {
  return calendar::At(absl::CivilDay(2026, month, day), hour * 60);
}

}  // namespace kepu::event::domain
