#include "libs/projection/catalogue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"

namespace kepu::projection {
namespace {

// Field 1 of every list response, length-delimited.
constexpr uint8_t kItemTag = 1 << 3 | 2;
// A list holds its lock while it looks; this many cost about a millisecond.
constexpr size_t kPassedOverMax = 5000;

void AppendItem(absl::string_view bytes, std::string* out) {
  uint8_t prefix[1 + 5];
  prefix[0] = kItemTag;
  uint8_t* end = google::protobuf::io::CodedOutputStream::WriteVarint32ToArray(
      static_cast<uint32_t>(bytes.size()), prefix + 1);
  out->append(reinterpret_cast<const char*>(prefix), static_cast<size_t>(end - prefix));
  out->append(bytes.data(), bytes.size());
}

}  // namespace

void Catalogue::Unlist(const Entry& entry) {
  for (const std::string& scope : entry.scopes) {
    auto list = lists_.find(scope);
    if (list == lists_.end()) continue;
    list->second.erase(entry.sort_key);
    if (list->second.empty()) lists_.erase(list);
  }
}

void Catalogue::Put(absl::string_view name, const google::protobuf::Message& resource,
                    std::vector<std::string> scopes, absl::string_view sort_key) {
  PutItem(name, {std::make_shared<const std::string>(resource.SerializeAsString()), nullptr},
          std::move(scopes), sort_key);
}

void Catalogue::Keep(absl::string_view name, std::shared_ptr<const google::protobuf::Message> resource,
                     std::vector<std::string> scopes, absl::string_view sort_key) {
  auto bytes = std::make_shared<const std::string>(resource->SerializeAsString());
  PutItem(name, {std::move(bytes), std::move(resource)}, std::move(scopes), sort_key);
}

void Catalogue::PutItem(absl::string_view name, Item item, std::vector<std::string> scopes,
                        absl::string_view sort_key) {
  Entry entry;
  entry.item = std::move(item);
  // A zero byte ends the sort key, so that a key that begins another one comes first.
  entry.sort_key = absl::StrCat(sort_key, absl::string_view("\0", 1), name);
  entry.scopes = std::move(scopes);
  absl::MutexLock lock(&mutex_);
  auto [it, inserted] = entries_.try_emplace(std::string(name));
  if (!inserted && (it->second.sort_key != entry.sort_key || it->second.scopes != entry.scopes))
    Unlist(it->second);
  for (const std::string& scope : entry.scopes) lists_[scope][entry.sort_key] = entry.item;
  it->second = std::move(entry);
}

void Catalogue::Remove(absl::string_view name) {
  absl::MutexLock lock(&mutex_);
  auto it = entries_.find(name);
  if (it == entries_.end()) return;
  Unlist(it->second);
  entries_.erase(it);
}

std::shared_ptr<const std::string> Catalogue::Get(absl::string_view name) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : it->second.item.bytes;
}

std::shared_ptr<const google::protobuf::Message> Catalogue::Find(absl::string_view name) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : it->second.item.message;
}

Catalogue::Page Catalogue::ListUntil(absl::string_view scope, absl::string_view after,
                                     absl::string_view until, size_t limit, const Match& match) const {
  Page page;
  absl::ReaderMutexLock lock(&mutex_);
  auto list = lists_.find(scope);
  if (list == lists_.end()) return page;
  auto it = after.empty() ? list->second.begin() : list->second.upper_bound(std::string(after));
  const auto end = [&](auto found) {
    return found == list->second.end() || (!until.empty() && found->first >= until);
  };
  const std::string* last = nullptr;
  size_t passed_over = 0;
  for (; !end(it); ++it) {
    const Item& item = it->second;
    if (match && (item.message == nullptr || !match(*item.message))) {
      if (++passed_over < kPassedOverMax) continue;
      last = &it->first;
      break;
    }
    if (page.items == limit) break;
    if (page.items == 0) page.bytes.reserve((item.bytes->size() + 8) * std::min(limit, list->second.size()));
    AppendItem(*item.bytes, &page.bytes);
    ++page.items;
    last = &it->first;
  }
  if (!end(it) && last != nullptr) page.next_after = *last;
  return page;
}

size_t Catalogue::size() const {
  absl::ReaderMutexLock lock(&mutex_);
  return entries_.size();
}

}  // namespace kepu::projection
