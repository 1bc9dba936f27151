// Notices about when a session is held: another time, what is in its way, and to its staff that people are
// missing.
#include "libs/calendar/timestamps.h"
#include "services/event/api/notice_teller.h"

namespace kepu::event {
namespace {

using Announcement = domain::record::Announcement;

// As long as other notices may not have been told by a process that ended.
constexpr absl::Duration kNewsAreFresh = absl::Hours(1);

const char* NoticeOf(Announcement::Kind kind) {
  switch (kind) {
    case Announcement::RESCHEDULED:
      return "SESSION_RESCHEDULED";
    case Announcement::DISRUPTED:
      return "SESSION_DISRUPTED";
    default:
      return "SESSION_RESTORED";
  }
}

}  // namespace

void NoticeTeller::Announced(const domain::record::SessionHead& head, Announcement::Kind kind,
                             uint32_t number, const std::string& id, const std::string& booker) {
  Params params = {{"end", calendar::UtcText(head.end_us())}};
  if (kind == Announcement::RESCHEDULED) {
    params.emplace_back("free_until", calendar::UtcText(head.rescheduled().free_us()));
    if (!head.space().empty()) params.emplace_back("space", head.space());
  }
  params.emplace_back(kind == Announcement::RESCHEDULED ? "why" : "by", head.announcement().about());
  Tell(booker, NoticeOf(kind), head, id, std::move(params), number);
}

// A notice that was told already is taken once.
void NoticeTeller::SeeAnnounced(const domain::record::SessionHead& head, const std::string& id,
                                const domain::record::BookingRecord& booking) {
  const Announcement& news = head.announcement();
  const bool stands = booking.state() == v1::Booking::HELD || booking.state() == v1::Booking::CONFIRMED;
  if (!stands || news.number() == 0 || booking.create_us() > news.time_us()) return;
  if (head.state() != v1::Session::SCHEDULED) return;
  if (absl::FromUnixMicros(news.time_us()) < clock_.Now() - kNewsAreFresh) return;
  Announced(head, news.kind(), news.number(), id, booking.booker());
}

void NoticeTeller::FoldSchedule(const domain::record::SessionHead& head, const domain::record::Fact& fact) {
  if (fact.has_bookers_told()) {
    const domain::record::BookersTold& told = fact.bookers_told();
    for (int i = 0; i < std::min(told.ids_size(), told.bookers_size()); ++i)
      Announced(head, told.kind(), told.number(), told.ids(i), told.bookers(i));
  } else if (fact.has_staffing_noted() && fact.staffing_noted().state() == v1::Staffing::HELD) {
    Tell(head.staffing().by(), "SESSION_HELD", head, "",
         {{"why", fact.staffing_noted().reason()},
          {"until", calendar::UtcText(calendar::MicrosOf(head.staffing().staffing().decide_by()))}},
         1 + head.changes());
  }
}

}  // namespace kepu::event
