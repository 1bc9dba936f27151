// Titles on their way at random, against a table of what each state allows.
#include <random>

#include "services/venue/domain/title_rules.h"
#include "tests/unit/title_fixture.h"

namespace kepu::venue {
namespace {

using v1::Title;

// What a step did to a title, and whether the table lets it.
struct Tried {
  absl::Status status;
  bool allowed = false;
  Title::State after = Title::STATE_UNSPECIFIED;
};

class RandomTitles : public Titles {
 protected:
  size_t Pick(size_t bound) { return static_cast<size_t>(random_() % bound); }

  void TryApply() {
    const auto level = static_cast<v1::TitleLevel>(1 + Pick(3));
    const auto kind = Pick(2) == 0 ? Title::EXPERT_WORKSTATION : Title::CONTENT_CREATION_BASE;
    const std::string id = absl::StrCat("t", model_.size());
    const bool taken = std::any_of(model_.begin(), model_.end(), [&](const auto& entry) {
      const Title& other = Get(entry.first);
      return (IsApplication(entry.second) || IsInForce(entry.second)) && other.kind() == kind &&
             other.level() == level;
    });
    const bool barred = level == v1::TITLE_LEVEL_NATIONAL && failed_.contains(kind) &&
                        calendar::DayOf(now_).year() <= failed_[kind] + 1;
    const absl::Status status = Apply(id, Make(level, kind));
    EXPECT_EQ(Reason(status), taken ? "TITLE_LIVE" : barred ? "TITLE_ROUND_BARRED" : "") << status;
    if (status.ok()) model_[id] = Title::APPLIED;
  }

  Tried TryStep(const std::string& id, Title::State before) {
    const google::type::Date& noticed = Get(id).notice_last_date();
    const bool passed = Pick(4) != 0;
    switch (Pick(6)) {
      case 0:
        return {Recommend(id), before == Title::APPLIED, Title::DISTRICT_RECOMMENDED};
      case 1:
        return {Review(id, passed), before == Title::DISTRICT_RECOMMENDED,
                passed ? Title::EXPERT_REVIEWED : Title::REJECTED};
      case 2:
        return {Publicize(id), before == Title::EXPERT_REVIEWED, Title::PUBLICIZED};
      case 3: {
        const bool over =
            calendar::DayOf(now_) > absl::CivilDay(noticed.year(), noticed.month(), noticed.day());
        return {Name(id), before == Title::PUBLICIZED && over, Title::NAMED};
      }
      case 4:
        if (!passed) return {Withdraw(id), IsApplication(before), Title::WITHDRAWN};
        return {Withdraw("absent"), false, before};
      default:
        return {Revoke(id), before == Title::NAMED, Title::REVOKED};
    }
  }

  void Remember(const std::string& id, Title::State after) {
    model_[id] = after;
    const Title& title = Get(id);
    if (title.level() != v1::TITLE_LEVEL_NATIONAL) return;
    if (after != Title::REJECTED && after != Title::REVOKED) return;
    const auto year = after == Title::REJECTED ? title.year() : calendar::DayOf(now_).year();
    failed_[title.kind()] = std::max(failed_[title.kind()], static_cast<int>(year));
  }

  std::mt19937 random_;
  std::map<std::string, Title::State> model_;
  std::map<Title::Kind, int> failed_;
};

// Steps at random against a table of what each state allows; days pass in between.
TEST_F(RandomTitles, AgainstATable) {
  const unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  random_.seed(seed);
  for (int i = 0; i < 4000; ++i) {
    if (Pick(3) == 0) now_ += absl::Hours(24);
    if (model_.empty() || Pick(4) == 0) {
      TryApply();
      continue;
    }
    const auto at = std::next(model_.begin(), static_cast<long>(Pick(model_.size())));
    const std::string id = at->first;
    const Title::State before = at->second;
    const Tried tried = TryStep(id, before);
    EXPECT_EQ(tried.status.ok(), tried.allowed) << tried.status << " " << Title::State_Name(before);
    if (tried.allowed) Remember(id, tried.after);
    EXPECT_EQ(Get(id).state(), model_[id]);
  }
  EXPECT_GT(model_.size(), 20u);
}

}  // namespace
}  // namespace kepu::venue
