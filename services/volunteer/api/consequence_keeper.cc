#include "services/volunteer/api/consequence_keeper.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

// Who looks whether a shift stands has not moved its session in the same moment.
constexpr absl::Duration kNeighbourPoll = absl::Milliseconds(250);
// What changes together is looked at together.
constexpr absl::Duration kGather = absl::Milliseconds(50);
// When a session ran is reported and corrected within 14 days of its end, which lies near that of the shift.
constexpr absl::Duration kMayBeReported = absl::Hours(24 * 16);

std::string FollowChore(const std::string& id) { return absl::StrCat("follow/", id); }

// What a change of it is told by: a stop belongs to its caravan.
std::string ThingOf(const domain::record::ShiftHead& head) {
  if (!head.session().empty()) return head.session();
  return head.stop().substr(0, head.stop().find("/tours/"));
}

}  // namespace

ConsequenceKeeper::ConsequenceKeeper(const Context& context, Neighbours neighbours)
    : context_(context),
      sessions_([this](const std::string& session) { Changed(session); }),
      closures_([this](const std::string& place) { Changed(place); }) {
  if (neighbours.events != nullptr)
    event_log_.emplace(*neighbours.events, context_.executor, sessions_,
                       projection::FollowerOptions{.poll = kNeighbourPoll, .children = false});
  if (neighbours.venues != nullptr)
    venue_log_.emplace(*neighbours.venues, context_.executor, closures_,
                       projection::FollowerOptions{.poll = kNeighbourPoll});
}

void ConsequenceKeeper::Start() {
  if (std::exchange(started_, true)) return;
  if (event_log_) event_log_->Start();
  if (venue_log_) venue_log_->Start();
  context_.reads.ForEachShift([this](const domain::record::ShiftHead& head) { See(head); });
}

void ConsequenceKeeper::See(const domain::record::ShiftHead& head) {
  if (!started_ || head.id().empty()) return;
  const absl::Time over = absl::FromUnixMicros(head.end_us());
  Keep(head.session(), head, over + kMayBeReported);
  if (head.session().empty()) Keep(ThingOf(head), head, over);
  Keep(head.place(), head, over);
  Look(head);
}

void ConsequenceKeeper::Keep(const std::string& thing, const domain::record::ShiftHead& head,
                             absl::Time until) {
  if (thing.empty()) return;
  if (head.state() != v1::Shift::CANCELLED && context_.clock.Now() <= until) {
    of_[thing].insert(head.id());
  } else if (auto it = of_.find(thing); it != of_.end()) {
    it->second.erase(head.id());
    if (it->second.empty()) of_.erase(it);
  }
}

void ConsequenceKeeper::Changed(const std::string& thing) {
  if (changed_.insert(thing).second && changed_.size() == 1) {
    context_.executor.PostAfter(kGather, [this, alive = alive_] {
      if (*alive) LookAtChanged();
    });
  }
}

void ConsequenceKeeper::LookAtChanged() {
  for (const std::string& thing : std::exchange(changed_, {})) {
    auto it = of_.find(thing);
    if (it == of_.end()) continue;
    for (const std::string& id : it->second)
      if (const auto* head = context_.reads.FindShift(id)) Look(*head);
  }
}

// A log that is not current says nothing: what is missing there need not be missing.
domain::Heard ConsequenceKeeper::HeardOf(const domain::record::ShiftHead& head) const {
  domain::Heard heard;
  const bool events = event_log_ && event_log_->Current();
  const bool venues = venue_log_ && venue_log_->Current();
  if (!head.session().empty()) {
    if (!events) return heard;
    heard.hung = sessions_.Find(head.session());
    // The event service knows which hall of a place the session is in.
    if (heard.hung) heard.disruptions = sessions_.DisruptionsOf(head.session());
    return heard;
  }
  if (!venues) return heard;
  if (!head.stop().empty()) heard.hung = closures_.FindStop(head.stop());
  heard.disruptions = closures_.InTheWay(head);
  return heard;
}

bool ConsequenceKeeper::HasNews(const domain::record::ShiftHead& head) const {
  return domain::IsNewsOf(head, HeardOf(head), context_.clock.Now());
}

void ConsequenceKeeper::Look(const domain::record::ShiftHead& head) {
  const std::string& id = head.id();
  LookAfterEnd(head);
  if (!HasNews(head)) return context_.chores.Done(FollowChore(id));
  context_.chores.Want(FollowChore(id), [this, id] { Attempt(id); });
}

// The session is reported, and the shift goes on for a while: who clears up.
void ConsequenceKeeper::LookAfterEnd(const domain::record::ShiftHead& head) {
  if (head.session().empty() || !event_log_ || !event_log_->Current()) return;
  const auto hung = sessions_.Find(head.session());
  const auto ran = hung ? domain::RanTimes(head, *hung) : std::nullopt;
  const absl::Time now = context_.clock.Now();
  if (!ran || ran->second <= now || !going_on_.insert(head.id()).second) return;
  context_.executor.PostAfter(ran->second - now + kGather, [this, id = head.id(), alive = alive_] {
    if (!*alive) return;
    going_on_.erase(id);
    if (const auto* later = context_.reads.FindShift(id)) Look(*later);
  });
}

void ConsequenceKeeper::Attempt(const std::string& shift) {
  const auto* head = context_.reads.FindShift(shift);
  if (head == nullptr || !HasNews(*head)) return context_.chores.Done(FollowChore(shift));
  const reservation::Place place = ShiftPlace(shift);
  context_.desk.Submit(
      place,
      [key = place.key, heard = HeardOf(*head)](store::View& view, absl::Time now) {
        return EmitAll(view, key, domain::DecideFollow(ShiftIn(view, key), heard, now));
      },
      [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
}

}  // namespace kepu::volunteer
