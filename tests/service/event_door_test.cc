// The door through its handlers: codes that are shown, made up and of another session, walk-ins, the list for
// a device, and what two devices that were offline tell afterwards.
#include "absl/strings/ascii.h"
#include "google/rpc/status.pb.h"
#include "kepu/event/v1/door.pb.h"
#include "libs/calendar/timestamps.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Record = v1::DoorRecord;

class EventDoorTest : public EventServiceTest {
 protected:
  void SetUp() override {
    EventServiceTest::SetUp();
    session = desk.MakeSession(10, absl::Minutes(30)).name();
  }
  std::string CodeOf(const std::string& booking, const rpc::Principal& caller = kStaff) {
    v1::GetEntryCodeRequest request;
    request.set_name(booking + "/entryCode");
    auto code = desk.Ask<v1::EntryCode>("DoorService/GetEntryCode", request, caller);
    EXPECT_TRUE(code.ok()) << code.status();
    return code.ok() ? code->code() : "";
  }
  absl::StatusOr<v1::Booking> CheckIn(const std::string& of, const std::string& code, int adults = 0,
                                      const rpc::Principal& caller = kStaff) {
    auto request = desk.Named<v1::CheckInRequest>(of);
    request.set_code(code);
    if (adults > 0) request.mutable_party()->set_adults(adults);
    return desk.Ask<v1::Booking>("DoorService/CheckIn", request, caller);
  }
  Record Noted(const std::string& id, Record::Act act, const std::string& code, int adults = 0) {
    Record record;
    record.set_id(id);
    record.set_act(act);
    record.set_code(code);
    calendar::SetMicros(absl::ToUnixMicros(desk.clock.Now()), record.mutable_time());
    if (adults > 0) record.mutable_party()->set_adults(adults);
    return record;
  }
  std::vector<Record::Outcome> Merge(const std::string& device, const std::vector<Record>& records) {
    auto request = desk.Named<v1::MergeDoorRequest>(session);
    request.set_device(device);
    for (const Record& record : records) *request.add_records() = record;
    auto answer = desk.Ask<v1::MergeDoorResponse>("DoorService/MergeDoor", request, kStaff);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::vector<Record::Outcome> outcomes;
    if (answer.ok())
      for (const Record& record : answer->records()) outcomes.push_back(record.outcome());
    return outcomes;
  }

  std::string session;
};

