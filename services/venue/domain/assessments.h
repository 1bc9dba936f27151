// The yearly assessment of a title: report, district's review, joint review, objection of the base, published
// result and what it does to the title. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/venue/v1/assessment.pb.h"
#include "services/venue/domain/titles.h"

namespace kepu::venue {

// For the base to object, the day of the review included.
inline constexpr int kMinCommentDays = 7;
inline constexpr int kMaxCommentDays = 92;
// The rounds so far gave half a year.
inline constexpr int kMaxRectifyDays = 366;

std::string AssessmentField(absl::string_view title, int year);
std::string AssessmentName(absl::string_view title, int year);

struct AssessmentId {
  std::string title;
  int year = 0;
};
// "titles/x/assessments/2026". INVALID_ARGUMENT naming `field` otherwise.
absl::StatusOr<AssessmentId> ParseAssessment(absl::string_view field, absl::string_view name);

// NOT_FOUND when there is none; NotLoaded passes through.
absl::StatusOr<const v1::YearlyAssessment*> FindAssessment(const TitlesState& state, const AssessmentId& id);

// `counted`: the duties of the year as they stand; a holder that is no venue has none.
absl::StatusOr<TitleFacts> DecideSubmit(const TitlesState& state, const AssessmentId& id,
                                        const v1::SubmitBaseReportRequest& request,
                                        const v1::TitleDuties& counted, absl::Time now);
absl::StatusOr<TitleFacts> DecideReviewReport(const TitlesState& state, const AssessmentId& id,
                                              const v1::ReviewBaseReportRequest& request, absl::Time now);
absl::StatusOr<TitleFacts> DecideAssess(const TitlesState& state, const AssessmentId& id,
                                        const v1::AssessBaseRequest& request, Office office, absl::Time now);
absl::StatusOr<TitleFacts> DecideObjectToAssessment(const TitlesState& state, const AssessmentId& id,
                                                    const v1::ObjectToAssessmentRequest& request,
                                                    absl::Time now);
absl::StatusOr<TitleFacts> DecidePublish(const TitlesState& state, const AssessmentId& id,
                                         const v1::PublishAssessmentRequest& request, Office office,
                                         absl::Time now);

}  // namespace kepu::venue
