// A service without sockets: dispatch, the rules of fields, request ids, access, and what Seal refuses.
#include "libs/rpc/service.h"

#include <time.h>

#include <limits>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/testing/v1/desk.pb.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/rpc/identity.h"

namespace kepu::rpc {
namespace {

namespace desk = testing::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDeskService[] = "kepu.testing.v1.DeskService";

struct Answer {
  int count = 0;
  absl::Status status;
  std::string bytes;
  AnswerInfo info;
};

class Recorder final : public Responder {
 public:
  explicit Recorder(Answer* answer) : answer_(answer) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              AnswerInfo info) override {
    ++answer_->count;
    answer_->status = status;
    if (bytes != nullptr) answer_->bytes = *bytes;
    answer_->info = info;
  }
  bool Write(std::shared_ptr<const std::string> /*bytes*/) override { return true; }
  void OnCancel(absl::AnyInvocable<void()> /*callback*/) override {}

 private:
  Answer* const answer_;
};

Call MakeCall(Answer* answer, const Principal& principal, std::string bytes) {
  Context context;
  context.principal = principal;
  context.deadline = absl::InfiniteFuture();
  return Call(std::move(context), std::move(bytes), std::make_unique<Recorder>(answer));
}

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    Handle<desk::EchoRequest, desk::EchoResponse>("Echo");
    Handle<desk::CreateDeskRequest, desk::Desk>("CreateDesk");
    Handle<desk::UpdateDeskRequest, desk::Desk>("UpdateDesk");
    Handle<desk::ApproveDeskRequest, desk::Desk>("ApproveDesk");
    Handle<desk::CountDesksRequest, desk::CountDesksResponse>("CountDesks");
    Handle<desk::SettleDeskRequest, desk::Desk>("SettleDesk");
    Handle<desk::WatchDeskRequest, desk::EchoResponse>("WatchDesk");
  }

  template <class Request, class Response>
  void Handle(const std::string& method) {
    service_.Handle<Request, Response>(kDeskService, method, [this](TypedCall<Request, Response> call) {
      seen_ = call.request().SerializeAsString();
      call.Answer(Response());
    });
  }

  absl::Status DoBytes(const std::string& method, const std::string& bytes, const std::string& principal) {
    Answer answer;
    service_.Dispatch(absl::StrCat("/", kDeskService, "/", method),
                      MakeCall(&answer, *ParseDevPrincipal(principal), bytes));
    EXPECT_EQ(answer.count, 1);
    return answer.status;
  }
  absl::Status Do(const std::string& method, const google::protobuf::Message& request,
                  const std::string& principal = "users/alice") {
    return DoBytes(method, request.SerializeAsString(), principal);
  }
  // What is said about a create of this desk.
  std::string Create(const desk::Desk& made, const std::string& request_id = "r") {
    desk::CreateDeskRequest request;
    *request.mutable_desk() = made;
    request.set_request_id(request_id);
    return std::string(Do("CreateDesk", request).message());
  }
  template <class Message>
  Message Seen() {
    Message message;
    EXPECT_TRUE(message.ParseFromString(seen_));
    return message;
  }

  static desk::Desk Good() {
    desk::Desk made;
    made.set_name("desks/main");
    made.set_title("Main");
    made.set_places(4);
    made.set_kind(desk::Desk::TICKETS);
    made.mutable_address()->set_street("Minsheng Road 1");
    return made;
  }

  DevAuthorizer authorizer_;
  Service service_{authorizer_};
  std::string seen_;
};

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

