// The other protocol that browsers may speak, fetched only when it is asked for.
import { createGrpcWebTransport } from '@connectrpc/connect-web';

export const grpcWeb = createGrpcWebTransport;
