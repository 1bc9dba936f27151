#include "tests/chaos/crowd.h"

#include <chrono>
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::chaos {
namespace {

constexpr char kService[] = "/kepu.event.v1.EventService/";
constexpr absl::Duration kCallDeadline = absl::Seconds(1);
constexpr absl::Duration kAskAgain = absl::Milliseconds(30);

// The outcome is not known, or it was not looked at: the same question again.
bool Open(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsAborted(status) ||
         absl::IsResourceExhausted(status) || absl::IsCancelled(status) || absl::IsUnknown(status);
}

}  // namespace

struct Crowd::Question {
  enum Kind { kCreate, kHold, kConfirm, kCancel };
  int kind = kCreate;
  std::string user, method, request;
  bool repeat = false;
};

Crowd::Crowd(std::string address, std::vector<std::string> sessions, uint64_t seed, int size)
    : random_(seed), sessions_(std::move(sessions)), size_(size) {
  rpc::ChannelPeerOptions options;
  options.addresses = {std::move(address)};
  peer_ = *rpc::ChannelPeer::Make(loop_, options);
}

Crowd::~Crowd() {
  peer_.reset();
  loop_.Stop();
}

void Crowd::Start() {
  loop_.Start();
  loop_.Post([this] {
    for (int i = 0; i < size_; ++i) NextStory();
  });
}

bool Crowd::Stop(absl::Duration limit) {
  stopping_ = true;
  const absl::Time until = loop_.SteadyNow() + limit;
  while (open_ > 0 && loop_.SteadyNow() < until) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const bool all = open_ == 0;
  loop_.Stop();
  return all;
}

void Crowd::NextStory() {
  if (stopping_) return;
  const std::string user = absl::StrCat("users/c", ++users_);
  Story& story = stories_[user];
  story.session = sessions_[random_.Below(sessions_.size())];
  story.held_only = random_.Below(4) == 0;
  auto question = std::make_shared<Question>();
  question->user = user;
  event::v1::Party party;
  party.set_adults(static_cast<int32_t>(1 + random_.Below(3)));
  if (story.held_only) {
    event::v1::HoldBookingRequest request;
    request.set_parent(story.session);
    request.mutable_booking()->set_kind(event::v1::Booking::FAMILY);
    *request.mutable_booking()->mutable_party() = party;
    request.set_request_id("hold");
    question->kind = Question::kHold;
    question->method = absl::StrCat(kService, "HoldBooking");
    question->request = request.SerializeAsString();
  } else {
    event::v1::CreateBookingRequest request;
    request.set_parent(story.session);
    request.mutable_booking()->set_kind(event::v1::Booking::FAMILY);
    *request.mutable_booking()->mutable_party() = party;
    request.set_request_id("create");
    question->method = absl::StrCat(kService, "CreateBooking");
    question->request = request.SerializeAsString();
  }
  ++open_;
  Ask(std::move(question));
}

void Crowd::Ask(std::shared_ptr<Question> question) {
  rpc::Context context;
  context.principal.name = question->user;
  context.deadline = loop_.SteadyNow() + kCallDeadline;
  context.repeat = question->repeat;
  peer_->Call(
      question->method, context, question->request,
      [this, question](const absl::StatusOr<rpc::PeerAnswer>& answer) { OnAnswer(question, answer); });
}

void Crowd::OnAnswer(std::shared_ptr<Question> question, const absl::StatusOr<rpc::PeerAnswer>& answer) {
  if (Open(answer.status())) {
    question->repeat = true;
    ++repeated_;
    loop_.PostAfter(kAskAgain, [this, question] { Ask(question); });
    return;
  }
  answer.ok() ? ++acknowledged_ : ++refused_;
  Tell(*question, answer.ok(), refusal::ReasonOf(answer.status()), answer.ok() ? answer->bytes : "");
  FollowUp(question->user, *question);
}

void Crowd::Tell(Question& question, bool yes, const std::string& reason, const std::string& bytes) {
  Story& story = stories_[question.user];
  const Told told = yes ? Told::kYes : Told::kNo;
  if (question.kind == Question::kConfirm) {
    story.confirm = told;
  } else if (question.kind == Question::kCancel) {
    story.cancel = told;
  } else {
    story.create = told;
    story.create_reason = reason;
    event::v1::Booking booking;
    if (yes && booking.ParseFromString(bytes)) story.booking = booking.name();
  }
}

// What a person does next: confirm a hold, now and then cancel, or leave for the next person.
void Crowd::FollowUp(const std::string& user, const Question& question) {
  Story& story = stories_[user];
  const bool has = story.create == Told::kYes && !story.booking.empty();
  if (has && question.kind == Question::kHold && random_.Below(4) != 0)
    return AskAbout(user, Question::kConfirm);
  if (has && !story.asked_cancel && random_.Below(5) == 0) return AskAbout(user, Question::kCancel);
  --open_;
  NextStory();
}

void Crowd::AskAbout(const std::string& user, int kind) {
  Story& story = stories_[user];
  auto question = std::make_shared<Question>();
  question->kind = kind;
  question->user = user;
  if (kind == Question::kConfirm) {
    story.asked_confirm = true;
    event::v1::ConfirmBookingRequest request;
    request.set_name(story.booking);
    request.set_request_id("confirm");
    question->method = absl::StrCat(kService, "ConfirmBooking");
    question->request = request.SerializeAsString();
  } else {
    story.asked_cancel = true;
    event::v1::CancelBookingRequest request;
    request.set_name(story.booking);
    request.set_request_id("cancel");
    question->method = absl::StrCat(kService, "CancelBooking");
    question->request = request.SerializeAsString();
  }
  Ask(std::move(question));
}

}  // namespace kepu::chaos
