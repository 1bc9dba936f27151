// The handlers of the event service: decode, name what is touched, decide, commit, encode. Called on any
// thread; decisions and everything that reads the index rows run on the executor.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "libs/handler/change.h"
#include "services/event/api/context.h"
#include "services/event/api/of_day.h"
#include "services/event/api/school_flow.h"
#include "services/event/api/target.h"
#include "services/event/domain/bookings.h"

namespace kepu::event {

// A booking or wait entry as an answer; NotLoaded when it has to be loaded first.
absl::Status EncodeBooking(store::View& view, const Target& target, v1::Booking* booking);
absl::Status EncodeWaitEntry(store::View& view, const Target& target, v1::WaitEntry* entry);

class Handlers {
 public:
  using Deps = Context;
  explicit Handlers(const Context& context) : deps_(context), pager_(context.pager) {}
  ~Handlers() { *alive_ = false; }

  void Register(rpc::Service& service);
  // Carries a school's booking through; on the executor.
  void Reserve(std::shared_ptr<SchoolFlow> flow);

 private:
  template <class Request, class Response>
  using Call = rpc::TypedCall<Request, Response>;

  void CreateSession(Call<v1::CreateSessionRequest, v1::Session> call);
  void GetSession(Call<v1::GetSessionRequest, v1::Session> call);
  void ListSessions(Call<v1::ListSessionsRequest, v1::ListSessionsResponse> call);
  void CancelSession(Call<v1::CancelSessionRequest, v1::Session> call);
  void UpdateSession(Call<v1::UpdateSessionRequest, v1::Session> call);
  void PublishSession(Call<v1::PublishSessionRequest, v1::Session> call);
  void ListSessionChanges(Call<v1::ListSessionChangesRequest, v1::ListSessionChangesResponse> call);
  void ListAlternatives(Call<v1::ListAlternativesRequest, v1::ListAlternativesResponse> call);
  void MoveBookings(Call<v1::MoveBookingsRequest, v1::MoveBookingsResponse> call);
  void ListDisplaced(Call<v1::ListDisplacedRequest, v1::ListDisplacedResponse> call);
  void WatchSession(Call<v1::WatchSessionRequest, v1::Session> call);

  void CreateBooking(Call<v1::CreateBookingRequest, v1::Booking> call);
  void HoldBooking(Call<v1::HoldBookingRequest, v1::Booking> call);
  void ConfirmBooking(Call<v1::ConfirmBookingRequest, v1::Booking> call);
  void CancelBooking(Call<v1::CancelBookingRequest, v1::Booking> call);
  void UpdateBooking(Call<v1::UpdateBookingRequest, v1::Booking> call);
  void MoveBooking(Call<v1::MoveBookingRequest, v1::Booking> call);
  void AppealBooking(Call<v1::AppealBookingRequest, v1::Booking> call);
  void JudgeBooking(Call<v1::JudgeBookingRequest, v1::Booking> call);
  void GetConduct(Call<v1::GetConductRequest, v1::Conduct> call);
  void CheckInBooking(Call<v1::CheckInBookingRequest, v1::Booking> call);
  void GetBooking(Call<v1::GetBookingRequest, v1::Booking> call);
  void ListBookings(Call<v1::ListBookingsRequest, v1::ListBookingsResponse> call);

  void JoinWaitList(Call<v1::JoinWaitListRequest, v1::WaitEntry> call);
  void LeaveWaitList(Call<v1::LeaveWaitListRequest, v1::WaitEntry> call);
  void GetWaitEntry(Call<v1::GetWaitEntryRequest, v1::WaitEntry> call);
  void ListWaitEntries(Call<v1::ListWaitEntriesRequest, v1::ListWaitEntriesResponse> call);

  // `decide(session, by, now)`, by staff of the session's place.
  template <class Request, class Decide>
  void ChangeSession(Call<Request, v1::Session> call, absl::string_view field, const std::string& name,
                     const std::string& etag, Decide decide);

  struct Displacing;
  void Displace(const std::shared_ptr<Displacing>& displacing);

  struct Making;
  void AskVenue(const std::shared_ptr<Making>& making);
  void MakeSession(const std::shared_ptr<Making>& making);
  void ReserveHall(const std::shared_ptr<Making>& making);

