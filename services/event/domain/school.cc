#include "services/event/domain/school.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/keeping.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;
using reservation::v1::Claim;
using reservation::v1::Demand;

// The term whose quota is taken of; empty: none.
std::string QuotaOf(const SchoolRules& rules, const Demand& demand) {
  if (absl::StartsWith(demand.part(), kRoomPart)) return "";
  return TermOf(rules, calendar::FromProto(demand.start_time()));
}

int TakenOf(const record::SchoolHead& head, absl::string_view term) {
  for (const record::TermTaken& taken : head.terms()) {
    if (taken.term() == term) return taken.taken();
  }
  return 0;
}

// What the class does around a time; NotLoaded after asking for all of it.
absl::StatusOr<std::vector<record::ClassTime>> TimesAround(const School& school,
                                                           absl::string_view school_class, absl::Time start,
                                                           absl::Time end, absl::Duration gap) {
  std::vector<record::ClassTime> times;
  absl::Status missing;
  const std::set<std::string> fields = {PageField(school_class, start - kLongestCamp - gap),
                                        PageField(school_class, start), PageField(school_class, end + gap)};
  for (const std::string& field : fields) {
    auto child = school.Find(field);
    if (!child.ok()) {
      missing = child.status();
    } else if (*child != nullptr) {
      times.insert(times.end(), (*child)->page().times().begin(), (*child)->page().times().end());
    }
  }
  if (!missing.ok()) return missing;
  return times;
}

bool Meet(const record::ClassTime& a, const record::ClassTime& b, const SchoolRules& rules) {
  return TooClose({a.place(), a.start_us(), a.end_us()}, {b.place(), b.start_us(), b.end_us()},
                  rules.class_gap);
}

record::ClassTime TimeOf(absl::string_view claim_id, const Demand& demand) {
  record::ClassTime time;
  time.set_claim_id(std::string(claim_id));
  time.set_start_us(absl::ToUnixMicros(calendar::FromProto(demand.start_time())));
  time.set_end_us(absl::ToUnixMicros(calendar::FromProto(demand.end_time())));
  time.set_place(demand.place());
  time.set_purpose(demand.purpose());
  return time;
}

void Count(School& school, const std::string& term, int difference) {
  if (term.empty()) return;
  auto& terms = *school.mutable_head().mutable_terms();
  auto it = std::find_if(terms.begin(), terms.end(),
                         [&](const record::TermTaken& taken) { return taken.term() == term; });
  if (it == terms.end()) {
    terms.Add()->set_term(term);
    it = terms.end() - 1;
  }
  it->set_taken(it->taken() + difference);
  if (it->taken() == 0) terms.erase(it);
}

void Enter(School& school, const std::string& page, const Claim& claim) {
  if (page.empty()) return;
  const record::SchoolChild* known = school.Mutable(page);
  record::SchoolChild child = known != nullptr ? *known : record::SchoolChild();
  *child.mutable_page()->add_times() = TimeOf(claim.claim_id(), claim.demand());
  school.Put(page, std::move(child));
}

absl::Status Leave(School& school, const std::string& page, const std::string& claim_id) {
  if (page.empty()) return absl::OkStatus();
  record::SchoolChild* child = school.Mutable(page);
  if (child == nullptr) return absl::InternalError("a claim's page of the class is not there");
  auto& times = *child->mutable_page()->mutable_times();
  auto it = std::find_if(times.begin(), times.end(),
                         [&](const record::ClassTime& time) { return time.claim_id() == claim_id; });
  if (it == times.end()) return absl::InternalError("a claim is not in the calendar of its class");
  times.erase(it);
  if (times.empty()) school.Erase(page);
  return absl::OkStatus();
}

}  // namespace

std::vector<Term> DemoTerms() {
  return {{"2025-autumn", absl::CivilDay(2025, 9, 1), absl::CivilDay(2026, 1, 23)},
          {"2026-spring", absl::CivilDay(2026, 3, 2), absl::CivilDay(2026, 7, 10)},
          {"2026-autumn", absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 1, 22)},
          {"2027-spring", absl::CivilDay(2027, 3, 1), absl::CivilDay(2027, 7, 9)}};
}

std::string TermOf(const SchoolRules& rules, absl::Time time) {
  const absl::CivilDay day = calendar::DayOf(time);
  for (const Term& term : rules.terms) {
    if (term.first <= day && day <= term.last) return term.id;
  }
  return absl::StrCat(day.year());
}

std::string PageField(absl::string_view school_class, absl::Time time) {
  return absl::StrCat("k/", school_class, "/", calendar::FormatDate(calendar::DayOf(time)).substr(0, 7));
}

bool TooClose(const Whereabouts& a, const Whereabouts& b, absl::Duration gap) {
  const int64_t gap_us = a.place == b.place ? 0 : absl::ToInt64Microseconds(gap);
  return a.start_us < b.end_us + gap_us && b.start_us < a.end_us + gap_us;
}

