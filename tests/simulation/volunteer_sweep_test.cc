// Each way into a shift that is more than one commit, with each of its commits in turn lost, answered to
// nobody, late, or cut off by a crash right before or after it. The caller repeats the call until the outcome
// is sure; half a minute after it heals everything has happened or nothing has, and what the caller was told
// is what stands.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "kepu/volunteer/v1/signup.pb.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"
#include "services/volunteer/store/schema.h"
#include "tests/service/volunteer_desk.h"
#include "tests/simulation/stored.h"

namespace kepu::simulation {
namespace {

using volunteer::User;
using volunteer::VolunteerDesk;
using volunteer::v1::Signup;
namespace domain = volunteer::domain;
namespace v1 = volunteer::v1;

enum class Blow { kLost, kReplyLost, kLate, kCrashBefore, kCrashAfter };
// Commits of a call and of what follows from it.
constexpr int kStepsMax = 16;

bool IsSure(const absl::Status& status) {
  return status.ok() || absl::IsFailedPrecondition(status) || absl::IsNotFound(status) ||
         absl::IsAlreadyExists(status) || absl::IsAborted(status);
}

class Sweep {
 public:
  Sweep() {
    desk.store.set_fate([this](const store::Commit&) { return FateOf(); });
  }
  std::string Shift(int needed, double from_hours, const std::string& place = "venues/cqstm") {
    return desk.MakeShift(needed, from_hours, 4, place).name();
  }
  template <class Response>
  Response Calm(const char* service, const char* method, const google::protobuf::Message& request,
                const std::string& user) {
    rpc::Context context;
    context.principal = User(user);
    auto answer = desk.Ask<Response>(method, request, context, service);
    EXPECT_TRUE(answer.ok()) << method << answer.status();
    return answer.ok() ? *answer : Response();
  }
  // The call under a blow at its commit number `at`; what became of it for sure.
  absl::Status Strike(const char* service, const char* method, const google::protobuf::Message& request,
                      const std::string& user, Blow blow, int at) {
    desk.executor.RunFor(absl::Seconds(10));
    blow_ = blow;
    at_ = at;
    steps_ = 0;
    armed_ = true;
    for (int attempt = 0; attempt < 20; ++attempt) {
      rpc::Context context;
      context.principal = User(user);
      context.repeat = attempt > 0;
      auto answer = desk.Send(method, request, context, service);
      desk.executor.RunUntil([&] { return answer->finished || crash_; }, absl::Seconds(20));
      Revive();
      if (answer->finished && IsSure(answer->status)) {
        Heal();
        return answer->status;
      }
    }
    ADD_FAILURE() << method << " came to no end";
    return absl::UnknownError("no end");
  }
  int steps() const { return steps_; }
  // Empty when everything agrees.
  std::vector<std::string> Problems() {
    std::vector<std::string> problems;
    if (desk.service->pending() != 0) problems.push_back("something is half done");
    if (desk.service->settler().alarms() != 0) problems.push_back("an alarm");
    CheckFold(desk.data, volunteer::SchemaOfVolunteers(), desk.executor, desk.clock, &problems);
    std::map<std::string, std::multiset<std::string>> busy, serves;
    ForEachStored(desk.data, [&](const std::string& key, const store::Loaded& loaded) {
      if (!volunteer::PersonIdOf(key).empty()) {
        const auto person = Parse<domain::Person>(key, loaded, &problems);
        for (const auto& [field, child] : person.children()) {
          if (!child || !child->has_week()) continue;
          for (const auto& one : child->week().assignments())
            busy[std::string(volunteer::PersonIdOf(key))].insert(one.purpose());
        }
      }
      if (volunteer::ShiftIdOf(key).empty()) return;
      const auto shift = Parse<domain::Shift>(key, loaded, &problems);
      int live = 0;
      for (const auto& [field, child] : shift.children()) {
        if (!child || !child->has_signup() || !domain::IsLive(child->signup().state())) continue;
        ++live;
        serves[field.substr(2)].insert(domain::ShiftName(shift.head().id()));
      }
      if (domain::Taken(shift.head()) > shift.head().needed() || shift.head().signed_up() != live)
        problems.push_back(key + " is overfull or miscounted");
      if (!shift.head().swaps_held().empty()) problems.push_back(key + " is being exchanged for ever");
    });
    if (busy != serves)
      problems.push_back("people are claimed for what they do not serve in, or not claimed");
    return problems;
  }
  bool Serves(const std::string& shift, const std::string& user) {
    v1::GetSignupRequest request;
    const std::string person = volunteer::PersonIdOfUser(desk.keys, "users/" + user);
    request.set_name(absl::StrCat(shift, "/signups/", person));
    auto signup = desk.Ask<Signup>("GetSignup", request, User(user));
    return signup.ok() && signup->state() == Signup::SIGNED_UP;
  }

  VolunteerDesk desk;

 private:
  store::Fate FateOf() {
    if (!armed_ || steps_++ != at_) return store::Fate::kNormal;
    if (blow_ == Blow::kLate) return store::Fate::kAppliedLate;
    crash_ = blow_ == Blow::kCrashBefore || blow_ == Blow::kCrashAfter;
    return blow_ == Blow::kLost || blow_ == Blow::kCrashBefore ? store::Fate::kNotApplied
                                                               : store::Fate::kReplyLost;
  }
  void Revive() {
    if (!crash_) return;
    desk.service.reset();
    crash_ = false;
    desk.Restart();
  }
  // What comes after the answer may be struck as well.
  void Heal() {
    for (int second = 0; second < 40; ++second) {
      desk.executor.RunUntil([&] { return crash_; }, absl::Seconds(1));
      Revive();
    }
    armed_ = false;
  }

