// Reads the facts of one feed from the services as the feed's owner, by the methods that everybody calls:
// what the owner may not see is not answered here either. Held by its calls; steps run one after another.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "services/gateway/feeds/feed_calendar.h"
#include "services/gateway/feeds/gather.h"

namespace kepu::gateway::feeds {

// Where lists that are kept by time get to the first day of the feeds: their page tokens are good for ever
// and for everybody, so nobody walks through years of sessions more than once. Bounded; thread-safe.
class ListStarts {
 public:
  std::string Get(const std::string& list) const;
  void Put(const std::string& list, const std::string& token);
  void Forget(const std::string& list);

 private:
  static constexpr size_t kListsMax = 20000;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::string> tokens_ ABSL_GUARDED_BY(mutex_);
};

class Loader : public std::enable_shared_from_this<Loader> {
 public:
  // `starts` outlives it.
  Loader(upstream::Caller& caller, rpc::Context context, FeedQuery query, ListStarts& starts)
      : gather_(std::make_shared<Gather>(caller, std::move(context))),
        query_(std::move(query)),
        starts_(starts) {}

  // NOT_FOUND when the owner does not see the thing.
  void Start(std::function<void(absl::Status)> done);
  // What was read, once it is.
  ical::Calendar Calendar() const { return CalendarOf(query_, facts_); }

 private:
  // One for each kind of feed.
  void LoadPlace(const std::string& venue);
  void LoadCaravan();
  void LoadSchool();
  void LoadShifts();

  // What something refers to, once each.
  void Want(const std::string& name);
  void WantMore(const std::string& name);
  void WantSession(const event::v1::Session& session);
  void LoadSessions(const std::string& venue);
  void LoadAllocations();

  template <class Response, class Request>
  void WantOne(const char* service, const char* method, const std::string& name,
               std::map<std::string, Response>& into, bool needed, std::function<void(const Response&)> then);

  const std::shared_ptr<Gather> gather_;
  const FeedQuery query_;
  ListStarts& starts_;
  std::string began_at_token_;  // the list that was entered there
  std::set<std::string> wanted_;
  FeedFacts facts_;
};

}  // namespace kepu::gateway::feeds
