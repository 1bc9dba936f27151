#include "services/event/domain/opening.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/lottery.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

constexpr absl::string_view kEntry = "e/";
constexpr absl::string_view kSchool = "s/";
constexpr int64_t kMinuteUs = 60'000'000;

constexpr absl::Duration kRoomBefore = absl::Minutes(15), kRoomBeforeMax = absl::Hours(24);
constexpr absl::Duration kTurn = absl::Minutes(10), kTurnMin = absl::Minutes(1), kTurnMax = absl::Hours(24);
constexpr int kSchoolLimit = 3;
// A second people are told of, and a line that comes to an end.
constexpr absl::Duration kHorizon = absl::Hours(366 * 24), kLongest = absl::Hours(31 * 24);

absl::Status CheckLive(const record::OpeningHead& head) {
  if (!head.cancelled()) return absl::OkStatus();
  return refusal::Refuse(kNo, "OPENING_CANCELLED",
                         {{"opening", OpeningName(head)}, {"why", head.cancel_reason()}});
}

// May somebody come in now?
absl::Status CheckRoom(const record::OpeningHead& head, absl::Time now) {
  if (absl::Status status = CheckLive(head); !status.ok()) return status;
  if (now < RoomOpensAt(head)) {
    return refusal::Refuse(kNo, "ROOM_NOT_OPEN",
                           {{"opening", OpeningName(head)},
                            {"opens", calendar::UtcText(absl::ToUnixMicros(RoomOpensAt(head)))}});
  }
  if (!IsOver(head, now)) return absl::OkStatus();
  return refusal::Refuse(kNo, "OPENING_ENDED", {{"opening", OpeningName(head)}});
}

// For one more entry, of a school or of nobody's.
absl::Status CheckLimits(const Opening& opening, const record::OpeningHead& head, absl::string_view school) {
  if (head.entries() >= kMaxOpeningEntries) {
    return refusal::Refuse(kNo, "OPENING_FULL",
                           {{"opening", OpeningName(head)}, {"most", absl::StrCat(kMaxOpeningEntries)}});
  }
  if (school.empty()) return absl::OkStatus();
  auto found = opening.FindOrAssumeAbsent(OpeningSchoolField(school));
  if (!found.ok()) return found.status();
  const int people = *found == nullptr ? 0 : (*found)->school().people();
  if (people < head.terms().school_limit()) return absl::OkStatus();
  return refusal::Refuse(kNo, "OPENING_SCHOOL_LIMIT",
                         {{"opening", OpeningName(head)},
                          {"school", std::string(school)},
                          {"most", absl::StrCat(head.terms().school_limit())}});
}

// What may not change any more once turns were told.
std::string Told(record::OpeningTerms terms) {
  terms.clear_display_name();
  terms.clear_end_us();
  return terms.SerializeAsString();
}

}  // namespace

std::string OpeningName(const record::OpeningHead& head) { return absl::StrCat("openings/", head.id()); }
std::string OpeningEntryName(const record::OpeningHead& head, absl::string_view id) {
  return absl::StrCat(OpeningName(head), "/entries/", id);
}
std::string OpeningEntryField(absl::string_view id) { return absl::StrCat(kEntry, id); }
std::string OpeningSchoolField(absl::string_view school) { return absl::StrCat(kSchool, school); }
absl::string_view OpeningEntryIdOf(absl::string_view field) {
  return absl::ConsumePrefix(&field, kEntry) ? field : absl::string_view();
}

bool IsDrawn(const record::OpeningHead& head) { return !head.seed().empty(); }
absl::Time OpensAt(const record::OpeningHead& head) { return absl::FromUnixMicros(head.terms().open_us()); }
absl::Time RoomOpensAt(const record::OpeningHead& head) {
  return absl::FromUnixMicros(head.terms().open_us() - head.terms().room_before_us());
}

absl::Time TurnTime(const record::OpeningHead& head, int64_t turn) {
  return absl::FromUnixMicros(head.terms().open_us() + turn * kMinuteUs / head.terms().rate_per_minute());
}

int64_t TurnsBy(const record::OpeningHead& head, absl::Time now) {
  const int64_t since = absl::ToUnixMicros(now) - head.terms().open_us();
  if (since < 0) return 0;
  // The first turn whose time is later: the least n with n minutes / rate, rounded down, above `since`.
  const int64_t rate = head.terms().rate_per_minute();
  return ((since + 1) * rate + kMinuteUs - 1) / kMinuteUs;
}

int64_t InLine(const record::OpeningHead& head, absl::Time now) {
  return IsDrawn(head) ? std::max<int64_t>(0, head.next_turn() - TurnsBy(head, now)) : 0;
}

bool IsOver(const record::OpeningHead& head, absl::Time now) {
  if (head.cancelled()) return true;
  if (head.terms().end_us() != 0 && absl::ToUnixMicros(now) >= head.terms().end_us()) return true;
  return IsDrawn(head) && InLine(head, now) == 0 &&
         now >= OpensAt(head) + absl::Microseconds(head.terms().turn_us());
}

