// ID numbers, and what people may do with what is held of them: one number one person, nothing personal in
// any stored byte, all of it exported, all of it gone when it is erased, and the sums still right.
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/util/json_util.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "tests/service/volunteer_people_fixture.h"

namespace kepu::volunteer::own_data_test {
namespace {

// Invented, with a check digit that fits: born on 1 January 1990 and on 1 March 2012.
constexpr char kAdult[] = "500103199001010016";
constexpr char kOther[] = "500103199001010032";

class VolunteerOwnDataTest : public VolunteerPeopleTest {
 protected:
  static std::string WithCheckDigit(const std::string& first17) {
    constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < 17; ++i) sum += (first17[i] - '0') * kWeights[i];
    return first17 + "10X98765432"[sum % 11];
  }
  const std::string number_ = WithCheckDigit(std::string(kAdult).substr(0, 17));
  const std::string other_ = WithCheckDigit(std::string(kOther).substr(0, 17));
  std::string Masked(const std::string& number) {
    return number.substr(0, 3) + "***********" + number.substr(14);
  }
  absl::StatusOr<v1::MyData> Export(absl::string_view user) {
    auto body = People<options::v1::RawBody>("ExportMyData", v1::ExportMyDataRequest(), User(user));
    if (!body.ok()) return body.status();
    EXPECT_THAT(body->content_type(), HasSubstr("application/json"));
    v1::MyData data;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(body->data(), &data).ok()) << body->data();
    return data;
  }
  absl::Status Erase(absl::string_view user) {
    v1::EraseMyDataRequest request;
    request.set_request_id(desk.NextRequestId());
    return People<google::protobuf::Empty>("EraseMyData", request, User(user)).status();
  }
};

TEST_F(VolunteerOwnDataTest, ANumberIsOnePersons) {
  const std::string li = desk.Register("li").name();
  const std::string zhao = desk.Register("zhao").name();
  auto submit = desk.Named<v1::SubmitIdNumberRequest>("volunteers/me");
  submit.set_id_number(number_);
  auto shown = People<v1::Volunteer>("SubmitIdNumber", submit, User("li"));
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->id_number_masked(), Masked(number_));
  EXPECT_EQ(People<v1::Volunteer>("SubmitIdNumber", submit, User("li"), true)->id_number_masked(),
            Masked(number_))
      << "a repeat";
  EXPECT_TRUE(SubmitIdNumber(li, number_, Keeper()).ok()) << "the same person again";
  for (int restarts = 0; restarts < 2; ++restarts) {
    const absl::Status taken = SubmitIdNumber(zhao, number_, User("zhao")).status();
    EXPECT_EQ(Reason(taken), "ID_NUMBER_TAKEN");
    EXPECT_EQ(taken.ToString().find(li), std::string::npos) << "and not whose";
    EXPECT_EQ(GetVolunteer(li, User("li"))->id_number_masked(), Masked(number_));
    EXPECT_EQ(GetVolunteer(li, Staff())->id_number_masked(), "");
    desk.executor.RunFor(absl::Seconds(10));
    EXPECT_EQ(desk.service->pending(), 0u);
    desk.Restart();
  }
  // Another number: the first is free then.
  EXPECT_EQ(SubmitIdNumber(li, other_, User("li"))->id_number_masked(), Masked(other_));
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_TRUE(SubmitIdNumber(zhao, number_, User("zhao")).ok());
}

