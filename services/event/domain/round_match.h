// The matching of a round: who gets which of their ranked wishes, by the published order. Deferred acceptance
// where every session ranks alike: by priority, then turn (no class's next visit before the other schools'
// turn of that priority), then the lottery; so a proposal made in that order is never put back, and parties
// of different sizes cannot be turned away for places that fall free later. Pure: the same for the same seed,
// whatever the order of the input.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

struct MatchSession {
  std::string name;
  std::string place;
  int64_t start_us = 0;
  int64_t end_us = 0;
  Places free;
};

struct MatchWish {
  size_t session = 0;
  // By the session's pools.
  Places need;
  // The rule by which the class cannot go there at all (GRADE_NOT_SERVED, …); empty: it can.
  std::string unfit;
};

// A class with its wishes, the dearest first.
struct MatchClass {
  std::string school;
  std::string school_class;
  std::string district;
  int priority = 2;  // 1 is served first: never served, remote, special schools
  std::vector<MatchWish> wishes;
};

struct MatchRules {
  int visits_per_class = 1;
  int visits_per_school = 10;
  // Visits of all schools of a district; without one it has no limit.
  std::map<std::string, int> visits_per_district;
  // Between two sessions of a class at different places.
  absl::Duration class_gap = absl::Minutes(30);
};

struct MatchTask {
  std::vector<MatchSession> sessions;
  std::vector<MatchClass> classes;  // a school's class once
  MatchRules rules;
  std::string seed;
};

// A class's chance of one more visit, at its place in the published order, 1 first.
struct Turn {
  size_t school_class = 0;
  int priority = 0;
  int turn = 0;  // of its school, 1 first
  std::string draw;
};

enum class WishOutcome {
  kGranted,
  kUnfit,          // see MatchWish
  kFull,           // too few places were left
  kClash,          // too close to what the class was granted
  kClassLimit,     // the class has its visits by wishes that it ranked higher
  kSchoolLimit,    // the school has its visits of the round
  kDistrictLimit,  // the district has
};

struct WishResult {
  WishOutcome outcome = WishOutcome::kClassLimit;
  // In the order, where it was decided; 0: before any turn.
  int rank = 0;
  // FULL: the last that had been admitted then (0: nobody), and what was left in the pool that was too small.
  int last_admitted = 0;
  int32_t left = 0;
  int32_t needed = 0;
  // CLASH: the session in the way.
  size_t with = 0;
  // Of a limit: what it is.
  int most = 0;
};

struct MatchResult {
  std::vector<Turn> order;
  // By class and wish, as in the task.
  std::vector<std::vector<WishResult>> results;
  // Places left by session and pool.
  std::vector<Places> left;
};

// Every turn of every class in the published order.
std::vector<Turn> OrderOf(const MatchTask& task);

MatchResult Match(const MatchTask& task);

}  // namespace kepu::event::domain
