// The titles of a venue with every step there is, as calls on a desk: what tests of the decisions about
// titles stand on. After each test the log is folded again. Owned by a test; one thread.
#pragma once

#include <functional>
#include <string>

#include "tests/unit/title_desk.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {

inline constexpr char kBase[] = "venues/cqstm";

class Titles : public ::testing::Test {
 protected:
  using Title = v1::Title;

  ~Titles() override { desk_.Fold(); }

  static Title Make(v1::TitleLevel level, Title::Kind kind = Title::SCIENCE_BASE) {
    Title title;
    title.set_holder(kind == Title::DEMONSTRATION_COMMUNITY ? "communities/guanyinqiao" : kBase);
    title.set_kind(kind);
    title.set_level(level);
    title.set_district("districts/jiangbei");
    title.set_category(v1::BASE_CATEGORY_VENUE);
    title.mutable_display_name()->set_zh("称号");
    return title;
  }
  absl::Status Apply(const std::string& id, const Title& title,
                     v1::BaseCategory category = v1::BASE_CATEGORY_UNSPECIFIED) {
    return desk_.Do([&](const TitlesState& state) { return DecideApply(state, id, title, category, now_); });
  }
  absl::Status Register(const std::string& id, const Title& title, Office office = Office::kCity) {
    return desk_.Do([&](const TitlesState& state) {
      return DecideRegister(state, id, title, v1::BASE_CATEGORY_UNSPECIFIED, office, now_);
    });
  }
  template <class Request, class Decide>
  absl::Status Step(const std::string& id, const Request& request, Decide decide, Office office) {
    return desk_.Do([&](const TitlesState& state) { return decide(state, id, request, office, now_); });
  }
  absl::Status Recommend(const std::string& id) {
    return desk_.Do([&](const TitlesState& state) { return DecideRecommend(state, id, {}, now_); });
  }
  absl::Status Withdraw(const std::string& id) {
    return desk_.Do([&](const TitlesState& state) { return DecideWithdraw(state, id, {}, now_); });
  }
  absl::Status Decline(const std::string& id, Office office = Office::kCity) {
    return Step(id, v1::DeclineTitleRequest(), DecideDecline, office);
  }
  absl::Status Review(const std::string& id, bool passed, Office office = Office::kCity) {
    v1::ReviewTitleRequest request;
    request.set_passed(passed);
    request.set_score(86);
    request.set_opinion("好");
    auto title = FindTitle(desk_.state(), id);
    if (title.ok()) {
      for (const auto& criterion : (*title)->criteria()) {
        auto* finding = request.add_findings();
        finding->set_code(criterion.code());
        finding->set_passed(passed);
      }
    }
    return Step(id, request, DecideReview, office);
  }
  absl::Status Publicize(const std::string& id, absl::string_view first = "", absl::string_view last = "",
                         Office office = Office::kCity) {
    v1::PublicizeTitleRequest request;
    if (!first.empty()) *request.mutable_first_date() = ToDate(D(first));
    if (!last.empty()) *request.mutable_last_date() = ToDate(D(last));
    return Step(id, request, DecidePublicize, office);
  }
  absl::Status Name(const std::string& id, Office office = Office::kCity) {
    return Step(id, v1::NameTitleRequest(), DecideName, office);
  }
  absl::Status Confirm(const std::string& id) {
    return Step(id, v1::ConfirmRectificationRequest(), DecideConfirm, Office::kCity);
  }
  absl::Status Revoke(const std::string& id, Office office = Office::kCity) {
    return Step(id, v1::RevokeTitleRequest(), DecideRevoke, office);
  }
  absl::Status Object(const std::string& id, const std::string& objection) {
    return desk_.Do([&](const TitlesState& state) {
      return DecideObject(state, id, objection, "不符合", "users/" + objection, now_);
    });
  }
  absl::Status Resolve(const std::string& id, const std::string& objection, bool upheld) {
    v1::ResolveTitleObjectionRequest request;
    request.set_upheld(upheld);
    request.set_answer("已核实");
    return desk_.Do([&](const TitlesState& state) {
      return DecideResolve(state, id, objection, request, Office::kCity, now_);
    });
  }
  absl::Status Rectify(const std::string& id, absl::string_view by) {
    return desk_.Do([&](const TitlesState& state) -> absl::StatusOr<TitleFacts> {
      if (auto title = FindTitle(state, id); !title.ok()) return title.status();
      TitleFacts facts;
      auto& step = *facts.emplace_back().mutable_title_stepped();
      step.set_id(id);
      step.set_state(Title::RECTIFYING);
      *step.mutable_rectify_by_date() = ToDate(D(by));
      step.set_time_us(absl::ToUnixMicros(now_));
      return facts;
    });
  }
  void Publicized(const std::string& id, const Title& title) {
    ASSERT_TRUE(Apply(id, title).ok());
    ASSERT_TRUE(Recommend(id).ok());
    ASSERT_TRUE(Review(id, true).ok());
    ASSERT_TRUE(Publicize(id).ok());
  }
  const Title& Get(const std::string& id) { return **FindTitle(desk_.state(), id); }
  bool BadInput(const std::function<void(Title&)>& spoil, bool apply = true) {
    Title title = Make(v1::TITLE_LEVEL_DISTRICT);
    spoil(title);
    TitlesState fresh;
    const auto facts =
        apply ? DecideApply(fresh, "x", title, v1::BASE_CATEGORY_UNSPECIFIED, now_)
              : DecideRegister(fresh, "x", title, v1::BASE_CATEGORY_UNSPECIFIED, Office::kCity, now_);
    return facts.status().code() == absl::StatusCode::kInvalidArgument;
  }

  absl::Time now_ = T("2026-03-02", 8);
  TitleDesk desk_;
};

}  // namespace kepu::venue
