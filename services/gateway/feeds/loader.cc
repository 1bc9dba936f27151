#include "services/gateway/feeds/loader.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::gateway::feeds {
namespace {

constexpr char kVenue[] = "/kepu.venue.v1.VenueService/";
constexpr char kFleet[] = "/kepu.venue.v1.FleetService/";
constexpr char kEvent[] = "/kepu.event.v1.EventService/";
constexpr char kVisits[] = "/kepu.event.v1.VisitDayService/";
constexpr char kVolunteer[] = "/kepu.volunteer.v1.VolunteerService/";
constexpr char kDuty[] = "/kepu.volunteer.v1.DutyService/";

// Sessions of a place: those of decades, once.
constexpr int kSessionPagesMax = 300;
constexpr int kPagesMax = 20;
// A school's bookings come newest first; those of the range are among the first.
constexpr int kBookingPagesMax = 6;
// What one call of the services answers at most.
constexpr int kAllocationDays = 400, kCaravanDays = 92;

upstream::Target To(const char* service, const char* prefix, const char* method) {
  return {service, absl::StrCat(prefix, method)};
}

void SetDate(absl::CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  calendar::SetMicros(absl::ToUnixMicros(time), out);
}

}  // namespace

std::string ListStarts::Get(const std::string& list) const {
  absl::MutexLock lock(&mutex_);
  const auto found = tokens_.find(list);
  return found == tokens_.end() ? "" : found->second;
}

void ListStarts::Put(const std::string& list, const std::string& token) {
  absl::MutexLock lock(&mutex_);
  if (tokens_.size() >= kListsMax) tokens_.clear();
  tokens_[list] = token;
}

void ListStarts::Forget(const std::string& list) {
  absl::MutexLock lock(&mutex_);
  tokens_.erase(list);
}

void Loader::Start(std::function<void(absl::Status)> done) {
  auto begin = [self = shared_from_this()] {
    const std::string& resource = self->query_.resource;
    switch (self->query_.kind) {
      case identity::v1::Feed::SPACE:
        self->Want(resource);
        return self->LoadPlace(resource.substr(0, resource.find("/spaces/")));
      case identity::v1::Feed::VENUE:
        return self->LoadPlace(resource);
      case identity::v1::Feed::CARAVAN:
        return self->LoadCaravan();
      case identity::v1::Feed::SCHOOL:
        return self->LoadSchool();
      default:
        return self->LoadShifts();
    }
  };
  gather_->Start(begin, [self = shared_from_this(), done = std::move(done)](const absl::Status& status) {
    if (status.ok() || self->began_at_token_.empty()) return done(status);
    // Tokens end with the data set that made them: the next one begins at the beginning.
    self->starts_.Forget(self->began_at_token_);
    if (status.code() != absl::StatusCode::kInvalidArgument) return done(status);
    done(refusal::TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Seconds(1)));
  });
}

template <class Response, class Request>
void Loader::WantOne(const char* service, const char* method, const std::string& name,
                     std::map<std::string, Response>& into, bool needed,
                     std::function<void(const Response&)> then) {
  Request request;
  request.set_name(name);
  gather_->Ask<Response>({service, method}, request, needed,
                         [name, &into, then = std::move(then)](const Response& found) {
                           into[name] = found;
                           if (then) then(found);
                         });
}

void Loader::Want(const std::string& name) {
  if (name.empty() || !wanted_.insert(name).second) return;
  // The thing itself must be there; what it refers to may be gone.
  const bool needed = name == query_.resource;
  if (absl::StrContains(name, "/spaces/")) {
    WantOne<venue::v1::Space, venue::v1::GetSpaceRequest>("venue", "/kepu.venue.v1.VenueService/GetSpace",
                                                          name, facts_.spaces, needed, nullptr);
  } else if (absl::StartsWith(name, "venues/")) {
    WantOne<venue::v1::Venue, venue::v1::GetVenueRequest>("venue", "/kepu.venue.v1.VenueService/GetVenue",
                                                          name, facts_.venues, needed,
                                                          [this](const venue::v1::Venue& venue) {
                                                            if (venue.name() == query_.resource)
                                                              Want(venue.operator_());
                                                          });
  } else if (absl::StartsWith(name, "caravans/")) {
    WantOne<venue::v1::Caravan, venue::v1::GetCaravanRequest>(
        "venue", "/kepu.venue.v1.FleetService/GetCaravan", name, facts_.caravans, needed, nullptr);
  } else {
    WantMore(name);
  }
}

