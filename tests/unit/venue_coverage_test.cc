// What the network covers: who makes a district covered, composites of communities and villages, targets at
// their edge, what is said when the registers are missing, and a plain reckoning on random networks.
#include <random>

#include "services/venue/domain/coverage.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Venue = v1::Venue;

class VenueCoverage : public ::testing::Test {
 protected:
  VenueCoverage() {
    registers_.districts = {{"districts/jiangbei", "江北", "Jiangbei", "MU", "districts/liangjiang", false},
                            {"districts/liangjiang", "两江", "Liangjiang", "MU", "", true},
                            {"districts/wanzhou", "万州", "Wanzhou", "NE", "", true}};
    AddCommunity("c1", "districts/liangjiang", false);
    AddCommunity("c2", "districts/wanzhou", false);
    AddCommunity("v1", "districts/wanzhou", true);
    AddCommunity("v2", "districts/wanzhou", true);
  }
  void AddCommunity(const std::string& id, const std::string& district, bool village) {
    registers_.communities.push_back({"communities/" + id, id, "", district, village});
  }
  CountedVenue& Add(Venue::Kind kind, const std::string& district, const std::string& community = "") {
    CountedVenue& venue = *venues_.emplace_back(std::make_unique<CountedVenue>());
    venue.kind = kind;
    venue.district = district;
    if (!community.empty()) venue.community = "communities/" + community;
    return venue;
  }
  template <class Then>
  void With(bool registers, Then then) {
    std::vector<const CountedVenue*> venues;
    for (const auto& venue : venues_) venues.push_back(venue.get());
    std::vector<const CountedRoute*> routes;
    for (const auto& route : routes_) routes.push_back(&route);
    std::vector<const CountedThing*> things;
    for (const auto& thing : things_) things.push_back(&thing);
    then(Network{venues, routes, registers ? &registers_ : nullptr, D("2026-03-02"), &things});
  }
  v1::GetCoverageResponse Count(bool registers = true, const std::string& district = "") {
    v1::GetCoverageResponse response;
    With(registers, [&](const Network& network) { CountCoverage(network, district, response); });
    return response;
  }
  v1::Measure City(const std::string& code, bool registers = true) {
    const v1::GetCoverageResponse response = Count(registers);
    for (const auto& indicator : response.indicators())
      if (indicator.code() == code) return indicator.value();
    ADD_FAILURE() << "no indicator " << code;
    return {};
  }
  bool Met(const std::string& code) {
    const v1::GetCoverageResponse response = Count();
    for (const auto& indicator : response.indicators())
      if (indicator.code() == code) return indicator.met();
    return false;
  }
  std::vector<std::string> Uncovered(Measured what, const std::string& district = "") {
    std::vector<std::string> names;
    With(true, [&](const Network& network) {
      for (const auto& entry : UncoveredBy(network, what, district, "", 1000).entries) {
        std::string text(IdOf(entry.name()));
        for (const auto& missing : entry.missing())
          absl::StrAppend(&text, " ", Venue::Kind_Name(static_cast<Venue::Kind>(missing.any_of(0))));
        names.push_back(text);
      }
    });
    return names;
  }

  Registers registers_;
  std::vector<std::unique_ptr<CountedVenue>> venues_;
  std::vector<CountedRoute> routes_;
  std::vector<CountedThing> things_;
};

TEST_F(VenueCoverage, EveryIndicatorStandsInItsPlace) {
  for (size_t i = 0; i < kMeasured; ++i) {
    EXPECT_EQ(static_cast<size_t>(Indicators()[i].what), i) << Indicators()[i].code;
    EXPECT_EQ(FindIndicator(Indicators()[i].code), &Indicators()[i]);
  }
  EXPECT_EQ(FindIndicator("nothing"), nullptr);
}

