// What closures and retirements tell of other services: sessions and shifts as they stand in the logs that
// the venue service follows, and what it says when it cannot follow them.
#include "services/venue/domain/state.h"
#include "services/venue/store/agenda.h"
#include "tests/service/neighbour_logs.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPlace[] = "venues/cqstm";
constexpr char kHall[] = "venues/cqstm/spaces/hall";

class VenueAgendaTest : public VenueServiceTest {
 protected:
  VenueAgendaTest() {
    logs_.PutEvent("e", "磁铁课");
    events_ = &logs_.events;
    volunteers_ = &logs_.volunteers;
    Restart();
    Wait();
  }

  // Until the logs are followed.
  void Wait() { executor_.RunFor(absl::Seconds(1)); }
  static v1::CreateClosureRequest MakeClosure(absl::Time start, absl::Time end,
                                              const std::vector<std::string>& spaces = {}) {
    v1::CreateClosureRequest request;
    request.set_parent(kPlace);
    request.set_validate_only(true);
    *request.mutable_closure()->mutable_start_time() = ToTimestamp(start);
    *request.mutable_closure()->mutable_end_time() = ToTimestamp(end);
    request.mutable_closure()->mutable_reason()->set_zh("检修");
    for (const std::string& space : spaces)
      request.mutable_closure()->add_spaces(absl::StrCat(kPlace, "/spaces/", space));
    return request;
  }
  v1::Closure Preview(const v1::CreateClosureRequest& request) {
    const auto closure = Call<v1::Closure>("VenueService", "CreateClosure", request, kStaff);
    EXPECT_TRUE(closure.ok()) << closure.status();
    return closure.ok() ? *closure : v1::Closure();
  }
  static std::string Line(const v1::ClosureHit& hit) {
    return absl::StrCat(v1::ClosureHit::Kind_Name(hit.kind()), " ", IdOf(hit.name()), " ", hit.heads(),
                        hit.newly() ? " new" : "");
  }
  template <class Hits>
  static std::vector<std::string> Lines(const Hits& hits) {
    std::vector<std::string> lines;
    for (const v1::ClosureHit& hit : hits) lines.push_back(Line(hit));
    return lines;
  }
  // A session with a hall that it reserved.
  void HoldSession(const std::string& id, absl::Time start, absl::Time end) {
    TryRequest claim = MakeTry(id, start, end);
    claim.mutable_demand()->set_purpose("events/e/sessions/" + id);
    ASSERT_TRUE(Try(claim).ok());
    ASSERT_TRUE(Tell("Confirm", id).ok());
    logs_.PutSession(id, kPlace, kHall, start, end);
  }
  static absl::Time March(int day, int hour = 0) {
    return T(absl::StrCat("2026-03-", absl::Dec(day, absl::kZeroPad2)), hour);
  }

  NeighbourLogs logs_{executor_, clock_};
};

TEST_F(VenueAgendaTest, SessionsAndShiftsAreTold) {
  HoldSession("held", March(11, 10), March(11, 11));
  logs_.PutSession("foyer", kPlace, "", March(11, 14), March(11, 15));
  logs_.PutSession("before", kPlace, "", March(9, 14), March(9, 15));
  logs_.PutSession("elsewhere", "venues/other", "", March(11, 14), March(11, 15));
  logs_.PutSession("online", "", "", March(11, 14), March(11, 15));
  logs_.PutShift("guide", kPlace, "events/e/sessions/held", March(11, 9), March(11, 12));
  logs_.PutShift("door", kPlace, "", March(12, 9), March(12, 12));
  logs_.PutShift("early", kPlace, "", March(9, 9), March(9, 12));
  logs_.Book("held", {42, 40, 0});
  logs_.Book("held", {0, 0, 3});
  logs_.Book("held", {30, 28, 0});
  logs_.CancelBooking("held", {30, 28, 0});
  logs_.SignUp("guide");
  logs_.SignUp("guide");
  logs_.Withdraw("guide");
  logs_.Claim("guide", 4, false);
  const auto repair = Allocate(March(10, 10), March(10, 12));
  ASSERT_TRUE(repair.ok()) << repair.status();
  const std::string first = absl::StrCat("ALLOCATION ", IdOf(repair->name()), " 0");
  // Folded, then loaded by a new process: the same.
  for (int round = 0; round < 2; ++round) {
    Wait();
    const v1::Closure closure = Preview(MakeClosure(March(10), March(13)));
    ASSERT_THAT(Lines(closure.consequences()),
                ElementsAre(first, "SHIFT guide 5", "SESSION held 45", "SESSION foyer 0", "SHIFT door 0"));
    EXPECT_EQ(closure.consequence_count(), 5) << "the hall of a session is no second hit";
    EXPECT_EQ(closure.hit_count(), 2) << "as before: allocations and exhibitions";
    EXPECT_THAT(closure.unknown_of(), IsEmpty());
    const v1::ClosureHit& session = closure.consequences(2);
    EXPECT_EQ(session.name(), "events/e/sessions/held");
    EXPECT_EQ(session.holder(), session.name());
    EXPECT_EQ(session.title().zh(), "磁铁课");
    EXPECT_EQ(session.space(), kHall);
    EXPECT_EQ(session.allocation(), "venues/cqstm/spaces/hall/allocations/c-held");
    EXPECT_EQ(closure.consequences(1).holder(), session.name());
    EXPECT_EQ(closure.consequences(1).title().zh(), "引导");
    Restart();
  }
  logs_.Claim("guide", 4, true);
  logs_.CancelSession("foyer");
  logs_.CancelShift("door");
  Wait();
  EXPECT_EQ(Preview(MakeClosure(March(11), March(13))).consequence_count(), 2);
  EXPECT_THAT(Lines(Preview(MakeClosure(March(11), March(13))).consequences()),
              ElementsAre("SHIFT guide 5", "SESSION held 45"));
}