TEST_F(ServiceTest, EveryRuleIsCheckedWithThePathOfItsField) {
  const auto with = [&](const std::function<void(desk::Desk&)>& spoil) {
    desk::Desk made = Good();
    spoil(made);
    return Create(made);
  };
  using D = desk::Desk;
  EXPECT_EQ(with([](D& d) { d.clear_title(); }), "desk.title: is required");
  EXPECT_EQ(with([](D& d) { d.set_title(std::string(21, 'x')); }), "desk.title: has 21 bytes; at most 20");
  EXPECT_EQ(with([](D& d) { d.set_title("a\nb\tc"); }), "");
  EXPECT_EQ(with([](D& d) { d.set_title("a\x1b[31m"); }), "desk.title: must not contain control characters");
  EXPECT_EQ(with([](D& d) { d.set_title(std::string("a\0b", 3)); }),
            "desk.title: must not contain control characters");
  EXPECT_EQ(with([](D& d) { d.clear_places(); }), "desk.places: is required");
  EXPECT_EQ(with([](D& d) { d.set_places(-1); }), "desk.places: must be from 1 to 500");
  EXPECT_EQ(with([](D& d) { d.set_places(500); }), "");
  EXPECT_EQ(with([](D& d) { d.set_places(501); }), "desk.places: must be from 1 to 500");
  // Zero is a value where the range has it.
  EXPECT_EQ(with([](D& d) { d.set_queue(0); }), "");
  EXPECT_EQ(with([](D& d) { d.set_queue(11); }), "desk.queue: must be from 0 to 10");
  EXPECT_EQ(with([](D& d) { d.clear_kind(); }), "desk.kind: is required: one of TICKETS, CLOAKROOM");
  EXPECT_EQ(with([](D& d) { d.set_kind(static_cast<D::Kind>(7)); }),
            "desk.kind: 7 is not known; one of TICKETS, CLOAKROOM");
  EXPECT_EQ(with([](D& d) { d.clear_address(); }), "desk.address: is required");
  EXPECT_EQ(with([](D& d) { d.mutable_address()->clear_street(); }), "desk.address.street: is required");
  EXPECT_EQ(with([](D& d) { d.set_remark(std::string(1024, 'x')); }), "");
  EXPECT_EQ(with([](D& d) { d.set_remark(std::string(1025, 'x')); }),
            "desk.remark: has 1025 bytes; at most 1024");
  EXPECT_EQ(with([](D& d) { d.set_picture(std::string("\0\x01\xff", 3)); }), "");
  EXPECT_EQ(with([](D& d) { d.set_picture(std::string(2049, 'x')); }),
            "desk.picture: has 2049 bytes; at most 2048");
  EXPECT_EQ(with([](D& d) { d.set_share(1.5); }), "desk.share: must be from 0 to 1");
  EXPECT_EQ(with([](D& d) { d.set_share(std::numeric_limits<double>::infinity()); }),
            "desk.share: must be a finite number");
  EXPECT_EQ(with([](D& d) { d.set_share(std::nan("")); }), "desk.share: must be a finite number");
  EXPECT_EQ(with([](D& d) { d.set_floor(-3); }), "");
  EXPECT_EQ(with([](D& d) { d.set_floor(0); }), "");
  EXPECT_EQ(with([](D& d) { d.set_floor(61); }), "desk.floor: must be from -3 to 60");
  EXPECT_EQ(with([](D& d) { d.mutable_opens()->set_seconds(253402300800); }),
            "desk.opens: must be a time from year 1 to 9999, nanos from 0 to 999999999");
  EXPECT_THAT(with([](D& d) { d.mutable_opens()->set_nanos(-1); }), HasSubstr("desk.opens"));
  EXPECT_THAT(with([](D& d) { d.mutable_lasts()->set_seconds(INT64_MAX); }), HasSubstr("desk.lasts"));
  EXPECT_THAT(with([](D& d) { d.mutable_lasts()->set_seconds(INT64_MIN); }), HasSubstr("desk.lasts"));
  EXPECT_THAT(with([](D& d) {
                d.mutable_lasts()->set_seconds(1);
                d.mutable_lasts()->set_nanos(-1);
              }),
              HasSubstr("desk.lasts"));
}

