import { createClient } from '@connectrpc/connect';
import { transport } from '@/api/transport';
import { TrainingService } from '@/gen/kepu/volunteer/v1/training_pb.js';

export const trainings = createClient(TrainingService, transport);
