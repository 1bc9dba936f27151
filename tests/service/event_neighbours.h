// The stores of the venue and the volunteer service as those would leave them, written fact by fact without
// them: what the event service follows in tests. One thread; owned by a test.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kepu/venue/log/v1/fleet_log.pb.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/store/memory_store.h"
#include "tests/support/fact_writer.h"

namespace kepu::event {

class EventNeighbours {
 public:
  EventNeighbours(executor::Executor& executor, const executor::Clock& clock)
      : clock_(clock),
        venues(venue_data_, executor, [this] { return clock_.Now(); }),
        volunteers(volunteer_data_, executor, [this] { return clock_.Now(); }) {}

  // Of venues/cqstm; no spaces: all of it.
  venue::v1::Closure Close(const std::string& id, absl::Time start, absl::Time end,
                           const std::vector<std::string>& spaces = {}) {
    venue::v1::Closure& closure = closures_[id];
    const bool there = !closure.name().empty();
    closure.set_name("venues/cqstm/closures/" + id);
    closure.set_state(venue::v1::Closure::ACTIVE);
    closure.mutable_reason()->set_zh("暴雨");
    closure.mutable_reason()->set_en("storm");
    calendar::SetMicros(absl::ToUnixMicros(start), closure.mutable_start_time());
    calendar::SetMicros(absl::ToUnixMicros(end), closure.mutable_end_time());
    *closure.mutable_spaces() = {spaces.begin(), spaces.end()};
    calendar::SetMicros(absl::ToUnixMicros(clock_.Now()), closure.mutable_update_time());
    venue::log::v1::VenueFact fact;
    *(there ? fact.mutable_closure_updated() : fact.mutable_closure_created()) = closure;
    WriteVenue(id, fact);
    return closure;
  }
  void End(const std::string& id) {
    venue::v1::Closure& closure = closures_.at(id);
    closure.set_state(venue::v1::Closure::ENDED);
    closure.mutable_end_time()->CopyFrom(closure.start_time());
    calendar::SetMicros(absl::ToUnixMicros(clock_.Now()), closure.mutable_update_time());
    venue::log::v1::VenueFact fact;
    fact.mutable_closure_ended()->set_id(id);
    fact.mutable_closure_ended()->set_end_us(calendar::MicrosOf(closure.end_time()));
    fact.mutable_closure_ended()->set_time_us(absl::ToUnixMicros(clock_.Now()));
    WriteVenue(id, fact);
  }
  // The one tour of caravans/one, with one stop.
  void PutTour(absl::Time start, absl::Time end, bool again = false) {
    venue::log::v1::FleetFact fact;
    venue::log::v1::TourPlanned& planned =
        again ? *fact.mutable_tour_replanned() : *fact.mutable_tour_planned();
    planned.mutable_tour()->set_name("caravans/one/tours/t");
    planned.mutable_tour()->set_state(venue::v1::Tour::PLANNED);
    calendar::SetMicros(absl::ToUnixMicros(clock_.Now()), planned.mutable_tour()->mutable_update_time());
    venue::v1::TourStop& stop = *planned.mutable_tour()->add_stops();
    calendar::SetMicros(absl::ToUnixMicros(start), stop.mutable_start_time());
    calendar::SetMicros(absl::ToUnixMicros(end), stop.mutable_end_time());
    venue::log::v1::FleetChild child;
    *child.mutable_tour() = planned;
    writer_.Write(venue_data_, "fleet/city", venue::log::v1::FleetHead(), fact, "t/one/t",
                  child.SerializeAsString());
  }
  void CancelTour() {
    venue::log::v1::FleetFact fact;
    fact.mutable_tour_cancelled()->set_caravan("one");
    fact.mutable_tour_cancelled()->set_id("t");
    fact.mutable_tour_cancelled()->set_time_us(absl::ToUnixMicros(clock_.Now()));
    writer_.Write(venue_data_, "fleet/city", venue::log::v1::FleetHead(), fact);
  }

  void PutShift(const std::string& id, const std::string& session, const std::string& role, absl::Time start,
                absl::Time end) {
    volunteer::log::v1::ShiftHead& head = shifts_[id];
    head.set_id(id);
    head.set_session(session);
    head.set_start_us(absl::ToUnixMicros(start));
    head.set_end_us(absl::ToUnixMicros(end));
    head.set_state(volunteer::v1::Shift::OPEN);
    head.mutable_role()->set_zh(role);
    volunteer::log::v1::Fact fact;
    *fact.mutable_shift_created()->mutable_shift() = head;
    writer_.Write(volunteer_data_, "shift/" + id, head, fact);
  }
  void SignUp(const std::string& id, int people = 1) {
    for (int i = 0; i < people; ++i) {
      shifts_[id].set_signed_up(shifts_[id].signed_up() + 1);
      volunteer::log::v1::Fact fact;
      fact.mutable_signed_up();
      writer_.Write(volunteer_data_, "shift/" + id, shifts_[id], fact);
    }
  }
  void Withdraw(const std::string& id) {
    shifts_[id].set_signed_up(shifts_[id].signed_up() - 1);
    volunteer::log::v1::Fact fact;
    fact.mutable_withdrawn();
    writer_.Write(volunteer_data_, "shift/" + id, shifts_[id], fact);
  }
  void CancelShift(const std::string& id) {
    shifts_[id].set_state(volunteer::v1::Shift::CANCELLED);
    volunteer::log::v1::Fact fact;
    fact.mutable_shift_cancelled();
    writer_.Write(volunteer_data_, "shift/" + id, shifts_[id], fact);
  }

 private:
  void WriteVenue(const std::string& id, const venue::log::v1::VenueFact& fact) {
    venue::log::v1::VenueHead head;
    head.set_id("cqstm");
    venue::log::v1::VenueChild child;
    *child.mutable_closure() = closures_.at(id);
    writer_.Write(venue_data_, "venue/cqstm", head, fact, "k/" + id, child.SerializeAsString());
  }

  const executor::Clock& clock_;
  store::MemoryData venue_data_, volunteer_data_;
  support::FactWriter writer_{clock_};
  std::map<std::string, venue::v1::Closure> closures_;
  std::map<std::string, volunteer::log::v1::ShiftHead> shifts_;

 public:
  store::MemoryStore venues, volunteers;
};

}  // namespace kepu::event