TEST_F(VolunteerOwnDataTest, WhatIsRefused) {
  const std::string li = desk.Register("li").name();
  EXPECT_EQ(Reason(SubmitIdNumber(li, number_.substr(1), User("li")).status()), "BAD_REQUEST");
  EXPECT_EQ(Reason(SubmitIdNumber(li, WithCheckDigit("50010319800101001"), User("li")).status()),
            "ID_NUMBER_DIFFERS")
      << "not of the band";
  EXPECT_EQ(SubmitIdNumber(li, number_, User("zhao")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(SubmitIdNumber(li, number_, Keeper("districts/kaizhou")).status().code(),
            absl::StatusCode::kNotFound);
  auto kid = RegisterBorn("kid", "2011-03-01");
  EXPECT_EQ(Reason(SubmitIdNumber(kid->name(), WithCheckDigit("50010320110302001"), User("kid")).status()),
            "ID_NUMBER_DIFFERS");
  EXPECT_TRUE(SubmitIdNumber(kid->name(), WithCheckDigit("50010320110301001"), User("kid")).ok());
  ASSERT_TRUE(SubmitIdNumber(li, number_, User("li")).ok());
  ASSERT_TRUE(Do<v1::SubmitVerificationRequest>("SubmitVerification", li, User("li")).ok());
  ASSERT_TRUE(Do<v1::VerifyVolunteerRequest>("VerifyVolunteer", li, Keeper()).ok());
  EXPECT_EQ(Reason(SubmitIdNumber(li, other_, User("li")).status()), "ALREADY_VERIFIED");
  EXPECT_TRUE(SubmitIdNumber(li, number_, User("li")).ok());
}

TEST_F(VolunteerOwnDataTest, WhoReadsItInFullIsOnRecord) {
  const std::string li = desk.Register("li").name();
  auto reveal = desk.Named<v1::RevealIdNumberRequest>(li);
  reveal.set_reason("为其购买保险");
  EXPECT_EQ(Reason(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, Keeper()).status()),
            "NO_ID_NUMBER");
  ASSERT_TRUE(SubmitIdNumber(li, number_, User("li")).ok());
  reveal.set_request_id("second");
  auto full = People<v1::RevealedIdNumber>("RevealIdNumber", reveal, Keeper());
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_EQ(full->id_number(), number_);
  ASSERT_TRUE(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, Keeper(), true).ok());
  for (const auto& caller : {Keeper("districts/kaizhou"), Staff()}) {
    EXPECT_EQ(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, caller).status().code(),
              absl::StatusCode::kNotFound);
  }
  EXPECT_EQ(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  reveal.set_request_id("third");
  reveal.set_reason("");
  EXPECT_EQ(Reason(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, Keeper()).status()), "BAD_REQUEST");
  reveal.set_reason("复核");
  ASSERT_TRUE(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, City()).ok());
  for (int restarts = 0; restarts < 2; ++restarts) {
    v1::ListIdNumberReadsRequest list;
    list.set_parent("volunteers/me");
    auto reads = People<v1::ListIdNumberReadsResponse>("ListIdNumberReads", list, User("li"));
    ASSERT_TRUE(reads.ok()) << reads.status();
    ASSERT_EQ(reads->id_number_reads_size(), 2) << "a repeat is one read";
    EXPECT_EQ(reads->id_number_reads(0).reader(), "users/city") << "latest first";
    EXPECT_EQ(reads->id_number_reads(1).reason(), "为其购买保险");
    list.set_parent(li);
    EXPECT_EQ(People<v1::ListIdNumberReadsResponse>("ListIdNumberReads", list, User("zhao")).status().code(),
              absl::StatusCode::kNotFound);
    desk.Restart();
  }
}

TEST_F(VolunteerOwnDataTest, WhatACrashLeftBetweenIsFinished) {
  const std::string li = desk.Register("li").name();
  auto submit = desk.Named<v1::SubmitIdNumberRequest>(li);
  submit.set_id_number(number_);
  rpc::Context context;
  context.principal = User("li");
  auto lost = desk.Send("SubmitIdNumber", submit, context, "PersonService");
  const auto taken = [&] {
    for (uint32_t partition = 0; partition < 64; ++partition)
      for (const std::string& key : desk.data.Roots(partition))
        if (key.rfind("idNumber/", 0) == 0) return true;
    return false;
  };
  ASSERT_TRUE(desk.executor.RunUntil(taken, absl::Seconds(5)));
  desk.Restart();
  EXPECT_EQ(GetVolunteer(li, User("li"))->id_number_masked(), "") << "the person's fact is still to come";
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(GetVolunteer(li, User("li"))->id_number_masked(), Masked(number_));
  EXPECT_EQ(People<v1::Volunteer>("SubmitIdNumber", submit, User("li"), true)->id_number_masked(),
            Masked(number_))
      << "whoever asks again is told so";
}

TEST_F(VolunteerOwnDataTest, NothingPersonalStandsInAnyStoredByte) {
  const std::string li = desk.Register("li").name();
  ASSERT_TRUE(SubmitIdNumber(li, number_, User("li")).ok());
  auto kid = RegisterBorn("kid", "2011-03-01");
  auto consent = Consent(kid->name(), absl::Hours(24 * 30));
  ASSERT_TRUE(consent.ok());
  auto reveal = desk.Named<v1::RevealIdNumberRequest>(li);
  reveal.set_reason("private errand");
  ASSERT_TRUE(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, Keeper()).ok());
  auto young = RegisterBorn("young", "2016-05-04");
  ASSERT_TRUE(young.ok());
  desk.executor.RunFor(absl::Seconds(10));
  const std::string all = Dump();
  ASSERT_THAT(all, HasSubstr("districts/yuzhong")) << "the dump shows what is there in clear";
  for (const std::string& clear :
       {number_, number_.substr(6, 8), std::string("2011-03-01"), std::string("2016-05-04"),
        std::string("王建国"), std::string("13900000001"), std::string("private errand")})
    EXPECT_EQ(all.find(clear), std::string::npos) << clear;
}

