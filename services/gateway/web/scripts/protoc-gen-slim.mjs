#!/usr/bin/env node
// protoc-gen-es without what browsers never read: routes, access rules and limits of fields. Descriptors are half as large then,
// and they are a good part of what a phone loads first.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { CodeGeneratorRequestSchema, FieldOptionsSchema, MessageOptionsSchema, MethodOptionsSchema, ServiceOptionsSchema } from '@bufbuild/protobuf/wkt';

// Files that only declare such options.
const declaring = new Set(['google/api/annotations.proto', 'kepu/options/v1/options.proto', 'kepu/options/v1/session.proto']);

// Extensions are unknown fields here; what has nothing else goes as a whole.
function bare(thing, schema) {
  if (!thing.options) return;
  delete thing.options.$unknown;
  if (toBinary(schema, thing.options).length === 0) thing.options = undefined;
}
function slimMessage(message) {
  bare(message, MessageOptionsSchema);
  for (const field of message.field) bare(field, FieldOptionsSchema);
  message.nestedType.forEach(slimMessage);
}
function slim(file) {
  if (declaring.has(file.name)) return;
  file.dependency = file.dependency.filter((one) => !declaring.has(one));
  file.messageType.forEach(slimMessage);
  // What services say to each other about reservations.
  const own = file.service.filter(({ name }) => name !== 'ParticipantService');
  if (own.length < file.service.length) {
    file.service = own;
    file.dependency = file.dependency.filter((one) => one !== 'kepu/reservation/v1/reservation.proto');
  }
  for (const service of file.service) {
    bare(service, ServiceOptionsSchema);
    for (const method of service.method) bare(method, MethodOptionsSchema);
  }
}

const request = fromBinary(CodeGeneratorRequestSchema, readFileSync(0));
for (const file of [...request.protoFile, ...request.sourceFileDescriptors]) slim(file);
const plugin = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.bin/protoc-gen-es');
const made = spawnSync(plugin, { input: toBinary(CodeGeneratorRequestSchema, request), maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'inherit'] });
process.stdout.write(made.stdout);
process.exitCode = made.status ?? 1;
