// Who changed what in the event service, asked of a service in use: the entries come from the facts that real
// calls wrote, for those who may see them.
#include "kepu/event/v1/audit.pb.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event::who_changed_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EventWhoChangedTest : public EventServiceTest {
 protected:
  kepu::audit::v1::ListAuditEntriesResponse Entries(const std::string& object, const rpc::Principal& caller) {
    desk.executor.RunFor(absl::Seconds(1));  // the index follows the log
    v1::ListAuditEntriesRequest request;
    request.set_object(object);
    auto answer =
        desk.Ask<kepu::audit::v1::ListAuditEntriesResponse>("AuditService/ListAuditEntries", request, caller);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(kepu::audit::v1::ListAuditEntriesResponse());
  }
};

TEST_F(EventWhoChangedTest, ACancelledSessionTellsWhoAndWhy) {
  const v1::Session session = desk.MakeSession(10);
  v1::CancelSessionRequest cancel;
  cancel.set_request_id(desk.NextRequestId());
  cancel.set_name(session.name());
  cancel.set_reason("storm");
  ASSERT_TRUE(desk.Ask<v1::Session>("CancelSession", cancel, Staff("venues/cqstm")).ok());
  const rpc::Principal city{"users/city", "", {{"city_admin", "city"}}};
  const auto seen = Entries(session.name(), city);
  ASSERT_GE(seen.entries_size(), 2) << seen.DebugString();
  EXPECT_EQ(seen.entries(0).kind(), "session_cancelled") << "newest first";
  EXPECT_EQ(seen.entries(0).actor(), Staff("venues/cqstm").name);
  EXPECT_EQ(seen.entries(0).object(), session.name());
  EXPECT_FALSE(seen.entries(0).what().zh().empty());
  EXPECT_THAT(seen.entries(0).DebugString(), HasSubstr("storm"));
  EXPECT_THAT(Entries(session.name(), User("somebody")).entries(), IsEmpty());
  EXPECT_THAT(Entries(session.name(), Staff("venues/other")).entries(), IsEmpty());
  EXPECT_THAT(Entries("events/absent/sessions/absent", city).entries(), IsEmpty());
}

}  // namespace
}  // namespace kepu::event::who_changed_test
