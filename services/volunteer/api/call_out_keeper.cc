#include "services/volunteer/api/call_out_keeper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/domain/call_out.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

// Who was called so long ago has been told, or it is too late.
constexpr absl::Duration kMayBeUntold = absl::Hours(1);
constexpr absl::Duration kPatience = absl::Seconds(2);
// Everybody in the city is told within a minute, and nobody else waits for it.
constexpr size_t kToldAtOnce = 200;
constexpr absl::Duration kPause = absl::Milliseconds(100);

std::string MakeChore(const std::string& name) { return absl::StrCat("make/", name); }

absl::string_view IdOf(absl::string_view name) { return name.substr(name.rfind('/') + 1); }

}  // namespace

void CallOutKeeper::Start() {
  started_ = true;
  for (const v1::CallOut& call_out : std::exchange(loaded_, {})) See(call_out);
}

void CallOutKeeper::See(const v1::CallOut& call_out) {
  if (!started_) return loaded_.push_back(call_out);
  Look(call_out.name());
  if (call_out.state() == v1::CallOut::CALLING &&
      calendar::FromProto(call_out.create_time()) > context_.clock.Now() - kMayBeUntold)
    Tell(call_out);
}

void CallOutKeeper::Made(const domain::record::ShiftHead& head) {
  if (started_ && !head.call_out().empty()) Look(head.call_out());
}

std::vector<v1::CallOut::Need> CallOutKeeper::Missing(const v1::CallOut& call_out) const {
  std::vector<v1::CallOut::Need> missing;
  if (call_out.state() != v1::CallOut::CALLING) return missing;
  for (const v1::CallOut::Need& need : call_out.needs()) {
    const bool late = calendar::FromProto(need.start_time()) <= context_.clock.Now();
    if (!late && context_.reads.FindShift(IdOf(need.shift())) == nullptr) missing.push_back(need);
  }
  return missing;
}

void CallOutKeeper::Look(const std::string& name) {
  const auto call_out = context_.reads.documents().Find<v1::CallOut>(name);
  if (call_out == nullptr || Missing(*call_out).empty()) return context_.chores.Done(MakeChore(name));
  context_.chores.Want(MakeChore(name), [this, name] { Attempt(name); });
}

void CallOutKeeper::Attempt(const std::string& name) {
  const auto call_out = context_.reads.documents().Find<v1::CallOut>(name);
  if (call_out == nullptr) return context_.chores.Done(MakeChore(name));
  const auto missing = Missing(*call_out);
  if (missing.empty()) return context_.chores.Done(MakeChore(name));
  for (const v1::CallOut::Need& need : missing) {
    domain::ShiftCommand command = domain::ShiftOf(*call_out, need);
    const reservation::Place place = ShiftPlace(command.id);
    auto make = [this, place, command, alive = alive_](absl::StatusOr<std::optional<v1::Whereabouts>> where) {
      if (!*alive) return;
      domain::ShiftCommand whole = command;
      // A place that is not known is one whose way is not known: people are needed there all the same.
      if (where.ok()) whole.whereabouts = *std::move(where);
      context_.desk.Submit(
          place,
          [key = place.key, whole](store::View& view, absl::Time now) {
            return EmitAll(view, key, domain::DecideCreate(ShiftIn(view, key), whole, now));
          },
          [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
    };
    context_.venues.Find(command.place, context_.executor.SteadyNow() + kPatience, std::move(make));
  }
}

void CallOutKeeper::Tell(const v1::CallOut& call_out) {
  const absl::Time now = context_.clock.Now();
  News news;
  news.kind = "CALL_OUT";
  news.about = call_out.name();
  news.params = {{"title", call_out.title().zh()},
                 {"priority", absl::StrCat(call_out.priority())},
                 {"places", absl::StrCat(call_out.needs_size())}};
  if (!call_out.needs().empty()) {
    news.params.emplace_back("start", calendar::UtcText(calendar::MicrosOf(call_out.needs(0).start_time())));
    news.params.emplace_back("place", call_out.needs(0).place());
  }
  auto persons = std::make_shared<std::vector<std::string>>();
  context_.reads.ForEachPerson([&](const domain::record::PersonHead& person) {
    if (domain::Concerns(call_out, person, now)) persons->push_back(person.id());
  });
  TellSome(news, std::move(persons), 0);
}

void CallOutKeeper::TellSome(const News& news, std::shared_ptr<const std::vector<std::string>> persons,
                             size_t next) {
  const auto call_out = context_.reads.documents().Find<v1::CallOut>(news.about);
  if (call_out == nullptr || call_out->state() != v1::CallOut::CALLING) return;
  News one = news;
  for (size_t end = std::min(next + kToldAtOnce, persons->size()); next < end; ++next) {
    one.person = (*persons)[next];
    teller_.Tell(one);
  }
  if (next == persons->size()) return;
  context_.executor.PostAfter(kPause, [this, news, persons, next, alive = alive_] {
    if (*alive) TellSome(news, persons, next);
  });
}

}  // namespace kepu::volunteer
