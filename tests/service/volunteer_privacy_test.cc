// What volunteers say of themselves, and what is said of them, stands nowhere in clear, is shown to those who
// may see it, and is gone with the key of the person. Names and phones live in the identity service alone.
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::privacy_test {
namespace {

constexpr char kIllness[] = "left knee, operated on Tuesday";
constexpr char kGossip[] = "was seen at the lake instead";

class VolunteerPrivacyTest : public VolunteerServiceTest {
 protected:
  VolunteerPrivacyTest() {
    v1::RegisterVolunteerRequest request;
    request.set_request_id("first");
    request.mutable_volunteer()->set_birth_year_band(1985);
    request.mutable_volunteer()->set_district("districts/yuzhong");
    request.mutable_volunteer()->add_languages("zh-yue");
    request.mutable_volunteer()->add_languages("en");
    auto li = desk.Ask<v1::Volunteer>("RegisterVolunteer", request, User("li"));
    EXPECT_TRUE(li.ok()) << li.status();
    li_ = *li;
    auto left = desk.SignUp(desk.MakeShift(2, 72, 2).name(), "li");
    EXPECT_EQ(desk.Withdraw(left->name(), "li", kIllness)->reason(), kIllness);
    desk.executor.RunFor(absl::Seconds(10));
    auto missed = desk.SignUp(desk.MakeShift(2, 75, 2).name(), "li");
    desk.Advance(absl::Hours(76));
    auto mark = desk.Named<v1::MarkNoShowRequest>(missed->name());
    mark.set_reason(kGossip);
    EXPECT_TRUE(desk.Ask<v1::Signup>("MarkNoShow", mark, Staff()).ok());
    left_ = left->name();
    missed_ = missed->name();
  }

  // Every byte that the store holds: heads, children, and the whole log.
  std::string Dump() {
    std::string all;
    for (uint32_t partition = 0; partition < 64; ++partition) {
      for (const std::string& key : desk.data.Roots(partition)) {
        const store::Loaded loaded = desk.data.Load(partition, {key, {}, true});
        absl::StrAppend(&all, key, loaded.head.head);
        for (const auto& [field, bytes] : loaded.children) absl::StrAppend(&all, field, bytes ? *bytes : "");
      }
      for (const store::LogEntry& entry : desk.data.ReadLog(partition, 0, 100000)) {
        for (const std::string& group : entry.groups) all += group;
      }
    }
    return all;
  }
  absl::StatusOr<v1::ListVolunteersResponse> List() {
    return desk.Ask<v1::ListVolunteersResponse>("ListVolunteers", v1::ListVolunteersRequest(), Staff());
  }

  v1::Volunteer li_;
  std::string left_, missed_;
};

TEST_F(VolunteerPrivacyTest, NothingPersonalStandsInTheStoreInClear) {
  const std::string all = Dump();
  ASSERT_THAT(all, HasSubstr("districts/yuzhong")) << "the dump shows what is there in clear";
  // The last two: 1985 as a field of a message.
  for (const char* clear : {kIllness, kGossip, "1985", "\x18\xc1\x0f", "\x20\xc1\x0f"})
    EXPECT_THAT(all, ::testing::Not(HasSubstr(clear)));
}

TEST_F(VolunteerPrivacyTest, WhoMaySeeItSeesIt) {
  for (int restarts = 0; restarts < 2; ++restarts) {
    SCOPED_TRACE(restarts == 0 ? "folded" : "loaded");
    EXPECT_EQ(li_.birth_year_band(), 1985);
    EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->birth_year_band(), 1985);
    EXPECT_THAT(GetVolunteer(li_.name(), Staff())->languages(), ElementsAre("zh-yue", "en"));
    EXPECT_THAT(List()->volunteers(0).languages(), ElementsAre("zh-yue", "en"));
    EXPECT_EQ(GetSignup(left_, User("li"))->reason(), kIllness);
    EXPECT_EQ(GetSignup(missed_, Staff())->reason(), kGossip);
    EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups(0).reason(), kIllness);
    EXPECT_EQ(ListSignups(missed_.substr(0, missed_.find("/signups")), Staff())->signups(0).reason(),
              kGossip);
    desk.Restart();
  }
}

TEST_F(VolunteerPrivacyTest, WithTheKeyItIsGone) {
  ASSERT_TRUE(desk.vault->Destroy("users/li").ok());
  for (int restarts = 0; restarts < 2; ++restarts) {
    auto me = GetVolunteer(li_.name(), Staff());
    ASSERT_TRUE(me.ok()) << me.status();
    EXPECT_EQ(me->birth_year_band(), 0);
    EXPECT_EQ(me->languages_size(), 0);
    EXPECT_EQ(me->district(), "districts/yuzhong");
    EXPECT_EQ(List()->volunteers(0).languages_size(), 0);
    EXPECT_EQ(GetSignup(left_, Staff())->reason(), "");
    EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups(0).reason(), "");
    desk.Restart();
  }
  EXPECT_EQ(Reason(desk.TryRegister("li").status()), "PERSON_ERASED");
}

TEST_F(VolunteerPrivacyTest, AReasonIsTakenForSomebodyErasedAndNotKept) {
  auto missed = desk.SignUp(desk.MakeShift(2, 100, 2).name(), "li");
  ASSERT_TRUE(missed.ok()) << missed.status();
  desk.Advance(absl::Hours(25));
  ASSERT_TRUE(desk.vault->Destroy("users/li").ok());
  auto mark = desk.Named<v1::MarkNoShowRequest>(missed->name());
  mark.set_reason(kGossip);
  auto marked = desk.Ask<v1::Signup>("MarkNoShow", mark, Staff());
  ASSERT_TRUE(marked.ok()) << marked.status();
  EXPECT_EQ(marked->state(), v1::Signup::NO_SHOW);
  EXPECT_EQ(marked->reason(), "");
}

TEST_F(VolunteerPrivacyTest, WhatIsSealedChangesWithTheVolunteer) {
  v1::RegisterVolunteerRequest request;
  request.set_request_id("second");
  request.mutable_volunteer()->set_district("districts/kaizhou");
  request.mutable_volunteer()->add_languages("ko");
  auto again = desk.Ask<v1::Volunteer>("RegisterVolunteer", request, User("li"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->birth_year_band(), 1985) << "set once";
  EXPECT_THAT(again->languages(), ElementsAre("ko"));
  EXPECT_EQ(desk.TryRegister("li", 1990).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(desk.TryRegister("li", 1985).ok());
}

}  // namespace
}  // namespace kepu::volunteer::privacy_test
