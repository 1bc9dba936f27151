// People and shifts folded from their facts, as the engine does it, and the demands and commands that their
// tests share. Owned by a test; one thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"
// All that is folded, so that the templates below find each `Apply` whatever is compiled together.
#include "services/volunteer/domain/certificate.h"
#include "services/volunteer/domain/document.h"
#include "services/volunteer/domain/id_number.h"
#include "services/volunteer/domain/lecture.h"
#include "services/volunteer/domain/ledger.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/recognition_rules.h"
#include "services/volunteer/domain/shift.h"
#include "services/volunteer/domain/training.h"

namespace kepu::volunteer::domain {

using refusal::ParamOf;
using refusal::ReasonOf;
using reservation::v1::Claim;
using reservation::v1::ClaimFact;
using reservation::v1::Demand;

// A Monday.
inline const absl::Time kMonday = calendar::At(absl::CivilDay(2026, 11, 16));
inline absl::Time At(int day, double hour) { return kMonday + absl::Hours(24) * day + absl::Hours(1) * hour; }

// An aggregate that is folded from its first fact, as the engine does it.
template <class Aggregate>
struct Folded {
  Folded() { state.set_complete(true); }
  void Do(const absl::StatusOr<Facts>& facts) {
    ASSERT_TRUE(facts.ok()) << facts.status();
    for (const record::Fact& fact : *facts) Do(fact);
  }
  void Do(const record::Fact& fact) {
    absl::Status status = Apply(state, fact);
    ASSERT_TRUE(status.ok()) << status << fact.DebugString();
    log.push_back(fact);
  }
  Aggregate state;
  std::vector<record::Fact> log;
};

template <class Aggregate>
void ExpectFoldGives(const Folded<Aggregate>& folded) {
  Folded<Aggregate> again;
  auto head = folded.state.head();
  head.Clear();
  for (const record::Fact& fact : folded.log) {
    ASSERT_TRUE(Apply(again.state, fact).ok());
    ApplyHead(head, fact);
  }
  EXPECT_EQ(again.state.SerializeHead(), folded.state.SerializeHead());
  EXPECT_EQ(head.SerializeAsString(), folded.state.SerializeHead()) << "the head folds alone";
  for (const auto& [field, child] : folded.state.children()) {
    EXPECT_EQ(again.state.SerializeChild(field), folded.state.SerializeChild(field)) << field;
  }
}

inline RegisterCommand MakeRegister(absl::string_view id = "p1") {
  RegisterCommand command;
  command.id = std::string(id);
  command.user = "users/u";
  command.birth_year_band = command.known_birth_year_band = 1990;
  command.district = "districts/yuzhong";
  command.sealed_birth_year_band = "sealed band";
  command.languages = {"zh"};
  return command;
}

// What a row of the ledger changes of its person.
inline Facts HoursCountedAt(absl::Time time, int32_t minutes) {
  record::Fact fact = At(time);
  fact.mutable_hours_counted()->set_minutes(minutes);
  fact.mutable_hours_counted()->set_shifts(1);
  fact.mutable_hours_counted()->set_start_us(absl::ToUnixMicros(time));
  return Facts{fact};
}

inline Age Adult() {
  Age age;
  age.adult = true;
  return age;
}

inline Demand MakeDemand(absl::Time start, absl::Time end, absl::string_view place = "venues/a",
                         absl::string_view purpose = "shifts/x") {
  Demand demand;
  demand.set_thing("volunteers/p1");
  demand.set_kind(reservation::v1::PERSON);
  demand.mutable_start_time()->set_seconds(absl::ToUnixSeconds(start));
  demand.mutable_end_time()->set_seconds(absl::ToUnixSeconds(end));
  demand.set_place(std::string(place));
  demand.set_purpose(std::string(purpose));
  return demand;
}

inline ClaimFact Tried(const Demand& demand, absl::string_view reservation) {
  reservation::v1::TryRequest request;
  *request.mutable_demand() = demand;
  request.set_reservation(std::string(reservation));
  request.set_request_id(reservation::ClaimId(reservation, demand));
  return reservation::TriedFact(request, kMonday);
}

inline ClaimFact Ended(absl::string_view claim_id) {
  ClaimFact fact;
  fact.set_claim_id(std::string(claim_id));
  fact.mutable_ended()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(kMonday));
  return fact;
}

inline ShiftCommand MakeShift(int32_t needed = 2) {
  ShiftCommand command{.id = "s1",
                       .place = "venues/a",
                       .session = "",
                       .start = At(3, 10),
                       .end = At(3, 14),
                       .needed = needed,
                       .role = {}};
  command.role.set_zh("讲解");
  return command;
}

}  // namespace kepu::volunteer::domain
