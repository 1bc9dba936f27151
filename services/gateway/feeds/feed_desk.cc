#include "services/gateway/feeds/feed_desk.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/feeds/feed_path.h"
#include "services/gateway/http/render.h"

namespace kepu::gateway::feeds {
namespace {

constexpr char kCalendarType[] = "text/calendar; charset=utf-8";
constexpr char kResolveFeed[] = "/kepu.identity.v1.FeedService/ResolveFeed";
// Answers that are kept: each request looks through them for what is too old.
constexpr size_t kKeptMax = 512;
constexpr char kVerbs[] = "GET, HEAD, OPTIONS";
// Programs ask every few minutes at most; nothing between them and us keeps what a secret opens.
constexpr char kCaching[] = "private, max-age=300";

absl::Status Absent() { return refusal::NotFound("feeds/-"); }

// What keeps the owner from reading it is nobody's business: the feed is not there. What may be over soon is
// told, so that programs keep the events they have.
absl::Status Shown(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
      return Absent();
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return status;
    default:
      return refusal::TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Minutes(1));
  }
}

// FNV-1a: two states of one calendar differ, and an etag is no secret.
std::string EtagOf(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return absl::StrCat("\"", absl::Hex(hash, absl::kZeroPad16), "-", text.size(), "\"");
}

bool Known(absl::string_view if_none_match, absl::string_view etag) {
  for (absl::string_view one : absl::StrSplit(if_none_match, ',')) {
    one = absl::StripAsciiWhitespace(one);
    if (absl::StartsWith(one, "W/")) one.remove_prefix(2);
    if (one == "*" || one == etag) return true;
  }
  return false;
}

FeedQuery QueryOf(const identity::v1::ResolveFeedResponse& feed, absl::Time now) {
  FeedQuery query;
  query.resource = feed.resource();
  query.kind = feed.kind();
  query.english = feed.language() == identity::v1::Feed::EN;
  query.now = now;
  return query;
}

}  // namespace

FeedDesk::FeedDesk(upstream::Caller& caller, const transcode::AnswerWriter& writer,
                   metrics::Registry& metrics, std::function<absl::Time()> now)
    : caller_(caller), writer_(writer), now_(std::move(now)) {
  const metrics::Labels labels = {{"verb", "GET"}, {"route", kFeedPattern}};
  seconds_ = &metrics.MakeHistogram("kepu_gateway_request_seconds", "Time to answer a REST request.", labels);
  for (const char* name : {"", "", "2xx", "3xx", "4xx", "5xx"}) {
    metrics::Labels with_class = labels;
    with_class.emplace_back("status", name);
    by_class_.push_back(*name == '\0' ? nullptr
                                      : &metrics.MakeCounter("kepu_gateway_requests_total",
                                                             "REST requests answered.", with_class));
  }
}

bool FeedDesk::Serve(const std::shared_ptr<http::Exchange>& exchange, const std::string& request_id) {
  const http::Head& head = exchange->request().head;
  const std::optional<absl::string_view> secret = FeedSecretOf(head.path);
  if (!secret) return false;
  Visit visit{exchange, request_id};
  if (head.method != "GET" && head.method != "HEAD") return RefuseVerb(visit), true;
  if (secret->empty()) return Fail(visit, Absent()), true;
  identity::v1::ResolveFeedRequest request;
  request.set_secret(std::string(*secret));
  rpc::Context context;
  context.principal.service = "gateway";
  context.trace_id = request_id;
  caller_.Call({"identity", kResolveFeed}, context, request.SerializeAsString(), {},
               [this, visit = std::move(visit)](absl::StatusOr<rpc::PeerAnswer> answer) {
                 OnResolved(visit, answer);
               });
  return true;
}

void FeedDesk::OnResolved(Visit visit, const absl::StatusOr<rpc::PeerAnswer>& answer) {
  if (!answer.ok()) return Fail(visit, answer.status());
  identity::v1::ResolveFeedResponse feed;
  if (!feed.ParseFromString(answer->bytes) || feed.owner().empty())
    return Fail(visit, absl::InternalError("unreadable answer of identity"));
  std::shared_ptr<const Page> page;
  bool load = false, full = false;
  {
    absl::MutexLock lock(&mutex_);
    ForgetOld();
    const auto known = slots_.find(answer->bytes);
    full = known == slots_.end() && loads_ >= kLoadsMax;
    if (known != slots_.end() && known->second.page != nullptr) {
      page = known->second.page;
    } else if (!full) {
      load = known == slots_.end();
      loads_ += load ? 1 : 0;
      slots_[answer->bytes].waiting.push_back(visit);
    }
  }
  if (page != nullptr) return Answer(visit, page);
  if (full) {
    return Fail(visit, refusal::TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Seconds(10)));
  }
  if (!load) return;
  rpc::Context context;
  context.principal.name = feed.owner();
  for (const auto& grant : feed.grants()) context.principal.grants.push_back({grant.role(), grant.on()});
  context.trace_id = visit.request_id;
  Load(answer->bytes, std::move(context), QueryOf(feed, now_()));
}

