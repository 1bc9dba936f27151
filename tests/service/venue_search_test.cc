// Finding venues as people ask for them: typed in pinyin, near a place, open at a time, of a kind and level,
// and what is kept of who ran them.
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class VenueSearchTest : public VenueServiceTest {
 protected:
  using Narrow = std::function<void(v1::ListVenuesRequest&)>;

  void Make(const std::string& id, const std::string& zh, const std::function<void(v1::Venue&)>& change) {
    v1::CreateVenueRequest request = MakeVenue(id, zh);
    change(*request.mutable_venue());
    const auto made = Change<v1::Venue>("CreateVenue", request, kCity);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  static void At(v1::Venue& venue, double latitude, double longitude) {
    venue.mutable_location()->set_latitude(latitude);
    venue.mutable_location()->set_longitude(longitude);
  }
  // All pages of one.
  std::vector<std::string> Find(const Narrow& narrow) {
    std::vector<std::string> ids;
    v1::ListVenuesRequest request;
    request.set_page_size(1);
    narrow(request);
    for (int pages = 0; pages < 20; ++pages) {
      const auto response = Ask<v1::ListVenuesResponse>("ListVenues", request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      for (const auto& venue : response->venues()) ids.emplace_back(venue.name().substr(7));
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return ids;
  }
  std::vector<std::string> Typed(const std::string& text) {
    return Find([&](auto& request) { request.set_text(text); });
  }
};

TEST_F(VenueSearchTest, NamesAreFoundAsTheyAreTyped) {
  Make("cs", "长寿区文化馆", [](auto&) {});
  Make("lib", "万州图书馆 e站", [](auto&) {});
  EXPECT_THAT(Typed("chongqing"), ElementsAre("cqstm"));
  EXPECT_THAT(Typed("Chong Qing Ke Ji"), ElementsAre("cqstm")) << "with spaces, whatever the case";
  EXPECT_THAT(Typed("cqkjg"), ElementsAre("cqstm"));
  EXPECT_THAT(Typed("changshou"), ElementsAre("cs")) << "as the name of the place is read";
  EXPECT_THAT(Typed("wztsg"), ElementsAre("lib"));
  EXPECT_THAT(Typed("tushuguanezhan"), ElementsAre("lib"));
  EXPECT_THAT(Typed("文化"), ElementsAre("cs"));
  EXPECT_THAT(Typed("xyz"), IsEmpty());
}

TEST_F(VenueSearchTest, NearestFirstAndNoFartherThanAsked) {
  Make("near", "甲馆", [](v1::Venue& venue) { At(venue, 29.56, 106.58); });
  Make("far", "乙馆", [](v1::Venue& venue) { At(venue, 30.80, 108.40); });
  Make("middle", "丙馆", [](v1::Venue& venue) { At(venue, 29.72, 106.63); });
  const auto from = [](v1::ListVenuesRequest& request) {
    request.mutable_near()->set_latitude(29.55);
    request.mutable_near()->set_longitude(106.57);
  };
  EXPECT_THAT(Find(from), ElementsAre("near", "middle", "far")) << "what has no place is left out";
  EXPECT_THAT(Find([&](auto& request) {
                from(request);
                request.set_radius_m(20'000);
              }),
              ElementsAre("near", "middle"));
  v1::ListVenuesRequest request;
  request.set_radius_m(10);
  EXPECT_THAT(Ask<v1::ListVenuesResponse>("ListVenues", request).status().ToString(),
              testing::HasSubstr("radius_m"));
  request.mutable_near()->set_latitude(91);
  EXPECT_THAT(Ask<v1::ListVenuesResponse>("ListVenues", request).status().ToString(),
              testing::HasSubstr("near"));
}

TEST_F(VenueSearchTest, OpenAtATime) {
  Make("late", "夜馆", [](v1::Venue& venue) {
    venue.mutable_opening()->mutable_weekly(1)->mutable_periods(0)->mutable_close_time()->set_hours(21);
  });
  const auto open = [this](absl::Time time) {
    return Find([&](auto& request) { *request.mutable_open_at() = ToTimestamp(time); });
  };
  EXPECT_THAT(open(T("2026-03-04", 10)), UnorderedElementsAre("cqstm", "late")) << "a Wednesday";
  EXPECT_THAT(open(T("2026-03-04", 18)), ElementsAre("late"));
  EXPECT_THAT(open(T("2026-03-04", 21)), IsEmpty()) << "the closing time is not open";
  EXPECT_THAT(open(T("2026-03-09", 10)), IsEmpty()) << "a Monday";
  v1::CreateClosureRequest close;
  close.set_parent("venues/cqstm");
  *close.mutable_closure()->mutable_start_time() = ToTimestamp(T("2026-03-04", 9));
  *close.mutable_closure()->mutable_end_time() = ToTimestamp(T("2026-03-04", 12));
  close.mutable_closure()->mutable_reason()->set_zh("停电");
  const auto closed = Change<v1::Closure>("CreateClosure", close, kAdmin);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_THAT(open(T("2026-03-04", 10)), ElementsAre("late"));
  EXPECT_THAT(open(T("2026-03-04", 12)), UnorderedElementsAre("cqstm", "late"));
  Restart();
  EXPECT_THAT(open(T("2026-03-04", 10)), ElementsAre("late")) << "also after a restart";
  v1::EndClosureRequest end;
  end.set_name(closed->name());
  ASSERT_TRUE(Change<v1::Closure>("EndClosure", end, kAdmin).ok());
  EXPECT_THAT(open(T("2026-03-04", 10)), UnorderedElementsAre("cqstm", "late"));
}

TEST_F(VenueSearchTest, ByWhatItIsInTheNetwork) {
  Make("room", "社区活动室", [](v1::Venue& venue) {
    venue.set_kind(v1::Venue::COMMUNITY_ROOM);
    venue.set_community("communities/c1");
    venue.set_system_role(v1::Venue::GRASSROOTS);
    venue.set_system_parent("venues/cqstm");
    venue.set_host("venues/cqstm");
    venue.set_standard(true);
  });
  Make("base", "基地", [](v1::Venue& venue) {
    venue.set_base_level(v1::BASE_LEVEL_MUNICIPAL);
    venue.set_base_category(v1::BASE_CATEGORY_TRAINING);
  });
  EXPECT_THAT(Find([](auto& request) { request.set_community("communities/c1"); }), ElementsAre("room"));
  EXPECT_THAT(Find([](auto& request) { request.set_system_role(v1::Venue::GRASSROOTS); }),
              ElementsAre("room"));
  EXPECT_THAT(Find([](auto& request) { request.set_kind(v1::Venue::COMMUNITY_ROOM); }), ElementsAre("room"));
  EXPECT_THAT(Find([](auto& request) { request.set_base_level(v1::BASE_LEVEL_MUNICIPAL); }),
              ElementsAre("base"));
  EXPECT_THAT(Find([](auto& request) {
                request.set_base_category(v1::BASE_CATEGORY_TRAINING);
                request.set_base_level(v1::BASE_LEVEL_NATIONAL);
              }),
              IsEmpty());
  struct Case {
    const char* field;
    std::function<void(v1::Venue&)> spoil;
  };
  for (const Case& c : std::vector<Case>{
           {"venue.community", [](v1::Venue& venue) { venue.set_community("towns/t"); }},
           {"venue.school", [](v1::Venue& venue) { venue.set_school("schools/"); }},
           {"venue.host", [](v1::Venue& venue) { venue.set_host("venues/bad"); }},
           {"venue.system_parent", [](v1::Venue& venue) { venue.set_system_parent("venues/bad"); }},
           {"venue.system_parent", [](v1::Venue& venue) {
              venue.set_system_role(v1::Venue::LEAD_MUSEUM);
              venue.set_system_parent("venues/cqstm");
            }}}) {
    v1::CreateVenueRequest request = MakeVenue("bad");
    c.spoil(*request.mutable_venue());
    const absl::Status status = Change<v1::Venue>("CreateVenue", request, kCity).status();
    EXPECT_THAT(status.ToString(), testing::HasSubstr(c.field));
  }
}

TEST_F(VenueSearchTest, WhoRanItBeforeIsKept) {
  const auto hand_over = [this](const std::string& to) {
    v1::UpdateVenueRequest request;
    request.mutable_venue()->set_name("venues/cqstm");
    request.mutable_venue()->set_operator_(to);
    request.mutable_venue()->add_former_operators()->set_operator_("organizations/forged");
    request.mutable_update_mask()->add_paths("operator");
    request.mutable_update_mask()->add_paths("former_operators");
    return Change<v1::Venue>("UpdateVenue", request, kCity);
  };
  EXPECT_EQ(hand_over("organizations/a")->former_operators_size(), 0) << "nobody was known before";
  const auto venue = hand_over("organizations/b");
  ASSERT_TRUE(venue.ok()) << venue.status();
  ASSERT_EQ(venue->former_operators_size(), 1);
  EXPECT_EQ(venue->former_operators(0).operator_(), "organizations/a");
  EXPECT_EQ(venue->former_operators(0).until().month(), 3);
  EXPECT_EQ(hand_over("organizations/b")->former_operators_size(), 1) << "the same again";
}

}  // namespace
}  // namespace kepu::venue
