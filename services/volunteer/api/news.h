// What volunteers are told: a table of kinds of facts and the notices that follow from each. A new kind of
// fact is one more row. Pure functions on values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

// One notice to one person. Parameters are ids, numbers and times, never personal.
struct News {
  std::string person;
  // "SHIFT_MOVED": put into words by the reader's language.
  const char* kind = "";
  // The resource it is about.
  std::string about;
  std::vector<std::pair<std::string, std::string>> params;
  // With person, kind and about it tells this notice from every other: told again it is the same.
  std::string number;
};

// From a fact of a shift, whose head is as it is after it.
std::vector<News> NewsOf(const domain::record::ShiftHead& head, const domain::record::Fact& fact);
// From a fact of a person.
std::vector<News> NewsOf(const domain::record::PersonHead& head, const domain::record::Fact& fact);
// From a sign-up as it lies in the store when the service starts: what happened since then, and may not have
// been told by the process that ended. The same notices as those of the facts.
std::vector<News> NewsIn(const domain::record::ShiftHead& head, const std::string& person,
                         const domain::record::SignupRecord& signup, absl::Time since);
// The same from a person, and from the offers that a wait list has out.
std::vector<News> NewsIn(const domain::record::PersonHead& head, absl::Time since);
std::vector<News> NewsIn(const domain::record::ShiftHead& head, const domain::record::WaitList& list,
                         absl::Time now);

}  // namespace kepu::volunteer
