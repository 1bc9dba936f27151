#include "libs/travel/regions.h"

#include <algorithm>
#include <array>

namespace kepu::travel {
namespace {

constexpr std::array<absl::string_view, 10> kMainUrban = {
    "districts/banan",     "districts/beibei",     "districts/dadukou", "districts/jiangbei",
    "districts/jiulongpo", "districts/liangjiang", "districts/nanan",   "districts/shapingba",
    "districts/yubei",     "districts/yuzhong"};
constexpr std::array<absl::string_view, 11> kNorthEast = {
    "districts/chengkou", "districts/dianjiang", "districts/fengdu",  "districts/fengjie",
    "districts/kaizhou",  "districts/liangping", "districts/wanzhou", "districts/wushan",
    "districts/wuxi",     "districts/yunyang",   "districts/zhong"};
constexpr std::array<absl::string_view, 6> kSouthEast = {"districts/pengshui", "districts/qianjiang",
                                                         "districts/shizhu",   "districts/wulong",
                                                         "districts/xiushan",  "districts/youyang"};

template <class List>
bool Holds(const List& list, absl::string_view district) {
  return std::find(list.begin(), list.end(), district) != list.end();
}

}  // namespace

Region RegionOf(absl::string_view district) {
  if (Holds(kMainUrban, district)) return Region::kMainUrban;
  if (Holds(kNorthEast, district)) return Region::kNorthEast;
  return Holds(kSouthEast, district) ? Region::kSouthEast : Region::kOther;
}

}  // namespace kepu::travel
