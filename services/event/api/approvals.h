// The handlers of what staff decide on bookings: approved, declined, another session offered in place; and
// the terms of a session, shown before booking. A class's time is claimed before an offer for it is taken.
// Owned by the service; thread-safe as far as the context is.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "kepu/event/v1/approval.pb.h"
#include "services/event/api/context.h"
#include "services/event/api/papers.h"
#include "services/event/api/school_flow.h"

namespace kepu::event {

class Approvals {
 public:
  // `reserve` carries a school's booking through; on the executor.
  using Reserve = std::function<void(std::shared_ptr<SchoolFlow>)>;
  Approvals(const Context& context, Reserve reserve) : context_(context), reserve_(std::move(reserve)) {}

  void Register(rpc::Service& service);

 private:
  using AcceptCall = rpc::TypedCall<v1::AcceptCounterOfferRequest, v1::Booking>;

  void GetTerms(rpc::TypedCall<v1::GetBookingTermsRequest, v1::BookingConditions> call);
  void Approve(rpc::TypedCall<v1::ApproveBookingRequest, v1::Booking> call);
  void Decline(rpc::TypedCall<v1::DeclineBookingRequest, v1::Booking> call);
  void Offer(rpc::TypedCall<v1::CounterOfferBookingRequest, v1::Booking> call);
  void Accept(AcceptCall call);
  void DeclineOffer(rpc::TypedCall<v1::DeclineCounterOfferRequest, v1::Booking> call);

  // `from` is the booking, `to` the places that are offered in its place.
  void AcceptPlainly(AcceptCall call, const Target& from, const Target& to);
  void AcceptForSchool(AcceptCall call, const Target& from, const Target& to,
                       const domain::record::BookingRecord& offer, bool stands);

  const Context& context_;
  const Reserve reserve_;
};

}  // namespace kepu::event
