// Makes what is measured: many things by one method, by a member of the city's staff. Aborts when one fails.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/bench/loads.h"

namespace kepu::bench {

inline constexpr char kStaff[] = "users/staff;city_admin@city";

// `count` things, the numbers in any order.
void Fill(const std::string& address, const std::string& method, uint64_t count,
          const std::function<Request(uint64_t number)>& make);

}  // namespace kepu::bench
