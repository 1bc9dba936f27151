// The hours of a person as a ledger: rows numbered from 1, each with the hash of the row before and the hash
// over both, so that none can be changed, left out or slipped in unseen; corrections are rows of their own,
// the sum is never less than none, and no minute is counted in two shifts (norms 7 and 9.13). An aggregate of
// its own beside the person, so that neither a start nor a decision about somebody's time reads rows. A row
// more costs the head, the row and the day, however long the ledger is. Pure functions on values.
//
// The canonical form of a row (libs/chain), which stays as it is for ever; a new form would get a new first
// text: "kepu.hours.1", then as numbers and texts in the order of the fields of log.v1.HourRow: number,
// shift, place, start_us, end_us, minutes, create_us, kind, revision, corrects, approve_us, approved_by,
// approved_as, sealed_reason, counted_start_us, counted_end_us, slack_minutes, step_minutes, break_minutes,
// how many spans of presence, start_us and end_us of each, marks, proposed_minutes, asked_minutes,
// total_minutes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/hours.pb.h"
#include "services/volunteer/domain/hours.h"

namespace kepu::volunteer::domain {

using Ledger = aggregate::Aggregate<record::LedgerHead, record::LedgerChild>;

std::string RowField(uint64_t number);
// "r7", the id of the row in names.
std::string RowId(uint64_t number);
// 0 for what is none.
uint64_t NumberOfRow(absl::string_view id);
// Attendances are found by the local day of their plan.
std::string DayField(absl::string_view day);
std::string DayOfRow(const record::HourRow& row);

std::string HashOf(const record::HourRow& row);

// Writes what a shift decided, once by shift and revision. Where other shifts were counted for the same time,
// or a correction cannot be served in what is left of the session, it counts for less than was asked. Facts
// of the ledger; nothing when the row is there.
absl::StatusOr<Facts> DecideAppend(const Ledger& ledger, absl::string_view person, const record::HourRow& row,
                                   absl::Time now);
// What such facts change of the person's head.
record::HoursCounted CountedBy(const record::RowAppended& appended);
// What the ledger will say of the attendance that the row is about, with the facts that were decided of it
// and not applied yet; needs the same children.
absl::StatusOr<Posting> PostingOf(const Ledger& ledger, const record::HourRow& row, const Facts& facts = {});

// DATA_LOSS naming what is wrong: a row that is not numbered so, does not follow `previous_hash`, or is not
// what its hash was made of.
absl::Status CheckRow(const record::HourRow& row, uint64_t number, absl::string_view previous_hash);
// All of a ledger against its head; needs every child. INTERNAL naming the first thing that is wrong.
absl::Status CheckLedger(const Ledger& ledger);

// How a row came about, from the row alone.
void Explain(const record::HourRow& row, v1::HoursExplanation* explanation);

void ApplyHead(record::LedgerHead& head, const record::Fact& fact);
// INTERNAL also for a row that does not follow the one before.
absl::Status Apply(Ledger& ledger, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
