#include "services/event/api/allotments.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"

namespace kepu::event {
namespace {

bool IsBeneficiary(absl::string_view name) {
  if (names::Parse("", "schools/*", name).ok() || names::Parse("", "districts/*", name).ok()) return true;
  identity::v1::School::Trait trait{};
  if (absl::ConsumePrefix(&name, "traits/"))
    return identity::v1::School::Trait_Parse(std::string(name), &trait) && trait != 0;
  identity::v1::School::Stage stage{};
  return absl::ConsumePrefix(&name, "stages/") &&
         identity::v1::School::Stage_Parse(std::string(name), &stage) && stage != 0;
}

}  // namespace

std::vector<log::v1::AllotmentHead> AllotmentsOf(const v1::Session& session, refusal::FieldErrors* errors) {
  std::vector<log::v1::AllotmentHead> heads;
  for (int i = 0; i < session.allotments_size(); ++i) {
    const v1::Allotment& allotment = session.allotments(i);
    log::v1::AllotmentHead& head = heads.emplace_back();
    head.set_id(allotment.id());
    const auto pool = std::find_if(session.pools().begin(), session.pools().end(),
                                   [&](const v1::Pool& one) { return one.id() == allotment.pool(); });
    head.set_pool(pool == session.pools().end() ? -1 : static_cast<int>(pool - session.pools().begin()));
    head.set_places(allotment.places());
    *head.mutable_beneficiaries() = allotment.beneficiaries();
    head.set_release_us(calendar::MicrosOf(allotment.release_time()));
    head.set_released(allotment.released());
    for (int b = 0; b < allotment.beneficiaries_size(); ++b) {
      if (IsBeneficiary(allotment.beneficiaries(b))) continue;
      errors->Add(absl::StrCat("session.allotments[", i, "].beneficiaries[", b, "]"),
                  "must be schools/*, districts/*, or like \"traits/RURAL\" and \"stages/SPECIAL\"");
    }
  }
  return heads;
}

}  // namespace kepu::event
