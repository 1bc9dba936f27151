// Ledgers of hours: the chain, minutes that are counted once, and what a row costs.
#include <map>
#include <random>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"

#include "kepu/volunteer/v1/hours.pb.h"
#include "tests/unit/volunteer_attendance.h"

namespace kepu::volunteer::domain::ledger_test {
namespace {

using Step = v1::HoursExplanation::Step;

record::HourRow RowAt(const std::string& shift, int start, int end, int from, int to, int32_t asked = -1) {
  record::HourRow row;
  row.set_shift(shift);
  row.set_place("venues/a");
  row.set_kind(v1::HourRecord::ATTENDANCE);
  row.set_revision(1);
  row.set_start_us(absl::ToUnixMicros(M(start)));
  row.set_end_us(absl::ToUnixMicros(M(end)));
  row.set_counted_start_us(row.start_us());
  row.set_counted_end_us(row.end_us());
  row.set_slack_minutes(15);
  row.set_step_minutes(30);
  record::TimeSpan& span = *row.add_presence();
  span.set_start_us(absl::ToUnixMicros(M(from)));
  span.set_end_us(absl::ToUnixMicros(M(to)));
  row.set_proposed_minutes(static_cast<int32_t>(Reckon(row).counted));
  row.set_asked_minutes(asked < 0 ? row.proposed_minutes() : asked);
  row.set_approved_by("users/staff");
  row.set_approved_as("venue_staff");
  row.set_approve_us(absl::ToUnixMicros(M(400)));
  return row;
}

TEST(LedgerTest, RowsAreNumberedChainedAndWrittenOnce) {
  Book book;
  book.Write(RowAt("s1", 0, 240, 0, 240));
  book.Write(RowAt("s1", 0, 240, 0, 240));
  EXPECT_EQ(book.ledger.state.head().rows(), 1u) << "twice is once";
  book.Write(RowAt("s2", 300, 420, 300, 420));
  EXPECT_EQ(book.Row(1).previous_hash(), "");
  EXPECT_EQ(book.Row(2).previous_hash(), book.Row(1).hash());
  EXPECT_EQ(book.ledger.state.head().hash(), book.Row(2).hash());
  EXPECT_EQ(book.Row(1).hash().size(), 32u);
  EXPECT_EQ(book.ledger.state.head().total_minutes(), 360);
  EXPECT_EQ(book.minutes, 360);
  EXPECT_EQ(book.shifts, 2);
  EXPECT_EQ(book.ledger.state.head().person(), "p1");
  EXPECT_TRUE(CheckLedger(book.ledger.state).ok());
  ExpectFoldGives(book.ledger);
}

// The form stays as it is for ever: whoever changes it makes every stored hash wrong.
TEST(LedgerTest, TheCanonicalFormStays) {
  record::HourRow row;
  row.set_number(1);
  row.set_shift("s");
  row.set_minutes(-30);
  // As another program reckons it from what the header says.
  EXPECT_EQ(absl::BytesToHexString(HashOf(row)),
            "7c3fe13ec7fb5ce69bdaea8bfc85264bed77060d8d450a269ff02d169025f44e")
      << "the canonical form of rows has changed";
}

TEST(LedgerTest, AFlippedByteIsFoundAndNamed) {
  Book book;
  for (int i = 0; i < 3; ++i)
    book.Write(RowAt(absl::StrCat("s", i), i * 300, i * 300 + 240, i * 300 - 5, i * 300 + 200));
  const std::string bytes = book.Row(2).SerializeAsString();
  ASSERT_TRUE(CheckRow(book.Row(2), 2, book.Row(1).hash()).ok());
  int unreadable = 0, found = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      record::HourRow row;
      if (!row.ParseFromString(flipped)) {
        ++unreadable;
        continue;
      }
      const absl::Status status = CheckRow(row, 2, book.Row(1).hash());
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << "byte " << at << " bit " << bit;
      EXPECT_TRUE(absl::StrContains(status.message(), "row 2")) << status;
      ++found;
    }
  }
  EXPECT_GT(found, 200);
  EXPECT_GT(unreadable, 0);
  // Also one that was left out, or written anew with a hash of its own.
  EXPECT_FALSE(CheckRow(book.Row(3), 3, book.Row(1).hash()).ok());
  record::HourRow forged = book.Row(2);
  forged.set_minutes(forged.minutes() + 30);
  forged.set_hash(HashOf(forged));
  EXPECT_TRUE(CheckRow(forged, 2, book.Row(1).hash()).ok());
  EXPECT_FALSE(CheckRow(book.Row(3), 3, forged.hash()).ok()) << "the next row tells";
}

