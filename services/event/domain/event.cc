#include "services/event/domain/event.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/fields.h"
#include "services/event/domain/other_year.h"

namespace kepu::event::domain {
namespace {

absl::Time StartOf(const v1::Event& event) { return calendar::FromProto(event.start_time()); }
absl::Time EndOf(const v1::Event& event) { return calendar::FromProto(event.end_time()); }

void CheckTimes(const v1::Event& event, refusal::FieldErrors* errors) {
  if (event.has_start_time() != event.has_end_time()) {
    errors->Add("event.end_time", "start_time and end_time are given both or not at all");
  } else if (EndOf(event) < StartOf(event)) {
    errors->Add("event.end_time", "must not be before start_time");
  }
}

void CheckMode(const v1::Event& event, refusal::FieldErrors* errors) {
  if (!v1::EventMode_IsValid(event.mode())) errors->Add("event.mode", "must be ONSITE, ONLINE or HYBRID");
  if (event.mode() == v1::EVENT_MODE_ONSITE && event.online_capacity() > 0)
    errors->Add("event.online_capacity", "is of no use ONSITE; make the mode HYBRID");
  if (event.mode() == v1::EVENT_MODE_ONLINE && event.onsite_capacity() > 0)
    errors->Add("event.onsite_capacity", "is of no use ONLINE; make the mode HYBRID");
  CheckHttps("event.online_url", event.online_url(), errors);
}

void CheckVocabulary(const v1::Event& event, refusal::FieldErrors* errors) {
  if (event.kind() == v1::Event::KIND_UNSPECIFIED || !v1::Event::Kind_IsValid(event.kind()))
    errors->Add("event.kind", "is not a kind of event");
  if (!v1::EventForm_IsValid(event.form())) errors->Add("event.form", "is not a form of events");
  if (!v1::Subject_IsValid(event.subject())) errors->Add("event.subject", "must be NATURAL, SOCIAL or BOTH");
  if (!v1::Interaction_IsValid(event.interaction()))
    errors->Add("event.interaction", "must be WATCHING, DIALOGUE, HANDS_ON or TAKING_PART");
  CheckChoices("event.themes", event.themes(), v1::Theme_IsValid, errors);
  CheckChoices("event.target_groups", event.target_groups(), v1::TargetGroup_IsValid, errors);
  CheckChoices("event.sub_groups", event.sub_groups(), v1::SubGroup_IsValid, errors);
  CheckIds("event.topics", event.topics(), errors);
}

absl::Status CheckEvent(const v1::Event& event) {
  refusal::FieldErrors errors;
  CheckText("event.display_name", event.display_name(), &errors);
  if (event.has_description()) CheckText("event.description", event.description(), &errors);
  if (event.has_safety_rules()) CheckText("event.safety_rules", event.safety_rules(), &errors);
  CheckVocabulary(event, &errors);
  CheckTimes(event, &errors);
  CheckMode(event, &errors);
  CheckName("event.district", "districts/*", event.district(), &errors);
  CheckName("event.lead_unit", "organizations/*", event.lead_unit(), &errors);
  CheckNames("event.participating_units", "organizations/*", event.participating_units(), &errors);
  CheckName("event.campaign", "campaigns/*", event.campaign(), &errors);
  CheckName("event.annual_theme", "campaigns/*", event.annual_theme(), &errors);
  if (!event.task().empty() && !names::IsGivenId(event.task())) errors.Add("event.task", kIdRule);
  CheckSponsors("event.sponsors", event.sponsors(), &errors);
  CheckTexts("event.grants", event.grants(), &errors);
  CheckTexts("event.project_numbers", event.project_numbers(), &errors);
  return errors.ToStatus();
}

// What the kind takes beyond what every event takes.
void AddMissingOfKind(const v1::Event& event, std::vector<std::string>* missing) {
  const bool dated = event.has_start_time();
  switch (event.kind()) {
    case v1::Event::CAMP:
      if (!dated || EndOf(event) - StartOf(event) <= kLongestSitting)
        missing->push_back("start_time and end_time more than a day apart");
      break;
    case v1::Event::OPEN_DAY:
      if (!dated) missing->push_back("start_time");
      if (!event.has_safety_rules()) missing->push_back("safety_rules");
      break;
    case v1::Event::PRESS_MEETUP:
      if (!dated) missing->push_back("start_time");
      break;
    case v1::Event::CARAVAN_STOP:
      if (!absl::StartsWith(event.place(), "caravans/")) missing->push_back("a caravan or its stop as place");
      break;
    default:
      break;
  }
  if (event.form() == v1::EVENT_FORM_ONLINE_INTERVIEW && event.mode() == v1::EVENT_MODE_ONSITE)
    missing->push_back("the mode ONLINE or HYBRID");
}

absl::Status CheckPublishable(const v1::Event& event) {
  const std::vector<std::string> missing = MissingToPublish(event);
  if (missing.empty()) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "NOT_PUBLISHABLE",
                         {{"name", event.name()}, {"missing", absl::StrJoin(missing, ", ")}});
}

void SetPublished(v1::Event& event, absl::Time now) {
  event.set_state(v1::Event::PUBLISHED);
  calendar::SetMicros(absl::ToUnixMicros(now), event.mutable_publish_time());
}

absl::Status IsRetired(const v1::Event& event) {
  return refusal::Refuse(refusal::kNo, "WRONG_STATE", {{"name", event.name()}, {"state", "RETIRED"}});
}

}  // namespace

