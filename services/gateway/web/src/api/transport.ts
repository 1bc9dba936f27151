// The one transport of the app: Connect on our own origin, with the session's cookie. Adds the CSRF token to every call
// and a request id to every changing one, so that asking again never does a thing twice.
import type { DescMethod, Message } from '@bufbuild/protobuf';
import { type Interceptor, createContextKey } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';
import { csrfToken } from './csrf';
import { nextTask } from '@/shell/task';

// The id of what the user set out to do: the same for every try of it, another one for anything else.
export type RequestIds = (request: string) => string;
export const requestIdKey = createContextKey<RequestIds | undefined>(undefined, { description: 'request id' });

export const newRequestId = () =>
  crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const takesRequestId = (method: DescMethod) => method.input.fields.some((field) => field.localName === 'requestId');

export const identify: Interceptor = (next) => async (request) => {
  await nextTask();
  if (csrfToken()) request.header.set('X-Kepu-Csrf', csrfToken());
  if (!request.stream && takesRequestId(request.method)) {
    const message = request.message as Message & { requestId?: string };
    const about = () => request.method.name + JSON.stringify(message, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
    message.requestId ||= request.contextValues.get(requestIdKey)?.(about()) ?? newRequestId();
  }
  return next(request);
};

const options = {
  baseUrl: location.origin,
  interceptors: [identify],
  useBinaryFormat: true, // read in half the time of JSON, here and at the gateway
  useHttpGet: true, // reads: they have an ETag and may be kept ready
  defaultTimeoutMs: 20_000,
};

// `?transport=grpcweb` speaks the other protocol, for those who test.
const other = new URLSearchParams(location.search).get('transport') === 'grpcweb';
export const transport = other ? (await import('./grpcweb')).grpcWeb(options) : createConnectTransport(options);
