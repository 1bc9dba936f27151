#include "services/event/store/place_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kepu::event {
namespace {

template <class State>
void ParseInto(const store::Loaded& loaded, State* state) {
  *state = State();
  state->set_complete(true);
  state->ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children)
    state->ParseChild(field, bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
}

bool AnyToJoin(const domain::record::PlaceHead& place, const domain::record::SessionHead& head) {
  // What was over when the rules were made counts for nothing any more.
  const int32_t since = domain::DayNumber(absl::FromUnixMicros(place.update_us()));
  return head.state() != v1::Session::CANCELLED && domain::QuotaDayOf(head) >= since &&
         !domain::JoinLimits(place, head, absl::UnixEpoch()).empty();
}

}  // namespace

void PlaceBook::Load(absl::string_view place, const store::Loaded& loaded) {
  absl::MutexLock lock(&mutex_);
  Place& known = places_[std::string(place)];
  ParseInto(loaded, &known.state);
  known.head = std::make_shared<const domain::record::PlaceHead>(known.state.head());
}

bool PlaceBook::Fold(absl::string_view place, const ::kepu::log::v1::AggregateFacts& facts) {
  std::set<std::string> waiting;
  bool anew = false;
  {
    absl::MutexLock lock(&mutex_);
    Place& known = places_[std::string(place)];
    known.state.set_complete(true);
    domain::record::Fact fact;
    std::set<int32_t> freed;
    bool all = false;
    for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
      if (!fact.ParseFromString(logged.body())) continue;
      if (fact.has_place_shares_set()) freed.insert(fact.place_shares_set().day());
      anew = anew || fact.has_place_rules_set();
      all = all || !fact.has_place_shares_set();
      // What cannot be folded is the verifier's to find; the book shows what came before it.
      domain::Apply(known.state, fact).IgnoreError();
    }
    known.head = std::make_shared<const domain::record::PlaceHead>(known.state.head());
    // Days have something back, or other limits: who waits there may have it.
    for (const auto& [day, session] : known.sessions) {
      if (!all && !freed.contains(day)) continue;
      const Session& one = sessions_[session];
      if (one.sharing && one.waiting) waiting.insert(session);
    }
  }
  Tell(std::string(place), waiting);
  return anew;
}

void PlaceBook::LoadDistrict(absl::string_view thing, const store::Loaded& loaded) {
  absl::MutexLock lock(&mutex_);
  ParseInto(loaded, &districts_[std::string(thing)]);
}

void PlaceBook::FoldDistrict(absl::string_view thing, const ::kepu::log::v1::AggregateFacts& facts) {
  absl::MutexLock lock(&mutex_);
  domain::School& district = districts_[std::string(thing)];
  district.set_complete(true);
  domain::record::Fact fact;
  for (const ::kepu::log::v1::Fact& logged : facts.facts())
    if (fact.ParseFromString(logged.body())) domain::Apply(district, fact).IgnoreError();
}

void PlaceBook::See(const domain::record::SessionHead& head) {
  if (head.place().empty()) return;
  std::set<std::string> unsettled;
  {
    absl::MutexLock lock(&mutex_);
    auto it = places_.find(head.place());
    if (it == places_.end()) return;
    Place& place = it->second;
    Session& session = sessions_[head.id()];
    session.place = head.place();
    session.day = domain::QuotaDayOf(head);
    session.start = absl::FromUnixMicros(head.start_us());
    session.end = absl::FromUnixMicros(head.end_us());
    session.visitors = domain::VisitorsOf(head, absl::Microseconds(place.head->stay_us()));
    session.sharing = domain::TakesOfDay(head);
    session.may_join = AnyToJoin(*place.head, head);
    session.unsettled = session.may_join || domain::IsUnsettled(head);
    session.waiting = head.wait().waiting() > 0 && !head.wait().closed();
    place.sessions.emplace(session.day, head.id());
    if (session.may_join || head.chunks_counted() < head.chunks_to_count()) {
      place.joining.insert(head.id());
    } else {
      place.joining.erase(head.id());
    }
    if (session.unsettled) unsettled.insert(head.id());
  }
  Tell(head.place(), unsettled);
}

void PlaceBook::Tell(const std::string& place, const std::set<std::string>& unsettled) {
  if (observer_.unsettled)
    for (const std::string& session : unsettled) observer_.unsettled(session);
  const auto rules = RulesOf(place);
  const bool ready = rules == nullptr || std::all_of(rules->limits().begin(), rules->limits().end(),
                                                     [](const auto& limit) { return limit.ready(); });
  if (!ready && observer_.joined) observer_.joined(place);
}

