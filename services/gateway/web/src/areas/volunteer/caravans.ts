import { createClient } from '@connectrpc/connect';
import { transport } from '@/api/transport';
import { FleetService } from '@/gen/kepu/venue/v1/fleet_service_pb.js';

export const fleet = createClient(FleetService, transport);
