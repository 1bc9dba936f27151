#include "services/venue/domain/stop_requests.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/itinerary.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using log::v1::FleetFact;
using refusal::kNo;

bool MatchesOne(const std::string& name, std::initializer_list<const char*> patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const char* pattern) { return names::Parse("name", pattern, name).ok(); });
}

void CheckWho(refusal::FieldErrors& errors, const v1::StopRequest& request) {
  if (!MatchesOne(request.host(), {"schools/*", "communities/*", "villages/*", "venues/*"}))
    errors.Add("stop_request.host", "must be a schools/*, communities/*, villages/* or venues/*");
  if (!MatchesOne(request.district(), {"districts/*"}))
    errors.Add("stop_request.district", "must be a districts/*");
  const bool of_town = absl::StartsWith(request.requester(), "towns/");
  const bool of_district = absl::StartsWith(request.requester(), "districts/");
  if (of_district && request.requester() != request.district())
    errors.Add("stop_request.district", "must be the requester's own");
  if (of_town && !MatchesOne(request.host(), {"communities/*", "villages/*"}))
    errors.Add("stop_request.host", "must be a community or village when a town asks");
  if (!of_town && !of_district && request.requester() != request.host())
    errors.Add("stop_request.requester", "must be the host itself, or the towns/* or districts/* it lies in");
  if (!request.caravan().empty() && !MatchesOne(request.caravan(), {"caravans/*"}))
    errors.Add("stop_request.caravan", "must be a caravans/*");
  const std::string& adult = request.host_adult();
  const bool word = !adult.empty() && std::all_of(adult.begin(), adult.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || c == '-';
  });
  if (!word && !MatchesOne(adult, {"users/*"}))
    errors.Add(
        "stop_request.host_adult",
        "must be a users/* or a word for the role in small letters (\"class-teacher\"): no names or phones");
}

void CheckWishes(refusal::FieldErrors& errors, const v1::StopRequest& request, absl::Time now) {
  const absl::CivilDay today = calendar::DayOf(now);
  if (request.wished_dates().empty()) errors.Add("stop_request.wished_dates", "is required");
  for (int i = 0; i < request.wished_dates_size(); ++i) {
    const std::string field = absl::StrCat("stop_request.wished_dates[", i, "]");
    auto first = ToDay(field, request.wished_dates(i).first_date());
    auto last = ToDay(field, request.wished_dates(i).last_date());
    if (!first.ok() || !last.ok()) {
      errors.Add(field, "must be two days that exist");
    } else if (*first > *last || *first < today || *last > today + kWishHorizonDays) {
      errors.Add(field, absl::StrCat("must go from a day not before today to one not before it, within ",
                                     kWishHorizonDays, " days"));
    }
  }
}

absl::Status CheckRequest(const v1::StopRequest& request, absl::Time now) {
  refusal::FieldErrors errors;
  CheckWho(errors, request);
  if (!request.has_location() || !IsPlace(request.location()))
    errors.Add("stop_request.location", "must be a latitude from -90 to 90 and a longitude from -180 to 180");
  if (request.heads() < 1) errors.Add("stop_request.heads", "must be at least 1");
  const bool museum = request.kind() == v1::Caravan::MOBILE_MUSEUM;
  const absl::Duration service = ServiceOf(request);
  if (museum && (service < kShortestStay || service > kLongestStay))
    errors.Add("stop_request.service_duration", "must be 7 to 200 days of a mobile museum");
  if (!museum && (service < kShortestService || service > kCrewDay - kSetUp - kTakeDown))
    errors.Add("stop_request.service_duration", "must be 15 minutes to 6 hours 45 minutes");
  if (request.assemblies() * kClassesPerDay + request.classes() * kAssembliesPerDay >
      kAssembliesPerDay * kClassesPerDay)
    errors.Add("stop_request.classes", "must be at most 2 assemblies or 5 classes, or a share of each");
  CheckWishes(errors, request, now);
  return errors.ToStatus();
}

absl::Status Unsuitable(const char* fact, int value, int needed, const v1::StopRequest& request) {
  return refusal::Refuse(kNo, "SITE_UNSUITABLE",
                         {{"host", request.host()},
                          {"fact", fact},
                          {"value", absl::StrCat(value)},
                          {"needed", absl::StrCat(needed)}});
}

// The site itself, whatever the day.
absl::Status CheckSite(const v1::StopRequest& request) {
  const v1::SiteFacts& site = request.site();
  if (site.road_width_cm() < kRoadWidthCm)
    return Unsuitable("road_width_cm", site.road_width_cm(), kRoadWidthCm, request);
  if (request.kind() == v1::Caravan::MOBILE_MUSEUM) {
    if (site.indoor_area_m2() < kMuseumIndoorM2)
      return Unsuitable("indoor_area_m2", site.indoor_area_m2(), kMuseumIndoorM2, request);
    if (site.power_kw() < kMuseumPowerKw)
      return Unsuitable("power_kw", site.power_kw(), kMuseumPowerKw, request);
    return absl::OkStatus();
  }
  if (!site.parking()) return Unsuitable("parking", 0, 1, request);
  const int area = std::max(site.indoor_area_m2(), site.outdoor_area_m2());
  if (area < kCaravanAreaM2) return Unsuitable("outdoor_area_m2", area, kCaravanAreaM2, request);
  return absl::OkStatus();
}

absl::Status NotPending(const v1::StopRequest& request) {
  return refusal::Refuse(kNo, "STOP_REQUEST_NOT_PENDING",
                         {{"name", request.name()},
                          {"state", v1::StopRequest::State_Name(request.state())},
                          {"stop", request.stop().empty() ? "-" : request.stop()}});
}

