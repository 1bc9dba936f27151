#include "services/event/store/document_shelf.h"

#include "services/event/store/document_kinds.h"

namespace kepu::event {

void DocumentShelf::Show(const domain::record::Document& document) {
  const auto& reflection = *document.GetReflection();
  const auto* field = reflection.GetOneofFieldDescriptor(document, document.GetDescriptor()->oneof_decl(0));
  // Of a kind that a later release has: not ours to show.
  if (field == nullptr) return;
  const Message& found = reflection.GetMessage(document, field);
  std::shared_ptr<Message> resource(found.New());
  resource->CopyFrom(found);
  Put(std::move(resource));
}

void DocumentShelf::Put(std::shared_ptr<const Message> resource) {
  const DocumentKind& kind = KindOf(*resource->GetDescriptor());
  const std::string& name =
      resource->GetReflection()->GetString(*resource, resource->GetDescriptor()->FindFieldByName("name"));
  std::vector<std::string> scopes = {ScopeOf(*kind.type, kAllOfThem)};
  if (kind.scopes)
    for (const std::string& scope : kind.scopes(*resource))
      if (!scope.empty()) scopes.push_back(ScopeOf(*kind.type, scope));
  const std::string order = kind.order(*resource);
  catalogue_.Keep(name, std::move(resource), std::move(scopes), order);
}

}  // namespace kepu::event
