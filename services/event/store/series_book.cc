#include "services/event/store/series_book.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/calendar/timestamps.h"

namespace kepu::event {
namespace {

// Sorts the other way round than the time itself.
std::string LatestFirst(int64_t time_us) {
  return absl::StrCat(absl::Hex(std::numeric_limits<int64_t>::max() - time_us, absl::kZeroPad16));
}

}  // namespace

std::string SeriesBook::ScopeOf(absl::string_view event, absl::string_view place) {
  return absl::StrCat(event, " ", place);
}

void SeriesBook::Load(absl::string_view id, const store::Loaded& loaded) {
  auto series = std::make_unique<domain::Series>();
  series->set_complete(true);
  series->ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children)
    series->ParseChild(field, bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
  auto& kept = series_[id];
  kept = std::move(series);
  Show(std::string(id), *kept);
}

void SeriesBook::Fold(absl::string_view id, const ::kepu::log::v1::AggregateFacts& facts) {
  auto& series = series_[id];
  if (series == nullptr) series = std::make_unique<domain::Series>();
  series->set_complete(true);
  domain::record::Fact fact;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    // What cannot be folded is the verifier's to find; the book shows what came before it.
    if (fact.ParseFromString(logged.body())) domain::Apply(*series, fact).IgnoreError();
  }
  Show(std::string(id), *series);
}

const domain::Series* SeriesBook::Find(absl::string_view id) const {
  auto it = series_.find(id);
  return it == series_.end() ? nullptr : it->second.get();
}

void SeriesBook::Show(const std::string& id, const domain::Series& series) {
  v1::SessionSeries resource;
  ToResource(series, &resource);
  resource.clear_occurrences();
  const domain::record::SeriesHead& head = series.head();
  catalogue_.Put(resource.name(), resource, {ScopeOf(absl::StrCat("events/", head.event()), head.place())},
                 LatestFirst(head.create_us()));
  if (observer_) observer_(id);
}

void ToResource(const domain::record::OccurrenceRecord& record, v1::SessionSeries::Occurrence* resource) {
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + record.day();
  resource->mutable_date()->set_year(static_cast<int32_t>(day.year()));
  resource->mutable_date()->set_month(day.month());
  resource->mutable_date()->set_day(day.day());
  resource->set_state(record.state());
  calendar::SetMicros(record.start_us(), resource->mutable_start_time());
  calendar::SetMicros(record.end_us(), resource->mutable_end_time());
  resource->set_session(record.session());
  resource->set_reason(record.reason());
  resource->set_with(record.with());
  if (!record.why_zh().empty()) {
    resource->mutable_why()->set_zh(record.why_zh());
    resource->mutable_why()->set_en(record.why_en());
  }
  resource->set_change_refusal(record.change_refusal());
}

void ToResource(const domain::Series& series, v1::SessionSeries* resource) {
  const domain::record::SeriesHead& head = series.head();
  auto plan = series.Find("p");
  if (plan.ok() && *plan != nullptr) *resource = (*plan)->plan().given();
  resource->clear_occurrences();
  resource->set_name(domain::SeriesName(head));
  resource->set_state(head.state());
  resource->set_made(head.made());
  resource->set_refused(head.refused());
  auto all = domain::AllOccurrences(series);
  if (all.ok())
    for (const domain::record::OccurrenceRecord& one : *all) ToResource(one, resource->add_occurrences());
  calendar::SetMicros(head.create_us(), resource->mutable_create_time());
  calendar::SetMicros(head.update_us(), resource->mutable_update_time());
  resource->set_etag(absl::StrCat(absl::Hex(head.revision())));
}

}  // namespace kepu::event
