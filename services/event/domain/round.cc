#include "services/event/domain/round.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/bookings.h"
#include "services/event/domain/grades.h"
#include "services/event/domain/places.h"
#include "services/event/domain/school_party.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;
using State = v1::Round::State;

constexpr absl::string_view kOffer = "o/";
constexpr absl::string_view kWish = "w/";

absl::Status WrongState(const record::RoundHead& head, absl::string_view needed) {
  return refusal::Refuse(kNo, "ROUND_STATE",
                         {{"round", RoundName(head)},
                          {"state", v1::Round::State_Name(head.state())},
                          {"needed", std::string(needed)}});
}

absl::Status WindowClosed(const record::RoundHead& head) {
  return refusal::Refuse(kNo, "ROUND_WINDOW_CLOSED",
                         {{"round", RoundName(head)}, {"close", calendar::UtcText(head.wish_close_us())}});
}

absl::Status CheckWindow(const record::RoundHead& head, absl::Time now) {
  const int64_t now_us = absl::ToUnixMicros(now);
  if (head.state() != v1::Round::OPEN && now_us < head.wish_close_us()) {
    return refusal::Refuse(kNo, "ROUND_NOT_OPEN",
                           {{"round", RoundName(head)}, {"state", v1::Round::State_Name(head.state())}});
  }
  if (now_us < head.wish_open_us()) {
    return refusal::Refuse(kNo, "ROUND_WINDOW_NOT_OPEN",
                           {{"round", RoundName(head)}, {"open", calendar::UtcText(head.wish_open_us())}});
  }
  return now_us < head.wish_close_us() ? absl::OkStatus() : WindowClosed(head);
}

Facts Step(absl::Time now, State state) {
  Facts facts = {At(now)};
  facts.back().mutable_round_stepped()->set_state(state);
  return facts;
}

void CheckLimits(const record::RoundHead& created, refusal::FieldErrors& errors) {
  std::set<std::string> programmes, districts;
  for (int i = 0; i < created.programmes_size(); ++i) {
    if (!programmes.insert(created.programmes(i)).second)
      errors.Add(absl::StrCat("round.programmes[", i, "]"), "is there twice");
  }
  for (int i = 0; i < created.rules().districts_size(); ++i) {
    if (!districts.insert(created.rules().districts(i).district()).second)
      errors.Add(absl::StrCat("round.rules.districts[", i, "].district"), "is there twice");
  }
}

absl::Status CheckSessions(const Round& round, const record::WishRecord& wish, const Rules& rules) {
  std::set<std::string> seen;
  absl::Status missing;
  for (int i = 0; i < wish.sessions_size(); ++i) {
    const std::string field = absl::StrCat("wish.sessions[", i, "]");
    const std::string& name = wish.sessions(i);
    if (!seen.insert(name).second) return refusal::BadField(field, "is wished twice; rank each session once");
    const absl::string_view view = name;
    auto offer = round.Find(OfferField(view.substr(view.rfind('/') + 1)));
    if (!offer.ok()) {
      missing = offer.status();
      continue;
    }
    if (*offer == nullptr || NameOf((*offer)->offer()) != name) {
      return refusal::Refuse(kNo, "NOT_IN_ROUND", {{"session", name}, {"round", RoundName(round.head())}});
    }
    if (absl::Status status = CheckWish((*offer)->offer(), wish, rules); !status.ok()) return status;
  }
  return missing;
}

}  // namespace

std::string RoundName(const record::RoundHead& head) { return absl::StrCat("rounds/", head.id()); }
std::string WishName(const record::RoundHead& head, absl::string_view id) {
  return absl::StrCat(RoundName(head), "/wishes/", id);
}
std::string OfferField(absl::string_view session_id) { return absl::StrCat(kOffer, session_id); }
std::string WishListField(absl::string_view id) { return absl::StrCat(kWish, id); }
absl::string_view OfferedIdOf(absl::string_view field) {
  return absl::ConsumePrefix(&field, kOffer) ? field : absl::string_view();
}
absl::string_view WishIdOf(absl::string_view field) {
  return absl::ConsumePrefix(&field, kWish) ? field : absl::string_view();
}

