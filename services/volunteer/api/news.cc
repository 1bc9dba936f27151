#include "services/volunteer/api/news.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/endings.h"

namespace kepu::volunteer {
namespace {

using calendar::UtcText;
using domain::record::Fact;
using domain::record::PersonHead;
using domain::record::ShiftHead;

News AboutShift(const ShiftHead& head, const std::string& person, const char* kind, std::string number) {
  News news{person, kind, domain::SignupName(head.id(), person), {}, std::move(number)};
  news.params = {{"start", UtcText(head.start_us())}, {"end", UtcText(head.end_us())}};
  if (!head.place().empty()) news.params.emplace_back("place", head.place());
  return news;
}

News Cancelled(const ShiftHead& head, const std::string& person) {
  News news = AboutShift(head, person, "SHIFT_CANCELLED", "");
  news.params.emplace_back("why", head.cancel_reason());
  return news;
}

News Moved(const ShiftHead& head, const std::string& person, uint32_t move, int64_t ask_until_us) {
  News news = AboutShift(head, person, "SHIFT_MOVED", absl::StrCat(move));
  news.params.emplace_back("from", UtcText(head.consequence().from_start_us()));
  if (ask_until_us != 0) news.params.emplace_back("answer_by", UtcText(ask_until_us));
  news.params.emplace_back("why", head.consequence().reason());
  return news;
}

News Released(const ShiftHead& head, const std::string& person, uint32_t move, const std::string& rule) {
  News news = AboutShift(head, person, "SHIFT_RELEASED", absl::StrCat(move));
  news.params.emplace_back("from", UtcText(head.consequence().from_start_us()));
  news.params.emplace_back("rule", rule);
  return news;
}

// A place is held for them: of a wait list, or by an invitation.
News HeldFor(const ShiftHead& head, const std::string& person, const char* kind, int64_t until_us,
             int64_t number) {
  News news = AboutShift(head, person, kind, absl::StrCat(number));
  news.params.emplace_back("answer_by", UtcText(until_us));
  return news;
}

News Decided(const ShiftHead& head, const std::string& person, const domain::record::HourRow& row) {
  const bool corrected = row.kind() == v1::HourRecord::CORRECTION;
  News news = AboutShift(head, person, corrected ? "HOURS_CORRECTED" : "HOURS_APPROVED",
                         absl::StrCat(row.revision()));
  news.params.emplace_back("minutes", absl::StrCat(row.asked_minutes()));
  return news;
}

News Absent(const ShiftHead& head, const std::string& person, int64_t time_us) {
  return AboutShift(head, person, "ABSENCE_MARKED", absl::StrCat(time_us));
}

News Recorded(const PersonHead& head, const std::string& shift, int64_t start_us, int32_t minutes,
              int64_t time_us) {
  News news{head.id(), "HOURS_RECORDED", domain::ShiftName(shift), {}, absl::StrCat(time_us)};
  news.params = {{"start", UtcText(start_us)}, {"minutes", absl::StrCat(minutes)}};
  return news;
}

// Of all that was noted by `noted`, which says whether it was.
template <class Noted>
void AddEndings(const PersonHead& head, absl::Time now, Noted noted, std::vector<News>* news) {
  for (const domain::record::ConsentCover& consent : head.consents()) {
    if (!noted(consent) || !domain::IsEnding(head, consent, now)) continue;
    news->push_back({head.id(),
                     "CONSENT_ENDING",
                     absl::StrCat("volunteers/", head.id(), "/consents/", consent.id()),
                     {{"end", UtcText(consent.until_us())}},
                     ""});
  }
  for (const domain::record::Qualification& one : head.qualifications()) {
    if (!noted(one) || !domain::IsEnding(one, now)) continue;
    news->push_back({head.id(),
                     "QUALIFICATION_ENDING",
                     one.course(),
                     {{"end", UtcText(one.valid_until_us())}},
                     absl::StrCat(one.valid_until_us())});
  }
}

// One row: which fact, and whom it tells what. `what` tells facts of one kind apart, 0: all of them.
template <class Head>
struct Row {
  Fact::KindCase kind;
  int what;
  void (*tell)(const Head& head, const Fact& fact, std::vector<News>* news);
};

using Consequence = domain::record::ConsequenceFact;

constexpr Row<ShiftHead> kOfShifts[] = {
    {Fact::kSignupsSwept, 0,
     [](const ShiftHead& head, const Fact& fact, std::vector<News>* news) {
       for (const std::string& person : fact.signups_swept().persons())
         news->push_back(Cancelled(head, person));
     }},
    {Fact::kConsequence, Consequence::kPersonMoved,
     [](const ShiftHead& head, const Fact& fact, std::vector<News>* news) {
       const Consequence::PersonMoved& moved = fact.consequence().person_moved();
       news->push_back(Moved(head, moved.person(), moved.move(), moved.ask_until_us()));
     }},
    {Fact::kConsequence, Consequence::kPersonReleased,
     [](const ShiftHead& head, const Fact& fact, std::vector<News>* news) {
       const Consequence::PersonReleased& released = fact.consequence().person_released();
       news->push_back(Released(head, released.person(), released.move(), released.reason()));
     }},
    {Fact::kMarkedNoShow, 0,
     [](const ShiftHead& head, const Fact& fact, std::vector<News>* news) {
       news->push_back(Absent(head, fact.marked_no_show().person(), fact.time_us()));
     }},
    {Fact::kWaitChanged, 0,
     [](const ShiftHead& head, const Fact& fact, std::vector<News>* news) {
       const domain::record::WaitChanged& changed = fact.wait_changed();
       if (changed.kind() != domain::record::WaitChanged::OFFERED) return;
       news->push_back(
           HeldFor(head, changed.person(), "SHIFT_OFFERED", changed.until_us(), changed.until_us()));
     }},
    {Fact::kSignupMoved, 0,
     [](const ShiftHead& head, const Fact& fact, std::vector<News>* news) {
       const domain::record::SignupMoved& moved = fact.signup_moved();
       if (moved.to() != v1::Signup::INVITED) return;
       news->push_back(HeldFor(head, moved.person(), "SHIFT_INVITED", moved.until_us(), fact.time_us()));
     }},
    {Fact::kAttendance, 0,
     [](const ShiftHead& head, const Fact& fact, std::vector<News>* news) {
       if (!fact.attendance().has_decided()) return;
       news->push_back(Decided(head, fact.attendance().person(), fact.attendance().decided()));
     }},
};

constexpr Row<PersonHead> kOfPersons[] = {
    {Fact::kHoursCounted, 0,
     [](const PersonHead& head, const Fact& fact, std::vector<News>* news) {
       const domain::record::HoursCounted& counted = fact.hours_counted();
       news->push_back(
           Recorded(head, counted.shift(), counted.start_us(), counted.minutes(), fact.time_us()));
     }},
    {Fact::kEndingsNoted, 0,
     [](const PersonHead& head, const Fact& fact, std::vector<News>* news) {
       AddEndings(
           head, absl::FromUnixMicros(fact.time_us()),
           [&](const auto& one) { return one.noted_us() == fact.time_us(); }, news);
     }},
};

template <class Head, size_t kRows>
std::vector<News> Tell(const Row<Head> (&rows)[kRows], const Head& head, const Fact& fact) {
  std::vector<News> news;
  const int what = fact.has_consequence() ? static_cast<int>(fact.consequence().what_case()) : 0;
  for (const Row<Head>& row : rows)
    if (row.kind == fact.kind_case() && row.what == what) row.tell(head, fact, &news);
  return news;
}

}  // namespace

std::vector<News> NewsOf(const ShiftHead& head, const Fact& fact) { return Tell(kOfShifts, head, fact); }
std::vector<News> NewsOf(const PersonHead& head, const Fact& fact) { return Tell(kOfPersons, head, fact); }

std::vector<News> NewsIn(const ShiftHead& head, const std::string& person,
                         const domain::record::SignupRecord& signup, absl::Time since) {
  std::vector<News> news;
  const auto lately = [since](int64_t time_us) { return absl::FromUnixMicros(time_us) >= since; };
  if (signup.state() == v1::Signup::INVITED && lately(signup.create_us()))
    news.push_back(HeldFor(head, person, "SHIFT_INVITED", signup.until_us(), signup.create_us()));
  if (signup.state() == v1::Signup::NO_SHOW && lately(signup.no_show_us()))
    news.push_back(Absent(head, person, signup.no_show_us()));
  const domain::record::AttendanceRecord& attendance = signup.attendance();
  if (attendance.has_pending() && lately(attendance.pending().approve_us()))
    news.push_back(Decided(head, person, attendance.pending()));
  if (!news.empty()) return news;
  const domain::record::ConsequenceHead& known = head.consequence();
  const domain::record::MovedRecord& moved = signup.moved();
  if (signup.state() == v1::Signup::SHIFT_CANCELLED)
    return absl::FromUnixMicros(known.cancelled_us()) < since ? std::vector<News>()
                                                              : std::vector<News>{Cancelled(head, person)};
  // Of an earlier move it is too late to tell.
  if (moved.move() == 0 || moved.move() != known.moves() || absl::FromUnixMicros(moved.time_us()) < since)
    return {};
  if (signup.state() == v1::Signup::RELEASED)
    return {Released(head, person, moved.move(), moved.release_reason())};
  if (signup.state() == v1::Signup::SIGNED_UP || signup.state() == v1::Signup::REQUESTED)
    return {Moved(head, person, moved.move(), moved.ask_until_us())};
  return {};
}

std::vector<News> NewsIn(const PersonHead& head, absl::Time since) {
  std::vector<News> news;
  for (const domain::record::CountedLately& one : head.counted_lately()) {
    if (absl::FromUnixMicros(one.at_us()) >= since)
      news.push_back(Recorded(head, one.shift(), one.start_us(), one.minutes(), one.at_us()));
  }
  AddEndings(
      head, since, [&](const auto& one) { return absl::FromUnixMicros(one.noted_us()) >= since; }, &news);
  return news;
}

std::vector<News> NewsIn(const ShiftHead& head, const domain::record::WaitList& list, absl::Time now) {
  std::vector<News> news;
  for (const auto& entry : list.entries())
    if (absl::FromUnixMicros(entry.until_us()) > now)
      news.push_back(HeldFor(head, entry.person(), "SHIFT_OFFERED", entry.until_us(), entry.until_us()));
  return news;
}

}  // namespace kepu::volunteer
