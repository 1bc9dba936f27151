#include "services/volunteer/api/unavailable.h"

#include "absl/strings/str_cat.h"
#include "services/volunteer/api/documents_together.h"
#include "services/volunteer/store/duty_book.h"

namespace kepu::volunteer {

std::string UnavailabilityName(absl::string_view duty) {
  return absl::StrCat("unavailabilities/", duty.substr(duty.rfind('/') + 1));
}

v1::Unavailability UnavailabilityOf(const std::string& person, const reservation::v1::Claim& claim) {
  const reservation::v1::Demand& demand = claim.demand();
  v1::Unavailability report;
  report.set_volunteer(absl::StrCat("volunteers/", person));
  v1::DutyEntry& duty = *report.mutable_duty();
  duty.set_name(DutyBook::NameOf(person, claim.claim_id()));
  duty.set_kind(demand.kind());
  duty.set_purpose(demand.purpose());
  duty.set_place(demand.place());
  *duty.mutable_start_time() = demand.start_time();
  *duty.mutable_end_time() = demand.end_time();
  duty.set_unavailable(true);
  return report;
}

reservation::Place PlaceOfReport(const v1::Unavailability& report) {
  const std::string name = UnavailabilityName(report.duty().name());
  return {document::PartitionOf(name), domain::DocumentKey(name)};
}

absl::Status EmitReport(store::View& view, const v1::Unavailability& report, absl::Time now) {
  const std::string name = UnavailabilityName(report.duty().name());
  const auto before = DocumentAt<v1::Unavailability>(view, name);
  if (!before.ok()) return before.status();
  return before->has_value() ? absl::OkStatus() : PutDocument(view, name, *before, report, now);
}

}  // namespace kepu::volunteer
