// The stores of the event and the venue service as those would leave them, written fact by fact without them,
// and an inbox of notices: what the volunteer service follows and tells in tests. One thread; owned by a
// test.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kepu/event/log/v1/event_log.pb.h"
#include "kepu/identity/v1/identity.pb.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/executor/sim_executor.h"
#include "libs/rpc/peer.h"
#include "libs/store/memory_store.h"
#include "tests/support/fact_writer.h"

namespace kepu::volunteer {

class VolunteerNeighbours {
 public:
  VolunteerNeighbours(executor::Executor& executor, const executor::Clock& clock)
      : clock_(clock),
        events(event_data_, executor, [this] { return clock_.Now(); }),
        venues(venue_data_, executor, [this] { return clock_.Now(); }) {}

  // "events/e/sessions/<id>" with one pool.
  void PutSession(const std::string& id, absl::Time start, absl::Time end) {
    event::log::v1::SessionHead& head = sessions_[id];
    head.set_id(id);
    head.set_event("e");
    head.set_place("venues/cqstm");
    head.set_start_us(absl::ToUnixMicros(start));
    head.set_end_us(absl::ToUnixMicros(end));
    head.set_state(event::v1::Session::SCHEDULED);
    head.add_pools()->set_id("all");
    event::log::v1::Fact fact;
    event::log::v1::SessionCreated& made = *fact.mutable_session_created();
    made.set_id(id);
    made.set_event("e");
    made.set_place(head.place());
    made.set_start_us(head.start_us());
    made.set_end_us(head.end_us());
    *made.mutable_pools() = head.pools();
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  void Reschedule(const std::string& id, absl::Time start, absl::Time end, const std::string& reason) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    head.set_start_us(absl::ToUnixMicros(start));
    head.set_end_us(absl::ToUnixMicros(end));
    head.mutable_rescheduled()->set_time_us(absl::ToUnixMicros(clock_.Now()));
    head.mutable_announcement()->set_kind(event::log::v1::Announcement::RESCHEDULED);
    head.mutable_announcement()->set_about(reason);
    event::log::v1::Fact fact;
    fact.set_time_us(absl::ToUnixMicros(clock_.Now()));
    fact.mutable_session_rescheduled()->set_start_us(head.start_us());
    fact.mutable_session_rescheduled()->set_end_us(head.end_us());
    fact.mutable_session_rescheduled()->set_reason(reason);
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  // As its staff reported.
  void ReportTimes(const std::string& id, absl::Time start, absl::Time end) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    head.mutable_ran()->set_start_us(absl::ToUnixMicros(start));
    head.mutable_ran()->set_end_us(absl::ToUnixMicros(end));
    event::log::v1::Fact fact;
    fact.set_time_us(absl::ToUnixMicros(clock_.Now()));
    fact.mutable_session_ran()->set_start_us(head.ran().start_us());
    fact.mutable_session_ran()->set_end_us(head.ran().end_us());
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  void CancelSession(const std::string& id, const std::string& reason) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    head.set_state(event::v1::Session::CANCELLED);
    head.set_cancel_reason(reason);
    event::log::v1::Fact fact;
    fact.mutable_session_cancelled()->set_reason(reason);
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  // Heads more, or fewer: held at once.
  void Book(const std::string& id, int32_t heads) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    head.mutable_pools(0)->set_held(head.pools(0).held() + heads);
    event::log::v1::Fact fact;
    if (heads > 0) fact.mutable_booking_made()->mutable_booking()->add_taken(heads);
    if (heads < 0) fact.mutable_booking_cancelled()->add_taken(-heads);
    writer_.Write(event_data_, "session/" + id, head, fact);
  }
  void Disrupt(const std::string& id, const std::string& by, bool over) {
    event::log::v1::SessionHead& head = sessions_.at(id);
    head.clear_disruptions();
    event::log::v1::DisruptionHead& told = *head.add_disruptions();
    told.mutable_disruption()->set_name(by);
    told.mutable_disruption()->set_kind(event::v1::Disruption::CLOSURE);
    told.mutable_disruption()->set_reason("暴雨");
    told.set_over(over);
    event::log::v1::Fact fact;
    *fact.mutable_disruption_noted()->mutable_disruption() = told;
    writer_.Write(event_data_, "session/" + id, head, fact);
  }

