// Runs while kepu is built: reads a descriptor set that has kept its comments and writes them as a C++ table.
// Usage: kepu-extract-comments SET OUT
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace kepu::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorSet;
using google::protobuf::SourceLocation;

class Extract {
 public:
  explicit Extract(std::map<std::string, std::string>& out) : out_(out) {}

  void File(const FileDescriptor& file) {
    for (int i = 0; i < file.service_count(); ++i) {
      Take(*file.service(i));
      for (int m = 0; m < file.service(i)->method_count(); ++m) Take(*file.service(i)->method(m));
    }
    for (int i = 0; i < file.message_type_count(); ++i) Message(*file.message_type(i));
    for (int i = 0; i < file.enum_type_count(); ++i) Enum(*file.enum_type(i));
  }

 private:
  void Message(const Descriptor& message) {
    Take(message);
    for (int i = 0; i < message.field_count(); ++i) Take(*message.field(i));
    for (int i = 0; i < message.nested_type_count(); ++i) Message(*message.nested_type(i));
    for (int i = 0; i < message.enum_type_count(); ++i) Enum(*message.enum_type(i));
  }

  void Enum(const EnumDescriptor& type) {
    Take(type);
    for (int i = 0; i < type.value_count(); ++i) Take(*type.value(i));
  }

  template <class Thing>
  void Take(const Thing& thing) {
    SourceLocation location;
    if (!thing.GetSourceLocation(&location)) return;
    const std::string& comment =
        location.leading_comments.empty() ? location.trailing_comments : location.leading_comments;
    std::string text;
    for (const absl::string_view line : absl::StrSplit(comment, '\n')) {
      const absl::string_view words = absl::StripAsciiWhitespace(line);
      if (!words.empty()) absl::StrAppend(&text, text.empty() ? "" : " ", words);
    }
    // A value's name is that of its enum's scope; here it stands under its enum.
    if (!text.empty()) out_[NameOf(thing)] = std::move(text);
  }

  template <class Thing>
  static std::string NameOf(const Thing& thing) {
    return thing.full_name();
  }
  static std::string NameOf(const google::protobuf::EnumValueDescriptor& value) {
    return absl::StrCat(value.type()->full_name(), ".", value.name());
  }

  std::map<std::string, std::string>& out_;
};

int Run(const std::string& set_file, const std::string& out_file) {
  std::ifstream in(set_file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  FileDescriptorSet set;
  if (!set.ParseFromString(bytes)) {
    std::cerr << "kepu-extract-comments: " << set_file << " is no descriptor set\n";
    return 1;
  }
  DescriptorPool pool;
  std::map<std::string, std::string> comments;
  for (const auto& file : set.file()) {
    const FileDescriptor* built = pool.BuildFile(file);
    if (built == nullptr) return 1;
    if (absl::StartsWith(file.name(), "kepu/")) Extract(comments).File(*built);
  }
  std::ofstream out(out_file);
  out << "#include \"services/gateway/comments/table.h\"\n\nnamespace kepu::gateway {\n\n"
      << "const Comment kComments[] = {\n";
  for (const auto& [name, text] : comments)
    out << "    {\"" << name << "\", \"" << absl::Utf8SafeCEscape(text) << "\"},\n";
  out << "    {\"\", \"\"},\n};\nconst size_t kCommentCount = " << comments.size()
      << ";\n\n}  // namespace kepu::gateway\n";
  return out.good() ? 0 : 1;
}

}  // namespace
}  // namespace kepu::gateway

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: kepu-extract-comments SET OUT\n";
    return 2;
  }
  return kepu::gateway::Run(argv[1], argv[2]);
}
