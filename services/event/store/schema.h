// Where the aggregates of the event service lie and how they are made, changed and fall due. An event lies in
// the partition of its id, a session with all its bookings in the partition of its place. Immutable;
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "libs/store/kinds.h"
#include "services/event/domain/rules.h"

namespace kepu::event {

// What the other services call this one.
inline constexpr char kSelf[] = "event";

std::string EventKey(absl::string_view id);
std::string SessionKey(absl::string_view id);
std::string ProgrammeKey(absl::string_view id);
// What this service knows of a school lies in the partition of the school's id.
std::string SchoolKey(absl::string_view id);
std::string RoundKey(absl::string_view id);
std::string SeriesKey(absl::string_view id);
absl::string_view SeriesIdOf(absl::string_view key);
// What is said of a session lies beside it, under its id.
std::string FeedbackKey(absl::string_view session);
// A visit day lies where its first venue's sessions do.
std::string VisitDayKey(absl::string_view id);
std::string OpeningKey(absl::string_view id);
// Papers of "schools/*" or "users/*" lie in the partition of its id, a roster beside the session of its
// booking.
std::string PapersKey(absl::string_view owner);
std::string RosterKey(absl::string_view booking);
// The rules of a place lie where its sessions do, by the place's name.
std::string PlaceKey(absl::string_view place);
// What schools of a district have of a place ("districtVisits/{district}/{place}", as it is claimed); counted
// like what a school has.
inline constexpr absl::string_view kDistrictVisits = "districtVisits/";
std::string DistrictThing(absl::string_view district, absl::string_view place);
std::string DistrictKey(absl::string_view thing);
// The id of a session's key; empty for another kind of key.
absl::string_view SessionIdOf(absl::string_view key);
absl::string_view EventIdOf(absl::string_view key);
absl::string_view ProgrammeIdOf(absl::string_view key);
absl::string_view SchoolIdOf(absl::string_view key);
// What lies there is kept whole: a document, an event or a programme.
bool KeepsDocument(absl::string_view key);
absl::string_view RoundIdOf(absl::string_view key);
absl::string_view VisitDayIdOf(absl::string_view key);
absl::string_view OpeningIdOf(absl::string_view key);
// Of the session.
absl::string_view FeedbackIdOf(absl::string_view key);
// The id of the booking.
absl::string_view RosterIdOf(absl::string_view key);
absl::string_view PlaceOfRules(absl::string_view key);
// The thing of a district's key.
absl::string_view DistrictThingOf(absl::string_view key);

class EventSchema final : public store::KindSchema {
 public:
  explicit EventSchema(const domain::Rules& rules);
};

}  // namespace kepu::event
