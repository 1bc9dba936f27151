// Sign-ups that are handed over: offered by one volunteer, accepted by another, and decided once for both
// shifts and both people's times (domain/shift_swap.h says how).
#include <algorithm>

#include "kepu/volunteer/v1/signup.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/visible.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/driver.h"
#include "services/volunteer/api/entry.h"
#include "services/volunteer/api/shift_change.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/domain/shift_swap.h"

namespace kepu::volunteer {
namespace {

using AcceptCall = CallOf<v1::AcceptSwapRequest, v1::Signup>;

// The id behind "shifts/…", empty for empty.
absl::StatusOr<std::string> ShiftIdIn(absl::string_view field, const std::string& name) {
  if (name.empty()) return std::string();
  auto ids = names::Parse(field, "shifts/*", name);
  if (!ids.ok()) return ids.status();
  return (*ids)[0];
}

void OfferSwap(const Context& context, CallOf<v1::OfferSwapRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string self = SelfOf(context, call.principal()), name = call.request().name();
  auto wanted = ShiftIdIn("in_exchange", call.request().in_exchange());
  if (!wanted.ok()) return call.Fail(wanted.status());
  std::string to;
  if (!call.request().to().empty()) {
    auto whom = names::Parse("to", "volunteers/*", call.request().to());
    if (!whom.ok()) return call.Fail(whom.status());
    to = (*whom)[0];
  }
  if (to == self) return call.Fail(refusal::BadField("to", "must be somebody else"));
  if (*wanted == (*ids)[0] || (to.empty() && !wanted->empty()))
    return call.Fail(refusal::BadField("in_exchange", "must be another shift, of whom it is offered to"));
  const bool own = (*ids)[1] == self, known = to.empty() || IsVolunteer(context, to);
  ChangeShift(
      context, std::move(call), (*ids)[0], name, [own](const domain::record::ShiftHead&) { return own; },
      [self, to, known, wanted = *wanted](const domain::Shift& shift,
                                          absl::Time now) -> absl::StatusOr<domain::Facts> {
        if (!known) return refusal::BadField("to", "is nobody's number here");
        return domain::DecideOfferSwap(shift, self, to, wanted, now);
      },
      [&context, self](const domain::Shift& shift, v1::Signup* answer) {
        return ShowSignup(context, shift, self, answer);
      });
}

void DeclineSwap(const Context& context, CallOf<v1::DeclineSwapRequest, v1::DeclineSwapResponse> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string self = SelfOf(context, call.principal()), name = call.request().name();
  ChangeShift(
      context, std::move(call), (*ids)[0], name, [](const domain::record::ShiftHead&) { return true; },
      [self, giver = (*ids)[1]](const domain::Shift& shift, absl::Time now) {
        return domain::DecideDeclineSwap(shift, giver, self, now);
      },
      [](const domain::Shift&, v1::DeclineSwapResponse*) { return absl::OkStatus(); });
}

// One of the two shifts, or the only one.
struct Side {
  std::string shift;
  reservation::Place place;
  domain::HandOver hand_over;
  domain::record::ShiftHead head;
  // Under which the giver has their place.
  std::string givers;
};

// Tries a claim that is of another shift's reservation: that shift is asked about it, not the pivot.
class OfOtherShift final : public reservation::Participant {
 public:
  OfOtherShift(reservation::Desk& desk, std::string shift) : desk_(desk), shift_(std::move(shift)) {}
  void Try(const reservation::v1::TryRequest& request,
           reservation::Done<reservation::v1::TryResponse> done) override {
    reservation::v1::TryRequest own = request;
    own.set_pivot(shift_);
    desk_.Try(own, std::move(done));
  }
  void Tell(reservation::Telling telling, const reservation::v1::StepRequest& request,
            reservation::Done<reservation::v1::StepResponse> done) override {
    desk_.Tell(telling, request, std::move(done));
  }
  void Resolve(const reservation::v1::ResolveRequest& request,
               reservation::Done<reservation::v1::ResolveResponse> done) override {
    desk_.Resolve(request, std::move(done));
  }