// The bucket it will stand in when its last wished day goes by.
absl::Status LoadExpiry(const FleetState& state, const v1::StopRequest& request) {
  const int day = DayNumberOf(LastWishedDay(request));
  return state.Find(ExpiringField(day, NextExpiringBucket(state, day))).status();
}

}  // namespace

bool IsPending(const v1::StopRequest& request) {
  return request.state() == v1::StopRequest::OPEN || request.state() == v1::StopRequest::WAITING;
}

bool Wishes(const v1::StopRequest& request, absl::CivilDay day) {
  return std::any_of(request.wished_dates().begin(), request.wished_dates().end(), [&](const auto& range) {
    auto first = ToDay("", range.first_date()), last = ToDay("", range.last_date());
    return first.ok() && last.ok() && *first <= day && day <= *last;
  });
}

absl::CivilDay LastWishedDay(const v1::StopRequest& request) {
  absl::CivilDay last(1970, 1, 1);
  for (const auto& range : request.wished_dates())
    if (auto day = ToDay("", range.last_date()); day.ok()) last = std::max(last, *day);
  return last;
}

absl::Duration ServiceOf(const v1::StopRequest& request) {
  if (request.has_service_duration()) return ToDuration(request.service_duration());
  return request.kind() == v1::Caravan::MOBILE_MUSEUM ? kUsualStay : kUsualService;
}

std::string WishesText(const v1::StopRequest& request) {
  std::string text;
  for (const auto& range : request.wished_dates()) {
    auto first = ToDay("", range.first_date()), last = ToDay("", range.last_date());
    if (first.ok() && last.ok())
      absl::StrAppend(&text, text.empty() ? "" : ", ", calendar::FormatDate(*first), "..",
                      calendar::FormatDate(*last));
  }
  return text;
}

int NextExpiringBucket(const FleetState& state, int day) {
  for (const auto& known : state.head().expiring_days())
    if (known.day() == day) return known.count() / kExpiringPerBucket;
  return 0;
}

absl::StatusOr<FleetFacts> DecideCreateStopRequest(const FleetState& state, absl::string_view id,
                                                   v1::StopRequest request, absl::Time now) {
  if (request.kind() == v1::Caravan::KIND_UNSPECIFIED) request.set_kind(v1::Caravan::CARAVAN);
  if (absl::Status status = CheckRequest(request, now); !status.ok()) return status;
  if (!request.caravan().empty()) {
    auto caravan = FindCaravan(state, IdOf(request.caravan()));
    if (!caravan.ok()) return caravan.status();
    if ((*caravan)->kind() != request.kind())
      return refusal::BadField("stop_request.caravan", "must be of the kind that is asked for");
  }
  if (absl::Status status = CheckSite(request); !status.ok()) return status;
  if (absl::Status status = LoadExpiry(state, request); !status.ok()) return status;
  StampNew(request, StopRequestName(id), now);
  request.set_state(v1::StopRequest::OPEN);
  FleetFacts facts;
  *facts.emplace_back().mutable_request_created() = std::move(request);
  return facts;
}

absl::StatusOr<FleetFacts> DecideUpdateStopRequest(const FleetState& state, absl::string_view id,
                                                   const std::string& etag, const Edit<v1::StopRequest>& edit,
                                                   absl::Time now) {
  auto found = FindStopRequest(state, id);
  if (!found.ok()) return found.status();
  const v1::StopRequest& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  if (!IsPending(base)) return NotPending(base);
  v1::StopRequest request = edit(base);
  StampChanged(request, base, now);
  // Whose it is stays; who may see it hangs on that.
  request.set_requester(base.requester());
  request.set_host(base.host());
  request.set_district(base.district());
  request.set_kind(base.kind());
  request.set_caravan(base.caravan());
  request.set_state(v1::StopRequest::OPEN);
  request.clear_reason();
  request.clear_stop();
  if (absl::Status status = CheckRequest(request, now); !status.ok()) return status;
  if (absl::Status status = CheckSite(request); !status.ok()) return status;
  if (absl::Status status = LoadExpiry(state, request); !status.ok()) return status;
  FleetFacts facts;
  *facts.emplace_back().mutable_request_updated() = std::move(request);
  return facts;
}

absl::StatusOr<FleetFacts> DecideWithdraw(const FleetState& state, absl::string_view id, absl::Time now) {
  auto found = FindStopRequest(state, id);
  if (!found.ok()) return found.status();
  if (!IsPending(**found) && (*found)->state() != v1::StopRequest::ACCEPTED) return NotPending(**found);
  FleetFacts facts;
  log::v1::RequestAnswered& answered = *facts.emplace_back().mutable_request_answered();
  answered.set_id(std::string(id));
  answered.set_state(v1::StopRequest::WITHDRAWN);
  answered.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<FleetFacts> DecideAnswer(const FleetState& state, absl::string_view id,
                                        v1::StopRequest::State answer, const v1::Text& reason,
                                        absl::Time now) {
  refusal::FieldErrors errors;
  if (answer != v1::StopRequest::WAITING && answer != v1::StopRequest::REFUSED)
    errors.Add("state", "must be WAITING or REFUSED; yes is said by planning the stop in a tour");
  if (reason.zh().empty()) errors.Add("reason.zh", "is required");
  if (!errors.empty()) return errors.ToStatus();
  auto found = FindStopRequest(state, id);
  if (!found.ok()) return found.status();
  if (!IsPending(**found)) return NotPending(**found);
  FleetFacts facts;
  log::v1::RequestAnswered& answered = *facts.emplace_back().mutable_request_answered();
  answered.set_id(std::string(id));
  answered.set_state(answer);
  *answered.mutable_reason() = reason;
  answered.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

}  // namespace kepu::venue
