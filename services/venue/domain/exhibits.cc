#include "services/venue/domain/exhibits.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/exhibit_claims.h"
#include "services/venue/domain/find.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/state.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using log::v1::ComingCustodies;
using log::v1::ExhibitChild;
using log::v1::ExhibitFact;
using refusal::kNo;

// How far around a wish a free time is looked for.
constexpr absl::Duration kAlternativesReach = absl::Hours(24 * 366);

std::string CustodyField(absl::string_view custody) { return absl::StrCat("u/", custody); }

bool IsName(absl::string_view pattern, const std::string& name) {
  return names::Parse("name", pattern, name).ok();
}

absl::Status CheckExhibit(const v1::Exhibit& exhibit) {
  refusal::FieldErrors errors;
  if (exhibit.display_name().zh().empty()) errors.Add("exhibit.display_name.zh", "is required");
  if (exhibit.kind() == v1::Exhibit::KIND_UNSPECIFIED) errors.Add("exhibit.kind", "is required");
  if (!IsName("venues/*", exhibit.owner()))
    errors.Add("exhibit.owner", "must be a name of the form venues/*");
  if (!exhibit.alliance().empty() && !IsName("alliances/*", exhibit.alliance()))
    errors.Add("exhibit.alliance", "must be a name of the form alliances/*");
  const absl::Duration handling = ToDuration(exhibit.handling_duration());
  if (handling < absl::ZeroDuration() || handling > kMaxHandling)
    errors.Add("exhibit.handling_duration", "must be at most 30 days");
  return errors.ToStatus();
}

// What a custody of the kind may name as its place.
bool PlaceFits(const v1::Custody& custody) {
  const std::string& place = custody.place();
  const bool venue = IsName("venues/*", place) || IsName("venues/*/spaces/*", place) ||
                     IsName("venues/*/exhibitions/*", place);
  switch (custody.kind()) {
    case v1::Custody::TRAVELLING:
      return IsName("caravans/*", place);
    case v1::Custody::LOAN:
      return place.empty() || venue;
    case v1::Custody::ON_SHOW:
      return venue || IsName("caravans/*", place);
    default:
      return place.empty() || venue;
  }
}

absl::Status CheckCustody(const v1::Custody& custody, absl::Time now) {
  refusal::FieldErrors errors;
  const Interval stay{ToTime(custody.start_time()), ToTime(custody.end_time())};
  if (custody.kind() == v1::Custody::KIND_UNSPECIFIED) errors.Add("custody.kind", "is required");
  if (stay.empty() || stay.length() > kMaxCustody)
    errors.Add("custody.end_time", "must be after the start, at most three years");
  if (stay.end <= now) errors.Add("custody.end_time", "must not be past");
  if (stay.start > now + kMaxCustody) errors.Add("custody.start_time", "must be within three years");
  if (custody.place().empty() == custody.partner().zh().empty()) {
    errors.Add("custody.place", "give a place or a partner, one of the two");
  } else if (!PlaceFits(custody)) {
    errors.Add("custody.place", custody.kind() == v1::Custody::TRAVELLING
                                    ? "of one that travels must be caravans/*"
                                    : "must be a venue, or a space or exhibition of one");
  }
  return errors.ToStatus();
}

Interval StayOf(const ComingCustodies::Item& item) {
  return {absl::FromUnixMicros(item.start_us()), absl::FromUnixMicros(item.end_us())};
}

std::string Named(const std::optional<Interval>& free) { return free ? LocalText(free->start) : "-"; }