 private:
  reservation::Desk& desk_;
  const std::string shift_;
};

struct SwapFlow {
  explicit SwapFlow(AcceptCall given) : call(std::move(given)) {}
  AcceptCall call;
  std::string self;
  // Of an exchange; of a gift the pivot alone.
  bool exchange = false;
  Side pivot, other;
  std::string reservation;
  reservation::Look look;
  absl::Time begun;
  std::unique_ptr<OfOtherShift> of_other;
  v1::Signup answer;
  const Side& offered() const { return pivot.hand_over.offered ? pivot : other; }
};
using SwapFlowPtr = std::shared_ptr<SwapFlow>;

// Whom it was not offered to does not learn that it is there.
absl::Status ReadSide(store::View& view, const SwapFlow& flow, Side& side, absl::Status* full) {
  const domain::Shift& shift = ShiftIn(view, side.place.key);
  const absl::Status absent =
      refusal::NotFound(side.hand_over.offered ? flow.call.request().name() : domain::ShiftName(side.shift));
  if (!shift.Exists()) return absent;
  side.head = shift.head();
  auto giver = domain::FindSignup(shift, side.hand_over.giver);
  if (!giver.ok()) return giver.status();
  if (side.hand_over.offered && (*giver == nullptr || (*giver)->swap().to() != flow.self)) {
    *full = absent;
    return absl::OkStatus();
  }
  if (*giver != nullptr) side.givers = (*giver)->reservation();
  absl::Status status = domain::CheckHandOver(shift, side.hand_over, flow.begun);
  if (absl::IsUnavailable(status)) return status;
  // It may be this very exchange, begun by an earlier copy: the claim itself knows.
  if (refusal::ReasonOf(status) != "SWAP_UNDER_WAY") full->Update(status);
  return absl::OkStatus();
}

absl::Status Encode(const Context& context, store::View& view, SwapFlow& flow) {
  const Side& side = flow.offered();
  return ShowSignup(context, ShiftIn(view, side.place.key), side.hand_over.taker, &flow.answer);
}

absl::Status ReadSwapPivot(const Context& context, store::View& view, SwapFlow& flow) {
  const domain::Shift& shift = ShiftIn(view, flow.pivot.place.key);
  flow.begun = context.clock.Now();
  flow.look = {};
  absl::Status status = ReadSide(view, flow, flow.pivot, &flow.look.full);
  if (!status.ok()) return status;
  auto record = domain::FindRecordIfAny(shift, flow.reservation);
  if (!record.ok()) return record.status();
  if (*record != nullptr) flow.look.record = **record;
  return flow.exchange && !flow.pivot.hand_over.offered ? absl::OkStatus() : Encode(context, view, flow);
}

// The claims on people, in the order in which everybody takes them, and then the other shift.
reservation::Plan PlanOf(const Context& context, SwapFlow& flow) {
  reservation::Plan plan;
  plan.reservation = flow.reservation;
  plan.pivot_service = kSelf;
  plan.pivot = domain::ShiftName(flow.pivot.shift);
  plan.pivot_kind = reservation::v1::SHIFT;
  plan.repeat = flow.call.context().repeat;
  plan.resolve_only = flow.call.context().resolve_only;
  plan.begun = flow.begun;
  auto there = TimeOf(flow.pivot.head, flow.pivot.hand_over.taker);
  if (flow.exchange) there.set_in_place_of(flow.other.givers);
  plan.steps.push_back({{{there, kSelf, &context.desk}}, flow.pivot.hand_over.reservation});
  if (!flow.exchange) return plan;
  auto here = TimeOf(flow.other.head, flow.other.hand_over.taker);
  here.set_in_place_of(flow.pivot.givers);
  flow.of_other = std::make_unique<OfOtherShift>(context.desk, domain::ShiftName(flow.other.shift));
  plan.steps.push_back({{{here, kSelf, flow.of_other.get()}}, flow.other.hand_over.reservation});
  if (here.thing() < there.thing()) std::swap(plan.steps[0], plan.steps[1]);
  const auto change = domain::SwapDemand(flow.other.shift, flow.pivot.shift, flow.other.hand_over,
                                         reservation::ClaimId(flow.other.hand_over.reservation, here));
  plan.steps.push_back({{{change, kSelf, &context.desk}}});
  return plan;
}

// The decision holds; what it means for the other shift is told there before the caller is shown it.
void ShowOther(const Context& context, const SwapFlowPtr& flow, const reservation::Standing& standing) {
  auto show = [&context, flow, standing](const absl::StatusOr<reservation::v1::StepResponse>&) {
    context.engine.Read(
        flow->other.place.partition, {flow->other.place.key},
        [&context, flow](store::View& view) { return Encode(context, view, *flow); },
        [flow, standing](absl::Status status) {
          if (!status.ok()) return flow->call.Fail(status);
          flow->call.Answer(flow->answer, {standing.position, standing.replayed});
        });
  };
  for (const reservation::v1::ClaimRef& claim : standing.record.claims()) {
    if (claim.kind() != reservation::v1::SHIFT) continue;
    reservation::v1::StepRequest step;
    step.set_request_id(claim.claim_id());
    step.set_thing(claim.thing());
    step.set_reservation(claim.reservation());
    return context.desk.Tell(reservation::Telling::kConfirm, step, std::move(show));
  }
  show(reservation::v1::StepResponse());
}

void Finish(const Context& context, const SwapFlowPtr& flow,
            const absl::StatusOr<reservation::Standing>& standing) {
  if (!standing.ok()) return flow->call.Fail(standing.status());
  if (absl::Status status = reservation::StatusOf(standing->record); !status.ok())
    return flow->call.Fail(status);
  if (flow->exchange && flow->other.hand_over.offered) return ShowOther(context, flow, *standing);
  flow->call.Answer(flow->answer, {standing->position, standing->replayed});
}

void BeginSwap(const Context& context, const SwapFlowPtr& flow) {
  reservation::Desk::Pivot pivot;
  pivot.place = flow->pivot.place;
  pivot.reservation = flow->reservation;
  pivot.actor = flow->call.principal().name;
  pivot.look = flow->look;
  pivot.begun = flow->begun;
  pivot.decide = [flow](store::View& view, absl::Time now) {
    const std::string& key = flow->pivot.place.key;
    return EmitAll(view, key, domain::DecideHandOver(ShiftIn(view, key), flow->pivot.hand_over, now));
  };
  pivot.encode = [&context, flow](store::View& view) {
    return flow->exchange && !flow->pivot.hand_over.offered ? absl::OkStatus() : Encode(context, view, *flow);
  };
  reservation::Plan plan = PlanOf(context, *flow);
  reservation::PivotPort port = reservation::MakePivotPort(context.desk, context.settler, std::move(pivot));
  // The reservation of the time at the other shift is that shift's to confirm.
  port.commit = [flow, commit = std::move(port.commit)](const std::vector<reservation::v1::ClaimRef>& claims,
                                                        reservation::Done<reservation::Standing> done) {
    std::vector<reservation::v1::ClaimRef> own;
    for (const auto& claim : claims)
      if (!flow->exchange || claim.reservation() != flow->other.hand_over.reservation) own.push_back(claim);
    commit(own, std::move(done));
  };
  reservation::Drive(
      {context.executor, context.random}, std::move(plan), std::move(port),
      [&context, flow](absl::StatusOr<reservation::Standing> standing) { Finish(context, flow, standing); });
}

void LookAtOther(const Context& context, const SwapFlowPtr& flow) {
  // What is decided needs no second look: it may all have changed since.
  if (!flow->exchange || reservation::IsDecided(&flow->look.record)) return BeginSwap(context, flow);
  auto full = std::make_shared<absl::Status>();
  context.engine.Read(
      flow->other.place.partition, {flow->other.place.key},
      [flow, full](store::View& view) {
        *full = absl::OkStatus();
        return ReadSide(view, *flow, flow->other, full.get());
      },
      [&context, flow, full](absl::Status status) {
        if (!status.ok()) return flow->call.Fail(status);
        // That there is no offer comes before everything else.
        if (flow->look.full.ok() || absl::IsNotFound(*full)) flow->look.full = *full;
        BeginSwap(context, flow);
      });
}

void Prepare(const Context& context, SwapFlow& flow, const std::string& shift, const std::string& giver,
             const std::string& given) {
  Side offered{shift, ShiftPlace(shift), {giver, flow.self, true, given, ""}, {}, ""};
  flow.exchange = !given.empty();
  if (flow.exchange) {
    Side back{given, ShiftPlace(given), {flow.self, giver, false, "", ""}, {}, ""};
    const bool offered_last = shift > given;
    flow.pivot = offered_last ? offered : back;
    flow.other = offered_last ? back : offered;
  } else {
    flow.pivot = offered;
  }
  const store::RequestKey key = context.keys.MakeKey(
      flow.call.principal().name, absl::StrCat("AcceptSwap/", shift, "/", giver, "/", given),
      flow.call.request().request_id());
  const uint32_t partition = flow.pivot.place.partition;
  flow.reservation = context.keys.MakeId(partition, key, "reservation");
  if (!flow.exchange) {
    flow.pivot.hand_over.reservation = flow.reservation;
    return;
  }
  // Each sign-up is given back alone later on; what the two have in common is the exchange itself.
  flow.pivot.hand_over.reservation = context.keys.MakeId(partition, key, "reservation/pivot");
  flow.other.hand_over.reservation =
      context.keys.MakeId(flow.other.place.partition, key, "reservation/other");
}

void AcceptSwap(const Context& context, AcceptCall call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  auto given = ShiftIdIn("in_exchange", call.request().in_exchange());
  if (!given.ok()) return call.Fail(given.status());
  auto flow = std::make_shared<SwapFlow>(std::move(call));
  flow->self = SelfOf(context, flow->call.principal());
  if ((*ids)[1] == flow->self || *given == (*ids)[0])
    return flow->call.Fail(refusal::NotFound(flow->call.request().name()));
  Prepare(context, *flow, (*ids)[0], (*ids)[1], *given);
  context.engine.Read(
      flow->pivot.place.partition, {flow->pivot.place.key},
      [&context, flow](store::View& view) { return ReadSwapPivot(context, view, *flow); },
      [&context, flow](absl::Status status) {
        if (!status.ok()) return flow->call.Fail(status);
        LookAtOther(context, flow);
      });
}

void ListSwapOffers(const Context& context,
                    CallOf<v1::ListSwapOffersRequest, v1::ListSwapOffersResponse> call) {
  handler::WhenVisible(context.follower, nullptr, std::move(call), [&context](auto fresh) {
    const std::string self = SelfOf(context, fresh.principal());
    const std::string digest = paging::FilterDigest({"swapOffers", self});
    const auto size = paging::PageSize(fresh.request().page_size());
    const auto after = context.pager.Decode(fresh.request().page_token(), digest);
    if (!size.ok()) return fresh.Fail(size.status());
    if (!after.ok()) return fresh.Fail(after.status());
    const auto names = context.reads.signup_book().OffersTo(self, *after, *size);
    v1::ListSwapOffersResponse page;
    for (const std::string& name : names) {
      auto bytes = context.reads.signups().Get(name);
      v1::Signup signup;
      if (bytes == nullptr || !signup.ParseFromString(*bytes)) continue;
      // Of another's sign-up only what is offered; of shifts that have begun nothing is.
      if (signup.state() != v1::Signup::SIGNED_UP || TimeOf(signup.start_time()) <= context.clock.Now())
        continue;
      signup.clear_override();
      *page.add_signups() = std::move(signup);
    }
    if (names.size() == *size) page.set_next_page_token(context.pager.Encode(digest, names.back()));
    fresh.Answer(page);
  });
}

}  // namespace

void AddSwapHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kSwapService, "OfferSwap", OfferSwap);
  Handle(service, context, kSwapService, "AcceptSwap", AcceptSwap);
  Handle(service, context, kSwapService, "DeclineSwap", DeclineSwap);
  Handle(service, context, kSwapService, "ListSwapOffers", ListSwapOffers);
}

}  // namespace kepu::volunteer
