#include "services/event/api/notice_teller.h"

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/identity.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kPostNotice[] = "/kepu.identity.v1.IdentityService/PostNotice";
constexpr absl::Duration kPatience = absl::Seconds(2);
// Notices that wait to be told; a session of the largest size is cancelled, and identity is down.
constexpr size_t kMostWaiting = 100000;
// What happened so long before a start may not have been told by the process that ended.
constexpr absl::Duration kMayBeUntold = absl::Hours(1);

}  // namespace

void NoticeTeller::Tell(const std::string& user, const char* what, const domain::record::SessionHead& head,
                        const std::string& booking, Params params, uint32_t number) {
  if (identity_ == nullptr || !absl::StartsWith(user, "users/") || chores_.pending() >= kMostWaiting) return;
  auto request = std::make_shared<identity::v1::PostNoticeRequest>();
  request->set_parent(user);
  // Of what comes more than once the beginning and the number: a request id is short.
  const std::string told = number == 0 ? what : absl::StrCat(absl::string_view(what).substr(8, 3), number);
  request->set_request_id(absl::StrCat(told, "/", head.id(), "/", booking));
  request->mutable_notice()->set_kind(what);
  request->mutable_notice()->set_about(booking.empty() ? domain::NameOf(head)
                                                       : domain::BookingName(head, booking));
  params.emplace_back("start", calendar::UtcText(head.start_us()));
  if (!head.place().empty()) params.emplace_back("place", head.place());
  for (auto& [key, value] : params) {
    auto* param = request->mutable_notice()->add_params();
    param->set_key(key);
    param->set_value(value.substr(0, 128));
  }
  const std::string id = request->request_id();
  chores_.Want(id, [this, alive = alive_, id, request] {
    if (!*alive) return;
    rpc::Context context;
    context.principal.service = kSelf;
    context.deadline = executor_.SteadyNow() + kPatience;
    rpc::CallTyped<identity::v1::Notice>(
        *identity_, kPostNotice, context, *request,
        [this, alive, id](const absl::StatusOr<identity::v1::Notice>& answer) {
          // Who is gone is told nothing; a refusal stays one however often it is asked.
          if (*alive && (answer.ok() || !refusal::ReasonOf(answer.status()).empty()) &&
              !absl::IsUnavailable(answer.status())) {
            chores_.Done(id);
          }
        });
  });
}

void NoticeTeller::Offered(const domain::record::SessionHead& head, const std::string& id,
                           const domain::record::BookingRecord& booking) {
  Tell(booking.booker(), "WAIT_LIST_OFFER", head, id,
       {{"until", calendar::UtcText(booking.hold_expire_us())}});
}

void NoticeTeller::CounterOffered(const domain::record::SessionHead& head, const std::string& id,
                                  const domain::record::BookingRecord& booking) {
  Tell(booking.booker(), "COUNTER_OFFER", head, id,
       {{"for", booking.offered_for()}, {"until", calendar::UtcText(booking.hold_expire_us())}});
}

void NoticeTeller::SessionCancelled(const domain::record::SessionHead& head, const std::string& id,
                                    const std::string& booker) {
  Tell(booker, "SESSION_CANCELLED", head, id, {{"why", head.cancel_reason()}});
}

void NoticeTeller::See(const domain::record::SessionHead& head, const std::string& id,
                       const domain::record::BookingRecord& booking) {
  SeeAnnounced(head, id, booking);
  const absl::Time since = clock_.Now() - kMayBeUntold;
  if (absl::FromUnixMicros(booking.update_us()) < since) return;
  if (booking.state() == v1::Booking::HELD && booking.from_wait_list()) return Offered(head, id, booking);
  if (booking.state() == v1::Booking::HELD && !booking.offered_for().empty())
    return CounterOffered(head, id, booking);
  if (booking.state() == v1::Booking::CONFIRMED && !booking.decided_by().empty())
    return Tell(booking.booker(), "BOOKING_APPROVED", head, id, {});
  if (booking.state() == v1::Booking::NOT_APPROVED)
    return Tell(booking.booker(), "BOOKING_DECLINED", head, id, {{"why", booking.decline_reason()}});
  if (booking.state() == v1::Booking::CANCELLED && head.state() == v1::Session::CANCELLED)
    SessionCancelled(head, id, booking.booker());
}

void NoticeTeller::Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact) {
  FoldSchedule(head, fact);
  if (fact.has_booking_made()) {
    const domain::record::BookingMade& made = fact.booking_made();
    const domain::record::BookingRecord& booking = made.booking();
    if (made.has_wait()) Offered(head, made.id(), booking);
    if (!booking.offered_for().empty()) CounterOffered(head, made.id(), booking);
    if (!booking.moved_from().empty())
      Tell(booking.booker(), "BOOKING_MOVED", head, made.id(), {{"from", booking.moved_from()}});
  } else if (fact.has_booking_approved()) {
    const domain::record::BookingApproved& approved = fact.booking_approved();
    Tell(approved.booker(), "BOOKING_APPROVED", head, approved.id(), {});
  } else if (fact.has_booking_declined()) {
    const domain::record::BookingDeclined& declined = fact.booking_declined();
    Tell(declined.booker(), "BOOKING_DECLINED", head, declined.id(), {{"why", declined.reason()}});
  } else if (fact.has_bookings_swept()) {
    const domain::record::BookingsSwept& swept = fact.bookings_swept();
    for (int i = 0; i < std::min(swept.ids_size(), swept.bookers_size()); ++i)
      SessionCancelled(head, swept.ids(i), swept.bookers(i));
  }
}

}  // namespace kepu::event
