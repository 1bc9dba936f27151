// Who asks, behind proxies: the address of a connection, or what a trusted proxy says of the one in front of
// it. Headers about addresses are believed from the configured networks only. Pure; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::http {

// IPv4 addresses stand in their IPv6 form (::ffff:192.0.2.1), so that both spellings are one address.
using AddressBytes = std::array<uint8_t, 16>;

// "192.0.2.1", "2001:db8::1", either with a port as proxies write it ("192.0.2.1:80", "[2001:db8::1]:80").
std::optional<AddressBytes> ParseAddress(absl::string_view text);
// The shortest usual spelling, without a port.
std::string AddressText(const AddressBytes& address);

// A set of networks: "10.0.0.0/8", "2001:db8::/32", or single addresses.
class Networks {
 public:
  Networks() = default;
  // INVALID_ARGUMENT that names the entry.
  static absl::StatusOr<Networks> Parse(const std::vector<std::string>& entries);

  bool Contains(const AddressBytes& address) const;
  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    AddressBytes first;
    int bits;
  };
  std::vector<Network> networks_;
};

// The last hop that is not a trusted proxy: `peer` unless it is one; then X-Forwarded-For from its end.
// What stands before an address that is not trusted, or before what is no address, anybody could have made
// up. `forwarded_for` are the fields of that name in their order.
std::string ClientOf(absl::string_view peer, const std::vector<absl::string_view>& forwarded_for,
                     const Networks& trusted);

// What one household or school is counted by: the address itself, of IPv6 the network of 64 bits, of which
// everybody has as many addresses as they like. Text that is no address stays as it is.
std::string RateKeyOf(absl::string_view address);

}  // namespace kepu::gateway::http