absl::Status Elsewhere(const v1::Exhibit& exhibit, const ComingCustodies& coming,
                       const ComingCustodies::Item& first, const Interval& wish, absl::Duration handling,
                       absl::Time now) {
  calendar::IntervalSet taken;
  for (const auto& item : coming.items()) taken.Insert(StayOf(item), item.id());
  const calendar::Buffers apart{handling, handling};
  const auto after =
      taken.FirstFit({wish.start, wish.end + kAlternativesReach}, wish.length(), apart, absl::Hours(1));
  const auto before = taken.LastFit({std::max(now + handling, wish.start - kAlternativesReach), wish.end},
                                    wish.length(), apart, absl::Hours(1));
  return refusal::Refuse(kNo, "EXHIBIT_ELSEWHERE",
                         {{"exhibit", exhibit.name()},
                          {"in_the_way", CustodyName(IdOf(exhibit.name()), first.id())},
                          {"place", first.place().empty() ? "-" : first.place()},
                          {"start", LocalText(StayOf(first).start)},
                          {"end", LocalText(StayOf(first).end)},
                          {"before", Named(before)},
                          {"after", Named(after)}});
}

}  // namespace

std::string ExhibitName(absl::string_view exhibit) { return absl::StrCat("exhibits/", exhibit); }
std::string CustodyName(absl::string_view exhibit, absl::string_view custody) {
  return absl::StrCat("exhibits/", exhibit, "/custodies/", custody);
}

bool SamePlace(absl::string_view a, absl::string_view b) {
  const auto root = [](absl::string_view name) {
    const size_t slash = name.find('/', name.find('/') + 1);
    return slash == absl::string_view::npos ? name : name.substr(0, slash);
  };
  return !a.empty() && root(a) == root(b);
}

absl::StatusOr<const v1::Exhibit*> FindExhibit(const ExhibitState& state, absl::string_view exhibit) {
  return FindIn(state, kInfoField, ExhibitName(exhibit), &ExhibitChild::has_exhibit, &ExhibitChild::exhibit);
}

absl::StatusOr<const v1::Custody*> FindCustody(const ExhibitState& state, absl::string_view exhibit,
                                               absl::string_view custody) {
  return FindIn(state, CustodyField(custody), CustodyName(exhibit, custody), &ExhibitChild::has_custody,
                &ExhibitChild::custody);
}

absl::StatusOr<ExhibitFacts> DecideCreateExhibit(const ExhibitState& state, absl::string_view id,
                                                 v1::Exhibit exhibit, absl::Time now) {
  StampNew(exhibit, ExhibitName(id), now);
  if (state.Exists())
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", exhibit.name()}});
  if (absl::Status status = CheckExhibit(exhibit); !status.ok()) return status;
  if (exhibit.state() == v1::Exhibit::STATE_UNSPECIFIED) exhibit.set_state(v1::Exhibit::ACTIVE);
  ExhibitFacts facts;
  *facts.emplace_back().mutable_exhibit_put() = std::move(exhibit);
  return facts;
}

absl::StatusOr<ExhibitFacts> DecideUpdateExhibit(const ExhibitState& state, absl::string_view id,
                                                 const std::string& etag, const Edit<v1::Exhibit>& edit,
                                                 absl::Time now) {
  auto found = FindExhibit(state, id);
  if (!found.ok()) return found.status();
  const v1::Exhibit& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  v1::Exhibit exhibit = edit(base);
  // Whose it is decides who may change it; it is handed over by making it anew there.
  if (exhibit.owner() != base.owner())
    return refusal::BadField("exhibit.owner", "cannot be changed; retire it here and make it anew there");
  StampChanged(exhibit, base, now);
  if (exhibit.state() == v1::Exhibit::STATE_UNSPECIFIED) exhibit.set_state(base.state());
  if (absl::Status status = CheckExhibit(exhibit); !status.ok()) return status;
  if (absl::Status status = CheckKeepsClaims(state, base, exhibit, now); !status.ok()) return status;
  ExhibitFacts facts;
  *facts.emplace_back().mutable_exhibit_put() = std::move(exhibit);
  return facts;
}

