// Series of sessions as last folded: each whole with its occurrences, and lists of an event at a place,
// newest first. Part of the read model; fed and read on its executor, the lists from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/projection/catalogue.h"
#include "libs/store/store.h"
#include "services/event/domain/series.h"

namespace kepu::event {

class SeriesBook {
 public:
  // Called with the id of a series that was loaded or has changed.
  void set_observer(std::function<void(const std::string&)> observer) { observer_ = std::move(observer); }

  void Load(absl::string_view id, const store::Loaded& loaded);
  void Fold(absl::string_view id, const ::kepu::log::v1::AggregateFacts& facts);

  // Null when there is none.
  const domain::Series* Find(absl::string_view id) const;
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [id, series] : series_) visit(id);
  }
  // By ScopeOf, without occurrences.
  const projection::Catalogue& catalogue() const { return catalogue_; }
  static std::string ScopeOf(absl::string_view event, absl::string_view place);

 private:
  void Show(const std::string& id, const domain::Series& series);

  std::function<void(const std::string&)> observer_;
  projection::Catalogue catalogue_;
  absl::flat_hash_map<std::string, std::unique_ptr<domain::Series>> series_;
};

// As callers see it; all of it is known.
void ToResource(const domain::Series& series, v1::SessionSeries* resource);
void ToResource(const domain::record::OccurrenceRecord& record, v1::SessionSeries::Occurrence* resource);

}  // namespace kepu::event
