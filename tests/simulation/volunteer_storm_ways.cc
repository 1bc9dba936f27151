// What clients of the storm do to come into shifts otherwise than first.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/signup.pb.h"
#include "services/volunteer/store/schema.h"
#include "tests/simulation/volunteer_storm.h"

namespace kepu::simulation {
namespace {

namespace v1 = volunteer::v1;

constexpr char kSignups[] = "kepu.volunteer.v1.SignupService";
constexpr char kWaitLists[] = "kepu.volunteer.v1.WaitListService";
constexpr char kSwaps[] = "kepu.volunteer.v1.SwapService";
constexpr char kGroups[] = "kepu.volunteer.v1.SignupGroupService";
// Older groups are mostly done or over.
constexpr size_t kGroupsLookedAt = 4;

}  // namespace

std::optional<VolunteerStorm::Known> VolunteerStorm::AnyKnown(const std::string& kind,
                                                              const std::vector<const char*>& whats,
                                                              const std::string& shift) {
  std::vector<Known> all;
  for (const auto& [about, answered] : acknowledged_) {
    const size_t at = about.find(kind);
    if (at == std::string::npos || about.rfind(shift, 0) != 0 ||
        std::none_of(whats.begin(), whats.end(), [&](const char* what) { return answered.contains(what); }))
      continue;
    for (int client = 0; client < options_.clients; ++client)
      if (about.substr(at + kind.size()) == PersonOf(client)) all.push_back({about.substr(0, at), client});
  }
  if (all.empty()) return std::nullopt;
  return all[Below(all.size())];
}

Storm::IntentPtr VolunteerStorm::Come(int client, const std::string& shift) {
  const uint64_t draw = Below(12);
  if (draw < 4) return Wait(client, shift);
  if (draw < 6) return Decide(client, shift);
  if (draw == 6) return OfferSwap();
  if (draw < 9) return AcceptSwap();
  return draw == 9 ? Leave() : Befriend(client);
}

// Places fall free, so that who waits is offered them.
Storm::IntentPtr VolunteerStorm::Leave() {
  const auto waits = AnyKnown("/waitEntries/", {"JoinWaitList"});
  const auto known = AnyKnown("/signups/", {"SignUp", "TakeOffer", "AcceptSwap"}, waits ? waits->shift : "");
  if (!known) return nullptr;
  return Named<v1::WithdrawRequest>("kepu.volunteer.v1.VolunteerService", User(known->client),
                                    SignupOf(known->shift, known->client), "ill");
}

Storm::IntentPtr VolunteerStorm::Decide(int client, const std::string& shift) {
  const std::string signup = SignupOf(shift, client);
  const std::string person = absl::StrCat("volunteers/", PersonOf(client));
  switch (Below(6)) {
    case 0:
    case 1:
      return Named<v1::ApproveSignupRequest>(kSignups, Staff(), signup);
    case 2:
      return Named<v1::DeclineSignupRequest>(kSignups, Below(2) == 0 ? Staff() : User(client), signup, "no");
    case 3:
    case 4: {
      v1::InviteVolunteerRequest request;
      request.set_shift(shift);
      request.set_volunteer(person);
      request.set_request_id(NextRequestId());
      // Some are over before anybody answers.
      if (Below(2) == 0) request.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 2);
      return MakeIntent(kSignups, "InviteVolunteer", Staff(), request, signup);
    }
    default: {
      v1::AssignVolunteerRequest request;
      request.set_shift(shift);
      request.set_volunteer(person);
      request.set_reason("storm");
      request.set_over_needed(Below(3) == 0);
      request.set_over_limits(Below(2) == 0);
      request.set_request_id(NextRequestId());
      return MakeIntent(kSignups, "AssignVolunteer", Staff(), request, signup);
    }
  }
}

