// What runs out by itself, and is noted once: consents, qualifications, terms of posts. And what is left of a
// head when its person is erased, field by field.
#include "services/volunteer/domain/endings.h"

#include <map>

#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/document.h"
#include "services/volunteer/domain/post.h"
#include "services/volunteer/domain/profile.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::endings_test {
namespace {

using google::protobuf::FieldDescriptor;

constexpr absl::Duration kDays = absl::Hours(24);

class EndingsTest : public ::testing::Test {
 protected:
  EndingsTest() { person_.Do(DecideRegister(person_.state, MakeRegister(), Rules(), kMonday)); }
  void TearDown() override { ExpectFoldGives(person_); }
  void Qualify(const std::string& course, absl::Time until, bool revoked = false) {
    record::Fact fact = At(kMonday);
    record::Standing& standing = *fact.mutable_qualification()->mutable_standing();
    standing.set_course(course);
    standing.set_awarded_us(absl::ToUnixMicros(kMonday));
    standing.set_valid_until_us(until == absl::InfiniteFuture() ? 0 : absl::ToUnixMicros(until));
    standing.set_revoked(revoked);
    person_.Do(fact);
  }
  void Consent(const std::string& id, absl::Time until) {
    record::Fact fact = At(kMonday);
    record::ConsentRecord& consent = *fact.mutable_consent_recorded()->mutable_consent();
    consent.set_id(id);
    consent.add_scopes(v1::CONSENT_TO_SERVICE);
    consent.set_give_us(absl::ToUnixMicros(kMonday));
    consent.set_expire_us(absl::ToUnixMicros(until));
    person_.Do(fact);
  }
  const record::PersonHead& head() const { return person_.state.head(); }
  // What is due then, done.
  record::EndingsNoted NotedAt(absl::Time now) {
    auto fact = DueEndings(head(), now);
    if (!fact) return {};
    person_.Do(*fact);
    EXPECT_FALSE(DueEndings(head(), now)) << "once";
    return fact->endings_noted();
  }
  Folded<Person> person_;
};

TEST_F(EndingsTest, EachIsNotedOnceAMonthBefore) {
  EXPECT_EQ(NextEnding(head()), absl::InfiniteFuture());
  Qualify("courses/a", kMonday + 365 * kDays);
  Qualify("courses/ever", absl::InfiniteFuture());
  Qualify("courses/revoked", kMonday + 90 * kDays, true);
  Consent("c1", kMonday + 100 * kDays);
  EXPECT_EQ(NextEnding(head()), kMonday + 70 * kDays);
  EXPECT_EQ(NextDue(head()), kMonday + 70 * kDays);
  EXPECT_EQ(NotedAt(kMonday + 70 * kDays - absl::Seconds(1)).consents_size(), 0);
  const record::EndingsNoted first = NotedAt(kMonday + 70 * kDays);
  EXPECT_EQ(first.consents(0), "c1");
  EXPECT_EQ(first.qualifications_size(), 0);
  EXPECT_TRUE(IsEnding(head(), head().consents(0), kMonday + 70 * kDays));
  EXPECT_EQ(NextEnding(head()), kMonday + 335 * kDays);
  EXPECT_EQ(NotedAt(kMonday + 336 * kDays).qualifications(0), "courses/a");
  EXPECT_EQ(NextEnding(head()), absl::InfiniteFuture());
  Qualify("courses/a", kMonday + 700 * kDays);
  EXPECT_EQ(NextEnding(head()), kMonday + 670 * kDays) << "renewed, it runs out anew";
  Qualify("courses/a", kMonday + 700 * kDays);
  EXPECT_EQ(NotedAt(kMonday + 670 * kDays).qualifications_size(), 1);
  Qualify("courses/a", kMonday + 700 * kDays);
  EXPECT_EQ(NextEnding(head()), absl::InfiniteFuture()) << "the same one is not noted again";
}

TEST_F(EndingsTest, WhatIsReplacedOrOverIsNotToldOf) {
  Consent("short", kMonday + 20 * kDays);
  EXPECT_EQ(NextEnding(head()), kMonday + 10 * kDays) << "of a short one in the middle";
  Consent("long", kMonday + 300 * kDays);
  NotedAt(kMonday + 10 * kDays);
  EXPECT_FALSE(IsEnding(head(), head().consents(0), kMonday + 10 * kDays)) << "another lasts longer";
  EXPECT_TRUE(IsEnding(head(), head().consents(1), kMonday + 299 * kDays));
  EXPECT_FALSE(IsEnding(head(), head().consents(1), kMonday + 300 * kDays)) << "over";
}

TEST_F(EndingsTest, CountedHoursAreRememberedForAnHour) {
  for (int i = 0; i < 12; ++i) {
    Facts counted = HoursCountedAt(kMonday + absl::Minutes(i), 30);
    counted[0].mutable_hours_counted()->set_at_us(counted[0].time_us());
    person_.Do(counted);
  }
  EXPECT_EQ(head().counted_lately_size(), kCountedLatelyMax);
  EXPECT_EQ(head().counted_lately(0).at_us(), absl::ToUnixMicros(kMonday + absl::Minutes(4)));
  Facts later = HoursCountedAt(kMonday + absl::Hours(3), 30);
  later[0].mutable_hours_counted()->set_at_us(later[0].time_us());
  person_.Do(later);
  EXPECT_EQ(head().counted_lately_size(), 1);
  EXPECT_EQ(head().total_minutes(), 13 * 30);
}

// Something in a message, of whatever kind its fields are.
void Fill(google::protobuf::Message& message, int depth) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth == 0) continue;
        Fill(many ? *reflection->AddMessage(&message, field) : *reflection->MutableMessage(&message, field),
             depth - 1);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        many ? reflection->AddString(&message, field, "x") : reflection->SetString(&message, field, "x");
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        many ? reflection->AddEnumValue(&message, field, 1) : reflection->SetEnumValue(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        many ? reflection->AddBool(&message, field, true) : reflection->SetBool(&message, field, true);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        many ? reflection->AddInt32(&message, field, 1) : reflection->SetInt32(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        many ? reflection->AddInt64(&message, field, 1) : reflection->SetInt64(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        many ? reflection->AddUInt32(&message, field, 1) : reflection->SetUInt32(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        many ? reflection->AddUInt64(&message, field, 1) : reflection->SetUInt64(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        many ? reflection->AddDouble(&message, field, 1) : reflection->SetDouble(&message, field, 1);
        break;
      default:
        FAIL() << "a kind of field that is not filled: " << field->full_name();
    }
  }
}

TEST(ErasureTest, OfAHeadOnlyTheseStayAndEachForAReason) {
  const std::map<std::string, const char*> kept = {
      {"id", "the ledger and the sign-ups are of somebody"},
      {"user", "its key has to be destroyed first; then it is cleared"},
      {"state", "ERASED"},
      {"district", "hours are counted by district"},
      {"create_us", "statistics of registrations"},
      {"update_us", "the time of the erasure"},
      {"erased_us", "that it happened"},
      {"review_asked_us", "what is to be released is looked through"},
      {"adult", "by which law the hours were served"},
      {"minor", "by which law the hours were served"},
      {"total_minutes", "the sum of people is the sum of shifts"},
      {"served_shifts", "the same"},
      {"minutes_by_year", "the same"},
      {"stars", "what was reached by those hours; certificates name it"},
      {"live_marks", "marks of shifts, which keep them too"},
      {"marks_stop_until_us", "the end of a stop comes due"},
      {"stopped_until_us", "the same"},
      {"keeping", "claims that ended are forgotten in time"},
      {"id_numbers_left", "their number is set free, and then it goes"},
      {"consent_count", "which records of consents are erased"},
      {"id_reads", "who read the number is audited"},
  };
  Folded<Person> person;
  person.Do(DecideRegister(person.state, MakeRegister(), Rules(), kMonday));
  record::PersonHead head;
  Fill(head, 2);
  head.set_erased_us(0);
  person.state.mutable_head() = head;
  const auto facts = DecideErase(person.state, kMonday + absl::Hours(1));
  ASSERT_TRUE(facts.ok() && facts->size() == 1) << facts.status();
  ApplyHead(head, facts->front());
  EXPECT_EQ(head.state(), v1::Volunteer::ERASED);
  std::vector<const FieldDescriptor*> left;
  head.GetReflection()->ListFields(head, &left);
  for (const FieldDescriptor* field : left)
    EXPECT_EQ(kept.count(field->name()), 1u) << field->name() << " outlives its person, and nobody said why";
  for (const auto& [name, why] : kept)
    EXPECT_NE(record::PersonHead::descriptor()->FindFieldByName(name), nullptr) << name << ": " << why;
}

TEST(VacancyTest, ItIsNotedInTheLogOnTheDayAfterTheLastTerm) {
  Folded<Document> post;
  const auto put = [&](const std::vector<std::pair<const char*, const char*>>& terms, bool retired = false) {
    record::Fact fact = At(kMonday);
    record::DocumentPut& what = *fact.mutable_document_put();
    what.set_id("posts/p");
    v1::Post& given = *what.mutable_document()->mutable_post();
    given.set_name("posts/p");
    given.set_retired(retired);
    for (const auto& [start, end] : terms) {
      v1::Post::Term& term = *given.add_terms();
      term.set_volunteer(absl::StrCat("volunteers/", start));
      term.set_start_date(start);
      term.set_end_date(end);
    }
    const absl::Time due = NextVacancy(given, kMonday);
    if (due != absl::InfiniteFuture()) what.set_due_us(absl::ToUnixMicros(due));
    post.Do(fact);
    return due;
  };
  const auto midnight = [](int month, int day) { return calendar::At(absl::CivilDay(2026, month, day)); };
  EXPECT_EQ(put({{"2026-11-01", ""}}), absl::InfiniteFuture()) << "until somebody ends it";
  EXPECT_EQ(put({{"2026-10-01", "2026-11-10"}}), absl::InfiniteFuture()) << "it is vacant already";
  EXPECT_EQ(put({{"2026-11-01", "2026-11-30"}}, true), absl::InfiniteFuture());
  EXPECT_EQ(put({{"2026-11-01", "2026-11-30"}, {"2026-12-01", "2026-12-05"}}), midnight(12, 6)) << "no gap";
  EXPECT_EQ(put({{"2026-11-01", "2026-11-30"}, {"2026-12-03", "2026-12-05"}}), midnight(12, 1));
  EXPECT_EQ(NextDue(post.state.head()), midnight(12, 1));
  EXPECT_TRUE(Due(post.state, midnight(12, 1) - absl::Seconds(1))->empty());
  // Looked at late: each is told all the same.
  for (const auto& [since, who] : {std::make_pair("2026-12-01", "volunteers/2026-11-01"),
                                   std::make_pair("2026-12-06", "volunteers/2026-12-03")}) {
    const auto facts = Due(post.state, midnight(12, 20));
    ASSERT_TRUE(facts.ok() && facts->size() == 1) << facts.status();
    EXPECT_EQ(facts->front().post_vacated().since(), since);
    EXPECT_EQ(facts->front().post_vacated().volunteer(), who);
    EXPECT_EQ(facts->front().post_vacated().post(), "posts/p");
    post.Do(facts->front());
  }
  EXPECT_EQ(NextDue(post.state.head()), absl::InfiniteFuture());
}

TEST(TermsMaxTest, NobodyHoldsAPostMoreOftenThanItSays) {
  v1::Post post;
  post.set_name("posts/p");
  post.set_kind(v1::Post::OFFICER);
  post.set_terms_max(2);
  v1::PostHolder holder;
  const absl::CivilDay first(2027, 1, 1);
  for (int term = 0; term < 3; ++term) {
    const auto change = DecideAppoint(
        post, holder,
        {"volunteers/a", first + 40 * term, calendar::FormatDate(first + 40 * term + 30), "users/staff"},
        kMonday);
    if (term == 2) {
      EXPECT_EQ(ReasonOf(change.status()), "NO_MORE_TERMS");
      continue;
    }
    ASSERT_TRUE(change.ok()) << change.status();
    post = change->post;
    holder = change->holder;
  }
  EXPECT_TRUE(
      DecideAppoint(post, {}, {"volunteers/b", first + 80, "2027-04-30", "users/staff"}, kMonday).ok());
  post.clear_terms_max();
  EXPECT_TRUE(
      DecideAppoint(post, holder, {"volunteers/a", first + 80, "2027-04-30", "users/staff"}, kMonday).ok());
}

}  // namespace
}  // namespace kepu::volunteer::domain::endings_test
