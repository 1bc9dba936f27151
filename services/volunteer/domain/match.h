// A proposal of who serves in the open shifts of a period, from when it is asked for until everybody in it is
// invited. Pure functions on the resource, which is its own record.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/match.pb.h"
#include "services/volunteer/domain/match_task.h"

namespace kepu::volunteer::domain {

// A proposal is one record, which each change writes anew: some 100 KB at the most.
inline constexpr size_t kMatchShiftsMax = 300;
inline constexpr size_t kMatchRowsMax = 2000;
// The longest period: plans are made for a month.
inline constexpr absl::Duration kMatchPeriodMax = absl::Hours(24 * 31);

// What it is for: its place, its district, or "city".
std::string ScopeOf(const v1::Match& match);

// INVALID_ARGUMENT naming the fields that cannot be.
absl::Status CheckMatch(const v1::Match& match, absl::Time now);
// Puts in what was planned, as a draft. FAILED_PRECONDITION / MATCH_TOO_LARGE.
absl::Status Fill(const MatchTask& task, const MatchPlan& plan, v1::Match* match);

struct RowChange {
  std::string shift;
  // Volunteers; either may be empty, not both.
  std::string remove;
  std::string add;
};
// INVALID_ARGUMENT, NOT_FOUND for a shift that is not in it; MATCH_SENT, MATCH_SHIFT_FULL. Whether who is put
// in could serve is the caller's to check, by FitIn.
absl::Status ChangeRow(const RowChange& change, v1::Match* match);
// Could the volunteer serve in the shift beside all else that the proposal has them do? DOES_NOT_FIT, with
// the reason why.
absl::Status FitIn(const v1::Match& match, const RowChange& change, const MatchTask::Shift& shift,
                   const MatchTask::Volunteer& volunteer, const Rules& rules);

// Begins to invite. Nothing changes when it has begun.
void Send(v1::Match* match);

// One invitation, and what came of it: empty when it was made.
struct Invitation {
  std::string shift;
  std::string volunteer;
  std::string refusal;
};
// Those who are to be invited next, at most so many.
std::vector<Invitation> NextToInvite(const v1::Match& match, size_t most);
// Rows that are not there or were settled before stay as they are. Nobody left: it is sent.
void Settle(const std::vector<Invitation>& settled, v1::Match* match);

}  // namespace kepu::volunteer::domain