TEST_F(ServiceTest, RepeatedFieldsAreBoundedAndTheirEntriesChecked) {
  desk::Desk made = Good();
  for (const char* tag : {"a", "toolong", "c"}) made.add_tags(tag);
  made.add_hours(23);
  made.add_hours(24);
  made.add_drawers()->set_label("one");
  made.add_drawers();
  made.mutable_drawers(0)->add_inner()->add_inner()->set_label("ninebytes");
  (*made.mutable_notes())["k"] = std::string(1025, 'v');
  const std::string said = Create(made);
  EXPECT_THAT(said, AllOf(HasSubstr("desk.tags[1]: has 7 bytes; at most 5"),
                          HasSubstr("desk.hours[1]: must be from 0 to 23"),
                          HasSubstr("desk.drawers[0].inner[0].label: is required"),
                          HasSubstr("desk.drawers[0].inner[0].inner[0].label: has 9 bytes; at most 8"),
                          HasSubstr("desk.drawers[1].label: is required"),
                          HasSubstr("desk.notes[0].value: has 1025 bytes; at most 1024")));
  made = Good();
  for (int i = 0; i < 4; ++i) made.add_tags("a");
  EXPECT_EQ(Create(made), "desk.tags: has 4 entries; at most 3");
  made = Good();
  for (int i = 0; i < 101; ++i) made.add_drawers()->set_label("d");
  EXPECT_EQ(Create(made), "desk.drawers: has 101 entries; at most 100");
}

TEST_F(ServiceTest, DepthIsBounded) {
  desk::Desk made = Good();
  desk::Desk::Drawer* drawer = made.add_drawers();
  for (int i = 0; i < 30; ++i) {
    drawer->set_label("d");
    drawer = drawer->add_inner();
  }
  drawer->set_label("d");
  EXPECT_THAT(Create(made), HasSubstr("nests deeper than 16"));
}

