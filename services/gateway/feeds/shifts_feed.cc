// A volunteer's own shifts, and whatever else has claimed their time.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/gateway/feeds/feed_calendar.h"

namespace kepu::gateway::feeds {
namespace {

using volunteer::v1::DutyEntry;
using volunteer::v1::Shift;
using volunteer::v1::Signup;

ical::EventStatus StatusOf(const Signup& signup) {
  switch (signup.state()) {
    case Signup::REQUESTED:
    case Signup::INVITED:
      return ical::EventStatus::kTentative;
    case Signup::WITHDRAWN:
    case Signup::SHIFT_CANCELLED:
    case Signup::RELEASED:
    case Signup::DECLINED:
    case Signup::EXPIRED:
    case Signup::HANDED_OVER:
      return ical::EventStatus::kCancelled;
    default:
      return ical::EventStatus::kConfirmed;
  }
}

// A request comes before a place, a place before its end.
int32_t StepOf(ical::EventStatus status) {
  switch (status) {
    case ical::EventStatus::kTentative:
      return 0;
    case ical::EventStatus::kConfirmed:
      return 1;
    case ical::EventStatus::kCancelled:
      break;
  }
  return 2;
}

void AddSignup(const FeedQuery& query, const FeedFacts& facts, const Signup& signup,
               ical::Calendar& calendar) {
  ical::Event event;
  event.uid = UidOf(signup.name());
  event.start = calendar::FromProto(signup.start_time());
  event.end = calendar::FromProto(signup.end_time());
  event.status = StatusOf(signup);
  event.sequence = StepOf(event.status);
  event.summary = Words(query, "志愿服务", "Volunteer shift");
  event.modified = calendar::FromProto(signup.create_time());
  for (const auto* time : {&signup.check_in_time(), &signup.check_out_time()})
    event.modified = std::max(event.modified, calendar::FromProto(*time));
  const auto shift = facts.shifts.find(signup.shift());
  if (shift != facts.shifts.end()) {
    const std::string& role = Words(query, shift->second.role());
    if (!role.empty()) absl::StrAppend(&event.summary, Words(query, "：", ": "), role);
    event.sequence += 3 * RevisionOf(shift->second.etag());
    if (!shift->second.disruptions().empty() && event.status == ical::EventStatus::kConfirmed) {
      event.status = ical::EventStatus::kTentative;
      AddLine(event.description,
              Words(query, "受影响，时间地点可能调整", "Disrupted: time or place may change"));
    }
  }
  if (signup.has_ask_until_time() && event.status == ical::EventStatus::kConfirmed)
    AddLine(event.description, Words(query, "时间已调整，请确认", "Moved: please confirm the new time"));
  SetPlace(query, facts, signup.place(), "", event);
  calendar.events.push_back(std::move(event));
}

// A session or a visit that they guide, or a lecture.
void AddDuty(const FeedQuery& query, const FeedFacts& facts, const DutyEntry& duty,
             ical::Calendar& calendar) {
  ical::Event event;
  event.start = calendar::FromProto(duty.start_time());
  event.end = calendar::FromProto(duty.end_time());
  if (!InRange(query, event.start, event.end)) return;
  event.uid = UidOf(duty.name());
  event.summary = Words(query, "讲解服务", "Guided visit");
  if (const auto found = facts.events.find(EventOf(duty.purpose())); found != facts.events.end())
    absl::StrAppend(&event.summary, Words(query, "：", ": "), Words(query, found->second.display_name()));
  const bool doubtful = duty.held() || duty.unavailable();
  event.status = doubtful ? ical::EventStatus::kTentative : ical::EventStatus::kConfirmed;
  event.sequence = StepOf(event.status);
  SetPlace(query, facts, duty.place(), "", event);
  calendar.events.push_back(std::move(event));
}

}  // namespace

void AddShifts(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar) {
  for (const Signup& signup : facts.signups) AddSignup(query, facts, signup, calendar);
  for (const DutyEntry& duty : facts.duties) AddDuty(query, facts, duty, calendar);
}

}  // namespace kepu::gateway::feeds
