#include "tests/simulation/volunteer_storm.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/hours.pb.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "services/volunteer/service.h"
#include "services/volunteer/store/schema.h"

namespace kepu::simulation {
namespace {

namespace v1 = volunteer::v1;

constexpr char kService[] = "kepu.volunteer.v1.VolunteerService";
constexpr char kHours[] = "kepu.volunteer.v1.HoursService";
constexpr int kShifts = 12;

// A Monday, eight in the morning.
absl::Time Start() { return calendar::At(absl::CivilDay(2026, 11, 16), 8 * 60); }
}  // namespace

rpc::Principal VolunteerStorm::User(int client) { return {absl::StrCat("users/u", client), "", {}}; }
rpc::Principal VolunteerStorm::Staff() { return {"users/staff", "", {{"city_admin", "city"}}}; }

VolunteerStorm::VolunteerStorm(StormOptions options, vault::Vault& vault)
    : Storm(options, Start(), volunteer::SchemaOfVolunteers()), vault_(vault) {}

std::unique_ptr<Storm::Replica> VolunteerStorm::MakeReplica(store::Store& store) {
  return std::make_unique<ReplicaOf<volunteer::Service>>(
      volunteer::MakeService({.store = store,
                              .executor = executor_,
                              .clock = clock_,
                              .random = random_,
                              .keys = keys_,
                              .authorizer = authorizer_,
                              .paging_secret = std::string(32, 'p'),
                              .vault = vault_,
                              .workers = workers_,
                              .rules = rules_}));
}

std::string VolunteerStorm::PersonOf(int client) const {
  return volunteer::PersonIdOfUser(keys_, User(client).name);
}
std::string VolunteerStorm::SignupOf(const std::string& shift, int client) const {
  return absl::StrCat(shift, "/signups/", PersonOf(client));
}

void VolunteerStorm::MakeShift(int number) {
  v1::CreateShiftRequest request;
  request.set_request_id(NextRequestId());
  v1::Shift& shift = *request.mutable_shift();
  const std::string place = number % 2 == 0 ? "a" : "b";
  shift.set_place("venues/" + place);
  // Half of them begin within the hour, so that people come and go; the others collide here and there.
  const absl::Time from = number < kShifts / 2 ? Start() + absl::Minutes(20 + static_cast<int64_t>(Below(35)))
                                               : Start() + absl::Hours(30) + absl::Minutes(30) * Below(8);
  shift.mutable_start_time()->set_seconds(absl::ToUnixSeconds(from));
  shift.mutable_end_time()->set_seconds(absl::ToUnixSeconds(from + absl::Hours(1 + Below(2))));
  shift.set_needed(static_cast<int32_t>(1 + Below(3)));
  shift.mutable_role()->set_zh("讲解");
  // Some of those that begin late enough are given on request.
  if (number % 5 == 4 && number >= kShifts / 2) shift.set_sign_up_mode(v1::APPROVAL);
  const std::string name = absl::StrCat("shifts/", IdOf(volunteer::PartitionOfPlace(shift.place()), Staff(),
                                                        request, request.request_id(), "shift"));
  if (AskInCalm(MakeIntent(kService, "CreateShift", Staff(), request, name)).ok()) shifts_.push_back(name);
}

void VolunteerStorm::Prepare() {
  for (int client = 0; client < options_.clients; ++client) {
    v1::RegisterVolunteerRequest request;
    request.set_request_id(NextRequestId());
    request.mutable_volunteer()->set_birth_year_band(1990);
    request.mutable_volunteer()->set_district("districts/yuzhong");
    AskInCalm(MakeIntent(kService, "RegisterVolunteer", User(client), request,
                         absl::StrCat("volunteers/", PersonOf(client))))
        .IgnoreError();
  }
  for (int number = 0; number < kShifts; ++number) MakeShift(number);
  // In the middle of the storm the first shifts are under way, and later over.
  for (const int seconds : {3, 6, 9}) {
    executor_.PostAfter(absl::Seconds(seconds), [this] {
      if (stormy()) Advance(absl::Minutes(50));
    });
  }
}

Storm::IntentPtr VolunteerStorm::SignUp(int client, const std::string& shift) {
  v1::SignUpRequest request;
  request.set_shift(shift);
  request.set_request_id(NextRequestId());
  return MakeIntent(kService, "SignUp", User(client), request, SignupOf(shift, client));
}

Storm::IntentPtr VolunteerStorm::Change(int client, const std::string& signup) {
  switch (Below(8)) {
    case 0:
      return Named<v1::WithdrawRequest>(kService, User(client), signup, "ill");
    case 1:
      return Named<v1::MarkNoShowRequest>(kService, Staff(), signup, "not there");
    case 2:
    case 3:
      return Named<v1::CheckInRequest>(kService, Staff(), signup);
    case 4:
    case 5:
      return Named<v1::ApproveHoursRequest>(kHours, Staff(), signup);
    default:
      return Named<v1::CheckOutRequest>(kService, Staff(), signup);
  }
}

Storm::IntentPtr VolunteerStorm::NewIntent(int client) {
  if (shifts_.empty()) return nullptr;
  const std::string& shift = shifts_[Below(shifts_.size())];
  const uint64_t draw = Below(100);
  if (draw == 0) return Named<v1::CancelShiftRequest>(kService, Staff(), shift, "storm");
  if (draw < 28) return SignUp(client, shift);
  if (draw < 52) {
    // Mostly of who is known to have come.
    const auto known = AnyKnown("/signups/", {"SignUp", "TakeOffer", "SignUpTogether", "AcceptSwap"});
    if (!known || Below(4) == 0) return Change(client, SignupOf(shift, client));
    return Change(known->client, SignupOf(known->shift, known->client));
  }
  return Come(client, shift);
}

std::vector<Storm::IntentPtr> VolunteerStorm::LateIntents() {
  std::vector<IntentPtr> intents;
  for (int i = 0; i < 5; ++i) {
    v1::CreateShiftRequest request;
    request.set_request_id(NextRequestId());
    request.mutable_shift()->set_place("venues/a");
    const int64_t start = absl::ToUnixSeconds(clock_.Now() + absl::Hours(50));
    request.mutable_shift()->mutable_start_time()->set_seconds(start);
    request.mutable_shift()->mutable_end_time()->set_seconds(start + 3600);
    request.mutable_shift()->set_needed(1);
    request.mutable_shift()->mutable_role()->set_zh("讲解");
    const std::string id =
        IdOf(volunteer::PartitionOfPlace("venues/a"), Staff(), request, request.request_id(), "shift");
    intents.push_back(MakeIntent(kService, "CreateShift", Staff(), request, "shifts/" + id));
  }
  return intents;
}

}  // namespace kepu::simulation