TEST(LedgerTest, ARowThatDoesNotFollowIsNotFolded) {
  Book book;
  book.Write(RowAt("s1", 0, 240, 0, 240));
  record::Fact fact = book.ledger.log.back();
  EXPECT_FALSE(Apply(book.ledger.state, fact).ok()) << "number 1 again";
  auto next = DecideAppend(book.ledger.state, "p1", RowAt("s2", 300, 420, 300, 420), M(500));
  next->front().mutable_row_appended()->mutable_row()->set_minutes(600);
  EXPECT_FALSE(Apply(book.ledger.state, next->front()).ok());
}

TEST(LedgerTest, TheLaterOneCountsWhatIsLeft) {
  struct Row {
    const char* what;
    int from, to, minutes;
  };
  // The first shift was served from 0 to 240.
  const Row rows[] = {{"apart", 255, 480, 210},    {"inside", 60, 180, 0},     {"half of it", 120, 360, 120},
                      {"touching", 240, 480, 240}, {"hardly left", 0, 265, 0}, {"around", -60, 300, 120}};
  for (const Row& row : rows) {
    Book book;
    book.Write(RowAt("s1", 0, 240, 0, 240));
    book.Write(RowAt("s2", row.from, row.to, row.from, row.to));
    EXPECT_EQ(book.minutes - 240, row.minutes) << row.what;
    EXPECT_TRUE(CheckLedger(book.ledger.state).ok()) << row.what << CheckLedger(book.ledger.state);
  }
}

TEST(LedgerTest, NeitherApprovalNorCorrectionCountsAMinuteTwice) {
  Book book;
  book.Write(RowAt("s1", 0, 240, 0, 240));
  book.Write(RowAt("s2", 120, 360, 300, 360, 240));
  EXPECT_EQ(book.minutes, 240 + 135) << "what is left from 240 to 375";
  record::HourRow more = RowAt("s1", 0, 240, 0, 240, 270);
  more.set_kind(v1::HourRecord::CORRECTION);
  more.set_revision(2);
  book.Write(more);
  EXPECT_EQ(book.minutes, 255 + 135) << "from quarter to ten, and not into the other";
  EXPECT_EQ(book.Row(3).minutes(), 15);
  EXPECT_EQ(book.Row(3).asked_minutes(), 270);
  EXPECT_TRUE(CheckLedger(book.ledger.state).ok()) << CheckLedger(book.ledger.state);
}