TEST_F(VolunteerOwnDataTest, ExportsAllThatIsHeld) {
  auto kid = RegisterBorn("kid", "2010-03-01");
  ASSERT_TRUE(Consent(kid->name(), absl::Hours(24 * 30)).ok());
  const std::string number = WithCheckDigit("50010320100301001");
  ASSERT_TRUE(SubmitIdNumber(kid->name(), number, User("kid")).ok());
  auto reveal = desk.Named<v1::RevealIdNumberRequest>(kid->name());
  reveal.set_reason("insurance");
  ASSERT_TRUE(People<v1::RevealedIdNumber>("RevealIdNumber", reveal, Keeper()).ok());
  auto served = desk.SignUp(desk.MakeShift(2, 2, 2).name(), "kid");
  auto left = desk.SignUp(desk.MakeShift(2, 72, 2).name(), "kid");
  ASSERT_TRUE(served.ok() && left.ok());
  ASSERT_TRUE(desk.Withdraw(left->name(), "kid", "an exam").ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckIn(served->name()).ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckOut(served->name()).ok());
  RecordHours(served->name());
  desk.executor.RunFor(absl::Seconds(10));
  for (int restarts = 0; restarts < 2; ++restarts) {
    auto data = Export("kid");
    ASSERT_TRUE(data.ok()) << data.status();
    EXPECT_EQ(data->volunteer().birth_date(), "2010-03-01");
    EXPECT_EQ(data->id_number(), number);
    ASSERT_EQ(data->consents_size(), 1);
    EXPECT_EQ(data->consents(0).guardian_phone(), "13900000001");
    ASSERT_EQ(data->id_number_reads_size(), 1);
    EXPECT_EQ(data->id_number_reads(0).reason(), "insurance");
    ASSERT_EQ(data->signups_size(), 2);
    EXPECT_EQ(data->signups(1).reason(), "an exam");
    ASSERT_EQ(data->hour_records_size(), 1);
    EXPECT_EQ(data->hour_records(0).minutes(), 120);
    desk.Restart();
  }
  EXPECT_EQ(Reason(Export("nobody").status()), "NOT_REGISTERED");
}

TEST_F(VolunteerOwnDataTest, ErasedIsGoneAndTheSumsStayRight) {
  const std::string li = desk.Register("li").name();
  ASSERT_TRUE(SubmitIdNumber(li, number_, User("li")).ok());
  const v1::Shift today = desk.MakeShift(2, 2, 2);
  auto served = desk.SignUp(today.name(), "li");
  auto coming = desk.SignUp(desk.MakeShift(1, 72, 2).name(), "li");
  auto left = desk.SignUp(desk.MakeShift(1, 96, 2).name(), "li");
  ASSERT_TRUE(desk.Withdraw(left->name(), "li", "left knee").ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckIn(served->name()).ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckOut(served->name()).ok());
  RecordHours(served->name());
  desk.executor.RunFor(absl::Seconds(10));
  ASSERT_TRUE(Erase("li").ok());
  ASSERT_TRUE(Erase("li").ok()) << "twice is once";
  desk.executor.RunFor(absl::Seconds(10));
  for (int restarts = 0; restarts < 2; ++restarts) {
    auto shown = GetVolunteer(li, City());
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ(shown->state(), v1::Volunteer::ERASED);
    EXPECT_EQ(shown->user(), "");
    EXPECT_EQ(shown->id_number_masked(), "");
    EXPECT_EQ(shown->birth_year_band(), 0);
    EXPECT_EQ(shown->languages_size(), 0);
    EXPECT_EQ(shown->total_minutes(), 120);
    EXPECT_EQ(desk.Look(today.name()).served_minutes(), 120) << "sums of people and of shifts agree";
    EXPECT_EQ(desk.Look(coming->shift()).free(), 1) << "what was to come is released";
    EXPECT_EQ(GetSignup(left->name(), Staff())->reason(), "");
    EXPECT_EQ(desk.Ask<v1::ListVolunteersResponse>("ListVolunteers", v1::ListVolunteersRequest(), City())
                  ->volunteers_size(),
              0);
    EXPECT_EQ(
        People<v1::RegistrationSummary>("GetRegistrationSummary", v1::GetRegistrationSummaryRequest(), City())
            ->registered(),
        0);
    desk.Restart();
  }
  EXPECT_EQ(Reason(desk.TryRegister("li").status()), "PERSON_ERASED");
  EXPECT_EQ(Reason(desk.vault->Seal("volunteer/users/li", "a", "b").status()), "PERSON_ERASED")
      << "the key is gone, and with it what stands in the log and in backups";
  EXPECT_TRUE(desk.vault->Seal("users/li", "a", "b").ok()) << "and they are a user as before";
  EXPECT_EQ(Reason(desk.SignUp(coming->shift(), "li").status()), "NOT_REGISTERED");
  const std::string zhao = desk.Register("zhao").name();
  EXPECT_TRUE(SubmitIdNumber(zhao, number_, User("zhao")).ok()) << "the number is nobody's now";
  EXPECT_EQ(Reason(Erase("nobody")), "NOT_REGISTERED");
  EXPECT_EQ(Reason(Export("li").status()), "PERSON_ERASED");
}

}  // namespace
}  // namespace kepu::volunteer::own_data_test