TEST_F(VenueAgendaTest, AClosureOfSomeSpacesHitsWhatUsesThem) {
  HoldSession("held", March(11, 10), March(11, 11));
  logs_.PutSession("foyer", kPlace, "", March(11, 14), March(11, 15));
  logs_.PutShift("guide", kPlace, "events/e/sessions/held", March(10, 9), March(10, 12));
  logs_.PutShift("door", kPlace, "events/e/sessions/foyer", March(11, 9), March(11, 17));
  logs_.PutShift("any", kPlace, "", March(11, 9), March(11, 17));
  Wait();
  EXPECT_THAT(Lines(Preview(MakeClosure(March(11), March(12), {"hall"})).consequences()),
              ElementsAre("SHIFT guide 0", "SESSION held 0"))
      << "a shift goes with its session, whenever it is";
  EXPECT_THAT(Lines(Preview(MakeClosure(March(11), March(12), {"dome"})).consequences()), IsEmpty());
  EXPECT_EQ(Preview(MakeClosure(March(11), March(12))).consequence_count(), 5);
}

TEST_F(VenueAgendaTest, SetUpThatIsClosedHitsTheSession) {
  v1::UpdateSpaceRequest buffer;
  buffer.mutable_space()->set_name(kHall);
  buffer.mutable_space()->mutable_setup_duration()->set_seconds(3600);
  buffer.mutable_update_mask()->add_paths("setup_duration");
  ASSERT_TRUE(Change<v1::Space>("UpdateSpace", buffer, kAdmin).ok());
  HoldSession("held", March(11, 10), March(11, 11));
  Wait();
  EXPECT_THAT(Lines(Preview(MakeClosure(March(11, 9), March(11, 10))).consequences()),
              ElementsAre("SESSION held 0"));
  EXPECT_THAT(Lines(Preview(MakeClosure(March(11, 8), March(11, 9))).consequences()), IsEmpty());
}

TEST_F(VenueAgendaTest, AChangeTellsWhatItNewlyHitsAndFrees) {
  for (int day : {10, 12, 14}) {
    logs_.PutSession(absl::StrCat("s", day), kPlace, "", March(day, 10), March(day, 11));
    logs_.PutShift(absl::StrCat("w", day), kPlace, "", March(day, 9), March(day, 12));
  }
  Wait();
  v1::CreateClosureRequest request = MakeClosure(March(10), March(13));
  request.set_validate_only(false);
  const auto closure = Change<v1::Closure>("CreateClosure", request, kStaff);
  ASSERT_TRUE(closure.ok()) << closure.status();
  EXPECT_THAT(Lines(closure->consequences()),
              ElementsAre("SHIFT w10 0", "SESSION s10 0", "SHIFT w12 0", "SESSION s12 0"));
  v1::UpdateClosureRequest update;
  update.mutable_closure()->set_name(closure->name());
  *update.mutable_closure()->mutable_start_time() = ToTimestamp(March(11));
  *update.mutable_closure()->mutable_end_time() = ToTimestamp(March(15));
  update.mutable_update_mask()->add_paths("start_time");
  update.mutable_update_mask()->add_paths("end_time");
  for (bool preview : {true, false}) {
    update.set_validate_only(preview);
    const auto changed = Change<v1::Closure>("UpdateClosure", update, kStaff);
    ASSERT_TRUE(changed.ok()) << changed.status();
    EXPECT_THAT(Lines(changed->consequences()),
                ElementsAre("SHIFT w12 0", "SESSION s12 0", "SHIFT w14 0 new", "SESSION s14 0 new"));
    EXPECT_THAT(Lines(changed->freed()), ElementsAre("SHIFT w10 0", "SESSION s10 0"));
  }
}

