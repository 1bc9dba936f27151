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

export const client = (service, transport) => createClient(service, transport);

// The program of @bufbuild/buf for this machine.
export const bufProgram = `./node_modules/@bufbuild/buf-linux-${process.arch === 'arm64' ? 'aarch64' : 'x64'}/bin/buf`;

// What buf curl says of a refusal, with the details that it leaves in base64.
export const unfolded = (said) => {
  try {
    const details = JSON.parse(said).details ?? [];
    return said + details.map((one) => Buffer.from(one.value, 'base64').toString()).join('\n');
  } catch {
    return said;
  }
};
