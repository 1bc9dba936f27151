// Titles from the application to their end: entering them, and each step on the way with what it demands.
// Pure.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/venue/domain/title_state.h"

namespace kepu::venue {

// Who acts: titles above the district are the city's from the review on.
enum class Office { kDistrict, kCity };

// `venue_category`: what the venue that applies is, for an application that does not say it.
absl::StatusOr<TitleFacts> DecideApply(const TitlesState& state, absl::string_view id, v1::Title title,
                                       v1::BaseCategory venue_category, absl::Time now);
absl::StatusOr<TitleFacts> DecideRegister(const TitlesState& state, absl::string_view id, v1::Title title,
                                          v1::BaseCategory venue_category, Office office, absl::Time now);
// `etag`: of the title that the caller has seen; empty: whatever stands. `edit`: what the update makes of the
// title. `for_office`: the caller acts for the district or the city, and not only for the holder.
struct TitleEdit {
  std::string etag;
  std::function<v1::Title(const v1::Title& base)> edit;
  bool for_office = false;
  Office office = Office::kDistrict;
};
absl::StatusOr<TitleFacts> DecideEdit(const TitlesState& state, absl::string_view id, const TitleEdit& edit,
                                      absl::Time now);
absl::StatusOr<TitleFacts> DecideMove(const TitlesState& state, absl::string_view id,
                                      const v1::MoveTitleRequest& request, absl::Time now);

absl::StatusOr<TitleFacts> DecideRecommend(const TitlesState& state, absl::string_view id,
                                           const v1::RecommendTitleRequest& request, absl::Time now);
absl::StatusOr<TitleFacts> DecideDecline(const TitlesState& state, absl::string_view id,
                                         const v1::DeclineTitleRequest& request, Office office,
                                         absl::Time now);
absl::StatusOr<TitleFacts> DecideReview(const TitlesState& state, absl::string_view id,
                                        const v1::ReviewTitleRequest& request, Office office, absl::Time now);
absl::StatusOr<TitleFacts> DecidePublicize(const TitlesState& state, absl::string_view id,
                                           const v1::PublicizeTitleRequest& request, Office office,
                                           absl::Time now);
absl::StatusOr<TitleFacts> DecideName(const TitlesState& state, absl::string_view id,
                                      const v1::NameTitleRequest& request, Office office, absl::Time now);
absl::StatusOr<TitleFacts> DecideWithdraw(const TitlesState& state, absl::string_view id,
                                          const v1::WithdrawTitleRequest& request, absl::Time now);
absl::StatusOr<TitleFacts> DecideConfirm(const TitlesState& state, absl::string_view id,
                                         const v1::ConfirmRectificationRequest& request, Office office,
                                         absl::Time now);
absl::StatusOr<TitleFacts> DecideRevoke(const TitlesState& state, absl::string_view id,
                                        const v1::RevokeTitleRequest& request, Office office, absl::Time now);

// `actor`: who objects; one open objection each. For anybody who may not see the title it is not there.
absl::StatusOr<TitleFacts> DecideObject(const TitlesState& state, absl::string_view title,
                                        absl::string_view id, absl::string_view text, absl::string_view actor,
                                        absl::Time now);
absl::StatusOr<TitleFacts> DecideResolve(const TitlesState& state, absl::string_view title,
                                         absl::string_view id,
                                         const v1::ResolveTitleObjectionRequest& request, Office office,
                                         absl::Time now);

// The district where the title cannot be changed by it: PERMISSION_DENIED above its own level.
absl::Status CheckOffice(const v1::Title& title, Office office);
// FAILED_PRECONDITION / TITLE_STATE.
absl::Status WrongState(const v1::Title& title, absl::string_view needed);

// The day from which on the title's end meets what is planned: of its end, set or still to come; today
// otherwise.
absl::CivilDay LossDay(const v1::Title& title, absl::Time now);

}  // namespace kepu::venue
