// Everything that is kept whole, as it is read: ready bytes, the messages themselves, and the lists of each
// kind in its order. Owned by a read model; changed on the executor, read from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "libs/projection/catalogue.h"

namespace kepu::document {

// How the resources of one type are listed.
struct Kind {
  const google::protobuf::Descriptor* type;
  // Sorts a list; the name breaks ties. At most 300 bytes, as it stands in page tokens.
  std::function<std::string(const google::protobuf::Message&)> order;
  // Names of further lists that it stands in; null or empty ones are left out.
  std::function<std::vector<std::string>(const google::protobuf::Message&)> scopes;
};
template <class Resource>
Kind Listed(std::string (*order)(const Resource&),
            std::vector<std::string> (*scopes)(const Resource&) = nullptr) {
  using google::protobuf::Message;
  Kind kind{Resource::descriptor(), nullptr, nullptr};
  kind.order = [order](const Message& one) { return order(static_cast<const Resource&>(one)); };
  if (scopes != nullptr)
    kind.scopes = [scopes](const Message& one) { return scopes(static_cast<const Resource&>(one)); };
  return kind;
}
// A time as a part of an order: fixed width, for times after 1970.
std::string TimeOrder(int64_t time_us);

// The list of all of a kind.
inline constexpr char kAllOfThem[] = "";

class Shelf {
 public:
  using Message = google::protobuf::Message;
  using Page = projection::Catalogue::Page;

  // `kinds` outlives it and has every type that is shown.
  explicit Shelf(const std::vector<Kind>& kinds) : kinds_(kinds) {}

  // The resource that a log's `Document` is now.
  void Show(const Message& document);
  // The same of one that lies in the store in another form.
  template <class Resource>
  void ShowMessage(Resource resource) {
    Put(std::make_shared<const Resource>(std::move(resource)));
  }

  // Null when there is none of that name, or it is of another kind.
  template <class Resource>
  std::shared_ptr<const Resource> Find(absl::string_view name) const {
    return std::dynamic_pointer_cast<const Resource>(catalogue_.Find(name));
  }
  std::shared_ptr<const std::string> Bytes(absl::string_view name) const { return catalogue_.Get(name); }

  // `scope` is kAllOfThem or one of those that the kind gives.
  template <class Resource>
  Page List(absl::string_view scope, absl::string_view after, size_t limit,
            const std::function<bool(const Resource&)>& match = nullptr) const {
    projection::Catalogue::Match matches;
    if (match) matches = [&match](const Message& one) { return match(static_cast<const Resource&>(one)); };
    return catalogue_.List(ScopeOf(*Resource::descriptor(), scope), after, limit, matches);
  }

 private:
  static std::string ScopeOf(const google::protobuf::Descriptor& type, absl::string_view scope) {
    return absl::StrCat(type.full_name(), " ", scope);
  }
  void Put(std::shared_ptr<const Message> resource);

  const std::vector<Kind>& kinds_;
  projection::Catalogue catalogue_;
};

}  // namespace kepu::document
