#include "services/event/store/opening_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/event/domain/lottery.h"

namespace kepu::event {
namespace {

using domain::record::OpeningEntryRecord;
using domain::record::OpeningHead;

void SetDuration(absl::Duration span, google::protobuf::Duration* duration) {
  duration->set_seconds(absl::ToInt64Seconds(span));
  duration->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(span - absl::Trunc(span, absl::Seconds(1)))));
}

// Far from one's turn nothing new is to be seen for a while; near it a second counts.
absl::Duration LookAgain(const OpeningHead& head, const domain::Standing& standing, absl::Time now) {
  constexpr absl::Duration kSoon = absl::Seconds(1), kLate = absl::Seconds(30);
  const auto before = [&](absl::Time time) {
    return absl::Trunc(std::clamp((time - now) / 5, kSoon, kLate), absl::Seconds(1));
  };
  switch (standing.state) {
    case v1::OpeningEntry::DRAWING:
      return kSoon;
    case v1::OpeningEntry::IN_ROOM:
      return before(domain::OpensAt(head));
    case v1::OpeningEntry::IN_LINE:
      return before(standing.from);
    default:
      return kLate;
  }
}

}  // namespace

OpeningBook::Person OpeningBook::PersonOf(const OpeningEntryRecord& record) {
  Person person;
  person.user = record.user();
  person.school = record.school();
  person.arrival = record.arrival();
  person.late = record.late();
  person.left = record.left();
  person.enter_us = record.enter_us();
  person.turn = record.turn();
  return person;
}

void OpeningBook::Put(Kept& kept, const std::string& id, const OpeningEntryRecord& record) {
  Person person = PersonOf(record);
  Person& place = kept.people[id];
  // Who comes in again was drawn all the same.
  person.drawn_turn = place.drawn_turn;
  place = std::move(person);
}

void OpeningBook::Index(const std::string& id, const Kept& kept) {
  const auto add = [&](const std::string& name) {
    std::vector<std::string>& ids = booked_by_[name];
    if (!name.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  };
  add(kept.head.terms().event());
  for (const std::string& session : kept.head.terms().sessions()) add(session);
}

void OpeningBook::Load(absl::string_view id, const store::Loaded& loaded) {
  {
    absl::MutexLock lock(&mutex_);
    Kept& kept = openings_[id] = Kept();
    kept.head.ParseFromString(loaded.head.head);
    domain::record::OpeningChild child;
    for (const auto& [field, bytes] : loaded.children) {
      if (bytes && child.ParseFromString(*bytes) && child.has_entry())
        Put(kept, std::string(domain::OpeningEntryIdOf(field)), child.entry());
    }
    Index(std::string(id), kept);
  }
  if (observer_) observer_(std::string(id));
}

void OpeningBook::Fold(absl::string_view id, const ::kepu::log::v1::AggregateFacts& facts) {
  bool told = false;
  {
    absl::MutexLock lock(&mutex_);
    Kept& kept = openings_[id];
    domain::record::Fact fact;
    for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
      if (!fact.ParseFromString(logged.body())) continue;
      const domain::record::OpeningFact& what = fact.opening();
      domain::ApplyHead(kept.head, fact);
      if (what.has_entered()) {
        Put(kept, what.entered().id(), what.entered().entry());
      } else if (what.has_left() && what.left().before_draw()) {
        kept.people.erase(what.left().id());
      } else if (what.has_left()) {
        kept.people[what.left().id()].left = true;
      } else {
        told = true;
      }
      if (what.has_created()) Index(std::string(id), kept);
    }
  }
  if (told && observer_) observer_(std::string(id));
}

std::optional<OpeningHead> OpeningBook::Find(absl::string_view id) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = openings_.find(id);
  return it == openings_.end() ? std::nullopt : std::optional<OpeningHead>(it->second.head);
}

std::optional<OpeningBook::Entry> OpeningBook::FindEntry(absl::string_view opening,
                                                         absl::string_view id) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto kept = openings_.find(opening);
  if (kept == openings_.end()) return std::nullopt;
  auto it = kept->second.people.find(id);
  if (it == kept->second.people.end()) return std::nullopt;
  const Person& person = it->second;
  std::optional<Entry> entry(Entry{});
  entry->record.set_user(person.user);
  entry->record.set_school(person.school);
  entry->record.set_arrival(person.arrival);
  entry->record.set_late(person.late);
  entry->record.set_left(person.left);
  entry->record.set_enter_us(person.enter_us);
  entry->record.set_turn(person.turn);
  if (person.drawn_turn >= 0) entry->drawn_turn = person.drawn_turn;
  return entry;
}

std::vector<OpeningHead> OpeningBook::Of(absl::string_view event, absl::string_view session) const {
  std::vector<OpeningHead> found;
  absl::ReaderMutexLock lock(&mutex_);
  if (booked_by_.empty()) return found;
  for (absl::string_view name : {event, session}) {
    auto it = booked_by_.find(name);
    if (it == booked_by_.end()) continue;
    for (const std::string& id : it->second) found.push_back(openings_.at(id).head);
  }
  return found;
}

