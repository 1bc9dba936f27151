#include "libs/document/shelf.h"

#include <algorithm>
#include <exception>

namespace kepu::document {

std::string TimeOrder(int64_t time_us) { return absl::StrCat(absl::Hex(time_us, absl::kZeroPad16)); }

void Shelf::Show(const Message& document) {
  const auto& reflection = *document.GetReflection();
  const auto* field = reflection.GetOneofFieldDescriptor(document, document.GetDescriptor()->oneof_decl(0));
  // Of a kind that a later release has: not ours to show.
  if (field == nullptr) return;
  const Message& found = reflection.GetMessage(document, field);
  std::shared_ptr<Message> resource(found.New());
  resource->CopyFrom(found);
  Put(std::move(resource));
}

void Shelf::Put(std::shared_ptr<const Message> resource) {
  const auto* type = resource->GetDescriptor();
  const auto kind =
      std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& one) { return one.type == type; });
  if (kind == kinds_.end()) std::terminate();
  const std::string& name = resource->GetReflection()->GetString(*resource, type->FindFieldByName("name"));
  std::vector<std::string> scopes = {ScopeOf(*type, kAllOfThem)};
  if (kind->scopes)
    for (const std::string& scope : kind->scopes(*resource))
      if (!scope.empty()) scopes.push_back(ScopeOf(*type, scope));
  const std::string order = kind->order(*resource);
  catalogue_.Keep(name, std::move(resource), std::move(scopes), order);
}

}  // namespace kepu::document