TEST_F(ServiceTest, OutputOnlyFieldsAreClearedEverywhere) {
  desk::Desk made = Good();
  made.mutable_create_time()->set_seconds(-1'000'000'000'000'000);
  made.add_drawers()->set_label("one");
  made.mutable_drawers(0)->mutable_emptied_time()->set_seconds(5);
  EXPECT_EQ(Create(made), "");
  const auto seen = Seen<desk::CreateDeskRequest>();
  EXPECT_FALSE(seen.desk().has_create_time());
  EXPECT_FALSE(seen.desk().drawers(0).has_emptied_time());
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

TEST_F(ServiceTest, AnUpdateNeedsOnlyWhatItsMaskWrites) {
  const auto update = [&](const std::vector<std::string>& paths,
                          const std::function<void(desk::Desk&)>& fill) {
    desk::UpdateDeskRequest request;
    request.set_request_id("r");
    request.mutable_desk()->set_name("desks/main");
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    fill(*request.mutable_desk());
    return std::string(Do("UpdateDesk", request, "users/alice;city_admin@city;venue_admin@city").message());
  };
  using D = desk::Desk;
  EXPECT_EQ(update({"places"}, [](D& d) { d.set_places(9); }), "");
  EXPECT_EQ(update({"places"}, [](D&) {}), "desk.places: is required");
  EXPECT_EQ(update({"places"}, [](D& d) { d.set_places(501); }), "desk.places: must be from 1 to 500");
  EXPECT_EQ(update({"remark"}, [](D&) {}), "");
  EXPECT_EQ(update({"remark"}, [](D& d) { d.clear_name(); }), "desk.name: is required");
  EXPECT_EQ(update({"address"}, [](D& d) { d.mutable_address(); }), "desk.address.street: is required");
  EXPECT_EQ(update({"address.street"}, [](D& d) { d.mutable_address(); }),
            "desk.address.street: is required");
  EXPECT_EQ(update({"address.note"}, [](D& d) { d.mutable_address(); }), "");
  // Without a mask, what is there is written as a whole.
  EXPECT_EQ(update({}, [](D& d) { d.set_title("New"); }), "");
  EXPECT_EQ(update({}, [](D& d) { d.mutable_address()->set_note("n"); }), "desk.address.street: is required");
  EXPECT_THAT(update({"*"}, [](D& d) { d.set_title("New"); }),
              AllOf(HasSubstr("desk.places"), HasSubstr("desk.address")));
  EXPECT_THAT(update({"place"}, [](D&) {}),
              HasSubstr("update_mask.paths[0]: there is no such field in desk"));
  EXPECT_THAT(update({"drawers.label"}, [](D&) {}), HasSubstr("update_mask.paths[0]"));
  EXPECT_THAT(update({"address.street.x"}, [](D&) {}), HasSubstr("update_mask.paths[0]"));
  EXPECT_THAT(update({""}, [](D&) {}), HasSubstr("update_mask.paths[0]"));
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

// The quick check over the bytes may only let pass what the thorough one, over the message, finds right and
// leaves alone.
TEST_F(ServiceTest, TheQuickCheckAgreesWithTheThoroughOne) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  FieldRules rules;
  rules.Learn(*desk::CreateDeskRequest::descriptor());
  desk::CreateDeskRequest full;
  *full.mutable_desk() = Good();
  full.mutable_desk()->set_share(0.5);
  full.mutable_desk()->set_floor(3);
  full.mutable_desk()->set_queue(1);
  full.mutable_desk()->mutable_opens()->set_seconds(5);
  full.mutable_desk()->add_drawers()->set_label("one");
  full.mutable_desk()->add_tags("t");
  full.set_request_id("r");
  int readable = 0;
  int right = 0;
  for (int i = 0; i < 60'000; ++i) {
    // Pieces of requests one after another, as the wire format allows, with bytes changed here and there.
    std::string bytes = full.SerializeAsString();
    if (random() % 4 == 0) {
      desk::CreateDeskRequest more;
      for (uint64_t n = random() % 120; n > 0; --n) more.mutable_desk()->add_drawers()->set_label("d");
      if (random() % 2 == 0) *more.mutable_desk()->mutable_address() = Good().address();
      bytes += more.SerializeAsString();
    }
    for (uint64_t changes = random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random() % 2 == 0 ? random() % 24 : random());
    }
    desk::CreateDeskRequest quick;
    if (!quick.ParseFromString(bytes)) continue;
    ++readable;
    desk::CreateDeskRequest thorough = quick;
    refusal::FieldErrors quick_errors;
    refusal::FieldErrors thorough_errors;
    rules.Apply(bytes, quick, quick_errors);
    // Bytes that do not belong to the message make the quick check give up.
    rules.Apply("\xff", thorough, thorough_errors);
    ASSERT_EQ(quick_errors.ToStatus(), thorough_errors.ToStatus()) << full.ShortDebugString();
    ASSERT_EQ(quick.SerializeAsString(), thorough.SerializeAsString());
    if (quick_errors.empty()) ++right;
  }
  EXPECT_GT(readable, 20'000);
  EXPECT_GT(right, 5'000);
  EXPECT_LT(right, readable);
}

double ThreadNanoseconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// What the checks cost beyond parsing; printed, and red only when something is wrong by far.
TEST_F(ServiceTest, CheckingIsCheap) {
  desk::CreateDeskRequest request;
  *request.mutable_desk() = Good();
  request.set_request_id("6b1f0c9e-54f0-4c2a-9d57-0d3c7b1a2e44");
  FieldRules rules;
  rules.Learn(*desk::CreateDeskRequest::descriptor());
  const std::string bytes = request.SerializeAsString();
  constexpr int kRounds = 20'000;
  const double began_ns = ThreadNanoseconds();
  for (int i = 0; i < kRounds; ++i) {
    refusal::FieldErrors errors;
    rules.Apply(bytes, request, errors);
    ASSERT_TRUE(errors.empty());
  }
  const double each_ns = (ThreadNanoseconds() - began_ns) / kRounds;
  std::printf("field rules: %.0f ns a request of %d fields\n", each_ns, 9);
  EXPECT_LT(each_ns, 200'000);
}

}  // namespace
}  // namespace kepu::rpc
