#include "services/volunteer/store/duty_book.h"

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/claim.h"
#include "services/volunteer/store/read_model.h"

namespace kepu::volunteer {

std::string DutyBook::NameOf(const std::string& person, const std::string& claim) {
  return absl::StrCat("volunteers/", person, "/duties/c", claim);
}

std::string DutyBook::ClaimOf(const std::string& id) {
  return !id.empty() && id[0] == 'c' ? id.substr(1) : "";
}

void DutyBook::See(const std::string& person, const reservation::v1::Claim& claim) {
  const std::string name = NameOf(person, claim.claim_id());
  if (!reservation::IsLive(claim)) return duties_.Remove(name);
  v1::DutyEntry duty;
  duty.set_name(name);
  duty.set_kind(claim.demand().kind());
  duty.set_purpose(claim.demand().purpose());
  duty.set_place(claim.demand().place());
  *duty.mutable_start_time() = claim.demand().start_time();
  *duty.mutable_end_time() = claim.demand().end_time();
  duty.set_held(claim.state() == reservation::v1::Claim::TRIED);
  duties_.Put(name, duty, {absl::StrCat("volunteers/", person)},
              TimeKey(calendar::MicrosOf(claim.demand().start_time())));
}

void DutyBook::Fold(const std::string& person, const reservation::v1::ClaimFact& fact) {
  if (fact.has_tried()) return See(person, fact.tried());
  const std::string name = NameOf(person, fact.claim_id());
  if (!fact.has_confirmed()) return duties_.Remove(name);
  v1::DutyEntry duty;
  auto bytes = duties_.Get(name);
  if (bytes == nullptr || !duty.ParseFromString(*bytes)) return;
  duty.set_held(false);
  duties_.Put(name, duty, {absl::StrCat("volunteers/", person)},
              TimeKey(calendar::MicrosOf(duty.start_time())));
}

}  // namespace kepu::volunteer