std::shared_ptr<const FeedDesk::Page> FeedDesk::PageOf(const ical::Calendar& calendar) {
  auto page = std::make_shared<Page>();
  page->text = std::make_shared<const std::string>(ical::Write(calendar));
  page->etag = EtagOf(*page->text);
  const absl::Time modified = ModifiedOf(calendar);
  if (modified > absl::UnixEpoch()) page->modified = http::HttpDate(modified);
  return page;
}

void FeedDesk::Load(const std::string& resolved, rpc::Context context, FeedQuery query) {
  auto loader = std::make_shared<Loader>(caller_, std::move(context), std::move(query), starts_);
  loader->Start([this, resolved, loader](const absl::Status& status) {
    if (!status.ok()) return OnLoaded(resolved, status);
    const absl::Status taken =
        writers_.Run([this, resolved, loader] { OnLoaded(resolved, PageOf(loader->Calendar())); });
    if (!taken.ok()) OnLoaded(resolved, taken);
  });
}

void FeedDesk::OnLoaded(const std::string& resolved, Result result) {
  std::vector<Visit> waiting;
  {
    absl::MutexLock lock(&mutex_);
    --loads_;
    Slot& slot = slots_[resolved];
    waiting = std::exchange(slot.waiting, {});
    if (result.ok() && slots_.size() <= kKeptMax && kept_bytes_ + (*result)->text->size() <= kKeptBytesMax) {
      slot.page = *result;
      slot.until = std::chrono::steady_clock::now() + kKept;
      kept_bytes_ += slot.page->text->size();
    } else {
      slots_.erase(resolved);
    }
  }
  for (const Visit& visit : waiting) Answer(visit, result);
}

void FeedDesk::ForgetOld() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(slots_, [&](const auto& entry) {
    const Slot& slot = entry.second;
    if (slot.page == nullptr || now < slot.until) return false;
    kept_bytes_ -= slot.page->text->size();
    return true;
  });
}

void FeedDesk::Answer(const Visit& visit, const Result& result) {
  if (!result.ok()) return Fail(visit, result.status());
  const Page& page = **result;
  http::Response response;
  response.headers = {{"ETag", page.etag}, {"Cache-Control", kCaching}};
  if (!page.modified.empty()) response.headers.emplace_back("Last-Modified", page.modified);
  // Not by date: an event that went away leaves an older date behind.
  const absl::string_view known = visit.exchange->request().head.Find("if-none-match");
  if (!known.empty() && Known(known, page.etag)) {
    response.status = 304;
  } else {
    response.content_type = kCalendarType;
    response.headers.emplace_back("Content-Disposition", "inline; filename=\"kepu.ics\"");
    response.ready_body = page.text;
  }
  Send(visit, std::move(response));
}

void FeedDesk::Fail(const Visit& visit, const absl::Status& status) {
  transcode::Answer answer = writer_.Failure(Shown(status), visit.exchange->request().head.Find("accept"));
  http::Response response;
  response.status = answer.status;
  response.content_type = std::move(answer.content_type);
  response.headers = std::move(answer.headers);
  response.body = std::move(answer.body);
  Send(visit, std::move(response));
}

void FeedDesk::RefuseVerb(const Visit& visit) {
  const http::Head& head = visit.exchange->request().head;
  http::Response response;
  response.status = 204;
  if (head.method != "OPTIONS") {
    transcode::Answer answer = writer_.Failure(
        refusal::Refuse(
            absl::StatusCode::kUnimplemented, "VERB_UNKNOWN",
            {{"path", kFeedPattern}, {"verb", std::string(head.method.substr(0, 20))}, {"allowed", kVerbs}}),
        head.Find("accept"), 405);
    response.status = answer.status;
    response.content_type = std::move(answer.content_type);
    response.headers = std::move(answer.headers);
    response.body = std::move(answer.body);
  }
  response.headers.emplace_back("Allow", kVerbs);
  Send(visit, std::move(response));
}

void FeedDesk::Send(const Visit& visit, http::Response response) {
  const auto status_class = static_cast<size_t>(response.status / 100);
  if (status_class < by_class_.size() && by_class_[status_class] != nullptr) by_class_[status_class]->Add();
  const auto took = std::chrono::steady_clock::now() - visit.start;
  seconds_->Observe(std::chrono::duration<double>(took).count());
  response.headers.emplace_back("x-request-id", visit.request_id);
  visit.exchange->Answer(std::move(response));
}

}  // namespace kepu::gateway::feeds
