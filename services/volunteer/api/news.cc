#include "services/volunteer/api/news.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"

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
       news->push_back(
           AboutShift(head, fact.marked_no_show().person(), "ABSENCE_MARKED", absl::StrCat(fact.time_us())));
     }},
};

constexpr Row<PersonHead> kOfPersons[] = {
    {Fact::kHoursCounted, 0,
     [](const PersonHead& head, const Fact& fact, std::vector<News>* news) {
       const domain::record::HoursCounted& counted = fact.hours_counted();
       News one{
           head.id(), "HOURS_RECORDED", domain::ShiftName(counted.shift()), {}, absl::StrCat(fact.time_us())};
       one.params = {{"start", UtcText(counted.start_us())}, {"minutes", absl::StrCat(counted.minutes())}};
       news->push_back(std::move(one));
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
  if (signup.state() == v1::Signup::SIGNED_UP)
    return {Moved(head, person, moved.move(), moved.ask_until_us())};
  return {};
}

}  // namespace kepu::volunteer