TEST_F(VenueCoverage, WhatMakesADistrictCovered) {
  const struct {
    Venue::Kind kind;
    v1::BaseLevel level;
    bool science_function;
    bool covers;
  } cases[] = {
      {Venue::MUSEUM, v1::BASE_LEVEL_NONE, false, true},
      {Venue::ENTERPRISE, v1::BASE_LEVEL_UNSPECIFIED, false, true},
      {Venue::SCENIC, v1::BASE_LEVEL_NONE, false, false},
      {Venue::SCENIC, v1::BASE_LEVEL_DISTRICT, false, true},
      {Venue::SCENIC, v1::BASE_LEVEL_REVOKED, false, false},
      {Venue::CULTURAL, v1::BASE_LEVEL_NONE, true, true},
      {Venue::DIGITAL, v1::BASE_LEVEL_NATIONAL, true, false},
      {Venue::VIRTUAL_MUSEUM, v1::BASE_LEVEL_NATIONAL, true, false},
      {Venue::MOBILE_MUSEUM, v1::BASE_LEVEL_NATIONAL, true, false},
      {Venue::CARAVAN_FLEET, v1::BASE_LEVEL_NATIONAL, true, false},
      {Venue::COMMUNITY_ROOM, v1::BASE_LEVEL_DISTRICT, true, false},
      {Venue::GALLERY, v1::BASE_LEVEL_NONE, false, false},
  };
  for (const auto& row : cases) {
    CountedVenue venue;
    venue.kind = row.kind;
    venue.level = row.level;
    venue.science_function = row.science_function;
    EXPECT_EQ(MakesDistrictCovered(venue), row.covers) << Venue::Kind_Name(row.kind) << " " << row.level;
  }
}

TEST_F(VenueCoverage, DistrictsAreCountedWhereTheyAreNow) {
  EXPECT_EQ(City("district_venue_cover").count(), 0);
  EXPECT_EQ(City("district_venue_cover").total(), 2) << "the merged one is gone";
  EXPECT_THAT(Uncovered(Measured::kDistrictsWithVenue), ElementsAre("liangjiang", "wanzhou"));
  Add(Venue::MUSEUM, "districts/jiangbei");
  EXPECT_EQ(City("district_venue_cover").count(), 1);
  EXPECT_EQ(City("district_venue_cover").percent(), 50);
  EXPECT_THAT(Uncovered(Measured::kDistrictsWithVenue), ElementsAre("wanzhou"));
  EXPECT_THAT(Uncovered(Measured::kDistrictsWithVenue, "districts/jiangbei"), IsEmpty());
  Add(Venue::MUSEUM, "districts/nowhere");
  EXPECT_EQ(City("district_venue_cover").count(), 1) << "what no register knows covers nothing of it";
  Add(Venue::MUSEUM, "districts/wanzhou").retired = D("2026-03-02");
  EXPECT_FALSE(Met("district_venue_cover")) << "retired from today on";
  Add(Venue::MUSEUM, "districts/wanzhou").retired = D("2026-03-03");
  EXPECT_TRUE(Met("district_venue_cover"));
  const v1::GetCoverageResponse response = Count();
  std::vector<std::string> rows;
  for (const auto& row : response.rows())
    rows.push_back(absl::StrCat(row.region(), " ", row.district(), " ", row.venues()));
  EXPECT_THAT(rows, ElementsAre("  3", "MU  1", "NE  1", "MU districts/liangjiang 1", " districts/nowhere 1",
                                "NE districts/wanzhou 1"));
  EXPECT_EQ(Count(true, "districts/jiangbei").rows(1).district(), "districts/liangjiang");
  EXPECT_EQ(Count(true, "districts/jiangbei").rows_size(), 2);
}

