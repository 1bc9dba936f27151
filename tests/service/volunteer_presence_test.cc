// Coming and going: own phones with the code of the place, kiosks, leaders, and devices that were offline.
#include "tests/service/volunteer_hours_fixture.h"

namespace kepu::volunteer::presence_test {
namespace {

using v1::Signup;

TEST_F(VolunteerHoursTest, AnOwnPhoneNeedsTheCodeThatThePlaceShowsNow) {
  const v1::Shift shift = Begin({"li", "wang"});
  EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "li", "abcdef").status()), "WRONG_CODE");
  EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "li", Code("venues/other")).status()), "WRONG_CODE");
  const std::string old = Code();
  desk.Advance(absl::Minutes(2));
  EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "li", old).status()), "WRONG_CODE");
  EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "li", old, -absl::Minutes(3)).status()),
            "DEVICE_CLOCK_OFF")
      << "an old code with an old time";
  EXPECT_EQ(Own("OwnCheckIn", shift.name(), "nobody", Code()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Own("OwnCheckIn", "shifts/" + std::string(22, 'a'), "li", Code()).status().code(),
            absl::StatusCode::kNotFound);
  auto in = Own("OwnCheckIn", shift.name(), "li", Code("venues/cqstm", 1));
  ASSERT_TRUE(in.ok()) << in.status() << " the next step is good too";
  EXPECT_EQ(in->state(), Signup::CHECKED_IN);
  EXPECT_EQ(in->presence(0).by(), v1::BY_OWN_CODE);
  EXPECT_TRUE(Own("OwnCheckIn", shift.name(), "li", Code()).ok()) << "twice is once";
  desk.Advance(absl::Hours(4));
  EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "wang", Code()).status()), "SHIFT_ENDED");
  auto out = Own("OwnCheckOut", shift.name(), "li", absl::StrCat(" ", Code(), "-"));
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->state(), Signup::CHECKED_OUT);
  EXPECT_EQ(out->hours_state(), Signup::PROPOSED);
  EXPECT_EQ(out->minutes(), 240);
  EXPECT_EQ(Reason(Own("OwnCheckOut", shift.name(), "wang", Code()).status()), "NOT_CHECKED_IN");
  EXPECT_EQ(out->presence_size(), 2);
}

TEST_F(VolunteerHoursTest, CodesAreForStaffOfThePlaceAndReachAhead) {
  v1::GetPresenceCodeRequest request;
  request.set_place("venues/cqstm");
  request.set_minutes(60);
  auto codes = Presence<v1::GetPresenceCodeResponse>("GetPresenceCode", request, Staff());
  ASSERT_TRUE(codes.ok());
  EXPECT_GE(codes->codes_size(), 120);
  EXPECT_EQ(codes->codes(1).start_time().seconds() - codes->codes(0).start_time().seconds(), 30);
  EXPECT_NE(codes->codes(0).code(), codes->codes(1).code());
  EXPECT_EQ(codes->codes(0).code().size(), 6u);
  EXPECT_EQ(Presence<v1::GetPresenceCodeResponse>("GetPresenceCode", request, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(
      Presence<v1::GetPresenceCodeResponse>("GetPresenceCode", request, Staff("venues/b")).status().code(),
      absl::StatusCode::kNotFound);
  request.set_place("cqstm");
  EXPECT_FALSE(Presence<v1::GetPresenceCodeResponse>("GetPresenceCode", request, Staff("city")).ok());
}

TEST_F(VolunteerHoursTest, WrongCodesAreCountedAlsoThroughARestart) {
  const v1::Shift shift = Begin({"li", "wang"});
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "li", "abcdef").status()), "WRONG_CODE") << i;
    if (i == 5) desk.Restart();
  }
  EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "li", "abcdef").status()), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Reason(Own("OwnCheckIn", shift.name(), "li", Code()).status()), "TOO_MANY_ATTEMPTS")
      << "guessing right does not help";
  EXPECT_TRUE(Own("OwnCheckIn", shift.name(), "wang", Code()).ok());
  desk.Advance(absl::Minutes(61));
  EXPECT_TRUE(Own("OwnCheckIn", shift.name(), "li", Code()).ok());
}

