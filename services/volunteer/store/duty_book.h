// What people's time is claimed for, of whatever kind: their duties, each as ready bytes. Fed with every
// claim on a person; changed on the executor, read from any thread. Some hundred bytes for each live claim.
#pragma once

#include <string>

#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/projection/catalogue.h"

namespace kepu::volunteer {

class DutyBook {
 public:
  // A claim as it lies in the store.
  void See(const std::string& person, const reservation::v1::Claim& claim);
  void Fold(const std::string& person, const reservation::v1::ClaimFact& fact);

  // Scopes: each volunteer's name. By start.
  const projection::Catalogue& duties() const { return duties_; }

  // "volunteers/*/duties/c*": by the claim, whose id may begin with a digit.
  static std::string NameOf(const std::string& person, const std::string& claim);
  // Of the last part of such a name; empty for another.
  static std::string ClaimOf(const std::string& id);

 private:
  projection::Catalogue duties_;
};

}  // namespace kepu::volunteer
