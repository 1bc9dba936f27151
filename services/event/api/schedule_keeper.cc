#include "services/event/api/schedule_keeper.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/target.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/staffing.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

// Who looks whether a session stands has not closed the hall in the same moment.
constexpr absl::Duration kNeighbourPoll = absl::Milliseconds(250);
// Closures that come together are looked at together.
constexpr absl::Duration kGather = absl::Milliseconds(50);
// How often sessions that wait for people are looked at: their deadlines are in minutes.
constexpr absl::Duration kStaffingPause = absl::Seconds(5);
// A log that is current may be so far behind, so what it says was true then.
constexpr absl::Duration kBehind = absl::Seconds(10);

std::string ScheduleChore(const std::string& id) { return absl::StrCat("schedule/", id); }

bool IsOf(const domain::record::SessionHead& head, const std::string& place) {
  return head.place() == place || absl::StartsWith(head.place(), absl::StrCat(place, "/"));
}

}  // namespace

ScheduleKeeper::ScheduleKeeper(const Context& context, chores::Chores& chores, Neighbours neighbours)
    : context_(context),
      chores_(chores),
      closures_([this](const std::string& place) { PlaceChanged(place); }) {
  if (neighbours.venues != nullptr)
    venue_log_.emplace(*neighbours.venues, context_.executor, closures_,
                       projection::FollowerOptions{.poll = kNeighbourPoll});
  if (neighbours.volunteers != nullptr)
    volunteer_log_.emplace(*neighbours.volunteers, context_.executor, shifts_,
                           projection::FollowerOptions{.poll = kNeighbourPoll, .children = false});
}

void ScheduleKeeper::Start() {
  if (std::exchange(started_, true)) return;
  if (venue_log_) venue_log_->Start();
  if (volunteer_log_) volunteer_log_->Start();
  LookAtAll();
  if (volunteer_log_) LookAtStaffing();
}

std::vector<std::string> ScheduleKeeper::UnknownOf() const {
  if (venue_log_ && venue_log_->Current()) return {};
  return {"venue"};
}

void ScheduleKeeper::PlaceChanged(const std::string& place) {
  if (changed_.insert(place).second && changed_.size() == 1) {
    context_.executor.PostAfter(kGather, [this, alive = alive_] {
      if (*alive) LookAtPlaces();
    });
  }
}

// One pass over the sessions, however many places have changed.
void ScheduleKeeper::LookAtPlaces() {
  const std::set<std::string> changed = std::exchange(changed_, {});
  const ReadModel& model = context_.read_model;
  for (uint32_t i = 0; i < model.session_numbers(); ++i) {
    const domain::record::SessionHead& head = model.SessionAt(i);
    bool of_one = changed.contains(head.place());
    // A stop is of its caravan.
    if (!of_one && absl::StartsWith(head.place(), "caravans/"))
      for (const std::string& place : changed) of_one |= IsOf(head, place);
    if (of_one) See(head);
  }
}

void ScheduleKeeper::LookAtAll() {
  const ReadModel& model = context_.read_model;
  for (uint32_t i = 0; i < model.session_numbers(); ++i) See(model.SessionAt(i));
}

void ScheduleKeeper::LookAtStaffing() {
  const absl::Time steady = context_.executor.SteadyNow();
  said_.emplace_back(steady, context_.clock.Now());
  // The first one stays that is old enough.
  while (said_.size() > 1 && said_[1].first <= steady - kBehind) said_.pop_front();
  for (const std::string& id : std::set<std::string>(waiting_)) {
    const auto* head = context_.read_model.FindSession(id, nullptr);
    if (head != nullptr) See(*head);
  }
  context_.executor.PostAfter(kStaffingPause, [this, alive = alive_] {
    if (*alive) LookAtStaffing();
  });
}

std::vector<domain::record::DisruptionHead> ScheduleKeeper::NewsFor(
    const domain::record::SessionHead& head) const {
  std::vector<domain::record::DisruptionHead> news;
  if (domain::Ended(head, context_.clock.Now())) return news;
  for (domain::record::DisruptionHead& told : closures_.Concerning(head))
    if (domain::IsNewsOf(head, told)) news.push_back(std::move(told));
  return news;
}

absl::Time ScheduleKeeper::KnownSince() const {
  if (!volunteer_log_ || !volunteer_log_->Current() || said_.empty()) return absl::InfinitePast();
  const auto& [steady, said] = said_.front();
  return steady <= context_.executor.SteadyNow() - kBehind ? said : absl::InfinitePast();
}

bool ScheduleKeeper::HasStaffNews(const domain::record::SessionHead& head) const {
  const absl::Time known = KnownSince();
  if (known == absl::InfinitePast() || !domain::IsUndecided(head)) return false;
  if (domain::Started(head, context_.clock.Now())) return false;
  return domain::IsNewsOf(head, domain::Confirmed(head, shifts_.Of(domain::NameOf(head))), known);
}

void ScheduleKeeper::Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact) {
  using Kind = domain::record::Fact::KindCase;
  switch (fact.kind_case()) {
    case Kind::kSessionCreated:
    case Kind::kSessionCancelled:
    case Kind::kSessionRescheduled:
    case Kind::kStaffingSet:
    case Kind::kStaffingNoted:
    case Kind::kDisruptionNoted:
      return See(head);
    default:
      // Bookings, of which there are many, change nothing in what others tell.
      return;
  }
}

void ScheduleKeeper::See(const domain::record::SessionHead& head) {
  if (!started_ || head.id().empty()) return;
  const std::string& id = head.id();
  if (domain::IsUndecided(head) && !domain::Started(head, context_.clock.Now()))
    waiting_.insert(id);
  else
    waiting_.erase(id);
  if (NewsFor(head).empty() && !HasStaffNews(head)) return chores_.Done(ScheduleChore(id));
  chores_.Want(ScheduleChore(id), [this, id] { Attempt(id); });
}

void ScheduleKeeper::Attempt(const std::string& id) {
  const auto* head = context_.read_model.FindSession(id, nullptr);
  if (head == nullptr) return chores_.Done(ScheduleChore(id));
  const auto news = NewsFor(*head);
  const bool staff = HasStaffNews(*head);
  if (news.empty() && !staff) return chores_.Done(ScheduleChore(id));
  const auto confirmed = domain::Confirmed(*head, shifts_.Of(domain::NameOf(*head)));
  const std::string key = SessionKey(id);
  context_.desk.Submit(
      {names::PartitionOf(id), key},
      [key, news, staff, confirmed, known = KnownSince()](store::View& view, absl::Time now) -> absl::Status {
        const auto& session = dynamic_cast<const domain::Session&>(view.Get(key));
        // Before anything is emitted: a session that is called off needs what its cancelling reads.
        if (staff) {
          const auto facts = domain::DecideStaffed(session, confirmed, known, now);
          if (absl::Status status = EmitAll(view, key, facts); !status.ok()) return status;
        }
        for (const domain::record::DisruptionHead& told : news) {
          const auto facts = domain::DecideDisruption(session, told, now);
          if (absl::Status status = EmitAll(view, key, facts); !status.ok()) return status;
        }
        return absl::OkStatus();
      },
      [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
}

}  // namespace kepu::event
