// A service without sockets: dispatch, request ids, unreadable requests, access, and what Seal refuses.
#include "libs/rpc/service.h"

#include <random>

#include "gmock/gmock.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "tests/unit/desk_service.h"

namespace kepu::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(ServiceTest, ACompleteServiceIsSealedAndDispatched) {
  EXPECT_EQ(service_.Seal().message(), "");
  EXPECT_EQ(service_.methods().size(), 7);
  desk::EchoRequest request;
  request.set_text("hello");
  EXPECT_TRUE(Do("Echo", request).ok());
  EXPECT_EQ(Seen<desk::EchoRequest>().text(), "hello");
  const absl::Status unknown = Do("Nothing", request);
  EXPECT_EQ(unknown.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("/kepu.testing.v1.DeskService/Nothing"));
}

TEST_F(ServiceTest, AGoodRequestPasses) {
  EXPECT_EQ(Create(Good()), "");
  EXPECT_EQ(Seen<desk::CreateDeskRequest>().desk().title(), "Main");
}

TEST_F(ServiceTest, ARequestIdIsNeededWhereSomethingChanges) {
  EXPECT_THAT(Create(Good(), ""),
              AllOf(HasSubstr("request_id: is required: 1 to 64 printable"), HasSubstr("for example")));
  EXPECT_EQ(Create(Good(), std::string(64, 'x')), "");
  EXPECT_THAT(Create(Good(), std::string(65, 'x')), HasSubstr("request_id"));
  EXPECT_THAT(Create(Good(), "a\nb"), HasSubstr("request_id"));
  EXPECT_THAT(Create(Good(), "编号"), HasSubstr("request_id"));
}

TEST_F(ServiceTest, AllViolationsComeTogetherAndBeforeAccess) {
  desk::CreateDeskRequest request;
  const absl::Status status = Do("CreateDesk", request, "");
  EXPECT_EQ(status.message().substr(0, 35), "desk: is required; request_id: is r");
  EXPECT_EQ(refusal::ParamOf(status, "count"), "2");
}

TEST_F(ServiceTest, UnreadableRequestsAreRefusedWithThePathWhereThereIsOne) {
  EXPECT_THAT(std::string(DoBytes("Echo", "\xff\xff", "").message()),
              HasSubstr("is not a readable kepu.testing.v1.EchoRequest"));
  desk::CreateDeskRequest request;
  *request.mutable_desk() = Good();
  request.set_request_id("r");
  std::string bytes = request.SerializeAsString();
  const size_t at = bytes.find("Minsheng");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '\xff';
  EXPECT_EQ(DoBytes("CreateDesk", bytes, "users/alice").message(),
            "desk.address.street: must be valid UTF-8");
}

TEST_F(ServiceTest, RandomBytesNeverReachAHandlerUnchecked) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  desk::CreateDeskRequest request;
  *request.mutable_desk() = Good();
  request.mutable_desk()->add_drawers()->set_label("one");
  request.set_request_id("r");
  const std::string good = request.SerializeAsString();
  for (int i = 0; i < 30'000; ++i) {
    std::string bytes = good;
    for (uint64_t changes = random() % 4 + 1; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    seen_.clear();
    const absl::Status status = DoBytes("CreateDesk", bytes, "users/alice");
    if (!status.ok()) {
      ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      continue;
    }
    const auto seen = Seen<desk::CreateDeskRequest>();
    ASSERT_FALSE(seen.desk().title().empty());
    ASSERT_LE(seen.desk().places(), 500);
    ASSERT_GE(seen.desk().places(), 1);
  }
}

TEST_F(ServiceTest, AccessByKind) {
  const auto code = [&](const std::string& method, const google::protobuf::Message& request,
                        const std::string& who) { return Do(method, request, who).code(); };
  const auto ok = absl::StatusCode::kOk;
  const auto unauthenticated = absl::StatusCode::kUnauthenticated;
  const auto denied = absl::StatusCode::kPermissionDenied;
  const auto absent = absl::StatusCode::kNotFound;

  EXPECT_EQ(code("Echo", desk::EchoRequest(), ""), ok);
  EXPECT_EQ(code("Echo", desk::EchoRequest(), "users/alice"), ok);

  desk::CreateDeskRequest create;
  *create.mutable_desk() = Good();
  create.set_request_id("r");
  EXPECT_EQ(code("CreateDesk", create, ""), unauthenticated);
  EXPECT_EQ(code("CreateDesk", create, "users/alice"), ok);
  EXPECT_EQ(code("CreateDesk", create, "service:event"), unauthenticated);
  EXPECT_EQ(code("CreateDesk", create, "service:event;users/alice"), ok);

  desk::UpdateDeskRequest update;
  update.mutable_desk()->set_name("desks/main");
  update.set_request_id("r");
  EXPECT_EQ(code("UpdateDesk", update, ""), unauthenticated);
  EXPECT_EQ(code("UpdateDesk", update, "users/alice"), denied);
  EXPECT_EQ(code("UpdateDesk", update, "users/alice;teacher@desks/main"), denied);
  EXPECT_EQ(code("UpdateDesk", update, "users/alice;venue_staff@desks/main"), ok);
  EXPECT_EQ(code("UpdateDesk", update, "users/alice;venue_admin@city"), ok);
  EXPECT_EQ(code("UpdateDesk", update, "users/alice;venue_staff@desks/other"), absent);
  // A name that only begins alike does not contain it.
  EXPECT_EQ(code("UpdateDesk", update, "users/alice;venue_staff@desks/mai"), absent);
  update.mutable_desk()->set_name("desks/main/drawers/one");
  EXPECT_EQ(code("UpdateDesk", update, "users/alice;venue_staff@desks/main"), ok);

  desk::ApproveDeskRequest approve;
  approve.set_name("desks/main");
  approve.set_request_id("r");
  EXPECT_EQ(code("ApproveDesk", approve, ""), unauthenticated);
  EXPECT_EQ(code("ApproveDesk", approve, "users/alice"), ok) << "the owner is the service's own check";
  EXPECT_EQ(code("CountDesks", desk::CountDesksRequest(), "users/alice"), denied);
  EXPECT_EQ(code("CountDesks", desk::CountDesksRequest(), "users/alice;city_admin@city"), ok);
  EXPECT_EQ(code("CountDesks", desk::CountDesksRequest(), "users/alice;city_admin@districts/yuzhong"),
            denied);
  EXPECT_EQ(code("SettleDesk", desk::SettleDeskRequest(), "users/alice"), denied);
  EXPECT_EQ(code("SettleDesk", desk::SettleDeskRequest(), "service:event"), ok);
}

