#include "libs/reservation/claim.h"

#include <sodium.h>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::reservation {
namespace {

constexpr size_t kClaimIdBytes = 12;

// Lengths stand before the parts, so that no two demands run together.
void Append(std::string* out, absl::string_view part) { absl::StrAppend(out, part.size(), ":", part); }

void AppendTime(std::string* out, bool has, const google::protobuf::Timestamp& time) {
  Append(out, has ? absl::StrCat(time.seconds(), ".", time.nanos()) : "");
}

v1::ClaimFact Ended(const std::string& claim_id, const std::string& reservation, absl::Time now) {
  v1::ClaimFact fact;
  fact.set_claim_id(claim_id);
  fact.mutable_ended()->set_reservation(reservation);
  calendar::SetMicros(absl::ToUnixMicros(now), fact.mutable_ended()->mutable_end_time());
  return fact;
}

absl::Status Impossible(const v1::ClaimFact& fact, const v1::Claim* before) {
  return absl::InternalError(absl::StrCat("claim ", fact.claim_id(), " cannot take fact ",
                                          static_cast<int>(fact.what_case()), " in state ",
                                          before == nullptr ? -1 : static_cast<int>(before->state())));
}

}  // namespace

std::string ClaimField(absl::string_view claim_id) { return absl::StrCat("c/", claim_id); }

std::string ClaimId(absl::string_view reservation, const v1::Demand& demand) {
  std::string text;
  Append(&text, reservation);
  Append(&text, demand.thing());
  Append(&text, absl::StrCat(static_cast<int>(demand.kind())));
  AppendTime(&text, demand.has_start_time(), demand.start_time());
  AppendTime(&text, demand.has_end_time(), demand.end_time());
  Append(&text, absl::StrCat(demand.amount()));
  Append(&text, demand.part());
  Append(&text, demand.place());
  unsigned char digest[crypto_generichash_BYTES_MIN];
  static_assert(sizeof(digest) >= kClaimIdBytes);
  crypto_generichash(digest, sizeof(digest), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     nullptr, 0);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), kClaimIdBytes));
}

bool IsLive(const v1::Claim& claim) {
  return claim.state() == v1::Claim::TRIED || claim.state() == v1::Claim::CONFIRMED;
}

bool IsTooOld(const v1::TryRequest& request, absl::Time now) {
  return request.has_begin_time() && now - absl::FromUnixSeconds(request.begin_time().seconds()) > kCallMax;
}

v1::ClaimFact TriedFact(const v1::TryRequest& request, absl::Time now) {
  v1::ClaimFact fact;
  fact.set_claim_id(request.request_id());
  v1::Claim& claim = *fact.mutable_tried();
  claim.set_claim_id(request.request_id());
  claim.set_reservation(request.reservation());
  claim.set_state(v1::Claim::TRIED);
  *claim.mutable_demand() = request.demand();
  claim.set_pivot_service(request.pivot_service());
  claim.set_pivot(request.pivot());
  calendar::SetMicros(absl::ToUnixMicros(now + kAskAfter), claim.mutable_ask_time());
  calendar::SetMicros(absl::ToUnixMicros(now), claim.mutable_create_time());
  return fact;
}

absl::StatusOr<std::optional<v1::ClaimFact>> DecideConfirm(const v1::Claim* existing,
                                                           const v1::StepRequest& request) {
  if (existing != nullptr && existing->state() == v1::Claim::CONFIRMED) return std::nullopt;
  if (existing == nullptr || existing->state() != v1::Claim::TRIED) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "CLAIM_NOT_HELD",
                           {{"claim", request.request_id()}, {"thing", request.thing()}});
  }
  v1::ClaimFact fact;
  fact.set_claim_id(request.request_id());
  fact.mutable_confirmed();
  return fact;
}

std::optional<v1::ClaimFact> DecideCancel(const v1::Claim* existing, const v1::StepRequest& request,
                                          absl::Time now) {
  if (existing != nullptr && existing->state() != v1::Claim::TRIED) return std::nullopt;
  return Ended(request.request_id(), request.reservation(), now);
}

std::optional<v1::ClaimFact> DecideRelease(const v1::Claim* existing, const v1::StepRequest& request,
                                           absl::Time now) {
  if (existing == nullptr || !IsLive(*existing)) return std::nullopt;
  return Ended(request.request_id(), request.reservation(), now);
}

absl::StatusOr<std::optional<v1::ClaimFact>> DecideSettle(const v1::Claim* existing,
                                                          const v1::StepRequest& request,
                                                          v1::ResolveResponse::Outcome outcome,
                                                          absl::Time now) {
  // Only a claim that still waits is settled: it may have been told, or released, since it asked.
  if (existing == nullptr || existing->state() != v1::Claim::TRIED) return std::nullopt;
  if (outcome == v1::ResolveResponse::CONFIRMED) return DecideConfirm(existing, request);
  if (outcome == v1::ResolveResponse::CANCELLED) return DecideCancel(existing, request, now);
  return absl::InternalError("the pivot's answer says nothing");
}

absl::StatusOr<std::optional<v1::Claim>> ApplyClaim(const v1::Claim* before, const v1::ClaimFact& fact) {
  switch (fact.what_case()) {
    case v1::ClaimFact::kTried:
      if (before != nullptr) return Impossible(fact, before);
      return fact.tried();
    case v1::ClaimFact::kConfirmed: {
      if (before == nullptr || before->state() != v1::Claim::TRIED) return Impossible(fact, before);
      v1::Claim claim = *before;
      claim.set_state(v1::Claim::CONFIRMED);
      return claim;
    }
    case v1::ClaimFact::kEnded: {
      if (before != nullptr && !IsLive(*before)) return Impossible(fact, before);
      // What it was about no longer matters; the end alone is remembered.
      v1::Claim claim;
      claim.set_claim_id(fact.claim_id());
      claim.set_reservation(before == nullptr ? fact.ended().reservation() : before->reservation());
      claim.set_state(v1::Claim::ENDED);
      *claim.mutable_end_time() = fact.ended().end_time();
      return claim;
    }
    case v1::ClaimFact::kForgotten:
      if (before == nullptr || before->state() != v1::Claim::ENDED) return Impossible(fact, before);
      return std::nullopt;
    case v1::ClaimFact::WHAT_NOT_SET:
      break;
  }
  return Impossible(fact, before);
}

v1::StepRequest StepFor(const v1::Claim& claim) {
  v1::StepRequest step;
  step.set_request_id(claim.claim_id());
  step.set_thing(claim.demand().thing());
  step.set_reservation(claim.reservation());
  return step;
}

}  // namespace kepu::reservation
