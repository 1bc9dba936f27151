// Who was reached and who was not, and what every number is made of: figures through the handlers against
// what the log says, after random doors, cancellations, moves and merges.
#include <random>

#include "gmock/gmock.h"
#include "kepu/log/v1/log.pb.h"
#include "services/event/domain/attendance.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/reach_questions.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Everybody who came, counted from the facts of the log alone.
struct Replayed {
  std::map<std::string, int> by_booking;  // heads
  std::map<std::string, int> by_kind;
  std::map<std::string, int> by_school;
  int pupils = 0;
};

Replayed Replay(const store::MemoryData& data) {
  Replayed replayed;
  std::map<std::string, domain::record::BookingRecord> bookings;
  for (uint32_t partition = 0; partition < 64; ++partition) {
    for (const store::LogEntry& entry : data.ReadLog(partition, 0, 1000000)) {
      for (const std::string& bytes : entry.groups) {
        ::kepu::log::v1::FactGroup group;
        EXPECT_TRUE(group.ParseFromString(bytes));
        for (const auto& aggregate : group.aggregates()) {
          if (SessionIdOf(aggregate.key()).empty()) continue;
          for (const auto& logged : aggregate.facts()) {
            domain::record::Fact fact;
            EXPECT_TRUE(fact.ParseFromString(logged.body()));
            if (fact.has_booking_made()) bookings[fact.booking_made().id()] = fact.booking_made().booking();
            if (fact.has_booking_changed())
              *bookings[fact.booking_changed().id()].mutable_party() = fact.booking_changed().party();
            if (!fact.has_booking_checked_in()) continue;
            // Not what the fact says of who came: what the booking was by then.
            const domain::record::BookingRecord& booking = bookings[fact.booking_checked_in().id()];
            const int heads = domain::HeadsOf(booking.party()).All();
            EXPECT_EQ(heads, fact.booking_checked_in().heads());
            replayed.by_booking[fact.booking_checked_in().id()] += heads;
            replayed.by_kind[v1::Booking::Kind_Name(booking.kind())] += heads;
            if (!booking.school().empty()) replayed.by_school[booking.school()] += heads;
            replayed.pupils += booking.party().pupils();
          }
        }
      }
    }
  }
  return replayed;
}

TEST_F(ReachServiceTest, EverybodyWhoCameIsCountedOnceInEachList) {
  directory.AddSchool("hill", "wanzhou");
  const std::string session = desk.MakeSession(100, absl::Minutes(30)).name();
  auto family = Book(session, "a", 3);
  auto visit = Class(session, "schools/hill", "3-1", 28);
  ASSERT_TRUE(family.ok() && visit.ok() && Book(session, "nobody", 5).ok());
  EXPECT_THAT(Visits(v1::BY_KIND), IsEmpty()) << "booked is not attended";
  ASSERT_TRUE(Come(family->name()).ok());
  v1::Party came;
  came.set_pupils(25);
  came.set_adults(2);
  ASSERT_TRUE(Come(visit->name(), came).ok());
  EXPECT_THAT(Visits(v1::BY_KIND), UnorderedElementsAre(Pair("FAMILY", 3), Pair("SCHOOL", 27)));
  // Of the event's groups only minors are named: adults are of no one group.
  EXPECT_THAT(Visits(v1::BY_TARGET_GROUP),
              UnorderedElementsAre(Pair("", 5), Pair("TARGET_GROUP_MINORS", 25)));
  EXPECT_THAT(Visits(v1::BY_DISTRICT),
              UnorderedElementsAre(Pair("districts/yubei", 3), Pair("districts/wanzhou", 27)));
  EXPECT_THAT(Visits(v1::BY_EVENT), ElementsAre(Pair("events/night-of-stars", 30)));
  EXPECT_THAT(Visits(v1::BY_PLACE), ElementsAre(Pair("venues/cqstm", 30)));
  EXPECT_THAT(Visits(v1::BY_CAMPAIGN), ElementsAre(Pair("", 30)));
  EXPECT_THAT(Visits(v1::BY_SCHOOL), UnorderedElementsAre(Pair("", 3), Pair("schools/hill", 27)));
  EXPECT_THAT(Visits(v1::BY_MONTH), SizeIs(1));
  EXPECT_THAT(Visits(v1::BY_DAY), SizeIs(1));
  const v1::ListAttendanceResponse kinds = Attendance(v1::BY_KIND);
  EXPECT_EQ(kinds.total().counted().person_visits(), 30);
  EXPECT_EQ(kinds.total().counted().bookings(), 2);
  EXPECT_EQ(kinds.total().counted().pupils(), 25);

  EXPECT_EQ(Traced(v1::BY_KIND, "SCHOOL"), std::make_pair(27, 1));
  EXPECT_EQ(Traced(v1::BY_TARGET_GROUP, ""), std::make_pair(5, 0));
  EXPECT_EQ(Traced(v1::BY_DISTRICT, "districts/yubei"), std::make_pair(3, 1));
  EXPECT_EQ(Traced(v1::BY_KIND, "PERSON"), std::make_pair(0, 0));
  // Within a scope.
  EXPECT_THAT(Visits(v1::BY_KIND, "districts/wanzhou"), ElementsAre(Pair("SCHOOL", 27)));
  EXPECT_THAT(Visits(v1::BY_KIND, "schools/hill"), ElementsAre(Pair("SCHOOL", 27)));
  EXPECT_THAT(Visits(v1::BY_KIND, "venues/other"), IsEmpty());
  EXPECT_EQ(Traced(v1::BY_KIND, "SCHOOL", 1, "districts/yubei"), std::make_pair(0, 0));
  const auto before = Visits(v1::BY_SCHOOL);
  desk.Restart();
  EXPECT_EQ(Visits(v1::BY_SCHOOL), before) << "loaded as it was folded";
}

