// What the handlers of certificates share: the resource of a record, the code that is asked for beside a
// number, and who may see one. Functions of the context; thread-safe.
#pragma once

#include <string>

#include "services/volunteer/api/recognised.h"

namespace kepu::volunteer {

// Eight signs that nobody guesses; derived from the number, so that they are kept nowhere.
std::string CodeOf(const Context& context, absl::string_view number);
// With what is sealed, for who may see it.
absl::Status ToResource(const Context& context, const domain::record::CertificateHead& head,
                        v1::Certificate* certificate);
// Acts for the issuer.
bool IssuesFor(const rpc::Principal& principal, absl::string_view issuer);
// As the read model has it; NOT_FOUND when there is none, or it is not the caller's to see.
absl::StatusOr<domain::record::CertificateHead> SeenCertificate(const Context& context,
                                                                const std::string& name,
                                                                const rpc::Principal& principal, bool owner);
// The rows of the ledger as they are now.
domain::LedgerRows RowsNow(const domain::LedgerRows& ledger, const domain::record::CertificateHead& head);

// The paper, with the rows that were certified. Takes tens of milliseconds.
absl::StatusOr<std::string> PaperOf(const Context& context, const domain::record::CertificateHead& head,
                                    const domain::LedgerRows& rows, const std::string& name);

}  // namespace kepu::volunteer
