// A shift of four hours from ten on a Thursday, with people who signed up for it, and what tests of
// presence and hours do with it. Owned by a test; one thread.
#pragma once

#include <string>

#include "services/volunteer/domain/hours.h"
#include "services/volunteer/domain/ledger.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain {

// Minutes after the start of the shift.
inline absl::Time M(int minutes) { return At(3, 10) + absl::Minutes(minutes); }

class Attendance {
 public:
  explicit Attendance(int needed = 4, int break_minutes = 0, const std::string& id = "s1") {
    ShiftCommand command = MakeShift(needed);
    command.id = id;
    command.break_minutes = break_minutes;
    shift.Do(DecideCreate(shift.state, command, kMonday));
  }
  void SignUp(const std::string& person) {
    const std::string reservation = absl::StrCat("r-", person);
    shift.Do(DecideSignUp(shift.state, person, reservation, kMonday));
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, kMonday)));
  }
  absl::StatusOr<Facts> Mark(const std::string& person, v1::PresenceAct act, int minute) {
    return DecideMark(shift.state, {person, act, v1::BY_STAFF}, rules, M(minute));
  }
  // Signed up, came and went.
  void Serve(const std::string& person, int from, int to) {
    SignUp(person);
    shift.Do(Mark(person, v1::CAME, from));
    shift.Do(Mark(person, v1::WENT, to));
  }
  MergeCommand Offline(const std::string& person, const std::string& record, v1::PresenceAct act,
                       int minute) {
    MergeCommand command;
    command.person = person;
    command.record = record;
    command.act = act;
    command.at = M(minute);
    return command;
  }
  record::MergedRecord Merge(const MergeCommand& command, absl::Time now) {
    auto merge = DecideMerge(shift.state, command, rules, now);
    EXPECT_TRUE(merge.ok()) << merge.status();
    shift.Do(merge->facts);
    return merge->came;
  }
  absl::StatusOr<Facts> Approve(const std::string& person, std::optional<int32_t> minutes = std::nullopt,
                                const std::string& reason = "", const std::string& by = "staff") {
    return DecideApprove(shift.state,
                         {.person = person,
                          .minutes = minutes,
                          .sealed_reason = reason,
                          .by = {absl::StrCat("users/", by), "venue_staff", by}},
                         rules, M(400));
  }
  void RunDue(absl::Time now) {
    for (int i = 0; i < 100; ++i) {
      auto facts = DueOfHours(shift.state, rules, now);
      ASSERT_TRUE(facts.ok()) << facts.status();
      if (facts->empty()) return;
      shift.Do(facts);
    }
    FAIL() << "what is due never ends";
  }
  const record::SignupRecord& SignupOf(const std::string& person) {
    return **FindSignup(shift.state, person);
  }
  record::AttendanceView View(const std::string& person) { return ViewOf(SignupOf(person)); }
  const record::HourRow& Pending(const std::string& person) {
    return SignupOf(person).attendance().pending();
  }

  Rules rules;
  Folded<Shift> shift;
};

// The ledger and the sums of a person, who is told by the shift what to write.
struct Book {
  void Write(const record::HourRow& row, absl::Time now = M(500)) {
    auto facts = DecideAppend(ledger.state, "p1", row, now);
    ASSERT_TRUE(facts.ok()) << facts.status();
    for (const record::Fact& fact : *facts) {
      const record::HoursCounted counted = CountedBy(fact.row_appended());
      minutes += counted.minutes();
      shifts += counted.shifts();
    }
    ledger.Do(facts);
  }
  // Writes what is pending of the person, and tells the shift.
  void Take(Attendance& attendance, const std::string& person) {
    const record::HourRow row = attendance.Pending(person);
    Write(row);
    auto posting = PostingOf(ledger.state, row);
    ASSERT_TRUE(posting.ok()) << posting.status();
    attendance.shift.Do(DecidePosted(attendance.shift.state, person, *posting, attendance.rules, M(500)));
  }
  const record::HourRow& Row(uint64_t number) { return (*ledger.state.Find(RowField(number)))->row(); }

  Folded<Ledger> ledger;
  int64_t minutes = 0;
  int shifts = 0;
};

}  // namespace kepu::volunteer::domain