absl::StatusOr<ExhibitFacts> DecideCreateCustody(const ExhibitState& state, absl::string_view exhibit_id,
                                                 absl::string_view id, v1::Custody custody, absl::Time now) {
  if (absl::Status status = CheckCustody(custody, now); !status.ok()) return status;
  auto exhibit = FindExhibit(state, exhibit_id);
  auto coming = state.Find(kComingField);
  if (!exhibit.ok()) return exhibit.status();
  if (!coming.ok()) return coming.status();
  if ((*exhibit)->state() == v1::Exhibit::RETIRED)
    return refusal::Refuse(kNo, "EXHIBIT_RETIRED", {{"exhibit", (*exhibit)->name()}});
  const Interval wish{ToTime(custody.start_time()), ToTime(custody.end_time())};
  const absl::Duration handling = ToDuration((*exhibit)->handling_duration());
  if (*coming != nullptr) {
    int live = 0;
    for (const auto& item : (*coming)->coming().items()) {
      const absl::Duration gap = SamePlace(item.place(), custody.place()) ? absl::ZeroDuration() : handling;
      if (StayOf(item).Overlaps({wish.start - gap, wish.end + gap}))
        return Elsewhere(**exhibit, (*coming)->coming(), item, wish, handling, now);
      live += StayOf(item).end > now;
    }
    if (live >= kMaxComingCustodies)
      return refusal::Refuse(kNo, "TOO_MANY_CUSTODIES",
                             {{"exhibit", (*exhibit)->name()}, {"max", absl::StrCat(kMaxComingCustodies)}});
  }
  if (absl::Status status = CheckUnclaimed(state, **exhibit, custody); !status.ok()) return status;
  custody.set_name(CustodyName(exhibit_id, id));
  custody.set_state(v1::Custody::ACTIVE);
  *custody.mutable_create_time() = ToTimestamp(now);
  *custody.mutable_update_time() = custody.create_time();
  ExhibitFacts facts;
  *facts.emplace_back().mutable_custody_made() = std::move(custody);
  return facts;
}

