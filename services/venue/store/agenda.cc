#include "services/venue/store/agenda.h"

namespace kepu::venue {
namespace {

// Who looks at what a closure hits has not made the session in the same moment.
constexpr absl::Duration kPoll = absl::Milliseconds(250);

void Follow(std::optional<projection::NeighbourLog>& log, store::Store* store, executor::Executor& executor,
            projection::Sink& sink) {
  // Bookings and sign-ups are counted in the heads.
  if (store != nullptr)
    log.emplace(*store, executor, sink, projection::FollowerOptions{.poll = kPoll, .children = false});
}

bool IsCurrent(const std::optional<projection::NeighbourLog>& log) { return log && log->Current(); }

}  // namespace

Agenda::Agenda(executor::Executor& executor, const executor::Clock& clock, Neighbours neighbours)
    : sessions_(clock), shifts_(clock) {
  Follow(events_, neighbours.events, executor, sessions_);
  Follow(volunteers_, neighbours.volunteers, executor, shifts_);
}

void Agenda::Start() {
  if (events_) events_->Start();
  if (volunteers_) volunteers_->Start();
}

Around Agenda::At(absl::string_view venue, const calendar::Interval& time) const {
  const calendar::Interval near{time.start - kNear, time.end + kNear};
  Around around;
  around.sessions = sessions_.In(venue, near);
  around.shifts = shifts_.In(venue, near, around.sessions);
  if (!IsCurrent(events_)) around.unknown_of.emplace_back("event");
  if (!IsCurrent(volunteers_)) around.unknown_of.emplace_back("volunteer");
  return around;
}

}  // namespace kepu::venue
