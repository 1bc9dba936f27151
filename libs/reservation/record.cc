#include "libs/reservation/record.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::reservation {
namespace {

v1::ReservationFact Decided(absl::string_view reservation, v1::Reservation::State state,
                            const std::vector<v1::ClaimRef>& claims, absl::Time now) {
  v1::ReservationFact fact;
  fact.set_reservation(reservation.data(), reservation.size());
  v1::Reservation& record = *fact.mutable_decided();
  record.set_reservation(fact.reservation());
  record.set_state(state);
  for (const v1::ClaimRef& claim : claims) {
    *record.add_claims() = claim;
    record.add_untold(claim.claim_id());
  }
  calendar::SetMicros(absl::ToUnixMicros(now), record.mutable_create_time());
  return fact;
}

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& list, absl::string_view id) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& item) { return item == id; });
}

absl::Status Impossible(const v1::ReservationFact& fact) {
  return absl::InternalError(absl::StrCat("reservation ", fact.reservation(), " cannot take fact ",
                                          static_cast<int>(fact.what_case())));
}

v1::Reservation AfterGivingBack(const v1::Reservation& before, const v1::ReservationFact& fact) {
  v1::Reservation record = before;
  record.set_given_back(true);
  *record.mutable_end_time() = fact.given_back().end_time();
  record.clear_untold();
  for (const v1::ClaimRef& claim : record.claims()) record.add_untold(claim.claim_id());
  return record;
}

v1::Reservation AfterTelling(const v1::Reservation& before, const v1::ReservationFact& fact) {
  v1::Reservation record = before;
  record.clear_untold();
  for (const std::string& id : before.untold()) {
    if (!Contains(fact.told().claim_ids(), id)) record.add_untold(id);
  }
  return record;
}

}  // namespace

std::string RecordField(absl::string_view reservation) { return absl::StrCat("r/", reservation); }

bool IsDecided(const v1::Reservation* record) {
  return record != nullptr && record->state() != v1::Reservation::ABSENT;
}

std::optional<v1::ReservationFact> DecideConfirmed(const v1::Reservation* record,
                                                   absl::string_view reservation,
                                                   const std::vector<v1::ClaimRef>& claims, absl::Time now) {
  if (IsDecided(record)) return std::nullopt;
  return Decided(reservation, v1::Reservation::CONFIRMED, claims, now);
}

std::optional<v1::ReservationFact> DecideCancelled(const v1::Reservation* record,
                                                   absl::string_view reservation, const absl::Status& refusal,
                                                   const std::vector<v1::ClaimRef>& tried, absl::Time now) {
  if (IsDecided(record)) return std::nullopt;
  v1::ReservationFact fact = Decided(reservation, v1::Reservation::CANCELLED, tried, now);
  if (!refusal.ok()) fact.mutable_decided()->set_refusal(PackRefusal(refusal));
  return fact;
}

Resolved Resolve(const v1::Reservation* record, const v1::ResolveRequest& request, absl::Time now) {
  if (!IsDecided(record)) {
    return {v1::ResolveResponse::CANCELLED,
            DecideCancelled(record, request.reservation(), absl::OkStatus(), {}, now)};
  }
  // The answer is for this claim: another driver of the same reservation may have confirmed it with other
  // claims. A reservation that was given back still answers CONFIRMED; the release is on its way and must
  // find the claim live.
  const bool named =
      std::any_of(record->claims().begin(), record->claims().end(),
                  [&](const v1::ClaimRef& claim) { return claim.claim_id() == request.request_id(); });
  const bool holds = record->state() == v1::Reservation::CONFIRMED && named;
  return {holds ? v1::ResolveResponse::CONFIRMED : v1::ResolveResponse::CANCELLED, std::nullopt};
}

std::optional<v1::ReservationFact> DecideGiveBack(const v1::Reservation* record, absl::Time now) {
  if (record == nullptr || record->state() != v1::Reservation::CONFIRMED || record->given_back())
    return std::nullopt;
  v1::ReservationFact fact;
  fact.set_reservation(record->reservation());
  calendar::SetMicros(absl::ToUnixMicros(now), fact.mutable_given_back()->mutable_end_time());
  *fact.mutable_given_back()->mutable_claims() = record->claims();
  return fact;
}

std::optional<v1::ReservationFact> DecideTold(const v1::Reservation* record,
                                              const std::vector<std::string>& claim_ids, bool released) {
  if (!IsDecided(record) || record->given_back() != released) return std::nullopt;
  v1::ReservationFact fact;
  fact.set_reservation(record->reservation());
  fact.mutable_told()->set_released(released);
  for (const std::string& id : claim_ids) {
    if (Contains(record->untold(), id)) fact.mutable_told()->add_claim_ids(id);
  }
  if (fact.told().claim_ids().empty()) return std::nullopt;
  return fact;
}

absl::StatusOr<std::optional<v1::Reservation>> ApplyRecord(const v1::Reservation* before,
                                                           const v1::ReservationFact& fact) {
  switch (fact.what_case()) {
    case v1::ReservationFact::kDecided:
      if (before != nullptr) return Impossible(fact);
      return fact.decided();
    case v1::ReservationFact::kTold:
      if (before == nullptr || before->given_back() != fact.told().released()) return Impossible(fact);
      return AfterTelling(*before, fact);
    case v1::ReservationFact::kGivenBack:
      if (before == nullptr || before->state() != v1::Reservation::CONFIRMED || before->given_back()) {
        return Impossible(fact);
      }
      return AfterGivingBack(*before, fact);
    case v1::ReservationFact::kForgotten:
      // What was confirmed and stands is kept as long as its booking.
      if (before == nullptr || (before->state() == v1::Reservation::CONFIRMED && !before->given_back())) {
        return Impossible(fact);
      }
      return std::nullopt;
    case v1::ReservationFact::WHAT_NOT_SET:
      break;
  }
  return Impossible(fact);
}

Telling TellingOf(const v1::Reservation& record) {
  if (record.state() == v1::Reservation::CANCELLED) return Telling::kCancel;
  return record.given_back() ? Telling::kRelease : Telling::kConfirm;
}

absl::Status StatusOf(const v1::Reservation& record) {
  if (record.state() == v1::Reservation::CONFIRMED) return absl::OkStatus();
  if (record.state() == v1::Reservation::CANCELLED && !record.refusal().empty())
    return UnpackRefusal(record.refusal());
  return refusal::Refuse(absl::StatusCode::kAborted, "RESERVATION_EXPIRED");
}

std::string PackRefusal(const absl::Status& status) { return refusal::ToWire(status).SerializeAsString(); }

absl::Status UnpackRefusal(absl::string_view bytes) {
  google::rpc::Status wire;
  if (!wire.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || wire.code() == 0) {
    return absl::InternalError("unreadable refusal");
  }
  return refusal::FromWire(wire);
}

bool IsRefusal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return true;
    default:
      return false;
  }
}

}  // namespace kepu::reservation
