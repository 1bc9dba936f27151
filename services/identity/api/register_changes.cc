// What happens to the registers as a whole: districts end in favour of others, towns change their district,
// two entries turn out to be one, and all of it is counted.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/register_kinds.h"

namespace kepu::identity::api {

google::type::Date Today(absl::Time now) {
  const absl::CivilDay day = calendar::DayOf(now);
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

namespace {

using kepu::store::View;

void MergeDistrict(Api& api, rpc::TypedCall<v1::MergeDistrictRequest, v1::District> typed) {
  auto call = Share(std::move(typed));
  const v1::MergeDistrictRequest& request = call->request();
  for (const auto& [field, name] : {std::pair("name", request.name()), std::pair("into", request.into())}) {
    absl::StatusOr<std::string> good = PatternName<v1::District>(field, name);
    if (!good.ok()) return call->Fail(good.status());
  }
  if (!api.directory.HasEntry(request.into())) return call->Fail(refusal::NotFound(request.into()));
  const Place place = store::PlaceOfEntry(request.name());
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, request](View& view, absl::Time) {
        return Emit(view, place,
                    domain::MergeDistrict(StateOf<domain::Register>(view, place), request.name(),
                                          request.into(), request.effective_date()));
      },
      [&api, place](View& view, v1::District* answer) {
        *answer = ShownEntry<v1::District>(api.directory, StateOf<domain::Register>(view, place).head());
        return absl::OkStatus();
      });
}

void MoveTown(Api& api, rpc::TypedCall<v1::MoveTownRequest, v1::Town> typed) {
  auto call = Share(std::move(typed));
  const v1::MoveTownRequest& request = call->request();
  absl::StatusOr<std::string> town = PatternName<v1::Town>("name", request.name());
  if (!town.ok()) return call->Fail(town.status());
  absl::StatusOr<std::string> into = PatternName<v1::District>("into", request.into());
  if (!into.ok()) return call->Fail(into.status());
  if (!api.directory.HasEntry(*into)) return call->Fail(refusal::NotFound(*into));
  const Place place = store::PlaceOfEntry(*town);
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, request](View& view, absl::Time now) {
        return Emit(view, place,
                    domain::MoveTown(StateOf<domain::Register>(view, place), request.name(), request.into(),
                                     request.effective_date(), Today(now)));
      },
      [&api, place](View& view, v1::Town* answer) {
        *answer = ShownEntry<v1::Town>(api.directory, StateOf<domain::Register>(view, place).head());
        return absl::OkStatus();
      });
}

// Whoever merges looks after both.
template <class Resource, class Request>
void Merge(Api& api, rpc::TypedCall<Request, Resource> typed) {
  auto call = Share(std::move(typed));
  AfterPosition(api, call, [&api, call] {
    const Request& request = call->request();
    for (const auto& [field, name] : {std::pair("name", request.name()), std::pair("into", request.into())}) {
      absl::StatusOr<std::string> good = PatternName<Resource>(field, name);
      if (!good.ok()) return call->Fail(good.status());
    }
    const bool both =
        auth::HoldsAnyOn(call->principal(), {"city_admin", "district_admin"}, request.into(), &api.directory);
    if (!both || !api.directory.HasEntry(request.into()))
      return call->Fail(refusal::NotFound(request.into()));
    const auto bytes = api.directory.entries().Get(request.name());
    Resource gone;
    if (bytes == nullptr || !gone.ParseFromString(*bytes))
      return call->Fail(refusal::NotFound(request.name()));
    const Place place = store::PlaceOfMerges();
    Change(
        api, place, {place.key}, KeyOf(api, *call), call,
        [place, name = request.name(), into = request.into()](View& view, absl::Time) {
          return Emit(view, place, domain::MergeEntries(StateOf<domain::Merges>(view, place), name, into));
        },
        [gone, into = request.into()](View&, Resource* answer) {
          *answer = gone;
          answer->set_merged_into(into);
          return absl::OkStatus();
        });
  });
}

// The last answer is kept: everybody may ask, and it is made from all entries. Thread-safe.
class Summaries {
 public:
  std::shared_ptr<const std::string> Of(const store::Directory& directory, const google::type::Date& day) {
    const uint64_t generation = directory.generation();
    {
      absl::MutexLock lock(&mutex_);
      if (bytes_ != nullptr && generation_ == generation && day_ == domain::DayOf(day)) return bytes_;
    }
    auto bytes =
        std::make_shared<const std::string>(domain::Summarize(directory.Counted(), day).SerializeAsString());
    absl::MutexLock lock(&mutex_);
    generation_ = generation;
    day_ = domain::DayOf(day);
    bytes_ = bytes;
    return bytes;
  }

 private:
  absl::Mutex mutex_;
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::CivilDay day_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const std::string> bytes_ ABSL_GUARDED_BY(mutex_);
};

void SummarizeRegisters(Api& api, const std::shared_ptr<Summaries>& summaries,
                        rpc::TypedCall<v1::SummarizeRegistersRequest, v1::SummarizeRegistersResponse> typed) {
  auto call = Share(std::move(typed));
  AfterPosition(api, call, [&api, summaries, call] {
    const google::type::Date day =
        call->request().has_as_of() ? call->request().as_of() : Today(api.clock.Now());
    if (absl::Status status = domain::CheckDay("as_of", day); !status.ok()) return call->Fail(status);
    call->AnswerBytes(summaries->Of(api.directory, day));
  });
}

}  // namespace

void AddRegisterChanges(rpc::Service& service, Api& api) {
  service.Handle<v1::MergeDistrictRequest, v1::District>(
      kDirectoryService, "MergeDistrict", [&api](auto call) { MergeDistrict(api, std::move(call)); });
  service.Handle<v1::MoveTownRequest, v1::Town>(kDirectoryService, "MoveTown",
                                                [&api](auto call) { MoveTown(api, std::move(call)); });
  service.Handle<v1::MergeCommunityRequest, v1::Community>(
      kDirectoryService, "MergeCommunity", [&api](auto call) { Merge<v1::Community>(api, std::move(call)); });
  service.Handle<v1::MergeSchoolRequest, v1::School>(
      kDirectoryService, "MergeSchool", [&api](auto call) { Merge<v1::School>(api, std::move(call)); });
  service.Handle<v1::MergeOrganizationRequest, v1::Organization>(
      kDirectoryService, "MergeOrganization",
      [&api](auto call) { Merge<v1::Organization>(api, std::move(call)); });
  service.Handle<v1::SummarizeRegistersRequest, v1::SummarizeRegistersResponse>(
      kDirectoryService, "SummarizeRegisters", [&api, summaries = std::make_shared<Summaries>()](auto call) {
        SummarizeRegisters(api, summaries, std::move(call));
      });
}

}  // namespace kepu::identity::api