TEST_F(VenueAgendaTest, CountsGoOnWhereTheListEnds) {
  for (int i = 0; i < 60; ++i) {
    logs_.PutSession(absl::StrCat("s", i), kPlace, "", March(10 + i % 10, 10), March(10 + i % 10, 11));
    logs_.PutShift(absl::StrCat("w", i), kPlace, "", March(10 + i % 10, 9), March(10 + i % 10, 12));
  }
  Wait();
  const v1::Closure closure = Preview(MakeClosure(March(10), March(30)));
  EXPECT_EQ(closure.consequences_size(), 100);
  EXPECT_EQ(closure.consequence_count(), 120);
  for (int i = 1; i < 100; ++i)
    EXPECT_LE(ToTime(closure.consequences(i - 1).start_time()), ToTime(closure.consequences(i).start_time()));
}

TEST_F(VenueAgendaTest, ARetirementTellsThemToo) {
  HoldSession("held", March(11, 10), March(11, 11));
  logs_.PutShift("guide", kPlace, "events/e/sessions/held", March(11, 9), March(11, 12));
  Wait();
  v1::RetireVenueRequest retire;
  retire.set_name(kPlace);
  *retire.mutable_retire_date() = ToDate(D("2026-03-10"));
  retire.set_validate_only(true);
  const auto preview = Change<v1::RetireVenueResponse>("RetireVenue", retire, kCity);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->hits(), ElementsAre("shifts/guide", "events/e/sessions/held"));
  EXPECT_EQ(preview->hit_count(), 2);
  EXPECT_THAT(preview->unknown_of(), IsEmpty());
}

TEST_F(VenueAgendaTest, WhatCannotBeToldIsSaid) {
  HoldSession("held", March(11, 10), March(11, 11));
  const v1::CreateClosureRequest request = MakeClosure(March(10), March(13));
  volunteers_ = nullptr;
  logs_.events.set_down(true);
  Restart();
  Wait();
  v1::Closure closure = Preview(request);
  EXPECT_THAT(closure.unknown_of(), ElementsAre("event", "volunteer"));
  ASSERT_EQ(closure.consequences_size(), 1);
  EXPECT_EQ(Line(closure.consequences(0)), "SESSION c-held 0") << "its hall is known at least";
  v1::RetireVenueRequest retire;
  retire.set_name(kPlace);
  *retire.mutable_retire_date() = ToDate(D("2026-03-10"));
  retire.set_validate_only(true);
  EXPECT_THAT(Change<v1::RetireVenueResponse>("RetireVenue", retire, kCity)->unknown_of(),
              ElementsAre("event", "volunteer"));

  logs_.events.set_down(false);
  Wait();
  closure = Preview(request);
  EXPECT_THAT(closure.unknown_of(), ElementsAre("volunteer"));
  EXPECT_THAT(Lines(closure.consequences()), ElementsAre("SESSION held 0"));

  logs_.events.set_down(true);
  executor_.RunFor(absl::Seconds(30));
  closure = Preview(request);
  EXPECT_THAT(closure.unknown_of(), ElementsAre("event", "volunteer")) << "what it knew grows old";
  EXPECT_EQ(closure.consequences_size(), 1) << "and is told all the same";
}

TEST_F(VenueAgendaTest, WhatEndedLongAgoIsLetGo) {
  Agenda agenda(executor_, clock_, {&logs_.events, &logs_.volunteers});
  agenda.Start();
  const calendar::Interval year{March(1), March(1) + absl::Hours(24 * 365)};
  logs_.PutSession("s", kPlace, "", March(3, 10), March(3, 11));
  logs_.PutShift("w", kPlace, "events/e/sessions/s", March(3, 9), March(3, 12));
  Wait();
  EXPECT_EQ(agenda.At(kPlace, year).sessions.size(), 1u);
  clock_.SetSkew(absl::Hours(24 * 30));
  logs_.PutEvent("other", "新");
  Wait();
  EXPECT_EQ(agenda.At(kPlace, year).sessions.size(), 1u) << "for a month";
  clock_.SetSkew(absl::Hours(24 * 33));
  logs_.PutSession("later", kPlace, "", March(30), March(31));
  logs_.PutShift("late", kPlace, "", March(30), March(31));
  Wait();
  EXPECT_EQ(agenda.At(kPlace, year).sessions.size(), 1u);
  EXPECT_EQ(agenda.At(kPlace, year).sessions[0].name(), "events/e/sessions/later");
  EXPECT_EQ(agenda.At(kPlace, year).shifts.size(), 1u);
  Agenda fresh(executor_, clock_, {&logs_.events, &logs_.volunteers});
  fresh.Start();
  Wait();
  EXPECT_EQ(fresh.At(kPlace, year).sessions.size(), 1u) << "nor is it loaded";
}

}  // namespace
}  // namespace kepu::venue