// Families, classes, walk-ins, cancellations, moves and devices at random; then every figure against the log.
class RandomReachTest : public ReachServiceTest {
 protected:
  std::string AnySession() { return sessions[random() % sessions.size()]; }
  int Below(unsigned int end) { return static_cast<int>(random() % end); }

  // Names of bookings, with who made them; empty: a school.
  std::vector<std::pair<std::string, std::string>> BookAll() {
    const char* const schools[] = {"schools/hill", "schools/town", "schools/lake"};
    std::vector<std::pair<std::string, std::string>> bookings;
    for (int i = 0; i < 60; ++i) {
      const std::string user = absl::StrCat("u", i);
      if (random() % 3 == 0) {
        auto made = Class(AnySession(), schools[random() % 3], absl::StrCat("c", i), Below(20) + 5);
        if (made.ok()) bookings.emplace_back(made->name(), "");
      } else if (auto made = Book(AnySession(), user, Below(4) + 1); made.ok()) {
        bookings.emplace_back(made->name(), user);
      }
    }
    return bookings;
  }
  // Names of those that stand after some were cancelled and moved.
  std::vector<std::string> Stir(const std::vector<std::pair<std::string, std::string>>& bookings) {
    std::vector<std::string> standing;
    for (const auto& [name, user] : bookings) {
      const int what = Below(5);
      if (!user.empty() && what == 0) {
        const auto cancel = desk.Named<v1::CancelBookingRequest>(name);
        EXPECT_TRUE(desk.Ask<v1::Booking>("CancelBooking", cancel, User(user)).ok());
      } else if (!user.empty() && what == 1) {
        auto move = desk.Named<v1::MoveBookingRequest>(name);
        move.set_session(AnySession());
        auto moved = desk.Ask<v1::Booking>("MoveBooking", move, User(user));
        standing.push_back(moved.ok() ? moved->name() : name);
      } else {
        standing.push_back(name);
      }
    }
    return standing;
  }
  // Some come, with as many as they like; those that are answered come later.
  std::vector<std::string> OpenDoors(const std::vector<std::string>& standing) {
    std::vector<std::string> late;
    for (const std::string& name : standing) {
      v1::Party came;
      came.set_adults(Below(3) + 1);
      came.set_others(Below(2));
      const int what = Below(4);
      if (what == 0) late.push_back(name);
      if (what == 1) Come(name).IgnoreError();
      if (what == 2) Come(name, came).IgnoreError();
    }
    for (int i = 0; i < 10; ++i) {
      auto admit = desk.Named<v1::AdmitRequest>(AnySession());
      admit.mutable_party()->set_adults(Below(3) + 1);
      desk.Ask<v1::Booking>("DoorService/Admit", admit, kStaff).IgnoreError();
    }
    return late;
  }
  // What a device saw is told twice, after the sessions are over.
  void TellLater(const std::vector<std::string>& late) {
    const absl::Time then = desk.clock.Now();
    std::vector<v1::MergeDoorRequest> merges;
    for (const std::string& name : late) {
      v1::GetEntryCodeRequest entry;
      entry.set_name(name + "/entryCode");
      auto code = desk.Ask<v1::EntryCode>("DoorService/GetEntryCode", entry, kStaff);
      if (!code.ok()) continue;
      v1::MergeDoorRequest& merge = merges.emplace_back();
      merge.set_name(name.substr(0, name.find("/bookings/")));
      merge.set_device("gate");
      v1::DoorRecord* record = merge.add_records();
      record->set_id(absl::StrCat("r", merges.size()));
      record->set_act(v1::DoorRecord::ARRIVED);
      record->set_code(code->code());
      calendar::SetMicros(absl::ToUnixMicros(then), record->mutable_time());
    }
    desk.Skip(absl::Hours(5));
    for (int again = 0; again < 2; ++again) {
      for (v1::MergeDoorRequest& merge : merges) {
        merge.set_request_id(desk.NextRequestId());
        EXPECT_TRUE(desk.Ask<v1::MergeDoorResponse>("DoorService/MergeDoor", merge, kStaff).ok());
      }
    }
  }
  void CompareWithTheLog() {
    const Replayed log = Replay(desk.data);
    ASSERT_GT(log.by_booking.size(), 20U);
    EXPECT_EQ(Visits(v1::BY_KIND), log.by_kind);
    std::map<std::string, int> of_schools = Visits(v1::BY_SCHOOL);
    of_schools.erase("");
    EXPECT_EQ(of_schools, log.by_school);
    EXPECT_EQ(Visits(v1::BY_TARGET_GROUP)["TARGET_GROUP_MINORS"], log.pupils);
    int all = 0;
    for (const auto& [booking, heads] : log.by_booking) all += heads;
    for (const auto by : {v1::BY_TARGET_GROUP, v1::BY_DISTRICT, v1::BY_EVENT, v1::BY_DAY}) {
      int sum = 0;
      for (const auto& [key, visits] : Visits(by)) {
        sum += visits;
        EXPECT_EQ(Traced(by, key, 7).first, visits) << key;
      }
      EXPECT_EQ(sum, all);
    }
    // What the heads count, which the verifier recomputes from the records.
    int arrived = 0;
    for (const std::string& session : sessions) arrived += desk.Look(session).arrived();
    EXPECT_EQ(arrived, all);
  }

