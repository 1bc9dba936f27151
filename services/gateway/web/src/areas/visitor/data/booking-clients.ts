// What is needed only by who books; fetched with the pages that do.
import { createClient } from '@connectrpc/connect';
import { transport } from '@/api/transport';
import { ApprovalService } from '@/gen/kepu/event/v1/approval_pb.js';
import { DoorService } from '@/gen/kepu/event/v1/door_pb.js';
import { IdentityService } from '@/gen/kepu/identity/v1/identity_pb.js';

export const approval = createClient(ApprovalService, transport);
export const door = createClient(DoorService, transport);
export const identity = createClient(IdentityService, transport);
