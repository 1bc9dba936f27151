#include "tests/simulation/venue_storm.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/reservation/claim.h"
#include "services/venue/domain/times.h"
#include "services/venue/service.h"
#include "services/venue/store/schema.h"

namespace kepu::simulation {
namespace {

namespace v1 = venue::v1;

constexpr char kService[] = "kepu.venue.v1.VenueService";
constexpr char kParticipant[] = "kepu.venue.v1.ParticipantService";
constexpr int kVenues = 2;
constexpr const char* kSpaces[] = {"hall", "dome"};

absl::Time Start() { return calendar::At(absl::CivilDay(2026, 3, 2), 8 * 60); }
rpc::Principal Staff() { return {"users/staff", "", {{"city_admin", "city"}}}; }
rpc::Principal Event() { return {"", "event", {}}; }

}  // namespace

// Answers claims that ask; what was never decided is cancelled by asking.
class VenueStorm::Pivot final : public reservation::Participant {
 public:
  explicit Pivot(VenueStorm& storm) : storm_(storm) {}
  void Try(const reservation::v1::TryRequest&,
           reservation::Done<reservation::v1::TryResponse> done) override {
    done(absl::UnimplementedError(""));
  }
  void Tell(reservation::Telling, const reservation::v1::StepRequest&,
            reservation::Done<reservation::v1::StepResponse> done) override {
    done(absl::UnimplementedError(""));
  }
  void Resolve(const reservation::v1::ResolveRequest& request,
               reservation::Done<reservation::v1::ResolveResponse> done) override {
    if (storm_.stormy() && storm_.Below(4) == 0) return done(absl::UnavailableError("lost"));
    Claim& claim = storm_.claims_[request.request_id()];
    if (claim.word == Word::kAbsent) claim.word = Word::kCancelled;
    reservation::v1::ResolveResponse answer;
    answer.set_outcome(claim.word == Word::kConfirmed ? reservation::v1::ResolveResponse::CONFIRMED
                                                      : reservation::v1::ResolveResponse::CANCELLED);
    done(std::move(answer));
  }

