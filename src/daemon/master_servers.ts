import type { Configuration } from "../config/configuration.ts";
import { formatHostPort } from "../config/host_port.ts";
import { HttpServer } from "../http/server.ts";
import type { Logger } from "../log/logger.ts";
import type { NodeAddress } from "./node_address.ts";
import { claimPort } from "./port_claim.ts";

type Answer = (request: Request) => Promise<Response>;

export interface WebServerOptions {
  configuration: Pick<Configuration, "rest">;
  addresses: readonly NodeAddress[];
  answer: Answer;
  logger: Logger;
}

/**
 * Claims the first address whose web UI port is free: what tells two masters on one host apart.
 * `rest.bind-port`, where it is set, beats the ports of the masters file.
 */
export function claimWebServer(options: WebServerOptions): { server: HttpServer; host: string } {
  const { configuration: { rest }, addresses, answer, logger } = options;
  const { bindPort, bindAddress: hostname } = rest;
  const candidates = bindPort
    ? [...bindPort.ports()].map((port) => ({ host: addresses[0]!.host, port }))
    : addresses.map(({ host, webuiPort: port }) => ({ host, port }));
  return claimPort({
    candidates,
    bind: ({ host, port }) => ({
      server: new HttpServer({ hostname, port, answer, logger }),
      host,
    }),
    server: "web UI",
    exhausted: bindPort
      ? `Cannot serve the web UI on any port of rest.bind-port ${bindPort.text}`
      : addressesMessage(addresses),
    logger,
  });
}

function addressesMessage(addresses: readonly NodeAddress[]): string {
  const names = addresses.map(({ host, webuiPort: port }) => formatHostPort({ host, port }));
  return names.length === 1
    ? `Cannot serve the web UI on ${names[0]}`
    : `Cannot serve the web UI on any address of this host: ${names.join(", ")}`;
}

export interface RpcServerOptions {
  configuration: Pick<Configuration, "highAvailability" | "jobmanager">;
  answer: Answer;
  logger: Logger;
}

/** Claims the port on which workers call: of the configured range, or without high availability the one. */
export function claimRpcServer(options: RpcServerOptions): HttpServer {
  const { configuration: { highAvailability, jobmanager }, answer, logger } = options;
  const isStandalone = highAvailability.mode.kind === "none";
  const range = highAvailability.jobmanagerPort;
  const key = isStandalone ? "jobmanager.rpc.port" : "high-availability.jobmanager.port";
  const text = isStandalone ? String(jobmanager.rpcPort) : range.text;
  return claimPort({
    candidates: [...isStandalone ? [jobmanager.rpcPort] : range.ports()].map((port) => ({ port })),
    bind: ({ port }) => new HttpServer({ hostname: jobmanager.bindHost, port, answer, logger }),
    server: "RPC server",
    exhausted: `Cannot start the RPC server on any port of ${key} ${text}`,
    logger,
  });
}
