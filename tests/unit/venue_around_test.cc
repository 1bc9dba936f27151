// What a closing is in the way of among what others have put at a venue: by time, by space, by the hall that
// is held, and with the session that is served.
#include "services/venue/domain/around.h"

#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::ClosureHit At(const std::string& name, int from_hour, int to_hour, const std::string& space = "") {
  v1::ClosureHit hit;
  hit.set_name(name);
  *hit.mutable_start_time() = ToTimestamp(T("2026-03-10", from_hour));
  *hit.mutable_end_time() = ToTimestamp(T("2026-03-10", to_hour));
  if (!space.empty()) hit.set_space(SpaceName("v", space));
  return hit;
}
v1::ClosureHit Serving(v1::ClosureHit shift, const std::string& session) {
  shift.set_holder(session);
  return shift;
}
calendar::Interval Hours(int from, int to) { return {T("2026-03-10", from), T("2026-03-10", to)}; }

std::vector<std::string> Told(const Around& around, const Closing& closing,
                              const std::vector<HeldHall>& halls = {}) {
  std::vector<std::string> told;
  for (const v1::ClosureHit& hit : HitAround(around, closing, halls))
    told.push_back(hit.name() + (hit.allocation().empty() ? "" : " in " + hit.allocation()));
  return told;
}

TEST(VenueAround, SessionsAreHitByTimeAndSpace) {
  Around around;
  around.sessions = {At("early", 8, 9), At("hall", 9, 10, "hall"), At("open", 9, 10), At("late", 12, 13)};
  EXPECT_THAT(Told(around, {Hours(9, 12), true, {}}), ElementsAre("hall", "open"));
  EXPECT_THAT(Told(around, {Hours(9, 12), false, {"hall", "stage"}}), ElementsAre("hall"));
  EXPECT_THAT(Told(around, {Hours(9, 12), false, {"stage"}}), IsEmpty());
  EXPECT_THAT(Told(around, {Hours(9, 9), true, {}}), IsEmpty()) << "no time at all";
}

TEST(VenueAround, AHallThatIsHeldIsItsSession) {
  Around around;
  around.sessions = {At("a", 9, 10, "hall"), At("b", 11, 12, "hall"), At("c", 9, 10, "dome")};
  const std::vector<HeldHall> halls = {{"hall", Hours(8, 10), "x"}, {"hall", Hours(10, 11), "y"}};
  EXPECT_THAT(Told(around, {Hours(8, 9), false, {"hall"}}, halls), ElementsAre("a in x"))
      << "set-up is in the closed time, the session is not";
  EXPECT_THAT(Told(around, {Hours(9, 12), true, {}}, halls), ElementsAre("a in x", "b", "c"))
      << "what is held around it is somebody else's";
}

TEST(VenueAround, ShiftsGoWithTheVenueOrWithTheirSession) {
  Around around;
  around.sessions = {At("s", 9, 10, "hall"), At("t", 9, 10)};
  around.shifts = {Serving(At("of s", 6, 7), "s"), Serving(At("of t", 9, 10), "t"), At("any", 9, 10),
                   At("night", 20, 22)};
  EXPECT_THAT(Told(around, {Hours(9, 12), true, {}}), ElementsAre("s", "t", "of s", "of t", "any"));
  EXPECT_THAT(Told(around, {Hours(9, 12), false, {"hall"}}), ElementsAre("s", "of s"));
}

TEST(VenueAround, StopsAndRoutesAreHitWhereAllCloses) {
  Around around;
  around.stops = {At("early", 7, 8), At("stop", 8, 10)};
  around.routes = {v1::ClosureHit()};
  around.routes[0].set_name("route");
  EXPECT_THAT(Told(around, {Hours(9, 12), true, {}}), ElementsAre("stop", "route"));
  EXPECT_EQ(ToTime(HitAround(around, {Hours(9, 12), true, {}}, {})[1].end_time()), T("2026-03-10", 12));
  EXPECT_THAT(Told(around, {Hours(9, 12), false, {"hall"}}), IsEmpty());
}

}  // namespace
}  // namespace kepu::venue