 private:
  VenueStorm& storm_;
};

VenueStorm::VenueStorm(StormOptions options)
    : Storm(options, Start(), venue::SchemaOfVenues()), pivot_(std::make_unique<Pivot>(*this)) {}

VenueStorm::~VenueStorm() = default;

std::unique_ptr<Storm::Replica> VenueStorm::MakeReplica(store::Store& store) {
  return std::make_unique<ReplicaOf<venue::Service>>(venue::MakeService(
      {store, executor_, clock_, random_, keys_, std::string(32, 'p'), &authorizer_,
       [this](absl::string_view service) { return service == "event" ? pivot_.get() : nullptr; }}));
}

void VenueStorm::Prepare() {
  for (int number = 0; number < kVenues; ++number) {
    const std::string id = absl::StrCat("v", number);
    v1::CreateVenueRequest request;
    request.set_venue_id(id);
    request.set_request_id(NextRequestId());
    v1::Venue& venue = *request.mutable_venue();
    venue.mutable_display_name()->set_zh("馆");
    venue.set_kind(v1::Venue::MUSEUM);
    venue.set_district("districts/yuzhong");
    for (int day = 1; day <= 7; ++day) {
      auto* weekday = venue.mutable_opening()->add_weekly();
      weekday->set_day(static_cast<google::type::DayOfWeek>(day));
      weekday->add_periods()->mutable_close_time()->set_hours(24);
    }
    AskInCalm(MakeIntent(kService, "CreateVenue", Staff(), request, "venues/" + id)).IgnoreError();
    for (const char* space : kSpaces) {
      v1::CreateSpaceRequest create;
      create.set_parent("venues/" + id);
      create.set_space_id(space);
      create.set_request_id(NextRequestId());
      create.mutable_space()->mutable_display_name()->set_zh("厅");
      create.mutable_space()->set_kind(v1::Space::HALL);
      create.mutable_space()->set_capacity(100);
      AskInCalm(MakeIntent(kService, "CreateSpace", Staff(), create, venue::SpaceName(id, space)))
          .IgnoreError();
    }
  }
}

std::string VenueStorm::DrawVenue() { return absl::StrCat("v", Below(kVenues)); }
std::string VenueStorm::DrawSpace(const std::string& venue) {
  return venue::SpaceName(venue, kSpaces[Below(std::size(kSpaces))]);
}

template <class Message>
void VenueStorm::DrawTime(Message* message) {
  const absl::Time start = Start() + absl::Hours(24 + 2 * static_cast<int64_t>(Below(40)));
  *message->mutable_start_time() = venue::ToTimestamp(start);
  *message->mutable_end_time() = venue::ToTimestamp(start + absl::Hours(1 + static_cast<int64_t>(Below(6))));
}

Storm::IntentPtr VenueStorm::Allocate() {
  const std::string venue = DrawVenue();
  v1::CreateAllocationRequest request;
  request.set_parent(DrawSpace(venue));
  request.set_request_id(NextRequestId());
  request.mutable_allocation()->set_purpose(v1::Allocation::MAINTENANCE);
  DrawTime(request.mutable_allocation());
  made_.push_back(absl::StrCat(request.parent(), "/allocations/",
                               IdOf(names::PartitionOf(venue), Staff(), request, request.request_id())));
  return MakeIntent(kService, "CreateAllocation", Staff(), request, made_.back());
}

Storm::IntentPtr VenueStorm::Schedule() {
  const std::string venue = DrawVenue();
  v1::ScheduleExhibitionRequest request;
  request.set_parent("venues/" + venue);
  request.set_request_id(NextRequestId());
  v1::Exhibition& exhibition = *request.mutable_exhibition();
  exhibition.mutable_title()->set_zh("恐龙");
  for (const char* space : kSpaces) {
    if (exhibition.spaces().empty() || Below(2) == 0) exhibition.add_spaces(venue::SpaceName(venue, space));
  }
  const absl::CivilDay first = calendar::DayOf(Start()) + static_cast<int>(5 + Below(12));
  *exhibition.mutable_first_date() = venue::ToDate(first);
  *exhibition.mutable_last_date() = venue::ToDate(first + static_cast<int>(Below(3)));
  made_.push_back(absl::StrCat(request.parent(), "/exhibitions/",
                               IdOf(names::PartitionOf(venue), Staff(), request, request.request_id())));
  return MakeIntent(kService, "ScheduleExhibition", Staff(), request, made_.back());
}

Storm::IntentPtr VenueStorm::Close() {
  const std::string venue = DrawVenue();
  v1::CreateClosureRequest request;
  request.set_parent("venues/" + venue);
  request.set_request_id(NextRequestId());
  v1::Closure& closure = *request.mutable_closure();
  closure.mutable_reason()->set_zh("检修");
  if (Below(2) == 0) closure.add_spaces(DrawSpace(venue));
  DrawTime(&closure);
  made_.push_back(absl::StrCat(request.parent(), "/closures/",
                               IdOf(names::PartitionOf(venue), Staff(), request, request.request_id())));
  return MakeIntent(kService, "CreateClosure", Staff(), request, made_.back());
}

Storm::IntentPtr VenueStorm::EndSomething() {
  if (made_.empty()) return nullptr;
  const std::string name = made_[Below(made_.size())];
  if (absl::StrContains(name, "/allocations/"))
    return Named<v1::ReleaseAllocationRequest>(kService, Staff(), name);
  if (absl::StrContains(name, "/exhibitions/"))
    return Named<v1::CancelExhibitionRequest>(kService, Staff(), name);
  return Named<v1::EndClosureRequest>(kService, Staff(), name);
}

Storm::IntentPtr VenueStorm::TryClaim() {
  Claim claim;
  reservation::v1::Demand& demand = *claim.request.mutable_demand();
  demand.set_thing(DrawSpace(DrawVenue()));
  demand.set_kind(reservation::v1::HALL);
  demand.set_purpose("events/e/sessions/s");
  DrawTime(&demand);
  claim.request.set_reservation(NextRequestId());
  claim.request.set_pivot_service("event");
  claim.request.set_pivot("events/e/sessions/s");
  const std::string id = reservation::ClaimId(claim.request.reservation(), demand);
  claim.request.set_request_id(id);
  claims_[id] = claim;
  return MakeIntent(kParticipant, "Try", Event(), claim.request, "claims/" + id);
}

Storm::IntentPtr VenueStorm::Tell(const std::string& what, const Claim& claim) {
  reservation::v1::StepRequest step;
  step.set_request_id(claim.request.request_id());
  step.set_thing(claim.request.demand().thing());
  step.set_reservation(claim.request.reservation());
  return MakeIntent(kParticipant, what, Event(), step, "claims/" + claim.request.request_id());
}

Storm::IntentPtr VenueStorm::ReleaseClaim() {
  if (confirmed_ids_.empty()) return nullptr;
  Claim& claim = claims_[confirmed_ids_[Below(confirmed_ids_.size())]];
  claim.released = true;
  return Tell("Release", claim);
}

// The pivot decides when its try was granted, if no asking claim was quicker, and tells what it decided.
void VenueStorm::OnSure(const Intent& intent) {
  if (!absl::StartsWith(intent.about, "claims/") || !intent.status.ok()) return;
  Claim& claim = claims_[intent.about.substr(7)];
  if (intent.what == "Confirm") confirmed_ids_.push_back(claim.request.request_id());
  if (intent.what != "Try") return;
  reservation::v1::TryResponse response;
  response.ParseFromString(intent.bytes);
  const bool granted = response.outcome() == reservation::v1::TryResponse::GRANTED;
  if (granted && stormy() && Below(10) == 0) return;  // the driver died
  if (claim.word == Word::kAbsent)
    claim.word = granted && Below(5) != 0 ? Word::kConfirmed : Word::kCancelled;
  Send(Tell(claim.word == Word::kConfirmed ? "Confirm" : "Cancel", claim));
}

Storm::IntentPtr VenueStorm::NewIntent(int) {
  const uint64_t draw = Below(20);
  if (draw < 4) return Allocate();
  if (draw < 5) return Schedule();
  if (draw < 6) return Close();
  if (draw < 10) return EndSomething();
  if (draw < 12) return ReleaseClaim();
  return TryClaim();
}

std::vector<Storm::IntentPtr> VenueStorm::LateIntents() {
  std::vector<IntentPtr> intents;
  for (int i = 0; i < 10; ++i) intents.push_back(Close());
  return intents;
}

}  // namespace kepu::simulation
