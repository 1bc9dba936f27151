// Reads by REST, for what is no more than a few fields of many sorts of things: their typed clients would be a good part of
// what a first page may weigh.
import { Code, ConnectError } from '@connectrpc/connect';

const codes: Record<number, Code> = { 400: Code.InvalidArgument, 401: Code.Unauthenticated, 403: Code.PermissionDenied, 404: Code.NotFound, 429: Code.ResourceExhausted };

export async function readByRest<Answer>(path: string): Promise<Answer> {
  const answer = await fetch(`/v1/${path}`, { signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new ConnectError(path, codes[answer.status] ?? Code.Unavailable);
  return (await answer.json()) as Answer;
}
