#include "services/volunteer/api/recognition_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

// A new day is noticed within a minute: stars are a matter of days.
constexpr absl::Duration kLookEvery = absl::Minutes(1);
// A microsecond or two each: less than a millisecond at a time.
constexpr size_t kPeopleAtATime = 300;

}  // namespace

void RecognitionKeeper::Start() {
  if (std::exchange(started_, true)) return;
  Look();
}

void RecognitionKeeper::Look() {
  const absl::CivilDay today = calendar::DayOf(context_.clock.Now());
  if (today != day_) {
    day_ = today;
    context_.reads.recognition().ForgetNotices(today);
    Sweep();
  }
  context_.executor.PostAfter(kLookEvery, [this] { Look(); });
}

void RecognitionKeeper::OnRules() {
  if (started_) Sweep();
}

void RecognitionKeeper::Sweep() {
  if (sweeping_) {
    sweep_again_ = true;
    return;
  }
  sweeping_ = true;
  sweep_again_ = false;
  auto people = std::make_shared<std::vector<std::string>>();
  for (const auto& [person, head] : context_.reads.persons())
    if (head.total_minutes() > 0) people->push_back(person);
  // In order, as the simulator repeats it.
  std::sort(people->begin(), people->end());
  SweepOn(std::move(people), 0);
}

void RecognitionKeeper::SweepOn(std::shared_ptr<std::vector<std::string>> people, size_t from) {
  const size_t end = std::min(people->size(), from + kPeopleAtATime);
  for (size_t i = from; i < end; ++i) {
    const auto it = context_.reads.persons().find((*people)[i]);
    if (it != context_.reads.persons().end()) OnHours(it->first, it->second);
  }
  if (end < people->size()) {
    return context_.executor.Post(
        [this, people = std::move(people), end]() mutable { SweepOn(std::move(people), end); });
  }
  sweeping_ = false;
  if (sweep_again_) Sweep();
}

void RecognitionKeeper::OnHours(const std::string& person, const domain::record::PersonHead& head) {
  // Whoever is loaded before everything is, gets looked at afterwards.
  if (!started_) return;
  const auto rules = context_.reads.recognition().rules();
  if (rules->empty() || domain::DecideStars(head, *rules, context_.clock.Now()).empty()) return;
  context_.chores.Want(absl::StrCat("stars/", person), [this, person] { GiveStars(person); });
}

void RecognitionKeeper::GiveStars(const std::string& person) {
  const reservation::Place place = PersonPlace(person);
  auto decide = [this, key = place.key](store::View& view, absl::Time now) {
    const auto rules = context_.reads.recognition().rules();
    return EmitAll(view, key, domain::DecideStars(PersonIn(view, key).head(), *rules, now));
  };
  Submit(place, std::move(decide), [this, person] { context_.chores.Done(absl::StrCat("stars/", person)); });
}

void RecognitionKeeper::OnAbsence(const std::string& shift, const std::string& person,
                                  const domain::record::AbsenceSource* source) {
  const std::string whose = absl::StrCat(shift, "/", person);
  if (const auto it = absences_.find(whose); it != absences_.end()) {
    context_.chores.Done(it->second);
    absences_.erase(it);
  }
  if (source == nullptr) return;
  // What a shift says later is another chore: the one before would say what is no longer so.
  const std::string id = absl::StrCat("absence/", whose, "/", source->noted_us(), "/", source->state());
  absences_[whose] = id;
  context_.chores.Want(id, [this, shift, person, source = *source] { PostAbsence(shift, person, source); });
}

void RecognitionKeeper::PostAbsence(const std::string& shift, const std::string& person,
                                    const domain::record::AbsenceSource& source) {
  const reservation::Place record = PersonPlace(person);
  auto decide = [this, key = record.key, source](store::View& view, absl::Time now) {
    const domain::Person& whose = PersonIn(view, key);
    const auto rules = context_.reads.recognition().rules();
    const auto terms = domain::TermsOn(*rules, whose.head().district(), calendar::DayOf(now));
    return EmitAll(view, key, domain::DecideAbsence(whose, source, terms, now));
  };
  Submit(record, std::move(decide), [this, shift, person, source] {
    const reservation::Place place = ShiftPlace(shift);
    auto posted = [key = place.key, person, source](store::View& view, absl::Time now) {
      return EmitAll(view, key, domain::DecideAbsencePosted(ShiftIn(view, key), person, source, now));
    };
    Submit(place, std::move(posted), [] {});
  });
}

void RecognitionKeeper::Submit(const reservation::Place& place,
                               absl::AnyInvocable<absl::Status(store::View&, absl::Time)> decide,
                               std::function<void()> committed) {
  store::Command command;
  command.aggregates = {place.key};
  command.decide = std::move(decide);
  command.done = [alive = std::weak_ptr<bool>(alive_),
                  committed = std::move(committed)](const store::Outcome& outcome) {
    if (!alive.expired() && outcome.status.ok()) committed();
  };
  context_.engine.Submit(place.partition, std::move(command));
}

}  // namespace kepu::volunteer
