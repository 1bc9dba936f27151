#include "services/event/store/document_kinds.h"

#include <exception>

#include "absl/strings/str_cat.h"
#include "services/event/domain/responsibility.h"

namespace kepu::event {
namespace {

using google::protobuf::Message;

template <class Resource>
DocumentKind Listed(std::string (*order)(const Resource&),
                    std::vector<std::string> (*scopes)(const Resource&) = nullptr) {
  DocumentKind kind{Resource::descriptor(), nullptr, nullptr};
  kind.order = [order](const Message& one) { return order(static_cast<const Resource&>(one)); };
  if (scopes != nullptr)
    kind.scopes = [scopes](const Message& one) { return scopes(static_cast<const Resource&>(one)); };
  return kind;
}

const std::vector<DocumentKind>& AllKinds() {
  static const auto& kinds = *new std::vector<DocumentKind>{
      Listed<v1::Responsibility>(domain::OrderOf,
                                 [](const v1::Responsibility& row) -> std::vector<std::string> {
                                   return {row.task(), row.unit()};
                                 }),
  };
  return kinds;
}

}  // namespace

const DocumentKind& KindOf(const google::protobuf::Descriptor& type) {
  for (const DocumentKind& kind : AllKinds())
    if (kind.type == &type) return kind;
  std::terminate();
}

std::string TimeOrder(int64_t time_us) { return absl::StrCat(absl::Hex(time_us, absl::kZeroPad16)); }

}  // namespace kepu::event
