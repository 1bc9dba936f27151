#include "tests/bench/door_row.h"

#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/event.pb.h"
#include "tests/bench/fill.h"
#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

constexpr char kService[] = "/kepu.event.v1.EventService/";
constexpr uint64_t kSessions = 20;
// Check-in opens an hour before the start.
constexpr int64_t kStartsIn = 30 * 60;
// Few enough to be done before the first row, many enough to be counted in pages of Redis' allocator.
constexpr uint64_t kWeighed = 10'000;

void ListNames(Rig& rig, const std::string& session, std::vector<std::string>* names) {
  event::v1::ListBookingsRequest request;
  request.set_parent(session);
  request.set_page_size(100);
  do {
    event::v1::ListBookingsResponse page;
    page.ParseFromString(CallOnce(rig.event_address(0), absl::StrCat(kService, "ListBookings"),
                                  {kStaff, request.SerializeAsString()}));
    for (const event::v1::Booking& booking : page.bookings()) names->push_back(booking.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
}

}  // namespace

DoorRow MakeDoorRow(Rig& rig, bool quick) {
  const uint64_t bookings = quick ? 60'000 : 400'000;
  std::vector<std::string> sessions;
  for (uint64_t i = 0; i < kSessions; ++i)
    sessions.push_back(rig.MakeSession(static_cast<int>(bookings / kSessions), kStartsIn));
  Fill(rig.event_address(0), absl::StrCat(kService, "CreateBooking"), bookings, [&](uint64_t number) {
    event::v1::CreateBookingRequest request;
    request.set_parent(sessions[number % kSessions]);
    request.mutable_booking()->set_kind(event::v1::Booking::PERSON);
    request.mutable_booking()->mutable_party()->set_adults(1);
    request.set_request_id(absl::StrCat("door-", number));
    return Request{absl::StrCat("users/d", number), request.SerializeAsString()};
  });
  const auto names = std::make_shared<std::vector<std::string>>();
  for (const std::string& session : sessions) ListNames(rig, session, names.get());
  // Each comes once; who asks for more than there are is told so, and counted as failed.
  auto taken = std::make_shared<std::atomic<uint64_t>>(0);
  const auto check_in = [names, taken](uint64_t) {
    const uint64_t number = taken->fetch_add(1);
    event::v1::CheckInBookingRequest request;
    if (number < names->size()) request.set_name((*names)[number]);
    request.set_request_id(absl::StrCat("in-", number));
    return Request{kStaff, request.SerializeAsString()};
  };
  const std::string method = absl::StrCat(kService, "CheckInBooking");
  const int64_t memory = rig.RedisMemory();
  Fill(rig.event_address(0), method, kWeighed, check_in);
  DoorRow door;
  door.bytes_per_check_in = static_cast<double>(rig.RedisMemory() - memory) / static_cast<double>(*taken);
  door.row = {"check_in",
              "redis_fcall_booking",
              [address = rig.event_address(0), method, check_in](int) {
                return MakeGrpcLoad({address}, 4, method, check_in);
              },
              {{"redis", {rig.redis().pid()}}, {"service", {rig.event_pid(0)}}, {"client", {getpid()}}}};
  return door;
}

}  // namespace kepu::bench
