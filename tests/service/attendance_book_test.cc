// The book of who came, by itself: folded and loaded alike, days that move, and what a sum over very many
// bookings costs.
#include <ctime>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "services/event/api/reach_figures.h"
#include "services/event/store/attendance_book.h"
#include "services/event/store/document_kinds.h"

namespace kepu::event {
namespace {

using What = AttendanceBook::What;

const absl::CivilDay kFirst(2026, 1, 1), kLast(2026, 12, 31);

domain::record::SessionHead SessionOn(const std::string& id, absl::CivilDay day) {
  domain::record::SessionHead head;
  head.set_id(id);
  head.set_event("e");
  head.set_place("venues/v");
  head.set_start_us(absl::ToUnixMicros(calendar::At(day, 10 * 60)));
  return head;
}

domain::record::Fact CheckedIn(const std::string& id, const domain::record::BookingRecord& booking) {
  domain::record::Fact fact;
  fact.mutable_booking_checked_in()->set_id(id);
  *fact.mutable_booking_checked_in()->mutable_attended() = domain::AttendedBy(booking);
  return fact;
}

domain::record::BookingRecord BookingOf(v1::Booking::Kind kind, int adults, int pupils,
                                        const std::string& school = "") {
  domain::record::BookingRecord booking;
  booking.set_kind(kind);
  booking.set_state(v1::Booking::CHECKED_IN);
  booking.mutable_party()->set_adults(adults);
  booking.mutable_party()->set_pupils(pupils);
  booking.set_school(school);
  return booking;
}

// "2026-03-01 s SCHOOL schools/a 2 40" a line, in an order of its own.
std::string TextOf(const AttendanceBook& book, absl::CivilDay first = kFirst, absl::CivilDay last = kLast) {
  std::vector<std::string> lines;
  book.Visit(first, last, "", [&lines](const AttendanceBook::Sitting& sitting) {
    for (const AttendanceBook::Part& part : sitting.parts) {
      lines.push_back(absl::StrCat(calendar::FormatDate(sitting.day), " ", sitting.session, " ",
                                   static_cast<int>(part.what), " ", v1::Booking::Kind_Name(part.kind), " ",
                                   part.school, " ", part.parties, " ", part.heads.All()));
    }
    return true;
  });
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(AttendanceBook, IsTheSameFoldedAndLoaded) {
  std::mt19937 random(3);
  AttendanceBook folded, loaded;
  for (int i = 0; i < 400; ++i) {
    const auto head = SessionOn(absl::StrCat("s", random() % 20), absl::CivilDay(2026, 3, 1));
    const auto kind = static_cast<v1::Booking::Kind>(random() % 4 + 1);
    const std::string school = kind == v1::Booking::SCHOOL ? absl::StrCat("schools/", random() % 5) : "";
    const auto booking =
        BookingOf(kind, static_cast<int>(random() % 3), static_cast<int>(random() % 30), school);
    folded.Fold(head, CheckedIn(absl::StrCat(i), booking));
    loaded.Load(head, booking);
  }
  EXPECT_NE(TextOf(folded), "");
  EXPECT_EQ(TextOf(folded), TextOf(loaded));
  // Loaded anew, a session is not counted twice.
  const auto head = SessionOn("s1", absl::CivilDay(2026, 3, 1));
  loaded.Forget(head);
  const std::string without = TextOf(loaded);
  EXPECT_EQ(without.find(" s1 "), std::string::npos);
  loaded.Forget(head);
  EXPECT_EQ(TextOf(loaded), without);
}

TEST(AttendanceBook, ASessionMovesToAnotherDayWithAllThatItHas) {
  AttendanceBook book;
  book.Fold(SessionOn("s", absl::CivilDay(2026, 3, 1)), CheckedIn("b", BookingOf(v1::Booking::FAMILY, 2, 0)));
  book.Place(SessionOn("s", absl::CivilDay(2026, 4, 2)));
  EXPECT_EQ(TextOf(book), "2026-04-02 s 0 FAMILY  1 2\n");
  EXPECT_EQ(TextOf(book, kFirst, absl::CivilDay(2026, 4, 1)), "");
  book.Place(SessionOn("absent", absl::CivilDay(2026, 4, 2)));
  EXPECT_EQ(TextOf(book), "2026-04-02 s 0 FAMILY  1 2\n");
}

TEST(AttendanceBook, AnOlderFactCountsHeads) {
  AttendanceBook book;
  domain::record::Fact fact;
  fact.mutable_booking_checked_in()->set_heads(7);
  book.Fold(SessionOn("s", absl::CivilDay(2026, 3, 1)), fact);
  EXPECT_EQ(TextOf(book), "2026-03-01 s 0 KIND_UNSPECIFIED  1 7\n");
}

TEST(AttendanceBook, PartiesThatWaitEndInOneWay) {
  AttendanceBook book;
  const auto head = SessionOn("s", absl::CivilDay(2026, 3, 1));
  const auto fold = [&](const std::function<void(domain::record::Fact&)>& fill) {
    domain::record::Fact fact;
    fill(fact);
    book.Fold(head, fact);
  };
  for (const char* id : {"left", "taken", "declined", "lost", "vain"}) {
    fold([id](auto& fact) {
      fact.mutable_wait_joined()->set_id(id);
      fact.mutable_wait_joined()->mutable_entry()->set_kind(v1::Booking::FAMILY);
      fact.mutable_wait_joined()->mutable_entry()->mutable_party()->set_adults(2);
    });
  }
  fold([](auto& fact) { fact.mutable_wait_left()->set_id("left"); });
  fold([](auto& fact) {
    fact.mutable_booking_confirmed()->set_id("taken");
    fact.mutable_booking_confirmed()->set_from_wait_list(true);
  });
  fold([](auto& fact) {
    fact.mutable_booking_cancelled()->set_id("declined");
    fact.mutable_booking_cancelled()->set_from_wait_list(true);
  });
  fold([](auto& fact) {
    fact.mutable_booking_expired()->set_id("lost");
    fact.mutable_booking_expired()->set_from_wait_list(true);
  });
  // Sweeps name everybody; who has ended is not counted again.
  fold([](auto& fact) {
    for (const char* id : {"left", "lost", "vain"}) fact.mutable_wait_swept()->add_ids(id);
  });
  EXPECT_EQ(TextOf(book), "2026-03-01 s 1 FAMILY  1 2\n2026-03-01 s 2 FAMILY  1 2\n");
}

// Prints what a year of a city costs; times are never asserted.
TEST(AttendanceBook, SumsOfAHundredThousandBookings) {
  constexpr int kBookings = 100000, kSessions = 4000, kEvents = 300, kSchools = 800;
  std::mt19937 random(5);
  AttendanceBook book;
  document::Shelf documents{DocumentKinds()};
  for (int i = 0; i < kEvents; ++i) {
    v1::Event event;
    event.set_name(absl::StrCat("events/e", i));
    event.set_district(absl::StrCat("districts/d", i % 38));
    event.add_target_groups(v1::TARGET_GROUP_RESIDENTS);
    documents.ShowMessage(event);
  }
  std::vector<domain::record::SessionHead> sessions;
  for (int i = 0; i < kSessions; ++i) {
    sessions.push_back(SessionOn(absl::StrCat("session", i), kFirst + static_cast<int>(random() % 365)));
    sessions.back().set_event(absl::StrCat("e", i % kEvents));
  }
  // Of the processor: others build here too.
  const auto micros = [](std::clock_t since) {
    return 1e6 * static_cast<double>(std::clock() - since) / CLOCKS_PER_SEC;
  };
  int people = 0;
  auto start = std::clock();
  for (int i = 0; i < kBookings; ++i) {
    const bool school = i % 10 == 0;
    const auto booking = BookingOf(school ? v1::Booking::SCHOOL : v1::Booking::FAMILY, 2, school ? 38 : 1,
                                   school ? absl::StrCat("schools/s", random() % kSchools) : "");
    people += domain::HeadsOf(booking.party()).All();
    book.Fold(sessions[random() % kSessions], CheckedIn("b", booking));
  }
  const auto folding = micros(start);
  for (const By by : {By::kKind, By::kTargetGroup, By::kEvent, By::kSchool}) {
    start = std::clock();
    Slicer slicer(documents, nullptr, {}, by);
    std::map<std::string, int> rows;
    book.Visit(kFirst, kLast, "", [&](const AttendanceBook::Sitting& sitting) {
      for (const AttendanceBook::Part& part : sitting.parts) {
        slicer.Slice({sitting.day, sitting.event, sitting.place, part.kind, part.school}, part.heads,
                     part.parties, [&rows](const std::string& key, const domain::Heads3& heads, int32_t) {
                       rows[key] += heads.All();
                     });
      }
      return true;
    });
    int sum = 0;
    for (const auto& [key, visits] : rows) sum += visits;
    EXPECT_EQ(sum, people);
    std::printf("sum of a year, %d bookings, %d sessions, %zu rows: %.0f us\n", kBookings, kSessions,
                rows.size(), micros(start));
  }
  std::printf("a check-in folded into the book: %.2f us\n", folding / kBookings);
}

}  // namespace
}  // namespace kepu::event