Storm::IntentPtr VolunteerStorm::Wait(int client, const std::string& shift) {
  const auto known = AnyKnown("/waitEntries/", {"JoinWaitList"});
  const uint64_t draw = Below(8);
  if (!known || draw < 4) {
    v1::JoinWaitListRequest request;
    request.set_shift(shift);
    request.set_request_id(NextRequestId());
    return MakeIntent(kWaitLists, "JoinWaitList", User(client), request,
                      absl::StrCat(shift, "/waitEntries/", PersonOf(client)));
  }
  const std::string entry = absl::StrCat(known->shift, "/waitEntries/", PersonOf(known->client));
  if (draw == 4) return Named<v1::LeaveWaitListRequest>(kWaitLists, User(known->client), entry);
  MayChange(SignupOf(known->shift, known->client), "TakeOffer");
  return Named<v1::TakeOfferRequest>(kWaitLists, User(known->client), entry);
}

// What one has for what another has, or for nothing.
Storm::IntentPtr VolunteerStorm::OfferSwap() {
  const std::vector<const char*> came = {"SignUp", "TakeOffer", "AcceptSwap", "AssignVolunteer"};
  const auto mine = AnyKnown("/signups/", came), theirs = AnyKnown("/signups/", came);
  if (!mine || mine->client == theirs->client) return nullptr;
  Offered offered{SignupOf(mine->shift, mine->client), theirs->shift, mine->client, theirs->client};
  if (theirs->shift == mine->shift || Below(4) == 0) offered.in_exchange.clear();
  v1::OfferSwapRequest request;
  request.set_name(offered.signup);
  request.set_to(absl::StrCat("volunteers/", PersonOf(offered.to)));
  request.set_in_exchange(offered.in_exchange);
  request.set_request_id(NextRequestId());
  offers_.push_back(offered);
  return MakeIntent(kSwaps, "OfferSwap", User(offered.from), request, offered.signup);
}

Storm::IntentPtr VolunteerStorm::AcceptSwap() {
  if (offers_.empty()) return nullptr;
  // The latest ones stand most likely.
  const Offered offered = offers_[offers_.size() - 1 - Below(std::min<size_t>(offers_.size(), 4))];
  const std::string shift = offered.signup.substr(0, offered.signup.find("/signups/"));
  for (const std::string& one : {shift, offered.in_exchange}) {
    if (one.empty()) continue;
    for (const int client : {offered.from, offered.to}) MayChange(SignupOf(one, client), "AcceptSwap");
  }
  v1::AcceptSwapRequest request;
  request.set_name(offered.signup);
  request.set_in_exchange(offered.in_exchange);
  request.set_request_id(NextRequestId());
  return MakeIntent(kSwaps, "AcceptSwap", User(offered.to), request, SignupOf(shift, offered.to));
}

Storm::IntentPtr VolunteerStorm::Befriend(int client) {
  if (groups_.empty() || Below(5) == 0) {
    // Of those that begin later, when more people are free.
    const std::string& shift = shifts_[shifts_.size() / 2 + Below(shifts_.size() - shifts_.size() / 2)];
    v1::CreateSignupGroupRequest request;
    request.set_parent(shift);
    request.set_request_id(NextRequestId());
    const std::string id = shift.substr(shift.find('/') + 1);
    const uint32_t partition = volunteer::ShiftPlace(id).partition;
    groups_.push_back({absl::StrCat(shift, "/groups/",
                                    IdOf(partition, User(client), request, request.request_id(), "group")),
                       client});
    return MakeIntent(kGroups, "CreateSignupGroup", User(client), request, groups_.back().name);
  }
  Group& group = groups_[groups_.size() - 1 - Below(std::min(groups_.size(), kGroupsLookedAt))];
  if (group.joined == 0 || Below(4) == 0) {
    ++group.joined;
    return Named<v1::JoinSignupGroupRequest>(kGroups, User(client), group.name);
  }
  const std::string of = group.name.substr(0, group.name.find("/groups/"));
  for (int each = 0; each < options_.clients; ++each) MayChange(SignupOf(of, each), "SignUpTogether");
  return Named<v1::SignUpTogetherRequest>(kGroups, User(group.maker), group.name);
}

}  // namespace kepu::simulation
