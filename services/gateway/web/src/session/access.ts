// The calls about the login itself.
import { createClient } from '@connectrpc/connect';
import { isLoggedOut, refusalOf } from '@/api/refusal';
import { transport } from '@/api/transport';
import { AccessService, type Session } from '@/gen/kepu/identity/v1/access_pb.js';

export const client = createClient(AccessService, transport);

// Undefined when nobody is logged in; throws when that cannot be known now. By GET, as a read: whoever opens a page holds no
// CSRF token yet.
export async function readSession(): Promise<Session | undefined> {
  try {
    return await client.getSession({});
  } catch (cause) {
    if (isLoggedOut(refusalOf(cause))) return undefined;
    throw cause;
  }
}
