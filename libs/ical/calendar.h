// Calendars as calendar programs read them: RFC 5545 with the properties of RFC 7986, written with libical,
// which stays behind this header. Times are written in the time of the city with its VTIMEZONE: every program
// reads that, and shows a museum's hour as the museum's hour, also to whoever travels. Values; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace kepu::ical {

enum class EventStatus { kConfirmed, kTentative, kCancelled };

// Texts are UTF-8; what no calendar may hold (control characters) is left out.
struct Event {
  // The same for the same thing for ever.
  std::string uid;
  // Instants, the end after the start; or whole days, both included, which win when they are given.
  absl::Time start, end;
  std::optional<absl::CivilDay> first_day, last_day;
  std::string summary;
  std::string description;
  std::string location;
  // Degrees, north and east.
  std::optional<std::pair<double, double>> position;
  std::string url;
  EventStatus status = EventStatus::kConfirmed;
  // Never smaller for a later state of the thing.
  int32_t sequence = 0;
  // When the thing last changed; the Unix epoch and before: not known.
  absl::Time modified = absl::InfinitePast();
  // Takes nobody's time: an exhibition of months.
  bool free = false;
};

struct Calendar {
  std::string name;
  std::string description;
  std::string language = "zh-CN";  // of the texts, as BCP 47
  // How often programs should ask.
  absl::Duration refresh = absl::Hours(1);
  // DTSTAMP of events of which nobody knows when they changed.
  absl::Time stamp;
  std::vector<Event> events;
};

// Lines of at most 75 octets that end in CR LF, no character cut in two.
std::string Write(const Calendar& calendar);

}  // namespace kepu::ical