Demand SchoolDemand(const record::SessionHead& head, absl::string_view school, absl::string_view school_class,
                    int32_t pupils) {
  Demand demand;
  demand.set_thing(std::string(school));
  demand.set_kind(reservation::v1::SCHOOL);
  calendar::SetMicros(head.start_us(), demand.mutable_start_time());
  calendar::SetMicros(head.end_us(), demand.mutable_end_time());
  demand.set_amount(pupils);
  demand.set_part(std::string(school_class));
  demand.set_place(head.place());
  demand.set_purpose(NameOf(head));
  return demand;
}

Demand DistrictDemand(const record::SessionHead& head, absl::string_view thing) {
  Demand demand = SchoolDemand(head, thing, "", 1);
  // Below the school, which is tried after it.
  demand.set_kind(reservation::v1::REGISTER);
  return demand;
}

absl::Status CheckDistrictRoom(const School& visits, const Demand& demand, int most,
                               const SchoolRules& rules) {
  if (demand.kind() != reservation::v1::REGISTER || !demand.part().empty())
    return refusal::BadField("demand.kind", "visits of a district are claimed as REGISTER, without a part");
  const std::string term = TermOf(rules, calendar::FromProto(demand.start_time()));
  const int taken = TakenOf(visits.head(), term);
  if (most == 0 || taken < most) return absl::OkStatus();
  // "districtVisits/{district}/{place}"
  const std::vector<std::string> parts = absl::StrSplit(demand.thing(), absl::MaxSplits('/', 2));
  return refusal::Refuse(kNo, "DISTRICT_QUOTA_USED_UP",
                         {{"district", absl::StrCat("districts/", parts.size() > 1 ? parts[1] : "")},
                          {"place", demand.place()},
                          {"term", term},
                          {"taken", absl::StrCat(taken)},
                          {"most", absl::StrCat(most)}});
}

namespace {

// The times without those of a reservation that is taken over; NotLoaded while it is not known whose they
// are.
absl::Status LeaveOut(const School& school, const std::string& reservation,
                      std::vector<record::ClassTime>* times) {
  if (reservation.empty()) return absl::OkStatus();
  absl::Status missing;
  const auto taken_over = [&](const record::ClassTime& time) {
    auto child = school.Find(reservation::ClaimField(time.claim_id()));
    if (!child.ok()) missing = child.status();
    return child.ok() && *child != nullptr && (*child)->claim().claim().reservation() == reservation;
  };
  times->erase(std::remove_if(times->begin(), times->end(), taken_over), times->end());
  return missing;
}

}  // namespace

absl::Status CheckSchoolRoom(const School& school, const Demand& demand, const SchoolRules& rules) {
  if (demand.kind() != reservation::v1::SCHOOL)
    return refusal::BadField("demand.kind", "a school is claimed as SCHOOL");
  const absl::Time start = calendar::FromProto(demand.start_time());
  const absl::Time end = calendar::FromProto(demand.end_time());
  if (!demand.has_start_time() || !demand.has_end_time() || end <= start || end - start > kLongestCamp)
    return refusal::BadField("demand.end_time", "must come after the start, and within 14 days of it");
  std::vector<record::ClassTime> times;
  bool instead = false;
  if (!demand.part().empty()) {
    auto around = TimesAround(school, demand.part(), start, end, rules.class_gap);
    if (!around.ok()) return around.status();
    times = *std::move(around);
    const size_t all = times.size();
    if (absl::Status status = LeaveOut(school, demand.in_place_of(), &times); !status.ok()) return status;
    instead = times.size() < all;
  }
  const std::string term = QuotaOf(rules, demand);
  const int taken = TakenOf(school.head(), term);
  // A visit in place of another of the class takes nothing more of its term.
  if (!term.empty() && taken >= rules.visits_per_term && !instead) {
    return refusal::Refuse(kNo, "SCHOOL_QUOTA_USED_UP",
                           {{"school", demand.thing()},
                            {"term", term},
                            {"taken", absl::StrCat(taken)},
                            {"most", absl::StrCat(rules.visits_per_term)}});
  }
  const record::ClassTime wish = TimeOf("", demand);
  for (const record::ClassTime& other : times) {
    if (!Meet(wish, other, rules)) continue;
    absl::string_view part = demand.part();
    const bool room = absl::ConsumePrefix(&part, kRoomPart);
    return refusal::Refuse(kNo, room ? "SCHOOL_ROOM_BUSY" : "CLASS_BUSY",
                           {{"school", demand.thing()},
                            {room ? "room" : "class", std::string(part)},
                            {"with", other.purpose()},
                            {"start", calendar::UtcText(other.start_us())},
                            {"end", calendar::UtcText(other.end_us())},
                            {"gap_minutes", absl::StrCat(absl::ToInt64Minutes(rules.class_gap))}});
  }
  return absl::OkStatus();
}

absl::StatusOr<const Claim*> FindClaim(const School& school, absl::string_view claim_id) {
  auto child = school.FindOrAssumeAbsent(reservation::ClaimField(claim_id));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->claim().claim();
}

