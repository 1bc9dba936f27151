// A table of resources held as ready bytes, listed by scope in a stable order: the read model of catalogue
// objects. A page is a concatenation of prepared pieces, so a list costs a copy and no serialization. Written
// on the executor, read from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"

namespace kepu::projection {

class Catalogue {
 public:
  struct Page {
    std::string
        bytes;  // the items as field 1 of a list response, serialized; append further fields as they are
    std::string next_after;  // sort key to continue after; empty at the end
    size_t items = 0;
  };

  // Puts or replaces a resource. `scopes` are the lists it appears in ("events/x", "venues/cqstm", ""),
  // `sort_key` its place in them; the name is appended as the tiebreaker.
  void Put(absl::string_view name, const google::protobuf::Message& resource, std::vector<std::string> scopes,
           absl::string_view sort_key);
  // Keeps the message itself as well, for Find and for lists that are narrowed by what it says.
  void Keep(absl::string_view name, std::shared_ptr<const google::protobuf::Message> resource,
            std::vector<std::string> scopes, absl::string_view sort_key);
  void Remove(absl::string_view name);

  // Serialized resource, null when there is none.
  std::shared_ptr<const std::string> Get(absl::string_view name) const;
  // The message of a resource that was kept; null for any other.
  std::shared_ptr<const google::protobuf::Message> Find(absl::string_view name) const;

  using Match = std::function<bool(const google::protobuf::Message&)>;
  // At most `limit` resources of a scope after `after` (exclusive; empty: from the start); with `match` only
  // those kept ones that it says yes to. A page that passed over many may be short, and goes on after them.
  Page List(absl::string_view scope, absl::string_view after, size_t limit,
            const Match& match = nullptr) const {
    return ListUntil(scope, after, "", limit, match);
  }
  // The same, of those before the sort key `until` (empty: to the end).
  Page ListUntil(absl::string_view scope, absl::string_view after, absl::string_view until, size_t limit,
                 const Match& match = nullptr) const;
  size_t size() const;

 private:
  struct Item {
    std::shared_ptr<const std::string> bytes;
    std::shared_ptr<const google::protobuf::Message> message;  // null unless it is kept
  };
  struct Entry {
    Item item;
    std::string sort_key;
    std::vector<std::string> scopes;
  };
  void PutItem(absl::string_view name, Item item, std::vector<std::string> scopes,
               absl::string_view sort_key);
  void Unlist(const Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::map<std::string, Item>> lists_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::projection
