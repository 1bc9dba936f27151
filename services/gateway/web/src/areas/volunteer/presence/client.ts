import { createClient } from '@connectrpc/connect';
import { transport } from '@/api/transport';
import { PresenceService } from '@/gen/kepu/volunteer/v1/presence_pb.js';

export const presence = createClient(PresenceService, transport);
