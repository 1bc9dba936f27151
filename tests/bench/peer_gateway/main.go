// The venue service behind the Go grpc-gateway, for tests/bench: what others put in front of a gRPC service, asked
// for the same things by the same generator. Listens on ADDRESS:PORT and calls the service on a unix socket.
//
//	kepu-bench-peer-gateway ADDRESS:PORT SOCKET
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	"google.golang.org/grpc"

	venue "kepu/venue/v1"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "kepu-bench-peer-gateway ADDRESS:PORT SOCKET")
		os.Exit(2)
	}
	// Names and defaults as our gateway prints them.
	mux := runtime.NewServeMux(runtime.WithMarshalerOption(
		runtime.MIMEWildcard, &runtime.JSONPb{OrigName: false, EmitDefaults: true}))
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", os.Args[2])
	}
	err := venue.RegisterVenueServiceHandlerFromEndpoint(context.Background(), mux, "passthrough:///venue",
		[]grpc.DialOption{grpc.WithInsecure(), grpc.WithContextDialer(dial)})
	if err == nil {
		err = http.ListenAndServe(os.Args[1], mux)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
