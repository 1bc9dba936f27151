// What those who came to a session say of it: one aggregate for each session, in its partition, so that who
// may say something is decided together with the booking. Its head counts answers by question and folds
// without the children. Words come here sealed. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/event/v1/evaluation.pb.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Feedback = aggregate::Aggregate<record::FeedbackHead, record::FeedbackChild>;

// Means of fewer answers are not told: they would tell what somebody said.
inline constexpr int kMinAnswersTold = 5;
inline constexpr size_t kMaxRemarkCharacters = 300;

std::string FeedbackField(absl::string_view booking);
// "events/…/sessions/…/bookings/…/feedback".
std::string FeedbackName(const record::SessionHead& session, absl::string_view booking);

struct FeedbackCommand {
  std::string booking;  // its id
  v1::Ratings ratings;
  std::string remark;  // sealed
  std::string by;
};

// INVALID_ARGUMENT unless something is answered; `remark` is what was written, not sealed yet.
absl::Status CheckFeedback(const v1::Ratings& ratings, absl::string_view remark);

// Refusals: NOT_ATTENDED, FEEDBACK_CLOSED, ALREADY_EXISTS.
absl::StatusOr<Facts> DecideGiveFeedback(const Feedback& feedback, const record::SessionHead& session,
                                         const record::BookingRecord& booking, const FeedbackCommand& command,
                                         const Rules& rules, absl::Time now);
// FEEDBACK_FINAL. No facts when it stands so already.
absl::StatusOr<Facts> DecideChangeFeedback(const Feedback& feedback, const record::SessionHead& session,
                                           const FeedbackCommand& command, const Rules& rules,
                                           absl::Time now);

// Null when nothing was said of the booking.
absl::StatusOr<const record::FeedbackRecord*> FindFeedback(const Feedback& feedback,
                                                           absl::string_view booking);

// Adds the answers of one (`sign` 1), or takes them away again (-1).
void CountRatings(const v1::Ratings& ratings, int sign, record::FeedbackTally* tally);
void AddTally(const record::FeedbackTally& more, record::FeedbackTally* tally);
// As everybody may see it.
v1::FeedbackSummary SummaryOf(const std::string& name, const record::FeedbackTally& tally);

void ApplyHead(record::FeedbackHead& head, const record::Fact& fact);
absl::Status Apply(Feedback& feedback, const record::Fact& fact);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const Feedback& feedback);

}  // namespace kepu::event::domain