std::string PlaceBook::SharingPlaceOf(absl::string_view session) const {
  absl::ReaderMutexLock lock(&mutex_);
  if (sessions_.empty()) return {};
  auto it = sessions_.find(session);
  return it == sessions_.end() || !it->second.sharing ? std::string() : it->second.place;
}

bool PlaceBook::IsUnsettled(const std::string& session) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = sessions_.find(session);
  return it != sessions_.end() && it->second.unsettled;
}

bool PlaceBook::AllJoined(const std::string& place) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = places_.find(place);
  return it != places_.end() && it->second.joining.empty();
}

std::shared_ptr<const domain::record::PlaceHead> PlaceBook::RulesOf(absl::string_view place) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = places_.find(place);
  return it == places_.end() ? nullptr : it->second.head;
}

std::vector<v1::DayQuota> PlaceBook::DaysOf(const std::string& place, int32_t first) const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<v1::DayQuota> rows;
  auto it = places_.find(place);
  if (it == places_.end()) return rows;
  std::set<int32_t> days = {first};
  for (const auto& [field, child] : it->second.state.children()) {
    if (!child) continue;
    for (const domain::record::PlaceDay& day : child->month().days())
      if (day.day() >= first) days.insert(day.day());
  }
  for (const int32_t day : days) {
    for (const domain::record::PlaceLimit& limit : it->second.head->limits()) {
      const int32_t taken = domain::TakenOn(it->second.state, day, limit.id()).value_or(0);
      v1::DayQuota& row = rows.emplace_back();
      row.set_date(domain::DateOf(day));
      row.set_limit(limit.id());
      row.set_span(limit.span());
      row.set_most(limit.most());
      row.set_taken(taken);
      if (!limit.off()) row.set_free(limit.most() - taken);
    }
  }
  return rows;
}

std::vector<v1::DistrictQuota> PlaceBook::DistrictsOf(const std::string& place,
                                                      const std::string& term) const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<v1::DistrictQuota> rows;
  auto it = places_.find(place);
  if (it == places_.end()) return rows;
  for (const auto& [thing, district] : districts_) {
    const std::vector<std::string> parts = absl::StrSplit(thing, absl::MaxSplits('/', 2));
    if (parts.size() < 3 || parts[2] != place) continue;
    for (const domain::record::TermTaken& taken : district.head().terms()) {
      if (taken.term() != term) continue;
      v1::DistrictQuota& row = rows.emplace_back();
      row.set_district(absl::StrCat("districts/", parts[1]));
      row.set_term(term);
      row.set_most(it->second.head->district_visits());
      row.set_taken(taken.taken());
      row.set_free(row.most() == 0 ? 0 : row.most() - taken.taken());
    }
  }
  return rows;
}

std::optional<PlaceBook::Times> PlaceBook::TimesOf(absl::string_view session) const {
  absl::ReaderMutexLock lock(&mutex_);
  if (sessions_.empty()) return std::nullopt;
  auto it = sessions_.find(session);
  if (it == sessions_.end()) return std::nullopt;
  return Times{it->second.place, it->second.visitors.start, it->second.visitors.until};
}

int32_t PlaceBook::InsideBeside(const std::string& place, absl::string_view except, absl::Time now) const {
  absl::ReaderMutexLock lock(&mutex_);
  int32_t heads = 0;
  auto it = places_.find(place);
  if (it == places_.end()) return heads;
  const auto& all = it->second.sessions;
  for (auto at = all.lower_bound({domain::DayNumber(now) - 2, ""}); at != all.end(); ++at) {
    if (at->first > domain::DayNumber(now) + 1) break;
    if (at->second != except) heads += sessions_.at(at->second).visitors.inside;
  }
  return heads;
}

std::vector<domain::Visitors> PlaceBook::VisitorsOf(const std::string& place, absl::Time from,
                                                    absl::Time to) const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<domain::Visitors> visitors;
  auto it = places_.find(place);
  if (it == places_.end()) return visitors;
  // A sitting is over within a day, and who is inside some time after it is not any more.
  const auto& all = it->second.sessions;
  for (auto at = all.lower_bound({domain::DayNumber(from) - 2, ""}); at != all.end(); ++at) {
    if (at->first > domain::DayNumber(to)) break;
    const Session& session = sessions_.at(at->second);
    const bool now = session.visitors.inside > 0;
    if (now || (session.visitors.coming > 0 && session.start < to && session.visitors.until > from))
      visitors.push_back(session.visitors);
  }
  return visitors;
}

}  // namespace kepu::event
