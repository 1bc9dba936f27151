#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "services/event/api/handlers.h"
#include "services/event/api/page.h"
#include "services/event/domain/event.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {}  // namespace

void Handlers::CreateEvent(Call<v1::CreateEventRequest, v1::Event> call) {
  const v1::Event& event = call.request().event();
  const std::string& given = call.request().event_id();
  if (!given.empty() && !names::IsGivenId(given)) {
    return call.Fail(
        refusal::BadField("event_id", "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter"));
  }
  if (!v1::Event::Kind_IsValid(event.kind())) {
    return call.Fail(refusal::BadField("event.kind", "is not a kind of event"));
  }
  if (!event.programme().empty() && deps_.read_model.programmes().Get(event.programme()) == nullptr)
    return call.Fail(refusal::NotFound(event.programme()));
  const store::RequestKey key = handler::KeyOf(deps_.keys, call);
  domain::record::EventHead head;
  head.set_id(given.empty() ? deps_.keys.MakeId(names::PartitionOfText(key), key) : given);
  *head.mutable_display_name() = event.display_name();
  if (event.has_description()) *head.mutable_description() = event.description();
  head.set_kind(event.kind());
  head.set_place(event.place());
  head.set_programme(event.programme());
  if (event.has_start_time()) head.set_start_us(calendar::MicrosOf(event.start_time()));
  if (event.has_end_time()) head.set_end_us(calendar::MicrosOf(event.end_time()));

  const std::string aggregate = EventKey(head.id());
  const uint32_t partition = names::PartitionOf(head.id());
  handler::Change(
      deps_.engine, partition, store::Lane::kRest, key, {aggregate}, std::move(call),
      [aggregate, head](store::View& view, absl::Time now) {
        const auto& state = dynamic_cast<domain::Event&>(view.Get(aggregate));
        return EmitAll(view, aggregate, domain::DecideCreateEvent(state, head, now));
      },
      [aggregate](store::View& view, v1::Event* answer) {
        ToResource(dynamic_cast<domain::Event&>(view.Get(aggregate)).head(), answer);
        return absl::OkStatus();
      });
}

void Handlers::GetEvent(Call<v1::GetEventRequest, v1::Event> call) {
  WhenVisible<v1::GetEventRequest, v1::Event>(std::move(call), [this](auto visible) {
    const std::string& name = visible.request().name();
    if (auto ids = names::Parse("name", "events/*", name); !ids.ok()) return visible.Fail(ids.status());
    auto bytes = deps_.read_model.events().Get(name);
    if (bytes == nullptr) return visible.Fail(refusal::NotFound(name));
    visible.AnswerBytes(std::move(bytes));
  });
}

void Handlers::ListEvents(Call<v1::ListEventsRequest, v1::ListEventsResponse> call) {
  WhenVisible<v1::ListEventsRequest, v1::ListEventsResponse>(std::move(call), [this](auto visible) {
    const v1::ListEventsRequest& request = visible.request();
    const std::string filter = paging::FilterDigest({"ListEvents", request.place()});
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return visible.Fail(size.status());
    absl::StatusOr<std::string> after = pager_.Decode(request.page_token(), filter);
    if (!after.ok()) return visible.Fail(after.status());
    auto page = deps_.read_model.events().List(request.place(), *after, *size);
    AppendNextPageToken(pager_.Encode(filter, page.next_after), &page.bytes);
    visible.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
  });
}

}  // namespace kepu::event
