#include "services/event/store/read_model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/reservation/keeping.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/event.h"
#include "services/event/domain/programme.h"
#include "services/event/store/document_kinds.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

// What an event or a programme was, while heads kept them.
template <class Head>
Head HeadIn(const store::Loaded& loaded) {
  Head head;
  head.ParseFromString(loaded.head.head);
  return head;
}

// The first fact of one that a head kept, as the head after it.
template <class Head>
Head Created(const Head& made, const domain::record::Fact& fact) {
  Head head = made;
  head.set_create_us(fact.time_us());
  head.set_update_us(fact.time_us());
  head.set_revision(1);
  return head;
}

}  // namespace

std::string ReadModel::DistrictOf(absl::string_view event) const {
  const auto found = documents_.Find<v1::Event>(absl::StrCat("events/", event));
  return found == nullptr ? "" : found->district();
}

std::string ReadModel::List(const domain::record::SessionHead& head) {
  v1::Session session;
  ToResource(head, &session);
  std::vector<std::string> scopes = {document::kAllOfThem, absl::StrCat("events/", head.event())};
  for (const std::string& scope : {head.place(), head.series(), DistrictOf(head.event())})
    if (!scope.empty()) scopes.push_back(scope);
  const bool draft = head.state() == v1::Session::DRAFT;
  if (!draft) drafts_.Remove(session.name());
  (draft ? drafts_ : sessions_)
      .Put(session.name(), session, std::move(scopes), document::TimeOrder(head.start_us()));
  return session.name();
}

void ReadModel::Show(uint32_t number) {
  const domain::record::SessionHead& head = *heads_[number];
  // One that only remembers a reservation that came to nothing is no session.
  if (head.id().empty()) return;
  places_.See(head);
  of_event_[head.event()].insert(number);
  const std::string name = List(head);
  if (head.state() != v1::Session::DRAFT) hub_.Changed(name);
}

void ReadModel::ShowSessionsOf(const std::string& place) {
  for (const auto& head : heads_)
    if (head->place() == place) places_.See(*head);
}

uint32_t ReadModel::NumberOf(absl::string_view id) {
  auto [it, inserted] = numbers_.try_emplace(std::string(id), static_cast<uint32_t>(heads_.size()));
  if (inserted) heads_.push_back(std::make_unique<domain::record::SessionHead>());
  return it->second;
}

const domain::record::SessionHead* ReadModel::FindSession(absl::string_view id, uint32_t* number) const {
  auto it = numbers_.find(id);
  if (it == numbers_.end()) return nullptr;
  if (number != nullptr) *number = it->second;
  return heads_[it->second].get();
}

void ReadModel::LoadRows(const domain::Session& session, uint32_t number) {
  const domain::record::SessionHead& head = session.head();
  bookings_.Forget(number);
  attendance_.Forget(head);
  tally_.Forget(number);
  wait_entries_.Forget(number);
  auto add = [&](const std::string& id) {
    const auto booking = domain::FindBooking(session, id);
    if (!booking.ok() || *booking == nullptr) return;
    bookings_.Add(number, id, (*booking)->booker(), (*booking)->create_us());
    conduct_.Load(head, id, **booking);
    holds_.Load(id, **booking);
    attendance_.Load(head, **booking);
    tally_.Load(number, id, **booking);
    if (booking_observer_.loaded) booking_observer_.loaded(head, id, **booking);
    if ((*booking)->school().empty()) return;
    bookings_.AddForSchool(number, id, (*booking)->school(), (*booking)->create_us());
    served_.Expect(id, (*booking)->school());
    if ((*booking)->state() == v1::Booking::CHECKED_IN) served_.Came(id);
  };
  for (uint32_t chunk = 0; chunk < head.index_chunks(); ++chunk) {
    const auto index = domain::FindChild<domain::record::IndexChunk>(session, domain::IndexField(chunk),
                                                                     &domain::record::SessionChild::index);
    if (!index.ok() || *index == nullptr) continue;
    for (const std::string& id : (*index)->ids()) add(id);
  }
  for (const std::string& id : head.index_tail()) add(id);

  std::vector<std::pair<const domain::record::WaitRecord*, std::string>> waits;
  for (const auto& [field, child] : session.children()) {
    if (child && child->has_wait()) waits.emplace_back(&child->wait(), field.substr(2));
  }
  std::sort(waits.begin(), waits.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.first->create_us(), a.second) < std::make_pair(b.first->create_us(), b.second);
  });
  for (const auto& [entry, id] : waits) {
    const auto offer = domain::FindBooking(session, id);
    attendance_.LoadWait(head, id, *entry,
                         offer.ok() && *offer != nullptr && (*offer)->state() == v1::Booking::EXPIRED);
    wait_entries_.Add(number, id, entry->booker(), entry->create_us());
    if (!entry->school().empty()) wait_entries_.AddForSchool(number, id, entry->school(), entry->create_us());
  }
}