v1::Opening::State StateAt(const record::OpeningHead& head, absl::Time now) {
  if (head.cancelled()) return v1::Opening::CANCELLED;
  if (IsOver(head, now)) return v1::Opening::ENDED;
  if (IsDrawn(head)) return v1::Opening::LETTING_IN;
  if (now >= OpensAt(head)) return v1::Opening::DRAWING;
  return now >= RoomOpensAt(head) ? v1::Opening::ROOM_OPEN : v1::Opening::PLANNED;
}

std::vector<std::string> DrawnOrder(absl::string_view seed, std::vector<std::string> ids) {
  std::vector<std::pair<std::string, std::string>> lots;
  lots.reserve(ids.size());
  for (std::string& id : ids) {
    std::string lot = DrawOf(seed, id);
    lots.emplace_back(std::move(lot), std::move(id));
  }
  std::sort(lots.begin(), lots.end());
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = std::move(lots[i].second);
  return ids;
}

std::string EntriesDigest(const record::OpeningHead& head) {
  return absl::BytesToHexString(head.entries_digest().empty() ? std::string(32, '\0')
                                                              : head.entries_digest());
}

bool WasPresent(const record::OpeningHead& head, const record::OpeningEntryRecord& entry) {
  return IsDrawn(head) && entry.arrival() < head.drawn_arrivals();
}

Standing StandingOf(const record::OpeningHead& head, const record::OpeningEntryRecord& entry,
                    std::optional<int64_t> drawn_turn, absl::Time now) {
  using State = v1::OpeningEntry;
  Standing standing;
  if (entry.left()) {
    standing.state = State::LEFT;
    return standing;
  }
  if (entry.late()) drawn_turn = entry.turn();
  if (!IsDrawn(head) || !drawn_turn) {
    standing.state = !IsDrawn(head) && now < OpensAt(head) ? State::IN_ROOM : State::DRAWING;
    return standing;
  }
  standing.turn = *drawn_turn;
  standing.ahead = std::max<int64_t>(0, standing.turn - TurnsBy(head, now));
  standing.from = TurnTime(head, standing.turn);
  standing.until = standing.from + absl::Microseconds(head.terms().turn_us());
  standing.state = now < standing.from    ? State::IN_LINE
                   : now < standing.until ? State::YOUR_TURN
                                          : State::OVER;
  return standing;
}

absl::Status CompleteTerms(record::OpeningTerms* terms, absl::Time now) {
  const auto complete = [](int64_t given, absl::Duration standard) {
    return given == 0 ? absl::ToInt64Microseconds(standard) : given;
  };
  terms->set_room_before_us(complete(terms->room_before_us(), kRoomBefore));
  terms->set_turn_us(complete(terms->turn_us(), kTurn));
  if (terms->school_limit() == 0) terms->set_school_limit(kSchoolLimit);
  refusal::FieldErrors errors;
  const absl::Time open = absl::FromUnixMicros(terms->open_us());
  const absl::Time end = absl::FromUnixMicros(terms->end_us());
  if (terms->event().empty() == (terms->sessions_size() == 0))
    errors.Add("opening.sessions", "give an event or sessions, one of both");
  if (open <= now) errors.Add("opening.open_time", "must lie in the future");
  if (open > now + kHorizon) errors.Add("opening.open_time", "must lie within 366 days");
  const absl::Duration before = absl::Microseconds(terms->room_before_us());
  if (before < absl::ZeroDuration() || before > kRoomBeforeMax)
    errors.Add("opening.room_before", "must be at most 24 hours");
  const absl::Duration turn = absl::Microseconds(terms->turn_us());
  if (turn < kTurnMin || turn > kTurnMax)
    errors.Add("opening.turn_duration", "must be from 1 minute to 24 hours");
  if (terms->rate_per_minute() < 1) errors.Add("opening.rate_per_minute", "must be at least 1");
  if (terms->end_us() != 0 && (end <= open || end > open + kLongest))
    errors.Add("opening.end_time", "must be after open_time, by at most 31 days");
  return errors.ToStatus();
}

absl::StatusOr<Facts> DecideCreateOpening(const Opening& opening, absl::string_view id,
                                          record::OpeningTerms terms, absl::string_view commitment,
                                          absl::string_view by, absl::Time now) {
  if (opening.Exists())
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", OpeningName(opening.head())}});
  if (absl::Status status = CompleteTerms(&terms, now); !status.ok()) return status;
  Facts facts = {At(now)};
  record::OpeningCreated* created = facts.back().mutable_opening()->mutable_created();
  created->set_id(std::string(id));
  *created->mutable_terms() = std::move(terms);
  created->set_commitment(std::string(commitment));
  created->set_by(std::string(by));
  return facts;
}

