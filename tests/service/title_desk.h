// Titles asked of the venue service, on top of its own desk: requests made short. Owned by a test; one
// thread.
#pragma once

#include <string>

#include "kepu/venue/v1/assessment.pb.h"
#include "kepu/venue/v1/title.pb.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {

inline const rpc::Principal kOtherDistrict{"users/yubei", "", {{"district_admin", "districts/yubei"}}};
inline const rpc::Principal kTown{"users/town", "", {{"town_office", "towns/guanyinqiao"}}};

class TitleServiceTest : public VenueServiceTest {
 protected:
  template <class Response, class Request>
  absl::StatusOr<Response> Do(absl::string_view method, Request request, const rpc::Principal& caller,
                              absl::string_view service = "TitleService") {
    if (request.request_id().empty()) request.set_request_id(absl::StrCat("title-", ++requests_));
    auto answer = Call<Response>(service, method, request, caller, last_position_);
    if (answer.ok()) last_position_ = kept_->info.position;
    return answer;
  }
  template <class Response>
  absl::StatusOr<Response> Read(absl::string_view method, const google::protobuf::Message& request,
                                const rpc::Principal& caller = kNobody,
                                absl::string_view service = "TitleService") {
    return Call<Response>(service, method, request, caller, last_position_);
  }

  static v1::Title MakeTitle(v1::TitleLevel level, v1::Title::Kind kind = v1::Title::SCIENCE_BASE) {
    v1::Title title;
    title.set_holder(kind == v1::Title::DEMONSTRATION_COMMUNITY ? "communities/guanyinqiao" : "venues/cqstm");
    title.set_kind(kind);
    title.set_level(level);
    title.set_category(v1::BASE_CATEGORY_VENUE);
    title.mutable_display_name()->set_zh("称号");
    return title;
  }
  absl::StatusOr<v1::Title> ApplyFor(const v1::Title& title, const rpc::Principal& caller = kAdmin) {
    v1::ApplyForTitleRequest request;
    *request.mutable_title() = title;
    return Do<v1::Title>("ApplyForTitle", request, caller);
  }
  absl::StatusOr<v1::Title> Register(const v1::Title& title, const rpc::Principal& caller = kCity) {
    v1::RegisterTitleRequest request;
    request.set_source("渝科协发〔2022〕1号");
    *request.mutable_title() = title;
    return Do<v1::Title>("RegisterTitle", request, caller);
  }
  absl::StatusOr<v1::Title> Get(const std::string& name, const rpc::Principal& caller = kNobody) {
    v1::GetTitleRequest request;
    request.set_name(name);
    return Read<v1::Title>("GetTitle", request, caller);
  }
  std::vector<std::string> List(const v1::ListTitlesRequest& request,
                                const rpc::Principal& caller = kNobody) {
    std::vector<std::string> names;
    const auto page = Read<v1::ListTitlesResponse>("ListTitles", request, caller);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const auto& title : page->titles()) names.push_back(title.name());
    return names;
  }
  template <class Request>
  absl::StatusOr<v1::Title> Step(absl::string_view method, const std::string& name,
                                 const rpc::Principal& caller, Request request = {}) {
    request.set_name(name);
    return Do<v1::Title>(method, request, caller);
  }
  absl::StatusOr<v1::Title> Review(const std::string& name, bool passed, const rpc::Principal& caller) {
    v1::ReviewTitleRequest request;
    request.set_passed(passed);
    request.set_score(90);
    request.set_opinion("符合条件");
    if (const auto title = Get(name, kCity); title.ok()) {
      for (const auto& criterion : title->criteria()) {
        auto* finding = request.add_findings();
        finding->set_code(criterion.code());
        finding->set_passed(passed);
      }
    }
    return Step("ReviewTitle", name, caller, request);
  }
  // Applied, recommended, reviewed and put on notice.
  std::string Publicized(const v1::Title& title, const rpc::Principal& office) {
    const auto applied = ApplyFor(title);
    EXPECT_TRUE(applied.ok()) << applied.status();
    const std::string name = applied->name();
    EXPECT_TRUE(Step<v1::RecommendTitleRequest>("RecommendTitle", name, kDistrict).ok());
    EXPECT_TRUE(Review(name, true, office).ok());
    EXPECT_TRUE(Step<v1::PublicizeTitleRequest>("PublicizeTitle", name, office).ok());
    return name;
  }
  absl::StatusOr<v1::TitleObjection> Object(const std::string& name, const rpc::Principal& caller) {
    v1::ObjectToTitleRequest request;
    request.set_name(name);
    request.set_text("开放天数不足");
    return Do<v1::TitleObjection>("ObjectToTitle", request, caller);
  }
  absl::StatusOr<v1::RevokeTitleResponse> Revoke(const std::string& name, const rpc::Principal& caller,
                                                 bool preview = false) {
    v1::RevokeTitleRequest request;
    request.set_name(name);
    request.set_reason("考核不合格");
    request.set_validate_only(preview);
    return Do<v1::RevokeTitleResponse>("RevokeTitle", request, caller);
  }
  absl::StatusOr<v1::Venue> Venue() {
    v1::GetVenueRequest request;
    request.set_name("venues/cqstm");
    return Ask<v1::Venue>("GetVenue", request);
  }
  void Wait(absl::Duration time) {
    skew_ += time;
    clock_.SetSkew(skew_);
    executor_.RunFor(absl::Seconds(5));
  }

  absl::Duration skew_;
};

}  // namespace kepu::venue