  std::mt19937 random{11};
  std::vector<std::string> sessions;
};

TEST_F(RandomReachTest, EveryNumberIsTheLogs) {
  for (const char* id : {"hill", "town", "lake"})
    directory.AddSchool(id, id == std::string("hill") ? "yubei" : "wanzhou");
  for (int i = 0; i < 5; ++i) sessions.push_back(desk.MakeSession(120, absl::Minutes(30 + i)).name());
  TellLater(OpenDoors(Stir(BookAll())));
  CompareWithTheLog();
  desk.Restart();
  CompareWithTheLog();
}

TEST_F(ReachServiceTest, FiguresAreForThoseWhomTheyConcern) {
  directory.AddSchool("hill", "wanzhou");
  const auto ask = [this](const std::string& scope, const rpc::Principal& caller) {
    v1::ListAttendanceRequest request;
    request.mutable_filter()->set_scope(scope);
    request.set_dimension(v1::BY_KIND);
    return desk.Ask<v1::ListAttendanceResponse>("ReachService/ListAttendance", request, caller)
        .status()
        .code();
  };
  constexpr auto kOk = absl::StatusCode::kOk, kHidden = absl::StatusCode::kNotFound,
                 kDenied = absl::StatusCode::kPermissionDenied;
  EXPECT_EQ(ask("", kCityOffice), kOk);
  EXPECT_EQ(ask("", kStaff), kDenied);
  EXPECT_EQ(ask("", User("a")), kDenied);
  EXPECT_EQ(ask("venues/cqstm", kStaff), kOk);
  EXPECT_EQ(ask("venues/other", kStaff), kHidden);
  EXPECT_EQ(ask("events/night-of-stars", kStaff), kOk);
  EXPECT_EQ(ask("events/night-of-stars", Staff("venues/other")), kHidden);
  EXPECT_EQ(ask("events/absent", kStaff), kHidden);
  EXPECT_EQ(ask("events/night-of-stars", DistrictOffice("districts/yubei")), kOk);
  EXPECT_EQ(ask("districts/yubei", DistrictOffice("districts/yubei")), kOk);
  EXPECT_EQ(ask("districts/wanzhou", DistrictOffice("districts/yubei")), kHidden);
  EXPECT_EQ(ask("schools/hill", TeacherOf("schools/hill")), kOk);
  EXPECT_EQ(ask("schools/hill", TeacherOf("schools/town")), kHidden);
  EXPECT_EQ(ask("schools/hill", DistrictOffice("districts/wanzhou")), kOk);
  EXPECT_EQ(ask("schools/hill", DistrictOffice("districts/yubei")), kHidden);
  EXPECT_EQ(ask("users/a", kCityOffice), absl::StatusCode::kInvalidArgument);
}

