// Whose an account at another provider is: tied, listed and untied by those who may, and given up by who is
// erased.
#include "kepu/identity/v1/external.pb.h"
#include "tests/service/identity_logged_in.h"

namespace kepu::identity {
namespace {

using refusal::ReasonOf;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IdentityExternalTest : public IdentityLoggedInTest {
 protected:
  static std::string Ext(const std::string& method) {
    return "/kepu.identity.v1.ExternalIdentityService/" + method;
  }
  absl::StatusOr<v1::ExternalIdentity> Link(const rpc::Principal& who, const std::string& user,
                                            const std::string& subject, const std::string& request_id = "") {
    v1::LinkExternalIdentityRequest request;
    request.set_parent(user);
    request.set_subject(subject);
    request.set_request_id(request_id.empty() ? NextId() : request_id);
    return Ask<v1::ExternalIdentity>(who, Ext("LinkExternalIdentity"), request);
  }
  std::vector<v1::ExternalIdentity> ListOf(const rpc::Principal& who, const std::string& user,
                                           size_t replica = 0) {
    executor_.RunFor(absl::Seconds(1));  // the other replica follows
    v1::ListExternalIdentitiesRequest request;
    request.set_parent(user);
    const auto answer =
        Ask<v1::ListExternalIdentitiesResponse>(who, Ext("ListExternalIdentities"), request, replica);
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return {};
    return {answer->external_identities().begin(), answer->external_identities().end()};
  }
  absl::Status Unlink(const rpc::Principal& who, const std::string& name) {
    v1::UnlinkExternalIdentityRequest request;
    request.set_name(name);
    request.set_request_id(NextId());
    return Ask<google::protobuf::Empty>(who, Ext("UnlinkExternalIdentity"), request).status();
  }
};

TEST_F(IdentityExternalTest, WhatIsTiedIsListedByEveryReplicaAndUntied) {
  const std::string lan = Register("lan"), mei = Register("mei");
  const auto linked = Link(admin_, lan, "248289761001", "once");
  ASSERT_TRUE(linked.ok()) << linked.status();
  EXPECT_EQ(linked->subject(), "248289761001");
  EXPECT_EQ(linked->issuer(), "https://id.example");
  EXPECT_EQ(linked->linked_by(), admin_.name);
  EXPECT_EQ(Link(admin_, lan, "248289761001", "once")->name(), linked->name()) << "asked again";
  EXPECT_EQ(ReasonOf(Link(admin_, mei, "248289761001").status()), "EXTERNAL_TAKEN");
  const rpc::Principal self{lan, "", {}};
  for (size_t replica : {0u, 1u}) {
    const auto listed = ListOf(self, lan, replica);
    ASSERT_THAT(listed, SizeIs(1));
    EXPECT_EQ(listed[0].name(), linked->name());
  }
  replicas_[1] = MakeReplica(stores_[1]);
  EXPECT_THAT(ListOf(admin_, lan, 1), SizeIs(1)) << "also one that starts now";
  const std::string id = linked->name().substr(linked->name().rfind('/') + 1);
  EXPECT_EQ(Unlink(admin_, mei + "/externalIdentities/" + id).code(), absl::StatusCode::kNotFound)
      << "it is not hers";
  EXPECT_EQ(Unlink({mei, "", {}}, linked->name()).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Unlink(self, linked->name()).ok()) << "there is a password to come in by";
  for (size_t replica : {0u, 1u}) EXPECT_THAT(ListOf(self, lan, replica), IsEmpty());
  EXPECT_TRUE(Link(admin_, mei, "248289761001").ok()) << "it is nobody's now";
}

TEST_F(IdentityExternalTest, NobodyOpensTheAccountOfSomebodyHigher) {
  MakeSchool("own", "kaizhou");
  const std::string teacher = Register("teacher"), higher = Register("higher");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/own").ok());
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", higher, "teacher", "schools/own").ok());
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", higher, "district_admin", "districts/kaizhou").ok());
  executor_.RunFor(absl::Seconds(1));
  const rpc::Principal head{"users/cccccccccccccccccccccc", "", {{"school_admin", "schools/own"}}};
  EXPECT_TRUE(Link(head, teacher, "1").ok());
  EXPECT_EQ(ReasonOf(Link(head, higher, "2").status()), "ROLE_NOT_GRANTABLE");
  const auto linked = Link(admin_, higher, "2");
  ASSERT_TRUE(linked.ok()) << linked.status();
  EXPECT_EQ(ReasonOf(Unlink(head, linked->name())), "ROLE_NOT_GRANTABLE");
}

TEST_F(IdentityExternalTest, AProgramSignsInNowhere) {
  MakeSchool("own", "kaizhou");
  v1::CreateServiceAccountRequest account;
  account.set_on("schools/own");
  account.set_service_account_id("timetable");
  const auto program = Call<v1::User>(admin_, "CreateServiceAccount", account);
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(Link(admin_, program->name(), "1").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(IdentityExternalTest, WhoIsErasedGivesItUp) {
  const std::string lan = Register("lan"), mei = Register("mei");
  ASSERT_TRUE(Link(admin_, lan, "77").ok());
  v1::EraseUserRequest erase;
  erase.set_name(lan);
  erase.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>(admin_, At("EraseUser"), erase).ok());
  executor_.RunFor(absl::Seconds(15));
  EXPECT_THAT(ListOf(admin_, lan), IsEmpty());
  EXPECT_TRUE(Link(admin_, mei, "77").ok());
}

TEST_F(IdentityExternalTest, AProviderThatCannotBeReachedIsSaidToBeDown) {
  const auto begun = Ask<v1::ExternalFlow>({}, Ext("BeginExternalLogin"), v1::BeginExternalLoginRequest());
  EXPECT_EQ(begun.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(begun.status()), "EXTERNAL_PROVIDER_DOWN");
}

}  // namespace
}  // namespace kepu::identity
