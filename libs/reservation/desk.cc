#include "libs/reservation/desk.h"

#include <map>
#include <utility>

#include "libs/refusal/refusal.h"
#include "libs/reservation/driver.h"

namespace kepu::reservation {
namespace {

absl::Status EmitIfAny(const DeskRules& rules, store::View& view, const Place& place,
                       const std::optional<v1::ClaimFact>& fact, absl::Time now) {
  return fact ? rules.Emit(view, place, *fact, now) : absl::OkStatus();
}

absl::Status EmitIfAny(const DeskRules& rules, store::View& view, const Place& place,
                       const std::optional<v1::ReservationFact>& fact) {
  return fact ? rules.Emit(view, place, *fact) : absl::OkStatus();
}

absl::Status Nothing(store::View&) { return absl::OkStatus(); }

// Completions that only want to know whether it went through.
absl::AnyInvocable<void(const store::Outcome&)> StatusOnly(absl::AnyInvocable<void(absl::Status)> done) {
  return [done = std::move(done)](const store::Outcome& outcome) mutable { done(outcome.status); };
}

}  // namespace

void Desk::Submit(const Place& place, Decide decide, Encode encode,
                  absl::AnyInvocable<void(const store::Outcome& outcome)> done,
                  const std::vector<std::string>& also, const std::string& actor) {
  store::Command command;
  command.actor = actor;
  command.lane = store::Lane::kBooking;
  command.deadline = executor_.SteadyNow() + kAttemptMax;
  command.aggregates = {place.key};
  if (!place.also.empty()) command.aggregates.push_back(place.also);
  command.aggregates.insert(command.aggregates.end(), also.begin(), also.end());
  command.decide = std::move(decide);
  command.encode = std::move(encode);
  command.done = std::move(done);
  engine_.Submit(place.partition, std::move(command));
}

void Desk::Try(const v1::TryRequest& request, Done<v1::TryResponse> done) {
  absl::StatusOr<Place> place = rules_.PlaceOf(request.demand().thing());
  v1::TryResponse answer;
  if (!place.ok()) {
    answer.set_outcome(v1::TryResponse::REFUSED);
    answer.set_refusal(PackRefusal(place.status()));
    return done(std::move(answer));
  }
  auto outcome = std::make_shared<v1::TryResponse::Outcome>(v1::TryResponse::OUTCOME_UNSPECIFIED);
  auto decide = [this, place = *place, request, outcome](store::View& view, absl::Time now) -> absl::Status {
    auto claim = rules_.FindClaim(view, place, request.request_id());
    if (!claim.ok()) return claim.status();
    auto decision = DecideTry(*claim, request, now,
                              [&](const v1::Demand&) { return rules_.Room(view, place, request, now); });
    if (!decision.ok()) return decision.status();
    *outcome = decision->outcome;
    return EmitIfAny(rules_, view, place, decision->fact, now);
  };
  Submit(*place, std::move(decide), Nothing,
         [outcome, done = std::move(done)](const store::Outcome& result) mutable {
           const absl::Status& status = result.status;
           v1::TryResponse response;
           if (status.ok()) {
             response.set_outcome(*outcome);
           } else if (IsRefusal(status)) {
             response.set_outcome(v1::TryResponse::REFUSED);
             response.set_refusal(PackRefusal(status));
           } else {
             return done(status);
           }
           done(std::move(response));
         });
}

void Desk::Tell(Telling telling, const v1::StepRequest& request, Done<v1::StepResponse> done) {
  absl::StatusOr<Place> place = rules_.PlaceOf(request.thing());
  if (!place.ok()) return done(place.status());
  auto decide = [this, place = *place, request, telling](store::View& view, absl::Time now) -> absl::Status {
    auto claim = rules_.FindClaim(view, place, request.request_id());
    if (!claim.ok()) return claim.status();
    if (telling == Telling::kCancel)
      return EmitIfAny(rules_, view, place, DecideCancel(*claim, request, now), now);
    if (telling == Telling::kRelease)
      return EmitIfAny(rules_, view, place, DecideRelease(*claim, request, now), now);
    auto fact = DecideConfirm(*claim, request);
    return fact.ok() ? EmitIfAny(rules_, view, place, *fact, now) : fact.status();
  };
  Submit(*place, std::move(decide), Nothing, [done = std::move(done)](const store::Outcome& result) mutable {
    if (!result.status.ok()) return done(result.status);
    done(v1::StepResponse());
  });
}

void Desk::Resolve(const v1::ResolveRequest& request, Done<v1::ResolveResponse> done) {
  absl::StatusOr<Place> place = rules_.PlaceOf(request.pivot());
  if (!place.ok()) return done(place.status());
  auto answer = std::make_shared<v1::ResolveResponse>();
  auto decide = [this, place = *place, request, answer](store::View& view, absl::Time now) -> absl::Status {
    auto record = rules_.FindRecord(view, place, request.reservation());
    if (!record.ok()) return record.status();
    const Resolved resolved = reservation::Resolve(*record, request, now);
    answer->set_outcome(resolved.outcome);
    return EmitIfAny(rules_, view, place, resolved.fact);
  };
  Submit(*place, std::move(decide), Nothing,
         [answer, done = std::move(done)](const store::Outcome& result) mutable {
           if (!result.status.ok()) return done(result.status);
           done(*answer);
         });
}

void Desk::Settle(const Place& place, const v1::Claim& claim, v1::ResolveResponse::Outcome outcome,
                  absl::AnyInvocable<void(absl::Status)> done) {
  auto decide = [this, place, step = StepFor(claim), outcome](store::View& view,
                                                              absl::Time now) -> absl::Status {
    auto existing = rules_.FindClaim(view, place, step.request_id());
    if (!existing.ok()) return existing.status();
    auto fact = DecideSettle(*existing, step, outcome, now);
    return fact.ok() ? EmitIfAny(rules_, view, place, *fact, now) : fact.status();
  };
  Submit(place, std::move(decide), Nothing, StatusOnly(std::move(done)));
}

void Desk::Told(const Place& place, const std::string& reservation, const std::vector<std::string>& claim_ids,
                bool released, absl::AnyInvocable<void(absl::Status)> done) {
  auto decide = [this, place, reservation, claim_ids, released](store::View& view,
                                                                absl::Time) -> absl::Status {
    auto record = rules_.FindRecord(view, place, reservation);
    if (!record.ok()) return record.status();
    return EmitIfAny(rules_, view, place, DecideTold(*record, claim_ids, released));
  };
  Submit(place, std::move(decide), Nothing, StatusOnly(std::move(done)));
}

void Desk::Refuse(PivotPtr pivot, const absl::Status& refusal, const std::vector<v1::ClaimRef>& tried,
                  Done<Standing> done) {
  auto standing = std::make_shared<Standing>();
  auto decide = [this, pivot, refusal, tried, standing](store::View& view, absl::Time now) -> absl::Status {
    auto record = rules_.FindRecord(view, pivot->place, pivot->reservation);
    if (!record.ok()) return record.status();
    standing->replayed = IsDecided(*record);
    return EmitIfAny(rules_, view, pivot->place,
                     DecideCancelled(*record, pivot->reservation, refusal, tried, now));
  };
  SubmitAtPivot(std::move(pivot), std::move(standing), std::move(decide), std::move(done));
}

// The claims of a plan by the reservation that they are of.
std::map<std::string, std::vector<v1::ClaimRef>> ByReservation(const std::vector<v1::ClaimRef>& claims,
                                                               const std::string& own) {
  std::map<std::string, std::vector<v1::ClaimRef>> by = {{own, {}}};
  for (const v1::ClaimRef& claim : claims)
    by[claim.reservation().empty() ? own : claim.reservation()].push_back(claim);
  return by;
}

// Another reservation that the commit would decide along was decided before, since a claim of it asked.
absl::StatusOr<bool> Desk::AnyDecided(store::View& view, const Pivot& pivot,
                                      const std::map<std::string, std::vector<v1::ClaimRef>>& by) const {
  bool decided = false;
  for (const auto& [reservation, claims] : by) {
    if (reservation == pivot.reservation) continue;
    auto record = rules_.FindRecord(view, pivot.place, reservation);
    if (!record.ok()) return record.status();
    decided |= IsDecided(*record);
  }
  return decided;
}

void Desk::Commit(PivotPtr pivot, const std::vector<v1::ClaimRef>& claims, Done<Standing> done) {
  auto standing = std::make_shared<Standing>();
  auto decide = [this, pivot, claims, standing](store::View& view, absl::Time now) -> absl::Status {
    auto record = rules_.FindRecord(view, pivot->place, pivot->reservation);
    if (!record.ok()) return record.status();
    standing->replayed = IsDecided(*record);
    if (standing->replayed) return absl::OkStatus();
    const bool too_old = now - pivot->begun > kCallMax;
    const auto by = ByReservation(claims, pivot->reservation);
    const auto decided = AnyDecided(view, *pivot, by);
    if (!decided.ok()) return decided.status();
    const bool expired = too_old || *decided;
    absl::Status room = expired ? refusal::Refuse(absl::StatusCode::kAborted, "RESERVATION_EXPIRED")
                                : pivot->decide(view, now);
    if (!room.ok() && !IsRefusal(room) && !expired) return room;
    if (!room.ok())
      return EmitIfAny(rules_, view, pivot->place,
                       DecideCancelled(nullptr, pivot->reservation, room, claims, now));
    for (const auto& [reservation, its] : by) {
      absl::Status emitted =
          EmitIfAny(rules_, view, pivot->place, DecideConfirmed(nullptr, reservation, its, now));
      if (!emitted.ok()) return emitted;
    }
    return absl::OkStatus();
  };
  SubmitAtPivot(std::move(pivot), std::move(standing), std::move(decide), std::move(done));
}

void Desk::SubmitAtPivot(PivotPtr pivot, std::shared_ptr<Standing> standing, Decide decide,
                         Done<Standing> done) {
  auto encode = [this, pivot, standing](store::View& view) -> absl::Status {
    auto record = rules_.FindRecord(view, pivot->place, pivot->reservation);
    if (!record.ok()) return record.status();
    standing->record.Clear();
    if (*record != nullptr) standing->record = **record;
    const bool confirmed = standing->record.state() == v1::Reservation::CONFIRMED;
    return confirmed && pivot->encode ? pivot->encode(view) : absl::OkStatus();
  };
  Submit(
      pivot->place, std::move(decide), std::move(encode),
      [standing, done = std::move(done)](const store::Outcome& outcome) mutable {
        if (!outcome.status.ok()) return done(outcome.status);
        standing->position = outcome.position.Pack();
        done(*standing);
      },
      pivot->also, pivot->actor);
}

PivotPort MakePivotPort(Desk& desk, Settler& settler, Desk::Pivot given) {
  const auto pivot = std::make_shared<const Desk::Pivot>(std::move(given));
  PivotPort port;
  port.look = [pivot](Done<Look> done) { done(pivot->look); };
  port.commit = [&desk, pivot](const std::vector<v1::ClaimRef>& claims, Done<Standing> done) {
    desk.Commit(pivot, claims, std::move(done));
  };
  port.refuse = [&desk, pivot](const absl::Status& why, const std::vector<v1::ClaimRef>& tried,
                               Done<Standing> done) { desk.Refuse(pivot, why, tried, std::move(done)); };
  port.push = [&settler, pivot](const v1::Reservation& record) { settler.Push(pivot->place, record); };
  return port;
}

void HandleParticipant(rpc::Service& service, absl::string_view full_service, Participant& desk) {
  using TryCall = rpc::TypedCall<v1::TryRequest, v1::TryResponse>;
  service.Handle<v1::TryRequest, v1::TryResponse>(full_service, "Try", [&desk](TryCall call) {
    auto shared = std::make_shared<TryCall>(std::move(call));
    desk.Try(shared->request(), [shared](absl::StatusOr<v1::TryResponse> answer) { shared->Finish(answer); });
  });
  using StepCall = rpc::TypedCall<v1::StepRequest, v1::StepResponse>;
  const std::pair<const char*, Telling> steps[] = {
      {"Confirm", Telling::kConfirm}, {"Cancel", Telling::kCancel}, {"Release", Telling::kRelease}};
  for (const auto& [method, telling] : steps) {
    service.Handle<v1::StepRequest, v1::StepResponse>(
        full_service, method, [&desk, telling = telling](StepCall call) {
          auto shared = std::make_shared<StepCall>(std::move(call));
          desk.Tell(telling, shared->request(),
                    [shared](absl::StatusOr<v1::StepResponse> answer) { shared->Finish(answer); });
        });
  }
  using ResolveCall = rpc::TypedCall<v1::ResolveRequest, v1::ResolveResponse>;
  service.Handle<v1::ResolveRequest, v1::ResolveResponse>(full_service, "Resolve", [&desk](ResolveCall call) {
    auto shared = std::make_shared<ResolveCall>(std::move(call));
    desk.Resolve(shared->request(),
                 [shared](absl::StatusOr<v1::ResolveResponse> answer) { shared->Finish(answer); });
  });
}

SettlerPorts MakeSettlerPorts(Desk& desk, std::string self,
                              std::function<Participant*(absl::string_view)> remote) {
  auto whose = [&desk, self = std::move(self),
                remote = std::move(remote)](absl::string_view service) -> Participant* {
    return service == self ? &desk : remote(service);
  };
  const absl::Status unknown = absl::UnavailableError("no such service");
  SettlerPorts ports;
  ports.resolve = [whose, unknown](const v1::Claim& claim, Done<v1::ResolveResponse> done) {
    Participant* pivot = whose(claim.pivot_service());
    if (pivot == nullptr) return done(unknown);
    v1::ResolveRequest request;
    request.set_request_id(claim.claim_id());
    request.set_reservation(claim.reservation());
    request.set_pivot(claim.pivot());
    pivot->Resolve(request, std::move(done));
  };
  ports.settle = [&desk](const Place& place, const v1::Claim& claim, v1::ResolveResponse::Outcome outcome,
                         absl::AnyInvocable<void(absl::Status)> done) {
    desk.Settle(place, claim, outcome, std::move(done));
  };
  ports.tell = [whose, unknown](Telling telling, const v1::ClaimRef& ref, Done<v1::StepResponse> done) {
    Participant* holder = whose(ref.service());
    if (holder == nullptr) return done(unknown);
    v1::StepRequest step;
    step.set_request_id(ref.claim_id());
    step.set_thing(ref.thing());
    step.set_reservation(ref.reservation());
    holder->Tell(telling, step, std::move(done));
  };
  ports.told = [&desk](const Place& place, const std::string& reservation,
                       const std::vector<std::string>& claim_ids, bool released,
                       absl::AnyInvocable<void(absl::Status)> done) {
    desk.Told(place, reservation, claim_ids, released, std::move(done));
  };
  return ports;
}

}  // namespace kepu::reservation