void Loader::WantMore(const std::string& name) {
  const bool needed = name == query_.resource;
  if (absl::StrContains(name, "/sessions/")) {
    WantOne<event::v1::Session, event::v1::GetSessionRequest>(
        "event", "/kepu.event.v1.EventService/GetSession", name, facts_.sessions, needed,
        [this](const event::v1::Session& session) { WantSession(session); });
  } else if (absl::StartsWith(name, "events/")) {
    WantOne<event::v1::Event, event::v1::GetEventRequest>(
        "event", "/kepu.event.v1.EventService/GetEvent", name, facts_.events, needed,
        [this](const event::v1::Event& event) { Want(event.lead_unit()); });
  } else if (absl::StartsWith(name, "shifts/")) {
    WantOne<volunteer::v1::Shift, volunteer::v1::GetShiftRequest>(
        "volunteer", "/kepu.volunteer.v1.VolunteerService/GetShift", name, facts_.shifts, needed, nullptr);
  } else if (absl::StartsWith(name, "schools/")) {
    WantOne<identity::v1::School, identity::v1::GetSchoolRequest>(
        "identity", "/kepu.identity.v1.DirectoryService/GetSchool", name, facts_.schools, needed, nullptr);
  } else if (absl::StartsWith(name, "organizations/")) {
    WantOne<identity::v1::Organization, identity::v1::GetOrganizationRequest>(
        "identity", "/kepu.identity.v1.DirectoryService/GetOrganization", name, facts_.organizations, needed,
        nullptr);
  }
}

void Loader::WantSession(const event::v1::Session& session) {
  Want(EventOf(session.name()));
  Want(session.place());
  Want(session.space());
}

void Loader::LoadSessions(const std::string& venue) {
  const std::string list = absl::StrCat("sessions ", venue);
  event::v1::ListSessionsRequest request;
  request.set_parent("events/-");
  request.set_place(venue);
  request.set_page_token(starts_.Get(list));
  if (!request.page_token().empty()) began_at_token_ = list;
  gather_->Pages<event::v1::ListSessionsResponse>(
      To("event", kEvent, "ListSessions"), request, kSessionPagesMax,
      [this, list](const event::v1::ListSessionsResponse& page) {
        bool past = true, ahead = false;
        for (const event::v1::Session& session : page.sessions()) {
          const absl::Time start = calendar::FromProto(session.start_time());
          // Camps last some days: one that began earlier may still be in the range.
          past = past && start < query_.start() - absl::Hours(24 * 31);
          ahead = start >= query_.end();
          const bool here = query_.kind != identity::v1::Feed::SPACE || session.space() == query_.resource;
          if (!here || !InRange(query_, start, calendar::FromProto(session.end_time()))) continue;
          facts_.sessions[session.name()] = session;
          WantSession(session);
        }
        if (past && !page.sessions().empty() && !page.next_page_token().empty())
          starts_.Put(list, page.next_page_token());
        return !ahead;
      });
}

void Loader::LoadAllocations() {
  for (absl::Time from = query_.start(); from < query_.end(); from += absl::Hours(24 * kAllocationDays)) {
    venue::v1::ListAllocationsRequest request;
    request.set_parent(query_.resource);
    SetTime(from, request.mutable_start_time());
    SetTime(std::min(query_.end(), from + absl::Hours(24 * kAllocationDays)), request.mutable_end_time());
    gather_->Pages<venue::v1::ListAllocationsResponse>(
        To("venue", kVenue, "ListAllocations"), request, kPagesMax,
        [this](const venue::v1::ListAllocationsResponse& page) {
          facts_.allocations.insert(facts_.allocations.end(), page.allocations().begin(),
                                    page.allocations().end());
          return true;
        });
  }
}

void Loader::LoadPlace(const std::string& venue) {
  Want(venue);
  LoadSessions(venue);
  venue::v1::ListExhibitionsRequest exhibitions;
  exhibitions.set_parent(venue);
  gather_->Pages<venue::v1::ListExhibitionsResponse>(To("venue", kVenue, "ListExhibitions"), exhibitions,
                                                     kPagesMax,
                                                     [this](const venue::v1::ListExhibitionsResponse& page) {
                                                       for (const auto& one : page.exhibitions())
                                                         facts_.exhibitions.push_back(one);
                                                       return true;
                                                     });
  venue::v1::ListClosuresRequest closures;
  closures.set_parent(venue);
  gather_->Pages<venue::v1::ListClosuresResponse>(To("venue", kVenue, "ListClosures"), closures, kPagesMax,
                                                  [this](const venue::v1::ListClosuresResponse& page) {
                                                    for (const auto& one : page.closures())
                                                      facts_.closures.push_back(one);
                                                    return true;
                                                  });
  if (query_.kind == identity::v1::Feed::SPACE) LoadAllocations();
}

