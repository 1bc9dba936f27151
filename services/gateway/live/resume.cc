// Readers that come back: what they missed, from the ring or out of the service's log, before what is new.
#include <algorithm>
#include <utility>

#include "services/gateway/live/event_text.h"
#include "services/gateway/live/hub.h"

namespace kepu::gateway::live {
namespace {

constexpr char kReplay[] = "/kepu.live.v1.LiveService/ReplayChanges";
// Another replica of the gateway may have told more than this one has heard; what is further off was made up.
constexpr uint64_t kAheadMax = 1000;

}  // namespace

void Hub::Resume(const Reader& reader) {
  reader->Send(RetryLine(options_.retry));
  const std::string& last = reader->given.last_event_id;
  if (last.empty()) {
    reader->Send(Block(Shown(*reader), ""));
    return;
  }
  const std::optional<Cursor> cursor = ParseCursor(last);
  Cursor from;
  const std::string problem = cursor ? Understand(reader, *cursor, &from) : "UNREADABLE";
  if (!problem.empty()) return Resync(reader, problem);
  CatchUp(reader, std::move(from));
}

std::string Hub::Understand(const Reader& reader, const Cursor& cursor, Cursor* from) {
  Cursor ahead;
  for (const auto& [service, partitions] : reader->places) {
    const Ring& ring = rings_.at(service);
    const auto known = cursor.find(service);
    if (known == cursor.end()) return "UNREADABLE";
    if (known->second.epoch != ring.epoch()) return "OTHER_DATA";
    ServiceCursor& at = (*from)[service];
    at.epoch = ring.epoch();
    for (uint32_t partition = 0; partition < ring.at().size(); ++partition) {
      if (partitions && std::find(partitions->begin(), partitions->end(), partition) == partitions->end())
        continue;
      const auto mark = known->second.marks.find(partition);
      if (mark == known->second.marks.end()) return "UNREADABLE";
      if (mark->second.seq > ring.at()[partition].seq + kAheadMax) return "AHEAD";
      at.marks[partition] = mark->second;
      if (mark->second <= ring.at()[partition]) continue;
      ahead[service].epoch = ring.epoch();
      ahead[service].marks[partition] = mark->second;
    }
  }
  reader->ahead = std::move(ahead);
  return "";
}

void Hub::CatchUp(const Reader& reader, Cursor from) {
  reader->catching_up = std::move(from);
  reader->Hold();
  reader->replays = 1;
  std::vector<std::string> from_log;
  for (const auto& [service, at] : *reader->catching_up) {
    const Ring& ring = rings_.at(service);
    const bool held = std::all_of(at.marks.begin(), at.marks.end(),
                                  [&](const auto& mark) { return ring.Holds(mark.first, mark.second); });
    if (!held) from_log.push_back(service);
  }
  for (const auto& [service, partitions] : reader->places) {
    const bool asks = std::find(from_log.begin(), from_log.end(), service) != from_log.end();
    if (!asks) ReplayFromRing(reader, service);
    if (reader->ended()) return;
  }
  for (const std::string& service : from_log) ReplayFromLog(reader, service);
  EndReplay(reader, absl::OkStatus());
}

void Hub::ReplayFromRing(const Reader& reader, const std::string& service) {
  auto& marks = (*reader->catching_up)[service].marks;
  for (const auto& told :
       rings_.at(service).After(marks, reader->given.keys, reader->given.context.principal)) {
    marks[told->partition] = kepu::live::After(told->seq, told->index);
    told_.Add();
    if (!reader->Send(Block(Shown(*reader), told->lines))) return Overrun(reader);
  }
}

void Hub::ReplayFromLog(const Reader& reader, const std::string& service) {
  const Ring& ring = rings_.at(service);
  kepu::live::v1::ReplayChangesRequest request;
  request.set_data_set(ring.data_set());
  for (const auto& [partition, mark] : reader->catching_up->at(service).marks) {
    kepu::live::AddMark(partition, mark, request.mutable_from());
    kepu::live::AddMark(partition, ring.at()[partition], request.mutable_until());
  }
  for (const std::string& key : reader->given.keys) request.add_topics(key);
  rpc::Context context;
  context.principal.service = "gateway";
  context.trace_id = reader->given.request_id;
  ++reader->replays;
  // The stream holds itself while it runs; here it is only asked for the next message.
  auto stream = std::make_shared<std::shared_ptr<upstream::Stream>>();
  upstream::StreamCallbacks callbacks;
  callbacks.on_message = [weak = weak_from_this(), &executor = executor_, reader, service,
                          stream](std::string bytes) {
    executor.Post([weak, reader, service, stream, bytes = std::move(bytes)] {
      const auto self = weak.lock();
      if (self == nullptr || *stream == nullptr) return;
      if (reader->ended()) return (*stream)->Cancel();
      self->OnReplay(reader, service, bytes);
      // The next one when this one is on its way: a slow reader slows its own replay alone.
      if (!reader->ended())
        reader->WhenSent([stream] {
          if (*stream != nullptr) (*stream)->Next();
        });
    });
  };
  callbacks.on_end = [weak = weak_from_this(), &executor = executor_, reader,
                      stream](const absl::Status& status) {
    executor.Post([weak, reader, stream, status] {
      stream->reset();
      if (const auto self = weak.lock(); self != nullptr && !reader->ended()) self->EndReplay(reader, status);
    });
  };
  *stream = caller_.Open({service, kReplay}, std::move(context), request.SerializeAsString(), {},
                         std::move(callbacks));
  (*stream)->Next();
}

void Hub::OnReplay(const Reader& reader, const std::string& service, const std::string& bytes) {
  kepu::live::v1::Changes changes;
  if (!reader->catching_up || !changes.ParseFromString(bytes)) return;
  const auto at = reader->catching_up->find(service);
  if (at == reader->catching_up->end()) return;
  // Told is made as for everybody, but only this reader gets it.
  Ring once({.events = static_cast<size_t>(changes.events_size()) + 1, .bytes = SIZE_MAX});
  once.Reset(rings_.at(service).data_set(), kepu::live::Marks(rings_.at(service).at().size()));
  for (const auto& event : changes.events()) {
    if (event.partition() >= once.at().size()) continue;
    const auto told = once.Add(event);
    Mark& mark = at->second.marks[told->partition];
    if (!kepu::live::IsNews(mark, told->seq, told->index)) continue;
    mark = kepu::live::After(told->seq, told->index);
    if (!told->Concerns(reader->given.keys) || !told->MayBeKnownTo(reader->given.context.principal)) continue;
    told_.Add();
    if (!reader->Send(Block(Shown(*reader), told->lines))) return Overrun(reader);
  }
  for (const auto& reached : changes.marks()) {
    Mark& mark = at->second.marks[reached.partition()];
    mark = std::max(mark, Mark{reached.seq(), reached.events()});
  }
}

void Hub::EndReplay(const Reader& reader, const absl::Status& status) {
  if (!reader->catching_up) return;
  if (!status.ok()) {
    reader->replays = 0;
    reader->catching_up.reset();
    // What is held came after all of that, and says nothing to who asks anew.
    Resync(reader, status.code() == absl::StatusCode::kOutOfRange ? "TOO_OLD" : "LOST");
    if (!reader->Release()) Overrun(reader);
    return;
  }
  if (--reader->replays > 0) return;
  reader->catching_up.reset();
  // What is held has later ids than where the ring is said to be only if nothing is held: news follow.
  if (!reader->Release()) return Overrun(reader);
  if (!reader->Send(Block(Shown(*reader), ""))) Overrun(reader);
}

void Hub::Resync(const Reader& reader, absl::string_view reason) {
  resyncs_.Add();
  if (!reader->SendNews(Block(Shown(*reader), ResyncLines(reason)))) Overrun(reader);
}

}  // namespace kepu::gateway::live
