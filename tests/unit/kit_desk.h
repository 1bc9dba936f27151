// An exhibit to decide on, as the venue desk does it: each decision is made twice, on one that is whole in
// memory and on one that holds only what the decision asked for; both must come to the same facts, the same
// refusal and the same state, which holds what it promises, and the log folds to it. Owned by a test; one
// thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "services/venue/domain/exhibit_claims.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {

class KitDesk : public ::testing::Test {
 protected:
  using Decide = std::function<absl::StatusOr<ExhibitFacts>(const ExhibitState& state)>;

  KitDesk() {
    whole_.set_complete(true);
    EXPECT_TRUE(Do([&](const ExhibitState& state) {
                  return DecideCreateExhibit(state, "robots", Robots(), now_);
                }).ok());
  }
  ~KitDesk() override {
    ExhibitState folded;
    folded.set_complete(true);
    for (const auto& fact : log_) EXPECT_TRUE(Apply(folded, fact).ok());
    EXPECT_EQ(BytesOf(folded), BytesOf(whole_));
  }

  // Takes two hours to move.
  static v1::Exhibit Robots() {
    v1::Exhibit exhibit;
    exhibit.mutable_display_name()->set_zh("机器人套件");
    exhibit.set_kind(v1::Exhibit::KIT);
    exhibit.set_owner("venues/cqstm");
    exhibit.mutable_handling_duration()->set_seconds(2 * 3600);
    return exhibit;
  }

  absl::Status Do(const Decide& decide) {
    ExhibitState lazy;
    if (auto head = stored_.find("v"); head != stored_.end()) lazy.ParseHead(head->second);
    absl::StatusOr<ExhibitFacts> facts = ExhibitFacts();
    for (int rounds = 0; rounds < 8; ++rounds) {
      facts = decide(lazy);
      const std::set<std::string> missing = lazy.TakeMissing();
      if (missing.empty()) break;
      EXPECT_FALSE(facts.ok()) << "decided without " << *missing.begin();
      EXPECT_LT(rounds, 7) << "asks again and again";
      for (const std::string& field : missing) {
        auto stored = stored_.find(field);
        lazy.ParseChild(
            field, stored == stored_.end() ? std::nullopt : std::optional<absl::string_view>(stored->second));
      }
    }
    const absl::StatusOr<ExhibitFacts> other = decide(whole_);
    EXPECT_EQ(facts.status().code(), other.status().code());
    // With all parameters; they are kept in no order.
    EXPECT_EQ(facts.status().message(), other.status().message());
    if (!facts.ok()) return facts.status();
    for (const auto& fact : *facts) {
      const absl::Status applied = Apply(lazy, fact);
      EXPECT_TRUE(applied.ok()) << applied;
      EXPECT_TRUE(Apply(whole_, fact).ok());
      log_.push_back(fact);
    }
    for (const std::string& field : lazy.TakeTouched()) {
      if (auto bytes = lazy.SerializeChild(field)) {
        stored_[field] = *bytes;
      } else {
        stored_.erase(field);
      }
    }
    stored_["v"] = lazy.SerializeHead();
    EXPECT_LT(stored_["v"].size(), 4096u);
    EXPECT_EQ(stored_, BytesOf(whole_));
    const absl::Status sound = CheckClaims(whole_, now_);
    EXPECT_TRUE(sound.ok()) << sound;
    return absl::OkStatus();
  }