  // All of venues/cqstm.
  void Close(const std::string& id, absl::Time start, absl::Time end) {
    venue::v1::Closure& closure = closures_[id];
    closure.set_name("venues/cqstm/closures/" + id);
    closure.mutable_reason()->set_zh("暴雨");
    calendar::SetMicros(absl::ToUnixMicros(start), closure.mutable_start_time());
    calendar::SetMicros(absl::ToUnixMicros(end), closure.mutable_end_time());
    venue::log::v1::VenueFact fact;
    *fact.mutable_closure_created() = closure;
    WriteClosure(id, fact);
  }
  void Withdraw(const std::string& id) {
    venue::v1::Closure& closure = closures_.at(id);
    *closure.mutable_end_time() = closure.start_time();
    venue::log::v1::VenueFact fact;
    fact.mutable_closure_ended()->set_id(id);
    fact.mutable_closure_ended()->set_end_us(calendar::MicrosOf(closure.end_time()));
    WriteClosure(id, fact);
  }

 private:
  void WriteClosure(const std::string& id, const venue::log::v1::VenueFact& fact) {
    venue::log::v1::VenueChild child;
    *child.mutable_closure() = closures_.at(id);
    writer_.Write(venue_data_, "venue/cqstm", venue::log::v1::VenueHead(), fact, "k/" + id,
                  child.SerializeAsString());
  }

  const executor::Clock& clock_;
  store::MemoryData event_data_, venue_data_;
  support::FactWriter writer_{clock_};
  std::map<std::string, event::log::v1::SessionHead> sessions_;
  std::map<std::string, venue::v1::Closure> closures_;

 public:
  store::MemoryStore events, venues;
};

// Keeps every notice once, by its request id, as identity does; can be down.
class FakeInbox final : public rpc::Peer {
 public:
  explicit FakeInbox(executor::SimExecutor& executor) : executor_(executor) {}
  void Call(absl::string_view full_method, const rpc::Context& context, std::string request,
            absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)> done) override {
    EXPECT_EQ(full_method, "/kepu.identity.v1.IdentityService/PostNotice");
    EXPECT_EQ(context.principal.service, "volunteer");
    identity::v1::PostNoticeRequest posted;
    EXPECT_TRUE(posted.ParseFromString(request));
    EXPECT_LE(posted.request_id().size(), 64u);
    EXPECT_LE(posted.notice().about().size(), 128u);
    absl::StatusOr<rpc::PeerAnswer> answer = absl::UnavailableError("down");
    ++calls;
    if (!down) {
      notices.emplace(posted.request_id(), posted);
      answer = rpc::PeerAnswer{posted.notice().SerializeAsString(), {}};
    }
    executor_.PostAfter(absl::Milliseconds(1),
                        [answer, done = std::move(done)]() mutable { done(std::move(answer)); });
  }
  // "users/li SHIFT_MOVED", in order.
  std::vector<std::string> Told() const {
    std::vector<std::string> told;
    for (const auto& [id, posted] : notices) told.push_back(posted.parent() + " " + posted.notice().kind());
    std::sort(told.begin(), told.end());
    return told;
  }
  // Of the one notice of that kind; empty when there is none.
  std::string Param(const std::string& kind, const std::string& key) const {
    for (const auto& [id, posted] : notices)
      for (const auto& param : posted.notice().params())
        if (posted.notice().kind() == kind && param.key() == key) return param.value();
    return "";
  }
  bool down = false;
  int calls = 0;
  std::map<std::string, identity::v1::PostNoticeRequest> notices;

 private:
  executor::SimExecutor& executor_;
};

}  // namespace kepu::volunteer
