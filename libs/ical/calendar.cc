#include "libs/ical/calendar.h"

#include <libical/ical.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"

namespace kepu::ical {
namespace {

constexpr char kProduct[] = "-//kepu//kepu feeds//ZH";
constexpr char kZone[] = "Asia/Shanghai";

struct Free {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, Free>;

// Line breaks of every kind are one line feed: some programs end a line at each of them. Blanks at both ends
// go, as they do at most readers.
std::string Clean(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const absl::string_view rest = text.substr(i);
    if (rest.substr(0, 2) == "\r\n") continue;
    if (c == '\r' || rest.substr(0, 2) == "\xc2\x85") {
      out.push_back('\n');
      i += c == '\r' ? 0 : 1;
    } else if (rest.substr(0, 3) == "\xe2\x80\xa8" || rest.substr(0, 3) == "\xe2\x80\xa9") {
      out.push_back('\n');
      i += 2;
    } else if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f)) {
      out.push_back(text[i]);
    }
  }
  return std::string(absl::StripAsciiWhitespace(out));
}

icaltimetype UtcTime(absl::Time time) {
  return icaltime_from_timet_with_zone(absl::ToTimeT(time), 0, icaltimezone_get_utc_timezone());
}

icaltimetype Day(absl::CivilDay day) {
  icaltimetype out = icaltime_null_date();
  out.year = static_cast<int>(day.year());
  out.month = day.month();
  out.day = day.day();
  return out;
}

icaltimetype LocalTime(absl::Time time) {
  const absl::CivilSecond civil = absl::ToCivilSecond(time, calendar::Zone());
  icaltimetype out = Day(absl::CivilDay(civil));
  out.is_date = 0;
  out.hour = civil.hour();
  out.minute = civil.minute();
  out.second = civil.second();
  return out;
}

void Add(icalcomponent* to, icalproperty* property) { icalcomponent_add_property(to, property); }

void AddInLanguage(icalcomponent* to, icalproperty* property, const std::string& language) {
  icalproperty_add_parameter(property, icalparameter_new_language(language.c_str()));
  Add(to, property);
}

// A property without a value is an error to strict readers.
void AddWords(icalcomponent* to, const std::string& text, icalproperty* (*make)(const char*),
              const std::string& language) {
  const std::string clean = Clean(text);
  if (!clean.empty()) AddInLanguage(to, make(clean.c_str()), language);
}

void AddLocal(icalcomponent* to, icalproperty* property) {
  icalproperty_add_parameter(property, icalparameter_new_tzid(kZone));
  Add(to, property);
}

void AddExtra(icalcomponent* to, const char* name, const std::string& value) {
  icalproperty* property = icalproperty_new_x(value.c_str());
  icalproperty_set_x_name(property, name);
  Add(to, property);
}

// Eight hours for the whole year since the last summer time of 1991.
icalcomponent* Zone() {
  icalcomponent* zone = icalcomponent_new(ICAL_VTIMEZONE_COMPONENT);
  Add(zone, icalproperty_new_tzid(kZone));
  icalcomponent* standard = icalcomponent_new(ICAL_XSTANDARD_COMPONENT);
  Add(standard, icalproperty_new_dtstart(LocalTime(calendar::At(absl::CivilDay(1992, 1, 1)))));
  Add(standard, icalproperty_new_tzoffsetfrom(8 * 3600));
  Add(standard, icalproperty_new_tzoffsetto(8 * 3600));
  Add(standard, icalproperty_new_tzname("CST"));
  icalcomponent_add_component(zone, standard);
  return zone;
}

icalproperty_status StatusOf(EventStatus status) {
  switch (status) {
    case EventStatus::kTentative:
      return ICAL_STATUS_TENTATIVE;
    case EventStatus::kCancelled:
      return ICAL_STATUS_CANCELLED;
    case EventStatus::kConfirmed:
      break;
  }
  return ICAL_STATUS_CONFIRMED;
}

void AddTimes(icalcomponent* to, const Event& event) {
  if (event.first_day) {
    // The end of whole days is the day after.
    const absl::CivilDay last = std::max(*event.first_day, event.last_day.value_or(*event.first_day));
    Add(to, icalproperty_new_dtstart(Day(*event.first_day)));
    Add(to, icalproperty_new_dtend(Day(last + 1)));
    return;
  }
  AddLocal(to, icalproperty_new_dtstart(LocalTime(event.start)));
  if (event.end > event.start) AddLocal(to, icalproperty_new_dtend(LocalTime(event.end)));
}

icalcomponent* ComponentOf(const Event& event, const Calendar& calendar) {
  icalcomponent* out = icalcomponent_new(ICAL_VEVENT_COMPONENT);
  const bool dated = event.modified > absl::UnixEpoch();
  Add(out, icalproperty_new_uid(Clean(event.uid).c_str()));
  Add(out, icalproperty_new_dtstamp(UtcTime(dated ? event.modified : calendar.stamp)));
  if (dated) Add(out, icalproperty_new_lastmodified(UtcTime(event.modified)));
  Add(out, icalproperty_new_sequence(event.sequence));
  AddTimes(out, event);
  Add(out, icalproperty_new_status(StatusOf(event.status)));
  Add(out, icalproperty_new_transp(event.free ? ICAL_TRANSP_TRANSPARENT : ICAL_TRANSP_OPAQUE));
  const std::string& language = calendar.language;
  AddWords(out, event.summary, icalproperty_new_summary, language);
  AddWords(out, event.description, icalproperty_new_description, language);
  AddWords(out, event.location, icalproperty_new_location, language);
  if (event.position) Add(out, icalproperty_new_geo({event.position->first, event.position->second}));
  if (!event.url.empty()) Add(out, icalproperty_new_url(Clean(event.url).c_str()));
  return out;
}

}  // namespace

std::string Write(const Calendar& calendar) {
  const Component out(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
  Add(out.get(), icalproperty_new_version("2.0"));
  Add(out.get(), icalproperty_new_prodid(kProduct));
  Add(out.get(), icalproperty_new_calscale("GREGORIAN"));
  const std::string name = Clean(calendar.name), description = Clean(calendar.description);
  AddWords(out.get(), name, icalproperty_new_name, calendar.language);
  if (!name.empty()) AddExtra(out.get(), "X-WR-CALNAME", name);
  AddExtra(out.get(), "X-WR-TIMEZONE", kZone);
  if (!description.empty()) {
    AddWords(out.get(), description, icalproperty_new_description, calendar.language);
    AddExtra(out.get(), "X-WR-CALDESC", description);
  }
  const auto minutes = static_cast<int>(absl::ToInt64Minutes(calendar.refresh));
  icalproperty* refresh = icalproperty_new_refreshinterval(icaldurationtype_from_int(minutes * 60));
  icalproperty_add_parameter(refresh, icalparameter_new_value(ICAL_VALUE_DURATION));
  Add(out.get(), refresh);
  AddExtra(out.get(), "X-PUBLISHED-TTL", absl::StrCat("PT", minutes, "M"));
  icalcomponent_add_component(out.get(), Zone());
  for (const Event& event : calendar.events)
    icalcomponent_add_component(out.get(), ComponentOf(event, calendar));
  const std::unique_ptr<char, decltype(&std::free)> text(icalcomponent_as_ical_string_r(out.get()),
                                                         std::free);
  return text == nullptr ? "" : text.get();
}

}  // namespace kepu::ical