  static reservation::v1::TryRequest MakeTry(const std::string& claim, const std::string& place,
                                             absl::Time start, absl::Time end) {
    reservation::v1::TryRequest request;
    request.set_request_id(claim);
    request.set_reservation("r-" + claim);
    request.set_pivot_service("event");
    request.set_pivot("outreachVisits/" + claim);
    reservation::v1::Demand& demand = *request.mutable_demand();
    demand.set_thing("exhibits/robots");
    demand.set_kind(reservation::v1::KIT);
    *demand.mutable_start_time() = ToTimestamp(start);
    *demand.mutable_end_time() = ToTimestamp(end);
    demand.set_place(place);
    demand.set_purpose("outreachVisits/" + claim);
    return request;
  }
  absl::StatusOr<ExhibitFacts> Facts(const ExhibitState& state,
                                     const std::optional<reservation::v1::ClaimFact>& fact) {
    ExhibitFacts facts;
    if (!fact) return facts;
    auto changed = ClaimChangedFact(state, *fact);
    if (!changed.ok()) return changed.status();
    facts.push_back(*changed);
    return facts;
  }
  absl::StatusOr<reservation::v1::TryResponse::Outcome> Try(const reservation::v1::TryRequest& request) {
    auto outcome = reservation::v1::TryResponse::OUTCOME_UNSPECIFIED;
    const absl::Status status = Do([&](const ExhibitState& state) -> absl::StatusOr<ExhibitFacts> {
      auto claim = FindClaim(state, request.request_id());
      if (!claim.ok()) return claim.status();
      auto decision = reservation::DecideTry(
          *claim, request, now_,
          [&](const reservation::v1::Demand& demand) { return CheckRoom(state, demand, now_); });
      if (!decision.ok()) return decision.status();
      outcome = decision->outcome;
      return Facts(state, decision->fact);
    });
    if (!status.ok()) return status;
    return outcome;
  }
  absl::Status Take(const std::string& claim, const std::string& place, absl::Time start, absl::Time end) {
    return Try(MakeTry(claim, place, start, end)).status();
  }
  enum class Step { kConfirm, kCancel, kRelease };
  absl::Status Tell(Step step, const std::string& claim_id) {
    reservation::v1::StepRequest request;
    request.set_request_id(claim_id);
    request.set_reservation("r-" + claim_id);
    return Do([&](const ExhibitState& state) -> absl::StatusOr<ExhibitFacts> {
      auto claim = FindClaim(state, claim_id);
      if (!claim.ok()) return claim.status();
      if (step == Step::kCancel) return Facts(state, reservation::DecideCancel(*claim, request, now_));
      if (step == Step::kRelease) return Facts(state, reservation::DecideRelease(*claim, request, now_));
      auto confirmed = reservation::DecideConfirm(*claim, request);
      return confirmed.ok() ? Facts(state, *confirmed) : confirmed.status();
    });
  }
  absl::Status Place(const std::string& id, const std::string& place, absl::Time start, absl::Time end,
                     v1::Custody::Kind kind = v1::Custody::STORE) {
    v1::Custody custody;
    custody.set_kind(kind);
    custody.set_place(place);
    if (place.empty()) custody.mutable_partner()->set_zh("成都自然博物馆");
    *custody.mutable_start_time() = ToTimestamp(start);
    *custody.mutable_end_time() = ToTimestamp(end);
    return Do(
        [&](const ExhibitState& state) { return DecideCreateCustody(state, "robots", id, custody, now_); });
  }
  absl::Status End(const std::string& id) {
    return Do(
        [&](const ExhibitState& state) { return DecideEndCustody(state, "robots", id, std::nullopt, now_); });
  }
  absl::Status Update(const std::function<void(v1::Exhibit&)>& change) {
    return Do([&](const ExhibitState& state) {
      return DecideUpdateExhibit(
          state, "robots", "",
          [&](v1::Exhibit base) {
            change(base);
            return base;
          },
          now_);
    });
  }
  absl::Status Age() {
    return Do([&](const ExhibitState& state) { return Due(state, now_); });
  }

  static std::map<std::string, std::string> BytesOf(const ExhibitState& state) {
    std::map<std::string, std::string> bytes{{"v", state.SerializeHead()}};
    for (const auto& [field, child] : state.children())
      if (child) bytes[field] = child->SerializeAsString();
    return bytes;
  }

  absl::Time now_ = T("2026-03-02", 8);
  ExhibitState whole_;
  std::map<std::string, std::string> stored_;
  ExhibitFacts log_;
};

}  // namespace kepu::venue
