// A scarce thing as an aggregate that knows nothing but claims and records, with the rules that lend it out,
// and with rules that are known to be wrong. Owned by a simulated world; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/match.h"
#include "google/protobuf/wrappers.pb.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/desk.h"
#include "libs/reservation/record.h"
#include "libs/store/engine.h"

namespace kepu::reservation {

// Letters as in the model of these rules: each tempting, each wrong.
enum class Wrong { kNone, kA, kB, kC, kE, kF, kG, kH, kI, kJ, kK, kN };

// A scarce thing: the head counts the places left, children are claims and records in their own bytes.
using Thing = aggregate::Aggregate<google::protobuf::Int64Value, google::protobuf::BytesValue>;

class ThingSchema final : public store::Schema {
 public:
  explicit ThingSchema(Wrong wrong) : wrong_(wrong) {}
  std::unique_ptr<aggregate::AnyAggregate> Make(absl::string_view) const override {
    return std::make_unique<Thing>();
  }

  // For the wrong rule H: is a copy of the claim's try known to be under way?
  std::function<bool(const std::string& claim_id)> under_way = [](const std::string&) { return false; };

  // Facts: "m" makes it with one place, "x" closes it; "c" and "r" carry facts of claims and records.
  absl::Status Apply(aggregate::AnyAggregate& any, absl::string_view fact) const override {
    Thing& thing = static_cast<Thing&>(any);
    google::protobuf::Int64Value& left = thing.mutable_head();
    if (fact[0] == 'm') left.set_value(1);
    if (fact[0] == 'x') left.set_value(left.value() - 1);
    if (fact[0] == 'c') return ApplyTo<v1::Claim, v1::ClaimFact>(thing, fact);
    if (fact[0] == 'r') return ApplyTo<v1::Reservation, v1::ReservationFact>(thing, fact);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<std::string>> Due(const aggregate::AnyAggregate&, absl::Time) const override {
    return std::vector<std::string>();
  }
  absl::Time NextDue(const aggregate::AnyAggregate&) const override { return absl::InfiniteFuture(); }

 private:
  static std::string FieldOf(const v1::ClaimFact& fact) { return ClaimField(fact.claim_id()); }
  static std::string FieldOf(const v1::ReservationFact& fact) { return RecordField(fact.reservation()); }
  static auto After(const v1::Claim* before, const v1::ClaimFact& fact) { return ApplyClaim(before, fact); }
  static auto After(const v1::Reservation* before, const v1::ReservationFact& fact) {
    return ApplyRecord(before, fact);
  }
  static int Places(const v1::Claim* claim) { return claim != nullptr && IsLive(*claim) ? 1 : 0; }
  static int Places(const v1::Reservation* record) {
    return record != nullptr && record->state() == v1::Reservation::CONFIRMED && !record->given_back() ? 1
                                                                                                       : 0;
  }

  template <class Record, class Fact>
  absl::Status ApplyTo(Thing& thing, absl::string_view bytes) const {
    Fact fact;
    fact.ParseFromString(std::string(bytes.substr(1)));
    const std::string field = FieldOf(fact);
    std::optional<Record> before;
    if (const auto* child = thing.Mutable(field)) before.emplace().ParseFromString(child->value());
    auto after = After(before ? &*before : nullptr, fact);
    if (!after.ok()) return after.status();
    const Record* now = *after ? &**after : nullptr;
    thing.mutable_head().set_value(thing.head().value() + Places(before ? &*before : nullptr) - Places(now));
    if (now == nullptr || ForgetsTooEarly(*now)) {
      thing.Erase(field);
      return absl::OkStatus();
    }
    google::protobuf::BytesValue child;
    child.set_value(now->SerializeAsString());
    thing.Put(field, child);
    return absl::OkStatus();
  }

  bool ForgetsTooEarly(const v1::Claim& claim) const {
    if (wrong_ == Wrong::kH) return !IsLive(claim) && !under_way(claim.claim_id());
    return wrong_ == Wrong::kC && !IsLive(claim);
  }
  bool ForgetsTooEarly(const v1::Reservation& record) const {
    return wrong_ == Wrong::kJ && record.state() == v1::Reservation::CANCELLED;
  }

  const Wrong wrong_;
};

inline absl::Status Full() { return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_FULL"); }

class ThingRules final : public DeskRules {
 public:
  absl::StatusOr<Place> PlaceOf(absl::string_view thing) const override {
    return Place{0, std::string(thing)};
  }
  absl::StatusOr<const v1::Claim*> FindClaim(store::View& view, const Place& place,
                                             absl::string_view id) const override {
    return Find(view, place, ClaimField(id), &claim_);
  }
  absl::StatusOr<const v1::Reservation*> FindRecord(store::View& view, const Place& place,
                                                    absl::string_view id) const override {
    return Find(view, place, RecordField(id), &record_);
  }
  absl::Status Room(store::View& view, const Place& place, const v1::TryRequest&, absl::Time) const override {
    return Left(view, place) > 0 ? absl::OkStatus() : Full();
  }
  absl::Status Emit(store::View& view, const Place& place, const v1::ClaimFact& fact,
                    absl::Time) const override {
    return view.Emit(place.key, "c" + fact.SerializeAsString());
  }
  absl::Status Emit(store::View& view, const Place& place, const v1::ReservationFact& fact) const override {
    return view.Emit(place.key, "r" + fact.SerializeAsString());
  }
  static int64_t Left(store::View& view, const Place& place) {
    return static_cast<Thing&>(view.Get(place.key)).head().value();
  }

 private:
  template <class Record>
  absl::StatusOr<const Record*> Find(store::View& view, const Place& place, const std::string& field,
                                     Record* parsed) const {
    auto child = static_cast<Thing&>(view.Get(place.key)).Find(field);
    if (!child.ok()) return child.status();
    if (*child == nullptr) return nullptr;
    parsed->ParseFromString((*child)->value());
    return parsed;
  }
  mutable v1::Claim claim_;
  mutable v1::Reservation record_;
};

}  // namespace kepu::reservation
