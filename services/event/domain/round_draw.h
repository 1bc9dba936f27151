// The draw of a round from what is stored of it: the digest of its wishes, the task that is matched, and the
// results as they are kept. Whoever has the round comes to the same, so a draw can be repeated and checked.
// Pure; reads all children of the round.
#pragma once

#include <string>
#include <vector>

#include "services/event/domain/round.h"
#include "services/event/domain/round_match.h"

namespace kepu::event::domain {

// See Round.wishes_digest of the contract.
std::string WishesDigest(const Round& round);

struct Draw {
  std::string wishes_digest;
  std::string seed;
  MatchTask task;
  std::vector<std::string> ids;  // of the wishes, as the classes of the task
};

// `gap` lies between two sessions of a class at different places.
Draw DrawFor(const Round& round, absl::string_view secret, const Rules& rules, absl::Duration gap);

std::vector<record::WishResults> ResultsOf(const Draw& draw, const MatchResult& result);

}  // namespace kepu::event::domain
