#include "services/event/domain/round_draw.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/lottery.h"
#include "services/event/domain/places.h"

namespace kepu::event::domain {
namespace {

// By id, so that the task does not depend on how the children lie.
std::map<std::string, const record::WishRecord*> WishesOf(const Round& round) {
  std::map<std::string, const record::WishRecord*> wishes;
  for (const auto& [field, child] : round.children()) {
    if (child && child->has_wish() && !child->wish().withdrawn())
      wishes.emplace(WishIdOf(field), &child->wish());
  }
  return wishes;
}

MatchRules RulesOf(const v1::Round::Rules& given, absl::Duration gap) {
  MatchRules rules;
  rules.visits_per_class = given.visits_per_class();
  rules.visits_per_school = given.visits_per_school();
  for (const v1::Round::DistrictLimit& limit : given.districts())
    rules.visits_per_district[limit.district()] = limit.visits();
  rules.class_gap = gap;
  return rules;
}

std::string WhyUnfit(const record::SessionHead& session, const record::WishRecord& wish, const Rules& rules) {
  if (session.state() == v1::Session::CANCELLED) return "SESSION_CANCELLED";
  const absl::Status status = CheckWish(session, wish, rules);
  return status.ok() ? "" : refusal::ReasonOf(status);
}

v1::Wish::Result::Outcome OutcomeOf(WishOutcome outcome) {
  switch (outcome) {
    case WishOutcome::kGranted:
      return v1::Wish::Result::GRANTED;
    case WishOutcome::kUnfit:
      return v1::Wish::Result::NOT_SERVED;
    case WishOutcome::kFull:
      return v1::Wish::Result::FULL;
    case WishOutcome::kClash:
      return v1::Wish::Result::CLASH;
    case WishOutcome::kClassLimit:
      return v1::Wish::Result::CLASS_LIMIT;
    case WishOutcome::kSchoolLimit:
      return v1::Wish::Result::SCHOOL_LIMIT;
    case WishOutcome::kDistrictLimit:
      return v1::Wish::Result::DISTRICT_LIMIT;
  }
  return v1::Wish::Result::OUTCOME_UNSPECIFIED;
}

}  // namespace

std::string WishesDigest(const Round& round) {
  std::vector<std::string> lines;
  for (const auto& [id, wish] : WishesOf(round)) {
    std::string line =
        absl::StrCat(wish->school(), "\t", wish->school_class(), "\t", wish->grade(), "\t",
                     wish->party().adults(), "\t", wish->party().pupils(), "\t", wish->party().others());
    for (const std::string& session : wish->sessions()) absl::StrAppend(&line, "\t", session);
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  return HexDigest(text);
}

Draw DrawFor(const Round& round, absl::string_view secret, const Rules& rules, absl::Duration gap) {
  Draw draw;
  draw.wishes_digest = WishesDigest(round);
  draw.seed = SeedOf(secret, draw.wishes_digest);
  draw.task.seed = draw.seed;
  draw.task.rules = RulesOf(round.head().rules(), gap);
  std::map<std::string, const record::SessionHead*> offers;
  for (const auto& [field, child] : round.children()) {
    if (child && child->has_offer()) offers.emplace(NameOf(child->offer()), &child->offer());
  }
  std::map<std::string, size_t> numbers;
  for (const auto& [name, offer] : offers) {
    numbers.emplace(name, draw.task.sessions.size());
    // Set aside for somebody else, or for whom the class may be: an allotment is not the round's to give.
    Places free = FreePlaces(*offer, 0);
    draw.task.sessions.push_back({name, offer->place(), offer->start_us(), offer->end_us(), std::move(free)});
  }
  for (const auto& [id, wish] : WishesOf(round)) {
    MatchClass one = {wish->school(), wish->school_class(), wish->district(), wish->priority(), {}};
    for (const std::string& session : wish->sessions()) {
      const record::SessionHead& offer = *offers.at(session);
      one.wishes.push_back({numbers.at(session), PlacesOf(offer, v1::Booking::SCHOOL, wish->party()),
                            WhyUnfit(offer, *wish, rules)});
    }
    draw.task.classes.push_back(std::move(one));
    draw.ids.push_back(id);
  }
  return draw;
}

std::vector<record::WishResults> ResultsOf(const Draw& draw, const MatchResult& result) {
  std::vector<record::WishResults> all;
  for (size_t c = 0; c < draw.ids.size(); ++c) {
    record::WishResults& wish = all.emplace_back();
    wish.set_id(draw.ids[c]);
    for (size_t w = 0; w < result.results[c].size(); ++w) {
      const WishResult& from = result.results[c][w];
      record::WishResultRecord& to = *wish.add_results();
      to.set_outcome(OutcomeOf(from.outcome));
      to.set_rule(draw.task.classes[c].wishes[w].unfit);
      to.set_rank(from.rank);
      to.set_last_admitted(from.last_admitted);
      to.set_left(from.left);
      to.set_needed(from.needed);
      if (from.outcome == WishOutcome::kClash) to.set_with(draw.task.sessions[from.with].name);
      to.set_most(from.most);
    }
  }
  return all;
}

}  // namespace kepu::event::domain
