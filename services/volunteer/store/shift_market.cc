#include "services/volunteer/store/shift_market.h"

#include <algorithm>
#include <cstdlib>

#include "absl/hash/hash.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "libs/travel/travel.h"

namespace kepu::volunteer {
namespace {

using domain::Rules;
using domain::Stretch;

// Under one lock: some tens of microseconds.
constexpr size_t kOffersAtOnce = 256;
constexpr size_t kPersonsAtOnce = 1024;
// Forgotten at each fact: more than facts can add.
constexpr size_t kForgottenAtOnce = 16;
// An assignment of last week may touch one of this week; nothing older counts for what is ahead.
constexpr absl::Duration kKept = absl::Hours(24 * 8);
constexpr size_t kTimeDigits = 17;

uint64_t Hash(absl::string_view text) { return absl::Hash<absl::string_view>()(text); }

std::string AfterOf(int64_t start_us, absl::string_view id) {
  return absl::StrCat(absl::StrFormat("%0*d", kTimeDigits, start_us), id);
}

travel::Place ToPlace(absl::string_view name, const v1::Whereabouts& where) {
  return {std::string(name), where.location().latitude(), where.location().longitude(), where.main_urban()};
}

bool Has(const google::protobuf::RepeatedPtrField<std::string>& list, const std::string& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

}  // namespace

Stretch ShiftMarket::Assignment::ToStretch() const {
  return {start_us, end_us, domain::DayNumber(start_us), place->name,
          place->where ? &*place->where : nullptr};
}

// --- feeding

void ShiftMarket::AddToDistrict(const v1::Whereabouts& where) {
  District& district = districts_[where.district()];
  district.latitudes += where.location().latitude();
  district.longitudes += where.location().longitude();
  ++district.places;
  auto middle = std::make_unique<KnownPlace>();
  middle->name = where.district();
  middle->where = where;
  middle->where->mutable_location()->set_latitude(district.latitudes / district.places);
  middle->where->mutable_location()->set_longitude(district.longitudes / district.places);
  district.middle = middle.get();
  middles_.push_back(std::move(middle));
}

const ShiftMarket::KnownPlace* ShiftMarket::PlaceFor(const std::string& name, const v1::Whereabouts* where) {
  std::string key = name;
  if (where != nullptr) absl::StrAppend(&key, " ", where->SerializeAsString());
  std::unique_ptr<const KnownPlace>& known = places_[key];
  if (known == nullptr) {
    auto place = std::make_unique<KnownPlace>();
    place->name = name;
    if (where != nullptr) place->where = *where;
    if (where != nullptr && !where->district().empty()) AddToDistrict(*where);
    known = std::move(place);
  }
  return known.get();
}

const domain::SharedNeeds* ShiftMarket::NeedsFor(const v1::Requirements& requirements) {
  std::unique_ptr<const domain::SharedNeeds>& known = needs_[requirements.SerializeAsString()];
  if (known == nullptr) {
    const auto number = static_cast<uint32_t>(needs_.size() - 1);
    known = std::make_unique<const domain::SharedNeeds>(domain::SharedNeeds{number, requirements});
  }
  return known.get();
}

ShiftMarket::Person& ShiftMarket::PersonFor(absl::string_view id) {
  std::unique_ptr<Person>& person = persons_[id];
  if (person == nullptr) {
    person = std::make_unique<Person>();
    person->id = std::string(id);
    in_turn_.push_back(person.get());
  }
  return *person;
}

void ShiftMarket::Keep(const domain::record::PersonHead& head) {
  Person& person = PersonFor(head.id());
  domain::record::PersonHead kept = head;
  kept.clear_keeping();
  person.head = kept.SerializeAsString();
  person.offered = head.availability().offered();
}

void ShiftMarket::Show(const domain::record::ShiftHead& head) {
  absl::MutexLock lock(&mutex_);
  if (auto it = starts_.find(head.id()); it != starts_.end() && it->second != head.start_us()) {
    offers_.erase({it->second, head.id()});
    starts_.erase(it);
  }
  if (head.state() != v1::Shift::OPEN) {
    offers_.erase({head.start_us(), head.id()});
    starts_.erase(head.id());
    return;
  }
  Offer& offer = offers_[{head.start_us(), head.id()}];
  starts_[head.id()] = head.start_us();
  offer.place = PlaceFor(head.place(), head.has_whereabouts() ? &head.whereabouts() : nullptr);
  offer.at = {head.start_us(), head.end_us(), domain::DayNumber(head.start_us()), offer.place->name,
              offer.place->where ? &*offer.place->where : nullptr};
  offer.needs = NeedsFor(head.requirements());
  offer.role = head.role_name();
  offer.purpose = Hash(domain::ShiftName(head.id()));
  offer.needed = head.needed();
  offer.taken = domain::Taken(head);
  offer.held = head.claims_held();
  offer.mode = head.sign_up_mode();
  offer.trainee_needs = nullptr;
  if (head.trainees() >= head.trainee_places()) return;
  v1::Requirements rest = head.requirements();
  rest.clear_courses();
  offer.trainee_needs = NeedsFor(rest);
}

void ShiftMarket::Show(const domain::record::PersonHead& head) {
  absl::MutexLock lock(&mutex_);
  Keep(head);
}

void ShiftMarket::Load(const domain::Person& person) {
  absl::MutexLock lock(&mutex_);
  Keep(person.head());
  Person& known = PersonFor(person.head().id());
  known.assignments.clear();
  for (const auto& [field, child] : person.children()) {
    if (!child || !child->has_week()) continue;
    for (const domain::record::Assignment& one : child->week().assignments()) {
      const v1::Whereabouts* where = one.has_whereabouts() ? &one.whereabouts() : nullptr;
      known.assignments.push_back({Hash(one.claim_id()), Hash(one.purpose()), one.start_us(), one.end_us(),
                                   PlaceFor(one.place(), where)});
    }
  }
}

void ShiftMarket::Fold(absl::string_view person, const domain::record::PersonClaimed& claimed) {
  const reservation::v1::ClaimFact& fact = claimed.claim();
  const uint64_t claim = Hash(fact.claim_id());
  absl::MutexLock lock(&mutex_);
  std::vector<Assignment>& assignments = PersonFor(person).assignments;
  if (fact.has_ended() || fact.has_forgotten()) {
    assignments.erase(std::remove_if(assignments.begin(), assignments.end(),
                                     [&](const Assignment& one) { return one.claim == claim; }),
                      assignments.end());
  }
  if (!fact.has_tried()) return;
  const reservation::v1::Demand& demand = fact.tried().demand();
  const auto duty = domain::DutyOf(demand);
  const v1::Whereabouts* where = duty.ok() && duty->has_whereabouts() ? &duty->whereabouts() : nullptr;
  assignments.push_back({claim, Hash(demand.purpose()), calendar::MicrosOf(demand.start_time()),
                         calendar::MicrosOf(demand.end_time()), PlaceFor(demand.place(), where)});
}

void ShiftMarket::Pass(absl::Time now) {
  const int64_t gone_us = absl::ToUnixMicros(now - kKept);
  absl::MutexLock lock(&mutex_);
  for (size_t i = 0; i < kForgottenAtOnce && !offers_.empty(); ++i) {
    auto first = offers_.begin();
    if (first->first.first >= gone_us) break;
    starts_.erase(first->first.second);
    offers_.erase(first);
  }
  for (size_t i = 0; i < kForgottenAtOnce && !in_turn_.empty(); ++i) {
    turn_ = (turn_ + 1) % in_turn_.size();
    std::vector<Assignment>& assignments = in_turn_[turn_]->assignments;
    const auto gone = [&](const Assignment& one) { return one.end_us < gone_us; };
    const auto kept = std::remove_if(assignments.begin(), assignments.end(), gone);
    if (kept == assignments.end()) continue;
    assignments.erase(kept, assignments.end());
    assignments.shrink_to_fit();
  }
}

// --- reading

void ShiftMarket::Scan(const ShiftQuery& query,
                       const std::function<bool(const Key&, const Offer&)>& visit) const {
  // What starts now has started.
  Key next{std::max(query.from_us, query.now_us + 1), ""};
  if (query.after.size() > kTimeDigits) {
    int64_t start_us = 0;
    if (!absl::SimpleAtoi(query.after.substr(0, kTimeDigits), &start_us)) return;
    next = std::max(next, Key{start_us, query.after.substr(kTimeDigits)});
  }
  for (bool first = true;; first = false) {
    absl::ReaderMutexLock lock(&mutex_);
    auto it = first && query.after.empty() ? offers_.lower_bound(next) : offers_.upper_bound(next);
    for (size_t seen = 0; seen < kOffersAtOnce; ++seen, ++it) {
      if (it == offers_.end() || (query.until_us != 0 && it->first.first >= query.until_us)) return;
      if (seen + 1 == kOffersAtOnce) next = it->first;
      const Offer& offer = it->second;
      if (!query.place.empty() && offer.place->name != query.place) continue;
      if (!query.district.empty() &&
          (offer.at.where == nullptr || offer.at.where->district() != query.district))
        continue;
      if (!query.role.empty() && offer.role != query.role) continue;
      if (!query.language.empty() && !Has(offer.needs->requirements.languages(), query.language)) continue;
      if (!visit(it->first, offer)) return;
    }
  }
}

std::optional<ShiftMarket::Person> ShiftMarket::CopyOf(absl::string_view person) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = persons_.find(person);
  if (it == persons_.end() || it->second->head.empty()) return std::nullopt;
  return *it->second;
}

const ShiftMarket::KnownPlace* ShiftMarket::MiddleOf(const std::string& district) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = districts_.find(district);
  return it == districts_.end() ? nullptr : it->second.middle;
}

