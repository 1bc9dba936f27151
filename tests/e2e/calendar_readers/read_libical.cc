// Prints the events of a calendar as libical reads them: a JSON array like those of the other readers beside
// it, so that one can be held against the other.
#include <libical/ical.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

std::string Quoted(const char* text) {
  std::string out = "\"";
  for (const char* c = text == nullptr ? "" : text; *c != '\0'; ++c) {
    if (*c == '"' || *c == '\\') out += '\\';
    if (*c == '\n') {
      out += "\\n";
    } else if (*c == '\t') {
      out += "\\t";
    } else {
      out += *c;
    }
  }
  return out + "\"";
}

// A day, or the instant in UTC.
std::string TimeText(icaltimetype time) {
  char text[40];
  if (time.is_date == 0) time = icaltime_convert_to_zone(time, icaltimezone_get_utc_timezone());
  if (time.is_date != 0) {
    std::snprintf(text, sizeof(text), "%04d-%02d-%02d", time.year, time.month, time.day);
  } else {
    std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", time.year, time.month, time.day,
                  time.hour, time.minute, time.second);
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: read-libical FILE\n", 2;
  std::ifstream file(argv[1]);
  std::stringstream text;
  text << file.rdbuf();
  icalcomponent* calendar = icalparser_parse_string(text.str().c_str());
  if (calendar == nullptr || icalcomponent_count_errors(calendar) != 0) {
    return std::cerr << "not a calendar\n", 1;
  }
  const char* separator = "";
  std::cout << "[";
  for (icalcomponent* event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
       event != nullptr; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    std::cout << separator << "{\"uid\":" << Quoted(icalcomponent_get_uid(event))
              << ",\"start\":" << Quoted(TimeText(icalcomponent_get_dtstart(event)).c_str())
              << ",\"end\":" << Quoted(TimeText(icalcomponent_get_dtend(event)).c_str())
              << ",\"summary\":" << Quoted(icalcomponent_get_summary(event))
              << ",\"location\":" << Quoted(icalcomponent_get_location(event))
              << ",\"status\":" << Quoted(icalproperty_status_to_string(icalcomponent_get_status(event)))
              << "}";
    separator = ",\n";
  }
  std::cout << "]\n";
  icalcomponent_free(calendar);
  return 0;
}