  // Schools: whom a party comes from, and the bookings that claim a class's time before they are made.
  absl::Status FillSchool(absl::string_view field, const std::string& school, const std::string& school_class,
                          const std::string& grade, const rpc::Principal& caller,
                          domain::PartyCommand* command) const;
  template <class Request>
  void BookForSchool(Call<Request, v1::Booking> call, const Target& target, bool hold);
  void ConfirmPlainly(Call<v1::ConfirmBookingRequest, v1::Booking> call);
  void ConfirmForSchool(Call<v1::ConfirmBookingRequest, v1::Booking> call, const Target& target);
  void TakeOffer(Call<v1::ConfirmBookingRequest, v1::Booking> call, const Target& target,
                 const domain::record::BookingRecord& offer);

  template <class Request>
  void MakeBooking(Call<Request, v1::Booking> call, bool hold);
  void Join(Call<v1::JoinWaitListRequest, v1::WaitEntry> call, const Target& target,
            domain::PartyCommand command);
  // One booking by those who may: `decide(session, id, caller is staff, now)`.
  struct BookingChange {
    absl::string_view field = "name";  // which field names the booking
    std::string name = {};
    std::string etag = {};
    store::Lane lane = store::Lane::kBooking;
    bool staff_only = false;
  };
  template <class Request, class Decide>
  void ChangeBooking(Call<Request, v1::Booking> call, const BookingChange& change, Decide decide) {
    absl::StatusOr<Target> target = ParseTarget(change.field, kBookingPattern, change.name);
    if (!target.ok()) return call.Fail(target.status());
    auto caller = std::make_shared<const rpc::Principal>(call.principal());
    store::RequestKey key = handler::KeyOf(deps_.keys, call);
    const std::string rules_key = RulesKeyOf(deps_, target->session);
    handler::Change(
        deps_.engine, target->partition, change.lane, std::move(key), WithRules({target->key}, rules_key),
        std::move(call),
        [target = *target, caller, etag = change.etag, staff_only = change.staff_only, decide, rules_key](
            store::View& view, absl::Time now) -> absl::Status {
          auto opened = OpenBooking(view, target, *caller, etag, staff_only);
          if (!opened.ok()) return opened.status();
          return EmitOfDay(
              view, target.key, rules_key, *opened->session,
              [&](const domain::Session& one) { return decide(one, target.id, opened->staff, now); }, now);
        },
        [target = *target](store::View& view, v1::Booking* answer) {
          return EncodeBooking(view, target, answer);
        });
  }
  // BOOKING_BARRED for an account that did not come too often; staff book for anybody.
  absl::Status CheckConduct(const rpc::Principal& caller) const;
  // A school that did not come too often in the term before.
  bool IsServedLast(const std::string& school) const;

  void MovePlainly(Call<v1::MoveBookingRequest, v1::Booking> call, const Target& from, const Target& to);
  void MoveForSchool(Call<v1::MoveBookingRequest, v1::Booking> call, const Target& from, const Target& to);
  void ReserveMove(Call<v1::MoveBookingRequest, v1::Booking> call, const Target& from, const Target& to,
                   domain::PartyCommand party, bool by_staff);

  // Who comes, as a command; `own` is whom the caller's account stands for when no identity is given.
  domain::PartyCommand PartyOf(v1::Booking::Kind kind, const v1::Party& party, const std::string& identity,
                               const rpc::Principal& caller, std::string id) const;

  template <class Request, class Response>
  void WhenVisible(Call<Request, Response> call, std::function<void(Call<Request, Response>)> then) {
    event::WhenVisible(deps_, std::move(call), std::move(then));
  }

  // Runs `then` on the executor, unless the service is gone by then.
  template <class Request, class Response>
  void OnExecutor(Call<Request, Response> call, std::function<void(Call<Request, Response>)> then) {
    deps_.executor.Post([alive = alive_, call = std::move(call), then = std::move(then)]() mutable {
      if (*alive) then(std::move(call));
    });
  }

  // Reads one aggregate through its mailbox: confirmed state, after everything that was asked before.
  template <class Request, class Response, class Encode>
  void ReadConfirmed(const Target& target, Call<Request, Response> call, Encode encode) {
    auto answer = std::make_shared<Response>();
    auto shared = std::make_shared<Call<Request, Response>>(std::move(call));
    deps_.engine.Read(
        target.partition, {target.key},
        [answer, encode = std::move(encode)](store::View& view) {
          answer->Clear();
          return encode(view, answer.get());
        },
        [answer, shared](const absl::Status& status) {
          if (!status.ok()) return shared->Fail(status);
          shared->Answer(*answer);
        });
  }

  const Context& deps_;
  const paging::Pager& pager_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
