// The papers of a school, or of somebody who books, as an aggregate: versions of each kind, of which the
// newest counts, and what each place said of them. The files lie elsewhere under the digests that stand here.
// Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/approval.h"

namespace kepu::event::domain {

using Papers = aggregate::Aggregate<record::PapersHead, record::PapersChild>;

// Versions of one kind: a paper that is renewed every term reaches it after a working life.
inline constexpr uint32_t kMaxVersions = 100;

// "safety-plan" for PAPER_KIND_SAFETY_PLAN, and back; unspecified for another text.
std::string PaperId(v1::PaperKind kind);
v1::PaperKind PaperKindOf(absl::string_view id);

// 0: there is none.
uint32_t NewestOf(const record::PapersHead& head, v1::PaperKind kind);
absl::StatusOr<const record::PaperVersion*> FindVersion(const Papers& papers, v1::PaperKind kind,
                                                        uint32_t number);
// By that place; null: it said nothing yet.
absl::StatusOr<const record::PaperReview*> FindReview(const Papers& papers, v1::PaperKind kind,
                                                      uint32_t number, absl::string_view place);
// How a version stands at a place for a session that ends on `last_day`.
v1::Paper::State PaperStateOf(const record::PaperVersion& version, const record::PaperReview* review,
                              int32_t last_day);
// The newest version of each of `kinds`; NotLoaded after asking for all of them.
absl::StatusOr<std::vector<PaperStanding>> StandingsOf(const Papers& papers, const v1::BookingTerms& terms,
                                                       absl::string_view place, int32_t last_day);

// `version` is complete but for its number and time. TOO_MANY_VERSIONS, and INVALID_ARGUMENT for one that has
// ended before `today`.
absl::StatusOr<Facts> DecideAddPaper(const Papers& papers, const std::string& owner, v1::PaperKind kind,
                                     record::PaperVersion version, int32_t today, absl::Time now);

struct Review {
  v1::PaperKind kind = v1::PAPER_KIND_UNSPECIFIED;
  uint32_t number = 0;
  std::string place;
  bool accept = false;
  std::string reason;
  std::string by;
};
// NEWER_VERSION when another one was uploaded since.
absl::StatusOr<Facts> DecideReview(const Papers& papers, const Review& review, absl::Time now);

absl::Status Apply(Papers& papers, const record::Fact& fact);

}  // namespace kepu::event::domain
