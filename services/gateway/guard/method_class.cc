#include "services/gateway/guard/method_class.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"

namespace kepu::gateway::guard {
namespace {

// Sorted. ResolveLogin and WatchAccess are the gateway's own questions, on which every other call hangs.
constexpr std::array<absl::string_view, 21> kDoorMethods = {
    "Admit",        "CheckIn",         "CheckInBooking",   "CheckOut",
    "GetEntryCode", "GetPresenceCode", "KioskCheck",       "LeaderCheck",
    "ListDoor",     "ListDoorRecords", "ListParticipants", "ListPresence",
    "MarkNoShow",   "MarkParticipant", "MergeDoor",        "MergePresence",
    "OwnCheckIn",   "OwnCheckOut",     "ReadRoster",       "ResolveLogin",
    "WatchAccess"};

// Beside those that hash a password. Sorted.
constexpr std::array<absl::string_view, 3> kLoginMethods = {"BeginExternalLink", "BeginExternalLogin",
                                                            "FinishExternalFlow"};

constexpr std::array<absl::string_view, 7> kSearchPrefixes = {"Check", "Count",  "Export",   "Find",
                                                              "List",  "Search", "Summarize"};

}  // namespace

MethodClass ClassOf(absl::string_view full_method, bool changes, bool hashes, bool own_limit) {
  const absl::string_view name = full_method.substr(full_method.rfind('/') + 1);
  if (std::binary_search(kDoorMethods.begin(), kDoorMethods.end(), name)) return MethodClass::kDoor;
  if (hashes || std::binary_search(kLoginMethods.begin(), kLoginMethods.end(), name))
    return MethodClass::kLogin;
  if (own_limit) return MethodClass::kHeavy;
  if (changes) return MethodClass::kChange;
  const bool search =
      std::any_of(kSearchPrefixes.begin(), kSearchPrefixes.end(),
                  [name](absl::string_view prefix) { return absl::StartsWith(name, prefix); });
  return search ? MethodClass::kSearch : MethodClass::kRead;
}

Lane LaneOf(MethodClass method_class) {
  switch (method_class) {
    case MethodClass::kDoor:
      return Lane::kDoor;
    case MethodClass::kChange:
    case MethodClass::kLogin:
      return Lane::kBooking;
    default:
      return Lane::kBrowse;
  }
}

int64_t CostOf(MethodClass method_class) {
  switch (method_class) {
    case MethodClass::kDoor:
    case MethodClass::kRead:
      return 1;
    case MethodClass::kSearch:
      return 2;
    case MethodClass::kChange:
      return 5;
    case MethodClass::kLogin:
      return 10;
    case MethodClass::kHeavy:
      return 20;
  }
  return 1;
}

}  // namespace kepu::gateway::guard
