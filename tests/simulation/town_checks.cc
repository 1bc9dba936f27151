// What must be true of a town when it has healed: every claim stands for something, and everything that was
// confirmed has its claims.
#include <algorithm>

#include "absl/strings/match.h"
#include "libs/reservation/claim.h"
#include "services/event/domain/invariants.h"
#include "services/event/domain/visit_day.h"
#include "services/event/store/schema.h"
#include "services/venue/domain/state.h"
#include "tests/simulation/stored.h"
#include "tests/simulation/town.h"

namespace kepu::simulation {

std::map<std::string, bool> Town::ClaimsOfSchools(std::vector<std::string>* problems) {
  std::map<std::string, bool> claims;
  ForEachStored(event_.data, [&](const std::string& key, const store::Loaded& loaded) {
    if (event::SchoolIdOf(key).empty()) return;
    const auto school = Parse<event::domain::School>(key, loaded, problems);
    const absl::Status status = event::domain::CheckInvariants(school, options_.event.school);
    if (!status.ok()) problems->push_back(std::string(status.message()));
    for (const auto& [field, child] : school.children()) {
      if (!child || !child->has_claim()) continue;
      const reservation::v1::Claim& claim = child->claim().claim();
      if (reservation::IsLive(claim))
        claims[claim.claim_id()] = claim.state() == reservation::v1::Claim::CONFIRMED;
    }
  });
  return claims;
}

std::map<std::string, bool> Town::ClaimsOfVenues() {
  std::map<std::string, bool> claims;
  ForEachStored(venue_.data, [&](const std::string&, const store::Loaded& loaded) {
    for (const auto& [field, bytes] : loaded.children) {
      venue::log::v1::VenueChild child;
      if (field.substr(0, 2) != "c/" || !child.ParseFromString(*bytes)) continue;
      if (reservation::IsLive(child.claim()))
        claims[child.claim().claim_id()] = child.claim().state() == reservation::v1::Claim::CONFIRMED;
    }
  });
  return claims;
}

std::map<std::string, bool> Town::ClaimsOfSessions() {
  std::map<std::string, bool> claims;
  ForEachStored(event_.data, [&](const std::string& key, const store::Loaded& loaded) {
    if (event::SessionIdOf(key).empty()) return;
    for (const auto& [field, bytes] : loaded.children) {
      event::domain::record::SessionChild child;
      if (field.substr(0, 2) != "c/" || !child.ParseFromString(*bytes)) continue;
      const reservation::v1::Claim& claim = child.claim().claim();
      if (reservation::IsLive(claim))
        claims[claim.claim_id()] = claim.state() == reservation::v1::Claim::CONFIRMED;
    }
  });
  return claims;
}

size_t Town::SchoolClaims() {
  std::vector<std::string> problems;
  return ClaimsOfSchools(&problems).size();
}
std::vector<std::string> Town::EventFields(const std::vector<std::string>& prefixes) const {
  std::vector<std::string> fields;
  ForEachStored(event_.data, [&](const std::string&, const store::Loaded& loaded) {
    for (const auto& [field, bytes] : loaded.children) {
      const bool wanted = std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
        return absl::StartsWith(field, prefix);
      });
      if (wanted) fields.push_back(field);
    }
  });
  return fields;
}

size_t Town::HallClaims() { return ClaimsOfVenues().size(); }

std::vector<std::string> Town::Problems() {
  std::vector<std::string> problems;
  CheckFold(event_.data, event::EventSchema(options_.event.rules), executor, clock, &problems);
  CheckFold(venue_.data, venue::SchemaOfVenues(), executor, clock, &problems);
  std::map<std::string, bool> claims = ClaimsOfSchools(&problems);
  claims.merge(ClaimsOfVenues());
  claims.merge(ClaimsOfSessions());
  for (const auto& [id, confirmed] : claims) {
    if (!confirmed) problems.push_back(absl::StrCat("claim ", id, " is only tried"));
  }
  std::set<std::string> reserved;
  ForEachStored(event_.data, [&](const std::string& key, const store::Loaded& loaded) {
    if (event::SessionIdOf(key).empty()) return;
    const auto session = Parse<event::domain::Session>(key, loaded, &problems);
    const absl::Status status = event::domain::CheckInvariants(session);
    if (!status.ok()) problems.push_back(std::string(status.message()));
    for (const auto& [field, child] : session.children()) {
      if (!child || !child->has_reservation()) continue;
      const reservation::v1::Reservation& record = child->reservation();
      // Without pushing, claims ask; only a release has to be told.
      if (!record.untold().empty() && (options_.push || record.given_back()))
        problems.push_back(absl::StrCat(field, " has claims to tell"));
      if (record.state() != reservation::v1::Reservation::CONFIRMED || record.given_back()) continue;
      for (const auto& claim : record.claims()) reserved.insert(claim.claim_id());
    }
  });
  ForEachStored(event_.data, [&](const std::string& key, const store::Loaded& loaded) {
    if (event::VisitDayIdOf(key).empty()) return;
    const auto visit = Parse<event::domain::VisitDay>(key, loaded, &problems);
    const absl::Status status = event::domain::CheckInvariants(visit);
    if (!status.ok()) problems.push_back(std::string(status.message()));
    for (const auto& [field, child] : visit.children()) {
      if (!child || !child->has_reservation()) continue;
      const reservation::v1::Reservation& record = child->reservation();
      if (!record.untold().empty() && (options_.push || record.given_back()))
        problems.push_back(absl::StrCat(field, " has claims to tell"));
      if (record.state() != reservation::v1::Reservation::CONFIRMED || record.given_back()) continue;
      for (const auto& claim : record.claims()) reserved.insert(claim.claim_id());
    }
  });
  for (const auto& [id, confirmed] : claims) {
    if (!reserved.contains(id)) problems.push_back(absl::StrCat("claim ", id, " is for nothing"));
  }
  for (const std::string& id : reserved) {
    if (!claims.contains(id)) problems.push_back(absl::StrCat("claim ", id, " is not held"));
  }
  return problems;
}

}  // namespace kepu::simulation
