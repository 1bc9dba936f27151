// Openings: made, changed and cancelled by staff of the place, read by everybody.
#include "services/event/domain/opening.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "kepu/event/v1/opening.pb.h"
#include "libs/calendar/timestamps.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/api/turn.h"
#include "services/event/domain/lottery.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using domain::record::OpeningHead;
using domain::record::OpeningTerms;
using v1::Opening;

template <class Request>
using OpeningCall = rpc::TypedCall<Request, Opening>;

// Whatever is beyond all bounds stays so, and is refused by them.
int64_t MicrosOfSpan(const google::protobuf::Duration& span) {
  constexpr int64_t kBeyond = 1'000'000'000;
  return std::clamp(span.seconds(), -kBeyond, kBeyond) * 1'000'000 + span.nanos() / 1000;
}

OpeningTerms TermsOf(const Opening& opening) {
  OpeningTerms terms;
  *terms.mutable_display_name() = opening.display_name();
  terms.set_place(opening.place());
  terms.set_event(opening.event());
  *terms.mutable_sessions() = opening.sessions();
  terms.set_open_us(calendar::MicrosOf(opening.open_time()));
  terms.set_room_before_us(MicrosOfSpan(opening.room_before()));
  terms.set_rate_per_minute(opening.rate_per_minute());
  terms.set_school_limit(opening.school_limit());
  terms.set_turn_us(MicrosOfSpan(opening.turn_duration()));
  if (opening.has_end_time()) terms.set_end_us(calendar::MicrosOf(opening.end_time()));
  return terms;
}

// Nothing else lets people into the event or the session one after another.
absl::Status CheckAlone(const Context& context, const std::string& event, const std::string& session) {
  const absl::Time now = context.clock.Now();
  for (const OpeningHead& other : context.read_model.openings().Of(event, session)) {
    if (domain::IsOver(other, now)) continue;
    return refusal::Refuse(
        refusal::kNo, "SESSION_HAS_OPENING",
        {{"session", session.empty() ? event : session}, {"opening", domain::OpeningName(other)}});
  }
  return absl::OkStatus();
}