absl::StatusOr<record::Fact> ClaimedFact(const School& school, absl::string_view id,
                                         const reservation::v1::ClaimFact& claim, const SchoolRules& rules) {
  record::Fact fact;
  record::SchoolClaimed& claimed = *fact.mutable_school_claimed();
  claimed.set_school(std::string(id));
  *claimed.mutable_claim() = claim;
  auto child = school.FindOrAssumeAbsent(reservation::ClaimField(claim.claim_id()));
  if (!child.ok()) return child.status();
  std::string page;
  if (claim.has_tried()) {
    const Demand& demand = claim.tried().demand();
    const absl::Time start = calendar::FromProto(demand.start_time());
    claimed.set_term(QuotaOf(rules, demand));
    if (!demand.part().empty()) claimed.set_page(PageField(demand.part(), start));
    page = claimed.page();
  } else if (*child != nullptr) {
    page = (*child)->claim().page();
  }
  if (!page.empty()) {
    if (auto known = school.Find(page); !known.ok()) return known.status();
  }
  return fact;
}

absl::Time NextDue(const School& school) { return reservation::NextForgetting(school.head().keeping()); }

absl::StatusOr<Facts> Due(const School& school, absl::Time now) {
  auto forgotten = reservation::DecideForgetting(
      school, school.head().keeping(), now, [](const record::SchoolChild& child) { return child.filed(); },
      [&](const std::string& field) -> absl::StatusOr<bool> {
        auto child = school.Find(field);
        if (!child.ok()) return child.status();
        return reservation::MayForget(*child == nullptr ? nullptr : &(*child)->claim().claim());
      });
  if (!forgotten.ok()) return forgotten.status();
  if (!*forgotten) return Facts{};
  record::Fact fact;
  *fact.mutable_ends_forgotten() = **forgotten;
  return Facts{fact};
}

absl::Status Apply(School& school, const record::Fact& fact) {
  if (fact.has_ends_forgotten()) {
    reservation::EraseForgotten(school, school.head().keeping(), fact.ends_forgotten(),
                                reservation::Filing<record::SchoolChild>);
    reservation::FoldForgetting(*school.mutable_head().mutable_keeping(), fact.ends_forgotten());
    return absl::OkStatus();
  }
  if (!fact.has_school_claimed()) return absl::InternalError("not a fact of a school");
  const record::SchoolClaimed& claimed = fact.school_claimed();
  const std::string field = reservation::ClaimField(claimed.claim().claim_id());
  const record::SchoolChild* child = school.Mutable(field);
  record::SchoolClaim before;
  if (child != nullptr) before = child->claim();
  const Claim* known = child == nullptr ? nullptr : &before.claim();
  auto after = reservation::ApplyClaim(known, claimed.claim());
  if (!after.ok()) return after.status();
  record::SchoolHead& head = school.mutable_head();
  head.set_id(claimed.school());
  head.set_revision(head.revision() + 1);
  const bool was_live = known != nullptr && reservation::IsLive(*known);
  const bool is_live = *after && reservation::IsLive(**after);
  if (!*after) {
    school.Erase(field);
  } else {
    record::SchoolChild next;
    *next.mutable_claim()->mutable_claim() = **after;
    if (is_live) {
      next.mutable_claim()->set_term(was_live ? before.term() : claimed.term());
      next.mutable_claim()->set_page(was_live ? before.page() : claimed.page());
    }
    school.Put(field, std::move(next));
  }
  const std::optional<absl::Time> end = reservation::EndOf(claimed.claim());
  reservation::FileChild(school, head.keeping(), field, end, reservation::Filing<record::SchoolChild>);
  if (end) reservation::FileEnd(*head.mutable_keeping(), *end);
  if (is_live && !was_live) {
    Count(school, claimed.term(), 1);
    Enter(school, claimed.page(), **after);
  }
  if (!was_live || is_live) return absl::OkStatus();
  Count(school, before.term(), -1);
  return Leave(school, before.page(), claimed.claim().claim_id());
}

absl::Status CheckInvariants(const School& school, const SchoolRules& rules) {
  auto wrong = [&](absl::string_view what) {
    return absl::InternalError(absl::StrCat("schools/", school.head().id(), ": ", what));
  };
  std::map<std::string, int> taken;
  std::set<std::string> in_calendar, in_pages;
  for (const auto& [field, child] : school.children()) {
    if (!child) continue;
    if (child->has_claim() && reservation::IsLive(child->claim().claim())) {
      if (!child->claim().term().empty()) ++taken[child->claim().term()];
      if (!child->claim().page().empty()) in_calendar.insert(child->claim().claim().claim_id());
    }
    for (int i = 0; i < child->page().times_size(); ++i) {
      in_pages.insert(child->page().times(i).claim_id());
      for (int j = 0; j < i; ++j) {
        if (Meet(child->page().times(i), child->page().times(j), rules))
          return wrong(absl::StrCat("a class is in two sessions at once: ", field));
      }
    }
  }
  if (in_calendar != in_pages) return wrong("claims and calendar differ");
  if (static_cast<int>(taken.size()) != school.head().terms_size()) return wrong("terms are miscounted");
  for (const auto& [term, count] : taken) {
    if (TakenOf(school.head(), term) != count) return wrong(absl::StrCat("visits are miscounted in ", term));
    if (count > rules.visits_per_term) return wrong(absl::StrCat("overrun in ", term));
  }
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
