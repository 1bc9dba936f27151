// What must be true after a storm, asked of the services through the gateway and read in the store:
// everything that was granted is there, nothing is that nobody asked for, nothing is taken twice, and no step
// of a reservation is left over. Used on one thread, when the storm is over.
#pragma once

#include <string>
#include <vector>

#include "tests/chaos/town.h"
#include "tests/chaos/townsfolk.h"

namespace kepu::chaos {

// Claims that are only tried, and records with somebody left to tell, in words; what must be empty soon after
// all is well again. `looked_at`: how many claims there are.
std::vector<std::string> Unsettled(support::PrivateRedis& redis, size_t* looked_at);

// One line for each thing that is wrong.
std::vector<std::string> CheckTown(Town& town, const Offer& offer, const std::vector<Wish>& ledger);

}  // namespace kepu::chaos
