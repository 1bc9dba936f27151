// Everything that is kept whole, as it is read: ready bytes, the messages themselves, and the lists of each
// kind in its order. Owned by the read model; changed on the executor, read from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "libs/projection/catalogue.h"
#include "services/event/domain/document.h"

namespace kepu::event {

// The list of all of a kind.
inline constexpr char kAllOfThem[] = "";

class DocumentShelf {
 public:
  using Message = google::protobuf::Message;
  using Page = projection::Catalogue::Page;

  // The resource that a document is now.
  void Show(const domain::record::Document& document);
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

  // `scope` is one of those that document_kinds.cc gives the kind.
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

  projection::Catalogue catalogue_;
};

}  // namespace kepu::event