TEST_F(VenueCoverage, CompositesNeedEachOfTheirParts) {
  EXPECT_THAT(Uncovered(Measured::kCommunityCover),
              ElementsAre("c1 COMMUNITY_ROOM GALLERY", "c2 COMMUNITY_ROOM GALLERY"));
  Add(Venue::COMMUNITY_SCHOOL, "districts/jiangbei", "c1");
  EXPECT_THAT(Uncovered(Measured::kCommunityCover), ElementsAre("c1 GALLERY", "c2 COMMUNITY_ROOM GALLERY"))
      << "a school does for a room";
  Add(Venue::GALLERY, "districts/jiangbei", "c1");
  Add(Venue::COMMUNITY_ROOM, "districts/jiangbei", "c1");
  EXPECT_EQ(City("comm_cover").count(), 1);
  EXPECT_EQ(City("comm_cover").total(), 2);
  EXPECT_THAT(Uncovered(Measured::kCommunityCover, "districts/liangjiang"), IsEmpty());

  Add(Venue::SERVICE_STATION, "districts/wanzhou", "v1");
  EXPECT_THAT(Uncovered(Measured::kVillageCover),
              ElementsAre("v1 NOTICE_BOARD", "v2 SERVICE_STATION NOTICE_BOARD"));
  Add(Venue::NOTICE_BOARD, "districts/wanzhou", "v1");
  EXPECT_EQ(City("village_cover").count(), 1);
  for (const char* id : {"c1", "c2", "v1"}) Add(Venue::E_STATION, "districts/wanzhou", id);
  EXPECT_EQ(City("estation_cover").count(), 3);
  EXPECT_EQ(City("estation_cover").total(), 4) << "communities and villages";
  EXPECT_THAT(Uncovered(Measured::kStationCover), ElementsAre("v2 E_STATION"));
  venues_.back()->retired = D("2026-01-01");
  EXPECT_THAT(Uncovered(Measured::kStationCover), ElementsAre("v1 E_STATION", "v2 E_STATION"));
}

TEST_F(VenueCoverage, TargetsAtTheirEdge) {
  const auto bases = [this](v1::BaseLevel level, int count) {
    for (int i = 0; i < count; ++i) Add(Venue::MUSEUM, "districts/wanzhou").level = level;
  };
  bases(v1::BASE_LEVEL_NATIONAL, 19);
  EXPECT_FALSE(Met("bases_national"));
  bases(v1::BASE_LEVEL_NATIONAL, 1);
  EXPECT_TRUE(Met("bases_national")) << "20 reach 20";
  bases(v1::BASE_LEVEL_MUNICIPAL, 180);
  EXPECT_EQ(City("bases_municipal").count(), 200) << "a national base was a municipal one";
  EXPECT_FALSE(Met("bases_municipal")) << "200 do not break through 200";
  bases(v1::BASE_LEVEL_MUNICIPAL, 1);
  EXPECT_TRUE(Met("bases_municipal"));
  EXPECT_EQ(City("bases_district").count(), 201);
  bases(v1::BASE_LEVEL_REVOKED, 1);
  EXPECT_EQ(City("bases_district").count(), 201);
  EXPECT_EQ(Count().rows(0).bases_size(), 2);

  Add(Venue::COMMUNITY_ROOM, "districts/wanzhou");
  EXPECT_EQ(City("comm_rooms").count(), 0) << "below the standard";
  venues_.back()->standard = true;
  EXPECT_EQ(City("comm_rooms").count(), 1);
  for (const Venue::Kind kind :
       {Venue::ENTERPRISE, Venue::READING_ROOM, Venue::SCREEN, Venue::SCHOOL_ACTIVITY_ROOM})
    Add(kind, "districts/wanzhou");
  for (const char* code : {"enterprise_halls", "qiming_rooms", "science_windows", "regional_rooms"})
    EXPECT_EQ(City(code).count(), 1) << code;
  routes_ = {{"districts/wanzhou", v1::Route::ENTERPRISE}, {"districts/wanzhou", v1::Route::TOURISM}};
  EXPECT_EQ(City("enterprise_routes").count(), 1);
  EXPECT_EQ(City("tourism_products").count(), 1);
  registers_.marks["districts/jiangbei"] = {100, 99};
  EXPECT_TRUE(Met("inquiry_schools"));
  EXPECT_FALSE(Met("feature_schools"));

  registers_.communities.clear();
  for (int i = 0; i < 10; ++i) {
    AddCommunity(absl::StrCat("x", i), "districts/wanzhou", false);
    if (i == 9) break;  // one is left without
    Add(Venue::COMMUNITY_ROOM, "districts/wanzhou", absl::StrCat("x", i));
    Add(Venue::GALLERY, "districts/wanzhou", absl::StrCat("x", i));
  }
  EXPECT_EQ(City("comm_cover").percent(), 90);
  EXPECT_TRUE(Met("comm_cover")) << "9 of 10 are 90%";
  AddCommunity("one-more", "districts/wanzhou", false);
  EXPECT_FALSE(Met("comm_cover"));
}

