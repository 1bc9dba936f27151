#include "services/event/api/approvals.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "services/event/api/handlers.h"
#include "services/event/api/of_day.h"
#include "services/event/domain/approval.h"
#include "services/event/domain/grades.h"
#include "services/event/domain/school_party.h"
#include "services/event/store/resources.h"

namespace kepu::event {
namespace {

constexpr char kApprovalService[] = "kepu.event.v1.ApprovalService";

void SetSpan(absl::Duration span, google::protobuf::Duration* out) {
  out->set_seconds(absl::ToInt64Seconds(span));
}

// One booking by those who may, and another one of the same partition with it where `also` names it.
template <class Request, class Decide>
void ChangeBooking(const Context& context, rpc::TypedCall<Request, v1::Booking> call, const Target& target,
                   const std::string& etag, bool staff_only, const std::vector<std::string>& also,
                   Decide decide) {
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey key = handler::KeyOf(context.keys, call);
  std::vector<std::string> aggregates = {target.key};
  aggregates.insert(aggregates.end(), also.begin(), also.end());
  handler::Change(
      context.engine, target.partition, store::Lane::kBooking, std::move(key), std::move(aggregates),
      std::move(call),
      [target, caller, etag, staff_only, decide](store::View& view, absl::Time now) -> absl::Status {
        auto opened = OpenBooking(view, target, *caller, etag, staff_only);
        if (!opened.ok()) return opened.status();
        return decide(view, *opened, now);
      },
      [target](store::View& view, v1::Booking* answer) { return EncodeBooking(view, target, answer); });
}

// Both or none: nothing is emitted before everything is decided.
absl::Status EmitBoth(store::View& view, const std::string& first, const absl::StatusOr<domain::Facts>& one,
                      const std::string& second, const absl::StatusOr<domain::Facts>& other) {
  if (!one.ok()) return one.status();
  if (!other.ok()) return other.status();
  if (absl::Status status = EmitAll(view, first, one); !status.ok()) return status;
  return EmitAll(view, second, other);
}

// The places that a request names as offered; NOT_FOUND for what cannot be an offer for `from`.
absl::StatusOr<Target> ParseOffer(const Target& from, const std::string& offer) {
  absl::StatusOr<Target> to = ParseTarget("offer", kBookingPattern, offer);
  if (to.ok() && (to->partition != from.partition || to->key == from.key)) return refusal::NotFound(offer);
  return to;
}

}  // namespace

void Approvals::Register(rpc::Service& service) {
  const auto handle = [&]<class Request, class Response>(
                          const char* method, void (Approvals::*handler)(rpc::TypedCall<Request, Response>)) {
    service.Handle<Request, Response>(
        kApprovalService, method,
        [this, handler](rpc::TypedCall<Request, Response> call) { (this->*handler)(std::move(call)); });
  };
  handle("GetBookingTerms", &Approvals::GetTerms);
  handle("ApproveBooking", &Approvals::Approve);
  handle("DeclineBooking", &Approvals::Decline);
  handle("CounterOfferBooking", &Approvals::Offer);
  handle("AcceptCounterOffer", &Approvals::Accept);
  handle("DeclineCounterOffer", &Approvals::DeclineOffer);
}

void Approvals::GetTerms(rpc::TypedCall<v1::GetBookingTermsRequest, v1::BookingConditions> call) {
  using Call = rpc::TypedCall<v1::GetBookingTermsRequest, v1::BookingConditions>;
  absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  const std::string& grade = call.request().grade();
  if (!grade.empty() && !domain::GradeRank(grade))
    return call.Fail(refusal::BadField("grade", domain::kGradeRule));
  auto shared = std::make_shared<Call>(std::move(call));
  auto answer = std::make_shared<v1::BookingConditions>();
  context_.engine.Read(
      target->partition, {target->key},
      [this, shared, answer, target = *target](store::View& view) -> absl::Status {
        auto session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        const domain::record::SessionHead& head = (*session)->head();
        if (head.state() == v1::Session::DRAFT && !IsStaff(shared->principal(), head))
          return refusal::NotFound(target.name);
        const domain::Rules& rules = context_.rules;
        const absl::Time now = context_.clock.Now();
        const v1::Booking::Kind kind = shared->request().kind();
        const bool many = kind == v1::Booking::GROUP || kind == v1::Booking::SCHOOL;
        answer->Clear();
        *answer->mutable_terms() = head.terms();
        answer->set_needs_approval(domain::NeedsApproval(head, kind, shared->request().party()));
        if (answer->needs_approval())
          SetSpan(domain::ApprovalSpan(head, rules, now), answer->mutable_decided_within());
        SetSpan(many ? rules.group_hold : rules.person_hold, answer->mutable_hold());
        calendar::SetMicros(domain::FreeUntil(head, kind, rules, now), answer->mutable_free_until());
        const domain::PartyLimits limits = domain::LimitsOf(head, kind, rules);
        answer->set_party_min(limits.least);
        answer->set_party_max(limits.most);
        if (kind == v1::Booking::SCHOOL) {
          answer->set_pupils_per_adult(
              domain::PupilsPerAdult(head.programme(), shared->request().grade(), rules));
        }
        answer->set_half_marks_to_bar(rules.half_marks_to_bar);
        answer->set_within_days(static_cast<int>(rules.marks_count / absl::Hours(24)));
        answer->set_barred_days(static_cast<int>(rules.barred / absl::Hours(24)));
        answer->set_school_half_marks(rules.school_half_marks);
        return absl::OkStatus();
      },
      [shared, answer](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

void Approvals::Approve(rpc::TypedCall<v1::ApproveBookingRequest, v1::Booking> call) {
  using Call = rpc::TypedCall<v1::ApproveBookingRequest, v1::Booking>;
  absl::StatusOr<Target> target = ParseTarget("name", kBookingPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto shared = std::make_shared<Call>(std::move(call));
  auto found = std::make_shared<PaperCase>();
  context_.engine.Read(
      target->partition, {target->key},
      [shared, found, target = *target](store::View& view) -> absl::Status {
        auto opened = OpenBooking(view, target, shared->principal(), "", true);
        if (opened.ok()) *found = CaseOf(opened->session->head(), *opened->booking, shared->principal());
        return opened.status();
      },
      [this, shared, found, target = *target](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        AskStandings(context_, *found, [this, shared, target](const auto& standings) {
          if (!standings.ok()) return shared->Fail(standings.status());
          const std::string etag = shared->request().etag(), by = shared->principal().name;
          ChangeBooking(context_, std::move(*shared), target, etag, true, {},
                        [target, by, papers = *standings](store::View& view, const OpenedBooking& opened,
                                                          absl::Time now) {
                          return EmitAll(view, target.key,
                                         domain::DecideApprove(*opened.session, target.id, papers, by, now));
                        });
        });
      });
}

void Approvals::Decline(rpc::TypedCall<v1::DeclineBookingRequest, v1::Booking> call) {
  absl::StatusOr<Target> target = ParseTarget("name", kBookingPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  const v1::DeclineBookingRequest request = call.request();
  const std::string by = call.principal().name;
  ChangeBooking(context_, std::move(call), *target, request.etag(), true, {},
                [target = *target, by, reason = request.reason(), rules = context_.rules](
                    store::View& view, const OpenedBooking& opened, absl::Time now) {
                  return EmitAll(view, target.key,
                                 domain::DecideDecline(*opened.session, target.id, reason, by, rules, now));
                });
}

void Approvals::Offer(rpc::TypedCall<v1::CounterOfferBookingRequest, v1::Booking> call) {
  absl::StatusOr<Target> from = ParseTarget("name", kBookingPattern, call.request().name());
  if (!from.ok()) return call.Fail(from.status());
  absl::StatusOr<Target> to = ParseTarget("session", kSessionPattern, call.request().session());
  if (!to.ok()) return call.Fail(to.status());
  if (to->session == from->session)
    return call.Fail(refusal::BadField("session", "must be another session than the booking's"));
  const absl::Status other_place = refusal::Refuse(refusal::kNo, "OTHER_PLACE", {{"session", to->name}});
  // Everything of a place is one partition.
  if (to->partition != from->partition) return call.Fail(other_place);
  to->id = context_.keys.MakeId(to->partition, handler::KeyOf(context_.keys, call));
  const std::string etag = call.request().etag(), by = call.principal().name;
  const std::string rules_key = RulesKeyOf(context_, to->session);
  ChangeBooking(
      context_, std::move(call), *from, etag, true, WithRules({to->key}, rules_key),
      [from = *from, to = *to, by, other_place, rules_key, rules = context_.rules](
          store::View& view, const OpenedBooking& opened, absl::Time now) -> absl::Status {
        auto party = domain::PartyToOffer(*opened.session, from.id, to.id, now);
        if (!party.ok()) return party.status();
        auto there = OpenSession(view, to);
        if (!there.ok()) return there.status();
        if ((*there)->head().place() != opened.session->head().place()) return other_place;
        if (absl::Status status = domain::CheckOpen((*there)->head(), now, false); !status.ok())
          return status;
        OfDay day(view, rules_key);
        auto held = day.Decide(
            **there, [&](const domain::Session& one) { return domain::DecideHold(one, *party, rules, now); },
            now);
        if (!held.ok()) return held.status();
        int64_t until = 0;
        for (const domain::record::Fact& fact : *held)
          until = std::max(until, fact.booking_made().booking().hold_expire_us());
        absl::Status status =
            EmitBoth(view, to.key, held, from.key,
                     domain::DecideNoteOffer(*opened.session, from.id,
                                             domain::BookingName((*there)->head(), to.id), until, by, now));
        return status.ok() ? day.EmitPlace(now) : status;
      });
}

void Approvals::Accept(AcceptCall call) {
  absl::StatusOr<Target> from = ParseTarget("name", kBookingPattern, call.request().name());
  if (!from.ok()) return call.Fail(from.status());
  absl::StatusOr<Target> to = ParseOffer(*from, call.request().offer());
  if (!to.ok()) return call.Fail(to.status());
  // Only who has a role can act for a school.
  if (call.principal().grants.empty()) return AcceptPlainly(std::move(call), *from, *to);
  struct Found {
    domain::record::BookingRecord offer;
    bool stands = false;
    bool moved = false;  // by an earlier copy of this call
  };
  auto found = std::make_shared<Found>();
  auto shared = std::make_shared<AcceptCall>(std::move(call));
  context_.engine.Read(
      from->partition, {from->key, to->key},
      [shared, found, from = *from, to = *to](store::View& view) -> absl::Status {
        auto opened = OpenBooking(view, from, shared->principal(), "", false);
        if (!opened.ok()) return opened.status();
        found->moved = opened->booking->moved_to() == to.name;
        found->stands = opened->booking->state() == v1::Booking::CONFIRMED;
        if (found->moved) return absl::OkStatus();
        if (absl::Status status = domain::CheckOffered(*opened->session, from.id, to.name); !status.ok())
          return status;
        auto there = OpenSession(view, to);
        if (!there.ok()) return there.status();
        auto offer = domain::FindBooking(**there, to.id);
        if (!offer.ok()) return offer.status();
        if (*offer != nullptr) found->offer = **offer;
        return absl::OkStatus();
      },
      [this, shared, found, from = *from, to = *to](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        // What was moved already is answered as it was.
        if (found->moved || found->offer.school().empty()) return AcceptPlainly(std::move(*shared), from, to);
        AcceptForSchool(std::move(*shared), from, to, found->offer, found->stands);
      });
}

void Approvals::AcceptPlainly(AcceptCall call, const Target& from, const Target& to) {
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  const bool repeat = call.context().repeat;
  store::RequestKey key = handler::KeyOf(context_.keys, call);
  handler::Change(
      context_.engine, from.partition, store::Lane::kBooking, std::move(key), {from.key, to.key},
      std::move(call),
      [from, to, caller, repeat, rules = context_.rules](store::View& view, absl::Time now) -> absl::Status {
        auto opened = OpenBooking(view, from, *caller, "", false);
        if (!opened.ok()) return opened.status();
        // A class's acceptance is known by its reservation alone.
        if (repeat && !opened->booking->school().empty() && opened->booking->moved_to() == to.name)
          return absl::OkStatus();
        if (absl::Status status = domain::CheckOffered(*opened->session, from.id, to.name); !status.ok())
          return status;
        auto there = OpenSession(view, to);
        if (!there.ok()) return there.status();
        const bool stands = opened->booking->state() == v1::Booking::CONFIRMED;
        return EmitBoth(view, to.key, domain::DecideTakeOffer(**there, to.id, stands, rules, now), from.key,
                        domain::DecideCancel(*opened->session, from.id, true, rules, now, to.name));
      },
      [to](store::View& view, v1::Booking* answer) { return EncodeBooking(view, to, answer); });
}

void Approvals::AcceptForSchool(AcceptCall call, const Target& from, const Target& to,
                                const domain::record::BookingRecord& offer, bool stands) {
  const store::RequestKey key = handler::KeyOf(context_.keys, call);
  auto flow = FlowOf(std::move(call), to);
  domain::PartyCommand& command = flow->command;
  command.id = to.id;
  command.kind = offer.kind();
  command.party = offer.party();
  command.school = offer.school();
  command.school_class = offer.school_class();
  command.grade = offer.grade();
  command.reservation = context_.keys.MakeId(to.partition, key, absl::StrCat("reservation/", to.id));
  flow->same_request = false;
  flow->also = from.key;
  flow->decide = [to, stands, rules = context_.rules](const domain::Session& session,
                                                      const domain::PartyCommand& party, absl::Time now) {
    return domain::DecideTakeOffer(session, to.id, stands, rules, now, party.reservation);
  };
  flow->decide_also = [from, to, rules = context_.rules](store::View& view, OfDay& day,
                                                         absl::Time now) -> absl::StatusOr<domain::Facts> {
    auto here = OpenSession(view, from);
    if (!here.ok()) return here.status();
    if (absl::Status status = domain::CheckOffered(**here, from.id, to.name); !status.ok()) return status;
    return day.Decide(
        **here,
        [&](const domain::Session& one) {
          return domain::DecideCancel(one, from.id, true, rules, now, to.name);
        },
        now);
  };
  reserve_(std::move(flow));
}

void Approvals::DeclineOffer(rpc::TypedCall<v1::DeclineCounterOfferRequest, v1::Booking> call) {
  absl::StatusOr<Target> from = ParseTarget("name", kBookingPattern, call.request().name());
  if (!from.ok()) return call.Fail(from.status());
  absl::StatusOr<Target> to = ParseOffer(*from, call.request().offer());
  if (!to.ok()) return call.Fail(to.status());
  ChangeBooking(context_, std::move(call), *from, "", false, {to->key},
                [from = *from, to = *to, rules = context_.rules](
                    store::View& view, const OpenedBooking& opened, absl::Time now) -> absl::Status {
                  if (absl::Status status = domain::CheckOffered(*opened.session, from.id, to.name);
                      !status.ok())
                    return status;
                  auto there = OpenSession(view, to);
                  if (!there.ok()) return there.status();
                  return EmitBoth(view, to.key, domain::DecideCancel(**there, to.id, true, rules, now),
                                  from.key, domain::DecideEndOffer(*opened.session, from.id, to.name, now));
                });
}

}  // namespace kepu::event
