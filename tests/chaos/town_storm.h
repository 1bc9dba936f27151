// The storm over a whole town: people book, bring classes, sign up, schedule and register through the gateway
// while its processes are killed; then everything is compared. Owned by main.
#pragma once

#include <cstdint>
#include <string>

namespace kepu::chaos {

// 0 when all is as it must be; says what is not.
int RunTownStorm(const std::string& programs, int cycles, uint64_t seed);

}  // namespace kepu::chaos
