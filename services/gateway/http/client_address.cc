#include "services/gateway/http/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kepu::gateway::http {
namespace {

constexpr AddressBytes kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
constexpr int kMappedBits = 96;
constexpr size_t kMappedBytes = 12;
constexpr size_t kTextMax = 64;
// Longer chains than this are made up.
constexpr size_t kHopsMax = 32;

bool IsMapped(const AddressBytes& address) {
  return std::equal(kMapped.begin(), kMapped.begin() + kMappedBytes, address.begin());
}

// The text without a port and brackets; nothing when they do not fit together.
std::optional<absl::string_view> WithoutPort(absl::string_view text) {
  absl::string_view port;
  if (!text.empty() && text.front() == '[') {
    const size_t close = text.find(']');
    if (close == absl::string_view::npos) return std::nullopt;
    port = text.substr(close + 1);
    text = text.substr(1, close - 1);
    if (!port.empty() && port.front() != ':') return std::nullopt;
    if (port == ":") return std::nullopt;
    if (!port.empty()) port.remove_prefix(1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const size_t colon = text.find(':');
    port = text.substr(colon + 1);
    text = text.substr(0, colon);
    if (port.empty()) return std::nullopt;
  }
  if (!std::all_of(port.begin(), port.end(), absl::ascii_isdigit) || port.size() > 5) return std::nullopt;
  return text;
}

}  // namespace

std::optional<AddressBytes> ParseAddress(absl::string_view text) {
  if (text.empty() || text.size() > kTextMax || text.find('\0') != absl::string_view::npos)
    return std::nullopt;
  const std::optional<absl::string_view> bare = WithoutPort(text);
  if (!bare) return std::nullopt;
  const std::string address(*bare);
  AddressBytes bytes = kMapped;
  if (::inet_pton(AF_INET, address.c_str(), bytes.data() + kMappedBytes) == 1) return bytes;
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::string AddressText(const AddressBytes& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (IsMapped(address)) {
    ::inet_ntop(AF_INET, address.data() + kMappedBytes, text, sizeof(text));
  } else {
    ::inet_ntop(AF_INET6, address.data(), text, sizeof(text));
  }
  return text;
}

absl::StatusOr<Networks> Networks::Parse(const std::vector<std::string>& entries) {
  Networks networks;
  for (const std::string& entry : entries) {
    const size_t slash = entry.find('/');
    const absl::string_view text = absl::string_view(entry).substr(0, slash);
    const std::optional<AddressBytes> address = ParseAddress(text);
    const bool four = text.find(':') == absl::string_view::npos;
    const int most = four ? 32 : 128;
    int bits = most;
    const bool bits_fit = slash == std::string::npos ||
                          (absl::SimpleAtoi(entry.substr(slash + 1), &bits) && bits >= 0 && bits <= most);
    if (!address || !bits_fit || text.find_first_of("[]") != absl::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", entry, "' is no network; write 10.0.0.0/8 or 2001:db8::/32"));
    }
    networks.networks_.push_back({*address, four ? bits + kMappedBits : bits});
  }
  return networks;
}

bool Networks::Contains(const AddressBytes& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const auto whole = static_cast<size_t>(network.bits / 8);
    if (!std::equal(address.begin(), address.begin() + whole, network.first.begin())) return false;
    const int rest = network.bits % 8;
    return rest == 0 || ((address[whole] ^ network.first[whole]) >> (8 - rest)) == 0;
  });
}

std::string ClientOf(absl::string_view peer, const std::vector<absl::string_view>& forwarded_for,
                     const Networks& trusted) {
  std::optional<AddressBytes> client = ParseAddress(peer);
  if (!client || !trusted.Contains(*client)) return std::string(peer);
  std::vector<absl::string_view> hops;
  for (const absl::string_view field : forwarded_for) {
    for (const absl::string_view hop : absl::StrSplit(field, ','))
      hops.push_back(absl::StripAsciiWhitespace(hop));
  }
  const size_t seen = std::min(hops.size(), kHopsMax);
  for (size_t i = 0; i < seen; ++i) {
    const std::optional<AddressBytes> before = ParseAddress(hops[hops.size() - 1 - i]);
    if (!before) break;
    client = before;
    if (!trusted.Contains(*client)) break;
  }
  return AddressText(*client);
}

std::string RateKeyOf(absl::string_view address) {
  std::optional<AddressBytes> bytes = ParseAddress(address);
  if (!bytes) return std::string(address);
  if (IsMapped(*bytes)) return AddressText(*bytes);
  std::fill(bytes->begin() + 8, bytes->end(), uint8_t{0});
  return absl::StrCat(AddressText(*bytes), "/64");
}

}  // namespace kepu::gateway::http
