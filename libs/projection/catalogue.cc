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
  Entry entry;
  entry.bytes = std::make_shared<const std::string>(resource.SerializeAsString());
  // A zero byte ends the sort key, so that a key that begins another one comes first.
  entry.sort_key = absl::StrCat(sort_key, absl::string_view("\0", 1), name);
  entry.scopes = std::move(scopes);
  absl::MutexLock lock(&mutex_);
  auto [it, inserted] = entries_.try_emplace(std::string(name));
  if (!inserted && (it->second.sort_key != entry.sort_key || it->second.scopes != entry.scopes))
    Unlist(it->second);
  for (const std::string& scope : entry.scopes) lists_[scope][entry.sort_key] = entry.bytes;
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
  return it == entries_.end() ? nullptr : it->second.bytes;
}

Catalogue::Page Catalogue::List(absl::string_view scope, absl::string_view after, size_t limit) const {
  Page page;
  absl::ReaderMutexLock lock(&mutex_);
  auto list = lists_.find(scope);
  if (list == lists_.end()) return page;
  auto it = after.empty() ? list->second.begin() : list->second.upper_bound(std::string(after));
  const std::string* last = nullptr;
  for (; it != list->second.end() && page.items < limit; ++it, ++page.items) {
    if (page.items == 0) page.bytes.reserve((it->second->size() + 8) * std::min(limit, list->second.size()));
    AppendItem(*it->second, &page.bytes);
    last = &it->first;
  }
  if (it != list->second.end() && last != nullptr) page.next_after = *last;
  return page;
}

size_t Catalogue::size() const {
  absl::ReaderMutexLock lock(&mutex_);
  return entries_.size();
}

}  // namespace kepu::projection