TEST_F(VenueCoverage, TitlesInForceAndNewVehiclesAreCounted) {
  v1::Title title;
  title.set_district("districts/jiangbei");
  title.set_state(v1::Title::NAMED);
  const auto add = [&](v1::Title::Kind kind, v1::TitleLevel level) {
    title.set_kind(kind);
    title.set_level(level);
    if (const auto thing = CountedOf(title)) things_.push_back(*thing);
  };
  add(v1::Title::DEMONSTRATION_COMMUNITY, v1::TITLE_LEVEL_NATIONAL);
  add(v1::Title::DEMONSTRATION_COMMUNITY, v1::TITLE_LEVEL_MUNICIPAL);
  add(v1::Title::DEMONSTRATION_COMMUNITY, v1::TITLE_LEVEL_DISTRICT);
  add(v1::Title::DEMONSTRATION_PROJECT, v1::TITLE_LEVEL_MUNICIPAL);
  add(v1::Title::CONTENT_CREATION_BASE, v1::TITLE_LEVEL_MUNICIPAL);
  add(v1::Title::TALENT_TRAINING_BASE, v1::TITLE_LEVEL_MUNICIPAL);
  add(v1::Title::SCIENCE_BASE, v1::TITLE_LEVEL_MUNICIPAL);
  title.set_state(v1::Title::REVOKED);
  add(v1::Title::TALENT_TRAINING_BASE, v1::TITLE_LEVEL_MUNICIPAL);
  title.set_state(v1::Title::RECTIFYING);
  add(v1::Title::TALENT_TRAINING_BASE, v1::TITLE_LEVEL_MUNICIPAL);
  EXPECT_EQ(City("demo_comm_national").count(), 1);
  EXPECT_EQ(City("demo_comm_municipal").count(), 1);
  EXPECT_EQ(City("demo_2020").count(), 1);
  EXPECT_EQ(City("content_bases").count(), 1);
  EXPECT_EQ(City("training_bases").count(), 2) << "one that is to be put right is in force";
  v1::Caravan caravan;
  caravan.set_district("districts/wanzhou");
  caravan.set_kind(v1::Caravan::CARAVAN);
  caravan.set_state(v1::Caravan::ACTIVE);
  caravan.mutable_commissioning_date()->set_year(2015);
  EXPECT_FALSE(CountedOf(caravan)) << "before the plan";
  caravan.mutable_commissioning_date()->set_year(2016);
  things_.push_back(*CountedOf(caravan));
  EXPECT_EQ(City("caravans_added", false).count(), 1) << "no register is needed";
  caravan.set_state(v1::Caravan::RETIRED);
  EXPECT_FALSE(CountedOf(caravan));
  caravan.set_state(v1::Caravan::ACTIVE);
  caravan.set_kind(v1::Caravan::MOBILE_MUSEUM);
  EXPECT_FALSE(CountedOf(caravan));
}

