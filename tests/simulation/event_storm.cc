#include "tests/simulation/event_storm.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/place_rules.pb.h"
#include "libs/names/names.h"
#include "services/event/service.h"
#include "services/event/store/schema.h"
#include "tests/support/event_to_publish.h"

namespace kepu::simulation {
namespace {

namespace v1 = event::v1;

constexpr char kService[] = "kepu.event.v1.EventService";
constexpr char kRulesService[] = "kepu.event.v1.PlaceRulesService";
constexpr char kPlace[] = "venues/storm";
constexpr int kSessions = 3;

absl::Time Start() { return absl::FromUnixSeconds(1780000000); }
rpc::Principal User(const std::string& id) { return {"users/" + id, "", {}}; }
rpc::Principal Staff() { return {"users/staff", "", {{"city_admin", "city"}}}; }

event::Options QuickOptions() {
  event::Options options;
  options.rules.person_hold = absl::Seconds(2);
  options.rules.group_hold = absl::Seconds(3);
  options.rules.offer = options.rules.offer_short = absl::Seconds(2);
  options.rules.passed_over_max = absl::Seconds(4);
  return options;
}

const store::Schema& Schema() {
  static const event::EventSchema schema(QuickOptions().rules);
  return schema;
}

}  // namespace

EventStorm::EventStorm(StormOptions options) : Storm(options, Start(), Schema()) {}

std::unique_ptr<Storm::Replica> EventStorm::MakeReplica(store::Store& store) {
  return std::make_unique<ReplicaOf<event::EventService>>(event::MakeService(
      {store, executor_, clock_, random_, keys_, authorizer_, std::string(32, 'p'), QuickOptions()}));
}

void EventStorm::Prepare() {
  // Groups of all sessions together; families and persons are not limited by it.
  v1::UpdatePlaceRulesRequest rules;
  rules.mutable_rules()->set_name(absl::StrCat(kPlace, "/bookingRules"));
  rules.mutable_rules()->add_limits()->set_id("groups");
  rules.mutable_rules()->mutable_limits(0)->set_most(kGroupHeads);
  rules.set_request_id(NextRequestId());
  ASSERT_EQ(AskInCalm(MakeIntent(kRulesService, "UpdatePlaceRules", Staff(), rules, kPlace)),
            absl::OkStatus());
  executor_.RunFor(absl::Seconds(10));
  for (int i = 0; i < kSessions; ++i) {
    // Two at one place, which no venue service is asked about, and one online, which lies where its event
    // lies.
    const std::string name = absl::StrCat("events/storm-", i);
    v1::CreateEventRequest event = kepu::event::EventToPublish("模拟", v1::Event::SHOW);
    event.set_event_id(absl::StrCat("storm-", i));
    event.set_request_id(NextRequestId());
    ASSERT_EQ(AskInCalm(MakeIntent(kService, "CreateEvent", Staff(), event, name)), absl::OkStatus());
    executor_.RunFor(absl::Seconds(1));
    v1::CreateSessionRequest request;
    request.set_parent(name);
    if (i > 0) request.mutable_session()->set_place(kPlace);
    request.mutable_session()->mutable_start_time()->set_seconds(absl::ToUnixSeconds(Start()) + 1800);
    request.mutable_session()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(Start()) + 9000);
    v1::Pool* hall = request.mutable_session()->add_pools();
    hall->set_id("hall");
    hall->set_capacity(static_cast<int32_t>(5 + Below(10)));
    v1::Pool* kits = request.mutable_session()->add_pools();
    kits->set_id("kits");
    kits->set_capacity(6);
    kits->set_counts(v1::Pool::PUPILS_ONLY);
    request.set_request_id(NextRequestId());
    const IntentPtr intent = MakeIntent(kService, "CreateSession", Staff(), request, name);
    ASSERT_EQ(AskInCalm(intent), absl::OkStatus());
    v1::Session session;
    ASSERT_TRUE(session.ParseFromString(intent->bytes));
    sessions_.push_back(session.name());
  }
}

template <class Request, class Made>
Storm::IntentPtr EventStorm::Making(Made* (Request::*field)(), const std::string& what,
                                    const rpc::Principal& user, const std::string& session) {
  Request request;
  request.set_parent(session);
  request.set_request_id(NextRequestId());
  Made* made = (request.*field)();
  made->mutable_party()->set_adults(static_cast<int32_t>(1 + Below(3)));
  made->mutable_party()->set_pupils(static_cast<int32_t>(Below(3)));
  made->set_kind(static_cast<v1::Booking::Kind>(1 + Below(3)));
  // More than one is a family.
  if (made->kind() == v1::Booking::PERSON && made->party().adults() + made->party().pupils() > 1)
    made->set_kind(v1::Booking::FAMILY);
  // An entry of the wait list becomes the booking with its id.
  const uint32_t partition = names::PartitionOf(session.substr(session.rfind('/') + 1));
  own_[user.name].push_back(
      absl::StrCat(session, "/bookings/", IdOf(partition, user, request, request.request_id())));
  return MakeIntent(kService, what, user, request, own_[user.name].back());
}

Storm::IntentPtr EventStorm::Changing(const rpc::Principal& user, uint64_t draw) {
  const std::vector<std::string>& known = own_[user.name];
  if (known.empty()) return nullptr;
  const std::string& name = known[Below(known.size())];
  if (draw == 0) return Named<v1::CancelBookingRequest>(kService, user, name);
  if (draw == 1) return Named<v1::CheckInBookingRequest>(kService, {user.name, "", Staff().grants}, name);
  if (draw > 2) return Named<v1::ConfirmBookingRequest>(kService, user, name);
  IntentPtr leaving = Named<v1::LeaveWaitListRequest>(
      kService, user, absl::StrReplaceAll(name, {{"/bookings/", "/waitEntries/"}}));
  leaving->about = name;
  return leaving;
}

Storm::IntentPtr EventStorm::NewIntent(int client) {
  if (sessions_.empty()) return nullptr;
  const rpc::Principal user = User(absl::StrCat("u", client));
  if (Below(2) == 0) return Changing(user, Below(5));
  const std::string& session = sessions_[Below(sessions_.size())];
  switch (Below(3)) {
    case 0:
      return Making(&v1::CreateBookingRequest::mutable_booking, "CreateBooking", user, session);
    case 1:
      return Making(&v1::HoldBookingRequest::mutable_booking, "HoldBooking", user, session);
    default:
      return Making(&v1::JoinWaitListRequest::mutable_wait_entry, "JoinWaitList", user, session);
  }
}

std::vector<Storm::IntentPtr> EventStorm::LateIntents() {
  std::vector<IntentPtr> intents;
  for (int i = 0; i < 40 && !sessions_.empty(); ++i) {
    const rpc::Principal user = User(absl::StrCat("late", i));
    const std::string& session = sessions_[static_cast<size_t>(i) % sessions_.size()];
    intents.push_back(Making(&v1::CreateBookingRequest::mutable_booking, "CreateBooking", user, session));
    intents.push_back(Making(&v1::JoinWaitListRequest::mutable_wait_entry, "JoinWaitList", user, session));
  }
  return intents;
}

}  // namespace kepu::simulation
