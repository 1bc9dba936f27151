#include "services/event/store/document_kinds.h"

#include "kepu/event/v1/evaluation.pb.h"
#include "libs/calendar/timestamps.h"
#include "services/event/domain/campaign.h"
#include "services/event/domain/responsibility.h"
#include "services/event/domain/school_offer.h"

namespace kepu::event {
namespace {

using document::Listed;

template <class Resource>
std::string CreationOrder(const Resource& one) {
  return document::TimeOrder(calendar::MicrosOf(one.create_time()));
}

// The programme of a course.
std::string ParentOf(const v1::Course& course) {
  return course.name().substr(0, course.name().find("/courses/"));
}

}  // namespace

const std::vector<document::Kind>& DocumentKinds() {
  static const auto& kinds = *new std::vector<document::Kind>{
      Listed<v1::Responsibility>(domain::OrderOf,
                                 [](const v1::Responsibility& row) -> std::vector<std::string> {
                                   return {row.task(), row.unit()};
                                 }),
      Listed<v1::Campaign>(domain::OrderOf),
      Listed<v1::SchoolContract>(domain::OrderOf,
                                 [](const v1::SchoolContract& contract) -> std::vector<std::string> {
                                   return {contract.school(), contract.place()};
                                 }),
      Listed<v1::Event>(CreationOrder,
                        [](const v1::Event& event) -> std::vector<std::string> {
                          return {event.place(), event.campaign(), event.annual_theme(), event.district(),
                                  event.lead_unit()};
                        }),
      Listed<v1::Programme>(
          CreationOrder,
          [](const v1::Programme& programme) -> std::vector<std::string> { return {programme.place()}; }),
      Listed<v1::Evaluation>(+[](const v1::Evaluation& evaluation) { return evaluation.event(); }),
      Listed<v1::Course>(
          domain::OrderOf,
          [](const v1::Course& course) -> std::vector<std::string> { return {ParentOf(course)}; }),
  };
  return kinds;
}

}  // namespace kepu::event
