#include "services/event/domain/feedback.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

constexpr int kQuestions = 4;

int RatingOf(const v1::Ratings& ratings, int question) {
  const auto* field = v1::Ratings::descriptor()->field(question);
  return v1::Ratings::default_instance().GetReflection()->GetInt32(ratings, field);
}

size_t CharactersOf(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // not a byte within a character
  }));
}

void EnsureQuestions(record::FeedbackTally* tally) {
  while (tally->answers_size() < kQuestions) tally->add_answers(0);
  while (tally->sums_size() < kQuestions) tally->add_sums(0);
}

}  // namespace

std::string FeedbackField(absl::string_view booking) { return absl::StrCat("f/", booking); }

std::string FeedbackName(const record::SessionHead& session, absl::string_view booking) {
  return absl::StrCat(BookingName(session, booking), "/feedback");
}

absl::Status CheckFeedback(const v1::Ratings& ratings, absl::string_view remark) {
  refusal::FieldErrors errors;
  bool any = false;
  for (int q = 0; q < kQuestions; ++q) any |= RatingOf(ratings, q) > 0;
  if (!any)
    errors.Add("feedback.ratings", "must answer at least one of content, staff, organization, come_again");
  if (CharactersOf(remark) > kMaxRemarkCharacters)
    errors.Add("feedback.remark", absl::StrCat("must be at most ", kMaxRemarkCharacters, " characters"));
  return errors.ToStatus();
}

absl::StatusOr<const record::FeedbackRecord*> FindFeedback(const Feedback& feedback,
                                                           absl::string_view booking) {
  auto child = feedback.Find(FeedbackField(booking));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->feedback();
}

absl::StatusOr<Facts> DecideGiveFeedback(const Feedback& feedback, const record::SessionHead& session,
                                         const record::BookingRecord& booking, const FeedbackCommand& command,
                                         const Rules& rules, absl::Time now) {
  const std::string name = BookingName(session, command.booking);
  auto known = FindFeedback(feedback, command.booking);
  if (!known.ok()) return known.status();
  if (*known != nullptr) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", FeedbackName(session, command.booking)}});
  }
  if (booking.state() != v1::Booking::CHECKED_IN) {
    return refusal::Refuse(
        kNo, "NOT_ATTENDED",
        {{"name", name}, {"state", v1::Booking::State_Name(ShownState(session, booking))}});
  }
  const absl::Time closes = absl::FromUnixMicros(session.end_us()) + rules.feedback_within;
  if (now >= closes) {
    return refusal::Refuse(kNo, "FEEDBACK_CLOSED",
                           {{"name", name}, {"closed", calendar::UtcText(absl::ToUnixMicros(closes))}});
  }
  Facts facts = {At(now)};
  record::FeedbackGiven* given = facts.back().mutable_feedback()->mutable_given();
  given->set_session(session.id());
  given->set_event(session.event());
  given->set_id(command.booking);
  record::FeedbackRecord* made = given->mutable_feedback();
  *made->mutable_ratings() = command.ratings;
  made->set_remark(command.remark);
  made->set_by(command.by);
  made->set_create_us(absl::ToUnixMicros(now));
  made->set_update_us(absl::ToUnixMicros(now));
  made->set_revision(1);
  made->set_kind(booking.kind());
  return facts;
}

absl::StatusOr<Facts> DecideChangeFeedback(const Feedback& feedback, const record::SessionHead& session,
                                           const FeedbackCommand& command, const Rules& rules,
                                           absl::Time now) {
  const std::string name = FeedbackName(session, command.booking);
  auto known = FindFeedback(feedback, command.booking);
  if (!known.ok()) return known.status();
  if (*known == nullptr) return refusal::NotFound(name);
  const record::FeedbackRecord& before = **known;
  const absl::Time last = absl::FromUnixMicros(before.create_us()) + rules.feedback_changeable;
  if (now >= last) {
    return refusal::Refuse(kNo, "FEEDBACK_FINAL",
                           {{"name", name}, {"since", calendar::UtcText(absl::ToUnixMicros(last))}});
  }
  const bool same = before.ratings().SerializeAsString() == command.ratings.SerializeAsString();
  if (same && before.remark() == command.remark) return Facts{};
  Facts facts = {At(now)};
  record::FeedbackChanged* changed = facts.back().mutable_feedback()->mutable_changed();
  changed->set_id(command.booking);
  *changed->mutable_before() = before.ratings();
  *changed->mutable_ratings() = command.ratings;
  changed->set_remark(command.remark);
  changed->set_by(command.remark == before.remark() ? before.by() : command.by);
  return facts;
}