// One volunteer's search.
class ShiftMarket::Seeker {
 public:
  Seeker(const Person& person, const KnownPlace* home, domain::record::PersonHead head, domain::Age age,
         const ShiftQuery& query, const Rules& rules)
      : home_(home),
        head_(std::move(head)),
        age_(age),
        query_(query),
        rules_(rules),
        suiting_(head_, age_, rules) {
    for (const Assignment& one : person.assignments) {
      taken_.push_back(one.ToStretch());
      purposes_.push_back(one.purpose);
    }
  }

  // False: what follows needs not be seen.
  bool See(const Key& key, const Offer& offer) {
    const absl::string_view reason = WhyHidden(offer);
    if (!reason.empty()) {
      if (query_.count) Count(reason);
      return true;
    }
    if (found_.rows.size() == query_.limit) {
      if (found_.next_after.empty()) found_.next_after = last_;
      ++found_.total;
      return query_.count;
    }
    ++found_.total;
    last_ = AfterOf(key.first, key.second);
    found_.rows.push_back(RowOf(key.second, offer));
    return true;
  }

  FoundShifts Finish() {
    std::stable_sort(found_.hidden.begin(), found_.hidden.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return std::move(found_);
  }

 private:
  // In the order in which a sign-up comes upon them.
  absl::string_view WhyHidden(const Offer& offer) {
    if (std::find(purposes_.begin(), purposes_.end(), offer.purpose) != purposes_.end())
      return "ALREADY_SIGNED_UP";
    as_trainee_ = LearnsIt(offer);
    if (!as_trainee_ && offer.taken >= offer.needed)
      return offer.taken - offer.held >= offer.needed ? "SHIFT_FULL" : "SHIFT_HELD";
    if (offer.mode == v1::INVITATION) return "INVITATION_NEEDED";
    if (head_.stopped_until_us() > query_.now_us) return "VOLUNTEER_STOPPED";
    if (!as_trainee_) {
      const std::string& lacking = suiting_.WhyNot(*offer.needs, offer.at.start_us, offer.at.end_us);
      if (!lacking.empty()) return lacking;
    }
    switch (domain::FindObstacle(taken_, offer.at, rules_).kind) {
      case domain::Obstacle::kNone:
        return "";
      case domain::Obstacle::kOverlaps:
        return "OVERLAPS";
      default:
        return "TOO_MANY_HOURS";
    }
  }

  // Lacks what training gives, and nothing else.
  bool LearnsIt(const Offer& offer) {
    if (offer.trainee_needs == nullptr) return false;
    const auto suits = [&](const domain::SharedNeeds& needs) {
      return suiting_.WhyNot(needs, offer.at.start_us, offer.at.end_us).empty();
    };
    return suits(*offer.trainee_needs) && !suits(*offer.needs);
  }

  void Count(absl::string_view reason) {
    for (auto& [known, count] : found_.hidden)
      if (known == reason) return static_cast<void>(++count);
    found_.hidden.emplace_back(reason, 1);
  }

  FoundRow RowOf(const std::string& id, const Offer& offer) const {
    FoundRow row;
    row.shift = id;
    row.needs_approval = offer.mode == v1::APPROVAL;
    row.as_trainee = as_trainee_;
    Stretch from;
    if (home_ != nullptr) {
      from.place = home_->name;
      from.where = &*home_->where;
    }
    int64_t latest_us = -1;
    for (const Stretch& one : taken_) {
      if (one.day != offer.at.day || one.start_us >= offer.at.start_us || one.start_us <= latest_us) continue;
      latest_us = one.start_us;
      from = one;
    }
    if (from.place.empty() || from.where == nullptr || offer.at.where == nullptr) return row;
    row.way_from = std::string(from.place);
    row.way = domain::WayBetween(from, offer.at, rules_);
    row.distance_km =
        travel::GreatCircleKm(ToPlace(from.place, *from.where), ToPlace(offer.at.place, *offer.at.where));
    return row;
  }

  const KnownPlace* const home_;
  const domain::record::PersonHead head_;
  const domain::Age age_;
  const ShiftQuery& query_;
  const Rules& rules_;
  domain::Suiting suiting_;
  std::vector<Stretch> taken_;
  std::vector<uint64_t> purposes_;
  std::string last_;
  // Of the offer that was looked at last.
  bool as_trainee_ = false;
  FoundShifts found_;
};

absl::StatusOr<FoundShifts> ShiftMarket::Find(absl::string_view person, const ShiftQuery& query,
                                              const Rules& rules, const AgeOf& age_of) const {
  const std::optional<Person> known = CopyOf(person);
  if (!known) {
    return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", absl::StrCat("volunteers/", person)}});
  }
  domain::record::PersonHead head;
  if (!head.ParseFromString(known->head)) std::abort();
  const domain::Age age = age_of(head);
  const KnownPlace* home = MiddleOf(head.district());
  Seeker seeker(*known, home, std::move(head), age, query, rules);
  Scan(query, [&](const Key& key, const Offer& offer) { return seeker.See(key, offer); });
  return seeker.Finish();
}

domain::MatchTask::Shift ShiftMarket::ToShift(const std::string& id, const Offer& offer) {
  return {id,
          offer.at,
          std::max(0, offer.needed - offer.taken),
          offer.role,
          offer.at.where == nullptr ? "" : offer.at.where->district(),
          offer.needs};
}

std::optional<domain::MatchTask::Shift> ShiftMarket::Look(absl::string_view shift) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto start = starts_.find(shift);
  if (start == starts_.end()) return std::nullopt;
  return ToShift(start->first, offers_.at({start->second, start->first}));
}

