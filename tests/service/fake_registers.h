// The identity service as the venue service sees it: the public lists of its registers, page by page, and
// whether it answers at all. Owned by a test; used on its executor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/executor/executor.h"
#include "libs/rpc/peer.h"

namespace kepu::venue {

class FakeRegisters final : public rpc::Peer {
 public:
  explicit FakeRegisters(executor::Executor& executor) : executor_(executor) {}

  void Call(absl::string_view method, const rpc::Context& context, std::string request,
            absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)> done) override {
    EXPECT_EQ(context.principal.service, "venue");
    ++calls[std::string(method.substr(method.rfind('/') + 1))];
    executor_.Post(
        [answer = Answer(method, request), done = std::move(done)]() mutable { done(std::move(answer)); });
  }

  void AddDistrict(const std::string& id, identity::v1::District::Region region,
                   const std::string& merged_into = "") {
    identity::v1::District& district = districts.emplace_back();
    district.set_name("districts/" + id);
    district.mutable_display_name()->set_zh(id);
    district.set_region(region);
    if (merged_into.empty()) return;
    district.set_merged_into("districts/" + merged_into);
    district.mutable_abolished_date()->set_year(2025);
    district.mutable_abolished_date()->set_month(11);
    district.mutable_abolished_date()->set_day(6);
  }
  void AddCommunity(const std::string& id, const std::string& district, bool village) {
    identity::v1::Community& community = communities.emplace_back();
    community.set_name("communities/" + id);
    community.mutable_display_name()->set_zh(id);
    community.set_district("districts/" + district);
    community.set_kind(village ? identity::v1::Community::ADMINISTRATIVE_VILLAGE
                               : identity::v1::Community::URBAN_COMMUNITY);
  }

  bool reachable = true;
  // Otherwise every name is taken to be there.
  bool strict = false;
  size_t page = 2;
  std::map<std::string, int> calls;  // by method
  std::vector<identity::v1::District> districts;
  std::vector<identity::v1::Community> communities;
  std::vector<std::string> schools;
  int inquiry_schools = 0;  // of districts/jiangbei

 private:
  // Pages as long as `page`, whatever was asked for, so that paging is followed.
  template <class Request, class Response, class Resource>
  rpc::PeerAnswer Page(const std::string& bytes, const std::vector<Resource>& all, Response response,
                       Resource* (Response::*add)()) {
    Request request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    const size_t from = request.page_token().empty() ? 0 : std::stoul(request.page_token());
    for (size_t i = from; i < std::min(from + page, all.size()); ++i) *(response.*add)() = all[i];
    if (from + page < all.size()) response.set_next_page_token(std::to_string(from + page));
    return {response.SerializeAsString(), {}};
  }
  template <class Resource>
  static bool Has(const std::vector<Resource>& all, const std::string& name) {
    for (const Resource& one : all)
      if (one.name() == name) return true;
    return false;
  }

  absl::StatusOr<rpc::PeerAnswer> Answer(absl::string_view method, const std::string& bytes) {
    if (!reachable) return absl::UnavailableError("down");
    if (absl::EndsWith(method, "/ListDistricts"))
      return Page<identity::v1::ListDistrictsRequest>(bytes, districts, identity::v1::ListDistrictsResponse(),
                                                      &identity::v1::ListDistrictsResponse::add_districts);
    if (absl::EndsWith(method, "/ListCommunities"))
      return Page<identity::v1::ListCommunitiesRequest>(
          bytes, communities, identity::v1::ListCommunitiesResponse(),
          &identity::v1::ListCommunitiesResponse::add_communities);
    if (absl::EndsWith(method, "/SummarizeRegisters")) {
      identity::v1::SummarizeRegistersResponse response;
      response.add_rows();
      response.add_rows()->set_district("districts/jiangbei");
      auto& count = *response.mutable_rows(1)->add_schools_by_mark();
      count.set_mark(identity::v1::School::Mark::INQUIRY_CENTRE);
      count.set_schools(inquiry_schools);
      return rpc::PeerAnswer{response.SerializeAsString(), {}};
    }
    identity::v1::GetDistrictRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    const std::string& name = request.name();
    const bool known = !strict || Has(districts, name) || Has(communities, name) ||
                       std::find(schools.begin(), schools.end(), name) != schools.end();
    if (!known) return absl::NotFoundError(name);
    return rpc::PeerAnswer{};
  }

  executor::Executor& executor_;
};

}  // namespace kepu::venue
