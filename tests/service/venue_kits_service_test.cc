// Kits as other services reserve them and as people see that: from the try to the settled end, over restarts.
#include "kepu/venue/v1/collections.pb.h"
#include "libs/reservation/record.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSchool[] = "schools/bashu";

class VenueKits : public VenueServiceTest {
 protected:
  VenueKits() {
    v1::CreateExhibitRequest kit;
    kit.set_exhibit_id("robots");
    kit.mutable_exhibit()->mutable_display_name()->set_zh("机器人套件");
    kit.mutable_exhibit()->set_kind(v1::Exhibit::KIT);
    kit.mutable_exhibit()->set_owner("venues/cqstm");
    kit.mutable_exhibit()->mutable_handling_duration()->set_seconds(2 * 3600);
    EXPECT_TRUE(Do<v1::Exhibit>("CreateExhibit", kit).ok());
  }
  template <class Response, class Request>
  absl::StatusOr<Response> Do(absl::string_view method, Request request) {
    request.set_request_id(absl::StrCat("k-", ++requests_));
    auto answer = Call<Response>("CollectionService", method, request, kStaff, last_position_);
    if (answer.ok()) last_position_ = kept_->info.position;
    return answer;
  }
  template <class Response>
  absl::StatusOr<Response> Read(absl::string_view method, const google::protobuf::Message& request) {
    executor_.RunFor(absl::Seconds(1));  // claims answer without a position
    return Call<Response>("CollectionService", method, request, kNobody, last_position_);
  }
  static absl::Time At(int hour) { return T("2026-03-10", hour); }
  static TryRequest Wish(const std::string& claim, absl::Time start, absl::Time end,
                         const std::string& place = kSchool) {
    TryRequest request;
    request.set_request_id(claim);
    request.set_reservation("r-" + claim);
    request.set_pivot_service("event");
    request.set_pivot("outreachVisits/" + claim);
    request.mutable_demand()->set_thing("exhibits/robots");
    request.mutable_demand()->set_kind(reservation::v1::KIT);
    *request.mutable_demand()->mutable_start_time() = ToTimestamp(start);
    *request.mutable_demand()->mutable_end_time() = ToTimestamp(end);
    request.mutable_demand()->set_place(place);
    request.mutable_demand()->set_purpose("outreachVisits/" + claim);
    return request;
  }
  // The reason of a refusal, or the outcome.
  std::string Tried(const TryRequest& request) {
    const auto answer = Try(request);
    if (!answer.ok()) return answer.status().ToString();
    if (answer->outcome() != TryResponse::REFUSED) return TryResponse::Outcome_Name(answer->outcome());
    return Reason(reservation::UnpackRefusal(answer->refusal()));
  }
  absl::Status Step(const char* method, const std::string& claim) {
    StepRequest request;
    request.set_request_id(claim);
    request.set_thing("exhibits/robots");
    request.set_reservation("r-" + claim);
    return Call<StepResponse>("ParticipantService", method, request, kEvent).status();
  }
  absl::StatusOr<v1::Custody> Place(absl::Time start, absl::Time end) {
    v1::CreateCustodyRequest request;
    request.set_parent("exhibits/robots");
    request.mutable_custody()->set_kind(v1::Custody::STORE);
    request.mutable_custody()->set_place("venues/cqnhm");
    *request.mutable_custody()->mutable_start_time() = ToTimestamp(start);
    *request.mutable_custody()->mutable_end_time() = ToTimestamp(end);
    return Do<v1::Custody>("CreateCustody", request);
  }
  // "<purpose> <state>" of each, by start.
  std::vector<std::string> Shown(std::optional<absl::Time> end_after = std::nullopt) {
    v1::ListKitReservationsRequest list;
    list.set_parent("exhibits/robots");
    if (end_after) *list.mutable_end_after() = ToTimestamp(*end_after);
    const auto page = Read<v1::ListKitReservationsResponse>("ListKitReservations", list);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> shown;
    for (const auto& reservation : page->reservations())
      shown.push_back(
          absl::StrCat(reservation.purpose(), " ", v1::KitReservation::State_Name(reservation.state())));
    return shown;
  }
};

