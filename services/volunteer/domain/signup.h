// The ways into a shift: coming first, asking, being invited, taking an offer of the wait list, coming
// together with friends, and being put in by a coordinator. Each is a decision of the shift alone; the
// person's time is claimed before it and is no part of it. Pure functions on values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// A request is decided within this, and so long before the start (norms, section 7: the leave limit).
inline constexpr absl::Duration kRequestMax = absl::Hours(24 * 7);
inline constexpr absl::Duration kRequestBeforeStart = absl::Hours(24);
// An invitation whose end is not given.
inline constexpr absl::Duration kInvitation = absl::Hours(24 * 3);
// Friends who sign up together: all of them are claimed one after another while the others wait.
inline constexpr int kGroupMax = 8;
inline constexpr absl::Duration kGroupLife = absl::Minutes(30);
// Open groups of a shift: more would only crowd its record.
inline constexpr int kGroupsMax = 100;

// A request or an invitation: holds a place until a time.
bool IsHeld(v1::Signup::State state);
// Served or to be served: holds a place for good.
bool IsLive(v1::Signup::State state);
// Holds no place any more.
bool IsOver(v1::Signup::State state);

std::string GroupField(absl::string_view group);
inline constexpr char kLapseField[] = "lapse";

enum class Way {
  kSelf,      // by themselves, or by an invitation or offer that they have
  kOffer,     // only by an offer of the wait list
  kAssigned,  // a coordinator puts them in
};

struct EntryCommand {
  std::string person;
  std::string reservation;
  Way way = Way::kSelf;
  // Of kAssigned: above the number needed, if it must be.
  bool over_needed = false;
  // To a trainee place, which is beside those.
  bool trainee = false;
  // Who assigns and why; over_limits says whether the person's time was claimed against the limits.
  std::optional<record::Override> override = std::nullopt;
};

// May they take a place? ALREADY_SIGNED_UP, SHIFT_CANCELLED, SHIFT_STARTED, SHIFT_FULL, SHIFT_HELD,
// INVITATION_ONLY, REQUEST_TOO_LATE, NO_OFFER; of a trainee TRAINEE_PLACES_TAKEN, PLACE_IS_HELD.
absl::Status CheckEntry(const Shift& shift, const EntryCommand& command, absl::Time now);
// The pivot's decision.
absl::StatusOr<Facts> DecideEntry(const Shift& shift, const EntryCommand& command, absl::Time now);

// When a request that is made now is over.
absl::Time RequestUntil(const record::ShiftHead& head, absl::Time now);

// NOT_REQUESTED unless it is a request or was approved already.
absl::StatusOr<Facts> DecideApprove(const Shift& shift, absl::string_view person, absl::Time now);
// Staff decline a request, the volunteer an invitation: NOT_REQUESTED, NOT_INVITED.
absl::StatusOr<Facts> DecideDecline(const Shift& shift, absl::string_view person, bool staff,
                                    absl::string_view sealed_reason, absl::Time now);
// Holds a place; `until` at the latest the start. Nothing happens when they are invited already.
absl::StatusOr<Facts> DecideInvite(const Shift& shift, absl::string_view person, absl::Time until,
                                   absl::Time now);
// What was held is let go, and goes to who waits.
absl::StatusOr<Facts> DecideLetGo(const Shift& shift, absl::string_view person, v1::Signup::State to,
                                  absl::string_view sealed_reason, absl::Time now);
// The same without what follows from it.
absl::StatusOr<Facts> LetGoFacts(const Shift& shift, absl::string_view person,
                                 const record::SignupRecord& signup, v1::Signup::State to,
                                 absl::string_view sealed_reason, absl::Time now);
// A sign-up goes to another state; NotLoaded until Apply has all it needs.
absl::StatusOr<record::Fact> MovedFact(const Shift& shift, absl::string_view person, v1::Signup::State to,
                                       absl::Time until, absl::Time now);

// Groups. NOT_FOUND, GROUP_FULL, GROUPS_FULL, GROUP_SIGNED_UP.
absl::StatusOr<const record::SignupGroup*> FindGroup(const Shift& shift, absl::string_view group);
bool IsIn(const record::SignupGroup& group, absl::string_view person);
absl::StatusOr<Facts> DecideMakeGroup(const Shift& shift, absl::string_view group, absl::string_view person,
                                      absl::Time now);
absl::StatusOr<Facts> DecideJoinGroup(const Shift& shift, absl::string_view group, absl::string_view person,
                                      absl::Time now);
absl::StatusOr<Facts> DecideLeaveGroup(const Shift& shift, absl::string_view group, absl::string_view person,
                                       absl::Time now);
// Is there room for all of the group now?
absl::Status CheckTogether(const Shift& shift, absl::string_view group, absl::string_view person,
                           absl::Time now);
// All of them; GROUP_CHANGED when the group is not who was claimed.
absl::StatusOr<Facts> DecideTogether(const Shift& shift, absl::string_view group,
                                     const std::vector<EntryCommand>& members, absl::Time now);

}  // namespace kepu::volunteer::domain