TEST_F(ReachServiceTest, WrongQuestionsAreToldByField) {
  const auto ask = [this](const std::function<void(v1::ListAttendanceRequest&)>& change) {
    v1::ListAttendanceRequest request;
    request.set_dimension(v1::BY_KIND);
    change(request);
    return std::string(
        desk.Ask<v1::ListAttendanceResponse>("ReachService/ListAttendance", request, kCityOffice)
            .status()
            .message());
  };
  using Request = v1::ListAttendanceRequest;
  EXPECT_THAT(ask([](Request& r) { r.clear_dimension(); }), HasSubstr("dimension"));
  EXPECT_THAT(ask([](Request& r) { r.mutable_filter()->mutable_period()->set_term("2031-autumn"); }),
              HasSubstr("2026-autumn"));
  EXPECT_THAT(ask([](Request& r) {
                r.mutable_filter()->mutable_period()->set_term("2026");
                r.mutable_filter()->mutable_period()->mutable_first_date()->set_year(2026);
              }),
              HasSubstr("filter.period.term"));
  EXPECT_THAT(ask([](Request& r) {
                auto* period = r.mutable_filter()->mutable_period();
                for (auto* date : {period->mutable_first_date(), period->mutable_last_date()}) {
                  date->set_year(2026);
                  date->set_month(2);
                  date->set_day(30);
                }
              }),
              HasSubstr("filter.period"));
  EXPECT_THAT(ask([](Request& r) { r.set_page_size(-1); }), HasSubstr("page_size"));
  EXPECT_THAT(ask([](Request& r) { r.set_page_token("made up"); }), HasSubstr("page_token"));
}

// Every method with every caller.
class ReachAccessTest : public ReachTest {
 protected:
  void SetUp() override {
    ReachTest::SetUp();
    session_ = desk.MakeSession(50, absl::Minutes(30)).name();
    auto booking = desk.Ask<v1::Booking>("CreateBooking", desk.Booking(session_, 2), User("visitor"));
    ASSERT_TRUE(booking.ok());
    booking_ = booking->name();
    ASSERT_TRUE(Come(booking_).ok());
    v1::GiveFeedbackRequest give;
    give.set_parent(booking_);
    give.mutable_feedback()->mutable_ratings()->set_content(4);
    give.set_request_id("give");
    ASSERT_TRUE(desk.Ask<v1::Feedback>("EvaluationService/GiveFeedback", give, User("visitor")).ok());
    v1::CreateEvaluationRequest create;
    create.mutable_evaluation()->set_event("events/night-of-stars");
    create.set_request_id("record");
    ASSERT_TRUE(desk.Ask<v1::Evaluation>("EvaluationService/CreateEvaluation", create, kStaff).ok());
    desk.executor.RunFor(absl::Seconds(1));
  }
  static std::string Absent(std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  }
  auth::AccessScene Scene() {
    const std::string feedback = booking_ + "/feedback";
    return {
        .rpc = desk.service->rpc(),
        .executor = desk.executor,
        .services = {v1::Evaluation::descriptor()->file()->FindServiceByName("EvaluationService"),
                     v1::ReachRow::descriptor()->file()->FindServiceByName("ReachService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"events/*/sessions/*/bookings/*", {booking_, Absent(booking_)}},
                     {"events/*/sessions/*/bookings/*/feedback", {feedback, Absent(booking_) + "/feedback"}},
                     {"events/*/sessions/*", {session_, Absent(session_)}},
                     {"events/*/sessions/*/feedbackSummary", {session_ + "/feedbackSummary"}},
                     {"evaluation.event", {"events/night-of-stars", "events/absent"}},
                     {"evaluations/*", {"evaluations/night-of-stars", "evaluations/absent"}},
                     {"filter.scope", {"events/night-of-stars", "events/absent"}},
                     {"scope", {"districts/yubei"}},
                     {"district", {"districts/yubei"}}},
        // Who looks after the place, the district and the unit is told apart in tests of their own.
        .own = {{"", {"city"}},
                {"ListFeedback", {"venues/cqstm", "city"}},
                {"CreateEvaluation", {"venues/cqstm", "city"}}},
        .foreign = "venues/other",
        .owner = "users/visitor",
        .samples = {{"GiveFeedback", "feedback { ratings { content: 3 } }"},
                    {"UpdateEvaluation", "evaluation { event: 'events/night-of-stars' }"},
                    {"UpdateFeedback", "feedback { ratings { content: 3 } }"}}};
  }

  std::string session_, booking_;
};

TEST_F(ReachAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), IsEmpty());
}

TEST_F(ReachAccessTest, PlantedFaultsAreFound) {
  for (const char* method :
       {"ListFeedback", "GetEvaluation", "ListAttendance", "ListSchoolReach", "GetReach"})
    EXPECT_THAT(auth::FaultsNotFound(Scene(), method), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