record::SessionHead OfferOf(const record::SessionHead& head) {
  record::SessionHead offer;
  offer.set_id(head.id());
  offer.set_event(head.event());
  offer.set_place(head.place());
  offer.set_start_us(head.start_us());
  offer.set_end_us(head.end_us());
  offer.set_state(head.state());
  // Its share of a day is taken when what was granted is booked.
  for (const record::PoolHead& pool : head.pools())
    if (pool.day_limit().empty()) *offer.add_pools() = pool;
  *offer.mutable_allotments() = head.allotments();
  offer.set_party_min(head.party_min());
  offer.set_party_max(head.party_max());
  *offer.mutable_programme() = head.programme();
  return offer;
}

bool MayOffer(const record::RoundHead& round, const record::SessionHead& session) {
  const auto& programmes = round.programmes();
  if (std::find(programmes.begin(), programmes.end(), session.programme().programme()) == programmes.end())
    return false;
  if (session.state() != v1::Session::SCHEDULED) return false;
  if (session.start_us() < round.start_us() || session.start_us() >= round.end_us()) return false;
  return std::any_of(session.pools().begin(), session.pools().end(), [](const record::PoolHead& pool) {
    return pool.kinds().empty() ||
           std::find(pool.kinds().begin(), pool.kinds().end(), v1::Booking::SCHOOL) != pool.kinds().end();
  });
}

absl::StatusOr<Facts> DecideCreateRound(const Round& round, record::RoundHead created, absl::Time now) {
  if (round.Exists()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", RoundName(round.head())}});
  }
  refusal::FieldErrors errors;
  if (created.display_name().zh().empty()) errors.Add("round.display_name.zh", "is required");
  CheckLimits(created, errors);
  if (created.end_us() <= created.start_us()) errors.Add("round.end_time", "must come after start_time");
  if (created.wish_close_us() <= created.wish_open_us())
    errors.Add("round.wish_close_time", "must come after wish_open_time");
  if (created.wish_close_us() <= absl::ToUnixMicros(now))
    errors.Add("round.wish_close_time", "must lie in the future");
  if (created.start_us() < created.wish_close_us())
    errors.Add("round.start_time", "must not be before wish_close_time: nothing is drawn before");
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  if (created.rules().visits_per_class() == 0) created.mutable_rules()->set_visits_per_class(1);
  if (created.rules().visits_per_school() == 0) created.mutable_rules()->set_visits_per_school(10);
  created.set_state(v1::Round::PLANNED);
  Facts facts = {At(now)};
  *facts.back().mutable_round_created()->mutable_round() = std::move(created);
  return facts;
}

absl::StatusOr<Facts> DecideOpenRound(const Round& round, absl::Time now) {
  const record::RoundHead& head = round.head();
  if (head.state() != v1::Round::PLANNED) return WrongState(head, "PLANNED");
  if (absl::ToUnixMicros(now) >= head.wish_close_us()) return WindowClosed(head);
  return Step(now, v1::Round::OPENING);
}

absl::StatusOr<Facts> DecideDrawRound(const Round& round, absl::string_view secret, absl::Time now) {
  const record::RoundHead& head = round.head();
  if (head.state() != v1::Round::OPEN) return WrongState(head, "OPEN");
  if (absl::ToUnixMicros(now) < head.wish_close_us()) {
    return refusal::Refuse(kNo, "ROUND_WINDOW_OPEN",
                           {{"round", RoundName(head)}, {"close", calendar::UtcText(head.wish_close_us())}});
  }
  Facts facts = Step(now, v1::Round::DRAWING);
  facts.back().mutable_round_stepped()->set_secret(std::string(secret));
  return facts;
}

