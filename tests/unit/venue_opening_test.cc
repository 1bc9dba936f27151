// Whether visitors find a venue open at an instant: hours, holidays, closures of all of it, its last day.
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

TEST(VenueOpening, OpenAtAnInstant) {
  const auto rules = ReadRules("opening", MakeVenue().opening());
  ASSERT_TRUE(rules.ok()) << rules.status();
  const calendar::HolidayTable holidays = Holidays();
  const std::vector<calendar::Interval> none;
  const std::vector<calendar::Interval> morning = {{T("2026-03-10", 9), T("2026-03-10", 12)}};
  const struct {
    const char* what;
    absl::Time at;
    const std::vector<calendar::Interval>& closures;
    std::optional<absl::CivilDay> retired;
    bool open;
  } cases[] = {
      {"a Tuesday", T("2026-03-10", 10), none, std::nullopt, true},
      {"the first minute", T("2026-03-10", 9), none, std::nullopt, true},
      {"before it opens", T("2026-03-10", 8, 59), none, std::nullopt, false},
      {"the last minute", T("2026-03-10", 16, 59), none, std::nullopt, true},
      {"when it has closed", T("2026-03-10", 17), none, std::nullopt, false},
      {"a Monday", T("2026-03-09", 10), none, std::nullopt, false},
      {"a Monday in a holiday block", T("2026-05-04", 10), none, std::nullopt, true},
      {"the working day after the block", T("2026-05-06", 10), none, std::nullopt, false},
      {"inside a closure", T("2026-03-10", 10), morning, std::nullopt, false},
      {"where a closure begins", T("2026-03-10", 9), morning, std::nullopt, false},
      {"where a closure ends", T("2026-03-10", 12), morning, std::nullopt, true},
      {"the day before it retires", T("2026-03-10", 10), none, D("2026-03-11"), true},
      {"the day it retires", T("2026-03-10", 10), none, D("2026-03-10"), false},
  };
  for (const auto& row : cases)
    EXPECT_EQ(IsOpenAt({*rules, holidays, row.closures, row.retired}, row.at), row.open) << row.what;
}

}  // namespace
}  // namespace kepu::venue