TEST_F(VenueKits, ClaimsFromTryToRelease) {
  EXPECT_EQ(Tried(Wish("0aa", At(10), At(12))), "GRANTED");
  EXPECT_EQ(Tried(Wish("0aa", At(10), At(12))), "GRANTED") << "a repeat";
  EXPECT_EQ(Tried(Wish("0bb", At(13), At(14), "schools/nankai")), "KIT_TAKEN");
  EXPECT_EQ(Tried(Wish("0cc", At(12), At(14))), "GRANTED") << "it is there already";
  EXPECT_THAT(Shown(), ElementsAre("outreachVisits/0aa HELD", "outreachVisits/0cc HELD"));
  ASSERT_TRUE(Step("Confirm", "0aa").ok());
  ASSERT_TRUE(Step("Confirm", "0aa").ok()) << "twice is harmless";
  ASSERT_TRUE(Step("Cancel", "0cc").ok());
  EXPECT_THAT(Shown(), ElementsAre("outreachVisits/0aa CONFIRMED"));
  EXPECT_THAT(Shown(At(12)), IsEmpty());
  EXPECT_EQ(Tried(Wish("0cc", At(12), At(14))), "OVER") << "late, after the cancel";
  EXPECT_EQ(Reason(Step("Confirm", "0cc")), "CLAIM_NOT_HELD");
  ASSERT_TRUE(Step("Cancel", "0dd").ok());
  EXPECT_EQ(Tried(Wish("0dd", At(20), At(21))), "OVER") << "cancelled before it was tried";

  Restart();
  EXPECT_THAT(Shown(), ElementsAre("outreachVisits/0aa CONFIRMED"));
  EXPECT_EQ(Tried(Wish("0bb", At(13), At(14), "schools/nankai")), "KIT_TAKEN");
  ASSERT_TRUE(Step("Release", "0aa").ok());
  EXPECT_THAT(Shown(), IsEmpty());
  EXPECT_EQ(Tried(Wish("0bb", At(13), At(14), "schools/nankai")), "GRANTED");
  EXPECT_EQ(Tried(Wish("0aa", At(10), At(12))), "OVER");
}

TEST_F(VenueKits, WhatCannotBeClaimedIsRefused) {
  TryRequest absent = Wish("0aa", At(10), At(12));
  absent.mutable_demand()->set_thing("exhibits/absent");
  EXPECT_EQ(Tried(absent), Reason(refusal::NotFound("exhibits/absent")));
  StepRequest nothing;
  nothing.set_request_id("0aa");
  nothing.set_reservation("r-0aa");
  nothing.set_thing("exhibits/absent");
  EXPECT_TRUE(absl::IsNotFound(Call<StepResponse>("ParticipantService", "Cancel", nothing, kEvent).status()));
  TryRequest other = Wish("0aa", At(10), At(12));
  other.mutable_demand()->set_thing("exhibits/robots/custodies/x");
  EXPECT_EQ(Tried(other), Reason(refusal::BadField("thing", "")));
  reservation::v1::ResolveRequest resolve;
  resolve.set_request_id("0aa");
  resolve.set_reservation("r-0aa");
  resolve.set_pivot("exhibits/robots");
  EXPECT_EQ(
      Reason(
          Call<reservation::v1::ResolveResponse>("ParticipantService", "Resolve", resolve, kEvent).status()),
      "NOT_A_PIVOT");
}