absl::StatusOr<Facts> DecideApplyRound(const Round& round, absl::Time now) {
  if (round.head().state() != v1::Round::DRAWN) return WrongState(round.head(), "DRAWN");
  return Step(now, v1::Round::APPLYING);
}

absl::StatusOr<Facts> DecideCancelRound(const Round& round, absl::Time now) {
  switch (round.head().state()) {
    case v1::Round::PLANNED:
    case v1::Round::OPENING:
    case v1::Round::OPEN:
    case v1::Round::DRAWING:
    case v1::Round::DRAWN:
      return Step(now, v1::Round::CANCELLING);
    default:
      return WrongState(round.head(), "PLANNED, OPENING, OPEN, DRAWING, DRAWN");
  }
}

absl::StatusOr<Facts> DecideListOffers(const Round& round, const std::vector<record::SessionHead>& sessions,
                                       absl::Time now) {
  const record::RoundHead& head = round.head();
  // What results rest on is not changed any more.
  const bool redrawing = head.state() == v1::Round::DRAWING && head.results() == 0;
  if (head.state() != v1::Round::OPENING && !redrawing) return Facts{};
  Facts facts = {At(now)};
  record::OffersListed* listed = facts.back().mutable_offers_listed();
  absl::Status missing;
  int added = 0;
  for (const record::SessionHead& session : sessions) {
    auto known = round.Find(OfferField(session.id()));
    if (!known.ok()) {
      missing = known.status();
      continue;
    }
    if (*known == nullptr && head.offers() + ++added > kMaxOffers) break;
    if (*known != nullptr && (*known)->offer().SerializeAsString() == session.SerializeAsString()) continue;
    *listed->add_sessions() = session;
  }
  if (!missing.ok()) return missing;
  return listed->sessions().empty() ? Facts{} : facts;
}

absl::StatusOr<Facts> DecideStoreResults(const Round& round, const std::vector<record::WishResults>& results,
                                         int listings, absl::Time now) {
  const record::RoundHead& head = round.head();
  if (head.state() != v1::Round::DRAWING || head.listings() != listings) return Facts{};
  Facts facts = {At(now)};
  record::ResultsStored* stored = facts.back().mutable_results_stored();
  absl::Status missing;
  for (const record::WishResults& one : results) {
    auto wish = FindWishList(round, one.id());
    if (!wish.ok()) {
      missing = wish.status();
    } else if (*wish != nullptr && (*wish)->results().empty()) {
      *stored->add_wishes() = one;
    }
  }
  if (!missing.ok()) return missing;
  return stored->wishes().empty() ? Facts{} : facts;
}

absl::StatusOr<Facts> DecideSettleGrant(const Round& round, const record::GrantSettled& settled,
                                        absl::Time now) {
  if (round.head().state() != v1::Round::APPLYING) return Facts{};
  auto wish = FindWishList(round, settled.id());
  if (!wish.ok()) return wish.status();
  if (*wish == nullptr || settled.index() < 0 || settled.index() >= (*wish)->results_size())
    return absl::InternalError("a grant that was never given");
  const record::WishResultRecord& result = (*wish)->results(settled.index());
  if (!result.booking().empty() || !result.refusal().empty()) return Facts{};
  Facts facts = {At(now)};
  *facts.back().mutable_grant_settled() = settled;
  return facts;
}

absl::StatusOr<Facts> DecideNextState(const Round& round, const record::RoundStepped& stepped,
                                      absl::Time now) {
  static constexpr std::pair<State, State> kSteps[] = {{v1::Round::OPENING, v1::Round::OPEN},
                                                       {v1::Round::DRAWING, v1::Round::DRAWN},
                                                       {v1::Round::APPLYING, v1::Round::RELEASING},
                                                       {v1::Round::RELEASING, v1::Round::APPLIED},
                                                       {v1::Round::CANCELLING, v1::Round::CANCELLED}};
  const record::RoundHead& head = round.head();
  if (std::find(std::begin(kSteps), std::end(kSteps), std::make_pair(head.state(), stepped.state())) ==
      std::end(kSteps))
    return Facts{};
  if (stepped.state() == v1::Round::DRAWN && head.results() < head.wishes()) return Facts{};
  if (stepped.state() == v1::Round::RELEASING && head.booked() + head.failed() < head.granted())
    return Facts{};
  Facts facts = {At(now)};
  *facts.back().mutable_round_stepped() = stepped;
  return facts;
}

