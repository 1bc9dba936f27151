// Who changed what in the volunteer service, asked of a service in use: what a person did shows to them and
// to the city, and nothing personal shows at all.
#include "kepu/volunteer/v1/audit.pb.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::audit_test {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class VolunteerAuditTest : public VolunteerServiceTest {
 protected:
  kepu::audit::v1::ListAuditEntriesResponse Entries(const std::string& object, const rpc::Principal& caller) {
    desk.executor.RunFor(absl::Seconds(1));  // the index follows the log
    v1::ListAuditEntriesRequest request;
    request.set_object(object);
    rpc::Context context;
    context.principal = caller;
    auto answer = desk.Ask<kepu::audit::v1::ListAuditEntriesResponse>("ListAuditEntries", request,
                                                                      std::move(context), "AuditService");
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(kepu::audit::v1::ListAuditEntriesResponse());
  }
};

TEST_F(VolunteerAuditTest, ASignUpAndItsWithdrawalAreTold) {
  const v1::Shift shift = desk.MakeShift(2, 72);
  desk.Register("li");
  const auto signup = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(signup.ok()) << signup.status();
  auto withdraw = desk.Named<v1::WithdrawRequest>(signup->name());
  withdraw.set_reason("a canary of a reason");
  ASSERT_TRUE(desk.Ask<v1::Signup>("Withdraw", withdraw, User("li")).ok());
  const auto seen = Entries(shift.name(), City());
  std::vector<std::string> kinds;
  for (const auto& entry : seen.entries()) kinds.push_back(absl::StrCat(entry.kind(), " ", entry.actor()));
  EXPECT_THAT(kinds, ::testing::Contains("signed_up users/li"));
  EXPECT_THAT(kinds, ::testing::Contains("withdrawn users/li"));
  EXPECT_THAT(kinds, ::testing::Contains("shift_created users/staff"));
  EXPECT_THAT(seen.DebugString(), Not(HasSubstr("canary")));
  EXPECT_THAT(Entries("", User("li")).entries(), Not(IsEmpty())) << "what they did themselves";
  EXPECT_THAT(Entries(shift.name(), User("wang")).entries(), IsEmpty());
  EXPECT_THAT(Entries(shift.name(), {"users/else", "", {{"coordinator", "venues/other"}}}).entries(),
              IsEmpty());
}

}  // namespace
}  // namespace kepu::volunteer::audit_test
