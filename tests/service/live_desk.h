// The gateway's live streams in front of a real event service on virtual time; the other services tell what a
// test tells them to. Owned by a test; one thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "kepu/identity/v1/identity.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "libs/names/names.h"
#include "services/gateway/live/live_call.h"
#include "tests/service/event_desk.h"

namespace kepu::gateway::live {

// A stream of messages, one for each Next.
class LocalStream : public upstream::Stream, public std::enable_shared_from_this<LocalStream> {
 public:
  explicit LocalStream(upstream::StreamCallbacks callbacks) : callbacks_(std::move(callbacks)) {}
  void Next() override {
    wanted_ = true;
    Deliver();
  }
  void Cancel() override {
    if (on_cancel) std::exchange(on_cancel, nullptr)();
    End(absl::CancelledError(""));
  }
  void Push(std::string bytes) {
    waiting_.push_back(std::move(bytes));
    Deliver();
  }
  void End(const absl::Status& status) {
    if (end_) return;
    on_cancel = nullptr;
    end_ = status;
    Deliver();
  }
  absl::AnyInvocable<void()> on_cancel;

 private:
  void Deliver() {
    const auto self = shared_from_this();
    if (wanted_ && !waiting_.empty()) {
      wanted_ = false;
      std::string bytes = std::move(waiting_.front());
      waiting_.pop_front();
      callbacks_.on_message(std::move(bytes));
    } else if (waiting_.empty() && end_ && callbacks_.on_end) {
      std::exchange(callbacks_.on_end, nullptr)(*end_);
    }
  }
  upstream::StreamCallbacks callbacks_;
  std::deque<std::string> waiting_;
  std::optional<absl::Status> end_;
  bool wanted_ = false;
};

class LocalResponder : public rpc::Responder {
 public:
  LocalResponder(std::shared_ptr<LocalStream> stream, upstream::Done done)
      : stream_(std::move(stream)), done_(std::move(done)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo) override {
    if (stream_) return stream_->End(status);
    if (!status.ok()) return done_(status);
    done_(rpc::PeerAnswer{bytes == nullptr ? "" : *bytes, {}});
  }
  bool Write(std::shared_ptr<const std::string> bytes) override {
    stream_->Push(*bytes);
    return true;
  }
  void OnCancel(absl::AnyInvocable<void()> callback) override {
    if (stream_) stream_->on_cancel = std::move(callback);
  }

 private:
  const std::shared_ptr<LocalStream> stream_;
  upstream::Done done_;
};

struct LocalUpstream : upstream::Upstream {
  explicit LocalUpstream(event::EventDesk& d) : desk(d) {}

  void Call(const upstream::Target& target, const rpc::Context& context, std::string request,
            upstream::Done done) override {
    if (absl::EndsWith(target.method, "/ResolveLogin")) return Resolve(request, std::move(done));
    if (absl::EndsWith(target.method, "/GetVenue")) return done(rpc::PeerAnswer{request, {}});
    if (absl::EndsWith(target.method, "/GetVolunteer")) {
      volunteer::v1::Volunteer volunteer;
      volunteer.set_name(absl::StrCat("volunteers/of-", context.principal.name.substr(6)));
      return done(rpc::PeerAnswer{volunteer.SerializeAsString(), {}});
    }
    if (target.service != "event" || desk.service == nullptr) return done(absl::UnavailableError(""));
    desk.service->rpc().Dispatch(
        target.method,
        rpc::Call(context, std::move(request), std::make_unique<LocalResponder>(nullptr, std::move(done))));
  }
  std::shared_ptr<upstream::Stream> Open(const upstream::Target& target, const rpc::Context& context,
                                         std::string request, upstream::StreamCallbacks callbacks) override {
    auto stream = std::make_shared<LocalStream>(std::move(callbacks));
    opened.push_back(target.method);
    if (target.service == "event" && desk.service == nullptr) {
      stream->End(absl::UnavailableError(""));
    } else if (target.service == "event") {
      desk.service->rpc().Dispatch(
          target.method,
          rpc::Call(context, std::move(request), std::make_unique<LocalResponder>(stream, nullptr)));
    } else {
      kepu::live::v1::Changes changes;
      changes.mutable_begin()->set_data_set(absl::StrCat(target.service, "#1"));
      for (uint32_t i = 0; i < names::kPartitions; ++i) kepu::live::AddMark(i, {}, changes.mutable_marks());
      stream->Push(changes.SerializeAsString());
      watches[target.service] = stream;
    }
    return stream;
  }
  std::vector<upstream::ServiceHealth> Health() const override { return {}; }
  absl::Time SteadyNow() const override { return desk.executor.SteadyNow(); }

  void Resolve(const std::string& bytes, upstream::Done done) {
    identity::v1::ResolveLoginRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    const auto known = logins.find(request.token());
    if (known == logins.end()) return done(absl::UnauthenticatedError(""));
    identity::v1::ResolveLoginResponse response;
    response.set_user(known->second.name);
    for (const auto& held : known->second.grants) {
      auto* grant = response.add_grants();
      grant->set_role(held.role);
      grant->set_on(held.on);
    }
    done(rpc::PeerAnswer{response.SerializeAsString(), {}});
  }