absl::StatusOr<ExhibitFacts> DecideEndCustody(const ExhibitState& state, absl::string_view exhibit,
                                              absl::string_view id, std::optional<absl::Time> end,
                                              absl::Time now) {
  auto custody = FindCustody(state, exhibit, id);
  auto coming = state.Find(kComingField);
  if (!custody.ok()) return custody.status();
  if (!coming.ok()) return coming.status();
  const Interval stay{ToTime((*custody)->start_time()), ToTime((*custody)->end_time())};
  if ((*custody)->state() == v1::Custody::ENDED || stay.end <= now)
    return refusal::Refuse(kNo, "CUSTODY_ENDED", {{"name", (*custody)->name()}});
  const absl::Time until = end.value_or(std::max(now, stay.start));
  if (until > stay.end || until < stay.start || (end && until < now))
    return refusal::BadField("end_time", "must lie between now and the end it has, and not before its start");
  ExhibitFacts facts;
  log::v1::CustodyEnded& ended = *facts.emplace_back().mutable_custody_ended();
  ended.set_id(std::string(id));
  ended.set_end_us(absl::ToUnixMicros(until));
  ended.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

const v1::Custody* CustodyAt(const ExhibitState& state, absl::Time time) {
  for (const auto& [field, child] : state.children()) {
    if (!child || !child->has_custody()) continue;
    const v1::Custody& custody = child->custody();
    if (ToTime(custody.start_time()) <= time && time < ToTime(custody.end_time())) return &custody;
  }
  return nullptr;
}

absl::Status CheckPlaced(const ExhibitState& state, absl::string_view venue, const Interval& time) {
  const std::string house = VenueName(venue);
  std::vector<Interval> there;
  for (const auto& [field, child] : state.children()) {
    if (!child || !child->has_custody() || !SamePlace(child->custody().place(), house)) continue;
    there.push_back({ToTime(child->custody().start_time()), ToTime(child->custody().end_time())});
  }
  std::sort(there.begin(), there.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  const std::vector<Interval> missing = calendar::Subtract(time, there);
  if (missing.empty()) return absl::OkStatus();
  const v1::Custody* instead = CustodyAt(state, missing.front().start);
  return refusal::Refuse(kNo, "EXHIBIT_NOT_PLACED",
                         {{"exhibit", ExhibitName(state.head().id())},
                          {"venue", house},
                          {"start", LocalText(missing.front().start)},
                          {"end", LocalText(missing.front().end)},
                          {"place", instead == nullptr ? "-" : instead->place()}});
}

namespace {

absl::Status Make(ExhibitState& state, const v1::Custody& custody) {
  const std::string id(IdOf(custody.name()));
  if (state.Mutable(kComingField) == nullptr) state.Put(kComingField, ExhibitChild());
  auto& items = *state.Mutable(kComingField)->mutable_coming()->mutable_items();
  const int64_t now_us = absl::ToUnixMicros(ToTime(custody.create_time()));
  // Those that are over leave when the next one comes; the time to move from the last place is still asked
  // for.
  items.erase(std::remove_if(items.begin(), items.end(),
                             [&](const auto& item) {
                               return absl::FromUnixMicros(item.end_us()) + kMaxHandling <=
                                      absl::FromUnixMicros(now_us);
                             }),
              items.end());
  ComingCustodies::Item* item = items.Add();
  item->set_id(id);
  item->set_start_us(absl::ToUnixMicros(ToTime(custody.start_time())));
  item->set_end_us(absl::ToUnixMicros(ToTime(custody.end_time())));
  item->set_place(custody.place());
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.start_us() < b.start_us(); });
  ExhibitChild child;
  *child.mutable_custody() = custody;
  state.Put(CustodyField(id), std::move(child));
  return absl::OkStatus();
}

absl::Status End(ExhibitState& state, const log::v1::CustodyEnded& fact) {
  ExhibitChild* child = state.Mutable(CustodyField(fact.id()));
  ExhibitChild* coming = state.Mutable(kComingField);
  if (child == nullptr || coming == nullptr) return absl::InternalError("fact without its custody");
  v1::Custody& custody = *child->mutable_custody();
  custody.set_state(v1::Custody::ENDED);
  *custody.mutable_end_time() = ToTimestamp(absl::FromUnixMicros(fact.end_us()));
  *custody.mutable_update_time() = ToTimestamp(absl::FromUnixMicros(fact.time_us()));
  auto& items = *coming->mutable_coming()->mutable_items();
  for (auto& item : items)
    if (item.id() == fact.id()) item.set_end_us(fact.end_us());
  // One that was called off before it began is nowhere.
  items.erase(std::remove_if(items.begin(), items.end(),
                             [](const auto& item) { return item.end_us() <= item.start_us(); }),
              items.end());
  return absl::OkStatus();
}

}  // namespace

absl::Status Apply(ExhibitState& state, const ExhibitFact& fact) {
  switch (fact.kind_case()) {
    case ExhibitFact::kExhibitPut: {
      state.mutable_head().set_id(std::string(IdOf(fact.exhibit_put().name())));
      ExhibitChild child;
      *child.mutable_exhibit() = fact.exhibit_put();
      state.Put(kInfoField, std::move(child));
      return absl::OkStatus();
    }
    case ExhibitFact::kCustodyMade:
      return Make(state, fact.custody_made());
    case ExhibitFact::kCustodyEnded:
      return End(state, fact.custody_ended());
    case ExhibitFact::kClaimChanged:
      return ChangeClaim(state, fact.claim_changed());
    case ExhibitFact::kEndsForgotten:
      ForgetClaims(state, fact.ends_forgotten());
      return absl::OkStatus();
    case ExhibitFact::KIND_NOT_SET:
      break;
  }
  return absl::InternalError("no fact of an exhibit");
}

}  // namespace kepu::venue
