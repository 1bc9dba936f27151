#include "services/event/store/visit_book.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/keeping.h"

namespace kepu::event {

void VisitBook::Load(const reservation::Place& place, const store::Loaded& loaded, const SeeRecord& see) {
  domain::VisitDay& visit = visits_[place.key] = domain::VisitDay();
  visit.set_complete(true);
  visit.ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children) {
    visit.ParseChild(field, bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
  }
  for (const auto& [field, child] : visit.children()) {
    if (child && child->has_reservation() && see) see(place, child->reservation());
  }
  Show(visit);
}

void VisitBook::Fold(const reservation::Place& place, const ::kepu::log::v1::AggregateFacts& facts,
                     const SeeFact& see) {
  domain::VisitDay& visit = visits_[place.key];
  visit.set_complete(true);
  domain::record::Fact fact;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    // What cannot be folded is the verifier's to find; the book shows what came before it.
    if (!fact.ParseFromString(logged.body()) || !domain::Apply(visit, fact).ok() || !see) continue;
    if (fact.has_reservation_changed()) see(place, fact.reservation_changed().fact());
    if (!fact.has_ends_forgotten()) continue;
    for (const auto& record : reservation::ForgottenRecords(fact.ends_forgotten())) see(place, record);
  }
  Show(visit);
}

void VisitBook::Show(const domain::VisitDay& visit) {
  const domain::record::VisitDayHead& head = visit.head();
  // One that only remembers a reservation that came to nothing is no visit day.
  if (head.id().empty()) return;
  v1::VisitDay resource;
  ToResource(visit, &resource);
  std::vector<std::string> scopes(head.venues().begin(), head.venues().end());
  scopes.push_back(head.school());
  days_.Put(resource.name(), resource, std::move(scopes),
            absl::StrCat(absl::Dec(head.day(), absl::kZeroPad6)));
}

void ToResource(const domain::VisitDay& visit, v1::VisitDay* resource) {
  const domain::record::VisitDayHead& head = visit.head();
  if (auto wishes = domain::FindWishes(visit); wishes.ok() && *wishes != nullptr)
    *resource = (*wishes)->given();
  resource->set_name(domain::VisitDayName(head));
  resource->set_state(head.state());
  resource->set_cancel_reason(head.cancel_reason());
  resource->set_booker(head.booker());
  if (auto plan = domain::FindPlan(visit); plan.ok() && *plan != nullptr)
    *resource->mutable_rows() = (*plan)->rows();
  calendar::SetMicros(head.create_us(), resource->mutable_create_time());
  calendar::SetMicros(head.update_us(), resource->mutable_update_time());
  resource->set_etag(absl::StrCat(absl::Hex(head.revision())));
}

}  // namespace kepu::event