TEST_F(VenueCoverage, WithoutRegistersThereAreNoZeros) {
  Add(Venue::MUSEUM, "districts/jiangbei");
  Add(Venue::SCREEN, "districts/wanzhou");
  for (const char* code : {"district_venue_cover", "comm_cover", "village_cover", "estation_cover",
                           "inquiry_schools", "feature_schools"})
    EXPECT_TRUE(City(code, false).unavailable()) << code;
  for (const char* code : {"science_windows", "bases_national", "comm_rooms"})
    EXPECT_FALSE(City(code, false).unavailable()) << code;
  EXPECT_EQ(City("science_windows", false).count(), 1);
  const v1::GetCoverageResponse response = Count(false);
  ASSERT_EQ(response.rows_size(), 3) << "the city and the districts that venues name";
  EXPECT_EQ(response.rows(1).district(), "districts/jiangbei");
  EXPECT_EQ(response.rows(1).region(), "");
}

TEST_F(VenueCoverage, RandomNetworksAgreeWithAPlainReckoning) {
  std::mt19937 random(5);
  for (int round = 0; round < 30; ++round) {
    registers_.communities.clear();
    venues_.clear();
    const int communities = 1 + static_cast<int>(random() % 20);
    for (int i = 0; i < communities; ++i)
      AddCommunity(absl::StrCat("c", i), random() % 2 == 0 ? "districts/jiangbei" : "districts/wanzhou",
                   random() % 2 == 0);
    std::map<std::string, std::set<Venue::Kind>> has;
    for (int i = 0; i < 60; ++i) {
      static constexpr Venue::Kind kKinds[] = {
          Venue::COMMUNITY_ROOM,  Venue::COMMUNITY_SCHOOL, Venue::GALLERY, Venue::E_STATION,
          Venue::SERVICE_STATION, Venue::NOTICE_BOARD,     Venue::MUSEUM};
      const std::string id = absl::StrCat("c", random() % 25);
      CountedVenue& venue = Add(kKinds[random() % 7], "districts/wanzhou", id);
      if (random() % 5 == 0) venue.retired = D("2026-03-02") - static_cast<int>(random() % 3) + 1;
      if (!venue.retired || *venue.retired > D("2026-03-02")) has[id].insert(venue.kind);
    }
    std::map<std::string, int> covered, total;
    for (const auto& community : registers_.communities) {
      const std::set<Venue::Kind>& kinds = has[std::string(IdOf(community.name))];
      const bool station = kinds.contains(Venue::E_STATION);
      const bool room = kinds.contains(Venue::COMMUNITY_ROOM) || kinds.contains(Venue::COMMUNITY_SCHOOL);
      const bool urban = room && kinds.contains(Venue::GALLERY);
      const bool village = kinds.contains(Venue::SERVICE_STATION) && kinds.contains(Venue::NOTICE_BOARD);
      covered["estation_cover"] += station;
      ++total["estation_cover"];
      covered[community.village ? "village_cover" : "comm_cover"] += community.village ? village : urban;
      ++total[community.village ? "village_cover" : "comm_cover"];
    }
    for (const auto& [code, what] : {std::pair("estation_cover", Measured::kStationCover),
                                     std::pair("village_cover", Measured::kVillageCover),
                                     std::pair("comm_cover", Measured::kCommunityCover)}) {
      EXPECT_EQ(City(code).count(), covered[code]) << code;
      EXPECT_EQ(City(code).total(), total[code]) << code;
      EXPECT_EQ(Uncovered(what).size(), static_cast<size_t>(total[code] - covered[code])) << code;
      int regions = 0;
      const v1::GetCoverageResponse response = Count();
      for (const auto& row : response.rows())
        if (row.district().empty() && !row.region().empty())
          for (const auto& measure : row.measures())
            if (measure.indicator() == code) regions += measure.count();
      EXPECT_EQ(regions, covered[code]) << "the regions add up";
    }
  }
}

}  // namespace
}  // namespace kepu::venue