absl::StatusOr<Facts> DecideChangeOpening(const Opening& opening, record::OpeningTerms terms,
                                          absl::string_view by, absl::Time now) {
  const record::OpeningHead& head = opening.head();
  if (absl::Status status = CheckLive(head); !status.ok()) return status;
  if (IsDrawn(head) || now >= OpensAt(head)) {
    if (Told(terms) != Told(head.terms()))
      return refusal::Refuse(kNo, "OPENING_DRAWN", {{"opening", OpeningName(head)}});
    const absl::Time end = absl::FromUnixMicros(terms.end_us());
    if (terms.end_us() != 0 && (end <= OpensAt(head) || end > OpensAt(head) + kLongest))
      return refusal::BadField("opening.end_time", "must be after open_time, by at most 31 days");
  } else if (absl::Status status = CompleteTerms(&terms, now); !status.ok()) {
    return status;
  }
  if (terms.SerializeAsString() == head.terms().SerializeAsString()) return Facts{};
  Facts facts = {At(now)};
  record::OpeningChanged* changed = facts.back().mutable_opening()->mutable_changed();
  *changed->mutable_terms() = std::move(terms);
  changed->set_by(std::string(by));
  return facts;
}

absl::StatusOr<Facts> DecideCancelOpening(const Opening& opening, absl::string_view reason,
                                          absl::string_view by, absl::Time now) {
  if (opening.head().cancelled()) return Facts{};
  Facts facts = {At(now)};
  record::OpeningCancelled* cancelled = facts.back().mutable_opening()->mutable_cancelled();
  cancelled->set_reason(std::string(reason));
  cancelled->set_by(std::string(by));
  return facts;
}

absl::StatusOr<Facts> DecideDrawOpening(const Opening& opening, absl::string_view secret, absl::Time now) {
  const record::OpeningHead& head = opening.head();
  if (IsDrawn(head) || head.cancelled() || now < OpensAt(head)) return Facts{};
  // What was committed to is drawn with, or nothing is.
  if (Commitment(secret) != head.commitment())
    return absl::InternalError("the secret of the opening is not the one that was committed to");
  Facts facts = {At(now)};
  record::OpeningDrawn* drawn = facts.back().mutable_opening()->mutable_drawn();
  drawn->set_secret(std::string(secret));
  drawn->set_seed(SeedOf(secret, EntriesDigest(head)));
  return facts;
}

absl::StatusOr<const record::OpeningEntryRecord*> FindEntry(const Opening& opening, absl::string_view id) {
  auto found = opening.Find(OpeningEntryField(id));
  if (!found.ok()) return found.status();
  return *found == nullptr ? nullptr : &(*found)->entry();
}

absl::StatusOr<Facts> DecideEnter(const Opening& opening, const EnterCommand& command, absl::Time now) {
  absl::StatusOr<Facts> facts = DecideDrawOpening(opening, command.secret, now);
  if (!facts.ok()) return facts.status();
  record::OpeningHead head = opening.head();
  for (const record::Fact& fact : *facts) ApplyHead(head, fact);
  if (absl::Status status = CheckRoom(head, now); !status.ok()) return status;
  auto found = opening.FindOrAssumeAbsent(OpeningEntryField(command.id));
  if (!found.ok()) return found.status();
  const record::OpeningEntryRecord* before = *found == nullptr ? nullptr : &(*found)->entry();
  if (before != nullptr) {
    const auto state = StandingOf(head, *before, command.drawn_turn, now).state;
    if (state != v1::OpeningEntry::OVER && state != v1::OpeningEntry::LEFT) return facts;
  } else if (absl::Status status = CheckLimits(opening, head, command.school); !status.ok()) {
    return status;
  }
  record::OpeningEntered* entered = facts->emplace_back(At(now)).mutable_opening()->mutable_entered();
  entered->set_id(command.id);
  entered->set_again(before != nullptr);
  record::OpeningEntryRecord& entry = *entered->mutable_entry();
  entry.set_user(command.user);
  entry.set_school(command.school);
  entry.set_arrival(before == nullptr ? head.arrivals() : before->arrival());
  entry.set_enter_us(absl::ToUnixMicros(now));
  if (!IsDrawn(head)) return facts;
  // Turns that nobody was there for are gone: otherwise they would be let in all at once later.
  entry.set_late(true);
  entry.set_turn(std::max(head.next_turn(), TurnsBy(head, now) - 1));
  return facts;
}

absl::StatusOr<Facts> DecideLeaveRoom(const Opening& opening, absl::string_view id, absl::Time now) {
  auto entry = FindEntry(opening, id);
  if (!entry.ok()) return entry.status();
  if (*entry == nullptr) return refusal::NotFound(OpeningEntryName(opening.head(), id));
  if ((*entry)->left()) return Facts{};
  const bool before_draw = !IsDrawn(opening.head());
  if (before_draw && !(*entry)->school().empty()) {
    auto school = opening.Find(OpeningSchoolField((*entry)->school()));
    if (!school.ok()) return school.status();
  }
  Facts facts = {At(now)};
  record::OpeningLeft* left = facts.back().mutable_opening()->mutable_left();
  left->set_id(std::string(id));
  left->set_school((*entry)->school());
  left->set_before_draw(before_draw);
  return facts;
}

}  // namespace kepu::event::domain
