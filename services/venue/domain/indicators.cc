#include "services/venue/domain/indicators.h"

namespace kepu::venue {
namespace {

using v1::Indicator;
constexpr auto kAtLeast = Indicator::AT_LEAST;
constexpr auto kMoreThan = Indicator::MORE_THAN;
constexpr auto kCount = Indicator::COUNT;
constexpr auto kPercent = Indicator::PERCENT;

// Section 2 of the domain table. 达到 and 以上 are at least; 突破 and 超过 are more than.
// clang-format off
constexpr std::array<IndicatorRow, kMeasured> kRows = {{
    {Measured::kNationalBases, "bases_national", "I03", "全国科普教育基地", "National bases", kAtLeast, 20, kCount, "A8, B3", "R070", Rests::kOnVenues, false, false},
    {Measured::kMunicipalBases, "bases_municipal", "I04", "市级科普基地", "Municipal bases", kMoreThan, 200, kCount, "A8, B2, B3", "R070", Rests::kOnVenues, false, false},
    {Measured::kDistrictBases, "bases_district", "I05", "区县级科普基地", "District bases", kMoreThan, 1000, kCount, "A8, B3", "R070", Rests::kOnVenues, false, false},
    {Measured::kDistrictsWithVenue, "district_venue_cover", "I06", "每个区县至少1个科普场馆", "Districts with at least one venue", kAtLeast, 100, kPercent, "B4.4.1", "R027, R032", Rests::kOnRegister, false, true},
    {Measured::kCaravans, "caravans_added", "I07", "新增(更换)科普大篷车", "Caravans added or replaced since 2016", kAtLeast, 10, kCount, "A8", "R034", Rests::kOnVenues, false, false},
    {Measured::kEnterpriseHalls, "enterprise_halls", "I08", "企业科技体验馆", "Enterprise experience halls", kAtLeast, 10, kCount, "A8, B4.2.3", "R039", Rests::kOnVenues, false, false},
    {Measured::kEnterpriseRoutes, "enterprise_routes", "I09", "企业产品科普化旅游线路", "Enterprise science routes", kAtLeast, 10, kCount, "A8, B4.2.3", "R040", Rests::kOnVenues, false, false},
    {Measured::kTourismProducts, "tourism_products", "I10", "科技旅游产品", "Science tourism products", kAtLeast, 10, kCount, "B4.4.3", "R041", Rests::kOnVenues, false, false},
    {Measured::kNationalCommunities, "demo_comm_national", "I11", "全国科普示范社区", "National demonstration communities", kAtLeast, 135, kCount, "A6", "R077", Rests::kOnVenues, false, false},
    {Measured::kMunicipalCommunities, "demo_comm_municipal", "I12", "重庆市科普示范社区", "Municipal demonstration communities", kAtLeast, 400, kCount, "A6", "R077", Rests::kOnVenues, false, false},
    {Measured::kCommunityRooms, "comm_rooms", "I13", "规范型社区科普活动室", "Standard community rooms", kAtLeast, 500, kCount, "B3, B4.4.2", "R047", Rests::kOnVenues, false, false},
    {Measured::kCommunityCover, "comm_cover", "I14", "城市社区建有活动室(或学校)和画廊", "Urban communities with room-or-school and gallery", kAtLeast, 90, kPercent, "A6, B4.4.2", "R047, R048", Rests::kOnRegister, false, true},
    {Measured::kVillageCover, "village_cover", "I15", "行政村“一站一栏一员”", "Villages with station, board and officer", kAtLeast, 60, kPercent, "A6, B4.4.2", "R049, R053", Rests::kOnRegister, true, true},
    {Measured::kStationCover, "estation_cover", "I16", "乡村e站、社区e站", "Village and community e-stations", kAtLeast, 100, kPercent, "A6", "R050", Rests::kOnRegister, false, true},
    {Measured::kReadingRooms, "qiming_rooms", "I17", "启明书屋", "Qiming reading rooms", kAtLeast, 100, kCount, "B3, B4.4.2", "R051", Rests::kOnVenues, false, false},
    {Measured::kScreens, "science_windows", "I18", "“科普之窗”平台", "Science Window screens", kAtLeast, 300, kCount, "B4.4.3", "R052", Rests::kOnVenues, false, false},
    {Measured::kDemonstrationProjects, "demo_2020", "I19", "“2020”科普示范工程", "\"2020\" demonstration projects", kAtLeast, 20, kCount, "B3", "R076", Rests::kOnVenues, false, false},
    {Measured::kContentBases, "content_bases", "I20", "科普内容创制基地", "Content-creation bases (3 to 5)", kAtLeast, 3, kCount, "B3", "R064", Rests::kOnVenues, false, false},
    {Measured::kInquirySchools, "inquiry_schools", "I21", "推广科学探究活动中心的中小学", "Schools with inquiry centres", kAtLeast, 100, kCount, "B3", "R058", Rests::kOnRegister, false, false},
    {Measured::kFeatureSchools, "feature_schools", "I22", "科技教育特色学校", "Feature schools", kAtLeast, 100, kCount, "B4.1.1", "R059", Rests::kOnRegister, false, false},
    {Measured::kRegionalRooms, "regional_rooms", "I23", "区域性中小学科技活动室", "Regional school rooms", kAtLeast, 50, kCount, "B4.1.1", "R057", Rests::kOnVenues, false, false},
    {Measured::kTrainingBases, "training_bases", "I32", "科普人才实训基地", "Talent training bases", kAtLeast, 20, kCount, "A10, B4.4.4", "R065", Rests::kOnVenues, false, false},
}};
// clang-format on

}  // namespace

const std::array<IndicatorRow, kMeasured>& Indicators() { return kRows; }

const IndicatorRow* FindIndicator(absl::string_view code) {
  for (const IndicatorRow& row : kRows)
    if (code == row.code) return &row;
  return nullptr;
}

}  // namespace kepu::venue