std::vector<OpeningHead> OpeningBook::All() const {
  std::vector<OpeningHead> all;
  {
    absl::ReaderMutexLock lock(&mutex_);
    for (const auto& [id, kept] : openings_) all.push_back(kept.head);
  }
  std::sort(all.begin(), all.end(), [](const OpeningHead& a, const OpeningHead& b) {
    return std::make_pair(-a.terms().open_us(), a.id()) < std::make_pair(-b.terms().open_us(), b.id());
  });
  return all;
}

std::optional<OpeningBook::Draw> OpeningBook::ToOrder(absl::string_view id) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = openings_.find(id);
  if (it == openings_.end() || it->second.ordered || !domain::IsDrawn(it->second.head)) return std::nullopt;
  std::optional<Draw> draw(Draw{it->second.head.seed(), {}});
  for (const auto& [entry, person] : it->second.people)
    if (person.arrival < it->second.head.drawn_arrivals()) draw->ids.push_back(entry);
  return draw;
}

void OpeningBook::SetOrder(absl::string_view id, std::vector<std::string> order) {
  absl::MutexLock lock(&mutex_);
  auto it = openings_.find(id);
  if (it == openings_.end()) return;
  Kept& kept = it->second;
  for (size_t i = 0; i < order.size(); ++i) kept.people[order[i]].drawn_turn = static_cast<int64_t>(i);
  kept.order = std::move(order);
  kept.ordered = true;
}

std::optional<std::vector<std::string>> OpeningBook::Places(absl::string_view id, size_t from,
                                                            size_t limit) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = openings_.find(id);
  if (it == openings_.end() || !it->second.ordered) return std::nullopt;
  const std::vector<std::string>& order = it->second.order;
  const size_t begin = std::min(from, order.size()), end = std::min(begin + limit, order.size());
  return std::vector<std::string>(order.begin() + static_cast<ptrdiff_t>(begin),
                                  order.begin() + static_cast<ptrdiff_t>(end));
}

void ToResource(const OpeningHead& head, absl::Time now, v1::Opening* opening) {
  const domain::record::OpeningTerms& terms = head.terms();
  opening->set_name(domain::OpeningName(head));
  *opening->mutable_display_name() = terms.display_name();
  opening->set_state(domain::StateAt(head, now));
  opening->set_place(terms.place());
  opening->set_event(terms.event());
  *opening->mutable_sessions() = terms.sessions();
  calendar::SetMicros(terms.open_us(), opening->mutable_open_time());
  SetDuration(absl::Microseconds(terms.room_before_us()), opening->mutable_room_before());
  opening->set_rate_per_minute(terms.rate_per_minute());
  opening->set_school_limit(terms.school_limit());
  SetDuration(absl::Microseconds(terms.turn_us()), opening->mutable_turn_duration());
  if (terms.end_us() != 0) calendar::SetMicros(terms.end_us(), opening->mutable_end_time());
  opening->set_commitment(head.commitment());
  opening->set_secret(head.secret());
  opening->set_present(static_cast<int32_t>(domain::IsDrawn(head) ? head.present() : head.entries()));
  if (domain::IsDrawn(head)) {
    opening->set_entries_digest(domain::EntriesDigest(head));
    opening->set_seed(head.seed());
    const int64_t in_line = domain::InLine(head, now);
    opening->set_in_line(static_cast<int32_t>(in_line));
    opening->set_let_in(static_cast<int32_t>(head.present() + head.late() - in_line));
  }
  opening->set_cancel_reason(head.cancel_reason());
  calendar::SetMicros(head.create_us(), opening->mutable_create_time());
  calendar::SetMicros(head.update_us(), opening->mutable_update_time());
  opening->set_etag(absl::StrCat(absl::Hex(head.edition())));
}

void ToResource(const OpeningHead& head, absl::string_view id, const OpeningEntryRecord& record,
                std::optional<int64_t> drawn_turn, absl::Time now, v1::OpeningEntry* entry) {
  const domain::Standing standing = domain::StandingOf(head, record, drawn_turn, now);
  entry->set_name(domain::OpeningEntryName(head, id));
  entry->set_user(record.user());
  entry->set_school(record.school());
  entry->set_state(standing.state);
  entry->set_opening_state(domain::StateAt(head, now));
  if (standing.turn >= 0) {
    entry->set_place(static_cast<int32_t>(standing.turn + 1));
    entry->set_ahead(static_cast<int32_t>(standing.ahead));
    calendar::SetMicros(absl::ToUnixMicros(standing.from), entry->mutable_turn_time());
    calendar::SetMicros(absl::ToUnixMicros(standing.until), entry->mutable_turn_end_time());
  }
  if (domain::WasPresent(head, record)) entry->set_lot(domain::DrawOf(head.seed(), id));
  calendar::SetMicros(record.enter_us(), entry->mutable_enter_time());
  SetDuration(LookAgain(head, standing, now), entry->mutable_look_again());
}

}  // namespace kepu::event