TEST_F(VolunteerHoursTest, AKioskKnowsWhoseBadgeItIs) {
  v1::GetBadgeRequest mine;
  mine.set_name("volunteers/me");
  EXPECT_EQ(Presence<v1::Badge>("GetBadge", mine, User("li")).status().code(), absl::StatusCode::kNotFound);
  const v1::Shift shift = Begin({"li"});
  auto badge = Presence<v1::Badge>("GetBadge", mine, User("li"));
  ASSERT_TRUE(badge.ok()) << badge.status();
  mine.set_name(badge->name());
  EXPECT_EQ(Presence<v1::Badge>("GetBadge", mine, User("wang")).status().code(), absl::StatusCode::kNotFound);

  v1::KioskCheckRequest check;
  auto ask = [&](const rpc::Principal& caller = Staff()) {
    check.set_request_id(desk.NextRequestId());
    return Presence<Signup>("KioskCheck", check, caller);
  };
  check.set_place("venues/cqstm");
  check.set_act(v1::CAME);
  check.set_code(badge->code());
  EXPECT_EQ(ask(User("li")).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ask(Staff("venues/b")).status().code(), absl::StatusCode::kNotFound);
  auto in = ask();
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->shift(), shift.name());
  EXPECT_EQ(in->presence(0).by(), v1::BY_KIOSK);
  check.set_code(badge->code() + "x");
  EXPECT_EQ(Reason(ask().status()), "WRONG_BADGE");
  check.set_code(badge->code());
  check.set_act(v1::PRESENCE_ACT_UNSPECIFIED);
  EXPECT_EQ(ask().status().code(), absl::StatusCode::kInvalidArgument);
  check.set_act(v1::WENT);
  check.set_place("venues/b");
  EXPECT_EQ(Reason(ask(Staff("venues/b")).status()), "NO_SHIFT_NOW");
  check.set_place("venues/cqstm");
  desk.Advance(absl::Hours(4));
  EXPECT_EQ(ask()->state(), Signup::CHECKED_OUT);
}

TEST_F(VolunteerHoursTest, ALeaderChecksTheOthersInNeverThemselves) {
  std::vector<std::string> names;
  const v1::Shift shift = Begin({"lead", "li"}, &names);
  auto check = [&](const std::string& name, const rpc::Principal& caller, v1::PresenceAct act = v1::CAME) {
    auto request = desk.Named<v1::LeaderCheckRequest>(name);
    request.set_act(act);
    return Presence<Signup>("LeaderCheck", request, caller);
  };
  v1::ListPresenceRequest list;
  list.set_parent(shift.name());
  EXPECT_EQ(check(names[1], User("lead")).status().code(), absl::StatusCode::kNotFound) << "not a leader yet";
  EXPECT_EQ(Presence<v1::ListPresenceResponse>("ListPresence", list, User("lead")).status().code(),
            absl::StatusCode::kNotFound);
  auto leaders = desk.Named<v1::SetShiftLeadersRequest>(shift.name());
  leaders.add_leaders("volunteers/" + names[0].substr(names[0].rfind('/') + 1));
  EXPECT_EQ(Presence<v1::Shift>("SetShiftLeaders", leaders, User("lead")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Presence<v1::Shift>("SetShiftLeaders", leaders, Staff("venues/b")).status().code(),
            absl::StatusCode::kNotFound);
  auto led = Presence<v1::Shift>("SetShiftLeaders", leaders, Staff());
  ASSERT_TRUE(led.ok()) << led.status();
  EXPECT_EQ(led->leaders_size(), 1);
  leaders.set_request_id(desk.NextRequestId());
  leaders.add_leaders("volunteers/" + std::string(22, 'a'));
  EXPECT_EQ(Reason(Presence<v1::Shift>("SetShiftLeaders", leaders, Staff()).status()), "NOT_SIGNED_UP");

  EXPECT_EQ(Reason(check(names[0], User("lead")).status()), "SELF_CHECK");
  auto in = check(names[1], User("lead"));
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->presence(0).by(), v1::BY_LEADER);
  EXPECT_EQ(check(names[0], User("li")).status().code(), absl::StatusCode::kNotFound);
  auto listed = Presence<v1::ListPresenceResponse>("ListPresence", list, User("lead"));
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->signups_size(), 2);
  EXPECT_TRUE(Presence<v1::ListPresenceResponse>("ListPresence", list, Staff()).ok());
  desk.Restart();
  desk.Advance(absl::Hours(1));
  EXPECT_EQ(check(names[1], User("lead"), v1::WENT)->state(), Signup::CHECKED_OUT);
}

class MergeTest : public VolunteerHoursTest {
 protected:
  void Add(const std::string& id, const std::string& signup, v1::PresenceAct act, absl::Time at,
           const std::string& code = "") {
    v1::PresenceRecord& record = *request_.add_records();
    record.set_id(id);
    record.set_signup(signup);
    record.set_act(act);
    record.set_code(code);
    Set(at, record.mutable_time());
  }
  absl::StatusOr<v1::MergePresenceResponse> Merge(const rpc::Principal& caller,
                                                  absl::Duration clock_off = absl::ZeroDuration()) {
    request_.set_request_id(desk.NextRequestId());
    request_.set_device("kiosk-1");
    Set(desk.clock.Now() + clock_off, request_.mutable_time());
    return Presence<v1::MergePresenceResponse>("MergePresence", request_, caller);
  }
  v1::MergePresenceRequest request_;
};