void Loader::LoadCaravan() {
  Want(query_.resource);
  const absl::CivilDay first = calendar::DayOf(query_.start()), last = calendar::DayOf(query_.end()) - 1;
  venue::v1::ListToursRequest tours;
  tours.set_parent(query_.resource);
  SetDate(first, tours.mutable_first_date());
  SetDate(last, tours.mutable_last_date());
  gather_->Pages<venue::v1::ListToursResponse>(To("venue", kFleet, "ListTours"), tours, kPagesMax,
                                               [this](const venue::v1::ListToursResponse& page) {
                                                 for (const venue::v1::Tour& tour : page.tours()) {
                                                   facts_.tours.push_back(tour);
                                                   for (const venue::v1::TourStop& stop : tour.stops())
                                                     Want(stop.host());
                                                 }
                                                 return true;
                                               });
  for (absl::CivilDay from = first; from <= last; from += kCaravanDays) {
    venue::v1::GetCaravanCalendarRequest request;
    request.set_name(query_.resource);
    SetDate(from, request.mutable_first_date());
    SetDate(std::min(last, from + kCaravanDays - 1), request.mutable_last_date());
    gather_->Ask<venue::v1::GetCaravanCalendarResponse>(
        To("venue", kFleet, "GetCaravanCalendar"), request, true,
        [this](const venue::v1::GetCaravanCalendarResponse& calendar) {
          for (const auto& entry : calendar.entries()) facts_.entries.push_back(entry);
        });
  }
}

void Loader::LoadSchool() {
  Want(query_.resource);
  event::v1::ListBookingsRequest bookings;
  bookings.set_parent(query_.resource);
  gather_->Pages<event::v1::ListBookingsResponse>(
      To("event", kEvent, "ListBookings"), bookings, kBookingPagesMax,
      [this](const event::v1::ListBookingsResponse& page) {
        for (const event::v1::Booking& booking : page.bookings()) {
          facts_.bookings.push_back(booking);
          Want(booking.name().substr(0, booking.name().find("/bookings/")));
        }
        return true;
      });
  event::v1::ListVisitDaysRequest days;
  days.set_school(query_.resource);
  gather_->Pages<event::v1::ListVisitDaysResponse>(
      To("event", kVisits, "ListVisitDays"), days, kPagesMax,
      [this](const event::v1::ListVisitDaysResponse& page) {
        for (const event::v1::VisitDay& day : page.visit_days()) {
          facts_.visit_days.push_back(day);
          for (const std::string& venue : day.venues()) Want(venue);
        }
        return true;
      });
}

void Loader::LoadShifts() {
  volunteer::v1::ListSignupsRequest signups;
  signups.set_parent("shifts/-");
  gather_->Pages<volunteer::v1::ListSignupsResponse>(
      To("volunteer", kVolunteer, "ListSignups"), signups, kPagesMax,
      [this](const volunteer::v1::ListSignupsResponse& page) {
        for (const volunteer::v1::Signup& signup : page.signups()) {
          if (!InRange(query_, calendar::FromProto(signup.start_time()),
                       calendar::FromProto(signup.end_time())))
            continue;
          facts_.signups.push_back(signup);
          Want(signup.shift());
          Want(signup.place());
        }
        return true;
      });
  volunteer::v1::ListDutiesRequest duties;
  duties.set_parent(query_.resource);
  SetTime(query_.start(), duties.mutable_start_time_min());
  gather_->Pages<volunteer::v1::ListDutiesResponse>(
      To("volunteer", kDuty, "ListDuties"), duties, kPagesMax,
      [this](const volunteer::v1::ListDutiesResponse& page) {
        for (const volunteer::v1::DutyEntry& duty : page.duties()) {
          // Shifts are there as sign-ups, and say more.
          if (absl::StartsWith(duty.purpose(), "shifts/")) continue;
          facts_.duties.push_back(duty);
          Want(duty.purpose());
          Want(duty.place());
        }
        return true;
      });
}

}  // namespace kepu::gateway::feeds