bool GotNothing(const record::RoundHead& round, const record::WishRecord& wish) {
  const bool drawn = round.state() == v1::Round::DRAWN || round.state() == v1::Round::APPLYING ||
                     round.state() == v1::Round::RELEASING || round.state() == v1::Round::APPLIED;
  if (!drawn || wish.withdrawn()) return false;
  return std::none_of(wish.results().begin(), wish.results().end(), [](const auto& result) {
    return result.outcome() == v1::Wish::Result::GRANTED && result.refusal().empty();
  });
}

absl::StatusOr<const record::WishRecord*> FindWishList(const Round& round, absl::string_view id) {
  auto child = round.Find(WishListField(id));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->wish();
}

absl::Status CheckWish(const record::SessionHead& session, const record::WishRecord& wish,
                       const Rules& rules) {
  PartyCommand command;
  command.kind = v1::Booking::SCHOOL;
  command.party = wish.party();
  command.school = wish.school();
  command.school_class = wish.school_class();
  command.grade = wish.grade();
  if (absl::Status status = CheckParty(session, command, PlacesOf(session, command.kind, command.party));
      !status.ok())
    return status;
  return CheckSchoolParty(session, command, rules);
}

absl::StatusOr<Facts> DecideSubmitWish(const Round& round, absl::string_view id, record::WishRecord wish,
                                       const Rules& rules, absl::Time now) {
  const record::RoundHead& head = round.head();
  if (absl::Status status = CheckWindow(head, now); !status.ok()) return status;
  if (wish.school_class().empty()) return refusal::BadField("wish.school_class", "is required");
  if (!GradeRank(wish.grade())) return refusal::BadField("wish.grade", kGradeRule);
  if (wish.sessions().empty())
    return refusal::BadField("wish.sessions", "must name 1 to 10 sessions of the round");
  auto known = FindWishList(round, id);
  if (!known.ok()) return known.status();
  if (*known == nullptr && head.wishes() >= kMaxWishes) {
    return refusal::Refuse(absl::StatusCode::kResourceExhausted, "ROUND_FULL",
                           {{"round", RoundName(head)}, {"max", absl::StrCat(kMaxWishes)}});
  }
  if (absl::Status status = CheckSessions(round, wish, rules); !status.ok()) return status;
  wish.set_create_us(*known == nullptr ? absl::ToUnixMicros(now) : (*known)->create_us());
  wish.set_update_us(absl::ToUnixMicros(now));
  Facts facts = {At(now)};
  facts.back().mutable_wish_put()->set_id(std::string(id));
  *facts.back().mutable_wish_put()->mutable_wish() = std::move(wish);
  return facts;
}

absl::StatusOr<Facts> DecideWithdrawWish(const Round& round, absl::string_view id, absl::Time now) {
  auto known = FindWishList(round, id);
  if (!known.ok()) return known.status();
  if (*known == nullptr) return refusal::NotFound(WishName(round.head(), id));
  if ((*known)->withdrawn()) return Facts{};
  if (absl::Status status = CheckWindow(round.head(), now); !status.ok()) return status;
  Facts facts = {At(now)};
  record::WishPut* put = facts.back().mutable_wish_put();
  put->set_id(std::string(id));
  *put->mutable_wish() = **known;
  put->mutable_wish()->set_withdrawn(true);
  put->mutable_wish()->set_update_us(absl::ToUnixMicros(now));
  return facts;
}

}  // namespace kepu::event::domain