TEST_F(VenueKits, ClaimsAndCustodiesKnowOfEachOther) {
  ASSERT_TRUE(Place(At(20), At(40)).ok());
  EXPECT_EQ(Tried(Wish("0aa", At(17), At(19))), "KIT_ELSEWHERE");
  EXPECT_EQ(Tried(Wish("0aa", At(10), At(12))), "GRANTED");
  EXPECT_EQ(Tried(Wish("0bb", At(30), At(32), "venues/cqnhm/spaces/lab")), "GRANTED");
  const absl::Status claimed = Place(At(13), At(15)).status();
  EXPECT_EQ(Reason(claimed), "EXHIBIT_CLAIMED");
  EXPECT_EQ(refusal::ParamOf(claimed, "with"), "outreachVisits/0aa");
  v1::UpdateExhibitRequest retire;
  retire.mutable_exhibit()->set_name("exhibits/robots");
  retire.mutable_exhibit()->set_state(v1::Exhibit::RETIRED);
  retire.mutable_update_mask()->add_paths("state");
  EXPECT_EQ(Reason(Do<v1::Exhibit>("UpdateExhibit", retire).status()), "EXHIBIT_CLAIMED");

  v1::LocateExhibitRequest locate;
  locate.set_name("exhibits/robots");
  const auto where = [&](absl::Time time) {
    *locate.mutable_time() = ToTimestamp(time);
    return *Read<v1::LocateExhibitResponse>("LocateExhibit", locate);
  };
  EXPECT_EQ(where(At(11)).reservation().place(), kSchool);
  EXPECT_FALSE(where(At(11)).has_custody());
  EXPECT_EQ(where(At(31)).reservation().purpose(), "outreachVisits/0bb");
  EXPECT_TRUE(where(At(31)).has_custody());
  EXPECT_FALSE(where(At(14)).has_reservation());
  ASSERT_TRUE(Step("Cancel", "0aa").ok());
  ASSERT_TRUE(Step("Cancel", "0bb").ok());
  EXPECT_FALSE(where(At(11)).has_reservation());
  EXPECT_TRUE(Place(At(13), At(15)).ok());
  EXPECT_EQ(Do<v1::Exhibit>("UpdateExhibit", retire)->state(), v1::Exhibit::RETIRED);
  EXPECT_EQ(Tried(Wish("0cc", At(60), At(61))), "EXHIBIT_RETIRED");
}

TEST_F(VenueKits, AClaimPastItsDeadlineAsksAndNeverFreesByItself) {
  ASSERT_EQ(Tried(Wish("0aa", At(10), At(12))), "GRANTED");
  pivot_.reachable = false;
  executor_.RunFor(absl::Seconds(9));
  EXPECT_EQ(pivot_.asked, 0) << "too early";
  executor_.RunFor(absl::Seconds(30));
  EXPECT_GT(pivot_.asked, 1) << "asks again";
  EXPECT_THAT(Shown(), ElementsAre("outreachVisits/0aa HELD"));
  Restart();
  const int asked = pivot_.asked;
  pivot_.reachable = true;
  executor_.RunFor(absl::Seconds(15));
  EXPECT_GT(pivot_.asked, asked) << "another replica asks too";
  EXPECT_THAT(Shown(), IsEmpty());
  EXPECT_EQ(service_->settler().pending(), 0u);

  ASSERT_EQ(Tried(Wish("0bb", At(10), At(12))), "GRANTED");
  pivot_.outcome = reservation::v1::ResolveResponse::CONFIRMED;
  executor_.RunFor(absl::Seconds(20));
  EXPECT_THAT(Shown(), ElementsAre("outreachVisits/0bb CONFIRMED"));
  EXPECT_EQ(service_->settler().alarms(), 0u);
}

TEST_F(VenueKits, ReservationsAreListedByPageAndByTime) {
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(Tried(Wish(absl::StrCat("c", 9 - i), At(10 + i), At(11 + i))), "GRANTED") << i;
  v1::ListKitReservationsRequest list;
  list.set_parent("exhibits/robots");
  list.set_page_size(2);
  *list.mutable_end_after() = ToTimestamp(At(11));
  std::vector<std::string> names;
  do {
    const auto page = Read<v1::ListKitReservationsResponse>("ListKitReservations", list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& reservation : page->reservations()) names.push_back(reservation.name());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty() && names.size() < 10);
  EXPECT_THAT(names, ElementsAre("exhibits/robots/reservations/c-c8", "exhibits/robots/reservations/c-c7",
                                 "exhibits/robots/reservations/c-c6", "exhibits/robots/reservations/c-c5"));
  list.set_parent("robots");
  EXPECT_EQ(Read<v1::ListKitReservationsResponse>("ListKitReservations", list).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(VenueKits, EndsAreForgottenByThemselves) {
  ASSERT_EQ(Tried(Wish("0aa", At(10), At(12))), "GRANTED");
  ASSERT_TRUE(Step("Cancel", "0aa").ok());
  EXPECT_EQ(Tried(Wish("0aa", At(10), At(12))), "OVER");
  clock_.SetSkew(reservation::kRememberFor + absl::Hours(48));
  executor_.RunFor(absl::Seconds(3));
  EXPECT_EQ(Tried(Wish("0aa", T("2026-04-10", 10), T("2026-04-10", 12))), "GRANTED");
}

}  // namespace
}  // namespace kepu::venue