std::optional<domain::record::PersonHead> ShiftMarket::HeadOf(absl::string_view person) const {
  const std::optional<Person> known = CopyOf(person);
  domain::record::PersonHead head;
  if (!known || !head.ParseFromString(known->head)) return std::nullopt;
  return head;
}

domain::MatchTask::Volunteer ShiftMarket::ToVolunteer(Person person, const AgeOf& age_of) const {
  domain::MatchTask::Volunteer volunteer;
  if (!volunteer.head.ParseFromString(person.head)) std::abort();
  volunteer.id = std::move(person.id);
  volunteer.age = age_of(volunteer.head);
  for (const Assignment& one : person.assignments) volunteer.taken.push_back(one.ToStretch());
  if (const KnownPlace* home = MiddleOf(volunteer.head.district())) {
    volunteer.home.place = home->name;
    volunteer.home.where = &*home->where;
  }
  return volunteer;
}

std::optional<domain::MatchTask::Volunteer> ShiftMarket::VolunteerFor(absl::string_view person,
                                                                      const AgeOf& age_of) const {
  std::optional<Person> known = CopyOf(person);
  if (!known) return std::nullopt;
  return ToVolunteer(*std::move(known), age_of);
}

domain::MatchTask ShiftMarket::TaskFor(const ShiftQuery& query, const std::vector<std::string>& only,
                                       const AgeOf& age_of) const {
  domain::MatchTask task;
  task.now_us = query.now_us;
  Scan(query, [&](const Key& key, const Offer& offer) {
    if (offer.taken >= offer.needed) return true;
    task.shifts.push_back(ToShift(key.second, offer));
    return query.limit == 0 || task.shifts.size() < query.limit;
  });
  std::vector<Person> offered;
  for (const std::string& id : only) {
    std::optional<Person> known = CopyOf(id);
    if (known && known->offered) offered.push_back(*std::move(known));
  }
  for (size_t from = 0; only.empty(); from += kPersonsAtOnce) {
    absl::ReaderMutexLock lock(&mutex_);
    if (from >= in_turn_.size()) break;
    for (size_t i = from; i < std::min(from + kPersonsAtOnce, in_turn_.size()); ++i)
      if (in_turn_[i]->offered) offered.push_back(*in_turn_[i]);
  }
  for (Person& person : offered) {
    domain::MatchTask::Volunteer volunteer = ToVolunteer(std::move(person), age_of);
    if (volunteer.head.stopped_until_us() <= query.now_us) task.volunteers.push_back(std::move(volunteer));
  }
  std::sort(task.volunteers.begin(), task.volunteers.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  const auto twice = std::unique(task.volunteers.begin(), task.volunteers.end(),
                                 [](const auto& a, const auto& b) { return a.id == b.id; });
  task.volunteers.erase(twice, task.volunteers.end());
  return task;
}

}  // namespace kepu::volunteer