void CountRatings(const v1::Ratings& ratings, int sign, record::FeedbackTally* tally) {
  EnsureQuestions(tally);
  tally->set_given(tally->given() + sign);
  for (int q = 0; q < kQuestions; ++q) {
    const int rating = RatingOf(ratings, q);
    if (rating == 0) continue;
    tally->set_answers(q, tally->answers(q) + sign);
    tally->set_sums(q, tally->sums(q) + sign * rating);
  }
}

void AddTally(const record::FeedbackTally& more, record::FeedbackTally* tally) {
  EnsureQuestions(tally);
  tally->set_given(tally->given() + more.given());
  for (int q = 0; q < std::min(kQuestions, more.answers_size()); ++q) {
    tally->set_answers(q, tally->answers(q) + more.answers(q));
    tally->set_sums(q, tally->sums(q) + more.sums(q));
  }
}

v1::FeedbackSummary SummaryOf(const std::string& name, const record::FeedbackTally& tally) {
  v1::FeedbackSummary summary;
  summary.set_name(name);
  summary.set_given(tally.given());
  for (int q = 0; q < kQuestions; ++q) {
    v1::FeedbackSummary::Question* question = summary.add_questions();
    question->set_question(v1::Ratings::descriptor()->field(q)->name());
    const int answers = q < tally.answers_size() ? tally.answers(q) : 0;
    question->set_answers(answers);
    if (answers >= kMinAnswersTold) question->set_mean(static_cast<double>(tally.sums(q)) / answers);
  }
  return summary;
}

void ApplyHead(record::FeedbackHead& head, const record::Fact& fact) {
  head.set_revision(head.revision() + 1);
  head.set_update_us(fact.time_us());
  if (fact.feedback().has_given()) {
    const record::FeedbackGiven& given = fact.feedback().given();
    if (head.session().empty()) head.set_create_us(fact.time_us());
    head.set_session(given.session());
    head.set_event(given.event());
    CountRatings(given.feedback().ratings(), 1, head.mutable_tally());
  } else if (fact.feedback().has_changed()) {
    CountRatings(fact.feedback().changed().before(), -1, head.mutable_tally());
    CountRatings(fact.feedback().changed().ratings(), 1, head.mutable_tally());
  }
}

absl::Status Apply(Feedback& feedback, const record::Fact& fact) {
  if (fact.feedback().has_given()) {
    record::FeedbackChild child;
    *child.mutable_feedback() = fact.feedback().given().feedback();
    feedback.Put(FeedbackField(fact.feedback().given().id()), std::move(child));
  } else if (fact.feedback().has_changed()) {
    const record::FeedbackChanged& changed = fact.feedback().changed();
    record::FeedbackChild* child = feedback.Mutable(FeedbackField(changed.id()));
    if (child == nullptr) return absl::InternalError("a fact changes feedback that is not there");
    record::FeedbackRecord* known = child->mutable_feedback();
    *known->mutable_ratings() = changed.ratings();
    known->set_remark(changed.remark());
    known->set_by(changed.by());
    known->set_update_us(fact.time_us());
    known->set_revision(known->revision() + 1);
  } else {
    return absl::InternalError("a fact that is not of feedback");
  }
  ApplyHead(feedback.mutable_head(), fact);
  return absl::OkStatus();
}

absl::Status CheckInvariants(const Feedback& feedback) {
  record::FeedbackTally counted;
  EnsureQuestions(&counted);
  for (const auto& [field, child] : feedback.children())
    if (child) CountRatings(child->feedback().ratings(), 1, &counted);
  if (counted.SerializeAsString() == feedback.head().tally().SerializeAsString()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("feedback of ", feedback.head().session(), " is miscounted"));
}

}  // namespace kepu::event::domain