  event::EventDesk& desk;
  std::map<std::string, rpc::Principal> logins;
  std::map<std::string, std::shared_ptr<LocalStream>> watches;
  std::vector<std::string> opened;
};

// A reader without a socket: what it was sent, and whether it keeps up.
class FakeExchange : public http::Exchange {
 public:
  explicit FakeExchange(std::string head) {
    request_.bytes = std::move(head);
    request_.peer = "192.0.2.7";
    const char* problem = "";
    response.status = 0;
    EXPECT_EQ(http::ParseHead(request_.bytes, {}, request_.head, problem), 0) << problem;
  }
  const http::Request& request() const override { return request_; }
  void AddHeader(std::string name, std::string value) override {
    added.emplace_back(std::move(name), std::move(value));
  }
  void Answer(http::Response answer) override { response = std::move(answer); }
  void Begin(http::Response head) override { response = std::move(head); }
  void Write(std::string piece, absl::AnyInvocable<void(bool)> ready) override {
    if (cut) return ready(false);
    text.append(piece);
    if (reads) return ready(true);
    blocked = std::move(ready);
  }
  void End() override { ended = true; }
  void OnGone(absl::AnyInvocable<void()> callback) override { gone = std::move(callback); }

  // The connection breaks.
  void Cut() {
    cut = true;
    if (gone) std::exchange(gone, nullptr)();
  }
  std::string Header(absl::string_view name) const {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return "";
  }

  std::vector<std::pair<std::string, std::string>> added;
  http::Response response;
  std::string text;
  bool reads = true, cut = false, ended = false;
  absl::AnyInvocable<void(bool)> blocked;
  absl::AnyInvocable<void()> gone;

 private:
  http::Request request_;
};

struct SeenEvent {
  std::string kind, data;
};

// What a browser makes of the bytes: events, and the id that it comes back with.
struct EventSource {
  std::vector<SeenEvent> events;
  std::string last_id;
  int comments = 0;
  void Read(absl::string_view text) {
    for (absl::string_view block : absl::StrSplit(text, "\n\n", absl::SkipEmpty())) {
      SeenEvent event;
      for (absl::string_view line : absl::StrSplit(block, '\n')) {
        if (absl::StartsWith(line, ":")) ++comments;
        if (absl::ConsumePrefix(&line, "id: ")) last_id = std::string(line);
        if (absl::ConsumePrefix(&line, "event: ")) event.kind = std::string(line);
        if (absl::ConsumePrefix(&line, "data: ")) event.data.append(line.data(), line.size());
      }
      if (!event.data.empty()) events.push_back(std::move(event));
    }
  }
  std::vector<std::string> kinds() const {
    std::vector<std::string> kinds;
    for (const SeenEvent& event : events) kinds.push_back(event.kind);
    return kinds;
  }
};

class LiveDesk {
 public:
  explicit LiveDesk(HubOptions options = {}) : options_(std::move(options)) {
    up.logins["token-of-lan"] = event::User("lan");
    up.logins["token-of-mei"] = {"users/mei", "", {{"teacher", "schools/a"}}};
    up.logins["token-of-staff"] = event::Staff("venues/cqstm");
    desk.MakeEvent();
    gateway.set_live([this](const auto& exchange) { return ServeLive(gateway, *hub, random, exchange); });
    logins.OnForgotten([this](absl::string_view user) { hub->AccessChanged(user); });
    StartHub();
    logins.SetWatched(true);
  }
  ~LiveDesk() {
    hub->Stop();
    Run();
  }

  // Another gateway, which knows nothing.
  void StartHub() {
    hub = std::make_shared<Hub>(caller, logins, desk.executor, random, registry, options_);
    hub->Start();
    Run();
  }
  void Run(absl::Duration span = absl::Milliseconds(500)) { desk.executor.RunFor(span); }

  std::shared_ptr<FakeExchange> Open(absl::string_view target, const std::string& token = "",
                                     const std::string& last_id = "") {
    auto exchange = std::make_shared<FakeExchange>(absl::StrCat(
        "GET ", target, " HTTP/1.1\r\nHost: here\r\nAccept: text/event-stream\r\nx-request-id: r1\r\n",
        token.empty() ? "" : absl::StrCat("Authorization: Bearer ", token, "\r\n"),
        last_id.empty() ? "" : absl::StrCat("Last-Event-ID: ", last_id, "\r\n"), "\r\n"));
    gateway.Handle(exchange);
    Run();
    return exchange;
  }
  std::string Book(const std::string& session, const std::string& user) {
    auto booking = desk.Ask<event::v1::Booking>("CreateBooking", desk.Booking(session, 2), event::User(user));
    EXPECT_TRUE(booking.ok()) << booking.status();
    return booking.ok() ? booking->name() : "";
  }

  event::EventDesk desk;
  LocalUpstream up{desk};
  std::unique_ptr<transcode::RouteTable> table = *transcode::RouteTable::Make(
      {event::v1::Event::descriptor()->file()->FindServiceByName("EventService")});
  upstream::Caller caller{up};
  upstream::Logins logins{caller, {.now = [this] { return desk.clock.Now(); }}};
  executor::SeededRandom random{5};
  metrics::Registry registry;
  Gateway gateway{*table, up, caller, logins, random, registry, {"1.0", false}};
  std::shared_ptr<Hub> hub;

 private:
  const HubOptions options_;
};

}  // namespace kepu::gateway::live
