#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/event/domain/round.h"

namespace kepu::event::domain {
namespace {

bool Granted(const record::WishResultRecord& result) { return result.outcome() == v1::Wish::Result::GRANTED; }

void Stepped(record::RoundHead& head, const record::RoundStepped& stepped) {
  head.set_state(stepped.state());
  if (!stepped.secret().empty()) head.set_secret(stepped.secret());
  if (!stepped.wishes_digest().empty()) head.set_wishes_digest(stepped.wishes_digest());
  if (!stepped.seed().empty()) head.set_seed(stepped.seed());
}

void Listed(Round& round, const record::OffersListed& listed) {
  record::RoundHead& head = round.mutable_head();
  head.set_listings(head.listings() + 1);
  for (const record::SessionHead& session : listed.sessions()) {
    const std::string field = OfferField(session.id());
    if (round.Mutable(field) == nullptr) head.set_offers(head.offers() + 1);
    record::RoundChild child;
    *child.mutable_offer() = session;
    round.Put(field, std::move(child));
  }
}

void Put(Round& round, const record::WishPut& put) {
  record::RoundHead& head = round.mutable_head();
  const std::string field = WishListField(put.id());
  const record::RoundChild* known = round.Mutable(field);
  const int before = known == nullptr || known->wish().withdrawn() ? 0 : 1;
  head.set_wishes(head.wishes() - before + (put.wish().withdrawn() ? 0 : 1));
  record::RoundChild child;
  *child.mutable_wish() = put.wish();
  round.Put(field, std::move(child));
}

absl::Status Stored(Round& round, const record::ResultsStored& stored) {
  record::RoundHead& head = round.mutable_head();
  for (const record::WishResults& one : stored.wishes()) {
    record::RoundChild* child = round.Mutable(WishListField(one.id()));
    if (child == nullptr) return absl::InternalError("results of wishes that are not there");
    *child->mutable_wish()->mutable_results() = one.results();
    head.set_results(head.results() + 1);
    head.set_granted(head.granted() +
                     static_cast<int>(std::count_if(one.results().begin(), one.results().end(), Granted)));
  }
  return absl::OkStatus();
}

absl::Status Settled(Round& round, const record::GrantSettled& settled) {
  record::RoundHead& head = round.mutable_head();
  record::RoundChild* child = round.Mutable(WishListField(settled.id()));
  if (child == nullptr || settled.index() >= child->wish().results_size())
    return absl::InternalError("a grant that is not there");
  record::WishResultRecord& result = *child->mutable_wish()->mutable_results(settled.index());
  result.set_booking(settled.booking());
  result.set_refusal(settled.refusal());
  if (settled.booking().empty()) {
    head.set_failed(head.failed() + 1);
  } else {
    head.set_booked(head.booked() + 1);
  }
  return absl::OkStatus();
}

absl::Status ApplyKind(Round& round, const record::Fact& fact) {
  if (fact.has_round_created()) {
    round.mutable_head() = fact.round_created().round();
    round.mutable_head().set_create_us(fact.time_us());
  } else if (fact.has_round_stepped()) {
    Stepped(round.mutable_head(), fact.round_stepped());
  } else if (fact.has_offers_listed()) {
    Listed(round, fact.offers_listed());
  } else if (fact.has_wish_put()) {
    Put(round, fact.wish_put());
  } else if (fact.has_results_stored()) {
    return Stored(round, fact.results_stored());
  } else if (fact.has_grant_settled()) {
    return Settled(round, fact.grant_settled());
  } else {
    return absl::InternalError("not a fact of a round");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Apply(Round& round, const record::Fact& fact) {
  if (absl::Status status = ApplyKind(round, fact); !status.ok()) return status;
  record::RoundHead& head = round.mutable_head();
  head.set_update_us(fact.time_us());
  head.set_revision(head.revision() + 1);
  return absl::OkStatus();
}

absl::Status CheckInvariants(const Round& round) {
  const record::RoundHead& head = round.head();
  int offers = 0, wishes = 0, results = 0, granted = 0, booked = 0, failed = 0;
  for (const auto& [field, child] : round.children()) {
    if (!child) continue;
    offers += child->has_offer() ? 1 : 0;
    if (!child->has_wish()) continue;
    wishes += child->wish().withdrawn() ? 0 : 1;
    results += child->wish().results().empty() ? 0 : 1;
    for (const record::WishResultRecord& result : child->wish().results()) {
      granted += Granted(result) ? 1 : 0;
      booked += result.booking().empty() ? 0 : 1;
      failed += result.refusal().empty() ? 0 : 1;
    }
  }
  const bool right = offers == head.offers() && wishes == head.wishes() && results == head.results() &&
                     granted == head.granted() && booked == head.booked() && failed == head.failed();
  return right ? absl::OkStatus() : absl::InternalError(absl::StrCat(RoundName(head), " is miscounted"));
}

}  // namespace kepu::event::domain