  Blow blow_ = Blow::kLost;
  int at_ = 0, steps_ = 0;
  bool armed_ = false, crash_ = false;
};

// Runs `strike(sweep, blow, at)` for each blow at each step; it says whether all has happened, or nothing.
template <class Strike>
void EachStep(Strike strike) {
  for (const Blow blow :
       {Blow::kLost, Blow::kReplyLost, Blow::kLate, Blow::kCrashBefore, Blow::kCrashAfter}) {
    int steps = 1;
    for (int at = 0; at < std::min(steps, kStepsMax) && !testing::Test::HasFailure(); ++at) {
      SCOPED_TRACE(absl::StrCat("blow ", static_cast<int>(blow), " at ", at));
      Sweep sweep;
      strike(sweep, blow, at);
      steps = std::max(steps, sweep.steps());
      const auto problems = sweep.Problems();
      EXPECT_TRUE(problems.empty()) << absl::StrJoin(problems, "\n");
    }
    EXPECT_GT(steps, 3) << "nothing was struck";
  }
}

v1::OfferSwapRequest OfferOf(Sweep& sweep, const Signup& mine, const std::string& to,
                             const std::string& in_exchange) {
  v1::OfferSwapRequest request;
  request.set_name(mine.name());
  request.set_to(to);
  request.set_in_exchange(in_exchange);
  request.set_request_id(sweep.desk.NextRequestId());
  return request;
}

TEST(VolunteerSweepTest, AnExchangeBetweenPlacesIsOneDecision) {
  EachStep([](Sweep& sweep, Blow blow, int at) {
    // At the same time: nobody could be in both for a moment.
    const std::string one = sweep.Shift(1, 72), two = sweep.Shift(1, 72, "venues/b");
    sweep.desk.Register("li");
    const std::string wang = sweep.desk.Register("wang").name();
    const auto mine = sweep.desk.SignUp(one, "li"), theirs = sweep.desk.SignUp(two, "wang");
    ASSERT_TRUE(mine.ok() && theirs.ok());
    sweep.Calm<Signup>("SwapService", "OfferSwap", OfferOf(sweep, *mine, wang, two), "li");
    v1::AcceptSwapRequest accept;
    accept.set_name(mine->name());
    accept.set_in_exchange(two);
    accept.set_request_id("swap");
    const absl::Status status = sweep.Strike("SwapService", "AcceptSwap", accept, "wang", blow, at);
    EXPECT_EQ(sweep.Serves(one, "wang"), status.ok()) << status;
    EXPECT_EQ(sweep.Serves(two, "li"), status.ok()) << status;
    EXPECT_EQ(sweep.Serves(one, "li"), !status.ok()) << status;
    EXPECT_EQ(sweep.Serves(two, "wang"), !status.ok()) << status;
  });
}

TEST(VolunteerSweepTest, FriendsComeAllOrNone) {
  EachStep([](Sweep& sweep, Blow blow, int at) {
    const std::string shift = sweep.Shift(3, 72);
    const std::vector<std::string> friends = {"li", "wang", "zhao"};
    for (const std::string& each : friends) sweep.desk.Register(each);
    v1::CreateSignupGroupRequest make;
    make.set_parent(shift);
    make.set_request_id("make");
    const std::string group =
        sweep.Calm<v1::SignupGroup>("SignupGroupService", "CreateSignupGroup", make, "li").name();
    for (const char* each : {"wang", "zhao"}) {
      v1::JoinSignupGroupRequest join;
      join.set_name(group);
      join.set_request_id(sweep.desk.NextRequestId());
      sweep.Calm<v1::SignupGroup>("SignupGroupService", "JoinSignupGroup", join, each);
    }
    v1::SignUpTogetherRequest together;
    together.set_name(group);
    together.set_request_id("together");
    const absl::Status status =
        sweep.Strike("SignupGroupService", "SignUpTogether", together, "wang", blow, at);
    for (const std::string& each : friends) EXPECT_EQ(sweep.Serves(shift, each), status.ok()) << status;
  });
}

TEST(VolunteerSweepTest, AnOfferIsTakenByWhoHasIt) {
  EachStep([](Sweep& sweep, Blow blow, int at) {
    const std::string shift = sweep.Shift(1, 96);
    for (const char* each : {"li", "wang"}) sweep.desk.Register(each);
    const auto first = sweep.desk.SignUp(shift, "li");
    ASSERT_TRUE(first.ok());
    v1::JoinWaitListRequest join;
    join.set_shift(shift);
    join.set_request_id("join");
    const auto entry = sweep.Calm<v1::WaitEntry>("WaitListService", "JoinWaitList", join, "wang");
    ASSERT_TRUE(sweep.desk.Withdraw(first->name(), "li").ok());
    v1::TakeOfferRequest take;
    take.set_name(entry.name());
    take.set_request_id("take");
    const absl::Status status = sweep.Strike("WaitListService", "TakeOffer", take, "wang", blow, at);
    EXPECT_EQ(sweep.Serves(shift, "wang"), status.ok()) << status;
  });
}

}  // namespace
}  // namespace kepu::simulation
