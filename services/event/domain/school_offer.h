// The rules of courses and of contracts with schools. Pure functions on the messages; thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kepu/event/v1/school_offer.pb.h"

namespace kepu::event::domain {

// Fills in what defaults; refuses what is wrong, also against the programme that it is a lesson of.
absl::Status MakeCourse(v1::Course& course, const v1::Programme& programme);
bool ServesGrade(const v1::Course& course, absl::string_view grade);
// Subject, first grade.
std::string OrderOf(const v1::Course& course);

absl::Status MakeContract(v1::SchoolContract& contract);
// Of a contract as an update would leave it: only until the school has agreed.
absl::Status CheckUpdatedContract(const v1::SchoolContract& contract);
absl::Status AgreeContract(v1::SchoolContract& contract, absl::Time now);
absl::Status EndContract(v1::SchoolContract& contract, absl::string_view reason, absl::Time now);
// Newest term first.
std::string OrderOf(const v1::SchoolContract& contract);

}  // namespace kepu::event::domain
