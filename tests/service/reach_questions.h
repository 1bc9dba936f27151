// Questions about who was reached, as tests ask them. Owned by a test; one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "tests/service/reach_desk.h"

namespace kepu::event {

class ReachServiceTest : public ReachTest {
 protected:
  // The sum of all sources of a row, page by page, and how many bookings they are.
  std::pair<int, int> Traced(v1::AttendanceDimension by, const std::string& key, int page_size = 3,
                             const std::string& scope = "") {
    v1::TraceAttendanceRequest request;
    request.mutable_filter()->set_scope(scope);
    *request.mutable_filter()->mutable_period() = Year();
    request.set_dimension(by);
    request.set_key(key);
    request.set_page_size(page_size);
    int heads = 0, bookings = 0;
    std::set<std::string> seen;
    for (int pages = 0; pages < 500; ++pages) {
      auto page = desk.Ask<v1::TraceAttendanceResponse>("ReachService/TraceAttendance", request, kCityOffice);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return {};
      EXPECT_LE(page->sources_size(), page_size);
      for (const auto& source : page->sources()) {
        EXPECT_TRUE(seen.insert(source.booking()).second) << "told twice";
        heads += source.counted().person_visits();
        bookings += source.counted().bookings();
      }
      if (page->next_page_token().empty()) return {heads, bookings};
      request.set_page_token(page->next_page_token());
    }
    ADD_FAILURE() << "never ends";
    return {};
  }
  absl::StatusOr<v1::ListSchoolReachResponse> Schools(const std::string& scope,
                                                      v1::ListSchoolReachRequest::Show show,
                                                      const rpc::Principal& caller = kCityOffice) {
    v1::ListSchoolReachRequest request;
    request.set_scope(scope);
    request.set_show(show);
    *request.mutable_period() = Year();
    return desk.Ask<v1::ListSchoolReachResponse>("ReachService/ListSchoolReach", request, caller);
  }
  std::vector<std::string> Names(const absl::StatusOr<v1::ListSchoolReachResponse>& page) {
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok())
      for (const v1::SchoolReach& school : page->schools()) names.push_back(school.name().substr(8));
    return names;
  }
  absl::StatusOr<v1::ListUnservedDemandResponse> Demand(v1::DemandDimension by,
                                                        const std::string& district = "") {
    v1::ListUnservedDemandRequest request;
    request.set_district(district);
    request.set_dimension(by);
    *request.mutable_period() = Year();
    return desk.Ask<v1::ListUnservedDemandResponse>("ReachService/ListUnservedDemand", request, kCityOffice);
  }
  // Names behind the rows by source, page by page.
  std::map<std::string, std::vector<std::string>> SourcesByKey() {
    v1::TraceUnservedDemandRequest trace;
    *trace.mutable_period() = Year();
    trace.set_dimension(v1::DEMAND_BY_SOURCE);
    trace.set_page_size(1);
    std::map<std::string, std::vector<std::string>> sources;
    for (const char* key : {"WAITED_IN_VAIN", "OFFER_LOST", "WISH_NOT_GRANTED"}) {
      trace.set_key(key);
      trace.clear_page_token();
      for (int pages = 0; pages < 20; ++pages) {
        auto page =
            desk.Ask<v1::TraceUnservedDemandResponse>("ReachService/TraceUnservedDemand", trace, kCityOffice);
        EXPECT_TRUE(page.ok()) << page.status();
        if (!page.ok()) return sources;
        for (const auto& source : page->sources()) sources[key].push_back(source.name());
        trace.set_page_token(page->next_page_token());
        if (trace.page_token().empty()) break;
      }
    }
    return sources;
  }
};

}  // namespace kepu::event