TEST_F(ServiceTest, AnObjectOutOfScopeAnswersLikeAnAbsentOne) {
  desk::UpdateDeskRequest update;
  update.mutable_desk()->set_name("desks/hidden");
  update.set_request_id("r");
  const absl::Status status = Do("UpdateDesk", update, "users/alice;venue_staff@desks/main");
  EXPECT_EQ(status, refusal::NotFound("desks/hidden"));
}

template <class Request, class Response>
absl::Status SealWith(const std::string& service, const std::string& method) {
  DevAuthorizer authorizer;
  Service sealed(authorizer);
  sealed.Handle<Request, Response>(absl::StrCat("kepu.testing.v1.", service), method, [](auto) {});
  return sealed.Seal();
}

TEST(Seal, RefusesWhatIsIncompleteAndNamesIt) {
  const auto refused = [](const std::string& service) {
    const absl::Status status = SealWith<desk::EchoRequest, desk::EchoResponse>(service, "Do");
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("/kepu.testing.v1.", service, "/Do ")));
    return std::string(status.message());
  };
  EXPECT_THAT(refused("NoAccessService"), HasSubstr("has no kepu.options.v1.access"));
  EXPECT_THAT(refused("NoIdempotencyService"), HasSubstr("has no kepu.options.v1.idempotency"));
  EXPECT_THAT(refused("NoRouteService"), HasSubstr("has no google.api.http"));
  EXPECT_THAT(refused("NoRequestIdService"), HasSubstr("has no request_id"));
  EXPECT_THAT(refused("NoRolesService"), HasSubstr("names no roles"));
  EXPECT_THAT(refused("BadScopeService"), HasSubstr("scope \"nowhere.name\""));
  EXPECT_THAT(refused("UnknownService"), HasSubstr("is no method of the contract"));
  EXPECT_THAT(std::string(SealWith<desk::EchoRequest, desk::EchoResponse>("DeskService", "Echo").message()),
              HasSubstr("has no handler"));
  EXPECT_THAT(std::string(SealWith<desk::EchoRequest, desk::Desk>("DeskService", "Echo").message()),
              HasSubstr("does not take kepu.testing.v1.EchoRequest and answer kepu.testing.v1.Desk"));
}

TEST(Call, IsAnsweredOnceWhateverHappens) {
  std::vector<std::string> lines;
  log::CaptureForTest([&](absl::string_view line) { lines.emplace_back(line); });
  Answer dropped;
  { Call call = MakeCall(&dropped, {}, "x"); }
  EXPECT_EQ(dropped.count, 1);
  EXPECT_EQ(dropped.status.code(), absl::StatusCode::kInternal);

  Answer moved;
  {
    Call call = MakeCall(&moved, {}, "x");
    Call taken = std::move(call);
    EXPECT_EQ(moved.count, 0);
    taken.Finish(absl::OkStatus(), std::make_shared<const std::string>("y"), {5, true});
    EXPECT_EQ(moved.bytes, "y");
    EXPECT_EQ(moved.info.position, 5);
    taken.Finish(absl::OkStatus());
  }
  EXPECT_EQ(moved.count, 1);

  Answer first;
  Answer second;
  {
    Call call = MakeCall(&first, {}, "a");
    call = MakeCall(&second, {}, "b");
    EXPECT_EQ(first.count, 1) << "what is assigned over is answered";
    EXPECT_EQ(call.request_bytes(), "b");
    call.Finish(absl::OkStatus());
  }
  EXPECT_EQ(second.count, 1);
  EXPECT_TRUE(second.status.ok());
  log::CaptureForTest(nullptr);
  EXPECT_EQ(lines.size(), 3);
}

TEST(DevPrincipal, ReadsWhatItWrites) {
  for (const char* text : {"", "users/alice", "service:event", "service:gateway;users/alice",
                           "users/alice;venue_staff@venues/cqstm;city_admin@city"}) {
    auto principal = ParseDevPrincipal(text);
    ASSERT_TRUE(principal.ok()) << text;
    EXPECT_EQ(FormatDevPrincipal(*principal), text);
  }
  EXPECT_TRUE(ParseDevPrincipal("")->anonymous());
  for (const char* text : {"alice", "users/", "service:", "@city", "role@", "users/a;users/b"}) {
    EXPECT_FALSE(ParseDevPrincipal(text).ok()) << text;
  }
}

}  // namespace
}  // namespace kepu::rpc
