// The verifier that never stops, beside a service in use: silent while the facts are sound, and it counts
// what was written past the rules.
#include "services/event/store/auditor.h"

#include "kepu/log/v1/log.pb.h"
#include "libs/store/version.h"
#include "services/event/api/target.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

class EventAuditTest : public EventServiceTest {
 protected:
  // What was planted is found by the verifier of all tests too.
  void TearDown() override {
    if (!planted_) EventServiceTest::TearDown();
  }
  // One more pass over everything, by an auditor of its own.
  void Audit() {
    Auditor auditor(desk.store, desk.executor, metrics);
    const uint64_t before = auditor.passes();
    auditor.Start();
    ASSERT_TRUE(desk.executor.RunUntil([&] { return auditor.passes() > before; }, absl::Minutes(5)));
  }
  uint64_t Count(absl::string_view name) { return metrics.MakeCounter(name, "").value(); }

  // Writes a fact that no rule decided, as a defect or somebody at the store could; the head becomes what
  // `change` makes of it.
  void Plant(const std::string& session, const domain::record::Fact& fact,
             const std::function<void(domain::record::SessionHead&)>& change) {
    planted_ = true;
    const auto target = ParseTarget("name", kSessionPattern, session);
    ASSERT_TRUE(target.ok());
    std::optional<store::StoredHead> stored;
    desk.store.Load(target->partition, {{target->key, {}, false}},
                    [&](auto loaded) { stored = std::move(loaded->front().head); });
    ASSERT_TRUE(desk.executor.RunUntil([&] { return stored.has_value(); }, absl::Seconds(5)));
    store::AggregateChange aggregate;
    aggregate.key = target->key;
    aggregate.expected = stored->version;
    ::kepu::log::v1::FactGroup group;
    group.set_time_us(absl::ToUnixMicros(desk.clock.Now()));
    ::kepu::log::v1::AggregateFacts* facts = group.add_aggregates();
    facts->set_key(target->key);
    facts->set_first_version(stored->version.counter + 1);
    facts->add_facts()->set_body(fact.SerializeAsString());
    domain::record::SessionHead head;
    head.ParseFromString(stored->head);
    change(head);
    aggregate.after = {store::Next(stored->version, facts->facts(0)), desk.clock.Now(),
                       head.SerializeAsString()};
    store::Commit commit;
    commit.partition = target->partition;
    commit.deadline = desk.clock.Now() + absl::Minutes(1);
    commit.groups.push_back({{aggregate}, {}, group.SerializeAsString()});
    bool applied = false;
    desk.store.Apply(commit, [&](auto result) { applied = result.ok() && result->groups[0].applied; });
    ASSERT_TRUE(desk.executor.RunUntil([&] { return applied; }, absl::Seconds(5)));
  }

  metrics::Registry metrics;

 private:
  bool planted_ = false;
};

TEST_F(EventAuditTest, FindsNothingWhereEverythingWasDecided) {
  const v1::Session session = desk.MakeSession(5);
  ASSERT_TRUE(Book(session.name(), "a", 3).ok());
  const auto held = Hold(session.name(), "b", 2);
  ASSERT_TRUE(held.ok());
  ASSERT_TRUE(Join(session.name(), "c", 2).ok());
  desk.Skip(absl::Hours(1));
  Audit();
  EXPECT_GT(Count("kepu_ledger_facts_total"), 5U);
  EXPECT_EQ(Count("kepu_oversell_total"), 0U);
  EXPECT_EQ(Count("kepu_ledger_differences_total"), 0U);
}

TEST_F(EventAuditTest, CountsWhatIsTakenAboveTheCapacity) {
  const v1::Session session = desk.MakeSession(5);
  ASSERT_TRUE(Book(session.name(), "a", 3).ok());
  domain::record::Fact fact;
  domain::record::BookingMade* made = fact.mutable_booking_made();
  made->set_id("forged");
  made->mutable_booking()->set_state(v1::Booking::CONFIRMED);
  made->mutable_booking()->add_taken(3);
  Plant(session.name(), fact, [](auto& head) { head.mutable_pools(0)->set_confirmed(6); });
  Audit();
  EXPECT_EQ(Count("kepu_oversell_total"), 1U);
  EXPECT_EQ(Count("kepu_ledger_differences_total"), 0U);
  // The next pass counts it again: it is still so.
  Audit();
  EXPECT_EQ(Count("kepu_oversell_total"), 2U);
}

TEST_F(EventAuditTest, CountsWhatTheSessionCountsOtherwise) {
  const v1::Session session = desk.MakeSession(5);
  ASSERT_TRUE(Book(session.name(), "a", 3).ok());
  domain::record::Fact fact;
  fact.mutable_holds_skipped();
  Plant(session.name(), fact, [](auto& head) { head.mutable_pools(0)->set_confirmed(1); });
  Audit();
  EXPECT_EQ(Count("kepu_oversell_total"), 0U);
  EXPECT_EQ(Count("kepu_ledger_differences_total"), 1U);
}

TEST_F(EventAuditTest, TheServiceAuditsWhenItIsToldTo) {
  ASSERT_TRUE(Book(desk.MakeSession(5).name(), "a", 3).ok());
  desk.audit = AuditOptions{.rest = absl::Minutes(1)};
  desk.Restart();
  desk.executor.RunFor(absl::Minutes(3));
  EXPECT_GE(desk.metrics.MakeCounter("kepu_ledger_passes_total", "").value(), 2U);
}

}  // namespace
}  // namespace kepu::event
