// Every title of every holder: the folded aggregates, and rows to find, list and count titles by. Owned by
// the read model; changed and folded on the executor, what is marked so is read from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "services/venue/domain/title_state.h"
#include "services/venue/store/folded.h"

namespace kepu::venue {

inline constexpr absl::string_view kTitlesPrefix = "titles/";

std::string TitlesKey(absl::string_view holder);
// Of a holder's aggregate, which the ids of its titles carry.
uint32_t TitlesPartition(absl::string_view holder);

struct TitleFilter {
  std::string holder;
  std::vector<std::string> districts;  // any of them; none: all
  v1::Title::Kind kind = v1::Title::KIND_UNSPECIFIED;
  v1::TitleLevel level = v1::TITLE_LEVEL_UNSPECIFIED;
  v1::BaseCategory category = v1::BASE_CATEGORY_UNSPECIFIED;
  v1::Title::State state = v1::Title::STATE_UNSPECIFIED;
  bool in_force = false;
  int year = 0;

  bool Matches(const v1::Title& title) const;
  // All that decides which titles are found, for page tokens.
  std::string Digest() const;
};

struct AssessmentFilter {
  std::string title;  // empty: all
  std::vector<std::string> districts;
  int year = 0;
  v1::YearlyAssessment::State state = v1::YearlyAssessment::STATE_UNSPECIFIED;
  v1::AssessmentResult result = v1::ASSESSMENT_RESULT_UNSPECIFIED;

  bool Matches(const v1::Title& title, const v1::YearlyAssessment& assessment) const;
  std::string Digest() const;
};

class TitleShelf {
 public:
  using Shown = std::shared_ptr<const v1::Title>;
  // May the caller see the title with its papers?
  using Insider = std::function<bool(const v1::Title& title)>;

  // Those that changed, as they are now shown. On the executor.
  std::vector<Shown> Load(const std::string& key, const store::Loaded& loaded);
  std::vector<Shown> Fold(const ::kepu::log::v1::AggregateFacts& facts);
  // A venue's titles are shown in the district where the venue lies.
  void SetDistrict(const std::string& venue, const std::string& district);
  // The whole aggregate, null when there is none. On the executor.
  const TitlesState* Find(absl::string_view holder) const;

  // Any thread. Null for an unknown one.
  Shown Get(absl::string_view name) const;

  struct Page {
    std::vector<Shown> titles;
    std::string next_after;
  };
  // Newest rounds first. What is not public is listed for insiders only.
  Page List(const TitleFilter& filter, const Insider& insider, absl::string_view after, size_t limit) const;
  // In force on the day; the filter's own day and state are not looked at.
  v1::CountTitlesResponse Count(const TitleFilter& filter, absl::CivilDay day) const;

  struct AssessmentRow {
    Shown title;
    std::shared_ptr<const v1::YearlyAssessment> assessment;
  };
  struct AssessmentPage {
    std::vector<AssessmentRow> rows;
    std::string next_after;
  };
  // Newest years first. What is not published is listed for insiders of the title only.
  AssessmentPage ListAssessments(const AssessmentFilter& filter, const Insider& insider,
                                 absl::string_view after, size_t limit) const;
  // Published ones by result.
  std::map<v1::AssessmentResult, int> CountAssessments(const AssessmentFilter& filter) const;

  // What a holder's base titles make of it: the highest in force, or REVOKED, or NONE; nullopt where there
  // never was one.
  struct Standing {
    v1::BaseLevel level;
    v1::BaseCategory category;
  };
  std::optional<Standing> StandingOf(absl::string_view holder) const;

 private:
  Shown Put(v1::Title title) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Of a child that changed: its row; and into `shown` when it is a title.
  void Show(const log::v1::TitleChild& child, std::vector<Shown>& shown)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Folded<TitlesState, log::v1::TitleFact> folded_;

  mutable absl::Mutex mutex_;
  std::map<std::string, Shown> rows_ ABSL_GUARDED_BY(mutex_);  // by sort key
  absl::flat_hash_map<std::string, std::string> keys_ ABSL_GUARDED_BY(mutex_);
  // By year, newest first, and name.
  std::map<std::string, std::shared_ptr<const v1::YearlyAssessment>> assessments_ ABSL_GUARDED_BY(mutex_);
  // Sort keys by holder.
  absl::flat_hash_map<std::string, std::vector<std::string>> holders_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::string> districts_ ABSL_GUARDED_BY(mutex_);  // of venues
};

// As everybody may see it: without the papers of applicant, experts and offices.
v1::Title PublicView(const v1::Title& title);

}  // namespace kepu::venue