// The sessions are there, at the place, and to come. On the executor.
absl::Status CheckSessions(const Context& context, const Opening& opening) {
  for (int i = 0; i < opening.sessions_size(); ++i) {
    const std::string& name = opening.sessions(i);
    const std::string field = absl::StrCat("opening.sessions[", i, "]");
    auto target = ParseTarget(field, kSessionPattern, name);
    if (!target.ok()) return target.status();
    const auto* session = context.read_model.FindSession(target->session, nullptr);
    if (session == nullptr || session->event() != target->event) return refusal::NotFound(name);
    if (session->place() != opening.place())
      return refusal::BadField(field, "must be held at opening.place; make an opening for each place");
    if (session->start_us() <= calendar::MicrosOf(opening.open_time()))
      return refusal::BadField(field, "must start after opening.open_time");
    if (std::count(opening.sessions().begin(), opening.sessions().end(), name) > 1)
      return refusal::BadField(field, "is there twice");
    if (auto status = CheckAlone(context, absl::StrCat("events/", target->event), name); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status CheckBooked(const Context& context, const Opening& opening) {
  if (!IsPlace(opening.place()))
    return refusal::BadField("opening.place", "must be a venue or a caravan, or empty for online");
  if (opening.event().empty()) return CheckSessions(context, opening);
  if (auto ids = names::Parse("opening.event", "events/*", opening.event()); !ids.ok()) return ids.status();
  const auto event = context.read_model.documents().Find<v1::Event>(opening.event());
  if (event == nullptr) return refusal::NotFound(opening.event());
  if (event->place() != opening.place())
    return refusal::BadField("opening.place", "must be the event's place");
  return CheckAlone(context, opening.event(), "");
}

absl::Status Encode(store::View& view, const std::string& key, absl::Time now, Opening* answer) {
  ToResource(dynamic_cast<domain::Opening&>(view.Get(key)).head(), now, answer);
  return absl::OkStatus();
}

void Create(const Context& context, OpeningCall<v1::CreateOpeningRequest> call) {
  WhenVisible(context, std::move(call), [&context](OpeningCall<v1::CreateOpeningRequest> ready) {
    auto shared = std::make_shared<OpeningCall<v1::CreateOpeningRequest>>(std::move(ready));
    context.executor.Post([&context, shared] {
      const v1::CreateOpeningRequest& request = shared->request();
      auto id = context.documents.GivenOrMadeId(*shared, "opening_id", request.opening_id());
      if (!id.ok()) return shared->Fail(id.status());
      const std::string key = OpeningKey(*id);
      store::RequestKey request_key = handler::KeyOf(context.keys, *shared);
      handler::Change(
          context.engine, names::PartitionOf(*id), store::Lane::kRest, std::move(request_key), {key},
          std::move(*shared),
          [&context, key, id = *id, opening = request.opening(), by = shared->principal().name](
              store::View& view, absl::Time now) -> absl::Status {
            const auto& state = dynamic_cast<domain::Opening&>(view.Get(key));
            if (!state.Exists()) {
              if (absl::Status status = CheckBooked(context, opening); !status.ok()) return status;
            }
            const std::string commitment = domain::Commitment(OpeningSecret(context.keys, id));
            return EmitAll(view, key,
                           domain::DecideCreateOpening(state, id, TermsOf(opening), commitment, by, now));
          },
          [&context, key](store::View& view, Opening* answer) {
            return Encode(view, key, context.clock.Now(), answer);
          });
    });
  });
}

// A change by staff of its place: `decide(opening, now)`.
template <class Request, class Decide>
void Act(const Context& context, OpeningCall<Request> call, absl::string_view field, const std::string& name,
         const std::string& etag, Decide decide) {
  auto ids = names::Parse(field, "openings/*", name);
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string key = OpeningKey((*ids)[0]);
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOf((*ids)[0]), store::Lane::kRest, std::move(request_key), {key},
      std::move(call),
      [&context, key, name, etag, caller, decide = std::move(decide)](store::View& view,
                                                                      absl::Time now) -> absl::Status {
        const auto& opening = dynamic_cast<domain::Opening&>(view.Get(key));
        if (!opening.Exists() || !Tends(*caller, opening.head().terms().place()))
          return refusal::NotFound(name);
        Opening current;
        if (absl::Status status = Encode(view, key, context.clock.Now(), &current); !status.ok())
          return status;
        if (absl::Status status = CheckEtag(etag, current.etag(), name); !status.ok()) return status;
        return EmitAll(view, key, decide(opening, current, now));
      },
      [&context, key](store::View& view, Opening* answer) {
        return Encode(view, key, context.clock.Now(), answer);
      });
}

void Update(const Context& context, OpeningCall<v1::UpdateOpeningRequest> call) {
  const Opening update = call.request().opening();
  const auto& mask = call.request().update_mask().paths();
  const std::string by = call.principal().name;
  Act(context, std::move(call), "opening.name", update.name(), update.etag(),
      [update, by, paths = handler::Paths(mask.begin(), mask.end())](
          const domain::Opening& opening, const Opening& current,
          absl::Time now) -> absl::StatusOr<domain::Facts> {
        Opening after = handler::Merged(current, update, paths);
        if (absl::Status status = document::KeepWhatIsKept("opening", current, &after); !status.ok())
          return status;
        return domain::DecideChangeOpening(opening, TermsOf(after), by, now);
      });
}

void Cancel(const Context& context, OpeningCall<v1::CancelOpeningRequest> call) {
  const std::string name = call.request().name(), etag = call.request().etag();
  const std::string reason = call.request().reason(), by = call.principal().name;
  Act(context, std::move(call), "name", name, etag,
      [reason, by](const domain::Opening& opening, const Opening&, absl::Time now) {
        return domain::DecideCancelOpening(opening, reason, by, now);
      });
}

void GetOpening(const Context& context, OpeningCall<v1::GetOpeningRequest> call) {
  WhenVisible(context, std::move(call), [&context](OpeningCall<v1::GetOpeningRequest> ready) {
    const std::string& name = ready.request().name();
    auto ids = names::Parse("name", "openings/*", name);
    if (!ids.ok()) return ready.Fail(ids.status());
    const auto head = context.read_model.openings().Find((*ids)[0]);
    if (!head) return ready.Fail(refusal::NotFound(name));
    Opening answer;
    ToResource(*head, context.clock.Now(), &answer);
    ready.Answer(answer);
  });
}

bool Matches(const v1::ListOpeningsRequest& request, const OpeningTerms& terms) {
  if (!request.place().empty() && terms.place() != request.place()) return false;
  if (request.session().empty()) return true;
  const std::string event = request.session().substr(0, request.session().find("/sessions/"));
  return terms.event() == event || std::find(terms.sessions().begin(), terms.sessions().end(),
                                             request.session()) != terms.sessions().end();
}

void List(const Context& context, rpc::TypedCall<v1::ListOpeningsRequest, v1::ListOpeningsResponse> call) {
  using ListCall = rpc::TypedCall<v1::ListOpeningsRequest, v1::ListOpeningsResponse>;
  WhenVisible(context, std::move(call), [&context](ListCall ready) {
    const v1::ListOpeningsRequest& request = ready.request();
    const std::string filter = paging::FilterDigest({"ListOpenings", request.place(), request.session()});
    const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), filter);
    if (!after.ok()) return ready.Fail(after.status());
    v1::ListOpeningsResponse response;
    const absl::Time now = context.clock.Now();
    // The place of an opening among all, so that one that is made meanwhile shifts nothing.
    const auto key = [](const OpeningHead& head) {
      return absl::StrCat(absl::Hex(~static_cast<uint64_t>(head.terms().open_us()), absl::kZeroPad16), " ",
                          head.id());
    };
    std::string last;
    for (const OpeningHead& head : context.read_model.openings().All()) {
      if (!Matches(request, head.terms()) || (!after->empty() && key(head) <= *after)) continue;
      if (static_cast<size_t>(response.openings_size()) == *size) {
        response.set_next_page_token(context.pager.Encode(filter, last));
        break;
      }
      ToResource(head, now, response.add_openings());
      last = key(head);
    }
    ready.Answer(response);
  });
}

}  // namespace

void AddOpeningHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kOpeningService, "CreateOpening", &Create);
  Handle(service, context, kOpeningService, "GetOpening", &GetOpening);
  Handle(service, context, kOpeningService, "ListOpenings", &List);
  Handle(service, context, kOpeningService, "UpdateOpening", &Update);
  Handle(service, context, kOpeningService, "CancelOpening", &Cancel);
}

}  // namespace kepu::event