void ReadModel::Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) {
  if (!VisitDayIdOf(key).empty()) return visits_.Load({partition, key}, loaded, observer_.record);
  if (!SessionIdOf(key).empty()) return LoadSession(partition, key, loaded);
  if (!RosterIdOf(key).empty()) return rosters_.Load(key, loaded);
  if (absl::string_view place = PlaceOfRules(key); !place.empty()) {
    places_.Load(place, loaded);
    return ShowSessionsOf(std::string(place));
  }
  if (absl::string_view thing = DistrictThingOf(key); !thing.empty()) places_.LoadDistrict(thing, loaded);
  if (KeepsDocument(key)) return ShowDocument(key, [&] { LoadDocument(loaded, key); });
  if (!FeedbackIdOf(key).empty()) return feedback_.Load(FeedbackIdOf(key), loaded);
  if (absl::string_view id = RoundIdOf(key); !id.empty()) return rounds_.Load(id, loaded);
  if (absl::string_view id = OpeningIdOf(key); !id.empty()) return openings_.Load(id, loaded);
  if (absl::string_view id = SeriesIdOf(key); !id.empty()) return series_.Load(id, loaded);
  if ((SchoolIdOf(key).empty() && DistrictThingOf(key).empty()) || !observer_.claim) return;
  domain::record::SchoolChild child;
  for (const auto& [field, bytes] : loaded.children) {
    if (bytes && child.ParseFromString(*bytes) && child.has_claim())
      observer_.claim({partition, key}, child.claim().claim());
  }
}

void ReadModel::ShowDocument(absl::string_view key, absl::FunctionRef<void()> show) {
  const absl::string_view id = EventIdOf(key);
  const std::string before = DistrictOf(id);
  show();
  const auto event = documents_.Find<v1::Event>(absl::StrCat("events/", id));
  if (id.empty() || event == nullptr) return;
  finder_.Put(*event);
  auto sessions = of_event_.find(id);
  if (sessions == of_event_.end() || event->district() == before) return;
  for (const uint32_t number : sessions->second) List(*heads_[number]);
}

void ReadModel::LoadDocument(const store::Loaded& loaded, absl::string_view key) {
  domain::record::DocumentChild child;
  bool found = false;
  for (const auto& [field, bytes] : loaded.children) {
    if (!bytes || !child.ParseFromString(*bytes)) continue;
    documents_.Show(child.document());
    found = true;
  }
  if (found) return;
  if (!EventIdOf(key).empty())
    documents_.ShowMessage(domain::EventOf(HeadIn<domain::record::EventHead>(loaded)));
  else if (!ProgrammeIdOf(key).empty())
    documents_.ShowMessage(domain::ProgrammeOf(HeadIn<domain::record::ProgrammeHead>(loaded)));
}

void ReadModel::FoldDocument(const ::kepu::log::v1::AggregateFacts& facts) {
  domain::record::Fact fact;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    if (!fact.ParseFromString(logged.body())) continue;
    if (fact.has_document_put())
      documents_.Show(fact.document_put().document());
    else if (fact.has_event_created())
      documents_.ShowMessage(domain::EventOf(Created(fact.event_created().event(), fact)));
    else if (fact.has_programme_created())
      documents_.ShowMessage(domain::ProgrammeOf(Created(fact.programme_created().programme(), fact)));
  }
}

void ReadModel::LoadSession(uint32_t partition, const std::string& key, const store::Loaded& loaded) {
  domain::Session session;
  session.set_complete(true);
  session.ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children) {
    session.ParseChild(field, bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
  }
  for (const auto& [field, child] : session.children()) {
    if (child && child->has_reservation() && observer_.record)
      observer_.record({partition, key}, child->reservation());
    if (child && child->has_claim() && observer_.claim)
      observer_.claim({partition, key}, child->claim().claim());
  }
  const uint32_t number = NumberOf(SessionIdOf(key));
  *heads_[number] = session.head();
  LoadRows(session, number);
  Show(number);
}