// Random attendances and corrections: never a minute twice, never less than none, and what the model says.
TEST(LedgerTest, RandomRowsCountEachMinuteOnce) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Book book;
    std::map<std::string, record::HourRow> known;
    int short_rows = 0;
    for (int i = 0; i < 40; ++i) {
      const std::string shift = absl::StrCat("s", random() % 20);
      record::HourRow row;
      if (auto it = known.find(shift); it != known.end()) {
        row = it->second;
        row.set_kind(v1::HourRecord::CORRECTION);
        row.set_revision(row.revision() + 1);
        row.set_asked_minutes(static_cast<int32_t>(random() % 300));
      } else {
        const int start = static_cast<int>(random() % 5000);
        const int end = start + 60 + static_cast<int>(random() % 420);
        const int from = start - 30 + static_cast<int>(random() % 120);
        row = RowAt(shift, start, end, from, from + static_cast<int>(random() % 400));
        if (random() % 4 == 0) row.set_asked_minutes(static_cast<int32_t>(random() % 200));
      }
      known[shift] = row;
      const int64_t before = book.minutes;
      book.Write(row);
      const record::HourRow& written = book.Row(book.ledger.state.head().rows());
      ASSERT_LE(written.total_minutes(), row.asked_minutes());
      ASSERT_EQ(book.minutes, before + written.minutes());
      short_rows += written.total_minutes() < row.asked_minutes() ? 1 : 0;
      const absl::Status right = CheckLedger(book.ledger.state);
      ASSERT_TRUE(right.ok()) << right;
    }
    EXPECT_GT(short_rows, 0) << "nothing overlaps any more";
    ExpectFoldGives(book.ledger);
  }
}

TEST(LedgerTest, ARowCostsTheSameHoweverLongTheLedgerIs) {
  Book book;
  size_t first_head = 0, last_head = 0;
  for (int day = 0; day < 400; ++day) {
    const int start = day * 24 * 60;
    book.ledger.state.TakeTouched();
    book.Write(RowAt(absl::StrCat("s", day), start, start + 240, start, start + 240));
    EXPECT_EQ(book.ledger.state.TakeTouched().size(), 2u) << "the row and its day";
    if (day == 9) first_head = book.ledger.state.SerializeHead().size();
  }
  last_head = book.ledger.state.SerializeHead().size();
  EXPECT_LE(last_head, first_head + 4);
  EXPECT_LT(last_head, 100u);
  // Nothing but some days is asked for.
  Ledger cold;
  ASSERT_TRUE(cold.ParseHead(book.ledger.state.SerializeHead()));
  auto facts = DecideAppend(cold, "p1", RowAt("new", 0, 240, 0, 240), M(500));
  EXPECT_EQ(facts.status().code(), absl::StatusCode::kUnavailable);
  for (const std::string& field : cold.TakeMissing()) EXPECT_EQ(field.substr(0, 2), "d/") << field;
}

TEST(ExplainTest, SaysEachStepInItsOrder) {
  record::HourRow row = RowAt("s1", 0, 240, -40, 200);
  row.set_break_minutes(30);
  row.set_marks(kForgotten);
  row.set_proposed_minutes(static_cast<int32_t>(Reckon(row).counted));
  row.set_asked_minutes(120);
  row.set_total_minutes(90);
  v1::HoursExplanation explanation;
  Explain(row, &explanation);
  std::vector<std::pair<int, int>> steps;
  for (const Step& step : explanation.steps()) steps.emplace_back(step.kind(), step.minutes());
  const std::vector<std::pair<int, int>> expected = {{Step::PRESENT, 240},  {Step::CHECK_OUT_FORGOTTEN, 240},
                                                     {Step::CUT, 215},      {Step::BREAK, 189},
                                                     {Step::ROUNDED, 180},  {Step::CHANGED, 120},
                                                     {Step::APPROVED, 120}, {Step::ELSEWHERE, 90}};
  EXPECT_EQ(steps, expected);
  EXPECT_EQ(explanation.steps(6).role(), "venue_staff");
  row.set_kind(v1::HourRecord::CORRECTION);
  explanation.Clear();
  Explain(row, &explanation);
  ASSERT_EQ(explanation.steps_size(), 2);
  EXPECT_EQ(explanation.steps(0).kind(), Step::CORRECTED);
}

TEST(RowIdTest, IsReadBackAndNothingElse) {
  EXPECT_EQ(NumberOfRow(RowId(12)), 12u);
  for (const char* other : {"", "r", "12", "r012", "r-1", "rx", "r1x", "r99999999999999999999"})
    EXPECT_EQ(NumberOfRow(other), 0u) << other;
}

}  // namespace
}  // namespace kepu::volunteer::domain::ledger_test