std::vector<std::string> MissingToPublish(const v1::Event& event) {
  std::vector<std::string> missing;
  if (event.themes().empty()) missing.push_back("themes");
  if (event.target_groups().empty()) missing.push_back("target_groups");
  if (event.subject() == v1::SUBJECT_UNSPECIFIED) missing.push_back("subject");
  if (event.form() == v1::EVENT_FORM_UNSPECIFIED) missing.push_back("form");
  if (event.topics().empty()) missing.push_back("topics");
  if (event.district().empty()) missing.push_back("district");
  if (event.lead_unit().empty()) missing.push_back("lead_unit");
  if (event.mode() == v1::EVENT_MODE_UNSPECIFIED) missing.push_back("mode");
  if (event.mode() != v1::EVENT_MODE_ONLINE && event.place().empty()) missing.push_back("place");
  AddMissingOfKind(event, &missing);
  return missing;
}

absl::Status MakeEvent(v1::Event& event, bool publish, absl::Time now) {
  if (event.mode() == v1::EVENT_MODE_UNSPECIFIED)
    event.set_mode(event.place().empty() ? v1::EVENT_MODE_ONLINE : v1::EVENT_MODE_ONSITE);
  event.set_state(v1::Event::DRAFT);
  if (absl::Status status = CheckEvent(event); !status.ok()) return status;
  return publish ? PublishEvent(event, now) : absl::OkStatus();
}

absl::Status CheckUpdatedEvent(const v1::Event& event) {
  if (event.state() == v1::Event::RETIRED) return IsRetired(event);
  if (absl::Status status = CheckEvent(event); !status.ok()) return status;
  return event.state() == v1::Event::PUBLISHED ? CheckPublishable(event) : absl::OkStatus();
}

absl::Status PublishEvent(v1::Event& event, absl::Time now) {
  if (event.state() == v1::Event::RETIRED) return IsRetired(event);
  if (event.state() == v1::Event::PUBLISHED) return absl::OkStatus();
  if (absl::Status status = CheckPublishable(event); !status.ok()) return status;
  SetPublished(event, now);
  return absl::OkStatus();
}

absl::Status RetireEvent(v1::Event& event, absl::Time now) {
  if (event.state() == v1::Event::RETIRED) return absl::OkStatus();
  event.set_state(v1::Event::RETIRED);
  calendar::SetMicros(absl::ToUnixMicros(now), event.mutable_retire_time());
  return absl::OkStatus();
}

absl::StatusOr<v1::Event> CopyOfEvent(const v1::Event& event, int year, bool keep_weekdays) {
  v1::Event copy = event;
  copy.set_state(v1::Event::DRAFT);
  copy.set_copied_from(event.name());
  copy.clear_campaign();
  copy.clear_annual_theme();
  copy.clear_publish_time();
  copy.clear_retire_time();
  copy.clear_evaluate_time();
  // What was promised or granted for one year is not for the next.
  copy.clear_sponsors();
  copy.clear_grants();
  if (!event.has_start_time()) return copy;
  const absl::CivilDay day = calendar::DayOf(StartOf(event));
  const absl::StatusOr<int64_t> days = DaysToYear(day, year, keep_weekdays);
  if (!days.ok()) return days.status();
  for (auto* time : {copy.mutable_start_time(), copy.mutable_end_time()})
    time->set_seconds(time->seconds() + *days * 24 * 3600);
  return copy;
}

bool RunsWithin(const v1::Event& event, absl::Time from, absl::Time to) {
  return event.has_start_time() && StartOf(event) < to && from <= EndOf(event);
}

bool StateOf<v1::Event>::FromHead(const Event& state, v1::Event* event) {
  *event = EventOf(state.head());
  return true;
}

v1::Event EventOf(const record::EventHead& head) {
  v1::Event event;
  event.set_name(absl::StrCat("events/", head.id()));
  *event.mutable_display_name() = head.display_name();
  if (head.has_description()) *event.mutable_description() = head.description();
  event.set_kind(head.kind());
  event.set_state(head.state());
  event.set_place(head.place());
  if (head.start_us() != 0) calendar::SetMicros(head.start_us(), event.mutable_start_time());
  if (head.end_us() != 0) calendar::SetMicros(head.end_us(), event.mutable_end_time());
  calendar::SetMicros(head.create_us(), event.mutable_create_time());
  calendar::SetMicros(head.update_us(), event.mutable_update_time());
  event.set_etag(absl::StrCat(absl::Hex(head.revision())));
  event.set_programme(head.programme());
  return event;
}

void ApplyHead(record::EventHead& head, const record::Fact& fact) {
  if (fact.has_event_created()) {
    head = fact.event_created().event();
    head.set_create_us(fact.time_us());
  }
  head.set_update_us(fact.time_us());
  head.set_revision(head.revision() + 1);
}

absl::Status Apply(Event& event, const record::Fact& fact) {
  if (fact.has_document_put()) {
    document::ApplyPut(event, fact.document_put(), fact.time_us());
  } else {
    ApplyHead(event.mutable_head(), fact);
  }
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
