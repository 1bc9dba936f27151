#include "services/gateway/live/proof.h"

#include <memory>
#include <utility>

#include "kepu/event/v1/event.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"

namespace kepu::gateway::live {
namespace {

struct Question {
  upstream::Target target;
  std::string bytes;
};

template <class Request>
std::string Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request.SerializeAsString();
}

Question QuestionFor(const Topic& topic) {
  switch (topic.kind) {
    case TopicKind::kSession:
      return {{"event", "/kepu.event.v1.EventService/GetSession"},
              Named<event::v1::GetSessionRequest>(topic.resource)};
    case TopicKind::kVenue:
      return {{"venue", "/kepu.venue.v1.VenueService/GetVenue"},
              Named<venue::v1::GetVenueRequest>(topic.resource)};
    case TopicKind::kShifts:
      return {{"volunteer", "/kepu.volunteer.v1.VolunteerService/GetVolunteer"},
              Named<volunteer::v1::GetVolunteerRequest>(topic.resource)};
    case TopicKind::kSchool:
    case TopicKind::kOwnBookings:
      break;
  }
  event::v1::ListBookingsRequest request;
  request.set_parent(topic.kind == TopicKind::kSchool ? topic.resource : "events/-/sessions/-");
  request.set_page_size(1);
  return {{"event", "/kepu.event.v1.EventService/ListBookings"}, request.SerializeAsString()};
}

// What the resource is called, as events call it.
absl::StatusOr<std::string> NameIn(const Topic& topic, const std::string& caller, const std::string& bytes) {
  if (topic.kind == TopicKind::kOwnBookings) return caller;
  if (topic.kind != TopicKind::kShifts) return topic.resource;
  volunteer::v1::Volunteer volunteer;
  if (!volunteer.ParseFromString(bytes) || volunteer.name().empty())
    return absl::InternalError("unreadable answer");
  return volunteer.name();
}

struct Asking : std::enable_shared_from_this<Asking> {
  upstream::Caller& caller;
  rpc::Context context;
  std::vector<Topic> topics;
  Proved proved;
  std::vector<std::string> keys;

  Asking(upstream::Caller& c, rpc::Context x, std::vector<Topic> t, Proved p)
      : caller(c), context(std::move(x)), topics(std::move(t)), proved(std::move(p)) {}

  void Next() {
    if (keys.size() == topics.size()) return proved(std::move(keys));
    const Topic& topic = topics[keys.size()];
    const bool own = topic.kind == TopicKind::kOwnBookings || topic.kind == TopicKind::kShifts;
    if (own && context.principal.anonymous()) return proved(absl::UnauthenticatedError(""));
    Question question = QuestionFor(topic);
    caller.Call(question.target, context, std::move(question.bytes), {},
                [self = shared_from_this()](absl::StatusOr<rpc::PeerAnswer> answer) {
                  if (!answer.ok()) return self->proved(answer.status());
                  const Topic& asked = self->topics[self->keys.size()];
                  auto name = NameIn(asked, self->context.principal.name, answer->bytes);
                  if (!name.ok()) return self->proved(name.status());
                  self->keys.push_back(KeyOf(asked.kind, *name));
                  self->Next();
                });
  }
};

}  // namespace

void Prove(upstream::Caller& caller, rpc::Context context, std::vector<Topic> topics, Proved proved) {
  std::make_shared<Asking>(caller, std::move(context), std::move(topics), std::move(proved))->Next();
}

}  // namespace kepu::gateway::live