TEST_F(MergeTest, AnAfternoonOfflineIsMergedOnceAndInAnyOrder) {
  std::vector<std::string> names, other;
  Begin({"li", "wang"}, &names);
  const absl::Time start = desk.clock.Now();
  const std::string shown = Code();
  desk.Advance(absl::Hours(24));
  Begin({"zhao"}, &other);
  const std::string stranger = names[0].substr(0, names[0].rfind('/') + 1) + std::string(22, 'b');
  Add("2", names[0], v1::WENT, start + absl::Hours(4));
  Add("1", names[0], v1::CAME, start);
  Add("3", names[1], v1::CAME, start + absl::Minutes(10));
  Add("4", other[0], v1::CAME, desk.clock.Now() - absl::Minutes(30));
  Add("5", stranger, v1::CAME, start);
  Add("6", names[1], v1::WENT, start + absl::Hours(9));
  auto merged = Merge(Staff(), absl::Minutes(20));
  ASSERT_TRUE(merged.ok()) << merged.status();
  ASSERT_EQ(merged->records_size(), 6);
  for (const int i : {0, 1, 2, 3}) EXPECT_EQ(merged->records(i).outcome(), v1::PresenceRecord::TAKEN) << i;
  EXPECT_EQ(merged->records(4).reason(), "NOT_FOUND");
  EXPECT_EQ(merged->records(5).reason(), "SHIFT_ENDED");
  auto li = GetSignup(names[0], User("li"));
  ASSERT_TRUE(li.ok());
  EXPECT_EQ(li->minutes(), 240);
  EXPECT_EQ(li->hours_flags_size(), 2) << "offline, and the clock was wrong";
  EXPECT_TRUE(li->presence(0).offline());
  EXPECT_EQ(GetSignup(other[0], Staff())->state(), Signup::CHECKED_IN);
  const auto before = li->SerializeAsString();
  desk.Restart();
  merged = Merge(Staff());
  ASSERT_TRUE(merged.ok());
  EXPECT_EQ(merged->records(0).outcome(), v1::PresenceRecord::TAKEN) << "as it was answered";
  EXPECT_EQ(GetSignup(names[0], User("li"))->SerializeAsString(), before);
}

TEST_F(MergeTest, WhoMayNoteWhat) {
  std::vector<std::string> names;
  const v1::Shift shift = Begin({"li", "wang"}, &names);
  const std::string shown = Code();
  const absl::Time start = desk.clock.Now();
  desk.Advance(absl::Hours(3));
  Add("1", names[0], v1::CAME, start, shown);
  Add("2", names[1], v1::CAME, start, shown);
  Add("3", names[0], v1::WENT, start + absl::Hours(1), shown);
  auto own = Merge(User("li"));
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->records(0).outcome(), v1::PresenceRecord::TAKEN);
  EXPECT_EQ(own->records(1).reason(), "NOT_FOUND") << "not theirs";
  EXPECT_EQ(own->records(2).reason(), "WRONG_CODE") << "of another time";
  auto leaders = desk.Named<v1::SetShiftLeadersRequest>(shift.name());
  leaders.add_leaders("volunteers/" + names[0].substr(names[0].rfind('/') + 1));
  ASSERT_TRUE(Presence<v1::Shift>("SetShiftLeaders", leaders, Staff()).ok());
  request_.clear_records();
  Add("4", names[1], v1::CAME, start);
  Add("5", names[0], v1::WENT, start + absl::Hours(2));
  own = Merge(User("li"));
  EXPECT_EQ(own->records(0).outcome(), v1::PresenceRecord::TAKEN);
  EXPECT_EQ(own->records(1).reason(), "WRONG_CODE") << "a leader's own needs the code as well";
  EXPECT_EQ(GetSignup(names[1], Staff())->presence(0).by(), v1::BY_LEADER);
  EXPECT_EQ(Merge(Staff("venues/b"))->records(0).reason(), "NOT_FOUND");
}

TEST_F(MergeTest, BadRecordsAreNamedAllAtOnce) {
  Add("Ä", "shifts/x", v1::PRESENCE_ACT_UNSPECIFIED, desk.clock.Now());
  EXPECT_EQ(Merge(Staff()).status().code(), absl::StatusCode::kInvalidArgument);
  request_.clear_records();
  EXPECT_EQ(Merge(Staff()).status().code(), absl::StatusCode::kInvalidArgument) << "none";
  Add("1", "shifts/" + std::string(22, 'a') + "/signups/" + std::string(22, 'b'), v1::CAME, desk.clock.Now());
  EXPECT_EQ(Merge(Staff())->records(0).reason(), "NOT_FOUND") << "no such shift";
}

TEST_F(VolunteerHoursTest, WhoForgetsToCheckOutIsClosedByThemselves) {
  std::vector<std::string> names;
  Begin({"li"}, &names);
  ASSERT_TRUE(CheckIn(names[0]).ok());
  desk.Restart();
  desk.Advance(absl::Hours(7));
  desk.executor.RunFor(absl::Seconds(30));
  EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups(0).state(), Signup::CHECKED_OUT) << "nobody asked";
  EXPECT_EQ(Reason(CheckOut(names[0]).status()), "PRESENCE_CLOSED");
  auto closed = GetSignup(names[0], Staff());
  EXPECT_EQ(closed->minutes(), 240);
  EXPECT_EQ(closed->hours_flags(0), Signup::FORGOTTEN_CHECK_OUT);
  EXPECT_THAT(Pending(), SizeIs(1));
}

}  // namespace
}  // namespace kepu::volunteer::presence_test
