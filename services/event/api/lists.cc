// Pages of bookings and wait entries: the index rows say which, the store is asked for those alone.
#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/access.h"
#include "services/event/api/handlers.h"
#include "services/event/api/loading.h"
#include "services/event/domain/places.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kAnySession[] = "events/-/sessions/-";
// Bookings of an overfull session that are named, and those loaded in one go.
constexpr int kMaxDisplaced = 500;
constexpr size_t kLookedAtTogether = 100;

struct Page {
  std::vector<Wanted> wanted;
  std::string next_after;
};

std::string Pack(const Rows::Own& row) {
  std::string text(sizeof(row.before_us) + row.id.size() + sizeof(row.session), '\0');
  char* out = text.data();
  std::memcpy(out, &row.before_us, sizeof(row.before_us));
  std::memcpy(out + sizeof(row.before_us), row.id.data(), row.id.size());
  std::memcpy(out + sizeof(row.before_us) + row.id.size(), &row.session, sizeof(row.session));
  return text;
}

std::optional<Rows::Own> Unpack(const std::string& text, uint64_t booker) {
  Rows::Own row;
  if (text.size() != sizeof(row.before_us) + row.id.size() + sizeof(row.session)) return std::nullopt;
  row.booker = booker;
  std::memcpy(&row.before_us, text.data(), sizeof(row.before_us));
  std::memcpy(row.id.data(), text.data() + sizeof(row.before_us), row.id.size());
  std::memcpy(&row.session, text.data() + sizeof(row.before_us) + row.id.size(), sizeof(row.session));
  return row;
}

Page OfSession(const Rows& rows, uint32_t session, const std::string& after, size_t size) {
  Page page;
  size_t from = 0;
  if (!after.empty() && !absl::SimpleAtoi(after, &from)) return page;
  std::vector<std::string> ids = rows.OfSession(session, from, size + 1);
  for (size_t i = 0; i < ids.size() && i < size; ++i) page.wanted.push_back({session, std::move(ids[i])});
  if (ids.size() > size) page.next_after = absl::StrCat(from + size);
  return page;
}

Page OfBooker(const Rows& rows, const std::string& booker, const std::string& after, size_t size,
              std::optional<uint32_t> session) {
  Page page;
  std::vector<Rows::Own> own = rows.OfBooker(booker, Unpack(after, Rows::HashOf(booker)), size + 1, session);
  for (size_t i = 0; i < own.size() && i < size; ++i) {
    page.wanted.push_back({own[i].session, std::string(own[i].id.data(), own[i].id.size())});
  }
  if (own.size() > size) page.next_after = Pack(own[size - 1]);
  return page;
}

// The rows that the caller may see of what was asked for.
absl::StatusOr<Page> Choose(const ReadModel& model, const Rows& rows, const std::string& parent,
                            const rpc::Principal& caller, const std::string& after, size_t size) {
  if (absl::StartsWith(parent, "schools/")) {
    if (auto ids = names::Parse("parent", "schools/*", parent); !ids.ok()) return ids.status();
    if (!ActsFor(caller, parent) && !caller.Holds("city_admin", "city")) return refusal::NotFound(parent);
    return OfBooker(rows, parent, after, size, std::nullopt);
  }
  if (parent == kAnySession) return OfBooker(rows, caller.name, after, size, std::nullopt);
  absl::StatusOr<Target> target = ParseTarget("parent", kSessionPattern, parent);
  if (!target.ok()) return target.status();
  uint32_t number = 0;
  const domain::record::SessionHead* head = model.FindSession(target->session, &number);
  if (head == nullptr || head->event() != target->event) return refusal::NotFound(parent);
  if (IsStaff(caller, *head)) return OfSession(rows, number, after, size);
  return OfBooker(rows, caller.name, after, size, number);
}

// Everything of a list but how one object is read.
template <class Request, class Response, class Add>
void List(const Handlers::Deps& deps, const paging::Pager& pager, const Rows& rows, absl::string_view what,
          std::string (*field)(absl::string_view), rpc::TypedCall<Request, Response> call, Add add) {
  const Request& request = call.request();
  const std::string filter = paging::FilterDigest({what, request.parent(), call.principal().name});
  absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  absl::StatusOr<std::string> after = pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  absl::StatusOr<Page> page =
      Choose(deps.read_model, rows, request.parent(), call.principal(), *after, *size);
  if (!page.ok()) return call.Fail(page.status());
  std::string next = pager.Encode(filter, page->next_after);
  std::vector<Wanted> wanted = page->wanted;
  auto shared = std::make_shared<rpc::TypedCall<Request, Response>>(std::move(call));
  LoadAll(deps.store, deps.read_model, wanted, field,
          [shared, wanted, next = std::move(next), add](absl::StatusOr<Sessions> sessions) {
            if (!sessions.ok()) return shared->Fail(sessions.status());
            Response response;
            for (const Wanted& one : wanted)
              add((*sessions)[one.session], one.id, shared->principal(), &response);
            response.set_next_page_token(next);
            shared->Answer(response);
          });
}

}  // namespace

