// How the ends of claims and the decisions of pivots are forgotten: each is filed under its day, and when no
// call of that day can come any more it goes, some at a time, as due work of its aggregate. Used by the
// domain of every service with claims or pivots: the head holds Keeping, and each filed end is a child of its
// own, so that filing reads nothing. Values and pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/aggregate/aggregate.h"

namespace kepu::reservation {

// Ends that one fact forgets, with their filing twice as many children: with the engine's rounds of due work
// a commit stays at about a hundred.
inline constexpr int kForgetAtOnce = 12;

// "f/<day>/<number>": the child that says what was filed.
std::string FiledField(int day, int number);

// Files an end; the child to write, in which its field is put.
std::string FileEnd(v1::Keeping& keeping, absl::Time end);

// When what the fact ends was ended: from then on it is remembered for a time. Nullopt: it ends nothing.
std::optional<absl::Time> EndOf(const v1::ClaimFact& fact);
std::optional<absl::Time> EndOf(const v1::ReservationFact& fact);

// A filing child of an aggregate whose children have a field `filed`.
template <class Child>
Child Filing(const std::string& field) {
  Child child;
  child.set_filed(field);
  return child;
}

// When the oldest day may be forgotten; InfiniteFuture when nothing is filed.
absl::Time NextForgetting(const v1::Keeping& keeping);

// May it go after its time? A claim that has ended; a record that was cancelled, whose claims ask if they
// were never told, or given back and every release acknowledged, for a confirmed claim never asks.
bool MayForget(const v1::Claim* claim);
bool MayForget(const v1::Reservation* record);

// What is due to be forgotten; nullopt: nothing. `filed(child)` is the field that a filing child names,
// `may_forget(field)` whether that one may go now; what may not is filed again. NotLoaded after asking for
// all that is needed.
template <class Head, class Child, class Filed, class MayForgetField>
absl::StatusOr<std::optional<v1::EndsForgotten>> DecideForgetting(
    const aggregate::Aggregate<Head, Child>& state, const v1::Keeping& keeping, absl::Time now, Filed filed,
    MayForgetField may_forget);

// Files an end at the children: `keeping` is as it was before the fact, `make(field)` a filing child. The
// head's part is FileEnd.
template <class Head, class Child, class Make>
void FileChild(aggregate::Aggregate<Head, Child>& state, v1::Keeping keeping, const std::string& field,
               std::optional<absl::Time> end, Make make) {
  if (end) state.Put(FileEnd(keeping, *end), make(field));
}

// The head's part of the fact.
void FoldForgetting(v1::Keeping& keeping, const v1::EndsForgotten& fact);

// The children's part; `make(field)` is a filing child. `keeping` is as it was before the fact.
template <class Head, class Child, class Make>
void EraseForgotten(aggregate::Aggregate<Head, Child>& state, const v1::Keeping& keeping,
                    const v1::EndsForgotten& fact, Make make);

// What a settler hears of the records among them: nobody needs to be told of those any more.
std::vector<v1::ReservationFact> ForgottenRecords(const v1::EndsForgotten& fact);

// Parts of the above that do not depend on the aggregate.
v1::EndsForgotten OldestEnds(const v1::Keeping& keeping, absl::Time now);
void DropOldestEnds(v1::Keeping& keeping, const v1::EndsForgotten& fact);
int FiledOn(const v1::Keeping& keeping, int day);
absl::Time TimeOf(const v1::EndsForgotten& fact);

template <class Head, class Child, class Filed, class MayForgetField>
absl::StatusOr<std::optional<v1::EndsForgotten>> DecideForgetting(
    const aggregate::Aggregate<Head, Child>& state, const v1::Keeping& keeping, absl::Time now, Filed filed,
    MayForgetField may_forget) {
  if (NextForgetting(keeping) > now) return std::nullopt;
  v1::EndsForgotten fact = OldestEnds(keeping, now);
  absl::Status missing;
  for (int number = fact.first(); number < FiledOn(keeping, fact.day()); ++number) {
    auto child = state.Find(FiledField(fact.day(), number));
    if (!child.ok()) missing = child.status();
    if (!child.ok() || *child == nullptr) continue;
    const std::string field = filed(**child);
    absl::StatusOr<bool> may = may_forget(field);
    if (!may.ok()) {
      missing = may.status();
    } else {
      *(*may ? fact.add_forgotten() : fact.add_kept()) = field;
    }
  }
  if (!missing.ok()) return missing;
  return fact;
}

template <class Head, class Child, class Make>
void EraseForgotten(aggregate::Aggregate<Head, Child>& state, const v1::Keeping& keeping,
                    const v1::EndsForgotten& fact, Make make) {
  for (int number = fact.first(); number < FiledOn(keeping, fact.day()); ++number) {
    state.Erase(FiledField(fact.day(), number));
  }
  for (const std::string& field : fact.forgotten()) state.Erase(field);
  v1::Keeping after = keeping;
  DropOldestEnds(after, fact);
  for (const std::string& field : fact.kept()) state.Put(FileEnd(after, TimeOf(fact)), make(field));
}

}  // namespace kepu::reservation
