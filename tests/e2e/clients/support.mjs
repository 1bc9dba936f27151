// What the tests share: where the instance is, its generated clients, and what world.mjs made in it.
import { readFileSync } from 'node:fs';
import { createClient } from '@connectrpc/connect';

export const url = process.env.KEPU_URL;
export const data = process.env.KEPU_DATA;
export const work = process.env.KEPU_WORK;

export { IdentityService } from './gen/kepu/identity/v1/identity_pb.js';
export { DirectoryService } from './gen/kepu/identity/v1/directory_pb.js';
export { VenueService } from './gen/kepu/venue/v1/venue_service_pb.js';
export { EventService } from './gen/kepu/event/v1/event_pb.js';
export { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema } from './gen/google/rpc/error_details_pb.js';

export const secret = (name) => readFileSync(`${data}/keys/${name}`);
export const world = () => JSON.parse(readFileSync(`${work}/world.json`, 'utf8'));

// An interceptor of a logged-in client.
export const bearer = (token) => (next) => (request) => {
  request.header.set('Authorization', `Bearer ${token}`);
  return next(request);
};

// The client of a service by a transport; `note` sees the headers and requests that pass.
export const client = (service, transport) => createClient(service, transport);