void Handlers::ListBookings(Call<v1::ListBookingsRequest, v1::ListBookingsResponse> call) {
  using Request = v1::ListBookingsRequest;
  using Response = v1::ListBookingsResponse;
  WhenVisible<Request, Response>(std::move(call), [this](auto visible) {
    OnExecutor<Request, Response>(std::move(visible), [this](auto here) {
      List(deps_, pager_, deps_.read_model.bookings(), "ListBookings", &domain::BookingField, std::move(here),
           [](const domain::Session& session, const std::string& id, const rpc::Principal& caller,
              Response* response) {
             const auto booking = domain::FindBooking(session, id);
             if (!booking.ok() || *booking == nullptr) return;
             // Rows know bookers by a hash only.
             if (!OwnsOrActsFor(caller, (*booking)->booker(), (*booking)->school()) &&
                 !IsStaff(caller, session.head())) {
               return;
             }
             ToResource(session.head(), id, **booking, response->add_bookings());
           });
    });
  });
}

// Walks the bookings of an overfull session from the last to the first, until the rest fits.
struct Handlers::Displacing {
  Call<v1::ListDisplacedRequest, v1::ListDisplacedResponse> call;
  uint32_t session = 0;
  std::vector<std::string> ids;  // those still to be looked at
  domain::Places excess;
  v1::ListDisplacedResponse response;
};

void Handlers::Displace(const std::shared_ptr<Displacing>& displacing) {
  const bool fits = std::all_of(displacing->excess.begin(), displacing->excess.end(),
                                [](int32_t excess) { return excess <= 0; });
  if (fits || displacing->ids.empty() || displacing->response.bookings_size() >= kMaxDisplaced)
    return displacing->call.Answer(displacing->response);
  std::vector<Wanted> wanted;
  for (; wanted.size() < kLookedAtTogether && !displacing->ids.empty(); displacing->ids.pop_back())
    wanted.push_back({displacing->session, displacing->ids.back()});
  LoadAll(deps_.store, deps_.read_model, wanted, &domain::BookingField,
          [this, displacing, wanted](absl::StatusOr<Sessions> sessions) {
            if (!sessions.ok()) return displacing->call.Fail(sessions.status());
            const domain::Session& session = (*sessions)[displacing->session];
            for (const Wanted& one : wanted) {
              const auto booking = domain::FindBooking(session, one.id);
              if (!booking.ok() || *booking == nullptr) continue;
              const v1::Booking::State state = domain::ShownState(session.head(), **booking);
              if (!domain::HasPlaces(state) && state != v1::Booking::CONFIRMED) continue;
              bool helps = false;
              for (int p = 0; p < (*booking)->taken_size(); ++p)
                helps |= (*booking)->taken(p) > 0 && displacing->excess[static_cast<size_t>(p)] > 0;
              if (!helps || displacing->response.bookings_size() >= kMaxDisplaced) continue;
              for (int p = 0; p < (*booking)->taken_size(); ++p)
                displacing->excess[static_cast<size_t>(p)] -= (*booking)->taken(p);
              ToResource(session.head(), one.id, **booking, displacing->response.add_bookings());
            }
            Displace(displacing);
          });
}

void Handlers::ListDisplaced(Call<v1::ListDisplacedRequest, v1::ListDisplacedResponse> call) {
  using Request = v1::ListDisplacedRequest;
  using Response = v1::ListDisplacedResponse;
  WhenVisible<Request, Response>(std::move(call), [this](auto visible) {
    OnExecutor<Request, Response>(std::move(visible), [this](auto here) {
      absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, here.request().name());
      if (!target.ok()) return here.Fail(target.status());
      uint32_t number = 0;
      const domain::record::SessionHead* head = deps_.read_model.FindSession(target->session, &number);
      if (head == nullptr || head->event() != target->event || !IsStaff(here.principal(), *head))
        return here.Fail(refusal::NotFound(target->name));
      domain::Places excess;
      for (const domain::record::PoolHead& pool : head->pools())
        excess.push_back(std::max(0, -domain::FreeOf(pool)));
      const Rows& rows = deps_.read_model.bookings();
      Displace(std::make_shared<Displacing>(Displacing{
          std::move(here), number, rows.OfSession(number, 0, rows.size()), std::move(excess), {}}));
    });
  });
}

void Handlers::ListWaitEntries(Call<v1::ListWaitEntriesRequest, v1::ListWaitEntriesResponse> call) {
  using Request = v1::ListWaitEntriesRequest;
  using Response = v1::ListWaitEntriesResponse;
  WhenVisible<Request, Response>(std::move(call), [this](auto visible) {
    OnExecutor<Request, Response>(std::move(visible), [this](auto here) {
      List(deps_, pager_, deps_.read_model.wait_entries(), "ListWaitEntries", &domain::WaitField,
           std::move(here),
           [](const domain::Session& session, const std::string& id, const rpc::Principal& caller,
              Response* response) {
             const auto entry = domain::FindWait(session, id);
             if (!entry.ok() || *entry == nullptr) return;
             if (!OwnsOrActsFor(caller, (*entry)->booker(), (*entry)->school()) &&
                 !IsStaff(caller, session.head())) {
               return;
             }
             ToResource(session.head(), id, **entry, response->add_wait_entries());
           });
    });
  });
}

}  // namespace kepu::event
