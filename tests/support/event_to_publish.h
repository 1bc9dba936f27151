// An event that has all that it takes to be published, for tests that need one and do not care which. Pure.
#pragma once

#include <string>

#include "kepu/event/v1/event.pb.h"

namespace kepu::event {

// A request that makes and publishes it at once; the caller gives id and request id.
inline v1::CreateEventRequest EventToPublish(const std::string& title, v1::Event::Kind kind,
                                             const std::string& place = "") {
  v1::CreateEventRequest request;
  request.set_publish(true);
  v1::Event& event = *request.mutable_event();
  event.mutable_display_name()->set_zh(title);
  event.set_kind(kind);
  event.set_place(place);
  event.set_form(v1::EVENT_FORM_LECTURE);
  event.set_subject(v1::SUBJECT_NATURAL);
  event.add_themes(v1::THEME_INNOVATION);
  event.add_target_groups(v1::TARGET_GROUP_MINORS);
  event.add_topics("astronomy");
  event.set_district("districts/yubei");
  event.set_lead_unit("organizations/science-association");
  return request;
}

}  // namespace kepu::event
