import { invalidValue } from "./config_error.ts";

const EXAMPLE = "write for example http://minio.example:9000";

/** Reads the address of an S3 server, `http://host:port`; without a scheme, https is meant. */
export function parseEndpoint(text: string): string {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  // Not repeated in messages: it may hold a password.
  if (url !== null && (url.username !== "" || url.password !== "")) {
    throw invalidValue("******", `the endpoint holds a user or password; ${EXAMPLE}`);
  }
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalidValue(text, `${JSON.stringify(text)} is not the URL of a server; ${EXAMPLE}`);
  }
  if (url.pathname === "/" && url.search === "" && url.hash === "") return url.origin;
  throw invalidValue(text, `${JSON.stringify(text)} has more than host and port; ${EXAMPLE}`);
}
