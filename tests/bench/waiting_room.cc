#include "tests/bench/waiting_room.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kepu/event/v1/opening.pb.h"
#include "tests/bench/fill.h"
#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

constexpr char kOpenings[] = "/kepu.event.v1.OpeningService/";
constexpr char kEvents[] = "/kepu.event.v1.EventService/";
constexpr int kInFlight = 64;
// What goes on beside the rush, calls a second of each kind.
constexpr double kBeside = 200;
constexpr int kRate = 60'000;

std::string Method(absl::string_view service, absl::string_view name) { return absl::StrCat(service, name); }
std::string UserOf(uint64_t number) { return absl::StrCat("users/r", number); }

class WaitingRoom {
 public:
  WaitingRoom(Rig& rig, Report& report, int people)
      : report_(report),
        address_(rig.event_address(0)),
        people_(static_cast<uint64_t>(people)),
        wanted_(rig.MakeSession(people)),
        other_(rig.MakeSession(100'000)) {}

  void Run(double warm_seconds, double seconds) {
    Beside("alone", [&] { Sleep(seconds); });
    Make();
    Beside("beside_entering", [&] { Enter(); });
    const absl::Time second = OpenSoon();
    Beside("beside_draw", [&] { AwaitDraw(second); });
    Beside("beside_looking", [&] {
      auto looks = MakeGrpcLoad({address_}, 4, Method(kOpenings, "LookAtOpening"), [this](uint64_t number) {
        event::v1::LookAtOpeningRequest request;
        request.set_name(name_);
        return Request{UserOf(number * 7919 % people_), request.SerializeAsString()};
      });
      Tell("waiting_room_look", Measure(*looks, kInFlight, warm_seconds, seconds, client_));
    });
    // All were let in by now, and their turns last.
    SleepUntil(second + absl::Seconds(60.0 * static_cast<double>(people_) / kRate + 1));
    Beside("beside_booking", [&] { Book(); });
  }

 private:
  static void Sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }
  static void SleepUntil(absl::Time time) { Sleep(std::max(0.0, absl::ToDoubleSeconds(time - absl::Now()))); }

  void Tell(const std::string& row, const Sample& sample) {
    report_.Add(row, sample.per_second, "1/s");
    report_.Add(row + "_p99_ms", sample.p99_ms, "ms");
    if (sample.failed > 0) report_.Add(row + "_failed", static_cast<double>(sample.failed), "calls");
  }

  // Page views and bookings of another session go on while `work` runs: how long they took.
  template <class Work>
  void Beside(const std::string& when, Work work) {
    event::v1::GetSessionRequest get;
    get.set_name(other_);
    auto views = MakeGrpcLoad(
        {address_}, 1, Method(kEvents, "GetSession"),
        [bytes = get.SerializeAsString()](uint64_t) {
          return Request{"users/v", bytes};
        },
        kBeside);
    auto bookings = MakeGrpcLoad(
        {address_}, 1, Method(kEvents, "CreateBooking"),
        [this](uint64_t) { return Booking(other_, absl::StrCat("users/o", ++others_)); }, kBeside);
    Recorder seen, booked;
    views->Start(kInFlight, &seen);
    bookings->Start(kInFlight, &booked);
    work();
    views->Stop();
    bookings->Stop();
    report_.Add(absl::StrCat("waiting_room_", when, "_get_session_p99_ms"), seen.Percentile(0.99), "ms");
    report_.Add(absl::StrCat("waiting_room_", when, "_booking_p99_ms"), booked.Percentile(0.99), "ms");
    const uint64_t failed = seen.failed() + booked.failed();
    if (failed > 0)
      report_.Add(absl::StrCat("waiting_room_", when, "_failed"), static_cast<double>(failed), "calls");
  }

  static Request Booking(const std::string& session, const std::string& user) {
    event::v1::CreateBookingRequest request;
    request.set_parent(session);
    request.mutable_booking()->set_kind(event::v1::Booking::PERSON);
    request.mutable_booking()->mutable_party()->set_adults(1);
    request.set_request_id("room");
    return {user, request.SerializeAsString()};
  }

  void Make() {
    event::v1::CreateOpeningRequest request;
    request.set_request_id("waiting-room");
    event::v1::Opening& opening = *request.mutable_opening();
    opening.mutable_display_name()->set_zh("科技周");
    opening.add_sessions(wanted_);
    opening.mutable_open_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
    opening.mutable_room_before()->set_seconds(7200);
    opening.set_rate_per_minute(kRate);
    opening.mutable_turn_duration()->set_seconds(3600);
    event::v1::Opening made;
    made.ParseFromString(
        CallOnce(address_, Method(kOpenings, "CreateOpening"), {kStaff, request.SerializeAsString()}));
    name_ = made.name();
  }

  // `count` calls of a method, each by somebody else, and their rate.
  void All(const std::string& row, const std::string& method,
           const std::function<Request(uint64_t number)>& make) {
    auto load = MakeGrpcLoad({address_}, 4, method, [&](uint64_t number) { return make(number % people_); });
    Recorder recorder;
    const absl::Time begin = absl::Now();
    load->Start(kInFlight, &recorder);
    while (recorder.count() + recorder.failed() < people_) Sleep(0.002);
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    load->Stop();
    Sample sample;
    sample.per_second = static_cast<double>(people_) / seconds;
    sample.p99_ms = recorder.Percentile(0.99);
    sample.failed = recorder.failed();
    Tell(row, sample);
  }

  void Enter() {
    All("waiting_room_enter", Method(kOpenings, "EnterOpening"), [this](uint64_t number) {
      event::v1::EnterOpeningRequest request;
      request.set_parent(name_);
      request.set_request_id("enter");
      return Request{UserOf(number), request.SerializeAsString()};
    });
  }

  absl::Time OpenSoon() {
    const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 4);
    event::v1::UpdateOpeningRequest request;
    request.mutable_opening()->set_name(name_);
    request.mutable_opening()->mutable_open_time()->set_seconds(absl::ToUnixSeconds(second));
    request.set_request_id("soon");
    CallOnce(address_, Method(kOpenings, "UpdateOpening"), {kStaff, request.SerializeAsString()});
    return second;
  }

  // From the second until the last in line knows their place.
  void AwaitDraw(absl::Time second) {
    event::v1::LookAtOpeningRequest request;
    request.set_name(name_);
    event::v1::LookAtOpeningResponse seen;
    while (seen.entries().empty() || seen.entries(0).place() == 0) {
      seen.ParseFromString(
          CallOnce(address_, Method(kOpenings, "LookAtOpening"), {UserOf(0), request.SerializeAsString()}));
      Sleep(0.002);
    }
    report_.Add("waiting_room_draw_ms", absl::ToDoubleMilliseconds(absl::Now() - second), "ms");
    report_.Add("waiting_room_drawn", seen.opening().present(), "people");
  }

  void Book() {
    All("waiting_room_book", Method(kEvents, "CreateBooking"),
        [this](uint64_t number) { return Booking(wanted_, UserOf(number)); });
  }

  Report& report_;
  const std::string address_;
  const uint64_t people_;
  const std::string wanted_, other_;
  const std::map<std::string, std::vector<pid_t>> client_ = {{"client", {getpid()}}};
  std::string name_;
  std::atomic<uint64_t> others_{0};
};

}  // namespace

void MeasureWaitingRoom(Rig& rig, Report& report, int people, double warm_seconds, double seconds) {
  WaitingRoom(rig, report, people).Run(warm_seconds, seconds);
}

}  // namespace kepu::bench
