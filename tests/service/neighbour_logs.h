// The stores of the event and the volunteer service as those would leave them, written fact by fact without
// them: what the venue service follows in tests. One thread; owned by a test.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kepu/event/log/v1/event_log.pb.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/store/memory_store.h"
#include "tests/support/fact_writer.h"

namespace kepu::venue {

class NeighbourLogs {
 public:
  NeighbourLogs(executor::Executor& executor, const executor::Clock& clock)
      : clock_(clock),
        events(event_data_, executor, [this] { return clock_.Now(); }),
        volunteers(volunteer_data_, executor, [this] { return clock_.Now(); }) {}

  void PutEvent(const std::string& id, const std::string& zh) {
    event::log::v1::EventHead head;
    head.set_id(id);
    head.mutable_display_name()->set_zh(zh);
    event::log::v1::Fact fact;
    *fact.mutable_event_created()->mutable_event() = head;
    writer_.Write(event_data_, "event/" + id, head, fact);
  }
  // A pool of 90 that all of a school draw on, one of 80 for its pupils, and one of 20 for other people.
  void PutSession(const std::string& id, const std::string& place, const std::string& space, absl::Time start,
                  absl::Time end) {
    event::log::v1::SessionHead& head = sessions_[id];
    head.set_id(id);
    head.set_event("e");
    head.set_place(place);
    head.set_space(space);
    head.set_start_us(absl::ToUnixMicros(start));
    head.set_end_us(absl::ToUnixMicros(end));
    head.set_state(event::v1::Session::SCHEDULED);
    for (const auto& [pool, kind] :
         {std::pair("all", event::v1::Booking::SCHOOL), std::pair("pupils", event::v1::Booking::SCHOOL),
          std::pair("people", event::v1::Booking::PERSON)}) {
      head.add_pools()->set_id(pool);
      head.mutable_pools()->rbegin()->add_kinds(kind);
    }
    event::log::v1::Fact fact;
    event::log::v1::SessionCreated& made = *fact.mutable_session_created();
    made.set_id(id);
    made.set_event("e");
    made.set_place(place);
    made.set_space(space);
    made.set_start_us(head.start_us());
    made.set_end_us(head.end_us());
    *made.mutable_pools() = head.pools();
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  // Held, then confirmed.
  void Book(const std::string& id, const std::vector<int32_t>& places) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    Count(head, places, 1, &event::log::v1::PoolHead::set_held, &event::log::v1::PoolHead::held);
    event::log::v1::Fact fact;
    *fact.mutable_booking_made()->mutable_booking()->mutable_taken() = {places.begin(), places.end()};
    writer_.Write(event_data_, "session/" + id, head, fact);
    Count(head, places, -1, &event::log::v1::PoolHead::set_held, &event::log::v1::PoolHead::held);
    Count(head, places, 1, &event::log::v1::PoolHead::set_confirmed, &event::log::v1::PoolHead::confirmed);
    *fact.mutable_booking_confirmed()->mutable_taken() = {places.begin(), places.end()};
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  void CancelBooking(const std::string& id, const std::vector<int32_t>& places) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    Count(head, places, -1, &event::log::v1::PoolHead::set_confirmed, &event::log::v1::PoolHead::confirmed);
    event::log::v1::Fact fact;
    *fact.mutable_booking_cancelled()->mutable_taken() = {places.begin(), places.end()};
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  void CancelSession(const std::string& id) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    head.set_state(event::v1::Session::CANCELLED);
    event::log::v1::Fact fact;
    fact.mutable_session_cancelled();
    writer_.Write(event_data_, "session/" + id, head, fact);
  }

  void PutShift(const std::string& id, const std::string& place, const std::string& session, absl::Time start,
                absl::Time end) {
    volunteer::log::v1::ShiftHead& head = shifts_[id];
    head.set_id(id);
    head.set_place(place);
    head.set_session(session);
    head.set_start_us(absl::ToUnixMicros(start));
    head.set_end_us(absl::ToUnixMicros(end));
    head.set_state(volunteer::v1::Shift::OPEN);
    head.mutable_role()->set_zh("引导");
    volunteer::log::v1::Fact fact;
    *fact.mutable_shift_created()->mutable_shift() = head;
    writer_.Write(volunteer_data_, "shift/" + id, head, fact);
  }
  void SignUp(const std::string& id) {
    shifts_[id].set_signed_up(shifts_[id].signed_up() + 1);
    volunteer::log::v1::Fact fact;
    fact.mutable_signed_up();
    writer_.Write(volunteer_data_, "shift/" + id, shifts_[id], fact);
  }
  void Withdraw(const std::string& id) {
    shifts_[id].set_signed_up(shifts_[id].signed_up() - 1);
    volunteer::log::v1::Fact fact;
    fact.mutable_withdrawn();
    writer_.Write(volunteer_data_, "shift/" + id, shifts_[id], fact);
  }
  // Another service takes places, and has them for good when `confirmed`.
  void Claim(const std::string& id, int32_t amount, bool confirmed) {
    using reservation::v1::Claim;
    volunteer::log::v1::ShiftHead& head = shifts_[id];
    head.set_claims_held(confirmed ? 0 : amount);
    head.set_claims_confirmed(confirmed ? amount : 0);
    volunteer::log::v1::Fact fact;
    volunteer::log::v1::ShiftClaimed& claimed = *fact.mutable_shift_claimed();
    claimed.set_amount(amount);
    claimed.set_from(confirmed ? Claim::TRIED : Claim::NONE);
    if (confirmed) claimed.mutable_claim()->mutable_confirmed();
    if (!confirmed) claimed.mutable_claim()->mutable_tried();
    writer_.Write(volunteer_data_, "shift/" + id, head, fact);
  }
  void CancelShift(const std::string& id) {
    shifts_[id].set_state(volunteer::v1::Shift::CANCELLED);
    volunteer::log::v1::Fact fact;
    fact.mutable_shift_cancelled();
    writer_.Write(volunteer_data_, "shift/" + id, shifts_[id], fact);
  }

 private:
  using Pool = event::log::v1::PoolHead;
  static void Count(event::log::v1::SessionHead& head, const std::vector<int32_t>& places, int32_t sign,
                    void (Pool::*set)(int32_t), int32_t (Pool::*get)() const) {
    for (int i = 0; i < head.pools_size(); ++i) {
      Pool& pool = *head.mutable_pools(i);
      (pool.*set)((pool.*get)() + sign * places[static_cast<size_t>(i)]);
    }
  }

  const executor::Clock& clock_;
  store::MemoryData event_data_, volunteer_data_;
  support::FactWriter writer_{clock_};
  std::map<std::string, event::log::v1::SessionHead> sessions_;
  std::map<std::string, volunteer::log::v1::ShiftHead> shifts_;

 public:
  store::MemoryStore events, volunteers;
};

}  // namespace kepu::venue