TEST_F(EventDoorTest, ACodeIsGoodForItsSessionAndMadeHereOnly) {
  auto booking = Book(session, "a", 3);
  ASSERT_TRUE(booking.ok());
  const std::string code = CodeOf(booking->name(), User("a"));
  EXPECT_THAT(code, SizeIs(30));
  v1::GetEntryCodeRequest foreign;
  foreign.set_name(booking->name() + "/entryCode");
  EXPECT_EQ(desk.Ask<v1::EntryCode>("DoorService/GetEntryCode", foreign, User("b")).status().code(),
            absl::StatusCode::kNotFound);
  const std::string other = desk.MakeSession(10, absl::Minutes(30)).name();
  EXPECT_EQ(Reason(CheckIn(other, code).status()), "NO_SUCH_CODE");
  std::string forged = code;
  forged.back() = forged.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ(Reason(CheckIn(session, forged).status()), "NO_SUCH_CODE");
  EXPECT_EQ(Reason(CheckIn(session, "x").status()), "NO_SUCH_CODE");
  EXPECT_EQ(CheckIn(session, code, 0, User("a")).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(CheckIn(session, code, 0, Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  std::string read_out = absl::AsciiStrToUpper(code);
  read_out.insert(10, " ");
  auto in = CheckIn(session, read_out, 2);
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->state(), v1::Booking::CHECKED_IN);
  EXPECT_EQ(in->inside(), 2);
  EXPECT_EQ(in->booked_party().adults(), 3);
  EXPECT_EQ(desk.Look(session).inside(), 2);
  EXPECT_EQ(desk.Look(session).pools(0).free(), 8);
  auto out = desk.Named<v1::CheckOutRequest>(session);
  out.set_code(code);
  ASSERT_TRUE(desk.Ask<v1::Booking>("DoorService/CheckOut", out, kStaff).ok());
  EXPECT_EQ(desk.Look(session).inside(), 0);
  EXPECT_EQ(desk.Look(session).arrived(), 2);
}

TEST_F(EventDoorTest, WalkInsComeInWhileThereIsRoom) {
  ASSERT_TRUE(Book(session, "a", 8).ok());
  auto admit = desk.Named<v1::AdmitRequest>(session);
  admit.mutable_party()->set_adults(2);
  EXPECT_EQ(desk.Ask<v1::Booking>("DoorService/Admit", admit, User("a")).status().code(),
            absl::StatusCode::kPermissionDenied);
  auto in = desk.Ask<v1::Booking>("DoorService/Admit", admit, kStaff);
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->state(), v1::Booking::CHECKED_IN);
  EXPECT_EQ(in->booker(), "users/staff");
  auto again = desk.Ask<v1::Booking>("DoorService/Admit", admit, kStaff);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->name(), in->name()) << "a repeat is the same party";
  admit.set_request_id("another");
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("DoorService/Admit", admit, kStaff).status()), "SESSION_FULL");
  admit.set_kind(v1::Booking::SCHOOL);
  EXPECT_EQ(desk.Ask<v1::Booking>("DoorService/Admit", admit, kStaff).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EventDoorTest, TwoOfflineDevicesAreMergedAndNothingIsLost) {
  auto a = Book(session, "a", 3), b = Book(session, "b", 2), gone = Book(session, "gone", 1);
  ASSERT_TRUE(a.ok() && b.ok() && gone.ok());
  const std::string code_a = CodeOf(a->name()), code_b = CodeOf(b->name()), code_gone = CodeOf(gone->name());
  v1::ListDoorRequest list;
  list.set_name(session);
  list.set_page_size(2);
  auto page = desk.Ask<v1::ListDoorResponse>("DoorService/ListDoor", list, kStaff);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->entries(), SizeIs(2));
  EXPECT_EQ(page->entries(0).code(), code_a);
  EXPECT_FALSE(page->entries(0).has_check_in_time());
  EXPECT_EQ(page->open_time().seconds(), desk.Look(session).start_time().seconds() - 60 * 60)
      << "an hour before";
  list.set_page_token(page->next_page_token());
  EXPECT_THAT(desk.Ask<v1::ListDoorResponse>("DoorService/ListDoor", list, kStaff)->entries(), SizeIs(1));
  EXPECT_EQ(desk.Ask<v1::ListDoorResponse>("DoorService/ListDoor", list, User("a")).status().code(),
            absl::StatusCode::kPermissionDenied);

  ASSERT_TRUE(
      desk.Ask<v1::Booking>("CancelBooking", desk.Named<v1::CancelBookingRequest>(gone->name()), User("gone"))
          .ok());
  const std::vector<Record> first = {
      Noted("r1", Record::ARRIVED, code_a, 2), Noted("r2", Record::WALKED_IN, "", 4),
      Noted("r3", Record::ARRIVED, "made-up"), Noted("r4", Record::ARRIVED, code_gone),
      Noted("r5", Record::LEFT, code_a, 1)};
  const std::vector<Record> second = {Noted("r1", Record::ARRIVED, code_b),
                                      Noted("r2", Record::ARRIVED, code_a)};
  EXPECT_THAT(Merge("gate-1", first),
              ElementsAre(Record::TAKEN, Record::TAKEN, Record::NO_CODE, Record::REFUSED, Record::TAKEN));
  EXPECT_THAT(Merge("gate-2", second), ElementsAre(Record::TAKEN, Record::DUPLICATE));
  // Sent again after a lost answer: the same again.
  EXPECT_THAT(Merge("gate-1", first),
              ElementsAre(Record::TAKEN, Record::TAKEN, Record::NO_CODE, Record::REFUSED, Record::TAKEN));
  const v1::Session shown = desk.Look(session);
  EXPECT_EQ(shown.arrived(), 8);
  EXPECT_EQ(shown.inside(), 7);
  EXPECT_EQ(shown.pools(0).checked_in(), 8);
  list.clear_page_token();
  EXPECT_TRUE(
      desk.Ask<v1::ListDoorResponse>("DoorService/ListDoor", list, kStaff)->entries(0).has_check_in_time());

  v1::ListDoorRecordsRequest records;
  records.set_parent(session);
  auto all = desk.Ask<v1::ListDoorRecordsResponse>("DoorService/ListDoorRecords", records, kStaff);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(all->records(), SizeIs(7));
  records.set_only_odd(true);
  auto odd = desk.Ask<v1::ListDoorRecordsResponse>("DoorService/ListDoorRecords", records, kStaff);
  ASSERT_THAT(odd->records(), SizeIs(3));
  EXPECT_EQ(odd->records(1).reason(), "WRONG_STATE");
  EXPECT_EQ(odd->records(2).device(), "gate-2");
  EXPECT_EQ(odd->records(2).booking(), a->name());
}

TEST_F(EventDoorTest, ARecordThatSaysNothingIsRefusedByItsField) {
  auto request = desk.Named<v1::MergeDoorRequest>(session);
  request.set_device("Gate 1");
  *request.add_records() = Noted("r1", Record::ARRIVED, "");
  *request.add_records() = Noted("r 2", Record::WALKED_IN, "code");
  const std::string text =
      refusal::ToWire(desk.Ask<v1::MergeDoorResponse>("DoorService/MergeDoor", request, kStaff).status())
          .DebugString();
  for (const char* field : {"\"device\"", "records[0].code", "records[1].id", "records[1].code"})
    EXPECT_THAT(text, ::testing::HasSubstr(field));
}

TEST_F(EventDoorTest, AnswersAsItsAnnotationsSay) {
  auto booking = Book(session, "visitor", 1);
  ASSERT_TRUE(booking.ok());
  const auto absent = [](std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  };
  const auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {v1::EntryCode::descriptor()->file()->FindServiceByName("DoorService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"events/*/sessions/*", {session, absent(session)}},
                   {"events/*/sessions/*/bookings/*/entryCode",
                    {booking->name() + "/entryCode", absent(booking->name()) + "/entryCode"}}},
      .own = {{"", {"venues/cqstm", "city"}}},
      .foreign = "venues/other",
      .owner = "users/visitor",
      // A sample's code is none.
      .may_miss = {"CheckIn", "CheckOut"},
      .samples = {
          {"MergeDoor",
           "device: 'gate-1' records { id: 'r1' act: LEFT code: 'none' time { seconds: 1780000000 } }"},
          {"Admit", "party { adults: 1 }"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