void ReadModel::Fold(uint32_t partition, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& facts) {
  if (!VisitDayIdOf(facts.key()).empty())
    return visits_.Fold({partition, facts.key()}, facts, observer_.record_fact);
  if (!SessionIdOf(facts.key()).empty()) return FoldSession(partition, facts);
  if (!RosterIdOf(facts.key()).empty()) return rosters_.Fold(facts.key(), facts);
  if (absl::string_view place = PlaceOfRules(facts.key()); !place.empty()) {
    if (places_.Fold(place, facts)) ShowSessionsOf(std::string(place));
    return;
  }
  if (absl::string_view thing = DistrictThingOf(facts.key()); !thing.empty())
    places_.FoldDistrict(thing, facts);
  if (absl::string_view id = RoundIdOf(facts.key()); !id.empty()) return FoldRound(id, facts);
  if (absl::string_view id = OpeningIdOf(facts.key()); !id.empty()) return openings_.Fold(id, facts);
  if (KeepsDocument(facts.key())) return ShowDocument(facts.key(), [&] { FoldDocument(facts); });
  if (!FeedbackIdOf(facts.key()).empty()) return feedback_.Fold(FeedbackIdOf(facts.key()), facts);
  if (absl::string_view id = SeriesIdOf(facts.key()); !id.empty()) return series_.Fold(id, facts);
  domain::record::Fact fact;
  if ((SchoolIdOf(facts.key()).empty() && DistrictThingOf(facts.key()).empty()) || !observer_.claim_fact)
    return;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    if (fact.ParseFromString(logged.body()) && fact.has_school_claimed())
      observer_.claim_fact({partition, facts.key()}, fact.school_claimed().claim());
  }
}

void ReadModel::FoldRound(absl::string_view id, const ::kepu::log::v1::AggregateFacts& facts) {
  std::vector<domain::record::Fact> parsed;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    if (!parsed.emplace_back().ParseFromString(logged.body())) parsed.pop_back();
  }
  rounds_.Fold(id, parsed);
}

void ReadModel::FoldSession(uint32_t partition, const ::kepu::log::v1::AggregateFacts& facts) {
  domain::record::Fact fact;
  const uint32_t number = NumberOf(SessionIdOf(facts.key()));
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    if (!fact.ParseFromString(logged.body())) continue;
    domain::ApplyHead(*heads_[number], fact);
    conduct_.Fold(*heads_[number], fact);
    holds_.Fold(fact);
    attendance_.Fold(*heads_[number], fact);
    tally_.Fold(number, fact);
    if (booking_observer_.folded) booking_observer_.folded(*heads_[number], fact);
    if (fact.has_booking_made()) {
      const domain::record::BookingRecord& booking = fact.booking_made().booking();
      const std::string& id = fact.booking_made().id();
      bookings_.Add(number, id, booking.booker(), booking.create_us());
      if (booking.school().empty()) continue;
      bookings_.AddForSchool(number, id, booking.school(), booking.create_us());
      served_.Expect(id, booking.school());
    } else if (fact.has_booking_checked_in()) {
      served_.Came(fact.booking_checked_in().id());
    } else if (fact.has_booking_cancelled()) {
      served_.Forget(fact.booking_cancelled().id());
    } else if (fact.has_booking_declined()) {
      served_.Forget(fact.booking_declined().id());
    } else if (fact.has_wait_joined()) {
      const domain::record::WaitRecord& entry = fact.wait_joined().entry();
      const std::string& id = fact.wait_joined().id();
      wait_entries_.Add(number, id, entry.booker(), entry.create_us());
      if (!entry.school().empty()) wait_entries_.AddForSchool(number, id, entry.school(), entry.create_us());
    } else if (fact.has_session_claimed() && observer_.claim_fact) {
      observer_.claim_fact({partition, facts.key()}, fact.session_claimed().claim());
    } else if (fact.has_reservation_changed() && observer_.record_fact) {
      observer_.record_fact({partition, facts.key()}, fact.reservation_changed().fact());
    } else if (fact.has_ends_forgotten() && observer_.record_fact) {
      for (const auto& record : reservation::ForgottenRecords(fact.ends_forgotten()))
        observer_.record_fact({partition, facts.key()}, record);
    }
  }
  attendance_.Place(*heads_[number]);
  Show(number);
}

}  // namespace kepu::event
